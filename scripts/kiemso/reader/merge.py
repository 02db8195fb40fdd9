"""Merged cells among the filled cells of a sheet: whose value each shows, and what nobody sees under it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kiemso.raw import Area, areas_by_row
from kiemso.reader.fault import MERGED

Place = tuple[int, int]


class Merged:
    """The merged cells to which the cells in these places, by row and column, belong."""

    def __init__(self, areas: Iterable[Area], places: Collection[Place]) -> None:
        columns: dict[int, list[int]] = {}
        for row, column in places:
            columns.setdefault(row, []).append(column)
        self._covered: set[Place] = set()
        self._tall: set[Place] = set()
        for row, over in areas_by_row(areas, columns).items():
            for area in over:
                inside = {(row, column) for column in columns[row] if area.holds(row, column)}
                self._covered |= inside - {area[:2]}
                self._tall |= inside if area.first_row < area.last_row else set()

    def covers(self, place: Place) -> bool:
        """Whether the cell stands under a merged one, where nobody sees it."""
        return place in self._covered

    def fault(self, place: Place) -> str:
        """Why the cell's value may be that of another row, or nothing."""
        return MERGED if place in self._tall else ""
