"""Tables found by the words of their headers, in the shapes that layouts describe."""

from __future__ import annotations

import pytest
from kiemso.entry import entries
from kiemso.limit import DEFAULT
from kiemso.reader import delimited
from kiemso.role import Role
from kiemso.search import unread_rows

from tests.tables import FILE, ROWS, SHEET, YEAR, find, grid_of, grids_of

HEADING = "Năm học 2021-2022"
HEAD = ["TT", "Nội dung", HEADING]
ADDED = "label: Theo lớp\nshape: columns\nlabels: [Lớp]\nadd: true\n"


def places(found) -> list[tuple]:
    """Header row, last row, columns of labels and values of each table."""
    return [(t.header_row, t.last_row, t.labels, tuple(c.number for c in t.values)) for t in found.tables]


def said(problems) -> list[tuple[str, str]]:
    return [(problem.cell, problem.message) for problem in problems]


# -- the header --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Năm học 2021-2022", "Nămhọc 2021-2022", "2021 – 2022", "NH 2021/22"])
@pytest.mark.parametrize("label", ["Nội dung", "NỘI DUNG", "Nội  dung:", "Nội\u200bdung"])
def test_the_header_is_found_by_its_words_wherever_it_stands(catalogue, heading, label):
    found = find(grid_of([["Trường Tiểu học"], [], ["TT", label, heading], [1, "SKKN", 7]], first=6), ROWS, catalogue)
    assert found.problems == [] and places(found) == [(8, 9, (2,), (3,))]
    assert found.tables[0].values[0].heading == heading


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        ([["TT", "Nội dung", "2020-2021", "2021-2022", "Tổng"]], []),
        ([["TT", "Nội dung", "Năm học"], [None, None, "2020-2021", "2021 – 2022"]], ["A1:A2", "B1:B2", "C1:D1"]),
        ([["TT", "Nội dung", "Năm học"], [None, None, "2020-2021", "2021 – 2022"]], []),
        ([[None, None, "Năm học"], ["TT", "Nội dung", "2020-2021", "2021 – 2022"]], ["C1:D1"]),
        (
            [["TT", "Nội dung", "Kết quả"], [None, None, "Năm học"], [None, None, "2020-2021", "2021 – 2022"]],
            ["B1:B3", "C1:D1", "C2:D2"],
        ),
    ],
)
def test_of_several_years_the_column_of_the_period_is_taken_in_headers_of_one_to_three_rows(catalogue, rows, merged):
    found = find(grid_of([*rows, [1, "SKKN", 5, 7]], merged), ROWS, catalogue)
    assert found.problems == [] and places(found) == [(len(rows), len(rows) + 1, (2,), (4,))]


@pytest.mark.parametrize("merged", [["B1:B2", "C1:D1", "E1:F1"], []])
def test_under_a_year_the_column_with_the_layouts_words_is_taken(catalogue, merged):
    rows = [
        ["TT", "Nội dung", "2020-2021", None, "2021-2022", None],
        [None, None, "KH", "TH", "KH", "TH"],
        [1, "SKKN", 1, 2, 3, 4],
    ]
    found = find(grid_of(rows, merged), ROWS + "values: ['TH {period}']\n", catalogue)
    assert found.problems == [] and places(found) == [(2, 3, (2,), (6,))]
    assert found.tables[0].values[0].heading == "2021-2022 › TH"


@pytest.mark.parametrize(
    ("headings", "beside"),
    [
        (["Năm học 2022-2023"], "“Năm học 2022-2023”"),
        (["Năm học 2021-2022", "Dự kiến 2021-2022"], "“Năm học 2021-2022”, “Dự kiến 2021-2022”"),
        (["Tổng"], "“Tổng”"),
        (["Số liệu"], "“Số liệu”"),
        ([], "nothing"),
    ],
)
def test_a_workbook_without_one_column_of_the_year_is_refused(catalogue, headings, beside):
    found = find(grid_of([["TT", "Nội dung", *headings], [1, "SKKN", 7]]), ROWS, catalogue)
    (problem,) = found.problems
    assert problem.message == f"the header row has no single column for 2021-2022; beside it stand {beside}"
    assert (problem.file, problem.cell, found.tables) == (FILE, "B1", [])
    assert "Is this the workbook of 2021-2022?" in problem.mend


def test_a_plan_is_no_result(catalogue):
    found = find(grid_of([["TT", "Nội dung", "Kế hoạch 2021-2022"], [1, "SKKN", 7]]), ROWS, catalogue)
    assert said(found.problems) == [("C1", "heads a plan, not a result: “Kế hoạch 2021-2022”")]


