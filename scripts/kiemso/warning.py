"""What is suspicious but usable in a term's workbooks: the warnings that its notebooks left, for the report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import period_folder

# Written by the first notebook of a period: a list of what `Problem.as_json` gives.
FILE = "warnings.json"
# The report is in Vietnamese, whatever the language of the person who renders it.
_LANGUAGE = "vi"

Row = dict[str, str]


def read_warnings(project: Path, periods: Iterable[str]) -> list[dict[str, Any]]:
    """The warnings of the workbooks of these periods, in order; Refused where they cannot be read."""
    found: list[dict[str, Any]] = []
    for period in periods:
        try:
            found += json.loads((period_folder(project, period) / FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue  # made before there were warnings, or by hand
        except (ValueError, TypeError):
            message, mend = say("cannot be read"), say("Delete it and run `kiemso run` again.")
            raise Refused(Problem(message, mend, f"build/{period}/{FILE}")) from None
    return found


def warning_rows(warnings: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Each warning once, as the report's evidence lists it: file, sheet, cell, text and message."""
    rows = [
        {name: warning.get(name) or "" for name in ("file", "sheet", "cell", "text")} | {"message": _sentence(warning)}
        for warning in warnings
    ]
    return list({tuple(row.values()): row for row in rows}.values())


def _sentence(warning: Mapping[str, Any]) -> str:
    return warning["message"][_LANGUAGE]
