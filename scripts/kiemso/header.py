"""The header of a table: its rows, and what stands above each column in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kiemso.grid import Grid, has_number
from kiemso.heading import any_same, heading_unit, is_unit_line
from kiemso.raw import Area
from kiemso.unit import Unit

# So many rows a header may have below or above the one in which the label column is headed.
_MORE_ROWS = 2
NO_LIMIT = 1 << 20  # a row or column that no sheet has: nothing else ends a table or its header


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading as it stands, its words from the top row down without a unit, and the unit.

    `cell` is where the last of the words stand; `part` the part that they name, where the layout asks for parts.
    """

    number: int
    heading: str
    path: tuple[str, ...]
    cell: str
    unit: Unit | None = None
    part: str = ""

    @property
    def words(self) -> str:
        """The words of all rows of the heading."""
        return " ".join(self.path)


@dataclass(frozen=True)
class Header:
    """The rows `first` to `last` of a sheet, as the header of the columns between `left` and `right`, without these."""

    grid: Grid
    anchor: Area
    first: int
    last: int
    left: int
    right: int

    @cached_property
    def columns(self) -> dict[int, Column]:
        """The headed columns by number, from left to right."""
        rows = range(self.first, self.last + 1)
        ends = [self.grid.area(row, cell.column).last_column for row in rows for cell in self.grid.by_row.get(row, [])]
        numbers = range(self.left + 1, min(max(ends, default=0) + 1, self.right))
        found = ((number, self._column(number)) for number in numbers)
        return {number: column for number, column in found if column}

    def named(self, headings: Iterable[str]) -> list[Column]:
        """The columns whose heading, whole or in its last row, is one of these."""
        wanted = tuple(headings)
        return [c for c in self.columns.values() if any_same(wanted, c.words) or any_same(wanted, c.path[-1])]

    def _column(self, number: int) -> Column | None:
        cells: dict[str, Any] = {}
        for row in range(self.first, self.last + 1):
            cell = self.grid.at(row, number) or self._left(row, number)
            if cell is not None:
                cells[cell.cell] = cell
        if not cells:
            return None
        path, units = zip(*(heading_unit(cell.read_as) for cell in cells.values()), strict=True)
        unit = next((unit for unit in reversed(units) if unit), None)
        heading = " › ".join(cell.read_as for cell in cells.values())
        return Column(number, heading, tuple(filter(None, path)) or ("",), [*cells][-1], unit)

    def _left(self, row: int, number: int) -> Any | None:
        """In a format that has no merged cells, the heading left of a blank spreads to what is headed below it."""
        merged = any(area.first_row <= self.last and area.last_row >= self.first for area in self.grid.sheet.merged)
        if merged or row == self.last or number <= self.anchor.last_column or not self._below(row, number):
            return None
        left = [cell for cell in self.grid.row(row, after=self.anchor.last_column) if cell.column < number]
        return left[-1] if left else None

    def _below(self, row: int, number: int) -> bool:
        return any((lower, number) in self.grid.cells for lower in range(row + 1, self.last + 1))


def headers(grid: Grid, anchor: Any, left: int, right: int) -> Iterator[Header]:
    """The ways to see the header of the cell that heads the labels, from the fewest rows to the most."""
    area = grid.area(anchor.row, anchor.column)
    first = _top(grid, area)
    last = area.last_row
    yield Header(grid, area, first, last, left, right)
    for _ in range(_MORE_ROWS):
        last += 1
        if not _continues(grid, area, last):
            return
        yield Header(grid, area, first, last, left, right)


def _top(grid: Grid, anchor: Area) -> int:
    """The first row of a header: a row above belongs to it where merged cells group the columns right of the labels."""
    first = anchor.first_row
    while anchor.first_row - first < _MORE_ROWS:
        above = grid.by_row.get(first - 1, [])
        grouped = any(area.first_row == first - 1 for area in grid.merged_across(first - 1))
        outside = [cell for cell in above if cell.column <= anchor.last_column or is_unit_line(cell.read_as)]
        if not grouped or outside:
            break
        first -= 1
    return first


def _continues(grid: Grid, anchor: Area, row: int) -> bool:
    """Whether a row below only heads columns: it has texts, none of them beside the labels, and no number."""
    cells = grid.by_row.get(row, [])
    beside = [cell for cell in cells if cell.column <= anchor.last_column]
    return bool(cells) and not beside and not any(map(has_number, cells))
