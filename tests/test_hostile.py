"""Files that mean harm, or look as if: each is refused with a message, or read right, in bounded time and memory."""

from __future__ import annotations

import io
import json
import random
import resource
import struct
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest
from kiemso.limit import DEFAULT, Limits
from kiemso.problem import Problem, Refused
from kiemso.raw import RawWorkbook
from kiemso.workbook import read_workbook

NAME = "data/raw/2021-2022/ket-qua.xlsx"
SHEET = "xl/worksheets/sheet1.xml"
LARGEST_MEGABYTES = 1024


def outcome(path: Path, limits: Limits = DEFAULT) -> RawWorkbook | list[Problem]:
    """What becomes of a file, always within time and memory, and never anything but a workbook or a refusal."""
    start = time.monotonic()
    try:
        return read_workbook(path, NAME, limits)
    except Refused as refused:
        assert all(problem.file == NAME and problem.message and problem.mend for problem in refused.problems)
        assert all(line.isprintable() for problem in refused.problems for line in str(problem).splitlines())
        return refused.problems
    finally:
        assert time.monotonic() - start < limits.seconds + 2
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < LARGEST_MEGABYTES * 1024


def refusal(path: Path, limits: Limits = DEFAULT) -> str:
    """The one reason why the file is refused."""
    problems = outcome(path, limits)
    assert isinstance(problems, list), "it was read"
    (problem,) = problems
    return problem.message


def cells(path: Path, limits: Limits = DEFAULT) -> dict[str, str]:
    read = outcome(path, limits)
    assert isinstance(read, RawWorkbook), read
    return {cell.cell: cell.text for cell in read.cells}


@pytest.fixture
def change(make_workbook) -> Callable[..., Path]:
    """A good workbook (A1 “một”, B1 2) in which parts are replaced by name, added or, with None, left out."""

    def make(parts: dict[str, bytes | str | None] | None = None, **options) -> Path:
        path = make_workbook({"A1": "một", "B1": 2})
        changed = path.with_name("changed.xlsx")
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED, **options) as new:
            content = {name: old.read(name) for name in old.namelist()} | (parts or {})
            for name, data in content.items():
                if data is not None:
                    new.writestr(name, data)
        return changed

    return make


def sheet(rows: str) -> str:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'


def test_the_workbook_that_is_changed_here_is_a_good_one(change):
    assert cells(change()) == {"A1": "một", "B1": "2"}


# -- what unpacks to more than it is -----------------------------------------------------------------------------


def test_a_zip_bomb_is_refused_before_it_goes_off(change):
    path = change({SHEET: sheet(" " * 150_000_000)})
    assert path.stat().st_size < 1_000_000
    assert refusal(path).startswith("goes over the limit “compression_ratio”")


