"""Numbers as Vietnamese documents write them, read and written with Babel's locale data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from babel.numbers import NumberFormatError, format_decimal, parse_decimal

LOCALE = "vi"
# “7,082,643,000” stands in Vietnamese workbooks too, made by Excel with English settings.
LOCALES = (LOCALE, "en")

# The bound that a qualifier adds to a number, by the words before or after it.
BOUNDS = {"hơn": ">", "trên": ">", "gần": "<", "dưới": "<", "khoảng": "~", "trở lên": "≥", "trở xuống": "≤"}
_BOUND = "|".join(BOUNDS)
_QUANTITY = re.compile(
    rf"(?:(?P<before>{_BOUND})\s+)?(?P<number>\d[\d.,]*)\s*(?P<percent>%)?"
    rf"\s*(?P<unit>(?!trở\b)[^\W\d_]+(?:\s+(?!trở\b)[^\W\d_]+)*)?(?:\s*\b(?P<after>{_BOUND}))?",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """The text is no number of the kind asked for; the message says why."""


@dataclass(frozen=True)
class Quantity:
    """A number read from text: “trên 98%” is Quantity(98, unit="%", bound=">")."""

    value: int | float
    unit: str = ""
    bound: str = ""


def parse_number(text: str, *, integer: bool = False, most: float | None = None) -> int | float:
    """Read a number whose separators may be Vietnamese or English, if only one reading is possible."""
    digits = re.sub(r"^0+(?=\d)", "", text.strip())
    if not re.fullmatch(r"-?[\d.,]+", digits):
        raise Unreadable("is no number")
    readings = {number for locale in LOCALES if (number := _parse(digits, locale)) is not None}
    if integer:
        # “1.000” with a decimal point would be 1 written to three decimals: nobody writes a count so.
        readings = {number for number in readings if number.as_tuple().exponent == 0} or readings
    fitting = {
        number
        for number in readings
        if not (integer and number != number.to_integral_value()) and not (most is not None and number > most)
    }
    if len(fitting) == 1:
        return plain(fitting.pop())
    if len(fitting) > 1:
        raise Unreadable("can be read as two different numbers")
    if readings and integer:
        raise Unreadable("is not a whole number")
    raise Unreadable(f"is more than {format_number(most)}" if readings and most is not None else "is no number")


def parse_quantity(text: str, *, integer: bool = False, most: float | None = None) -> Quantity:
    """Read a number with its percent sign or unit word and its qualifier."""
    match = _QUANTITY.fullmatch(text.strip())
    if not match:
        raise Unreadable("is no number")
    bound = match["before"] or match["after"]
    value = parse_number(match["number"], integer=integer, most=most)
    return Quantity(value, match["percent"] or match["unit"] or "", BOUNDS[bound.lower()] if bound else "")


def format_number(value: int | float, decimals: int | None = None) -> str:
    """Write a number the Vietnamese way: 2.105; 99,8; decimals only where there are any."""
    pattern = "#,##0" + ("" if decimals == 0 else "." + "#" * (decimals if decimals is not None else 6))
    with localcontext(rounding=ROUND_HALF_UP):  # as Excel rounds; Babel's default is half to even
        return format_decimal(Decimal(str(value)), format=pattern, locale=LOCALE)


def plain(value: object) -> int | float:
    """A number without its library's type: an int where it is whole, else a float."""
    number = float(value)  # type: ignore[arg-type]
    return int(value) if number.is_integer() else number  # type: ignore[call-overload]


def _parse(text: str, locale: str) -> Decimal | None:
    try:
        return parse_decimal(text, locale=locale, strict=True)
    except NumberFormatError:
        return None
