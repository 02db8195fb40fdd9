"""A sheet's cells by row and column, a merged cell standing wherever it spreads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kiemso.raw import Area, RawSheet, areas_by_row


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet; each is a row of the frame of cells, with `row`, `column`, `cell` and `read_as`."""

    file: str
    sheet: RawSheet
    cells: dict[tuple[int, int], Any] = field(repr=False)

    def area(self, row: int, column: int) -> Area:
        """The merged cell that spreads over a place, or the place itself.

        One that claims rows and columns far from all cells is cut there.
        """
        last_row, last_column = self._last
        over = self._areas.get(row, self.sheet.merged) if row <= last_row and column <= last_column + 1 else ()
        return next((area for area in over if area.holds(row, column)), Area(row, column, row, column))

    @cached_property
    def _last(self) -> tuple[int, int]:
        """The last row and the last column in which something stands."""
        return max((row for row, _ in self.cells), default=0), max((column for _, column in self.cells), default=0)

    @cached_property
    def _areas(self) -> dict[int, list[Area]]:
        """The merged cells that spread over each row in which something stands."""
        return areas_by_row(self.sheet.merged, self.by_row)

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
