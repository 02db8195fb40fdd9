"""What in the report is no longer true, not tagged, or contradicted: the list that `kiemso check` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiemso.claim import Verdict
from kiemso.evidence import Evidence, read_evidence
from kiemso.extension import pandoc_tags
from kiemso.key import parse_key
from kiemso.manuscript import FILE, Figure, Manuscript, read_manuscript
from kiemso.message import Message, joined, plural, said, say
from kiemso.problem import Problem, Refused
from kiemso.project import located, workspace_of
from kiemso.run import steps_of
from kiemso.step import write_whole
from kiemso.text import suggestion
from kiemso.wording import Unstatable


@dataclass(frozen=True)
class Stale:
    """A figure whose text is not what its fact says now."""

    figure: Figure
    text: str
    file: str = FILE

    @property
    def problem(self) -> Problem:
        """The figure as one of the things that are wrong with the report."""
        message = say("is now “{now}” ({key})", now=self.text, key=self.figure.key)
        return Problem(message, file=self.file, text=self.figure.text, line=self.figure.line)

    def as_json(self) -> dict[str, Any]:
        """The figure for other programs."""
        figure = self.figure
        return {"file": self.file, "line": figure.line, "key": figure.key, "text": figure.text, "now": self.text}


@dataclass(frozen=True)
class Findings:
    """The outcome of a check: steps to run again, figures to rewrite, and each other kind of finding as problems."""

    outdated: list[str]
    misread: list[Problem]
    unknown: list[Problem]
    stale: list[Stale]
    contradicted: list[Problem]
    untagged: list[Problem]
    needless: list[Problem]
    summary: list[Message]

    @property
    def passed(self) -> bool:
        """Whether the report may go out as far as a program can tell."""
        return not (self.outdated or self.misread or self.unknown or self.stale or self.contradicted or self.untagged)

    def as_json(self) -> dict[str, Any]:
        """The findings for other programs."""
        listed = ("misread", "unknown", "stale", "contradicted", "untagged", "needless")
        found = {name: [one.as_json() for one in getattr(self, name)] for name in listed}
        return {"passed": self.passed, "outdated": self.outdated, **found}


def check_report(project: Path) -> Findings:
    """Hold report.qmd and the claims against the facts of its term."""
    manuscript = read_manuscript(project)
    evidence = read_evidence(project, manuscript.term)
    unknown = list(unknown_names(manuscript, evidence))
    stale = find_stale(manuscript, evidence)
    contradicted = [verdict for verdict in evidence.verdicts if verdict.contradicted]
    open_claims = [verdict for verdict in contradicted if not verdict.acknowledged]
    tagged, waived, no_data = len(manuscript.figures), len(manuscript.waivers), manuscript.recognised
    accounted = tagged + waived + no_data
    summary = [
        plural(
            "{count} figure in {file}: {stale} stale",
            "{count} figures in {file}: {stale} stale",
            tagged,
            file=manuscript.file,
            stale=len(stale),
        ),
        plural(
            "{count} claim: {contradicted} contradicted by the data, {acknowledged} of them acknowledged",
            "{count} claims: {contradicted} contradicted by the data, {acknowledged} of them acknowledged",
            len(evidence.verdicts),
            contradicted=len(contradicted),
            acknowledged=len(contradicted) - len(open_claims),
        ),
        say(
            "{accounted} of {all} numerals accounted for: {tagged} tagged, {no_data} no data, {waived} waived",
            accounted=accounted,
            all=accounted + len(manuscript.untagged),
            tagged=tagged,
            no_data=no_data,
            waived=waived,
        ),
    ]
    return Findings(
        outdated_steps(evidence),
        misread_tags(project, manuscript),
        unknown,
        stale,
        [_contradicted(verdict) for verdict in open_claims],
        [
            Problem(say("stands in “…{context}…”", context=n.context), file=manuscript.file, text=n.text, line=n.line)
            for n in manuscript.untagged
        ],
        [_needless(verdict) for verdict in evidence.verdicts if verdict.needless],
        summary,
    )


def outdated_steps(evidence: Evidence) -> list[str]:
    """The notebooks that would run now, for their inputs are not what they were."""
    steps = steps_of(evidence.project, evidence.name, evidence.term)
    return [step.name for step in steps if not step.up_to_date(evidence.project)]


def misread_tags(project: Path, manuscript: Manuscript) -> list[Problem]:
    """Tags that Pandoc sees and this program does not, or the other way round: nobody would keep them true."""
    ours = Counter(("fact", figure.key) for figure in manuscript.figures)
    ours += Counter((kind, name) for kind, name, _ in manuscript.blocks)
    theirs = Counter(pandoc_tags(located(project, FILE)))
    lost = say("Pandoc sees this tag, but not where a figure or block can stand")
    unseen = say("Pandoc does not see this as a tag")
    found = [(lost, tag) for tag in theirs - ours] + [(unseen, tag) for tag in ours - theirs]
    return [Problem(message, file=manuscript.file, text=f"{kind}={name}") for message, (kind, name) in found]


def unknown_names(manuscript: Manuscript, evidence: Evidence) -> Iterator[Problem]:
    """A problem for each key, form, table or chart that the report names and the evidence does not hold."""
    for figure in manuscript.figures:
        fact = evidence.fact(figure.key)
        if fact is None:
            yield _unknown_key(figure, evidence, manuscript.file)
            continue
        try:
            evidence.text(fact, figure.form)
        except Unstatable as error:
            message = joined(": ", (f"“{figure.key}”", said(error)))
            yield Problem(
                message, say("Mend or leave out as=."), manuscript.file, text=figure.text or None, line=figure.line
            )
    known = {"table": {*evidence.tables, "doi-chieu"}, "chart": {*evidence.charts}}
    for kind, name, line in manuscript.blocks:
        if name not in known[kind]:
            yield _unknown_block(kind, name, known[kind], manuscript.file, line)


def find_stale(manuscript: Manuscript, evidence: Evidence) -> list[Stale]:
    """The figures that no longer say what their facts say."""
    stale = []
    for figure in manuscript.figures:
        fact = evidence.fact(figure.key)
        with suppress(Unstatable):
            text = evidence.text(fact, figure.form) if fact else figure.text
            written = _bare(figure.text)
            # A report that many schools share states no values of its own: its brackets are empty.
            shared = not written and workspace_of(evidence.project)
            if not shared and written not in (text, _capital(text)):
                stale.append(Stale(figure, _capital(text) if written[:1].isupper() else text, manuscript.file))
    return stale


def update_report(project: Path) -> list[Stale]:
    """Rewrite the stale figures in report.qmd, and nothing else in it.

    Refused where a key is unknown, and where others share the text: what is right for one is wrong for the next.
    """
    manuscript = read_manuscript(project)
    evidence = read_evidence(project, manuscript.term)
    outdated = outdated_steps(evidence)
    if outdated:
        mend = say("Run `kiemso run` first: the figures would be those of the old data.")
        raise Refused(Problem(say("{steps}: the inputs changed since", steps=", ".join(outdated)), mend))
    problems = list(unknown_names(manuscript, evidence))
    if problems:
        raise Refused(problems)
    stale = find_stale(manuscript, evidence)
    texts = {one.figure: _emphasised(one.figure.text, one.text) for one in stale}
    if located(project, FILE) != project / FILE and stale:
        raise Refused(_shared(one) for one in stale)
    if texts:
        write_whole(project / FILE, manuscript.rewritten(texts).encode("utf-8"))
    return stale


def _shared(stale: Stale) -> Problem:
    message = say("is written out in a text that other reports share")
    mend = say("Empty its brackets: []{{fact={key}}}.", key=stale.figure.key)
    return Problem(message, mend, stale.file, text=stale.figure.text, line=stale.figure.line)


def _unknown_key(figure: Figure, evidence: Evidence, file: str) -> Problem:
    try:
        parse_key(figure.key)
        message: str = say("there is no fact “{key}”", key=figure.key)
    except ValueError as error:
        message = said(error)
    hint = suggestion(figure.key, {evidence.short(key) for key in evidence.facts})
    return Problem(message, hint or say("Mend the key."), file, text=figure.text or None, line=figure.line)


def _unknown_block(kind: str, name: str, known: Collection[str], file: str, line: int) -> Problem:
    if kind == "table":
        message = say("there is no table “{name}”", name=name)
        others = say("The tables are {names}.", names=", ".join(sorted(known)))
    else:
        message = say("there is no chart “{name}”", name=name)
        others = say("The charts are {names}.", names=", ".join(sorted(known)))
    return Problem(message, suggestion(name, known) or others, file, line=line)


def _contradicted(verdict: Verdict) -> Problem:
    claim = verdict.claim
    message = say(
        "the data say “{data}” ({key}); the claim stands in {where}",
        data=verdict.data,
        key=claim.fact,
        where=claim.where,
    )
    return Problem(message, file=claim.file, text=claim.stated, line=claim.line)


def _needless(verdict: Verdict) -> Problem:
    claim = verdict.claim
    message = say("the data agree with the claim “{id}”", id=claim.id)
    mend = say("Take the acknowledgement out of it.")
    return Problem(message, mend, claim.file, line=claim.line)


def _bare(text: str) -> str:
    """The figure without the emphasis that may stand around it, and with plain spaces."""
    return " ".join(text.strip("*_").split())


def _capital(text: str) -> str:
    """The text at the start of a sentence."""
    return text[:1].upper() + text[1:]


def _emphasised(old: str, new: str) -> str:
    before = old[: len(old) - len(old.lstrip("*_"))]
    return before + new + before[::-1]
