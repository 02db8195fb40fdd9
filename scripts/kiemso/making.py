"""The commands that make the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiemso.console import refusable, tell
from kiemso.manner import CELL_SECONDS, Manner
from kiemso.message import language, plural, say
from kiemso.option import (
    LONGEST,
    Outcome,
    Seconds,
    formats_option,
    project_option,
    scheduler_option,
    schools_option,
    tell_files,
)
from kiemso.problem import Problem, Refused
from kiemso.project import DISTRICTS, find_project, is_district

if TYPE_CHECKING:
    from kiemso.finished import Finished
    from kiemso.typesetter import Typesetter


@click.command()
@click.argument("term", required=False)
@schools_option
@click.option("--jobs", type=click.IntRange(1), help="Notebooks to run at the same time, on this machine.")
@click.option("--kernel", is_flag=True, help="Run in ordinary Jupyter kernels: slower.")
@click.option(
    "--timeout",
    type=Seconds(0, LONGEST, min_open=True),
    default=CELL_SECONDS,
    show_default=True,
    help="Seconds that a cell may take.",
)
@click.option("--explain", is_flag=True, help="Say of each notebook why it runs, or why it need not.")
@click.option("--audit", is_flag=True, help="Write the audit pages and the released data too, as render does.")
@scheduler_option
@project_option
@refusable
def run(
    term: str | None,
    patterns: tuple[str, ...],
    jobs: int | None,
    kernel: bool,
    timeout: float,
    explain: bool,
    audit: bool,
    scheduler: str,
    project: Path,
) -> Outcome:
    """Run the notebooks of TERM (by default the report's term) whose inputs changed."""
    from kiemso.finished import Finished
    from kiemso.lock import project_lock

    folder, manner = find_project(project), Manner(jobs, kernel, timeout, explain, scheduler)
    if patterns:
        from kiemso.many import run_many

        return run_many(folder, term, patterns, ("pages",) if audit else (), "auto", manner)
    _refuse_roll_up(folder)
    with project_lock(folder):
        finished = Finished(folder, ["run", term, audit])
        if not explain and (before := finished.found()):
            return _unchanged(before), 0
        _begin(finished, manner)
        found = _run(folder, term, manner)
        if audit:
            from kiemso.chain import make_pages

            make_pages(folder)
        finished.remember(found)
    return found, 0


@click.command()
@formats_option
@click.option(
    "--renderer",
    type=click.Choice(["auto", "quarto", "embedded"]),
    default="auto",
    help="By default Quarto where it is installed.",
)
@schools_option
@scheduler_option
@project_option
@refusable
def render(
    formats: tuple[str, ...], renderer: str, patterns: tuple[str, ...], scheduler: str, project: Path
) -> Outcome:
    """Run what is out of date, then render report.qmd into _output/."""
    from kiemso.finished import Finished
    from kiemso.lock import project_lock

    folder, manner = find_project(project), Manner(scheduler=scheduler)
    if patterns:
        from kiemso.many import run_many

        return run_many(folder, None, patterns, (*(formats or ("html", "pdf", "docx")), "pages"), renderer, manner)
    _refuse_roll_up(folder)
    notes: list[str] = []
    formats = formats or ("html", "pdf", "docx")
    with project_lock(folder):
        finished = Finished(folder, ["render", *formats, renderer, language()])
        if before := finished.found():
            for note in before.pop("notes"):
                tell(note, err=True)
            return _unchanged(before), 0
        _begin(finished, manner)
        from kiemso.chain import make_report
        from kiemso.typesetter import Typesetter

        with Typesetter() as typesetter:
            found: dict[str, Any] = _run(folder, None, manner, _prepare(folder, formats, renderer, typesetter))
            files = make_report(folder, formats, renderer, notes.append, typesetter)
        for note in notes:
            tell(note, err=True)
        found["files"] = [file.relative_to(folder).as_posix() for file in files]
        finished.remember(found | {"notes": notes})
    tell_files(found["files"])
    return found, 0


@click.command("roll-up")
@click.option("--district", metavar="NAME", help="Only the schools of this district; by default all.")
@formats_option
@click.option("--jobs", type=click.IntRange(1), help="Notebooks to run at the same time, on this machine.")
@scheduler_option
@project_option
@refusable
def roll_up(district: str | None, formats: tuple[str, ...], jobs: int | None, scheduler: str, project: Path) -> Outcome:
    """Run the workspace's schools, add up those that are done, and render district.qmd for them."""
    from kiemso.lock import project_lock
    from kiemso.rollup import roll_up as roll_up_schools
    from kiemso.workspace import find_workspace

    workspace, manner = find_workspace(find_project(project)), Manner(jobs, scheduler=scheduler)
    with project_lock(workspace):
        files = roll_up_schools(workspace, district, formats or ("html", "pdf", "docx"), "auto", tell, manner)
    names = [file.relative_to(workspace).as_posix() for file in files]
    tell_files(names)
    return {"files": names}, 0


@click.command()
@formats_option
@click.option("--port", type=click.IntRange(0, 65535), default=8350, show_default=True, help="0: any that is free.")
@project_option
@refusable
def watch(formats: tuple[str, ...], port: int, project: Path) -> Outcome:
    """Show the report in the browser, and make it anew whenever a workbook, a notebook or the text is saved.

    It makes the HTML, which the browser shows, and with --to the formats named, too.
    """
    from kiemso.watch import watch as watch_project

    folder = find_project(project)
    _refuse_roll_up(folder)
    watch_project(folder, port, ("html", *(name for name in formats if name != "html")))
    return None, 0


def _refuse_roll_up(folder: Path) -> None:
    """Refused where the project is made by another command: it has no files of its own."""
    if is_district(folder):
        message = say("this is a roll-up, which is made of its schools")
        raise Refused(Problem(message, say("Run `kiemso roll-up`."), f"{DISTRICTS}/{folder.name}"))


def _begin(finished: Finished, manner: Manner) -> None:
    """Have what notebooks need be imported while this process finds out which of them run."""
    if finished.notebooks_will_run() and not manner.scheduler:
        from kiemso.process import warm_up

        warm_up()


def _prepare(folder: Path, formats: Sequence[str], renderer: str, typesetter: Typesetter) -> list[Callable[[], None]]:
    """What the report will need, to be done while notebooks run: each while there is least else to do."""

    def press() -> None:
        from kiemso.press import prepare

        prepare(folder)

    def typeset() -> None:
        from kiemso.edition import OUTPUT
        from kiemso.render import TYPST, with_quarto

        if "pdf" in formats and not with_quarto(folder, renderer):
            typesetter.ahead(folder, folder / OUTPUT / TYPST)

    return [press, typeset]


def _run(
    project: Path,
    term: str | None = None,
    manner: Manner = Manner(),  # noqa: B008  (frozen)
    meanwhile: Sequence[Callable[[], object]] = (),
) -> dict[str, Any]:
    """Run the term's notebooks and gather their evidence for the renderer."""
    from kiemso.chain import run_chain

    outcome = run_chain(project, term, tell, manner, meanwhile=meanwhile)
    found = {"term": outcome.term, "ran": outcome.ran, "kept": outcome.kept}
    _tell_steps(found)
    return found


def _unchanged(before: dict[str, Any]) -> dict[str, Any]:
    """What a command finds that has nothing to do."""
    found = before | {"ran": [], "kept": [*before["ran"], *before["kept"]]}
    _tell_steps(found)
    tell_files(found.get("files", []))
    return found


def _tell_steps(found: dict[str, Any]) -> None:
    ran = plural("{count} notebook run", "{count} notebooks run", len(found["ran"]))
    tell(say("{term}: {ran}, {kept} up to date", term=found["term"], ran=ran, kept=len(found["kept"])))
