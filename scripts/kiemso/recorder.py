"""Recording: a fact is checked, then stored in the output of the notebook cell that computed it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from kiemso import formula as formulas
from kiemso.catalogue import FILE as CATALOGUE_FILE
from kiemso.catalogue import Catalogue, read_catalogue
from kiemso.fact import (
    Fact,
    Value,
    absence_note,
    common_bound,
    expression_of,
    merge_sources,
    read_facts,
    status_of,
    write_value,
)
from kiemso.key import Key, parse_key
from kiemso.message import said, say
from kiemso.number import plain
from kiemso.observation import OBSERVED
from kiemso.problem import Problem, Refused
from kiemso.source import Source
from kiemso.term import FILE as TERMS_FILE
from kiemso.term import Target, Term, read_targets, read_terms, targets_file
from kiemso.text import suggestion

MIME = "application/vnd.kiemso.{}+json"
FACT_MIME, TABLE_MIME, CHART_MIME = (MIME.format(n) for n in ("fact", "table", "chart"))
PROBLEMS_MIME, WARNINGS_MIME = MIME.format("problems"), MIME.format("warnings")


@dataclass
class Recorder:
    """What one notebook run knows and has recorded."""

    project: Path
    period: str
    catalogue: Catalogue
    terms: Mapping[str, Term]
    known: dict[str, Fact] = field(default_factory=dict)
    recorded: set[str] = field(default_factory=set)

    @property
    def term(self) -> Term | None:
        """The term, if the notebook's period is one."""
        return self.terms.get(self.period)

    def key(self, text: str) -> Key:
        """A key of the catalogue, with the notebook's period where it names none."""
        try:
            key = parse_key(text).at(self.period)
        except ValueError as error:
            raise Refused(Problem(said(error), say("Mend the key."))) from None
        if key.indicator not in self.catalogue.indicators:
            hint = suggestion(key.indicator, self.catalogue.indicators)
            message = say("there is no indicator “{name}” in {file}", name=key.indicator, file=CATALOGUE_FILE)
            raise Refused(Problem(message, hint or say("Add it there, or mend the key.")))
        if key.part and key.part not in self.catalogue.parts:
            hint = suggestion(key.part, self.catalogue.parts)
            message = say("there is no part “{name}” in {file}", name=key.part, file=CATALOGUE_FILE)
            raise Refused(Problem(message, hint or say("Add it there, or mend the key.")))
        return key

    def fact(self, text: str) -> Fact:
        """A fact recorded before, here or in the notebook of a year."""
        key = text if text in self.known else str(self.key(text))
        if key not in self.known:
            hint = suggestion(key, self.known) or say("Record it in a cell above.")
            raise Refused(Problem(say("the fact “{key}” has not been recorded before this cell", key=key), hint))
        return self.known[key]

    def add(self, fact: Fact) -> Fact:
        """Take a fact in, once."""
        if fact.key in self.recorded:
            message = say("the fact “{key}” is recorded twice", key=fact.key)
            raise Refused(Problem(message, say("Delete one of the two.")))
        self.known[fact.key] = fact
        self.recorded.add(fact.key)
        return fact

    def quote(self, row: Any) -> Fact:
        """The fact that states an observation as it is."""
        key = self.key(row.key)
        value = None if row.value is None or pd.isna(row.value) else plain(row.value)
        source = Source(row.file, row.sheet, row.cell, row.text, row.corrected, row.original)
        further = [Source(*place) for place in json.loads(row.further)] if row.further else []
        sources = [source, *further]
        return self._fact(key, value, row.status, formulas.QUOTED, {}, sources, bound=row.bound, note=row.note)

    def compute(self, text: str, value: Any, formula: str, inputs: Mapping[str, str] | Sequence[str]) -> Fact:
        """The fact that a formula gives; Refused where the formula, evaluated again, gives something else."""
        key = self.key(text)
        named = self._inputs(inputs)
        if formula != formulas.SUM and formulas.names(formula) != sorted(named):
            message = say(
                "“{formula}” uses {names}, but the inputs of “{key}” are {inputs}",
                formula=formula,
                names=", ".join(formulas.names(formula)) or say("nothing"),
                key=key,
                inputs=", ".join(named),
            )
            raise Refused(Problem(message, say("Name just the inputs that the formula uses.")))
        usable = {name: fact.value for name, fact in named.items() if isinstance(fact.value, int | float)}
        # A sum is of what was reported; any other formula needs all its inputs.
        lacking = not usable or (formula != formulas.SUM and len(usable) < len(named))
        given = None if value is None or value is pd.NA or value != value else plain(value)
        try:
            again = None if lacking else formulas.evaluate(formula, usable)
        except ZeroDivisionError:
            again = None  # a share of nothing has no value
        if (given is None) != (again is None) or (again is not None and not formulas.same(given, again)):  # type: ignore[arg-type]
            message = say(
                "the cell computed {given} for “{key}”, but “{formula}” over {inputs} gives {again}",
                given=say("nothing") if given is None else given,
                key=key,
                formula=formula,
                inputs=", ".join(usable) or say("nothing"),
                again=say("nothing") if again is None else again,
            )
            raise Refused(Problem(message, say("Make the formula and the calculation agree.")))
        status = status_of(named.values()) if given is None else OBSERVED
        note = absence_note(named.values()) if formula == formulas.SUM and given is not None else ""
        bound = common_bound(key, named.values(), formula == formulas.SUM) if given is not None else ""
        return self._fact(key, given, status, formula, named, merge_sources(named.values()), bound=bound, note=note)

    def target(self, code: str, target: Target) -> Fact:
        """The fact that states a target of the next term."""
        value: Value = list(target.value) if isinstance(target.value, tuple) else target.value
        text = write_value(value, OBSERVED, target.unit)
        term = (self.term and self.term.next) or ""
        source = Source(targets_file(term), "", f"{code}.value", text.removesuffix("%"))
        key = str(Key(code, "chi-tieu", term))
        label = f"Chỉ tiêu: {target.label}"
        return Fact(key, term, "chi-tieu", label, target.unit, value, text, OBSERVED, formulas.QUOTED, sources=[source])

    def term_facts(self) -> list[Fact]:
        """The facts that data/terms.yml states of the term: its number of school years and its last year."""
        years = self.term.school_years if self.term else ()
        place = Source(TERMS_FILE, "", f"{self.period}.school_years", ", ".join(years))
        numbers = {"nam-hoc": len(years), "nam-cuoi": int(self.period[-4:])}
        return [self._fact(self.key(n), v, OBSERVED, formulas.QUOTED, {}, [place]) for n, v in numbers.items()]

    def check_whole(self, fact: Fact) -> None:
        """Refused where the fact completes a whole and its parts, and they do not add up to it."""
        key = parse_key(fact.key)
        indicator = self.catalogue.indicators.get(key.indicator)
        if not indicator or not indicator.whole or key.part not in ("", *indicator.parts):
            return
        whole = self.known.get(str(key._replace(part="")))
        parts = [self.known.get(str(key._replace(part=part))) for part in indicator.parts]
        values = [part.value if part else None for part in parts]
        if whole is None or None in parts:
            return  # the rest is still to be recorded
        known = sum(value for value in values if isinstance(value, int | float))
        if not isinstance(whole.value, int | float) or known == whole.value:
            return
        # Parts that nobody has stated leave room below the whole, never above it.
        if None in values and known < whole.value:
            return
        written = " + ".join(part.text for part in parts if part and part.value is not None)
        message = say(
            "“{label}” of {period} is {whole}, but its parts {parts} make {total}",
            label=whole.label,
            period=whole.period,
            whole=whole.text,
            parts=written,
            total=known,
        )
        source = whole.sources[0]
        raise Refused(Problem(message, say("Mend the row or its parts."), *source[:4]))

    def _fact(
        self,
        key: Key,
        value: Value,
        status: str,
        formula: str,
        named: Mapping[str, Fact],
        sources: list[Source],
        *,
        bound: str = "",
        note: str = "",
    ) -> Fact:
        unit = self.catalogue.unit(key)
        text = write_value(value, status, unit, self.catalogue.decimals(key))
        expression = "" if value is None else expression_of(formula, named, text)
        section, label = self.catalogue.indicators[key.indicator].section, self.catalogue.label(key)
        inputs = [fact.key for fact in named.values()]
        names = [] if formula in (formulas.SUM, formulas.QUOTED) else list(named)
        return Fact(
            str(key),
            key.period,
            section,
            label,
            unit,
            value,
            text,
            status,
            formula,
            expression,
            inputs,
            sources,
            bound,
            note,
            names,
        )

    def _inputs(self, inputs: Mapping[str, str] | Sequence[str]) -> dict[str, Fact]:
        if isinstance(inputs, pd.Series):
            inputs = [f"{inputs.name}@{period}" for period in inputs.index.tolist()]
        if isinstance(inputs, Mapping):
            return {name: self.fact(key) for name, key in inputs.items()}
        return {key: self.fact(key) for key in inputs}


def open_recorder(project: Path, period: str) -> Recorder:
    """A recorder for a period; for a term it knows the facts of the term's school years."""
    terms = read_terms(project)
    recorder = Recorder(project, period, read_catalogue(project), terms)
    for year in terms[period].school_years if period in terms else ():
        path = project / "build" / year / "facts.json"
        if path.exists():
            recorder.known |= read_facts(path)
    return recorder


def open_targets(recorder: Recorder) -> dict[str, Target]:
    """The targets of the term after the notebook's term."""
    following = recorder.term.next if recorder.term else None
    return read_targets(recorder.project, following) if following else {}
