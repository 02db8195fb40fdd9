"""The roll-up of many schools, for the fourth notebook: their facts in, totals and what may be shown of each out."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from kiemso.catalogue import Indicator
from kiemso.fact import Fact, Value, common_bound, fact_from, write_value
from kiemso.formula import QUOTED, SUM, same
from kiemso.key import Key, parse_key
from kiemso.message import say
from kiemso.number import plain
from kiemso.observation import MISSING, OBSERVED
from kiemso.problem import Problem, Refused
from kiemso.project import SCHOOLS, WORKSPACE_FILE, period_folder, workspace_of
from kiemso.raw import MASK
from kiemso.run import ROLLED
from kiemso.session import current, record, refuse
from kiemso.source import Source
from kiemso.suppression import FEWEST, WITHHELD, Suppressed, small, stating_cells, suppress

__all__ = [
    "by_school",
    "open_schools",
    "published",
    "record_count",
    "record_schools",
    "record_statistic",
    "record_total",
    "schools",
    "summed",
    "suppressed_below",
    "years",
]


# How long a folder that is shared with other machines may take to show what they wrote.
_LAG_SECONDS = 60


class _Stated(NamedTuple):
    """What a school states: all that a total needs of its fact."""

    value: Value
    bound: str


@dataclass
class _Opened:
    workspace: Path
    below: int
    listed: pd.DataFrame
    stated: dict[str, dict[str, _Stated]]
    hidden: dict[str, Suppressed] = field(default_factory=dict)


_opened: _Opened | None = None


def open_schools() -> None:
    """Read what the schools that are done state; the term is the notebook's."""
    global _opened
    recorder = current()
    path = period_folder(recorder.project, recorder.period) / ROLLED
    workspace = workspace_of(recorder.project)
    if workspace is None or not path.exists():
        refuse([Problem(say("no schools have been rolled up here"), say("Run `kiemso roll-up`."), path.name)])
        raise RuntimeError
    content = json.loads(path.read_text(encoding="utf-8"))
    listed = pd.DataFrame(content["schools"]).set_index("code")
    done = listed.index[listed["state"] == "done"]
    wanted = {*_summed_names()}
    stated = {code: _read(workspace, code, recorder.period, wanted, listed.facts[code]) for code in done}
    _opened = _Opened(workspace, content["suppress_below"], listed, stated)


def _read(workspace: Path, code: str, term: str, wanted: set[str], digest: str) -> dict[str, _Stated]:
    facts = json.loads(_content(_facts_file(workspace, code, term), digest))["facts"]
    return {f["key"]: _Stated(f["value"], f["bound"]) for f in facts if f["key"].partition("@")[0] in wanted}


def _content(path: Path, digest: str) -> bytes:
    """What a school's file holds; refused where that is not, or does not become, what it held when it was done."""
    end = time.monotonic() + _LAG_SECONDS
    while True:
        content = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(content).hexdigest() == digest:
            return content
        if time.monotonic() > end:
            mend = say("Run `kiemso roll-up` again, when nobody else runs this school.")
            refuse([Problem(say("is not as it was when the school was done"), mend, str(path))])
        time.sleep(0.1)


def _facts_file(workspace: Path, code: str, term: str) -> Path:
    return period_folder(workspace / SCHOOLS / code, term) / "facts.json"


def schools(state: str | None = None) -> pd.DataFrame:
    """The schools by code with name, commune, district, state, missing and problems; those of one state."""
    listed = _current().listed
    return listed if state is None else listed[listed["state"] == state]


def years() -> list[str]:
    """The school years of the term."""
    term = current().term
    return list(term.school_years) if term else []


def suppressed_below() -> int:
    """The least count above zero that is shown of one school."""
    return _current().below


def summed(section: str) -> list[str]:
    """The names of a section's facts that are added up over the schools: indicators, and their parts."""
    return [name for name, one in _summed_names().items() if one.section == section]


