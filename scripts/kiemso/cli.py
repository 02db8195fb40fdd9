"""The command line."""

from __future__ import annotations

import datetime
import functools
import io
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from kiemso.problem import Problem, Refused, plural
from kiemso.project import find_project

FAILED, UNUSABLE = 1, 2


def _said(command: Callable) -> Callable:
    """A person's mistake is answered with a list of what to mend and exit status 2, never with a traceback."""

    @functools.wraps(command)
    def wrapped(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except Refused as refused:
            _print_problems(refused.problems)
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            _print_problems(
                [Problem(f"{place}{error.strerror or error}", "Check the folder, its rights and the disk.")]
            )
        except KeyboardInterrupt:
            click.echo("Stopped. What was finished is kept; the last good report is untouched.", err=True)
        sys.exit(UNUSABLE)

    return wrapped


def _print_problems(problems: list[Problem]) -> None:
    click.echo(f"{plural(len(problems), 'problem')}; the last good report is untouched:", err=True)
    for problem in problems:
        click.echo(f"  {problem}", err=True)


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


@main.command()
@click.argument("term", required=False)
@click.option("--jobs", type=click.IntRange(1), help="Notebooks to run at the same time.")
@click.option("--kernel", is_flag=True, help="Run in ordinary Jupyter kernels, one at a time: slower.")
@click.option("--audit", is_flag=True, help="Write the audit pages and the released data too, as render does.")
@project_option
@_said
def run(term: str | None, jobs: int | None, kernel: bool, audit: bool, project: Path) -> None:
    """Run the notebooks of TERM (by default the report's term) whose inputs changed."""
    from kiemso.run import project_lock

    folder = find_project(project)
    with project_lock(folder):
        _run(folder, term, jobs, kernel)
        if audit:
            _write_audit(folder)


@main.command()
@click.option(
    "--to",
    "formats",
    multiple=True,
    type=click.Choice(["html", "pdf", "docx"]),
    help="Only this format; may be repeated.",
)
@click.option(
    "--renderer",
    type=click.Choice(["auto", "quarto", "embedded"]),
    default="auto",
    help="By default Quarto where it is installed.",
)
@project_option
@_said
def render(formats: tuple[str, ...], renderer: str, project: Path) -> None:
    """Run what is out of date, then render report.qmd into _output/."""
    from kiemso.render import RenderError
    from kiemso.render import render as render_report
    from kiemso.run import project_lock

    folder = find_project(project)
    with project_lock(folder):
        _run(folder)
        with ThreadPoolExecutor(1) as pool:
            # Pandoc and Typst are other programs: the audit pages are made while they work.
            audit = pool.submit(_write_audit, folder)
            try:
                files = render_report(folder, formats or ("html", "pdf", "docx"), renderer)
            except RenderError as error:
                raise Refused(Problem(str(error))) from None
            files += audit.result()
    for file in files:
        click.echo(f"→ {file.relative_to(folder).as_posix()}")


@main.command()
@click.option("--release", is_flag=True, help="Print the release checklist, approvals included.")
@project_option
@_said
def check(release: bool, project: Path) -> None:
    """List stale figures, unknown keys, contradicted claims and untagged numerals; exit status 1 if any."""
    from kiemso.check import check_report

    if release:
        _check_release(find_project(project))
    findings = check_report(find_project(project))
    _section("Notebooks whose inputs changed since they ran: run `kiemso run`", findings.outdated)
    _section("Tags that stand where they are not read as tags", findings.misread)
    _section("Unknown keys", [str(problem) for problem in findings.unknown])
    stale = [
        f"report.qmd, line {s.figure.line}: “{s.figure.text}” is now “{s.text}” ({s.figure.key})"
        for s in findings.stale
    ]
    _section("Stale figures: run `kiemso update`", stale)
    _section("Claims that the data contradict and nobody has acknowledged", findings.contradicted)
    _section("Numerals that are neither tagged nor waived", findings.untagged)
    _section("Acknowledgements that are no longer needed (not counted as a fault)", findings.needless)
    for line in findings.summary:
        click.echo(line)
    click.echo("Passed." if findings.passed else "Not passed.")
    sys.exit(0 if findings.passed else FAILED)


@main.command()
@project_option
@_said
def update(project: Path) -> None:
    """Rewrite the stale figures in report.qmd, and nothing else in it."""
    from kiemso.check import update_report

    stale = update_report(find_project(project))
    for one in stale:
        click.echo(f"report.qmd, line {one.figure.line}: “{one.figure.text}” → “{one.text}” ({one.figure.key})")
    click.echo(f"{plural(len(stale), 'figure')} rewritten.")


@main.command()
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@project_option
@_said
def trace(target: str, as_json: bool, project: Path) -> None:
    """Print the evidence of TARGET: down from a fact's key, or up from a raw cell.

    \b
    kiemso trace boi.ba
    kiemso trace xep-loai.htt@2023-2024
    kiemso trace "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx!C30"
    """
    import json

    from kiemso.evidence import read_evidence
    from kiemso.manuscript import read_manuscript
    from kiemso.trace import trace as trace_lines
    from kiemso.trace import trace_data

    folder = find_project(project)
    manuscript = read_manuscript(folder)
    evidence = read_evidence(folder, manuscript.term)
    if as_json:
        click.echo(json.dumps(trace_data(target, evidence, manuscript), ensure_ascii=False, indent=1))
    else:
        click.echo(trace_lines(target, evidence, manuscript))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@project_option
@_said
def diff(as_json: bool, project: Path) -> None:
    """Say which facts changed since the last approval, why, and which sentences state them."""
    from kiemso.change import compare
    from kiemso.evidence import read_evidence
    from kiemso.manuscript import read_manuscript

    folder = find_project(project)
    manuscript = read_manuscript(folder)
    changes = compare(read_evidence(folder, manuscript.term), manuscript)
    if as_json:
        click.echo(changes.as_json())
        return
    _section("Notebooks whose inputs changed since they ran: run `kiemso run`", changes.outdated)
    _section("Facts", [str(fact) for fact in changes.facts])
    _section("Sentences of report.qmd", [str(sentence) for sentence in changes.sentences])
    _section("Raw cells and their corrections", [str(cell) for cell in changes.cells])
    _section("Calculations", [f"{one}: {', '.join(one.keys)}" for one in changes.calculations])
    _section("Entries of the catalogue", changes.entries)
    _section("Files", changes.files)
    click.echo(changes.summary)


@main.command()
@click.option("--by", required=True, help="Who approves, by name.")
@click.option("--role", required=True, help="As what: lap (lập), kiem-tra (kiểm tra) or duyet (duyệt), in this order.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="By default today.")
@project_option
@_said
def approve(by: str, role: str, date: datetime.datetime | None, project: Path) -> None:
    """Sign the report as it stands; refused where `kiemso check` does not pass."""
    from kiemso.release import approve as approve_report

    # The one place where the clock counts: an approval is an event.
    day = date.date() if date else datetime.date.today()
    left = approve_report(find_project(project), by, role, day)
    click.echo(f"Approved as {role}, {day}.")
    click.echo(f"Still to approve: {', '.join(left)}." if left else "Render again: the report is no draft any more.")


def _check_release(project: Path) -> None:
    from kiemso.release import checklist

    lines = checklist(project)
    for line in lines:
        click.echo(str(line))
    failed = sum(not line.passed for line in lines)
    click.echo(f"{plural(failed, 'line')} failed." if failed else "Ready for release.")
    sys.exit(FAILED if failed else 0)


def _run(project: Path, term: str | None = None, jobs: int | None = None, kernel: bool = False) -> None:
    """Run the term's notebooks and gather their evidence for the renderer."""
    from kiemso.check import unknown_names
    from kiemso.evidence import publish, read_evidence
    from kiemso.manuscript import read_manuscript
    from kiemso.run import run_term

    manuscript = read_manuscript(project)
    name = term or manuscript.term
    outcome = run_term(project, name, click.echo, jobs=jobs, kernel=kernel)
    click.echo(f"{name}: {plural(len(outcome.ran), 'notebook')} run, {len(outcome.kept)} up to date")
    evidence = read_evidence(project, name)
    used: list = []
    if name == manuscript.term:
        problems = list(unknown_names(manuscript, evidence))
        if problems:
            raise Refused(problems)
        used = [(figure.key, figure.form) for figure in manuscript.figures]
    publish(evidence, used)


def _write_audit(project: Path) -> list[Path]:
    """The audit pages and the released data; of the pages only the index is worth telling."""
    from kiemso.audit import write_audit
    from kiemso.changelog import write_changes
    from kiemso.correction import read_corrections
    from kiemso.dataset import write_dataset
    from kiemso.evidence import read_evidence
    from kiemso.manuscript import read_manuscript

    manuscript = read_manuscript(project)
    evidence = read_evidence(project, manuscript.term)
    corrections = {c.place: (c.before, c.after, c.reason) for c in read_corrections(project)}
    output = project / "_output"
    write_audit(evidence, manuscript, output, corrections)
    write_changes(evidence, manuscript, output)
    return [*write_dataset(evidence, output), output / "audit" / "index.html"]


def _section(title: str, lines: list[str]) -> None:
    if lines:
        click.echo(f"{title}:")
        for line in lines:
            click.echo(f"  {line}")
        click.echo()
