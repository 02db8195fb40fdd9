"""Where a value stands: file, sheet, cell, and the text that stands there."""

from __future__ import annotations

import re
from typing import NamedTuple

from kiemso.address import expand
from kiemso.message import say

# How the observation of a record list says how many records it counts.
_RECORDS = re.compile(r"\d+ dòng\b")


class Source(NamedTuple):
    """A raw cell. In a YAML file, `cell` is the path of the entry and `sheet` is empty.

    `cell` may be a list of the cells of one sheet (D7:D9, D12) where records are counted or added up.
    `text` is what stands there; `corrected` what it is read as, where a correction says so; `original` the text as
    the file's bytes say it, where it was converted from a legacy encoding.
    """

    file: str
    sheet: str
    cell: str
    text: str
    corrected: str = ""
    original: str = ""

    def __str__(self) -> str:
        # As the notebooks and the released data state it, which are Vietnamese wherever they are made.
        return self._stands + (f", đính chính thành “{self.corrected}”" if self.corrected else "")

    @property
    def counts(self) -> bool:
        """Whether the text says how many records of a list it is made of, rather than what a cell says."""
        return bool(_RECORDS.match(self.text))

    @property
    def places(self) -> tuple[tuple[str, str, str], ...]:
        """File, sheet and address of each cell."""
        return tuple((self.file, self.sheet, cell) for cell in expand(self.cell)) if self.sheet else (self[:3],)

    @property
    def told(self) -> str:
        """The cell as a person reads it: its place, its text and what that was corrected to."""
        if not self.corrected:
            return self._stands
        return say("{cell}, corrected to “{text}”", cell=self._stands, text=self.corrected)

    @property
    def _stands(self) -> str:
        return f"{' › '.join(filter(None, self[:3]))} “{self.text}”"
