"""Tables in text files (.csv, .tsv, .txt): encoding and separator are seen by evidence, all values are texts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from kiemso.address import cell_address
from kiemso.charset import convert, is_plain
from kiemso.encoding import Decoded, decode_all
from kiemso.limit import Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import RawCell, RawSheet, RawWorkbook
from kiemso.reader.bytetext import UTF8, Text, text_of
from kiemso.reader.draft import remarks
from kiemso.reader.separator import AS_WORKBOOK, find_separator, usual_width

_DECLARED = re.compile(r"sep=(.)(?:\r\n?|\n|$)", re.IGNORECASE)
# Saving as plain CSV puts a question mark for each letter that the code page has not: “H?c sinh”.
_LOST = re.compile(r"[^\W\d_]\?+[^\W\d_]|\ufffd")
_UNMARKED = {"ASCII", UTF8, "UTF-16", "UTF-32"}


def read(path: Path, name: str, limits: Limits) -> RawWorkbook:
    """Every cell that holds something; the sheet is called as the file, as in Excel."""
    sheet = path.stem
    found = text_of(path.read_bytes(), name)
    rows, width = _rows(found.text, name, sheet, limits)
    cells: list[RawCell] = []
    for number, row in enumerate(rows, 1):
        limits.hold("rows", number, name, sheet)
        limits.hold("columns", len(row), name, sheet)
        cut_off = number == len(rows) and not found.text.endswith(("\n", "\r"))
        odd = _odd(row, width, cut_off)
        for column, text in enumerate(row, 1):
            if text.strip():
                place = (name, sheet, cell_address(number, column), number, column)
                cells.append(RawCell(*place, text, None, *odd))
        limits.hold("cells", len(cells), name, sheet)
    return RawWorkbook(name, (RawSheet(sheet),), tuple(_in_unicode(cells, found)), tuple(_warnings(found, name)))


def _rows(text: str, name: str, sheet: str, limits: Limits) -> tuple[list[list[str]], int]:
    """The table's rows, and how many columns it usually has."""
    if declared := _DECLARED.match(text):
        text, separator = text[declared.end() :], declared[1]
    else:
        separator = find_separator(text, name)
    rows = list(_parsed(text, separator, name, sheet, limits))
    return rows, usual_width(rows)


def _parsed(text: str, separator: str, name: str, sheet: str, limits: Limits) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = csv.field_size_limit(limits.text)
    try:
        yield from reader
    except csv.Error as error:
        if "field limit" in str(error):
            limits.hold("text", _longest(text, separator, limits.text), name, sheet)
        message = say(
            "has a quotation mark in or before line {line} that is not closed or not doubled", line=reader.line_num
        )
        raise Refused(Problem(message, AS_WORKBOOK, name, sheet)) from None
    finally:
        csv.field_size_limit(before)


def _longest(text: str, separator: str, least: int) -> int:
    """About how long the longest cell is, which is more than the limit."""
    return max(least + 1, max(map(len, re.split(f"[{re.escape(separator)}\r\n]", text))))


def _odd(row: list[str], width: int, cut_off: bool) -> tuple[str, str]:
    """A fault where a row has more columns than the table, a warning where fewer; blanks and titles have neither.

    Fewer in a last line that does not end are a file that was cut off.
    """
    used = max((column for column, text in enumerate(row, 1) if text.strip()), default=0)
    if not (used > width or 1 < len(row) < width):
        return "", ""
    met = used if used > width else len(row)
    uneven = say("stands in a row of {met} columns, {usual} are usual", met=met, usual=width)
    return (uneven, "") if used > width or cut_off else ("", uneven)


def _in_unicode(cells: list[RawCell], found: Text) -> Iterator[RawCell]:
    """The cells with their texts in Unicode, and what is suspicious about them."""
    told = [cell for cell in cells if not is_plain(cell.text)]
    if found.encoding:
        texts = [Decoded(convert(cell.text, found.encoding), cell.text, found.encoding) for cell in told]
    else:
        texts = decode_all(((cell.text, ""),) for cell in told)
    decoded = iter(texts)
    for cell in cells:
        if not is_plain(cell.text):
            text = next(decoded)
            fault, warning = remarks([cell.fault, text.fault]), remarks([cell.warning, text.warning])
            if text.text == cell.text:
                text = text._replace(original="", encoding="")
            cell = RawCell(*cell[:5], text.text, None, fault, warning, text.original, text.encoding)
        yield _without_loss(cell)


def _without_loss(cell: RawCell) -> RawCell:
    """The cell, with a fault where its letters were lost."""
    if not _LOST.search(cell.text) or "://" in cell.text:
        return cell
    lost = say("has lost letters, for which question marks were put when it was saved")
    return cell._replace(fault=remarks([cell.fault, lost]))


def _warnings(found: Text, name: str) -> Iterator[Problem]:
    if found.called not in _UNMARKED:
        message = say(
            "is not in UTF-8; it is read as {encoding}, in which its words are Vietnamese", encoding=found.called
        )
        yield Problem(message, say("Look whether the words are right; better save it as “CSV UTF-8”."), name)
