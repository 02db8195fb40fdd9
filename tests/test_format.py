"""What a file really is: told by its content, and said so that its sender can do something about it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlwt
from kiemso.format import DOCX, ODS, TEXT, XLS, XLSB, XLSM, XLSX, name_warnings, recognise
from kiemso.limit import DEFAULT
from kiemso.problem import Refused

OFFICE = "application/vnd.openxmlformats-officedocument"


def archive(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def package(main_type: str) -> bytes:
    return archive({"[Content_Types].xml": f'<Types><Override PartName="/x" ContentType="{main_type}"/></Types>'})


def old_workbook() -> bytes:
    workbook, buffer = xlwt.Workbook(), io.BytesIO()
    workbook.add_sheet("Tờ").write(0, 0, 1)
    workbook.save(buffer)
    return buffer.getvalue()


def recognised(tmp_path: Path, content: bytes) -> str:
    (tmp_path / "file").write_bytes(content)
    return recognise(tmp_path / "file", "a.xlsx", DEFAULT)


def refusal(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        recognised(tmp_path, content)
    (problem,) = refused.value.problems
    assert problem.file == "a.xlsx" and problem.mend
    return problem.message


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (package(f"{OFFICE}.spreadsheetml.sheet.main+xml"), XLSX),
        (package(f"{OFFICE}.spreadsheetml.template.main+xml"), XLSX),
        (package("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), XLSM),
        (package("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), XLSB),
        (package(f"{OFFICE}.wordprocessingml.document.main+xml"), DOCX),
        (archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), ODS),
        (old_workbook(), XLS),
        ("Nội dung;Số lượng\nGV giỏi;1\n".encode(), TEXT),
        ("Nội dung\tSố lượng\r\n".encode("utf-16"), TEXT),
        ("\ufeffNội dung,1".encode(), TEXT),
        (b"T\xaa trong TCVN3: Gi\xb8o vi\xaan,1\n", TEXT),
        (b"[1], ngo\xe0i\n", TEXT),
        (b"BMI,1\n", TEXT),
    ],
)
def test_a_file_is_what_its_content_says(tmp_path, content, found):
    assert recognised(tmp_path, content) == found


@pytest.mark.parametrize(
    ("content", "called"),
    [
        (b"%PDF-1.7 \xe2\xe3", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture"),
        (b"BM\x36\0\x0c\0\0\0\0\0\x36\0\0\0", "a picture"),
        (b"Rar!\x1a\x07\x01\0\0\0\0\0", "a packed archive"),
        (b"{\\rtf1\\ansi}", "an RTF document"),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", "a workbook of Excel 2"),
        (b"\x09\x02\x06\x00\x00\x00\x10\x00", "a workbook of Excel 3"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "a workbook of Excel 4"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>", "a web page (HTML)"),
        (b"<table><tr><td>1</td></tr></table>", "a web page (HTML)"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", "a web page (MHTML)"),
        (
            b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
            b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "an XML Spreadsheet 2003",
        ),
        (b'<?xml version="1.0"?><Error>AccessDenied</Error>', "an XML file"),
        (b'{"error": 404}', "data or an error message of a web service (JSON)"),
        (b'[\n {"a": 1}]', "data or an error message of a web service (JSON)"),
        ('{"lỗi": 1}'.encode("utf-16"), "data or an error message of a web service (JSON)"),
        (archive({"ket-qua.xlsx": b"x"}), "a packed archive"),
        (package(f"{OFFICE}.presentationml.presentation.main+xml"), "a presentation"),
        (archive({"mimetype": "application/vnd.oasis.opendocument.text"}), "an OpenDocument text"),
        (bytes(range(256)) * 20, "no kind of file that can be read"),
    ],
)
def test_what_is_not_read_is_called_by_its_name(tmp_path, content, called):
    assert refusal(tmp_path, content) == f"is {called}, which is not read"


@pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 5000, b" \r\n\t"])
def test_an_empty_file_is_called_so(tmp_path, content):
    assert refusal(tmp_path, content) == "is an empty file"


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_file_without_its_end_is_called_damaged(tmp_path, content):
    assert refusal(tmp_path, content) == "is damaged or was cut off"


def test_a_password_is_told_from_damage(tmp_path, shared):
    encrypted = archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest:encryption-data/>",
        }
    )
    assert refusal(tmp_path, encrypted) == "is protected by a password"
    office = (shared / "corpus/broken/pass_protected.xlsx").read_bytes()
    assert refusal(tmp_path, office) == "is protected by a password"


def test_a_word_document_of_old_is_told_from_a_workbook(tmp_path):
    """A compound file is what the stream at its top says: the directory names “Workbook” in one and not the other."""
    workbook = old_workbook()
    document = workbook.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))
    assert refusal(tmp_path, document) == "is no kind of file that can be read, which is not read"


@pytest.mark.parametrize(
    ("name", "found", "said"),
    [
        ("a.xlsx", XLSX, []),
        ("a.xlsm", XLSX, []),
        ("a.XLSX", XLSX, []),
        ("a.dat", XLSX, []),
        ("a.xls", XLSX, ["is named .xls, but it is an Excel workbook (.xlsx), and is read so"]),
        ("a.xlsx", ODS, ["is named .xlsx, but it is an OpenDocument spreadsheet (.ods), and is read so"]),
    ],
)
def test_a_name_that_promises_another_spreadsheet_is_warned_of(name, found, said):
    assert [problem.message for problem in name_warnings(Path(name), found, name)] == said


@pytest.mark.parametrize(("name", "found"), [("a.xlsx", TEXT), ("a.xls", DOCX), ("a.csv", XLS), ("a.docx", XLSX)])
def test_a_name_that_promises_something_else_is_refused(name, found):
    with pytest.raises(Refused, match=f"is named {Path(name).suffix}, but it is a"):
        name_warnings(Path(name), found, name)
