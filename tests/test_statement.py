"""How a table states an indicator."""

from __future__ import annotations

import pytest
from kiemso.key import parse_key
from kiemso.observation import NOT_HELD
from kiemso.statement import stated, stated_text

TERM = "2022-2024"


@pytest.fixture
def text(catalogue, make_fact):
    """The text of a table's cell, given the values of the parts."""

    def text_of(indicator: str, status: str = "", **values) -> str:
        facts = [
            make_fact(f"{indicator}.{part.replace('_', '-')}", value, "giải", status) for part, value in values.items()
        ]
        return stated_text(parse_key(indicator).at(TERM), catalogue, {fact.key: fact for fact in facts})

    return text_of


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"nhat": 4, "nhi": 7, "ba": 4, "kk": 2}, "4 nhất, 7 nhì, 4 ba, 2 KK"),
        ({"nhat": 3, "nhi": None, "ba": None, "kk": None}, "3 nhất"),
        ({"nhat": 2, "nhi": 0, "ba": None, "kk": 1_200}, "2 nhất, 1.200 KK"),
        ({"nhat": 0, "nhi": 0, "ba": 0, "kk": 0}, "0"),
        ({"nhat": None, "nhi": None, "ba": 0, "kk": None}, "0"),
        ({"nhat": None, "nhi": None, "ba": None, "kk": None}, "–"),
    ],
)
def test_prizes_stand_after_their_numbers_and_those_of_which_there_are_none_are_left_out(text, values, expected):
    assert text("boi", **values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"tinh": 5, "huyen": 24, "truong": 36}, "Tỉnh 5, Huyện 24, Trường 36"),
        ({"tinh": 3, "huyen": 0, "truong": 36}, "Tỉnh 3, Huyện 0, Trường 36"),
        ({"tinh": 1, "huyen": 6, "truong": None}, "Tỉnh 1, Huyện 6"),
        ({"tinh": None, "huyen": None, "truong": None}, "–"),
    ],
)
def test_levels_stand_before_their_numbers_and_a_stated_zero_is_shown(text, values, expected):
    assert text("ioe", **values) == expected


def test_what_was_not_held_is_said_once(text):
    assert text("trang-nguyen-toan-tai", NOT_HELD, quoc_gia=None, truong=None) == "Không tổ chức"


def test_every_number_in_the_cell_is_a_figure(catalogue, make_fact):
    facts = {
        f.key: f
        for part in ("nhat", "nhi", "ba", "kk")
        if (f := make_fact(f"boi.{part}", {"nhat": 4, "kk": 2}.get(part)))
    }
    assert stated(parse_key("boi").at(TERM), catalogue, facts) == [
        {"fact": "boi.nhat@2022-2024"},
        " nhất",
        ", ",
        {"fact": "boi.kk@2022-2024"},
        " KK",
    ]


@pytest.mark.parametrize("key", ["boi.ba@2021-2022", "tai-tro@2022-2024", "xep-loai.htt@2022-2024"])
def test_a_count_or_a_part_is_one_figure(catalogue, key):
    assert stated(parse_key(key), catalogue, {}) == [{"fact": key}]
