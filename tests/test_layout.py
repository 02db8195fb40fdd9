"""The table in a raw workbook: its header found, its rows matched and read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from kiemso.catalogue import read_catalogue
from kiemso.layout import OBSERVATION_COLUMNS, cell_address, find_headers, match_rows, read_rows, stray_cells
from kiemso.raw import RawCell
from kiemso.workbook import raw_files, read_workbook

ROOT = Path(__file__).parents[1]
FILE = "data/raw/2021-2022/ket-qua.xlsx"
HEADING = "Năm học 2021-2022"


def cells_of(table: list[list], sheet: str = "Kết quả", file: str = FILE) -> pd.DataFrame:
    """The raw cells of a table that starts at A6; None is a blank cell."""
    cells = [
        RawCell(file, sheet, cell_address(r, c), r, c, str(value), value if isinstance(value, int | float) else None)
        for r, row in enumerate(table, 6)
        for c, value in enumerate(row, 1)
        if value is not None
    ]
    return pd.DataFrame(cells, columns=RawCell._fields)


def rows_of(*pairs: tuple) -> pd.DataFrame:
    """Rows as the first notebook joins them: label in B, value in C, from row 7 on; then correction and fault."""
    rows = []
    for n, (label, value, *more) in enumerate(pairs, 7):
        corrected, fault = [*more, "", ""][:2]
        number = value if isinstance(value, int | float) else None
        rows.append((FILE, "Kết quả", f"B{n}", label, f"C{n}", str(value), number, corrected, fault, HEADING))
    columns = ["file", "sheet", "label_cell", "label", "cell", "text", "number", "corrected", "fault", "value_heading"]
    return pd.DataFrame(rows, columns=columns)


def whole_year() -> list[tuple]:
    """The labels and values of the school's workbook of 2021-2022."""
    cells = read_workbook(raw_files(ROOT, "2021-2022")[0], FILE)
    labels = {cell.row: cell.text for cell in cells if cell.column == 2 and cell.row > 6}
    values = {cell.row: cell.number if cell.number is not None else cell.text for cell in cells if cell.column == 3}
    return [(label, values.get(row, "")) for row, label in labels.items()]


@pytest.fixture(scope="module")
def catalogue():
    return read_catalogue(ROOT)


def messages(problems) -> list[tuple[str, str]]:
    return [(problem.cell, problem.message) for problem in problems]


# -- the header --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Năm học 2021-2022", "Nămhọc 2021-2022", "2021 – 2022", "NĂM HỌC\n2021-2022"])
@pytest.mark.parametrize("label", ["Nội dung", "NỘI DUNG", "Nội  dung:"])
def test_the_header_is_found_by_its_words_wherever_it_stands(heading, label):
    found, problems = find_headers(
        cells_of([["Trường Tiểu học"], [], ["TT", label, heading], [1, "SKKN", 7]]), "2021-2022"
    )
    assert problems == []
    place = {"file": FILE, "sheet": "Kết quả", "header_row": 8, "last_row": 9, "label_column": 2, "value_column": 3}
    assert found.to_dict("records") == [place | {"value_heading": heading}]


def test_of_several_years_the_column_of_the_year_is_taken():
    table = [["TT", "Nội dung", "Năm học 2020-2021", "Năm học 2021-2022", "Tổng"], [1, "SKKN", 5, 7, 12]]
    found, problems = find_headers(cells_of(table), "2021-2022")
    assert problems == [] and found["value_column"].tolist() == [4]


