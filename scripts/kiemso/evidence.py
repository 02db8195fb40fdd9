"""build/<term>/report.json: all that the Quarto extension needs to state facts and to lay out their evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kiemso.approval import status
from kiemso.catalogue import Catalogue, read_catalogue
from kiemso.claim import Verdict, judge, read_claims
from kiemso.correction import Correction, read_corrections
from kiemso.fact import Fact, read_facts
from kiemso.formula import QUOTED
from kiemso.key import parse_key
from kiemso.message import say
from kiemso.origin import origins
from kiemso.panel import FILE as PANEL_FILE
from kiemso.panel import panel
from kiemso.problem import Problem, Refused
from kiemso.project import period_folder
from kiemso.school import described
from kiemso.source import Source
from kiemso.statement import Inline, stated
from kiemso.step import write_whole
from kiemso.term import Term, read_term
from kiemso.warning import read_warnings, warning_rows
from kiemso.wording import VALUE, Form, Wording

FILE = "report.json"


@dataclass(frozen=True)
class Evidence:
    """What a term's notebooks left, and the claims held against it."""

    project: Path
    name: str
    term: Term
    catalogue: Catalogue
    facts: Mapping[str, Fact]
    tables: Mapping[str, dict]
    charts: Mapping[str, dict]
    verdicts: Sequence[Verdict] = ()
    corrections: Sequence[Correction] = ()
    warnings: Sequence[dict] = ()
    school: Mapping[str, str] = field(default_factory=dict)

    def fact(self, key: str) -> Fact | None:
        """The fact of a key as the report may write it, with or without the term's period."""
        try:
            return self.facts.get(str(parse_key(key).at(self.name)))
        except ValueError:
            return None

    def text(self, fact: Fact, form: Form) -> str:
        """The fact as a figure of this form states it. Raises Unstatable."""
        return Wording(self.facts, self.term.school_years).state(fact, form)

    def short(self, key: str) -> str:
        """The key as a person writes it in the report."""
        return key.removesuffix(f"@{self.name}")


def read_evidence(project: Path, name: str) -> Evidence:
    """The evidence of a term whose notebooks have run, the claims held against it; Refused where they have not."""
    evidence = gather_evidence(project, name)
    return replace(evidence, verdicts=judge_claims(evidence))


def judge_claims(evidence: Evidence) -> list[Verdict]:
    """The project's claims held against the evidence; Refused where one cannot be."""
    return judge(read_claims(evidence.project), evidence.catalogue, evidence.facts, evidence.name)


def gather_evidence(project: Path, name: str) -> Evidence:
    """What a term's notebooks left; Refused where they have not run."""
    folder = period_folder(project, name)
    term = read_term(project, name)
    try:
        facts = read_facts(folder / "facts.json")
        made = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
        tables, charts, jumps = made["tables"], made["charts"], made.get("warnings", [])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        message = say("the notebooks of {term} have not run yet", term=name)
        raise Refused(Problem(message, say("Run `kiemso run` first."), f"build/{name}/facts.json")) from None
    catalogue, corrections = read_catalogue(project), read_corrections(project)
    warnings = [*read_warnings(project, (*term.school_years, name)), *jumps]
    school = described(project)
    return Evidence(project, name, term, catalogue, facts, tables, charts, (), corrections, warnings, school)


