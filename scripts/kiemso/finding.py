"""What the tables and record lists of a file state together, and all that is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiemso.agreement import reconcile
from kiemso.entry import Entry, entries
from kiemso.evaluation import Read, doubtful, observe, read_entries
from kiemso.expectation import violations
from kiemso.intake import Intake
from kiemso.match import absent_in_tables, ambiguous_rows, match_entries, stated_by_table
from kiemso.problem import Problem, in_order
from kiemso.search import stray_cells, unread_rows
from kiemso.table import Search
from kiemso.tally import read_registers
from kiemso.total import check_totals


@dataclass(frozen=True)
class Findings:
    """What the tables and lists of a file state, and all that is wrong with them."""

    listed: list[Entry]
    named: dict[int, tuple[str, str]]  # indicator and part by the entry's id
    read: list[Read]
    records: Any  # frames of observations: those of record lists, and all
    observed: Any
    problems: list[Problem]
    warnings: list[Problem]


def find_values(intake: Intake, search: Search, years: Sequence[str]) -> Findings:
    """What came in as it is read for the period of the search, with all that was wrong with it before."""
    catalogue, tables = search.catalogue, intake.tables
    listed = entries(tables, catalogue, search.period)
    known, unknown = match_entries(listed, catalogue, search.level)
    read, unreadable = read_entries(known, tables, catalogue)
    summary, unsummed = observe(read, tables, catalogue, search.period)
    unequal, unchecked = check_totals(listed, read, tables, catalogue)
    tally = read_registers(intake.cells, intake.lists, catalogue, search.period, years)
    observed, contradictions, doubts = reconcile(summary, tally.observations)
    wrong = [*intake.problems, *intake.misfits, *ambiguous_rows(tables, listed), *unknown, *tally.problems]
    if not wrong:  # an unknown row is most likely the one that is missing: it is said once
        wrong += absent_in_tables(tables, stated_by_table(known), catalogue)
    wrong += [*unreadable, *unsummed, *unequal, *contradictions, *stray_cells(tables), *violations(observed, catalogue)]
    suspicious = [*unread_rows(tables), *tally.warnings, *unchecked, *doubts, *doubtful(observed)]
    return Findings(
        listed=listed,
        named={id(one.entry): one.named for one in known},
        read=read,
        records=tally.observations,
        observed=observed,
        problems=in_order(wrong),
        warnings=in_order([*intake.warnings, *suspicious]),
    )
