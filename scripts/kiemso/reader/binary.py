"""Binary Excel workbooks (.xlsb), by pyxlsb's records; calamine confirms what it sees."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from pyxlsb import biff12

from kiemso.limit import Limits
from kiemso.problem import Problem
from kiemso.raw import RawSheet, RawWorkbook
from kiemso.reader.binaryrecord import Damaged, Format, Look, SheetEntry, Text, records
from kiemso.reader.binarysheet import Book, read_sheet
from kiemso.reader.draft import covered_warnings, decoded
from kiemso.reader.fault import RESAVE, UNREADABLE, cut_off, hidden_sheet, links, macros
from kiemso.reader.package import Package, refusing
from kiemso.reader.reach import confirm_in_reach

_FROM_1904 = 1


def read(path: Path, name: str, limits: Limits) -> RawWorkbook:
    """Every cell that holds something; Refused for a damaged file, and where calamine reads a cell otherwise."""
    with refusing(name, UNREADABLE, RESAVE), zipfile.ZipFile(path) as archive:
        try:
            return _read(Package(archive, name), path, name, limits)
        except (Damaged, KeyError, IndexError):
            raise cut_off(name) from None


def _read(package: Package, path: Path, name: str, limits: Limits) -> RawWorkbook:
    tops = package.related().values()
    top = next((relation.part for relation in tops if relation.kind == "officeDocument"), "")
    relations = package.related(top)
    targets = {relation.kind: relation.part for relation in relations.values()}
    entries, from_1904 = _entries(package.read(top))
    limits.hold("sheets", len(entries), name)
    book = Book(
        _texts(package.read(targets["sharedStrings"])) if "sharedStrings" in targets else [],
        *(_styles(package.read(targets["styles"])) if "styles" in targets else ([], [], {})),
        from_1904,
    )
    listed = [entry for entry in entries if relations[entry.relation].kind == "worksheet"]
    sheets = []
    for entry in listed:
        sheets.append(read_sheet(package.read(relations[entry.relation].part), entry.name, book, name, limits))
        limits.hold("cells", sum(len(sheet.seen) for sheet in sheets), name)
    confirmed = confirm_in_reach(path, name, [(sheet.title, sheet.seen) for sheet in sheets], limits)
    linked = any(relation.kind == "externalLink" for relation in relations.values())
    drafts = [draft for sheet in sheets for draft in sheet.drafts]
    warnings = [*confirmed, *_warnings(package, linked, listed, name), *covered_warnings(drafts)]
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


def _warnings(package: Package, linked: bool, sheets: list[SheetEntry], name: str) -> Iterator[Problem]:
    """What is suspicious about the whole file."""
    if any(part.endswith("vbaproject.bin") for part in package.names):
        yield macros(name)
    if linked:
        yield links(name)
    for sheet in sheets:
        if sheet.state:
            yield hidden_sheet(name, sheet.name)
