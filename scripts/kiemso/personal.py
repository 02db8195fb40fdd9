"""Personal data stay in the raw file: masked when its cells enter the program, before anything shows or keeps them.

In a record list only the texts that its layout's rules understand are left, and headings, row numbers and totals. In
any other sheet the columns under headings such as “Họ và tên” are masked, and texts that look like telephone numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from kiemso.catalogue import Catalogue
from kiemso.heading import heads
from kiemso.layout import RegisterLayout
from kiemso.raw import MASK, RawCell, RawWorkbook
from kiemso.register import ORDINAL_HEADINGS, RegisterTable, by_row, find_registers
from kiemso.registerrow import COLUMN_NUMBER, ORDINAL, numbers_columns, total_of
from kiemso.text import label_key, tidy
from kiemso.vocabulary import fault, looks_personal

# Headings of columns that say who somebody is, or how to reach them. Compared as labels are.
PERSONAL_HEADINGS = (
    *("Họ và tên", "Họ tên", "Họ, tên", "Họ và tên học sinh", "Họ tên học sinh", "Họ và tên giáo viên", "Tên học sinh"),
    *("Tên giáo viên", "Họ và tên người nhận", "Họ và tên người ủng hộ", "Người ủng hộ", "Người tài trợ"),
    *("Nhà tài trợ", "Tên nhà tài trợ", "Đơn vị, cá nhân tài trợ", "Họ và tên cha", "Họ và tên mẹ", "Họ tên cha"),
    *("Họ tên mẹ", "Họ tên bố", "Phụ huynh", "Cha mẹ học sinh", "Người giám hộ", "Họ và tên phụ huynh", "Bí danh"),
    *("Ngày sinh", "Ngày, tháng, năm sinh", "Ngày tháng năm sinh", "Năm sinh", "Nơi sinh", "Quê quán", "Dân tộc"),
    *("Tôn giáo", "Điện thoại", "Số điện thoại", "SĐT", "ĐT", "Di động", "Email", "E-mail", "Thư điện tử", "Zalo"),
    *("CCCD", "Số CCCD", "CMND", "Số CMND", "CMND/CCCD", "CCCD/CMND", "Căn cước công dân", "Số định danh"),
    *("Số định danh cá nhân", "Mã định danh", "Mã định danh cá nhân", "Mã học sinh", "Mã giáo viên", "Số hộ chiếu"),
    *("Địa chỉ", "Nơi ở", "Nơi ở hiện nay", "Hộ khẩu", "Hộ khẩu thường trú", "Chỗ ở hiện nay", "Thường trú"),
    *("Số tài khoản", "STK", "Mã số thuế", "Số BHXH", "Số sổ BHXH", "Số thẻ đảng viên", "Chữ ký", "Ký nhận"),
)


class _Shown(NamedTuple):
    """A record's cell as the rules look at it."""

    text: str
    number: int | float | None
    heading: str


@dataclass
class People:
    """Which records are of one person: numbers that stand for what is compared here and shown nowhere."""

    numbers: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _known: dict[tuple[str, ...], int] = field(default_factory=dict, repr=False)

    def meet(self, table: RegisterTable, row: int, cells: Mapping[int, Any]) -> None:
        """Number the person of a record, if its personal columns say who it is."""
        who = tuple(label_key(cells[column].text) if column in cells else "" for column in table.personal)
        if any(who):
            self.numbers[table.file, table.sheet, row] = self._known.setdefault(
                (table.name, *who), len(self._known) + 1
            )

    def number(self, file: str, sheet: str, row: int) -> int:
        """The number of the person of a row, 0 where there is none."""
        return self.numbers.get((file, sheet, row), 0)


def mask(
    workbook: RawWorkbook,
    layouts: Mapping[str, RegisterLayout],
    catalogue: Catalogue,
    years: Sequence[str],
    people: People | None = None,
) -> RawWorkbook:
    """The workbook with every personal text as “•••”; `people` takes in whose record each row is.

    A masked cell of a column that the layout reads has a fault that says what was expected there.
    """
    cells: list[RawCell] = []
    for name in dict.fromkeys(cell.sheet for cell in workbook.cells):
        sheet = [cell for cell in workbook.cells if cell.sheet == name]
        tables, problems = find_registers(sheet, layouts)
        if tables:
            cells += _mask_register(sheet, tables, catalogue, years, people or People())
        elif problems:
            cells += [cell if _is_heading(cell.text, layouts) else hidden(cell) for cell in sheet]
        else:
            cells += _mask_columns(sheet, catalogue)
    # A warning of the whole file may quote one of its cells.
    warnings = tuple(replace(warning, text=None) for warning in workbook.warnings)
    return replace(workbook, cells=tuple(cells), warnings=warnings)


