"""OpenDocument spreadsheets (.ods), cell by cell from their XML; calamine confirms what it sees.

odfpy is not used: where content.xml is damaged it prints a line and goes on with the part before the damage.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from kiemso.address import cell_address
from kiemso.limit import Limits
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.raw import Area, RawCell, RawSheet, RawWorkbook
from kiemso.reader.draft import Draft, covered_warnings, decoded, remarks
from kiemso.reader.fault import LINKED, MERGED, RESAVE, UNREADABLE, hidden_sheet, links, macros, unseen
from kiemso.reader.odfcell import Held, held
from kiemso.reader.odfstyle import Styles, qualified
from kiemso.reader.odftable import Columns, Row, areas_of, rows_of
from kiemso.reader.package import parse_part, refusing
from kiemso.reader.reach import confirm_in_reach

_LOOK = say("Look in Excel or LibreOffice whether something in it belongs to the table.")
_OTHER_FILE = "'file:"


def read(path: Path, name: str, limits: Limits) -> RawWorkbook:
    """Every cell that holds something; Refused for a damaged file, and where calamine reads a cell otherwise."""
    with refusing(name, UNREADABLE, RESAVE):
        with zipfile.ZipFile(path) as package:
            content = parse_part(package, "content.xml", name)
            parts = set(package.namelist())
            roots = [parse_part(package, part, name) for part in ("styles.xml",) if part in parts]
        spreadsheet = content.find(f"{qualified('office:body')}/{qualified('office:spreadsheet')}")
        if spreadsheet is None:
            raise Refused(Problem(say("is no spreadsheet"), RESAVE, name))
        styles = Styles(content, *roots)
        # What LibreOffice keeps of other files stands in tables, too.
        tables = [table for table in spreadsheet.iterchildren(qualified("table:table")) if not _is_copy(table)]
        limits.hold("sheets", len(tables), name)
        sheets = [_Sheet(table, styles, name, limits) for table in tables]
        limits.hold("cells", sum(len(sheet.seen) for sheet in sheets), name)
        seen = [(sheet.title, sheet.seen) for sheet in sheets]
        confirmed = confirm_in_reach(path, name, seen, limits, at_once=True)
        drafts = [draft for sheet in sheets for draft in sheet.drafts]
        warnings = [*confirmed, *_warnings(spreadsheet, sheets, parts, name), *covered_warnings(drafts)]
        cells = decoded(drafts)
    return RawWorkbook(name, tuple(sheet.described for sheet in sheets), cells, tuple(warnings))


class _Sheet:
    """A sheet: its description, its cells, and what another reader should see in them."""

    def __init__(self, table: Any, styles: Styles, name: str, limits: Limits) -> None:
        self.title = table.get(qualified("table:name"), "")
        self._name, self._limits, self._styles = name, limits, styles
        self._columns = Columns(table)
        self._areas: list[Area] = []
        self.drafts: list[Draft] = []
        self.seen: dict[tuple[int, int], str | float | bool | None] = {}
        for row in rows_of(table):
            self._read_row(row)
        hidden = styles.hides_table(table.get(qualified("table:style-name")))
        self.described = RawSheet(self.title, hidden, tuple(self._areas))

    def _read_row(self, row: Row) -> None:
        found = []
        for cell, column, times in row.cells():
            own = cell.get(qualified("table:style-name")) or row.style or self._columns.style(column)
            if (value := held(cell, self._styles, own)) is not None:
                self._hold("columns", column + times - 1, row.number, column)
                self._hold("text", len(value.text), row.number, column)
                found.append((cell, column, times, value))
        if found:
            self._hold("rows", row.number + row.times - 1, row.number, 1)
            new = row.times * sum(times for _, _, times, _ in found)
            self._limits.hold("cells", len(self.seen) + new, self._name, self.title)
        for number in range(row.number, row.number + row.times) if found else ():
            for cell, column, times, value in found:
                for place in range(column, column + times):
                    self._add(cell, row, (number, place), value)
        # Where nothing stands, nobody looks for what is merged in the repetitions.
        for area in areas_of(row, row.times if found else 1):
            self._hold("rows", area.last_row, *area[:2])
            self._hold("columns", area.last_column, *area[:2])
            self._areas.append(area)

    def _add(self, cell: Any, row: Row, place: tuple[int, int], value: Held) -> None:
        faults, warnings = [value.fault], [value.warning]
        if int(cell.get(qualified("table:number-rows-spanned"), 1)) > 1:
            faults.append(MERGED)
        by_filter, column_hidden = row.visibility == "filter", self._columns.hidden(place[1])
        warnings += unseen(row=by_filter or row.visibility == "collapse", column=column_hidden, by_filter=by_filter)
        if _OTHER_FILE in cell.get(qualified("table:formula"), ""):
            warnings.append(LINKED)
        where = (self._name, self.title, cell_address(*place), *place)
        told = RawCell(*where, value.text, value.number, remarks(faults), remarks(warnings))
        self.drafts.append(Draft(told, value.runs, cell.tag == qualified("table:covered-table-cell")))
        self.seen[place] = value.seen

    def _hold(self, limit: str, met: int, row: int, column: int) -> None:
        self._limits.hold(limit, met, self._name, self.title, cell_address(row, column))


def _warnings(spreadsheet: Any, sheets: list[_Sheet], parts: set[str], name: str) -> list[Problem]:
    """What is suspicious about the whole file."""
    warnings = [hidden_sheet(name, sheet.title, _LOOK) for sheet in sheets if sheet.described.hidden]
    if any(part.startswith(("Basic/", "Scripts/")) for part in parts):
        warnings.append(macros(name, _LOOK))
    if any(_is_copy(table) for table in spreadsheet.iterchildren(qualified("table:table"))):
        warnings.append(links(name))
    if spreadsheet.find(qualified("table:tracked-changes")) is not None:
        mend = say("Accept or reject the changes and save it again.")
        warnings.append(Problem(say("holds recorded changes that are not accepted yet"), mend, name))
    return warnings


def _is_copy(table: Any) -> bool:
    return table.get(qualified("table:name"), "").startswith(_OTHER_FILE)
