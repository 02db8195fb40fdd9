"""Rows and columns of tables matched with the catalogue."""

from __future__ import annotations

import pytest
from kiemso.entry import entries
from kiemso.match import absent, match_entries
from kiemso.workbook import raw_files, read_workbook

from tests.tables import FILE, ROWS, YEAR, find, grid_of, read

HEAD = ["TT", "Nội dung", "Năm học 2021-2022"]
TERM = ROWS + "level: term\n"


@pytest.fixture(scope="module")
def whole_year(root) -> list[list]:
    """The labels and values of the school's workbook of 2021-2022, after the heading."""
    cells = read_workbook(raw_files(root, YEAR)[0], FILE).cells
    values = {cell.row: cell.number if cell.number is not None else cell.text for cell in cells if cell.column == 3}
    return [[None, cell.text, values.get(cell.row)] for cell in cells if cell.column == 2 and cell.row > 6]


@pytest.fixture
def match(catalogue):
    def match_rows(*rows, layout: str = ROWS, level: str = "year"):
        period = YEAR if level == "year" else "2022-2024"
        heading = [*HEAD[:2], f"Năm học {period}"]
        found = find(
            grid_of([heading, *([None, *row] if len(row) == 2 else row for row in rows)]), layout, catalogue, period
        )
        assert found.problems == []
        return match_entries(entries(found.tables, catalogue, period), catalogue, level)

    return match_rows


def named(matched) -> list[tuple[str, str]]:
    return [one.named for one in matched]


def said(problems) -> list[tuple[str, str]]:
    return [(problem.cell, problem.message) for problem in problems]


def test_the_real_rows_are_all_known(match, whole_year):
    known, problems = match(*whole_year)
    assert problems == []
    assert len(known) == 32  # 27 rows, one of them with five sub-rows
    by_label = {one.entry.label: one.named for one in known}
    assert by_label["- Chưaxếploại"] == ("xep-loai", "chua")
    assert by_label["Môn Bóng bàn cấp tỉnh"] == ("bong-ban-tinh", "")


def test_a_part_belongs_to_the_row_above_it(match):
    rows = (("Xếp loại đảng viên cuối năm 2023", None), ("- HTXS", 7), ("Tổng số đảng viên", 35), ("- Dự bị", 4))
    known, _ = match(*rows, layout=TERM, level="term")
    assert named(known) == [
        ("xep-loai-dang-vien", ""),
        ("xep-loai-dang-vien", "htsx"),
        ("dang-vien", ""),
        ("dang-vien", "du-bi"),
    ]


@pytest.mark.parametrize("label", ["1. GV giỏi tỉnh", "a) GV giỏi tỉnh", "GV GIỎI TỈNH:", "   - GV  giỏi tỉnh"])
def test_a_label_may_be_numbered_or_indented(match, label):
    assert named(match((label, 1))[0]) == [("gv-gioi-tinh", "")]


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("GV giỏi tĩnh", "“GV giỏi tỉnh”"),
        ("Môn bơi cấp xã", "“Môn bơi cấp huyện”"),
        ("Môn cờ vua", "data/indicators.yml"),
    ],
)
def test_an_unknown_row_is_refused_with_the_nearest_labels(match, label, hint):
    known, (problem,) = match(("SKKN", 7), (label, 1))
    assert named(known) == [("skkn", "")]
    assert (problem.cell, problem.text, problem.message) == ("B3", label, "is no indicator of the catalogue")
    assert hint in problem.mend


def test_a_value_without_a_label_is_refused(match):
    _, problems = match(("SKKN", 7), (None, 12))
    assert said(problems) == [("C3", "has no label beside it")]
    assert problems[0].text == "12" and "Write the label beside it" in problems[0].mend


def test_a_part_that_its_row_does_not_have_is_refused(match):
    assert said(match(("SKKN", 7), ("- HTSX", 19))[1]) == [("B3", "is no indicator of the catalogue")]


def test_a_row_of_the_term_has_no_place_in_a_school_years_workbook(match):
    assert said(match(("Điểm trường", 2))[1]) == [("B2", "is no indicator of the catalogue")]


@pytest.mark.parametrize("again", ["GV giỏi tỉnh", "GV GIỎI TỈNH.", "Giáo viên dạy giỏi cấp tỉnh"])
def test_a_row_that_stands_twice_is_refused_in_any_spelling(match, again):
    known, problems = match(("GV giỏi tỉnh", 1), ("SKKN", 7), (again, 3))
    assert said(problems) == [("B4", "states “gv-gioi-tinh” a second time, after B2")]
    assert len(known) == 2


# -- sections ----------------------------------------------------------------------------------------------------


SECTIONS = ROWS + "sections: {Cấp tỉnh: cấp tỉnh, Cấp quốc gia: cấp quốc gia, Thể thao: ''}\n"


def test_a_section_gives_the_words_that_its_labels_go_without(match):
    rows = (("I. Cấp tỉnh:", None), ("Môn bóng bàn", 1), ("II. Thể thao", None), ("Môn bóng bàn", 1))
    assert named(match(*rows, layout=SECTIONS)[0]) == [("bong-ban-tinh", ""), ("bong-ban", "")]


def test_a_label_may_repeat_its_sections_words(match):
    rows = (("Cấp tỉnh", None), ("Môn bóng bàn cấp tỉnh", 1))
    assert named(match(*rows, layout=SECTIONS)[0]) == [("bong-ban-tinh", "")]


def test_a_label_that_is_none_with_its_sections_words_is_refused(match):
    # Without them it would be the district's contest.
    _, problems = match(("Cấp quốc gia", None), ("Môn bóng bàn", 1), layout=SECTIONS)
    assert said(problems) == [("B3", "is no indicator of the catalogue")]