def test_the_real_workbooks_have_one_table_each():
    for period, columns in {"2021-2022": (2, 3), "2022-2023": (2, 3), "2023-2024": (2, 3), "2022-2024": (2, 3)}.items():
        cells = pd.DataFrame(read_workbook(raw_files(ROOT, period)[0], FILE))
        found, problems = find_headers(cells, period)
        assert problems == []
        assert found[["header_row", "label_column", "value_column"]].to_numpy().tolist() == [[6, *columns]]
        assert stray_cells(cells, found) == []


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["Năm học 2022-2023"], "beside it stand “Năm học 2022-2023”"),
        (["Năm học 2021-2022", "Dự kiến 2021-2022"], "no single column for 2021-2022"),
        (["Tổng"], "beside it stand “Tổng”"),
        ([], "beside it stand nothing"),
    ],
)
def test_a_workbook_without_one_column_of_the_year_is_refused(headings, said):
    found, problems = find_headers(cells_of([["TT", "Nội dung", *headings], [1, "SKKN", 7]]), "2021-2022")
    assert found.empty
    (problem,) = problems
    assert said in problem.message and (problem.file, problem.cell) == (FILE, "B6")
    assert "Is this the workbook of 2021-2022?" in problem.mend


def test_a_real_workbook_in_another_years_folder_is_refused():
    cells = pd.DataFrame(read_workbook(raw_files(ROOT, "2022-2023")[0], FILE))
    found, problems = find_headers(cells, "2021-2022")
    assert found.empty and len(problems) == 1


def test_a_school_years_values_must_be_headed_by_the_year():
    found, problems = find_headers(cells_of([["TT", "Nội dung", "Số liệu"], [1, "SKKN", 7]]), "2021-2022")
    assert found.empty and len(problems) == 1


def test_the_terms_values_are_headed_by_so_lieu():
    found, problems = find_headers(cells_of([["TT", "Nội dung", "Số liệu", "Ghi chú"], [1, "SKKN", 7]]), "2022-2024")
    assert problems == [] and found["value_column"].tolist() == [3]


def test_a_workbook_without_a_table_is_refused():
    found, problems = find_headers(cells_of([["Kế hoạch năm học 2021-2022"]]), "2021-2022")
    assert found.empty
    assert messages(problems) == [("", "no table found: no cell says “Nội dung”")]
    assert problems[0].file == FILE


def test_each_file_without_a_table_is_refused():
    good = [["TT", "Nội dung", HEADING], [1, "SKKN", 7]]
    tables = {"a.xlsx": [["Kế hoạch"]], "b.xlsx": good, "c.xlsx": [["Kế hoạch"]], "d.xlsx": [["TT", "Nội dung"]]}
    found, problems = find_headers(pd.concat(cells_of(t, file=f) for f, t in tables.items()), "2021-2022")
    assert found["file"].tolist() == ["b.xlsx"]
    # d.xlsx has a table with another fault: that is said once.
    assert [(p.file, p.message[:14]) for p in problems] == [
        ("d.xlsx", "the header row"),
        ("a.xlsx", "no table found"),
        ("c.xlsx", "no table found"),
    ]


def test_a_second_sheet_without_a_table_is_no_fault():
    cells = [cells_of([["TT", "Nội dung", HEADING], [1, "SKKN", 7]]), cells_of([["Ghi chú"]], sheet="Tờ 2")]
    found, problems = find_headers(pd.concat(cells), "2021-2022")
    assert (found["sheet"].tolist(), problems) == (["Kết quả"], [])


@pytest.mark.parametrize(
    ("rows", "last"),
    [
        ([[1, "SKKN", 7]], 7),
        ([[1, "SKKN", 7], [2, "GV giỏi tỉnh"], [], [None, "Người lập", "Hiệu trưởng"]], 8),
        ([[1, "SKKN", 7], [], [2, "GV giỏi tỉnh", 2]], 7),
        ([[1, "SKKN", 7], [None, None, None, "ghi chú"], [2, "GV giỏi tỉnh", 2]], 9),
        ([[], [1, "SKKN", 7]], 6),
        ([], 6),
    ],
)
def test_a_table_ends_at_the_first_row_in_which_nothing_stands(rows, last):
    found, _ = find_headers(cells_of([["TT", "Nội dung", HEADING, "Ghi chú"], *rows]), "2021-2022")
    assert found["last_row"].tolist() == [last]


# -- cells that belong to no column ------------------------------------------------------------------------------


