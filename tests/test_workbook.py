"""Raw workbooks read cell by cell; each fault is made in a temporary folder."""

from __future__ import annotations

import datetime
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from kiemso.problem import Refused
from kiemso.workbook import raw_files, read_workbook
from openpyxl.worksheet.formula import ArrayFormula

NAME = "data/raw/2021-2022/ket-qua.xlsx"


def read(path: Path) -> list[tuple]:
    return [(cell.cell, cell.text, cell.number) for cell in read_workbook(path, NAME)]


def refusal(path: Path) -> list[tuple]:
    """What is wrong: the cells that cannot be values, or why the whole file is refused."""
    try:
        faults = [(cell.cell, cell.text, cell.fault) for cell in read_workbook(path, NAME) if cell.fault]
    except Refused as refused:
        assert {problem.file for problem in refused.problems} == {NAME}
        assert all(problem.mend for problem in refused.problems)
        return [(problem.cell, problem.text, problem.message) for problem in refused.problems]
    assert faults, "nothing is wrong with it"
    return faults


def with_xml(path: Path, cell: str) -> Path:
    """The workbook with one more cell in its last row, in XML as a program other than openpyxl may write it."""
    changed = path.with_stem("changed")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"</row>", cell.encode() + b"</row>") if "sheet1" in name else content)
    return changed


# -- good workbooks ----------------------------------------------------------------------------------------------


def test_cells_are_read_with_their_text_and_number(make_workbook):
    path = make_workbook({"B7": "GV giỏi tỉnh", "C7": 2, "C8": "1.306.107.000", "C9": 0, "C10": 676.0, "C11": "03"})
    assert read(path) == [
        ("B7", "GV giỏi tỉnh", None),
        ("C7", "2", 2),
        ("C8", "1.306.107.000", None),
        ("C9", "0", 0),
        ("C10", "676", 676),
        ("C11", "03", None),
    ]


def test_a_cell_knows_its_file_sheet_row_and_column(make_workbook):
    (cell,) = read_workbook(make_workbook({"C7": 2}), NAME)
    assert (cell.file, cell.sheet, cell.row, cell.column) == (NAME, "Kết quả", 7, 3)


def test_a_decimal_number_cell_keeps_its_decimals(make_workbook):
    assert read(make_workbook({"C7": 1.234, "C8": 1234})) == [("C7", "1,234", 1.234), ("C8", "1234", 1234)]


def test_blank_cells_are_not_cells(make_workbook):
    assert read(make_workbook({"B7": "Môn bơi", "C7": "  ", "C8": "\u00a0", "C9": "\n"})) == [("B7", "Môn bơi", None)]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [(0.998, "0.0%", ("99,8%", 99.8)), (1, "0%", ("100%", 100)), (0.07, "0.00%;[Red]-0.00%", ("7%", 7))]
    + [(0.29, "0%", ("29%", 29)), (45_000_000, '#,##0 "đồng"', ("45000000", 45_000_000))],
)
def test_a_percentage_is_read_as_excel_shows_it(make_workbook, value, number_format, shown):
    assert read(make_workbook({"C7": value}, {"C7": number_format})) == [("C7", *shown)]


@pytest.mark.parametrize("number_format", ['0.00"%"', "0.00\\%"])
def test_a_percent_sign_that_is_only_text_multiplies_nothing(make_workbook, number_format):
    ((_, _, number),) = read(make_workbook({"C7": 0.98}, {"C7": number_format}))
    assert number == 0.98


def test_a_formula_counts_by_the_value_that_was_saved_with_it(make_workbook):
    path = with_xml(make_workbook({"B7": "x"}), '<c r="C7"><f>SUM(1,2)</f><v>3</v></c>')
    assert read(path) == [("B7", "x", None), ("C7", "3", 3)]


@pytest.mark.xfail(strict=True, reason="a fault of the cell, and saving it again in Excel changes nothing")
def test_a_formula_whose_value_is_an_empty_text_is_a_blank(make_workbook):
    cell = '<c r="C7" t="str"><f>IF(B7="","",B7)</f><v></v></c>'
    assert read(with_xml(make_workbook({"B7": "x"}), cell)) == [("B7", "x", None)]


def test_all_sheets_are_read(make_workbook):
    path = make_workbook({"A1": "một"})
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("Tờ 2 ")["B2"] = "hai"
    workbook.save(path)
    assert [(cell.sheet, cell.cell, cell.text) for cell in read_workbook(path, NAME)] == [
        ("Kết quả", "A1", "một"),
        ("Tờ 2 ", "B2", "hai"),
    ]


def test_an_empty_chart_sheet_is_no_traceback(make_workbook):
    path = make_workbook({"A1": "một"})
    workbook = openpyxl.load_workbook(path)
    workbook.create_chartsheet("Biểu đồ")
    workbook.save(path)
    try:
        assert read(path) == [("A1", "một", None)]
    except Refused as refused:
        assert refused.problems[0].file == NAME


