"""Releasing a report: the checklist and the approvals."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from kiemso.approval import (
    FOLDER,
    LAST,
    ROLES,
    Approval,
    Approved,
    Ledger,
    combined,
    digest,
    read_ledger,
    state,
)
from kiemso.check import Findings, check_report
from kiemso.evidence import Evidence, read_evidence
from kiemso.key import parse_key
from kiemso.lock import project_lock
from kiemso.manuscript import FILE as REPORT_FILE
from kiemso.manuscript import read_manuscript
from kiemso.message import LANGUAGES, both, in_language, joined, say
from kiemso.problem import Problem, Refused
from kiemso.snapshot import snapshot_text, take_snapshot
from kiemso.step import write_whole
from kiemso.text import suggestion

_HEAD = "# Written by `kiemso approve`: every approval, and what was last approved. Not to be edited.\n"


@dataclass(frozen=True)
class Line:
    """A line of the checklist: what must hold, what speaks against it, and how to mend that."""

    title: str
    faults: Sequence[str | Problem]
    mend: str
    warning: bool = False

    @property
    def passed(self) -> bool:
        """Whether the report may go out as far as this line goes."""
        return self.warning or not self.faults

    def told(self, language: str) -> str:
        """The line with its faults as a person who speaks the language reads it."""
        mark = "✓" if not self.faults else "!" if self.warning else "✗"
        faults = [_told(fault, language) for fault in self.faults]
        mend = [f"→ {in_language(self.mend, language)}"] if faults else []
        return "\n    ".join([f"{mark} {in_language(self.title, language)}", *faults, *mend])

    def problems(self) -> Iterator[Problem]:
        """What speaks against the line, as problems; a fault's own mend is the nearer one."""
        for fault in self.faults:
            if isinstance(fault, Problem):
                message = joined(": ", (self.title, fault.message))
                yield replace(fault, message=message, mend=fault.mend or self.mend)
            else:
                yield Problem(joined(": ", (self.title, fault)), self.mend)

    def as_json(self) -> dict[str, Any]:
        """The line for other programs, its sentences in every language."""
        told = {
            language: {
                "title": in_language(self.title, language),
                "faults": [_told(fault, language) for fault in self.faults],
                "mend": in_language(self.mend, language),
            }
            for language in LANGUAGES
        }
        return {"passed": self.passed, "warning": self.warning, **told}


def _told(fault: str | Problem, language: str) -> str:
    """What is wrong, in one line and without its mend: the line of the checklist has its own."""
    one = replace(fault, mend="").told(language) if isinstance(fault, Problem) else in_language(fault, language)
    return one.replace("\n", " ")


def checklist(project: Path) -> list[Line]:
    """What must hold before the report goes out, its approvals last."""
    evidence = read_evidence(project, read_manuscript(project).term)
    return [*_checks(evidence, check_report(project)), *_approvals(project, evidence.name)]


def approve(project: Path, by: str, role: str, date: datetime.date) -> list[str]:
    """Record an approval of the report as it stands; the roles still to come.

    Refused where the report does not pass, out of turn, or twice.
    """
    if role not in ROLES:
        hint = suggestion(role, ROLES) or say("The roles are {roles}, in this order.", roles=", ".join(ROLES))
        raise Refused(Problem(say("there is no role “{role}”", role=role), hint))
    with project_lock(project):
        evidence = read_evidence(project, read_manuscript(project).term)
        failed = [line for line in _checks(evidence, check_report(project)) if not line.passed]
        if failed:
            raise Refused(problem for line in failed for problem in line.problems())
        _sign(evidence, by, role, date)
    return [*ROLES][[*ROLES].index(role) + 1 :]


