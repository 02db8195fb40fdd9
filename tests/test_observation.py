"""What a raw cell states, by the kind of its indicator."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.number import Unreadable, format_number
from kiemso.observation import MISSING, NOT_HELD, OBSERVED, Reading, expected, read_cell, read_parts
from kiemso.unit import Unit, parse_unit_line

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
        ("tai-tro", "45 triệu", None, 45_000_000),
        ("tai-tro", "1,5 tỷ đồng", None, 1_500_000_000),
        ("tai-tro", "7 082 643 000", None, 7_082_643_000),
        ("cam-tinh-dang", "02 đồng chí", None, 2),
        ("cam-tinh-dang", "2 đ/c", None, 2),
        ("hs-xuat-sac", "2.105 lượt HS", None, 2105),
        ("gv-gioi-tinh", "3", 2.9999999999999996, 3),  # as Excel shows it
        ("dat-chuan", "0", 0, 0),
        ("dat-chuan", "0", None, 0),
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
        ("gv-gioi-tinh", "3 triệu", None, "stated in “triệu”"),
        ("gv-gioi-tinh", "nan", float("nan"), "no number"),
        ("gv-gioi-tinh", "20-25", None, "is a range"),
        ("gv-gioi-tinh", "48 (trong đó 2 nữ)", None, "more than one number"),
        ("gv-gioi-tinh", "5/3", None, "more than one number"),
        ("dat-chuan", "136/136", None, "is a fraction"),
        ("dat-chuan", "50–80%", None, "is a range"),
        ("dat-chuan", "100", 100, "lacks the percent sign"),
        ("dat-chuan", "100", None, "lacks the percent sign"),
        ("dat-chuan", "0,98", 0.98, "lacks the percent sign"),
        ("dat-chuan", "120%", 120, "cannot be 120"),
        ("dat-chuan", "120%", None, "more than 100"),
        ("tai-tro", "45 USD", None, "stated in “USD”"),
        ("tai-tro", "1.234 triệu", None, "two different numbers"),
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
    assert "Không tổ chức" not in expected(catalogue.indicators["tai-tro"])


# -- marks -------------------------------------------------------------------------------------------------------

KINDS = {"count": "skkn", "money": "tai-tro", "medals": "boi", "levels": "ioe", "percent": "dat-chuan"}
NUMBERS = ("count", "money", "medals", "levels")


@pytest.fixture(scope="module")
def said(catalogue):
    """(value, status, whether it warns) of a mark, which is the same in all parts."""

    def read_one(indicator: str, text: str, **given) -> tuple:
        readings = read_cell(catalogue.indicators[indicator], "", text, None, catalogue, **given)
        (found,) = {(r.value, r.status, bool(r.warning)) for r in readings}
        return found

    return read_one


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("text", ["-", "–", " — ", "--", "\u00ad-"])
def test_a_dash_says_that_there_was_none_with_a_warning(said, kind, text):
    assert said(KINDS[kind], text) == (0, OBSERVED, True)


def test_a_dash_is_no_percentage(said):
    assert said("dat-chuan", "-") == (None, MISSING, True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["…", "..", "...", "Không có số liệu", "Chưa có số liệu."])
def test_dots_say_that_nobody_knows(said, kind, text):
    assert said(KINDS[kind], text) == (None, MISSING, False)


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("text", ["Không", "không có", "KHÔNG CÓ.", "0", "00"])
def test_none_is_zero(said, kind, text):
    assert said(KINDS[kind], text) == (0, OBSERVED, False)


@pytest.mark.parametrize("text", ["Không", "Không có"])
def test_none_is_no_percentage(said, text):
    with pytest.raises(Unreadable, match="does not say clearly"):
        said("dat-chuan", text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["x", "X", "х"])
def test_a_cross_means_nothing_unless_the_table_says_what(said, kind, text):
    with pytest.raises(Unreadable, match="does not say clearly"):
        said(KINDS[kind], text)
    assert said(KINDS[kind], text, marks={"x": "missing"}) == (None, MISSING, False)
    assert said(KINDS[kind], text, marks={"X": "zero"}) == (0, OBSERVED, False)


def test_a_tables_own_marks_come_before_the_usual_ones(said):
    assert said("skkn", "–", marks={"-": "missing"}) == (None, MISSING, False)
    assert said("boi", "KTC", marks={"KTC": "not held"}) == (None, NOT_HELD, False)


@pytest.mark.parametrize("indicator", ["skkn", "nhan-su", "tai-tro", "dat-chuan"])
def test_what_is_no_contest_cannot_be_not_held(said, indicator):
    with pytest.raises(Unreadable, match="no contest"):
        said(indicator, "Không tổ chức")


def test_a_number_shown_as_a_dash_is_the_number(read):
    assert read("skkn", "-", 0) == (0, "", OBSERVED)


# -- units that the table states -----------------------------------------------------------------------------------

THOUSAND = Unit("nghìn đồng", 1000, "money")


@pytest.fixture(scope="module")
def in_unit(catalogue):
    """The reading of a cell whose table states a unit."""

    def read_one(indicator: str, text: str, number: float | None, unit: str, **given) -> Reading:
        stated = parse_unit_line(f"ĐVT: {unit}")
        (reading,) = read_cell(catalogue.indicators[indicator], "", text, number, catalogue, unit=stated, **given)
        return reading

    return read_one


@pytest.mark.parametrize(
    ("text", "number", "unit", "value", "note"),
    [
        ("1306107", 1306107, "1.000 đồng", 1_306_107_000, "1.306.107 × 1.000 (nghìn đồng)"),
        ("1.306.107", None, "nghìn đồng", 1_306_107_000, "1.306.107 × 1.000 (nghìn đồng)"),
        ("1,306107", 1.306107, "tỷ đồng", 1_306_107_000, "1,306107 × 1.000.000.000 (tỷ đồng)"),
        ("0,3", 0.1 + 0.2, "triệu đồng", 300_000, "0,3 × 1.000.000 (triệu đồng)"),
        ("45,5", None, "triệu đồng", 45_500_000, "45,5 × 1.000.000 (triệu đồng)"),
        ("1306107000", 1306107000, "đồng", 1_306_107_000, ""),
        ("45 triệu", None, "triệu đồng", 45_000_000, ""),  # stated twice, but not multiplied twice
        ("45 triệu", None, "đồng", 45_000_000, ""),
    ],
)
def test_an_amount_is_multiplied_by_its_tables_unit_and_says_so(in_unit, text, number, unit, value, note):
    reading = in_unit("tai-tro", text, number, unit)
    assert (reading.value, reading.unit, reading.note) == (value, "đồng", note)


@pytest.mark.parametrize(
    ("indicator", "text", "number", "unit", "why"),
    [
        ("tai-tro", "45.000.000 đồng", None, "nghìn đồng", "is stated in “đồng”, but its table in “nghìn đồng”"),
        ("tai-tro", "45 tỷ", None, "triệu đồng", "is stated in “tỷ”, but its table"),
        ("tai-tro", "5", 5, "10.000 đồng", "“10.000 đồng”, which is no unit we know"),
        ("tai-tro", "1,2345", 1.2345, "nghìn đồng", "cannot be 1.234,5"),
        ("tai-tro", "5", 5, "USD", "stated in “USD”"),
        ("tai-tro", "5", 5, "người", "stated in “người”"),
        ("tai-tro", "883.860", None, "nghìn đồng", "two different numbers"),
        ("skkn", "5", 5, "nghìn đồng", "stated in “nghìn đồng”"),
        ("skkn", "5", 5, "%", "stated in “%”"),
        ("skkn", "5", 5, "em", "stated in “em”"),
        ("nhan-su", "5", 5, "nghìn người", "stated in “nghìn người”"),
        ("dat-chuan", "5", 5, "em", "stated in “em”"),
        ("dat-chuan", "0,98", 0.98, "%", "can be 0,98% or 98%"),
        ("dat-chuan", "1", 1, "%", "can be 1% or 100%"),
        ("dat-chuan", "101", 101, "%", "cannot be 101"),
    ],
)
def test_a_unit_that_contradicts_the_indicator_or_the_cell_is_refused(in_unit, indicator, text, number, unit, why):
    with pytest.raises(Unreadable, match=why):
        in_unit(indicator, text, number, unit)


def test_the_column_decides_what_the_separator_of_an_amount_is(in_unit):
    assert in_unit("tai-tro", "883.860", None, "nghìn đồng", evidence="vi").value == 883_860_000


@pytest.mark.parametrize(("text", "number"), [("99,8", None), ("99,8", 99.8), ("99,8%", 99.8), ("99,8%", None)])
def test_a_heading_in_percent_makes_a_bare_number_a_percentage(in_unit, text, number):
    reading = in_unit("dat-chuan", text, number, "%")
    assert (reading.value, reading.unit) == (99.8, "%")


@pytest.mark.parametrize(
    ("indicator", "unit", "warns"),
    [
        ("nhan-su", "người", False),
        ("nhan-su", "GV", False),
        ("hs-xuat-sac", "em", True),
        ("hs-xuat-sac", "lượt", False),
    ],
)
def test_a_word_for_persons_is_suspicious_where_occasions_are_counted(in_unit, indicator, unit, warns):
    reading = in_unit(indicator, "736", 736, unit)
    assert (reading.value, bool(reading.warning)) == (736, warns)


def test_of_a_fraction_the_part_is_read_with_a_warning(catalogue):
    (reading,) = read_cell(catalogue.indicators["lao-dong-tien-tien"], "", "138/140", None, catalogue)
    assert (reading.value, reading.status, reading.warning) == (138, OBSERVED, "is read as 138 of 140")


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
        ("24 giải Nhì, 19 giải Ba", {"nhi": 24, "ba": 19}),
        ("1 nhất · 2 nhì • 1 KK", {"nhat": 1, "nhi": 2, "kk": 1}),
        ("- 1 nhất - 2 nhì", {"nhat": 1, "nhi": 2}),
        ("Nhất: 2; nhì: 3", {"nhat": 2, "nhi": 3}),
        ("nhất: 2 nhì: 3 giải", {"nhat": 2, "nhi": 3}),
        ("Nhất (02), nhì (3)", {"nhat": 2, "nhi": 3}),
        ("1 giải Nhất.", {"nhat": 1}),
        ("１ nhất,\u00a02\u200b nhì", {"nhat": 1, "nhi": 2}),
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
        ("ioe", "Cấp tỉnh: 1 em; cấp huyện: 6 em", {"tinh": 1, "huyen": 6}),
        ("ioe", "Tỉnh (1) Huyện (6)", {"tinh": 1, "huyen": 6}),
        ("ioe", "1 HS cấp tỉnh, 6 học sinh cấp huyện", {"tinh": 1, "huyen": 6}),
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
        ("boi", "Khối 12: 2 nhất", "cannot be read"),
        ("boi", "nhất " * 99, "too long"),
        ("boi", "1 HCV · 2 HCB · 6 HCĐ", "“huy chương Vàng”, which is no part"),
        ("boi", "1 huy chương Vàng", "“huy chương Vàng”, which is no part"),
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


SPELLINGS = {
    "nhat": ["nhất", "Nhất", "giải nhất", "GIẢI NHẤT"],
    "nhi": ["nhì", "Nhì", "giải nhì", "giảinhì"],
    "ba": ["ba", "Ba", "giải ba"],
    "kk": ["KK", "kk", "khuyến khích", "giải KK", "Giải khuyến khích"],
}


@given(counts_of(MEDALS), st.data())
def test_prizes_in_any_order_spelling_and_composition_read_back_the_same(parts, stated, data):
    forms = st.sampled_from(["{} {}", "{}{}", "0{} {}", "- {} {}"])
    pieces = [
        data.draw(forms).format(count, data.draw(st.sampled_from(SPELLINGS[part])))
        for part, count in data.draw(st.permutations(list(stated.items())))
    ]
    text = data.draw(st.sampled_from([", ", "; ", " + ", " và ", " · ", ",\n"])).join(pieces)
    assert parts("boi", unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), text)) == stated


@given(counts_of(LEVELS), st.data())
def test_levels_named_before_a_colon_read_back_the_same(parts, stated, data):
    form = data.draw(st.sampled_from(["{1}: {0}", "{1}: {0} em", "cấp {1}: {0}", "{1} ({0})"]))
    between = data.draw(st.sampled_from([", ", "; ", " ", " - "]))
    assert parts("ioe", between.join(form.format(count, LEVELS[part]) for part, count in stated.items())) == stated


@given(
    st.sampled_from([*KINDS.values(), "hs-xuat-sac", "gv-gioi-tinh"]),
    st.text() | st.text(alphabet="0123456789.,% -/():;·nhấìbakTỉhuyệđồgtrx…", max_size=40),
    st.none() | st.floats() | st.integers(),
    st.sampled_from(
        [None, THOUSAND, Unit("%", 1, "percent"), Unit("em", 1, "count"), Unit("10.000 đồng", None, "money")]
    ),
    st.sampled_from(["", "vi", "en"]),
)
def test_a_cell_is_read_or_unreadable_whatever_stands_in_it(catalogue, indicator, text, number, unit, evidence):
    entry = catalogue.indicators[indicator]
    try:
        readings = read_cell(entry, "", text, number, catalogue, unit=unit, evidence=evidence)
    except Unreadable:
        return
    for reading in readings:
        assert (reading.value is None) == (reading.status != OBSERVED)
        assert reading.value is None or reading.value >= 0
        assert entry.kind == "percent" or reading.value is None or isinstance(reading.value, int)
        assert entry.kind != "percent" or reading.value is None or reading.value <= 100


@given(st.integers(0, 10**11), st.sampled_from(["nghìn đồng", "triệu đồng"]))
def test_an_amount_in_a_tables_unit_is_exactly_that_many(in_unit, number, unit):
    factor = parse_unit_line(f"ĐVT: {unit}").factor
    as_number = in_unit("tai-tro", str(number), number, unit)
    as_text = in_unit("tai-tro", format_number(number), None, unit, evidence="vi")
    assert as_number.value == as_text.value == number * factor
    assert as_number.note == as_text.note


# -- what a real school wrote --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(shared: Path) -> list[dict[str, str]]:
    """A school's year report: texts, some with the number that the same file holds for a program."""
    with (shared / "corpus/texts/phu-nhuan-report-strings.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_prizes_of_a_real_report_add_up_to_its_own_numbers(written, parts):
    prizes = {row["text"].partition(" · ")[2]: row["machine_value_in_same_file"] for row in written}
    prizes = {text: int(value) for text, value in prizes.items() if "giải" in text and value}
    assert len(prizes) == 4
    assert {text: sum(parts("boi", text).values()) for text in prizes} == prizes


def test_the_gold_medals_of_a_real_report_are_not_taken_for_first_prizes(written, parts):
    medals = [row["text"] for row in written if row["field"] == "sport" and "·" in row["text"]]
    assert len(medals) == 4
    for text in medals:
        with pytest.raises(Unreadable, match=r"huy chương|cannot be read"):
            parts("boi", text)


def test_the_sentences_of_a_real_report_are_no_values(written, catalogue):
    read = {
        row["text"]: [r.value for r in readings]
        for row in written
        if (readings := _readings_or_none(catalogue.indicators["skkn"], row["text"], catalogue))
    }
    assert read == {}


def _readings_or_none(indicator, text, catalogue):
    try:
        return read_cell(indicator, "", text, None, catalogue)
    except Unreadable:
        return None
