"""The same indicator stated by a summary and by a record list: both are read, and they must agree.

Neither is taken to be right: a difference is an error that names both places, for the sender to mend or for a reviewed
correction. Where they agree, the summary's observation stands, with the list as a further source of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from kiemso.layout import OBSERVATION_COLUMNS
from kiemso.message import say
from kiemso.number import format_number
from kiemso.observation import MISSING, NOT_HELD
from kiemso.problem import Problem

_MORE = {">": lambda listed, stated: listed > stated, "≥": lambda listed, stated: listed >= stated}
_LESS = {"<": lambda listed, stated: listed < stated, "≤": lambda listed, stated: listed <= stated}
_BOUNDS = {"": lambda listed, stated: listed == stated, **_MORE, **_LESS}


def reconcile(summary: pd.DataFrame, registers: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem], list[Problem]]:
    """One observation for each indicator and part; a problem for each difference, a warning where it cannot be told."""
    stated: dict[tuple[str, str], dict[str, Any]] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for row in (*summary.to_dict("records"), *registers.to_dict("records")):
        first = stated.setdefault((row["indicator"], row["part"]), row)
        if first is row:
            continue
        if first["status"] == MISSING:
            stated[row["indicator"], row["part"]] = row
            warnings += _filled(first, row)
        elif row["status"] == MISSING or _agree(first, row):
            stated[row["indicator"], row["part"]] = first | {"further": _further(first, row)}
        elif first["bound"] == "~":
            warnings.append(_about(first, row))
            stated[row["indicator"], row["part"]] = first | {"further": _further(first, row)}
        else:
            problems.append(_difference(first, row))
    found = pd.DataFrame(list(stated.values()), columns=OBSERVATION_COLUMNS)
    values = pd.Series([row["value"] for row in stated.values()], dtype="object")
    return found.assign(value=values), problems, warnings


def _agree(first: dict, row: dict) -> bool:
    if first["status"] == NOT_HELD:
        return row["value"] == 0
    compare = _BOUNDS.get(first["bound"])
    return bool(compare and compare(row["value"], first["value"]))


def _further(first: dict, row: dict) -> str:
    """The further sources of both."""
    own = [[row["file"], row["sheet"], row["cell"], f"{row['text']} (khớp)"]]
    known = [json.loads(one["further"]) if one["further"] else [] for one in (first, row)]
    return json.dumps([*known[0], *own, *known[1]], ensure_ascii=False)


def _place(row: dict) -> str:
    return " › ".join(filter(None, (row["file"], row["sheet"], row["cell"])))


def _value(row: dict) -> str:
    return f"{row['bound']} {format_number(row['value'])}".strip() if row["value"] is not None else row["text"]


def _difference(first: dict, row: dict) -> Problem:
    message = say(
        "states {value}, but the list in {place} makes {other} ({text})",
        value=_value(first),
        place=_place(row),
        other=_value(row),
        text=row["text"],
    )
    mend = say("Find out which of the two is right, and mend or correct the other one.")
    return Problem(message, mend, first["file"], first["sheet"], first["cell"], first["text"])


def _filled(first: dict, row: dict) -> Iterable[Problem]:
    """A blank in the summary that a list fills; a part that the summary's text only leaves out is no blank."""
    if not first["text"]:
        message = say("is blank; the list in {place} makes it {value}", place=_place(row), value=_value(row))
        yield Problem(message, "", first["file"], first["sheet"], first["cell"], "")


def _about(first: dict, row: dict) -> Problem:
    message = say("says about how many; the list in {place} makes {value}", place=_place(row), value=_value(row))
    return Problem(message, "", first["file"], first["sheet"], first["cell"], first["text"])
