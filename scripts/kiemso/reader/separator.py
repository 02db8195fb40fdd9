"""What separates the columns of a text table: the one sign that cuts its rows evenly."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from kiemso.message import either, say
from kiemso.problem import Problem, Refused

_SEPARATORS = "\t|;,"  # those that stand less often inside a text come first
_SAMPLE = 500  # rows
_EVEN = 0.9  # the share of rows that have the usual width
_DECIMAL_COMMA = re.compile(r"[-+]?[\d.\s]*\d,\d+\s*%?")
_LARGEST_FIELD = 1_000_000
AS_WORKBOOK = say(
    "Open the file in Excel, see that each value stands in its column, and save it as a workbook (.xlsx)."
)


def usual_width(rows: Iterable[Sequence[str]]) -> int:
    """How many columns most rows have; of equally many, the first such row's."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return widths.most_common(1)[0][0] if widths else 1


def find_separator(text: str, name: str) -> str:
    """The separator of the text's columns; a comma where there is only one column. Refused where two are as good."""
    cuts = {separator: _cut(text, separator) for separator in _SEPARATORS if separator in text}
    even = [separator for separator, rows in cuts.items() if _evenness(rows) >= _EVEN]
    if not even:
        # Titles above a table and notes below it make rows uneven in every separator.
        return max(cuts, key=lambda separator: _evenness(cuts[separator]), default=",")
    first, *others = even
    rivals = [other for other in others if not _explained(cuts[first], other)]
    if rivals:
        shown = either(_called(separator) for separator in (first, *rivals))
        message = say("has columns that are separated by {separators}: both are possible", separators=shown)
        raise Refused(Problem(message, AS_WORKBOOK, name))
    return first


def _called(separator: str) -> str:
    return say("tabs") if separator == "\t" else f"“{separator}”"


def _cut(text: str, separator: str) -> list[list[str]]:
    """The first rows, as far as they can be read with this separator."""
    rows: list[list[str]] = []
    before = csv.field_size_limit(_LARGEST_FIELD)
    try:
        rows.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), _SAMPLE))
    except csv.Error:
        return []
    finally:
        csv.field_size_limit(before)
    return [row for row in rows if any(field.strip() for field in row)]


def _evenness(rows: list[list[str]]) -> float:
    """The share of rows that have the usual number of columns, if that is more than one."""
    if not rows or (width := usual_width(rows)) == 1:
        return 0.0
    return sum(len(row) == width for row in rows) / len(rows)


def _explained(rows: list[list[str]], other: str) -> bool:
    """Whether the other sign stands in the fields as in texts and numbers: before a space, as a decimal comma."""
    fields = [field for row in rows for field in row if other in field]
    return all(
        re.search(rf"{re.escape(other)}(?!\s|$)", f) is None or _DECIMAL_COMMA.fullmatch(f.strip()) for f in fields
    )