# -- faults ------------------------------------------------------------------------------------------------------

DATE = "is a date, which Excel makes of texts like 1-2"


@pytest.mark.parametrize(
    ("value", "text", "message"),
    [
        ("#DIV/0!", "#DIV/0!", "is an Excel error"),
        ("#N/A", "#N/A", "is an Excel error"),
        (datetime.date(2024, 2, 1), "2024-02-01 00:00:00", DATE),
        (datetime.time(1, 2), "01:02:00", DATE),
        ("=1+1", "=1+1", "holds a formula without a value"),
    ],
)
def test_a_cell_that_has_no_usable_value_has_a_fault(make_workbook, value, text, message):
    assert refusal(make_workbook({"B7": "Môn bơi", "C7": value})) == [("C7", text, message)]


def test_an_array_formula_without_a_value_has_a_fault_and_its_text(make_workbook):
    path = make_workbook({"C7": ArrayFormula("C7:C8", "=A7:A8*2")})
    assert refusal(path) == [("C7", "=A7:A8*2", "holds a formula without a value")]


def test_all_faults_of_a_workbook_are_listed_together_formulas_without_a_value_last(make_workbook):
    cells = {"C9": "#REF!", "C7": "=A1", "C8": datetime.date(2024, 2, 1)}
    assert [cell for cell, *_ in refusal(make_workbook(cells))] == ["C8", "C9", "C7"]


def test_a_faulted_cell_does_not_keep_the_others_from_being_read(make_workbook):
    path = make_workbook({"A1": "=TODAY()", "A2": datetime.date(2024, 2, 1), "B7": "Môn bơi", "C7": 2})
    cells = {cell.cell: (cell.text, cell.number, bool(cell.fault)) for cell in read_workbook(path, NAME)}
    assert cells["B7"] == ("Môn bơi", None, False) and cells["C7"] == ("2", 2, False)
    assert cells["A1"] == ("=TODAY()", None, True) and cells["A2"][2]


def test_a_cell_without_a_fault_says_nothing(make_workbook):
    assert {cell.fault for cell in read_workbook(make_workbook({"B7": "Môn bơi", "C7": 2, "C8": True}), NAME)} == {""}


@pytest.mark.parametrize(
    "number_format",
    ["#,##0,", "#,##0,,", "0.0,", '#,##0, "nghìn đồng"', '0,"k"', "#,##0,;[Red]-#,##0,", ";;", ";;;", "0;;", "0; ;0"],
)
def test_a_number_that_is_shown_as_something_else_has_a_fault(make_workbook, number_format):
    said = f"is shown by the number format {number_format} as something else than it is"
    assert [fault for *_, fault in refusal(make_workbook({"C7": 45_000}, {"C7": number_format}))] == [said]


@pytest.mark.parametrize(
    "number_format",
    ["General", "@", "0", "#,##0", "#,##0.00", "0%", "0.0%", '#,##0" đ, "', '0", ;;"', "#,##0\\ \\đ", "#,##0;-#,##0;0"]
    + ["#,##0;[Red]-#,##0", '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)', "#,##0\\ [$₫-42A]", "0.00E+00", "# ?/?"],
)
def test_a_usual_number_format_is_no_fault(make_workbook, number_format):
    (cell,) = read_workbook(make_workbook({"C7": 45_000}, {"C7": number_format}), NAME)
    assert cell.fault == ""


def test_a_misleading_number_format_of_a_text_misleads_nobody(make_workbook):
    assert read_workbook(make_workbook({"C7": "2 nhất"}, {"C7": "#,##0,"}), NAME)[0].fault == ""


@pytest.mark.parametrize(("area", "fault"), [("C7:C8", True), ("C7:D9", True), ("C7:D7", False), ("B8:B9", False)])
def test_a_cell_merged_over_several_rows_has_a_fault(make_workbook, area, fault):
    path = make_workbook({"C7": 2, "C10": 3})
    workbook = openpyxl.load_workbook(path)
    workbook.active.merge_cells(area)
    workbook.save(path)
    said = "is merged over several rows, so it is not clear whose value it is"
    faults = [(cell.cell, cell.fault) for cell in read_workbook(path, NAME)]
    assert faults == [("C7", said if fault else ""), ("C10", "")]


def test_a_workbook_without_a_value_is_refused(make_workbook):
    assert refusal(make_workbook({"C7": " "})) == [("", None, "holds no value at all")]


