"""Observations: the values that a raw cell states, read by the kind of its indicator."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from kiemso.catalogue import Catalogue, Indicator
from kiemso.number import Unreadable, format_number, parse_quantity
from kiemso.text import label_key, tidy

OBSERVED, NOT_HELD, MISSING = "observed", "not held", "missing"

_NOT_HELD_KEYS = {label_key("Không tổ chức")}
_MONEY_UNITS = {label_key(unit) for unit in ("đồng", "đ", "VND", "VNĐ")}
_SEPARATORS = re.compile(r"[,;+]|\bvà\b")
_EXPECTED = {
    "count": "a whole number such as 48 or 2.105",
    "money": "an amount in đồng such as 45.000.000",
    "percent": "a percentage such as 99,8%",
    "medals": "prizes such as “2 nhất, 3 nhì, 1 KK”, or 0",
    "levels": "levels such as “Tỉnh 1 Huyện 6”",
}


class Reading(NamedTuple):
    """One value of a raw cell. `value` is None unless the status is `observed`; `unit` is “%”, “đồng”, …"""

    part: str
    value: int | float | None
    unit: str
    bound: str
    status: str


def expected(indicator: Indicator) -> str:
    """What a cell of this indicator may hold, in words."""
    return _EXPECTED[indicator.kind] + ", or “Không tổ chức”, or a blank"


def read_cell(indicator: Indicator, part: str, text: str, number: float | None, catalogue: Catalogue) -> list[Reading]:
    """The readings of a cell; a blank is `missing`, never zero. Raises Unreadable.

    A cell of medals or levels gives one reading for each part that the catalogue names: a part that
    the text leaves out is `missing`, for nobody has said that it is zero; “0” alone says so of all.
    """
    named = indicator.parts if indicator.kind in ("medals", "levels") else (part,)
    text = tidy(text)
    if not text:
        return [Reading(name, None, indicator.unit, "", MISSING) for name in named]
    if label_key(text) in _NOT_HELD_KEYS:
        return [Reading(name, None, indicator.unit, "", NOT_HELD) for name in named]
    if indicator.kind in ("medals", "levels"):
        stated = read_parts(indicator, text, catalogue)
        return [
            Reading(name, stated.get(name), indicator.unit, "", OBSERVED if name in stated else MISSING)
            for name in named
        ]
    value, bound = _value(indicator, text, number)
    return [Reading(part, value, indicator.unit, bound, OBSERVED)]


def read_parts(indicator: Indicator, text: str, catalogue: Catalogue) -> dict[str, int]:
    """The parts that a text of medals or levels names, with their numbers. Raises Unreadable."""
    if text == "0":
        return dict.fromkeys(indicator.parts, 0)
    stated: dict[str, int] = {}
    for name, count in _pairs(text, catalogue, alone=indicator.kind == "medals"):
        if name not in indicator.parts:
            raise Unreadable(f"names “{catalogue.parts[name].label}”, which is no part of this indicator")
        if name in stated:
            raise Unreadable(f"names “{catalogue.parts[name].label}” twice")
        stated[name] = count
    if not stated:
        raise Unreadable("names no prize or level")
    return stated


def _tokens(text: str, catalogue: Catalogue) -> list[str | int]:
    """Numbers and part codes in the order of the text; nothing else may stand in it."""
    # A space inside a name may be missing (“1 giảinhì”) or doubled.
    names = {
        r"\s*".join(map(re.escape, tidy(spelling).casefold().split())): code
        for code, part in catalogue.parts.items()
        for spelling in (part.label, *part.aliases)
    }
    longest_first = sorted(names, key=len, reverse=True)
    token = re.compile(r"(\d+(?:\.\d{3})*)(?![.\d])|" + "|".join(f"({name})" for name in longest_first))
    rest, tokens = text, []
    while rest:
        match = token.match(rest)
        if not match or match.lastindex is None:
            raise Unreadable(f"cannot be read from “{rest}” on")
        tokens.append(int(match[1].replace(".", "")) if match[1] else names[longest_first[match.lastindex - 2]])
        rest = rest[match.end() :].strip()
    return tokens


def _pairs(text: str, catalogue: Catalogue, alone: bool) -> list[tuple[str, int]]:
    """Names with their numbers. A separator keeps a number with its own name: “Nhất, 2 nhì” is 1 and 2."""
    found = []
    for piece in filter(None, map(str.strip, _SEPARATORS.split(tidy(text).casefold()))):
        tokens = _tokens(piece, catalogue)
        readings = _readings(tokens, alone)
        if not readings:
            raise Unreadable(f"“{piece}”: a number or a name stands alone")
        if len(readings) > 1:
            raise Unreadable(f"“{piece}” can be read in two ways; put commas")
        found += readings[0]
    return found


def _readings(tokens: list[str | int], alone: bool) -> list[list[tuple[str, int]]]:
    """Every way to pair numbers with names, in either order; a medal alone is one medal."""
    if not tokens:
        return [[]]
    match tokens:
        case [int(count), str(name), *rest] | [str(name), int(count), *rest]:
            found = [[(name, count), *others] for others in _readings(rest, alone)]
        case _:
            found = []
    if alone and isinstance(tokens[0], str):
        found += [[(tokens[0], 1), *others] for others in _readings(tokens[1:], alone)]
    # “ba nhất” is three first prizes, or a third and a first one: prizes side by side are never clear.
    side_by_side = alone and any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(tokens))
    return [] if side_by_side else found


def _value(indicator: Indicator, text: str, number: float | None) -> tuple[int | float, str]:
    """The value and bound of a count, an amount or a percentage."""
    percent = indicator.kind == "percent"
    if number is not None:
        if percent != text.endswith("%"):
            raise Unreadable("is a percentage" if not percent else "lacks the percent sign")
        if number < 0 or (percent and number > 100) or (not percent and number != int(number)):
            raise Unreadable(f"cannot be {format_number(number)}")
        return number, ""
    quantity = parse_quantity(text, integer=not percent, most=100 if percent else None)
    units = {"%"} if percent else {"", *(_MONEY_UNITS if indicator.kind == "money" else {label_key(indicator.unit)})}
    unit = quantity.unit if quantity.unit in ("", "%") else label_key(quantity.unit)
    if unit not in units:
        raise Unreadable(f"is stated in “{quantity.unit}”" if quantity.unit else "lacks the percent sign")
    return quantity.value, quantity.bound
