"""Legacy encodings are read by evidence, never on a guess."""

from __future__ import annotations

import csv

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kiemso.charset import ENCODINGS, TCVN3, VISCII, VNI, VPS, _charmap, as_windows, convert, font_encoding
from kiemso.encoding import decode, decode_all

WORDS = str.split(
    "trường tiểu học năm học lớp giáo viên học sinh giỏi huyện tỉnh quốc gia xuất sắc hoàn thành tốt nhiệm vụ chưa đạt "
    "giải nhất nhì ba khuyến khích tổng số cô thầy xã phường đồng triệu nghìn thưởng kết quả thi đua danh hiệu mũ dễ "
    "ảnh ủng hộ quỹ vở ngoại ngữ bơi lội điền kinh cờ vua toán tiếng việt ẩm thuỷ kỷ kỹ ẵm lẳng lặng"
)
FONTS = {TCVN3: ".VnTime", VNI: "VNI-Times", VPS: "VPS Times"}
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


def typed(text: str, encoding: str) -> str:
    """The text as Windows-1252 characters, the way it was typed in a font of the encoding."""
    letters = {letter: sequence for sequence, letter in reversed(_charmap(encoding).pairs)}
    codes = "".join(letters.get(letter, letter) for letter in text)
    return codes if encoding in (TCVN3, VNI) else as_windows(codes.encode("latin-1"))


@pytest.mark.parametrize(
    "font, encoding",
    [
        (".VnTime", TCVN3),
        (".VNARIALH", TCVN3),
        ("VNI-Times", VNI),
        ("VPS Times", VPS),
        ("Times New Roman", ""),
        ("", ""),
    ],
)
def test_fonts_say_their_encoding(font, encoding):
    assert font_encoding(font) == encoding


@pytest.mark.parametrize(
    "column, encoding", [("glibc_tcvn5712_1", TCVN3), ("npmvc_vni", VNI), ("mozilla_vps_0x80up", VPS)]
)
def test_letters_are_what_other_converters_say(shared, column, encoding):
    with (shared / "corpus/legacy/charset-comparison.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    # TCVN3 is the part of TCVN 5712 without capitals that carry tones.
    known = [row for row in rows if row[column] and (encoding != TCVN3 or bytes.fromhex(row[column])[0] > 0xA0)]
    wrong = {
        row["letter"]: row[column]
        for row in known
        if convert(as_windows(bytes.fromhex(row[column])), encoding) != row["letter"]
        and not (encoding == TCVN3 and row["letter"].isupper() and row["letter"] not in "ĂÂĐÊÔƠƯ")
    }
    # npm's vietnamese-conversion gives VNI's ỷ and ỹ codes that the fonts have not, and ỹ and ì the same one.
    assert wrong == ({"ỷ": "EB", "ỹ": "EC", "Ỷ": "CB", "Ỹ": "CC"} if encoding == VNI else {})
    assert len(known) > 70


def test_letters_that_viparse_leaves_out_of_vni_are_read():
    assert convert("saúng AÚ kyõ kyû lyù kî Kî Aùnh", VNI) == "sẳng Ẳ kỹ kỷ lý kỵ Kỵ Ánh"


def test_capitals_have_their_tones_among_capitals():
    assert convert("TR¦êNG TIÓU HäC", TCVN3) == "TRƯỜNG TIỂU HỌC"
    assert convert("Tr\xadêng TiÓu häc ¸i", TCVN3) == "Trường Tiểu học ái"


@given(st.sampled_from([TCVN3, VNI, VPS]), st.lists(sentences, min_size=4, max_size=20))
def test_a_sheet_in_a_legacy_font_is_read_as_it_was_typed(encoding, texts):
    texts = ["trường tiểu học", *texts]  # something that only the encoding can read
    decoded = decode_all([[(typed(text, encoding), FONTS[encoding])] for text in texts])
    for text, found in zip(texts, decoded, strict=True):
        assert found.text == text or found.fault
        if found.text != typed(text, encoding):
            assert (found.original, found.encoding) == (typed(text, encoding), encoding)


@given(st.sampled_from(sorted(FONTS.values())), st.lists(sentences, min_size=1, max_size=20))
def test_unicode_in_a_legacy_font_is_never_changed(font, texts):
    texts = ["trường tiểu học", *texts]
    for text, found in zip(texts, decode_all([[(text, font)] for text in texts]), strict=True):
        assert found.text == text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)), st.sampled_from([*FONTS.values(), "Arial", ""]))
