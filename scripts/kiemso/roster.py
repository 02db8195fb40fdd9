"""What the headings and columns of a list of persons tell of its layout, where none is written yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kiemso.grid import Grid, has_number
from kiemso.heading import heads
from kiemso.message import say
from kiemso.personal import PERSONAL_HEADINGS
from kiemso.proposal import TODO, Proposal, begun
from kiemso.register import ORDINAL_HEADINGS
from kiemso.table import Search
from kiemso.text import kebab, label_key, tidy
from kiemso.vocabulary import read_date

_AMOUNT = re.compile(r"\d[\d.,]{3,}")


def register_layout(grid: Grid, search: Search) -> Proposal | None:
    """A list of persons: the columns whose texts name indicators or parts are read, whatever else they hold."""
    for row in grid.rows:
        cells = [cell for cell in grid.by_row[row] if not has_number(cell)]
        personal = [cell for cell in cells if heads(cell.read_as, PERSONAL_HEADINGS)]
        named = [c for c in cells if c not in personal and label_key(c.read_as) not in ORDINAL_HEADINGS]
        columns = {code: cell for cell in named if (code := kebab(cell.read_as))}
        below = {code: [*_below(grid, row, cell.column)] for code, cell in columns.items()}
        decisions: dict[str, list[str]] = {}
        if not personal or not (rule := _rule(below, decisions, search)):
            continue
        date = _mostly(below, lambda cell: bool(read_date(cell.read_as)))
        used = {*rule.values(), date} & {*columns}
        content = {
            "shape": "register",
            "columns": {name: [tidy(cell.read_as)] for name, cell in columns.items() if name in used},
            "personal": [tidy(cell.read_as) for cell in personal],
            **({"date": date} if date else {}),
            "rules": [rule],
        }
        return begun(grid, search, content, decisions)
    return None


def _rule(below: Mapping[str, Sequence[Any]], decisions: dict[str, list[str]], search: Search) -> dict[str, str]:
    """The rule that the columns tell; nothing where they hold no indicator, no part and no amount."""
    spellings, parts = search.catalogue.spellings, search.catalogue.part_spellings
    indicator = _mostly(below, lambda cell: label_key(cell.read_as) in spellings)
    part = _mostly(below, lambda cell: label_key(cell.read_as) in parts)
    amount = _mostly(below, _amount)
    rule = {"indicator_from": indicator} if indicator else {"indicator": TODO}
    if part and part != indicator:
        rule["part_from"] = part
    elif amount and not indicator:
        rule["add"] = amount
    if not indicator and len(rule) > 1:
        decisions["rules"] = [say("which indicator of data/indicators.yml do the records state?")]
    return rule if indicator or len(rule) > 1 else {}


def _below(grid: Grid, row: int, column: int) -> Iterator[Any]:
    for line in grid.rows:
        if line > row and (cell := grid.cells.get((line, column))) is not None:
            yield cell


def _mostly(below: Mapping[str, Sequence[Any]], holds: Callable[[Any], bool]) -> str:
    """The first column of which more than half of the cells hold something."""
    return next((name for name, cells in below.items() if sum(map(holds, cells)) * 2 > len(cells)), "")


def _amount(cell: Any) -> bool:
    return has_number(cell) or bool(_AMOUNT.fullmatch(tidy(cell.read_as)))
