"""A worksheet's own XML: which cells there are, how each states its value, and what is hidden or merged."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError

from kiemso.address import cell_address, row_and_column
from kiemso.limit import Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import Area
from kiemso.reader.fault import RESEND
from kiemso.reader.parts import MAIN, TRUE
from kiemso.reader.plainbook import plain_strings

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})", re.ASCII)
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_ROW, _CELL, _FORMULA, _VALUE, _INLINE = (f"{{{MAIN}}}{tag}" for tag in ("row", "c", "f", "v", "is"))
_DATA = f"{{{MAIN}}}sheetData"


class Stated(NamedTuple):
    """How a cell states its value: the type of `value`, the number of its style, and the formula if there is one.

    `value` is None where the cell has a formula and no value was saved with it.
    """

    kind: str
    value: str | None
    style: int
    formula: str


class Worksheet:
    """What a worksheet's XML says; `xml` is the part of it that values come from, with nothing else to stumble over."""

    def __init__(self, root: Any, name: str, sheet: str, limits: Limits, strings: int, styles: int) -> None:
        self._name, self._sheet, self._limits = name, sheet, limits
        self._strings, self._styles = strings, styles
        self._shared: dict[str, tuple[str, str]] = {}
        self.cells: dict[tuple[int, int], Stated] = {}
        self.hidden_rows: set[int] = set()
        data = root.find(_DATA)
        self._row = 0
        for row in () if data is None else data.iterchildren(_ROW):
            self._read_row(row)
        self.hidden_columns = [
            range(int(column.get("min", 1)), int(column.get("max", _LAST_COLUMN)) + 1)
            for column in root.iterfind(f"{{{MAIN}}}cols/{{{MAIN}}}col")
            if _hidden(column, "width")
        ]
        self.merged = tuple(
            _area(merge.get("ref", "")) for merge in root.iterfind(f"{{{MAIN}}}mergeCells/{{{MAIN}}}mergeCell")
        )
        self.filtered = [
            _area(found.get("ref", "A1")) for found in root.iterfind(f"{{{MAIN}}}autoFilter") if len(found)
        ]
        for child in list(root):
            if child is not data:
                root.remove(child)
        self.xml = plain_strings(root)

    def filters(self, row: int) -> bool:
        """Whether a filter decides if the row is shown."""
        return any(area.first_row < row <= area.last_row for area in self.filtered)

    def _read_row(self, row: Any) -> None:
        self._row = self._counted(row.get("r"), self._row + 1, range(1, _LAST_ROW + 1))
        if _hidden(row, "ht"):
            self.hidden_rows.add(self._row)
        row.attrib.clear()
        row.set("r", str(self._row))
        column = 0
        for cell in list(row):
            if cell.tag != _CELL:
                row.remove(cell)
                continue
            column = self._column(cell, column + 1)
            place = (self._row, column)
            if place in self.cells:
                raise self._damaged(say("the cell is there twice"), place)
            stated = self._stated(cell, place)
            if stated is None:
                row.remove(cell)  # a cell that only has a format
            else:
                self.cells[place] = stated
                cell.set("r", cell_address(*place))
        self._limits.hold("rows", self._row, self._name, self._sheet)
        self._limits.hold("cells", len(self.cells), self._name, self._sheet)

    def _column(self, cell: Any, following: int) -> int:
        """The cell's column, which its address says or its place in the row."""
        address = cell.get("r")
        if address is None:
            return following
        found = _ADDRESS.fullmatch(address)
        column = _column(found[1]) if found and int(found[2]) == self._row else 0
        if not 1 <= column <= _LAST_COLUMN:
            raise self._damaged(say("a cell of row {row} is said to be {address}", row=self._row, address=address))
        if column > self._limits.columns:
            self._limits.hold("columns", column, self._name, self._sheet, address)
        return column

    def _stated(self, cell: Any, place: tuple[int, int]) -> Stated | None:
        found = {child.tag: child for child in cell}
        formula, value, kind = found.get(_FORMULA), found.get(_VALUE), cell.get("t") or "n"
        style = self._counted(cell.get("s") or None, 0, range(self._styles), place)
        cell.attrib.pop("s", None)
        if style:
            cell.set("s", str(style))
        if value is None and formula is None and _INLINE not in found:
            return None
        text = None if value is None else value.text
        if kind == "str" and value is not None:
            text = text or ""
        self._check(kind, text, place)
        return Stated(kind, "" if kind == "inlineStr" else text, style, self._formula(formula, place))

    def _check(self, kind: str, text: str | None, place: tuple[int, int]) -> None:
        """Refused for values that no program writes: readers take them for something, or for nothing."""
        if kind not in ("n", "s", "b", "e", "str", "d", "inlineStr"):
            raise self._damaged(say("the cell's type is unknown"), place)
        if text is None or kind in ("e", "str", "d", "inlineStr"):
            return
        sound = {"n": _NUMBER.fullmatch(text), "b": text in ("0", "1"), "s": _WHOLE.fullmatch(text)}[kind]
        if not sound or (kind == "s" and int(text) >= self._strings):
            raise self._damaged(say("the cell's value is none"), place)

    def _formula(self, formula: Any, place: tuple[int, int]) -> str:
        """The cell's formula; of a shared one, moved to where the cell is."""
        if formula is None:
            return ""
        text, address, share = "=" + (formula.text or ""), cell_address(*place), formula.get("si", "")
        if formula.get("t") != "shared":
            return text
        if formula.text:
            self._shared[share] = (text, address)
        elif share in self._shared:
            try:
                return Translator(*self._shared[share]).translate_formula(address)
            except (TranslatorError, TokenizerError):
                return self._shared[share][0]
        return text

    def _counted(self, text: str | None, usual: int, allowed: range, place: tuple[int, int] | None = None) -> int:
        """A whole number of the XML."""
        if text is None:
            return usual
        if not _WHOLE.fullmatch(text) or int(text) not in allowed:
            raise self._damaged(say("“{text}” is no number of a row or format", text=text), place)
        return int(text)

    def _damaged(self, reason: str, place: tuple[int, int] | None = None) -> Refused:
        cell = cell_address(*place) if place else ""
        return Refused(Problem(say("is damaged: {reason}", reason=reason), RESEND, self._name, self._sheet, cell))


def _hidden(element: Any, size: str) -> bool:
    """Whether a row or column is hidden, or so small that nobody sees it."""
    try:
        return element.get("hidden") in TRUE or float(element.get(size, 1)) == 0
    except ValueError:
        return False


@cache
def _column(letters: str) -> int:
    return row_and_column(f"{letters}1")[1]


def _area(text: str) -> Area:
    first, _, last = text.replace("$", "").partition(":")
    return Area(*row_and_column(first), *row_and_column(last or first))
