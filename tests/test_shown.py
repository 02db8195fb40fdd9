"""What number formats make of a number: they may round it and dress it, not make another one of it."""

from __future__ import annotations

import pytest
from kiemso.reader.shown import format_fault, number_of, shown_number

ACCOUNTING = '_-* #,##0\\ _₫_-;\\-* #,##0\\ _₫_-;_-* "-"\\ _₫_-;_-@_-'


@pytest.mark.parametrize(
    "number_format",
    [
        "",
        "General",
        "@",
        "0",
        "00",
        "#,##0",
        "#,##0.00",
        "0.0",
        "0%",
        "0.0%",
        "0.00E+00",
        "# ?/?",
        "[Red]0",
        "[$-42A]#,##0",
    ]
    + ['#,##0" đ, "', '0", ;;"', "#,##0\\ \\đ", '0" lượt"', '0" m2"', '"Lớp "0', '0" đ."', "#,##0\\ [$₫-42A]"]
    + ["#,##0;[Red]-#,##0", "#,##0_);(#,##0)", '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)', ACCOUNTING]
    + ['#"."##0', "#\\.##0\\.##0", '0;-0;"không"'],
)
def test_a_format_that_shows_the_number_is_no_fault(number_format):
    assert format_fault(number_format) == ""


@pytest.mark.parametrize(
    "number_format",
    # in thousands or millions
    ["#,##0,", "0.0,,", '0" nghìn"', "0\\ \\t\\ỷ", '"Triệu: "0', '0,"k"']
    # with more digits, or cut in pieces
    + ['#,##0",000"', '0" 000"', '0".000"', '0"0"', "0\\0", '"1"0', '0"1"0', '0"."0', '0"/100"', "0.000", "#,##0.000"]
    # with a sign
    + ["-0", "\\-0", '"-"0', "(0)", '">"0', '"≥ "0']
    # as nothing, or as a text
    + [";;", ";;;", "0;;", "0; ;0", '"";""', '"x"', '"Không"', '[>9]"nhiều";0'],
)
def test_a_format_that_shows_another_number_is_a_fault(number_format):
    assert format_fault(number_format) == (
        f"is shown by the number format {number_format} as something else than it is"
    )


@pytest.mark.parametrize(
    ("number_format", "shown", "number"),
    [("0%", "99,8%", 99.8), ('0.0"%"', "0,998%", 0.998), ("0.0\\ \\%", "0,998%", 0.998), ("0.0", "0,998", 0.998)],
)
def test_a_percent_sign_is_shown_whether_it_multiplies_or_not(number_format, shown, number):
    assert (shown_number(0.998, number_format), number_of(0.998, number_format)) == (shown, number)
