"""The search for tables in the sheets of raw files: which layout fits where, and what is left unread."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kiemso.grid import Grid, has_number
from kiemso.header import NO_LIMIT, Header, headers
from kiemso.heading import any_same, is_school_year, periods_in, without_numbering
from kiemso.layout import ColumnsLayout
from kiemso.message import say
from kiemso.problem import Problem
from kiemso.table import UNITS, Search, Table, TableLayout, table_under
from kiemso.text import label_key
from kiemso.unit import Unit, parse_unit_line

_ORDINAL = re.compile(r"\W*(\d[\d.]*|\w|[IVXLC]+)\W*")
# More tables than these stand beside each other on no sheet that a person made.
_MOST_BESIDE = 50


@dataclass
class Found:
    """The tables of all sheets in their order, what is wrong with them, and what was not read."""

    tables: list[Table] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def find_tables(sheets: Sequence[Grid], search: Search, otherwise_read: Container[str] = ()) -> Found:
    """The tables that the layouts describe, and a problem or warning for every sheet that holds none.

    A file must hold one, unless it is `otherwise_read`: a record list.
    """
    found = Found()
    for grid in sheets:
        if not grid.cells:
            continue
        tables, problems = _tables(grid, search)
        found.problems += problems
        if not tables and not problems:
            message = say("no layout fits this sheet: not read")
            mend = say("If it holds figures of the report, describe its table in a file under data/layouts/.")
            found.warnings.append(Problem(message, mend, grid.file, grid.sheet.name))
        found.tables += tables
    read = {table.file for table in found.tables} | {problem.file for problem in found.problems}
    for file in dict.fromkeys(grid.file for grid in sheets):
        if file not in read and file not in otherwise_read:
            found.problems.append(_nothing_read(file, [g for g in sheets if g.file == file], search))
    _check_years(found, search)
    return found


def stray_cells(tables: Iterable[Table]) -> list[Problem]:
    """A problem for each cell inside a table that stands in a column without a heading: whose value is it?"""
    by_sheet: dict[tuple[str, str], list[Table]] = {}
    for table in tables:
        by_sheet.setdefault((table.file, table.sheet), []).append(table)
    mend = say("Move it into the column where it belongs, give the column a heading, or delete it.")
    message = say("stands in a column of the table that has no heading")
    problems = []
    for (file, sheet), found in by_sheet.items():
        around = _by_row(found)
        for (row, column), cell in found[0].grid.cells.items():
            if row in around and not any(column in table.header.columns for table in around[row]):
                problems.append(Problem(message, mend, file, sheet, cell.cell, cell.text))
    return problems


def unread_rows(tables: Iterable[Table]) -> Iterator[Problem]:
    """A warning for each row inside a table in which only a text stands where nothing is read: a broken line?"""
    mend = say("Is it the rest of the row above? If so, mend that cell.")
    for table in tables:
        read = [*table.labels, *(column.number for column in table.values)]
        for row in table.rows:
            cells = table.grid.by_row.get(row, [])
            if cells and all(table.grid.at(row, column) is None for column in read):
                yield from (
                    Problem(say("stands in a row without a label: not read"), mend, c.file, c.sheet, c.cell, c.text)
                    for c in cells[:1]
                    if not _ORDINAL.fullmatch(c.read_as)
                )


def _tables(grid: Grid, search: Search) -> tuple[list[Table], list[Problem]]:
    """The tables of a sheet from top to bottom, and what is wrong with headers that no layout fits."""
    tables: dict[tuple[int, int], dict[str, Table]] = {}
    failed: dict[tuple[int, int], Problem] = {}
    for name, layout in search.fitting(grid).items():
        for anchor, left, right in _anchors(grid, layout):
            place = (anchor.row, anchor.column)
            table = _table(name, layout, headers(grid, anchor, left, right), search)
            if isinstance(table, Table):
                tables.setdefault((table.header_row, anchor.column), {})[name] = table
            elif table:
                failed.setdefault(place, table)
    problems = [_two_layouts(fitting) for fitting in tables.values() if len(fitting) > 1]
    ended = _ended(grid, [next(iter(fitting.values())) for _, fitting in sorted(tables.items())])
    around = _by_row(ended)
    headed = {(table.header.anchor.first_row, table.header.anchor.first_column) for table in ended}
    for (row, column), problem in failed.items():
        # Among the rows of a table, the words that could head another are a label or a value.
        if (row, column) not in headed and not any(column in table.header.columns for table in around.get(row, [])):
            problems.append(problem)
    return ended, problems


def _by_row(tables: Iterable[Table]) -> dict[int, list[Table]]:
    """The tables of a sheet by their own rows."""
    found: dict[int, list[Table]] = {}
    for table in tables:
        for row in table.rows:
            found.setdefault(row, []).append(table)
    return found


def _anchors(grid: Grid, layout: TableLayout) -> Iterator[tuple[Any, int, int]]:
    """The cells that say what heads a table of the layout, with the columns of those left and right of them."""
    keys = {label_key(word) for word in layout.labels}
    for row in grid.rows:
        found = [cell for cell in grid.by_row[row] if label_key(without_numbering(cell.read_as)) in keys]
        columns = [0, *(cell.column for cell in found), NO_LIMIT]
        if len(found) <= _MOST_BESIDE:
            yield from zip(found, columns, columns[2:], strict=False)


def _table(name: str, layout: TableLayout, ways: Iterable[Header], search: Search) -> Table | Problem | None:
    """The table under a header; else what is wrong with it, or None where it is no table of this layout at all."""
    seen = [table_under(name, layout, header, search) for header in ways]
    tables = [table for table in seen if isinstance(table, Table)]
    if not tables:
        return seen[0]
    # Where indicators head the columns, a row of words without a label can only go on with the headings.
    return tables[-1] if isinstance(layout, ColumnsLayout) else tables[0]


def _ended(grid: Grid, tables: Sequence[Table]) -> list[Table]:
    """The tables with their last rows and units: one ends before the next header, a note, or the first blank row."""
    starts = sorted(table.first_row for table in tables)
    found = []
    for table in tables:
        below = bisect_right(starts, table.header_row)
        limit = starts[below] if below < len(starts) else NO_LIMIT
        found.append(replace(table, last_row=_last_row(table, limit)))
    inside = {row for table in found for row in range(table.first_row, table.last_row + 1)}
    last = max(starts, default=0)
    units = [(row, unit) for row in grid.rows if row < last and row not in inside and (unit := _unit(grid, row))]
    return [_with_units(table, units) for table in found]


def _unit(grid: Grid, row: int) -> Unit | None:
    """The unit that a line outside of the tables states."""
    return next((unit for cell in grid.by_row[row] if (unit := parse_unit_line(cell.read_as))), None)


def _with_units(table: Table, units: Sequence[tuple[int, Unit]]) -> Table:
    """The table with its column of units, and the unit that the nearest line above states."""
    columns = [c for c in table.header.named(UNITS) if c.number not in table.labels]
    above = bisect_left(units, table.first_row, key=lambda line: line[0])
    unit = units[above - 1][1] if above else None
    return replace(table, unit_column=columns[0].number if columns else None, unit=unit)


def _last_row(table: Table, limit: int) -> int:
    rows, last = table.grid.rows, table.header_row
    for row in rows[bisect_right(rows, last) : bisect_left(rows, limit)]:
        if (row > last + 1 and not table.layout.gaps) or _ends(table, row):
            break
        last = row
    return last


def _ends(table: Table, row: int) -> bool:
    """Whether a row stands under the table: a note or a signature, and no number beside it."""
    cells = table.grid.by_row[row]
    first = cells[0].read_as.strip()
    return not any(map(has_number, cells)) and (first.startswith(("*", "(*")) or any_same(table.layout.ends, first))


def _two_layouts(fitting: Mapping[str, Table]) -> Problem:
    names = ", ".join(fitting)
    table = next(iter(fitting.values()))
    message = say("more than one layout fits this table: {names}", names=names)
    mend = say("Tell the layouts apart by their files, sheets or headings, in data/layouts/.")
    return Problem(message, mend, table.file, table.sheet, table.anchor.cell)


def _nothing_read(file: str, sheets: Sequence[Grid], search: Search) -> Problem:
    fitting = {name: layout for grid in sheets for name, layout in search.fitting(grid).items()}
    wanted = [word for layout in fitting.values() for word in layout.labels]
    if not wanted:
        mend = say("Describe its table in a file under data/layouts/, or move the file elsewhere.")
        return Problem(say("no table found: no layout is for a file or sheet of this name"), mend, file)
    words = ", ".join(f"“{word}”" for word in dict.fromkeys(wanted))
    mend = say(
        "The table needs a header row with one of these words and “{period}”; what is no table belongs elsewhere.",
        period=search.period,
    )
    return Problem(say("no table found: no cell says {words}", words=words), mend, file)


def _check_years(found: Found, search: Search) -> None:
    """Where no heading states the year, the words above the table, the sheet or the file must, and no other year."""
    if search.level == "term":
        return
    stated: dict[tuple[str, str], list[tuple[int, set[str]]]] = {}
    for table in [t for t in found.tables if not t.states_period]:
        place = (table.file, table.sheet)
        if place not in stated:
            stated[place] = [(row, named) for row in table.grid.rows if (named := _periods(table.grid, row))]
        named = periods_in(table.sheet) | periods_in(table.file.rpartition("/")[2])
        named |= {period for row, periods in stated[place] if row < table.first_row for period in periods}
        years = sorted(p for p in named if is_school_year(p))
        if search.period in years:
            continue
        mend = say("Is this the workbook of {period}? If not, move it to its own folder.", period=search.period)
        if years:
            message = say("the table is of {years}, not of {period}", years=", ".join(years), period=search.period)
            found.problems.append(Problem(message, mend, *place))
        else:
            message = say("nothing in the sheet says of which school year it is")
            found.warnings.append(Problem(message, mend, *place))


def _periods(grid: Grid, row: int) -> set[str]:
    return {period for cell in grid.by_row[row] for period in periods_in(cell.read_as)}
