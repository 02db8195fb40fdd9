"""Raw workbooks: the files of a school year, and what stands in each of them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from kiemso.format import CALLED, DOCX, ENDINGS, ODS, TEXT, XLS, XLSB, XLSM, XLSX, name_warnings, recognise
from kiemso.guard import guarded
from kiemso.limit import DEFAULT, Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import RawWorkbook
from kiemso.reader.fault import RESAVE

_READERS = {
    XLSX: "kiemso.reader.openxml",
    XLSM: "kiemso.reader.openxml",
    XLSB: "kiemso.reader.binary",
    XLS: "kiemso.reader.biff",
    ODS: "kiemso.reader.opendocument",
    DOCX: "kiemso.reader.word",
    TEXT: "kiemso.reader.delimited",
}
_CLUTTER = {"thumbs.db", "desktop.ini"}  # what Windows leaves in a folder
# What no file may be called on Windows; and what ends a line, hides in a message, or is a byte that is no text.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|.*[ .]", re.IGNORECASE | re.DOTALL)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]')
_LONGEST_NAME = 180  # bytes; pages about the file are named after it, and 255 is the most a file system takes
_MEGABYTE = 1_000_000


def raw_files(project: Path, period: str) -> list[Path]:
    """The files of a school year or term, by name; Refused where there is none, or one that would not be read."""
    folder = project / "data" / "raw" / period
    # “~$…” is Excel's lock beside a workbook that is open, “.~lock…” LibreOffice's.
    found = sorted(p for p in folder.glob("*") if not p.name.startswith(("~$", ".")) and p.name.lower() not in _CLUTTER)
    name = f"data/raw/{period}/"
    if not found:
        mend = say("Put the workbook as received into this folder.")
        raise Refused(Problem(say("there is no workbook here"), mend, name))
    data = (project / "data").resolve()
    problems = [problem for path in found for problem in _misplaced(path, name, data)]
    if problems := [*problems, *_alike(found, name)]:
        raise Refused(problems)
    return found


def _misplaced(path: Path, folder: str, data: Path) -> Iterator[Problem]:
    """Why a file in the folder would not be read."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in path.name)
    if _RESERVED.fullmatch(path.name) or _FORBIDDEN.search(path.name) or len(os.fsencode(path.name)) > _LONGEST_NAME:
        message = say("the name “{file}” in it cannot be used on every computer", file=shown)
        yield Problem(message, say("Rename it: letters, digits, spaces, - and _, not too long."), folder)
    elif not path.resolve().is_relative_to(data):
        message = say("“{file}” in it leads to a place outside the folder data/", file=shown)
        yield Problem(message, say("Put the file itself here, not a link."), folder)
    elif path.is_dir():
        message = say("the folder “{folder}” in it would not be read", folder=shown)
        mend = say("Put the workbook beside the others, or move the folder out of data/raw/.")
        yield Problem(message, mend, folder)
    elif not path.is_file():
        yield Problem(say("“{file}” in it is no file", file=shown), say("Put the file itself here."), folder)
    elif path.suffix.lower() not in ENDINGS:
        message = say("is not a file that can be read: its name ends in none of {endings}", endings=" ".join(ENDINGS))
        yield Problem(message, RESAVE, folder + shown)


def _alike(found: list[Path], folder: str) -> Iterator[Problem]:
    """Files that are one and the same on another computer."""
    alike = defaultdict(list)
    for path in found:
        alike[unicodedata.normalize("NFC", path.name).casefold()].append(path.name)
    for names in alike.values():
        if len(names) > 1:
            message = say(
                "the names {names} in it are one on other computers", names=", ".join(f"“{n}”" for n in names)
            )
            yield Problem(message, say("Rename one of them, or take it out if it is a copy."), folder)


def read_workbook(path: Path, name: str, limits: Limits = DEFAULT) -> RawWorkbook:
    """Every cell that holds something, sheet by sheet; `name` is how messages call the file.

    Refused for what is no workbook, goes over the limits, or cannot be read without doubt. It is read in a process
    of its own.
    """
    if not path.is_file():
        raise Refused(Problem(say("there is no such file"), say("Check its name."), name))
    limits.hold("megabytes", path.stat().st_size / _MEGABYTE, name)
    return guarded(_read, path, name, limits)


def _read(path: Path, name: str, limits: Limits) -> RawWorkbook:
    """The workbook, by the reader of what the file really is."""
    found = recognise(path, name, limits)
    warnings = name_warnings(path, found, name)
    # Imported here: a format's libraries are loaded only where there is such a file.
    workbook = import_module(_READERS[found]).read(path, name, limits)
    if not workbook.cells:
        raise Refused(Problem(say("holds no value at all"), RESAVE, name))
    return replace(workbook, warnings=(*warnings, *workbook.warnings), format=CALLED[found])
