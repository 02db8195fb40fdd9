"""The chain of a fact down to the raw cells, and of a raw cell up to the figures it feeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kiemso.check import outdated_steps
from kiemso.evidence import Evidence
from kiemso.fact import Fact
from kiemso.manuscript import FILE, Figure, Manuscript
from kiemso.message import Message, joined, say
from kiemso.problem import Problem, Refused
from kiemso.source import Source
from kiemso.text import suggestion
from kiemso.wording import Unstatable, Wording


def trace(target: str, evidence: Evidence, manuscript: Manuscript) -> list[str]:
    """The chain as indented lines: of a key, or of a raw cell written file!cell or file!sheet!cell."""
    lines = _cell_lines(target, evidence, manuscript) if "!" in target else _key_lines(target, evidence, manuscript)
    outdated = outdated_steps(evidence)
    return lines + [say("! {step}: the inputs changed since it ran; run `kiemso run`", step=step) for step in outdated]


def trace_data(target: str, evidence: Evidence, manuscript: Manuscript) -> dict[str, Any]:
    """The same chain as plain data for a program."""
    outdated = outdated_steps(evidence)
    if "!" in target:
        sources, fed = _fed(target, evidence)
        facts = [_data(fact, evidence, manuscript) for fact in fed]
        return {"sources": [source._asdict() for source in sources], "feeds": facts, "outdated": outdated}
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
        message = say("there is no fact “{key}” in the term {term}", key=key, term=evidence.name)
        raise Refused(Problem(message, hint or say("The keys of all facts stand in _output/facts.csv.")))
    return fact


def _chain(fact: Fact, evidence: Evidence, depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{_headline(fact, evidence)}"
    if fact.expression:
        yield f"{indent}  = {fact.expression}"
    if fact.note:
        yield f"{indent}  ({fact.note})"
    place = say("in {notebook}, cell “{cell}”", notebook=fact.notebook, cell=fact.cell)
    yield joined("", [f"{indent}  ", place])
    for name in fact.inputs:
        yield from _chain(evidence.facts[name], evidence, depth + 1)
    if not fact.inputs:
        for source in fact.sources:
            yield joined("", [f"{indent}  ← ", source.told])


def _headline(fact: Fact, evidence: Evidence) -> str:
    unit = f" {fact.unit}" if fact.value is not None and fact.unit not in ("", "%") else ""
    return f"{evidence.short(fact.key)}: {fact.label}, {fact.period}: {fact.bound}{fact.text}{unit}"


# -- upwards -----------------------------------------------------------------------------------------------------


def _cell_lines(place: str, evidence: Evidence, manuscript: Manuscript) -> list[str]:
    sources, fed = _fed(place, evidence)
    lines: list[str] = [source.told for source in sources]
    for fact in fed:
        lines.append(f"  → {_headline(fact, evidence)}" + (f" = {fact.expression}" if fact.expression else ""))
        lines += [joined("", ["      ", line]) for line in _stated(fact, evidence, manuscript)]
    return lines


def _fed(place: str, evidence: Evidence) -> tuple[list[Source], list[Fact]]:
    """What is read from the raw cell of this place, and every fact beneath which it stands, those that quote it first.

    More than one thing is read from a cell of a record list, and of a list of its cells.
    """
    file, _, cell = place.rpartition("!")
    file, _, sheet = file.partition("!")
    file = file.replace("\\", "/").removeprefix("./")
    cell = cell if file.endswith((".yml", ".docx")) else cell.replace("$", "").upper()
    sources = {source for fact in evidence.facts.values() for source in fact.sources}
    files = {source.file for source in sources}
    if file not in files:
        mend = suggestion(file, files) or say("Name the workbook as data/raw/<school year>/<file>.")
        raise Refused(Problem(say("no fact comes from this file"), mend, file))
    here = [source for source in sources if source.file == file and sheet in ("", source.sheet)]
    found = sorted(s for s in here if s.cell == cell or any(cell == address for *_, address in s.places))
    if len({source.sheet for source in found}) != 1:
        message, mend = say("no fact comes from this cell"), say("A header, a label or a number column is no value.")
        if found:
            sheets = ", ".join(sorted(source.sheet for source in found))
            message, mend = say("stands on several sheets"), say("Name the sheet: {sheets}.", sheets=sheets)
        raise Refused(Problem(message, mend, file, sheet, cell))
    fed = [fact for fact in evidence.facts.values() if not set(found).isdisjoint(fact.sources)]
    return found, sorted(fed, key=lambda fact: bool(fact.inputs))


def _stated(fact: Fact, evidence: Evidence, manuscript: Manuscript) -> list[Message]:
    figures = _figures(fact, evidence, manuscript)
    lines = [say("stated in {file}, line {line}: “{text}”", file=FILE, line=f.line, text=f.text) for f in figures]
    exhibits = _exhibits(fact, evidence, manuscript)
    lines += [say("stated in the table “{name}”", name=name) for kind, name in exhibits if kind == "table"]
    return lines + [say("stated in the chart “{name}”", name=name) for kind, name in exhibits if kind == "chart"]


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


def _exhibits(fact: Fact, evidence: Evidence, manuscript: Manuscript) -> list[tuple[str, str]]:
    """The kinds and names of the tables and charts of the report in which the fact stands."""
    shown = {"table": evidence.tables, "chart": evidence.charts}
    blocks = [(kind, name, shown[kind].get(name, {})) for kind, name, _ in manuscript.blocks]
    return [(kind, name) for kind, name, content in blocks if fact in _inlines(content, evidence)]


def _inlines(content: dict[str, Any], evidence: Evidence) -> list[Fact | None]:
    rows = (content.get("table") or content).get("rows", [])
    inlines = [inline for row in rows for cell in row["cells"] for inline in cell]
    return [evidence.fact(inline["fact"]) for inline in inlines if isinstance(inline, dict)]


def _data(fact: Fact, evidence: Evidence, manuscript: Manuscript) -> dict[str, Any]:
    figures = [{"line": f.line, "text": f.text, "form": str(f.form)} for f in _figures(fact, evidence, manuscript)]
    exhibits = [{"kind": kind, "name": name} for kind, name in _exhibits(fact, evidence, manuscript)]
    return fact.as_dict() | {"figures": figures, "exhibits": exhibits}


def _inputs(fact: Fact, evidence: Evidence) -> dict[str, dict]:
    """All facts beneath this one, by key."""
    found: dict[str, dict] = {}
    for key in fact.inputs:
        found[key] = evidence.facts[key].as_dict()
        found |= _inputs(evidence.facts[key], evidence)
    return found
