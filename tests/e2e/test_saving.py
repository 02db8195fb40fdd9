"""What a person saves while the report is being made: evidence and figures agree, and the next run takes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kiemso import chain, execution
from kiemso.chain import make_report, run_chain
from kiemso.evidence import read_evidence
from kiemso.manner import Manner
from kiemso.manuscript import read_manuscript
from kiemso.problem import Refused
from kiemso.run import run_step, term_steps
from kiemso.step import digest
from kiemso.term import read_term
from kiemso.trail import Trail

from .conftest import Project

TERM = "2022-2024"
WORKBOOK = "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"
CATALOGUE = "data/indicators.yml"
CHANGED = rf"{WORKBOOK}: was changed while the report was being made from it"


FILES = ("report", "panel")


def printed(project: Project) -> tuple[set[str], set[str]]:
    """The digests of the workbook in the evidence appendix and in the panel."""
    report, panel = (json.loads(project.path(f"build/{TERM}/{name}.json").read_text("utf-8")) for name in FILES)
    files = {one["digest"] for one in report["evidence"]["files"] if one["path"] == WORKBOOK}
    return files, {one["digest"] for one in panel["sources"] if one["file"] == WORKBOOK}


def value(project: Project) -> int:
    facts = json.loads(project.path("build/2021-2022/facts.json").read_text(encoding="utf-8"))["facts"]
    return next(fact["value"] for fact in facts if fact["key"] == "hs-xuat-sac@2021-2022")


def run(project: Project) -> None:
    run_chain(project.folder, None, lambda _: None)


def in_front_of(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, save: Callable[[], None]) -> None:
    """Have a person save something the moment before the module calls the function."""
    after = getattr(module, name)

    def saved(*arguments: Any) -> Any:
        save()
        return after(*arguments)

    monkeypatch.setattr(module, name, saved)


def test_the_evidence_names_the_workbook_that_the_figures_were_computed_from(project, monkeypatch):
    before = digest(project.path(WORKBOOK))
    in_front_of(monkeypatch, chain, "gather_evidence", lambda: project.write_cell("2021-2022", "C24", 677))
    run(project)
    assert value(project) == 676
    assert printed(project) == ({before}, {before})
    trail = Trail(read_evidence(project.folder, TERM), read_manuscript(project.folder), {})
    assert trail.raw[WORKBOOK] == ("2021-2022", before)

    monkeypatch.undo()
    run(project)
    after = digest(project.path(WORKBOOK))
    assert after != before
    assert (value(project), printed(project)) == (677, ({after}, {after}))


def test_the_panel_shows_the_code_that_computed_and_not_what_it_is_now(project, monkeypatch):
    before = project.path(f"build/{TERM}/panel.json").read_bytes()
    notebook = project.path("notebooks/2-compute-indicators.ipynb")
    edited = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in edited["cells"]:
        cell["id"] = f"new-{cell['id']}"
    in_front_of(monkeypatch, chain, "gather_evidence", lambda: notebook.write_text(json.dumps(edited), "utf-8"))
    run(project)
    assert project.path(f"build/{TERM}/panel.json").read_bytes() == before


@pytest.mark.parametrize(
    ("file", "save"),
    [
        (WORKBOOK, lambda project: project.write_cell("2021-2022", "C24", 677)),
        (
            "data/indicators.yml",
            lambda project: project.replace("data/indicators.yml", "label: Giáo", "label: Cô giáo"),
        ),
    ],
)
def test_pages_that_would_show_another_file_are_refused_and_the_last_good_report_stays(project, file, save):
    run(project)
    before = files_below(project.path("_output"))
    save(project)
    with pytest.raises(Refused, match=rf"{file}: was changed while the report was being made from it\n.*Run again"):
        make_report(project.folder, ("html",), "embedded", lambda _: None)
    assert files_below(project.path("_output")) == before
    project.kiemso("render", "--to", "html", "--renderer", "embedded")
    assert files_below(project.path("_output")) != before


def files_below(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_reviewed_file_is_named_with_the_digest_of_what_was_read_or_not_at_all(project, monkeypatch):
    (targets,) = project.path("data/targets").glob("*.yml")
    name = targets.relative_to(project.folder).as_posix()
    text = targets.read_text(encoding="utf-8")

    in_front_of(monkeypatch, chain, "gather_evidence", lambda: targets.write_text("# Chú thích\n" + text, "utf-8"))
    run(project)
    report = json.loads(project.path(f"build/{TERM}/report.json").read_text(encoding="utf-8"))
    assert {"path": name, "digest": digest(targets)} in report["evidence"]["files"]

    monkeypatch.undo()
    changed = text.replace("value: 2,", "value: 3,", 1)
    assert changed != text
    in_front_of(monkeypatch, chain, "gather_evidence", lambda: targets.write_text(changed, "utf-8"))
    with pytest.raises(Refused, match=f"{name}: was changed"):
        run(project)


def test_a_step_during_which_its_workbook_is_saved_is_not_done(project, monkeypatch):
    step = next(one for one in term_steps(TERM, read_term(project.folder, TERM)) if one.period == "2021-2022")
    before = project.path(WORKBOOK).read_bytes()
    project.write_cell("2021-2022", "C24", 678)
    in_front_of(monkeypatch, execution, "make", lambda: project.write_cell("2021-2022", "C24", 677))
    with pytest.raises(Refused, match=CHANGED):
        run_step(project.folder, step, Manner())
    # Its record, and its outputs, are those of the last good run.
    project.path(WORKBOOK).write_bytes(before)
    assert step.up_to_date(project.folder)
    monkeypatch.undo()
    project.write_cell("2021-2022", "C24", 677)
    run_step(project.folder, step, Manner())
    assert step.up_to_date(project.folder)
