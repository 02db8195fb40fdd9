"""The values of tables read as observations, rows added up, totals checked."""

from __future__ import annotations

import pytest
from kiemso.entry import Entry, entries
from kiemso.evaluation import observe, read_entries
from kiemso.layout import OBSERVATION_COLUMNS
from kiemso.match import match_entries
from kiemso.role import Role

from tests.tables import FILE, ROWS, SHEET, YEAR, find, grid_of, read

HEADING = "Năm học 2021-2022"
HEAD = ["TT", "Nội dung", HEADING]


@pytest.fixture
def state(catalogue):
    """The outcome of a table of labels and values, by a layout."""

    def read_pairs(*pairs, layout: str = ROWS, level: str = "year"):
        period = YEAR if level == "year" else "2022-2024"
        rows = [["TT", "Nội dung", f"Năm học {period}"], *([n, *pair] for n, pair in enumerate(pairs, 1))]
        return read(grid_of(rows), layout + f"level: {level}\n", catalogue, period)

    return read_pairs


@pytest.fixture
def evaluate(catalogue):
    """The observations and problems of entries as they are changed after the table was found."""

    def read_changed(pairs, **changes):
        from dataclasses import replace

        found = find(grid_of([HEAD, *([n, *pair] for n, pair in enumerate(pairs, 1))]), ROWS, catalogue)
        listed: list[Entry] = entries(found.tables, catalogue, YEAR)
        listed[0] = replace(listed[0], **changes)
        matched, _ = match_entries(listed, catalogue, "year")
        evaluated, problems = read_entries(matched, found.tables, catalogue)
        return observe(evaluated, found.tables, catalogue, YEAR)[0], problems

    return read_changed


# -- one row, one indicator --------------------------------------------------------------------------------------


def test_an_observation_knows_its_cell_and_the_text_that_stood_there(state):
    observed = state(("GV giỏi tỉnh", 2), ("Môn bơi cấp huyện", "1 giảinhì, 2KK")).observations
    (record,) = observed.loc[observed["part"] == "kk"].to_dict("records")
    assert (record["period"], record["indicator"], record["value"], record["unit"]) == (YEAR, "boi", 2, "giải")
    source = [record[column] for column in ("text", "file", "sheet", "cell", "row_label", "column_heading")]
    assert source == ["1 giảinhì, 2KK", FILE, SHEET, "C3", "Môn bơi cấp huyện", HEADING]
    assert [*observed.columns] == OBSERVATION_COLUMNS and set(observed["corrected"]) == {""}


def test_a_count_stays_a_whole_number_beside_texts_and_blanks(state):
    observed = state(("GV giỏi tỉnh", 2), ("SKKN", None), ("Vận động tài trợ", "883.860.000")).observations
    assert [repr(value) for value in observed["value"]] == ["2", "None", "883860000"]
    assert observed["cell"].tolist() == ["C2", "C3", "C4"]


def test_a_row_that_only_heads_its_parts_states_nothing(state):
    pairs = (("Xếp loại đảng viên cuối năm 2023", None), ("- HTXS", 7), ("- HTT", None))
    found = state(*pairs, level="term")
    assert found.problems == []
    assert found.observations[["part", "status"]].to_numpy().tolist() == [["htsx", "observed"], ["htt", "missing"]]


def test_a_blank_whole_is_missing_although_its_parts_are_stated(state):
    found = state(("Tổng số đảng viên", None), ("- Chính thức", 31), ("- Dự bị", 4), level="term")
    assert found.observations["status"].tolist() == ["missing", "observed", "observed"]


def test_every_unreadable_cell_is_listed_with_what_was_expected(state):
    found = state(("GV giỏi tỉnh", "hai"), ("SKKN", 7), ("Lao động tiên tiến", 1.234), ("Môn bật xa", "2 vàng"))
    assert [(problem.cell, problem.text) for problem in found.problems] == [
        ("C2", "hai"),
        ("C4", "1.234"),
        ("C5", "2 vàng"),
    ]
    assert "a whole number such as 48" in found.problems[0].mend and "prizes such as" in found.problems[2].mend
    assert found.values == {"skkn": 7}


