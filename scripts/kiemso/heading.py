"""The words of a table's header: a layout's own, school years, and figures that are plans or preliminary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from kiemso.layout import PART, PERIOD
from kiemso.text import canonical, label_key, letters_of, tidy
from kiemso.unit import Unit, parse_unit, parse_unit_line

_YEARS = re.compile(r"(?<!\d)(\d{4})\s*[-/_]\s*(\d{4}|\d{2})(?!\d)")
_NUMBERING = re.compile(
    r"(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[IVX]+|[A-ZĐ])\s*[.)/:\]]+|\(?(?:[a-zđ]|[ivx]+)\s*[.)])(?:\s+(?=\S)|(?=[^\s\d]))"
)
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
_LAST_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_UNIT_LINE = re.compile(r"\(?\s*(?:đơn vị|đvt|đv tính)(?!\w)", re.IGNORECASE)
_PLANNED = ("Kế hoạch", "Dự kiến", "Chỉ tiêu", "Mục tiêu", "KH", "Phấn đấu")
_PRELIMINARY = ("Sơ bộ", "Ước", "Ước tính", "Ước thực hiện", "Tạm tính")
# The words of layouts are compared again and again.
_key = lru_cache(maxsize=1 << 14)(label_key)


def periods_in(text: str) -> set[str]:
    """The school years and terms that a text names: “NH 2021 – 2022”, “2021/2022” and “2021-22” are 2021-2022."""
    found = set()
    for first, last in _YEARS.findall(canonical(text)):
        if len(last) == 2:
            if (int(first) + 1) % 100 != int(last):
                continue
            last = str(int(first) + 1)
        found.add(f"{first}-{last}")
    return found


def is_school_year(period: str) -> bool:
    """Whether the period is one school year, not a term."""
    first, _, last = period.partition("-")
    return int(last) == int(first) + 1


def same(pattern: str, text: str) -> bool:
    """Whether a text is the layout's words; a last “*” stands for whatever follows."""
    if not pattern.endswith("*"):
        return _key(pattern) == _key(text)
    words, wanted = tidy(text).split(), _key(pattern[:-1])
    return any(_key(" ".join(words[:n])) == wanted for n in range(1, min(len(words), len(wanted)) + 1))


def any_same(patterns: Iterable[str], text: str) -> bool:
    """Whether a text is one of the layout's words, with or without a numbering before it."""
    texts = dict.fromkeys((tidy(text), without_numbering(text)))
    return any(same(pattern, spelling) for pattern in patterns for spelling in texts)


def says(text: str, words: Iterable[str]) -> bool:
    """Whether the text is one of the words, as labels are compared."""
    return _key(text) in _keys(tuple(words))


def heads(text: str, words: Iterable[str]) -> bool:
    """Whether a heading is one of the words; what stands in brackets at its end, such as a unit, may differ."""
    keys = _keys(tuple(words))
    return _key(text) in keys or _key(_LAST_BRACKETS.sub("", text)) in keys


def without_numbering(text: str) -> str:
    """A label without the “I.”, “1.2)” or “a)” that it begins with."""
    return _NUMBERING.sub("", tidy(text), count=1) if _NUMBERING.match(tidy(text)) else tidy(text)


def fits(pattern: str, path: Sequence[str], period: str) -> bool:
    """Whether a column's heading, from its top row down, is what a layout's pattern asks for.

    With {period} it must name the period and hold the other words; without, it must be the words, whole or in its
    last row. {part} is left to the caller.
    """
    words = pattern.replace(PERIOD, " ").replace(PART, " ")
    whole = " ".join(path)
    if PERIOD in pattern:
        return period in periods_in(whole) and letters_of(words) in letters_of(whole)
    if PART in pattern:
        return letters_of(words) in letters_of(whole)
    return bool(path) and (same(pattern, whole) or same(pattern, path[-1]))


def planned(path: Iterable[str]) -> bool:
    """Whether a heading says that its figures are a plan."""
    return any(_says(phrase, text) for text in path for phrase in _PLANNED)


def preliminary(path: Iterable[str]) -> bool:
    """Whether a heading says that its figures are preliminary or estimated."""
    return any(_says(phrase, text) for text in path for phrase in _PRELIMINARY)


def heading_unit(text: str) -> tuple[str, Unit | None]:
    """A heading without the unit in its brackets, and that unit: “Số tiền (nghìn đồng)”."""
    unit = parse_unit_line(text)
    return (_BRACKETS.sub(lambda m: "" if parse_unit(m[1]) else m[0], tidy(text)) if unit else tidy(text)), unit


def is_unit_line(text: str) -> bool:
    """Whether a text only states a unit: “ĐVT: 1.000 đồng”."""
    return bool(_UNIT_LINE.match(canonical(text))) and parse_unit_line(text) is not None


@lru_cache(maxsize=1_000)
def _keys(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_key, words))


def _says(phrase: str, text: str) -> bool:
    """Whether a phrase stands among the words of a text."""
    words, wanted = re.findall(r"\w+", tidy(text)), _key(phrase)
    count = len(phrase.split())
    return any(_key(" ".join(words[n : n + count])) == wanted for n in range(len(words)))
