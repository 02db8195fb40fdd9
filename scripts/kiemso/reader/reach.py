"""Whether the second reader can be asked about a sheet: it takes memory for every cell up to the last one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kiemso.address import cell_address
from kiemso.limit import Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.reader.fault import RESAVE, unconfirmed
from kiemso.reader.second import Seen, confirm

_LARGEST_BOX = 5_000_000  # cells of the rectangle from A1, there or not


def confirm_in_reach(
    path: Path, name: str, named: Sequence[tuple[str, Seen]], limits: Limits, *, at_once: bool = False
) -> list[Problem]:
    """Warnings of sheets that no second reader confirms; Refused where it disagrees, and where two have one name.

    `at_once` says that it reads all sheets of such a file, or none.
    """
    sheets = dict(named)
    if len(sheets) < len(named):
        raise Refused(Problem(say("has two sheets of one name"), RESAVE, name))
    far = [title for title, seen in sheets.items() if _box(seen) > _LARGEST_BOX]
    warnings = [_too_far(name, title, max(sheets[title])) for title in far]
    near = {title: seen for title, seen in sheets.items() if title not in far}
    if far and at_once:
        return warnings + [unconfirmed(name, title) for title, seen in near.items() if seen]
    return warnings + confirm(path, name, near, limits)


def _box(seen: Seen) -> int:
    return max((row for row, _ in seen), default=0) * max((column for _, column in seen), default=0)


def _too_far(name: str, title: str, last: tuple[int, int]) -> Problem:
    message = say("holds cells so far apart that no second reader could confirm them, the last one is this")
    mend = say("Delete what stands there by mistake, in Excel, and save it again.")
    return Problem(message, mend, name, title, cell_address(*last))
