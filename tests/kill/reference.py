"""Good states to begin from, and what an undisturbed command makes of each."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import openpyxl
from kiemso.fact import read_facts

from tests.bench.measure import ROOT
from tests.bench.sample import TERM, copy_project
from tests.kill.command import Command
from tests.kill.state import Files, copy, look, steps

RENDER = ("render", "--renderer", "embedded")
HTML, ALL, RUN, COLD, SCHOOLS = "html", "all formats", "run", "from nothing", "schools"
# No list of names states it too.
_CHANGED = "cam-tinh-dang@2023-2024"
_COMMANDS = {HTML: (*RENDER, "--to", "html"), ALL: RENDER, RUN: ("run",), COLD: (*RENDER, "--to", "html")}
_COMMANDS[SCHOOLS] = ("run", "--schools", "*")


@dataclass(frozen=True)
class Reference:
    """A folder in a good state with a changed raw cell, and what the command makes of it undisturbed.

    `changes` are those of the files that it made, one after the other; `seconds` of the processors it took.
    """

    kind: str
    folder: Path
    before: Files
    after: Files
    seconds: float
    changes: tuple[str, ...]

    @property
    def command(self) -> tuple[str, ...]:
        """The command that is killed."""
        return _COMMANDS[self.kind]

    @property
    def stale(self) -> dict[str, str]:
        """The steps that it runs: the names of their records, and their own."""
        return steps(self.before, self.after)


class Broken(Exception):
    """An undisturbed command does not do what it should: nothing can be held against it."""


def make_references(scratch: Path, kinds: list[str]) -> dict[str, Reference]:
    """The reference of each kind; two are made at a time."""
    scratch.mkdir(parents=True, exist_ok=True)
    makers: dict[str, Callable[[], Reference]] = {}
    if {*kinds} - {SCHOOLS}:
        makers |= _makers(scratch)
    if SCHOOLS in kinds:
        makers[SCHOOLS] = partial(_measure, SCHOOLS, _schools(scratch / "schools"))
    with ThreadPoolExecutor(2) as pool:
        found = {kind: pool.submit(make) for kind, make in makers.items() if kind in {*kinds, COLD}}
    references = {kind: made.result() for kind, made in found.items()}
    if HTML in references and references[HTML].after != references[COLD].after:
        raise Broken("a run from a good state makes other bytes than one from nothing")
    return references


def _makers(scratch: Path) -> dict[str, Callable[[], Reference]]:
    good = copy_project(scratch / "good")
    _run(good, *_COMMANDS[HTML])
    changed = copy(good, scratch / HTML)
    _change(changed)
    folders = {HTML: changed, RUN: copy(changed, scratch / RUN), ALL: scratch / ALL}
    cold = copy_project(scratch / COLD)
    copy(changed / "data", cold / "data")
    return {
        COLD: partial(_measure, COLD, cold),
        HTML: partial(_measure, HTML, changed),
        RUN: partial(_measure, RUN, folders[RUN]),
        ALL: partial(_all, good, changed, folders[ALL]),
    }


def _all(good: Path, changed: Path, folder: Path) -> Reference:
    copy(good, folder)
    _run(folder, *RENDER)
    copy(changed / "data", folder / "data")
    return _measure(ALL, folder)


def _schools(folder: Path) -> Path:
    """Three made-up schools that have been run, and a cell of each changed."""
    script = ROOT / "scripts" / "simulate_workspace.py"
    subprocess.run([sys.executable, script, folder, "--schools", "3"], check=True, stdout=subprocess.DEVNULL)
    _run(folder, *_COMMANDS[SCHOOLS])
    for school in folder.glob("schools/*/*"):
        _change(school)
    return folder


def _change(project: Path) -> None:
    """Give a raw cell another value."""
    fact = read_facts(project / "build" / TERM / "facts.json")[_CHANGED]
    (source,) = fact.sources
    book = openpyxl.load_workbook(project / source.file)
    book[source.sheet][source.cell] = fact.value + 1
    book.save(project / source.file)


def _measure(kind: str, folder: Path) -> Reference:
    before, work = look(folder), copy(folder, folder.with_name(f"{folder.name}-done"))
    command = Command(work, _COMMANDS[kind], 0)
    seconds = command.work()
    if command.wait() != 0:
        raise Broken(command.said)
    changes = command.log.read_text(encoding="utf-8").splitlines()
    reference = Reference(kind, folder, before, look(work), seconds, tuple(changes))
    ran = notebooks_run(command.said)
    if ran != len(reference.stale) or not ran:
        raise Broken(f"{ran} notebooks ran, the records of {len(reference.stale)} differ:\n{command.said}")
    return reference


def notebooks_run(said: str) -> int:
    """How many notebooks a command says that it ran; -1 where it does not say."""
    found = re.search(r"(\d+) notebooks? run", said)
    return int(found[1]) if found else -1


def _run(project: Path, *arguments: str) -> None:
    command = Command(project, arguments)
    if command.wait() != 0:
        raise Broken(command.said)
