"""Old Excel workbooks (.xls) are read right, cell for cell, or refused."""

from __future__ import annotations

import datetime
import math
from pathlib import Path

import pytest
import xlwt
from kiemso.limit import Limits
from kiemso.problem import Refused
from kiemso.raw import Area, RawCell, RawWorkbook
from kiemso.reader.biff import read
from kiemso.reader.biffcell import _in_unicode

LIMITS = Limits()
# Rows of the sheets whose expected reading stands in one text file, sheet after sheet.
LEGACY = {
    "2005-8A2AC_NKT2.05": {"NK": 29},
    "2005-FDILangson": {"Sheet1": 68},
    "2006-Bang-bieu": {"Danh muc benh tat hh": 102, "Mau so 2a": 27, "Mau so 2b": 27, "Mau so 3": 27},
    "2006-Mau22_CKTC_NSH": {"Sheet1": 38},
}


@pytest.fixture
def write(tmp_path):
    """A function that reads what another has put into the sheet of a new workbook."""

    def make(fill, **limits) -> RawWorkbook:
        book = xlwt.Workbook()
        fill(book.add_sheet("Kết quả"), book)
        path = tmp_path / "ket-qua.xls"
        book.save(str(path))
        return read(path, path.name, Limits(**limits))

    return make


def by_cell(workbook: RawWorkbook) -> dict[str, RawCell]:
    return {cell.cell: cell for cell in workbook.cells}


def expected(path: Path, sheets: dict[str, int]) -> dict[tuple[str, int, int], str]:
    lines = iter(path.read_text(encoding="utf-8").split("\n"))
    return {
        (sheet, row, column): " ".join(text.split())
        for sheet, rows in sheets.items()
        for row in range(1, rows + 1)
        for column, text in enumerate(next(lines).split("\t"), 1)
        if text.strip()
    }


@pytest.mark.parametrize("name", LEGACY)
def test_legacy_workbooks_are_read_as_a_person_reads_them(shared, name):
    workbook = read(shared / "corpus/legacy" / f"{name}.xls", name, LIMITS)
    found = {(cell.sheet, cell.row, cell.column): cell for cell in workbook.cells}
    truth = expected(shared / "corpus/truth" / f"{name}.txt", LEGACY[name])
    assert found.keys() == truth.keys()
    for place, text in truth.items():
        cell = found[place]
        if cell.number is None:
            assert " ".join(cell.text.split()) == text
        else:
            assert math.isclose(cell.number, float(text), rel_tol=1e-9)
    merged = "is merged over several rows, so it is not clear whose value it is"
    assert {cell.fault for cell in workbook.cells} <= {"", merged}
    assert all(cell.original.isascii() is False for cell in workbook.cells if cell.encoding)


@pytest.mark.parametrize(
    "name, message",
    [("issue_385.xls", "is protected by a password"), ("too_small.xls", "cannot be read as a workbook")],
)
def test_files_that_cannot_be_read_are_refused(shared, name, message):
    with pytest.raises(Refused, match=message):
        read(shared / "corpus/broken" / name, name, LIMITS)


@pytest.mark.parametrize("name, cells", [("OOM_alloc2.xls", 9731), ("malformed_format.xls", 683)])
def test_awkward_files_are_read(shared, name, cells, capsys):
    assert len(read(shared / "corpus/broken" / name, name, LIMITS).cells) == cells
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_file_is_refused(shared, tmp_path, share):
    data = (shared / "corpus/legacy/2006-Bang-bieu.xls").read_bytes()
    path = tmp_path / "cut.xls"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(Refused):
        read(path, "cut.xls", LIMITS)


