"""Record lists: counted or added up, each observation naming its rows; what cannot be counted is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.address import expand
from kiemso.layout import RegisterLayout
from pydantic import ValidationError

from tests.registers import (
    AWARD_HEADING,
    AWARDS,
    GIFT_HEADING,
    GIFTS,
    RATING_HEADING,
    RATINGS,
    stated,
    tally_of,
    workbook_of,
)

DAY = "05/05/2022"


def awards(*titles, catalogue, **more):
    rows = [[n, f"Người Thử {n}", title, DAY] for n, title in enumerate(titles, 1)]
    return tally_of(workbook_of([AWARD_HEADING, *rows]), AWARDS, catalogue, **more)


def said(tally) -> list[str]:
    return [f"{problem.cell}: {problem.message}" for problem in tally.problems]


def test_records_are_counted_by_the_titles_that_the_catalogue_knows(catalogue):
    tally = awards("GV giỏi tỉnh", "SKKN", "Giáo viên dạy giỏi cấp tỉnh", "gv GIỎI tỉnh", catalogue=catalogue)
    assert tally.problems == tally.warnings == []
    assert stated(tally) == {"gv-gioi-tinh": (3, "C2, C4:C5", "3 dòng"), "skkn": (1, "C3", "1 dòng")}


def test_an_observation_says_what_list_it_comes_from(catalogue):
    row = next(awards("SKKN", catalogue=catalogue).observations.itertuples())
    assert (row.period, row.unit, row.status, row.bound) == ("2021-2022", "sáng kiến", "observed", "")
    assert (row.row_label, row.column_heading, row.further) == ("Danh sách khen thưởng", "Danh hiệu", "")


def test_ratings_are_counted_whole_and_by_part_and_the_rest_is_zero(catalogue):
    rows = [[1, "Người Thử 1", "HTXS"], [2, "Người Thử 2", "HTTNV"], [3, "Người Thử 3", "HTT"]]
    found = stated(tally_of(workbook_of([RATING_HEADING, *rows]), RATINGS, catalogue))
    assert found["xep-loai"] == (3, "C2:C4", "3 dòng")
    assert found["xep-loai.htt"] == (2, "C3:C4", "2 dòng")
    assert found["xep-loai.kht"] == (0, "C1", "0 dòng")
    assert len(found) == 6


def test_amounts_are_added_up_and_their_terms_shown(catalogue):
    rows = [["Ông Thử", "Phụ huynh", 250000], ["Cty Thử", "Doanh nghiệp", "1.000.000"], ["Xã", "Ngân sách xã", 9]]
    tally = tally_of(workbook_of([GIFT_HEADING, *rows, ["Tổng cộng", None, 1250000]]), GIFTS, catalogue)
    assert tally.problems == []
    assert stated(tally) == {"tai-tro": (1250000, "C2:C3", "2 dòng: 250.000 + 1.000.000")}


def test_amounts_are_multiplied_by_the_unit_of_their_heading(catalogue):
    rows = [["Nhà tài trợ", "Đối tượng", "Số tiền (nghìn đồng)"], ["Ông Thử", "Phụ huynh", 250]]
    assert stated(tally_of(workbook_of(rows), GIFTS, catalogue))["tai-tro"][0] == 250_000


def test_a_long_sum_names_its_first_and_last_terms(catalogue):
    rows = [["Thử", "Phụ huynh", 1000 * n] for n in range(1, 31)]
    text = stated(tally_of(workbook_of([GIFT_HEADING, *rows]), GIFTS, catalogue))["tai-tro"][2]
    assert text == "30 dòng: 1.000 + 2.000 + … + 30.000"


def test_prizes_in_words_add_up_by_part(catalogue):
    layout = RegisterLayout(
        label="Giải thể thao",
        shape="register",
        columns={"mon": ("Môn",), "giai": ("Giải",)},
        rules=[{"indicator_from": "mon", "add": "giai"}],
    )
    rows = [["Môn", "Giải"], ["Môn bơi cấp huyện", "2 nhất, 1 nhì"], ["Môn bơi cấp huyện", "Nhì"], ["Môn bật xa", "KK"]]
    found = stated(tally_of(workbook_of(rows), layout, catalogue))
    assert {key: value for key, (value, *_) in found.items()} == {"boi.nhat": 2, "boi.nhi": 2, "bat-xa.kk": 1}
    assert found["boi.nhi"][1:] == ("B2:B3", "2 dòng: 1 + 1")


def test_lists_of_one_layout_on_several_sheets_are_one_list(catalogue):
    sheets = [workbook_of([AWARD_HEADING, [1, f"Người Thử {n}", "SKKN", DAY]], sheet=f"Tổ {n}") for n in (1, 2)]
    tally = tally_of(sheets, AWARDS, catalogue)
    row = next(tally.observations.itertuples())
    assert (row.value, row.sheet, row.cell) == (2, "Tổ 1", "C2")
    assert json.loads(row.further) == [["data/raw/2021-2022/danh-sach.xlsx", "Tổ 2", "C2", "1 dòng"]]


# -- what may stand around and among the records -------------------------------------------------------------------


def test_letterhead_groups_numbering_repeated_headings_and_signatures_are_no_records(catalogue):
    rows = [
        ["TRƯỜNG TIỂU HỌC THỬ"],
        [],
        AWARD_HEADING,
        ["A", "B", "1", "2"],
        ["I. Giáo viên"],
        [1, "Người Thử 1", "SKKN", DAY],
        AWARD_HEADING,
        [2, "Người Thử 2", "SKKN", DAY],
        [3, None, None, None],
        [None, "Tổng cộng: 2 người", None, None],
        [],
        [None, None, "HIỆU TRƯỞNG", None],
        [None, None, "Người Thử 99", None],
    ]
    tally = tally_of(workbook_of(rows), AWARDS, catalogue)
    assert tally.problems == tally.warnings == []
    assert stated(tally) == {"skkn": (2, "C6, C8", "2 dòng")}
    assert (tally.rows, tally.records) == (7, 2)


def test_a_heading_may_stand_in_two_rows(catalogue):
    rows = [[None, None, "Khen thưởng"], ["STT", "Họ và tên", "Danh hiệu", "Ngày quyết định"], [1, "Thử", "SKKN", DAY]]
    assert stated(tally_of(workbook_of(rows), AWARDS, catalogue))["skkn"][0] == 1


def test_a_record_after_a_blank_row_counts_with_a_warning(catalogue):
    tally = tally_of(
        workbook_of([AWARD_HEADING, [1, "Thử 1", "SKKN", DAY], [], [2, "Thử 2", "SKKN", DAY]]), AWARDS, catalogue
    )
    assert stated(tally)["skkn"] == (2, "C2, C4", "2 dòng")
    assert [(one.cell, one.message) for one in tally.warnings] == [
        ("A4", "is a record after a blank row: does it belong to the list?")
    ]


def test_a_record_under_the_total_is_none_the_less_one(catalogue):
    rows = [[None, "Thử 1", "SKKN", DAY], [None, "Tổng cộng", 1, None], [None, "Thử 2", "SKKN", None]]
    tally = tally_of(workbook_of([AWARD_HEADING, *rows]), AWARDS, catalogue)
    assert said(tally) == ["C4: has no text in the column “Ngày quyết định” of its row"]


def test_a_list_without_a_record_is_warned_of(catalogue):
    tally = tally_of(workbook_of([RATING_HEADING]), RATINGS, catalogue)
    assert [one.message for one in tally.warnings] == ["is the heading of a list without any record"]
    assert stated(tally)["xep-loai"] == (0, "C1", "0 dòng")


@pytest.mark.parametrize(
    ("total", "wanted"),
    [
        (["Tổng cộng", None, 3, None], "C4: is a total, but 2 records stand above it"),
        (["Tổng cộng: 1 người", None, None, None], "A4: is a total, but 2 records stand above it"),
    ],
)
def test_a_total_is_held_against_the_records(catalogue, total, wanted):
    rows = [[n, f"Người Thử {n}", "SKKN", DAY] for n in (1, 2)]
    assert said(tally_of(workbook_of([AWARD_HEADING, *rows, total]), AWARDS, catalogue)) == [wanted]


def test_a_total_is_held_against_the_sum(catalogue):
    rows = [["Ông Thử", "Phụ huynh", 250000], ["Cộng", None, 250001]]
    wanted = ["C3: is a total, but the amounts above it make 250.000"]
    assert said(tally_of(workbook_of([GIFT_HEADING, *rows]), GIFTS, catalogue)) == wanted


# -- what cannot be counted ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "cell", "wanted"),
    [
        (
            [1, "Thử", "GV giỏi tĩnh", DAY],
            "C2",
            "layout knows; nearest are “GV giỏi tỉnh”",
        ),
        ([1, "Thử", None, DAY], "D2", "has no text in the column “Danh hiệu”"),
        ([1, "Thử", "SKKN", "05/05/1999"], "D2", "a date outside the school year"),
        ([1, "Thử", "SKKN", "hôm qua"], "D2", "no date such as"),
        ([1, "Thử", "SKKN", "13/13/2021"], "D2", "no date such as"),
        ([1, "Thử", "Môn bơi cấp huyện", DAY], "C2", "does not say which part"),
        ([1, "Thử", "Đảng viên", DAY], "C2", "neither the catalogue"),  # stated once a term, not in a year
        ([1, "Thử", "0912 345 678", DAY], "C2", "looks like a telephone number"),
    ],
)
def test_a_record_that_cannot_be_counted_is_refused_at_its_cell(catalogue, record, cell, wanted):
    tally = tally_of(workbook_of([AWARD_HEADING, record]), AWARDS, catalogue)
    (problem,) = tally.problems
    assert (problem.file, problem.sheet, problem.cell) == ("data/raw/2021-2022/danh-sach.xlsx", "Danh sách", cell)
    assert wanted in problem.message
    assert problem.text is None and problem.mend


def test_dates_are_read_as_offices_write_them(catalogue):
    days = ["5/5/2022", "05-05-2022", "ngày 5 tháng 5 năm 2022", "2022-05-05 00:00:00", "05.05.2022"]
    rows = [[n, f"Thử {n}", "SKKN", day] for n, day in enumerate(days)]
    # Excel's own dates are faults where a number is looked for.
    tally = tally_of(workbook_of([AWARD_HEADING, *rows], D5="is a date"), AWARDS, catalogue)
    assert tally.problems == []
    assert stated(tally)["skkn"][0] == 5


def test_one_person_is_counted_once_for_one_title(catalogue):
    rows = [[1, "Người Thử", "SKKN", DAY], [2, "NGƯỜI  THỬ", "SKKN", DAY], [3, "Người Thử", "GV giỏi tỉnh", DAY]]
    rows.append([4, "Người Thử", "SKKN", "06/05/2022"])  # on another day it is another award
    assert said(tally_of(workbook_of([AWARD_HEADING, *rows]), AWARDS, catalogue)) == [
        "C3: counts the same person for the same again, after row 2"
    ]


def test_the_same_gift_twice_is_only_warned_of(catalogue):
    rows = [["Ông Thử", "Phụ huynh", 1000], ["Ông Thử", "Phụ huynh", 1000]]
    tally = tally_of(workbook_of([GIFT_HEADING, *rows]), GIFTS, catalogue)
    assert stated(tally)["tai-tro"][0] == 2000
    assert [one.cell for one in tally.warnings] == ["C3"]


@pytest.mark.parametrize("amount", ["năm triệu", "0912345678", "hơn 5 triệu", "…", "#REF!"])
def test_what_is_no_exact_amount_is_refused(catalogue, amount):
    tally = tally_of(workbook_of([GIFT_HEADING, ["Thử", "Phụ huynh", amount]]), GIFTS, catalogue)
    assert [problem.cell for problem in tally.problems] == ["C2"]


def test_a_dash_for_an_amount_is_nothing_with_a_warning(catalogue):
    tally = tally_of(workbook_of([GIFT_HEADING, ["Thử", "Phụ huynh", "-"]]), GIFTS, catalogue)
    assert (tally.problems, [one.cell for one in tally.warnings]) == ([], ["C2"])
    assert stated(tally)["tai-tro"][0] == 0


def test_a_record_of_an_unknown_kind_is_refused(catalogue):
    tally = tally_of(workbook_of([GIFT_HEADING, ["Thử", "Bạn bè", 1000]]), GIFTS, catalogue)
    assert [problem.cell for problem in tally.problems] == ["B2"]


def test_a_correction_of_one_cell_of_a_list_counts(catalogue):
    tally = awards("SKKN", "Người Thử", catalogue=catalogue, corrected={"C3": "SKKN"})
    assert tally.problems == []
    (row,) = tally.observations.itertuples()
    assert (row.value, row.cell, row.corrected) == (2, "C2:C3", "C3 “SKKN”")


def test_a_heading_that_a_list_lacks_is_named(catalogue):
    tally = tally_of(workbook_of([["STT", "Họ và tên", "Danh hiệu"], [1, "Thử", "SKKN"]]), AWARDS, catalogue)
    assert said(tally) == ["A1: is the heading of a list, but names no column “Ngày quyết định”"]


def test_two_layouts_that_fit_one_list_are_refused(catalogue):
    layouts = {"mot": RATINGS, "hai": RATINGS.model_copy(update={"label": "Khác"})}
    tally = tally_of(workbook_of([RATING_HEADING, [1, "Thử", "HTT"]]), layouts, catalogue)
    assert [str(problem.message) for problem in tally.problems] == ["two layouts fit the list: “mot” and “hai”"]


def test_a_code_that_the_catalogue_does_not_have_is_named(catalogue):
    layout = GIFTS.model_copy(update={"states": ("tai-tro-x",)})
    tally = tally_of(workbook_of([GIFT_HEADING]), layout, catalogue)
    assert [(problem.file, "tai-tro-x" in problem.message) for problem in tally.problems] == [
        ("data/layouts/danh-sach.yml", True)
    ]


@pytest.mark.parametrize(
    "rule", [{"indicator": "skkn", "indicator_from": "a"}, {}, {"indicator": "skkn", "add": "b"}, {"part": "ba"}]
)
def test_a_rule_names_one_indicator_and_its_own_columns(rule):
    with pytest.raises(ValidationError):
        RegisterLayout(label="x", shape="register", columns={"a": ("A",)}, rules=[rule])


titles = st.sampled_from(["SKKN", "GV giỏi tỉnh", "gv gioi tinh", "Lao động tiên tiến", "CSTĐ cơ sở"])


@given(titles=st.lists(titles.filter(lambda t: t != "gv gioi tinh"), max_size=30), data=st.data())
def test_each_record_is_in_the_evidence_of_just_what_it_counts_for(catalogue, titles, data):
    rows = data.draw(st.permutations([[n, f"Người Thử {n}", title, DAY] for n, title in enumerate(titles)]))
    found = stated(tally_of(workbook_of([AWARD_HEADING, *rows]), AWARDS, catalogue))
    assert sum(value for value, *_ in found.values()) == len(titles)
    for value, cells, _ in found.values():
        named = {rows[int(cell[1:]) - 2][2] for cell in expand(cells)}
        assert len(expand(cells)) == value and len(named) == 1


def test_the_blank_row_over_the_ratings_of_a_summary_heads_no_list(catalogue):
    """Its ratings would be counted as one person each."""
    layout = RATINGS.model_copy(update={"columns": {"xep-loai": ("Xếp loại", "Xếp loại viên chức")}})
    rows = [["Nội dung", "Năm học 2021-2022"], ["Xếp loại viên chức", None], ["HTSX", 19], ["HTT", 21], ["HT", 0]]
    assert stated(tally_of(workbook_of(rows), layout, catalogue)) == {}
