"""The records of binary Excel workbooks (.xlsb), which pyxlsb takes apart: also those that it passes over itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple

from pyxlsb import biff12
from pyxlsb.reader import BIFF12Reader, RecordReader

# Records that pyxlsb has no name for, numbered as it does: by the bytes that they begin with.
FORMAT, MERGED_CELL = 0x002C, 0x01B0
INLINE_TEXT, RICH_TEXT = 0x0006, 0x003E
FILTER_COLUMN = biff12.FILTERCOLUMN
# Cells that do not say in which column they stand; no program is known to write them.
SHORT_CELLS = range(0x000C, 0x0013)
_TEXTS = (INLINE_TEXT, RICH_TEXT, biff12.FORMULA_STRING)
_NUMBERS = (biff12.FLOAT, biff12.FORMULA_FLOAT)
_BOOLEANS = (biff12.BOOL, biff12.FORMULA_BOOL)
_ERRORS = (biff12.BOOLERR, biff12.FORMULA_BOOLERR)
_CALCULATE_ON_OPENING = 2


class Damaged(ValueError):
    """A record is shorter than it must be, or the records end too early."""


class Cell(NamedTuple):
    """A cell: `kind` is "number", "text", "shared", "boolean" or "error".

    The value of a shared text is its number in the table of texts. `unvalued` is set where a formula was saved by a
    program that did not work it out.
    """

    column: int
    style: int
    kind: str
    value: Any
    unvalued: bool = False


class Line(NamedTuple):
    """The beginning of a row, counted from 0, or of a group of columns up to `last`."""

    first: int
    last: int
    hidden: bool


class SheetEntry(NamedTuple):
    """A sheet as the workbook lists it; `state` is 0 where it is shown."""

    state: int
    relation: str
    name: str


class Format(NamedTuple):
    """A number format."""

    number: int
    code: str


class Look(NamedTuple):
    """What a cell's style refers to: numbers of a number format and a font."""

    number_format: int
    font: int


class Text(NamedTuple):
    """A text of the table of texts; `runs` say from which letter on which font is used."""

    text: str
    runs: tuple[tuple[int, int], ...] = ()


def records(data: bytes, until: int) -> Iterator[tuple[int, Any]]:
    """The records of a part that matter, by pyxlsb's numbers. Raises Damaged where record `until` never comes."""
    for number, record in _Records(io.BytesIO(data)):
        yield number, record
        if number == until:
            return
    raise Damaged


class _Handler:
    """What pyxlsb asks to take a record apart."""

    def __init__(self, parse: Callable[[RecordReader, int], Any]) -> None:
        self._parse = parse

    def read(self, reader: RecordReader, number: int, length: int) -> Any:
        return self._parse(reader, number)


def _sure(value: Any) -> Any:
    if value is None:
        raise Damaged
    return value


def _cell(reader: RecordReader, number: int) -> Cell:
    column = _sure(reader.read_int())
    style = _sure(reader.read_int()) & 0xFFFFFF
    if number == biff12.STRING:
        return Cell(column, style, "shared", _sure(reader.read_int()))
    if number == biff12.NUM:
        return Cell(column, style, "number", _sure(reader.read_float()))
    if number in _NUMBERS:
        value = _sure(reader.read_double())
        asks = number == biff12.FORMULA_FLOAT and (reader.read_short() or 0) & _CALCULATE_ON_OPENING
        return Cell(column, style, "number", value, bool(asks and not value))
    if number in _BOOLEANS:
        return Cell(column, style, "boolean", _sure(reader.read_byte()) != 0)
    if number in _ERRORS:
        return Cell(column, style, "error", _sure(reader.read_byte()))
    return Cell(column, style, "text", _rich(reader) if number == RICH_TEXT else Text(_sure(reader.read_string())))


def _rich(reader: RecordReader) -> Text:
    """A text with its flags before it and its fonts behind it."""
    flags, text = _sure(reader.read_byte()), _sure(reader.read_string())
    count = _sure(reader.read_int()) if flags & 1 else 0
    if count > len(text):
        raise Damaged
    return Text(text, tuple((_sure(reader.read_short()), _sure(reader.read_short())) for _ in range(count)))


def _row(reader: RecordReader, number: int) -> Line:
    row = _sure(reader.read_int())
    reader.skip(7)
    return Line(row, row, bool((reader.read_byte() or 0) & 0x10))


def _columns(reader: RecordReader, number: int) -> Line:
    first, last, width = (_sure(reader.read_int()) for _ in range(3))
    reader.skip(4)
    return Line(first, last, bool((reader.read_short() or 0) & 1) or width == 0)


def _sheet(reader: RecordReader, number: int) -> SheetEntry:
    state = _sure(reader.read_int())
    reader.skip(4)
    return SheetEntry(state, _sure(reader.read_string()), _sure(reader.read_string()))


def _font(reader: RecordReader, number: int) -> str:
    reader.skip(21)
    return _sure(reader.read_string())


def _look(reader: RecordReader, number: int) -> Look:
    reader.skip(2)
    return Look(_sure(reader.read_short()), _sure(reader.read_short()))


class _Records(BIFF12Reader):
    """pyxlsb's reader of records with handlers for those that are wanted here, and no others."""

    handlers: ClassVar[dict[int, _Handler]] = {
        biff12.SHEET: _Handler(_sheet),
        biff12.WORKBOOKPR: _Handler(lambda reader, _: _sure(reader.read_int())),
        biff12.SI: _Handler(lambda reader, _: _rich(reader)),
        FORMAT: _Handler(lambda reader, _: Format(_sure(reader.read_short()), _sure(reader.read_string()))),
        biff12.FONT: _Handler(_font),
        biff12.XF: _Handler(_look),
        biff12.ROW: _Handler(_row),
        biff12.COL: _Handler(_columns),
        MERGED_CELL: _Handler(lambda reader, _: tuple(_sure(reader.read_int()) for _ in range(4))),
        **dict.fromkeys((*_TEXTS, *_NUMBERS, *_BOOLEANS, *_ERRORS, biff12.NUM, biff12.STRING), _Handler(_cell)),
        **dict.fromkeys(
            (
                *SHORT_CELLS,
                FILTER_COLUMN,
                biff12.SHEETS_END,
                biff12.SST_END,
                biff12.STYLESHEET_END,
                biff12.CELLXFS,
                biff12.CELLXFS_END,
                biff12.WORKSHEET_END,
            ),
            _Handler(lambda _, number: number),
        ),
    }
