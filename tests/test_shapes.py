"""Any valid table in any supported layout states the same observations, however it is laid out and saved."""

from __future__ import annotations

import csv
import struct
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kiemso.catalogue import read_catalogue
from kiemso.limit import DEFAULT
from kiemso.reader import biff, binary, delimited, opendocument, openxml, word
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

from tests import test_binary as xlsb
from tests.tables import grids_of, read

YEARS = ["2020-2021", "2021-2022", "2022-2023"]
YEAR = YEARS[1]
CATALOGUE = read_catalogue(Path(__file__).parents[1])
STATED = {code: i for code, i in CATALOGUE.of_level("year").items() if i.kind in ("count", "money", "medals")}

ROWS = "label: x\nshape: rows\nlabels: [Nội dung]\n"
DOWN = "label: x\nshape: columns\nlabels: [Năm học]\nwhere: {Năm học: ['{period}']}\n"
ADDED = "label: x\nshape: columns\nlabels: [Lớp]\nadd: true\n"


@dataclass
class Sheet:
    """Rows of a sheet, its merged cells (first row, first column, last row, last column), and how to read it."""

    rows: list[list[Any]]
    merged: list[tuple[int, int, int, int]]
    layout: str
    expected: dict[str, int | None]


# -- what is stated ----------------------------------------------------------------------------------------------


@st.composite
def facts(
    draw, kinds: Sequence[str] = ("count", "money", "medals"), least: int = 2
) -> dict[str, dict[str, int | None]]:
    """The parts of some indicators with their values; nothing is known of a part that is None."""
    codes = [code for code, indicator in STATED.items() if indicator.kind in kinds]
    chosen = draw(st.lists(st.sampled_from(codes), min_size=least, max_size=6, unique=True))
    found: dict[str, dict[str, int | None]] = {}
    for code in chosen:
        indicator = STATED[code]
        if indicator.kind == "medals":
            named = draw(st.lists(st.sampled_from(indicator.parts), unique=True))
            found[code] = {part: draw(st.integers(1, 40)) if part in named else None for part in indicator.parts}
        elif indicator.whole:
            parts = {part: draw(st.integers(0, 99)) for part in indicator.parts}
            found[code] = {"": sum(parts.values()), **parts}
        else:
            most = 10**11 if indicator.kind == "money" else 10**6
            found[code] = {"": draw(st.one_of(st.none(), st.integers(0, most)))}
    return found


def expected(stated: dict[str, dict[str, int | None]]) -> dict[str, int | None]:
    return {f"{code}.{part}" if part else code: v for code, parts in stated.items() for part, v in parts.items()}


@st.composite
def written(draw, code: str, part: str, values: dict[str, int | None]) -> Any:
    """A value as somebody writes it."""
    if STATED[code].kind == "medals":
        named = [(part, value) for part, value in values.items() if value is not None]
        names = {
            part: draw(st.sampled_from([CATALOGUE.parts[part].label, *CATALOGUE.parts[part].aliases]))
            for part in values
        }
        texts = [f"{value} {names[part]}" for part, value in draw(st.permutations(named))]
        return draw(st.sampled_from([", ", "; "])).join(texts) or None
    value = values[part]
    if value is None:
        return None
    return draw(st.sampled_from([value, str(value), f"{value:,}".replace(",", ".")]))


@st.composite
def spelt(draw, text: str) -> str:
    """A label in another spelling."""
    change = draw(
        st.sampled_from(
            [
                str,
                str.upper,
                lambda t: unicodedata.normalize("NFD", t),
                lambda t: f"   {t}",
                lambda t: f"{t}:",
                lambda t: t.replace(" ", "\u00a0", 1),
                lambda t: f"a) {t}",
            ]
        )
    )
    return change(text)


@st.composite
def label(draw, code: str) -> str:
    return draw(spelt(draw(st.sampled_from([STATED[code].label, *STATED[code].aliases]))))


@st.composite
def part_label(draw, part: str) -> str:
    return "- " + draw(st.sampled_from([CATALOGUE.parts[part].label, *CATALOGUE.parts[part].aliases]))


@st.composite
def heading_of(draw, year: str) -> str:
    first, last = year.split("-")
    dash = draw(st.sampled_from(["-", " - ", "–", " -", "/"]))
    return draw(st.sampled_from(["", "Năm học ", "NH ", "NĂM HỌC\n"])) + first + dash + last


# -- how it is laid out ------------------------------------------------------------------------------------------


