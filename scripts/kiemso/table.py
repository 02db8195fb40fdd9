"""The tables of raw workbooks: each found by the words of its header, as a layout describes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kiemso.catalogue import Catalogue
from kiemso.grid import Grid
from kiemso.header import Column, Header
from kiemso.heading import fits, is_school_year, periods_in, planned, without_numbering
from kiemso.layout import PART, PERIOD, AnyLayout, ColumnsLayout, RegisterLayout, RowsLayout
from kiemso.message import say
from kiemso.problem import Problem
from kiemso.text import label_key
from kiemso.unit import Unit

ORDINALS = ("TT", "STT", "Số TT", "Số thứ tự", "Mã số")
NOTES = ("Ghi chú", "Chú thích")
UNITS = ("ĐVT", "Đơn vị tính", "Đơn vị", "ĐV tính")

TableLayout = RowsLayout | ColumnsLayout


@dataclass(frozen=True)
class Table:
    """A table of a sheet: rows `first_row` to `header_row` head it, its own rows end with `last_row`.

    `labels` are the numbers of the columns of labels, `values` the columns that are read, `named` those of the layout's
    `where`. `unit` is what a line above the table states; record lists are found elsewhere (register.py).
    """

    name: str
    layout: TableLayout
    header: Header = field(repr=False)
    labels: tuple[int, ...]
    values: tuple[Column, ...]
    named: Mapping[str, Column]
    unit_column: int | None = None
    unit: Unit | None = None
    last_row: int = 0
    states_period: bool = False

    @property
    def grid(self) -> Grid:
        """The cells of the table's sheet."""
        return self.header.grid

    @property
    def file(self) -> str:
        """The file in which the table stands."""
        return self.grid.file

    @property
    def sheet(self) -> str:
        """The sheet in which the table stands."""
        return self.grid.sheet.name

    @property
    def anchor(self) -> Any:
        """The cell that heads the labels."""
        return self.grid.cells[self.header.anchor.first_row, self.header.anchor.first_column]

    @property
    def first_row(self) -> int:
        """The first row of the header."""
        return self.header.first

    @property
    def header_row(self) -> int:
        """The last row of the header."""
        return self.header.last

    @property
    def rows(self) -> range:
        """The rows under the header."""
        return range(self.header_row + 1, self.last_row + 1)


@dataclass(frozen=True)
class Search:
    """What tables are looked for: the project's layouts of a level, for a school year or term."""

    layouts: Mapping[str, AnyLayout]
    period: str
    catalogue: Catalogue

    @property
    def level(self) -> str:
        """Whose folder is read, a school year's or a term's."""
        return "year" if is_school_year(self.period) else "term"

    def fitting(self, grid: Grid) -> dict[str, TableLayout]:
        """The layouts that may describe a table of this sheet."""
        return {
            name: layout
            for name, layout in self.layouts.items()
            if not isinstance(layout, RegisterLayout)
            and layout.level == self.level
            and layout.covers(grid.file, grid.sheet.name)
        }


def table_under(name: str, layout: TableLayout, header: Header, search: Search) -> Table | Problem | None:
    """The table of a layout under a header; else what is wrong with it, or None where it is no such table at all."""
    if isinstance(layout, RowsLayout):
        return _rows(name, layout, header, search)
    return _columns(name, layout, header, search)


def _rows(name: str, layout: RowsLayout, header: Header, search: Search) -> Table | Problem | None:
    beside = [c for c in header.columns.values() if c.number > header.anchor.last_column]
    wholes = [p for p in layout.values if PART not in p]
    parts = [p for p in layout.values if PART in p]
    values = [c for c in beside if any(fits(p, c.path, search.period) for p in wholes)]
    named = {c.path[-1]: search.catalogue.part_spellings.get(label_key(c.path[-1]), "") for c in beside}
    shares = [
        replace(c, part=named[c.path[-1]])
        for c in beside
        if named[c.path[-1]] and c not in values and any(fits(p, c.path, search.period) for p in parts)
    ]
    where = _where(layout.where, header)
    if where is None:
        return None
    if len(values) > 1 or not values + shares or len({c.part for c in shares}) < len(shares):
        return _wrong_heading(header, beside, search.period)
    for column in values:
        if planned(column.path) and not any(planned((pattern,)) for pattern in layout.values):
            message = say("heads a plan, not a result: “{heading}”", heading=column.heading)
            mend = say("Send the result, or say in the layout that its values are headed so.")
            return Problem(message, mend, header.grid.file, header.grid.sheet.name, column.cell)
    labels = tuple(range(header.anchor.first_column, header.anchor.last_column + 1))
    states = any(search.period in periods_in(c.words) for c in values + shares) or PERIOD in _texts(layout.where)
    return Table(name, layout, header, labels, (*values, *shares), where, states_period=states)


def _columns(name: str, layout: ColumnsLayout, header: Header, search: Search) -> Table | Problem | None:
    where = _where(layout.where, header)
    if where is None:
        return None
    labels = tuple(range(header.anchor.first_column, header.anchor.last_column + 1))
    unread = (*header.named((*ORDINALS, *NOTES, *UNITS, *layout.ignore)), *where.values())
    left_out = {column.number for column in unread} | {*labels}
    values = tuple(c for c in header.columns.values() if c.number not in left_out)
    spellings = {label_key(without_numbering(c.path[-1])) for c in values} | {label_key(c.words) for c in values}
    groups = {label_key(text) for c in values for text in c.path}
    if not (spellings | groups) & search.catalogue.spellings.keys():
        return None
    return Table(name, layout, header, labels, values, where, states_period=PERIOD in _texts(layout.where))


def _where(conditions: Mapping[str, Any], header: Header) -> dict[str, Column] | None:
    """The columns that the conditions name, or None where one is not there."""
    found = {heading: header.named([heading]) for heading in conditions}
    return None if any(len(columns) != 1 for columns in found.values()) else {h: c[0] for h, c in found.items()}


def _texts(conditions: Mapping[str, Iterable[str]]) -> set[str]:
    return {text for texts in conditions.values() for text in texts}


def _wrong_heading(header: Header, beside: Sequence[Column], period: str) -> Problem:
    anchor = header.grid.cells[header.anchor.first_row, header.anchor.first_column]
    place = (header.grid.file, header.grid.sheet.name, anchor.cell, anchor.text)
    mend = say(
        "Is this the workbook of {period}? If so, head its values with the year, or move it to its own folder.",
        period=period,
    )
    if not beside:
        message = say("the header row has no single column for {period}; beside it stand nothing", period=period)
        return Problem(message, mend, *place)
    headings = ", ".join(f"“{column.heading}”" for column in beside)
    message = say(
        "the header row has no single column for {period}; beside it stand {headings}", period=period, headings=headings
    )
    return Problem(message, mend, *place)
