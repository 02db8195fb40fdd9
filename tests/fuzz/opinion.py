"""A second opinion on a damaged file: whether it really says what was observed, by none of the program's own code."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docx
import python_calamine

_CODECS = ("utf-8-sig", "utf-16", "cp1258", "cp1252")
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def confirms(path: Path, row: Mapping[str, Any]) -> bool:
    """Whether another reader sees the observation's text, its label and its heading where they are said to stand."""
    if path.suffix in (".csv", ".tsv"):
        return any(_in_text(path.read_bytes().decode(codec, "replace"), row) for codec in _CODECS)
    if path.suffix == ".docx":
        cells = [cell.text.strip() for table in docx.Document(str(path)).tables for cell in table._cells]
        return all(_words(text) in map(_words, cells) for text in (row["text"], row["row_label"]))
    return _in_sheet(path, row)


def _in_text(text: str, row: Mapping[str, Any]) -> bool:
    """Whether the value stands where it is said to, with one of the separators; its words may be in any encoding."""
    line, column = _row_and_column(row["cell"])
    for separator in ",;\t|":
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        found = [*rows[line - 1 : line], []][0][column - 1 : column]
        if [unicodedata.normalize("NFC", one) for one in found] in ([row["text"]], [row["original"]]):
            return True
    return False


def _in_sheet(path: Path, row: Mapping[str, Any]) -> bool:
    try:
        sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(row["sheet"])
        rows = sheet.to_python(skip_empty_area=False)
    except Exception:
        return bool(row["warning"])
    line, column = _row_and_column(row["cell"])
    value = rows[line - 1][column - 1] if line <= len(rows) and column <= len(rows[line - 1]) else ""
    beside = [_words(cell) for cell in rows[line - 1]] if line <= len(rows) else []
    everywhere = [_words(cell) for cells in rows for cell in cells]
    headed = all(_words(part) in everywhere for part in row["column_heading"].split(" › "))
    return _same(value, row["text"]) and headed and (not row["row_label"] or _words(row["row_label"]) in beside)


def _same(value: Any, text: str) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _words(value) == _words(text)
    numeral = text.removesuffix("%").replace(".", "").replace(",", ".")
    try:
        return abs(float(numeral) / (100 if text.endswith("%") else 1) - value) <= 1e-6 * max(1, abs(value))
    except ValueError:
        return False


def _words(value: Any) -> str:
    return " ".join(str(value).split())


def _row_and_column(address: str) -> tuple[int, int]:
    letters, digits = _ADDRESS.fullmatch(address).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits), column
