"""Record lists in raw files, found by the words of their headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol

from kiemso.heading import heads
from kiemso.layout import RegisterLayout
from kiemso.message import say
from kiemso.problem import Problem
from kiemso.text import label_key, tidy

# A heading may stand in two or three rows, of which the upper ones name groups of columns.
_HEADER_ROWS = 3
ORDINAL_HEADINGS = frozenset(map(label_key, ("TT", "STT", "Số TT", "Số thứ tự")))
_STATES = re.compile(r"[\d.,]+%?")


class Cell(Protocol):
    """What is asked of a raw cell: a RawCell has it, and so has a row of a frame of cells."""

    @property
    def file(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def cell(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def number(self) -> int | float | None: ...


@dataclass(frozen=True)
class RegisterTable:
    """A record list: the rows of its heading, its last row, and the column of each name that its layout gives one."""

    file: str
    sheet: str
    name: str
    layout: RegisterLayout
    header_rows: range
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    heading_cells: Mapping[str, str]
    personal: tuple[int, ...] = ()
    ordinals: tuple[int, ...] = ()
    last_row: int = 0
    repeated: tuple[int, ...] = ()

    def column_name(self, column: int) -> str:
        """The layout's name of a column, or nothing where it names it not."""
        return next((name for name, index in self.columns.items() if index == column), "")

    def is_heading(self, row: int) -> bool:
        """Whether the row belongs to the heading, or repeats it on a further page."""
        return row in self.header_rows or row in self.repeated


def find_registers(
    cells: Iterable[Cell], layouts: Mapping[str, RegisterLayout]
) -> tuple[list[RegisterTable], list[Problem]]:
    """The record lists of all sheets; a problem for each sheet that has some of a list's headings, but not all."""
    tables: list[RegisterTable] = []
    problems: list[Problem] = []
    for (file, sheet), group in groupby(cells, key=lambda cell: (cell.file, cell.sheet)):
        rows = by_row(group)
        fitting = {name: layout for name, layout in layouts.items() if layout.covers(file, sheet)}
        found = [table for name, layout in fitting.items() for table in _tables(file, sheet, rows, name, layout)]
        best = _most_specific(found)
        problems += _rivals(best)
        if not best and (problem := _incomplete(file, sheet, rows, fitting)):
            problems.append(problem)
        tables += best
    return tables, problems


def by_row(cells: Iterable[Cell]) -> dict[int, dict[int, Cell]]:
    """The cells of a sheet by row and column, those without a text left out."""
    rows: dict[int, dict[int, Cell]] = {}
    for cell in cells:
        if cell.text.strip():
            rows.setdefault(cell.row, {})[cell.column] = cell
    return rows


def _tables(file: str, sheet: str, rows: Mapping, name: str, layout: RegisterLayout) -> list[RegisterTable]:
    """The lists of one layout on a sheet: each goes on to the next one's heading, or to the sheet's last row."""
    found: list[RegisterTable] = []
    for row in sorted(rows):
        if found and row in found[-1].header_rows:
            continue
        table = _table_at(file, sheet, rows, row, name, layout)
        if table and found and table.columns == found[-1].columns:
            found[-1] = replace(found[-1], repeated=(*found[-1].repeated, *table.header_rows))
        elif table:
            found.append(table)
    ends = [*(table.header_rows.start - 1 for table in found[1:]), max(rows)] if found else []
    return [replace(table, last_row=end) for table, end in zip(found, ends, strict=True)]


def _table_at(
    file: str, sheet: str, rows: Mapping, row: int, name: str, layout: RegisterLayout
) -> RegisterTable | None:
    # The heading begins in a row that names one of the columns, or a person; in a summary “Xếp loại” heads a row.
    texts = [tidy(cell.text) for cell in rows[row].values()]
    if not any(_names(text, layout) for text in texts) or any(map(_STATES.fullmatch, texts)):
        return None
    for height in range(1, _HEADER_ROWS + 1):
        band = range(row, row + height)
        headings = _headings(rows, band)
        columns = _columns(headings, layout)
        if len(columns) == len(layout.columns):
            personal = tuple(c for c, texts in headings.items() if any(heads(t, layout.personal) for t in texts))
            ordinals = tuple(c for c, texts in headings.items() if any(label_key(t) in ORDINAL_HEADINGS for t in texts))
            # “Xếp loại” alone, without persons or numbers before it, heads the rows of a summary.
            if len(columns) == 1 and not personal and not ordinals:
                return None
            shown = {name: headings[column][-1] for name, column in columns.items()}
            lowest = {name: max(r for r in band if column in rows.get(r, {})) for name, column in columns.items()}
            cells = {name: rows[lowest[name]][column].cell for name, column in columns.items()}
            return RegisterTable(file, sheet, name, layout, band, columns, shown, cells, personal, ordinals)
    return None


def _headings(rows: Mapping[int, Mapping[int, Cell]], band: range) -> dict[int, list[str]]:
    """The texts that head each column: those of the single rows, then all of them as one."""
    texts: dict[int, list[str]] = {}
    for row in band:
        for column, cell in rows.get(row, {}).items():
            texts.setdefault(column, []).append(cell.text)
    return {column: [*found, " ".join(found)] if len(found) > 1 else found for column, found in texts.items()}


def _columns(headings: Mapping[int, Sequence[str]], layout: RegisterLayout) -> dict[str, int]:
    """The column of each name that just one column has a heading for."""
    fitting = {
        name: [column for column, texts in headings.items() if any(heads(text, words) for text in texts)]
        for name, words in layout.columns.items()
    }
    return {name: columns[0] for name, columns in fitting.items() if len(columns) == 1}


def _names(text: str, layout: RegisterLayout) -> bool:
    return any(heads(text, words) for words in (*layout.columns.values(), layout.personal))


def _most_specific(tables: list[RegisterTable]) -> list[RegisterTable]:
    """Of lists with the same heading those whose layout names most of its columns."""
    return [
        table
        for table in tables
        if not any(
            other.header_rows.start == table.header_rows.start
            and set(other.columns.values()) > set(table.columns.values())
            for other in tables
        )
    ]


def _rivals(tables: Iterable[RegisterTable]) -> Iterable[Problem]:
    names: dict[int, str] = {}
    for table in tables:
        first = names.setdefault(table.header_rows.start, table.name)
        if first != table.name:
            message = say("two layouts fit the list: “{first}” and “{second}”", first=first, second=table.name)
            mend = say("Say in the layouts which files or sheets each is for.")
            yield Problem(message, mend, table.file, table.sheet)


def _incomplete(file: str, sheet: str, rows: Mapping, layouts: Mapping[str, RegisterLayout]) -> Problem | None:
    """The problem of a row that heads persons and some, not all, of a layout's columns."""
    for layout in layouts.values():
        for row in sorted(rows):
            texts = [cell.text for cell in rows[row].values()]
            missing = [words for words in layout.columns.values() if not any(heads(text, words) for text in texts)]
            if any(heads(text, layout.personal) for text in texts) and 0 < len(missing) < len(layout.columns):
                message = say("is the heading of a list, but names no column “{heading}”", heading=missing[0][0])
                mend = say("Head the column so, or add its heading to the layout in data/layouts/.")
                return Problem(message, mend, file, sheet, next(iter(rows[row].values())).cell)
    return None
