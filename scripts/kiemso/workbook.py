"""Raw workbooks read cell by cell, by two readers: neither one's silence is trusted."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import openpyxl
import python_calamine
from openpyxl.cell.cell import Cell as SheetCell

from kiemso.number import format_number, plain
from kiemso.problem import Problem, Refused
from kiemso.raw import RawCell

_CLUTTER = {"thumbs.db", "desktop.ini"}  # what Windows leaves in a folder
# A comma after the last digit shows thousands; an empty part shows nothing at all.
_MISLEADING = re.compile(r"[0#?],+(?![0#?,])|;\s*;")
_RESAVE = "Open it in Excel or LibreOffice and save it as an Excel workbook (.xlsx)."


def raw_files(project: Path, period: str) -> list[Path]:
    """The workbooks of a school year or term, by name; Refused where there is none."""
    folder = project / "data" / "raw" / period
    # “~$…” is Excel's lock beside a workbook that is open.
    found = sorted(p for p in folder.glob("*") if not p.name.startswith(("~$", ".")) and p.name.lower() not in _CLUTTER)
    name = f"data/raw/{period}/"
    if not found:
        raise Refused(Problem("there is no workbook here", "Put the workbook as received into this folder.", name))
    folders = [path.name for path in found if path.is_dir()]
    if folders:
        mend = "Put the workbook beside the others, or move the folder out of data/raw/."
        raise Refused(Problem(f"the folder “{folder}” in it would not be read", mend, name) for folder in folders)
    return found


def read_workbook(path: Path, name: str) -> list[RawCell]:
    """Every cell that holds something, sheet by sheet; `name` is how messages call the file.

    Refused for a file that is no .xlsx workbook, and for cells that only one of the two readers sees.
    """
    if path.suffix.lower() != ".xlsx":
        raise Refused(Problem("is not an .xlsx workbook", _RESAVE, name))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions it drops: no values
            values = openpyxl.load_workbook(path, data_only=True)
            formulas = openpyxl.load_workbook(path)
        second = python_calamine.CalamineWorkbook.from_path(str(path))
    except Exception:  # a damaged file fails anywhere in the two readers: zlib, XML, index errors
        raise Refused(Problem("cannot be read as a workbook", _RESAVE, name)) from None
    cells: list[RawCell] = []
    problems: list[Problem] = []
    for sheet in values.worksheets:
        found = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        merged = {area.start_cell.coordinate for area in sheet.merged_cells.ranges if area.min_row < area.max_row}
        for cell in found:
            if (text := _shown(cell)).strip():
                place = (name, sheet.title, cell.coordinate, cell.row, cell.column)
                cells.append(RawCell(*place, text, _number(cell), _fault(cell, merged)))
        cells += _unvalued(formulas[sheet.title], sheet, name)
        problems += _disagreements(second, found, sheet.title, name)
    if problems:
        raise Refused(problems)
    if not cells:
        raise Refused(Problem("holds no value at all", _RESAVE, name))
    return cells


def _fault(cell, merged: set[str]) -> str:
    """Why a person could take the cell for something else than its value, or nothing."""
    if cell.data_type == "e":
        return "is an Excel error"
    if cell.is_date:
        return "is a date, which Excel makes of texts like 1-2"
    if cell.coordinate in merged:
        return "is merged over several rows, so it is not clear whose value it is"
    if _number(cell) is not None and _MISLEADING.search(_plain_format(cell)):
        return f"is shown by the number format {cell.number_format} as something else than it is"
    return ""


def _number(cell) -> int | float | None:
    """The number in the cell; of a percentage, the percents that Excel shows."""
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
        return None
    return plain(round(cell.value * 100, 9) if _percent(cell) else cell.value)


def _percent(cell) -> bool:
    """Whether the format multiplies by 100: a % in quotes or after a backslash is only text."""
    return "%" in _plain_format(cell)


def _plain_format(cell) -> str:
    """The number format without the texts that it only shows."""
    return re.sub(r'"[^"]*"|\\.', "", cell.number_format)


def _shown(cell) -> str:
    """The value as Excel shows it, for the formats that change what a number means."""
    number = _number(cell)
    if number is None:
        return str(cell.value)
    return (format_number(number) if isinstance(number, float) else str(number)) + ("%" if _percent(cell) else "")


def _unvalued(formulas, values, name: str) -> list[RawCell]:
    """Formulas that were saved without a value: their text is the formula."""
    return [
        RawCell(
            name,
            values.title,
            cell.coordinate,
            cell.row,
            cell.column,
            str(getattr(cell.value, "text", cell.value)),
            None,
            "holds a formula without a value",
        )
        for row in formulas.iter_rows()
        for cell in row
        if isinstance(cell, SheetCell) and cell.data_type == "f" and values[cell.coordinate].value is None
    ]


def _disagreements(second, found: list, sheet: str, name: str) -> list[Problem]:
    """Cells that calamine sees and openpyxl does not: strict OOXML reads as empty in openpyxl."""
    rows = second.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    seen = {(cell.row, cell.column) for cell in found}
    missed = [
        (r, c) for r, row in enumerate(rows, 1) for c, value in enumerate(row, 1) if value != "" and (r, c) not in seen
    ]
    if not missed:
        return []
    cell = openpyxl.utils.get_column_letter(missed[0][1]) + str(missed[0][0])
    return [Problem(f"two readers disagree on {len(missed)} cell(s), this is the first", _RESAVE, name, sheet, cell)]
