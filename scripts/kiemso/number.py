"""Numbers as Vietnamese documents write them, read and written with Babel's locale data."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache

from babel import Locale
from babel.numbers import NumberFormatError, format_decimal, parse_decimal

from kiemso.message import say
from kiemso.text import canonical
from kiemso.unit import SCALES

LOCALE = "vi"
# “7,082,643,000” stands in Vietnamese workbooks too, made by Excel with English settings.
LOCALES = (LOCALE, "en")

# The bound that a qualifier adds to a number, by the words before or after it.
_BEFORE = {
    **dict.fromkeys(("hơn", "trên", "quá", ">"), ">"),
    **dict.fromkeys(("gần", "dưới", "chưa đến", "chưa tới", "<"), "<"),
    **dict.fromkeys(("khoảng", "chừng", "xấp xỉ", "ước đạt", "ước tính", "ước", "~", "≈"), "~"),
    **dict.fromkeys(("ít nhất", "tối thiểu", "không dưới", ">=", "≥"), "≥"),
    **dict.fromkeys(("tối đa", "không quá", "nhiều nhất", "<=", "≤"), "≤"),
    "từ": "",  # says something only together with “trở lên” or “đến”
}
_AFTER = {"trở lên": "≥", "trở xuống": "≤", "trở lại": "≤"}
_NUMBER = r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?(?![0-9])|[0-9](?:[0-9.,]*[0-9])?"
# “45tr”, “45trđ”
_SCALE = rf"(?:{'|'.join(SCALES)})(?=\b|đ\b)"
_LONGEST_FIRST = "|".join(map(re.escape, sorted(_BEFORE, key=len, reverse=True)))
_QUANTITY = re.compile(
    rf"(?:(?P<before>{_LONGEST_FIRST})(?:(?<=[<>=≤≥~≈])|\s)\s*)?"
    rf"(?P<number>{_NUMBER})\s*\(?\s*(?:(?P<percent>%|phần trăm\b)"
    rf"|(?P<scale>{_SCALE})?(?P<terms>(?:\s*[0-9]{{1,3}}\s*{_SCALE})*)(?P<half>\s+rư[ỡở]i)?\.?\s*"
    rf"(?P<unit>(?!trở\b|rư[ỡở]i\b)[^\W\d_]+(?:[ /](?!trở\b)[^\W\d_]+)*)?)\s*\)?\s*(?P<after>{'|'.join(_AFTER)})?",
    re.IGNORECASE,
)
_TERM = re.compile(rf"([0-9]+)\s*({_SCALE})", re.IGNORECASE)
_RANGE = re.compile(r"(?:từ\s+)?[0-9.,]+\s*[^\d\s]{0,9}\s*(?:-+|÷|→|đến|tới)\s*[0-9.,]+\D{0,30}", re.IGNORECASE)
_LONGEST = 120  # characters of a text that may be a quantity
_MOST = 10**18  # far more than any amount, and a float's digits would not hold it


class Unreadable(ValueError):
    """The text is no number of the kind asked for; the message says why."""


@dataclass(frozen=True)
class Quantity:
    """A number read from text: “trên 98%” is Quantity(98, unit="%", bound=">").

    `value` is in the unit itself: “45 triệu đồng” is 45 000 000, “đồng”, with the scale 1 000 000.
    """

    value: int | float
    unit: str = ""
    bound: str = ""
    scale: int = 1


def parse_number(text: str, *, integer: bool = False, most: float | None = None, locale: str = "") -> int | float:
    """Read a number whose separators may be Vietnamese or English, if only one reading is possible.

    `locale` is what the column's other numbers are written in (see `separators`): it decides between two readings.
    """
    number = _exact(text, integer, most, locale)
    if number >= _MOST:
        raise Unreadable(say("is more than any amount"))
    return plain(number)


def parse_quantity(
    text: str, *, integer: bool = False, most: float | None = None, locale: str = "", factor: int = 1
) -> Quantity:
    """Read a number with its percent sign or unit word and its qualifier, in units of `factor`. Raises Unreadable."""
    match = _match(text)
    if not match:
        raise Unreadable(_why_no_quantity(canonical(text)))
    scaled = match["scale"] or factor != 1
    # Only a whole number is never written with three decimals: 1.234 triệu may be 1,234 triệu.
    number = _exact(match["number"], integer and not scaled, most, locale)
    value, scale = _scaled(match, number) if match["scale"] else (number, 1)
    if (match["terms"] or match["half"]) and not match["scale"]:
        raise Unreadable(say("is no number"))
    value *= 1 if match["scale"] else factor
    if integer and value != value.to_integral_value():
        raise Unreadable(say("is not a whole number"))
    if value >= _MOST:
        raise Unreadable(say("is more than any amount"))
    unit = "%" if match["percent"] else (match["unit"] or "")
    return Quantity(plain(value), unit, _bound(match["before"], match["after"]), scale)


def separators(texts: Iterable[str]) -> str:
    """“vi” or “en”: the only way in which all numbers of a column can be read; “” where they do not say, or differ."""
    ways = set()
    for text in texts:
        match = _match(text)
        readings = _readings(match["number"]) if match else {}
        if len(readings) == 1:
            ways |= {*readings}
    return ways.pop() if len(ways) == 1 else ""


def format_number(value: int | float | Decimal, decimals: int | None = None) -> str:
    """Write a number the Vietnamese way: 2.105; 99,8; decimals only where there are any."""
    pattern = "#,##0" + ("" if decimals == 0 else "." + "#" * (decimals if decimals is not None else 6))
    with localcontext(rounding=ROUND_HALF_UP):  # as Excel rounds; Babel's default is half to even
        return format_decimal(Decimal(str(value)), format=pattern, locale=_locale(LOCALE))


def plain(value: object) -> int | float:
    """A number without its library's type: an int where it is whole, else a float."""
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    number = float(value)  # type: ignore[arg-type]
    return int(value) if number.is_integer() else number  # type: ignore[call-overload]


