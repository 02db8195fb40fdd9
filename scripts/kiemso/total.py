"""Totals that a table prints: held against the sum of the rows that they add up, never counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kiemso.catalogue import Catalogue, Indicator
from kiemso.entry import Entry
from kiemso.evaluation import Read
from kiemso.layout import ColumnsLayout
from kiemso.message import say
from kiemso.number import Unreadable, format_number
from kiemso.observation import OBSERVED, read_cell
from kiemso.problem import Problem
from kiemso.role import Role
from kiemso.table import Table
from kiemso.text import shortened


class _Addend(NamedTuple):
    row: int
    indicator: Indicator
    value: int | float


def check_totals(
    entries: Sequence[Entry], read: Sequence[Read], tables: Sequence[Table], catalogue: Catalogue
) -> tuple[list[Problem], list[Problem]]:
    """Problems of totals that differ from their sum, and warnings of those that cannot be checked."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    addends = _addends(read, catalogue)
    whole = {column: sum(addend.value for addend in added) for column, added in addends.items()}
    for entry in entries:
        if entry.role not in (Role.TOTAL, Role.SUBTOTAL) or not entry.read_as:
            continue
        column = (entry.table, entry.column)
        added, expected = addends.get(column, []), whole.get(column, 0)
        if entry.role is Role.SUBTOTAL:
            start = _start(entry, entries)
            added = [addend for addend in added if start < addend.row < entry.row]
            expected = sum(addend.value for addend in added)
        if not isinstance(tables[entry.table].layout, ColumnsLayout) and len({a.indicator.unit for a in added}) > 1:
            mend = say("Check it by hand, or name the row among the layout's “ignore”.")
            place = (mend, entry.file, entry.sheet, entry.cell, entry.text)
            warnings.append(Problem(say("adds up different units: not checked"), *place))
        elif added:
            problems += _difference(entry, added, expected, tables[entry.table], catalogue)
    return problems, warnings


def _start(total: Entry, entries: Sequence[Entry]) -> int:
    """The row of the section's heading, or of the subtotal before."""
    before = [
        entry.row
        for entry in entries
        if entry.table == total.table and entry.row < total.row and entry.role in (Role.SECTION, Role.SUBTOTAL)
    ]
    return max(before, default=0)


def _addends(read: Sequence[Read], catalogue: Catalogue) -> Mapping[tuple[int, int], list[_Addend]]:
    """What each value column adds up, by table and column: a part does not count beside its whole."""
    stated = {(one.entry.table, one.entry.column, one.matched.indicator) for one in read if not one.matched.part}
    found: dict[tuple[int, int], list[_Addend]] = {}
    for one in read:
        column = (one.entry.table, one.entry.column)
        if one.matched.part and not one.entry.part and (*column, one.matched.indicator) in stated:
            continue
        values = [r.value for r in one.readings if r.status == OBSERVED and r.value is not None]
        if values:
            indicator = catalogue.indicators[one.matched.indicator]
            found.setdefault(column, []).append(_Addend(one.entry.row, indicator, sum(values)))
    return found


def _difference(
    total: Entry, added: Sequence[_Addend], expected: int | float, table: Table, catalogue: Catalogue
) -> Iterator[Problem]:
    indicator = added[0].indicator
    if indicator.kind == "percent":
        return
    kind = "count" if indicator.kind in ("medals", "levels") and total.number is not None else indicator.kind
    mend = say("Mend the total or the row that is wrong; ask who sent the workbook.")
    place = (total.file, total.sheet, total.cell, total.text)
    try:
        if total.fault and not total.corrected:
            raise Unreadable(total.fault)
        number = None if total.corrected else total.number
        readings = read_cell(
            indicator.model_copy(update={"kind": kind}), "", total.read_as, number, catalogue,
            unit=total.unit, marks=table.layout.marks,
        )  # fmt: skip
    except Unreadable as error:
        yield Problem(error.args[0], mend, *place)
        return
    stated = sum(r.value for r in readings if r.value is not None)
    if stated != expected:
        message = say(
            "“{label}” states {stated}, but its rows add up to {sum}: {terms}",
            label=total.row_label,
            stated=format_number(stated),
            sum=format_number(expected),
            terms=" + ".join(shortened([format_number(addend.value) for addend in added])),
        )
        yield Problem(message, mend, *place)
