"""The command line."""

from __future__ import annotations

import datetime
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiemso.console import FAILED, quiet, refusable, section, speak, tell
from kiemso.manner import CELL_SECONDS, Manner
from kiemso.message import joined, language, plural, say
from kiemso.project import find_project

if TYPE_CHECKING:
    from kiemso.finished import Finished
    from kiemso.typesetter import Typesetter

# What a command found, for --json, and its exit status.
Outcome = tuple[Any, int]

# Before the first option is made: click reads the command line before any of our functions is called.
speak(language())

project_option = click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The project's folder; by default the current one or the nearest above it.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kiemso", prog_name="kiemso")
def main() -> None:
    """Kiểm Số: every number of a report, down to the raw spreadsheet cell.

    \b
    kiemso run       run the notebooks whose inputs changed
    kiemso render    run them, then make the report as HTML, PDF and Word
    kiemso roll-up   add up the schools of a workspace, and render their report
    kiemso watch     show the report in the browser, new whenever something is saved
    kiemso look      show how a file would be read, and begin a layout for it
    kiemso check     list what in the report is no longer true
    kiemso update    rewrite stale figures in report.qmd
    kiemso trace     print the evidence of a figure
    kiemso diff      say what changed since the last approval, and why
    kiemso approve   sign the report as it stands

    Exit status: 0 good, 1 the check found something, 2 an input cannot be used.
    """
    for stream in (sys.stdout, sys.stderr):
        # A redirected stream on Windows knows no Vietnamese.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


formats_option = click.option(
    "--to",
    "formats",
    multiple=True,
    type=click.Choice(["html", "pdf", "docx"]),
    help="Only this format; may be repeated.",
)
schools_option = click.option(
    "--schools", "patterns", multiple=True, metavar="CODES", help="These schools of the workspace, such as 'ha-tinh/*'."
)
scheduler_option = click.option(
    "--scheduler", default="", metavar="ADDRESS", help="Run on the Dask cluster of this scheduler: tcp://HOST:PORT."
)


