"""Excel workbooks (.xlsx, .xlsm) read by openpyxl and confirmed by calamine: neither one's silence is trusted."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl.cell.rich_text import CellRichText, TextBlock

from kiemso.address import cell_address
from kiemso.encoding import Runs
from kiemso.limit import Limits
from kiemso.problem import Problem
from kiemso.raw import RawCell, RawSheet, RawWorkbook
from kiemso.reader.draft import Draft, covered_warnings, decoded, remarks
from kiemso.reader.fault import (
    DATE,
    ERROR,
    LINKED,
    RESAVE,
    TOO_LARGE,
    UNREADABLE,
    UNVALUED,
    hidden_sheet,
    links,
    macros,
    unseen,
)
from kiemso.reader.merge import Merged, Place
from kiemso.reader.package import refusing
from kiemso.reader.parts import Parts, SheetPart
from kiemso.reader.plainbook import Sheet, count_strings, count_styles, load_values
from kiemso.reader.reach import confirm_in_reach
from kiemso.reader.second import Seen
from kiemso.reader.shown import format_fault, number_of, shown_number
from kiemso.reader.worksheet import Stated, Worksheet

_OTHER_BOOK = re.compile(r"\[\d+\][^!\[\]]*!")
_WITHOUT_CELLS = ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")


class _Look(NamedTuple):
    """What a cell's style says of its value."""

    number_format: str
    font: str


def read(path: Path, name: str, limits: Limits) -> RawWorkbook:
    """Every cell that holds something; Refused for a damaged file, and for cells that only one reader sees."""
    with refusing(name, UNREADABLE, RESAVE):
        return _read(path, name, limits)


def _read(path: Path, name: str, limits: Limits) -> RawWorkbook:
    with zipfile.ZipFile(path) as package:
        parts = Parts(package, name)
        limits.hold("sheets", len(parts.sheets), name)
        listed = [sheet for sheet in parts.sheets if sheet.kind not in _WITHOUT_CELLS]
        strings, styles = parts.root(parts.strings), parts.root(parts.styles)
        counts = (count_strings(strings), max(count_styles(styles), 1))
        worksheets = [Worksheet(parts.root(sheet.part), name, sheet.name, limits, *counts) for sheet in listed]
    limits.hold("cells", sum(len(worksheet.cells) for worksheet in worksheets), name)
    loaded = load_values((worksheet.xml for worksheet in worksheets), strings, styles, parts.from_1904)
    found = [
        _Sheet(name, part, worksheet, values, limits)
        for part, worksheet, values in zip(listed, worksheets, loaded, strict=True)
    ]
    confirmed = confirm_in_reach(path, name, [(sheet.part.name, sheet.seen()) for sheet in found], limits)
    drafts = [draft for sheet in found for draft in sheet.drafts()]
    sheets = tuple(RawSheet(sheet.part.name, sheet.hidden, sheet.xml.merged) for sheet in found)
    own = (hidden_sheet(name, sheet.name) for sheet in sheets if sheet.hidden)
    warnings = (*_warnings(parts, name), *own, *covered_warnings(drafts), *confirmed)
    return RawWorkbook(name, sheets, decoded(drafts), warnings)


def _warnings(parts: Parts, name: str) -> Iterator[Problem]:
    if parts.macros:
        yield macros(name)
    if parts.linked:
        yield links(name)


class _Sheet:
    """A sheet while it is read: what its XML says of each cell, and openpyxl's cells."""

    def __init__(self, file: str, part: SheetPart, xml: Worksheet, values: Sheet, limits: Limits) -> None:
        self.part, self.xml, self.hidden = part, xml, part.state != "visible"
        self._file, self._limits = file, limits
        self._found = {place: values.cell(*place) for place in sorted(xml.cells)}
        self._merged = Merged(xml.merged, xml.cells)

    def seen(self) -> Seen:
        """The values as a second reader can confirm them: of errors and dates it sees less, or something else."""
        return {place: _plain(cell) for place, cell in self._found.items() if cell.value is not None}

    def drafts(self) -> Iterator[Draft]:
        """The cells that hold something."""
        looks: dict[int, _Look] = {}
        columns = {column for _, column in self._found}
        hidden = {column for column in columns if any(column in range_ for range_ in self.xml.hidden_columns)}
        for place, cell in self._found.items():
            stated = self.xml.cells[place]
            if cell.value is None and not (stated.formula and stated.value is None):
                continue
            if stated.style not in looks:
                looks[stated.style] = _Look(cell.number_format, cell.font.name or "")
            look, address = looks[stated.style], cell_address(*place)
            text, number, runs = self._value(cell, stated, look)
            if len(text) > self._limits.text:
                self._limits.hold("text", len(text), self._file, self.part.name, address)
            fault = remarks((_fault(cell, stated, look), self._merged.fault(place)))
            warning = remarks(self._doubts(place, place[1] in hidden, stated.formula))
            told = RawCell(self._file, self.part.name, address, *place, text, number, fault, warning)
            yield Draft(told, runs, self._merged.covers(place))

    def _value(self, cell: Any, stated: Stated, look: _Look) -> tuple[str, int | float | None, Runs]:
        """The text that a person sees, the number that a program calculates with, and a text's runs."""
        value = cell.value
        if value is None:
            return stated.formula, None, ()
        if isinstance(value, bool):
            return str(value).upper(), None, ()
        if isinstance(value, int | float):
            if not math.isfinite(value):
                return stated.value or "", None, ()
            return shown_number(value, look.number_format), number_of(value, look.number_format), ()
        if isinstance(value, CellRichText):
            return str(value), None, [_run(piece, look.font) for piece in value]
        if isinstance(value, str) and cell.data_type != "e":
            return value, None, [(value, look.font)]
        return stated.value if cell.data_type == "e" and stated.value else str(value), None, ()

    def _doubts(self, place: Place, column_hidden: bool, formula: str) -> Iterator[str]:
        """What is suspicious about a cell that can be used."""
        row = place[0] in self.xml.hidden_rows
        yield from unseen(row=row, column=column_hidden, by_filter=row and self.xml.filters(place[0]))
        if formula and _OTHER_BOOK.search(formula):
            yield LINKED


def _fault(cell: Any, stated: Stated, look: _Look) -> str:
    """Why a person could take the cell for something else than its value, or nothing."""
    if cell.value is None:
        return UNVALUED
    if stated.kind == "e":
        return ERROR
    if cell.is_date or cell.data_type == "e":  # a number that is no day of the calendar, shown as a date
        return DATE
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
        return ""
    return format_fault(look.number_format) if math.isfinite(cell.value) else TOO_LARGE


def _run(piece: str | TextBlock, font: str) -> tuple[str, str]:
    """A piece of a text and its font: its own, or that of the cell."""
    return (piece, font) if isinstance(piece, str) else (piece.text, piece.font.rFont or font)


def _plain(cell: Any) -> str | float | bool | None:
    if cell.data_type == "e" or cell.is_date:
        return None
    if isinstance(cell.value, str | CellRichText):
        text = str(cell.value)
        return text if text.strip() else ""  # calamine drops some blanks
    return cell.value
