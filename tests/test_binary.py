"""Binary Excel workbooks: files made here record by record, as Excel writes them."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.limit import DEFAULT
from kiemso.problem import Refused
from kiemso.raw import Area, RawCell, RawWorkbook
from kiemso.reader import binary

NAME = "data/raw/2023-2024/so-lieu.xlsb"
SHEET = "Kết quả"
MERGED = "is merged over several rows, so it is not clear whose value it is"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def record(number: int, data: bytes = b"") -> bytes:
    """A record: its number and its length in sevens of bits, lowest first."""
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    length, sized = len(data), b""
    while True:
        sized += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + sized + data


def wide(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def row(number: int, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<IIHBBBI", number - 1, 0, 300, 0, 0x10 if hidden else 0, 0, 0))


def cell(number: int, column: int, value: bytes, style: int = 0) -> bytes:
    return record(number, struct.pack("<II", column - 1, style) + value)


def real(column: int, value: float, style: int = 0) -> bytes:
    return cell(5, column, struct.pack("<d", value), style)


def shared(column: int, index: int, style: int = 0) -> bytes:
    return cell(7, column, struct.pack("<I", index), style)


def text(column: int, value: str, style: int = 0) -> bytes:
    return cell(6, column, wide(value), style)


def sheet(*cells: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    size = record(148, struct.pack("<4I", 0, 9, 0, 9))
    return b"".join(
        [record(129), size, before, record(145), *cells, record(146), after, record(130)],
    )


def styles(formats: dict[int, str], looks: list[tuple[int, int]], fonts: list[str]) -> bytes:
    numbered = b"".join(record(44, struct.pack("<H", number) + wide(code)) for number, code in formats.items())
    named = b"".join(record(43, bytes(21) + wide(font)) for font in fonts)
    parents = record(47, struct.pack("<3H", 0xFFFF, 9, 0) + bytes(10))
    used = b"".join(record(47, struct.pack("<3H", 0, *look) + bytes(10)) for look in looks)
    groups = [(615, len(formats), numbered), (611, len(fonts), named), (626, 1, parents), (617, len(looks), used)]
    counted = (record(number, struct.pack("<I", count)) + group + record(number + 1) for number, count, group in groups)
    return record(278) + b"".join(counted) + record(279)


def item(value: str, *runs: tuple[int, int]) -> bytes:
    """An entry of the table of texts: from which letter on which font is used."""
    fonts = struct.pack("<I", len(runs)) + b"".join(struct.pack("<HH", *run) for run in runs) if runs else b""
    return record(19, bytes([1 if runs else 0]) + wide(value) + fonts)


def write_xlsb(
    path: Path,
    *sheets: bytes,
    items: tuple[bytes, ...] = (),
    looks: bytes | None = None,
    states: tuple[int, ...] = (0, 0),
    parts: tuple[str, ...] = (),
    names: tuple[str, ...] = (SHEET, "Tờ 2"),
    strings: str = "xl/sharedStrings.bin",
    counted: int | None = None,
    more: str = "",
) -> Path:
    listed = b"".join(
        record(156, struct.pack("<II", states[number], number + 1) + wide(f"rId{number + 1}") + wide(names[number]))
        for number in range(len(sheets))
    )
    book = record(131) + record(153, bytes(8)) + record(143) + listed + record(144) + record(132)
    kinds = {f"rId{number + 1}": ("worksheet", f"worksheets/sheet{number + 1}.bin") for number in range(len(sheets))}
    kinds |= {"rId8": ("sharedStrings", "sharedStrings.bin"), "rId9": ("styles", "styles.bin")}
    related = "".join(
        f'<Relationship Id="{identity}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for identity, (kind, target) in kinds.items()
    )
    top = f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.bin"/>'
    space = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    count = len(items) if counted is None else counted
    usual = styles({}, [(0, 0)], ["Times New Roman"])
    content = {
        "_rels/.rels": f"<Relationships {space}>{top}</Relationships>",
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": f"<Relationships {space}>{related}{more}</Relationships>",
        strings: record(159, struct.pack("<II", count, count)) + b"".join(items) + record(160),
        "xl/styles.bin": looks or usual,
        **{f"xl/worksheets/sheet{number}.bin": data for number, data in enumerate(sheets, 1)},
        **dict.fromkeys(parts, ""),
    }
    with zipfile.ZipFile(path, "w") as package:
        for part, data in content.items():
            package.writestr(part, data)
    return path


@pytest.fixture
def make_xlsb(tmp_path: Path):
    return lambda *sheets, **more: write_xlsb(tmp_path / "so-lieu.xlsb", *sheets, **more)


def read_file(path: Path, **limits) -> RawWorkbook:
    return binary.read(path, NAME, DEFAULT.model_copy(update=limits))


def test_every_kind_of_cell_is_read(make_xlsb):
    whole, hundredth = struct.pack("<i", 1306 << 2 | 2), struct.pack("<i", 9980 << 2 | 3)
    cells = [
        row(3),
        shared(1, 0),
        text(2, "Cấp tỉnh"),
        cell(2, 3, whole),
        cell(2, 4, hundredth),
        real(5, 12.5),
        cell(4, 6, b"\1"),
        cell(8, 7, wide("công thức") + bytes(6)),
        cell(9, 8, struct.pack("<d", 48) + bytes(6)),
        cell(10, 9, b"\0" + bytes(6)),
    ]
    workbook = read_file(make_xlsb(sheet(*cells), items=(item("Học sinh giỏi"),)))
    assert workbook.warnings == ()
    assert workbook.cells[0] == RawCell(NAME, SHEET, "A3", 3, 1, "Học sinh giỏi", None)
    assert [(found.cell, found.text, found.number, found.fault) for found in workbook.cells[1:]] == [
        ("B3", "Cấp tỉnh", None, ""),
        ("C3", "1306", 1306, ""),
        ("D3", "99,8", 99.8, ""),
        ("E3", "12,5", 12.5, ""),
        ("F3", "TRUE", None, ""),
        ("G3", "công thức", None, ""),
        ("H3", "48", 48, ""),
        ("I3", "FALSE", None, ""),
    ]


@pytest.mark.parametrize("number", [3, 11])
def test_errors_are_faults(make_xlsb, number):
    (found,) = read_file(make_xlsb(sheet(row(1), cell(number, 1, b"\7" + bytes(6))))).cells
    assert (found.text, found.number, found.fault) == ("#DIV/0!", None, "is an Excel error")


@pytest.mark.parametrize(
    ("look", "value", "shown", "number", "fault"),
    [
        (10, 0.998, "99,8%", 99.8, ""),
        (165, 0.5, "50%", 50, ""),
        (164, 1306107, "1306107", 1306107, "is shown by the number format #,##0, as something else than it is"),
        (14, 45323, "2024-02-01", None, "is a date, which Excel makes of texts like 1-2"),
        (166, 45323, "2024-02-01", None, "is a date, which Excel makes of texts like 1-2"),
        (30, 45323, "2024-02-01", None, "is a date, which Excel makes of texts like 1-2"),
        (3, 1306107, "1306107", 1306107, ""),
    ],
)
def test_a_number_is_what_its_format_shows(make_xlsb, look, value, shown, number, fault):
    formats = {164: "#,##0,", 165: '0%" đạt"', 166: "d-m"}
    looks = styles(formats, [(0, 0), (look, 0)], ["Arial"])
    (found,) = read_file(make_xlsb(sheet(row(1), real(1, value, style=1)), looks=looks)).cells
    assert (found.text, found.number, found.fault) == (shown, number, fault)


def test_a_formula_that_nobody_worked_out_is_a_fault(make_xlsb):
    asks = struct.pack("<dH", 0, 2) + bytes(4)
    (found,) = read_file(make_xlsb(sheet(row(1), cell(9, 1, asks)))).cells
    assert (found.number, found.fault) == (None, "holds a formula without a value")


def test_legacy_fonts_of_cells_and_of_pieces_of_text_are_found(make_xlsb):
    looks = styles({}, [(0, 0), (0, 1)], ["Arial", ".VnTime"])
    items = (item("Häc sinh giái"), item("Häc sinh (giỏi)", (9, 0)))
    path = make_xlsb(sheet(row(1), shared(1, 0, style=1), shared(2, 1, style=1)), items=items, looks=looks)
    cells = read_file(path).cells
    assert [(found.text, found.original) for found in cells] == [
        ("Học sinh giỏi", "Häc sinh giái"),
        ("Học sinh (giỏi)", "Häc sinh (giỏi)"),
    ]


def test_a_text_with_fonts_in_its_cell_is_read_though_the_second_reader_passes_over_it(make_xlsb):
    rich = b"\1" + wide("Cấp tỉnh") + struct.pack("<IHH", 1, 4, 0)
    (found,) = read_file(make_xlsb(sheet(row(1), cell(62, 1, rich)))).cells
    assert found.text == "Cấp tỉnh"


def test_merged_cells_are_faults_over_rows_and_what_they_cover_is_not_read(make_xlsb):
    merges = record(176, struct.pack("<4I", 0, 1, 0, 0)) + record(176, struct.pack("<4I", 0, 0, 1, 2))
    workbook = read_file(make_xlsb(sheet(row(1), real(1, 5), real(2, 6), row(2), real(1, 7), after=merges)))
    assert workbook.sheets[0].merged == (Area(1, 1, 2, 1), Area(1, 2, 1, 3))
    assert {found.cell: found.fault for found in workbook.cells} == {
        "A1": MERGED,
        "B1": "",
    }
    assert [(warning.cell, warning.message[:25]) for warning in workbook.warnings] == [
        ("A2", "1 value under a merged ce")
    ]


def test_a_file_on_which_the_second_reader_fails_is_read_and_said_to_be_unconfirmed(make_xlsb):
    workbook = read_file(make_xlsb(sheet(row(1), shared(1, 0)), items=(item("một"),), counted=0))
    assert [found.text for found in workbook.cells] == ["một"]
    assert "one of two readers only" in workbook.warnings[0].message


def test_hidden_rows_and_columns_are_warnings(make_xlsb):
    columns = record(390) + record(60, struct.pack("<4IH", 1, 2, 2560, 0, 1)) + record(391)
    workbook = read_file(
        make_xlsb(sheet(row(1), real(1, 5), real(3, 6), row(2, hidden=True), real(1, 7), before=columns))
    )
    assert {found.cell: found.warning for found in workbook.cells} == {
        "A1": "",
        "C1": "stands in a hidden column",
        "A2": "stands in a hidden row",
    }


def test_a_row_that_a_filter_hides_is_a_warning(make_xlsb):
    filtered = record(161, bytes(16)) + record(163, bytes(6)) + record(164) + record(162)
    workbook = read_file(make_xlsb(sheet(row(1, hidden=True), real(1, 7), after=filtered)))
    assert [found.warning for found in workbook.cells] == ["stands in a row that a filter hides"]


def test_hidden_sheets_macros_and_links_are_said(make_xlsb):
    link = f'<Relationship Id="rId7" Type="{RELATIONS}/externalLink" Target="externalLinks/a.bin"/>'
    path = make_xlsb(
        sheet(row(1), real(1, 5)), sheet(row(1), real(1, 6)), states=(0, 2), parts=("xl/vbaProject.bin",), more=link
    )
    workbook = read_file(path)
    assert [(found.sheet, found.text) for found in workbook.cells] == [(SHEET, "5"), ("Tờ 2", "6")]
    assert [(found.name, found.hidden) for found in workbook.sheets] == [(SHEET, False), ("Tờ 2", True)]
    assert [warning.message for warning in workbook.warnings] == [
        "holds macros, which were not run",
        "takes values from other workbooks, as they were when it was saved",
        "the sheet is hidden",
    ]


def test_parts_are_found_whatever_the_case_of_their_names(make_xlsb):
    path = make_xlsb(sheet(row(1), shared(1, 0)), items=(item("một"),), strings="xl/SharedStrings.bin")
    assert [found.text for found in read_file(path).cells] == ["một"]


@given(st.floats(allow_nan=False, allow_infinity=False, width=64), st.text(st.characters(codec="utf-16"), min_size=1))
def test_any_number_and_any_text_is_read_as_it_was_written(tmp_path_factory, number, written):
    path = tmp_path_factory.mktemp("xlsb") / "a.xlsb"
    write_xlsb(path, sheet(row(1), real(1, number), shared(2, 0)), items=(item(written),))
    cells = {found.cell: found for found in read_file(path).cells}
    assert cells["A1"].number == number
    assert ("B1" in cells) == bool(written.strip())
    assert "B1" not in cells or (cells["B1"].original or cells["B1"].text) == written


@pytest.mark.parametrize(
    "data",
    [
        sheet(row(1), shared(1, 7)),
        sheet(row(1), real(1, 5, style=9)),
        sheet(row(1), real(1, 5), real(1, 6)),
        sheet(real(1, 5)),
        sheet(row(1), cell(5, 1, b"\0")),
        sheet(row(1), cell(6, 1, struct.pack("<I", 0x7FFFFFFF))),
        sheet(row(1), real(1, 5))[:-3],
        sheet(row(1), real(1, 5))[:60],
        b"",
    ],
)
def test_a_damaged_sheet_is_refused_not_read_in_part(make_xlsb, data):
    with pytest.raises(Refused, match="is damaged or was cut off"):
        read_file(make_xlsb(data))


def test_short_cells_which_both_readers_pass_over_are_refused(make_xlsb):
    with pytest.raises(Refused, match="in a form that is not understood"):
        read_file(make_xlsb(sheet(row(1), real(1, 5), record(13, bytes(8)))))


def test_two_sheets_of_one_name_are_refused(make_xlsb):
    with pytest.raises(Refused, match="two sheets of one name"):
        read_file(make_xlsb(sheet(row(1), real(1, 5)), sheet(row(1), real(1, 6)), names=("A", "A")))


def test_a_lone_cell_far_away_is_read_and_said_to_be_unconfirmed(make_xlsb):
    workbook = read_file(make_xlsb(sheet(row(1), real(1, 5), row(1_048_576), real(16_384, 6))))
    assert [(found.cell, found.number) for found in workbook.cells] == [("A1", 5), ("XFD1048576", 6)]
    assert [warning.cell for warning in workbook.warnings] == ["XFD1048576"]


@pytest.mark.parametrize(("limit", "allowed"), [("sheets", 1), ("rows", 1), ("columns", 1), ("cells", 3), ("text", 4)])
def test_limits_are_held(make_xlsb, limit, allowed):
    sheets = [sheet(row(1), text(1, "Học sinh"), real(2, 5), row(2), real(1, 6)) for _ in range(2)]
    with pytest.raises(Refused, match=f"limit “{limit}”"):
        read_file(make_xlsb(*sheets), **{limit: allowed})


@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_workbook_is_refused(tmp_path, data):
    path = tmp_path / "a.xlsb"
    path.write_bytes(data)
    with pytest.raises(Refused, match="cannot be read as a workbook"):
        read_file(path)