@pytest.mark.parametrize(
    ("label", "value", "corrected", "expected"),
    [
        ("GV giỏi tỉnh", 1, "2", [2]),
        ("GV giỏi tỉnh", "hai", "2", [2]),
        ("GV giỏi tỉnh", 1.234, "1.234", [1234]),  # typed with a point into an English Excel
        ("Môn bơi cấp huyện", 1, "Không tổ chức", [None] * 4),
        ("Môn bơi cấp huyện", "2 vàng", "2 nhất", [2, None, None, None]),
        ("Vận động tài trợ", "883.860", "883.860.000", [883_860_000]),
    ],
)
def test_a_corrected_cell_is_read_as_corrected_and_keeps_its_own_text(evaluate, label, value, corrected, expected):
    observed, problems = evaluate([(label, value), ("SKKN", 7)], corrected=corrected)
    own = observed[observed["indicator"] != "skkn"]
    assert (problems, own["value"].tolist()) == ([], expected)
    assert set(own["text"]) == {str(value)} and set(own["corrected"]) == {corrected}


def test_a_correction_that_cannot_be_read_is_refused(evaluate):
    _, problems = evaluate([("GV giỏi tỉnh", 1)], corrected="hai")
    assert [(problem.cell, problem.message) for problem in problems] == [("C2", "is no number")]


def test_a_cell_with_a_fault_is_refused_where_its_value_is_needed(evaluate):
    observed, problems = evaluate([("GV giỏi tỉnh", 2), ("SKKN", 7)], fault="is an Excel error")
    assert [(p.file, p.sheet, p.cell, p.text, p.message) for p in problems] == [
        (FILE, SHEET, "C2", "2", "is an Excel error")
    ]
    assert observed["indicator"].tolist() == ["skkn"]


def test_a_correction_mends_a_cell_with_a_fault(evaluate):
    observed, problems = evaluate([("GV giỏi tỉnh", "2024-02-01")], fault="is a date", corrected="1")
    assert (problems, observed["value"].tolist()) == ([], [1])


def test_a_cells_warning_and_its_original_text_reach_the_observation(evaluate):
    observed, _ = evaluate([("GV giỏi tỉnh", 2)], warning="stands in a hidden row", original="GV giái tØnh")
    assert observed.loc[0, ["warning", "original"]].tolist() == ["stands in a hidden row", "GV giái tØnh"]


# -- headings that qualify the value -----------------------------------------------------------------------------


def test_a_preliminary_figure_is_read_with_a_warning(catalogue):
    found = read(grid_of([["Nội dung", "Sơ bộ 2021-2022"], ["SKKN", 7]]), ROWS, catalogue)
    assert (found.values, found.problems) == ({"skkn": 7}, [])
    assert found.observations["warning"].tolist() == ["is preliminary: “Sơ bộ 2021-2022”"]


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ([["ĐVT: 1.000 đồng"], HEAD, [1, "Vận động tài trợ", 883_860]], 883_860_000),
        ([[*HEAD[:2], f"{HEADING} (triệu đồng)"], [1, "Vận động tài trợ", 883.86]], 883_860_000),
        ([[*HEAD, "ĐVT"], [1, "Vận động tài trợ", 883_860, "nghìn đồng"]], 883_860_000),
        ([["ĐVT: triệu đồng"], [*HEAD, "ĐVT"], [1, "Vận động tài trợ", 883_860, "1.000 đồng"]], 883_860_000),
    ],
)
def test_an_amount_is_multiplied_by_the_unit_of_its_table(catalogue, rows, value):
    found = read(grid_of(rows), ROWS, catalogue)
    assert (found.values, found.problems) == ({"tai-tro": value}, [])
    assert "×" in found.observations.loc[0, "note"]


@pytest.mark.parametrize("ditto", ['"', "”", "nt", "-nt-", "Như trên"])
def test_a_ditto_mark_repeats_the_unit_above(catalogue, ditto):
    rows = [
        [*HEAD, "ĐVT"],
        [1, "Ngân sách xã", 7, "triệu đồng"],
        [2, "Ủng hộ quỹ người nghèo và đồng bào bị bão lụt", 8, ditto],
    ]
    rows[0][2] = "Nhiệm kỳ 2022-2024"
    found = read(grid_of(rows), ROWS + "level: term\n", catalogue, "2022-2024")
    assert (found.values, found.problems) == ({"ngan-sach-xa": 7_000_000, "ung-ho": 8_000_000}, [])


