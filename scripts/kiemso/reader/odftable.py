"""Rows and columns of an OpenDocument sheet, of which a file says how often each is repeated."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from kiemso.raw import Area
from kiemso.reader.odfstyle import qualified
from kiemso.reader.package import unwrapped

_ROW, _COLUMN = qualified("table:table-row"), qualified("table:table-column")
_CELLS = (qualified("table:table-cell"), qualified("table:covered-table-cell"))
_GROUPS = {
    qualified(f"table:table-{name}")
    for name in ("rows", "header-rows", "row-group", "columns", "header-columns", "column-group")
}


class Row(NamedTuple):
    """A row of the XML: the number of the first row it stands for, and for how many it does."""

    element: Any
    number: int
    times: int
    style: str | None
    visibility: str

    def cells(self) -> Iterator[tuple[Any, int, int]]:
        """Each cell with the first column that it stands in and the number of columns."""
        column = 1
        for cell in self.element.iterchildren(*_CELLS):
            times = _times(cell, "table:number-columns-repeated")
            yield cell, column, times
            column += times


class Columns:
    """The columns of a sheet: the usual style of their cells, and which are hidden."""

    def __init__(self, table: Any) -> None:
        self._starts: list[int] = []
        self._columns: list[Any] = []
        number = 1
        for column in unwrapped(table, _COLUMN, _GROUPS):
            self._starts.append(number)
            self._columns.append(column)
            number += _times(column, "table:number-columns-repeated")

    def style(self, column: int) -> str | None:
        """The style of a cell that names none."""
        return self._of(column, "table:default-cell-style-name")

    def hidden(self, column: int) -> bool:
        """Whether the column is not shown."""
        return self._of(column, "table:visibility") in ("collapse", "filter")

    def _of(self, column: int, attribute: str) -> str | None:
        place = bisect_right(self._starts, column) - 1
        return self._columns[place].get(qualified(attribute)) if place >= 0 else None


def rows_of(table: Any) -> Iterator[Row]:
    """The rows of a sheet in their order."""
    number = 1
    for row in unwrapped(table, _ROW, _GROUPS):
        times = _times(row, "table:number-rows-repeated")
        style = row.get(qualified("table:default-cell-style-name"))
        yield Row(row, number, times, style, row.get(qualified("table:visibility"), "visible"))
        number += times


def areas_of(row: Row, times: int) -> Iterator[Area]:
    """The merged cells that begin in the row and its repetitions, of which there are so many altogether."""
    for cell, column, _ in row.cells():
        down = _times(cell, "table:number-rows-spanned")
        across = _times(cell, "table:number-columns-spanned")
        if down > 1 or across > 1:
            for number in range(row.number, row.number + times):
                yield Area(number, column, number + down - 1, column + across - 1)


def _times(element: Any, attribute: str) -> int:
    return max(int(element.get(qualified(attribute), 1)), 1)
