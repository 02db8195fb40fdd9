"""Finding out that a command has nothing to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kiemso import finished
from kiemso.finished import Finished

FILES = {
    "data/raw/2021-2022/a.xlsx": "workbook",
    "report.qmd": "báo cáo",
    "docs/logo.svg": "<svg>",
    "build/2021-2022/facts.json": "{}",
    "_output/report.html": "<html>",
    "tests/test_x.py": "",
}
FOUND = {"ran": ["1"], "files": ["report.html"]}


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def found(project: Path, *command: str):
    return Finished(project, command or ("render",)).found()


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    """A project in which `render` has ended well, and a program of one module."""
    folder = tmp_path / "project"
    for name, text in FILES.items():
        write(folder, name, text)
    write(tmp_path, "package/a.py", "1")
    monkeypatch.setattr(finished, "_PACKAGE", tmp_path / "package")
    assert found(folder) is None
    Finished(folder, ("render",)).remember(FOUND)
    return folder


def test_what_it_found_stands_while_nothing_changes(project):
    assert found(project) == FOUND


def test_another_command_has_found_nothing_yet(project):
    assert found(project, "run") is None


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("tests")] + ["../package/a.py"])
@pytest.mark.parametrize("change", ["write", "delete", "rename", "add"])
def test_any_change_counts(project, name, change):
    path = project / name
    if change == "write":
        path.write_text("khác", encoding="utf-8")
    elif change == "delete":
        path.unlink()
    elif change == "rename":
        path.rename(path.with_name(f"x{path.name}"))
    else:
        path.with_name(f"x{path.name}").write_text("", encoding="utf-8")
    assert found(project) is None


def test_another_quarto_counts(project, tmp_path, monkeypatch):
    place = tmp_path / "quarto"
    place.write_text("")
    monkeypatch.setattr(finished.shutil, "which", lambda name: str(place))
    assert found(project) is None
    Finished(project, ("render",)).remember(FOUND)
    assert found(project) == FOUND
    os.utime(place, (1, 1))
    assert found(project) is None


def test_what_is_no_file_is_no_obstacle(project):
    (project / "data/link").symlink_to("nowhere")
    os.mkfifo(project / "data/pipe")
    assert found(project) is None
    Finished(project, ("render",)).remember(FOUND)
    assert found(project) == FOUND


def test_times_tests_hidden_files_and_excels_lock_files_do_not_count(project):
    for path in project.rglob("*"):
        os.utime(path, (0, 0))
    for name in ("tests/test_x.py", "data/raw/2021-2022/~$a.xlsx", "build/.lock.json", ".git/x"):
        write(project, name, "khác")
    assert found(project) == FOUND


def test_what_a_school_shares_with_its_workspace_counts(tmp_path):
    school = tmp_path / "schools/ky-phu"
    raw = "schools/ky-phu/data/raw/a.xlsx"
    for name in ("data/schools.yml", "data/indicators.yml", "report.qmd", "images/logo.png", raw):
        write(tmp_path, name, "1")
    Finished(school, ("run",)).remember(FOUND)
    assert found(school, "run") == FOUND
    for name in ("data/indicators.yml", "report.qmd", "images/logo.png"):
        write(tmp_path, name, "2")
        assert found(school, "run") is None
        write(tmp_path, name, "1")
    assert found(school, "run") == FOUND


def test_what_is_saved_while_a_command_works_is_for_the_next_time(project):
    working = Finished(project, ("render",))
    write(project, "report.qmd", "khác")
    working.remember(FOUND)
    assert found(project) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null"])
def test_a_damaged_record_counts_as_none(project, text):
    Finished(project, ("render",)).record.write_text(text, encoding="utf-8")
    assert found(project) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("data/raw/2021-2022/a.xlsx", True),
        ("../package/a.py", True),
        ("report.qmd", False),
        ("docs/logo.svg", False),
        ("_output/report.html", False),
    ],
)
def test_what_no_notebook_reads_makes_none_run(project, name, expected):
    (project / name).write_text("khác", encoding="utf-8")
    assert Finished(project, ("render",)).notebooks_will_run() is expected


def test_of_a_command_that_never_ended_well_notebooks_will_run(project):
    assert Finished(project, ("run",)).notebooks_will_run()


def test_what_a_link_leads_to_counts_and_a_circle_ends(project, tmp_path):
    write(tmp_path, "shared/a.yml", "1")
    (project / "data/layouts").symlink_to(tmp_path / "shared")
    (project / "data/round").symlink_to(project / "data")
    Finished(project, ("render",)).remember(FOUND)
    assert found(project) == FOUND
    write(tmp_path, "shared/a.yml", "2")
    assert found(project) is None
