"""Facts: values computed in a notebook cell, each with its formula, inputs and raw sources."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kiemso import formula as formulas
from kiemso.message import say
from kiemso.number import format_number
from kiemso.observation import MISSING, NOT_HELD
from kiemso.problem import Problem, Refused
from kiemso.source import Source

Value = int | float | str | list | None

# What the reader sees where there is no value: a blank cell is not a zero.
ABSENT = {MISSING: "–", NOT_HELD: "Không tổ chức"}
WHY_ABSENT = {MISSING: "chưa có số liệu", NOT_HELD: "không tổ chức"}


@dataclass(frozen=True)
class Fact:
    """A value with its evidence. `value` is a number, a text, a range [from, to], or None with a status.

    `inputs` are keys of facts; `names` what the formula calls them, in the same order, where it names them.
    """

    key: str
    period: str
    section: str
    label: str
    unit: str
    value: Value
    text: str
    status: str
    formula: str
    expression: str = ""
    inputs: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    bound: str = ""
    note: str = ""
    names: list[str] = field(default_factory=list)
    notebook: str = ""
    cell: str = ""

    @property
    def name(self) -> str:
        """The key without its period."""
        return self.key.partition("@")[0]

    def as_dict(self) -> dict[str, Any]:
        """The fact as plain data, its sources by name."""
        # Unlike `asdict` it copies no lists: that takes longer than to write them.
        return {**vars(self), "sources": [source._asdict() for source in self.sources]}

    def placed(self, notebook: str, cell: str) -> Fact:
        """The fact with the notebook and cell in whose output it stands."""
        return replace(self, notebook=notebook, cell=cell)


def fact_from(data: Mapping[str, Any]) -> Fact:
    """The fact that `as_dict` wrote."""
    return Fact(**{**data, "sources": [Source(**source) for source in data["sources"]]})


def write_value(value: Value, status: str, unit: str, decimals: int | None = None) -> str:
    """The value as the report states it, without its unit but with a percent sign."""
    if value is None:
        return ABSENT[status]
    if isinstance(value, str):
        return value
    numbers = value if isinstance(value, list) else [value]
    # A year has no unit and is written without separators.
    written = [str(n) if unit == "năm" else format_number(n, decimals) for n in numbers]
    return "-".join(written) + ("%" if unit == "%" else "")


def status_of(inputs: Iterable[Fact]) -> str:
    """The status of what is computed from inputs that all lack a value."""
    return NOT_HELD if {fact.status for fact in inputs} == {NOT_HELD} else MISSING


def absence_note(inputs: Iterable[Fact]) -> str:
    """Which inputs a sum left out for want of a value, and why; empty where it left out none."""
    facts = list(inputs)
    several_periods = len({fact.period for fact in facts}) > 1
    named = [f"{f.period if several_periods else f.label} ({_why_absent(f)})" for f in facts if f.value is None]
    return f"Không cộng: {'; '.join(named)}" if named else ""


def _why_absent(fact: Fact) -> str:
    """A cell that names other parts is not a blank cell: it leaves this one out."""
    left_out = fact.status == MISSING and any(source.text for source in fact.sources)
    return "không nêu" if left_out else WHY_ABSENT[fact.status]


def common_bound(key: object, inputs: Iterable[Fact], added: bool) -> str:
    """What “hơn”, “từ … trở lên” and the like on the inputs make of a result: added up they stay, else it is about.

    Refused where a sum would add “more than” to “less than”.
    """
    bounds = {fact.bound for fact in inputs if fact.value is not None} - {""}
    if not bounds or not added:
        return "~" if bounds else ""
    if "~" in bounds:
        return "~"
    if bounds & set(">≥") and bounds & set("<≤"):
        mend = say("Ask for exact values, or do not add them up.")
        raise Refused(Problem(say("“{key}” would add “more than” to “less than”", key=key), mend))
    return next((bound for bound in (">", "<") if bound in bounds), bounds.pop())


def merge_sources(inputs: Iterable[Fact]) -> list[Source]:
    """The raw cells of all inputs, each once, in order."""
    return list(dict.fromkeys(source for fact in inputs for source in fact.sources))


def expression_of(formula: str, inputs: Mapping[str, Fact], text: str) -> str:
    """The formula with numbers put in: “1 + 2 + 2 = 5”."""
    if formula == formulas.QUOTED:
        return ""
    written = {name: fact.text.removesuffix("%") for name, fact in inputs.items() if fact.value is not None}
    lacking = len(written) < len(inputs)
    if not written or (len(written) == 1 if formula == formulas.SUM else lacking):
        return ""
    numbers = {name: fact.value for name, fact in inputs.items() if isinstance(fact.value, int | float)}
    exact = format_number(formulas.evaluate(formula, numbers)) == text.removesuffix("%")
    return f"{formulas.with_numbers(formula, written)} {'=' if exact else '≈'} {text}"


def read_facts(path: Path) -> dict[str, Fact]:
    """The facts of a facts.json, by key."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return {data["key"]: fact_from(data) for data in content["facts"]}


def facts_json(facts: Iterable[Fact]) -> str:
    """Facts as the text of a facts.json: one to a line block, in order, the same bytes everywhere."""
    return json.dumps({"facts": [fact.as_dict() for fact in facts]}, ensure_ascii=False, indent=1) + "\n"
