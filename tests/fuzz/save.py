"""A page saved in every format that is read, as the programs that schools use do it."""

from __future__ import annotations

import csv
import datetime
import io
import re
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import docx
import openpyxl
import xlwt
from kiemso.charset import windows_bytes
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties, TextProperties
from odf.table import CoveredTableCell, Table, TableCell, TableColumn, TableRow
from odf.text import P
from openpyxl.styles import Font

from tests import test_binary as xlsb
from tests.fuzz.change import typed
from tests.fuzz.page import Page
from tests.fuzz.written import BOOLEAN, DATE, ERROR, FORMULA, Written

_DAY = datetime.date(2024, 2, 1)


def _size(page: Page) -> tuple[int, int]:
    corners = [(r2, c2) for _, _, r2, c2 in page.merged]
    return tuple(max(place[axis] for place in [*page.cells, *corners]) for axis in (0, 1))  # type: ignore[return-value]


def _names(page: Page) -> list[str]:
    return [page.name, *(f"{page.name} ({number})" for number in range(1, page.copies + 1))]


def save_xlsx(page: Page, path: Path, random: Random) -> None:
    """By openpyxl; values under merged cells stay in the file, as Excel leaves them sometimes."""
    book = openpyxl.Workbook()
    book.active.title = "Tờ bìa" if page.hidden else page.name
    book.active["A1"] = "Bìa" if page.hidden else None
    for name in _names(page):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet.sheet_state = "hidden" if page.hidden else "visible"
        for (row, column), written in page.cells.items():
            cell = sheet.cell(row, column)
            cell.value = {BOOLEAN: True, DATE: _DAY}.get(written.special, written.value)
            if written.special in (ERROR, FORMULA):
                cell.data_type = {ERROR: "e", FORMULA: "f"}[written.special]
            elif isinstance(written.value, str) and not written.special:
                cell.data_type = "s"
            if written.look:
                cell.number_format = written.look
            if (row, column) in page.fonts:
                cell.font = Font(name=page.fonts[row, column])
        for row in page.hidden_rows:
            sheet.row_dimensions[row].hidden = True
        for column in page.hidden_columns:
            sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].hidden = True
    book.save(path)
    _repack(path, lambda name, data: _as_excel_has_it(page, path, name, data))


def _as_excel_has_it(page: Page, path: Path, name: str, data: bytes) -> bytes:
    """The part with its merged cells written by hand, for openpyxl empties what they cover; with the type of .xlsm."""
    letters = openpyxl.utils.get_column_letter
    areas = "".join(f'<mergeCell ref="{letters(c1)}{r1}:{letters(c2)}{r2}"/>' for r1, c1, r2, c2 in page.merged)
    if name.startswith("xl/worksheets/sheet") and areas:
        return data.replace(b"</sheetData>", f"</sheetData><mergeCells>{areas}</mergeCells>".encode())
    usual = b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main"
    return data.replace(usual, b"vnd.ms-excel.sheet.macroEnabled.main") if path.suffix == ".xlsm" else data


def _repack(path: Path, change: Callable[[str, bytes], bytes] = lambda _, data: data) -> None:
    """Change parts of a package, and take out of it when it was made: a case is the same whenever it is run."""
    with zipfile.ZipFile(path) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts:
            changed = change(name, data)
            package.writestr(zipfile.ZipInfo(name), _timeless(changed) if name.endswith(".xml") else changed)


def _timeless(data: bytes) -> bytes:
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?", b"2024-06-01T00:00:00Z", data)


def save_xls(page: Page, path: Path, random: Random) -> None:
    """By xlwt, which writes the files of Excel 97."""
    book = xlwt.Workbook()
    if page.hidden:
        book.add_sheet("Tờ bìa").write(0, 0, "Bìa")
    for name in _names(page):
        sheet = book.add_sheet(name, cell_overwrite_ok=True)
        sheet.visibility = int(page.hidden)
        for (row, column), written in page.cells.items():
            style = xlwt.XFStyle()
            style.num_format_str = written.look or ("D/M/YYYY" if written.special == DATE else "General")
            if (row, column) in page.fonts:
                style.font.name = page.fonts[row, column]
            _write_xls(sheet, row - 1, column - 1, written, style)
        for r1, c1, r2, c2 in page.merged:
            sheet.merged_ranges.append((r1 - 1, r2 - 1, c1 - 1, c2 - 1))
        for row in page.hidden_rows:
            sheet.row(row - 1).hidden = True
        for column in page.hidden_columns:
            sheet.col(column - 1).hidden = True
    book.save(str(path))


