"""Vietnamese labels compared."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.catalogue import read_catalogue
from kiemso.message import in_language
from kiemso.text import alternatives, canonical, label_key, nearest, suggestion, tidy

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
        ("quý", "qúy"),
        ("Thúy", "Thuý"),
        ("khuyến khích", "khuýên khích"),
        ("CSTÐ cơ sở", "CSTĐ cơ sở"),  # Eth, which looks like Đ
        ("ðảng viên", "đảng viên"),
        ("Nǎm học", "Năm học"),  # caron for breve
        ("Кết quả", "Kết quả"),  # Cyrillic К
        ("Năm học ２０２１", "Năm học 2021"),
        ("ＨＴＴ", "HTT"),
        ("Môn\u200bbơi", "Môn bơi"),
        ("\ufeffMôn bơi", "Môn bơi"),
        ("Môn bơ\u00adi", "Môn bơi"),
        ("Môn\u202fbơi\u2009", "Môn bơi"),
        ("m²", "m2"),
        ("e\u0302\u0323", "\u1ec7"),  # the marks in another order
        ("Ti\u00ea\u0301ng", "Tiếng"),  # half composed, as Windows keyboards write it
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
        ("Nhà ba", "Nha bà"),  # a tone belongs to its own vowels
        ("Môn bơi", "Môn bời"),
        ("Khối 1", "Khối 11"),
        ("Đạt", "Dạt"),
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


def test_alternatives_are_said_in_the_persons_language():
    one = alternatives(["ioe"])
    three = alternatives(["ioe", "boi", "skkn"])
    assert (one, three) == ("“ioe”", "“ioe” or “boi” or “skkn”")
    assert in_language(three, "en") == three


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("１２３．４５６", "123.456"),
        ("45.000.000\u00a0đồng", "45.000.000 đồng"),
        ("7\u202f082\u2009643", "7 082 643"),
        ("20–25", "20-25"),
        ("−5", "-5"),
        ("“nt”", '"nt"'),
        ("…", "..."),
        ("45.000.000\u200b", "45.000.000"),
        ("Ðồng", "Đồng"),
        ("\t1\r\n2 ", "1 2"),
        ("Ⅱ", "II"),
    ],
)
def test_a_text_is_made_what_a_keyboard_types(text, typed):
    assert canonical(text) == typed


@pytest.mark.parametrize("text", ["10²", "5¹", "①", "1½"])
def test_superscripts_and_fractions_do_not_become_digits(text):
    assert canonical(text) == text


def test_a_mark_that_turns_the_direction_of_writing_stays():
    assert canonical("\u202e321") == "\u202e321"


@given(st.text())
def test_a_typed_text_stays_as_it_is(text):
    once = canonical(text)
    assert canonical(once) == once
    assert label_key(once) == label_key(canonical(once))


@given(labels, st.data())
def test_a_label_is_known_with_invisible_characters_and_look_alikes(label, data):
    invisible = st.sampled_from(["", "\u200b", "\u00ad", "\ufeff", "\u200d", "\u2060"])
    alike = {"Đ": "Ð", "đ": "ð", "a": "а", "o": "о", "e": "е", "1": "１", "K": "Κ"}
    swap = data.draw(st.sets(st.sampled_from(sorted(alike))))
    written = "".join((alike[c] if c in swap else c) + data.draw(invisible) for c in label)
    assert label_key(written) == label_key(label)
    assert label_key(canonical(written)) == label_key(label)
