"""What a table's cells are read as, line by line, for a person to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiemso.catalogue import Catalogue
from kiemso.entry import Entry, also
from kiemso.evaluation import Read
from kiemso.fact import WHY_ABSENT, write_value
from kiemso.key import Key
from kiemso.message import joined, say
from kiemso.problem import Problem
from kiemso.role import Role

_ROLES = {
    Role.SECTION: say("heads the rows below"),
    Role.SUBTOTAL: say("a subtotal: checked, not counted"),
    Role.TOTAL: say("a total: checked, not counted"),
    Role.IGNORED: say("left out by the layout"),
}


@dataclass(frozen=True)
class Line:
    """A value cell, or a row that does not count: what names it, what stands in it, and what it is read as.

    `indicator` and `part` are codes, `name` what a reader calls them; `remark` is what is wrong or suspicious; the
    originals are the texts as the file's bytes say them, where they were converted.
    """

    cell: str
    label: str
    text: str
    indicator: str = ""
    part: str = ""
    name: str = ""
    value: str = ""
    status: str = ""
    original: str = ""
    label_original: str = ""
    corrected: str = ""
    remark: str = ""
    wrong: bool = False


def entry_lines(
    listed: Sequence[Entry],
    named: Mapping[int, tuple[str, str]],
    read: Sequence[Read],
    problems: Sequence[Problem],
    originals: Mapping[tuple[str, str], str],
    catalogue: Catalogue,
) -> Iterator[Line]:
    """One line for each value cell of the rows that count, and one for each row that does not."""
    wrong: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        wrong.setdefault((problem.sheet, problem.cell), []).append(problem)
    readings = {id(one.entry): one.readings for one in read}
    told: set[tuple[int, str]] = set()
    for entry in listed:
        label = " › ".join(filter(None, (entry.group, entry.label)))
        if entry.role is not Role.ENTRY:
            if entry.role in _ROLES and (entry.row, entry.role) not in told:
                told.add((entry.row, entry.role))
                faults = wrong.get((entry.sheet, entry.cell), [])
                remark = faults[0].message if faults else _ROLES[entry.role]
                yield Line(entry.cell, entry.row_label or label, entry.text, remark=remark, wrong=bool(faults))
            continue
        if entry.row_label != entry.label:
            label = f"{entry.row_label} · {label}"
        indicator, part = named.get(id(entry), ("", ""))
        own = readings.get(id(entry), ())
        faults = [*wrong.get((entry.sheet, entry.cell), []), *wrong.get((entry.sheet, entry.label_cell), [])]
        doubts = filter(None, (entry.warning, *(reading.warning for reading in own)))
        said: list[str] = [joined(". ", filter(None, (fault.message, _hint(fault)))) for fault in faults]
        said = said or [*doubts]
        yield Line(
            entry.cell,
            label,
            entry.text,
            indicator,
            part,
            catalogue.label(Key(indicator, part, "")) if indicator else "",
            _values(own, part, catalogue),
            own[0].status if own else "",
            entry.original,
            originals.get((entry.sheet, entry.label_cell), ""),
            entry.corrected,
            also(dict.fromkeys(said)),
            bool(faults),
        )


def _hint(problem: Problem) -> str:
    """“Did you mean …?”, where the problem's mend begins so."""
    return getattr(problem.mend, "values", {}).get("hint", "") if problem.mend else ""


def _values(readings: Sequence[Any], part: str, catalogue: Catalogue) -> str:
    """The values of a cell as a reader says them; of several parts those that the cell names."""
    named = [reading for reading in readings if reading.value is not None] or readings[:1]
    return "; ".join(_value(reading, reading.part if reading.part != part else "", catalogue) for reading in named)


def _value(reading: Any, part: str, catalogue: Catalogue) -> str:
    """A value with its bound and unit, or why there is none."""
    if reading.value is None:
        return WHY_ABSENT[reading.status]
    unit = "" if reading.unit in ("", "%", "năm") else reading.unit
    written = " ".join(filter(None, (reading.bound, write_value(reading.value, reading.status, reading.unit), unit)))
    return f"{catalogue.parts[part].label}: {written}" if part else written


def stated_line(row: Any, label: str, catalogue: Catalogue) -> Line:
    """An observation of several cells."""
    name = catalogue.label(Key(row.indicator, row.part, ""))
    value = _value(row, "", catalogue)
    more = (row.original, "", row.corrected, row.warning)
    return Line(row.cell, label, row.text, row.indicator, row.part, name, value, row.status, *more)
