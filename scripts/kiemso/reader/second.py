"""The second opinion on a workbook: calamine reads it as well, and where it sees something else nobody is believed."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum

from kiemso.address import cell_address
from kiemso.limit import Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.reader.fault import RESAVE, unconfirmed

# What the first reader sees in a sheet, by row and column from 1; None where the two are known to say it differently:
# an error, which calamine drops, or a date.
Seen = Mapping[tuple[int, int], str | float | bool | None]


def confirm(path: Path, name: str, sheets: Mapping[str, Seen], limits: Limits) -> list[Problem]:
    """Warnings of sheets that only one reader can read. Refused where the two readers disagree on a cell."""
    workbook = _opened(path)
    named = (
        [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet] if workbook else []
    )
    problems, warnings = [], []
    for number, (title, seen) in enumerate(sheets.items()):
        other = named[number] if len(named) == len(sheets) else title
        sheet = _sheet(workbook, other) if workbook and other in named else None
        if sheet is None or sheet.total_height * sheet.total_width > limits.cells:
            warnings.append(unconfirmed(name, title))
        elif differing := list(_differing(sheet, seen)):
            message = say("two readers disagree on {count} cell(s), this is the first", count=len(differing))
            problems.append(Problem(message, RESAVE, name, title, cell_address(*differing[0])))
    if problems:
        raise Refused(problems)
    return warnings


def _opened(path: Path) -> CalamineWorkbook | None:
    try:
        # By content: from a path, it believes the name's ending.
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a panic of its Rust is no Exception
        return None


def _sheet(workbook: CalamineWorkbook, title: str) -> CalamineSheet | None:
    try:
        return workbook.get_sheet_by_name(title)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # here it panics as well
        return None


def _differing(sheet: CalamineSheet, seen: Seen) -> Iterator[tuple[int, int]]:
    """The cells of which the two readers say different things, or only one says something."""
    missing = {place for place, value in seen.items() if value not in ("", None)}
    for row, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
        for column, value in enumerate(values, 1):
            if value != "":
                missing.discard((row, column))
                if (row, column) not in seen or not _same(value, seen[row, column]):
                    yield row, column
    yield from sorted(missing)


def _same(one: object, other: object) -> bool:
    """Whether the second reader's value is the first one's, where the first says one that can be compared."""
    if other is None or one is other:
        return True
    if isinstance(one, str) and isinstance(other, str):
        return one.split() == other.split()
    return isinstance(one, int | float) and isinstance(other, int | float) and math.isclose(one, other, rel_tol=1e-12)
