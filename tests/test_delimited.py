"""Text tables (.csv, .tsv, .txt) in any encoding and with any separator are read right, or refused."""

from __future__ import annotations

import codecs
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.charset import ENCODINGS, TCVN3, _charmap
from kiemso.limit import Limits
from kiemso.problem import Refused
from kiemso.raw import RawWorkbook
from kiemso.reader.bytetext import text_of
from kiemso.reader.delimited import read
from kiemso.reading import read_as

HEADER = ["Chỉ tiêu", "Năm học trước", "Giáo viên", "Trường tiểu học"]
LABELS = ["Giáo viên giỏi cấp tỉnh", "Học sinh xuất sắc", "Tổng số lớp", "Số tiền thưởng", "Huyện", "Ủng hộ", "Tỷ lệ"]
NUMBERS = ["48", "1.306.107.000", "99,8%", "1,5", "", "Không tổ chức", "-", "trên 98%"]
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1258"]
tables = st.lists(st.tuples(st.sampled_from(LABELS), *[st.sampled_from(NUMBERS)] * 3), min_size=1, max_size=8)


def in_bytes(text: str, encoding: str) -> bytes:
    """The text in an encoding; for TCVN3, whose capitals have no tones, with a small first letter."""
    if encoding in ENCODINGS:
        letters = {letter: sequence for sequence, letter in reversed(_charmap(encoding).pairs)}
        return "".join(letters.get(letter, letter) for letter in text).encode("latin-1")
    if encoding == "cp1258":
        return b"".join(_in_1258(letter) for letter in text)
    return text.encode(encoding)


def _in_1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        base, *marks = unicodedata.normalize("NFD", letter)
        tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        quality = "".join(mark for mark in marks if mark != tone)
        return unicodedata.normalize("NFC", base + quality).encode("cp1258") + tone.encode("cp1258")


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """A function that reads bytes as a file."""
    folder = tmp_path_factory.mktemp("csv")

    def make(data: bytes | str, name: str = "so-lieu.csv", **limits) -> RawWorkbook:
        path = folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read(path, name, Limits(**limits))

    return make


def texts(workbook: RawWorkbook) -> dict[str, str]:
    return {cell.cell: cell.text for cell in workbook.cells}


def written(rows, separator: str, end: str) -> str:
    def field(text: str) -> str:
        return f'"{text}"' if separator in text else text

    return "".join(separator.join(map(field, row)) + end for row in rows)


@given(
    table=tables,
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from([*UNICODE, *ENCODINGS]),
)
def test_a_table_reads_the_same_in_every_encoding_and_with_every_separator(load, table, separator, end, encoding):
    rows = [[text.replace("Ủ", "ủ") if encoding == TCVN3 else text for text in row] for row in [HEADER, *table]]
    workbook = load(in_bytes(written(rows, separator, end), encoding))
    found = {(cell.row, cell.column): cell.text for cell in workbook.cells}
    assert found == {(r, c): text for r, row in enumerate(rows, 1) for c, text in enumerate(row, 1) if text}
    assert not any(cell.fault or cell.warning for cell in workbook.cells)
    assert all(cell.number is None and cell.sheet == "so-lieu" for cell in workbook.cells)
    assert [cell.encoding for cell in workbook.cells if cell.text == HEADER[0]] == [
        encoding if encoding in ENCODINGS else ""
    ]
    assert bool(workbook.warnings) == (encoding in (*ENCODINGS, "cp1258"))


def test_the_original_of_a_converted_text_is_kept(load):
    first = load(in_bytes(written([HEADER], ";", "\n"), TCVN3)).cells[0]
    assert (first.text, first.original, first.encoding) == ("Chỉ tiêu", "ChØ tiªu", TCVN3)


def test_words_that_two_encodings_make_are_refused_and_both_are_named(load):
    with pytest.raises(Refused, match="can be read in two ways") as refused:
        load("Sè líp;10\n".encode("latin-1"))
    message = str(refused.value)
    assert "Windows-1252 (“Sè”)" in message and "TCVN3 (“Số”)" in message


def test_words_of_no_known_encoding_are_refused(load):
    with pytest.raises(Refused, match="Vietnamese in none of the encodings"):
        load("naïve;façade;Müller;Zürich\n".encode("latin-1"))


def test_signs_alone_do_not_make_an_encoding_doubtful(load):
    assert texts(load("Ky 2023–2024;5\n".encode("cp1252"))) == {"A1": "Ky 2023–2024", "B1": "5"}


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_damaged_unicode_is_refused_with_its_line(load, mark):
    codec = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le"}[mark]
    data = mark + written([HEADER], ";", "\n").encode(codec) + "Học".encode(codec)[:-1] + b"\xdc"
    with pytest.raises(Refused, match=r"damaged in line 2|control character"):
        load(data)


def test_mostly_utf8_is_damaged_utf8_and_nothing_else(load):
    with pytest.raises(Refused, match="is text in UTF-8, but damaged in line 3"):
        load(written([HEADER, HEADER], ";", "\n").encode() + b"H\xe1\xbb;5\n")


def test_utf8_that_was_opened_wrongly_before_is_a_fault(load):
    twice = "Tiểu học".encode().decode("latin-1")
    assert "“Tiểu học”" in load(f"Trường tiểu học;{twice}\n").cells[1].fault


