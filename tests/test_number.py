"""Vietnamese numbers, read and written."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kiemso.number import Quantity, Unreadable, format_number, parse_number, parse_quantity, plain

amounts = st.integers(0, 10**13)
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
        ("1 234", {}, "no number"),
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
    ],
)
def test_a_quantity_has_a_number_a_unit_and_a_bound(text, quantity):
    assert parse_quantity(text, most=None if "600" in text else 100) == quantity


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
