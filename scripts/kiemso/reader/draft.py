"""Cells whose texts are not yet Unicode: a file's texts are decoded together, since they are each other's evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kiemso.encoding import Runs, decode_all
from kiemso.message import joined, plural, say
from kiemso.problem import Problem
from kiemso.raw import RawCell


class Draft(NamedTuple):
    """A cell, and the pieces of its text with their fonts; a number has none. Nobody sees one under a merged cell."""

    cell: RawCell
    runs: Runs = ()
    covered: bool = False


def remarks(texts: Iterable[str]) -> str:
    """What there is to say about a cell, each once, as one message."""
    said = list(dict.fromkeys(text for text in texts if text))
    return joined("; ", said) if len(said) > 1 else said[0] if said else ""


def decoded(drafts: list[Draft]) -> tuple[RawCell, ...]:
    """The cells with their texts in Unicode; those that show nothing and those that nobody sees are left out."""
    visible = [draft for draft in drafts if not draft.covered]
    texts = iter(decode_all(draft.runs for draft in visible if draft.runs))
    cells = []
    for cell, runs, _ in visible:
        if runs:
            text = next(texts)
            cell = cell._replace(
                text=text.text,
                original=text.original,
                encoding=text.encoding,
                fault=remarks((cell.fault, text.fault)),
                warning=remarks((cell.warning, text.warning)),
            )
        if cell.text.strip():
            cells.append(cell)
    return tuple(cells)


def covered_warnings(drafts: list[Draft]) -> list[Problem]:
    """A warning for each sheet in which values stand under merged cells."""
    by_sheet: dict[str, list[RawCell]] = {}
    for cell, runs, covered in drafts:
        if covered and (cell.text or "".join(text for text, _ in runs)).strip():
            by_sheet.setdefault(cell.sheet, []).append(cell)
    mend = say("Unmerge the cell in Excel to see them.")
    return [
        Problem(
            plural(
                "{count} value under a merged cell, which nobody sees, was not read",
                "{count} values under merged cells, which nobody sees, were not read",
                len(cells),
            ),
            mend,
            cells[0].file,
            sheet,
            cells[0].cell,
        )
        for sheet, cells in by_sheet.items()
    ]
