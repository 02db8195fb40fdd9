"""Why a step runs: one reason for each thing that can differ, and none where nothing does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kiemso import step as step_module
from kiemso.reason import reasons
from kiemso.step import Step

FILES = {
    "notebooks/2-compute.ipynb": "{}",
    "build/2021-2022/observations.csv": "1",
    "data/raw/2021-2022/a.xlsx": "workbook",
    "data/indicators.yml": "indicators:\n  boi: {label: Bơi}\n  chay: {label: Chạy}\n",
    "requirements.lock": "pandas==2.3.3",
}
STEP = Step(
    "notebooks/2-compute.ipynb",
    "2021-2022",
    ("build/2021-2022/observations.csv", "data/raw/2021-2022", "data/indicators.yml"),
    ("facts.json", "charts/"),
    ("1-clean 2021-2022",),
)
FACTS = "build/2021-2022/facts.json"
RECORD = "build/2021-2022/2-compute.step.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which the step has run."""
    for name, text in FILES.items():
        write(tmp_path, name, text)
    made_from, stage = STEP.made_from(tmp_path), STEP.stage(tmp_path)
    write(stage, "facts.json", "1")
    write(stage, "charts/boi.svg", "<svg/>")
    STEP.finish(tmp_path, stage, made_from)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def told(project: Path, ran: tuple[str, ...] = ()) -> list[str]:
    found = reasons(project, STEP, ran)
    assert bool(found) != STEP.up_to_date(project)
    return [str(reason) for reason in found]


def test_there_is_none_where_nothing_changed(project):
    assert told(project) == []


def test_a_step_that_never_ran_says_so(project):
    (project / RECORD).unlink()
    assert told(project) == ["it has not yet run to its end here"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("notebooks/2-compute.ipynb", "[]", "notebooks/2-compute.ipynb changed"),
        ("data/raw/2021-2022/a.xlsx", "khác", "data/raw/2021-2022/a.xlsx changed"),
        ("data/raw/2021-2022/b.xlsx", "mới", "data/raw/2021-2022/b.xlsx is new"),
        ("build/2021-2022/observations.csv", "2", "build/2021-2022/observations.csv changed"),
        ("requirements.lock", "", "requirements.lock changed: the libraries may be other versions"),
        (FACTS, "hỏng", f"its output {FACTS} is not as it was made"),
        ("build/2021-2022/charts/boi.svg", "", "its output build/2021-2022/charts/boi.svg is not as it was made"),
        ("build/2021-2022/charts/la.svg", "", "its output build/2021-2022/charts/la.svg is not as it was made"),
        (RECORD, "{", f"its record {RECORD} is damaged"),
        (RECORD, "[]", f"its record {RECORD} is damaged"),
        (RECORD, '{"made_from": {}, "outputs": {}}', f"its record {RECORD} is damaged"),
    ],
)
def test_what_changed_is_named(project, name, text, reason):
    write(project, name, text)
    assert told(project) == [reason]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (FACTS, f"its output {FACTS} is missing"),
        ("build/2021-2022/charts/boi.svg", "its output build/2021-2022/charts/boi.svg is missing"),
        ("data/raw/2021-2022/a.xlsx", "data/raw/2021-2022/a.xlsx is gone"),
    ],
)
def test_what_is_gone_is_named(project, name, reason):
    (project / name).unlink()
    assert told(project) == [reason]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("label: Bơi", "label: Bơi lội", "data/indicators.yml changed: indicators.boi"),
        ("  chay: {label: Chạy}\n", "", "data/indicators.yml changed: indicators.chay"),
        ("  chay", "  vo: {label: Võ}\n  chay", "data/indicators.yml changed: indicators.vo"),
        (
            "  boi: {label: Bơi}\n  chay: {label: Chạy}\n",
            "  chay: {label: Chạy}\n  boi: {label: Bơi}\n",
            "data/indicators.yml changed: the order of its entries",
        ),
    ],
)
def test_the_entry_of_a_reviewed_file_is_named(project, old, new, reason):
    text = FILES["data/indicators.yml"]
    write(project, "data/indicators.yml", text.replace(old, new))
    assert told(project) == [reason]


def test_a_step_that_ran_before_it_is_named(project):
    write(project, "build/2021-2022/observations.csv", "2")
    expected = "1-clean 2021-2022 ran and made another build/2021-2022/observations.csv"
    assert told(project, ("1-clean 2021-2022",)) == [expected]


def test_the_program_is_named(project, monkeypatch):
    monkeypatch.setattr(step_module, "package_digest", lambda notebook: "0" * 64)
    assert told(project) == ["the program changed"]


def test_other_parameters_are_named(project):
    record = json.loads((project / RECORD).read_text(encoding="utf-8"))
    record["made_from"]["parameters"] = {"period": "2020-2021"}
    write(project, RECORD, json.dumps(record))
    assert told(project) == ["its parameters changed"]


def test_all_reasons_are_told(project):
    write(project, "requirements.lock", "")
    write(project, "notebooks/2-compute.ipynb", "[]")
    (project / FACTS).unlink()
    assert len(told(project)) == 3
