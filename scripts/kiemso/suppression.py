"""Small counts that could identify a person: which values of schools may be shown, and whether their total may.

A count of 1 to `below` - 1 is shown as “<below”. The total minus the values that are shown would give it away where
it is the only one, or where the small ones leave no doubt: then further values are withheld, shown as “…”, until the
sum of what is hidden leaves room for every small value. Which ones these are depends on the schools' codes alone, and
where it ends on that sum alone, so that who knows this rule learns nothing more from it. Each district is treated by
itself: the roll-ups of one district and of all of them show the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from kiemso.fact import Fact

WITHHELD = "…"
# Of fewer schools a total would say what one of them states.
FEWEST = 3

Value = int | None


@dataclass(frozen=True)
class Suppressed:
    """Of each school the text that hides its value, for those that are hidden; and whether the total may be shown."""

    marks: Mapping[str, str]
    total_is_safe: bool


def small(below: int) -> str:
    """What is shown for a small count."""
    return f"<{below}"


def stating_cells(fact: Fact) -> list[tuple[str, str, str]]:
    """File, sheet and cell of each table cell that states a school's value.

    A list of records is not among them: it is as long as the count, and is named only where it counts something.
    """
    return [source.places[0] for source in fact.sources if not source.counts]


def suppress(values: Mapping[str, Value], districts: Mapping[str, str], below: int) -> Suppressed:
    """Which values to hide; `values` and `districts` are by code, None where a school states no value."""
    marks: dict[str, str] = {}
    doubtful: dict[str, int] = {}
    for district in sorted(set(districts.values())):
        known = {code: v for code, v in values.items() if v is not None and districts[code] == district}
        hidden = _hide(known, below)
        if hidden is None:
            hidden = {code: _mark(value, below) for code, value in known.items() if value}
            doubtful |= {code: known[code] for code in hidden}
        marks |= hidden
    return Suppressed(marks, not doubtful or _leaves_room(doubtful, below))


def _hide(values: Mapping[str, int], below: int) -> dict[str, str] | None:
    """The marks of one district's schools; nothing where all its values together cannot hide the small ones."""
    hidden = {code: value for code, value in values.items() if 0 < value < below}
    if not hidden or _hide_one_another(hidden, below):
        return {code: _mark(value, below) for code, value in hidden.items()}
    for code in sorted((code for code, value in values.items() if value >= below), key=_order):
        hidden[code] = values[code]
        if _leaves_room(hidden, below):
            return {code: _mark(value, below) for code, value in hidden.items()}
    return None


def _hide_one_another(small_ones: Mapping[str, int], below: int) -> bool:
    """Whether each of them may be anything from 1 to below - 1, for all that their sum says."""
    total, others, most = sum(small_ones.values()), len(small_ones) - 1, below - 1
    return total - others * most <= 1 and total - others >= most


def _leaves_room(hidden: Mapping[str, int], below: int) -> bool:
    """Whether the sum of what is hidden is possible for any small values: the withheld ones are at least `below`."""
    small_ones = sum(value < below for value in hidden.values())
    withheld = len(hidden) - small_ones
    return withheld > 0 and sum(hidden.values()) >= withheld * below + small_ones * (below - 1)


def _mark(value: int, below: int) -> str:
    return small(below) if value < below else WITHHELD


def _order(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
