"""The rows of tables: which state values, and which are sections, totals, notes or left out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kiemso.catalogue import Catalogue
from kiemso.heading import any_same, periods_in
from kiemso.layout import PERIOD, ColumnsLayout, RowsLayout
from kiemso.table import Table
from kiemso.text import label_key


class Role(StrEnum):
    """What a row of a table is."""

    ENTRY = "entry"
    SECTION = "section"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    IGNORED = "ignored"
    OTHER = "other"  # a row of another year, or whatever else the layout's conditions leave out
    NUMBERING = "numbering"  # “A, B, 1, 2, 3” under the headings


def row_roles(table: Table, catalogue: Catalogue, period: str) -> dict[int, Role]:
    """What each row under the header of a table is; rows in which nothing of the table stands are left out."""
    roles = {}
    for row in table.rows:
        read = [*table.labels, *(column.number for column in table.values)]
        if any((row, column) in table.grid.cells for column in read):
            roles[row] = _role(table, row, catalogue, period)
    return roles


def row_label(table: Table, row: int) -> tuple[str, str]:
    """The words before a row's label, and the label: several columns may share one heading."""
    cells = {cell.cell: cell.read_as for column in table.labels if (cell := table.grid.at(row, column))}
    *before, label = cells.values() or [""]
    return " ".join(before), label


def _role(table: Table, row: int, catalogue: Catalogue, period: str) -> Role:
    layout = table.layout
    group, label = row_label(table, row)
    if row == table.header_row + 1 and _is_numbering(table, row):
        return Role.NUMBERING
    if not all(_counts(table, row, heading, period) for heading in table.named):
        return Role.OTHER
    known = label_key(label) in catalogue.spellings or bool(group)
    kinds: Sequence = ((Role.IGNORED, layout.ignore), (Role.SUBTOTAL, layout.subtotals), (Role.TOTAL, layout.totals))
    if not isinstance(layout, ColumnsLayout):
        if any_same(layout.sections, label):
            return Role.SECTION
        # A total of a name that the catalogue knows is an indicator of its own.
        kinds = kinds[:1] if known else kinds
    return next((role for role, words in kinds if label and any_same(words, label)), Role.ENTRY)


def _counts(table: Table, row: int, heading: str, period: str) -> bool:
    """Whether a row meets the layout's condition on one column."""
    text = table.grid.text(row, table.named[heading].number)
    wanted = table.layout.where[heading]
    return (PERIOD in wanted and period in periods_in(text)) or any_same(wanted, text)


def _is_numbering(table: Table, row: int) -> bool:
    """Whether a row only counts the columns: A, B, 1, 2, 3."""
    texts = [cell.read_as.strip() for cell in table.grid.by_row[row]]
    numbers = [int(text) for text in (text.strip("()") for text in texts) if text.isdecimal()]
    letters = [text.strip("()") for text in texts if not text.strip("()").isdecimal()]
    # Where records stand one below the other, a class may be called 1.
    marked = bool(letters) or all(text.startswith("(") for text in texts) or isinstance(table.layout, RowsLayout)
    counted = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    return counted and marked and all(len(letter) == 1 for letter in letters)
