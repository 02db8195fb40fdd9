"""The chain of a fact down to the raw cells, and of a raw cell up to the figures it feeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kiemso.check import outdated_steps
from kiemso.evidence import Evidence
from kiemso.fact import Fact
from kiemso.manuscript import FILE, Figure, Manuscript
from kiemso.problem import Problem, Refused
from kiemso.source import Source
from kiemso.text import suggestion
from kiemso.wording import Unstatable, Wording


def trace(target: str, evidence: Evidence, manuscript: Manuscript) -> str:
    """The chain as indented lines: of a key, or of a raw cell written file!cell or file!sheet!cell."""
    lines = _cell_lines(target, evidence, manuscript) if "!" in target else _key_lines(target, evidence, manuscript)
    stale = [f"! {step}: the inputs changed since it ran; run `kiemso run`" for step in outdated_steps(evidence)]
    return "\n".join([*lines, *stale])


def trace_data(target: str, evidence: Evidence, manuscript: Manuscript) -> dict[str, Any]:
    """The same chain as plain data for a program."""
    outdated = outdated_steps(evidence)
    if "!" in target:
        source, fed = _fed(target, evidence)
        facts = [_data(fact, evidence, manuscript) for fact in fed]
        return {"source": source._asdict(), "feeds": facts, "outdated": outdated}
    fact = _fact(target, evidence)
    return {"fact": _data(fact, evidence, manuscript), "inputs": _inputs(fact, evidence), "outdated": outdated}


# -- downwards ---------------------------------------------------------------------------------------------------


def _key_lines(key: str, evidence: Evidence, manuscript: Manuscript) -> list[str]:
    fact = _fact(key, evidence)
    return [*_chain(fact, evidence, 0), *_stated(fact, evidence, manuscript)]


def _fact(key: str, evidence: Evidence) -> Fact:
    fact = evidence.fact(key)
    if fact is None:
        hint = suggestion(key, {evidence.short(known) for known in evidence.facts})
        raise Refused(Problem(f"there is no fact “{key}” in the term {evidence.name}", hint))
    return fact


def _chain(fact: Fact, evidence: Evidence, depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{_headline(fact, evidence)}"
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


def _headline(fact: Fact, evidence: Evidence) -> str:
    unit = f" {fact.unit}" if fact.value is not None and fact.unit not in ("", "%") else ""
    return f"{evidence.short(fact.key)}: {fact.label}, {fact.period}: {fact.bound}{fact.text}{unit}"


# -- upwards -----------------------------------------------------------------------------------------------------


def _cell_lines(place: str, evidence: Evidence, manuscript: Manuscript) -> list[str]:
    source, fed = _fed(place, evidence)
    lines = [str(source)]
    for fact in fed:
        lines.append(f"  → {_headline(fact, evidence)}" + (f" = {fact.expression}" if fact.expression else ""))
        lines += [f"      {line}" for line in _stated(fact, evidence, manuscript)]
    return lines


def _fed(place: str, evidence: Evidence) -> tuple[Source, list[Fact]]:
    """The raw cell of this place, and every fact beneath which it stands, those that quote it first."""
    file, _, cell = place.rpartition("!")
    file, _, sheet = file.partition("!")
    file = file.replace("\\", "/").removeprefix("./")
    cell = cell.replace("$", "").upper() if file.endswith(".xlsx") else cell
    sources = {source for fact in evidence.facts.values() for source in fact.sources}
    files = {source.file for source in sources}
    if file not in files:
        raise Refused(Problem("no fact comes from this file", suggestion(file, files), file))
    found = [s for s in sources if (s.file, s.cell) == (file, cell) and sheet in ("", s.sheet)]
    if len(found) != 1:
        sheets = ", ".join(sorted(source.sheet for source in found))
        mend = f"Name the sheet: {sheets}." if found else "A header, a label or a number column is no value."
        raise Refused(
            Problem("stands on several sheets" if found else "no fact comes from this cell", mend, file, sheet, cell)
        )
    fed = [fact for fact in evidence.facts.values() if found[0] in fact.sources]
    return found[0], sorted(fed, key=lambda fact: bool(fact.inputs))


def _stated(fact: Fact, evidence: Evidence, manuscript: Manuscript) -> list[str]:
    figures = _figures(fact, evidence, manuscript)
    lines = [f"stated in {FILE}, line {figure.line}: “{figure.text}”" for figure in figures]
    return lines + [f"stated in the {place}" for place in _exhibits(fact, evidence, manuscript)]


def _figures(fact: Fact, evidence: Evidence, manuscript: Manuscript) -> list[Figure]:
    """The figures of the text that state the fact, or compare another one with it."""
    words = Wording(evidence.facts, evidence.term.school_years)

    def uses(figure: Figure) -> bool:
        stated = evidence.fact(figure.key)
        try:
            return stated is not None and (stated is fact or fact in words.inputs(stated, figure.form))
        except Unstatable:
            return False

    return [figure for figure in manuscript.figures if uses(figure)]


def _exhibits(fact: Fact, evidence: Evidence, manuscript: Manuscript) -> list[str]:
    """The tables and charts of the report in which the fact stands."""
    shown = {"table": evidence.tables, "chart": evidence.charts}
    blocks = [(kind, name, shown[kind].get(name, {})) for kind, name, _ in manuscript.blocks]
    return [f"{kind} “{name}”" for kind, name, content in blocks if fact in _inlines(content, evidence)]


def _inlines(content: dict[str, Any], evidence: Evidence) -> list[Fact | None]:
    rows = (content.get("table") or content).get("rows", [])
    inlines = [inline for row in rows for cell in row["cells"] for inline in cell]
    return [evidence.fact(inline["fact"]) for inline in inlines if isinstance(inline, dict)]


def _data(fact: Fact, evidence: Evidence, manuscript: Manuscript) -> dict[str, Any]:
    figures = [{"line": f.line, "text": f.text, "form": str(f.form)} for f in _figures(fact, evidence, manuscript)]
    return fact.as_dict() | {"figures": figures, "exhibits": _exhibits(fact, evidence, manuscript)}


def _inputs(fact: Fact, evidence: Evidence) -> dict[str, dict]:
    """All facts beneath this one, by key."""
    found: dict[str, dict] = {}
    for key in fact.inputs:
        found[key] = evidence.facts[key].as_dict()
        found |= _inputs(evidence.facts[key], evidence)
    return found
