"""The overview of a workspace's schools: build/schools.json for programs, _output/schools.html for people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kiemso.page import TEMPLATES, render
from kiemso.project import SCHOOLS, located
from kiemso.school import Schools, school_folder
from kiemso.standing import PAGES, Standing, last_standing
from kiemso.step import write_whole

DATA, PAGE = "build/schools.json", "_output/schools.html"
# In the order in which the page lists them: what needs somebody comes first.
STATES = {"refused": "có lỗi", "late": "nộp thiếu", "new": "chưa chạy", "done": "xong"}
_LANGUAGE = "vi"


def write_overview(workspace: Path, schools: Schools, term: str, run: Mapping[str, Standing]) -> list[Path]:
    """Write both files from how the schools that were run stand, and the others did after theirs, and return them."""
    standings = {code: run.get(code) or last_standing(school_folder(workspace, code), term) for code in schools.schools}
    listed = [_listed(schools, code, standing) for code, standing in standings.items()]
    content = {"term": term, "schools": listed}
    write_whole(workspace / DATA, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    styles = [located(workspace, "_extensions/kiemso/kiemso.css"), TEMPLATES / "audit.css"]
    order = [*STATES]
    rows = [_row(workspace, schools, code, standing) for code, standing in standings.items()]
    rows.sort(key=lambda row: order.index(row["state"]))
    counts = Counter(row["state"] for row in rows)
    html = render(
        "schools.html",
        styles,
        name=f"Các trường, nhiệm kỳ {term}",
        rows=rows,
        states=STATES,
        counts={state: counts[state] for state in STATES if counts[state]},
        report="",
        index="",
        siblings=[],
        period=term,
    )
    write_whole(workspace / PAGE, html)
    return [workspace / DATA, workspace / PAGE]


def _listed(schools: Schools, code: str, standing: Standing) -> dict[str, Any]:
    problems = [problem.as_json() for problem in standing.problems]
    about: Mapping[str, Any] = schools.schools[code].model_dump()
    return {"code": code, **about, "state": standing.state, "missing": standing.missing, "problems": problems}


def _row(workspace: Path, schools: Schools, code: str, standing: Standing) -> dict[str, Any]:
    row: dict[str, Any] = schools.schools[code].model_dump()
    row |= {"code": code, "state": standing.state, "missing": standing.missing}
    row["problems"] = [problem.told(_LANGUAGE) for problem in standing.problems]
    # One that was made before may say something else than the school's facts do now.
    for name, page, of in (("report", "report.html", "html"), ("audit", "audit/index.html", PAGES)):
        there = of in standing.made and (school_folder(workspace, code) / "_output" / page).is_file()
        row[name] = quote(f"../{SCHOOLS}/{code}/_output/{page}") if there else ""
    return row
