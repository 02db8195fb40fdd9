"""The page _output/audit/changes.html: what changed since the last approval, why, and in which sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiemso.address import expand
from kiemso.change import Calculation, CellChange, Changes, FactChange, compare
from kiemso.evidence import Evidence
from kiemso.extension import FOLDER as EXTENSION
from kiemso.manuscript import Manuscript
from kiemso.page import FOLDER as AUDIT_FOLDER
from kiemso.page import INDEX, TEMPLATES, cell_anchor, href, notebook_page, raw_page, render
from kiemso.page import REPORT as REPORT_PAGE
from kiemso.project import COMPUTE, located
from kiemso.sentence import GONE, NEW
from kiemso.step import write_whole

PAGE = f"{AUDIT_FOLDER}/changes.html"


def write_changes(evidence: Evidence, manuscript: Manuscript, output: Path) -> Path:
    """Write `output`/audit/changes.html: what changed since the last approval, and why."""
    changes = compare(evidence, manuscript)
    styles = [located(evidence.project, EXTENSION.as_posix()) / "kiemso.css", TEMPLATES / "audit.css"]
    html = render(
        "changes.html",
        styles,
        name="Thay đổi từ lần duyệt gần nhất",
        report=href(PAGE, REPORT_PAGE),
        index=href(PAGE, INDEX),
        siblings=[],
        lead=_lead(changes),
        sentences=changes.sentences,
        tables=_tables(evidence, changes),
    )
    write_whole(output / PAGE, html)
    return output / PAGE


def _lead(changes: Changes) -> list[str]:
    if not changes.approved:
        return [f"Báo cáo nhiệm kỳ {changes.term} chưa được duyệt lần nào, nên chưa có gì để đối chiếu."]
    day = "/".join(reversed(changes.approved["date"].split("-")))
    since = f"So với bản {changes.approved['by']} duyệt ngày {day}"
    if changes.same:
        return [f"{since}: không có gì thay đổi."]
    counts = f"{len(changes.facts)} dữ kiện, {len(changes.sentences)} câu, {len(changes.files)} tệp thay đổi"
    return [f"{since}: {counts}. Báo cáo là dự thảo cho đến khi được duyệt lại."]


def _tables(evidence: Evidence, changes: Changes) -> Iterator[dict[str, Any]]:
    """The tables of the page; a cell of a table is a list of texts with their links."""

    def cell(change: CellChange) -> list[dict[str, str]]:
        shown = change.after is not None and change.sheet
        link = href(PAGE, raw_page(change.file), cell_anchor(change.sheet, expand(change.cell)[0])) if shown else ""
        return [_text(change.place, link), _text(": " + _cell_texts(change))]

    def calculation(change: Calculation) -> list[dict[str, str]]:
        fact = evidence.fact(change.keys[0])
        yearly = fact and fact.period in evidence.term.school_years and COMPUTE.endswith(change.notebook)
        page = notebook_page(fact.period if fact and yearly else evidence.name, change.notebook)
        return [_text(f"{change.notebook}, ô lệnh {change.cell}", href(PAGE, page, change.cell))]

    def why(change: FactChange) -> list[dict[str, str]]:
        reasons = [*map(cell, change.cells), *map(calculation, change.calculations)]
        reasons += [[_text(f"danh mục, mục {entry}")] for entry in change.entries]
        reasons = reasons or [[_text("xem các tệp thay đổi")]]
        return [inline for number, one in enumerate(reasons) for inline in [_text("; ")] * bool(number) + one]

    def fact(change: FactChange) -> list[list[dict[str, str]]]:
        link = href(PAGE, REPORT_PAGE, f"fact={change.key}") if change.after is not None else ""
        texts = change.before or NEW, change.after or GONE, change.difference
        return [[_text(f"{change.label}, {change.period}", link)], *([_text(text)] for text in texts), why(change)]

    facts = [fact(change) for change in changes.facts]
    yield _table("Dữ kiện", ["Dữ kiện", "Đã duyệt", "Nay", "Chênh lệch", "Vì sao"], facts)
    yield _table("Ô gốc và đính chính", ["Ô"], [[cell(change)] for change in changes.cells])
    calculations = [[calculation(change), [_text(", ".join(change.keys))]] for change in changes.calculations]
    yield _table("Phép tính", ["Ô lệnh đã sửa", "Dữ kiện tính ở đó"], calculations)
    yield _table("Danh mục", ["Mục đã sửa"], [[[_text(entry)]] for entry in changes.entries])
    yield _table("Tệp", ["Tệp thay đổi"], [[[_text(name)]] for name in changes.files])


def _cell_texts(change: CellChange) -> str:
    old, new = ("(không dùng)" if text is None else f"“{text}”" for text in (change.before, change.after))
    texts = [f"{old} → {new}"] if change.before != change.after else []
    if change.corrected_before != change.corrected_after:
        raw = ((change.corrected_before, change.before), (change.corrected_after, change.after))
        read = (f"“{corrected or text or ''}”" for corrected, text in raw)
        texts.append(f"đính chính {' → '.join(read)}")
    return ", ".join(texts)


def _table(title: str, columns: list[str], rows: list) -> dict[str, Any]:
    return {"title": title, "caption": "", "columns": columns, "rows": rows, "note": ""}


def _text(text: str, link: str = "") -> dict[str, str]:
    return {"text": text, "href": link}