def test_ascii_is_never_changed(text, font):
    assert decode(text, font) == (text, "", "", "", "")


@given(sentences, st.sampled_from(["Arial", ""]))
def test_unicode_in_other_fonts_is_never_changed(text, font):
    assert decode(text, font) == (text, "", "", "", "")


@given(st.text(), st.sampled_from([*FONTS.values(), "Arial", ""]))
def test_any_text_is_kept_or_its_original_is(text, font):
    found = decode(text, font)
    assert text in (found.text, found.original)


def test_what_can_be_both_is_refused_alone_and_decided_by_the_other_cells():
    label = ("Sè líp", ".VnTime")
    assert "“Số lớp”" in decode(*label).fault
    legacy, read = decode_all([[("Tr\xadêng tiÓu häc", ".VnTime")], [label]])
    assert (legacy.text, read.text, read.fault) == ("Trường tiểu học", "Số lớp", "")
    *_, read = decode_all([[("Tr\xadêng tiÓu häc", ".VnTime")], [("Trường", ".VnTime")], [label]])
    assert read.text == "Sè líp" and read.fault


@pytest.mark.parametrize(
    "text", ["Müller", "François", "Señor Peña", "100 µm", "25 m²", "5 °C", "“Cô”", "· mục 1", "½"]
)
def test_other_languages_and_signs_in_ordinary_fonts_are_left_alone(text):
    assert decode(text, "Arial") == (text, "", "", "", "")


def test_a_legacy_text_in_an_ordinary_font_needs_overwhelming_evidence():
    assert "“học”" in decode("häc", "Arial").fault
    read = decode("Tr\xadêng tiÓu häc", "Arial")
    assert (read.text, read.encoding) == ("Trường tiểu học", TCVN3)
    assert "not its font" in read.warning
    *_, short = decode_all([[("Gi¸o viªn d¹y giái cÊp huyÖn vµ tØnh n¨m häc", "")], [("häc", "")], [("Sè líp", "")]])
    assert (short.text, short.fault) == ("Số lớp", "")


def test_a_file_with_real_unicode_is_no_evidence_for_a_legacy_text_in_an_ordinary_font():
    texts = ["Gi¸o viªn d¹y giái cÊp huyÖn vµ tØnh n¨m häc", "Trường tiểu học", "häc", "Sè líp"]
    _, unicode, short, label = decode_all([[(text, "Arial")] for text in texts])
    assert (unicode.text, unicode.fault) == ("Trường tiểu học", "")
    assert short.fault
    assert (label.text, label.fault) == ("Sè líp", "")


def test_a_cell_that_mixes_both_is_read_word_by_word_in_a_legacy_font_only():
    mixed = "M¸y mãc thiết bÞ, phụ tïng"
    read = decode(mixed, ".VnArial")
    assert (read.text, read.original) == ("Máy móc thiết bị, phụ tùng", mixed)
    assert read.warning
    assert decode(mixed, "Arial").fault


def test_utf8_opened_as_windows_text_is_named():
    wrong = "Tiểu học".encode().decode("latin-1")
    assert "“Tiểu học”" in decode(wrong).fault


def test_a_word_that_is_no_vietnamese_is_warned_of():
    read = decode("Sè tiÒn b¶o hiÎm y tÕ", ".VnTime")
    assert read.text == "Số tiền bảo hiẻm y tế"
    assert "not every word" in read.warning


def test_pieces_in_several_fonts_are_read_each_in_its_own():
    runs = [("§", ".VnTimeH"), ("iÓm ", ".VnTime"), ("(điểm) ", "Arial"), ("ñieåm soá", "VNI-Times")]
    read = decode_all([runs])[0]
    assert (read.text, read.encoding) == ("Điểm (điểm) điểm số", "TCVN3 + VNI")
    assert read.original == "".join(piece for piece, _ in runs)


def test_a_letter_split_over_two_pieces_of_one_encoding_is_whole():
    assert decode_all([[("tröô", "VNI-Times"), ("øng", "VNI-Helve"), (" 1", "Arial")]])[0].text == "trường 1"


@given(st.sampled_from(ENCODINGS), sentences)
def test_letters_come_back_from_every_encoding(encoding, text):
    assume(encoding != VISCII or "\x1e" not in typed(text, encoding))
    assert convert(typed(text, encoding), encoding) == text
