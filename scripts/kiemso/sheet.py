"""A raw workbook as its audit page shows it: every cell in its place, with what became of it; personal data masked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiemso.address import address_like, column_letters, row_and_column
from kiemso.catalogue import Catalogue
from kiemso.page import cell_anchor
from kiemso.raw import RawCell

if TYPE_CHECKING:
    from kiemso.use import Use, Uses

# So many empty rows or columns in a row are shown; more are one line: a sheet may end in row 1,048,576.
_GAP = 4


@dataclass(frozen=True)
class GridCell:
    """A cell as the page shows it; `covered` are the anchors of used cells that it is merged over.

    `original` is the text as the file's bytes say it where it was converted, `warning` what is suspicious about it.
    """

    anchor: str
    text: str
    use: Use
    facts: Sequence[Mapping]
    correction: Sequence[str] | None
    columns: int
    rows: int
    covered: Sequence[str]
    original: str
    warning: str


@dataclass(frozen=True)
class Sheet:
    """A sheet of a raw workbook: its column letters, and its rows by their numbers; a long empty stretch is one.

    Of a sheet that is not read nobody has said what in it is personal: `unread` is the number of its cells.
    """

    title: str
    hidden: bool
    columns: Sequence[str] = ()
    rows: Sequence[tuple[str, Sequence[GridCell]]] = ()
    unread: int = 0


class _ReadCell(RawCell):
    """A raw cell with the text that counts, which a correction may have changed."""

    read_as: str


def read_sheets(
    project: Path,
    file: str,
    period: str,
    years: Sequence[str],
    catalogue: Catalogue,
    fed: Mapping[str, Sequence[Mapping]],
    corrections: Mapping[str, Sequence[str]],
) -> list[Sheet]:
    """A raw workbook's sheets; `fed` and `corrections` hold facts and corrections by the cell's anchor."""
    # Imported here: an unchanged workbook need not wait for them.
    from kiemso.grid import grids
    from kiemso.layout import RegisterLayout, read_layouts
    from kiemso.limit import read_limits
    from kiemso.personal import mask
    from kiemso.register import find_registers
    from kiemso.search import find_tables
    from kiemso.table import Search
    from kiemso.use import Uses
    from kiemso.workbook import read_workbook

    search = Search(read_layouts(project), period, catalogue)
    own = {name: layout for name, layout in search.layouts.items() if layout.level == search.level}
    lists = {name: layout for name, layout in own.items() if isinstance(layout, RegisterLayout)}
    workbook = mask(read_workbook(project / file, file, read_limits(project)), lists, catalogue, years)
    cells = [_ReadCell(*cell) for cell in workbook.cells]
    for cell in cells:
        cell.read_as = corrections.get(cell_anchor(cell.sheet, cell.cell), ("", cell.text))[1]
    sheets = grids(cells, [(file, sheet) for sheet in workbook.sheets])
    registers, _ = find_registers((cell for grid in sheets for cell in grid.cells.values()), lists)
    listed = {table.sheet for table in registers}
    tables = find_tables([g for g in sheets if g.sheet.name not in listed and not g.sheet.hidden], search).tables
    laid_out = []
    for grid in sheets:
        name = grid.sheet.name
        places = {row_and_column(anchor.rpartition("!")[2]) for anchor in fed if anchor.rpartition("!")[0] == name}
        found = [table for table in tables if table.sheet == name]
        shown = [table for table in registers if table.sheet == name and not grid.sheet.hidden]
        uses = Uses(grid, found, shown, catalogue, period, places)
        laid_out.append(_Layout(grid, uses, fed, corrections).sheet())
    return laid_out


@dataclass(frozen=True)
class _Layout:
    """A sheet while it is laid out. Rows and columns count from 1."""

    grid: Any
    uses: Uses
    fed: Mapping[str, Sequence[Mapping]]
    corrections: Mapping[str, Sequence[str]]

    def sheet(self) -> Sheet:
        """The sheet from A1 to its last cell that holds or feeds something."""
        name, hidden = self.grid.sheet.name, self.grid.sheet.hidden
        if not self.uses.read:
            return Sheet(name, hidden, unread=len(self.grid.cells))
        places = {*self.grid.cells, *self.uses.fed}
        rows, columns = (_stretches({place[axis] for place in places}) for axis in (0, 1))
        spans, covered = self._merged(rows, columns)
        laid_out = []
        for row in rows:
            shown = [column.start for column in columns if (row.start, column.start) not in covered]
            cells = [self._cell(row.start, column, spans) for column in shown] if len(row) == 1 else []
            laid_out.append((_named(row, str), cells))
        # A table of Word counts its columns.
        name_of = column_letters if self._address(1, 1) == "A1" else str
        return Sheet(name, hidden, [_named(column, name_of) for column in columns], laid_out)

    def _merged(self, rows: Sequence[range], columns: Sequence[range]) -> tuple[dict, set]:
        """The rows and columns that each merged cell takes of those shown, and the places that it covers."""
        spans, covered = {}, set()
        shown = {(row.start, column.start) for row in rows for column in columns}
        for area in self.grid.sheet.merged:
            down = [row.start for row in rows if area.first_row <= row.start <= area.last_row]
            across = [column.start for column in columns if area.first_column <= column.start <= area.last_column]
            corner = (area.first_row, area.first_column)
            if corner in shown:
                spans[corner] = (down, across)
                covered |= {(row, column) for row in down for column in across} - {corner}
        return spans, covered

    def _cell(self, row: int, column: int, spans: Mapping) -> GridCell:
        from kiemso.message import in_language
        from kiemso.use import USED

        down, across = spans.get((row, column), ([row], [column]))
        own, *under = (self._anchor(r, c) for r in down for c in across)
        covered = [anchor for anchor in under if anchor in self.fed]
        cell = self.grid.cells.get((row, column))
        text, original, warning = (cell.text, cell.original, cell.warning) if cell is not None else ("", "", "")
        use = USED if covered and text else self.uses.of(row, column)
        facts = [fact for anchor in (own, *covered) for fact in self.fed.get(anchor, [])]
        correction, warned = self.corrections.get(own), in_language(warning, "vi")
        return GridCell(own, text, use, facts, correction, len(across), len(down), covered, original, warned)

    def _anchor(self, row: int, column: int) -> str:
        return cell_anchor(self.grid.sheet.name, self._address(row, column))

    def _address(self, row: int, column: int) -> str:
        sample = next(iter(self.grid.cells.values())).cell
        return address_like(sample, row, column)


def _stretches(used: Collection[int]) -> list[range]:
    """From 1 to the last used index, one by one; but a long run of unused ones as a whole."""
    found: list[range] = []
    for before, index in pairwise([0, *sorted(used)]):
        gap = range(before + 1, index)
        found += [gap] if len(gap) > _GAP else [range(i, i + 1) for i in gap]
        found.append(range(index, index + 1))
    return found


def _named(stretch: range, name: Callable[[int], str]) -> str:
    return name(stretch[0]) if len(stretch) == 1 else f"{name(stretch[0])}–{name(stretch[-1])}"
