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
from kiemso.project import located, sources, workspace_of
from kiemso.render import OUTPUT, TYPST
from kiemso.run import DRAWING
from kiemso.serve import Board, State, head, open_server
from kiemso.step import digest
from kiemso.typesetter import Typesetter

# Milliseconds without a change, after which a person has saved: programs write in several goes.
_QUIET = 100
_AT_MOST = 1000
_LOCK_SECONDS = 1
# How the names of files begin that programs put beside the one that is being edited.
_IN_PASSING = (".", "~", "#")

Told = Callable[[str], None]
Wanted = Callable[[Change, str], bool]


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
    """Whether a file, or folder, may be one that the report is made from: no lock file, checkpoint or copy in passing.

    It is the project's own, or one that its workspace shares with it; what is gone may have been.
    """
    root = next((root for root in _roots(project) if Path(path).is_relative_to(root)), None)
    parts = Path(path).relative_to(root).parts if root else ()
    if root is None or not parts or any(part.startswith(_IN_PASSING) or part == "__pycache__" for part in parts):
        return False
    if path.endswith((".tmp", "~")) or (root != project and located(project, "/".join(parts)) != Path(path)):
        return False
    # In a school year's folder Excel puts files without an ending beside the workbook before it replaces that.
    if parts[:2] == ("data", "raw") and len(parts) > 3 and not Path(path).suffix:
        return False
    top = root / parts[0]
    return top in sources(root) or not top.exists()


def _roots(project: Path) -> list[Path]:
    """The project's folder, and its workspace's, which has the project in it."""
    return [project, *filter(None, (workspace_of(project),))]


def _changes(project: Path) -> list[AsyncIterator[set[tuple[Change, str]]]]:
    def wanted(_: Change, path: str) -> bool:
        return is_source(path, project)

    changes = []
    for root in _roots(project):
        moved = asyncio.Event()
        changes += [_beside(root, wanted, moved), _below(root, wanted, moved)]
    return changes


async def _beside(root: Path, wanted: Wanted, moved: asyncio.Event) -> AsyncIterator[set[tuple[Change, str]]]:
    """What changes at the top of a folder; `moved` is set where that may be a folder.

    Not below it: what the run itself makes lies there, and what has more folders than the system lets anyone watch.
    """
    # Files by way of their folder: an editor puts another file in their place.
    async for found in awatch(root, watch_filter=wanted, debounce=_AT_MOST, step=_QUIET, recursive=False):
        if not all(Path(path).is_file() for _, path in found):
            moved.set()
        yield found


async def _below(root: Path, wanted: Wanted, moved: asyncio.Event) -> AsyncIterator[set[tuple[Change, str]]]:
    """What changes in the folders from which a report is made; in those, too, that come or are put back later."""
    while True:
        moved.clear()
        folders = [path for path in sources(root) if path.is_dir()]
        try:
            async for found in awatch(*folders, watch_filter=wanted, debounce=_AT_MOST, step=_QUIET, stop_event=moved):
                yield found
        except FileNotFoundError:  # a folder has gone this moment
            await asyncio.sleep(_QUIET / 1000)
        yield set()  # what came with the folder


async def _notice(changes: AsyncIterator[set[tuple[Change, str]]], changed: asyncio.Event) -> None:
    async for _ in changes:
        changed.set()


def _version(project: Path) -> str:
    report = project / OUTPUT / "report.html"
    return digest(report) if report.exists() else ""


def _said(problem: Problem) -> str:
    return problem.told(language())
