"""Watching a project: what a person saves is in the browser a moment later."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from watchfiles import Change, awatch

from kiemso.chain import make_report, run_chain
from kiemso.console import problems_of, tell, tell_problems
from kiemso.lock import project_lock
from kiemso.message import language, say
from kiemso.problem import Problem, Refused
from kiemso.process import stop_all, warm_up
from kiemso.render import OUTPUT, TYPST
from kiemso.run import DRAWING
from kiemso.serve import Board, State, head, open_server
from kiemso.step import digest
from kiemso.typesetter import Typesetter

FOLDERS = ("data", "notebooks", "_extensions")
FILES = ("report.qmd", "_quarto.yml", "requirements.lock")
# Milliseconds without a change, after which a person has saved: programs write in several goes.
_QUIET = 100
_AT_MOST = 1000
_LOCK_SECONDS = 1

Told = Callable[[str], None]


def watch(project: Path, port: int, formats: Sequence[str] = ("html",), told: Told = tell) -> None:
    """Run, render and serve the project, again whenever it changes, until Ctrl-C."""
    with Typesetter() as typesetter, suppress(KeyboardInterrupt):
        asyncio.run(_watch(project, port, formats, told, typesetter))
    told(say("Stopped watching."))


async def _watch(project: Path, port: int, formats: Sequence[str], told: Told, typesetter: Typesetter) -> None:
    board = Board()
    (project / OUTPUT).mkdir(exist_ok=True)
    server, address = open_server(project / OUTPUT, board, port)
    told(say("The report is at {address} as long as this runs; Ctrl-C ends it.", address=address))
    changed = asyncio.Event()
    changed.set()
    watching = [asyncio.create_task(_notice(changes, changed)) for changes in _changes(project)]
    waiting = asyncio.create_task(changed.wait())
    ended = threading.Event()
    warm_up(DRAWING)
    try:
        while True:
            done, _ = await asyncio.wait([waiting, *watching], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what has ended the watching
            changed.clear()
            waiting = asyncio.create_task(changed.wait())
            await board.show(await asyncio.to_thread(make, project, formats, board.state, ended, typesetter))
    finally:
        ended.set()
        stop_all()
        for task in (waiting, *watching):
            task.cancel()
        server.stop()


def make(project: Path, formats: Sequence[str], before: State, ended: threading.Event, typesetter: Typesetter) -> State:
    """The report made anew; what is refused is told here and in the browser, and the last good report stays."""
    start = time.monotonic()
    try:
        with _held(project, ended):
            run_chain(project, None, tell)
            make_report(project, formats, "embedded", typesetter=typesetter)  # which starts sooner than Quarto
            if "pdf" in formats:
                typesetter.ahead(project, project / OUTPUT / TYPST)
    except (Refused, OSError) as error:
        if ended.is_set():  # what it was doing was ended with it
            return before
        problems = problems_of(error)
        tell_problems(problems)
        return State(before.version or _version(project), head(), tuple(_said(problem) for problem in problems))
    tell(say("{time}: new in {seconds:.1f} s", time=time.strftime("%H:%M:%S"), seconds=time.monotonic() - start))
    return State(_version(project))


def _held(project: Path, ended: threading.Event) -> ExitStack:
    """The project's lock, as soon as another command leaves it."""
    stack, told = ExitStack(), False
    while True:
        try:
            stack.enter_context(project_lock(project, _LOCK_SECONDS))
            return stack
        except Refused as taken:
            if ended.is_set():
                raise
            if not told:
                tell(taken.problems[0].message)
            told = True


def is_source(path: str, project: Path) -> bool:
    """Whether a file is one that the report is made from: no lock file, checkpoint or copy in passing."""
    parts = Path(path).relative_to(project).parts
    if any(part.startswith((".", "~")) for part in parts) or path.endswith((".tmp", "~")):
        return False
    if not Path(path).suffix:
        return parts[:2] == ("data", "raw") and len(parts) == 3  # the folder of a school year, as a whole
    return parts[0] in FOLDERS or parts in [(name,) for name in FILES]


def _changes(project: Path) -> list[AsyncIterator[set[tuple[Change, str]]]]:
    def wanted(_: Change, path: str) -> bool:
        return is_source(path, project)

    folders = [project / name for name in FOLDERS if (project / name).is_dir()]
    # The files by way of their folder: an editor puts another file in their place.
    return [
        awatch(*folders, watch_filter=wanted, debounce=_AT_MOST, step=_QUIET),
        awatch(project, watch_filter=wanted, debounce=_AT_MOST, step=_QUIET, recursive=False),
    ]


async def _notice(changes: AsyncIterator[set[tuple[Change, str]]], changed: asyncio.Event) -> None:
    async for _ in changes:
        changed.set()


def _version(project: Path) -> str:
    report = project / OUTPUT / "report.html"
    return digest(report) if report.exists() else ""


def _said(problem: Problem) -> str:
    return problem.told(language())
