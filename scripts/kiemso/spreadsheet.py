"""The facts as an Excel workbook with live formulas: a row for each fact's name, a column for each period."""

from __future__ import annotations

import ast
import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime

import openpyxl
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from kiemso.evidence import Evidence
from kiemso.fact import Fact
from kiemso.formula import QUOTED, SUM

# A date for what states one: the same facts give the same bytes.
_EPOCH = datetime(1980, 1, 1)
_TITLES = ["Khóa", "Chỉ tiêu", "Đơn vị"]


def facts_workbook(evidence: Evidence) -> bytes:
    """The workbook's file; what was computed is a formula over its inputs' cells."""
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = _EPOCH
    book.properties.creator = "Kiểm Số"
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Số liệu"
    periods = [*evidence.term.school_years, evidence.name, *([evidence.term.next] if evidence.term.next else [])]
    titles = [*_TITLES, *(f"Năm học {p}" if p in evidence.term.school_years else f"Nhiệm kỳ {p}" for p in periods)]
    for column, title in enumerate([*titles, "Cách tính", "Nguồn"], 1):
        _text(sheet.cell(1, column), title).font = Font(bold=True)
    places = _places(evidence.facts, periods)
    for name, facts in _by_name(evidence.facts).items():
        _row(sheet, name, facts, places, len(titles))
    sheet.freeze_panes = "D2"
    for letter, width in (("A", 34), ("B", 52), ("C", 12), *((c, 18) for c in "DEFGH"), ("I", 34), ("J", 90)):
        sheet.column_dimensions[letter].width = width
    return same_bytes(book)


def _by_name(facts: Mapping[str, Fact]) -> dict[str, list[Fact]]:
    names: dict[str, list[Fact]] = {}
    for fact in facts.values():
        names.setdefault(fact.name, []).append(fact)
    return names


def _places(facts: Mapping[str, Fact], periods: list[str]) -> dict[str, str]:
    """The cell of each fact: its name's row, its period's column."""
    rows = {name: row for row, name in enumerate(_by_name(facts), 2)}
    return {
        key: f"{openpyxl.utils.get_column_letter(len(_TITLES) + 1 + periods.index(fact.period))}{rows[fact.name]}"
        for key, fact in facts.items()
    }


def _row(sheet: Worksheet, name: str, facts: list[Fact], places: Mapping[str, str], titles: int) -> None:
    row = int("".join(filter(str.isdigit, places[facts[0].key])))
    for number, text in enumerate((name, facts[0].label, facts[0].unit), 1):
        _text(sheet.cell(row, number), text)
    for fact in facts:
        _fill(sheet[places[fact.key]], fact, places)
    computed = next((fact for fact in reversed(facts) if fact.expression), facts[-1])
    _text(sheet.cell(row, titles + 1), computed.expression)
    sources = dict.fromkeys(str(source) for fact in facts for source in fact.sources if fact.formula == QUOTED)
    _text(sheet.cell(row, titles + 2), "\n".join(sources)).alignment = Alignment(wrap_text=True)


def _fill(cell: Cell, fact: Fact, places: Mapping[str, str]) -> None:
    if fact.value is None or isinstance(fact.value, str | list):
        _text(cell, fact.text)
    elif fact.formula == QUOTED or not fact.inputs:  # a roll-up's inputs stand with the schools
        cell.value = fact.value
    else:
        cell.value = "=" + _formula(fact, places)
    if isinstance(fact.value, int | float):
        cell.number_format = '0.0"%"' if fact.unit == "%" else "#,##0" if isinstance(fact.value, int) else "#,##0.0"


def _formula(fact: Fact, places: Mapping[str, str]) -> str:
    """The fact's formula over the cells of its inputs; SUM passes over what is a text, such as “–”."""
    cells = [places[key] for key in fact.inputs]
    if fact.formula == SUM:
        return f"SUM({','.join(cells)})"
    tree = ast.parse(fact.formula, mode="eval").body
    return ast.unparse(_Placed(dict(zip(fact.names, cells, strict=True))).visit(tree))


class _Placed(ast.NodeTransformer):
    """Puts cells in the place of names."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.cells[node.id])


def _text(cell: Cell, text: str) -> Cell:
    """Write a text as a text, even where it begins like a formula."""
    cell.value = text
    cell.data_type = "s"
    return cell


def same_bytes(book: openpyxl.Workbook) -> bytes:
    """The workbook's file with one date on all its entries."""
    written, same = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(same, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            # openpyxl writes the time of saving, whatever the workbook's properties say.
            new.writestr(
                entry, re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", old.read(name))
            )
    return same.getvalue()
