"""Excel 97-2003 workbooks (.xls) and those of Excel 5 and 95, by xlrd; calamine confirms what it sees."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlrd
from xlrd.book import Book
from xlrd.sheet import Sheet

from kiemso.limit import Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import RawSheet, RawWorkbook
from kiemso.reader.biffcell import UNICODE, drafts, merged_areas, values
from kiemso.reader.draft import covered_warnings, decoded
from kiemso.reader.fault import RESAVE, UNREADABLE, hidden_sheet, links, macros, protected
from kiemso.reader.reach import confirm_in_reach
from kiemso.reader.record import Records, read_records


def read(path: Path, name: str, limits: Limits) -> RawWorkbook:
    """Every cell that holds something; Refused where xlrd cannot read the file, or calamine reads it otherwise."""
    with _understood(name), _opened(path) as (book, codec):
        limits.hold("sheets", book.nsheets, name)
        records = read_records(book)
        sheets = book.sheets()
        for sheet in sheets:
            limits.hold("rows", sheet.nrows, name, sheet.name)
        limits.hold("cells", sum(1 for sheet in sheets for _ in values(sheet)), name)
        found = [draft for sheet in sheets for draft in drafts(sheet, codec, records, name, limits)]
        confirmed = _confirmed(path, sheets, name, limits)
        warnings = (*confirmed, *_warnings(path, records, sheets, name), *covered_warnings(found))
        described = tuple(RawSheet(sheet.name, sheet.visibility > 0, tuple(merged_areas(sheet))) for sheet in sheets)
    return RawWorkbook(name, described, decoded(found), warnings)


@contextmanager
def _understood(name: str) -> Iterator[None]:
    """Refused for whatever xlrd stumbles over: a damaged file fails anywhere in it, by index, struct or key errors."""
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception as error:
        if "encrypted" in str(error):
            raise protected(name) from None
        raise Refused(Problem(UNREADABLE, RESAVE, name)) from None


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Book, str]]:
    """The book, and the code page of its texts: before Excel 97 they are bytes, given as Latin-1 characters."""
    book, codec = _open(path), ""
    if book.biff_version < UNICODE:
        codec = "cp1252" if book.encoding == "iso-8859-1" else book.encoding
        book.release_resources()
        book = _open(path, "latin-1")
    try:
        yield book, codec
    finally:
        book.release_resources()


def _open(path: Path, encoding: str | None = None) -> Book:
    return xlrd.open_workbook(
        str(path),
        logfile=io.StringIO(),  # xlrd prints what it thinks of a file
        formatting_info=True,
        on_demand=True,  # the records stay at hand
        ragged_rows=True,
        encoding_override=encoding,
    )


def _warnings(path: Path, records: Records, sheets: list[Sheet], name: str) -> Iterator[Problem]:
    """What is suspicious about the whole file."""
    if records.uncalculated:
        mend = say("Open it in Excel, let it calculate (F9) and save it.")
        yield Problem(say("was saved before its formulas were calculated again"), mend, name)
    if records.other_books:
        yield links(name)
    if "_VBA_PROJECT".encode("utf-16-le") in path.read_bytes():
        yield macros(name)
    for sheet in sheets:
        if sheet.visibility:
            yield hidden_sheet(name, sheet.name)


def _confirmed(path: Path, sheets: list[Sheet], name: str, limits: Limits) -> list[Problem]:
    """What the second reader says of the same cells."""
    seen = [
        (sheet.name, {(row, column): _comparable(sheet, kind, value) for row, column, kind, value in values(sheet)})
        for sheet in sheets
    ]
    return confirm_in_reach(path, name, seen, limits, at_once=True)


def _comparable(sheet: Sheet, kind: int, value: str | float) -> str | float | bool | None:
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    in_other_letters = kind == xlrd.XL_CELL_TEXT and sheet.biff_version < UNICODE
    return None if in_other_letters or kind in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_DATE) else value
