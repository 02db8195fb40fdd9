"""What a text in a record list may say: the words of the catalogue and the layout, amounts, dates of the school year.

Any other text may be a name in the wrong column. It is never shown; what is said of it are the catalogue's words only.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kiemso.catalogue import Catalogue
from kiemso.heading import says
from kiemso.layout import RegisterLayout, Rule
from kiemso.message import Message, say
from kiemso.number import Unreadable, plain
from kiemso.observation import OBSERVED, Reading, expected, read_cell
from kiemso.text import label_key, nearest, tidy
from kiemso.unit import parse_unit_line

# Ten digits with a leading zero, or nine after +84, are a telephone; twelve with a leading zero an identity number.
_NUMBERS = re.compile(r"(?<![\d.,])(?:0\d|(?:\+|00)84[ .-]?\d)(?:[ .()-]{0,2}\d){8,9}(?!\d)|(?<![\d.,])0\d{11}(?!\d)")
_MAIL = re.compile(r"\S@\S+\.\w")
_DATE = re.compile(
    r"(?:ngày )?(\d{1,2})(?:[/.-]| tháng )(\d{1,2})(?:[/.-]| năm )(\d{4})|(\d{4})-(\d\d)-(\d\d)(?: [\d:]+)?"
)

# A decision on the past school year may come until its summer ends; a gift may come before it begins.
_FIRST_DAY, _LAST_DAY = (7, 1), (8, 31)


def looks_personal(text: str) -> bool:
    """Whether a text holds what looks like a telephone or identity number, or a mail address."""
    return bool(_NUMBERS.search(text) or _MAIL.search(text))


def read_date(text: str) -> datetime.date | None:
    """The date of a text that is one: 05/10/2021, ngày 5 tháng 10 năm 2021, 2021-10-05; else None."""
    match = _DATE.fullmatch(tidy(text).casefold())
    if not match:
        return None
    day, month, year = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def in_years(date: datetime.date, years: Sequence[str]) -> bool:
    """Whether a date lies in the school years, from the summer before to the summer after."""
    first, last = min(years)[:4], max(years)[-4:]
    return datetime.date(int(first), *_FIRST_DAY) <= date <= datetime.date(int(last), *_LAST_DAY)


def fault(
    layout: RegisterLayout, name: str, texts: Mapping[str, Any], catalogue: Catalogue, years: Sequence[str]
) -> Message | None:
    """Why the text of a column is not understood, or None; `texts` are the record's cells by their columns' names.

    A cell has `text` and `number`, and may have `heading`, the text above it.
    """
    text = texts[name].text
    if looks_personal(text):
        return say("holds what looks like a telephone number, an identity number or a mail address")
    if name == layout.date:
        date = read_date(text)
        if date is None:
            return say("holds no date such as 05/10/2021")
        return None if in_years(date, years) else say("holds a date outside the school year")
    uses = [rule for rule in layout.rules if name in rule.columns]
    if (
        not uses
        or says(text, layout.ignore)
        or any(_understands(rule, name, texts, layout, catalogue) for rule in uses)
    ):
        return None if uses else say("stands in a column that no rule of the layout reads")
    return _expectation(uses, name, text, layout, catalogue)


def indicators_of(rule: Rule, texts: Mapping[str, Any], layout: RegisterLayout, catalogue: Catalogue) -> list[str]:
    """The indicator that a rule counts a record for: none where its text names none of the layout's level."""
    code = rule.indicator
    if rule.indicator_from:
        code = catalogue.spellings.get(label_key(_text(texts, rule.indicator_from)), "")
    indicator = catalogue.indicators.get(code)
    return [code] if indicator and indicator.level == layout.level and not indicator.computed else []


def amounts(rule: Rule, code: str, part: str, texts: Mapping[str, Any], catalogue: Catalogue) -> list[Reading]:
    """The readings of the rule's amount, all of them exact and observed. Raises Unreadable."""
    cell, indicator = texts[rule.add], catalogue.indicators[code]
    if looks_personal(cell.text):
        raise Unreadable(say("holds no amount"))
    number = cell.number
    exact = None if number is None or number != number else plain(number)
    unit = parse_unit_line(getattr(cell, "heading", ""))
    readings = read_cell(indicator, part, cell.text, exact, catalogue, unit=unit if indicator.kind == "money" else None)
    observed = [reading for reading in readings if reading.status == OBSERVED]
    if not observed or any(reading.bound for reading in observed):
        raise Unreadable(say("holds no exact amount"))
    return observed


def _text(texts: Mapping[str, Any], name: str) -> str:
    return texts[name].text if name in texts else ""


def _understands(rule: Rule, name: str, texts: Mapping, layout: RegisterLayout, catalogue: Catalogue) -> bool:
    text = texts[name].text
    if name == rule.indicator_from and indicators_of(rule, texts, layout, catalogue):
        return True
    if name == rule.part_from and label_key(text) in catalogue.part_spellings:
        return True
    if name in rule.where and says(text, rule.where[name]):
        return True
    return name == rule.add and any(
        _readable(rule, code, texts, catalogue)
        # Whose amount it is may be what the neighbouring cell states wrongly: the amount itself is read all the same.
        for code in indicators_of(rule, texts, layout, catalogue) or catalogue.of_level(layout.level)
    )


def _readable(rule: Rule, code: str, texts: Mapping, catalogue: Catalogue) -> bool:
    try:
        return bool(amounts(rule, code, rule.part, texts, catalogue))
    except Unreadable:
        return False


def _expectation(rules: Iterable[Rule], name: str, text: str, layout: RegisterLayout, catalogue: Catalogue) -> Message:
    """What the column was expected to say; of the text itself nothing but the words that it is nearest to."""
    words: list[str] = [*layout.ignore]
    for rule in rules:
        words += rule.where.get(name, ())
        if name == rule.part_from:
            words += _part_words(rule, catalogue)
        if name == rule.indicator_from:
            words += [w for i in catalogue.of_level(layout.level).values() for w in (i.label, *i.aliases)]
        if name == rule.add and rule.indicator in catalogue.indicators:
            return say("holds no {amount}", amount=expected(catalogue.indicators[rule.indicator]))
        if name == rule.add:
            return say("holds no amount that can be read")
    found = nearest(text, words)
    if not found:
        return say("holds a text that neither the catalogue nor the layout knows")
    spelled = ", ".join(f"“{word}”" for word in found)
    return say("holds a text that neither the catalogue nor the layout knows; nearest are {words}", words=spelled)


def _part_words(rule: Rule, catalogue: Catalogue) -> list[str]:
    indicator = catalogue.indicators.get(rule.indicator)
    codes = indicator.parts if indicator and indicator.parts else catalogue.parts
    return [word for code in codes for word in (catalogue.parts[code].label, *catalogue.parts[code].aliases)]