@pytest.fixture
def strays():
    def strays_of(*tables: list[list]) -> list[tuple]:
        cells = pd.concat(cells_of(table, sheet=f"Tờ {n}") for n, table in enumerate(tables, 1))
        found, _ = find_headers(cells, "2021-2022")
        return [(p.file, p.sheet, p.cell, p.text, p.message) for p in stray_cells(cells, found)]

    return strays_of


HEAD = ["TT", "Nội dung", HEADING]
STRAY = "stands in a column of the table that has no heading"


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ([HEAD, [1, "SKKN", 7]], []),
        ([HEAD, [1, "SKKN", None, 7]], [("D7", "7")]),
        ([HEAD, [1, "SKKN", 7, 8], [2, "GV giỏi tỉnh", 2, "tốt"]], [("D7", "8"), ("D8", "tốt")]),
        ([[None, *HEAD[1:]], [1, "SKKN", 7]], [("A7", "1")]),
        ([[*HEAD, "Ghi chú"], [1, "SKKN", 7, "đủ"]], []),
        ([[None, None, None, "Mẫu 2"], HEAD, [1, "SKKN", 7]], []),  # above the table
        ([HEAD, [1, "SKKN", 7], [], [None, None, None, "Hiệu trưởng"]], []),  # below it
    ],
)
def test_a_cell_in_a_column_without_a_heading_is_refused(strays, table, cells):
    assert strays(table) == [(FILE, "Tờ 1", cell, text, STRAY) for cell, text in cells]


def test_a_heading_of_one_sheet_is_none_of_another(strays):
    found = strays([[*HEAD, "Ghi chú"], [1, "SKKN", 7, "đủ"]], [HEAD, [1, "GV giỏi tỉnh", 2, "đủ"]])
    assert [(sheet, cell) for _, sheet, cell, *_ in found] == [("Tờ 2", "D7")]


def test_a_heading_of_one_table_is_none_of_another_on_its_sheet(strays):
    found = strays([HEAD, [1, "SKKN", 7, 8], [], [*HEAD, "Ghi chú"], [2, "GV giỏi tỉnh", 2, "đủ"]])
    assert [cell for _, _, cell, *_ in found] == ["D7"]


# -- the rows ----------------------------------------------------------------------------------------------------


def test_the_real_rows_are_all_known(catalogue):
    known, problems = match_rows(rows_of(*whole_year()), catalogue, "year")
    assert problems == []
    assert len(known) == 32  # 27 rows, one of them with five sub-rows
    by_label = known.set_index("label")
    assert tuple(by_label.loc["- Chưaxếploại", ["indicator", "part"]]) == ("xep-loai", "chua")
    assert tuple(by_label.loc["Môn Bóng bàn cấp tỉnh", ["indicator", "part"]]) == ("bong-ban-tinh", "")


def test_a_part_belongs_to_the_row_above_it(catalogue):
    rows = rows_of(("Xếp loại đảng viên cuối năm 2023", ""), ("- HTXS", 7), ("Tổng số đảng viên", 35), ("- Dự bị", 4))
    known, _ = match_rows(rows, catalogue, "term")
    assert known[["indicator", "part"]].to_numpy().tolist() == [
        ["xep-loai-dang-vien", ""],
        ["xep-loai-dang-vien", "htsx"],
        ["dang-vien", ""],
        ["dang-vien", "du-bi"],
    ]


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("GV giỏi tĩnh", "“GV giỏi tỉnh”"),
        ("Môn bơi cấp xã", "“Môn bơi cấp huyện”"),
        ("Môn cờ vua", "data/indicators.yml"),
    ],
)
def test_an_unknown_row_is_refused_with_the_nearest_labels(catalogue, label, hint):
    known, problems = match_rows(rows_of(*whole_year(), (label, 1)), catalogue, "year")
    assert len(known) == 32
    (problem,) = problems
    assert (problem.cell, problem.text, problem.message) == ("B39", label, "is no indicator of the catalogue")
    assert hint in problem.mend


def test_a_value_without_a_label_is_refused(catalogue):
    _, problems = match_rows(rows_of(*whole_year(), ("", 12)), catalogue, "year")
    assert messages(problems) == [("C39", "has no label beside it")]
    assert problems[0].text == "12" and "Write the label beside it" in problems[0].mend