def test_values_are_read_with_their_addresses(write):
    def fill(sheet, _):
        sheet.write(1, 0, "Giải nhất")
        sheet.write(1, 27, 48)
        sheet.write(2, 1, 1.5)
        sheet.write(3, 1, "48")
        sheet.write(4, 1, True)
        sheet.write(5, 1, "  ")

    cells = by_cell(write(fill))
    assert {name: (cell.text, cell.number, cell.row, cell.column) for name, cell in cells.items()} == {
        "A2": ("Giải nhất", None, 2, 1),
        "AB2": ("48", 48, 2, 28),
        "B3": ("1,5", 1.5, 3, 2),
        "B4": ("48", None, 4, 2),
        "B5": ("TRUE", None, 5, 2),
    }
    assert isinstance(cells["AB2"].number, int)
    assert not any(cell.fault or cell.warning or cell.encoding for cell in cells.values())


@pytest.mark.parametrize(
    "style, text, number, fault",
    [
        ("0%", "99,8%", 99.8, ""),
        ('0.0"%"', "0,998%", 0.998, ""),
        ("#,##0,", "0,998", 0.998, "is shown by the number format"),
        ("0;;", "0,998", 0.998, "is shown by the number format"),
        ("0.00", "0,998", 0.998, ""),
    ],
)
def test_numbers_are_what_excel_shows(write, style, text, number, fault):
    cell = by_cell(write(lambda sheet, _: sheet.write(0, 0, 0.998, xlwt.easyxf(num_format_str=style))))["A1"]
    assert (cell.text, cell.number) == (text, number)
    assert cell.fault.startswith(fault) and bool(cell.fault) == bool(fault)


@pytest.mark.parametrize("since_1904", [False, True])
def test_dates_are_no_values(write, since_1904):
    def fill(sheet, book):
        book.dates_1904 = since_1904
        sheet.write(0, 0, datetime.date(2024, 2, 1), xlwt.easyxf(num_format_str="D/M/YYYY"))

    cell = by_cell(write(fill))["A1"]
    assert cell.number is None and "is a date" in cell.fault
    assert cell.text.startswith("2024-02-01")


def test_errors_are_faults(write):
    cell = by_cell(write(lambda sheet, _: sheet.row(0).set_cell_error(0, "#DIV/0!")))["A1"]
    assert (cell.text, cell.number, cell.fault) == ("#DIV/0!", None, "is an Excel error")


def test_formulas_saved_without_a_value_are_faults(write):
    cell = by_cell(write(lambda sheet, _: sheet.write(0, 0, xlwt.Formula("1+1"))))["A1"]
    assert (cell.number, cell.fault) == (None, "holds a formula without a value")


def test_merged_cells(write):
    def fill(sheet, _):
        sheet.write_merge(0, 0, 0, 2, "Tiêu đề")
        sheet.write_merge(1, 2, 0, 0, 48)

    workbook = write(fill)
    cells = by_cell(workbook)
    assert (cells["A1"].fault, cells["A2"].fault[:31]) == ("", "is merged over several rows, so")
    assert set(workbook.sheets[0].merged) == {Area(1, 1, 1, 3), Area(2, 1, 3, 1)}
    assert cells.keys() == {"A1", "A2"}


def test_what_is_hidden_is_warned_of(write):
    def fill(sheet, book):
        for row in range(3):
            for column in range(3):
                sheet.write(row, column, row * 3 + column)
        sheet.row(1).hidden = True
        sheet.col(2).hidden = True
        other = book.add_sheet("Nháp")
        other.write(0, 0, 1)
        other.visibility = 2

    workbook = write(fill)
    warned = {cell.cell: cell.warning for cell in workbook.cells if cell.warning}
    assert warned == {
        **dict.fromkeys(["A2", "B2"], "stands in a hidden row"),
        **dict.fromkeys(["C1", "C3"], "stands in a hidden column"),
        "C2": "stands in a hidden row; stands in a hidden column",
    }
    assert [(sheet.name, sheet.hidden) for sheet in workbook.sheets] == [("Kết quả", False), ("Nháp", True)]
    assert [(warning.sheet, warning.message) for warning in workbook.warnings] == [("Nháp", "the sheet is hidden")]