def exact(number: int | float) -> Decimal:
    """The number as Excel shows it, to 15 digits: the sum 0,1 + 0,2 is 0,3. Raises Unreadable."""
    if not math.isfinite(number) or abs(number) >= _MOST:
        raise Unreadable(say("is no number"))
    return Decimal(number) if isinstance(number, int) else Decimal(f"{number:.15g}")


def _match(text: str) -> re.Match[str] | None:
    """The number, unit and bound of a text; a full stop may end it."""
    typed = canonical(text).rstrip(" .;")
    return _QUANTITY.fullmatch(typed) if len(typed) <= _LONGEST and typed.count("(") == typed.count(")") else None


def _exact(text: str, integer: bool, most: float | None, locale: str) -> Decimal:
    """The number that a text writes, if only one reading is possible."""
    readings = _readings(text)
    if not readings:
        raise Unreadable(say("is no number"))
    two = len(set(readings.values())) > 1
    if two and locale:
        readings = {locale: readings[locale]}
    fitting = [n for n in dict.fromkeys(readings.values()) if most is None or n <= most]
    if two and integer:
        # “1.000” with a decimal point would be 1 written to three decimals: nobody writes a count so.
        fitting = [n for n in fitting if n.as_tuple().exponent == 0]
        if not fitting:
            as_others = format_number(readings[locale])
            raise Unreadable(say("would be {number} as its column writes numbers", number=as_others))
    if not fitting:
        raise Unreadable(say("is more than {most}", most=format_number(most)))  # type: ignore[arg-type]
    if len(fitting) > 1:
        one, other = map(format_number, fitting)
        raise Unreadable(say("can be read as two different numbers, {one} and {other}", one=one, other=other))
    (number,) = fitting
    if integer and number != number.to_integral_value():
        raise Unreadable(say("is not a whole number"))
    return number


def _readings(text: str) -> dict[str, Decimal]:
    """The number by each locale that can read it; a group of three after a space leaves no doubt."""
    digits = canonical(text)
    if len(digits) > _LONGEST or not re.fullmatch(_NUMBER, digits):
        return {}
    joined = re.sub(r"^0+(?=\d)", "", digits.replace(" ", ""))
    if " " in digits and re.search(r"[.,]", joined):
        return {way: Decimal(re.sub("[.,]", ".", joined)) for way in LOCALES if ("," in joined) == (way == LOCALE)}
    return {way: number for way in LOCALES if (number := _parse(joined, way)) is not None}


def _parse(text: str, locale: str) -> Decimal | None:
    try:
        return parse_decimal(text, locale=_locale(locale), strict=True)
    except NumberFormatError:
        return None


@cache  # Babel would make it anew for each symbol that it looks up
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def _scaled(match: re.Match[str], number: Decimal) -> tuple[Decimal, int]:
    """The number times its scale: “1 tỷ 200 triệu”, “2 triệu rưỡi”."""
    scale = lowest = SCALES[match["scale"].lower()]
    value = number * scale
    terms = [(int(digits), SCALES[word.lower()]) for digits, word in _TERM.findall(match["terms"])]
    if (terms or match["half"]) and number != number.to_integral_value():
        raise Unreadable(say("is no number"))
    for count, smaller in terms:
        if count * smaller >= lowest:
            raise Unreadable(say("is no number"))
        value, lowest = value + count * smaller, smaller
    return value + (lowest // 2 if match["half"] else 0), scale


def _bound(before: str | None, after: str | None) -> str:
    """“từ 96% trở lên” is one bound; “trên 96% trở lên” would be two."""
    first, last = _BEFORE[before.lower()] if before else "", _AFTER[after.lower()] if after else ""
    if (first and last) or (before and not first and not last):
        raise Unreadable(say("does not say clearly whether it is more, less or exactly that"))
    return first or last


def _why_no_quantity(typed: str) -> str:
    """Why a text is no quantity, for the texts that people often write instead."""
    if len(typed) <= _LONGEST and _RANGE.fullmatch(typed):
        return say("is a range, not one value")
    if typed.startswith("-") and len(typed) <= _LONGEST and _QUANTITY.fullmatch(typed.lstrip("- ")):
        return say("is less than zero")
    if len(re.findall(r"\d+(?:[.,]\d+)*", typed[:_LONGEST])) > 1:
        return say("holds more than one number")
    return say("is no number")
