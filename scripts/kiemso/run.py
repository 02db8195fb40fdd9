"""A term's notebooks run in their order, only those whose inputs changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path

from filelock import FileLock, Timeout

from kiemso.catalogue import FILE as CATALOGUE_FILE
from kiemso.catalogue import read_catalogue
from kiemso.correction import FILE as CORRECTIONS_FILE
from kiemso.correction import read_corrections
from kiemso.problem import Problem, Refused
from kiemso.project import CLEAN, COMPUTE, SUMMARISE
from kiemso.step import Step, check_inputs
from kiemso.term import FILE as TERMS_FILE
from kiemso.term import Term, read_targets, read_term, targets_file

Report = Callable[[str], None]


@dataclass
class Outcome:
    """Which steps ran, which were up to date, and what was refused."""

    ran: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def term_steps(name: str, term: Term) -> list[Step]:
    """The steps of a term, each after those it needs."""
    reviewed = (CATALOGUE_FILE, TERMS_FILE)
    clean = [
        Step(
            CLEAN,
            period,
            (f"data/raw/{period}", CORRECTIONS_FILE, *reviewed),
            ("1-clean-year.ipynb", "observations.csv"),
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


def run_term(project: Path, name: str, report: Report, *, jobs: int | None = None, kernel: bool = False) -> Outcome:
    """Run what is out of date of a term; Refused lists every problem of every notebook.

    The caller holds the project's lock.
    """
    term = read_term(project, name)
    read_catalogue(project)
    read_corrections(project)
    if term.next:
        read_targets(project, term.next)
    steps = term_steps(name, term)
    made = frozenset(f"build/{step.period}/{output}" for step in steps for output in step.outputs)
    check_inputs(project, steps, made)
    outcome = _run_steps(project, steps, report, jobs, kernel)
    if outcome.problems:
        raise Refused(dict.fromkeys(outcome.problems))
    return outcome


def project_lock(project: Path) -> FileLock:
    """The lock that a run and its rendering hold; Refused where another one holds it. A killed run's lock is free."""
    (project / "build").mkdir(exist_ok=True)
    lock = FileLock(project / "build" / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        mend = "Wait until it has ended, then run again."
        raise Refused(Problem("another run is under way in this project", mend)) from None
    return lock


def _run_steps(project: Path, steps: list[Step], report: Report, jobs: int | None, kernel: bool) -> Outcome:
    by_name = {step.name: step for step in steps}
    order = TopologicalSorter({step.name: step.needs for step in steps})
    order.prepare()
    outcome, under_way = Outcome(), {}
    pool: Executor | None = None
    try:
        while order.is_active():
            ready = order.get_ready()
            for name in ready:
                if by_name[name].up_to_date(project):
                    outcome.kept.append(name)
                    order.done(name)
                else:
                    pool = pool or _pool(jobs, kernel)
                    under_way[pool.submit(run_step, project, by_name[name], kernel)] = name
            if under_way:
                _collect(under_way, order, outcome, report, len(steps))
            elif not ready:
                break  # what is left needs a step that was refused
    except BaseException:
        _stop()
        raise
    finally:
        if pool:
            pool.shutdown(cancel_futures=True)
    return outcome


def _collect(
    under_way: dict[Future, str], order: TopologicalSorter, outcome: Outcome, report: Report, count: int
) -> None:
    """Take in what has ended. A failed step is never `done`, so nothing that needs it starts."""
    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
        name = under_way.pop(future)
        try:
            seconds = future.result()
        except Refused as refused:
            outcome.problems += refused.problems
            report(f"✗ {name}")
            continue
        outcome.ran.append(name)
        report(f"✓ {name} ({seconds:.1f} s)  {len(outcome.ran) + len(outcome.kept)}/{count}")
        order.done(name)


def run_step(project: Path, step: Step, kernel: bool = False) -> float:
    """Run one step from clean stage to record; the seconds it took."""
    # Imported here: the up-to-date check, which is most runs, needs none of it.
    from kiemso.execution import execute, write_facts, write_tables
    from kiemso.fact import read_facts

    start = time.monotonic()
    made_from = step.made_from(project)
    stage = step.stage(project)
    execute(project, step.notebook, step.parameters, stage, kernel=kernel)
    if "facts.json" in step.outputs:
        years = [project / name for name in step.inputs if name.endswith("/facts.json")]
        write_facts(stage, step.notebook, {key: fact for path in years for key, fact in read_facts(path).items()})
    if "tables.json" in step.outputs:
        write_tables(stage, step.notebook)
    step.finish(project, stage, made_from)
    return time.monotonic() - start


def _stop() -> None:
    """End the notebooks that are running, so that their threads end."""
    from kiemso.process import stop_all

    stop_all()


def _pool(jobs: int | None, kernel: bool) -> Executor:
    """Threads: each waits for the process of its own notebook."""
    if not kernel:
        from kiemso.process import warm_up

        warm_up()
    # An ordinary kernel is told its output folder through this process's environment: one at a time.
    return ThreadPoolExecutor(1 if kernel else jobs or min(4, os.cpu_count() or 1))
