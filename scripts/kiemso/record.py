"""The records of a list, one by one: what each adds to which indicator, and what in it cannot be counted.

No text of a list is ever quoted in a message: a name may stand where none belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from kiemso.catalogue import Catalogue
from kiemso.heading import says
from kiemso.layout import Rule
from kiemso.message import say
from kiemso.number import Unreadable, format_number, plain
from kiemso.problem import Problem
from kiemso.raw import MASK
from kiemso.register import RegisterTable
from kiemso.registerrow import Rows, part_rows, total_of
from kiemso.text import label_key
from kiemso.vocabulary import amounts, fault, indicators_of

Key = tuple[str, str]


class Term(NamedTuple):
    """What one record adds to an observation, and the cell that says so."""

    table: RegisterTable
    cell: str
    value: int | float
    corrected: str
    counted: bool
    heading: str


class RecordCell(NamedTuple):
    """A record's cell as it is read: with its correction, and the text above it."""

    cell: str
    text: str
    number: int | float | None
    heading: str
    corrected: str
    fault: str
    warning: str


class Records:
    """The records of one list while they are read; `rows` are its sheet's masked cells by row and column."""

    def __init__(self, table: RegisterTable, rows: Mapping, catalogue: Catalogue, years: Sequence[str]) -> None:
        self.table, self.rows, self.catalogue, self.years = table, rows, catalogue, years
        self.parted: Rows = part_rows(table, rows)
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._seen: dict[tuple, int] = {}
        self._sums: dict[str, Decimal] = {}

    def terms(self) -> Iterator[tuple[Key, Term]]:
        """What each record adds to which indicator and part; problems and warnings are collected on the way."""
        if not self.parted.records:
            self._warn(self.table.header_rows.start, say("is the heading of a list without any record"))
        for row in sorted([*self.parted.records, *self.parted.totals]):
            if row in self.parted.totals:
                self._check_total(row, sum(record < row for record in self.parted.records))
                continue
            if row in self.parted.late:
                self._warn(row, say("is a record after a blank row: does it belong to the list?"))
            yield from self._record(row)

    def _record(self, row: int) -> Iterator[tuple[Key, Term]]:
        cells = self._cells(row)
        ignored = any(says(cell.text, self.table.layout.ignore) for cell in cells.values())
        faults = list(self._faults(row, cells, ignored))
        self.problems += faults
        if faults or ignored:
            return
        self.warnings += [self._problem(cell.cell, cell.warning) for cell in cells.values() if cell.warning]
        before = len(self.problems)
        found: list[tuple[Key, Term]] = []
        for rule in self.table.layout.rules:
            if all(name in cells and says(cells[name].text, words) for name, words in rule.where.items()):
                found += self._terms(rule, row, cells)
        yield from found
        if not found and len(self.problems) == before:
            mend = say("Mend the record, or add a rule or an “ignore” to the layout in data/layouts/.")
            self.problems.append(self._problem(self._first(row, cells), say("is a record that no rule counts"), mend))

    def _cells(self, row: int) -> dict[str, RecordCell]:
        found = {}
        for name, column in self.table.columns.items():
            cell = self.rows[row].get(column)
            if cell is not None:
                corrected = str(getattr(cell, "corrected", "") or "")
                number, text = (None, corrected) if corrected else (cell.number, cell.text)
                # A mask has its fault from when its text was known; that a cell is a date is none in a column of dates.
                dated = name == self.table.layout.date and cell.text != MASK
                why = "" if corrected or dated else cell.fault
                heading = self.table.headings[name]
                found[name] = RecordCell(cell.cell, text, number, heading, corrected, why, cell.warning)
        return found

    def _faults(self, row: int, cells: Mapping[str, RecordCell], ignored: bool) -> Iterator[Problem]:
        """What is missing in the record, or not understood; of a record that is ignored only the date counts."""
        layout = self.table.layout
        mend = say("Mend the cell, or correct it in data/corrections.yml, or ask who sent the workbook.")
        needed = {name for rule in layout.rules for name in rule.columns if not ignored} | {layout.date}
        for name in (name for name in layout.columns if name in needed):
            if name not in cells:
                message = say("has no text in the column “{heading}” of its row", heading=self.table.headings[name])
                yield self._problem(self._first(row, cells), message, mend)
            elif why := cells[name].fault or fault(layout, name, cells, self.catalogue, self.years):
                yield self._problem(cells[name].cell, why, mend)

    def _terms(self, rule: Rule, row: int, cells: Mapping[str, RecordCell]) -> Iterator[tuple[Key, Term]]:
        cell = cells[rule.columns[0]] if rule.columns else next(iter(cells.values()))
        corrected = next((one.corrected for one in cells.values() if one.corrected), "")
        mend = say("Mend the record, or the rules of the layout in data/layouts/.")
        for code in indicators_of(rule, cells, self.table.layout, self.catalogue):
            part = self._part(rule, cells)
            indicator = self.catalogue.indicators[code]
            if part and part not in indicator.parts:
                message = say("names no part of the indicator “{label}”", label=indicator.label)
                self.problems.append(self._problem(cell.cell, message, mend))
            elif not part and not rule.add and not indicator.rows_of_parts:
                message = say("does not say which part of the indicator “{label}” it is", label=indicator.label)
                self.problems.append(self._problem(cell.cell, message, mend))
            elif not rule.add:
                if not self._repeats(rule, row, (code, part), cells, cell.cell):
                    yield (code, part), Term(self.table, cell.cell, 1, corrected, True, cell.heading)
            else:
                self._repeats(rule, row, (code, part), cells, cell.cell)
                for of_part, value in self._amounts(rule, (code, part), cells, cell.cell):
                    yield (code, of_part), Term(self.table, cell.cell, value, corrected, False, cell.heading)

    def _amounts(
        self, rule: Rule, key: Key, cells: Mapping[str, RecordCell], cell: str
    ) -> Iterator[tuple[str, int | float]]:
        """The parts and values of the rule's amount."""
        try:
            readings = amounts(rule, *key, cells, self.catalogue)
        except Unreadable:
            mend = say("Mend the cell, or correct it in data/corrections.yml, or ask who sent the workbook.")
            self.problems.append(self._problem(cell, say("holds no amount that can be read"), mend))
            return
        for reading in readings:
            if reading.warning:
                self.warnings.append(self._problem(cell, reading.warning))
            value = reading.value or 0
            self._sums[rule.add] = self._sums.get(rule.add, Decimal()) + Decimal(str(value))
            yield reading.part, value

    def _part(self, rule: Rule, cells: Mapping[str, RecordCell]) -> str:
        if rule.part_from:
            return self.catalogue.part_spellings.get(label_key(cells[rule.part_from].text), "")
        return rule.part

    def _repeats(self, rule: Rule, row: int, key: Key, cells: Mapping[str, RecordCell], cell: str) -> bool:
        """Whether the record counts a person for the same a second time: an error, but for amounts a warning."""
        person = getattr(next(iter(self.rows[row].values())), "person", 0)
        date = cells[self.table.layout.date].text if self.table.layout.date else ""
        amount = cells[rule.add].text if rule.add else ""
        first = self._seen.setdefault((person, *key, label_key(date), label_key(amount)), row)
        if not person or first == row:
            return False
        message = say("counts the same person for the same again, after row {row}", row=first)
        mend = say("Delete one of the two rows; two persons of one name need a column that tells them apart.")
        listed = self.warnings if rule.add else self.problems
        if not any(problem.cell == cell for problem in listed):
            listed.append(self._problem(cell, message, mend))
        return True

    def _check_total(self, row: int, records: int) -> None:
        """Hold a total under the list against what was counted or added up above it."""
        mend = say("Mend the total, or the record that is missing or too many.")
        for cell in self.rows[row].values():
            inside = total_of(cell.text, self.table.layout)
            stated = _whole(inside, None) if inside is not None else _whole(cell.text, cell.number)
            name = self.table.column_name(cell.column)
            if stated is None or (inside is None and cell.column in self.table.ordinals):
                continue
            if name in self._sums and stated != self._sums[name]:
                total = format_number(plain(self._sums[name]))
                message = say("is a total, but the amounts above it make {total}", total=total)
                self.problems.append(self._problem(cell.cell, message, mend))
            elif not self._sums and stated != records:
                message = say("is a total, but {count} records stand above it", count=records)
                self.problems.append(self._problem(cell.cell, message, mend))

    def _first(self, row: int, cells: Mapping[str, RecordCell]) -> str:
        return str(next(iter([*cells.values(), *self.rows[row].values()])).cell)

    def _warn(self, row: int, message: str) -> None:
        self.warnings.append(self._problem(next(iter(self.rows[row].values())).cell, message))

    def _problem(self, cell: str, message: str, mend: str = "") -> Problem:
        return Problem(message, mend, self.table.file, self.table.sheet, cell)


def _whole(text: str, number: Any) -> Decimal | None:
    """The whole number that a cell holds, as a number or as digits."""
    if number is not None and number == number:
        return Decimal(str(plain(number)))
    digits = text.strip().replace(".", "")
    return Decimal(digits) if digits.isdecimal() else None