def publish(evidence: Evidence, used: Iterable[tuple[str, Form]]) -> None:
    """Write report.json; `used` are the keys that the report states and how, whose evidence must stand in it."""
    digests = _digests(evidence)
    tables = {name: _table(table) for name, table in evidence.tables.items()}
    charts = {name: _chart(chart) for name, chart in evidence.charts.items()}
    tables["doi-chieu"] = _claims_table(evidence)
    forms: dict[str, dict[str, str]] = {}
    wording = Wording(evidence.facts, evidence.term.school_years)
    compared: dict[str, dict[str, tuple[str, list[str]]]] = {}
    for fact, form in ((evidence.fact(key), form) for key, form in used):
        if fact:
            forms.setdefault(fact.key, {})[str(form)] = evidence.text(fact, form)
            if proof := wording.proof(fact, form):
                keys = [one.key for one in wording.inputs(fact, form) if one is not fact]
                compared.setdefault(fact.key, {})[proof[0]] = (proof[1], keys)
    wanted = {*forms, *_figures(evidence, tables, charts)}
    rows = _rows(evidence, wanted)
    for _, row in rows:
        for what, (how, _) in (pair for key in row["keys"] for pair in compared.get(key, {}).items()):
            row["lines"].append({"anchor": None, "period": what, "value": how, "formula": "", "sources": []})
    content = {
        "term": evidence.name,
        "status": status(evidence.project, evidence.name),
        **({"school": evidence.school} if evidence.school else {}),
        "facts": {written: _stated(fact, forms) for written, fact in _writings(evidence)},
        "tables": tables,
        "charts": charts,
        "evidence": {
            "files": [{"path": path, "digest": content} for path, content in digests.items()],
            "sections": _sections(evidence, rows),
            "warnings": _warnings(evidence),
        },
    }
    folder = period_folder(evidence.project, evidence.name)
    refs = {key: row["ref"] for _, row in rows for key in row.pop("keys")}
    comparisons = {
        key: [{"text": f"{what}: {how}", "keys": keys} for what, (how, keys) in found.items()]
        for key, found in compared.items()
    }
    content_of_panel = panel(
        evidence.project, evidence.name, evidence.facts, digests, refs, _claims(evidence), comparisons
    )
    write_whole(folder / PANEL_FILE, content_of_panel)
    write_whole(folder / FILE, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _writings(evidence: Evidence) -> Iterable[tuple[str, Fact]]:
    for key, fact in evidence.facts.items():
        yield key, fact
        if evidence.short(key) != key:
            yield evidence.short(key), fact


def _stated(fact: Fact, forms: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    label = f"{fact.label}, {fact.period}"
    texts = {VALUE: fact.text} | forms.get(fact.key, {})
    return {"anchor": parse_key(fact.key).anchor, "label": label, "status": fact.status, "forms": texts}


def _table(table: dict) -> dict:
    return {name: table[name] for name in ("caption", "note", "columns", "rows") if table.get(name)}


def _chart(chart: dict) -> dict:
    return {name: chart[name] for name in ("caption", "alt", "svg", "png", "table")}


def _figures(evidence: Evidence, *groups: Mapping[str, dict]) -> Iterable[str]:
    for content in (c for group in groups for c in group.values()):
        for row in (content.get("table") or content).get("rows", []):
            for inline in (inline for cell in row["cells"] for inline in cell):
                if isinstance(inline, dict):
                    yield str(parse_key(inline["fact"]).at(evidence.name))


# -- the evidence appendix ---------------------------------------------------------------------------------------


def _rows(evidence: Evidence, wanted: set[str]) -> list[tuple[str, dict]]:
    """One row for each fact of the term with its school years as lines; (section, row) in the catalogue's order."""
    groups: dict[str, list[Fact]] = {}
    for fact in evidence.facts.values():
        # A target shares its name with nothing: its period is another term.
        groups.setdefault(fact.name, []).append(fact)
    rows = []
    for group in groups.values():
        if any(fact.value is not None or fact.key in wanted for fact in group):
            rows.append((group[0].section, _row(evidence, group)))
    order = list(evidence.catalogue.sections)
    rows.sort(key=lambda pair: order.index(pair[0]))
    for number, (_, row) in enumerate(rows, 1):
        row["ref"] = f"C{number}"
    return rows


def _row(evidence: Evidence, group: list[Fact]) -> dict[str, Any]:
    years = [fact for fact in group if fact.period in evidence.term.school_years]
    term = next((fact for fact in group if fact.period not in evidence.term.school_years), None)
    head = term or years[0]
    why = {c.place: f"{c.reason}; {c.by}, {c.date:%d/%m/%Y}" for c in evidence.corrections}
    lines = [_line(fact.period, fact, parse_key(fact.key).anchor, why) for fact in years]
    if term and not years:
        inputs = [evidence.facts[key] for key in term.inputs]
        lines = [_line(fact.label, fact, None, why) for fact in inputs] or [_line(term.period, term, None, why)]
    return {
        "ref": "",
        "anchor": parse_key(term.key).anchor if term else "",
        "label": head.label,
        "value": _value(term) if term else "",
        "unit": _unit(term) if term else "",
        "formula": term.expression if term else "",
        "note": term.note if term and term.formula != QUOTED else "",
        "notebook": head.notebook,
        "cell": head.cell,
        "lines": lines,
        "keys": [fact.key for fact in group],
    }


def _line(name: str, fact: Fact, anchor: str | None, why: Mapping[tuple, str]) -> dict[str, Any]:
    sources = [
        source._asdict() | {"why": "; ".join(why[place] for place in source.places if place in why)}
        for source in fact.sources
    ]
    # Of a quoted value the note says how it comes from the number in the cell.
    formula = fact.note if fact.formula == QUOTED else fact.expression
    return {"anchor": anchor, "period": name, "value": _value(fact), "formula": formula, "sources": sources}


def _value(fact: Fact) -> str:
    return f"{fact.bound} {fact.text}".strip()


def _unit(fact: Fact) -> str:
    # A percent sign stands in the value already; a year and an absent value have no unit to show.
    return "" if fact.value is None or isinstance(fact.value, str) or fact.unit in ("%", "năm") else fact.unit


def _sections(evidence: Evidence, rows: list[tuple[str, dict]]) -> list[dict]:
    sections = [
        {"title": title, "rows": [row for section, row in rows if section == code]}
        for code, title in evidence.catalogue.sections.items()
    ]
    return [section for section in sections if section["rows"]]


def _digests(evidence: Evidence) -> dict[str, str]:
    """The digests of the files in which the facts' values stand, as they were read."""
    sources: Iterable[Source] = (source for fact in evidence.facts.values() for source in fact.sources)
    return origins(evidence.project, evidence.name, evidence.term, sorted({source.file for source in sources}))


def _warnings(evidence: Evidence) -> list[dict[str, str]]:
    needless = [
        {
            "file": verdict.claim.file,
            "sheet": "",
            "cell": f"dòng {verdict.claim.line}",
            "text": verdict.claim.text,
            "message": "số liệu không còn mâu thuẫn, hãy bỏ phần giải trình",
        }
        for verdict in evidence.verdicts
        if verdict.needless
    ]
    return [*warning_rows(evidence.warnings), *needless]


def _claims(evidence: Evidence) -> dict[str, list[dict]]:
    """The contradicted claims on each fact."""
    found: dict[str, list[dict]] = {}
    for verdict in evidence.verdicts:
        claim = verdict.claim
        for key in verdict.keys if verdict.contradicted else ():
            found.setdefault(key, []).append({"where": claim.where, "text": claim.text, "reason": claim.reason})
    return found


# -- the claims that the data contradict -------------------------------------------------------------------------

_CLAIM_COLUMNS = {"Nơi nêu": 24, "Dự thảo nêu": 26, "Số liệu gốc": 20, "Giải trình": 30}


def _claims_table(evidence: Evidence) -> dict[str, Any]:
    columns = [{"title": title, "align": "left", "width": width} for title, width in _CLAIM_COLUMNS.items()]
    rows = [
        {"cells": [[v.claim.where], [v.claim.text], _data(evidence, v), [v.claim.reason]]}
        for v in evidence.verdicts
        if v.contradicted
    ]
    caption = "Số liệu trong dự thảo không khớp với số liệu gốc"
    return {"caption": caption, "columns": columns, "rows": rows}


def _data(evidence: Evidence, verdict: Verdict) -> list[Inline]:
    if len(verdict.keys) == 1:
        return [{"fact": verdict.keys[0]}]
    return stated(parse_key(verdict.claim.fact).at(evidence.name), evidence.catalogue, evidence.facts)
