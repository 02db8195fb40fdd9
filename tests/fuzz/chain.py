"""The first notebook's steps on one file, in this process: what is observed, or why it is refused."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from kiemso import cleaning
from kiemso.problem import Problem, Refused

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 10, 1024
_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
# The project has no table of this shape, but any school may.
_BY_YEAR = """
label: Bảng kết quả, mỗi năm học một dòng
shape: columns
labels: [Năm học]
where: {Năm học: ["{period}"]}
"""


class Wrong(AssertionError):
    """The program did what it must never do."""


@dataclass
class Outcome:
    """What became of a file; without observations it was refused with these problems."""

    observed: pd.DataFrame | None
    problems: list[Problem]
    warnings: list[Problem]
    seconds: float


class Project:
    """A project in a folder of its own, into which one file after the other is put."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.temporary = folder / "temporary"
        self.temporary.mkdir(parents=True)
        (self.folder / "data").mkdir(parents=True)
        for name in ("indicators.yml", "terms.yml"):
            shutil.copy(ROOT / "data" / name, self.folder / "data")
        shutil.copytree(ROOT / "data" / "layouts", self.folder / "data" / "layouts")
        (self.folder / "data" / "layouts" / "moi-nam-mot-dong.yml").write_text(_BY_YEAR, encoding="utf-8")
        (self.folder / "notebooks").mkdir()
        (self.folder / "report.qmd").touch()
        (self.folder / "_quarto.yml").touch()

    def place(self, period: str, name: str) -> Path:
        """Where a file of this name goes, once the others are gone."""
        shutil.rmtree(self.folder / "data" / "raw", ignore_errors=True)
        folder = self.folder / "data" / "raw" / period
        folder.mkdir(parents=True)
        return folder / name

    def observe(self, period: str) -> Outcome:
        """Run the steps on the file that was placed. Raises Wrong for anything but observations or a refusal."""
        start, before = _processor_seconds(), set(self.temporary.iterdir())
        outcome = self._outcome(period)
        outcome.seconds = _processor_seconds() - start
        if outcome.seconds > SECONDS:
            raise Wrong(f"it took {outcome.seconds:.1f} s")
        if largest_megabytes() > MEGABYTES:
            raise Wrong(f"it took {largest_megabytes()} MB")
        if left := set(self.temporary.iterdir()) - before:
            raise Wrong(f"it left behind {sorted(path.name for path in left)}")
        for problem in outcome.problems:
            _check(problem)
        return outcome

    def _outcome(self, period: str) -> Outcome:
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                cleaning.begin(period)
                cells = cleaning.corrected(cleaning.raw_cells())
                cleaning.inside(cells)
                cleaning.tables()
                known = cleaning.matched(cleaning.stated())
                observed = cleaning.readings(known, cleaning.records())
                return Outcome(observed, [], cleaning.warnings_of(observed), 0)
        except Refused as refused:
            return Outcome(None, refused.problems, [], 0)
        except Exception as error:
            raise Wrong(f"{type(error).__name__}: {error}") from error


def _processor_seconds() -> float:
    """What this process and those that it started have had of the processor: others may be busy beside them."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, _PROCESSES))


def largest_megabytes() -> int:
    """The most memory that a process which read a file has had."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def _check(problem: Problem) -> None:
    """Whether a person can act on a problem."""
    if not (problem.message and problem.mend and problem.file):
        raise Wrong(f"a problem lacks its file, message or mend: {problem!r}")
    for language in ("vi", "en"):
        lines = problem.told(language).splitlines()
        if not lines or any("Traceback" in line for line in lines):
            raise Wrong(f"a problem cannot be read: {problem!r}")
