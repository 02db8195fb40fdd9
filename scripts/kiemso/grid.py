"""A sheet's cells by row and column, a merged cell standing wherever it spreads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kiemso.raw import Area, RawSheet


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet; each is a row of the frame of cells, with `row`, `column`, `cell` and `read_as`."""

    file: str
    sheet: RawSheet
    cells: dict[tuple[int, int], Any] = field(repr=False)

    @cached_property
    def _areas(self) -> dict[tuple[int, int], Area]:
        """The merged cell that spreads over a place. One that claims rows far below the last cell is cut there."""
        last_row, last_column = (max((place[axis] for place in self.cells), default=0) for axis in (0, 1))
        return {
            (row, column): area
            for area in self.sheet.merged
            for row in range(area.first_row, min(area.last_row, last_row) + 1)
            for column in range(area.first_column, min(area.last_column, last_column + 1) + 1)
        }

    def area(self, row: int, column: int) -> Area:
        """The merged cell that spreads over a place, or the place itself."""
        return self._areas.get((row, column)) or Area(row, column, row, column)

    def at(self, row: int, column: int) -> Any | None:
        """The cell that is seen in a place, or None where nothing stands."""
        area = self.area(row, column)
        return self.cells.get((area.first_row, area.first_column))

    def text(self, row: int, column: int) -> str:
        """The text that is seen in a place, or nothing."""
        cell = self.at(row, column)
        return cell.read_as if cell is not None else ""

    @cached_property
    def rows(self) -> list[int]:
        """The rows in which something stands, from the top down."""
        return [*self.by_row]

    @cached_property
    def by_row(self) -> dict[int, list[Any]]:
        """The cells of each row in which something stands, from left to right."""
        found: dict[int, list[Any]] = {}
        for row, column in sorted(self.cells):
            found.setdefault(row, []).append(self.cells[row, column])
        return found

    def row(self, row: int, after: int = 0) -> list[Any]:
        """The cells of a row, from left to right, right of a column."""
        return [cell for cell in self.by_row.get(row, []) if cell.column > after]

    def merged_across(self, row: int) -> Iterator[Area]:
        """The filled cells of a row that are merged over several columns."""
        for cell in self.by_row.get(row, []):
            area = self.area(row, cell.column)
            if area.last_column > area.first_column:
                yield area


def has_number(cell: Any) -> bool:
    """Whether a number stands in the cell, not a text; a frame of cells says NaN where there is none."""
    return cell.number is not None and cell.number == cell.number


def grids(cells: Iterable[Any], sheets: Iterable[tuple[str, RawSheet]]) -> list[Grid]:
    """One grid for each of these sheets, in their order, empty ones too; cells of other sheets are left out."""
    by_sheet: dict[tuple[str, str], dict[tuple[int, int], Any]] = {}
    for cell in cells:
        by_sheet.setdefault((cell.file, cell.sheet), {})[cell.row, cell.column] = cell
    return [Grid(file, sheet, by_sheet.get((file, sheet.name), {})) for file, sheet in sheets]
