"""Record lists made in memory: masked and read as the first notebook does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from kiemso.address import cell_address
from kiemso.catalogue import Catalogue
from kiemso.layout import RegisterLayout
from kiemso.personal import People, mask
from kiemso.raw import RawCell, RawSheet, RawWorkbook
from kiemso.tally import Tally, read_registers

FILE, SHEET, YEAR = "data/raw/2021-2022/danh-sach.xlsx", "Danh sách", "2021-2022"

AWARDS = RegisterLayout(
    label="Danh sách khen thưởng",
    shape="register",
    columns={"danh-hieu": ("Danh hiệu",), "ngay": ("Ngày quyết định",)},
    personal=("Họ và tên", "Ngày sinh"),
    date="ngay",
    rules=[{"indicator_from": "danh-hieu"}],
    ignore=("Tập thể lao động tiên tiến",),
)
RATINGS = RegisterLayout(
    label="Danh sách xếp loại",
    shape="register",
    columns={"xep-loai": ("Xếp loại",)},
    personal=("Họ và tên",),
    rules=[{"indicator": "xep-loai"}, {"indicator": "xep-loai", "part_from": "xep-loai"}],
    states=("xep-loai",),
)
GIFTS = RegisterLayout(
    label="Sổ tài trợ",
    shape="register",
    columns={"so-tien": ("Số tiền",), "loai": ("Đối tượng",)},
    personal=("Nhà tài trợ",),
    rules=[{"indicator": "tai-tro", "add": "so-tien", "where": {"loai": ("Phụ huynh", "Doanh nghiệp")}}],
    ignore=("Ngân sách xã",),
)

AWARD_HEADING = ["STT", "Họ và tên", "Danh hiệu", "Ngày quyết định"]
RATING_HEADING = ["TT", "Họ và tên", "Xếp loại"]
GIFT_HEADING = ["Nhà tài trợ", "Đối tượng", "Số tiền (đồng)"]


def workbook_of(rows: Sequence[Sequence[Any]], sheet: str = SHEET, file: str = FILE, **faults: str) -> RawWorkbook:
    """A workbook of one sheet; None is a blank cell, `faults` are by address."""
    cells = [
        RawCell(
            *(file, sheet, cell_address(r, c), r, c, str(value), value if isinstance(value, int | float) else None),
            fault=faults.get(cell_address(r, c), ""),
        )
        for r, row in enumerate(rows, 1)
        for c, value in enumerate(row, 1)
        if value is not None
    ]
    return RawWorkbook(file, (RawSheet(sheet),), tuple(cells))


def tally_of(
    workbooks: RawWorkbook | Sequence[RawWorkbook],
    layouts: RegisterLayout | Mapping[str, RegisterLayout],
    catalogue: Catalogue,
    corrected: Mapping[str, str] | None = None,
) -> Tally:
    """What the lists state, after the mask; `corrected` are texts by address."""
    people = People()
    named = layouts if isinstance(layouts, Mapping) else {"danh-sach": layouts}
    given = [workbooks] if isinstance(workbooks, RawWorkbook) else workbooks
    cells = [cell for one in given for cell in mask(one, named, catalogue, [YEAR], people).cells]
    frame = pd.DataFrame(cells, columns=RawCell._fields)
    new = [(corrected or {}).get(cell.cell, "") for cell in cells]
    persons = [people.number(cell.file, cell.sheet, cell.row) for cell in cells]
    numbers = pd.Series([cell.number for cell in cells], dtype="object")
    frame = frame.assign(number=numbers, corrected=new, read_as=frame["text"], person=persons)
    return read_registers(frame, named, catalogue, YEAR, [YEAR])


def stated(tally: Tally) -> dict[str, tuple[Any, str, str]]:
    """Value, cells and text of each observation, by indicator and part."""
    rows = tally.observations.itertuples()
    return {".".join(filter(None, (r.indicator, r.part))): (r.value, r.cell, r.text) for r in rows}