def _write_xls(sheet: Any, row: int, column: int, written: Written, style: Any) -> None:
    if written.special == ERROR:
        sheet.row(row).set_cell_error(column, ERROR, style)
    elif written.special == FORMULA:
        sheet.write(row, column, xlwt.Formula("1+1"), style)
    else:
        sheet.write(row, column, {BOOLEAN: True, DATE: _DAY}.get(written.special, written.value), style)


def save_ods(page: Page, path: Path, random: Random) -> None:
    """By odfpy."""
    book = OpenDocumentSpreadsheet()
    for font in sorted(set(page.fonts.values())):
        style = Style(name=font.strip(".").replace(" ", ""), family="table-cell")
        style.addElement(TextProperties(attributes={"fontname": font, "fontfamily": font}))
        book.automaticstyles.addElement(style)
    rows, columns = _size(page)
    corners = {(r1, c1): (r2 - r1 + 1, c2 - c1 + 1) for r1, c1, r2, c2 in page.merged}
    covered = page.covered()
    shown = Style(name="shown", family="table")
    shown.addElement(TableProperties(display="false" if page.hidden else "true"))
    book.automaticstyles.addElement(shown)
    for name in _names(page):
        sheet = Table(name=name, stylename="shown")
        for column in range(1, columns + 1):
            sheet.addElement(TableColumn(visibility="collapse" if column in page.hidden_columns else "visible"))
        for row in range(1, rows + 1):
            line = TableRow(visibility="collapse" if row in page.hidden_rows else "visible")
            for column in range(1, columns + 1):
                place = (row, column)
                spans = dict(zip(("numberrowsspanned", "numbercolumnsspanned"), corners.get(place, ()), strict=False))
                line.addElement(_ods_cell(page, place, CoveredTableCell if place in covered else TableCell, spans))
            sheet.addElement(line)
        book.spreadsheet.addElement(sheet)
    book.save(str(path))
    _repack(path)


def _ods_cell(page: Page, place: tuple[int, int], kind: Any, spans: dict[str, int]) -> Any:
    written = page.cells.get(place)
    if written is None:
        return kind(**spans)
    value, shown = written.value, str(written.value)
    typed_as: dict[str, Any] = {"valuetype": "string"}
    if isinstance(value, int | float) and not written.special:
        typed_as = {"valuetype": "float", "value": repr(value)}
    typed_as |= {
        ERROR: {"formula": "of:=1/0", "valuetype": "string", "stringvalue": ""},
        BOOLEAN: {"valuetype": "boolean", "booleanvalue": "true"},
        DATE: {"valuetype": "date", "datevalue": DATE},
        FORMULA: {"formula": "of:=1+1"},
    }.get(written.special, {})
    if written.special == FORMULA:
        del typed_as["valuetype"]
    if place in page.fonts:
        typed_as["stylename"] = page.fonts[place].strip(".").replace(" ", "")
    cell = kind(**spans, **typed_as)
    for line in shown.split("\n") if written.special != FORMULA else ():
        cell.addElement(P(text=line))
    return cell


def save_docx(page: Page, path: Path, random: Random) -> None:
    """By python-docx; what a merged cell covers is not there in Word."""
    document = docx.Document()
    for _ in _names(page):
        rows, columns = _size(page)
        table = document.add_table(rows, columns)
        cells = table._cells
        covered = page.covered()
        for (row, column), written in page.cells.items():
            if (row, column) not in covered:
                cell = cells[(row - 1) * columns + column - 1]
                cell.text = str(written.value)
                for run in cell.paragraphs[0].runs if (row, column) in page.fonts else ():
                    run.font.name = page.fonts[row, column]
        for r1, c1, r2, c2 in page.merged:
            cells[(r1 - 1) * columns + c1 - 1].merge(cells[(r2 - 1) * columns + c2 - 1])
    document.save(str(path))
    _repack(path)


