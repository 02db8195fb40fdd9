"""Entries matched with the catalogue: which indicator and part a label names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kiemso.catalogue import Catalogue
from kiemso.entry import Entry
from kiemso.heading import any_same, without_numbering
from kiemso.layout import TOTALS, ColumnsLayout
from kiemso.message import say
from kiemso.problem import Problem
from kiemso.role import Role
from kiemso.table import Table
from kiemso.text import label_key, letters_of, suggestion

Named = tuple[str, str]


@dataclass(frozen=True)
class Matched:
    """An entry with the indicator and part that it states."""

    entry: Entry
    indicator: str
    part: str

    @property
    def named(self) -> Named:
        """Indicator and part."""
        return self.indicator, self.part


def match_entries(entries: Iterable[Entry], catalogue: Catalogue, level: str) -> tuple[list[Matched], list[Problem]]:
    """The entries with their indicator and part; a problem for each label unknown or stated twice."""
    matched: list[Matched] = []
    problems: dict[Problem, None] = {}
    seen: dict[Named, Entry] = {}
    above = ""
    for entry in entries:
        if entry.role is Role.SECTION:
            above = ""
            problems |= dict.fromkeys(_stated_by_section(entry))
        if entry.role is not Role.ENTRY:
            continue
        indicator, part = _match(entry, above, catalogue)
        above = indicator if indicator and not part else above
        if not indicator or catalogue.indicators[indicator].level != level:
            problems[_unknown(entry, above, catalogue, level)] = None
            continue
        if entry.part and not part:
            if entry.part not in catalogue.indicators[indicator].parts:
                problems |= dict.fromkeys(_foreign_part(entry, indicator, catalogue))
                continue
            part = entry.part
        first = seen.setdefault((indicator, part), entry)
        if (first.file, first.sheet, first.label_cell) != (entry.file, entry.sheet, entry.label_cell):
            problems[_twice(entry, first, indicator)] = None
            continue
        matched.append(Matched(entry, indicator, part))
    return matched, [*problems]


def ambiguous_rows(tables: Sequence[Table], entries: Iterable[Entry]) -> Iterator[Problem]:
    """A problem for each table of which one row must count by its layout, and none or several do."""
    rows: dict[int, dict[int, Entry]] = {}
    for entry in entries:
        if entry.role is Role.ENTRY:
            rows.setdefault(entry.table, {})[entry.row] = entry
    for number, table in enumerate(tables):
        if not isinstance(table.layout, ColumnsLayout) or table.layout.add:
            continue
        counted = [entry.row_label or f"{entry.row}" for entry in rows.get(number, {}).values()]
        wanted = ", ".join(f"{heading}: {' / '.join(texts)}" for heading, texts in table.layout.where.items())
        mend = say("Mend the rows of the table, or the conditions of its layout ({conditions}).", conditions=wanted)
        place = (mend, table.file, table.sheet, table.anchor.cell)
        if not counted:
            yield Problem(say("heads a table without a row that its layout asks for"), *place)
        elif len(counted) > 1:
            names = ", ".join(f"“{name}”" for name in counted)
            yield Problem(say("heads a table of which just one row may count, not {rows}", rows=names), *place)


def absent(
    tables: Sequence[Table],
    stated: Iterable[Named],
    by_table: Mapping[int, set[str]],
    catalogue: Catalogue,
    level: str,
    folder: str = "",
) -> Iterator[Problem]:
    """A problem for each indicator that no file of the period states, or that a table does not state although it must.

    `stated` are all indicators and parts, `by_table` the indicators by the number of the table; `folder` is what to
    name where there is no table.
    """
    yield from absent_in_tables(tables, by_table, catalogue)
    named = set(stated)
    files = ", ".join(dict.fromkeys(table.file for table in tables)) or folder
    for code, indicator in catalogue.of_level(level).items():
        # Where the prizes or levels have columns of their own, or only a list states them, no row of its own is due.
        in_parts = any((code, part) in named for part in indicator.parts)
        by_columns = not indicator.rows_of_parts and in_parts and (code, "") not in named
        wanted = [] if by_columns else [""]
        for part in [*wanted, *(indicator.parts if indicator.rows_of_parts or by_columns else ())]:
            if (code, part) not in named:
                name: str = indicator.label
                if part:
                    name = say("{indicator}: {part}", indicator=name, part=catalogue.parts[part].label)
                yield _absent(name, files)


def absent_in_tables(
    tables: Sequence[Table], by_table: Mapping[int, set[str]], catalogue: Catalogue
) -> Iterator[Problem]:
    """A problem for each indicator that a table must state by its layout, and does not."""
    for number, table in enumerate(tables):
        for code in table.layout.states:
            if code not in by_table.get(number, set()):
                label = catalogue.indicators[code].label if code in catalogue.indicators else code
                yield _absent(label, table.file, table.sheet)


def stated_by_table(matched: Iterable[Matched]) -> dict[int, set[str]]:
    """The indicators that the entries state, by the number of their table."""
    found: dict[int, set[str]] = {}
    for one in matched:
        found.setdefault(one.entry.table, set()).add(one.indicator)
    return found


def _absent(name: str, file: str, sheet: str = "") -> Problem:
    mend = say("Add the row; leave its value blank if it is not known.")
    return Problem(say("has no row for “{name}”", name=name), mend, file, sheet)


def _match(entry: Entry, above: str, catalogue: Catalogue) -> Named:
    """Indicator and part of a label; a part's name counts under the indicator that stands above or before it."""
    labels = dict.fromkeys(filter(None, (entry.label, without_numbering(entry.label))))
    for label in labels:
        if entry.group:
            found = _in_group(entry.group, label, entry.section, catalogue)
        else:
            part = catalogue.part_spellings.get(label_key(label), "")
            if part and part in _row_parts(above, catalogue):
                return above, part
            found = (_spelt(label, entry.section, catalogue), "")
        if found[0]:
            return found
    return "", ""


