"""The commands that audit the report, and those that act on what they find."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import click

from kiemso.console import FAILED, quiet, refusable, section, tell
from kiemso.message import joined, language, plural, say
from kiemso.option import Outcome, project_option, tell_files
from kiemso.project import find_project


@click.command()
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
    tell_files(written)
    return seen.as_json() | {"files": written}, FAILED if seen.problems else 0


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
@click.option("--by", required=True, help="Who approves, by name.")
@click.option("--role", required=True, help="As what: lap (lập), kiem-tra (kiểm tra) or duyet (duyệt), in this order.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="By default today.")
@project_option
@refusable
def approve(by: str, role: str, date: datetime.datetime | None, project: Path) -> Outcome:
    """Sign the report as it stands; refused where `kiemso check` does not pass."""
    from kiemso.approval import ROLES
    from kiemso.release import approve as approve_report

    # The one place where the clock counts: an approval is an event.
    day = date.date() if date else datetime.date.today()
    left = approve_report(find_project(project), by, role, day)
    tell(say("Approved as {role}, {day}.", role=ROLES[role], day=day))
    if left:
        tell(say("Still to approve: {roles}.", roles=", ".join(ROLES[role] for role in left)))
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
