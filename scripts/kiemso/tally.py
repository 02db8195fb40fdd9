"""Observations of record lists: records counted, or their amounts added up, by the rules of the list's layout.

The lists that one layout describes are one list: what stands on several sheets or in several files is added up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from kiemso.address import addresses
from kiemso.catalogue import Catalogue
from kiemso.layout import FOLDER, OBSERVATION_COLUMNS, RegisterLayout
from kiemso.message import say
from kiemso.number import format_number, plain
from kiemso.observation import OBSERVED
from kiemso.problem import Problem
from kiemso.record import Records, Term
from kiemso.register import RegisterTable, by_row, find_registers
from kiemso.text import shortened

# Table, cells, text, correction and heading of a place that states an observation.
_Place = tuple[RegisterTable, str, str, str, str]


@dataclass
class Tally:
    """What the lists of a period state, what is wrong in them, and how many of their rows are records."""

    observations: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    rows: int = 0
    records: int = 0


def read_registers(
    cells: pd.DataFrame,
    layouts: Mapping[str, RegisterLayout],
    catalogue: Catalogue,
    period: str,
    years: Sequence[str],
) -> Tally:
    """The observations of all record lists among masked cells.

    Columns of `cells`: those of a RawCell, `corrected`, and `person`, the number of the person in that row or 0.
    """
    by_sheet = {place: list(group.itertuples()) for place, group in cells.groupby(["file", "sheet"], sort=False)}
    tables, problems = find_registers((cell for sheet in by_sheet.values() for cell in sheet), layouts)
    tally = Tally(pd.DataFrame(columns=OBSERVATION_COLUMNS), problems)
    tally.problems += [problem for name, layout in layouts.items() for problem in _unknown(name, layout, catalogue)]
    if tally.problems:
        return tally
    terms: dict[tuple[str, str, str], list[Term]] = {}
    for table in tables:
        records = Records(table, by_row(by_sheet[table.file, table.sheet]), catalogue, years)
        for key, found in records.terms():
            terms.setdefault((table.name, *key), []).append(found)
        tally.problems += records.problems
        tally.warnings += records.warnings
        tally.records += len(records.parted.records)
        tally.rows += sum(map(len, (records.parted.records, records.parted.totals, records.parted.others)))
    rows = [*_stated(terms, catalogue, period), *_zeros(tables, set(terms), catalogue, period)]
    observations = pd.DataFrame(rows, columns=OBSERVATION_COLUMNS)
    # pandas would make 1.0 of 1 wherever a fraction stands in the column.
    values = pd.Series([row["value"] for row in rows], dtype="object")
    tally.observations = observations.assign(value=values).fillna(dict.fromkeys(OBSERVATION_COLUMNS[4:], ""))
    return tally


def _stated(terms: Mapping[tuple[str, str, str], list[Term]], catalogue: Catalogue, period: str) -> Iterator[dict]:
    """One observation for each layout, indicator and part: its first list's cells, then those of further lists."""
    for (_, code, part), found in terms.items():
        places: list[_Place] = []
        for table in dict.fromkeys((term.table.file, term.table.sheet) for term in found):
            own = [term for term in found if (term.table.file, term.table.sheet) == table]
            corrected = "; ".join(f"{term.cell} “{term.corrected}”" for term in own if term.corrected)
            places.append((own[0].table, addresses(term.cell for term in own), _text(own), corrected, own[0].heading))
        total = sum((Decimal(str(term.value)) for term in found), Decimal())
        yield _observation(period, (code, part), plain(total), catalogue, places)


def _zeros(
    tables: Iterable[RegisterTable], stated: set[tuple[str, str, str]], catalogue: Catalogue, period: str
) -> Iterator[dict]:
    """A 0 for what a list is complete for and no record names; its source is the heading above where it would stand."""
    for table in tables:
        for code, part, name in _complete_for(table, catalogue):
            if (table.name, code, part) not in stated:
                stated.add((table.name, code, part))
                place = (table, table.heading_cells[name], "0 dòng", "", table.headings[name])
                yield _observation(period, (code, part), 0, catalogue, [place])


def _complete_for(table: RegisterTable, catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    """Indicator, part and column of all that the list, which is complete, could state."""
    for code in table.layout.states:
        indicator = catalogue.indicators[code]
        for rule in (rule for rule in table.layout.rules if rule.indicator in ("", code)):
            in_parts = rule.part_from or (rule.add and not indicator.rows_of_parts)
            for part in indicator.parts if in_parts else (rule.part,):
                if part in indicator.parts or (not part and indicator.rows_of_parts):
                    yield code, part, rule.columns[0] if rule.columns else next(iter(table.columns))


def _observation(
    period: str, key: tuple[str, str], value: Any, catalogue: Catalogue, places: Sequence[_Place]
) -> dict[str, Any]:
    table, cells, text, corrected, heading = places[0]
    further = [[one.file, one.sheet, others, said] for one, others, said, *_ in places[1:]]
    code, part = key
    return {
        "period": period,
        "indicator": code,
        "part": part,
        "value": value,
        "unit": catalogue.indicators[code].unit,
        "status": OBSERVED,
        "text": text,
        "file": table.file,
        "sheet": table.sheet,
        "cell": cells,
        "corrected": corrected,
        "row_label": table.layout.label,
        "column_heading": heading,
        "further": json.dumps(further, ensure_ascii=False) if further else "",
    }


def _text(terms: Sequence[Term]) -> str:
    """How many records, or the terms of the sum."""
    rows = f"{len(terms)} dòng"
    if all(term.counted for term in terms):
        return rows
    return f"{rows}: {' + '.join(shortened([format_number(term.value) for term in terms]))}"


def _unknown(name: str, layout: RegisterLayout, catalogue: Catalogue) -> Iterator[Problem]:
    """Codes of the layout that the catalogue does not have."""
    codes = {*layout.states, *(rule.indicator for rule in layout.rules if rule.indicator)} - {*catalogue.indicators}
    parts = {rule.part for rule in layout.rules if rule.part} - {*catalogue.parts}
    mend = say("Mend the code, or add it to data/indicators.yml.")
    for code in sorted(codes | parts):
        message = say("names the indicator or part “{code}”, which the catalogue does not have", code=code)
        yield Problem(message, mend, f"{FOLDER}/{name}.yml")
