"""build/<term>/panel.json: what the evidence panel of the HTML report shows of each fact."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kiemso.address import expand, runs
from kiemso.correction import read_corrections
from kiemso.fact import Fact
from kiemso.key import parse_key
from kiemso.page import raw_page
from kiemso.pathway import pathway_page, school_page
from kiemso.project import SCHOOLS, WORKSPACE_FILE, period_folder
from kiemso.source import Source

FILE = "panel.json"

# Where in its sheet a raw cell stands: the label of its row and the heading of its column.
Places = Mapping[tuple[str, str, str], tuple[str, str]]


def panel(
    project: Path,
    term: str,
    facts: Mapping[str, Fact],
    digests: Mapping[str, str],
    refs: Mapping[str, str],
    claims: Mapping[str, list],
    comparisons: Mapping[str, list],
) -> str:
    """The text of panel.json; `digests` are by file, `refs`, `claims` and `comparisons` by key.

    These are the evidence row, the contradicted claims, and the comparisons with other facts that the report states.
    """
    sources = list(dict.fromkeys(source for fact in facts.values() for source in fact.sources))
    number = {source: index for index, source in enumerate(sources)}
    places = _places(project, {fact.period for fact in facts.values()} | {term})
    corrections = {c.place: c.model_dump(mode="json", by_alias=True) for c in read_corrections(project)}
    # As they ran: whoever has edited a notebook since has not yet computed with it.
    runs_of = {(_ran_for(fact, term), fact.notebook) for fact in facts.values()}
    notebooks = {run: _cells(period_folder(project, run[0]) / run[1]) for run in runs_of}
    cells: dict[str, dict] = {}
    shown = {}
    for fact in facts.values():
        period = _ran_for(fact, term)
        cell = f"{Path(fact.notebook).stem}/{period}/{fact.cell}"
        cells[cell] = cells.get(cell) or _cell(notebooks[period, fact.notebook], fact, period)
        shown[fact.key] = _fact(fact) | {
            "sources": [number[source] for source in fact.sources],
            "cell": cell,
            "ref": refs.get(fact.key, ""),
            "claims": claims.get(fact.key, []),
            "comparisons": comparisons.get(fact.key, []),
        }
    content = {
        "term": term,
        "facts": shown,
        "cells": cells,
        "sources": [_source(source, places, digests[source.file], corrections) for source in sources],
    }
    # Compact: it is embedded in the page.
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _ran_for(fact: Fact, term: str) -> str:
    """The period that the fact's notebook ran for: the targets of the next term stand in this term's notebook."""
    return fact.period if fact.notebook.startswith("2-") else term


def _fact(fact: Fact) -> dict[str, Any]:
    names = ("label", "period", "text", "unit", "bound", "status", "formula", "expression", "note", "inputs")
    return {name: getattr(fact, name) for name in names} | {"anchor": parse_key(fact.key).anchor}


def _cells(path: Path) -> list[dict[str, str]]:
    """A notebook's cells. Read as plain JSON: importing nbformat takes longer than all the rest of a run."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in cells]


def _cell(cells: list[dict[str, str]], fact: Fact, period: str) -> dict[str, str]:
    """The code of a notebook's cell, and the sentence that says what it computes."""
    place = next(i for i, cell in enumerate(cells) if cell["id"] == fact.cell)
    before = (cell["source"] for cell in reversed(cells[:place]) if cell["cell_type"] == "markdown")
    return {
        "notebook": fact.notebook,
        "period": period,
        "cell": fact.cell,
        "code": cells[place]["source"],
        "premise": next(before, ""),
        "page": f"audit/{period}/{Path(fact.notebook).stem}.html#{quote(fact.cell)}",
    }


def _source(source: Source, places: Places, checksum: str, corrections: Mapping[tuple, dict]) -> dict[str, Any]:
    row_label, heading = places.get(source[:3], ("", ""))
    cells = [(run, _page(source, expand(run)[0])) for run in runs(source.cell)] if source.sheet else _pathway(source)
    place = {"row_label": row_label, "column_heading": heading, "page": cells[0][1] if cells else "", "cells": cells}
    found = [corrections[place] for place in source.places if place in corrections]
    return source._asdict() | place | {"digest": checksum, "corrections": found}


def _pathway(source: Source) -> list[tuple[str, str]]:
    """The link from a roll-up's total to the schools that it adds up."""
    if source.file != WORKSPACE_FILE or not source.cell.startswith("*/"):
        return []
    return [(source.cell, pathway_page(source.cell[2:].partition("@")[0]))]


def _page(source: Source, cell: str) -> str:
    """The link to a raw cell on its workbook's page."""
    if source.file.startswith(f"{SCHOOLS}/"):
        return school_page(source.file, source.sheet, cell)
    path = raw_page(source.file)
    return f"{quote(path)}#{quote(f'{source.sheet}!{cell}')}"


def _places(project: Path, periods: set[str]) -> Places:
    places = {}
    for period in sorted(periods):
        path = period_folder(project, period) / "observations.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    places[row["file"], row["sheet"], row["cell"]] = (row["row_label"], row["column_heading"])
    return places