def hidden(cell: RawCell, why: str = "") -> RawCell:
    """The cell without what stands in it."""
    return cell._replace(text=MASK, number=None, fault=why, warning="", original="", encoding="")


def _mask_register(
    sheet: Sequence[RawCell],
    tables: Sequence[RegisterTable],
    catalogue: Catalogue,
    years: Sequence[str],
    people: People,
) -> list[RawCell]:
    rows = by_row(sheet)
    shown: dict[tuple[int, int], str | None] = {}
    for table in tables:
        for row in range(table.header_rows.start, table.last_row + 1):
            cells = rows.get(row, {})
            if table.is_heading(row) or (row == table.header_rows.stop and numbers_columns(cells.values())):
                shown |= {(row, column): None for column, cell in cells.items() if _heads(cell.text, column, table)}
                continue
            people.meet(table, row, cells)
            shown |= {(row, column): why for column, why in _understood(table, cells, catalogue, years).items()}
    return [
        cell if not cell.text.strip() or shown.get(place, MASK) is None else hidden(cell, shown.get(place) or "")
        for cell in sheet
        for place in [(cell.row, cell.column)]
    ]


def _understood(
    table: RegisterTable, cells: Mapping[int, Any], catalogue: Catalogue, years: Sequence[str]
) -> dict[int, str | None]:
    """The columns of a row that may be shown, with None, or may not, with the fault of what stands there."""
    layout, found = table.layout, dict[int, str | None]()
    total = any(total_of(cell.text, layout) is not None for cell in cells.values())
    texts = {
        name: _Shown(cells[column].text, cells[column].number, table.headings[name])
        for name, column in table.columns.items()
        if column in cells
    }
    for column, cell in cells.items():
        name, short = table.column_name(column), bool(ORDINAL.fullmatch(tidy(cell.text)))
        if (total and (short or total_of(cell.text, layout) is not None)) or (column in table.ordinals and short):
            found[column] = None
        elif name:
            found[column] = fault(layout, name, texts, catalogue, years)
    return found


def _heads(text: str, column: int, table: RegisterTable) -> bool:
    """Whether a text of a heading's rows is a column's number, or one that the layout or the list above knows."""
    words = (*table.layout.personal, *PERSONAL_HEADINGS)
    known = column in table.columns.values() or heads(text, words) or label_key(text) in ORDINAL_HEADINGS
    return known or bool(COLUMN_NUMBER.fullmatch(tidy(text)))


def _is_heading(text: str, layouts: Mapping[str, RegisterLayout]) -> bool:
    """Whether a text is a heading of some list: what is lacking can still be said of it."""
    words = [word for layout in layouts.values() for headings in layout.columns.values() for word in headings]
    return heads(text, (*words, *PERSONAL_HEADINGS, *(word for one in layouts.values() for word in one.personal)))


def _mask_columns(sheet: Sequence[RawCell], catalogue: Catalogue) -> list[RawCell]:
    """The cells of a sheet that is no record list."""
    rows = by_row(sheet)
    tops: dict[int, int] = {}
    beside = {(cell.row, cell.column + 1) for cell in sheet if cell.text.rstrip().endswith(":") and _asks(cell.text)}
    for row, cells in rows.items():
        if any(cell.number is not None for cell in cells.values()):
            continue  # a row of values: “Phụ huynh” is its label there
        for column, cell in cells.items():
            if heads(cell.text, PERSONAL_HEADINGS) and not _heads_labels(rows, row, column, catalogue):
                tops.setdefault(column, row)
    return [
        hidden(cell)
        if cell.row > tops.get(cell.column, cell.row)
        or (cell.row, cell.column) in beside
        or _answers(cell.text)
        or looks_personal(cell.text)
        else cell
        for cell in sheet
    ]


def _asks(text: str) -> bool:
    return heads(text, PERSONAL_HEADINGS)


def _answers(text: str) -> bool:
    """Whether one cell holds both: “Họ và tên: …”."""
    words, colon, rest = text.partition(":")
    return bool(colon and rest.strip()) and _asks(words)


def _heads_labels(rows: Mapping[int, Mapping[int, Any]], row: int, column: int, catalogue: Catalogue) -> bool:
    """Whether indicators or parts of the catalogue stand in the column below: then it is one of labels."""
    known = {**catalogue.spellings, **catalogue.part_spellings}
    return any(label_key(cells[column].text) in known for r, cells in rows.items() if r > row and column in cells)
