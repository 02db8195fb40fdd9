"""What a raw cell states, by the kind of its indicator."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.number import Unreadable
from kiemso.observation import MISSING, NOT_HELD, OBSERVED, Reading, expected, read_cell, read_parts

MEDALS = {"nhat": "nhất", "nhi": "nhì", "ba": "ba", "kk": "KK"}
LEVELS = {"tinh": "Tỉnh", "huyen": "Huyện", "truong": "Trường"}


@pytest.fixture(scope="module")
def read(catalogue):
    """(value, bound, status) of a cell of one value."""

    def read_one(indicator: str, text: str, number: float | None = None) -> tuple:
        (reading,) = read_cell(catalogue.indicators[indicator], "", text, number, catalogue)
        return reading.value, reading.bound, reading.status

    return read_one


@pytest.fixture(scope="module")
def parts(catalogue):
    return lambda indicator, text: read_parts(catalogue.indicators[indicator], text, catalogue)


# -- one value ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "text", "number", "value"),
    [
        ("gv-gioi-tinh", "2", 2, 2),
        ("gv-gioi-tinh", "0", 0, 0),
        ("chuyen-de", "03", None, 3),
        ("kiem-tra", "26", None, 26),
        ("kiem-tra", "26 cuộc", None, 26),
        ("hs-xuat-sac", "2.105", None, 2105),
        ("tai-tro", "883.860.000", None, 883_860_000),
        ("ung-ho", "45.000.000 đồng", None, 45_000_000),
        ("ung-ho", "45.000.000đ", None, 45_000_000),
        ("ung-ho", "45.000.000 VNĐ", None, 45_000_000),
        ("ngan-sach-xa", "3,900,000,000 đồng", None, 3_900_000_000),
        ("tai-tro", "7,082,643,000 đồng", None, 7_082_643_000),
        ("dat-chuan", "100%", None, 100),
        ("dat-chuan", "99,8%", None, 99.8),
        ("dat-chuan", "99,8%", 99.8, 99.8),
    ],
)
def test_a_cell_states_its_value(read, indicator, text, number, value):
    assert read(indicator, text, number) == (value, "", OBSERVED)


@pytest.mark.parametrize(
    ("indicator", "text", "value", "bound"),
    [
        ("hoc-nghi-quyet", "96% trở lên", 96, "≥"),
        ("sinh-hoat-day-du", "trên 98%", 98, ">"),
        ("sinh-hoat-day-du", unicodedata.normalize("NFD", "Trên  98%"), 98, ">"),
        ("ban-ghe", "hơn 600 bộ", 600, ">"),
    ],
)
def test_a_qualifier_is_kept_as_a_bound(read, indicator, text, value, bound):
    assert read(indicator, text) == (value, bound, OBSERVED)


def test_a_count_may_be_followed_by_its_own_unit(catalogue, read):
    counts = {code: i.unit for code, i in catalogue.indicators.items() if i.kind == "count" and not i.computed}
    assert {code: read(code, f"5 {unit}")[0] for code, unit in counts.items()} == dict.fromkeys(counts, 5)


@pytest.mark.parametrize(
    ("indicator", "text", "value"), [("ung-ho", "600.000 đồng", 600_000), ("hs-xuat-sac", "1.000", 1000)]
)
def test_a_round_thousand_is_read(read, indicator, text, value):
    assert read(indicator, text)[0] == value


@pytest.mark.parametrize("text", ["", "   ", "\u00a0", "\n"])
@pytest.mark.parametrize("indicator", ["gv-gioi-tinh", "tai-tro", "dat-chuan", "boi", "ioe"])
def test_a_blank_is_missing_and_not_zero(catalogue, indicator, text):
    readings = read_cell(catalogue.indicators[indicator], "", text, None, catalogue)
    assert {(r.value, r.status) for r in readings} == {(None, MISSING)}


@pytest.mark.parametrize("text", ["Không tổ chức", "không  tổ chức", "KHÔNG TỔ CHỨC.", "Không tổ\u00a0chức"])
@pytest.mark.parametrize("indicator", ["trang-nguyen-toan-tai", "boi", "gv-gioi-tinh"])
def test_not_held_is_neither_missing_nor_zero(catalogue, indicator, text):
    readings = read_cell(catalogue.indicators[indicator], "", text, None, catalogue)
    assert {(r.value, r.status) for r in readings} == {(None, NOT_HELD)}


@pytest.mark.parametrize(
    ("indicator", "text", "number", "why"),
    [
        ("hs-xuat-sac", "1,234", 1.234, "cannot be 1,234"),  # 1.234 typed into an English Excel
        ("gv-gioi-tinh", "-1", -1, "cannot be -1"),
        ("gv-gioi-tinh", "50%", 50, "is a percentage"),
        ("gv-gioi-tinh", "50%", None, "stated in “%”"),
        ("gv-gioi-tinh", "1,5", None, "not a whole number"),
        ("gv-gioi-tinh", "hai", None, "no number"),
        ("gv-gioi-tinh", "True", None, "no number"),
        ("gv-gioi-tinh", "-", None, "no number"),
        ("dat-chuan", "100", 100, "lacks the percent sign"),
        ("dat-chuan", "100", None, "lacks the percent sign"),
        ("dat-chuan", "0,98", 0.98, "lacks the percent sign"),
        ("dat-chuan", "120%", 120, "cannot be 120"),
        ("dat-chuan", "120%", None, "more than 100"),
        ("tai-tro", "45 triệu", None, "stated in “triệu”"),
        ("tai-tro", "3 em", None, "stated in “em”"),
        ("kiem-tra", "26 bộ", None, "stated in “bộ”"),
    ],
)
def test_an_unusable_cell_is_refused_with_the_reason(read, indicator, text, number, why):
    with pytest.raises(Unreadable, match=why):
        read(indicator, text, number)


def test_text_with_a_point_is_two_thousand_but_a_number_cell_with_decimals_is_refused(read):
    assert read("hs-xuat-sac", "1.234") == (1234, "", OBSERVED)
    with pytest.raises(Unreadable):
        read("hs-xuat-sac", "1,234", 1.234)


def test_what_a_cell_may_hold_is_said_in_words(catalogue):
    assert "99,8%" in expected(catalogue.indicators["dat-chuan"])
    assert "Không tổ chức" in expected(catalogue.indicators["boi"])


# -- prizes and levels -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("2 nhất, 3 nhì, 2 ba", {"nhat": 2, "nhi": 3, "ba": 2}),
        ("1 nhất, 1 giảinhì, 2 KK", {"nhat": 1, "nhi": 1, "kk": 2}),
        ("1 nhất, 2 giải nhì, 2 KK", {"nhat": 1, "nhi": 2, "kk": 2}),
        ("4 nhất, 7 nhì, 2 ba, 2KK", {"nhat": 4, "nhi": 7, "ba": 2, "kk": 2}),
        ("1 Nhì, 1 KK", {"nhi": 1, "kk": 1}),
        ("1 giải khuyến khích", {"kk": 1}),
        ("Nhất", {"nhat": 1}),
        ("1 nhất và 2 nhì", {"nhat": 1, "nhi": 2}),
        ("02 nhất", {"nhat": 2}),
        ("0", {"nhat": 0, "nhi": 0, "ba": 0, "kk": 0}),
    ],
)
def test_prizes_are_read_part_by_part(parts, text, stated):
    assert parts("boi", text) == stated


@pytest.mark.parametrize("text", ["Nhất, 2 nhì", "Nhất; 2 nhì", "Nhất và 2 nhì"])
def test_a_comma_keeps_a_number_with_its_own_prize(parts, text):
    assert parts("boi", text) == {"nhat": 1, "nhi": 2}


@pytest.mark.parametrize("text", ["nhất 2 nhì", "ba nhất", "nhất nhì", "ba nhì, 2 KK", "nhất nhì ba", "2 nhất ba nhì"])
def test_prizes_with_two_readings_are_refused(parts, text):
    with pytest.raises(Unreadable):
        parts("boi", text)


def test_prizes_without_numbers_are_one_each_between_commas(parts):
    assert parts("boi", "nhất, ba và KK") == {"nhat": 1, "ba": 1, "kk": 1}


@pytest.mark.parametrize(
    ("indicator", "text", "stated"),
    [
        ("ioe", "Tỉnh 1 Huyện 6", {"tinh": 1, "huyen": 6}),
        ("ioe", "Tỉnh 3 Huyện 0 Trường 36", {"tinh": 3, "huyen": 0, "truong": 36}),
        ("ioe", "5tỉnh 24 huyện Trường 36", {"tinh": 5, "huyen": 24, "truong": 36}),
        ("ioe", "cấp tỉnh 1, cấp huyện 6", {"tinh": 1, "huyen": 6}),
        ("ioe", "Trường 1.000", {"truong": 1000}),
        ("trang-nguyen-toan-tai", "QG 5 Trường 100", {"quoc-gia": 5, "truong": 100}),
        ("trang-nguyen-tieng-viet", "Tỉnh 33, huyện 113", {"tinh": 33, "huyen": 113}),
    ],
)
def test_levels_are_read_part_by_part_in_either_order(parts, indicator, text, stated):
    assert parts(indicator, text) == stated


@pytest.mark.parametrize(
    ("indicator", "text", "why"),
    [
        ("boi", "2", "stands alone"),
        ("boi", "2 3 nhất", "stands alone"),
        ("boi", "2 nhất, 1 nhất", "“nhất” twice"),
        ("boi", "2 vàng", "from “vàng” on"),
        ("boi", "2 bao", "from “o” on"),
        ("boi", "Tỉnh 1", "“Tỉnh”, which is no part"),
        ("boi", "1.5 nhất", "cannot be read"),
        ("ioe", "Tỉnh", "stands alone"),
        ("ioe", "Quốc gia 5", "“Quốc gia”, which is no part"),
        ("ioe", "Trường 1,000", "stands alone"),
    ],
)
def test_prizes_and_levels_that_cannot_be_read_whole_are_refused(parts, indicator, text, why):
    with pytest.raises(Unreadable, match=why):
        parts(indicator, text)


@pytest.mark.parametrize("text", ["+", ",", "và"])
def test_a_cell_of_separators_alone_is_not_a_blank(parts, text):
    with pytest.raises(Unreadable):
        parts("boi", text)


def test_a_prize_that_the_cell_does_not_name_is_missing_and_not_zero(catalogue):
    readings = read_cell(catalogue.indicators["boi"], "", "1 nhất, 2 nhì", None, catalogue)
    assert readings == [
        Reading("nhat", 1, "giải", "", OBSERVED),
        Reading("nhi", 2, "giải", "", OBSERVED),
        Reading("ba", None, "giải", "", MISSING),
        Reading("kk", None, "giải", "", MISSING),
    ]


def test_a_lone_zero_says_zero_of_all_prizes(catalogue):
    readings = read_cell(catalogue.indicators["boi"], "", "0", 0, catalogue)
    assert [(r.part, r.value, r.status) for r in readings] == [(part, 0, OBSERVED) for part in MEDALS]


def counts_of(names: dict[str, str]):
    return st.dictionaries(st.sampled_from(sorted(names)), st.integers(0, 999), min_size=1)


@given(counts_of(MEDALS), st.sampled_from(["{} {}", "{}{}", "{} giải {}", "{} giải{}"]), st.sampled_from([", ", " "]))
def test_prizes_written_in_any_way_read_back_the_same(parts, stated, form, between):
    assert parts("boi", between.join(form.format(count, MEDALS[part]) for part, count in stated.items())) == stated


@given(
    counts_of(LEVELS), st.sampled_from(["{1} {0}", "{0} {1}", "{0}{1}", "cấp {1} {0}"]), st.sampled_from([", ", " "])
)
def test_levels_written_in_any_way_read_back_the_same(parts, stated, form, between):
    assert parts("ioe", between.join(form.format(count, LEVELS[part]) for part, count in stated.items())) == stated
