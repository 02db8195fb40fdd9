"""The table in a raw workbook: found by the words of its header, its rows matched with the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from kiemso.catalogue import Catalogue
from kiemso.number import Unreadable, plain
from kiemso.observation import expected, read_cell
from kiemso.problem import Problem
from kiemso.text import label_key, suggestion

LABEL_HEADING = "Nội dung"
# A school year's column is headed by the year itself, the term's by these words.
VALUE_HEADING = "Số liệu"

OBSERVATION_COLUMNS = ["period", "indicator", "part", "value", "unit", "bound", "status"]
# Where it stands: the text and its place, what it is read as, and the words beside and above it.
OBSERVATION_COLUMNS += [
    "text",
    "file",
    "sheet",
    "cell",
    "corrected",
    "original",
    "warning",
    "row_label",
    "column_heading",
]


def find_headers(cells: pd.DataFrame, period: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The header of each sheet's table, and where the table ends: at the first row in which nothing stands.

    Columns: file, sheet, header_row, last_row, label_column, value_column, value_heading.
    """
    found, problems = [], []
    for (file, sheet), sheet_cells in cells.groupby(["file", "sheet"], sort=False):
        labels = sheet_cells[sheet_cells["text"].map(label_key) == label_key(LABEL_HEADING)]
        for label in labels.itertuples():
            row = sheet_cells[(sheet_cells["row"] == label.row) & (sheet_cells["column"] > label.column)]
            values = row[row["text"].map(lambda text: _heads_values(text, period))]
            if len(values) != 1:
                problems.append(_wrong_heading(label, row, period))
                continue
            last = _last_row(label.row, set(sheet_cells["row"]))
            found.append((file, sheet, label.row, last, label.column, *values[["column", "text"]].iloc[0]))
    tables = {file for file, *_ in found} | {problem.file for problem in problems}
    mend = f"The table needs a header row with “{LABEL_HEADING}” and “{period}”; what is no table belongs elsewhere."
    for file in dict.fromkeys(cells["file"]):
        if file not in tables:
            problems.append(Problem("no table found: no cell says “Nội dung”", mend, file))
    columns = ["file", "sheet", "header_row", "last_row", "label_column", "value_column", "value_heading"]
    return pd.DataFrame(found, columns=columns), problems


def stray_cells(cells: pd.DataFrame, headers: pd.DataFrame) -> list[Problem]:
    """A problem for each cell inside a table that stands in a column without a heading: whose value is it?"""
    inside = cells.merge(headers, on=["file", "sheet"])
    place = ["file", "sheet", "header_row", "column"]
    headed = set(inside.loc[inside["row"] == inside["header_row"], place].itertuples(index=False, name=None))
    below = inside[(inside["row"] > inside["header_row"]) & (inside["row"] <= inside["last_row"])]
    mend = "Move it into the column where it belongs, give the column a heading, or delete it."
    return [
        Problem(
            "stands in a column of the table that has no heading", mend, cell.file, cell.sheet, cell.cell, cell.text
        )
        for cell in below.itertuples()
        if (cell.file, cell.sheet, cell.header_row, cell.column) not in headed
    ]


