"""Jumps from one school year to the next, for the third notebook: warnings that the report's evidence lists."""

from __future__ import annotations

import pandas as pd
from IPython.display import display

from kiemso.message import say
from kiemso.number import format_number
from kiemso.problem import Problem
from kiemso.recorder import WARNINGS_MIME
from kiemso.session import current

__all__ = ["jump_limits", "warn_jump"]


def jump_limits() -> pd.Series:
    """How much each indicator may usually change from year to year, in percent; only those that declare it."""
    indicators = current().catalogue.indicators
    limits = {code: indicator.jump for code, indicator in indicators.items() if indicator.jump}
    return pd.Series(limits, name="limit", dtype="float64")


def warn_jump(name: str, year: str) -> None:
    """Store a warning that an indicator's value of a year differs much from the year before."""
    recorder = current()
    years = recorder.term.school_years if recorder.term else ()
    before = recorder.fact(f"{name}@{years[years.index(year) - 1]}")
    after = recorder.fact(f"{name}@{year}")
    message = say(
        "{label}: {value_before} in {year_before}, {value} in {year}; one exceeds the other by more than {limit}%",
        label=after.label,
        value=after.text,
        year=year,
        value_before=before.text,
        year_before=before.period,
        limit=format_number(recorder.catalogue.indicators[name].jump or 0),
    )
    mend = say("Check both cells; nothing is to be done if the change is true.")
    source = after.sources[0]
    problem = Problem(message, mend, source.file, source.sheet, source.cell, source.text)
    display({WARNINGS_MIME: [problem.as_json()], "text/plain": problem.told("vi")}, raw=True)