def test_a_part_that_its_row_does_not_have_is_refused(catalogue):
    _, problems = match_rows(rows_of(("SKKN", 7), ("- HTSX", 19)), catalogue, "year")
    assert messages(problems) == [("B8", "is no indicator of the catalogue")]


def test_a_row_of_the_term_has_no_place_in_a_school_years_workbook(catalogue):
    _, problems = match_rows(rows_of(("Điểm trường", 2)), catalogue, "year")
    assert messages(problems) == [("B7", "is no indicator of the catalogue")]


@pytest.mark.parametrize("again", ["GV giỏi tỉnh", "GV GIỎI TỈNH.", "Giáo viên dạy giỏi cấp tỉnh"])
def test_a_row_that_stands_twice_is_refused_in_any_spelling(catalogue, again):
    known, problems = match_rows(rows_of(*whole_year(), (again, 3)), catalogue, "year")
    assert messages(problems) == [("B39", "states “gv-gioi-tinh” a second time, after B7")]
    assert len(known) == 32


def test_every_missing_row_is_named(catalogue):
    pairs = [pair for pair in whole_year() if pair[0] not in ("SKKN", "- KHT")]
    _, problems = match_rows(rows_of(*pairs), catalogue, "year")
    assert [problem.message for problem in problems] == [
        "has no row for “Sáng kiến kinh nghiệm bậc 4 cấp huyện”",
        "has no row for “Viên chức trong biểu xếp loại: Không hoàn thành nhiệm vụ”",
    ]
    assert {problem.file for problem in problems} == {FILE}


def test_a_table_without_rows_misses_them_all(catalogue):
    known, problems = match_rows(rows_of(), catalogue, "year")
    assert known.empty and len(problems) == 32


# -- the values --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def read(catalogue):
    def read_pairs(*pairs, level: str = "year"):
        known, _ = match_rows(rows_of(*pairs), catalogue, level)
        return read_rows(known, catalogue, "2021-2022")

    return read_pairs


def test_the_real_workbook_of_2021_2022_states_what_was_read_in_it_by_hand(read):
    observed, problems = read(*whole_year())
    assert problems == []
    values = observed.set_index(["indicator", "part"])["value"].to_dict()
    expected = {("gv-gioi-huyen", ""): 4, ("xep-loai", ""): 48, ("xep-loai", "htsx"): 19, ("xep-loai", "ht"): 0}
    expected |= {("boi", "nhat"): 2, ("boi", "nhi"): 3, ("boi", "ba"): 2, ("boi", "kk"): None}
    expected |= {("bong-da", "nhat"): 1, ("chay-60m", "kk"): 2, ("ioe", "tinh"): 1, ("ioe", "truong"): None}
    expected |= {("rung-chuong-vang", "nhat"): 0, ("tai-tro", ""): 883_860_000, ("ket-nap-dang", ""): None}
    assert {key: values[key] for key in expected} == expected
    # Blank: bóng bàn cấp tỉnh (4 prizes), two Trạng nguyên (2 + 3 levels), cảm tình Đảng, kết nạp; not named:
    # boi 1, bong-da 3, chay-60m 1, bat-xa 1, bong-ban 3, ioe 1.
    assert observed["status"].value_counts().to_dict() == {"observed": 37, "missing": 21}


def test_an_observation_knows_its_cell_and_the_text_that_stood_there(read):
    observed, _ = read(("GV giỏi tỉnh", 2), ("Môn bơi cấp huyện", "1 giảinhì, 2KK"))
    (record,) = observed.loc[observed["part"] == "kk"].to_dict("records")
    assert (record["period"], record["indicator"], record["value"], record["unit"]) == ("2021-2022", "boi", 2, "giải")
    source = [record[column] for column in ("text", "file", "sheet", "cell", "row_label", "column_heading")]
    assert source == ["1 giảinhì, 2KK", FILE, "Kết quả", "C8", "Môn bơi cấp huyện", HEADING]
    assert [*observed.columns] == OBSERVATION_COLUMNS and set(observed["corrected"]) == {""}


