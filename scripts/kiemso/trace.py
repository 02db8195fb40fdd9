"""The chain of a fact: value, formula, notebook cell, inputs, down to the raw cells."""

from __future__ import annotations

from collections.abc import Iterator

from kiemso.check import outdated_steps
from kiemso.evidence import Evidence
from kiemso.fact import Fact
from kiemso.manuscript import FILE, Manuscript
from kiemso.problem import Problem, Refused
from kiemso.text import suggestion


def trace(key: str, evidence: Evidence, manuscript: Manuscript) -> str:
    """The chain as indented lines, with the places where the report states the fact; Refused for an unknown key."""
    fact = evidence.fact(key)
    if fact is None:
        hint = suggestion(key, {evidence.short(known) for known in evidence.facts})
        raise Refused(Problem(f"there is no fact “{key}” in the term {evidence.name}", hint))
    lines = [*_chain(fact, evidence, 0)]
    lines += [f"! {step}: the inputs changed since it ran; run `kiemso run`" for step in outdated_steps(evidence)]
    stated = [figure for figure in manuscript.figures if evidence.fact(figure.key) is fact]
    lines += [f"stated in {FILE}, line {figure.line}: “{figure.text}”" for figure in stated]
    return "\n".join(lines)


def _chain(fact: Fact, evidence: Evidence, depth: int) -> Iterator[str]:
    indent = "  " * depth
    unit = f" {fact.unit}" if fact.value is not None and fact.unit not in ("", "%") else ""
    yield f"{indent}{evidence.short(fact.key)}: {fact.label}, {fact.period}: {fact.bound}{fact.text}{unit}"
    if fact.expression:
        yield f"{indent}  = {fact.expression}"
    if fact.note:
        yield f"{indent}  ({fact.note})"
    yield f"{indent}  in {fact.notebook}, cell “{fact.cell}”"
    for name in fact.inputs:
        yield from _chain(evidence.facts[name], evidence, depth + 1)
    if not fact.inputs:
        for source in fact.sources:
            yield f"{indent}  ← {source}"