@main.command()
@click.argument("term", required=False)
@schools_option
@click.option("--jobs", type=click.IntRange(1), help="Notebooks to run at the same time, on this machine.")
@click.option("--kernel", is_flag=True, help="Run in ordinary Jupyter kernels: slower.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
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


@main.command()
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
    _tell_files(found["files"])
    return found, 0


@main.command("roll-up")
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
    _tell_files(names)
    return {"files": names}, 0


@main.command()
@formats_option
@click.option("--port", type=click.IntRange(0, 65535), default=8350, show_default=True, help="0: any that is free.")
@project_option
@refusable
def watch(formats: tuple[str, ...], port: int, project: Path) -> Outcome:
    """Show the report in the browser, and make it anew whenever a workbook, a notebook or the text is saved.

    It makes the HTML, which the browser shows, and with --to the formats named, too.
    """
    from kiemso.watch import watch as watch_project

    watch_project(find_project(project), port, ("html", *(name for name in formats if name != "html")))
    return None, 0


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--period", default="", metavar="YEAR", help="The school year or term that it is of, such as 2023-2024.")
@click.option(
    "--html", is_flag=False, flag_value="", metavar="[PAGE]", help="Write a page, by default below _output/look/."
)
@click.option(
    "--write-layout",
    "layout",
    is_flag=False,
    flag_value="",
    metavar="[NAME]",
    help="Write a first layout below data/layouts/ for each sheet that none fits.",
)
@project_option
@refusable
def look(file: Path, period: str, html: str | None, layout: str | None, project: Path) -> Outcome:
    """Show how FILE would be read: its sheets, headers, labels, values, and what is wrong with them.

    FILE may lie anywhere. Exit status 1 if something in it must be mended.
    """
    from kiemso.display import terminal, write_page
    from kiemso.look import look_at
    from kiemso.proposal import check_name, write_layouts

    folder = find_project(project)
    if layout:
        check_name(layout, folder)
    seen = look_at(file, folder, period, layout or "")
    if not quiet():
        # Where a file or a pager takes it, the tables may be wider than a terminal.
        on_screen = sys.stdout.isatty()
        click.echo(terminal(seen, language(), None if on_screen else 140, on_screen), nl=False)
    written = []
    if html is not None:
        written.append(write_page(seen, folder, Path(html) if html else None).as_posix())
    if layout is not None:
        written += write_layouts(seen.proposals, folder, seen.file)
    _tell_files(written)
    return seen.as_json() | {"files": written}, FAILED if seen.problems else 0


@main.command()
@click.option("--release", is_flag=True, help="Print the release checklist, approvals included.")
@project_option
@refusable
def check(release: bool, project: Path) -> Outcome:
    """List stale figures, unknown keys, contradicted claims and untagged numerals; exit status 1 if any."""
    from kiemso.check import check_report

    if release:
        return _check_release(find_project(project))
    findings = check_report(find_project(project))
    section(say("Notebooks whose inputs changed since they ran: run `kiemso run`"), findings.outdated)
    section(say("Tags that stand where they are not read as tags"), findings.misread)
    section(say("Unknown keys"), findings.unknown)
    section(say("Stale figures: run `kiemso update`"), [stale.problem for stale in findings.stale])
    section(say("Claims that the data contradict and nobody has acknowledged"), findings.contradicted)
    section(say("Numerals that are neither tagged nor waived"), findings.untagged)
    section(say("Acknowledgements that are no longer needed (not counted as a fault)"), findings.needless)
    for line in findings.summary:
        tell(line)
    tell(say("Passed.") if findings.passed else say("Not passed."))
    return findings.as_json(), 0 if findings.passed else FAILED


@main.command()
@project_option
@refusable
def update(project: Path) -> Outcome:
    """Rewrite the stale figures in report.qmd, and nothing else in it."""
    from kiemso.check import update_report

    stale = update_report(find_project(project))
    for one in stale:
        change = f"“{one.figure.text}” → “{one.text}” ({one.figure.key})"
        tell(joined(": ", (one.problem.place(language()), change)))
    tell(plural("{count} figure rewritten.", "{count} figures rewritten.", len(stale)))
    return {"rewritten": [one.as_json() for one in stale]}, 0


@main.command()
@click.argument("target")
@project_option
@refusable
def trace(target: str, project: Path) -> Outcome:
    """Print the evidence of TARGET: down from a fact's key, or up from a raw cell.

    \b
    kiemso trace boi.ba
    kiemso trace xep-loai.htt@2023-2024
    kiemso trace "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx!C30"
    """
    from kiemso.evidence import read_evidence
    from kiemso.manuscript import read_manuscript
    from kiemso.trace import trace as trace_lines
    from kiemso.trace import trace_data

    folder = find_project(project)
    manuscript = read_manuscript(folder)
    evidence = read_evidence(folder, manuscript.term)
    for line in trace_lines(target, evidence, manuscript):
        tell(line)
    return trace_data(target, evidence, manuscript), 0


@main.command()
@project_option
@refusable
def diff(project: Path) -> Outcome:
    """Say which facts changed since the last approval, why, and which sentences state them."""
    from kiemso.change import compare
    from kiemso.evidence import read_evidence
    from kiemso.manuscript import read_manuscript

    folder = find_project(project)
    manuscript = read_manuscript(folder)
    changes = compare(read_evidence(folder, manuscript.term), manuscript)
    section(say("Notebooks whose inputs changed since they ran: run `kiemso run`"), changes.outdated)
    section(say("Facts"), [fact.told for fact in changes.facts])
    section(say("Sentences of report.qmd"), [sentence.told for sentence in changes.sentences])
    section(say("Raw cells and their corrections"), [cell.told for cell in changes.cells])
    calculations = [joined(": ", (one.told, ", ".join(one.keys))) for one in changes.calculations]
    section(say("Calculations"), calculations)
    section(say("Entries of the catalogue"), changes.entries)
    section(say("Files"), changes.files)
    tell(changes.summary)
    return changes.as_dict(), 0


@main.command()
@click.option("--by", required=True, help="Who approves, by name.")
@click.option("--role", required=True, help="As what: lap (lập), kiem-tra (kiểm tra) or duyet (duyệt), in this order.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="By default today.")
@project_option
@refusable
def approve(by: str, role: str, date: datetime.datetime | None, project: Path) -> Outcome:
    """Sign the report as it stands; refused where `kiemso check` does not pass."""
    from kiemso.release import approve as approve_report

    # The one place where the clock counts: an approval is an event.
    day = date.date() if date else datetime.date.today()
    left = approve_report(find_project(project), by, role, day)
    tell(say("Approved as {role}, {day}.", role=role, day=day))
    if left:
        tell(say("Still to approve: {roles}.", roles=", ".join(left)))
    else:
        tell(say("Render again: the report is no draft any more."))
    return {"role": role, "by": by, "date": day.isoformat(), "left": left}, 0


def _check_release(project: Path) -> Outcome:
    from kiemso.release import checklist

    lines = checklist(project)
    for line in lines:
        tell(line.told(language()))
    failed = sum(not line.passed for line in lines)
    tell(plural("{count} line failed.", "{count} lines failed.", failed) if failed else say("Ready for release."))
    return {"lines": [line.as_json() for line in lines], "passed": not failed}, FAILED if failed else 0


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
    _tell_files(found.get("files", []))
    return found


def _tell_steps(found: dict[str, Any]) -> None:
    ran = plural("{count} notebook run", "{count} notebooks run", len(found["ran"]))
    tell(say("{term}: {ran}, {kept} up to date", term=found["term"], ran=ran, kept=len(found["kept"])))


def _tell_files(names: list[str]) -> None:
    for name in names:
        tell(f"→ {name}")
