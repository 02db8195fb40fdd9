"""The words and numbers in which a figure may state a fact: as=words, trend, difference, list, percent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kiemso.fact import Fact
from kiemso.key import parse_key
from kiemso.message import say
from kiemso.number import format_number

VALUE = "value"
RISES, FALLS, STAYS = "tăng", "giảm", "giữ nguyên"


class Form(NamedTuple):
    """How a figure states its fact: its name, the period compared with, and what counts as no change."""

    name: str = VALUE
    since: str = ""
    threshold: str = ""

    def __str__(self) -> str:
        """The form's name in report.json; the filter puts it together in the same way."""
        since = f" since={self.since}" if self.since else ""
        return self.name + since + (f" threshold={self.threshold}" if self.threshold else "")


class Unstatable(ValueError):
    """The fact cannot be stated in this form; the message says why."""


@dataclass(frozen=True)
class Wording:
    """States facts in the forms that a report asks for."""

    facts: Mapping[str, Fact]
    school_years: Sequence[str]

    def state(self, fact: Fact, form: Form) -> str:
        """The fact's text in this form. Raises Unstatable."""
        if form.name not in _FORMS:
            forms = ", ".join(_FORMS)
            raise Unstatable(say("there is no form “as={form}”; the forms are {forms}", form=form.name, forms=forms))
        if (form.since or form.threshold) and form.name not in ("trend", "difference"):
            raise Unstatable(say("since= and threshold= do not go with as={form}", form=form.name))
        return _FORMS[form.name](self, fact, form)

    def inputs(self, fact: Fact, form: Form) -> list[Fact]:
        """The facts that the text is made of, for the evidence."""
        if form.name == "list":
            return self._years(fact)
        return list(self._compared(fact, form)) if form.name in ("trend", "difference") else [fact]

    def proof(self, fact: Fact, form: Form) -> tuple[str, str] | None:
        """What is compared and how, of a trend or a difference: (“2022-2023 so với 2021-2022”, “736 − 676 = 60”)."""
        if form.name not in ("trend", "difference"):
            return None
        before, after = self._compared(fact, form)
        sign = "−" if after.value < before.value else ""  # type: ignore[operator]
        result = self._difference(fact, form)
        return f"{after.period} so với {before.period}", f"{after.text} − {before.text} = {sign}{result}"

    def _value(self, fact: Fact, form: Form) -> str:
        return fact.text

    def _percent(self, fact: Fact, form: Form) -> str:
        if fact.unit != "%" or fact.value is None:
            raise Unstatable(say("is no percentage"))
        return fact.text

    def _words(self, fact: Fact, form: Form) -> str:
        if not isinstance(fact.value, int):
            raise Unstatable(say("only a whole number can be written in words"))
        return number_in_words(fact.value) + (f" {fact.unit}" if fact.unit == "đồng" else "")

    def _trend(self, fact: Fact, form: Form) -> str:
        before, after = self._compared(fact, form)
        change = after.value - before.value  # type: ignore[operator]
        if abs(change) <= _threshold(form, before):
            return STAYS
        return RISES if change > 0 else FALLS

    def _difference(self, fact: Fact, form: Form) -> str:
        """How much, without the direction, which a trend states. Percentages differ by percentage points."""
        before, after = self._compared(fact, form)
        decimals = max(len(one.text.removesuffix("%").partition(",")[2]) for one in (before, after))
        text = format_number(abs(after.value - before.value), decimals)  # type: ignore[operator]
        return f"{text} điểm phần trăm" if fact.unit == "%" else text

    def _list(self, fact: Fact, form: Form) -> str:
        texts = [year.text for year in self._years(fact)]
        return " và ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]

    def _years(self, fact: Fact) -> list[Fact]:
        years = [self.facts.get(f"{fact.name}@{year}") for year in self.school_years]
        if None in years:
            raise Unstatable(say("has no value by school year"))
        return [year for year in years if year]

    def _compared(self, fact: Fact, form: Form) -> tuple[Fact, Fact]:
        """The fact before and after: of a school year and the one before it, or of the term's first and last."""
        years = list(self.school_years)
        if fact.period in years:
            after = fact
            first = form.since or next((y for y in reversed(years) if y < fact.period), "")
        else:
            after = self._fact(fact, years[-1])
            first = form.since or years[0]
        if not first or first >= after.period:
            raise Unstatable(say("there is no earlier school year to compare {year} with", year=after.period))
        before = self._fact(fact, first)
        for one in (before, after):
            if not isinstance(one.value, int | float):
                raise Unstatable(say("has no number for {year}", year=one.period))
        return before, after

    def _fact(self, fact: Fact, year: str) -> Fact:
        found = self.facts.get(str(parse_key(fact.key)._replace(period=year)))
        if found is None:
            raise Unstatable(say("has no value for {year}", year=year))
        return found


_FORMS: dict[str, Callable[[Wording, Fact, Form], str]] = {
    VALUE: Wording._value,
    "percent": Wording._percent,
    "words": Wording._words,
    "trend": Wording._trend,
    "difference": Wording._difference,
    "list": Wording._list,
}


def number_in_words(number: int) -> str:
    """A whole number in words as amounts are written: 7.081 is “bảy nghìn không trăm tám mươi mốt”.

    num2words knows the Vietnamese numbers up to a thousand (mốt, lăm, lẻ) but leaves out “không trăm” after a
    larger group, which an amount in words must have so that nothing can be added to it.
    """
    if number < 0:
        return f"âm {number_in_words(-number)}"
    for size, name in ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn")):
        if number >= size:
            head, rest = divmod(number, size)
            tail = f" {_group(rest)}" if rest else ""
            return f"{number_in_words(head)} {name}{tail}"
    from num2words import num2words  # its own import takes long, for all its languages

    return str(num2words(number, lang="vi")).replace(" lẻ ", " linh ")


def _group(rest: int) -> str:
    """What follows a larger group: its own first group is read with its hundreds."""
    first = rest
    while first >= 1000:
        first //= 1000
    missing = "không trăm linh " if first < 10 else "không trăm " if first < 100 else ""
    return missing + number_in_words(rest)


def _threshold(form: Form, before: Fact) -> float:
    """What still counts as no change: a number, or a percentage of the value before (“2%”)."""
    text = form.threshold.replace(",", ".")
    try:
        share = float(text.removesuffix("%") or 0)
    except ValueError:
        raise Unstatable(say("threshold={threshold} is no number", threshold=form.threshold)) from None
    return share / 100 * abs(before.value) if text.endswith("%") else share  # type: ignore[arg-type]