def test_a_unit_that_contradicts_the_indicator_is_refused(catalogue):
    found = read(grid_of([[*HEAD, "ĐVT"], [1, "SKKN", 7, "triệu đồng"]]), ROWS, catalogue)
    assert found.said == [("C2", "is stated in “triệu đồng”")]


def test_a_heading_that_contradicts_the_line_above_counts_and_is_said(catalogue):
    rows = [["ĐVT: triệu đồng"], [*HEAD[:2], f"{HEADING} (nghìn đồng)"], [1, "Vận động tài trợ", 883_860]]
    found = read(grid_of(rows), ROWS, catalogue)
    assert found.values == {"tai-tro": 883_860_000}
    assert found.observations["warning"].tolist() == [
        "its heading says nghìn đồng, the line above the table triệu đồng"
    ]


def test_a_mark_means_what_the_layout_says(state):
    assert state(("SKKN", "x"), layout=ROWS).said[0][0] == "C2"
    assert state(("SKKN", "x"), layout=ROWS + "marks: {x: zero}\n").values == {"skkn": 0}


def test_numbers_that_can_be_read_in_two_ways_are_decided_by_their_column(state):
    assert state(("Lao động tiên tiến", "1.234"), ("Vận động tài trợ", "1.234.567")).values == {
        "lao-dong-tien-tien": 1234,
        "tai-tro": 1_234_567,
    }


# -- a prize a column --------------------------------------------------------------------------------------------

PRIZES = ROWS + "values: ['{part}']\n"
PRIZE_ROWS = [["NĂM HỌC 2021-2022"], [], ["TT", "Nội dung", "Nhất", "Nhì", "Ba", "KK", "Tổng"]]


def test_prizes_may_stand_in_columns_of_their_own(catalogue):
    found = read(grid_of([*PRIZE_ROWS, [1, "Môn bơi cấp huyện", 2, 3, 0, None, 5]]), PRIZES, catalogue)
    assert (found.values, found.problems) == ({"boi.nhat": 2, "boi.nhi": 3, "boi.ba": 0, "boi.kk": None}, [])
    assert found.cells["boi.kk"] == "F4"


def test_a_prize_that_the_indicator_does_not_have_is_refused(catalogue):
    found = read(grid_of([*PRIZE_ROWS, [1, "Giao lưu IOE.", 1]]), PRIZES, catalogue)
    assert found.said == [("C4", "“Giao lưu Tiếng Anh trên mạng (IOE)” has no part “nhất”")]


def test_a_value_merged_over_two_columns_is_nobodys(catalogue):
    rows = [*PRIZE_ROWS, [1, "Môn bơi cấp huyện", 2, None, 0, 0]]
    found = read(grid_of(rows, ["C4:D4"]), PRIZES, catalogue)
    assert [cell for cell, _ in found.said] == ["C4", "D4"]


@pytest.mark.parametrize(
    ("merged", "said"),
    [("D2:E2", ["D2"]), ("C2:D2", ["D2"]), ("B2:D2", ["D2"]), ("E2:F2", [])],
)
def test_a_value_merged_over_the_column_of_another_year_is_nobodys(catalogue, merged, said):
    rows = [["TT", "Nội dung", "Năm học 2020-2021", HEADING, "Năm học 2022-2023", "Ghi chú"], [1, "SKKN", 5, 7]]
    found = read(grid_of(rows, [merged]), ROWS, catalogue)
    assert [cell for cell, _ in found.said] == said


def test_a_blank_is_as_suspicious_as_the_row_that_it_stands_in(catalogue):
    grid = grid_of([HEAD, [1, "SKKN", None]])
    grid.cells[2, 2] = grid.cells[2, 2]._replace(warning="stands in a hidden row")
    assert [*read(grid, ROWS, catalogue).observations["warning"]] == ["stands in a hidden row"]


# -- years down, records down ------------------------------------------------------------------------------------

DOWN = "label: x\nshape: columns\nlabels: [Năm học]\nwhere: {Năm học: ['{period}']}\n"
ADDED = "label: x\nshape: columns\nlabels: [Lớp]\nadd: true\nignore: [Sĩ số]\n"
CLASSES = [["NĂM HỌC 2021-2022"], [], ["TT", "Lớp", "Sĩ số", "SKKN", "Môn bơi cấp huyện"]]


