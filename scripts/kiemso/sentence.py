"""The sentences of report.qmd as a reader sees them, when a figure in them says something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from kiemso.evidence import Evidence
from kiemso.fact import Fact
from kiemso.key import parse_key
from kiemso.manuscript import Figure, Manuscript
from kiemso.message import Message, joined, say
from kiemso.wording import Wording

# What stands in a sentence for a fact that was not there yet, or is there no more.
NEW, GONE = "(chưa có)", "(không còn)"


@dataclass(frozen=True)
class Sentence:
    """A line of report.qmd that states something else now; the pieces are what it says before and after."""

    line: int
    keys: list[str]
    pieces: list[tuple[str, str]]
    before: str
    after: str

    @property
    def told(self) -> Message:
        """The line of the report, as it was and as it is."""
        head = say("line {line}:", line=self.line)
        return joined("\n  ", [head, f"− {self.before}", f"+ {self.after}"])


def changed_sentences(evidence: Evidence, manuscript: Manuscript, then: Mapping[str, Fact]) -> Iterator[Sentence]:
    """The lines of report.qmd whose figures say something else now: a sentence stands on a line."""
    years = evidence.term.school_years
    old, new = Wording(then, years), Wording(evidence.facts, years)
    for line, figures in groupby(manuscript.figures, lambda figure: figure.line):
        stated = [(figure, *_stated(figure, evidence.name, old, new)) for figure in figures]
        keys = [*dict.fromkeys(figure.key for figure, was, now in stated if was != now)]
        if keys:
            pieces = _pieces(manuscript.source, stated)
            before, after = ("".join(side).strip() for side in zip(*pieces, strict=True))
            yield Sentence(line, keys, pieces, before, after)


def _stated(figure: Figure, term: str, old: Wording, new: Wording) -> tuple[str, str]:
    """What the figure said of the facts as they were, and says of them now."""
    was, now = (_text(figure, term, wording) for wording in (old, new))
    if was is None and now is None:  # an unknown key: `kiemso check` names it
        return figure.text, figure.text
    return NEW if was is None else was, GONE if now is None else now


def _text(figure: Figure, term: str, wording: Wording) -> str | None:
    try:
        text = wording.state(wording.facts[str(parse_key(figure.key).at(term))], figure.form)
    except (KeyError, ValueError):
        return None
    return text[:1].upper() + text[1:] if figure.text.strip("*_")[:1].isupper() else text


def _pieces(source: str, stated: list[tuple[Figure, str, str]]) -> list[tuple[str, str]]:
    """The line as a reader sees it, in pieces that say the same before and after, or something else."""
    position = source.rfind("\n", 0, stated[0][0].start) + 1
    pieces = []
    for number, (figure, was, now) in enumerate(stated):
        text = _readable(source[position : figure.start - 1], first=number == 0)
        pieces += [(text, text), (was, now)]
        position = source.index("}", figure.end) + 1
    rest = _readable(source[position:].partition("\n")[0]).rstrip()
    return [*pieces, (rest, rest)]


def _readable(text: str, first: bool = False) -> str:
    """Markdown without its marks."""
    text = re.sub(r"<!--.*?-->", "", text)
    text = re.sub(r"\[([^\[\]]*)\](?:\{[^{}]*\}|\([^()]*\))", r"\1", text).replace("*", "")
    return re.sub(r"^\s*(?:#+|[-+>])\s+", "", text).lstrip() if first else text
