"""What observations must be before anything is computed from them: declared in the catalogue, checked with pandera."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from kiemso.catalogue import Catalogue
from kiemso.fact import write_value
from kiemso.key import Key
from kiemso.message import say
from kiemso.number import format_number
from kiemso.observation import MISSING, NOT_HELD, OBSERVED
from kiemso.problem import Problem

_KNOWN, _UNIT, _VALUED, _POSSIBLE, _WHOLE, _RANGE, _ONCE = (
    "is of the catalogue",
    "has the catalogue's unit",
    "has a value if it is observed, and only then",
    "is a possible number",
    "is whole where things are counted",
    "lies in the declared range",
    "is stated once",
)


def violations(observations: pd.DataFrame, catalogue: Catalogue) -> list[Problem]:
    """A problem for each observation that cannot be true by what the catalogue declares; none where all can be."""
    if observations.empty:  # of which pandas does not know that it would hold texts
        return []
    numbered = observations.reset_index(drop=True)
    try:
        _schema(catalogue).validate(numbered, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases[["check", "index"]].drop_duplicates()
        # A column that is missing, or a word that the program does not use, is no fault of the workbook.
        if cases["index"].isna().any() or not {*cases["check"]} <= {*_MESSAGES}:
            raise
        # Of what is wrong with one observation, the first says it.
        first = cases.assign(order=cases["check"].map(list(_MESSAGES).index)).sort_values(["index", "order"])
        found = first.drop_duplicates("index")
        rows = [numbered.loc[int(index)] for index in found["index"]]
        return [_problem(check, row, numbered, catalogue) for check, row in zip(found["check"], rows, strict=True)]
    return []


def _schema(catalogue: Catalogue) -> pa.DataFrameSchema:
    """Columns, types and vocabulary of observations, and what each indicator allows."""
    codes = {
        (code, part): (indicator, catalogue.unit(Key(code, part, "")))
        for code, indicator in catalogue.indicators.items()
        for part in ("", *indicator.parts)
    }

    def each(allowed: Any) -> Any:
        def check(frame: pd.DataFrame) -> pd.Series:
            return pd.Series([allowed(row) for row in frame.itertuples()], index=frame.index, dtype=bool)

        return check

    def possible(row: Any) -> bool:
        kind = codes[row.indicator, row.part][0].kind if (row.indicator, row.part) in codes else ""
        return _absent(row) or (0 <= row.value <= 100 if kind == "percent" else row.value >= 0)

    def whole(row: Any) -> bool:
        found = codes.get((row.indicator, row.part))
        return _absent(row) or found is None or found[0].kind == "percent" or float(row.value).is_integer()

    def in_range(row: Any) -> bool:
        found = codes.get((row.indicator, row.part))
        if _absent(row) or found is None or found[0].range is None:
            return True
        least, most = found[0].range
        return row.value <= most and (bool(row.part) or row.value >= least)  # a part may be less than the whole may

    checks = {
        _KNOWN: lambda row: (row.indicator, row.part) in codes,
        _UNIT: lambda row: codes.get((row.indicator, row.part), (None, row.unit))[1] == row.unit,
        _VALUED: lambda row: (row.status == OBSERVED) == (not _absent(row)),
        _POSSIBLE: possible,
        _WHOLE: whole,
        _RANGE: in_range,
    }
    once = pa.Check(lambda frame: ~frame.duplicated(["indicator", "part"]), error=_ONCE, name=_ONCE)
    text = {name: pa.Column(str) for name in ("period", "indicator", "part", "unit", "text", "file", "sheet", "cell")}
    return pa.DataFrameSchema(
        text
        | {
            "value": pa.Column(object, nullable=True),
            "bound": pa.Column(str, pa.Check.isin(["", ">", "<", "≥", "≤", "~"])),
            "status": pa.Column(str, pa.Check.isin([OBSERVED, NOT_HELD, MISSING])),
        },
        checks=[*(pa.Check(each(allowed), error=name, name=name) for name, allowed in checks.items()), once],
    )


def _absent(row: Any) -> bool:
    return row.value is None or bool(pd.isna(row.value))


def _problem(check: str, row: pd.Series, frame: pd.DataFrame, catalogue: Catalogue) -> Problem:
    message, mend = _MESSAGES[check](row, frame, catalogue)
    return Problem(message, mend, row["file"], row["sheet"], row["cell"], row["text"])


def _out_of_range(row: pd.Series, frame: pd.DataFrame, catalogue: Catalogue) -> tuple[str, str]:
    indicator = catalogue.indicators[row["indicator"]]
    least, most = indicator.range or (0, 0)
    message = say(
        "states {value} of “{label}”, which can be {least} to {most}",
        value=_value(row),
        label=indicator.label,
        least=format_number(least),
        most=format_number(most),
    )
    return message, say("Mend the cell, or the range in data/indicators.yml.")


def _twice(row: pd.Series, frame: pd.DataFrame, catalogue: Catalogue) -> tuple[str, str]:
    same = frame[(frame["indicator"] == row["indicator"]) & (frame["part"] == row["part"])].iloc[0]
    label = catalogue.label(Key(row["indicator"], row["part"], ""))
    message = say(
        "states “{label}” a second time, after {file}, {sheet}, {cell}",
        label=label,
        **{name: same[name] for name in ("file", "sheet", "cell")},
    )
    return message, say("Delete one of the two.")


def _value(row: pd.Series) -> str:
    return write_value(row["value"], row["status"], row["unit"])


_MEND_CELL = say("Mend the cell, or ask who sent the workbook.")
_MESSAGES: Mapping[str, Any] = {
    _KNOWN: lambda row, *_: (
        say("states “{key}”, which the catalogue does not have", key=Key(row["indicator"], row["part"], "").name),
        say("Add it to data/indicators.yml, or leave it out."),
    ),
    _UNIT: lambda row, *_: (say("is stated in “{unit}”", unit=row["unit"]), _MEND_CELL),
    _VALUED: lambda row, *_: (say("has a value though none was observed, or none though one was"), _MEND_CELL),
    _POSSIBLE: lambda row, *_: (say("cannot be {number}", number=_value(row)), _MEND_CELL),
    _WHOLE: lambda row, *_: (say("is not a whole number"), _MEND_CELL),
    _RANGE: _out_of_range,
    _ONCE: _twice,
}
