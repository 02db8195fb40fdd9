"""What became of each raw cell, by the tables and record lists that were found in its sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kiemso.catalogue import Catalogue
from kiemso.grid import Grid
from kiemso.raw import MASK
from kiemso.register import ORDINAL_HEADINGS, RegisterTable
from kiemso.role import Role, row_roles
from kiemso.table import NOTES, Table
from kiemso.text import label_key

_NOTE = {label_key(heading) for heading in NOTES}


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
    UNREAD_LABEL := Use("unread", "chưa dùng", "nhãn của dòng chưa dữ kiện nào dùng"),
    LABEL := Use("label", "nhãn", "nhãn của dòng có số liệu được dùng"),
    GROUP := Use("label", "nhóm", "tên chung của các dòng con"),
    HEADING := Use("heading", "tiêu đề", "dòng tiêu đề của bảng"),
    TOTAL := Use("unused", "cộng", "dòng cộng, chỉ dùng để đối chiếu"),
    LEFT_OUT := Use("unused", "bỏ qua", "dòng được bỏ qua theo mẫu bảng"),
    RECORD := Use("unused", "danh sách", "cột của danh sách, chỉ dùng để kiểm tra"),
    MASKED := Use("masked", "che", "dữ liệu cá nhân hoặc nội dung không được đọc, không hiển thị"),
    ORDINAL := Use("unused", "số TT", "cột số thứ tự"),
    NOTE := Use("unused", "ghi chú", "cột ghi chú"),
    OTHER_COLUMN := Use("unused", "cột khác", "cột khác, không phải cột số liệu"),
    ABOVE := Use("unused", "đầu trang", "phần đầu trang, ngoài bảng"),
    BELOW := Use("unused", "ngoài bảng", "phần dưới hoặc giữa các bảng"),
    BLANK := Use("blank", "–", "ô trống"),
]

_ROLES = {
    Role.SECTION: GROUP,
    Role.TOTAL: TOTAL,
    Role.SUBTOTAL: TOTAL,
    Role.IGNORED: LEFT_OUT,
    Role.OTHER: LEFT_OUT,
    Role.NUMBERING: HEADING,
}


class Uses:
    """The uses of one sheet's cells; `fed` are the rows and columns of the cells that facts come from."""

    def __init__(
        self,
        grid: Grid,
        tables: Sequence[Table],
        registers: Sequence[RegisterTable],
        catalogue: Catalogue,
        period: str,
        fed: Collection[tuple[int, int]],
    ) -> None:
        self.grid, self.tables, self.registers, self.catalogue, self.fed = grid, tables, registers, catalogue, fed
        self.roles: list[Mapping[int, Role]] = [row_roles(table, catalogue, period) for table in tables]

    @property
    def read(self) -> bool:
        """Whether anything of the sheet is read."""
        return bool(self.tables or self.registers)

    def of(self, row: int, column: int) -> Use:
        """What became of the cell in a row and column."""
        text = self._text(row, column)
        if (row, column) in self.fed:
            return USED if text else USED_BLANK
        if text == MASK:
            return MASKED
        for table, roles in zip(self.tables, self.roles, strict=True):
            if table.first_row <= row <= table.last_row and column < table.header.right:
                return self._in_table(table, roles, row, column, text)
        for register in self.registers:
            if register.header_rows.start <= row <= register.last_row:
                return self._in_register(register, row, column, text)
        if not text:
            return BLANK
        first = min([*(t.first_row for t in self.tables), *(r.header_rows.start for r in self.registers)])
        return ABOVE if row < first else BELOW

    def _in_table(self, table: Table, roles: Mapping[int, Role], row: int, column: int, text: str) -> Use:
        if row <= table.header_row:
            return HEADING if text else BLANK
        role = roles.get(row, Role.ENTRY)
        if role is not Role.ENTRY:
            return _ROLES[role] if text else BLANK
        values = [value.number for value in table.values]
        labelled = any(self._text(row, label) for label in table.labels)
        if column in values and labelled:
            return UNREAD if text else BLANK if self._heads_parts(table, row) else UNREAD_BLANK
        if not text:
            return BLANK
        if column in table.labels:
            read = any((row, value) in self.fed for value in values)
            return LABEL if read else GROUP if self._heads_parts(table, row) else UNREAD_LABEL
        heading = table.header.columns.get(column)
        key = label_key(heading.words) if heading else ""
        return ORDINAL if key in ORDINAL_HEADINGS else NOTE if key in _NOTE else OTHER_COLUMN

    def _in_register(self, table: RegisterTable, row: int, column: int, text: str) -> Use:
        if not text:
            return BLANK
        if table.is_heading(row):
            return HEADING
        if column in table.ordinals:
            return ORDINAL
        return RECORD if table.column_name(column) else TOTAL

    def _heads_parts(self, table: Table, row: int) -> bool:
        """Whether the row only names what its sub-rows state."""
        codes = (self.catalogue.spellings.get(label_key(self._text(row, label)), "") for label in table.labels)
        found = [self.catalogue.indicators[code] for code in codes if code]
        return any(one.parts and one.rows_of_parts and not one.whole for one in found)

    def _text(self, row: int, column: int) -> str:
        cell = self.grid.cells.get((row, column))
        return str(cell.text) if cell is not None else ""