def test_lost_letters_are_faults(load):
    cells = load("Tr??ng ti?u h?c;48\nS? l?p?;http://a.vn/?q=1\n").cells
    assert [bool(cell.fault) for cell in cells] == [True, False, True, False]


@pytest.mark.parametrize("data", [b"a,b\n\0,2\n", b"a,b\n\x07,2\n", b"\xef\xbb\xbfa,b\n\0,2\n"])
def test_control_characters_are_refused(load, data):
    with pytest.raises(Refused, match="control character in line 2"):
        load(data)


def test_the_separator_that_excel_writes_is_obeyed(load):
    assert texts(load("sep=;\na;b,c\n1;2,5\n")) == {"A1": "a", "B1": "b,c", "A2": "1", "B2": "2,5"}


def test_decimal_commas_are_no_separators(load):
    assert texts(load("Tỷ lệ;Điểm\n99,8%;1,5\n98,2%;2,5\n"))["A2"] == "99,8%"


def test_titles_and_notes_do_not_hide_the_separator(load):
    data = "TRƯỜNG TIỂU HỌC\nBáo cáo, năm học\n\nSTT;Tên;Số\n1;An;2\n2;Bình;3\nGhi chú: a, b, c\n"
    workbook = load(data)
    assert texts(workbook)["C5"] == "2"
    assert texts(workbook)["A7"] == "Ghi chú: a, b, c"
    assert not any(cell.fault or cell.warning for cell in workbook.cells)


def test_two_separators_that_cut_equally_well_are_refused(load):
    with pytest.raises(Refused, match="“;” or “,”: both are possible"):
        load("a,b;c,d\ne,f;g,h\n")


def test_quotes_hold_separators_line_ends_and_quotes(load):
    found = texts(load('a,b\n"một, hai","dòng 1\ndòng 2"\n"gọi là ""A""",5\n'))
    assert (found["A2"], found["B2"], found["A3"], found["B3"]) == ("một, hai", "dòng 1\ndòng 2", 'gọi là "A"', "5")


@pytest.mark.parametrize("row", ['"chưa đóng,5\n', '"A" Trường,5\n'])
def test_quotes_that_are_not_closed_are_refused(load, row):
    with pytest.raises(Refused, match="quotation mark in or before line"):
        load("a,b\n" + row)


def test_rows_of_another_length_are_named(load):
    cells = load("a,b,c\n1,27,,dài\n,ngắn\n0,x,17\n1,2,3,,\n").cells
    faults = {cell.cell for cell in cells if cell.fault}
    warnings = {cell.cell: str(cell.warning) for cell in cells if cell.warning}
    assert faults == {"A2", "B2", "D2"}
    assert warnings == {"B3": "stands in a row of 2 columns, 3 are usual"}


def test_a_last_line_that_was_cut_off_is_a_fault(load):
    (cell,) = [cell for cell in load("a,b,c\n1,x,48\n2,4").cells if cell.cell == "B3"]
    assert (cell.text, cell.fault) == ("4", "stands in a row of 2 columns, 3 are usual")


def test_one_column_and_header_only_and_empty(load):
    assert texts(load("Số lớp\n48\n")) == {"A1": "Số lớp", "A2": "48"}
    assert texts(load("Tên;Số\n")) == {"A1": "Tên", "B1": "Số"}
    assert texts(load("\n")) == texts(load("")) == {}


@pytest.mark.parametrize("limit, value", [("cells", 3), ("rows", 1), ("columns", 1), ("text", 5)])
def test_limits_hold(load, limit, value):
    with pytest.raises(Refused, match=f"“{limit}”"):
        load("dài quá,b\n1,2\n", **{limit: value})


def test_a_line_of_many_megabytes_is_refused_soon(load):
    with pytest.raises(Refused, match="“text”"):
        load(b"a,b\n" + b"1" * 20_000_000)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(load, data):
    try:
        load(data)
    except Refused as refused:
        assert refused.problems[0].message


@pytest.mark.parametrize(
    "name, cells",
    [
        ("csv/bad.csv", 10),
        ("csv/empty.csv", 0),
        ("csv/mac_newlines.csv", 9),
        ("csv/test_extra_header.csv", 7),
        ("csv/test_locale.csv", 5),
        ("csv/test_locale_converted.csv", 5),
        ("csv/test_utf16_little.csv", 9),
        ("csv/test_utf8_bom.csv", 9),
        ("tables/gso-lop-gv-hs-tieu-hoc-EXCERPT.csv", 295),
        ("tables/gso-tong-quan-all.csv", 190),
        ("texts/phu-nhuan-report-strings.tsv", 135),
        ("texts/unit-label-vectors.tsv", 48),
    ],
)
def test_files_of_others_are_read(shared, name, cells):
    workbook = read(shared / "corpus" / name, name, Limits())
    assert len(workbook.cells) == cells
    assert not workbook.warnings


@pytest.mark.parametrize("name, cell, text", [("test_utf16_little", "C3", "ʤ"), ("test_locale", "B2", "200.000.000")])
def test_values_of_others_are_kept(shared, name, cell, text):
    assert texts(read(shared / "corpus/csv" / f"{name}.csv", name, Limits()))[cell] == text


def test_a_text_is_what_its_encoding_says():
    found = text_of(in_bytes("Trường tiểu học Ủng Hộ", "VISCII"), "a.csv")
    assert found.called == "VISCII"
    assert read_as(found.text, found.encoding).text == "Trường tiểu học Ủng Hộ"
