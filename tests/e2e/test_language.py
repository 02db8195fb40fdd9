"""What is said in the person's language, and what is the same whoever runs it."""

import json
import shutil
from pathlib import Path

import pytest

from .conftest import ROOT, Project, copy_project

VIETNAMESE = {"KIEMSO_LANG": "vi"}


def files(project: Project) -> dict[str, bytes]:
    """All that a run and a rendering leave, but for the lock and the notes of where they ended."""
    found = (path for folder in ("build", "_output") for path in project.path(folder).rglob("*") if path.is_file())
    made = {path.relative_to(project.folder).as_posix(): path.read_bytes() for path in found}
    return {name: content for name, content in made.items() if not name.startswith(("build/.lock", "build/.finished/"))}


def problems(project: Project, *command: str) -> list[dict]:
    """What a refused command says to a program; a person is told nothing."""
    done = project.kiemso(*command, "--json", status=2)
    assert done.stderr == ""
    return json.loads(done.stdout)["problems"]


def test_a_refusal_is_in_vietnamese_for_who_speaks_it(project: Project) -> None:
    project.write_cell("2022-2023", "B30", "Môn bơi lội cấp huyện")
    said = project.kiemso("run", status=2, **VIETNAMESE).stderr
    assert said.startswith("1 lỗi cần sửa; báo cáo hoàn chỉnh gần nhất vẫn nguyên vẹn:\n  1. data/raw/2022-2023/")
    assert "trang tính “Kết quả”, ô B30 “Môn bơi lội cấp huyện”: " in said
    assert "Có phải là “Môn bơi cấp huyện”" in said and "Hãy sửa" in said
    assert "is no indicator" not in said and "Did you mean" not in said


def test_a_check_is_in_vietnamese_for_who_speaks_it(project: Project) -> None:
    project.replace("report.qmd", "[2.105]{fact=hs-xuat-sac}", "[2.106]{fact=hs-xuat-sac}")
    said = project.kiemso("check", status=1, **VIETNAMESE).stdout
    assert "Số liệu chưa cập nhật: hãy chạy `kiemso update`:\n  report.qmd, dòng " in said
    assert "“2.106”: nay là “2.105” (hs-xuat-sac)" in said and said.endswith("Chưa đạt.\n")
    assert "Đã cập nhật 1 số liệu." in project.kiemso("update", **VIETNAMESE).stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["chek"], "Không có lệnh 'chek'. Có phải là 'check' không?"),
        (["run", "--jos", "2"], "Không có tùy chọn '--jos'."),
        (["trace"], "Thiếu đối số 'TARGET'."),
        (["render", "--to", "odt"], "Giá trị không hợp lệ của '--to': 'odt' không thuộc 'html', 'pdf', 'docx'."),
    ],
)
def test_a_slip_in_the_command_line_is_named_in_vietnamese(tmp_path: Path, command: list[str], said: str) -> None:
    done = Project(tmp_path).kiemso(*command, status=2, **VIETNAMESE)
    assert said in done.stderr and "Error" not in done.stderr and "Usage" not in done.stderr


def test_a_problem_found_while_rendering_is_in_vietnamese_too(project: Project) -> None:
    project.replace("report.qmd", "::: {.evidence}", "::: {.evidense}")
    said = project.kiemso("render", "--to", "html", "--renderer", "embedded", status=2, **VIETNAMESE).stderr
    assert "report.qmd nêu dữ kiện nhưng không có chỗ cho phần căn cứ" in said


@pytest.mark.parametrize(
    "command", ["run", "render", "check", "update", "trace boi", "diff", "approve --by A --role lap", "check --release"]
)
def test_every_command_tells_a_program_why_it_refuses(tmp_path: Path, command: str) -> None:
    (problem,) = problems(Project(tmp_path), *command.split())
    assert problem["message"]["en"].startswith("there is no project here")
    assert problem["message"]["vi"].startswith("ở đây không có dự án")
    assert problem["mend"]["vi"].startswith("Hãy ") and problem["file"] == ""


def test_a_program_gets_the_place_and_the_text_of_a_problem(project: Project) -> None:
    project.write_cell("2022-2023", "C30", "2 vàng, 1 bạc")
    (problem,) = problems(project, "run")
    assert (problem["sheet"], problem["cell"], problem["text"]) == ("Kết quả", "C30", "2 vàng, 1 bạc")
    assert {*problem["message"]} == {*problem["mend"]} == {"vi", "en"}


