"""The entries of tables: one for each value that a row and a column of a table state together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kiemso.address import address_like
from kiemso.catalogue import Catalogue
from kiemso.grid import has_number
from kiemso.header import Column
from kiemso.heading import any_same, preliminary
from kiemso.layout import ColumnsLayout
from kiemso.message import say
from kiemso.number import plain
from kiemso.role import Role, row_label, row_roles
from kiemso.table import NOTES, Table
from kiemso.text import canonical
from kiemso.unit import Unit, parse_unit

_DITTO = {'"', "''", "nt", "-nt-", "- nt -", "như trên"}


@dataclass(frozen=True)
class Entry:
    """A value and what names it. `group` are the words above or before the label, `section` those it goes without.

    `table` is the place of its table among all; `column` the value's; `part` what the value column's heading names.
    """

    table: int
    role: Role
    file: str
    sheet: str
    row: int
    column: int
    label_cell: str
    group: str
    label: str
    section: str
    row_label: str
    part: str
    cell: str
    text: str
    number: int | float | None
    corrected: str
    original: str
    warning: str
    fault: str
    unit: Unit | None
    value_heading: str

    @property
    def read_as(self) -> str:
        """The text that counts."""
        return self.corrected or self.text


def entries(tables: Iterable[Table], catalogue: Catalogue, period: str) -> list[Entry]:
    """The entries of all tables, those of rows that do not count among them."""
    return [entry for number, table in enumerate(tables) for entry in _entries(number, table, catalogue, period)]


def _entries(number: int, table: Table, catalogue: Catalogue, period: str) -> Iterator[Entry]:
    section, unit = "", None
    for row, role in row_roles(table, catalogue, period).items():
        if table.unit_column:
            unit = _row_unit(table, row, unit)
        group, label = row_label(table, row)
        if role is Role.SECTION:
            section = _grouped(table, [label])[1]
        for column in table.values:
            entry = _entry(number, table, row, column, unit)
            if isinstance(table.layout, ColumnsLayout):
                group, words = _grouped(table, column.path[:-1])
                yield replace(
                    entry,
                    role=role,
                    label=column.path[-1],
                    label_cell=column.cell,
                    row_label=label,
                    group=group,
                    section=words,
                )
            else:
                yield replace(entry, role=role, group=group, label=label, section=section, row_label=label)


def _entry(number: int, table: Table, row: int, column: Column, unit: Unit | None) -> Entry:
    """The value in a row and a column, named only by its row."""
    grid = table.grid
    cell = grid.cells.get((row, column.number))
    labels = [c.cell for c in grid.row(row) if c.column in table.labels]
    address = labels[-1] if labels else address_like(table.anchor.cell, row, table.labels[0])
    text, corrected, original = (cell.text, cell.corrected, cell.original) if cell else ("", "", "")
    return Entry(
        table=number,
        role=Role.ENTRY,
        file=table.file,
        sheet=table.sheet,
        row=row,
        column=column.number,
        label_cell=address,
        group="",
        label="",
        section="",
        row_label="",
        part=column.part,
        cell=cell.cell if cell else address_like(table.anchor.cell, row, column.number),
        text=text,
        number=plain(cell.number) if cell and has_number(cell) else None,
        corrected=corrected,
        original=original,
        warning=_warning(table, row, column, cell),
        fault=_fault(table, row, column, cell),
        unit=unit or column.unit or table.unit,
        value_heading=column.heading,
    )


def _grouped(table: Table, above: Sequence[str]) -> tuple[str, str]:
    """The words above a label that are no section of the layout, and the words that its sections stand for."""
    sections = table.layout.sections.items()
    stands = {text: words for text in above for name, words in sections if any_same([name], text)}
    return " ".join(text for text in above if text not in stands), " ".join(filter(None, stands.values()))


def _row_unit(table: Table, row: int, above: Unit | None) -> Unit | None:
    """The unit in a row's column of units; a ditto mark repeats the one above."""
    text = canonical(table.grid.text(row, table.unit_column or 0))
    if not text:
        return None
    return above if text.casefold() in _DITTO else parse_unit(text) or Unit(text, 1, "count")


def _warning(table: Table, row: int, column: Column, cell: Any | None) -> str:
    """What is suspicious about a value that can be used."""
    where = [table.grid.text(row, named.number) for named in table.named.values()]
    said = next((text for text in (*column.path, *where) if preliminary([text])), "")
    # Of a blank the label's cell can tell that something is amiss: that the row was cut off, or is hidden.
    labels = (table.grid.at(row, label) for label in table.labels) if cell is None else ()
    found = [one.warning for one in (cell, *labels) if one is not None and one.warning]
    if said:
        found.append(say("is preliminary: “{text}”", text=said))
    units = [unit for unit in (column.unit, table.unit) if unit and unit.dimension == "money"]
    if len({unit.factor for unit in units}) > 1:
        used, other = units[0].word, units[1].word
        found.append(say("its heading says {used}, the line above the table {other}", used=used, other=other))
    return also(found)


def _fault(table: Table, row: int, column: Column, cell: Any | None) -> str:
    """Why a value cannot be used."""
    area = table.grid.area(row, column.number)
    notes = {note.number for note in table.header.named(NOTES)}
    spread = {*range(max(area.first_column, max(table.labels) + 1), area.last_column + 1)} - notes
    # Columns that share one heading are one column.
    if len({c.cell for number, c in table.header.columns.items() if number in spread}) > 1:
        return say("is merged over several columns, so it is not clear whose value it is")
    return cell.fault if cell is not None else ""


def also(warnings: Iterable[str]) -> str:
    """Several warnings as one."""
    first, *others = list(warnings) or [""]
    for other in others:
        first = say("{first}; {other}", first=first, other=other)
    return first
