"""Observations: the values that a raw cell states, read by the kind of its indicator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from kiemso import mark
from kiemso.catalogue import Catalogue, Indicator
from kiemso.message import say
from kiemso.number import Quantity, Unreadable, exact, format_number, parse_quantity, plain
from kiemso.prize import read_parts
from kiemso.text import canonical, label_key
from kiemso.unit import MONEY, PEOPLE, TIMES, Unit, parse_unit

__all__ = ["MISSING", "NOT_HELD", "OBSERVED", "Reading", "expected", "read_cell", "read_parts"]

OBSERVED, NOT_HELD, MISSING = "observed", mark.NOT_HELD, mark.MISSING

_FRACTION = re.compile(r"([0-9]{1,9})\s*/\s*([0-9]{1,9})(.*)")
_EXPECTED = {
    "count": say("a whole number such as 48 or 2.105"),
    "money": say("an amount in đồng such as 45.000.000"),
    "percent": say("a percentage such as 99,8%"),
    "medals": say("prizes such as “2 nhất, 3 nhì, 1 KK”, or 0"),
    "levels": say("levels such as “Tỉnh 1 Huyện 6”"),
}


class Reading(NamedTuple):
    """One value of a raw cell. `value` is None unless the status is `observed`; `unit` is “%”, “đồng”, …

    `warning` says what is suspicious; `note` how the value comes from the number in the cell, in Vietnamese.
    """

    part: str
    value: int | float | None
    unit: str
    bound: str
    status: str
    warning: str = ""
    note: str = ""


class _Value(NamedTuple):
    number: Decimal | int | float
    bound: str = ""
    warning: str = ""
    note: str = ""


def expected(indicator: Indicator) -> str:
    """What a cell of this indicator may hold, in words."""
    value = _EXPECTED[indicator.kind]
    if indicator.may_not_be_held:
        return say("{value}, or “Không tổ chức”, or a blank", value=value)
    return say("{value}, or a blank", value=value)


def read_cell(
    indicator: Indicator,
    part: str,
    text: str,
    number: float | None,
    catalogue: Catalogue,
    *,
    unit: Unit | None = None,
    marks: Mapping[str, str] | None = None,
    evidence: str = "",
) -> list[Reading]:
    """The readings of a cell; a blank is `missing`, never zero. Raises Unreadable.

    `unit` is what the heading, the row or a line above the table states; `marks` what “x” and the like mean in the
    table; `evidence` how its column writes numbers (see `number.separators`). A cell of medals or levels gives one
    reading for each part that the catalogue names: a part that the text leaves out is `missing`, for nobody has said
    that it is zero; “0” alone says so of all.
    """
    named = indicator.parts if indicator.kind in ("medals", "levels") else (part,)
    text = canonical(text)
    warning = _unit_warning(indicator, unit) if text and unit else ""
    if not text:
        return [Reading(name, None, indicator.unit, "", MISSING) for name in named]
    said = mark.meaning(indicator, text, marks) if number is None else None
    if said and said.value == mark.ZERO:
        return [Reading(name, 0, indicator.unit, "", OBSERVED, said.warning) for name in named]
    if said:
        return [Reading(name, None, indicator.unit, "", said.value, said.warning) for name in named]
    if indicator.kind in ("medals", "levels"):
        stated = read_parts(indicator, text, catalogue)
        return [
            Reading(name, stated.get(name), indicator.unit, "", OBSERVED if name in stated else MISSING, warning)
            for name in named
        ]
    read = {"percent": _percent, "money": _money}.get(indicator.kind, _count)
    value = read(indicator, text, number, unit, evidence)
    return [
        Reading(part, plain(value.number), indicator.unit, value.bound, OBSERVED, value.warning or warning, value.note)
    ]


def _count(indicator: Indicator, text: str, number: float | None, unit: Unit | None, evidence: str) -> _Value:
    """A whole number, in the indicator's own unit or a word for the same; of “138/140” the part."""
    if number is not None:
        return _Value(_whole(text, number))
    if (match := _FRACTION.fullmatch(text)) and int(match[1]) <= int(match[2]):
        named = match[3].strip(" .")
        warning = _word_warning(indicator, named) if named else ""
        read_as = say("is read as {count} of {whole}", count=int(match[1]), whole=int(match[2]))
        return _Value(int(match[1]), "", warning or read_as)
    quantity = parse_quantity(text, integer=True, locale=evidence)
    if quantity.scale > 1 or quantity.unit == "%":
        raise Unreadable(say("is stated in “{unit}”", unit=_written_unit(text, quantity)))
    warning = _word_warning(indicator, quantity.unit) if quantity.unit else ""
    return _Value(quantity.value, quantity.bound, warning)


