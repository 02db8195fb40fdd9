"""What runs again and why, and the project's own notebooks in an ordinary kernel."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from kiemso.lock import project_lock
from kiemso.manner import Manner
from kiemso.run import run_step, term_steps
from kiemso.step import Step
from kiemso.term import read_term

from .conftest import Project

TERM = "2022-2024"


def explained(project: Project) -> list[str]:
    return project.kiemso("run", "--explain", KIEMSO_LANG="en").stdout.splitlines()


def test_explain_says_of_each_step_why_it_runs_or_need_not(project):
    told = explained(project)
    assert len([line for line in told if line.endswith("need not run: all is as its record says")]) == 8

    project.write_cell("2021-2022", "C24", 677)
    project.path("build/2022-2023/facts.json").write_text("{", encoding="utf-8")
    told = explained(project)
    workbook = "data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"
    facts = "2-compute-indicators {0} ran and made another build/{0}/facts.json"
    assert f"1-clean-year 2021-2022 runs: {workbook} changed" in told
    assert (
        "2-compute-indicators 2021-2022 runs: "
        "1-clean-year 2021-2022 ran and made another build/2021-2022/observations.csv" in told
    )
    damaged = "its output build/2022-2023/facts.json is not as it was made"
    assert f"2-compute-indicators 2022-2023 runs: {damaged}" in told
    assert "2-compute-indicators 2023-2024 need not run: all is as its record says" in told
    assert f"3-summarise-term 2022-2024 runs: {facts.format('2021-2022')}" in told
    assert f"{TERM}: 4 notebooks run, 4 up to date" in told


def test_a_comment_in_the_catalogue_runs_nothing(project):
    path = project.path("data/indicators.yml")
    path.write_text("# Chú thích mới\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert f"{TERM}: 0 notebooks run, 8 up to date" in explained(project)


def test_a_time_limit_ends_a_run_and_leaves_the_last_good_report(project):
    before = project.outputs()
    project.replace(
        "notebooks/2-compute-indicators.ipynb", "begin(period)", "import time; time.sleep(60); begin(period)"
    )
    done = project.kiemso("run", "--timeout", "2", status=2, KIEMSO_LANG="en")
    assert "took longer than 2 seconds for 2021-2022" in done.stderr
    assert project.outputs() == before


def test_a_second_run_is_told_who_holds_the_project(project):
    with project_lock(project.folder):
        done = project.kiemso("run", status=2, KIEMSO_LANG="en")
    assert "another run is under way in this project: process " in done.stderr


def test_the_projects_notebooks_give_the_same_bytes_in_an_ordinary_kernel(project):
    steps = term_steps(TERM, read_term(project.folder, TERM))
    one_of_each = [*{step.notebook: step for step in steps}.values()]
    before = {step.name: outputs(project, step) for step in one_of_each}
    with ThreadPoolExecutor(2) as pool:
        [*pool.map(lambda step: run_step(project.folder, step, Manner(kernel=True)), one_of_each)]
    assert {step.name: outputs(project, step) for step in one_of_each} == before


def outputs(project: Project, step: Step) -> dict[str, str]:
    record = json.loads(step.record_path(project.folder).read_text(encoding="utf-8"))
    assert record["outputs"]
    return record["outputs"]
