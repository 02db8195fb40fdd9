"""report.qmd: its figures, where they stand, and the numerals that are not tagged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from kiemso.numeral import untagged_numerals
from kiemso.problem import Problem, Refused
from kiemso.wording import VALUE, Form

FILE = "report.qmd"

_HEADER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# What Pandoc does not read as text: comments, fenced code, code spans.
_NO_TEXT = re.compile(
    r"<!--.*?-->|^(```+|~~~+).*?^\1[ \t]*$|(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE
)
_SPAN = re.compile(r"\[(?P<text>[^\[\]]*)\]\{(?P<attributes>[^{}]*)\}")
_DIV = re.compile(r"^:::+ *\{(?P<attributes>[^{}]*)\}[ \t]*$", re.MULTILINE)
_ATTRIBUTE = re.compile(r"(?P<name>[\w-]+)=(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s\"]+))")


@dataclass(frozen=True)
class Figure:
    """A number standing in the report, tagged with the fact it states; `start` and `end` enclose its text."""

    key: str
    form: Form
    text: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Waiver:
    """A text with a numeral that is no data, and the reason given for it."""

    text: str
    reason: str
    line: int


@dataclass(frozen=True)
class Numeral:
    """A numeral that is neither tagged nor known to be no data."""

    text: str
    context: str
    line: int


@dataclass(frozen=True)
class Manuscript:
    """The report's source and what was found in it."""

    source: str
    term: str
    figures: tuple[Figure, ...]
    waivers: tuple[Waiver, ...]
    blocks: tuple[tuple[str, str, int], ...]
    untagged: tuple[Numeral, ...]
    recognised: int

    def rewritten(self, texts: dict[Figure, str]) -> str:
        """The source with these figures' texts in place of what is written, and nothing else changed."""
        pieces, position = [], 0
        for figure in self.figures:
            if figure in texts:
                pieces += [self.source[position : figure.start], texts[figure]]
                position = figure.end
        return "".join([*pieces, self.source[position:]])


def read_manuscript(project: Path) -> Manuscript:
    """The project's report.qmd; Refused where it has no usable header."""
    try:
        source = (project / FILE).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise Refused(Problem("is not there", "Put the report's text into the project's folder.", FILE)) from None
    except UnicodeDecodeError:
        raise Refused(Problem("is not UTF-8 text", "Save it as UTF-8.", FILE)) from None
    return parse_manuscript(source)


def parse_manuscript(source: str) -> Manuscript:
    """Find the figures, waivers, table and chart blocks, and untagged numerals of a report."""
    # The positions are of the source as it is; only for searching are line ends and comments masked.
    text = source.replace("\r\n", " \n")
    header = _HEADER.match(text)
    term = _term(header)
    body = _blank(text, [header.span()] if header else [])
    body = _blank(body, [match.span() for match in _NO_TEXT.finditer(body)])
    figures, waivers, spans = [], [], []
    for match in _SPAN.finditer(body):
        attributes = _attributes(match["attributes"])
        line = body.count("\n", 0, match.start()) + 1
        if "fact" in attributes:
            form = Form(attributes.get("as", VALUE), attributes.get("since", ""), attributes.get("threshold", ""))
            figures.append(Figure(attributes["fact"], form, match["text"], line, *match.span("text")))
        elif attributes.get("waiver"):
            waivers.append(Waiver(match["text"], attributes["waiver"], line))
        # A waiver without a reason waives nothing.
        spans.append(match.span() if "fact" in attributes or attributes.get("waiver") else match.span("attributes"))
    blocks = []
    for match in _DIV.finditer(body):
        line = body.count("\n", 0, match.start()) + 1
        blocks += [(k, v, line) for k, v in _attributes(match["attributes"]).items() if k in ("table", "chart")]
        spans.append(match.span())
    found, recognised = untagged_numerals(_blank(body, spans))
    untagged = [Numeral(text, context, line) for text, context, line in found]
    return Manuscript(source, term, tuple(figures), tuple(waivers), tuple(blocks), tuple(untagged), recognised)


def _term(header: re.Match | None) -> str:
    mend = "The report starts with a header between two lines of ---, with a line such as term: 2022-2024."
    if not header:
        raise Refused(Problem("has no header", mend, FILE))
    try:
        content = yaml.safe_load(header[1])
    except yaml.YAMLError as error:
        raise Refused(Problem(f"its header is no YAML: {getattr(error, 'problem', error)}", mend, FILE)) from None
    term = content.get("term") if isinstance(content, dict) else None
    if not isinstance(term, str):
        raise Refused(Problem("its header names no term", mend, FILE))
    return term


def _attributes(text: str) -> dict[str, str]:
    return {m["name"]: m["quoted"] if m["quoted"] is not None else m["bare"] for m in _ATTRIBUTE.finditer(text)}


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with these spans as spaces: positions and lines stay what they are."""
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text
