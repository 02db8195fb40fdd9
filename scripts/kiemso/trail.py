"""The trail from each fact and each raw cell, as the audit pages show it: cards, links, and how often it is stated."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from kiemso.address import expand, runs
from kiemso.evidence import FILE as REPORT_DATA
from kiemso.evidence import Evidence
from kiemso.extension import FOLDER as EXTENSION
from kiemso.fact import Fact
from kiemso.formula import QUOTED, SUM
from kiemso.key import parse_key
from kiemso.manuscript import Manuscript
from kiemso.package import program_digest
from kiemso.page import REPORT, TEMPLATES, cell_anchor, href, notebook_page, raw_page
from kiemso.pathway import pathway_page, school_page
from kiemso.project import SCHOOLS, WORKSPACE_FILE, located, period_folder
from kiemso.run import steps_of
from kiemso.source import Source
from kiemso.step import LOCK_FILE, Step, digest

# Named here too: the recorder's module brings pandas with it, half a second that an unchanged audit need not wait.
FACT_MIME, TABLE_MIME, CHART_MIME = (f"application/vnd.kiemso.{name}+json" for name in ("fact", "table", "chart"))

# (file, sheet, cell) -> (from, to, reason)
Corrections = Mapping[tuple[str, str, str], tuple[str, str, str]]
View = dict[str, Any]

_HOW = {QUOTED: "chép nguyên từ ô gốc", SUM: "tổng"}


@dataclass(frozen=True)
class Trail:
    """The evidence as the pages show it: what each fact and each raw cell leads to."""

    evidence: Evidence
    manuscript: Manuscript
    corrections: Corrections

    @property
    def styles(self) -> list[Path]:
        """The report's own style sheet, and what the audit adds to it."""
        return [located(self.evidence.project, EXTENSION.as_posix()) / "kiemso.css", TEMPLATES / "audit.css"]

    @cached_property
    def frame(self) -> list[str]:
        """Digests of what decides every page beside its content: styles, templates, this package, the lock file."""
        files = [*self.styles, located(self.evidence.project, LOCK_FILE)]
        return [program_digest(), *(digest(path) for path in files if path.is_file())]

    @cached_property
    def steps(self) -> list[Step]:
        """The steps of each school year in the order in which they run, then those of the term."""
        steps = steps_of(self.evidence.project, self.evidence.name, self.evidence.term)
        periods = [*self.evidence.term.school_years, self.evidence.name]
        return sorted(steps, key=lambda step: (periods.index(step.period), steps.index(step)))

    @cached_property
    def notebooks(self) -> list[tuple[Step, View]]:
        """Each step with its executed notebook."""
        return [(step, json.loads(self.executed(step).read_text(encoding="utf-8"))) for step in self.steps]

    def executed(self, step: Step) -> Path:
        """The executed notebook of a step."""
        return period_folder(self.evidence.project, step.period) / f"{step.stem}.ipynb"

    @cached_property
    def raw(self) -> dict[str, tuple[str, str]]:
        """The raw workbooks as they were read: period and digest by file."""
        return {
            file: (step.period, content)
            for step in self.steps
            if (folder := f"data/raw/{step.period}") in step.inputs
            for file, content in sorted(step.record(self.evidence.project)["made_from"]["inputs"].items())
            if PurePosixPath(file).parent.as_posix() == folder
        }

    @cached_property
    def cards(self) -> dict[str, tuple[str, str]]:
        """Page and anchor of each fact's card, under the cell that recorded it."""
        return {
            fact["key"]: (notebook_page(step.period, step.notebook), parse_key(fact["key"]).anchor)
            for step, notebook in self.notebooks
            for fact in stored(notebook, FACT_MIME)
        }

    @cached_property
    def stated(self) -> Counter[str]:
        """How many figures of the report state each fact, in its text, its tables and its charts' data."""
        path = period_folder(self.evidence.project, self.evidence.name) / REPORT_DATA
        shown = json.loads(path.read_text(encoding="utf-8"))
        keys = [figure.key for figure in self.manuscript.figures]
        for kind, name, _ in self.manuscript.blocks:
            keys += _figures(shown[f"{kind}s"].get(name))
        facts = (self.evidence.fact(key) for key in keys)
        return Counter(fact.key for fact in facts if fact)

    @cached_property
    def consumers(self) -> Mapping[str, list[Fact]]:
        """The facts computed from each fact."""
        return _grouped((key, fact) for fact in self.evidence.facts.values() for key in fact.inputs)

    @cached_property
    def fed(self) -> Mapping[tuple[str, ...], list[Fact]]:
        """The facts that each raw cell feeds, those that quote it first."""
        facts = sorted(self.evidence.facts.values(), key=lambda fact: fact.formula != QUOTED)
        return _grouped((place, fact) for fact in facts for place in _places(fact))

    def mention(self, key: str, page: str) -> View:
        """A fact in one line: label, period, value, its card, and how often the report states it."""
        fact = self.evidence.facts[key]
        return {
            "label": fact.label,
            "period": fact.period,
            "value": _value(fact),
            "card": self.card_link(key, page),
            "report": href(page, REPORT, f"fact={key}"),
            "stated": self.stated[key],
        }

    def card(self, key: str, page: str) -> View:
        """All that a fact's card shows."""
        fact = self.evidence.facts[key]
        return self.mention(key, page) | {
            "key": key,
            "anchor": parse_key(key).anchor,
            "how": _HOW.get(fact.formula, ""),
            "formula": fact.formula,
            "expression": fact.expression,
            "note": fact.note,
            "inputs": [self.mention(name, page) for name in fact.inputs],
            "consumers": [self.mention(consumer.key, page) for consumer in self.consumers.get(key, [])],
            "sources": [self.place(source, page) for source in fact.sources],
        }

    def card_link(self, key: str, page: str) -> str:
        """The link to a fact's card."""
        return href(page, *self.cards[key]) if key in self.cards else ""

    def place(self, source: Source, page: str) -> View:
        """A raw cell, or a list of them: what it is called and says, and a link to each cell or run of cells."""
        corrected = source.corrected or self.corrections.get(source[:3], ("", "", ""))[1]
        shown = {"text": source.text, "corrected": corrected, "original": source.original}
        if source.file.startswith(f"{SCHOOLS}/"):
            pages = [(run, school_page(source.file, source.sheet, expand(run)[0])) for run in runs(source.cell)]
            away = "../" * page.count("/")
            links = [{"name": run, "href": away + target} for run, target in pages]
            return shown | {"name": f"{source.file} › {source.sheet} › ", "links": links}
        if source.file == WORKSPACE_FILE and source.cell.startswith("*/"):
            target = pathway_page(source.cell[2:].partition("@")[0])
            return shown | {"name": "", "links": [{"name": source.cell, "href": href(page, target)}]}
        if source.file not in self.raw:
            return shown | {"name": f"{source.file} › {source.cell}", "links": []}
        target = raw_page(source.file)
        links = [
            {"name": run, "href": href(page, target, cell_anchor(source.sheet, expand(run)[0]))}
            for run in runs(source.cell)
        ]
        return shown | {"name": f"{PurePosixPath(source.file).name} › {source.sheet} › ", "links": links}

    def table(self, content: Mapping, page: str) -> View:
        """A stored table, each of its figures linked to its fact's card."""
        return {
            "caption": content.get("caption", ""),
            "columns": [column["title"] for column in content["columns"]],
            "rows": [[[self._inline(i, page) for i in cell] for cell in row["cells"]] for row in content["rows"]],
            "note": content.get("note", ""),
        }

    def _inline(self, inline: str | dict, page: str) -> View:
        fact = None if isinstance(inline, str) else self.evidence.fact(inline["fact"])
        if fact is None:
            return {"text": inline if isinstance(inline, str) else inline["fact"], "href": ""}
        return {"text": fact.text, "href": self.card_link(fact.key, page)}


def _places(fact: Fact) -> list[tuple[str, str, str]]:
    """The raw cells of a fact, each once."""
    return list(dict.fromkeys(place for source in fact.sources for place in source.places))


def stored(notebook: View, mime: str) -> Iterator[View]:
    """What an executed notebook's cells stored under a MIME type, in order."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield output["data"][mime]


def _value(fact: Fact) -> str:
    """The value with its bound and unit; a percent sign stands in the text, a year and a word have no unit."""
    plain = fact.value is None or isinstance(fact.value, str) or fact.unit in ("", "%", "năm")
    return f"{fact.bound} {fact.text}{'' if plain else f' {fact.unit}'}".strip()


def _figures(content: Any) -> Iterator[str]:
    """The keys of all figures in a table or chart as report.json holds it."""
    match content:
        case {"fact": str(key)}:
            yield key
        case dict():
            yield from _figures(list(content.values()))
        case list():
            for item in content:
                yield from _figures(item)


def _grouped(pairs: Iterable[tuple[Any, Fact]]) -> dict[Any, list[Fact]]:
    groups: dict[Any, list[Fact]] = {}
    for key, fact in pairs:
        groups.setdefault(key, []).append(fact)
    return groups