@pytest.mark.parametrize(
    ("label", "value", "corrected", "expected"),
    [
        ("GV giỏi tỉnh", 1, "2", [2]),
        ("GV giỏi tỉnh", "hai", "2", [2]),
        ("GV giỏi tỉnh", 1.234, "1.234", [1234]),  # typed with a point into an English Excel
        ("GV giỏi tỉnh", 1, "Không tổ chức", [None]),
        ("Môn bơi cấp huyện", "2 vàng", "2 nhất", [2, None, None, None]),
        ("Vận động tài trợ", "883.860", "883.860.000", [883_860_000]),
    ],
)
def test_a_corrected_cell_is_read_as_corrected_and_keeps_its_own_text(read, label, value, corrected, expected):
    observed, problems = read((label, value, corrected), ("SKKN", 7))
    own = observed[observed["indicator"] != "skkn"]
    assert (problems, own["value"].tolist()) == ([], expected)
    assert set(own["text"]) == {str(value)} and set(own["corrected"]) == {corrected}
    assert observed.set_index("indicator").loc["skkn", ["value", "text", "corrected"]].tolist() == [7, "7", ""]


def test_a_correction_that_cannot_be_read_is_refused(read):
    _, problems = read(("GV giỏi tỉnh", 1, "hai"))
    assert [(problem.cell, problem.message) for problem in problems] == [("C7", "is no number")]


def test_a_cell_with_a_fault_is_refused_where_its_value_is_needed(read):
    observed, problems = read(("GV giỏi tỉnh", 2, "", "is an Excel error"), ("SKKN", 7))
    assert [(p.file, p.sheet, p.cell, p.text, p.message) for p in problems] == [
        (FILE, "Kết quả", "C7", "2", "is an Excel error")
    ]
    assert "a whole number such as 48" in problems[0].mend
    assert observed["indicator"].tolist() == ["skkn"]


def test_a_correction_mends_a_cell_with_a_fault(read):
    observed, problems = read(("GV giỏi tỉnh", "2024-02-01 00:00:00", "1", "is a date"))
    assert (problems, observed["value"].tolist()) == ([], [1])


def test_a_count_stays_a_whole_number_beside_texts_and_blanks(read):
    observed, _ = read(("GV giỏi tỉnh", 2), ("SKKN", ""), ("Vận động tài trợ", "883.860.000"))
    assert [repr(value) for value in observed["value"]] == ["2", "None", "883860000"]


def test_a_row_that_only_heads_its_parts_states_nothing(read):
    observed, problems = read(("Xếp loại đảng viên cuối năm 2023", ""), ("- HTXS", 7), ("- HTT", ""), level="term")
    assert problems == []
    assert observed[["part", "status"]].to_numpy().tolist() == [["htsx", "observed"], ["htt", "missing"]]


def test_a_blank_whole_is_missing_although_its_parts_are_stated(read):
    observed, _ = read(("Tổng số đảng viên", ""), ("- Chính thức", 31), ("- Dự bị", 4), level="term")
    assert observed["status"].tolist() == ["missing", "observed", "observed"]


def test_every_unreadable_cell_is_listed_with_what_was_expected(read):
    observed, problems = read(
        ("GV giỏi tỉnh", "hai"),
        ("SKKN", 7),
        ("Học sinh hoàn thành xuất sắc và tiêu biểu", 1.234),
        ("Môn bật xa", "2 vàng"),
    )
    assert [(problem.cell, problem.text) for problem in problems] == [("C7", "hai"), ("C9", "1.234"), ("C10", "2 vàng")]
    assert "a whole number such as 48" in problems[0].mend and "prizes such as" in problems[2].mend
    assert observed["indicator"].tolist() == ["skkn"]


@pytest.mark.parametrize(("row", "column", "address"), [(1, 1, "A1"), (7, 3, "C7"), (100, 28, "AB100")])
def test_an_address_is_written_as_excel_writes_it(row, column, address):
    assert cell_address(row, column) == address