def _summed_names() -> dict[str, Indicator]:
    """By name: what the years' workbooks state and the term adds up; of prizes the indicator itself is computed."""
    names: dict[str, Indicator] = {}
    for code, one in current().catalogue.of_level("year").items():
        if one.total == "sum":
            names |= {code: one} if one.kind != "levels" else {}
            names |= {f"{code}.{part}": one for part in one.parts}
    return names


def by_school(name: str, period: str = "") -> pd.Series:
    """What each school that is done states of an indicator, by code; of the whole term where no period is given.

    For computing with: what a reader sees of a single school is `published`.
    """
    key = f"{name}@{period or current().period}"
    values = {code: stated[key].value if key in stated else None for code, stated in _current().stated.items()}
    whole = all(value is None or isinstance(value, int) for value in values.values())
    return pd.Series(values, name=key, dtype="Int64" if whole else "Float64")


def published(name: str) -> pd.DataFrame:
    """What may be shown of each school for the term: `text`, and `number` to compute with (<NA> where withheld).

    A small count is computed with as half the limit. Refused for what is the sum of others that are shown too.
    """
    opened, indicator = _current(), current().catalogue.indicators[name]
    if indicator.parts:
        mend = say("Show the schools' values of indicators without parts.")
        refuse([Problem(say("“{name}” has parts: small ones could be worked out", name=name), mend)])
    values = by_school(name)
    plain_values = {str(code): None if pd.isna(value) else plain(value) for code, value in values.items()}
    districts = opened.listed["district"].to_dict()
    found = opened.hidden[name] = suppress(plain_values, districts, _limit(indicator))  # type: ignore[arg-type]
    texts = {c: found.marks.get(c) or write_value(v, MISSING, indicator.unit) for c, v in plain_values.items()}
    numbers = {c: _number(found.marks.get(c), v, opened.below) for c, v in plain_values.items()}
    frame = pd.DataFrame({"text": pd.Series(texts, dtype=str), "number": pd.Series(numbers, dtype="Float64")})
    return opened.listed[["name", "commune", "district"]].join(frame, how="right")


def _limit(indicator: Indicator) -> int:
    """The least count above zero that is shown of one school; money is no count of persons."""
    return 1 if indicator.kind == "money" else _current().below


def _number(mark: str | None, value: float | None, below: int) -> float | None:
    return value if not mark else None if mark == WITHHELD else below / 2


def record_total(name: str, value: Any, values: pd.Series) -> None:
    """Record a total over schools after adding them up again; withheld where it would give away a small count."""
    recorder, opened = current(), _current()
    key = recorder.key(str(values.name))
    usable = [plain(one) for one in values.dropna()]
    given, again = None if pd.isna(value) else plain(value), sum(usable) if usable else None
    if key.name != name or (given is None) != (again is None) or (again is not None and not same(given or 0, again)):
        mend = say("Make the formula and the calculation agree.")
        refuse([Problem(say("“{key}” is not the total of the schools' values", key=key), mend)])
    hidden = name in opened.hidden and not (opened.hidden[name].total_is_safe and _is_of_many(key))
    stated = [one[str(key)] for one in opened.stated.values() if str(key) in one]
    bound = "" if given is None or hidden else _bound(key, stated)
    note = _note(len(usable), len(values))
    note = "Không nêu, để không suy ra được số liệu nhỏ của một trường" if hidden else note
    _show(key, None if hidden else given, SUM, [_all(key, len(values))], WITHHELD if hidden else "", bound, note)


def _is_of_many(key: Key) -> bool:
    """Whether enough schools make up a year's total, so that it is not what one of them states for the year."""
    term, limit = current().period, _limit(current().catalogue.indicators[key.indicator])
    stating = int((by_school(key.name) > 0).sum())
    return key.period == term or limit == 1 or stating == 0 or stating >= FEWEST


