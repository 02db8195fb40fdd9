"""A term's notebooks run in their order, only those whose inputs changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple

from kiemso.catalogue import FILE as CATALOGUE_FILE
from kiemso.catalogue import read_catalogue
from kiemso.claim import read_claims
from kiemso.correction import FILE as CORRECTIONS_FILE
from kiemso.correction import read_corrections
from kiemso.helper import Ahead, apart, can_help
from kiemso.layout import FOLDER as LAYOUTS_FOLDER
from kiemso.layout import read_layouts
from kiemso.limit import NAME as LIMITS_FILE
from kiemso.manner import Manner
from kiemso.message import Message, joined, said, say
from kiemso.problem import Problem, Refused, together
from kiemso.process import ProcessGone, stop_all, threads, warm_up
from kiemso.project import CLEAN, COMPUTE, ROLL_UP, SUMMARISE, WORKSPACE_FILE, is_district
from kiemso.reason import reasons
from kiemso.step import Step, check_inputs, clear_stages
from kiemso.term import FILE as TERMS_FILE
from kiemso.term import Term, read_targets, read_term, read_terms, targets_file

Report = Callable[[str], None]
# What notebooks with charts need beside what all need.
DRAWING = "kiemso.drawing"
# Which schools a roll-up adds up, and how the others stand.
ROLLED = "schools.json"


@dataclass
class Outcome:
    """Which steps of a term ran, which were up to date, and what was refused."""

    term: str
    ran: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Take in what is refused inside, and go on."""
        try:
            yield
        except Refused as refused:
            self.problems += refused.problems


def term_steps(name: str, term: Term) -> list[Step]:
    """The steps of a term, each after those it needs."""
    reviewed = (CATALOGUE_FILE, TERMS_FILE)
    clean = [
        Step(
            CLEAN,
            period,
            (f"data/raw/{period}", LAYOUTS_FOLDER, *reviewed),
            ("1-clean-year.ipynb", "observations.csv", "warnings.json"),
            optional=(CORRECTIONS_FILE, LIMITS_FILE),
        )
        for period in (*term.school_years, name)
    ]
    compute = [
        Step(
            COMPUTE,
            year,
            (f"build/{year}/observations.csv", *reviewed),
            ("2-compute-indicators.ipynb", "facts.json"),
            (f"1-clean-year {year}",),
        )
        for year in term.school_years
    ]
    facts = tuple(f"build/{year}/facts.json" for year in term.school_years)
    targets = (targets_file(term.next),) if term.next else ()
    summarise = Step(
        SUMMARISE,
        name,
        (f"build/{name}/observations.csv", *facts, *reviewed, *targets),
        ("3-summarise-term.ipynb", "facts.json", "tables.json", "charts/"),
        (clean[-1].name, *(step.name for step in compute)),
    )
    return [*clean, *compute, summarise]


def roll_up_step(name: str) -> Step:
    """The step that adds up the schools of a district for a term."""
    inputs = (f"build/{name}/{ROLLED}", CATALOGUE_FILE, TERMS_FILE, WORKSPACE_FILE)
    return Step(ROLL_UP, name, inputs, ("4-roll-up.ipynb", "facts.json", "tables.json", "charts/"))


def steps_of(project: Path, name: str, term: Term) -> list[Step]:
    """The steps of a term in a school's project, or in a district's."""
    return [roll_up_step(name)] if is_district(project) else term_steps(name, term)


def run_term(
    project: Path,
    name: str,
    report: Report,
    manner: Manner = Manner(),  # noqa: B008  (frozen)
    pool: Executor | None = None,
    meanwhile: Sequence[Callable[[], object]] = (),
) -> Outcome:
    """Run what is out of date of a term; Refused lists every problem of every notebook.

    The caller holds the project's lock. A `pool` is shared with other projects: it stays as it is.
    """
    term, *_ = together(lambda: read_term(project, name), *reviewed(project))
    steps = term_steps(name, term)
    made = frozenset(f"build/{step.period}/{output}" for step in steps for output in step.outputs)
    outcome, blocked = Outcome(name), set()
    # What is wrong here does not hide what is wrong with the workbooks: the other steps run.
    with outcome.collecting():
        read_claims(project)
    for step in steps:
        with outcome.collecting():
            blocked.add(step.name)
            check_inputs(project, [step], made)
            if step.notebook == SUMMARISE and term.next:
                read_targets(project, term.next)
            blocked.remove(step.name)
    run_steps(project, steps, blocked, outcome, report, manner, pool, meanwhile)
    if outcome.problems:
        raise Refused(dict.fromkeys(outcome.problems))
    return outcome


def reviewed(project: Path) -> list[Callable[[], object]]:
    """What reads the files without which no notebook can run."""
    return [partial(read, project) for read in (read_terms, read_catalogue, read_layouts, read_corrections)]


