"""How a file would be read: its sheets, the layouts that fit them, and what each value cell says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from kiemso.catalogue import read_catalogue
from kiemso.correction import read_corrections
from kiemso.evaluation import observe
from kiemso.finding import Findings, find_values
from kiemso.heading import is_school_year
from kiemso.intake import Intake, sort_out
from kiemso.layout import FOLDER, AnyLayout, ColumnsLayout, read_layouts
from kiemso.limit import read_limits
from kiemso.line import Line, entry_lines, stated_line
from kiemso.message import LANGUAGES, in_language, say
from kiemso.observation import OBSERVED
from kiemso.outline import columns_layout, rows_layout
from kiemso.period import find_period
from kiemso.problem import Problem
from kiemso.project import located
from kiemso.proposal import Proposal
from kiemso.role import Role
from kiemso.roster import register_layout
from kiemso.table import Search
from kiemso.term import read_term
from kiemso.text import kebab
from kiemso.workbook import read_workbook

# A list of persons is one whatever else its columns could be taken for.
_WAYS = (register_layout, rows_layout, columns_layout)


@dataclass(frozen=True)
class Part:
    """A table or a record list of a sheet, with the layout that describes it: a written one or a proposal."""

    sheet: str
    layout: str
    label: str
    proposed: bool
    headings: Sequence[tuple[str, str]]  # words and cell, the labels' first
    unit: str
    rows: tuple[int, int]
    lines: Sequence[Line] = ()
    others: int = 0  # rows of other years, or whatever else the layout's conditions leave out


@dataclass(frozen=True)
class Look:
    """A file as it would be read for a period; `known` says how the period was found."""

    file: str
    format: str
    period: str
    known: str
    sheets: Sequence[tuple[str, bool, int, str]]  # name, hidden, cells, what becomes of it
    parts: Sequence[Part]
    proposals: Mapping[str, Proposal]
    problems: Sequence[Problem]
    warnings: Sequence[Problem]
    unstated: Sequence[str]  # indicators that this file does not state, by their labels
    values: int

    def as_json(self) -> dict[str, Any]:
        """The look for other programs, its sentences in every language."""
        return {
            "file": self.file,
            "format": _spoken(self.format),
            "period": self.period,
            "period_known": _spoken(self.known),
            "sheets": [
                {"name": name, "hidden": hidden, "cells": cells, "state": _spoken(state)}
                for name, hidden, cells, state in self.sheets
            ],
            "tables": [_part(part) for part in self.parts],
            "proposals": {name: proposal.text for name, proposal in self.proposals.items()},
            "problems": [problem.as_json() for problem in self.problems],
            "warnings": [problem.as_json() for problem in self.warnings],
            "unstated": [*self.unstated],
            "values": self.values,
        }


def look_at(path: Path, project: Path, period: str = "", name: str = "") -> Look:
    """Read a file as the first notebook would for the period, and keep what it sees on the way.

    `name` is what layouts that are proposed are to be called. Refused where the file cannot be read at all, or where it
    is not clear which period it is of.
    """
    catalogue = read_catalogue(project)
    own = path.resolve().is_relative_to(project.resolve())
    file = path.resolve().relative_to(project.resolve()).as_posix() if own else path.name
    workbook = read_workbook(path, file, read_limits(project))
    period, known = find_period(workbook, project, period)
    years = (period,) if is_school_year(period) else read_term(project, period).school_years
    layouts: Mapping[str, AnyLayout] = read_layouts(project) if any(located(project, FOLDER).glob("*.yml")) else {}
    corrections = [c for c in read_corrections(project) if c.file == file]
    search = Search(layouts, period, catalogue)
    intake = sort_out([workbook], search, years, corrections)
    proposals = _proposals(intake, search, name or kebab(re.sub(r"\d{4}", "", path.stem)) or "bang")
    if drafts := {code: proposal.layout for code, proposal in proposals.items() if proposal.decided}:
        search = Search({**layouts, **drafts}, period, catalogue)
        intake = sort_out([workbook], search, years, corrections)
    found = find_values(intake, search, years)
    stated = {*found.observed["indicator"]}
    return Look(
        file=file,
        format=workbook.format,
        period=period,
        known=known,
        sheets=[*_sheets(intake)],
        parts=[*_parts(intake, found, search, proposals)],
        proposals=proposals,
        problems=found.problems,
        warnings=found.warnings,
        unstated=[i.label for code, i in catalogue.of_level(search.level).items() if code not in stated],
        values=int((found.observed["status"] == OBSERVED).sum()),
    )


def _proposals(intake: Intake, search: Search, name: str) -> dict[str, Proposal]:
    """A layout for each sheet of which nothing is read, by its name; like sheets need only one."""
    read = _read(intake)
    found: dict[str, Proposal] = {}
    for grid in intake.sheets:
        ways = _WAYS if grid.sheet.name not in read else ()
        proposal = next((made for way in ways if (made := way(grid, search))), None)
        if proposal and all(proposal.words != one.words for one in found.values()):
            found[_free(name, {*search.layouts, *found})] = proposal
    return found


def _read(intake: Intake) -> set[str]:
    """The sheets of which something is read."""
    return {table.sheet for table in intake.tables} | {table.sheet for table in intake.registers}


def _free(name: str, taken: Set[str]) -> str:
    """The name, with a number after it where another layout is called so."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(one for one in chain([name], numbered) if one not in taken)


