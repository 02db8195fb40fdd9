"""Keys of facts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.key import Key, parse_key

names = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
periods = st.sampled_from(["", "2023-2024", "2022-2024"])
schools = st.just("") | st.lists(names, min_size=1, max_size=3).map("/".join)
keys = st.builds(Key, names, st.just("") | names, periods, schools)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("gv-gioi-tinh", ("gv-gioi-tinh", "", "", "")),
        ("boi.ba", ("boi", "ba", "", "")),
        ("xep-loai.htt@2023-2024", ("xep-loai", "htt", "2023-2024", "")),
        ("chay-60m@2022-2023", ("chay-60m", "", "2022-2023", "")),
        ("ha-tinh/ky-phu/boi.ba@2022-2024", ("boi", "ba", "2022-2024", "ha-tinh/ky-phu")),
    ],
)
def test_a_key_has_an_indicator_a_part_and_a_period(text, pieces):
    assert parse_key(text) == pieces


@pytest.mark.parametrize(
    "text",
    ["", "Boi", "bơi", "boi.", ".ba", "boi..ba", "boi.ba.nhi", "boi-", "-boi", "boi--ba", "gv_gioi", "boi ba"]
    + ["boi@", "boi@2023", "boi@2023-24", "boi@2023-2024 ", "boi\n", "boi@2023-2024.ba"]
    + ["/boi", "a//boi", "A/boi", "a/"],
)
def test_anything_else_is_refused_with_an_example_of_a_key(text):
    with pytest.raises(ValueError, match="a key looks like boi"):
        parse_key(text)


@given(keys)
def test_a_key_written_reads_back_the_same(key):
    assert parse_key(str(key)) == key


@given(keys, keys)
def test_two_keys_never_share_an_anchor(one, other):
    assert (one.anchor == other.anchor) == (one == other)


@given(keys)
def test_an_anchor_is_a_plain_identifier(key):
    assert set(key.anchor) <= set("abcdefghijklmnopqrstuvwxyz0123456789-._")


def test_a_period_is_added_only_where_there_is_none():
    assert str(parse_key("boi.ba").at("2022-2024")) == "boi.ba@2022-2024"
    assert str(parse_key("boi.ba@2021-2022").at("2022-2024")) == "boi.ba@2021-2022"


def test_the_name_is_the_key_without_its_period():
    assert parse_key("xep-loai.htt@2023-2024").name == "xep-loai.htt"
