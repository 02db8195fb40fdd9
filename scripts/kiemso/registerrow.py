"""The rows of record lists: which are records, which totals, and which neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kiemso.heading import says
from kiemso.layout import RegisterLayout
from kiemso.raw import MASK
from kiemso.register import Cell, RegisterTable
from kiemso.text import tidy

COLUMN_NUMBER = re.compile(r"\(?(\d{1,2}|[A-Z])\)?")
ORDINAL = re.compile(r"\d{1,4}\.?")
_TOTAL = re.compile(r"(?P<words>[^\d:]+?)[\s:]*(?P<number>[\d.,]*)\s*(?:người|lượt|em|học sinh|giải|dòng|đồng)?")


@dataclass(frozen=True)
class Rows:
    """What the rows under a heading are: records (`late` those after a blank row), totals to check, and the others."""

    records: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)


def part_rows(table: RegisterTable, rows: Mapping[int, Mapping[int, Cell]]) -> Rows:
    """What each row of masked cells under the heading is.

    A list may go on after blank rows or a total, but what stands there may be a signature as well: it is a record where
    a column holds what the rules understand, or a number stands before it. A row that has one cell, outside of the
    list's columns, names a group of records.
    """
    parted, gap = Rows(), False
    for row in range(table.header_rows.stop, table.last_row + 1):
        cells = rows.get(row, {})
        numbers = {c for c in cells if c in table.ordinals and ORDINAL.fullmatch(tidy(cells[c].text))}
        filled = [column for column in cells if column not in numbers]
        if table.is_heading(row) or not filled:
            gap = gap or not cells
            continue
        named = [column for column in filled if table.column_name(column)]
        if any(total_of(cell.text, table.layout) is not None for cell in cells.values()):
            parted.totals.append(row)
            continue
        alone = len(filled) == 1 and not named and filled[0] not in table.personal
        after = gap or bool(parted.totals)
        numbering = row == table.header_rows.stop and numbers_columns(cells.values())
        strange = after and not (numbers or any(cells[column].text != MASK for column in named))
        if numbering or strange or (alone and not numbers):
            parted.others.append(row)
        else:
            parted.records.append(row)
            parted.late.extend([row] if gap else [])
            gap = False
    return parted


def total_of(text: str, layout: RegisterLayout) -> str | None:
    """The number beside the word for a total (“Tổng cộng: 25 người”), often empty; None where it is no total."""
    match = _TOTAL.fullmatch(tidy(text))
    return match["number"] if match and says(match["words"], layout.totals) else None


def numbers_columns(cells: Iterable[Cell]) -> bool:
    """Whether the row below the heading numbers the columns: A, B, (1), (2)."""
    texts = [tidy(cell.text) for cell in cells]
    return len(texts) > 1 and all(COLUMN_NUMBER.fullmatch(text) for text in texts)
