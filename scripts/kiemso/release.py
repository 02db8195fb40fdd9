"""Releasing a report: the checklist and the approvals."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
from kiemso.manuscript import FILE as REPORT_FILE
from kiemso.manuscript import read_manuscript
from kiemso.problem import Problem, Refused
from kiemso.run import project_lock
from kiemso.snapshot import snapshot_text, take_snapshot
from kiemso.step import write_whole
from kiemso.text import suggestion

_HEAD = "# Written by `kiemso approve`: every approval, and what was last approved. Not to be edited.\n"


@dataclass(frozen=True)
class Line:
    """A line of the checklist: what must hold, what speaks against it, and how to mend that."""

    title: str
    faults: list[str]
    mend: str
    warning: bool = False

    @property
    def passed(self) -> bool:
        """Whether the report may go out as far as this line goes."""
        return self.warning or not self.faults

    def __str__(self) -> str:
        mark = "✓" if not self.faults else "!" if self.warning else "✗"
        return "\n".join([f"{mark} {self.title}", *(f"    {fault}" for fault in self.faults), *self._mend()])

    def _mend(self) -> list[str]:
        return [f"    → {self.mend}"] if self.faults else []


def checklist(project: Path) -> list[Line]:
    """What must hold before the report goes out, its approvals last."""
    evidence = read_evidence(project, read_manuscript(project).term)
    return [*_checks(evidence, check_report(project)), *_approvals(project, evidence.name)]


def approve(project: Path, by: str, role: str, date: datetime.date) -> list[str]:
    """Record an approval of the report as it stands; the roles still to come.

    Refused where the report does not pass, out of turn, or twice.
    """
    if role not in ROLES:
        hint = suggestion(role, ROLES) or f"The roles are {', '.join(ROLES)}, in this order."
        raise Refused(Problem(f"there is no role “{role}”", hint))
    with project_lock(project):
        evidence = read_evidence(project, read_manuscript(project).term)
        failed = [line for line in _checks(evidence, check_report(project)) if not line.passed]
        if failed:
            raise Refused(Problem(f"{line.title}: {'; '.join(line.faults)}", line.mend) for line in failed)
        _sign(evidence, by, role, date)
    return [*ROLES][[*ROLES].index(role) + 1 :]


def _sign(evidence: Evidence, by: str, role: str, date: datetime.date) -> None:
    project, term = evidence.project, evidence.name
    ledger, files = read_ledger(project, term), state(project, term)
    given = ledger.of(combined(files))
    if role in given:
        message = f"{given[role].by} has approved this very report as {role} on {given[role].date}"
        raise Refused(Problem(message, "Nothing has changed since: there is nothing to approve."))
    missing = [one for one in [*ROLES][: [*ROLES].index(role)] if one not in given]
    if missing:
        mend = f"First `kiemso approve --role {missing[0]} --by …`: each role signs the same, unchanged report."
        raise Refused(Problem(f"“{role}” needs the approval of this report by {' and '.join(missing)}", mend))
    try:
        approval = Approval(role=role, by=by, date=date, digest=combined(files))  # type: ignore[arg-type]
    except ValidationError:
        raise Refused(Problem("is no name", "Write the person's name after --by, on one line.", text=by)) from None
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
    yield Line("Notebooks are up to date", findings.outdated, "Run `kiemso run`.")
    yield Line("Tags stand where they are read as tags", findings.misread, f"Mend them in {REPORT_FILE}.")
    unknown = [str(problem).replace("\n", " ") for problem in findings.unknown]
    yield Line("Every key, form, table and chart is known", unknown, f"Mend the name in {REPORT_FILE}.")
    stale = [f"line {s.figure.line}: “{s.figure.text}” is now “{s.text}” ({s.figure.key})" for s in findings.stale]
    yield Line("No figure is stale", stale, f"Run `kiemso update`, then read `git diff {REPORT_FILE}`.")
    mend = "Mend the claim's source, or acknowledge it with the data's value and a reason in data/claims/."
    yield Line("Every contradicted claim is acknowledged", findings.contradicted, mend)
    mend = "Take them out of data/claims/: the data agree with the claims."
    yield Line("No acknowledgement is needless", findings.needless, mend, warning=True)
    mend = 'Tag each with its fact, or give a reason: [4]{waiver="…"}.'
    yield Line(f"Coverage is 100 %: {findings.summary[-1]}", findings.untagged, mend)
    wholes = list(_wholes(evidence))
    faults = [f"{label}: {text} make {total}, not {whole}" for label, text, total, whole in wholes if total != whole]
    mend = "Mend the row or its parts in the workbook."
    yield Line(f"Parts make their wholes: {len(wholes)} compared", faults, mend)


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
        by = f" by {signed.by}, {signed.date}" if signed else ""
        faults = [] if signed else [f"nobody has approved the report as it stands as {role}"]
        yield Line(f"Approved ({name}){by}", faults, f"Run `kiemso approve --role {role} --by …`.")
