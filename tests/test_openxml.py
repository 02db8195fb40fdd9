"""Excel workbooks read cell by cell; each fault is made in a temporary folder."""

from __future__ import annotations

import datetime
import random
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from kiemso.problem import Refused
from kiemso.workbook import read_workbook
from openpyxl.worksheet.formula import ArrayFormula
from python_calamine import SheetTypeEnum

NAME = "data/raw/2021-2022/ket-qua.xlsx"


def read(path: Path) -> list[tuple]:
    return [(cell.cell, cell.text, cell.number) for cell in read_workbook(path, NAME).cells]


def refusal(path: Path) -> list[tuple]:
    """What is wrong: the cells that cannot be values, or why the whole file is refused."""
    try:
        faults = [(cell.cell, cell.text, cell.fault) for cell in read_workbook(path, NAME).cells if cell.fault]
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
    (cell,) = read_workbook(make_workbook({"C7": 2}), NAME).cells
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


def test_a_formula_whose_value_is_an_empty_text_is_a_blank(make_workbook):
    cell = '<c r="C7" t="str"><f>IF(B7="","",B7)</f><v></v></c>'
    assert read(with_xml(make_workbook({"B7": "x"}), cell)) == [("B7", "x", None)]


def test_all_sheets_are_read(make_workbook):
    path = make_workbook({"A1": "một"})
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("Tờ 2 ")["B2"] = "hai"
    workbook.save(path)
    assert [(cell.sheet, cell.cell, cell.text) for cell in read_workbook(path, NAME).cells] == [
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


def test_all_faults_of_a_workbook_are_listed_together_row_by_row(make_workbook):
    cells = {"C9": "#REF!", "C7": "=A1", "C8": datetime.date(2024, 2, 1)}
    assert [cell for cell, *_ in refusal(make_workbook(cells))] == ["C7", "C8", "C9"]


def test_a_faulted_cell_does_not_keep_the_others_from_being_read(make_workbook):
    path = make_workbook({"A1": "=TODAY()", "A2": datetime.date(2024, 2, 1), "B7": "Môn bơi", "C7": 2})
    cells = {cell.cell: (cell.text, cell.number, bool(cell.fault)) for cell in read_workbook(path, NAME).cells}
    assert cells["B7"] == ("Môn bơi", None, False) and cells["C7"] == ("2", 2, False)
    assert cells["A1"] == ("=TODAY()", None, True) and cells["A2"][2]


def test_a_cell_without_a_fault_says_nothing(make_workbook):
    assert {
        cell.fault for cell in read_workbook(make_workbook({"B7": "Môn bơi", "C7": 2, "C8": True}), NAME).cells
    } == {""}


@pytest.mark.parametrize(
    "number_format",
    ["#,##0,", "#,##0,,", "0.0,", '#,##0, "nghìn đồng"', '0,"k"', "#,##0,;[Red]-#,##0,", ";;", ";;;", "0;;", "0; ;0"]
    + ['#,##0 "nghìn đồng"', '0.0" tr. đ"', "0\\ \\t\\ỷ", '"Triệu: "0'],
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
    (cell,) = read_workbook(make_workbook({"C7": 45_000}, {"C7": number_format}), NAME).cells
    assert cell.fault == ""


def test_a_misleading_number_format_of_a_text_misleads_nobody(make_workbook):
    assert read_workbook(make_workbook({"C7": "2 nhất"}, {"C7": "#,##0,"}), NAME).cells[0].fault == ""


@pytest.mark.parametrize(("area", "fault"), [("C7:C8", True), ("C7:D9", True), ("C7:D7", False), ("B8:B9", False)])
def test_a_cell_merged_over_several_rows_has_a_fault(make_workbook, area, fault):
    path = make_workbook({"C7": 2, "C10": 3})
    workbook = openpyxl.load_workbook(path)
    workbook.active.merge_cells(area)
    workbook.save(path)
    said = "is merged over several rows, so it is not clear whose value it is"
    faults = [(cell.cell, cell.fault) for cell in read_workbook(path, NAME).cells]
    assert faults == [("C7", said if fault else ""), ("C10", "")]


def test_a_workbook_without_a_value_is_refused(make_workbook):
    assert refusal(make_workbook({"C7": " "})) == [("", None, "holds no value at all")]


def test_a_truncated_workbook_is_refused(root, tmp_path):
    whole = (root / "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx").read_bytes()
    for length in range(100, len(whole), 500):
        (tmp_path / "cut.xlsx").write_bytes(whole[:length])
        assert refusal(tmp_path / "cut.xlsx") == [("", None, "is damaged or was cut off")]


def test_a_damaged_workbook_is_refused_or_read_unchanged(root, tmp_path):
    original = root / "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"
    whole, cells = original.read_bytes(), read_workbook(original, NAME).cells
    for seed in range(60):
        chance, damaged = random.Random(seed), bytearray(whole)
        for _ in range(chance.choice([1, 3, 10])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (tmp_path / "damaged.xlsx").write_bytes(damaged)
        try:
            assert read_workbook(tmp_path / "damaged.xlsx", NAME).cells == cells
        except Refused as refused:
            assert refused.problems[0].file == NAME


@pytest.mark.parametrize(
    ("name", "cells", "faults"),
    [
        ("strict_iso_paths", 1368, 0),
        ("errors", 7, 7),
        ("date_1904", 6, 3),
        ("empty_s_attribute", 10, 0),
        ("minimal_package", 5082, 193),
        ("merged_range", 31, 13),
        ("richtext-after-plain", 8, 0),
        ("shared_formula_simple", 6, 0),
    ],
)
def test_awkward_workbooks_of_the_corpus_are_read(shared, name, cells, faults):
    read = read_workbook(shared / "corpus/broken" / f"{name}.xlsx", NAME).cells
    assert (len(read), sum(bool(cell.fault) for cell in read)) == (cells, faults)


def test_all_error_cells_of_the_ministrys_form_have_a_fault(shared):
    found = refusal(shared / "corpus/tables/bieu-02-th-dn.xlsx")
    assert sum(message == "is an Excel error" for _, _, message in found) == 78


# -- what a sheet hides, merges or formats -----------------------------------------------------------------------


@pytest.fixture
def change_sheet(make_workbook):
    """A workbook of these cells, whose sheet a function has changed."""

    def make(cells: dict, change) -> Path:
        path = make_workbook(cells)
        workbook = openpyxl.load_workbook(path)
        change(workbook.active)
        workbook.save(path)
        return path

    return make


def warnings_of(path: Path) -> dict[str, str]:
    return {cell.cell: cell.warning for cell in read_workbook(path, NAME).cells if cell.warning}


def test_cells_in_hidden_rows_and_columns_are_read_with_a_warning(make_workbook):
    columns = '<cols><col min="4" max="6" hidden="1"/><col min="7" max="7" width="0" customWidth="1"/></cols>'
    hidden = {
        "<sheetData>": f"{columns}<sheetData>",
        '<row r="7"': '<row r="7" hidden="1"',
        '<row r="8"': '<row r="8" ht="0" customHeight="1"',
    }
    path = renamed(make_workbook({"B7": 1, "B8": 2, "B9": 3, "E9": 4, "G9": 5, "H9": 6}), {}, hidden)
    row, column = "stands in a hidden row", "stands in a hidden column"
    assert warnings_of(path) == {"B7": row, "B8": row, "E9": column, "G9": column}
    assert len(read(path)) == 6


def test_cells_that_a_filter_hides_are_read_with_a_warning_of_their_own(change_sheet):
    def hide(sheet):
        sheet.auto_filter.ref = "A1:B3"
        sheet.auto_filter.add_filter_column(0, ["một"])
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[5].hidden = True

    path = change_sheet({"A1": "x", "A2": "một", "A3": "hai", "A5": "ba"}, hide)
    assert warnings_of(path) == {"A3": "stands in a row that a filter hides", "A5": "stands in a hidden row"}


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_and_warned_of(make_workbook, state):
    path = make_workbook({"A1": "một"})
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("Ẩn")["B2"] = 2
    workbook["Ẩn"].sheet_state = state
    workbook.save(path)
    found = read_workbook(path, NAME)
    assert [(sheet.name, sheet.hidden) for sheet in found.sheets] == [("Kết quả", False), ("Ẩn", True)]
    assert [(cell.sheet, cell.cell) for cell in found.cells] == [("Kết quả", "A1"), ("Ẩn", "B2")]
    assert [(warning.sheet, warning.message) for warning in found.warnings] == [("Ẩn", "the sheet is hidden")]


def test_merged_cells_are_passed_on_and_values_under_them_are_warned_of_and_not_read(make_workbook):
    path = with_xml(make_workbook({"B7": "x", "C7": 2}), '<c r="D7"><v>9</v></c>')
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="C7:E7"/></mergeCells>'
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content.replace(b"</sheetData>", merge) if "sheet1" in name else content)
    found = read_workbook(path, NAME)
    assert found.sheets[0].merged == ((7, 3, 7, 5),)
    assert [(cell.cell, cell.fault) for cell in found.cells] == [("B7", ""), ("C7", "")]
    (warning,) = found.warnings
    assert warning.cell == "D7" and warning.message.startswith("1 value under a merged cell")


def test_a_formula_that_was_shared_and_saved_without_values_has_a_fault_with_its_own_text(make_workbook):
    first = '<c r="C7"><f t="shared" ref="C7:E7" si="0">A7+A$1</f></c>'
    path = with_xml(make_workbook({"B7": "x"}), first + '<c r="E7"><f t="shared" si="0"/><v></v></c>')
    said = "holds a formula without a value"
    assert refusal(path) == [("C7", "=A7+A$1", said), ("E7", "=C7+C$1", said)]


def test_a_date_counted_from_1904_is_that_day(make_workbook, tmp_path):
    path = make_workbook({"A1": datetime.date(2024, 2, 1)})
    workbook = openpyxl.load_workbook(path)
    workbook.epoch = datetime.datetime(1904, 1, 1)
    workbook["Kết quả"]["A1"] = datetime.date(2024, 2, 1)
    workbook.save(path)
    assert refusal(path) == [("A1", "2024-02-01 00:00:00", DATE)]


def test_a_number_shown_as_a_date_that_is_none_has_a_fault(make_workbook):
    assert refusal(make_workbook({"C7": 45_000_000}, {"C7": "dd/mm/yyyy"})) == [("C7", "45000000", DATE)]


def test_truth_values_read_as_excel_shows_them(make_workbook):
    assert read(make_workbook({"C7": True, "C8": False})) == [("C7", "TRUE", None), ("C8", "FALSE", None)]


# -- texts -------------------------------------------------------------------------------------------------------


def with_strings(path: Path, *items: str) -> Path:
    """The workbook with one row more, of shared texts given as XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    row = "".join(f'<c r="{"BCDEFG"[n]}9" t="s"><v>{n}</v></c>' for n in range(len(items)))
    added = {
        "sheet1": ("</sheetData>", f'<row r="9">{row}</row></sheetData>'),
        "workbook.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="s" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        ),
        "Content_Types": ("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'),
    }
    changed = path.with_stem("strings")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            for part, (before, after) in added.items():
                content = content.replace(before, after) if part in name else content
            new.writestr(name, content)
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{"".join(items)}</sst>')
    return changed


def test_texts_are_read_however_they_are_stored(make_workbook):
    run = '<r><rPr><b/><rFont val="Arial"/><family val="99"/></rPr><t xml:space="preserve">giáo </t></r>'
    items = [
        "<si><t>một</t></si>",
        f"<si>{run}<r><t>viên</t></r></si>",
        f"<si><t xml:space='preserve'>Số </t>{run}</si>",
        '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>',
        "<si><t>dòng_x000D_\nhai _x005F_x0041_ _x0041_</t></si>",
        "<si/>",
    ]
    path = with_strings(make_workbook({"A1": "x"}), *items)
    texts = {cell: text for cell, text, _ in read(path)}
    assert {cell: text.split() for cell, text in texts.items() if cell != "A1"} == {
        "B9": ["một"],
        "C9": ["giáo", "viên"],
        "D9": ["Số", "giáo"],
        "E9": ["東京"],
        "F9": ["dòng", "hai", "_x0041_", "A"],
    }


def test_a_text_in_a_legacy_font_is_converted_and_its_original_kept(change_sheet):
    def write(sheet):
        sheet["A1"].font = openpyxl.styles.Font(name=".VnTime")

    (cell, other) = read_workbook(change_sheet({"A1": "Gi¸o viªn giái", "A2": "Giáo viên giỏi"}, write), NAME).cells
    assert (cell.text, cell.original, cell.encoding) == ("Giáo viên giỏi", "Gi¸o viªn giái", "TCVN3")
    assert (other.text, other.original, other.encoding) == ("Giáo viên giỏi", "", "")


def test_only_the_runs_in_a_legacy_font_are_converted(make_workbook):
    legacy = '<r><rPr><rFont val=".VnTime"/></rPr><t xml:space="preserve">Gi¸o viªn giái </t></r>'
    path = with_strings(
        make_workbook({"A1": "x"}), f'<si>{legacy}<r><rPr><rFont val="Arial"/></rPr><t>cấp tỉnh</t></r></si>'
    )
    cell = read_workbook(path, NAME).cells[-1]
    assert (cell.text, cell.original) == ("Giáo viên giỏi cấp tỉnh", "Gi¸o viªn giái cấp tỉnh")


# -- packages that openpyxl alone would misread ------------------------------------------------------------------


def renamed(path: Path, changes: dict[str, str], text: dict[str, str]) -> Path:
    """The workbook with parts under other names, and other words in its XML."""
    changed = path.with_stem("renamed")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            for before, after in text.items():
                content = content.replace(before, after)
            new.writestr(changes.get(name, name), content)
    return changed


def test_styles_under_another_name_still_tell_percents(make_workbook):
    path = make_workbook({"C7": 0.998}, {"C7": "0.0%"})
    path = renamed(path, {"xl/styles.xml": "xl/looks.xml"}, {"styles.xml": "looks.xml"})
    assert read(path) == [("C7", "99,8%", 99.8)]


def test_a_strict_workbook_is_read_with_its_formats_and_fonts(make_workbook):
    strict = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
    }
    path = renamed(make_workbook({"B7": "Môn bơi", "C7": 0.998}, {"C7": "0.0%"}), {}, strict)
    assert read(path) == [("B7", "Môn bơi", None), ("C7", "99,8%", 99.8)]


def test_parts_are_found_whatever_the_case_of_their_names(make_workbook):
    path = renamed(make_workbook({"C7": 2}), {"xl/worksheets/sheet1.xml": "xl/Worksheets/Sheet1.xml"}, {})
    assert read(path) == [("C7", "2", 2)]


def test_looks_names_and_charts_that_are_broken_do_not_matter(make_workbook):
    broken = {
        "</sheetData>": '</sheetData><drawing xmlns:r="x" r:id="none"/><legacyDrawing xmlns:r="x" r:id="none"/>',
        "<fills ": '<fills><fill><patternFill patternType="none such"/></fill></fills><old ',
        "</fill></fills><borders": "</fill></old><borders",
        "<definedNames": '<definedNames><definedName name="x" localSheetId="99">#REF!</definedName></definedNames><old',
    }
    assert read(renamed(make_workbook({"C7": 2}), {}, broken)) == [("C7", "2", 2)]


def test_cells_without_addresses_count_on(make_workbook):
    plain = {'<row r="7">': "<row>", '<c r="B7"': "<c", '<c r="C7"': "<c"}
    path = renamed(make_workbook({"B7": "một", "C7": 2}), {}, plain)
    assert read(path) == [("A1", "một", None), ("B1", "2", 2)]


@pytest.mark.skipif(sys.platform != "linux", reason="the second reader is replaced in a copy of this process")
@pytest.mark.parametrize("second", [[[1234.0]], [["1.234"]], [[""]], [[1.234, 5.0]]])
def test_a_sheet_that_the_second_reader_reads_differently_is_refused(make_workbook, monkeypatch, second):
    path = make_workbook({"A1": 1.234})
    sheet = SimpleNamespace(total_height=1, total_width=1, to_python=lambda skip_empty_area: second)
    listed = [SimpleNamespace(name="Kết quả", typ=SheetTypeEnum.WorkSheet)]
    book = SimpleNamespace(sheets_metadata=listed, get_sheet_by_name=lambda name: sheet)
    monkeypatch.setattr("kiemso.reader.second._opened", lambda path: book)
    ((cell, _, message),) = refusal(path)
    assert cell == ("B1" if len(second[0]) > 1 else "A1") and message.startswith("two readers disagree on 1 cell")
