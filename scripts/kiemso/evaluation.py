"""Matched entries evaluated: each value by the kind of its indicator, rows added up where a layout says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from kiemso.address import addresses
from kiemso.catalogue import Catalogue, Indicator
from kiemso.entry import Entry, also
from kiemso.layout import OBSERVATION_COLUMNS, ColumnsLayout
from kiemso.match import Matched
from kiemso.message import said, say
from kiemso.number import Unreadable, plain, separators
from kiemso.observation import MISSING, NOT_HELD, OBSERVED, Reading, expected, read_cell
from kiemso.problem import Problem
from kiemso.table import Table


@dataclass(frozen=True)
class Read:
    """A matched entry with what its cell says."""

    matched: Matched
    readings: tuple[Reading, ...]

    @property
    def entry(self) -> Entry:
        """The entry that was read."""
        return self.matched.entry


def read_entries(
    matched: Iterable[Matched], tables: Sequence[Table], catalogue: Catalogue
) -> tuple[list[Read], list[Problem]]:
    """What the cells of matched entries say; a problem for each that cannot be read."""
    listed = list(matched)
    evidence = _evidence(listed)
    found, problems = [], []
    for one in listed:
        entry, indicator = one.entry, _read_as(one, catalogue)
        if not entry.read_as and _heads_parts(one, catalogue):
            continue
        try:
            if entry.fault and not entry.corrected:
                raise Unreadable(entry.fault)
            readings = read_cell(
                indicator,
                one.part,
                entry.read_as,
                # A correction is text: the number that the file holds is no longer the cell's.
                None if entry.corrected else entry.number,
                catalogue,
                unit=entry.unit,
                marks=tables[entry.table].layout.marks,
                evidence=evidence[entry.table, entry.column],
            )
        except Unreadable as error:
            mend = say("Expected {value}. Mend the cell, or ask who sent the workbook.", value=expected(indicator))
            problems.append(Problem(said(error), mend, entry.file, entry.sheet, entry.cell, entry.text))
            continue
        found.append(Read(one, tuple(readings)))
    return found, problems


def observe(
    read: Sequence[Read], tables: Sequence[Table], catalogue: Catalogue, period: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """The observations, in the order of the entries; a problem for each sum that cannot be formed."""
    rows, problems = [], []
    sums: dict[tuple, list[Read]] = {}
    for one in read:
        layout = tables[one.entry.table].layout
        if isinstance(layout, ColumnsLayout) and layout.add:
            sums.setdefault((one.entry.table, *one.matched.named), []).append(one)
        else:
            rows += [_observation(one.matched, reading, one.entry, period) for reading in one.readings]
    for added in sums.values():
        matched = added[0].matched
        entry = _together([one.entry for one in added])
        try:
            readings = _sum(added, catalogue.indicators[matched.indicator])
        except Unreadable as error:
            mend = say("State the total in a table of its own, or leave the column out in the layout.")
            problems.append(Problem(said(error), mend, entry.file, entry.sheet, entry.cell, entry.text))
            continue
        rows += [_observation(matched, reading, entry, period) for reading in readings]
    found = pd.DataFrame(rows, columns=OBSERVATION_COLUMNS)
    # pandas would make 1.0 of 1 wherever a blank stands in the column.
    return found.assign(value=pd.Series([row[3] for row in rows], dtype="object", index=found.index)), problems


def doubtful(observed: pd.DataFrame) -> list[Problem]:
    """A warning for each observation with something suspicious about it."""
    rows = observed[observed["warning"] != ""].itertuples()
    return [Problem(row.warning, "", row.file, row.sheet, row.cell, row.text) for row in rows]


def _observation(matched: Matched, reading: Reading, entry: Entry, period: str) -> tuple:
    warning = also(filter(None, (entry.warning, reading.warning)))
    stated = (period, matched.indicator, reading.part, reading.value, reading.unit, reading.bound, reading.status)
    place = (entry.text, entry.file, entry.sheet, entry.cell, entry.corrected, entry.original, warning)
    return (*stated, *place, entry.row_label, entry.value_heading, "", reading.note)


def _read_as(matched: Matched, catalogue: Catalogue) -> Indicator:
    """The indicator; in a column of one prize or level, the cell holds only a number."""
    indicator = catalogue.indicators[matched.indicator]
    return indicator.model_copy(update={"kind": "count"}) if matched.part and not indicator.rows_of_parts else indicator


def _heads_parts(matched: Matched, catalogue: Catalogue) -> bool:
    """Whether a row only heads its sub-rows, and states nothing itself."""
    indicator = catalogue.indicators[matched.indicator]
    return bool(indicator.parts) and indicator.rows_of_parts and not matched.part and not indicator.whole


def _evidence(matched: Iterable[Matched]) -> dict[tuple[int, int], str]:
    """How the numbers of each value column are separated, by table and column."""
    texts: dict[tuple[int, int], list[str]] = {}
    for one in matched:
        is_text = one.entry.number is None or one.entry.corrected
        texts.setdefault((one.entry.table, one.entry.column), []).extend([one.entry.read_as] if is_text else [])
    return {column: separators(found) for column, found in texts.items()}


def _together(entries: Sequence[Entry]) -> Entry:
    """Several entries of one column as the one entry of their sum."""
    filled = [entry for entry in entries if entry.read_as]
    if len(filled) < 2:
        return (filled or entries)[0]
    corrected = any(entry.corrected for entry in filled)
    converted = any(entry.original for entry in filled)
    return replace(
        filled[0],
        cell=addresses(entry.cell for entry in filled),
        text=" + ".join(entry.text for entry in filled),
        corrected=" + ".join(entry.read_as for entry in filled) if corrected else "",
        original=" + ".join(entry.original or entry.text for entry in filled) if converted else "",
        warning=also(dict.fromkeys(entry.warning for entry in filled if entry.warning)),
        row_label=f"{filled[0].row_label} … {filled[-1].row_label}",
    )


def _sum(read: Sequence[Read], indicator: Indicator) -> list[Reading]:
    """The readings of several cells added up, part by part."""
    if indicator.kind == "percent":
        raise Unreadable(say("is a percentage: percentages cannot be added up"))
    by_part: dict[str, list[Reading]] = {}
    for reading in (reading for one in read for reading in one.readings):
        by_part.setdefault(reading.part, []).append(reading)
    blank = sum(not one.entry.read_as for one in read)
    return [_added(readings, blank) for readings in by_part.values()]


def _added(readings: Sequence[Reading], blank: int) -> Reading:
    """The sum of one part's readings; `blank` of their cells hold nothing."""
    observed = [reading for reading in readings if reading.status == OBSERVED]
    if bounded := next((reading for reading in observed if reading.bound), None):
        raise Unreadable(say("is no exact number ({bound}), and cannot be added up", bound=bounded.bound))
    if not observed:
        status = NOT_HELD if any(reading.status == NOT_HELD for reading in readings) else MISSING
        return readings[0]._replace(status=status, value=None)
    warnings = [reading.warning for reading in observed if reading.warning]
    if blank:
        rows = len(readings)
        warnings.append(say("{blank} of {rows} rows are blank, and count as nothing", blank=blank, rows=rows))
    total = plain(sum(reading.value for reading in observed if reading.value is not None))
    note = " + ".join(reading.note for reading in observed if reading.note)
    return observed[0]._replace(value=total, warning=also(dict.fromkeys(warnings)), note=note)
