"""Faults in a made-up school's files, as people make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulated_school import School, person


def break_school(school: School) -> None:
    """Put one fault into the school's files; `fault` says which and where."""
    name, where = school.chance.choice(list(FAULTS.items()))
    sheet, cell = where(school)
    school.fault = {"school": school.code, "year": school.year, "fault": name, "sheet": sheet, "cell": cell}


def _row(rows: list[list[Any]], first: Any) -> int:
    return next(index for index, row in enumerate(rows) if row and row[0] == first)


def _unknown_title(school: School) -> tuple[str, str]:
    return _typed(school, 3, person(7001)[0])


def _late_date(school: School) -> tuple[str, str]:
    return _typed(school, 4, "05/10/1999")


def _typed(school: School, column: int, text: str) -> tuple[str, str]:
    """A text in a column of the first award; an award is made where the school has none."""
    rows = school.lists["Khen thưởng"]
    row = next((i for i, one in enumerate(rows) if one and one[0] == 1), None)
    if row is None:
        row = _row(rows, "STT") + 1
        rows.insert(row, [1, *person(1)[:2], "GV giỏi tỉnh", school.date()])
    rows[row][column] = text
    return "Khen thưởng", f"{'ABCDEFG'[column]}{row + 1}"


def _repeated(school: School) -> tuple[str, str]:
    rows = school.lists["Xếp loại"]
    rows.append([999, *person(2001)[:2], "", "HTTNV"])
    rows.append([1000, *person(2001)[:2], "", "HTTNV"])
    return "Xếp loại", f"E{len(rows)}"


def _total(school: School) -> tuple[str, str]:
    rows = school.lists["Tài trợ"]
    rows[-1][4] += 1
    return "Tài trợ", f"E{len(rows)}"


def _words(school: School) -> tuple[str, str]:
    rows = school.lists["Tài trợ"]
    rows[-2][4] = "năm triệu"
    return "Tài trợ", f"E{len(rows) - 1}"


def _disagrees(school: School) -> tuple[str, str]:
    rows = school.summary
    row = _row(rows, 1)
    rows[row][2] += 1
    return "Kết quả", f"C{row + 1}"


def _other_year(school: School) -> tuple[str, str]:
    rows = school.summary
    row = _row(rows, "TT")
    rows[row][2] = "Năm học 2010-2011"
    return "Kết quả", f"B{row + 1}"


def _missing_row(school: School) -> tuple[str, str]:
    school.summary.pop(_row(school.summary, 5))
    return "Kết quả", ""


FAULTS: dict[str, Callable[[School], tuple[str, str]]] = {
    "a name stands in the column of titles": _unknown_title,
    "a date is not of the school year": _late_date,
    "a person is rated twice": _repeated,
    "a total is not the sum": _total,
    "an amount is in words": _words,
    "summary and list disagree": _disagrees,
    "the workbook is of another year": _other_year,
    "a row is missing": _missing_row,
}
