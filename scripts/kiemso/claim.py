"""Claims: figures published elsewhere, held against the facts."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kiemso.catalogue import Catalogue
from kiemso.fact import ABSENT, Fact
from kiemso.key import Key, parse_key
from kiemso.message import said, say
from kiemso.number import Unreadable, format_number, parse_number
from kiemso.observation import NOT_HELD, read_parts
from kiemso.problem import Problem, Refused
from kiemso.statement import stated_text
from kiemso.text import label_key, suggestion

COLUMNS = ["id", "where", "text", "fact", "stated", "acknowledged", "reason"]


@dataclass(frozen=True)
class Claim:
    """A published figure: where it stands, its text, the fact it is held against, and what was said of it.

    `acknowledged` is the value of the data at which a contradiction was accepted; another value reopens it.
    """

    id: str
    where: str
    text: str
    fact: str
    stated: str
    acknowledged: str
    reason: str
    file: str
    line: int


@dataclass(frozen=True)
class Verdict:
    """A claim held against the facts: what the data say, and whether they contradict it."""

    claim: Claim
    keys: tuple[str, ...]
    data: str
    contradicted: bool

    @property
    def acknowledged(self) -> bool:
        """Whether someone has accepted this very contradiction."""
        return self.contradicted and self.claim.acknowledged == self.data

    @property
    def needless(self) -> bool:
        """Whether an acknowledgement stands at a claim that the data do not contradict."""
        return not self.contradicted and bool(self.claim.acknowledged)


def read_claims(project: Path) -> list[Claim]:
    """All claims of data/claims/, in the order of files and lines."""
    claims: list[Claim] = []
    problems: list[Problem] = []
    for path in sorted((project / "data" / "claims").glob("*.csv")):
        name = path.relative_to(project).as_posix()
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                claims += _rows(csv.DictReader(file, strict=True), name)
        except Refused as refused:
            problems += refused.problems
        except (csv.Error, UnicodeDecodeError) as error:
            message = say("cannot be read as CSV: {reason}", reason=error)
            problems.append(Problem(message, say("Save it as CSV in UTF-8."), name))
    seen: dict[str, Claim] = {}
    for claim in claims:
        if claim.acknowledged and not claim.reason.strip():
            mend = say("Say in “reason” why the report states the data's value.")
            problems.append(Problem(say("is acknowledged without a reason"), mend, claim.file, line=claim.line))
        first = seen.setdefault(claim.id, claim)
        if first is not claim:
            message = say(
                "the id “{id}” stands in {file}, line {line} too", id=claim.id, file=first.file, line=first.line
            )
            problems.append(Problem(message, say("Give each claim an id of its own."), claim.file, line=claim.line))
    if problems:
        raise Refused(problems)
    return claims


def judge(claims: list[Claim], catalogue: Catalogue, facts: Mapping[str, Fact], term: str) -> list[Verdict]:
    """Each claim held against the facts; Refused names claims with unknown keys or unreadable figures."""
    verdicts, problems = [], []
    for claim in claims:
        try:
            verdicts.append(_judge(claim, parse_key(claim.fact).at(term), catalogue, facts))
        except (Unreadable, ValueError) as error:
            problems.append(Problem(said(error), say("Mend the line."), claim.file, text=claim.stated, line=claim.line))
        except KeyError:
            hint = suggestion(claim.fact, {fact.name for fact in facts.values()})
            message = say("there is no fact “{key}”", key=claim.fact)
            problems.append(Problem(message, hint or say("Mend the key."), claim.file, line=claim.line))
    if problems:
        raise Refused(problems)
    return verdicts


def _rows(reader: csv.DictReader, name: str) -> Iterator[Claim]:
    if reader.fieldnames != COLUMNS:
        mend = say("Its first line must be {header}.", header=",".join(COLUMNS))
        raise Refused(Problem(say("its first line is not the header"), mend, name))
    for row in reader:
        if None in row or None in row.values():
            message = say("has not {count} fields", count=len(COLUMNS))
            mend = say("Put a text with commas between quotation marks.")
            raise Refused(Problem(message, mend, name, line=reader.line_num))
        yield Claim(**row, file=name, line=reader.line_num)


def _judge(claim: Claim, key: Key, catalogue: Catalogue, facts: Mapping[str, Fact]) -> Verdict:
    indicator = catalogue.indicators.get(key.indicator)
    if indicator and indicator.kind in ("medals", "levels") and not key.part and not indicator.computed:
        parts = {part: facts[str(key._replace(part=part))] for part in indicator.parts}
        if {fact.status for fact in parts.values()} == {NOT_HELD} and label_key(claim.stated) == label_key(
            ABSENT[NOT_HELD]
        ):
            return Verdict(claim, tuple(f.key for f in parts.values()), ABSENT[NOT_HELD], False)
        printed = read_parts(indicator, claim.stated, catalogue)
        # A part that is not printed claims that there is none.
        contradicted = any(
            fact.value != printed[part] if part in printed else bool(fact.value) for part, fact in parts.items()
        )
        return Verdict(claim, tuple(f.key for f in parts.values()), stated_text(key, catalogue, facts), contradicted)
    fact = facts[str(key)]
    return Verdict(claim, (fact.key,), fact.text, not _states(claim.stated, fact))


def _states(stated: str, fact: Fact) -> bool:
    """Whether the printed figure is the fact's value, in whatever notation."""
    if fact.value is None or isinstance(fact.value, str):
        return stated == fact.text
    wanted = fact.value if isinstance(fact.value, list) else [fact.value]
    if (fact.unit == "%") != stated.strip().endswith("%"):
        raise Unreadable(say("must be written like the fact, {text}", text=fact.text))
    pieces = stated.replace("%", "").split("-") if len(wanted) > 1 else [stated.replace("%", "")]
    # A count is whole, so “2.105” and “7,082,643,000” have one reading.
    whole = all(isinstance(value, int) for value in wanted) and fact.unit != "%"
    read = [parse_number(piece, integer=whole) for piece in pieces]
    # A rounded figure is right to as many decimals as it has: 39,6% and 39,58% of 39,583…, one decimal at least.
    decimals = [max(1, len(format_number(number).partition(",")[2])) for number in read]
    return len(read) == len(wanted) and all(
        format_number(number, d) == format_number(value, d)
        for number, value, d in zip(read, wanted, decimals, strict=True)
    )