@pytest.mark.parametrize("name", ["ket-qua.xls", "ket-qua.ods", "ket-qua.csv", "ket-qua"])
def test_a_file_of_another_kind_is_refused_with_how_to_save_it(tmp_path, name):
    (tmp_path / name).write_text("x", encoding="utf-8")
    assert refusal(tmp_path / name) == [("", None, "is not an .xlsx workbook")]


@pytest.mark.parametrize(
    "content", [b"", b"TT;N\xe1\xbb\x99i dung;2021-2022\n1;GV gi\xe1\xbb\x8fi;1\n", b"PK\x03\x04", b"<html></html>"]
)
def test_something_else_named_xlsx_is_refused(tmp_path, content):
    (tmp_path / "ket-qua.xlsx").write_bytes(content)
    assert refusal(tmp_path / "ket-qua.xlsx") == [("", None, "cannot be read as a workbook")]


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "ket-qua.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(tmp_path / "ket-qua.xlsx") == [("", None, "cannot be read as a workbook")]


def test_a_truncated_workbook_is_refused(root, tmp_path):
    whole = (root / "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx").read_bytes()
    for length in range(100, len(whole), 500):
        (tmp_path / "cut.xlsx").write_bytes(whole[:length])
        assert refusal(tmp_path / "cut.xlsx") == [("", None, "cannot be read as a workbook")]


def test_a_damaged_workbook_is_refused_or_read_unchanged(root, tmp_path):
    original = root / "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"
    whole, cells = original.read_bytes(), read_workbook(original, NAME)
    for seed in range(60):
        chance, damaged = random.Random(seed), bytearray(whole)
        for _ in range(chance.choice([1, 3, 10])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (tmp_path / "damaged.xlsx").write_bytes(damaged)
        try:
            assert read_workbook(tmp_path / "damaged.xlsx", NAME) == cells
        except Refused as refused:
            assert refused.problems[0].file == NAME


@pytest.mark.parametrize("name", ["strict_iso_paths", "pass_protected", "empty_sheet", "errors", "date_1904"])
def test_awkward_workbooks_of_the_corpus_are_refused_or_have_faults(shared, name):
    assert refusal(shared / "corpus/broken" / f"{name}.xlsx")


@pytest.mark.parametrize(
    "name",
    [
        "empty_s_attribute",
        "merged_range",
        "richtext-after-plain",
        "shared_formula_simple",
        "minimal_package",
    ],
)
def test_valid_but_unusual_workbooks_of_the_corpus_are_read_or_refused_but_no_traceback(shared, name):
    path = shared / "corpus/broken" / f"{name}.xlsx"
    try:
        assert read_workbook(path, NAME)
    except Refused as refused:
        assert refused.problems[0].file == NAME


def test_all_error_cells_of_the_ministrys_form_have_a_fault(shared):
    found = refusal(shared / "corpus/tables/bieu-02-th-dn.xlsx")
    assert sum(message == "is an Excel error" for _, _, message in found) == 78


# -- the folder of a school year ---------------------------------------------------------------------------------


def test_a_periods_workbooks_are_found_by_name_without_what_excel_and_windows_leave_there(tmp_path):
    folder = tmp_path / "data/raw/2021-2022"
    folder.mkdir(parents=True)
    for name in ("b.xlsx", "a.xlsx", "~$a.xlsx", ".DS_Store", "Thumbs.db", "desktop.ini", "DESKTOP.INI"):
        (folder / name).touch()
    assert [path.name for path in raw_files(tmp_path, "2021-2022")] == ["a.xlsx", "b.xlsx"]


@pytest.mark.parametrize("made", [True, False])
def test_a_folder_without_a_workbook_is_refused(tmp_path, made):
    if made:
        (tmp_path / "data/raw/2021-2022").mkdir(parents=True)
    with pytest.raises(Refused, match="data/raw/2021-2022/: there is no workbook here"):
        raw_files(tmp_path, "2021-2022")


def test_a_folder_in_the_folder_is_refused_for_nobody_would_read_it(tmp_path):
    folder = tmp_path / "data/raw/2021-2022"
    for name in ("cũ", "mới.xlsx"):
        (folder / name).mkdir(parents=True)
    (folder / "a.xlsx").touch()
    with pytest.raises(Refused) as refused:
        raw_files(tmp_path, "2021-2022")
    assert [(problem.file, problem.message) for problem in refused.value.problems] == [
        ("data/raw/2021-2022/", "the folder “cũ” in it would not be read"),
        ("data/raw/2021-2022/", "the folder “mới.xlsx” in it would not be read"),
    ]


def test_a_folder_with_nothing_but_what_windows_leaves_there_is_empty(tmp_path):
    (tmp_path / "data/raw/2021-2022").mkdir(parents=True)
    (tmp_path / "data/raw/2021-2022/Thumbs.db").touch()
    with pytest.raises(Refused, match="there is no workbook here"):
        raw_files(tmp_path, "2021-2022")