def _bound(key: Key, stated: Iterable[_Stated]) -> str:
    """What “hơn” and the like at the schools make of their total: where they go both ways, it is about."""
    try:
        return common_bound(key, stated, True)  # type: ignore[arg-type]
    except Refused:
        return "~"


def _note(stating: int, all_of_them: int) -> str:
    """How many schools a total is of, unless that would say of one what it states."""
    if stating < FEWEST:
        return ""
    lacking = all_of_them - stating
    return f"Tổng của {stating} trường" + (f"; {lacking} trường chưa có số liệu" if lacking else "")


def record_statistic(key: str, value: Any, shown: pd.DataFrame) -> None:
    """Record a statistic of published values; where it is a small count, that it is one."""
    opened, full = _current(), current().key(key)
    text = small(opened.below) if not pd.isna(value) and value == opened.below / 2 else ""
    count = int(shown["number"].notna().sum())
    note = f"Theo số liệu nêu được của {count} trường; là giá trị của một trường, không nội suy"
    given = None if text or pd.isna(value) else plain(value)
    name = full._replace(part="")
    _show(full, given, QUOTED, [_all(name, count)], text, "", note)


def record_count(key: str, value: int) -> None:
    """Record how many schools there are, or stand in some way."""
    full = current().key(key)
    _show(full, int(value), QUOTED, [Source(WORKSPACE_FILE, "", "schools", f"{value} trường")], "", "", "")


def record_schools(name: str, shown: pd.DataFrame) -> list[str]:
    """Record what may be shown of these schools, with the raw cells of each; the keys of the facts."""
    keys = [current().key(name)._replace(school=str(code)) for code in shown.index]
    for key, (code, row) in zip(keys, shown.iterrows(), strict=True):
        stated = _current().stated[str(code)].get(f"{name}@{key.period}")
        known = row["text"] not in (WITHHELD, small(_current().below)) and stated is not None
        label = f"{row['name']}: {current().catalogue.label(key)}"
        note = "" if known else "Số liệu nhỏ của một trường, hoặc có thể giúp suy ra số liệu ấy, không được nêu"
        value, bound = (stated.value, stated.bound) if known and stated else (None, "")
        _show(key, value, SUM, _cells(str(code), f"{name}@{key.period}"), row["text"], bound, note, label)
    return [str(key) for key in keys]


def _cells(code: str, key: str) -> list[Source]:
    """Where a school's value stands; where no table states it, all schools. The texts stay with the school."""
    opened, recorder = _current(), current()
    facts = json.loads(_facts_file(opened.workspace, code, recorder.period).read_text(encoding="utf-8"))["facts"]
    places = [place for fact in facts if fact["key"] == key for place in stating_cells(fact_from(fact))]
    cells = [Source(f"{SCHOOLS}/{code}/{file}", sheet, cell, MASK) for file, sheet, cell in places]
    return cells or [_all(parse_key(key), len(opened.stated))]


def _all(key: Key, count: int) -> Source:
    return Source(WORKSPACE_FILE, "", f"*/{key}", f"{count} trường")


def _show(
    key: Key, value: Value, formula: str, sources: Iterable[Source], text: str, bound: str, note: str, label: str = ""
) -> None:
    catalogue = current().catalogue
    unit, name = catalogue.unit(key), label or catalogue.label(key)
    status = MISSING if value is None and text in ("", "–") else OBSERVED
    written = text or write_value(value, status, unit, catalogue.decimals(key))
    section = catalogue.indicators[key.indicator].section
    given: dict[str, Any] = {"sources": list(sources), "bound": bound, "note": note}
    # The schools' own values have been compared with their parts; one that states no parts leaves them below the whole.
    record(Fact(str(key), key.period, section, name, unit, value, written, status, formula, **given))


def _current() -> _Opened:
    if _opened is None:
        refuse([Problem(say("open_schools() has not been called"), say("Run the notebook's cells from the top."))])
        raise RuntimeError
    return _opened
