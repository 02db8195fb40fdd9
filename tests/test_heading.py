"""The words of headings."""

from __future__ import annotations

import pytest
from kiemso.heading import (
    any_same,
    fits,
    heading_unit,
    is_unit_line,
    periods_in,
    planned,
    preliminary,
    without_numbering,
)


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("Năm học 2021-2022", {"2021-2022"}),
        ("Nămhọc2021-2022", {"2021-2022"}),
        (" 2021-2022", {"2021-2022"}),
        ("2021 -2022", {"2021-2022"}),
        ("2021 – 2022", {"2021-2022"}),
        ("NH 2021/2022", {"2021-2022"}),
        ("２０２１－２０２２", {"2021-2022"}),
        ("Năm học 2021-22", {"2021-2022"}),
        ("Sơ bộ 2023-2024", {"2023-2024"}),
        ("NĂM HỌC\n2021-2022", {"2021-2022"}),
        ("Nhiệm kỳ 2022-2024", {"2022-2024"}),
        ("2020-2021, 2021-2022", {"2020-2021", "2021-2022"}),
        ("Năm 2021", set()),
        ("12021-2022", set()),
        ("2021-12", set()),  # December 2021
        ("05/10/2021-20220", set()),
    ],
)
def test_a_period_is_seen_in_every_spelling(text, periods):
    assert periods_in(text) == periods


@pytest.mark.parametrize(
    ("pattern", "path", "fitting"),
    [
        ("{period}", ["Năm học 2021-2022"], True),
        ("{period}", ["Năm học 2020-2021"], False),
        ("{period}", ["Năm học", "2021-2022"], True),
        ("Thực hiện {period}", ["Năm học 2021-2022", "Thực hiện"], True),
        ("Thực hiện {period}", ["Năm học 2021-2022", "Kế hoạch"], False),
        ("Số liệu", ["Số liệu"], True),
        ("Số liệu", ["SỐ LIỆU:"], True),
        ("Số liệu", ["Năm học 2020-2021", "Số liệu"], True),
        ("Số liệu", ["Số liệu năm trước"], False),
        ("Số liệu*", ["Số liệu năm trước"], True),
    ],
)
def test_a_heading_fits_a_pattern_by_its_words(pattern, path, fitting):
    assert fits(pattern, path, "2021-2022") is fitting


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("I. Khen thưởng", "Khen thưởng"),
        ("A/ Khen thưởng", "Khen thưởng"),
        ("1.2) Khen thưởng", "Khen thưởng"),
        ("a) Khen thưởng", "Khen thưởng"),
        ("(1) Khen thưởng", "Khen thưởng"),
        ("60 mét", "60 mét"),
        ("2.105 học sinh", "2.105 học sinh"),
        ("IOE", "IOE"),
        ("GV giỏi", "GV giỏi"),
    ],
)
def test_a_numbering_is_no_part_of_a_label(label, plain):
    assert without_numbering(label) == plain


def test_words_are_compared_as_labels_are():
    assert any_same(["Tổng cộng"], "TỔNG CỘNG:") and any_same(["Cộng mục *"], "II. Cộng mục II")
    assert not any_same(["Cộng"], "Cộng mục II") and not any_same(["Cộng*"], "Công đoàn")


@pytest.mark.parametrize(
    ("heading", "plan", "early"),
    [
        ("Kế hoạch 2021-2022", True, False),
        ("KH", True, False),
        ("Dự kiến 2021-2022", True, False),
        ("Sơ bộ 2021-2022", False, True),
        ("Ước thực hiện", False, True),
        ("Khen thưởng", False, False),
        ("Thước kẻ", False, False),
    ],
)
def test_plans_and_preliminary_figures_are_told_by_their_words(heading, plan, early):
    assert (planned([heading]), preliminary([heading])) == (plan, early)


def test_a_unit_is_taken_out_of_a_heading():
    text, unit = heading_unit("Số tiền (nghìn đồng)")
    assert text == "Số tiền" and unit.factor == 1000
    assert heading_unit("Xếp loại (cuối năm)") == ("Xếp loại (cuối năm)", None)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("ĐVT: 1.000 đồng", True),
        ("(Đơn vị tính: triệu đồng)", True),
        ("Số tiền (triệu đồng)", False),
        ("Đơn vị", False),
    ],
)
def test_a_line_that_only_states_a_unit_is_told_from_a_heading(text, states):
    assert is_unit_line(text) is states