def test_a_program_gets_what_a_command_found(project: Project) -> None:
    project.replace("report.qmd", "[2.105]{fact=hs-xuat-sac}", "[2.106]{fact=hs-xuat-sac}")
    found = json.loads(project.kiemso("check", "--json", status=1).stdout)
    assert not found["passed"] and found["unknown"] == found["untagged"] == []
    (stale,) = found["stale"]
    assert (stale["file"], stale["key"], stale["text"], stale["now"]) == ("report.qmd", "hs-xuat-sac", "2.106", "2.105")
    assert json.loads(project.kiemso("update", "--json").stdout)["rewritten"] == [stale]
    run = json.loads(project.kiemso("run", "--json").stdout)
    assert run["ran"] == [] and len(run["kept"]) == 8
    assert "lines" in json.loads(project.kiemso("check", "--release", "--json", status=1).stdout)
    assert json.loads(project.kiemso("trace", "boi.ba", "--json").stdout)["fact"]["key"] == "boi.ba@2022-2024"


def test_the_files_are_the_same_whatever_the_language(rendered: Project, tmp_path: Path) -> None:
    book = "data/raw/2022-2023/ket-qua-nam-hoc-2022-2023.xlsx"
    correction = (
        f"- {{file: {book}, sheet: Kết quả, cell: C7, from: 2, to: 3, reason: gõ nhầm, by: A, date: 2024-10-12}}"
    )
    made = []
    for name, environment in {
        "vi": {"KIEMSO_LANG": "vi", "LANG": "C"},
        "en": {"KIEMSO_LANG": "en", "LANG": "vi_VN.UTF-8"},
        "locale": {"KIEMSO_LANG": "", "LC_ALL": "C"},
    }.items():
        project = copy_project(ROOT, tmp_path / name)
        project.path("data/corrections.yml").write_text(correction, encoding="utf-8")
        project.kiemso("render", "--renderer", "embedded", **environment)
        made.append(files(project))
    assert len(made[0]) > 20
    for other in made[1:]:
        assert {*other} == {*made[0]}
        assert [name for name in other if other[name] != made[0][name]] == []


def test_what_is_wrong_in_one_file_hides_nothing_in_another(project: Project) -> None:
    shutil.rmtree(project.path("data/raw/2021-2022"))
    project.write_cell("2022-2023", "C30", "ba bốn giải")
    project.write_cell("2023-2024", "C38", "gần một tỷ")
    project.replace("data/targets/2024-2027.yml", "per: ", "pro: ")
    project.replace("data/claims/2024-10-12.csv", "id,where", "di,where")
    assert [problem["file"] for problem in problems(project, "run")] == sorted(
        [
            "data/claims/2024-10-12.csv",
            "data/raw/2021-2022",
            "data/raw/2022-2023/ket-qua-nam-hoc-2022-2023.xlsx",
            "data/raw/2023-2024/ket-qua-nam-hoc-2023-2024.xlsx",
            *["data/targets/2024-2027.yml"] * 2,
        ]
    )


def test_what_is_wrong_in_the_reviewed_files_comes_together(project: Project) -> None:
    project.replace("report.qmd", "term: 2022-2024", "trem: 2022-2024")
    project.replace("data/indicators.yml", "section: khen-thuong", "sektion: khen-thuong")
    project.replace("data/terms.yml", "  next: 2024-2027", "  next: 2024-2027\n  next: 2024-2028")
    project.path("data/corrections.yml").write_text("- {file: x}", encoding="utf-8")
    found = {problem["file"] for problem in problems(project, "render")}
    assert found == {"data/corrections.yml", "data/indicators.yml", "data/terms.yml", "report.qmd"}


def test_what_is_wrong_in_the_text_and_in_the_claims_comes_together(project: Project) -> None:
    project.replace("report.qmd", "{fact=hs-xuat-sac}", "{fact=hs-xuat-sacc}")
    project.replace("data/claims/2024-10-12.csv", ",nhan-su,", ",nhan-suu,")
    found = {(problem["file"], problem["message"]["vi"]) for problem in problems(project, "render")}
    assert found == {
        ("report.qmd", "không có dữ kiện “hs-xuat-sacc”"),
        ("data/claims/2024-10-12.csv", "không có dữ kiện “nhan-suu”"),
    }
