"""Where a value stands: file, sheet, cell, and the text that stands there."""

from __future__ import annotations

from typing import NamedTuple


class Source(NamedTuple):
    """A raw cell. In a YAML file, `cell` is the path of the entry and `sheet` is empty.

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
        place = f"{self.file} › {self.sheet} › {self.cell}" if self.sheet else f"{self.file} › {self.cell}"
        return f"{place} “{self.text}”" + (f", corrected to “{self.corrected}”" if self.corrected else "")