def run_steps(
    project: Path,
    steps: Sequence[Step],
    blocked: Collection[str],
    outcome: Outcome,
    report: Report,
    manner: Manner,
    shared: Executor | None = None,
    meanwhile: Sequence[Callable[[], object]] = (),
) -> None:
    """Run the steps that are out of date in their order, and add to the outcome what became of each."""
    clear_stages(project)
    by_name = {step.name: step for step in steps}
    order = TopologicalSorter({step.name: step.needs for step in steps})
    order.prepare()
    under_way: dict[Future, str] = {}
    waiting = iter(meanwhile)
    with _Runner(project, [step for step in steps if step.name not in blocked], manner, shared) as runner:
        while order.is_active():
            ready = order.get_ready()
            for name in ready:
                if name in blocked:
                    continue
                if manner.explain:
                    report(_explained(project, by_name[name], outcome.ran))
                if by_name[name].up_to_date(project):
                    outcome.kept.append(name)
                    order.done(name)
                else:
                    under_way[runner.submit(by_name[name])] = name
            if under_way:
                if task := next(waiting, None):
                    task()
                _collect(under_way, order, outcome, report, len(steps), project if manner.scheduler else None)
            elif not ready:
                break  # what is left needs a step that was refused


class _Runner:
    """Runs steps in a pool, which is opened for the first one unless it is shared with other projects."""

    def __init__(self, project: Path, steps: Sequence[Step], manner: Manner, shared: Executor | None) -> None:
        self._project, self._manner = project, manner
        self._pool = self._shared = shared
        # The process of the last notebook, which has charts, gets ready while the others run.
        ahead = can_help() and not shared and not manner.scheduler and not manner.kernel
        self._drawn = next((step for step in steps if step.draws and ahead), None)
        self._drawing: Ahead | None = None

    def __enter__(self) -> _Runner:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._pool and not self._shared:
            # What waits is called off first: it would start where another's process is ended.
            self._pool.shutdown(wait=not kind, cancel_futures=True)
            if kind:
                stop_all()
        if self._drawing:
            self._drawing.end()

    def submit(self, step: Step) -> Future:
        """Have a step run, in a process of its own."""
        self._pool = self._pool or open_pool(self._project, self._manner)
        if self._drawn and not self._drawing:
            self._drawing = Ahead(DRAWING)
        do = self._drawing.do if self._drawing and step is self._drawn else apart
        # Another machine may see the folder as it was a while ago.
        seen = step.made_from(self._project) if self._manner.scheduler and not self._shared else None
        return self._pool.submit(do, run_step, self._project, step, self._manner, seen)


def _collect(
    under_way: dict[Future, str],
    order: TopologicalSorter,
    outcome: Outcome,
    report: Report,
    count: int,
    shared: Path | None,
) -> None:
    """Take in what has ended. A failed step is never `done`, so nothing that needs it starts.

    A folder that is `shared` with other machines must first show what they wrote.
    """
    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
        name = under_way.pop(future)
        try:
            ran: Ran = future.result()
            if shared:
                from kiemso.cluster import await_files

                await_files(shared, ran.files)
        except (Refused, ProcessGone) as error:
            outcome.problems += error.problems if isinstance(error, Refused) else [not_ended(name, error)]
            report(f"✗ {name}")
            continue
        outcome.ran.append(name)
        done = len(outcome.ran) + len(outcome.kept)
        told = {"step": name, "seconds": ran.seconds, "done": done, "count": count}
        report(say("✓ {step} ({seconds:.1f} s)  {done}/{count}", **told))
        order.done(name)


def not_ended(name: str, gone: ProcessGone) -> Problem:
    """What is told of a step, or of something else, whose process was ended."""
    message = say("{step} did not end: {reason}", step=name, reason=said(gone))
    return Problem(message, say("Run it again; if it happens again, look at the memory of this machine."))


def _explained(project: Path, step: Step, ran: Collection[str]) -> Message:
    found = reasons(project, step, ran)
    if not found:
        return say("{step} need not run: all is as its record says", step=step.name)
    return say("{step} runs: {reasons}", step=step.name, reasons=joined("; ", found))


class Ran(NamedTuple):
    """How long a step took, and the digests of what it wrote, by their names from the project's folder."""

    seconds: float
    files: Mapping[str, str]


def run_step(project: Path, step: Step, manner: Manner, seen: Mapping[str, Any] | None = None) -> Ran:
    """Run one step from clean stage to record; where others say what they have `seen` it be made from, of just that."""
    # Imported here: the up-to-date check, which is most runs, needs none of it.
    from kiemso.execution import make

    start = time.monotonic()
    if seen:
        from kiemso.cluster import await_inputs

        await_inputs(project, step, seen)
    made_from = step.made_from(project)
    stage = step.stage(project)
    make(project, step, stage, manner)
    # Else the record would say of the old file what was read in the new one.
    step.refuse_changed(project, made_from)
    files = step.finish(project, stage, made_from)
    return Ran(time.monotonic() - start, files)


class Here(Executor):
    """Does what it is given at once, in this process: for one of many projects, which are run side by side."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        future: Future = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def open_pool(folder: Path, manner: Manner, *modules: str) -> Executor:
    """A thread for each task's process, which has imported what notebooks need, and these modules; or a cluster's."""
    if manner.scheduler:
        from kiemso.cluster import open_cluster

        return open_cluster(folder, manner.scheduler, *dict.fromkeys((DRAWING, *modules)))
    warm_up(*modules)
    return threads(manner.jobs or _processors())


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
