"""Tables made in memory for the tests of reading them, without a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import yaml
from kiemso.address import cell_address, row_and_column
from kiemso.catalogue import Catalogue
from kiemso.entry import entries
from kiemso.evaluation import observe, read_entries
from kiemso.grid import Grid, grids
from kiemso.layout import AnyLayout, LayoutFile
from kiemso.match import ambiguous_rows, match_entries
from kiemso.problem import Problem
from kiemso.raw import Area, RawCell, RawSheet, RawWorkbook
from kiemso.search import Found, find_tables, stray_cells
from kiemso.table import Search
from kiemso.total import check_totals
from pydantic import TypeAdapter

FILE = "data/raw/2021-2022/ket-qua.xlsx"
SHEET = "Kết quả"
YEAR = "2021-2022"

ROWS = """
label: Một chỉ tiêu một dòng
shape: rows
labels: [Nội dung]
"""


def layout(text: str) -> AnyLayout:
    """The layout that a YAML text describes."""
    return TypeAdapter(LayoutFile).validate_python(yaml.safe_load(text))


def grid_of(
    rows: Sequence[Sequence[Any]], merged: Sequence[str] = (), sheet: str = SHEET, file: str = FILE, first: int = 1
) -> Grid:
    """A sheet whose first row is row `first`; None is a blank cell, a merged area is given as B2:C3."""
    cells = [
        RawCell(file, sheet, cell_address(r, c), r, c, str(value), value if isinstance(value, int | float) else None)
        for r, row in enumerate(rows, first)
        for c, value in enumerate(row, 1)
        if value is not None
    ]
    areas = [Area(*row_and_column(start), *row_and_column(end)) for start, _, end in (m.partition(":") for m in merged)]
    return grids_of(RawWorkbook(file, (RawSheet(sheet, merged=tuple(areas)),), tuple(cells)))[0]


def grids_of(workbook: RawWorkbook) -> list[Grid]:
    """The sheets of a workbook that nobody has corrected."""
    frame = pd.DataFrame(workbook.cells, columns=RawCell._fields)
    numbers = pd.Series([cell.number for cell in workbook.cells], dtype="object")
    read = frame.assign(number=numbers, corrected="", read_as=frame["text"])
    return grids(read.itertuples(), [(workbook.file, sheet) for sheet in workbook.sheets])


@dataclass
class Outcome:
    """What a table states, by indicator and part, and what was said of it."""

    observations: pd.DataFrame
    problems: list[Problem]
    warnings: list[Problem] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        """The value by key; None where there is none."""
        rows = self.observations.to_dict("records")
        return {row["indicator"] + (f".{row['part']}" if row["part"] else ""): row["value"] for row in rows}

    @property
    def cells(self) -> dict[str, str]:
        """The address by key."""
        rows = self.observations.to_dict("records")
        return {row["indicator"] + (f".{row['part']}" if row["part"] else ""): row["cell"] for row in rows}

    @property
    def said(self) -> list[tuple[str, str]]:
        """Cell and message of each problem."""
        return [(problem.cell, problem.message) for problem in self.problems]


def find(
    sheets: Grid | Sequence[Grid], layouts: str | Mapping[str, str], catalogue: Catalogue, period: str = YEAR
) -> Found:
    """The tables of sheets, by layouts given as YAML."""
    texts = {"bang": layouts} if isinstance(layouts, str) else layouts
    search = Search({name: layout(text) for name, text in texts.items()}, period, catalogue)
    return find_tables([sheets] if isinstance(sheets, Grid) else sheets, search)


def read(
    sheets: Grid | Sequence[Grid], layouts: str | Mapping[str, str], catalogue: Catalogue, period: str = YEAR
) -> Outcome:
    """The observations of sheets; rows that are absent are not asked for."""
    found = find(sheets, layouts, catalogue, period)
    level = next((table.layout.level for table in found.tables), "year")
    listed = entries(found.tables, catalogue, period)
    matched, unknown = match_entries(listed, catalogue, level)
    evaluated, unreadable = read_entries(matched, found.tables, catalogue)
    observations, unsummed = observe(evaluated, found.tables, catalogue, period)
    unequal, unchecked = check_totals(listed, evaluated, found.tables, catalogue)
    problems = [
        *found.problems,
        *stray_cells(found.tables),
        *ambiguous_rows(found.tables, listed),
        *unknown,
        *unreadable,
        *unsummed,
        *unequal,
    ]
    return Outcome(observations, problems, [*found.warnings, *unchecked])
