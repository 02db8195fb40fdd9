"""What stands in a file as it was received: cells, sheets and what is suspicious about them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from kiemso.problem import Problem

# Stands for a text that is not shown, because it is, or may be, personal.
MASK = "•••"


class RawCell(NamedTuple):
    """A cell that holds something: `text` is what a person sees in it, `number` what a program calculates with.

    `fault` says why the cell cannot be used as a value, which matters only where one is looked for; `warning` what is
    suspicious about a cell that can. `original` is the text as its bytes say, where `text` was converted from the
    legacy `encoding`. `cell` is the address that a person sees, `row` and `column` count from 1.
    """

    file: str
    sheet: str
    cell: str
    row: int
    column: int
    text: str
    number: int | float | None
    fault: str = ""
    warning: str = ""
    original: str = ""
    encoding: str = ""


class Area(NamedTuple):
    """A rectangle of cells, both corners included, counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the place is one of its cells."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


def areas_by_row(areas: Iterable[Area], rows: Iterable[int]) -> dict[int, list[Area]]:
    """The rectangles that reach into each of these rows: one may claim a million others in which nothing stands."""
    found: dict[int, list[Area]] = {row: [] for row in sorted(rows)}
    ordered = [*found]
    for area in areas:
        for row in ordered[bisect_left(ordered, area.first_row) : bisect_right(ordered, area.last_row)]:
            found[row].append(area)
    return found


@dataclass(frozen=True)
class RawSheet:
    """A sheet, or a table of a Word file: whether it is hidden, and its merged cells."""

    name: str
    hidden: bool = False
    merged: tuple[Area, ...] = ()


@dataclass(frozen=True)
class RawWorkbook:
    """A file's sheets in their order, its cells sheet by sheet and row by row, and warnings of the whole file.

    `format` is what the file is called by its content.
    """

    file: str
    sheets: tuple[RawSheet, ...]
    cells: tuple[RawCell, ...]
    warnings: tuple[Problem, ...] = ()
    format: str = ""
