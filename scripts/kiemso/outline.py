"""What the labels and headings of a table tell of its layout, where none is written yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kiemso.catalogue import Catalogue
from kiemso.grid import Grid, has_number
from kiemso.header import NO_LIMIT, Column, Header, headers
from kiemso.heading import any_same, fits, periods_in, planned, without_numbering
from kiemso.layout import PERIOD, ColumnsLayout, RowsLayout
from kiemso.message import say
from kiemso.proposal import TODO, Proposal, begun, known, stranger
from kiemso.raw import MASK
from kiemso.register import ORDINAL_HEADINGS
from kiemso.table import NOTES, ORDINALS, UNITS, Search, Table, table_under
from kiemso.text import label_key, tidy, visible

# So many labels or headings that the catalogue knows make a table; one may be chance.
_ENOUGH = 2
_YEARS = re.compile(r"\d{4}\s*[-–/_]\s*\d{2,4}")


# -- one indicator a row -------------------------------------------------------------------------------------------


def rows_layout(grid: Grid, search: Search) -> Proposal | None:
    """The layout of a sheet with one indicator a row; None where too few labels are of the catalogue."""
    by_column: dict[int, dict[int, str]] = {}
    for (row, column), cell in grid.cells.items():
        if code := known(cell.read_as, search):
            by_column.setdefault(column, {})[row] = code
    column = max(by_column, key=lambda number: len({*by_column[number].values()}), default=0)
    if not column or len({*by_column[column].values()}) < _ENOUGH:
        return None
    rows = sorted(by_column[column])
    if not _names_indicators(grid, column, rows, search.catalogue):
        return None
    anchor = _anchor(grid, rows[0], column)
    decisions: dict[str, list[str]] = {}
    if anchor is None:
        decisions["labels"] = [say("nothing heads the column of labels: write a heading above it, and name it here")]
        content: dict[str, Any] = {"shape": "rows", "labels": [TODO]}
        return begun(grid, search, content, decisions)
    content = {"shape": "rows", "labels": [without_numbering(anchor.read_as)]}
    table = _valued(grid, anchor, content, decisions, rows, search)
    sections, strangers = _strangers(grid, column, rows, table, search.catalogue)
    if sections:
        content["sections"] = sections
    if strangers:
        decisions["ignore"] = [stranger(label, search) for label in strangers]
    return begun(grid, search, content, decisions)


def _names_indicators(grid: Grid, column: int, rows: Sequence[int], catalogue: Catalogue) -> bool:
    """Whether the column names indicators and parts rather than what else may stand in rows: persons, for instance."""
    beside = [
        row for row in grid.rows if row >= rows[0] and grid.row(row, after=column) and (row, column) in grid.cells
    ]
    unknown = [text for row in beside if row not in rows and (text := tidy(grid.text(row, column)))]
    unknown = [text for text in unknown if label_key(text) not in catalogue.part_spellings]
    return len(unknown) * 2 <= len(beside) or not any(map(_may_be_a_name, unknown))


def _may_be_a_name(label: str) -> bool:
    words = label.split()
    return 2 <= len(words) <= 6 and all(word[0].isupper() for word in words)


def _anchor(grid: Grid, below: int, column: int) -> Any | None:
    """The cell that heads the labels: the nearest above them that is no section, numbering or number."""
    for row in range(below - 1, 0, -1):
        cell = grid.cells.get((row, column))
        if cell is None or has_number(cell) or cell.read_as == MASK or not re.search(r"\w{2}", cell.read_as):
            continue
        area = grid.area(row, column)
        last = area.last_row
        if any(grid.row(line, after=area.last_column) for line in range(row, last + 1)):
            return cell
    return None


def _valued(
    grid: Grid,
    anchor: Any,
    content: dict[str, Any],
    decisions: dict[str, list[str]],
    rows: Sequence[int],
    search: Search,
) -> Table | None:
    """Add the headings of values and the conditions; the table that they make, where they are decided."""
    ways = [*headers(grid, anchor, 0, NO_LIMIT)]
    for header in ways:
        own = _conditions(header, rows, search.period)
        if found := _values(header, own, rows, search):
            trial = {**content, "label": "x", "values": [found], **({"where": own} if own else {})}
            table = table_under("x", RowsLayout.model_validate(trial), header, search)
            if isinstance(table, Table):
                content |= {name: trial[name] for name in ("values", "where") if name in trial}
                return table
    content["values"] = [TODO]
    headings = ", ".join(f"“{visible(c.heading)}”" for c in ways[0].columns.values() if c.number > anchor.column)
    choice = say("which heading stands above the values: {headings}?", headings=headings)
    decisions["values"] = [choice]
    return None


def _conditions(header: Header, rows: Sequence[int], period: str) -> dict[str, list[str]]:
    """The column, if any, in which each row says its own year."""
    for column in header.columns.values():
        years = [periods_in(header.grid.text(row, column.number)) for row in rows]
        if any(period in found for found in years) and sum(map(bool, years)) * 2 > len(years):
            return {column.path[-1]: [PERIOD]}
    return {}


def _values(header: Header, conditions: Mapping[str, Any], rows: Iterable[int], search: Search) -> str:
    """What heads the values, as a layout says it; nothing where that is not clear."""
    unread = {c.number for c in header.named((*ORDINALS, *NOTES, *UNITS, *conditions))}
    beside = [c for c in header.columns.values() if c.number > header.anchor.last_column and c.number not in unread]
    own = [c for c in beside if search.period in periods_in(c.words)]
    if own:
        if len(own) == 1:
            return "" if planned(own[0].path) else PERIOD
        if _in_parts(own, search.catalogue):
            return f"{PERIOD} {{part}}"
        done = [c for c in own if not planned(c.path)]
        words = _YEARS.sub(" ", done[0].words) if done else ""
        pattern = tidy(f"{words} {PERIOD}")
        return pattern if len([c for c in own if fits(pattern, c.path, search.period)]) == 1 else ""
    if any(periods_in(c.words) for c in beside):
        return ""
    filled = [c for c in beside if _states_values([header.grid.text(row, c.number) for row in rows], search.catalogue)]
    if _in_parts(filled, search.catalogue):
        return "{part}"
    clear = len(filled) == 1 and re.search(r"\w", filled[0].path[-1]) and not planned(filled[0].path)
    return filled[0].path[-1] if clear else ""


def _states_values(texts: Iterable[str], catalogue: Catalogue) -> bool:
    """Whether the texts of a column are mostly values: what holds neither a digit nor a prize may be a name."""
    stated = [text for text in texts if text]
    told = [text for text in stated if re.search(r"\d", text) or label_key(text) in catalogue.part_spellings]
    return bool(stated) and len(told) * 2 >= len(stated)


def _in_parts(columns: Sequence[Column], catalogue: Catalogue) -> bool:
    return len(columns) > 1 and all(label_key(c.path[-1]) in catalogue.part_spellings for c in columns)


def _strangers(
    grid: Grid, column: int, rows: Sequence[int], table: Table | None, catalogue: Catalogue
) -> tuple[dict[str, str], list[str]]:
    """The labels that head others, with the words that the labels below go without; and those nobody knows."""
    sections: dict[str, str] = {}
    strangers: list[str] = []
    unlike: set[str] = set()
    section, values = "", [c.number for c in table.values] if table else []
    totals = table.layout.totals if table else ()
    for row in range((table.header_row if table else rows[0] - 1) + 1, grid.rows[-1] + 1):
        label = without_numbering(grid.text(row, column))
        if row > rows[-1] and (row not in grid.by_row or (table and any_same(table.layout.ends, label))):
            break  # what stands below the table is none of its labels
        if not re.search(r"\w", label) or label == MASK:
            continue
        filled = any(grid.text(row, number) for number in values)
        is_part = label_key(label) in catalogue.part_spellings
        whole = label_key(f"{label} {section}") in catalogue.spellings
        if row in rows or (is_part and filled) or any_same(totals, label):
            unlike |= {section} if row in rows and not whole else set()
            continue
        if values and not filled:
            section = label
            # A part without a value may be one of the indicator above: it is a section where a label below needs it.
            sections |= {} if is_part else {label: ""}
        elif section and whole:
            sections[section] = section
        elif values:
            strangers.append(label)
    # Labels that are whole without the section's words would no longer be known with them.
    words = {visible(name): "" if name in unlike else words for name, words in sections.items()}
    return words, [*dict.fromkeys(strangers)]


# -- one indicator a column ----------------------------------------------------------------------------------------


def columns_layout(grid: Grid, search: Search) -> Proposal | None:
    """The layout of a sheet with one indicator a column; None where too few headings are of the catalogue."""
    for row in grid.rows:
        texts = [cell for cell in grid.by_row[row] if not has_number(cell)]
        if len({code for cell in texts if (code := known(cell.read_as, search))}) < _ENOUGH:
            continue
        plain = [c for c in texts if label_key(c.read_as) not in ORDINAL_HEADINGS and not known(c.read_as, search)]
        anchor = next((cell for cell in plain if re.search(r"\w", cell.read_as) and cell.read_as != MASK), None)
        if anchor is None:
            continue
        heading = without_numbering(anchor.read_as)
        content: dict[str, Any] = {"shape": "columns", "labels": [heading]}
        below = [grid.text(r, anchor.column) for r in grid.rows if r > row]
        if any(search.period in periods_in(text) for text in below):
            content["where"] = {heading: [PERIOD]}
        elif _states_values(below, search.catalogue):
            content["add"] = True
        else:
            continue  # what stands there may be persons
        table = _headed(grid, anchor, content, search)
        strange = [c.path[-1] for c in table.values if not known(c.path[-1], search)] if table else []
        decisions = {"ignore": [stranger(label, search) for label in strange]} if strange else {}
        return begun(grid, search, content, decisions)
    return None


def _headed(grid: Grid, anchor: Any, content: Mapping[str, Any], search: Search) -> Table | None:
    layout = ColumnsLayout.model_validate({**content, "label": "x"})
    tables = (table_under("x", layout, header, search) for header in headers(grid, anchor, 0, NO_LIMIT))
    return next((table for table in tables if isinstance(table, Table)), None)