@st.composite
def rows_sheet(draw) -> Sheet:
    """One indicator a row: years across, headers of one to three rows, columns before, between and after."""
    stated = draw(facts())
    years = draw(st.permutations(YEARS)) if draw(st.booleans()) else [YEAR]
    height = draw(st.integers(1, 3))
    extra = ["Ghi chú"] * draw(st.booleans())
    planned = height == 2 and draw(st.booleans())
    header: list[list[Any]] = [["TT", "Nội dung"], *([None, None] for _ in range(height - 1))]
    merged = [(1, 1, height, 1), (1, 2, height, 2)] if height > 1 else []
    width = 2 if planned else 1
    for number, year in enumerate(years):
        column = 3 + number * width
        texts = [draw(heading_of(year))] if planned else ["Kết quả", "Năm học"][: height - 1] + [draw(heading_of(year))]
        for depth in range(height):
            text = texts[depth] if depth < len(texts) else None
            header[depth] += [text, None][:width]
        if planned:
            header[height - 1][-2:] = ["KH", "TH"]
            merged.append((1, column, height - 1, column + 1))
    if not planned and len(years) > 1:
        for depth in range(height - 1):
            merged.append((depth + 1, 3, depth + 1, 2 + len(years)))
            header[depth][3:] = [None] * (len(years) - 1)
    for depth in range(height):
        header[depth] += extra if depth == 0 else [None] * len(extra)
    merged += [(1, len(header[0]), height, len(header[0]))] if extra and height > 1 else []
    body: list[list[Any]] = []
    for code in draw(st.permutations(list(stated))):
        for part in ["", *(part for part in stated[code] if part and STATED[code].kind != "medals")]:
            cells = []
            for year in years:
                value = draw(written(code, part, stated[code])) if year == YEAR else draw(st.integers(0, 9))
                cells += [draw(st.integers(0, 9)), value][2 - width :]
            name = draw(part_label(part)) if part else draw(label(code))
            body.append([len(body) + 1, name, *cells, *(["đủ"] if extra else [])])
    layout = ROWS + ("values: ['TH {period}']\n" if planned else "")
    return Sheet([*header, *body], merged, layout, expected(stated))


@st.composite
def down_sheet(draw) -> Sheet:
    """One indicator a column, one year a row; a whole's parts under a heading of their own."""
    stated = draw(facts())
    header: list[list[Any]] = [["Năm học"], [None]]
    merged = [(1, 1, 2, 1)]
    flat = not any(STATED[code].whole for code in stated)
    columns: list[tuple[str, str]] = []
    for code in draw(st.permutations(list(stated))):
        parts = [part for part in stated[code] if STATED[code].kind != "medals" or part == next(iter(stated[code]))]
        first = len(columns) + 2
        name = draw(label(code))
        if len(parts) == 1:
            header[0].append(name)
            header[1].append(None)
            merged.append((1, first, 2, first))
        else:
            header[0] += [name, *[None] * (len(parts) - 1)]
            header[1] += ["Tổng số" if not part else draw(part_label(part)) for part in parts]
            merged.append((1, first, 1, first + len(parts) - 1))
        columns += [(code, part) for part in parts]
    body = []
    for year in draw(st.permutations(YEARS)):
        own = [draw(written(code, part, stated[code])) for code, part in columns]
        body.append([draw(heading_of(year)), *(own if year == YEAR else [draw(st.integers(0, 9)) for _ in columns])])
    if flat:
        return Sheet([header[0], *body], [], DOWN, expected(stated))
    return Sheet([*header, *body], merged, DOWN, expected(stated))


@st.composite
def added_sheet(draw) -> Sheet:
    """One indicator a column, one class a row, and their total."""
    stated = {code: parts for code, parts in draw(facts(["count"], 1)).items() if not STATED[code].whole}
    stated = stated or {"skkn": {"": 7}}
    classes = draw(st.integers(1, 4))
    columns = []
    for code in stated:
        whole = stated[code][""]
        cuts = sorted(draw(st.lists(st.integers(0, whole or 0), min_size=classes - 1, max_size=classes - 1)))
        shares = [b - a for a, b in zip([0, *cuts], [*cuts, whole or 0], strict=True)]
        columns.append([None] * (classes + 1) if whole is None else [*shares, whole])
    header = ["TT", "Lớp", *(draw(label(code)) for code in stated)]
    body = [[n + 1, f"{n + 1}A", *(column[n] for column in columns)] for n in range(classes)]
    total = [[None, draw(st.sampled_from(["Cộng", "TỔNG CỘNG", "Toàn trường:"])), *(c[-1] for c in columns)]]
    return Sheet([header, *body, *(total if draw(st.booleans()) else [])], [], ADDED, expected(stated))


