"""What a file really is, by its content: its name only says what its sender takes it for."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from pathlib import Path
from typing import NamedTuple

from kiemso.archive import check_archive
from kiemso.limit import Limits
from kiemso.message import Message, say
from kiemso.problem import Problem, Refused
from kiemso.reader.fault import RESAVE, RESEND, cut_off, protected

XLSX, XLSM, XLSB, XLS, ODS, DOCX, TEXT = "xlsx", "xlsm", "xlsb", "xls", "ods", "docx", "text"
ENDINGS = {
    ".xlsx": XLSX,
    ".xlsm": XLSM,
    ".xls": XLS,
    ".xlsb": XLSB,
    ".ods": ODS,
    ".csv": TEXT,
    ".tsv": TEXT,
    ".txt": TEXT,
    ".docx": DOCX,
}
_HEAD = 65_536

_RESAVE_WORD = say("Open it in Word and save it as a Word document (.docx).")
_COPY = say("Ask the sender for the workbook that it was made from.")
_UNPACK = say("Unpack it and put the workbooks in it into this folder.")


class _Foreign(NamedTuple):
    """A kind of file that is not read: what it is called, and what to do about it."""

    called: Message
    mend: str


_BEGINNINGS = {
    b"%PDF": _Foreign(say("a PDF document"), _COPY),
    b"{\\rtf": _Foreign(say("an RTF document"), _RESAVE_WORD),
    b"\x89PNG": _Foreign(say("a picture"), _COPY),
    b"\xff\xd8\xff": _Foreign(say("a picture"), _COPY),
    b"GIF8": _Foreign(say("a picture"), _COPY),
    b"BM": _Foreign(say("a picture"), _COPY),
    b"II*\0": _Foreign(say("a picture"), _COPY),
    b"MM\0*": _Foreign(say("a picture"), _COPY),
    b"Rar!": _Foreign(say("a packed archive"), _UNPACK),
    b"7z\xbc\xaf": _Foreign(say("a packed archive"), _UNPACK),
    b"\x1f\x8b": _Foreign(say("a packed archive"), _UNPACK),
    b"SQLite format 3": _Foreign(say("a database"), _COPY),
    b"\x09\x00\x04\x00": _Foreign(say("a workbook of Excel 2"), RESAVE),
    b"\x09\x02\x06\x00": _Foreign(say("a workbook of Excel 3"), RESAVE),
    b"\x09\x04\x06\x00": _Foreign(say("a workbook of Excel 4"), RESAVE),
}
_ARCHIVE = _Foreign(say("a packed archive"), _UNPACK)
_WORD = _Foreign(say("a Word 97-2003 document (.doc)"), _RESAVE_WORD)
_SLIDES = _Foreign(say("a presentation"), _COPY)
_OTHER = _Foreign(say("no kind of file that can be read"), RESAVE)
_TEXTS = {
    r"<!doctype html|<html|<table|<meta|<head": _Foreign(say("a web page (HTML)"), RESAVE),
    r"MIME-Version:": _Foreign(say("a web page (MHTML)"), RESAVE),
    r"<\?xml.*?urn:schemas-microsoft-com:office:spreadsheet": _Foreign(say("an XML Spreadsheet 2003"), RESAVE),
    r"<\?xml|<!DOCTYPE": _Foreign(say("an XML file"), RESAVE),
    r'\{\s*["}]|\[\s*[\[{"\]]': _Foreign(say("data or an error message of a web service (JSON)"), RESEND),
}
_MAIN_PARTS = {
    "spreadsheetml.sheet.main+xml": XLSX,
    "spreadsheetml.template.main+xml": XLSX,
    "ms-excel.sheet.macroEnabled.main+xml": XLSM,
    "ms-excel.template.macroEnabled.main+xml": XLSM,
    "ms-excel.sheet.binary.macroEnabled.main": XLSB,
    "wordprocessingml.document.main+xml": DOCX,
    "ms-word.document.macroEnabled.main+xml": DOCX,
}


def recognise(path: Path, name: str, limits: Limits) -> str:
    """The format of a file, one of the constants above; Refused says what the file is that cannot be read."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\0 \r\n\t"):
        raise Refused(Problem(say("is an empty file"), RESEND, name))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        check_archive(path, name, limits)
        return _archived(path, name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _compound(path, name)
    for beginning, foreign in _BEGINNINGS.items():
        if head.startswith(beginning) and (len(beginning) > 2 or not _is_text(head)):  # “BM” begins texts, too
            raise _refused(foreign, name)
    return _text(head, path, name)


def name_warnings(path: Path, found: str, name: str) -> list[Problem]:
    """A warning where the file's name promises another format; Refused where Excel itself would not open it so."""
    promised = ENDINGS.get(path.suffix.lower(), found)
    if found == promised or {found, promised} <= {XLSX, XLSM}:
        return []
    if TEXT in (found, promised) or DOCX in (found, promised):
        message = say("is named {ending}, but it is {found}", ending=path.suffix, found=CALLED[found])
        mend = say("Open it, look whether it is the right file, and save it under a name that fits.")
        raise Refused(Problem(message, mend, name))
    message = say("is named {ending}, but it is {found}, and is read so", ending=path.suffix, found=CALLED[found])
    return [Problem(message, say("Rename the file."), name)]


CALLED = {
    XLSX: say("an Excel workbook (.xlsx)"),
    XLSM: say("an Excel workbook with macros (.xlsm)"),
    XLSB: say("a binary Excel workbook (.xlsb)"),
    XLS: say("an Excel 97-2003 workbook (.xls)"),
    ODS: say("an OpenDocument spreadsheet (.ods)"),
    DOCX: say("a Word document (.docx)"),
    TEXT: say("a text file"),
}


def _refused(foreign: _Foreign, name: str) -> Refused:
    return Refused(Problem(say("is {called}, which is not read", called=foreign.called), foreign.mend, name))


def _archived(path: Path, name: str) -> str:
    """The format of a sound zip file."""
    with zipfile.ZipFile(path) as archive:
        parts = set(archive.namelist())
        if "mimetype" in parts:
            return _open_document(archive, parts, name)
        if "[Content_Types].xml" not in parts:
            raise _refused(_ARCHIVE, name)
        types = archive.read("[Content_Types].xml").decode("utf-8", "replace")
    found = [kind for part, kind in _MAIN_PARTS.items() if part in types]
    if not found:
        raise _refused(_SLIDES if "presentationml" in types else _OTHER, name)
    return found[0]


def _open_document(archive: zipfile.ZipFile, parts: set[str], name: str) -> str:
    kind = archive.read("mimetype").decode("ascii", "replace").strip()
    if "META-INF/manifest.xml" in parts and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise protected(name)
    if not kind.startswith("application/vnd.oasis.opendocument.spreadsheet"):
        called = say("an OpenDocument text") if kind.endswith(".text") else _OTHER.called
        raise _refused(_Foreign(called, RESAVE), name)
    return ODS


def _compound(path: Path, name: str) -> str:
    """The format of an OLE2 file, by the streams at its top: a document can hold a workbook further down."""
    from xlrd.compdoc import CompDoc

    try:
        streams = CompDoc(path.read_bytes(), logfile=io.StringIO())
        present = {s for s in _STREAMS if streams.locate_named_stream(s)[0] is not None}
    except (MemoryError, Refused):
        raise
    except Exception:  # a damaged directory fails anywhere: struct, index errors, assertions
        raise cut_off(name) from None
    if present & {"EncryptedPackage", "EncryptionInfo"}:
        raise protected(name)
    if present & {"Workbook", "Book"}:
        return XLS
    foreign = {"WordDocument": _WORD, "PowerPoint Document": _SLIDES}
    raise _refused(next((kind for stream, kind in foreign.items() if stream in present), _OTHER), name)


_STREAMS = ("EncryptedPackage", "EncryptionInfo", "Workbook", "Book", "WordDocument", "PowerPoint Document")


def _text(head: bytes, path: Path, name: str) -> str:
    """Text that can be a table, or Refused."""
    if not _is_text(head):
        raise _refused(_OTHER, name)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace").lstrip()
    for beginning, foreign in _TEXTS.items():
        if re.match(beginning, text, re.IGNORECASE | re.DOTALL):
            raise _refused(foreign, name)
    return TEXT


def _is_text(head: bytes) -> bool:
    """Whether almost no control character stands in the bytes; UTF-16 has a zero in most of its ASCII letters."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    control = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\x0c")
    return control * 50 <= len(head) or control <= 2
