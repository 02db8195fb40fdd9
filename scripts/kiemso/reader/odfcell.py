"""What a cell of an OpenDocument spreadsheet holds: the value that it states, held against what it shows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from kiemso.encoding import Runs
from kiemso.message import say
from kiemso.reader.fault import DATE, ERROR, SHOWN_OTHERWISE, TABLE_WITHIN, UNVALUED
from kiemso.reader.odfstyle import Styles, qualified
from kiemso.reader.shown import format_fault, is_percent, number_of, shown_number

_ERROR = re.compile(r"#[A-Z]+(/0)?[!?]|#N/A|Err:\d{3}")
_NUMERAL = re.compile(r"(\d[\d.,'\s]*)(?:[eE]([+-]?\d+))?")
_GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+")
_OURS = {"", "VND", "₫"}
_PLAIN = {qualified(f"text:{name}") for name in ("p", "s", "span", "a")}
_PARAGRAPHS = (qualified("text:p"), qualified("text:h"))


class Held(NamedTuple):
    """What a cell holds; `seen` is what another reader should see, None where that differs for a good reason."""

    text: str
    number: int | float | None = None
    fault: str = ""
    warning: str = ""
    runs: Runs = ()
    seen: str | float | bool | None = None


def held(cell: Any, styles: Styles, style: str | None) -> Held | None:
    """What the cell holds, None for a blank."""
    kind = cell.get(qualified("office:value-type"))
    runs = list(_runs(cell, styles, styles.font("table-cell", style)))
    shown = "".join(text for text, _ in runs)
    if cell.find(qualified("table:table")) is not None:
        return Held(shown or "(bảng)", fault=TABLE_WITHIN)
    if cell.get(qualified("calcext:value-type")) == "error" or _ERROR.fullmatch(shown.strip()):
        return Held(shown.strip() or "#", fault=ERROR)
    if kind in ("float", "percentage", "currency"):
        return _number(cell, kind, shown, styles.number_format(style))
    if kind in ("date", "time"):
        value = cell.get(qualified(f"office:{kind}-value"), "")
        return Held(shown.strip() or value, fault=DATE)
    if kind == "boolean":
        value = cell.get(qualified("office:boolean-value"), "")
        return Held(value.upper() or shown, seen=value == "true")
    return _text(cell, kind, shown, runs)


def _text(cell: Any, kind: str | None, shown: str, runs: Runs) -> Held | None:
    formula, stated = cell.get(qualified("table:formula")), cell.get(qualified("office:string-value"))
    # A formula that makes an empty text has an empty paragraph.
    if formula is not None and kind is None and cell.find(qualified("text:p")) is None:
        return Held("=" + formula.partition("=")[2], fault=UNVALUED)
    if not shown.strip() and not (stated or "").strip():
        return None
    if stated is None:
        return Held(shown, runs=runs, seen=shown if kind and _is_plain(cell) else None)
    if stated.split() == shown.split():
        return Held(shown, runs=runs, seen=stated)
    if not shown.strip():
        return Held(stated, seen=stated)
    return Held(shown, fault=SHOWN_OTHERWISE, runs=runs, seen=stated)


def _is_plain(cell: Any) -> bool:
    """Whether calamine reads the cell's text as it is: it knows no line breaks, and takes notes and shapes for text."""
    shown = (child for child in cell if child.tag != qualified("office:annotation"))
    return all(part.tag in _PLAIN for child in shown for part in child.iter())


def _number(cell: Any, kind: str, shown: str, code: str) -> Held:
    try:
        value = float(cell.get(qualified("office:value"), ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return Held(shown.strip() or "?", fault=say("is said to be a number, but states none"))
    if kind == "percentage" and not is_percent(code):
        code = (code or "0") + "%"
    number = number_of(value, code)
    fault = format_fault(code)
    if shown.strip() and not _agrees(shown, number):
        fault = fault or SHOWN_OTHERWISE
    currency = cell.get(qualified("office:currency"), "")
    warning = "" if currency in _OURS else say("is an amount in {currency}", currency=currency)
    return Held(shown_number(value, code), number, fault, warning, seen=value)


def _agrees(shown: str, number: float) -> bool:
    """Whether what is shown can be the number, rounded; a format may show a zero as a dash."""
    if number < 0 and not re.search(r"[-−–(]", shown):
        return False
    numerals = _NUMERAL.findall(shown)
    if not numerals:
        return number == 0
    readings = (reading for digits, power in numerals for reading in _readings(digits, int(power or 0)))
    return any(abs(value - abs(number)) <= half * 1.0001 for value, half in readings)


def _readings(digits: str, power: int) -> Iterator[tuple[float, float]]:
    """What a numeral can be, and half of its last place."""
    digits = re.sub(r"['\s]", "", digits).strip(".,")
    places = re.split("[.,]", digits)
    if len(places) == 1 or _GROUPED.fullmatch(digits):
        yield float("".join(places)) * 10.0**power, 0.5 * 10.0**power
    if len(places) > 1:
        decimals = len(places[-1])
        yield float("".join(places[:-1]) + "." + places[-1]) * 10.0**power, 0.5 * 10.0 ** (power - decimals)


def _runs(element: Any, styles: Styles, font: str) -> Iterator[tuple[str, str]]:
    """The pieces of text that a cell shows, with their fonts; notes and pictures on it are no text of it."""
    begun = False
    for child in element:
        if child.tag in _PARAGRAPHS:
            if begun:
                yield "\n", font
            begun = True
            yield from _pieces(child, styles, font)


def _pieces(element: Any, styles: Styles, font: str) -> Iterator[tuple[str, str]]:
    yield _collapsed(element.text), font
    for child in element:
        if child.tag == qualified("text:s"):
            yield " " * min(int(child.get(qualified("text:c"), 1)), 1000), font
        elif child.tag == qualified("text:tab"):
            yield "\t", font
        elif child.tag == qualified("text:line-break"):
            yield "\n", font
        elif child.tag == qualified("text:ruby"):
            for base in child.iterchildren(qualified("text:ruby-base")):
                yield from _pieces(base, styles, font)
        elif str(child.tag).startswith(qualified("text:")) and child.tag != qualified("text:note"):
            named = (
                styles.font("text", child.get(qualified("text:style-name")))
                if child.tag == qualified("text:span")
                else ""
            )
            yield from _pieces(child, styles, named or font)
        yield _collapsed(child.tail), font


def _collapsed(text: str | None) -> str:
    """The text with every run of white space as one blank, as OpenDocument has it."""
    return re.sub(r"[ \t\r\n]+", " ", text or "")
