"""What in the report is no longer true, not tagged, or contradicted: the list that `kiemso check` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiemso.claim import Verdict
from kiemso.evidence import Evidence, read_evidence
from kiemso.extension import pandoc_tags
from kiemso.key import parse_key
from kiemso.manuscript import FILE, Figure, Manuscript, read_manuscript
from kiemso.problem import Problem, Refused, plural
from kiemso.run import term_steps
from kiemso.step import write_whole
from kiemso.text import suggestion
from kiemso.wording import Unstatable


@dataclass(frozen=True)
class Stale:
    """A figure whose text is not what its fact says now."""

    figure: Figure
    text: str


@dataclass(frozen=True)
class Findings:
    """The outcome of a check, each kind of finding as lines to print."""

    outdated: list[str]
    misread: list[str]
    unknown: list[Problem]
    stale: list[Stale]
    contradicted: list[str]
    untagged: list[str]
    needless: list[str]
    summary: list[str]

    @property
    def passed(self) -> bool:
        """Whether the report may go out as far as a program can tell."""
        return not (self.outdated or self.misread or self.unknown or self.stale or self.contradicted or self.untagged)


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
        f"{plural(len(manuscript.figures), 'figure')} in {FILE}: {len(stale)} stale",
        f"{plural(len(evidence.verdicts), 'claim')}: {len(contradicted)} contradicted by the data, "
        f"{len(contradicted) - len(open_claims)} of them acknowledged",
        f"{accounted} of {accounted + len(manuscript.untagged)} numerals accounted for: "
        f"{tagged} tagged, {no_data} no data, {waived} waived",
    ]
    return Findings(
        outdated_steps(evidence),
        misread_tags(project, manuscript),
        unknown,
        stale,
        [_claim_line(verdict) for verdict in open_claims],
        [f"{FILE}, line {n.line}: “{n.text}” in “…{n.context}…”" for n in manuscript.untagged],
        [f"{v.claim.file}, line {v.claim.line}: {v.claim.id}" for v in evidence.verdicts if v.needless],
        summary,
    )


def outdated_steps(evidence: Evidence) -> list[str]:
    """The notebooks that would run now, for their inputs are not what they were."""
    steps = term_steps(evidence.name, evidence.term)
    return [step.name for step in steps if not step.up_to_date(evidence.project)]


def misread_tags(project: Path, manuscript: Manuscript) -> list[str]:
    """Tags that Pandoc sees and this program does not, or the other way round: nobody would keep them true."""
    ours = Counter(("fact", figure.key) for figure in manuscript.figures)
    ours += Counter((kind, name) for kind, name, _ in manuscript.blocks)
    theirs = Counter(pandoc_tags(project / FILE))
    lost = [f"{kind}={name}: Pandoc sees it, but not where a figure or block can stand" for kind, name in theirs - ours]
    return lost + [f"{kind}={name}: Pandoc does not see it as a tag" for kind, name in ours - theirs]


def unknown_names(manuscript: Manuscript, evidence: Evidence) -> Iterator[Problem]:
    """A problem for each key, form, table or chart that the report names and the evidence does not hold."""
    for figure in manuscript.figures:
        fact = evidence.fact(figure.key)
        if fact is None:
            yield _unknown_key(figure, evidence)
            continue
        try:
            evidence.text(fact, figure.form)
        except Unstatable as error:
            yield Problem(
                f"line {figure.line}: “{figure.key}”: {error}", "Mend or leave out as=.", FILE, text=figure.text
            )
    known = {"table": {*evidence.tables, "doi-chieu"}, "chart": {*evidence.charts}}
    for kind, name, line in manuscript.blocks:
        if name not in known[kind]:
            hint = suggestion(name, known[kind]) or f"The {kind}s are {', '.join(sorted(known[kind]))}."
            yield Problem(f"line {line}: there is no {kind} “{name}”", hint, FILE)


def find_stale(manuscript: Manuscript, evidence: Evidence) -> list[Stale]:
    """The figures that no longer say what their facts say."""
    stale = []
    for figure in manuscript.figures:
        fact = evidence.fact(figure.key)
        with suppress(Unstatable):
            text = evidence.text(fact, figure.form) if fact else figure.text
            written = _bare(figure.text)
            if written not in (text, _capital(text)):
                stale.append(Stale(figure, _capital(text) if written[:1].isupper() else text))
    return stale


def update_report(project: Path) -> list[Stale]:
    """Rewrite the stale figures in report.qmd, and nothing else in it; Refused where a key is unknown."""
    manuscript = read_manuscript(project)
    evidence = read_evidence(project, manuscript.term)
    outdated = outdated_steps(evidence)
    if outdated:
        mend = "Run `kiemso run` first: the figures would be those of the old data."
        raise Refused(Problem(f"{', '.join(outdated)}: the inputs changed since", mend))
    problems = list(unknown_names(manuscript, evidence))
    if problems:
        raise Refused(problems)
    stale = find_stale(manuscript, evidence)
    texts = {one.figure: _emphasised(one.figure.text, one.text) for one in stale}
    if texts:
        write_whole(project / FILE, manuscript.rewritten(texts).encode("utf-8"))
    return stale


def _unknown_key(figure: Figure, evidence: Evidence) -> Problem:
    try:
        parse_key(figure.key)
    except ValueError as error:
        return Problem(f"line {figure.line}: {error}", file=FILE, text=figure.text)
    hint = suggestion(figure.key, {evidence.short(key) for key in evidence.facts})
    return Problem(f"line {figure.line}: there is no fact “{figure.key}”", hint, FILE, text=figure.text)


def _claim_line(verdict: Verdict) -> str:
    claim = verdict.claim
    place = f"{claim.file}, line {claim.line} ({claim.where})"
    return f"{place}: “{claim.stated}”, the data say “{verdict.data}” ({claim.fact})"


def _bare(text: str) -> str:
    """The figure without the emphasis that may stand around it, and with plain spaces."""
    return " ".join(text.strip("*_").split())


def _capital(text: str) -> str:
    """The text at the start of a sentence."""
    return text[:1].upper() + text[1:]


def _emphasised(old: str, new: str) -> str:
    before = old[: len(old) - len(old.lstrip("*_"))]
    return before + new + before[::-1]