def _in_group(group: str, label: str, section: str, catalogue: Catalogue) -> Named:
    """“Đảng viên” over “Dự bị” is a part, over “Tổng số” the whole; other words over a label belong to its name."""
    whole = _spelt(group, section, catalogue) or _spelt(without_numbering(group), section, catalogue)
    part = catalogue.part_spellings.get(label_key(label), "")
    if whole and part in catalogue.indicators[whole].parts:
        return whole, part
    if whole and any_same(TOTALS, label):
        return whole, ""
    return _spelt(f"{group} {label}", section, catalogue) or _spelt(f"{label} {group}", section, catalogue), ""


def _spelt(label: str, section: str, catalogue: Catalogue) -> str:
    """The indicator of a label, under a section whose words it goes without unless it repeats them."""
    code = catalogue.spellings.get(label_key(f"{label} {section}"), "")
    repeated = letters_of(label).endswith(letters_of(section))
    return code or (catalogue.spellings.get(label_key(label), "") if repeated else "")


def _row_parts(above: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The parts that may stand in rows of their own under an indicator's."""
    indicator = catalogue.indicators.get(above)
    return indicator.parts if indicator and indicator.rows_of_parts else ()


def _stated_by_section(entry: Entry) -> Iterator[Problem]:
    if entry.read_as:
        mend = say("Delete the value, or name this row among the layout's subtotals instead of its sections.")
        message = say("stands beside the heading of a section, “{label}”", label=entry.label)
        yield Problem(message, mend, entry.file, entry.sheet, entry.cell, entry.text)


def _foreign_part(entry: Entry, indicator: str, catalogue: Catalogue) -> Iterator[Problem]:
    if entry.read_as:
        name, part = catalogue.indicators[indicator].label, catalogue.parts[entry.part].label
        message = say("“{indicator}” has no part “{part}”", indicator=name, part=part)
        mend = say("Delete the value, or add the part to the indicator in data/indicators.yml.")
        yield Problem(message, mend, entry.file, entry.sheet, entry.cell, entry.text)


def _twice(entry: Entry, first: Entry, indicator: str) -> Problem:
    where = first.label_cell if first.file == entry.file else f"{first.file}, {first.label_cell}"
    message = say("states “{indicator}” a second time, after {where}", indicator=indicator, where=where)
    return Problem(message, say("Delete one of the two rows."), entry.file, entry.sheet, entry.label_cell, entry.label)


def _unknown(entry: Entry, above: str, catalogue: Catalogue, level: str) -> Problem:
    if not entry.label:
        mend = say("Write the label beside it, or leave a blank row between the table and what follows it.")
        message = say("has no label beside it")
        return Problem(message, mend, entry.file, entry.sheet, entry.cell, entry.text)
    names = [name for i in catalogue.of_level(level).values() for name in (i.label, *i.aliases)]
    if above:
        names += [catalogue.parts[part].label for part in catalogue.indicators[above].parts]
    mend = say("Mend the label, or add it to the aliases in data/indicators.yml.")
    if hint := suggestion(entry.label, names):
        mend = say("{hint} {mend}", hint=hint, mend=mend)
    full = say("{group} › {label}", group=entry.group, label=entry.label) if entry.group else entry.label
    message = say("is no indicator of the catalogue")
    return Problem(message, mend, entry.file, entry.sheet, entry.label_cell, full)
