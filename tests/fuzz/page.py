"""Made-up tables of a school year, and the sheets on which they stand: what is written where, and what it states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from random import Random
from typing import Any

from kiemso.address import cell_address
from kiemso.catalogue import Catalogue, Indicator

from tests.fuzz.written import Stated, Written, meaning, plainly

YEAR = "2021-2022"
YEARS = ["2020-2021", YEAR, "2022-2023"]
_UNITS = {"đồng": 1, "1.000 đồng": 1000, "nghìn đồng": 1000, "triệu đồng": 10**6, "VNĐ": 1}


@dataclass
class Row:
    """A row of the table: whose it is, how its label is spelt, and what is written for each school year."""

    code: str
    part: str
    label: str
    unit: str
    values: dict[str, Written]
    factor: int = 1


@dataclass
class Table:
    """Rows under headings. `columns` are "ordinal", "label", "unit", "note" or a school year, from left to right.

    `refuse` says why the file can only be refused; `harmless` whether it must be read.
    """

    rows: list[Row]
    columns: list[str]
    headings: dict[str, str]
    titles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    shape: str = "rows"
    tall: bool = False
    refuse: str = ""
    harmless: bool = True


@dataclass
class Place:
    """Where an observation stands and what it must be; `warned` is whether it must carry a warning."""

    row: int
    column: int
    stated: Stated
    warned: bool = False

    @property
    def excel(self) -> str:
        """The address in Excel."""
        return cell_address(self.row, self.column)


@dataclass
class Page:
    """A sheet: what is written in its cells, by row and column from 1, and what it states, by indicator and part."""

    cells: dict[tuple[int, int], Written]
    merged: list[tuple[int, int, int, int]]
    truth: dict[tuple[str, str], Place]
    body: range
    value_column: int
    refuse: str = ""
    harmless: bool = True
    name: str = "Kết quả"
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    fonts: dict[tuple[int, int], str] = field(default_factory=dict)
    copies: int = 0

    def covered(self) -> set[tuple[int, int]]:
        """The places under merged cells, but for their first ones."""
        return {
            (row, column)
            for r1, c1, r2, c2 in self.merged
            for row in range(r1, r2 + 1)
            for column in range(c1, c2 + 1)
            if (row, column) != (r1, c1)
        }


def make_table(random: Random, catalogue: Catalogue) -> Table:
    """A table that states every indicator of a school year once."""
    years = random.choice([[YEAR], [YEAR], random.sample(YEARS, 3), random.sample(YEARS, 2)])
    years = years if YEAR in years else [YEAR]
    rows = []
    codes = list(catalogue.of_level("year").items())
    for code, indicator in random.sample(codes, len(codes)):
        rows += list(_rows(random, code, indicator, years, catalogue))
    columns = ["label", *years]
    columns = ["ordinal"] * (random.random() < 0.7) + columns
    if random.random() < 0.3:
        columns.insert(columns.index("label") + 1, "unit")
    columns += ["note"] * (random.random() < 0.3)
    dash = random.choice(["-", " - ", "–", "/"])
    before = random.choice(["", "Năm học ", "NH ", "NĂM HỌC\n"])
    headings = {year: before + year.replace("-", dash) for year in years}
    headings |= {"ordinal": "TT", "label": "Nội dung", "unit": "ĐVT", "note": "Ghi chú"}
    titles = random.choice([[], ["PHÒNG GD&ĐT", "TRƯỜNG TIỂU HỌC", "", f"KẾT QUẢ NĂM HỌC {YEAR}", ""]])
    notes = random.choice([[], ["Ghi chú: số liệu đến 31/5"], ["", "HIỆU TRƯỞNG", "Nguyễn Văn Mẫu"]])
    shape = "rows" if random.random() < 0.75 else "columns"
    table = Table(rows, columns, headings, titles, notes, shape, tall=len(years) > 1 and random.random() < 0.4)
    for row in rows if shape == "columns" else ():
        if not row.part:  # “Xếp loại viên chức” heads a column of a record list as well
            row.label = catalogue.indicators[row.code].label
    if "unit" not in columns or shape == "columns":
        for row in rows:
            row.factor, row.unit = 1, ""
    return table


def _rows(random: Random, code: str, indicator: Indicator, years: list[str], catalogue: Catalogue) -> Iterator[Row]:
    label = random.choice([indicator.label, *indicator.aliases])
    unit, factor = random.choice(sorted(_UNITS.items())) if indicator.kind == "money" else (indicator.unit, 1)
    yield Row(code, "", label, unit, {y: plainly(random, indicator, catalogue) for y in years}, factor)
    for part in indicator.parts if indicator.rows_of_parts else ():
        entry = catalogue.parts[part]
        name = "- " + random.choice([entry.label, *entry.aliases])
        yield Row(code, part, name, unit, {y: plainly(random, indicator, catalogue) for y in years})


def lay_out(table: Table, catalogue: Catalogue) -> Page:
    """The sheet on which the table stands."""
    page = Page({}, [], {}, range(0), 0, table.refuse, table.harmless)
    for row, title in enumerate(table.titles, 1):
        _put(page, row, 1, title)
    first = len(table.titles) + 1
    last = (_rows_page if table.shape == "rows" else _columns_page)(page, table, first, catalogue)
    for row, note in enumerate(table.notes, last + 1):
        _put(page, row, 1, note)
    return page


def _put(page: Page, row: int, column: int, value: Any) -> None:
    written = value if isinstance(value, Written) else Written(value, "label")
    if written.value not in (None, ""):
        page.cells[row, column] = written


def _state(page: Page, row: Row, written: Written, place: tuple[int, int], catalogue: Catalogue) -> None:
    """Say what the content of a place states; a row of no indicator states nothing."""
    if not row.code:
        return
    stated = meaning(written, catalogue.indicators[row.code], row.factor)
    if stated is None:
        page.refuse = page.refuse or f"{cell_address(*place)} says {written.value!r} of {row.code}"
        return
    for part, said in stated.items():
        page.truth[row.code, row.part or part] = Place(*place, said)


def _rows_page(page: Page, table: Table, first: int, catalogue: Catalogue) -> int:
    height = 2 if table.tall else 1
    years = [number for number, column in enumerate(table.columns, 1) if column in YEARS]
    together = years == list(range(years[0], years[-1] + 1))
    for number, column in enumerate(table.columns, 1):
        if height == 2 and number in years and together:
            _put(page, first + 1, number, table.headings[column])
        else:
            _put(page, first, number, table.headings[column])
            page.merged += [(first, number, first + 1, number)] if height == 2 else []
    if height == 2 and together:
        _put(page, first, years[0], "Kết quả")
        page.merged.append((first, years[0], first, years[-1]))
    page.body = range(first + height, first + height + len(table.rows))
    page.value_column = table.columns.index(YEAR) + 1 if YEAR in table.columns else years[0]
    for number, row in zip(page.body, table.rows, strict=True):
        fields = {"ordinal": number - first, "label": row.label, "unit": row.unit, "note": "", **row.values}
        for column, name in enumerate(table.columns, 1):
            _put(page, number, column, fields[name])
            if name == YEAR:
                _state(page, row, row.values[YEAR], (number, column), catalogue)
    return page.body[-1]


def _columns_page(page: Page, table: Table, first: int, catalogue: Catalogue) -> int:
    """One indicator a column, one school year a row; the parts of a whole stand beside it under one heading."""
    years = [column for column in table.columns if column in YEARS]
    _put(page, first, 1, "Năm học")
    page.merged.append((first, 1, first + 1, 1))
    parted = {row.code for row in table.rows if row.part}
    for column, row in enumerate(table.rows, 2):
        if row.code not in parted:
            _put(page, first, column, row.label)
            page.merged.append((first, column, first + 1, column))
            continue
        if not row.part:
            _put(page, first, column, row.label)
            under = takewhile(lambda other, code=row.code: other.part and other.code == code, table.rows[column - 1 :])
            page.merged.append((first, column, first, column + len(list(under))))
        _put(page, first + 1, column, row.label if row.part else "Tổng số")
    page.body = range(first + 2, first + 2 + len(years))
    for number, year in zip(page.body, years, strict=True):
        _put(page, number, 1, table.headings[year])
        for column, row in enumerate(table.rows, 2):
            _put(page, number, column, row.values[year])
            if year == YEAR:
                _state(page, row, row.values[year], (number, column), catalogue)
    return page.body[-1]
