"""A sheet by row and column: a merged cell is seen wherever it spreads, however much of the sheet it claims."""

from __future__ import annotations

import time
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from kiemso.grid import Grid
from kiemso.raw import Area, RawSheet

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
INDEX = st.integers(1, 9)
AREAS = st.builds(lambda r, c, down, across: Area(r, c, r + down, c + across), INDEX, INDEX, INDEX, INDEX)


class Cell(NamedTuple):
    row: int
    column: int
    read_as: str = "x"


def grid(cells: list[Cell], *merged: Area) -> Grid:
    return Grid("a.xlsx", RawSheet("Tờ", merged=merged), {(cell.row, cell.column): cell for cell in cells})


def test_a_merged_cell_is_seen_wherever_it_spreads():
    sheet = grid([Cell(1, 1, "Lớp"), Cell(3, 3, "5")], Area(1, 1, 2, 2))
    assert [sheet.text(row, column) for row in (1, 2) for column in (1, 2)] == ["Lớp"] * 4
    assert [sheet.text(3, 1), sheet.text(1, 3), sheet.text(3, 3)] == ["", "", "5"]


@given(st.lists(st.builds(Cell, INDEX, INDEX), min_size=1), st.lists(AREAS, max_size=4), INDEX, INDEX)
def test_a_place_belongs_to_the_first_merged_cell_that_holds_it_up_to_the_last_cells(cells, merged, row, column):
    far = row > max(cell.row for cell in cells) or column > max(cell.column for cell in cells) + 1
    holding = [area for area in merged if area.holds(row, column) and not far]
    assert grid(cells, *merged).area(row, column) == (holding or [Area(row, column, row, column)])[0]


def test_merged_cells_over_millions_of_places_take_no_time():
    claims = [Area(row, 2, LAST_ROW, LAST_COLUMN - 1) for row in range(2, 50)]
    sheet = grid([Cell(1, 1), Cell(50, 2), Cell(LAST_ROW, LAST_COLUMN)], *claims)
    start = time.process_time()
    assert sheet.area(50, 2) == sheet.area(49, 900) == claims[0]
    assert sheet.area(1, 1) == Area(1, 1, 1, 1)
    assert time.process_time() - start < 1