def test_two_tables_side_by_side_are_two(catalogue):
    found = find(grid_of([["Nội dung", YEAR, "Nội dung", YEAR], ["SKKN", 7, "GV giỏi tỉnh", 2]]), ROWS, catalogue)
    assert found.problems == [] and places(found) == [(1, 2, (1,), (2,)), (1, 2, (3,), (4,))]


def test_the_terms_values_may_be_headed_by_other_words(catalogue):
    rows = grid_of([["TT", "Nội dung", "Số liệu", "Ghi chú"], [1, "Điểm trường", 7]])
    found = find(rows, ROWS + "level: term\nvalues: ['{period}', Số liệu]\n", catalogue, "2022-2024")
    assert found.problems == [] and places(found) == [(1, 2, (2,), (3,))]


# -- of which year ----------------------------------------------------------------------------------------------


WORDS = ROWS + "values: [Số liệu]\n"
TABLE = [["TT", "Nội dung", "Số liệu"], [1, "SKKN", 7]]


@pytest.mark.parametrize(
    ("title", "file"), [("KẾT QUẢ NĂM HỌC 2021 - 2022", "a.xlsx"), ("Kết quả", "kq 2021-2022.xlsx")]
)
def test_where_no_heading_names_the_year_the_title_or_the_file_does(catalogue, title, file):
    found = find(grid_of([[title], [], *TABLE], file=file), WORDS, catalogue)
    assert (found.problems, found.warnings, len(found.tables)) == ([], [], 1)


def test_a_title_of_another_year_is_refused(catalogue):
    found = find(grid_of([["KẾT QUẢ NĂM HỌC 2020-2021"], [], *TABLE], file="a.xlsx"), WORDS, catalogue)
    assert said(found.problems) == [("", "the table is of 2020-2021, not of 2021-2022")]


def test_a_table_that_nothing_dates_is_read_with_a_warning(catalogue):
    found = find(grid_of(TABLE, file="a.xlsx"), WORDS, catalogue)
    assert said(found.warnings) == [("", "nothing in the sheet says of which school year it is")]


# -- sheets and layouts -----------------------------------------------------------------------------------------


def test_each_file_without_a_table_is_refused(catalogue):
    sheets = [grid_of([["Kế hoạch"]], file="a.xlsx"), grid_of([HEAD, [1, "SKKN", 7]], file="b.xlsx")]
    found = find(sheets, ROWS, catalogue)
    assert [(p.file, p.message) for p in found.problems] == [("a.xlsx", "no table found: no cell says “Nội dung”")]
    assert "2021-2022" in found.problems[0].mend


def test_a_further_sheet_that_no_layout_describes_is_left_unread_and_said(catalogue):
    sheets = [grid_of([HEAD, [1, "SKKN", 7]]), grid_of([["Kế hoạch"]], sheet="Kế hoạch"), grid_of([], sheet="Sheet3")]
    found = find(sheets, ROWS, catalogue)
    assert found.problems == [] and [w.sheet for w in found.warnings] == ["Kế hoạch"]
    assert found.warnings[0].message == "no layout fits this sheet: not read"


def test_a_file_that_no_layout_is_for_is_refused(catalogue):
    found = find(grid_of([HEAD, [1, "SKKN", 7]]), ROWS + "sheets: [Tổng hợp]\n", catalogue)
    assert said(found.problems) == [("", "no table found: no layout is for a file or sheet of this name")]


def test_a_table_that_two_layouts_fit_is_refused(catalogue):
    found = find(grid_of([HEAD, [1, "SKKN", 7]]), {"a": ROWS, "b": ROWS}, catalogue)
    assert said(found.problems) == [("B1", "more than one layout fits this table: a, b")]


def test_two_layouts_are_told_apart_by_their_headings(catalogue):
    layouts = {"a": ROWS, "b": ROWS + "values: [Kết quả]\n"}
    assert [t.name for t in find(grid_of([HEAD, [1, "SKKN", 7]]), layouts, catalogue).tables] == ["a"]


def test_layouts_of_a_term_read_no_school_year(catalogue):
    assert find(grid_of([HEAD, [1, "SKKN", 7]]), ROWS + "level: term\n", catalogue).tables == []


# -- where it ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "last"),
    [
        ([[1, "SKKN", 7]], 2),
        ([[1, "SKKN", 7], [], [None, None, "Hiệu trưởng"]], 2),
        ([[1, "SKKN", 7], [None, None, "Hiệu trưởng"]], 2),
        ([[1, "SKKN", 7], ["Ghi chú: số liệu cuối năm"]], 2),
        ([[1, "SKKN", 7], [None, "(*) Không kể học kỳ I"]], 2),
        ([[1, "SKKN", 7], [None, "Ghi chú", 5]], 3),  # a number beside it: no note
        ([[1, "SKKN", 7], HEAD, [2, "GV giỏi tỉnh", 2]], 2),
        ([], 1),
    ],
)
def test_a_table_ends_at_a_blank_row_a_note_or_the_next_header(catalogue, rows, last):
    assert find(grid_of([HEAD, *rows]), ROWS, catalogue).tables[0].last_row == last


