"""A new edition of _output/: its files are made apart, and come in place of the last good ones together."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiemso.message import say
from kiemso.problem import Problem, Refused

OUTPUT = "_output"
# An edition that is complete: whoever was killed while its files were put in place, the next command goes on.
_COMPLETE = ".complete"


@contextmanager
def edition(project: Path) -> Iterator[Path]:
    """A folder for the new files, named as in _output/; they are put in place if all goes well, or none is.

    The caller holds the project's lock.
    """
    output = project / OUTPUT
    output.mkdir(exist_ok=True)
    complete_edition(project)
    _clear(output)
    folder = Path(tempfile.mkdtemp(prefix=".new-", dir=output))
    try:
        yield folder
        _check(folder, output)
        folder.rename(output / _COMPLETE)
    finally:
        # A Pandoc that was at work when its command was killed may have written until now.
        _clear(output)
    complete_edition(project)


def complete_edition(project: Path) -> None:
    """Put in place what is left of a complete edition; a file that would not change stays as it is."""
    output = project / OUTPUT
    folder = output / _COMPLETE
    for file in _files(folder):
        place = output / file.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_bytes() != file.read_bytes():
            os.replace(file, place)
    shutil.rmtree(folder, ignore_errors=True)


def _check(folder: Path, output: Path) -> None:
    """Refused where a file cannot be put in place: it is found out before the first one is."""
    problems = []
    for file in _files(folder):
        place, name = output / file.relative_to(folder), f"{OUTPUT}/{file.relative_to(folder).as_posix()}"
        if place.is_dir():
            problems.append(Problem(say("{names} is a folder: move it away", names=name)))
        elif place.exists():
            try:
                os.replace(place, place)  # Windows replaces no file that another program has open
            except OSError:
                problems.append(Problem(say("cannot replace {name}: is it open in another program?", name=name)))
    if problems:
        raise Refused(problems)


def _clear(output: Path) -> None:
    """Delete this edition, if it is not complete, and what killed commands left of theirs."""
    for folder in output.glob(".new-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
