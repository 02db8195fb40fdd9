"""Cleaning, for the first notebook: raw cells in, observations out, every dropped row counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kiemso.agreement import reconcile
from kiemso.entry import Entry, entries
from kiemso.evaluation import doubtful, observe, read_entries
from kiemso.expectation import violations
from kiemso.intake import Intake, take_in
from kiemso.match import Matched, absent, ambiguous_rows, match_entries, stated_by_table
from kiemso.output import dropped, save, save_warnings
from kiemso.problem import Problem, Refused, in_order
from kiemso.search import stray_cells, unread_rows
from kiemso.session import begin, current, refuse
from kiemso.table import Table
from kiemso.tally import Tally, read_registers
from kiemso.total import check_totals

__all__ = [
    "begin",
    "corrected",
    "dropped",
    "inside",
    "matched",
    "raw_cells",
    "readings",
    "records",
    "save",
    "save_warnings",
    "stated",
    "tables",
    "warnings_of",
]

_ENTRY = ["role", "sheet", "label_cell", "section", "group", "label", "row_label", "part", "cell", "text", "corrected"]


@dataclass
class _Opened:
    """What the cells of the notebook hand on to each other beside their frames: what came in, and what is wrong."""

    intake: Intake
    entries: list[Entry] = field(default_factory=list)
    tally: Tally | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


_opened: _Opened | None = None


def raw_cells() -> pd.DataFrame:
    """The cells of all sheets that a layout reads, personal data masked: file, sheet, cell, row, column, text, number.

    What is wrong with a file is said with everything else that is wrong, by `readings`.
    """
    global _opened
    recorder = current()
    years = recorder.term.school_years if recorder.term else (recorder.period,)
    try:
        intake = take_in(recorder.project, recorder.period, recorder.catalogue, years)
    except Refused as refused:
        refuse(refused.problems)
        raise
    _opened = _Opened(intake, problems=list(intake.problems), warnings=list(intake.warnings))
    for sheet in intake.unread.itertuples():
        print(f"không đọc: {sheet.file} › {sheet.sheet} ({sheet.cells} ô)")
    return intake.cells.drop(columns=["corrected", "read_as", "person"])


def corrected(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with `corrected`, the text to read instead where data/corrections.yml has one.

    Refused where one does not fit.
    """
    intake = _current().intake
    if intake.misfits:
        refuse([*_current().problems, *intake.misfits])
    return cells.join(intake.cells[["corrected", "read_as", "person"]])


def tables() -> pd.DataFrame:
    """The tables found: where each stands, the layout that describes it, and the headings by which it was found."""
    intake = _current().intake
    found = [_described(table) for table in intake.tables]
    for one in intake.registers:
        headings = ", ".join(f"{one.headings[name]} ({cell})" for name, cell in one.heading_cells.items())
        rows = f"{one.header_rows.stop}–{one.last_row}"
        found.append((one.file, one.sheet, one.name, one.layout.label, headings, "", "", rows))
    columns = ["file", "sheet", "layout", "layout_label", "label_heading", "value_headings", "unit", "rows"]
    return pd.DataFrame(found, columns=columns)


def inside(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of the tables' own rows, under their headers; those above, beside and below are left out."""
    intake = _current().intake
    places = {(one.file, one.sheet, row) for one in intake.tables for row in one.rows}
    places |= {
        (one.file, one.sheet, row)
        for one in intake.registers
        for row in range(one.header_rows.stop, one.last_row + 1)
        if not one.is_heading(row)
    }
    return cells[[place in places for place in zip(cells["file"], cells["sheet"], cells["row"], strict=True)]]


def stated() -> pd.DataFrame:
    """One row for each value cell of the summary tables, with what names it; `role` says which rows do not count."""
    opened, recorder = _current(), current()
    opened.entries = entries(opened.intake.tables, recorder.catalogue, recorder.period)
    return _frame(opened.entries)


def matched(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that count with the indicator and part that their labels name; what is unknown, `readings` refuses."""
    opened, recorder = _current(), current()
    listed = [opened.entries[number] for number in rows.index]
    found, problems = match_entries(listed, recorder.catalogue, _level())
    opened.problems += [*ambiguous_rows(opened.intake.tables, listed), *problems]
    number = {id(entry): index for entry, index in zip(listed, rows.index, strict=True)}
    index = [number[id(one.entry)] for one in found]
    named = pd.DataFrame([one.named for one in found], columns=["indicator", "of_part"], index=index, dtype=str)
    return rows.join(named, how="inner")


def records() -> pd.DataFrame:
    """The observations of record lists: records counted, or their amounts added up."""
    opened, recorder = _current(), current()
    years = recorder.term.school_years if recorder.term else (recorder.period,)
    cells, lists = opened.intake.cells, opened.intake.lists
    opened.tally = read_registers(cells, lists, recorder.catalogue, recorder.period, years)
    opened.problems += opened.tally.problems
    opened.warnings += opened.tally.warnings
    dropped("Dòng của danh sách", before=opened.tally.rows, after=opened.tally.records)
    return opened.tally.observations


def readings(rows: pd.DataFrame, lists: pd.DataFrame) -> pd.DataFrame:
    """The observations of matched rows and of record lists; Refused lists all problems of all files."""
    opened, recorder = _current(), current()
    found_tables, catalogue = opened.intake.tables, recorder.catalogue
    known = [
        Matched(opened.entries[number], indicator, part)
        for number, indicator, part in rows[["indicator", "of_part"]].itertuples(name=None)
    ]
    read, unreadable = read_entries(known, found_tables, catalogue)
    summary, unsummed = observe(read, found_tables, catalogue, recorder.period)
    unequal, unchecked = check_totals(opened.entries, read, found_tables, catalogue)
    observed, contradictions, doubts = reconcile(summary, lists)
    if not opened.problems:  # an unknown row is most likely the one that is missing: say it once
        named = [*(one.named for one in known), *lists[["indicator", "part"]].itertuples(index=False, name=None)]
        folder = f"data/raw/{recorder.period}/"
        opened.problems += absent(found_tables, named, stated_by_table(known), catalogue, _level(), folder)
    strays = stray_cells(found_tables)
    wrong = [*unreadable, *unsummed, *unequal, *contradictions, *violations(observed, catalogue)]
    refuse([*dict.fromkeys([*opened.problems, *strays, *wrong])])
    opened.warnings += [*unread_rows(found_tables), *unchecked, *doubts]
    return observed


def warnings_of(observed: pd.DataFrame) -> list[Problem]:
    """What is suspicious in the files and in the observations read from them, each once, in the order of the files."""
    return in_order([*_current().warnings, *doubtful(observed)])


def _current() -> _Opened:
    current()
    if _opened is None:
        raise RuntimeError("raw_cells() has not been called")
    return _opened


def _level() -> str:
    return "term" if current().term else "year"


def _frame(found: Sequence[Entry]) -> pd.DataFrame:
    rows: list[list[Any]] = [[str(getattr(entry, name)) for name in _ENTRY] for entry in found]
    return pd.DataFrame(rows, columns=_ENTRY)


def _described(table: Table) -> tuple[str, ...]:
    values = ", ".join(f"{column.heading} ({column.cell})" for column in table.values)
    heading = f"{table.anchor.read_as} ({table.anchor.cell})"
    unit = table.unit.word if table.unit else ""
    rows = f"{table.header_row + 1}–{table.last_row}"
    return (table.file, table.sheet, table.name, table.layout.label, heading, values, unit, rows)