# -- how it is saved ---------------------------------------------------------------------------------------------


def save_xlsx(sheet: Sheet, path: Path) -> None:
    book = openpyxl.Workbook()
    for row in sheet.rows:
        book.active.append(row)
    for r1, c1, r2, c2 in sheet.merged:
        book.active.merge_cells(start_row=r1, start_column=c1, end_row=r2, end_column=c2)
    book.save(path)


def save_xls(sheet: Sheet, path: Path) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("Kết quả")
    corners = {(r1, c1): (r2, c2) for r1, c1, r2, c2 in sheet.merged}
    for r, row in enumerate(sheet.rows, 1):
        for c, value in enumerate(row, 1):
            if (r, c) in corners:
                page.write_merge(r - 1, corners[r, c][0] - 1, c - 1, corners[r, c][1] - 1, value)
            elif value is not None:
                page.write(r - 1, c - 1, value)
    book.save(str(path))


def save_csv(sheet: Sheet, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(["" if value is None else value for value in row] for row in sheet.rows)


def save_ods(sheet: Sheet, path: Path) -> None:
    book = OpenDocumentSpreadsheet()
    page = Table(name="Kết quả")
    corners = {(r1, c1): (r2 - r1 + 1, c2 - c1 + 1) for r1, c1, r2, c2 in sheet.merged}
    covered = {
        (r, c) for r1, c1, r2, c2 in sheet.merged for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)
    } - corners.keys()
    for r, row in enumerate(sheet.rows, 1):
        line = TableRow()
        for c, value in enumerate(row, 1):
            down, across = corners.get((r, c), (1, 1))
            spans = {"numberrowsspanned": down, "numbercolumnsspanned": across} if (down, across) != (1, 1) else {}
            typed = {"valuetype": "float", "value": value} if isinstance(value, int) else {"valuetype": "string"}
            cell = (
                CoveredTableCell() if (r, c) in covered else TableCell(**spans, **(typed if value is not None else {}))
            )
            if value is not None and (r, c) not in covered:
                cell.addElement(P(text=str(value)))
            line.addElement(cell)
        page.addElement(line)
    book.spreadsheet.addElement(page)
    book.save(str(path))


def save_docx(sheet: Sheet, path: Path) -> None:
    document = docx.Document()
    table = document.add_table(len(sheet.rows), max(map(len, sheet.rows)))
    for r, row in enumerate(sheet.rows):
        for c, value in enumerate(row):
            if value is not None:
                table.cell(r, c).text = str(value)
    for r1, c1, r2, c2 in sheet.merged:
        table.cell(r1 - 1, c1 - 1).merge(table.cell(r2 - 1, c2 - 1))
    document.save(str(path))


def save_xlsb(sheet: Sheet, path: Path) -> None:
    records = []
    for r, row in enumerate(sheet.rows, 1):
        filled = [(c, value) for c, value in enumerate(row, 1) if value is not None]
        cells = (xlsb.real(c, value) if isinstance(value, int) else xlsb.text(c, value) for c, value in filled)
        records += [xlsb.row(r), *cells]
    merged = (struct.pack("<4I", r1 - 1, r2 - 1, c1 - 1, c2 - 1) for r1, c1, r2, c2 in sheet.merged)
    xlsb.write_xlsb(path, xlsb.sheet(*records, after=b"".join(xlsb.record(176, area) for area in merged)))


SAVED: dict[str, tuple[Callable, Callable]] = {
    "xlsx": (save_xlsx, openxml.read),
    "xls": (save_xls, biff.read),
    "xlsb": (save_xlsb, binary.read),
    "csv": (save_csv, delimited.read),
    "ods": (save_ods, opendocument.read),
    "docx": (save_docx, word.read),
}


@pytest.mark.parametrize("ending", SAVED)
@pytest.mark.parametrize("shape", [rows_sheet, down_sheet, added_sheet])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_a_table_states_the_same_in_any_layout_and_format(tmp_path, shape, ending, data):
    sheet = data.draw(shape())
    save, load = SAVED[ending]
    # The file's name says the year, where no heading does.
    path = tmp_path / f"ket-qua {YEAR}.{ending}"
    save(sheet, path)
    found = read(grids_of(load(path, path.name, DEFAULT)), sheet.layout, CATALOGUE)
    assert found.problems == []
    assert found.values == sheet.expected
