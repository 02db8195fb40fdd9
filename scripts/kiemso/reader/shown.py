"""Numbers as a spreadsheet shows them, where the number format changes what they mean."""

from __future__ import annotations

import re
from functools import lru_cache

from kiemso.message import say
from kiemso.number import format_number, plain

# A text of the format, in quotes or after a backslash; a colour, condition or currency; a gap or filling; a sign.
_TOKEN = re.compile(r'"([^"]*)"?|\\(.)|(\[[^\]]*\])|[_*].|(.)', re.DOTALL)
_TEXT = "\0"  # stands for a text of the format
_DIGIT = "[0#?]"
# A comma after the last digit shows thousands, three decimals look like them; a minus makes a loss of any number.
# A text among the digits stands before every three of them, as a dot does, or cuts them in pieces.
_MISLEADING = re.compile(
    rf"{_DIGIT},+(?![0#?,])|{_DIGIT}\.0{{3}}(?!{_DIGIT})|^[^0#?]*[-(][^0#?]*{_DIGIT}"
    rf"|{_DIGIT}{_TEXT}(?={_DIGIT})(?!{_DIGIT}{{3}}(?!{_DIGIT}))"
)
_COUNTING = re.compile(rf"{_DIGIT}|General|@", re.IGNORECASE)
_CONDITION = re.compile(r"\[[<>=]")
# Digits of the format that join those of the number, and signs before it that make another one of it.
_JOINING, _JOINED = re.compile(r"[\s.,'’/]*\d"), re.compile(r"(\d[\s.,'’]*|[-−–<>≤≥~≈]\s*)$")
# Words by which the number that is shown is another one than the number that is stored.
_SCALE = re.compile(r"\b(trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|tr|k|hundred|thousand|million|billion)\b", re.IGNORECASE)


def number_of(value: float, number_format: str) -> int | float:
    """The number that is meant: of a percentage, the percents that are shown."""
    return plain(round(value * 100, 9) if is_percent(number_format) else value)


def shown_number(value: float, number_format: str) -> str:
    """The number as it is shown, without rounding; a percent sign that multiplies nothing is shown all the same."""
    number = number_of(value, number_format)
    text = format_number(number) if isinstance(number, float) else str(number)
    return text + ("%" if is_percent(number_format) or _says_percent(number_format) else "")


@lru_cache
def is_percent(number_format: str) -> bool:
    """Whether the format multiplies by 100: a % in quotes or after a backslash is only text."""
    return any("%" in code for code, _ in _sections(number_format))


@lru_cache
def format_fault(number_format: str) -> str:
    """Why the format shows a number as something else than it is, or nothing."""
    sections = _sections(number_format)
    blank = len(sections) > 1 and any(not code.strip() for code, _ in sections)
    # The others are of losses, of zero and of texts, unless conditions say otherwise.
    usual = sections if _CONDITION.search(number_format) else sections[:1]
    if not blank and not any(_misleads(code, texts) for code, texts in usual):
        return ""
    return say("is shown by the number format {format} as something else than it is", format=number_format)


def _sections(number_format: str) -> list[tuple[str, list[str]]]:
    """The parts of a format, for gains, losses, zero and texts: its signs, and the texts that stand among them."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for quoted, escaped, bracketed, sign in (match.groups() for match in _TOKEN.finditer(number_format)):
        code, texts = sections[-1]
        if sign == ";":
            sections.append(("", []))
        elif quoted or escaped:
            # Letter by letter, or as one text: “\t\ỷ” is “tỷ”.
            texts[-1:] = [texts[-1] + (quoted or escaped)] if code.endswith(_TEXT) else [*texts[-1:], quoted or escaped]
            sections[-1] = (code if code.endswith(_TEXT) else code + _TEXT, texts)
        elif sign and not bracketed:
            sections[-1] = (code + sign, texts)
    return sections


def _misleads(code: str, texts: list[str]) -> bool:
    if not code:
        return False
    if not _COUNTING.search(code) or _MISLEADING.search(code) or any(map(_SCALE.search, texts)):
        return True
    # Where the digits of the number begin and end, and how many of the texts stand before and after them.
    places = [place for place, sign in enumerate(code) if sign in "0#?"] or [code.find("@"), code.find("@")]
    before, after = code[: places[0]], code[places[-1] + 1 :]
    first, last = before.count(_TEXT), len(texts) - after.count(_TEXT)
    return (
        any(re.search(r"\d", text) for text in texts[first:last])
        or bool(before.endswith(_TEXT) and _JOINED.search(texts[first - 1]))
        or bool(after.startswith(_TEXT) and _JOINING.match(texts[last]))
    )


def _says_percent(number_format: str) -> bool:
    return any(text.strip().startswith("%") for _, texts in _sections(number_format)[:1] for text in texts)
