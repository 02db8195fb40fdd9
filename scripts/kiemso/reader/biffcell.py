"""The cells of an .xls sheet as xlrd reads them: texts with their fonts, numbers as Excel shows them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd.sheet import Sheet

from kiemso.address import cell_address
from kiemso.charset import as_windows, font_encoding
from kiemso.encoding import Runs
from kiemso.limit import Limits
from kiemso.raw import Area, RawCell
from kiemso.reader.draft import Draft, remarks
from kiemso.reader.fault import DATE, ERROR, TOO_LARGE, UNVALUED, unseen
from kiemso.reader.merge import Merged
from kiemso.reader.record import Records
from kiemso.reader.shown import format_fault, number_of, shown_number

UNICODE = 80  # the BIFF version from which texts are Unicode


def drafts(sheet: Sheet, codec: str, records: Records, name: str, limits: Limits) -> Iterator[Draft]:
    """The cells of a sheet that hold something, their texts in pieces by font."""
    filled = [*values(sheet)]
    merged = Merged(merged_areas(sheet), [(row, column) for row, column, *_ in filled])
    for row, column, kind, value in filled:
        address = cell_address(row, column)
        runs: Runs = ()
        if kind == xlrd.XL_CELL_TEXT:
            limits.hold("text", len(value), name, sheet.name, address)
            runs = _runs(sheet, codec, row - 1, column - 1)
        text, number, fault = _interpreted(sheet, row - 1, column - 1)
        if records.unvalued((sheet.number, row - 1, column - 1)):
            text, number, fault, runs = "=", None, UNVALUED, ()
        faults = remarks([fault, merged.fault((row, column))])
        warnings = remarks(_hidden(sheet, records, row - 1, column - 1))
        told = RawCell(name, sheet.name, address, row, column, text, number, faults, warnings)
        yield Draft(told, runs, merged.covers((row, column)))


def values(sheet: Sheet) -> Iterator[tuple[int, int, int, Any]]:
    """Row and column from 1, kind and value of each cell that is not blank."""
    for row in range(sheet.nrows):
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            if kind not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                yield row + 1, column + 1, kind, value


def _interpreted(sheet: Sheet, row: int, column: int) -> tuple[str, int | float | None, str]:
    """What a cell shows, its number, and why it is not to be trusted."""
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        return value, None, ""
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#?"), None, ERROR
    if kind == xlrd.XL_CELL_BOOLEAN:
        return ("TRUE" if value else "FALSE"), None, ""
    if kind == xlrd.XL_CELL_DATE:
        return _date(value, sheet.book.datemode), None, DATE
    if not math.isfinite(value):
        return str(value), None, TOO_LARGE
    style = sheet.book.xf_list[sheet.cell_xf_index(row, column)]
    shown = sheet.book.format_map[style.format_key].format_str
    return shown_number(value, shown), number_of(value, shown), format_fault(shown)


def _date(value: float, mode: int) -> str:
    try:
        return str(xlrd.xldate_as_datetime(value, mode)).removesuffix(" 00:00:00")
    except (xlrd.XLDateError, OverflowError, ValueError):
        return str(value)


def _runs(sheet: Sheet, codec: str, row: int, column: int) -> Runs:
    """The text in pieces, each with the name of its font."""
    text = sheet.cell_value(row, column)
    first = sheet.book.xf_list[sheet.cell_xf_index(row, column)].font_index
    changes = [(0, first), *sheet.rich_text_runlist_map.get((row, column), ())]
    ends = [start for start, _ in changes[1:]] + [len(text)]
    runs = []
    for (start, font), end in zip(changes, ends, strict=True):
        name, piece = sheet.book.font_list[font].name, text[start:end]
        runs.append((_in_unicode(piece.encode("latin-1"), codec, name) if codec else piece, name))
    return [run for run in runs if run[0]]


def _in_unicode(data: bytes, codec: str, font: str) -> str:
    """The bytes as the code page says, or as Windows-1252 where their font is a legacy one."""
    if font_encoding(font):
        return as_windows(data)
    try:
        return unicodedata.normalize("NFC", data.decode(codec))
    except (UnicodeDecodeError, LookupError):
        return as_windows(data)


def _hidden(sheet: Sheet, records: Records, row: int, column: int) -> list[str]:
    """Warnings that the row or column of the cell is not shown."""
    in_row, in_column = sheet.rowinfo_map.get(row), sheet.colinfo_map.get(column)
    row_hidden = in_row.hidden if in_row else sheet.default_row_hidden
    column_hidden = in_column is not None and in_column.hidden
    return unseen(row=bool(row_hidden), column=bool(column_hidden), by_filter=sheet.number in records.filtered)


def merged_areas(sheet: Sheet) -> list[Area]:
    """The merged cells of the sheet."""
    return [Area(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
