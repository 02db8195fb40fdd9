"""Addresses of raw cells: as Excel shows them (D7), in a Word table (dòng 7, cột 4), and lists of them (D7:D9, D12)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_EXCEL = re.compile(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")
_WORD = re.compile(r"dòng (\d+)(?:–(\d+))?, cột (\d+)")
_LETTERS = 26


# openpyxl has this as well, but brings half a second of imports with it.
def column_letters(column: int) -> str:
    """The letters of a 1-based column: 28 is AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """The address that Excel shows, of 1-based row and column."""
    return f"{column_letters(column)}{row}"


def address_like(cell: str, row: int, column: int) -> str:
    """The address of a row and column, written as that of another cell of the same sheet."""
    return (_word_address if _WORD.match(cell) else cell_address)(row, column)


def row_and_column(cell: str) -> tuple[int, int]:
    """The 1-based row and column of one cell's address. Raises ValueError."""
    places = _places(cell)
    if len(places) != 1:
        raise ValueError(f"{cell} is no address of one cell")
    return places[0]


def addresses(cells: Iterable[str]) -> str:
    """The list of these cells, each once, column by column: D7:D9, D12. A cell of a YAML file stays as it is."""
    named = dict.fromkeys(cells)
    if len(named) < 2:
        return "".join(named)
    in_word = all(_WORD.fullmatch(cell) for cell in named)
    runs: list[tuple[int, int, int]] = []
    for column, row in sorted((column, row) for row, column in map(row_and_column, named)):
        if runs and runs[-1][0] == column and runs[-1][2] == row - 1:
            runs[-1] = (column, runs[-1][1], row)
        else:
            runs.append((column, row, row))
    return ("; " if in_word else ", ").join((_word_run if in_word else _excel_run)(*run) for run in runs)


@lru_cache(maxsize=1 << 14)  # a cell that many facts rest on is asked for with each
def expand(cell: str) -> tuple[str, ...]:
    """The cells that an address or a list of addresses names, one by one; what is no list stays as it is."""
    try:
        places = _places(cell)
    except ValueError:
        return (cell,)
    write = _word_address if _WORD.match(cell) else cell_address
    return tuple(write(row, column) for row, column in places)


def runs(cell: str) -> list[str]:
    """The parts of a list of addresses: D7:D9 and D12."""
    return cell.split("; ") if _WORD.match(cell) else cell.split(", ")


def _places(cell: str) -> Sequence[tuple[int, int]]:
    """Row and column of each cell of the list."""
    in_word = [_WORD.fullmatch(part) for part in cell.split("; ")]
    if all(in_word):
        runs = [(int(m[1]), int(m[2] or m[1]), int(m[3]), int(m[3])) for m in in_word if m]
    else:
        in_excel = [_EXCEL.fullmatch(part) for part in cell.split(", ")]
        if not all(in_excel):
            raise ValueError(f"{cell} is no address")
        runs = [(int(m[2]), int(m[4] or m[2]), _index(m[1]), _index(m[3] or m[1])) for m in in_excel if m]
    return [
        (row, column)
        for first_row, last_row, first_column, last_column in runs
        for row in range(first_row, last_row + 1)
        for column in range(first_column, last_column + 1)
    ]


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * _LETTERS + ord(letter) - ord("A") + 1
    return index


def _excel_run(column: int, first: int, last: int) -> str:
    start = cell_address(first, column)
    return start if first == last else f"{start}:{cell_address(last, column)}"


def _word_address(row: int, column: int) -> str:
    return f"dòng {row}, cột {column}"


def _word_run(column: int, first: int, last: int) -> str:
    return _word_address(first, column) if first == last else f"dòng {first}–{last}, cột {column}"
