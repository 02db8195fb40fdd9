"""The way from a total down to each school: a page for each indicator, with the schools' own pages behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from sys import intern
from typing import Any
from urllib.parse import quote

from kiemso.edition import OUTPUT
from kiemso.fact import Fact, read_facts
from kiemso.key import parse_key
from kiemso.page import TEMPLATES, cell_anchor, notebook_page, raw_page, render
from kiemso.project import SCHOOLS, SUMMARISE, located, period_folder, workspace_of
from kiemso.school import School, read_schools
from kiemso.step import write_whole
from kiemso.suppression import stating_cells

FOLDER = "audit/schools"
# The raw cells of a school's fact: file, sheet, cell.
Places = tuple[tuple[str, str, str], ...]
# From a page of the audit of a district, districts/<name>/_output/audit/<folder>/, to the workspace's folder.
_UP = "../../../../../"


def pathway_page(name: str) -> str:
    """Where the page of a fact's name lies, from _output."""
    return f"{FOLDER}/{name}.html"


def school_page(file: str, sheet: str, cell: str) -> str:
    """Where a raw cell of schools/<code>/data/raw/... stands, from a district's _output."""
    code, _, own = file.removeprefix(f"{SCHOOLS}/").partition("/data/raw/")
    place = f"{SCHOOLS}/{code}/_output/{raw_page(f'data/raw/{own}')}"
    return f"../../../{quote(place)}#{quote(cell_anchor(sheet, cell), safe='!')}"


def write_pathways(district: Path, term: str, codes: Sequence[str], new: Path) -> list[Path]:
    """Write the page of every total into a folder of an edition; returns where they lie, from _output."""
    workspace = workspace_of(district)
    assert workspace is not None
    facts = read_facts(period_folder(district, term) / "facts.json")
    totals = {fact.name: fact for fact in facts.values() if fact.period == term and "/" not in fact.key}
    shown = {key: fact.text for key, fact in facts.items() if "/" in key}
    schools = read_schools(workspace).schools
    places: dict[str, dict[str, Places]] = {name: {} for name in totals}
    for code in codes:  # one at a time: all their facts at once would not fit everywhere
        own = read_facts(period_folder(workspace / SCHOOLS / code, term) / "facts.json")
        for name in totals:
            if fact := own.get(f"{name}@{term}"):
                cells = stating_cells(fact)
                places[name][code] = tuple((intern(file), intern(sheet), intern(cell)) for file, sheet, cell in cells)
    written = []
    for name, total in totals.items():
        if found := places.pop(name):
            texts = {code: shown.get(f"{code}/{total.key}", "") for code in found}
            rows = (_row(code, schools[code], total, texts[code], found[code]) for code in found)
            written.append(_write(district, term, total, rows, new))
    return [path.relative_to(new) for path in written]


def clear_pathways(district: Path, kept: Iterable[Path]) -> None:
    """Delete the pages of totals that are gone; `kept` lie there from _output."""
    output = district / OUTPUT
    for path in {*(output / FOLDER).glob("*.html")} - {output / page for page in kept}:
        path.unlink()


def _row(code: str, school: School, total: Fact, shown: str, places: Places) -> dict[str, Any]:
    output = f"{_UP}{SCHOOLS}/{code}/_output/"
    card = quote(output + notebook_page(total.period, SUMMARISE)) + f"#{parse_key(total.key).anchor}"
    cells = [
        {
            "name": f"{file.rpartition('/')[2]} › {sheet} › {cell}",
            "href": quote(output + raw_page(file)) + "#" + quote(cell_anchor(sheet, cell), safe="!"),
        }
        for file, sheet, cell in places
    ]
    return {"code": code, **school.model_dump(), "shown": shown, "card": card, "cells": cells}


def _write(district: Path, term: str, total: Fact, rows: Iterable[dict[str, Any]], new: Path) -> Path:
    styles = [located(district, "_extensions/kiemso") / "kiemso.css", TEMPLATES / "audit.css"]
    html = render(
        "pathway.html",
        styles,
        name=total.label,
        total=total,
        rows=rows,
        period=term,
        report="../../report.html",
        index="../index.html",
        siblings=[],
    )
    path = new / pathway_page(total.name)
    write_whole(path, html)
    return path