@pytest.mark.parametrize("year", ["2021-2022", " 2021 -2022", "2021 – 2022", "Năm học 2021-2022"])
def test_of_the_years_down_the_row_of_the_period_is_taken(catalogue, year):
    rows = [["Năm học", "SKKN", "GV giỏi tỉnh"], ["2020-2021", 5, 1], [year, 7, 2], ["2022-2023", 6, 3]]
    found = read(grid_of(rows), DOWN, catalogue)
    assert (found.values, found.problems) == ({"skkn": 7, "gv-gioi-tinh": 2}, [])
    assert found.cells == {"skkn": "B3", "gv-gioi-tinh": "C3"}
    assert set(found.observations["row_label"]) == {year} and found.observations.loc[0, "column_heading"] == "SKKN"


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (["2020-2021"], "heads a table without a row that its layout asks for"),
        (["2021-2022", "2021 - 2022"], "heads a table of which just one row may count, not “2021-2022”, “2021 - 2022”"),
    ],
)
def test_a_table_without_just_one_row_of_the_period_is_refused(catalogue, years, said):
    found = read(grid_of([["Năm học", "SKKN"], *([year, 7] for year in years)]), DOWN, catalogue)
    assert found.said[0] == ("A1", said)


def test_a_long_table_is_narrowed_by_the_texts_of_its_columns(catalogue):
    layout = "label: x\nshape: rows\nlabels: [Đối tượng]\nvalues: [Số lượng]\n"
    layout += "where: {Năm: ['{period}'], Cấp học: [Tiểu học]}\n"
    rows = [
        ["Đối tượng", "Cấp học", "Năm", "Số lượng"],
        ["SKKN", "Tiểu học", "2020 -2021", 5],
        ["SKKN", "Tiểu học", " 2021-2022", 7],
        ["SKKN", "THCS", "2021-2022", 9],
    ]
    found = read(grid_of(rows), layout, catalogue)
    assert (found.values, found.cells, found.problems) == ({"skkn": 7}, {"skkn": "D3"}, [])


def test_records_are_added_up_and_keep_all_their_cells(catalogue):
    rows = [*CLASSES, [1, "1A", 30, 10, "1 nhất, 2 nhì"], [2, "1B", 31, 12, "2 nhì"], [3, "1C", 31, 1, None]]
    found = read(grid_of(rows), ADDED, catalogue)
    assert found.problems == []
    assert found.values == {"skkn": 23, "boi.nhat": 1, "boi.nhi": 4, "boi.ba": None, "boi.kk": None}
    assert (found.cells["skkn"], found.cells["boi.nhi"]) == ("D4:D6", "E4:E5")
    assert found.observations.loc[0, ["text", "row_label"]].tolist() == ["10 + 12 + 1", "1A … 1C"]
    assert found.observations.set_index("part").loc["nhi", "warning"] == "1 of 3 rows are blank, and count as nothing"


def test_a_column_of_blanks_is_missing_not_zero(catalogue):
    found = read(grid_of([*CLASSES, [1, "1A", 30, 10], [2, "1B", 31, 12]]), ADDED, catalogue)
    assert found.values["boi.nhat"] is None
    assert found.observations.set_index("part").loc["nhat", "status"] == "missing"


@pytest.mark.parametrize("value", ["hơn 30", "gần 40"])
def test_what_is_no_exact_number_cannot_be_added(catalogue, value):
    found = read(grid_of([*CLASSES, [1, "1A", 30, value], [2, "1B", 31, 12]]), ADDED, catalogue)
    assert len(found.problems) == 1 and "cannot be added up" in found.problems[0].message


# -- totals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["Cộng", "TỔNG CỘNG:", "Toàn trường"])
def test_a_total_that_agrees_is_not_counted(catalogue, label):
    rows = [*CLASSES, [1, "1A", 30, 10], [2, "1B", 31, 12], [None, label, 61, 22]]
    found = read(grid_of(rows), ADDED, catalogue)
    assert (found.values["skkn"], found.problems) == (22, [])


