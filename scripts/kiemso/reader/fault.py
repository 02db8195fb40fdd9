"""What readers say is wrong with a file, a sheet or a cell: each in the same words, whatever the file's format."""

from __future__ import annotations

from kiemso.message import say
from kiemso.problem import Problem, Refused

RESAVE = say("Open it in Excel or LibreOffice and save it as an Excel workbook (.xlsx).")
RESEND = say("Ask the sender for the file again: it may have been damaged on its way.")
UNREADABLE = say("cannot be read as a workbook")

# Why a cell is not to be trusted as a value.
DATE = say("is a date, which Excel makes of texts like 1-2")
ERROR = say("is an Excel error")
MERGED = say("is merged over several rows, so it is not clear whose value it is")
SHOWN_OTHERWISE = say("is shown as something else than it holds")
TOO_LARGE = say("is too large a number")
UNVALUED = say("holds a formula without a value")

# What is suspicious about a cell that can be used as one.
LINKED = say("was calculated from another workbook")
TABLE_WITHIN = say("holds a table of its own")

_LOOK = say("Look in Excel whether something in it belongs to the table.")


def protected(name: str) -> Refused:
    """The refusal of a file that only a password opens."""
    mend = say("Ask the sender for a copy that is saved without a password.")
    return Refused(Problem(say("is protected by a password"), mend, name))


def cut_off(name: str) -> Refused:
    """The refusal of a file that is not whole."""
    return Refused(Problem(say("is damaged or was cut off"), RESEND, name))


def unconfirmed(name: str, sheet: str) -> Problem:
    """A warning of a sheet that the second reader cannot read."""
    message = say("could be read by one of two readers only, so that nothing confirms its values")
    return Problem(message, RESAVE, name, sheet)


def macros(name: str, mend: str = _LOOK) -> Problem:
    """A warning of a workbook that holds programs."""
    return Problem(say("holds macros, which were not run"), mend, name)


def links(name: str) -> Problem:
    """A warning of a workbook whose formulas ask other ones."""
    message = say("takes values from other workbooks, as they were when it was saved")
    return Problem(message, say("Check those values, or ask for the workbook without links."), name)


def hidden_sheet(name: str, sheet: str, mend: str = _LOOK) -> Problem:
    """A warning of a sheet that is not shown."""
    return Problem(say("the sheet is hidden"), mend, name, sheet)


def unseen(*, row: bool, column: bool, by_filter: bool) -> list[str]:
    """Warnings of a cell whose row or column is not shown; `by_filter` says that a filter hides the row."""
    warnings: list[str] = []
    if row:
        warnings.append(say("stands in a row that a filter hides") if by_filter else say("stands in a hidden row"))
    if column:
        warnings.append(say("stands in a hidden column"))
    return warnings
