"""Many schools in one run: each by itself, all in one pool; what is wrong with one stops that one alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kiemso.chain import clear_pages, render_report, run_chain, write_pages
from kiemso.console import problems_of
from kiemso.edition import edition
from kiemso.helper import apart
from kiemso.lock import project_lock
from kiemso.manner import Manner
from kiemso.manuscript import read_manuscript
from kiemso.message import said, say
from kiemso.problem import Problem, Refused
from kiemso.process import stop_all
from kiemso.project import WORKSPACE_FILE, period_folder, workspace_of
from kiemso.run import DRAWING, Here, open_pool
from kiemso.school import school_folder
from kiemso.standing import PAGES, Standing, State, own_files, remember, shared_digest, shared_files, unchanged
from kiemso.step import digest
from kiemso.term import Term, read_term

# What a school's process needs beside notebooks.
PRELOAD = (DRAWING, "kiemso.workspace", "kiemso.press")
_LOCK_SECONDS = 60
Watch = Callable[[str, Standing], None]


@dataclass(frozen=True)
class Order:
    """What is to be made of each school: its term's facts, and `wanted` of report formats and PAGES."""

    workspace: Path
    term: str
    wanted: tuple[str, ...] = ()
    renderer: str = "auto"
    manner: Manner = Manner()  # noqa: RUF009  (frozen)

    @property
    def formats(self) -> list[str]:
        """The formats of the report."""
        return [name for name in self.wanted if name != PAGES]


def find_workspace(project: Path) -> Path:
    """The workspace that the project is, or is a school of; Refused where there is none."""
    found = project if (project / WORKSPACE_FILE).is_file() else workspace_of(project)
    if found is None:
        mend = say("List the schools there by their codes, as the README says.")
        raise Refused(Problem(say("is not there: this project has no schools"), mend, WORKSPACE_FILE))
    return found


def order_for(workspace: Path, term: str | None, wanted: Iterable[str], renderer: str, manner: Manner) -> Order:
    """An order for the term, by default the one that the workspace's report names."""
    name = term or read_manuscript(workspace).term
    read_term(workspace, name)
    return Order(workspace, name, tuple(wanted), renderer, manner)


def run_schools(order: Order, codes: Sequence[str], watch: Watch) -> dict[str, Standing]:
    """Run these schools, a few at a time; how each stands, in the order of the codes. `watch` is told of each."""
    shared, standings = shared_digest(order.workspace), {}
    for code in codes:
        if kept := unchanged(school_folder(order.workspace, code), shared, order.term, order.wanted):
            standings[code] = kept
            watch(code, kept)
    fresh = [code for code in codes if code not in standings]
    if fresh:
        for code, standing in _run(order, fresh, shared):
            standings[code] = standing
            watch(code, standing)
    return {code: standings[code] for code in codes}


def _run(order: Order, codes: Sequence[str], shared: str) -> Iterator[tuple[str, Standing]]:
    """Run each school in a process of its own; how it stands, as soon as it is known."""
    files = shared_files(order.workspace)
    pool = open_pool(order.workspace, order.manner, *PRELOAD)
    try:
        running = {pool.submit(apart, run_school, order, code, shared, files): code for code in codes}
        for future in as_completed(running):
            yield running[future], _standing(future, order, running[future], shared)
    except BaseException:
        stop_all()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _standing(future: Future, order: Order, code: str, shared: str) -> Standing:
    """How a school stands; one school's mishap, whatever it is, is not the province's, but a cluster's is."""
    school = school_folder(order.workspace, code)
    try:
        standing: Standing = future.result()
        if order.manner.scheduler:
            from kiemso.cluster import await_files

            await_files(school, standing.files)
        return standing
    except Refused:
        raise
    except Exception as error:
        standing = _failed(error, order.term)
        with suppress(OSError):
            remember(school, standing, shared, "")
        return standing


def _failed(error: Exception, term: str) -> Standing:
    reason = say("the program failed here: {reason}", reason=f"{type(error).__name__}: {said(error)}")
    mend = say("Run `kiemso run` in the school's own folder, and report it.")
    return Standing("refused", term, problems=(Problem(reason, mend),))


def run_school(order: Order, code: str, shared: str, files: str) -> Standing:
    """Make of one school what is ordered, a step at a time; how it then stands.

    `shared` and `files` are `shared_digest`'s and `shared_files`', as who ordered it sees them.
    """
    school, start = school_folder(order.workspace, code), time.monotonic()
    try:
        if order.manner.scheduler:
            from kiemso.cluster import await_shared

            await_shared(order.workspace, files)
        school.mkdir(parents=True, exist_ok=True)
        # Where a cluster lost a worker, what that did may take a moment to end.
        with project_lock(school, _LOCK_SECONDS if order.manner.scheduler else 0):
            own = own_files(school)
            standing = _judged(order, school)
            standing = replace(standing, files=remember(school, standing, shared, own))
    except (Refused, OSError) as error:
        standing = Standing("refused", order.term, problems=tuple(problems_of(error)))
    except Exception as error:
        standing = _failed(error, order.term)
        remember(school, standing, shared, "")
    return replace(standing, seconds=time.monotonic() - start)


def _judged(order: Order, school: Path) -> Standing:
    """Make what is ordered, and say how the school then stands."""
    missing: tuple[str, ...] = ()
    try:
        missing = tuple(_missing(school, read_term(school, order.term), order.term))
        ran = _make(order, school)
    except (Refused, OSError) as error:
        absent = tuple(f"data/raw/{period}" for period in missing)
        # That a late school's files are not there is no fault of those that are.
        faults = tuple(p for p in problems_of(error) if p.file.rstrip("/") not in absent)
        state: State = "refused" if faults or not missing else "late"
        return Standing(state, order.term, missing, faults)
    facts = digest(period_folder(school, order.term) / "facts.json")
    return Standing("done", order.term, made=order.wanted, facts=facts, ran=ran)


def _make(order: Order, school: Path) -> int:
    outcome = run_chain(school, order.term, lambda _: None, order.manner, Here())
    if order.wanted:
        with edition(school) as new:
            # One after the other: as many schools are under way as there are processors.
            if PAGES in order.wanted:
                write_pages(school, new)
            if order.formats:
                render_report(school, order.formats, order.renderer, new)
        clear_pages(school)
    return len(outcome.ran)


def _missing(school: Path, term: Term, name: str) -> Iterator[str]:
    for period in (*term.school_years, name):
        folder = school / "data" / "raw" / period
        if not folder.is_dir() or not any(not path.name.startswith((".", "~$")) for path in folder.iterdir()):
            yield period