def save_xlsb(page: Page, path: Path, random: Random) -> None:
    """Record by record."""
    looks = sorted({(w.look, page.fonts.get(place, "Arial")) for place, w in page.cells.items()} | {("", "Arial")})
    formats = {code: number for number, code in enumerate(sorted({look for look, _ in looks if look}), 164)}
    fonts = sorted({font for _, font in looks})
    numbered = [(formats.get(look, 0), fonts.index(font)) for look, font in looks]
    styles = xlsb.styles({number: code for code, number in formats.items()}, numbered, fonts)
    lines: list[bytes] = []
    for number in sorted({row for row, _ in page.cells}):
        lines.append(xlsb.row(number, hidden=number in page.hidden_rows))
        for (_, column), written in sorted(item for item in page.cells.items() if item[0][0] == number):
            font = page.fonts.get((number, column), "Arial")
            lines.append(_xlsb_cell(column, written, looks.index((written.look, font))))
    columns = b"".join(xlsb.record(60, struct.pack("<4IH", c - 1, c - 1, 2560, 0, 1)) for c in page.hidden_columns)
    merges = [xlsb.record(176, struct.pack("<4I", r1 - 1, r2 - 1, c1 - 1, c2 - 1)) for r1, c1, r2, c2 in page.merged]
    before = xlsb.record(390) + columns + xlsb.record(391) if columns else b""
    sheet = xlsb.sheet(*lines, before=before, after=b"".join(merges))
    states = (2 * page.hidden,) * 2
    xlsb.write_xlsb(path, *[sheet] * (1 + page.copies), looks=styles, states=states)
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("[Content_Types].xml", _XLSB_TYPES)
    _repack(path)


_XLSB_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    "</Types>"
)


def _xlsb_cell(column: int, written: Written, style: int) -> bytes:
    if written.special == ERROR:
        return xlsb.cell(3, column, b"\7", style)
    if written.special == BOOLEAN:
        return xlsb.cell(4, column, b"\1", style)
    if written.special == FORMULA:
        return xlsb.cell(9, column, struct.pack("<dH", 0, 2) + bytes(4), style)
    if isinstance(written.value, int | float):
        return xlsb.real(column, float(written.value), style)
    return xlsb.text(column, str(written.value), style)


_CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258", "TCVN3", "VNI", "VPS"]


def save_csv(page: Page, path: Path, random: Random) -> None:
    """In one of the encodings and with one of the separators that programs use."""
    rows, columns = _size(page)
    covered = page.covered()
    lines = [
        [
            "" if (row, column) in covered or (row, column) not in page.cells else str(page.cells[row, column].value)
            for column in range(1, columns + 1)
        ]
        for row in range(1, rows + 1)
    ]
    text = io.StringIO()
    separator = random.choice(",,;\t|") if path.suffix == ".csv" else "\t"
    csv.writer(text, delimiter=separator, lineterminator=random.choice(["\r\n", "\n"])).writerows(lines)
    codec = random.choice(_CODECS) if random.random() < 0.7 else "utf-8"
    page.harmless = page.harmless and codec in ("utf-8", "utf-8-sig", "utf-16")
    path.write_bytes(_encoded(text.getvalue(), codec))


def _encoded(text: str, codec: str) -> bytes:
    try:
        if codec == "cp1258":
            return "".join(map(_windows, unicodedata.normalize("NFC", text))).encode(codec)
        if codec in ("TCVN3", "VNI", "VPS"):
            return windows_bytes(typed(text, codec)) or text.encode()
        return text.encode(codec)
    except UnicodeEncodeError:
        return text.encode("utf-8-sig")


def _windows(letter: str) -> str:
    """The letter as Windows-1258 has it: with its tone as a mark of its own."""
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        marks = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
        return unicodedata.normalize("NFC", marks.replace(tone, "")) + tone if tone else letter
    return letter


SAVED: dict[str, Callable[[Page, Path, Random], None]] = {
    ".xlsx": save_xlsx,
    ".xlsm": save_xlsx,
    ".xls": save_xls,
    ".xlsb": save_xlsb,
    ".ods": save_ods,
    ".docx": save_docx,
    ".csv": save_csv,
    ".tsv": save_csv,
}
FORMATTED, EXCEL_LIKE = (".xlsx", ".xlsm", ".xls", ".xlsb"), (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
