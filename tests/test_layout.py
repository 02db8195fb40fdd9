"""The table in a raw workbook: its header found, its rows matched and read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from kiemso.catalogue import read_catalogue
from kiemso.layout import cell_address, find_headers, match_rows, read_rows
from kiemso.workbook import RawCell, raw_files, read_workbook

ROOT = Path(__file__).parents[1]
FILE = "data/raw/2021-2022/ket-qua.xlsx"


def cells_of(table: list[list], sheet: str = "Kết quả") -> pd.DataFrame:
    """The raw cells of a table that starts at A6; None is a blank cell."""
    cells = [
        RawCell(FILE, sheet, cell_address(r, c), r, c, str(value), value if isinstance(value, int | float) else None)
        for r, row in enumerate(table, 6)
        for c, value in enumerate(row, 1)
        if value is not None
    ]
    return pd.DataFrame(cells, columns=RawCell._fields)


def rows_of(*pairs: tuple) -> pd.DataFrame:
    """Rows as the first notebook joins them: label in B, value in C, from row 7 on."""
    rows = [
        (FILE, "Kết quả", f"B{n}", label, f"C{n}", str(value), value if isinstance(value, int | float) else None, "")
        for n, (label, value) in enumerate(pairs, 7)
    ]
    columns = ["file", "sheet", "label_cell", "label", "cell", "text", "number", "value_heading"]
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
    place = {"file": FILE, "sheet": "Kết quả", "header_row": 8, "label_column": 2, "value_column": 3}
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
    assert messages(problems) == [("B39", "is no indicator of the catalogue")]


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
    source = [record[column] for column in ("text", "file", "sheet", "cell", "row_label")]
    assert source == ["1 giảinhì, 2KK", FILE, "Kết quả", "C8", "Môn bơi cấp huyện"]


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
