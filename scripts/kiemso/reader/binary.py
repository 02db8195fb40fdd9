"""Binary Excel workbooks (.xlsb), by pyxlsb's records; calamine confirms what it sees."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pyxlsb import biff12

from kiemso.archive import RESEND
from kiemso.format import RESAVE
from kiemso.limit import Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import RawSheet, RawWorkbook
from kiemso.reader.binaryrecord import Damaged, Format, Look, SheetEntry, Text, records
from kiemso.reader.binarysheet import Book, read_sheet
from kiemso.reader.draft import covered_warnings, decoded
from kiemso.reader.package import parse_part, refusing
from kiemso.reader.reach import confirm_in_reach

_LOOK = say("Look in Excel whether something in it belongs to the table.")
_FROM_1904 = 1


class _Relation(NamedTuple):
    """Another part: the last word of the relation's type, and the part's name."""

    kind: str
    part: str


def read(path: Path, name: str, limits: Limits) -> RawWorkbook:
    """Every cell that holds something; Refused for a damaged file, and where calamine reads a cell otherwise."""
    with refusing(name, say("cannot be read as a workbook"), RESAVE), zipfile.ZipFile(path) as package:
        try:
            return _read(_Parts(package, name), path, name, limits)
        except (Damaged, KeyError, IndexError):
            raise Refused(Problem(say("is damaged or was cut off"), RESEND, name)) from None


class _Parts:
    """The parts of a file; their names are equal whatever their case."""

    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self._package, self._name = package, name
        self.names = {part.lower(): part for part in package.namelist()}

    def read(self, part: str) -> bytes:
        """The content of a part. Raises KeyError."""
        return self._package.read(self.names[part.lower()])

    def relations(self, part: str) -> dict[str, _Relation]:
        """The parts that a part refers to; a target outside the file leads to none of them."""
        folder, file = posixpath.split(part)
        listed = self.names[posixpath.join(folder, "_rels", f"{file}.rels").lower()]
        return {
            relation.get("Id", ""): _Relation(
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))[1:],
            )
            for relation in parse_part(self._package, listed, self._name)
        }


def _read(parts: _Parts, path: Path, name: str, limits: Limits) -> RawWorkbook:
    top = next(relation.part for relation in parts.relations("").values() if relation.kind == "officeDocument")
    relations = parts.relations(top)
    targets = {relation.kind: relation.part for relation in relations.values()}
    entries, from_1904 = _entries(parts.read(top))
    limits.hold("sheets", len(entries), name)
    book = Book(
        _texts(parts.read(targets["sharedStrings"])) if "sharedStrings" in targets else [],
        *(_styles(parts.read(targets["styles"])) if "styles" in targets else ([], [], {})),
        from_1904,
    )
    listed = [entry for entry in entries if relations[entry.relation].kind == "worksheet"]
    sheets = []
    for entry in listed:
        sheets.append(read_sheet(parts.read(relations[entry.relation].part), entry.name, book, name, limits))
        limits.hold("cells", sum(len(sheet.seen) for sheet in sheets), name)
    confirmed = confirm_in_reach(path, name, [(sheet.title, sheet.seen) for sheet in sheets], limits)
    drafts = [draft for sheet in sheets for draft in sheet.drafts]
    warnings = [*confirmed, *_warnings(parts, relations, listed, name), *covered_warnings(drafts)]
    described = tuple(
        RawSheet(entry.name, entry.state != 0, sheet.merged) for entry, sheet in zip(listed, sheets, strict=True)
    )
    return RawWorkbook(name, described, decoded(drafts), tuple(warnings))


def _entries(data: bytes) -> tuple[list[SheetEntry], bool]:
    """The workbook's sheets in their order, and whether its days count from 1904."""
    entries, from_1904 = [], False
    for number, record in records(data, biff12.SHEETS_END):
        if number == biff12.SHEET:
            entries.append(record)
        elif number == biff12.WORKBOOKPR:
            from_1904 = bool(record & _FROM_1904)
    return entries, from_1904


def _texts(data: bytes) -> list[Text]:
    return [record for number, record in records(data, biff12.SST_END) if number == biff12.SI]


def _styles(data: bytes) -> tuple[list[Look], list[str], dict[int, str]]:
    """The styles of cells, the names of the fonts, and the number formats by their numbers."""
    looks: list[Look] = []
    fonts: list[str] = []
    formats: dict[int, str] = {}
    for_cells = False
    for number, record in records(data, biff12.STYLESHEET_END):
        if isinstance(record, Format):
            formats[record.number] = record.code
        elif number == biff12.FONT:
            fonts.append(record)
        elif number in (biff12.CELLXFS, biff12.CELLXFS_END):
            for_cells = number == biff12.CELLXFS
        elif for_cells and isinstance(record, Look):
            looks.append(record)
    return looks, fonts, formats


def _warnings(parts: _Parts, relations: dict[str, _Relation], sheets: list[SheetEntry], name: str) -> Iterator[Problem]:
    """What is suspicious about the whole file."""
    if any(part.endswith("vbaproject.bin") for part in parts.names):
        yield Problem(say("holds macros, which were not run"), _LOOK, name)
    if any(relation.kind == "externalLink" for relation in relations.values()):
        message = say("takes values from other workbooks, as they were when it was saved")
        yield Problem(message, say("Check those values, or ask for the workbook without links."), name)
    for sheet in sheets:
        if sheet.state:
            yield Problem(say("the sheet is hidden"), _LOOK, name, sheet.name)
