"""The audit pages under _output/audit/: executed notebooks, raw workbooks, and an index of both."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from kiemso.catalogue import FILE as CATALOGUE_FILE
from kiemso.claim import Verdict
from kiemso.evidence import Evidence
from kiemso.layout import FOLDER as LAYOUTS
from kiemso.manuscript import Manuscript
from kiemso.page import FOLDER, INDEX, REPORT, cell_anchor, href, notebook_page, raw_page, render, set_notebook
from kiemso.project import located
from kiemso.sheet import read_sheets
from kiemso.step import digest, write_whole
from kiemso.trail import CHART_MIME, FACT_MIME, TABLE_MIME, Corrections, Trail, View, stored

# Beside the pages: what each was made from, so that only what changed is made again.
RECORD = f"{FOLDER}/pages.json"


@dataclass(frozen=True)
class Page:
    """A page to write: its path from _output, the digest of all that decides it, and what makes it.

    `make` gives the HTML and what the index says of the page.
    """

    path: str
    inputs: str
    make: Callable[[], tuple[str, View]]


def write_audit(
    evidence: Evidence,
    manuscript: Manuscript,
    output: Path,
    corrections: Corrections | None = None,
    new: Path | None = None,
) -> list[Path]:
    """Write the pages whose inputs changed since those in `output`/audit, there or into a `new` edition's folder.

    Pages of what is gone are deleted; of an edition, once it is in place (`clear`). The term's notebooks have run and
    report.json is published. Returns the files written: none if nothing changed.
    """
    trail = Trail(evidence, manuscript, corrections or {})
    before, written = _read_record(output / RECORD), []
    record: dict[str, View] = {}
    for page in _pages(trail, record):
        path = output / page.path
        record[page.path] = before.get(page.path, {})
        if not _current(page, path, before):
            html, summary = page.make()
            path = (new or output) / page.path
            write_whole(path, html)
            written.append(path)
            record[page.path] = {"inputs": page.inputs, "page": digest(path), "summary": summary}
    write_whole((new or output) / RECORD, json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    if new is None:
        clear(output)
    return written


def up_to_date(
    evidence: Evidence, manuscript: Manuscript, output: Path, corrections: Corrections | None = None
) -> bool:
    """Whether every page is there as it was written, from inputs as they are now."""
    trail, record = Trail(evidence, manuscript, corrections or {}), _read_record(output / RECORD)
    # The index, which needs the record of all other pages, is asked for last.
    return all(_current(page, output / page.path, record) for page in _pages(trail, record))


def _pages(trail: Trail, record: Mapping[str, View]) -> Iterator[Page]:
    """Every page; `record` must hold all others by the time the index, which is the last, is asked for."""
    yield from _notebook_pages(trail)
    yield from _raw_pages(trail)
    yield _index_page(trail, record)


def _current(page: Page, path: Path, record: Mapping[str, View]) -> bool:
    known = record.get(page.path, {})
    return known.get("inputs") == page.inputs and path.is_file() and known.get("page") == digest(path)


# -- the pages -----------------------------------------------------------------------------------------------------


def _notebook_pages(trail: Trail) -> Iterator[Page]:
    for step, notebook in trail.notebooks:
        path = notebook_page(step.period, step.notebook)
        facts, tables, charts = (list(stored(notebook, mime)) for mime in (FACT_MIME, TABLE_MIME, CHART_MIME))
        summary = {"title": _title(notebook), "facts": len(facts), "tables": len(tables), "charts": len(charts)}
        view = _links(trail, path, step.period) | {
            "name": f"{step.stem}.ipynb",
            "summary": summary | {"cells": sum(cell["cell_type"] == "code" for cell in notebook["cells"])},
            "cards": {fact["key"]: trail.card(fact["key"], path) for fact in facts},
            "tables": {table["name"]: trail.table(table, path) for table in tables},
            "charts": {c["name"]: {**c, "table": c.get("table") and trail.table(c["table"], path)} for c in charts},
        }
        decides = _digest(trail, view, digest(trail.executed(step)))
        yield Page(path, decides, partial(_set_notebook, trail, notebook, view))


def _raw_pages(trail: Trail) -> Iterator[Page]:
    project = trail.evidence.project
    reviewed = [located(project, CATALOGUE_FILE), *sorted(located(project, LAYOUTS).glob("*.yml"))]
    described = [digest(path) for path in reviewed]
    for file, (period, content) in trail.raw.items():
        path = raw_page(file)
        view = _links(trail, path, period) | {
            "name": PurePosixPath(file).name,
            "file": file,
            "digest": content,
            "fed": {
                cell_anchor(sheet, cell): [trail.mention(fact.key, path) for fact in facts]
                for (name, sheet, cell), facts in trail.fed.items()
                if name == file
            },
            "corrections": {cell_anchor(s, c): change for (f, s, c), change in trail.corrections.items() if f == file},
        }
        yield Page(path, _digest(trail, view, described), partial(_set_workbook, trail, view))


def _index_page(trail: Trail, record: Mapping[str, View]) -> Page:
    runs = [(step, notebook_page(step.period, step.notebook)) for step in trail.steps]
    view = {
        "report": href(INDEX, REPORT),
        "siblings": [],
        "name": f"Kiểm chứng số liệu nhiệm kỳ {trail.evidence.name}",
        "runs": [
            {"period": step.period, "name": step.stem, "href": href(INDEX, path), **record[path]["summary"]}
            for step, path in runs
        ],
        "files": [
            {"name": file, "digest": content, "href": href(INDEX, raw_page(file)), **record[raw_page(file)]["summary"]}
            for file, (_, content) in trail.raw.items()
        ],
        "claims": [_claim(trail, verdict) for verdict in trail.evidence.verdicts],
    }
    return Page(INDEX, _digest(trail, view), partial(_set_index, trail, view))


def _links(trail: Trail, path: str, period: str) -> View:
    """What every page leads to: the report, the index, and the other pages of its period."""
    files = [(PurePosixPath(file).name, raw_page(file)) for file, (of, _) in trail.raw.items() if of == period]
    runs = [(f"{s.stem}.ipynb", notebook_page(period, s.notebook)) for s in trail.steps if s.period == period]
    return {
        "period": period,
        "report": href(path, REPORT),
        "index": href(path, INDEX),
        "siblings": [{"name": name, "href": href(path, page)} for name, page in [*files, *runs] if page != path],
    }


def _claim(trail: Trail, verdict: Verdict) -> View:
    claim = verdict.claim
    return {
        "where": claim.where,
        "text": claim.text,
        "data": verdict.data,
        "facts": [trail.mention(key, INDEX) for key in verdict.keys],
        "contradicted": verdict.contradicted,
        "acknowledged": verdict.acknowledged,
        "reason": claim.reason,
    }


def _set_notebook(trail: Trail, notebook: View, view: View) -> tuple[str, View]:
    body = set_notebook(notebook, view)
    return render("notebook.html", trail.styles, body=body, **view), view["summary"]


def _set_workbook(trail: Trail, view: View) -> tuple[str, View]:
    # Workbooks are read in copies of this process, each of which would import what that takes.
    import kiemso.press  # noqa: F401

    evidence, period = trail.evidence, view["period"]
    years = evidence.term.school_years if period == evidence.name else (period,)
    file, fed, corrections = view["file"], view["fed"], view["corrections"]
    sheets = read_sheets(evidence.project, file, period, years, evidence.catalogue, fed, corrections)
    from kiemso.use import USES

    counts = Counter(cell.use for sheet in sheets for _, cells in sheet.rows for cell in cells)
    uses = [{**vars(use), "count": counts[use]} for use in USES if counts[use]]
    return render("workbook.html", trail.styles, sheets=sheets, uses=uses, **view), {"uses": uses}


def _set_index(trail: Trail, view: View) -> tuple[str, View]:
    return render("index.html", trail.styles, **view), {}


# -- what pages are made from --------------------------------------------------------------------------------------


def _title(notebook: View) -> str:
    lines = (line for cell in notebook["cells"] for line in "".join(cell["source"]).splitlines())
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), "")


def _digest(trail: Trail, *content: object) -> str:
    text = json.dumps([trail.frame, *content], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _read_record(path: Path) -> View:
    """What was recorded of the pages written before; nothing where the record is lost or torn."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {page: entry for page, entry in known.items() if {"inputs", "page", "summary"} <= entry.keys()}
    except (OSError, ValueError, AttributeError):
        return {}


def clear(output: Path) -> None:
    """Delete the pages of notebooks and workbooks that are gone, and the folders they leave empty."""
    folder, record = output / FOLDER, _read_record(output / RECORD)
    # Only where a period's pages lie: other pages of the audit are none of ours.
    for path in [*folder.glob("????-????/*.html"), *folder.glob("raw/????-????/*.html")]:
        if path.relative_to(output).as_posix() not in record:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
