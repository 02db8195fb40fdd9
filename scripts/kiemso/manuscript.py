"""report.qmd: its figures, where they stand, and the numerals that are not tagged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from kiemso.message import say
from kiemso.numeral import untagged_numerals
from kiemso.problem import Problem, Refused
from kiemso.project import located
from kiemso.wording import VALUE, Form

FILE = "report.qmd"

_HEADER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# Where Pandoc reads no tags, though a reader sees the text: fenced code, code spans.
_CODE = re.compile(
    r"^(```+|~~~+).*?^\1[ \t]*$|(?<![\\`])(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE
)
# Of the header only these are part of the report's text.
_TITLE = re.compile(r"^(?:title|subtitle):.*(?:\n[ \t]+.*)*", re.MULTILINE)
_SPAN = re.compile(r"(?<!\\)\[(?P<text>[^\[\]]*)\]\{(?P<attributes>[^{}]*)\}")
_DIV = re.compile(r"^:::+ *\{(?P<attributes>[^{}]*)\}[ \t]*$", re.MULTILINE)
_ATTRIBUTE = re.compile(r"(?P<name>[\w-]+)=(?:\"(?P<quoted>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']+))")


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
    """The report's source and what was found in it; `file` is its name where it stands."""

    file: str
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
    """The project's report.qmd, or the text that it shares; Refused where it has no usable header."""
    path = located(project, FILE)
    try:
        source = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        mend = say("Put the report's text into the project's folder.")
        raise Refused(Problem(say("is not there"), mend, path.name)) from None
    except UnicodeDecodeError:
        raise Refused(Problem(say("is not UTF-8 text"), say("Save it as UTF-8."), path.name)) from None
    return parse_manuscript(source, path.name)


@lru_cache(maxsize=4)  # one command asks for it several times
def parse_manuscript(source: str, file: str = FILE) -> Manuscript:
    """Find the figures, waivers, table and chart blocks, and untagged numerals of a report."""
    # The positions are of the source as it is; only for searching are line ends and comments masked.
    text = source.replace("\r\n", " \n")
    header = _HEADER.match(text)
    term = _term(header, file)
    head = header.end() if header else 0
    titles = "".join(_blank(text[:head], _gaps([match.span() for match in _TITLE.finditer(text[:head])], head)))
    visible = titles + text[head:]
    visible = _blank(visible, [match.span() for match in _COMMENT.finditer(visible)])
    body = _blank(visible, [match.span() for match in _CODE.finditer(visible)])
    figures, waivers, spans = [], [], []
    for match in _SPAN.finditer(body):
        attributes = _attributes(match["attributes"])
        line = body.count("\n", 0, match.start()) + 1
        if "fact" in attributes:
            form = Form(attributes.get("as", VALUE), attributes.get("since", ""), attributes.get("threshold", ""))
            figures.append(Figure(attributes["fact"], form, match["text"], line, *match.span("text")))
        elif attributes.get("waiver", "").strip():
            waivers.append(Waiver(match["text"], attributes["waiver"], line))
        # A waiver without a reason waives nothing.
        counted = "fact" in attributes or attributes.get("waiver", "").strip()
        spans.append(match.span() if counted else match.span("attributes"))
    blocks = []
    for match in _DIV.finditer(body):
        line = body.count("\n", 0, match.start()) + 1
        blocks += [(k, v, line) for k, v in _attributes(match["attributes"]).items() if k in ("table", "chart")]
        spans.append(match.span())
    found, recognised = untagged_numerals(_blank(visible, spans))
    untagged = [Numeral(text, context, line) for text, context, line in found]
    return Manuscript(file, source, term, tuple(figures), tuple(waivers), tuple(blocks), tuple(untagged), recognised)


def _term(header: re.Match | None, file: str) -> str:
    mend = say("The report must start with a header between two lines of ---, with a line such as term: 2022-2024.")
    if not header:
        raise Refused(Problem(say("has no header"), mend, file))
    try:
        content = yaml.safe_load(header[1])
    except yaml.YAMLError as error:
        message = say("its header is no YAML: {reason}", reason=getattr(error, "problem", error))
        raise Refused(Problem(message, mend, file)) from None
    term = content.get("term") if isinstance(content, dict) else None
    if not isinstance(term, str):
        raise Refused(Problem(say("its header names no term"), mend, file))
    return term


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        # Of an attribute given twice Pandoc takes the first.
        found.setdefault(
            match["name"], next(value for value in match.group("quoted", "single", "bare") if value is not None)
        )
    return found


def _gaps(spans: list[tuple[int, int]], end: int) -> list[tuple[int, int]]:
    """What the spans leave of a text of this length."""
    edges = [0, *(edge for span in spans for edge in span), end]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with these spans as spaces: positions and lines stay what they are."""
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text