def test_fonts_decide_each_piece_of_a_text(write):
    def fill(sheet, _):
        legacy, vni, plain = (xlwt.easyxf(f"font: name {font}") for font in (".VnTime", "VNI-Times", "Arial"))
        sheet.write(0, 0, "Tr\xadêng tiÓu häc", legacy)
        sheet.write(1, 0, "Sè líp", legacy)
        sheet.write(2, 0, "Trường tiểu học", plain)
        sheet.write(3, 0, "soá hoïc sinh", vni)
        sheet.write_rich_text(4, 0, [("§iÓm ", legacy.font), ("trường ", plain.font), ("Sè", legacy.font)], plain)
        sheet.write(5, 0, "häc", plain)

    texts = {name: (cell.text, cell.encoding, bool(cell.fault)) for name, cell in by_cell(write(fill)).items()}
    assert texts == {
        "A1": ("Trường tiểu học", "TCVN3", False),
        "A2": ("Số lớp", "TCVN3", False),
        "A3": ("Trường tiểu học", "", False),
        "A4": ("số học sinh", "VNI", False),
        "A5": ("Điểm trường Số", "TCVN3", False),
        "A6": ("häc", "", True),
    }


@pytest.mark.parametrize("limit, value", [("cells", 3), ("rows", 1), ("text", 5), ("sheets", 1)])
def test_limits_hold(write, limit, value):
    def fill(sheet, book):
        for row in range(2):
            sheet.write(row, 0, "một câu dài")
            sheet.write(row, 1, 1)
        book.add_sheet("Hai")

    with pytest.raises(Refused, match=f"“{limit}”"):
        write(fill, **{limit: value})


def test_a_cell_in_the_last_corner_is_no_burden(write):
    workbook = write(lambda sheet, _: sheet.write(65535, 255, 1))
    assert [cell.cell for cell in workbook.cells] == ["IV65536"]
    assert "so far apart that no second reader" in workbook.warnings[0].message


def test_readers_that_disagree_are_not_believed(write, monkeypatch):
    monkeypatch.setattr("kiemso.reader.biff._comparable", lambda *_: 49.0)
    with pytest.raises(Refused, match="two readers disagree on 1 cell") as refused:
        write(lambda sheet, _: sheet.write(0, 0, 48))
    assert refused.value.problems[0].cell == "A1"


def test_rows_that_a_filter_hides_are_told_from_hidden_rows(write, monkeypatch):
    def fill(sheet, _):
        sheet.write(0, 0, 1)
        sheet.row(0).hidden = True

    monkeypatch.setattr("kiemso.reader.record._FILTER", 0x0809)  # xlwt sets no filter; every sheet begins with this
    assert write(fill).cells[0].warning == "stands in a row that a filter hides"


def test_values_under_merged_cells_are_not_read_but_said(write):
    def fill(sheet, _):
        sheet.write(0, 0, 1)
        sheet.write(0, 1, 2)
        sheet.merged_ranges.append((0, 0, 0, 1))  # xlwt itself would not merge over a value

    workbook = write(fill)
    assert [cell.cell for cell in workbook.cells] == ["A1"]
    assert [(w.cell, str(w.message)) for w in workbook.warnings] == [
        ("B1", "1 value under a merged cell, which nobody sees, was not read")
    ]


@pytest.mark.parametrize(
    "data, codec, font, text",
    [
        (b"Tr\xad\xeang", "cp1252", ".VnTime", "Tr\xadêng"),
        (b"Tr\xad\xeang", "cp1258", ".VnTime", "Tr\xadêng"),
        (b"ho\xf2c", "cp1258", "Arial", "học"),
        (b"100%", "unknown_codepage_1", "Arial", "100%"),
    ],
)
def test_texts_before_excel_97_are_read_by_font_or_code_page(data, codec, font, text):
    assert _in_unicode(data, codec, font) == text