def _sheets(intake: Intake) -> Iterator[tuple[str, bool, int, str]]:
    """Each sheet with what becomes of it."""
    read = _read(intake)
    wrong = {problem.sheet for problem in intake.problems}
    for workbook in intake.workbooks:
        for sheet in workbook.sheets:
            cells = sum(cell.sheet == sheet.name for cell in workbook.cells)
            if sheet.name in read:
                state = say("read")
            elif sheet.hidden:
                state = say("not read: the sheet is hidden")
            elif not cells:
                state = say("blank")
            elif sheet.name in wrong:
                state = say("not read: see the problems below")
            else:
                state = say("not read: no layout fits")
            yield sheet.name, sheet.hidden, cells, state


def _parts(intake: Intake, found: Findings, search: Search, proposals: Mapping[str, Proposal]) -> Iterator[Part]:
    originals = {(cell.sheet, cell.cell): cell.original for cell in intake.cells.itertuples() if cell.original}
    for number, table in enumerate(intake.tables):
        headings = [(table.anchor.read_as, table.anchor.cell), *((c.heading, c.cell) for c in table.values)]
        own = [entry for entry in found.listed if entry.table == number]
        lines = [
            *entry_lines(own, found.named, found.read, found.problems, originals, search.catalogue),
            *_sums(number, found, intake, search),
        ]
        others = len({entry.row for entry in own if entry.role is Role.OTHER})
        unit = table.unit.word if table.unit else ""
        rows = (table.header_row + 1, table.last_row)
        label = table.layout.label
        yield Part(table.sheet, table.name, label, table.name in proposals, headings, unit, rows, lines, others)
    for one in intake.registers:
        headings = [(one.headings[name], cell) for name, cell in one.heading_cells.items()]
        stated = found.records[(found.records["sheet"] == one.sheet) & (found.records["row_label"] == one.layout.label)]
        lines = [stated_line(row, row.column_heading, search.catalogue) for row in stated.itertuples()]
        rows = (one.header_rows.stop, one.last_row)
        yield Part(one.sheet, one.name, one.layout.label, one.name in proposals, headings, "", rows, lines)


def _sums(number: int, found: Findings, intake: Intake, search: Search) -> Iterator[Line]:
    """What the rows of a table add up to, where its layout adds them."""
    layout = intake.tables[number].layout
    if isinstance(layout, ColumnsLayout) and layout.add:
        own = [one for one in found.read if one.entry.table == number]
        summed, _ = observe(own, intake.tables, search.catalogue, search.period)
        for row in summed.itertuples():
            yield stated_line(row, row.row_label, search.catalogue)


def _part(part: Part) -> dict[str, Any]:
    """A table or list as plain data."""
    lines = [vars(line) | {"value": _spoken(line.value), "remark": _spoken(line.remark)} for line in part.lines]
    headings = [{"text": words, "cell": cell} for words, cell in part.headings]
    return vars(part) | {"headings": headings, "rows": [*part.rows], "lines": lines}


def _spoken(text: str) -> dict[str, str]:
    return {language: in_language(text, language) for language in LANGUAGES}
