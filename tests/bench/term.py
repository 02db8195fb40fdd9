"""The real term, from raw workbooks to HTML, PDF and Word, beside a plain chain of papermill and Quarto."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench.cells import write_report_with_cells
from tests.bench.measure import ROOT, Use, cpu_of_tree, kiemso, middle, run
from tests.bench.sample import TERM, Workbook, change_notebook, copy_project, forget
from tests.bench.standing import daemon

COLD, RUN, RENDER, CELL, NOTEBOOK = (
    "kiemso render, from cold",
    "kiemso run, nothing changed",
    "kiemso render, nothing changed",
    "kiemso render, one raw cell changed",
    "kiemso render, one notebook changed",
)
STANDING = ", the daemon standing"
WATCH = "kiemso watch --to pdf --to docx, one raw cell saved"
COLD_QUARTO = "kiemso render --renderer quarto, from cold"
CHAIN, QUARTO = "plain chain of papermill", "quarto render of the report with code cells"


def measure(scratch: Path, rounds: int) -> dict[str, Any]:
    """The medians of each scenario; in each round every one of them once."""
    ours, plain = copy_project(scratch / "ours"), copy_project(scratch / "plain")
    _render(ours)
    workbook = Workbook(ours)
    scenarios = _of_ours(ours, workbook) | _of_others(ours, plain)
    uses: dict[str, list[Use]] = {name: [] for name in scenarios}
    for number in range(rounds):
        for name, scenario in scenarios.items():
            uses[name].append(scenario(number))
        # Last: a command is waited for until it has left no process, and the daemon stays.
        with daemon(os.environ) as (process, environment):
            for name, scenario in _of_ours(ours, workbook, process.pid, **environment).items():
                uses.setdefault(name, []).append(scenario(number))
    with watched(copy_project(scratch / "watched")) as save:
        uses[WATCH] = [save(number) for number in range(rounds)]
    found = {name: middle(several) for name, several in uses.items()}
    whole = sum(found[name].seconds for name in (CHAIN, QUARTO) if name in found)
    rows = [_row(name, uses[name], found[name], whole) for name in found]
    skipped = [] if QUARTO in found else ["quarto"]
    return {"rows": rows, "rounds": rounds, "skipped": skipped, "targets": _targets(found, whole)}


def _of_ours(
    project: Path, workbook: Workbook, standing: int = 0, **environment: str
) -> dict[str, Callable[[int], Use]]:
    """What we do on the project; by the daemon of this environment, where there is one."""
    suffix = STANDING if standing else ""

    def do(*arguments: str) -> Use:
        before = cpu_of_tree(standing) if standing else 0
        use = kiemso(*arguments, cwd=project, **environment)
        return replace(use, cpu=use.cpu + cpu_of_tree(standing) - before) if standing else use

    def render() -> Use:
        return do("render", "--renderer", "embedded")

    def cold(_: int) -> Use:
        forget(project)
        return render()

    def unchanged(_: int) -> Use:
        do("run")  # each command remembers for itself that it had nothing to do
        return do("run")

    def cell(_: int) -> Use:
        workbook.change()
        return render()

    def notebook(number: int) -> Use:
        change_notebook(project, f"{number}{suffix}")
        return render()

    scenarios = {COLD: cold, RUN: unchanged, RENDER: lambda _: render(), CELL: cell, NOTEBOOK: notebook}
    return {f"{name}{suffix}": scenario for name, scenario in scenarios.items()}


@contextmanager
def watched(project: Path) -> Iterator[Callable[[int], Use]]:
    """Save a raw cell of a project that `kiemso watch` looks at, and wait until all three outputs are new."""
    _render(project)
    workbook = Workbook(project)
    outputs = [project / "_output" / f"report.{name}" for name in ("html", "pdf", "docx")]
    command = [sys.executable, "-m", "kiemso", "watch", "--port", "0", "--to", "pdf", "--to", "docx"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        said: Iterator[str] = iter(process.stdout)

        def save(_: int) -> Use:
            before, start = cpu_of_tree(process.pid), time.perf_counter()
            old = [path.stat().st_mtime_ns for path in outputs]
            workbook.change()
            next(line for line in said if ": new in " in line)
            seconds = time.perf_counter() - start
            assert all(path.stat().st_mtime_ns > was for path, was in zip(outputs, old, strict=True))
            return Use(seconds, cpu_of_tree(process.pid) - before)

        try:
            next(line for line in said if ": new in " in line)
            save(0)  # the first one starts the server of notebooks
            yield save
        finally:
            process.terminate()  # Ctrl-C is ignored by what a shell has put into the background
            process.communicate()


def _of_others(ours: Path, plain: Path) -> dict[str, Callable[[int], Use]]:
    report = write_report_with_cells(plain, TERM).name

    def chain(_: int) -> Use:
        forget(plain)
        return run([sys.executable, "-m", "tests.bench.chain", plain], ROOT)

    def quarto(_: int) -> Use:
        return run(["quarto", "render", report, "--to", "html,typst,docx"], plain, QUARTO_PYTHON=sys.executable)

    def cold(_: int) -> Use:
        forget(ours)
        return _render(ours, "quarto")

    return {CHAIN: chain, QUARTO: quarto, COLD_QUARTO: cold} if shutil.which("quarto") else {CHAIN: chain}


def _render(project: Path, renderer: str = "embedded") -> Use:
    return kiemso("render", "--renderer", renderer, cwd=project)


def _row(name: str, uses: list[Use], found: Use, whole: float) -> dict[str, Any]:
    return {
        "what": name,
        "seconds": found.seconds,
        "fastest": min(use.seconds for use in uses),
        "slowest": max(use.seconds for use in uses),
        "processor seconds": found.cpu,
        "share of chain + quarto": found.seconds / whole,
    }


def _targets(found: dict[str, Use], whole: float) -> list[dict[str, Any]]:
    targets: list[dict[str, Any]] = [
        {"what": f"{name}, seconds", "most": most, "measured": found[name].seconds}
        for name, most in ((RUN, 0.5), (RENDER, 0.5), (CELL, 2.5), (f"{CELL}{STANDING}", 2.5), (WATCH, 2.5))
    ]
    if QUARTO in found:
        targets += [
            {"what": f"{name}, share of chain + quarto", "most": most, "measured": found[name].seconds / whole}
            for name, most in ((COLD, 1 / 10), (f"{COLD}{STANDING}", 1 / 10), (RUN, 1 / 50), (RENDER, 1 / 50))
        ]
    return targets
