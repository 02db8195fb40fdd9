"""Steps: what makes one out of date, and what a crash leaves behind."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from kiemso import step as step_module
from kiemso.problem import Refused
from kiemso.step import Step, check_inputs, clear_stages, digest, write_whole

STEP = Step(
    "notebooks/1-clean-year.ipynb",
    "2021-2022",
    ("data/raw/2021-2022", "data/terms.yml", "data/corrections.yml"),
    ("a.csv", "charts/"),
    optional=("data/limits.yml",),
)
CORRECTIONS = "- {file: data/raw/2021-2022/ket-qua.xlsx, sheet: A, cell: C7, from: 1, to: 2}\n"


def make_project(folder: Path) -> Path:
    for name, content in {
        "notebooks/1-clean-year.ipynb": "{}",
        "data/raw/2021-2022/ket-qua.xlsx": "workbook",
        "data/terms.yml": "2022-2024: {label: nhiệm kỳ}",
        "data/corrections.yml": CORRECTIONS,
        "requirements.lock": "pandas==2.3.3",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def run(project: Path, content: str = "1\n") -> None:
    """What a run of the step does, with these outputs."""
    made_from, stage = STEP.made_from(project), STEP.stage(project)
    (stage / "a.csv").write_text(content, encoding="utf-8")
    (stage / "charts").mkdir()
    (stage / "charts/boi.svg").write_text("<svg/>", encoding="utf-8")
    STEP.finish(project, stage, made_from)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    run(make_project(tmp_path))
    return tmp_path


def test_a_step_that_never_ran_is_not_up_to_date(tmp_path):
    assert not STEP.up_to_date(make_project(tmp_path))


def test_a_step_that_ran_is_up_to_date_and_its_outputs_stand_in_their_place(project):
    assert STEP.up_to_date(project)
    made = sorted(
        path.relative_to(project / "build").as_posix() for path in (project / "build").rglob("[!.]*") if path.is_file()
    )
    assert made == ["2021-2022/1-clean-year.step.json", "2021-2022/a.csv", "2021-2022/charts/boi.svg"]


def test_time_stamps_and_excels_lock_files_do_not_matter(project):
    for path in project.rglob("*"):
        os.utime(path, (0, 0))
    (project / "data/raw/2021-2022/~$ket-qua.xlsx").write_text("khóa", encoding="utf-8")
    assert STEP.up_to_date(project)


@pytest.mark.parametrize(
    "name",
    ["notebooks/1-clean-year.ipynb", "data/raw/2021-2022/ket-qua.xlsx", "data/terms.yml", "requirements.lock"]
    + ["data/raw/2021-2022/moi.xlsx", "build/2021-2022/a.csv", "build/2021-2022/charts/boi.svg"]
    + ["build/2021-2022/charts/la.svg"],
)
def test_a_change_in_what_goes_in_or_came_out_makes_it_out_of_date(project, name):
    (project / name).write_text("khác", encoding="utf-8")
    assert not STEP.up_to_date(project)


@pytest.mark.parametrize(
    "name",
    ["notebooks/1-clean-year.ipynb", "data/raw/2021-2022/ket-qua.xlsx", "data/terms.yml", "requirements.lock"]
    + ["build/2021-2022/a.csv", "build/2021-2022/charts/boi.svg", "build/2021-2022/1-clean-year.step.json"],
)
def test_a_file_that_is_gone_makes_it_out_of_date(project, name):
    (project / name).unlink()
    assert not STEP.up_to_date(project)


def test_a_file_under_another_name_makes_it_out_of_date(project):
    folder = project / "data/raw/2021-2022"
    (folder / "ket-qua.xlsx").rename(folder / "ket-qua-2.xlsx")
    assert not STEP.up_to_date(project)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data/terms.yml", "# Chú thích\n2022-2024:\n  label: nhiệm kỳ\n"),
        ("data/corrections.yml", CORRECTIONS + "- {file: data/raw/2022-2023/a.xlsx, sheet: A, cell: C7}\n"),
    ],
)
def test_a_comment_and_a_correction_of_another_years_workbook_do_not_matter(project, name, text):
    (project / name).write_text(text, encoding="utf-8")
    assert STEP.up_to_date(project)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data/terms.yml", "2022-2024: {label: nhiệm kỳ 2}"),
        ("data/terms.yml", '2022-2024: {label: nhiệm kỳ}\n2024-2027: {label: "1"}'),
        ("data/terms.yml", "2022-2024: [nhiệm kỳ"),
        ("data/corrections.yml", CORRECTIONS.replace("to: 2", "to: 3")),
        ("data/corrections.yml", CORRECTIONS.replace("from: 1", "from: '1'")),
        ("data/corrections.yml", CORRECTIONS * 2),
        ("data/corrections.yml", "[]"),
        ("data/limits.yml", "megabytes: 1"),
    ],
)
def test_another_entry_matters(project, name, text):
    (project / name).write_text(text, encoding="utf-8")
    assert not STEP.up_to_date(project)


def test_the_order_of_entries_matters(project):
    (project / "data/terms.yml").write_text("a: {b: 1}\nc: {d: 1}", encoding="utf-8")
    run(project)
    (project / "data/terms.yml").write_text("c: {d: 1}\na: {b: 1}", encoding="utf-8")
    assert not STEP.up_to_date(project)


def test_another_version_of_the_package_makes_it_out_of_date(project, monkeypatch):
    monkeypatch.setattr(step_module, "package_digest", lambda notebook: "0" * 64)
    assert not STEP.up_to_date(project)


@pytest.mark.parametrize("record", ["", "{", "[]", "null", "{}", '{"made_from": {}, "outputs": {}}'])
def test_a_damaged_record_counts_as_none(project, record):
    STEP.record_path(project).write_text(record, encoding="utf-8")
    assert not STEP.up_to_date(project)


def test_a_step_runs_again_over_its_old_outputs(project):
    run(project, "2\n")
    assert STEP.up_to_date(project)
    assert (project / "build/2021-2022/a.csv").read_text(encoding="utf-8") == "2\n"


def test_a_crash_while_outputs_are_moved_in_leaves_the_step_to_be_done_again(project, monkeypatch):
    replace = os.replace

    def fail_on_charts(source, target):
        if Path(target).name == "charts":
            raise OSError("No space left on device")
        replace(source, target)

    monkeypatch.setattr(step_module.os, "replace", fail_on_charts)
    with pytest.raises(OSError, match="No space left"):
        run(project, "1\n")  # the same content: only the record tells that the step was not completed
    monkeypatch.undo()
    assert not STEP.up_to_date(project)
    run(project)
    assert STEP.up_to_date(project)


def test_a_run_that_dies_before_its_end_changes_no_good_output(project):
    (STEP.stage(project) / "a.csv").write_text("half", encoding="utf-8")
    assert STEP.up_to_date(project)
    assert not [*STEP.stage(project).iterdir()]  # and the next run starts clean


def test_what_dead_runs_left_is_removed(project):
    (STEP.stage(project) / "a.csv").write_text("half", encoding="utf-8")
    clear_stages(project)
    assert not [*(project / "build").glob(".stage/*")]
    assert STEP.up_to_date(project)


def test_two_attempts_at_the_same_time_do_not_mix(tmp_path):
    make_project(tmp_path)

    def attempt(content: str) -> dict[str, str]:
        made_from, stage = STEP.made_from(tmp_path), STEP.stage(tmp_path)
        (stage / "a.csv").write_text(content, encoding="utf-8")
        (stage / "charts").mkdir()
        (stage / "charts/boi.svg").write_text(content, encoding="utf-8")
        both_there.wait()
        return STEP.finish(tmp_path, stage, made_from)

    for _ in range(20):
        both_there = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            attempts = [*pool.map(attempt, ("1", "2"))]
        assert STEP.up_to_date(tmp_path)
        there = {name: digest(tmp_path / name) for name in attempts[0]}
        assert there in attempts
    assert not [*(tmp_path / "build").glob(".stage/*")]


def test_the_record_is_the_same_wherever_the_project_lies(tmp_path):
    records = []
    for place in ("một", "hai"):
        run(make_project(tmp_path / place))
        records.append(STEP.record_path(tmp_path / place).read_bytes())
    assert records[0] == records[1]
    assert json.loads(records[0])["made_from"]["parameters"] == {"period": "2021-2022"}


def test_all_missing_inputs_are_listed_together(tmp_path):
    make_project(tmp_path)
    (tmp_path / "data/terms.yml").unlink()
    other = Step("notebooks/2.ipynb", "2021-2022", ("build/2021-2022/a.csv", "data/terms.yml"), ("facts.json",))
    with pytest.raises(Refused) as refused:
        check_inputs(tmp_path, [STEP, other], frozenset({"build/2021-2022/a.csv"}))
    assert [problem.file for problem in refused.value.problems] == ["data/terms.yml", "notebooks/2.ipynb"]


def test_inputs_that_other_steps_make_need_not_be_there_yet(tmp_path):
    make_project(tmp_path)
    check_inputs(tmp_path, [STEP], frozenset())


def test_a_digest_is_of_the_content_alone(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"abc")
    # From FIPS 180-2, appendix B.1.
    assert digest(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_a_file_is_written_whole_and_only_when_its_content_changes(tmp_path):
    path = tmp_path / "build/facts.json"
    write_whole(path, "một")
    os.utime(path, (0, 0))
    write_whole(path, b"m\xe1\xbb\x99t")
    assert path.stat().st_mtime == 0
    write_whole(path, "hai")
    assert path.read_text(encoding="utf-8") == "hai"
    assert [file.name for file in path.parent.iterdir()] == ["facts.json"]


def test_a_write_that_fails_leaves_the_old_content(tmp_path, monkeypatch):
    path = tmp_path / "facts.json"
    write_whole(path, "một")
    monkeypatch.setattr(step_module.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_whole(path, "hai")
    assert path.read_text(encoding="utf-8") == "một"


def test_a_step_is_named_by_its_notebook_and_period():
    assert (STEP.name, STEP.stem) == ("1-clean-year 2021-2022", "1-clean-year")


def test_a_notebook_that_leaves_out_an_output_is_named_and_its_good_ones_stay(project):
    before = (project / "build/2021-2022/a.csv").read_text(encoding="utf-8")
    stage = STEP.stage(project)
    (stage / "a.csv").write_text("2\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        STEP.finish(project, stage, STEP.made_from(project))
    assert {problem.file for problem in refused.value.problems} == {STEP.notebook}
    assert "has not written charts" in str(refused.value)
    assert (project / "build/2021-2022/a.csv").read_text(encoding="utf-8") == before
    assert STEP.up_to_date(project)
