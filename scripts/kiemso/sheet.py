"""A raw workbook as its audit page shows it: every cell in its place, with what became of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from kiemso.catalogue import Catalogue
from kiemso.page import cell_anchor
from kiemso.text import label_key

_ORDINAL = {label_key(heading) for heading in ("TT", "STT", "Số TT", "Số thứ tự")}
_NOTE = {label_key(heading) for heading in ("Ghi chú", "Chú thích")}
# So many empty rows or columns in a row are shown; more are one line: a sheet may end in row 1,048,576.
_GAP = 4


@dataclass(frozen=True)
class Use:
    """What became of a raw cell: a kind for its looks, a word to stand beside it, and the reason in full."""

    kind: str
    mark: str
    reason: str


# In the order in which a page lists them.
USES = [
    USED := Use("used", "số liệu", "số liệu của dữ kiện"),
    USED_BLANK := Use("used", "trống", "ô trống, ghi nhận là chưa có số liệu"),
    UNREAD := Use("unread", "chưa dùng", "ô số liệu chưa dữ kiện nào dùng"),
    UNREAD_BLANK := Use("unread", "chưa dùng", "ô số liệu trống, chưa dữ kiện nào dùng"),
    UNREAD_BLANK := Use("unread", "chưa dùng", "ô số liệu trống, chưa dữ kiện nào dùng"),
    UNREAD_LABEL := Use("unread", "chưa dùng", "nhãn của dòng chưa dữ kiện nào dùng"),
    LABEL := Use("label", "nhãn", "nhãn của dòng có số liệu được dùng"),
    GROUP := Use("label", "nhóm", "tên chung của các dòng con"),
    HEADING := Use("heading", "tiêu đề", "dòng tiêu đề của bảng"),
    ORDINAL := Use("unused", "số TT", "cột số thứ tự"),
    NOTE := Use("unused", "ghi chú", "cột ghi chú"),
    OTHER_COLUMN := Use("unused", "cột khác", "cột khác, không phải cột số liệu"),
    ABOVE := Use("unused", "đầu trang", "phần đầu trang, ngoài bảng"),
    NO_TABLE := Use("unused", "ngoài bảng", "trang tính không có bảng số liệu"),
    BLANK := Use("blank", "–", "ô trống"),
]


@dataclass(frozen=True)
class GridCell:
    """A cell as the page shows it; `covered` are the anchors of used cells that it is merged over."""

    anchor: str
    text: str
    use: Use
    facts: Sequence[Mapping]
    correction: Sequence[str] | None
    columns: int
    rows: int
    covered: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a raw workbook: its column letters, and its rows by their numbers; a long empty stretch is one."""

    title: str
    hidden: bool
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[GridCell]]]


def read_sheets(
    path: Path, file: str, period: str, catalogue: Catalogue, fed: Mapping, corrections: Mapping
) -> list[Sheet]:
    """A raw workbook's sheets; `fed` and `corrections` hold facts and corrections by the cell's anchor."""
    # Imported here: together they take half a second, which an unchanged workbook need not wait for.
    import openpyxl
    import pandas as pd

    from kiemso.layout import find_headers
    from kiemso.workbook import read_workbook

    cells = read_workbook(path, file)
    headers = {header.sheet: header for header in find_headers(pd.DataFrame(cells), period)[0].itertuples()}
    texts = {cell_anchor(cell.sheet, cell.cell): cell.text for cell in cells}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it drops: no values
        worksheets = openpyxl.load_workbook(path).worksheets
    return [_Grid(w, headers.get(w.title), texts, catalogue, fed, corrections).sheet() for w in worksheets]


