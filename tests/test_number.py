"""Vietnamese numbers, read and written."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kiemso.number import Quantity, Unreadable, exact, format_number, parse_number, parse_quantity, plain, separators

amounts = st.integers(0, 10**15)
round_thousands = st.integers(1, 999).map(lambda n: 1000 * n)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2.105", 2105),
        ("2105", 2105),
        ("2,105", 2105),
        ("3.181.643.000", 3_181_643_000),
        ("7,082,643,000", 7_082_643_000),
        ("03", 3),
        ("0", 0),
        (" 26 ", 26),
        ("7 082 643 000", 7_082_643_000),
        ("7\u00a0082\u202f643", 7_082_643),
        ("１．３０６", 1306),
        ("45.000.000,00", 45_000_000),
        ("1 234", 1234),
    ],
)
def test_a_whole_number_may_have_vietnamese_or_english_separators(text, count):
    assert parse_number(text, integer=True) == count


@pytest.mark.parametrize(("text", "count"), [("1.000", 1000), ("600.000", 600_000), ("2,000", 2000)])
def test_a_round_thousand_is_read_like_any_other_whole_number(text, count):
    assert parse_number(text, integer=True) == count


@pytest.mark.parametrize(
    ("text", "rate"), [("99,8", 99.8), ("98.16", 98.16), ("100", 100), ("0,5", 0.5), ("39,583", 39.583), ("1.5", 1.5)]
)
def test_a_rate_may_have_a_vietnamese_or_english_decimal_sign(text, rate):
    assert parse_number(text, most=100) == rate


@pytest.mark.parametrize("text", ["2.105", "2,105", "1.000"])
def test_a_number_with_two_readings_is_refused_rather_than_guessed(text):
    with pytest.raises(Unreadable, match="two different numbers"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "rules", "why"),
    [
        ("1,5", {"integer": True}, "not a whole number"),
        ("1.234,5", {"integer": True}, "not a whole number"),
        ("150", {"most": 100}, "more than 100"),
        ("12.34.5", {}, "no number"),
        ("1.23.456", {"integer": True}, "no number"),
        ("", {}, "no number"),
        ("nhất", {}, "no number"),
        ("l0", {}, "no number"),
        ("12 34", {}, "no number"),
        ("1 2345", {}, "no number"),
        ("10²", {}, "no number"),
        ("٣", {}, "no number"),
        ("\u202e321", {}, "no number"),  # shown as 123
        ("9" * 30, {}, "more than any amount"),
        ("9" * 9999, {}, "no number"),
    ],
)
def test_what_is_no_such_number_is_refused_with_the_reason(text, rules, why):
    with pytest.raises(Unreadable, match=why):
        parse_number(text, **rules)


@pytest.mark.parametrize("text", ["1e5", "Infinity"])
def test_computer_notations_are_no_vietnamese_numbers(text):
    with pytest.raises(Unreadable):
        parse_number(text, integer=True)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("96% trở lên", Quantity(96, "%", "≥")),
        ("trên 98%", Quantity(98, "%", ">")),
        ("Trên 98 %", Quantity(98, "%", ">")),
        ("dưới 5%", Quantity(5, "%", "<")),
        ("99,8%", Quantity(99.8, "%")),
        ("hơn 600 bộ", Quantity(600, "bộ", ">")),
        ("khoảng 40 em", Quantity(40, "em", "~")),
        ("20 em trở xuống", Quantity(20, "em", "≤")),
        ("600 trở lên", Quantity(600, "", "≥")),
        ("12", Quantity(12)),
        ("từ 96% trở lên", Quantity(96, "%", "≥")),
        (">= 98%", Quantity(98, "%", "≥")),
        ("≥98 %", Quantity(98, "%", "≥")),
        ("<5", Quantity(5, "", "<")),
        ("~600", Quantity(600, "", "~")),
        ("ít nhất 5 em", Quantity(5, "em", "≥")),
        ("Tối thiểu 98%", Quantity(98, "%", "≥")),
        ("không quá 3 em", Quantity(3, "em", "≤")),
        ("gần 20", Quantity(20, "", "<")),
        ("99,8 phần trăm", Quantity(99.8, "%")),
        ("2 đ/c.", Quantity(2, "đ/c")),
    ],
)
def test_a_quantity_has_a_number_a_unit_and_a_bound(text, quantity):
    assert parse_quantity(text, most=None if "600" in text else 100) == quantity


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,5 tỷ", 1_500_000_000, ""),
        ("1.5 tỉ đồng", 1_500_000_000, "đồng"),
        ("45 triệu", 45_000_000, ""),
        ("45tr", 45_000_000, ""),
        ("45 tr. đồng", 45_000_000, "đồng"),
        ("45 trđ", 45_000_000, "đ"),
        ("3.182.643 (nghìn)", 3_182_643_000, ""),
        ("3.182.643 (nghìn đồng)", 3_182_643_000, "đồng"),
        ("600 ngàn đồng", 600_000, "đồng"),
        ("1 tỷ 200 triệu", 1_200_000_000, ""),
        ("1 tỷ 200 triệu 500 nghìn đồng", 1_200_500_000, "đồng"),
        ("2 triệu rưỡi", 2_500_000, ""),
        ("0,1 triệu", 100_000, ""),
    ],
)
def test_an_amount_may_be_stated_in_thousands_millions_or_billions(text, value, unit):
    quantity = parse_quantity(text, integer=True)
    assert (quantity.value, quantity.unit) == (value, unit)


@pytest.mark.parametrize("text", ["1 tỷ 200", "1tỷ2", "1,5 tỷ 200 triệu", "200 triệu 1 tỷ", "1 tỷ 999 tỷ", "2 rưỡi"])
def test_an_amount_that_is_not_clearly_one_number_is_refused(text):
    with pytest.raises(Unreadable):
        parse_quantity(text, integer=True)


@pytest.mark.parametrize("text", ["1.234 triệu", "1,234 triệu", "1.000 tỷ", "883.860 nghìn đồng"])
def test_an_amount_of_which_a_thousand_or_a_decimal_is_meant_is_refused(text):
    with pytest.raises(Unreadable, match="two different numbers"):
        parse_quantity(text, integer=True)


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("1.234 triệu", "vi", 1_234_000_000),
        ("1.234 triệu", "en", 1_234_000),
        ("883.860 nghìn", "vi", 883_860_000),
        ("1,5 tỷ", "en", 1_500_000_000),  # no other reading
    ],
)
def test_the_other_numbers_of_the_column_decide_between_two_readings(text, locale, value):
    assert parse_quantity(text, integer=True, locale=locale).value == value


@pytest.mark.parametrize(
    ("text", "rules"), [("1.234", {"integer": True, "locale": "en"}), ("1,000", {"integer": True, "locale": "vi"})]
)
def test_a_count_that_contradicts_its_column_is_refused(text, rules):
    with pytest.raises(Unreadable, match="as its column writes numbers"):
        parse_number(text, **rules)


def test_a_percentage_that_is_possible_only_against_its_column_is_refused():
    assert parse_number("1.234", most=100) == 1.234
    with pytest.raises(Unreadable, match="more than 100"):
        parse_number("1.234", most=100, locale="vi")


@pytest.mark.parametrize(
    ("texts", "way"),
    [
        (["883.860", "1.306.107", "12"], "vi"),
        (["883,860", "7,082,643,000 đồng"], "en"),
        (["99,8%", "trên 98%"], "vi"),
        (["98.16", "Không", ""], "en"),
        (["1.234", "12", "2,105", "Nhất", "x"], ""),
        (["99,8%", "7,082,643,000"], ""),
        ([], ""),
    ],
)
def test_a_column_says_how_it_writes_numbers_or_nothing(texts, way):
    assert separators(texts) == way


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("20-25", "is a range"),
        ("50–80%", "is a range"),
        ("từ 20 đến 25", "is a range"),
        ("6 - 8 em", "is a range"),
        ("20% đến 25%", "is a range"),
        ("từ 96%", "does not say clearly"),
        ("trên 96% trở lên", "does not say clearly"),
        ("48 (trong đó 2 nữ)", "more than one number"),
        ("-5", "less than zero"),
        ("hai", "is no number"),
        ("(5)", "is no number"),
        ("5 (", "is no number"),
    ],
)
def test_the_message_says_what_a_text_is_instead_of_a_number(text, why):
    with pytest.raises(Unreadable, match=why):
        parse_quantity(text)


def test_a_number_is_taken_to_the_digits_that_excel_shows():
    assert exact(0.1 + 0.2) == Decimal("0.3")
    assert exact(2.9999999999999996) == 3
    assert exact(999_999_999_999_999_999) == 999_999_999_999_999_999


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300])
def test_what_excel_cannot_show_as_an_amount_is_refused(number):
    with pytest.raises(Unreadable):
        exact(number)


def test_an_amount_with_english_separators_is_read():
    assert parse_quantity("7,082,643,000 đồng", integer=True) == Quantity(7_082_643_000, "đồng")


@pytest.mark.parametrize("text", ["5 trở", "98%%", "2 nhất, 3 nhì", "từ 5 đến 7", "-5", "", "Không tổ chức", "5/7"])
def test_other_text_is_no_quantity(text):
    with pytest.raises(Unreadable):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (2105, None, "2.105"),
        (3_181_643_000, None, "3.181.643.000"),
        (99.8, None, "99,8"),
        (0, None, "0"),
        (19 / 48 * 100, 1, "39,6"),  # 39,583333…
        (16.0, 1, "16"),
        (5 / 3, 1, "1,7"),
        (1234.5, 2, "1.234,5"),
        (4.66, 0, "5"),
    ],
)
def test_numbers_are_written_the_vietnamese_way(value, decimals, text):
    assert format_number(value, decimals) == text


@pytest.mark.parametrize(("value", "decimals", "text"), [(100 * 3 / 48, 1, "6,3"), (12.5, 0, "13")])
def test_a_half_is_rounded_up_as_in_excel(value, decimals, text):
    assert format_number(value, decimals) == text


@given(amounts | round_thousands)
@example(1000)
def test_a_whole_number_written_the_vietnamese_way_reads_back_the_same(number):
    assert parse_number(format_number(number), integer=True) == number


@given(st.integers(1_000_000, 10**13) | st.integers(0, 999))
def test_amounts_read_back_the_same_in_either_notation(number):
    assert parse_number(format_number(number), integer=True) == number
    assert parse_number(f"{number:,}", integer=True) == number


@given(st.integers(0, 10_000))
def test_a_percentage_written_the_vietnamese_way_reads_back_the_same(hundredths):
    rate = hundredths / 100
    assert parse_quantity(format_number(rate) + "%", most=100) == Quantity(rate, "%")


@given(st.integers(0, 10**9), st.integers(0, 4))
def test_a_decimal_number_reads_back_the_same_or_is_refused_but_never_changes(digits, decimals):
    number = digits / 10**decimals
    try:
        assert parse_number(format_number(number)) == number
    except Unreadable as error:
        assert "two different" in str(error)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(pd.Series([5]).sum(), 5), (5.0, 5), (Decimal("99.8"), 99.8), (3_181_643_001, 3_181_643_001), (1.5, 1.5)],
)
def test_a_plain_number_is_an_int_where_it_is_whole_and_else_a_float(value, expected):
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


# -- whatever is written the Vietnamese way reads back -------------------------------------------------------------

BOUNDS = {"": "", "trên ": ">", "hơn ": ">", "gần ": "<", "dưới ": "<", "khoảng ": "~", "ít nhất ": "≥", "≤ ": "≤"}
GAPS = st.sampled_from([" ", "\u00a0", "\u202f", ""])


@given(amounts, st.sampled_from(sorted(BOUNDS)), st.sampled_from(["", "đồng", "đ", "VNĐ", "em"]), GAPS)
def test_an_amount_with_its_unit_and_bound_reads_back_the_same(number, bound, unit, gap):
    quantity = parse_quantity(f"{bound}{format_number(number)}{gap}{unit}", integer=True)
    assert quantity == Quantity(number, unit, BOUNDS[bound])


@given(st.integers(0, 10**6), st.sampled_from([(10**3, "nghìn"), (10**6, "triệu"), (10**9, "tỷ")]), GAPS)
def test_a_scaled_amount_reads_back_the_same_or_is_refused(number, scale, gap):
    factor, word = scale
    try:
        assert parse_quantity(format_number(number) + gap + word, integer=True).value == number * factor
    except Unreadable as error:
        assert "two different" in str(error)
    assert parse_quantity(format_number(number) + gap + word, integer=True, locale="vi").value == number * factor


@given(st.integers(0, 10**15), st.integers(1, 6))
def test_a_decimal_reads_back_the_same_where_the_column_decides(digits, decimals):
    number = plain(Decimal(digits).scaleb(-decimals))
    assert parse_number(format_number(number), locale="vi") == number


@given(amounts)
def test_digits_in_groups_after_spaces_read_back_the_same(number):
    assert parse_number(format_number(number).replace(".", "\u00a0"), integer=True) == number


@given(
    st.text() | st.text(alphabet="0123456789.,% -/()tỷriệunghđồ", max_size=30),
    st.booleans(),
    st.sampled_from(["", "vi", "en"]),
    st.sampled_from([1, 1000]),
)
def test_a_text_is_a_quantity_or_unreadable(text, integer, locale, factor):
    try:
        quantity = parse_quantity(text, integer=integer, locale=locale, factor=factor)
    except Unreadable:
        return
    assert quantity.value >= 0 and (not integer or isinstance(quantity.value, int))
    assert separators([text]) in ("", "vi", "en")


@given(st.floats() | st.integers())
def test_a_number_is_exact_or_unreadable(number):
    try:
        assert float(exact(number)) == pytest.approx(number, rel=1e-14)
    except Unreadable:
        assert not abs(number) < 10**18
