"""Vietnamese labels compared."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.catalogue import read_catalogue
from kiemso.text import label_key, nearest, suggestion, tidy

CATALOGUE = read_catalogue(Path(__file__).parents[1])
# Every spelling in the catalogue with what it names.
NAMED = [(s, f"indicator {code}") for code, i in CATALOGUE.indicators.items() for s in (i.label, *i.aliases)]
NAMED += [(s, f"part {code}") for code, part in CATALOGUE.parts.items() for s in (part.label, *part.aliases)]
labels = st.sampled_from([spelling for spelling, _ in NAMED])


@given(labels, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.sampled_from([str.upper, str.lower, str.title]))
def test_a_label_is_known_in_any_composition_and_case(label, form, case):
    assert label_key(unicodedata.normalize(form, case(label))) == label_key(label)


@given(labels, st.data())
def test_a_label_is_known_with_any_spacing_and_punctuation(label, data):
    gaps = st.sampled_from(["", " ", "  ", "\u00a0", "\n", "\t", " - ", ".", ": "])
    spaced = "".join(data.draw(gaps) + word for word in label.split()) + data.draw(gaps)
    assert label_key(spaced) == label_key(label)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("xã hội hóa", "xã hội hoá"),
        ("sức khỏe", "sức khoẻ"),
        ("Thủy", "Thuỷ"),
        ("Ủy viên", "Uỷ viên"),
        ("Chưaxếploại", "Chưa xếp loại"),
        ("- HTSX", "HTSX"),
        ("Nămhọc 2021-2022", "Năm học 2021 – 2022"),
        ("Giao lưu IOE.", "giao lưu ioe"),
    ],
)
def test_two_spellings_of_one_label_are_the_same(one, other):
    assert label_key(one) == label_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bằng khen", "Băng khen"),
        ("CSTD cơ sở", "CSTĐ cơ sở"),
        ("ba", "bà"),
        ("nhất", "nhật"),
        ("huyện", "huyền"),
        ("tỉnh", "tinh"),
        ("HTT", "HT"),
        ("Khối 4", "Khối 5"),
        ("ơn", "on"),
    ],
)
def test_labels_that_differ_in_a_letter_tone_or_digit_are_different(one, other):
    assert label_key(one) != label_key(other)


def test_the_catalogues_labels_are_told_apart():
    known: dict[str, str] = {}
    for spelling, named in NAMED:
        assert known.setdefault(label_key(spelling), named) == named, spelling


def test_tidy_composes_letters_and_joins_white_space():
    assert tidy(unicodedata.normalize("NFD", "  Tỉnh 1\u00a0\n Huyện  6 ")) == "Tỉnh 1 Huyện 6"


def test_the_nearest_choices_are_found_without_their_accents():
    choices = ["GV giỏi tỉnh", "GV giỏi huyện", "Môn bơi cấp huyện"]
    assert nearest("gv gioi tinh", choices)[0] == "GV giỏi tỉnh"
    assert nearest("Môn boi cap huyen", choices)[0] == "Môn bơi cấp huyện"


def test_a_suggestion_names_the_nearest_or_is_empty():
    assert suggestion("đang-vien", ["dang-vien", "ioe"]) == "Did you mean “dang-vien”?"
    assert suggestion("xyz", ["dang-vien", "ioe"]) == ""