def test_a_total_that_differs_is_refused_with_both_numbers(catalogue):
    rows = [*CLASSES, [1, "1A", 30, 10], [2, "1B", 31, 12], [None, "Cộng", 61, 23]]
    assert read(grid_of(rows), ADDED, catalogue).said == [
        ("D6", "“Cộng” states 23, but its rows add up to 22: 10 + 12")
    ]


def test_a_total_of_texts_is_compared_by_what_they_say(catalogue):
    rows = [*CLASSES, [1, "1A", 30, 10, "1 nhất"], [2, "1B", 31, 12, "2 nhì"], [None, "Cộng", 61, 22, "1 nhất, 1 nhì"]]
    assert [cell for cell, _ in read(grid_of(rows), ADDED, catalogue).said] == ["E6"]


def test_a_total_that_cannot_be_read_is_refused(catalogue):
    rows = [*CLASSES, [1, "1A", 30, 10], [None, "Cộng", 61, "mười"]]
    assert [cell for cell, _ in read(grid_of(rows), ADDED, catalogue).said] == ["D5"]


SECTIONS = ROWS + "sections: {Khen thưởng: '', Thể thao: ''}\nsubtotals: ['Cộng mục *']\ntotals: [Tổng cộng]\n"


@pytest.mark.parametrize(
    ("first", "second", "whole", "wrong"), [(5, 4, 9, []), (6, 4, 9, ["C5"]), (5, 9, 9, ["C8"]), (5, 4, 8, ["C9"])]
)
def test_subtotals_add_up_their_section_and_totals_the_table(catalogue, first, second, whole, wrong):
    rows = [
        HEAD,
        ["I", "Khen thưởng"],
        [1, "GV giỏi tỉnh", 2],
        [2, "GV giỏi huyện", 3],
        [None, "Cộng mục I", first],
        ["II", "Thể thao"],
        [3, "Lao động tiên tiến", 4],
        [None, "Cộng mục II", second],
        [None, "Tổng cộng", whole],
    ]
    found = read(grid_of(rows), SECTIONS, catalogue)
    assert [cell for cell, _ in found.said] == wrong
    assert found.values == {"gv-gioi-tinh": 2, "gv-gioi-huyen": 3, "lao-dong-tien-tien": 4}


def test_a_total_of_a_whole_counts_its_parts_once(catalogue):
    rows = [HEAD, [1, "Xếp loại viên chức", 48], [None, "- HTSX", 19], [None, "- HTT", 29], [None, "Tổng cộng", 48]]
    assert read(grid_of(rows), ROWS, catalogue).problems == []


def test_a_total_of_different_units_is_left_with_a_warning(catalogue):
    rows = [HEAD, [1, "GV giỏi tỉnh", 2], [2, "Vận động tài trợ", 5], [None, "Tổng cộng", 8]]
    found = read(grid_of(rows), ROWS, catalogue)
    assert found.problems == []
    assert [(w.cell, w.message) for w in found.warnings] == [("C4", "adds up different units: not checked")]


# -- what a row is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbering", [["A", "B", 1], ["(1)", "(2)", "(3)"], [1, 2, 3]])
def test_a_row_that_numbers_the_columns_states_nothing(catalogue, numbering):
    found = read(grid_of([HEAD, numbering, [1, "SKKN", 7]]), ROWS, catalogue)
    assert (found.values, found.problems) == ({"skkn": 7}, [])


def test_a_class_may_be_called_by_a_number(catalogue):
    rows = [["NĂM HỌC 2021-2022"], [], ["Lớp", "SKKN", "GV giỏi tỉnh"], [1, 2, 3], [2, 4, 5]]
    assert read(grid_of(rows), ADDED, catalogue).values == {"skkn": 6, "gv-gioi-tinh": 8}


def test_every_row_of_a_table_has_its_role(catalogue):
    rows = [
        HEAD,
        ["A", "B", 1],
        ["I", "Thể thao"],
        [1, "SKKN", 7],
        [2, "Cờ vua", 1],
        [None, "Cộng mục I", 7],
        [None, "Tổng cộng", 7],
    ]
    layout = SECTIONS + "ignore: [Cờ vua]\n"
    found = find(grid_of(rows), layout, catalogue)
    roles = [entry.role for entry in entries(found.tables, catalogue, YEAR)]
    assert roles == [Role.NUMBERING, Role.SECTION, Role.ENTRY, Role.IGNORED, Role.SUBTOTAL, Role.TOTAL]
