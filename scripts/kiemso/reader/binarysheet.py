"""A sheet of a binary Excel workbook: its cells as Excel shows them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from pyxlsb import biff12, convert_date

from kiemso.address import cell_address
from kiemso.encoding import Runs
from kiemso.limit import Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import Area, RawCell
from kiemso.reader.binaryrecord import FILTER_COLUMN, MERGED_CELL, SHORT_CELLS, Cell, Damaged, Line, Look, Text, records
from kiemso.reader.draft import Draft, remarks
from kiemso.reader.fault import DATE, ERROR, TOO_LARGE, UNVALUED, unseen
from kiemso.reader.merge import Merged
from kiemso.reader.shown import format_fault, number_of, shown_number

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
# Excel's own formats of these numbers are dates in the language of the computer.
_LOCAL_DATES = (*range(27, 37), *range(50, 59))
_DAYS_TO_1904 = timedelta(days=1462)


class Book(NamedTuple):
    """What the cells of a workbook refer to by number."""

    texts: list[Text]
    looks: list[Look]
    fonts: list[str]
    formats: dict[int, str]
    from_1904: bool

    def number_format(self, style: int) -> str:
        """The number format of a cell's style."""
        number = self.looks[style].number_format if self.looks else 0
        usual = "d/m/yyyy" if number in _LOCAL_DATES else BUILTIN_FORMATS.get(number, "General")
        return self.formats.get(number, usual)

    def runs(self, text: Text, style: int) -> Runs:
        """The pieces of a text with their fonts."""
        font = self.looks[style].font if self.looks else 0
        starts = [(0, font), *text.runs]
        ends = [start for start, _ in text.runs] + [len(text.text)]
        pieces = [(text.text[start:end], self._font(font)) for (start, font), end in zip(starts, ends, strict=True)]
        if "".join(piece for piece, _ in pieces) != text.text:
            raise Damaged
        return [piece for piece in pieces if piece[0]]

    def _font(self, number: int) -> str:
        return self.fonts[number] if self.fonts else ""


@dataclass
class Sheet:
    """A sheet's cells, what another reader should see in them, and its merged cells."""

    title: str
    drafts: list[Draft] = field(default_factory=list)
    seen: dict[tuple[int, int], str | float | bool | None] = field(default_factory=dict)
    merged: tuple[Area, ...] = ()


@dataclass
class _Layout:
    """What a sheet's records say besides its cells."""

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[Line] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    filtered: bool = False


def read_sheet(data: bytes, title: str, book: Book, name: str, limits: Limits) -> Sheet:
    """The sheet of that title. Raises Damaged or IndexError; Refused by the limits."""
    layout = _layout(data, title, name, limits)
    sheet = Sheet(title, merged=tuple(layout.merged))
    merged = Merged(layout.merged, layout.cells)
    for place, cell in sorted(layout.cells.items()):
        text, number, fault, runs, sheet.seen[place] = _interpreted(cell, book)
        limits.hold("text", len(text), name, title, cell_address(*place))
        where = (name, title, cell_address(*place), *place)
        faults = remarks([fault, merged.fault(place)])
        told = RawCell(*where, text, number, faults, remarks(_hidden(place, layout)))
        sheet.drafts.append(Draft(told, runs, merged.covers(place)))
    return sheet


def _layout(data: bytes, title: str, name: str, limits: Limits) -> _Layout:
    layout, row = _Layout(), 0
    for number, record in records(data, biff12.WORKSHEET_END):
        if number == biff12.ROW:
            row = record.first + 1
            if record.hidden:
                layout.hidden_rows.add(row)
        elif number == biff12.COL and record.hidden:
            layout.hidden_columns.append(record)
        elif number == MERGED_CELL:
            first, last, left, right = record
            layout.merged.append(Area(first + 1, left + 1, last + 1, right + 1))
        elif number == FILTER_COLUMN:
            layout.filtered = True
        elif number in SHORT_CELLS:
            mend = say("Open it in Excel and save it as an Excel workbook (.xlsx).")
            raise Refused(Problem(say("holds cells in a form that is not understood"), mend, name, title))
        elif isinstance(record, Cell):
            place = (row, record.column + 1)
            limits.hold("rows", place[0], name, title)
            limits.hold("columns", place[1], name, title)
            if place in layout.cells or not row:
                raise Damaged
            layout.cells[place] = record
            limits.hold("cells", len(layout.cells), name, title)
    return layout


def _interpreted(cell: Cell, book: Book) -> tuple[str, int | float | None, str, Runs, str | float | bool | None]:
    """What a cell shows, its number, why it is not to be trusted, its pieces, and what calamine should see."""
    if cell.unvalued:
        return "=", None, UNVALUED, (), cell.value
    if cell.kind == "error":
        return _ERRORS.get(cell.value, "#?"), None, ERROR, (), None
    if cell.kind == "boolean":
        return str(cell.value).upper(), None, "", (), cell.value
    if cell.kind == "number":
        return _number(cell.value, book.number_format(cell.style), book.from_1904)
    text = book.texts[cell.value] if cell.kind == "shared" else cell.value
    # calamine passes over the fonts that stand behind a text in its cell, and over the text with them.
    return text.text, None, "", book.runs(text, cell.style), None if text.runs and cell.kind == "text" else text.text


def _number(value: float, code: str, from_1904: bool) -> tuple[str, int | float | None, str, Runs, float | None]:
    if not math.isfinite(value):
        return str(value), None, TOO_LARGE, (), None
    if is_date_format(code):
        return _date(value, from_1904), None, DATE, (), None
    return shown_number(value, code), number_of(value, code), format_fault(code), (), value


def _date(value: float, from_1904: bool) -> str:
    try:
        moment = convert_date(value + _DAYS_TO_1904.days * from_1904)
    except (OverflowError, ValueError):
        return str(value)
    return str(moment).removesuffix(" 00:00:00")


def _hidden(place: tuple[int, int], layout: _Layout) -> list[str]:
    """Warnings that the row or column of the cell is not shown."""
    in_column = any(line.first < place[1] <= line.last + 1 for line in layout.hidden_columns)
    return unseen(row=place[0] in layout.hidden_rows, column=in_column, by_filter=layout.filtered)
