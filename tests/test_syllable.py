"""Vietnamese syllables are told from what only looks like them."""

from __future__ import annotations

import re

import pytest
from kiemso.syllable import is_syllable


@pytest.mark.parametrize(
    "word",
    str.split(
        "giỏi Giêng gì gìn giết quý quốc quả khuya hoà hòa thuỷ thủy khoèo Nguyễn xuân quyền ý ở của mùa khuỷu ngoài "
        "ghé nghề lộc rượu TRƯỜNG Ớt ốc Quỳnh huỳnh Đắk Lắk Kạn ôtô"
    ),
)
def test_words_are_syllables(word):
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word, why",
    [
        ("giỏo", "no rhyme"),
        ("cể", "c stands for k before ê"),
        ("gé", "g for gh before e"),
        ("ngề", "ng for ngh before ê"),
        ("lôc", "a stop has a tone"),
        ("lồc", "a stop has no grave"),
        ("hiẻm", "iêm needs its circumflex"),
        ("gìa", "the tone is on the wrong letter"),
        ("ẳ", "ă ends in a consonant"),
        ("â", "â ends in a consonant"),
        ("đ", "no vowel"),
        ("trƯờng", "a capital inside"),
        ("Müller", "no Vietnamese letter"),
        ("tiÓu", "TCVN3"),
        ("tröôøng", "VNI"),
        ("trường.", "no word"),
        ("", "no word"),
    ],
)
def test_other_words_are_not(word, why):
    assert not is_syllable(word), why


def test_words_of_a_report_are_syllables(shared):
    text = (shared / "seed" / "000_7f8dfea977ecb252.txt").read_text()
    words = {word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii() and not word.isupper()}
    others = {word for word in words if not is_syllable(word)}
    # Words that were typed without the space between them, and a unit.
    assert others <= {"Nămhọc", "Chưaxếploại", "giảinhì", "đ"}