def test_a_part_larger_than_the_limit_is_refused_and_the_limit_can_be_raised(change):
    path = change({SHEET: sheet('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 3_000_000)})
    message = "goes over the limit “unpacked_megabytes”: it is 3, and 2 is allowed"
    assert refusal(path, Limits(unpacked_megabytes=2)).startswith(message[:42])
    assert cells(path) == {"A1": "1"}


def test_a_bomb_nested_in_the_workbook_is_never_unpacked(change):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("x", b"\0" * 100_000_000)
    assert cells(change({"xl/embeddings/bomb.zip": inner.getvalue()})) == {"A1": "một", "B1": "2"}


def test_a_part_that_lies_about_its_size_is_refused(change):
    path = change({SHEET: sheet('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 30_000_000)})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = -1
        while (place := data.find(signature, place + 1)) >= 0:
            name = place + (46 if signature == b"PK\x01\x02" else 30)
            if data[name : name + len(SHEET)] == SHEET.encode():
                struct.pack_into("<I", data, place + offset, 100)
    path.write_bytes(data)
    assert refusal(path) == "is damaged or was cut off"


def test_parts_that_overlap_are_refused(change):
    path = change({SHEET: sheet(" " * 40_000_000)})
    data = path.read_bytes()
    directory = data.index(b"PK\x01\x02")
    end = data.rindex(b"PK\x05\x06")
    entries = data[directory:end]
    place = entries.index(SHEET.encode()) - 46
    length = 46 + struct.unpack_from("<H", entries, place + 28)[0]
    copies = b"".join(
        entries[place : place + length].replace(b"sheet1", f"shee{number:02}".encode()) for number in range(20)
    )
    total = struct.unpack_from("<H", data, end + 10)[0] + 20
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, total, total, len(entries) + len(copies), directory, 0)
    path.write_bytes(data[:directory] + entries + copies + tail)
    assert refusal(path).startswith("goes over the limit “unpacked_megabytes”")


def test_the_same_part_twice_is_refused(change):
    path = change()
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as package:
        package.writestr(SHEET, sheet('<row r="1"><c r="A1"><v>666</v></c></row>'))
    assert refusal(path) == "is damaged or was cut off"


def test_parts_with_paths_out_of_the_package_are_never_written_anywhere(change, tmp_path):
    path = change({"/etc/kiemso": "x", "../../kiemso": "x", "..\\kiemso": "x", "C:\\kiemso": "x"})
    assert cells(path) == {"A1": "một", "B1": "2"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["changed.xlsx", "ket-qua.xlsx"]


# -- sheets that claim to be large -------------------------------------------------------------------------------


def test_a_sheet_that_only_says_it_is_large_is_read(change):
    rows = sheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    assert cells(change({SHEET: rows.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')})) == {
        "A1": "1"
    }


def test_a_stray_cell_in_the_last_corner_is_read_without_the_17_billion_between_and_warned_of(change):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    read = outcome(change({SHEET: sheet(rows)}))
    assert isinstance(read, RawWorkbook)
    assert [cell.cell for cell in read.cells] == ["A1", "XFD1048576"]
    (warning,) = read.warnings
    assert warning.cell == "XFD1048576" and "so far apart" in warning.message


@pytest.mark.parametrize("address", ["XFE1", "A1048577", "A0", "AAAA1", "1A", "A1:B2", "", "A99999999999999999999"])
def test_a_cell_outside_any_sheet_is_refused(change, address):
    assert refusal(change({SHEET: sheet(f'<row r="1"><c r="{address}"><v>1</v></c></row>')})).startswith("is damaged")


@pytest.mark.parametrize("row", ["0", "-1", "1048577", "1e9", "x", "9" * 30])
def test_a_row_outside_any_sheet_is_refused(change, row):
    assert refusal(change({SHEET: sheet(f'<row r="{row}"><c><v>1</v></c></row>')})).startswith("is damaged")


def test_many_formatted_cells_and_rows_without_a_value_are_nothing(change):
    blank = '<row r="{}" ht="20"><c r="A{}" s="0"/><c r="B{}" s="0"/></row>'
    rows = "".join(blank.format(r, r, r) for r in range(1, 60_001))
    path = change({SHEET: sheet(rows.replace('<c r="A7" s="0"/>', '<c r="A7"><v>7</v></c>'))})
    assert cells(path, Limits(cells=10)) == {"A7": "7"}


def test_more_cells_than_the_limit_are_refused(change):
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(1, 400))
    path = change({SHEET: sheet(rows)})
    assert refusal(path, Limits(cells=300)).startswith("goes over the limit “cells”")
    assert len(cells(path, Limits(cells=400))) == 399


def test_a_sheet_that_takes_too_long_or_too_much_memory_is_refused(change):
    row = '<row r="{}">' + "".join(f'<c r="{letter}{{}}"><v>1</v></c>' for letter in "ABCDEFGHIJ") + "</row>"
    rows = "".join(row.format(r, *[r] * 10) for r in range(1, 20_000))
    path = change({SHEET: sheet(rows)})
    assert refusal(path, Limits(seconds=0.3)).startswith("goes over the limit “seconds”")
    # Another thread has it read by a small process that stands by; this one may have memory to spare.
    with ThreadPoolExecutor(1) as other:
        reason = other.submit(refusal, path, Limits(memory_megabytes=1, seconds=60)).result()
    assert reason.startswith("goes over the limit “memory_megabytes”")


def test_thousands_of_sheets_are_refused(tmp_path):
    workbook = openpyxl.Workbook()
    for number in range(300):
        workbook.create_sheet(f"Tờ {number}")
    workbook.active["A1"] = 1
    workbook.save(tmp_path / "many.xlsx")
    assert refusal(tmp_path / "many.xlsx").startswith("goes over the limit “sheets”: it is 301")
    assert cells(tmp_path / "many.xlsx", Limits(sheets=301)) == {"A1": "1"}


def test_a_text_longer_than_any_in_a_cell_is_refused_with_its_place(change):
    long = f'<row r="1"><c r="B1" t="inlineStr"><is><t>{"đ" * 200_000}</t></is></c></row>'
    problems = outcome(change({SHEET: sheet(long)}))
    assert isinstance(problems, list)
    assert [(p.sheet, p.cell) for p in problems] == [("Kết quả", "B1")] and "“text”" in problems[0].message


def test_merged_cells_over_the_whole_sheet_take_no_time(change):
    rows = sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="B9"><v>2</v></c></row>')
    merge = '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    read = outcome(change({SHEET: rows.replace("</sheetData>", merge)}))
    assert isinstance(read, RawWorkbook)
    assert [cell.cell for cell in read.cells] == ["A1"] and read.warnings[0].cell == "B9"


# -- XML that does more than state values ------------------------------------------------------------------------

LAUGHS = (
    "<!DOCTYPE x ["
    + '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
FILE = '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [LAUGHS, FILE, "<!DOCTYPE x>"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
def test_xml_entities_are_refused_wherever_they_are(change, declared, part):
    with zipfile.ZipFile(change()) as package:
        content = package.read(part).decode().removeprefix('<?xml version="1.0"?>').strip()
    for coding in ("utf-8", "utf-16"):
        path = change({part: (declared + content.replace("một", "&j;")).encode(coding)})
        assert "declares XML entities" in refusal(path)


def test_deeply_nested_xml_is_refused(change):
    rows = '<row r="1"><c r="A1">' + "<x>" * 100_000 + "</x>" * 100_000 + "</c></row>"
    # The reader may notice, or die of it: then its process alone does.
    known = ("cannot be read as a workbook", "is damaged: the program that reads it fails on it")
    assert refusal(change({SHEET: sheet(rows)})) in known


def test_a_relationship_to_a_place_outside_is_not_followed(change):
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" TargetMode="External" '
        'Target="http://localhost:9/sheet1.xml"/></Relationships>'
    )
    assert refusal(change({"xl/_rels/workbook.xml.rels": link})) == "is damaged: a sheet is missing"


@pytest.mark.parametrize("target", ["../../../../etc/passwd", "/etc/passwd", "worksheets/none.xml", "C:\\x.xml"])
def test_a_relationship_to_a_part_that_is_not_there_is_refused(change, target):
    with zipfile.ZipFile(change()) as package:
        relations = package.read("xl/_rels/workbook.xml.rels").decode()
    changed = relations.replace("/xl/worksheets/sheet1.xml", target)
    assert changed != relations
    assert refusal(change({"xl/_rels/workbook.xml.rels": changed})) == "is damaged: a sheet is missing"


def test_macros_and_links_to_other_workbooks_are_warned_of_and_never_run(change):
    with zipfile.ZipFile(change()) as package:
        relations = package.read("xl/_rels/workbook.xml.rels").decode()
        types = package.read("[Content_Types].xml").decode()
    link = (
        '<Relationship Id="rId99" Target="externalLinks/externalLink1.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"/></Relationships>'
    )
    parts = {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Shell calc.exe",
        "xl/externalLinks/externalLink1.xml": "<x/>",
        "xl/_rels/workbook.xml.rels": relations.replace("</Relationships>", link),
        "[Content_Types].xml": types.replace(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
        SHEET: sheet('<row r="1"><c r="A1"><f>[1]Sheet1!A1*2</f><v>4</v></c><c r="B1"><f>1+1</f><v>2</v></c></row>'),
    }
    read = outcome(change(parts))
    assert isinstance(read, RawWorkbook)
    assert [problem.message for problem in read.warnings] == [
        "holds macros, which were not run",
        "takes values from other workbooks, as they were when it was saved",
    ]
    assert [(c.cell, c.number, c.warning) for c in read.cells] == [
        ("A1", 4, "was calculated from another workbook"),
        ("B1", 2, ""),
    ]


# -- values that are none ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["NaN", "nan", "INF", "Infinity", "1_000", "0x10", "１２", "1,5", "--1", "1e", "abc", " 5 "]
)
def test_a_number_that_is_none_is_refused_with_its_cell(change, value):
    problems = outcome(change({SHEET: sheet(f'<row r="1"><c r="B1"><v>{value}</v></c></row>')}))
    assert isinstance(problems, list)
    assert [(p.message, p.cell) for p in problems] == [("is damaged: the cell's value is none", "B1")]


@pytest.mark.parametrize(("value", "text"), [("-7", "-7"), ("1E2", "100"), ("+5", "5"), (".5", "0,5"), ("-0", "0")])
def test_a_number_is_read_however_it_is_written(change, value, text):
    assert cells(change({SHEET: sheet(f'<row r="1"><c r="B1"><v>{value}</v></c></row>')})) == {"B1": text}


def test_a_number_beyond_all_bounds_has_a_fault(change):
    read = outcome(change({SHEET: sheet('<row r="1"><c r="B1"><v>1E999</v></c></row>')}))
    assert isinstance(read, list) or [cell.fault for cell in read.cells] == ["is too large a number"]


@pytest.mark.parametrize("index", ["99", "-1", "1.0", "x"])
def test_a_shared_text_that_is_not_there_is_refused(change, index):
    assert refusal(change({SHEET: sheet(f'<row r="1"><c r="A1" t="s"><v>{index}</v></c></row>')})).startswith(
        "is damaged"
    )


@pytest.mark.parametrize(
    "cell",
    ['<c r="A1" t="x"><v>1</v></c>', '<c r="A1" t="b"><v>7</v></c>', '<c r="A1" s="99"><v>1</v></c>']
    + ['<c r="B2"><v>1</v></c>', '<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>'],
)
def test_a_cell_that_two_programs_could_take_for_two_things_is_refused(change, cell):
    assert refusal(change({SHEET: sheet(f'<row r="1">{cell}</row>')})).startswith("is damaged")


def test_a_row_that_is_there_twice_is_refused(change):
    row = '<row r="1"><c r="A1"><v>{}</v></c></row>'
    assert refusal(change({SHEET: sheet(row.format(1) + row.format(2))})) == "is damaged: the cell is there twice"


# -- names and texts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../x", "CON", "&lt;script>alert(1)&lt;/script>", "a/b\\c:*?[]", "x" * 5000, " "])
def test_a_sheets_name_is_only_a_text(change, name):
    with zipfile.ZipFile(change()) as package:
        workbook = package.read("xl/workbook.xml").decode()
    read = outcome(change({"xl/workbook.xml": workbook.replace('name="Kết quả"', f'name="{name}"')}))
    assert isinstance(read, RawWorkbook)
    assert {cell.sheet for cell in read.cells} == {sheet.name for sheet in read.sheets} == {name.replace("&lt;", "<")}


def test_two_sheets_of_one_name_are_refused(tmp_path, change):
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = 1
    workbook.create_sheet("Tờ")
    workbook.create_sheet("Xx")
    workbook.save(tmp_path / "ket-qua-2.xlsx")
    with zipfile.ZipFile(tmp_path / "ket-qua-2.xlsx") as old, zipfile.ZipFile(tmp_path / "two.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'name="Xx"', 'name="TỜ"'.encode()))
    assert refusal(tmp_path / "two.xlsx") == "is damaged: two sheets have the same name"


# -- something else ----------------------------------------------------------------------------------------------


def test_an_error_page_named_as_a_workbook_is_told_apart(tmp_path):
    (tmp_path / "a.xlsx").write_text(json.dumps({"error": {"code": 401, "message": "Hết phiên"}}), encoding="utf-8")
    assert "(JSON)" in refusal(tmp_path / "a.xlsx")


def test_one_enormous_line_of_text_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x" * 30_000_000)
    assert refusal(tmp_path / "a.csv", Limits(megabytes=20)).startswith("goes over the limit “megabytes”")
    assert refusal(tmp_path / "a.csv").startswith("goes over the limit “")


def test_a_text_of_nothing_but_separators_or_quotes_is_refused_or_read(tmp_path):
    for content in (b"," * 5_000_000, b'"' * 5_000_001, b"\n" * 5_000_000, b'"x' * 2_000_000, b";\n" * 2_000_000):
        (tmp_path / "a.csv").write_bytes(content)
        assert isinstance(outcome(tmp_path / "a.csv"), list)


@pytest.mark.parametrize("ending", ["xlsx", "xls", "xlsb", "ods", "docx", "csv"])
def test_noise_is_refused_whatever_it_is_called(tmp_path, ending):
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"):
        (tmp_path / f"a.{ending}").write_bytes(start + random.Random(1).randbytes(20_000))
        assert isinstance(outcome(tmp_path / f"a.{ending}"), list)


def test_an_encrypted_workbook_is_refused_with_what_to_ask_for(shared):
    for name in ("pass_protected.xlsx", "pass_protected.ods"):
        assert refusal(shared / "corpus/broken" / name) == "is protected by a password"


def test_an_encrypted_part_is_refused(change):
    path = change()
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    assert refusal(path) == "is protected by a password"


def test_a_workbook_cut_off_anywhere_is_refused(change):
    path = change()
    whole = path.read_bytes()
    for length in range(1, len(whole), 97):
        path.write_bytes(whole[:length])
        assert isinstance(outcome(path), list)