def _money(indicator: Indicator, text: str, number: float | None, unit: Unit | None, evidence: str) -> _Value:
    """An amount in đồng: what a table states in thousands or millions is multiplied, exactly."""
    factor = (unit.factor if unit else 1) or 1
    if number is not None:
        value = exact(number) * factor
        _whole(text, value)
        return _Value(value, note=_note(value, unit))
    quantity = parse_quantity(text, integer=True, locale=evidence, factor=factor)
    own = parse_unit(quantity.unit) if quantity.unit else None
    if quantity.unit and (own is None or own.dimension != "money"):
        raise Unreadable(say("is stated in “{unit}”", unit=quantity.unit))
    stated_here = bool(quantity.unit) or quantity.scale > 1
    if stated_here and factor > 1 and quantity.scale != factor:
        stated = _written_unit(text, quantity)
        raise Unreadable(
            say("is stated in “{unit}”, but its table in “{other}”", unit=stated, other=unit.word if unit else MONEY)
        )
    return _Value(quantity.value, quantity.bound, note="" if stated_here else _note(quantity.value, unit))


def _percent(indicator: Indicator, text: str, number: float | None, unit: Unit | None, evidence: str) -> _Value:
    """A percentage of 0 to 100, with its sign, or under a heading that says %."""
    if _FRACTION.match(text):
        raise Unreadable(say("is a fraction, not a percentage"))
    quantity = Quantity(number, "%" if text.endswith("%") else "") if number is not None else None
    quantity = quantity or parse_quantity(text, most=100, locale=evidence)
    if quantity.unit not in ("", "%") or quantity.scale > 1:
        raise Unreadable(say("is stated in “{unit}”", unit=_written_unit(text, quantity)))
    value = exact(quantity.value)
    if not 0 <= value <= 100:
        raise Unreadable(say("cannot be {number}", number=format_number(value)))
    if quantity.unit != "%" and value and not unit:
        raise Unreadable(say("lacks the percent sign"))
    if quantity.unit != "%" and 0 < value <= 1:
        # Excel holds 98 % as 0.98.
        raise Unreadable(say("can be {one}% or {other}%", one=format_number(value), other=format_number(value * 100)))
    return _Value(value, quantity.bound)


def _whole(text: str, number: Decimal | int | float) -> Decimal:
    """The number of a cell that holds a number, if it is whole."""
    value = number if isinstance(number, Decimal) else exact(number)
    if text.endswith("%"):
        raise Unreadable(say("is a percentage"))
    if value < 0 or value != value.to_integral_value():
        raise Unreadable(say("cannot be {number}", number=format_number(value)))
    return value


def _note(value: Decimal | int | float, unit: Unit | None) -> str:
    """“1.306.107 × 1.000 (nghìn đồng)”, where the cell's number is not yet the amount."""
    if unit is None or not unit.factor or unit.factor == 1:
        return ""
    stated = Decimal(value) / unit.factor
    return f"{format_number(stated)} × {format_number(unit.factor)} ({unit.word})"


def _unit_warning(indicator: Indicator, unit: Unit) -> str:
    """What is suspicious about a table's unit. Raises Unreadable where it contradicts the indicator."""
    dimension = indicator.kind if indicator.kind in ("percent", "money") else "count"
    if unit.dimension != dimension:
        raise Unreadable(say("is stated in “{unit}”", unit=unit.word))
    if unit.factor is None:
        raise Unreadable(say("is stated in “{unit}”, which is no unit we know", unit=unit.word))
    return _word_warning(indicator, unit.word) if dimension == "count" else ""


def _word_warning(indicator: Indicator, word: str) -> str:
    """What is suspicious about a count's unit word: “em” where awards are counted. Raises Unreadable for any other."""
    stated, own = label_key(word), label_key(indicator.unit)
    occasions = TIMES | ({label_key("giải")} if indicator.kind in ("medals", "levels") else set())
    if stated == own or {stated, own} <= PEOPLE or {stated, own} <= TIMES:
        return ""
    if {stated, own} <= PEOPLE | occasions:
        return say("is stated in “{unit}”, but counts “{other}”", unit=word, other=indicator.unit)
    raise Unreadable(say("is stated in “{unit}”", unit=word))


def _written_unit(text: str, quantity: Quantity) -> str:
    """The unit as the text writes it: what follows the number."""
    return re.sub(r"^.*?[0-9][0-9.,\s]*", "", text).strip(" ().") or quantity.unit
