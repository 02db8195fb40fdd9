"""Tables of Word files (.docx), cell by cell, through python-docx."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import docx
from docx.oxml.ns import qn

from kiemso.limit import Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import RawCell, RawSheet, RawWorkbook
from kiemso.reader.draft import Draft, covered_warnings, decoded, remarks
from kiemso.reader.fault import MERGED, unseen
from kiemso.reader.package import refuse_document_type, refusing
from kiemso.reader.wordcell import COMPATIBLE, Walk
from kiemso.reader.wordgrid import areas_of, slots_of
from kiemso.reader.wordstyle import Styles

_UNREADABLE = say("cannot be read as a Word file")
_RESAVE = say("Open it in Word or LibreOffice and save it as a Word document (.docx).")
_TABULATE = say("Put the figures into a table of the Word file, or send the workbook that they come from.")
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"


class _Table(NamedTuple):
    """A table of the file under the name that a person finds it by."""

    name: str
    element: Any


def read(path: Path, name: str, limits: Limits) -> RawWorkbook:
    """The tables of a Word file as sheets “Bảng 1”, “Bảng 2”…; a cell's address is “dòng 7, cột 3”.

    Rows and columns count from 1 on the table's grid. All values are texts. Refused for what is no Word file, and
    for one without a table.
    """
    with refusing(name, _UNREADABLE, _RESAVE):
        warnings = _examined(path, name)
        document = docx.Document(str(path))
        if not document.part.partname.lower().endswith(".xml"):  # only parts of such names were examined
            raise Refused(Problem(_UNREADABLE, _RESAVE, name))
        styles = Styles(document.styles.element)
        tables = list(_tables(document.element.body))
        limits.hold("sheets", len(tables), name)
        sheets: list[RawSheet] = []
        drafts: list[Draft] = []
        for table in tables:
            sheet, cells = _read_table(table, styles, name, limits)
            sheets.append(sheet)
            drafts += cells
            limits.hold("cells", len(drafts), name, table.name)
        warnings += [*_unread(document.element.body, name), *covered_warnings(drafts)]
        # A cell often ends in an empty paragraph.
        found = tuple(cell._replace(text=cell.text.strip(), original=cell.original.strip()) for cell in decoded(drafts))
    if not found:
        raise Refused(Problem(say("holds no table with text in it"), _TABULATE, name))
    return RawWorkbook(name, tuple(sheets), found, tuple(warnings))


def _examined(path: Path, name: str) -> list[Problem]:
    """Warnings of tables outside the text; Refused for XML that declares entities or is of the strict kind."""
    warnings = []
    with zipfile.ZipFile(path) as package:
        for part in package.namelist():
            if not part.lower().endswith((".xml", ".rels")):
                continue
            data = package.read(part)
            refuse_document_type(data, name)
            if part == "word/document.xml" and b"http://purl.oclc.org/ooxml/wordprocessingml" in data:
                raise Refused(Problem(say("is saved as a Strict Open XML document"), _RESAVE, name))
            if part.startswith(("word/header", "word/footer", "word/footnotes", "word/endnotes")) and b":tbl>" in data:
                message = say(
                    "has a table in a page header, page footer or note ({part}), which is not read", part=part
                )
                mend = say("Move the table into the text if its figures are needed.")
                warnings.append(Problem(message, mend, name))
    return warnings


def _unread(body: Any, name: str) -> list[Problem]:
    """Warnings of what stands in the text and is no table, and may hold figures."""
    objects = [str(item.get("ProgID", "")) for item in body.iter(_OLE)]
    warnings = [
        Problem(say("holds an embedded object ({kind}), which is not read", kind=kind), _TABULATE, name)
        for kind in objects
    ]
    if any(True for _ in body.iter(qn("w:altChunk"), qn("w:subDoc"))):
        warnings.append(Problem(say("includes another document, which is not read"), _RESAVE, name))
    return warnings


def _tables(body: Any) -> Iterator[_Table]:
    """All tables in their order; the first one inside “Bảng 2” is “Bảng 2.1”."""
    names: dict[Any, str] = {}
    within: dict[str, int] = {}
    for element in body.iter(qn("w:tbl")):
        if any(True for _ in element.iterancestors(COMPATIBLE + "Fallback")):
            continue
        outer = next(element.iterancestors(qn("w:tbl")), None)
        key = names.get(outer, "") if outer is not None else ""
        within[key] = within.get(key, 0) + 1
        names[element] = f"{key}.{within[key]}" if key else f"Bảng {within[key]}"
        yield _Table(names[element], element)


def _read_table(table: _Table, styles: Styles, name: str, limits: Limits) -> tuple[RawSheet, list[Draft]]:
    """The table as a sheet, and its cells."""
    slots = list(slots_of(table.element, lambda limit, met: limits.hold(limit, met, name, table.name)))
    own = [cell for cell in table.element.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tbl"))) is table.element]
    if len(own) != len(slots):
        raise Refused(Problem(say("holds rows or cells in a form that is not understood"), _RESAVE, name, table.name))
    chosen = table.element.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}")
    style = styles.usual("table") if chosen is None else chosen.get(qn("w:val"))
    areas = areas_of(slots)
    drafts = []
    for slot in slots:
        passage = Walk(slot.element, styles, style).passage
        runs = passage.runs
        limits.hold("text", sum(len(text) for text, _ in runs), name, table.name, slot.address)
        area = areas.get((slot.row, slot.column))
        faults = [passage.fault, MERGED if area and area.first_row < area.last_row else ""]
        warnings = [passage.warning, *unseen(row=slot.hidden, column=False, by_filter=False)]
        place = (name, table.name, slot.address, slot.row, slot.column)
        drafts.append(Draft(RawCell(*place, "", None, remarks(faults), remarks(warnings)), runs, area is None))
    merged = tuple(area for area in areas.values() if area[:2] != area[2:])
    return RawSheet(table.name, merged=merged), drafts
