"""Calculation, for the second and third notebook: observations and facts in, checked facts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from kiemso.fact import Fact
from kiemso.key import Key
from kiemso.layout import OBSERVATION_COLUMNS
from kiemso.message import say
from kiemso.number import plain
from kiemso.problem import Problem
from kiemso.project import period_folder
from kiemso.recorder import open_targets
from kiemso.session import begin, current, refuse, show

__all__ = ["begin", "fact", "facts", "observations", "quote", "record", "targets", "term_facts", "value"]


def observations(section: str | None = None) -> pd.DataFrame:
    """The period's observations with their keys, in the order of the workbook; of one section of the catalogue."""
    recorder = current()
    path = period_folder(recorder.project, recorder.period) / "observations.csv"
    if not path.exists():
        mend = say("Run 1-clean-year.ipynb for this period first, or `kiemso run`.")
        refuse([Problem(say("is not there yet"), mend, f"build/{recorder.period}/observations.csv")])
    # Read as texts: as floats, whole numbers beyond 2^53 would change.
    frame = pd.read_csv(path, dtype=dict.fromkeys(OBSERVATION_COLUMNS, str), keep_default_na=False)
    values = [plain(Decimal(text)) if text else None for text in frame["value"]]
    keys = [str(Key(i, p, recorder.period)) for i, p in zip(frame["indicator"], frame["part"], strict=True)]
    sections = frame["indicator"].map({code: i.section for code, i in recorder.catalogue.indicators.items()})
    known = frame.assign(value=pd.Series(values, dtype="object"), key=keys, section=sections)
    return known if section is None else known.loc[known["section"] == section]


def facts(name: str) -> pd.Series:
    """A fact in each school year of the term, indexed by school year; <NA> where there is no value."""
    recorder = current()
    years = recorder.term.school_years if recorder.term else (recorder.period,)
    values = [recorder.fact(f"{name}@{year}").value for year in years]
    whole = all(value is None or isinstance(value, int) for value in values)
    return pd.Series(
        values, index=pd.Index(years, name="school_year"), name=name, dtype="Int64" if whole else "Float64"
    )


def fact(key: str) -> Fact:
    """A fact recorded before, with its evidence."""
    return current().fact(key)


def value(key: str) -> Any:
    """The value of a fact recorded before; <NA> where it has none."""
    found = current().fact(key).value
    return pd.NA if found is None else found


def quote(row: Any) -> None:
    """Record an observation as it stands as a fact of its own key."""
    show(current().quote(row))


def record(key: str, value: Any, *, formula: str, inputs: Mapping[str, str] | Sequence[str] | pd.Series) -> None:
    """Record a computed fact, after its formula has been evaluated again over its inputs.

    `inputs` are keys of facts: a Series of `facts`, a list, or names that the formula uses.
    """
    show(current().compute(key, value, formula, inputs))  # type: ignore[arg-type]


def term_facts() -> None:
    """Record what data/terms.yml says of the term: its number of school years and its last year."""
    for found in current().term_facts():
        show(found)


def targets() -> pd.DataFrame:
    """Record the next term's targets as facts; and return them, one a row."""
    recorder = current()
    found = open_targets(recorder)
    for code, target in found.items():
        show(recorder.target(code, target))
    rows = [
        target.model_dump() | {"against": target.against or "", "because": target.because or ""}
        for target in found.values()
    ]
    frame = pd.DataFrame(rows, index=pd.Index(found, name="code"))
    term = (recorder.term and recorder.term.next) or ""
    return frame.assign(key=[f"{code}.chi-tieu@{term}" for code in found])
