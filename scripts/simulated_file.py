"""The files of a made-up school: the same bytes every time."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from kiemso.spreadsheet import same_bytes
from simulated_school import School

_SAVED = datetime.datetime(1980, 1, 1)


def write_school(school: School, folder: Path) -> list[Path]:
    """Write the school's summary and its lists into data/raw/<year>/ under the folder."""
    raw = folder / "data" / "raw" / school.year
    paths = [raw / f"ket-qua-{school.year}.xlsx", raw / f"danh-sach-{school.year}.xlsx"]
    write_workbook(paths[0], {"Kết quả": school.summary})
    write_workbook(paths[1], school.lists)
    return paths


def write_workbook(path: Path, sheets: Mapping[str, list[list[Any]]]) -> None:
    """Write a workbook of these rows by the names of their sheets, in a folder that need not be there."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = book.properties.modified = _SAVED
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(number, column, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(same_bytes(book))