def test_a_section_that_the_layout_does_not_name_is_refused(match):
    _, problems = match(("Cấp cụm", None), ("SKKN", 7), layout=SECTIONS)
    assert said(problems) == [("B2", "is no indicator of the catalogue")]


def test_a_value_beside_the_heading_of_a_section_is_refused(match):
    _, problems = match(("Thể thao", 12), ("SKKN", 7), layout=SECTIONS)
    assert said(problems) == [("C2", "stands beside the heading of a section, “Thể thao”")]


def test_rows_that_the_layout_leaves_out_are_no_entries(match):
    known, problems = match(("Môn cờ vua", 7), ("SKKN", 7), layout=ROWS + "ignore: [Môn cờ vua]\n")
    assert (named(known), problems) == ([("skkn", "")], [])


# -- words before a label ----------------------------------------------------------------------------------------


def test_a_label_merged_beside_its_parts_heads_them(catalogue):
    head = ["TT", "Nội dung", None, "Năm học 2021-2022"]
    rows = [head, [1, "Xếp loại viên chức", "Tổng số", 48], [None, None, "HTXS", 19], [2, "SKKN", None, 7]]
    found = read(grid_of(rows, ["B1:C1", "B2:B3", "B4:C4"]), ROWS, catalogue)
    assert found.problems == []
    assert found.cells == {"xep-loai": "D2", "xep-loai.htsx": "D3", "skkn": "D4"}


def test_headings_over_headings_are_wholes_sections_or_words_of_the_label(catalogue):
    layout = (
        "label: x\nshape: columns\nlabels: [Năm học]\nwhere: {Năm học: ['{period}']}\nsections: {Khen thưởng: ''}\n"
    )
    rows = [
        ["Năm học", "Khen thưởng", "Môn bóng bàn", "Xếp loại viên chức", None],
        [None, "SKKN", "cấp tỉnh", "Tổng số", "HTXS"],
        ["2021-2022", 7, "1 nhất", 48, 19],
    ]
    found = read(grid_of(rows, ["A1:A2", "D1:E1"]), layout, catalogue)
    assert found.problems == []
    stated = {"skkn": 7, "bong-ban-tinh.nhat": 1, "xep-loai": 48, "xep-loai.htsx": 19}
    assert {key: value for key, value in found.values.items() if value is not None} == stated


def test_an_unknown_heading_is_refused_with_the_words_above_it(catalogue):
    layout = "label: x\nshape: columns\nlabels: [Lớp]\nadd: true\n"
    rows = [["Lớp", "SKKN", "Cấp quốc gia"], [None, None, "Môn bóng bàn"], ["1A", 1, "1 nhất"]]
    (problem,) = read(grid_of(rows, ["A1:A2", "B1:B2"], file="2021-2022.xlsx"), layout, catalogue).problems
    assert (problem.cell, problem.text) == ("C2", "Cấp quốc gia › Môn bóng bàn")


# -- what is absent ----------------------------------------------------------------------------------------------


def missing(catalogue, *sheets, layouts=ROWS):
    found = find(list(sheets), layouts, catalogue)
    known, _ = match_entries(entries(found.tables, catalogue, YEAR), catalogue, "year")
    by_table: dict[int, set[str]] = {}
    for one in known:
        by_table.setdefault(one.entry.table, set()).add(one.indicator)
    problems = absent(found.tables, named(known), by_table, catalogue, "year")
    return [(problem.file, problem.message) for problem in problems]


def test_every_missing_row_is_named(catalogue, whole_year):
    rows = [row for row in whole_year if row[1] not in ("SKKN", "- KHT")]
    assert missing(catalogue, grid_of([HEAD, *rows])) == [
        (FILE, "has no row for “Sáng kiến kinh nghiệm bậc 4 cấp huyện”"),
        (FILE, "has no row for “Viên chức trong biểu xếp loại: Không hoàn thành nhiệm vụ”"),
    ]


def test_a_table_without_rows_misses_them_all(catalogue):
    assert len(missing(catalogue, grid_of([HEAD]))) == 32


def test_where_there_is_no_table_the_folder_is_named(catalogue):
    assert {p.file for p in absent([], [], {}, catalogue, "year", "data/raw/2021-2022/")} == {"data/raw/2021-2022/"}


def test_what_one_file_lacks_another_may_state(catalogue, whole_year):
    first, second = grid_of([HEAD, *whole_year[:20]], file="a.xlsx"), grid_of([HEAD, *whole_year[20:]], file="b.xlsx")
    assert missing(catalogue, first, second) == []
    assert {file for file, _ in missing(catalogue, first)} == {"a.xlsx"}


def test_a_table_must_state_what_its_layout_says(catalogue, whole_year):
    first, second = grid_of([HEAD, *whole_year[:20]], file="a.xlsx"), grid_of([HEAD, *whole_year[20:]], file="b.xlsx")
    layouts = {"a": ROWS + "files: [a.xlsx]\nstates: [tai-tro, skkn]\n", "b": ROWS + "files: [b.xlsx]\n"}
    assert missing(catalogue, first, second, layouts=layouts) == [
        ("a.xlsx", "has no row for “Vận động tài trợ (xã hội hóa)”")
    ]


def test_prizes_in_columns_of_their_own_are_all_asked_for(catalogue):
    rows = grid_of([["Năm học 2021-2022"], [], ["Nội dung", "Nhất", "Nhì", "Ba"], ["Môn bơi cấp huyện", 1, 2, 3]])
    messages = [message for _, message in missing(catalogue, rows, layouts=ROWS + "values: ['{part}']\n")]
    assert "has no row for “Môn bơi cấp huyện: KK”" in messages
    assert "has no row for “Môn bơi cấp huyện”" not in messages