@dataclass(frozen=True)
class _Grid:
    """A worksheet while it is laid out. Rows and columns count from 1."""

    worksheet: Any
    header: Any
    texts: Mapping[str, str]
    catalogue: Catalogue
    fed: Mapping[str, Sequence[Mapping]]
    corrections: Mapping[str, Sequence[str]]

    def sheet(self) -> Sheet:
        """The sheet from A1 to its last cell that holds or feeds something."""
        places = [self._place(anchor) for anchor in {*self.texts, *self.fed} if self._here(anchor)]
        rows, columns = (_stretches({place[axis] for place in places}) for axis in (0, 1))
        spans, covered = self._merged(rows, columns)
        laid_out = []
        for row in rows:
            shown = [column.start for column in columns if (row.start, column.start) not in covered]
            cells = [self._cell(row.start, column, spans) for column in shown] if len(row) == 1 else []
            laid_out.append((_named(row, str), cells))
        letters = [_named(column, self._letter) for column in columns]
        return Sheet(self.worksheet.title, self.worksheet.sheet_state != "visible", letters, laid_out)

    def _merged(self, rows: Sequence[range], columns: Sequence[range]) -> tuple[dict, set]:
        """The rows and columns that each merged cell takes of those shown, and the places that it covers."""
        spans, covered = {}, set()
        shown = {(row.start, column.start) for row in rows for column in columns}
        for area in self.worksheet.merged_cells.ranges:
            down = [row.start for row in rows if area.min_row <= row.start <= area.max_row]
            across = [column.start for column in columns if area.min_col <= column.start <= area.max_col]
            corner = (area.min_row, area.min_col)
            if corner in shown:
                spans[corner] = (down, across)
                covered |= {(row, column) for row in down for column in across} - {corner}
        return spans, covered

    def _cell(self, row: int, column: int, spans: Mapping) -> GridCell:
        down, across = spans.get((row, column), ([row], [column]))
        own, *under = (self._anchor(r, c) for r in down for c in across)
        covered = [anchor for anchor in under if anchor in self.fed]
        use = USED if covered and self.texts.get(own) else self._use(row, column)
        facts = [fact for anchor in (own, *covered) for fact in self.fed.get(anchor, [])]
        correction = self.corrections.get(own)
        return GridCell(own, self.texts.get(own, ""), use, facts, correction, len(across), len(down), covered)

    def _use(self, row: int, column: int) -> Use:
        """What became of a cell, by the rules of 1-clean-year: the header of the sheet's table decides."""
        text, header = self._text(row, column), self.header
        if self._anchor(row, column) in self.fed:
            return USED if text else USED_BLANK
        if header is None or row < header.header_row:
            return BLANK if not text else ABOVE if header else NO_TABLE
        if text and row == header.header_row:
            return HEADING
        if column == header.value_column and self._text(row, header.label_column):
            return UNREAD if text else BLANK if self._heads_parts(row) else UNREAD_BLANK
        if not text:
            return BLANK
        if column == header.label_column:
            read = self._anchor(row, header.value_column) in self.fed
            return LABEL if read else GROUP if self._heads_parts(row) else UNREAD_LABEL
        heading = label_key(self._text(header.header_row, column))
        return ORDINAL if heading in _ORDINAL else NOTE if heading in _NOTE else OTHER_COLUMN

    def _heads_parts(self, row: int) -> bool:
        """Whether the row only names what its sub-rows state."""
        code = self.catalogue.spellings.get(label_key(self._text(row, self.header.label_column)), "")
        indicator = self.catalogue.indicators.get(code)
        return bool(indicator and indicator.parts and indicator.rows_of_parts and not indicator.whole)

    def _text(self, row: int, column: int) -> str:
        return self.texts.get(self._anchor(row, column), "")

    def _anchor(self, row: int, column: int) -> str:
        return cell_anchor(self.worksheet.title, f"{self._letter(column)}{row}")

    def _here(self, anchor: str) -> bool:
        return anchor.rpartition("!")[0] == self.worksheet.title

    @staticmethod
    def _letter(column: int) -> str:
        from openpyxl.utils import get_column_letter

        return get_column_letter(column)

    @staticmethod
    def _place(anchor: str) -> tuple[int, int]:
        from openpyxl.utils.cell import coordinate_to_tuple

        return coordinate_to_tuple(anchor.rpartition("!")[2])


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
