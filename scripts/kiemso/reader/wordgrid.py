"""The grid of a Word table: which cell stands in which row and column, and which of them are merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from docx.oxml.ns import qn

from kiemso.raw import Area
from kiemso.reader.package import unwrapped

# Word puts rows and cells into these, and python-docx passes over them.
_WRAPPERS = tuple(qn(f"w:{name}") for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))
_OFF = ("0", "false", "off")


class Slot(NamedTuple):
    """A cell in its place on the grid, `span` columns wide; `down` and `across` are its part in a merged cell."""

    element: Any
    row: int
    column: int
    span: int
    down: str
    across: str

    @property
    def address(self) -> str:
        """The address that a person counts."""
        return f"dòng {self.row}, cột {self.column}"

    @property
    def hidden(self) -> bool:
        """Whether the cell's row is hidden."""
        mark = next(self.element.iterancestors(qn("w:tr"))).find(f"{qn('w:trPr')}/{qn('w:hidden')}")
        return mark is not None and mark.get(qn("w:val"), "1") not in _OFF


def slots_of(table: Any, hold: Callable[[str, int], None]) -> Iterator[Slot]:
    """The cells of a table, row by row; `hold` is told how many "rows" and "columns" there are so far."""
    for number, row in enumerate(unwrapped(table, qn("w:tr"), _WRAPPERS), 1):
        hold("rows", number)
        column = 1 + _count(row, f"{qn('w:trPr')}/{qn('w:gridBefore')}", 0)
        for cell in unwrapped(row, qn("w:tc"), _WRAPPERS):
            span = max(_count(cell, f"{qn('w:tcPr')}/{qn('w:gridSpan')}", 1), 1)
            hold("columns", column + span - 1)
            yield Slot(cell, number, column, span, _merge(cell, "w:vMerge"), _merge(cell, "w:hMerge"))
            column += span


def areas_of(slots: list[Slot]) -> dict[tuple[int, int], Area]:
    """The area of every cell, by the row and column of its first corner; covered cells are only parts of one."""
    areas: dict[tuple[int, int], Area] = {}
    above: dict[int, tuple[int, int]] = {}
    before = (0, 0)
    for slot in slots:
        here = (slot.row, slot.column)
        over = above.get(slot.column, here)
        if slot.across == "continue" and before[0] and areas[before].last_row == slot.row:
            areas[before] = areas[before]._replace(last_column=slot.column + slot.span - 1)
            continue
        if slot.down == "continue" and over in areas and areas[over].last_row == slot.row - 1:
            areas[over] = areas[over]._replace(last_row=slot.row)
            here = over
        else:
            areas[here] = Area(*here, slot.row, slot.column + slot.span - 1)
        above[slot.column] = here
        before = here
    return areas


def _merge(cell: Any, tag: str) -> str:
    """“restart” or “continue” where the cell is part of a merged one, else nothing."""
    found = cell.find(f"{qn('w:tcPr')}/{qn(tag)}")
    return "" if found is None else found.get(qn("w:val"), "continue")


def _count(element: Any, path: str, usual: int) -> int:
    found = element.find(path)
    return usual if found is None else int(found.get(qn("w:val")))
