"""Corrections to raw cells: data/corrections.yml, reviewed data that leaves the workbook as it came."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, field_validator

from kiemso.document import read_document
from kiemso.message import Message, joined, say
from kiemso.problem import Problem, Refused
from kiemso.raw import MASK

if TYPE_CHECKING:
    import pandas as pd

FILE = "data/corrections.yml"
_PLACE = re.compile(r"data/raw/\d{4}-\d{4}/[^/]+")


class Correction(BaseModel):
    """One raw cell: what stands there, what it is to be read as, and who says why."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    file: str
    sheet: str
    cell: str
    before: str = Field(alias="from")
    after: str = Field(alias="to", pattern=r"\S")
    reason: str = Field(pattern=r"\S")
    by: str = Field(pattern=r"\S")
    date: datetime.date

    @field_validator("before", "after", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        # A number written without quotes means what it looks like.
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @property
    def place(self) -> tuple[str, str, str]:
        """The raw cell: file, sheet, address."""
        return self.file, self.sheet, self.cell


def read_corrections(project: Path) -> list[Correction]:
    """The corrections, in the order of the file; Refused where one is of a file that nobody reads."""
    if not (project / FILE).exists():
        return []
    corrections: list[Correction] = read_document(project / FILE, list[Correction], FILE, listed=True)
    mend = say("Name the workbook as data/raw/<school year>/<file>.")
    strangers = [c for c in corrections if not _PLACE.fullmatch(c.file) or not (project / c.file).is_file()]
    if strangers:
        raise Refused(Problem(say("no such workbook to correct"), mend, FILE, text=c.file) for c in strangers)
    return corrections


def correct_cells(cells: pd.DataFrame, corrections: Sequence[Correction]) -> tuple[pd.DataFrame, list[Problem]]:
    """The cells with `corrected`, the text to read instead (or nothing), and `read_as`, the text that counts.

    A problem for each correction that does not fit the workbook.
    """
    problems: list[Problem] = []
    texts: dict[tuple[str, str, str], str] = {}
    standing = {cell[:3]: cell[3] for cell in cells[["file", "sheet", "cell", "text"]].itertuples(index=False)}
    for correction in corrections:
        fault = _fault(correction, standing, texts)
        if fault:
            message, mend = fault
            where = (correction.file, correction.sheet, correction.cell)
            told = joined(": ", (FILE, message))
            problems.append(Problem(told, mend, *where, text=standing.get(correction.place)))
        texts[correction.place] = correction.after
    corrected = [texts.get(place, "") for place in zip(cells["file"], cells["sheet"], cells["cell"], strict=True)]
    read_as = [new or text for new, text in zip(corrected, cells["text"], strict=True)]
    return cells.assign(corrected=corrected, read_as=read_as), problems


def _fault(correction: Correction, standing: dict, taken: dict) -> tuple[Message, Message] | None:
    if correction.place in taken:
        return say("the cell is corrected twice"), say("Delete one of the two.")
    if correction.before == correction.after:
        return say("the correction changes nothing"), say("Delete it.")
    if correction.place not in standing:
        mend = say("Mend file, sheet and cell, or delete the correction.")
        return say("the cell to be corrected is blank or not there"), mend
    if standing[correction.place] == correction.after:
        mend = say("Delete the correction: it is no longer needed.")
        return say("the cell says “{text}” already", text=correction.after), mend
    if standing[correction.place] == MASK != correction.before:
        # Neither text may be shown: a correction that copies a name from the workbook is to give it up.
        mend = say("Write “{mask}” after from: the text itself has no place in the corrections.", mask=MASK)
        return say("the cell's text is not shown"), mend
    if standing[correction.place] != correction.before:
        mend = say("Look at the workbook again, then mend “from” and “to”.")
        return say("the correction expects “{text}”", text=correction.before), mend
    return None
