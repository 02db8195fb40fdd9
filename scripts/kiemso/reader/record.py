"""What the records of an .xls file say and xlrd does not pass on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import unpack_from

from xlrd.book import Book

_FORMULAS = {0x0006, 0x0206, 0x0406}
_EMPTY_TEXT = b"\x03"
_SPECIAL = b"\xff\xff"
_CALCULATE_ON_OPENING = 2
_UNCALCULATED, _RECALCULATION_ID, _OTHER_BOOK, _FILTER = 0x005E, 0x01C1, 0x01AE, 0x009B
_THIS_BOOK, _FUNCTIONS = b"\x01\x04", b"\x01\x3a"


@dataclass
class Records:
    """Formulas that were saved with an empty or zero result, by sheet number, row and column counted from 0."""

    empty: set[tuple[int, int, int]] = field(default_factory=set)
    zero: set[tuple[int, int, int]] = field(default_factory=set)
    uncalculated: bool = False
    calculated_by_excel: bool = False
    other_books: bool = False
    filtered: set[int] = field(default_factory=set)  # the sheets with a filter that is set

    def unvalued(self, cell: tuple[int, int, int]) -> bool:
        """Whether the cell's formula was saved by a program that did not work out its value."""
        return cell in self.zero or (cell in self.empty and not self.calculated_by_excel)


def read_records(book: Book) -> Records:
    """What the records say; the book must be open on demand, so that they are still there."""
    found = Records()
    starts = {start: number for number, start in enumerate(book._sh_abs_posn)}
    sheet = -1
    for position, code, data in _records(book):
        sheet = starts.get(position, sheet)
        if code in _FORMULAS and len(data) >= 16:
            _note_formula(found, sheet, data)
        elif code == _UNCALCULATED:
            found.uncalculated = True
        elif code == _RECALCULATION_ID:
            found.calculated_by_excel = True
        elif code == _OTHER_BOOK and data[2:4] not in (_THIS_BOOK, _FUNCTIONS):
            found.other_books = True
        elif code == _FILTER:
            found.filtered.add(sheet)
    return found


def _note_formula(found: Records, sheet: int, data: bytes) -> None:
    row, column, _, result, flags = unpack_from("<HHH8sH", data)
    if result[6:] == _SPECIAL and result[:1] == _EMPTY_TEXT:
        found.empty.add((sheet, row, column))
    # A program that cannot calculate leaves a zero and asks Excel to do so.
    elif flags & _CALCULATE_ON_OPENING and not any(result):
        found.zero.add((sheet, row, column))


def _records(book: Book) -> Iterator[tuple[int, int, bytes]]:
    position, end = book.base, book.base + book.stream_len
    while position + 4 <= end:
        code, length = unpack_from("<HH", book.mem, position)
        yield position, code, book.mem[position + 4 : position + 4 + length]
        position += 4 + length