def _sign(evidence: Evidence, by: str, role: str, date: datetime.date) -> None:
    project, term = evidence.project, evidence.name
    ledger, files = read_ledger(project, term), state(project, term)
    given = ledger.of(combined(files))
    if role in given:
        message = say(
            "{name} has approved this very report as {role} on {date}",
            name=given[role].by,
            role=ROLES[role],
            date=given[role].date,
        )
        raise Refused(Problem(message, say("Nothing has changed since: there is nothing to approve.")))
    missing = [one for one in [*ROLES][: [*ROLES].index(role)] if one not in given]
    if missing:
        mend = say(
            "First `kiemso approve --role {role} --by …`: each role signs the same, unchanged report.", role=missing[0]
        )
        message = say(
            "“{role}” needs the approval of this report by {roles}",
            role=ROLES[role],
            roles=both(ROLES[one] for one in missing),
        )
        raise Refused(Problem(message, mend))
    try:
        approval = Approval(role=role, by=by, date=date, digest=combined(files))  # type: ignore[arg-type]
    except ValidationError:
        mend = say("Write the person's name after --by, on one line.")
        raise Refused(Problem(say("is no name"), mend, text=by)) from None
    approved = ledger.approved
    if role == LAST:
        facts = snapshot_text(take_snapshot(project, term, evidence.facts))
        write_whole(project / FOLDER / f"{term}.csv", facts)
        approved = Approved(facts=digest(facts.encode()), files=files)
    signed = Ledger(approvals=(*ledger.approvals, approval), approved=approved).model_dump(exclude_none=True)
    written = yaml.safe_dump(signed, allow_unicode=True, sort_keys=False)
    write_whole(project / FOLDER / f"{term}.yml", _HEAD + written)


def _checks(evidence: Evidence, findings: Findings) -> Iterator[Line]:
    """All lines but the approvals."""
    yield Line(say("Notebooks are up to date"), findings.outdated, say("Run `kiemso run`."))
    mend = say("Mend them in {file}.", file=REPORT_FILE)
    yield Line(say("Tags stand where they are read as tags"), findings.misread, mend)
    mend = say("Mend the names in {file}.", file=REPORT_FILE)
    yield Line(say("Every key, form, table and chart is known"), findings.unknown, mend)
    mend = say("Run `kiemso update`, then read `git diff {file}`.", file=REPORT_FILE)
    yield Line(say("No figure is stale"), [stale.problem for stale in findings.stale], mend)
    mend = say("Mend the claim's source, or acknowledge it with the data's value and a reason in data/claims/.")
    yield Line(say("Every contradicted claim is acknowledged"), findings.contradicted, mend)
    mend = say("Take them out of data/claims/: the data agree with the claims.")
    yield Line(say("No acknowledgement is needless"), findings.needless, mend, warning=True)
    mend = say('Tag each with its fact, or give a reason: [4]{{waiver="…"}}.')
    title = say("Coverage is 100 %: {coverage}", coverage=findings.summary[-1])
    yield Line(title, findings.untagged, mend)
    wholes = list(_wholes(evidence))
    faults = [
        say("{label}: {parts} make {total}, not {whole}", label=label, parts=parts, total=total, whole=whole)
        for label, parts, total, whole in wholes
        if total != whole
    ]
    mend = say("Mend the row or its parts in the workbook.")
    yield Line(say("Parts make their wholes: {count} compared", count=len(wholes)), faults, mend)


def _wholes(evidence: Evidence) -> Iterator[tuple[str, str, float, object]]:
    """Each whole with all its parts: label, parts as written, their sum, and the whole's value."""
    for fact in evidence.facts.values():
        key = parse_key(fact.key)
        indicator = evidence.catalogue.indicators.get(key.indicator)
        if key.part or not indicator or not indicator.whole:
            continue
        parts = [evidence.facts.get(str(key._replace(part=part))) for part in indicator.parts]
        values = [part.value for part in parts if part and isinstance(part.value, int | float)]
        if fact.value is not None and len(values) == len(indicator.parts):
            written = " + ".join(part.text for part in parts if part)
            yield f"{fact.label}, {fact.period}", written, sum(values), fact.value


def _approvals(project: Path, term: str) -> Iterator[Line]:
    given = read_ledger(project, term).of(combined(state(project, term)))
    for role, name in ROLES.items():
        signed = given.get(role)
        if signed:
            title = say("Approved ({role}) by {name}, {date}", role=name, name=signed.by, date=signed.date)
            yield Line(title, [], "")
        else:
            fault = say("nobody has approved the report as it stands as {role}", role=name)
            mend = say("Run `kiemso approve --role {role} --by …`.", role=role)
            yield Line(say("Approved ({role})", role=name), [fault], mend)