def match_rows(rows: pd.DataFrame, catalogue: Catalogue, level: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows with their indicator and part; a problem for each row unknown, repeated or missing."""
    matched: dict = {}
    problems: list[Problem] = []
    seen: dict[tuple[str, str], Any] = {}
    above = ""
    for row in rows.itertuples():
        indicator, part = _match(row.label, above, catalogue)
        above = indicator if indicator and not part else above
        if not indicator or (indicator in catalogue.indicators and catalogue.indicators[indicator].level != level):
            problems.append(_unknown(row, above, catalogue, level))
            continue
        first = seen.setdefault((indicator, part), row)
        if first is not row:
            where = first.label_cell if first.file == row.file else f"{first.file}, {first.label_cell}"
            message = f"states “{indicator}” a second time, after {where}"
            problems.append(
                Problem(message, "Delete one of the two rows.", row.file, row.sheet, row.label_cell, row.label)
            )
            continue
        matched[row.Index] = (indicator, part)
    if not problems:  # an unknown row is most likely the one that is missing: say it once
        problems += _absent(set(seen), rows, catalogue, level)
    names = pd.DataFrame.from_dict(matched, orient="index", columns=["indicator", "part"])
    return rows.join(names, how="inner"), problems


def read_rows(rows: pd.DataFrame, catalogue: Catalogue, period: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The observations that matched rows state, each with its source; a problem for each unreadable cell."""
    found, problems = [], []
    for row in rows.itertuples():
        indicator = catalogue.indicators[row.indicator]
        # A correction is text: the number that Excel holds is no longer the cell's.
        number = None if pd.isna(row.number) or row.corrected else plain(row.number)
        # A row that only heads its sub-rows states nothing itself.
        heads_only = (
            not row.text and indicator.parts and indicator.rows_of_parts and not row.part and not indicator.whole
        )
        if heads_only:
            continue
        try:
            if row.fault and not row.corrected:
                raise Unreadable(row.fault)
            readings = read_cell(indicator, row.part, row.corrected or row.text, number, catalogue)
        except Unreadable as error:
            mend = f"Expected {expected(indicator)}. Mend the cell, or ask who sent the workbook."
            problems.append(Problem(f"{error}", mend, row.file, row.sheet, row.cell, row.text))
            continue
        place = (row.text, row.file, row.sheet, row.cell, row.corrected)
        source = (*place, row.original, row.warning, row.label, row.value_heading)
        found += [(period, row.indicator, r.part, r.value, r.unit, r.bound, r.status, *source) for r in readings]
    observations = pd.DataFrame(found, columns=OBSERVATION_COLUMNS)
    # pandas would make 1.0 of 1 wherever a blank stands in the column.
    values = pd.Series([values[3] for values in found], dtype="object", index=observations.index)
    return observations.assign(value=values), problems


def cell_address(row: int, column: int) -> str:
    """The address that Excel shows, of 1-based row and column."""
    return f"{get_column_letter(column)}{row}"


def _heads_values(text: str, period: str) -> bool:
    key = label_key(text)
    first, _, last = period.partition("-")
    is_school_year = int(last) == int(first) + 1
    return label_key(period).split("/")[0] in key or (not is_school_year and key == label_key(VALUE_HEADING))


def _last_row(header: int, filled: set[int]) -> int:
    """The last row of the table under a header row."""
    last = header
    while last + 1 in filled:
        last += 1
    return last


def _wrong_heading(label, row: pd.DataFrame, period: str) -> Problem:
    headings = ", ".join(f"“{text}”" for text in row["text"]) or "nothing"
    message = f"the header row has no single column for {period}; beside it stand {headings}"
    mend = f"Is this the workbook of {period}? If so, head its values with the year, or move it to its own folder."
    return Problem(message, mend, label.file, label.sheet, label.cell, label.text)


def _match(label: str, above: str, catalogue: Catalogue) -> tuple[str, str]:
    """Indicator and part of a label; a part's name counts under the indicator that stands above it."""
    key = label_key(label)
    parts = catalogue.indicators[above].parts if above and catalogue.indicators[above].rows_of_parts else ()
    part = catalogue.part_spellings.get(key, "")
    if part in parts:
        return above, part
    return catalogue.spellings.get(key, ""), ""


def _unknown(row, above: str, catalogue: Catalogue, level: str) -> Problem:
    names = [name for i in catalogue.of_level(level).values() for name in (i.label, *i.aliases)]
    if above:
        names += [catalogue.parts[part].label for part in catalogue.indicators[above].parts]
    mend = f"{suggestion(row.label, names)} Mend the label, or add it to the aliases in data/indicators.yml.".strip()
    if not row.label:
        mend = "Write the label beside it, or leave a blank row between the table and what follows it."
        return Problem("has no label beside it", mend, row.file, row.sheet, row.cell, row.text)
    return Problem("is no indicator of the catalogue", mend, row.file, row.sheet, row.label_cell, row.label)


def _absent(seen: set[tuple[str, str]], rows: pd.DataFrame, catalogue: Catalogue, level: str) -> Iterable[Problem]:
    files = ", ".join(rows["file"].unique())
    for code, indicator in catalogue.of_level(level).items():
        wanted = [""] + (list(indicator.parts) if indicator.rows_of_parts else [])
        for part in wanted:
            if (code, part) not in seen:
                name = indicator.label + (f": {catalogue.parts[part].label}" if part else "")
                mend = "Add the row; leave its value blank if it is not known."
                yield Problem(f"has no row for “{name}”", mend, files)