def test_blank_rows_may_stand_in_a_table_whose_layout_says_so(catalogue):
    rows = grid_of([HEAD, [1, "SKKN", 7], [], [2, "GV giỏi tỉnh", 2], [], [None, "Người lập biểu"]])
    assert find(rows, ROWS + "gaps: true\n", catalogue).tables[0].last_row == 4


# -- indicators in the headings ----------------------------------------------------------------------------------


def test_a_table_of_columns_needs_a_heading_that_the_catalogue_knows(catalogue):
    assert places(find(grid_of([["NH 2021-2022"], [], ["TT", "Lớp", "SKKN"], [1, "1A", 7]]), ADDED, catalogue)) == [
        (3, 4, (2,), (3,))
    ]
    assert find(grid_of([["TT", "Lớp", "Phòng"], [1, "1A", 7]]), ADDED, catalogue).tables == []


# -- units -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "heading", "word"),
    [
        (["ĐVT: 1.000 đồng"], HEADING, "nghìn đồng"),
        ([None, None, "(Đơn vị tính: triệu đồng)"], HEADING, "triệu đồng"),
        ([], f"{HEADING} (tỷ đồng)", "tỷ đồng"),
    ],
)
def test_units_are_found_above_the_table_and_in_the_heading(catalogue, above, heading, word):
    found = find(grid_of([above, ["TT", "Nội dung", heading], [1, "Vận động tài trợ", 7]]), ROWS, catalogue)
    (table,) = found.tables
    assert (table.values[0].unit or table.unit).word == word


def test_a_text_inside_one_table_is_no_unit_of_the_next(catalogue):
    rows = [HEAD, [1, "Vận động tài trợ (triệu đồng)", 7], [], HEAD, [2, "SKKN", 7]]
    assert [table.unit for table in find(grid_of(rows), ROWS, catalogue).tables] == [None, None]


def test_a_table_knows_where_it_stands(catalogue):
    (table,) = find(grid_of([HEAD, [1, "SKKN", 7]]), ROWS, catalogue).tables
    assert (table.file, table.sheet, table.anchor.cell, table.first_row) == (FILE, SHEET, "B1", 1)
    assert [*table.rows] == [2] and table.states_period


# -- a table that nobody here wrote ------------------------------------------------------------------------------

LONG = "label: x\nshape: rows\nlabels: [Đối tượng]\nvalues: [Số lượng]\n"
LONG += "where: {Năm: ['{period}'], Cấp học: [Tiểu học]}\n"


@pytest.mark.parametrize(
    ("period", "texts"),
    [
        ("1995-1996", ["298.9", "10228.8"]),  # “1995 -1996”
        ("1996-1997", ["311.5", "10352.7"]),  # “1996 - 1997”
        ("2005-2006", ["354.8", "7304.0"]),
        ("2021-2022", ["382.525", "9212.036"]),  # “ 2021-2022”
        ("2023-2024", ["381.8", "8901.0"]),  # “Sơ bộ 2023-2024”
    ],
)
def test_the_years_of_the_statistics_office_are_found_in_all_their_spellings(catalogue, shared, period, texts):
    path = shared / "corpus/tables/gso-lop-gv-hs-tieu-hoc-EXCERPT.csv"
    found = find(grids_of(delimited.read(path, path.name, DEFAULT)), LONG, catalogue, period)
    counted = [entry for entry in entries(found.tables, catalogue, period) if entry.role is Role.ENTRY]
    assert [(entry.label, entry.text) for entry in counted] == [*zip(["Giáo viên", "Học sinh"], texts, strict=True)]
    assert any("preliminary" in entry.warning for entry in counted) is (period == "2023-2024")


def test_a_row_in_which_only_a_text_stands_before_the_labels_is_said_to_be_unread(catalogue):
    head = ["TT", "Nội dung", "Năm học 2021-2022"]
    rows = [head, [1, "SKKN", 5], ["+ cấp huyện: 21"], [2], ["II."], ["A. Khen thưởng"], [3, "Môn bơi cấp huyện", 0]]
    found = find(grid_of(rows, ["A6:C6"]), ROWS, catalogue)
    assert [(problem.cell, problem.message) for problem in unread_rows(found.tables)] == [
        ("A3", "stands in a row without a label: not read")
    ]
