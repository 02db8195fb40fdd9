"""What came in for a school year or a term: its files' cells with personal data masked, and the tables among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from kiemso.catalogue import Catalogue
from kiemso.correction import Correction, correct_cells, read_corrections
from kiemso.grid import Grid, grids
from kiemso.layout import AnyLayout, RegisterLayout, read_layouts
from kiemso.limit import read_limits
from kiemso.message import plural, say
from kiemso.personal import People, mask
from kiemso.problem import Problem, Refused
from kiemso.raw import RawCell, RawWorkbook
from kiemso.register import RegisterTable, find_registers
from kiemso.search import find_tables
from kiemso.table import Search, Table
from kiemso.workbook import raw_files, read_workbook


@dataclass
class Intake:
    """The cells of all sheets that are read, the tables and record lists found, and what was wrong so far.

    Columns of `cells`: those of a RawCell, `corrected` (the text to read instead, or nothing), `read_as` (the text that
    counts) and `person` (the number of the person in the row of a record list, or 0).
    """

    cells: pd.DataFrame
    layouts: Mapping[str, AnyLayout]
    workbooks: Sequence[RawWorkbook] = ()  # masked
    sheets: Sequence[Grid] = ()  # those that are not hidden
    tables: list[Table] = field(default_factory=list)
    registers: list[RegisterTable] = field(default_factory=list)
    unread: pd.DataFrame = field(default_factory=pd.DataFrame)
    misfits: list[Problem] = field(default_factory=list)  # corrections that do not fit
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def lists(self) -> dict[str, RegisterLayout]:
        """The layouts of record lists."""
        return {name: layout for name, layout in self.layouts.items() if isinstance(layout, RegisterLayout)}


def take_in(project: Path, period: str, catalogue: Catalogue, years: Sequence[str]) -> Intake:
    """Read the files of a period; what is wrong in one of them does not hide what is wrong in another.

    Refused where nothing at all can be read.
    """
    search = Search(read_layouts(project), period, catalogue)
    problems: list[Problem] = []
    corrections = [c for c in read_corrections(project) if c.file.startswith(f"data/raw/{period}/")]
    intake = sort_out(_workbooks(project, period, problems), search, years, corrections)
    if not intake.workbooks:
        raise Refused(problems)
    intake.problems = [*problems, *intake.problems]
    return intake


def sort_out(
    files: Iterable[RawWorkbook], search: Search, years: Sequence[str], corrections: Sequence[Correction] = ()
) -> Intake:
    """The workbooks as they are read for the period of the search."""
    layouts = {name: layout for name, layout in search.layouts.items() if layout.level == search.level}
    intake = Intake(pd.DataFrame(), layouts)
    people = People()
    workbooks = [mask(workbook, intake.lists, search.catalogue, years, people) for workbook in files]
    if not workbooks:
        return intake
    intake.workbooks = workbooks
    cells, intake.misfits = correct_cells(_frame(workbooks, people), corrections)
    sheets = grids(cells.itertuples(), [(w.file, sheet) for w in workbooks for sheet in w.sheets if not sheet.hidden])
    intake.sheets = sheets
    visible = [cell for grid in sheets for cell in grid.cells.values()]
    intake.registers, problems = find_registers(visible, intake.lists)
    listed = {(table.file, table.sheet) for table in intake.registers} | {(p.file, p.sheet) for p in problems}
    summaries = [grid for grid in sheets if (grid.file, grid.sheet.name) not in listed]
    found = find_tables(summaries, search, {file for file, _ in listed})
    intake.tables = found.tables
    intake.problems += [*problems, *found.problems]
    # Those of the masked workbooks: one may quote a cell. Of a sheet that is not read it is enough to say that.
    hidden = {(w.file, sheet.name) for w in workbooks for sheet in w.sheets if sheet.hidden}
    intake.warnings += [
        *(warning for w in workbooks for warning in w.warnings if (w.file, warning.sheet) not in hidden),
        *_hidden(workbooks),
        *found.warnings,
        *_converted(sheets),
    ]
    _part(intake, cells, listed)
    return intake


def _workbooks(project: Path, period: str, problems: list[Problem]) -> Iterator[RawWorkbook]:
    """The workbooks that can be read; the problems of the others are added to `problems`."""
    limits = read_limits(project)
    for path in raw_files(project, period):
        try:
            workbook = read_workbook(path, path.relative_to(project).as_posix(), limits)
        except Refused as refused:
            # Nobody has masked what a reader quotes.
            problems += [replace(problem, text=None) for problem in refused.problems]
            continue
        yield workbook


def _frame(workbooks: Sequence[RawWorkbook], people: People) -> pd.DataFrame:
    cells = [cell for workbook in workbooks for cell in workbook.cells]
    frame = pd.DataFrame(cells, columns=RawCell._fields)
    # pandas would make 1.0 of 1, and NaN of nothing.
    numbers = pd.Series([cell.number for cell in cells], dtype="object")
    return frame.assign(number=numbers, person=[people.number(cell.file, cell.sheet, cell.row) for cell in cells])


def _hidden(workbooks: Sequence[RawWorkbook]) -> Iterator[Problem]:
    mend = say("If it holds figures of the report, unhide it in the workbook.")
    for workbook in workbooks:
        held = {cell.sheet for cell in workbook.cells}
        for sheet in workbook.sheets:
            if sheet.hidden and sheet.name in held:
                yield Problem(say("is a hidden sheet: not read"), mend, workbook.file, sheet.name)


def _converted(sheets: Sequence[Grid]) -> Iterator[Problem]:
    """One warning for each sheet and legacy encoding of which cells were converted."""
    for grid in sheets:
        for encoding, count in sorted(Counter(cell.encoding for cell in grid.cells.values() if cell.encoding).items()):
            message = plural(
                "{count} cell was converted from {encoding}",
                "{count} cells were converted from {encoding}",
                count,
                encoding=encoding,
            )
            yield Problem(message, say("Compare a few of them with the file."), grid.file, grid.sheet.name)


def _part(intake: Intake, cells: pd.DataFrame, listed: set[tuple[str, str]]) -> None:
    """Of sheets that no layout reads nobody has said what in them is personal: their cells are only counted."""
    read = listed | {(table.file, table.sheet) for table in intake.tables}
    read |= {(problem.file, problem.sheet) for problem in intake.problems if problem.cell}
    kept = [place in read for place in zip(cells["file"], cells["sheet"], strict=True)]
    intake.cells = cells[kept].reset_index(drop=True)
    left_out = cells[[not keep for keep in kept]]
    intake.unread = left_out.groupby(["file", "sheet"], sort=False).size().rename("cells").reset_index()
