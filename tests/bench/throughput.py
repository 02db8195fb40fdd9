"""Copies of our own notebooks, run by this engine and by others, in turns."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.contender import MODULES
from tests.bench.measure import ROOT, cpu_of_tree, kiemso
from tests.bench.sample import copy_project, tasks

FLOOR, OURS, PAPERMILL = ("script", 1), ("kiemso", 2), ("papermill", 2)
FAST = [("kiemso", 1), OURS, ("ploomber-engine", 1), FLOOR]
SLOW = [("papermill", 1), PAPERMILL, ("nbclient", 1)]


@dataclass
class Contender:
    """One way to run the notebooks, in a process that stays for all rounds."""

    name: str
    jobs: int
    process: subprocess.Popen[str]
    first: float = 0.0
    copies: int = 0
    rates: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def run(self, copies: int) -> float:
        """The seconds for so many copies; RuntimeError where one failed."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{copies}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended with {self.process.wait()}: see what it said above")
        return float(answer)


def measure(scratch: Path, copies: int, rounds: int) -> dict[str, Any]:
    """Notebooks a second of each contender, the median of rounds; the slow ones run a few copies only."""
    project = copy_project(scratch / "project")
    kiemso("run", cwd=project)
    term = len(tasks(project))
    fast, slow = max(term, copies // rounds // term * term), term
    contenders = [_start(name, jobs, project, scratch) for name, jobs in [*FAST, *SLOW] if _installed(name)]
    for one in contenders:
        one.first = one.run(1)
    for _ in range(rounds):
        for one in contenders:
            before = cpu_of_tree(one.process.pid)
            number = fast if (one.name, one.jobs) in FAST else slow
            one.rates.append(number / one.run(number))
            one.copies += number
            one.cpu += cpu_of_tree(one.process.pid) - before
    for one in contenders:
        one.process.communicate()
    skipped = [name for name in MODULES if not _installed(name)]
    return {
        "rows": [_row(one, contenders) for one in contenders],
        "skipped": skipped,
        "targets": [*_targets(contenders)],
    }


def _start(name: str, jobs: int, project: Path, scratch: Path) -> Contender:
    folder = scratch / f"{name}-{jobs}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.contender", name, str(jobs), project, folder],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Contender(name, jobs, process)


def _installed(name: str) -> bool:
    return importlib.util.find_spec(MODULES.get(name, "kiemso")) is not None


def _row(one: Contender, contenders: list[Contender]) -> dict[str, Any]:
    rate, papermill = median(one.rates), _find(contenders, PAPERMILL)
    return {
        "contender": one.name,
        "processes": one.jobs,
        "copies": one.copies,
        "notebooks a second": rate,
        "slowest round": min(one.rates),
        "fastest round": max(one.rates),
        "milliseconds a notebook": 1000 / rate,
        "processor milliseconds": 1000 * one.cpu / one.copies,
        "first notebook, seconds": one.first,
        "× papermill, 2 processes": rate / median(papermill.rates),
    }


def _targets(contenders: list[Contender]) -> Iterator[dict[str, Any]]:
    ours, one = _find(contenders, OURS), _find(contenders, ("kiemso", 1))
    papermill, floor = _find(contenders, PAPERMILL), _find(contenders, FLOOR)
    faster = median(a / b for a, b in zip(ours.rates, papermill.rates, strict=True))
    slower = median(b / a for a, b in zip(one.rates, floor.rates, strict=True))
    yield {"what": "throughput, × papermill as it comes, both with 2 processes", "least": 10, "measured": faster}
    yield {"what": "time a notebook, × the same code as a script, 1 process", "most": 5, "measured": slower}


def _find(contenders: list[Contender], key: tuple[str, int]) -> Contender:
    return next(one for one in contenders if (one.name, one.jobs) == key)
