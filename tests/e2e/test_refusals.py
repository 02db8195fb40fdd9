"""What a careless person does: a clear message, exit status 2, and the last good report as it was."""

import shutil
import subprocess
import sys
from collections.abc import Callable

import openpyxl
import pytest

from .conftest import Project

BOOK = "data/raw/2022-2023/ket-qua-nam-hoc-2022-2023.xlsx"


def swap_years(project: Project) -> None:
    shutil.copy(project.path("data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx"), project.path(BOOK))


def delete_row(project: Project) -> None:
    book = openpyxl.load_workbook(project.path(BOOK))
    book.active.delete_rows(8)
    book.save(project.path(BOOK))


# What the person did, and what the message must say: the place, what stood there, how to mend it.
MISTAKES: dict[str, tuple[Callable[[Project], object], tuple[str, ...]]] = {
    "missing workbook": (
        lambda p: p.path(BOOK).unlink(),
        ("data/raw/2022-2023/: there is no workbook here", "Put the workbook"),
    ),
    "missing folder of a year": (
        lambda p: shutil.rmtree(p.path("data/raw/2022-2023")),
        ("data/raw/2022-2023", "is not there"),
    ),
    "another year's workbook": (
        swap_years,
        (
            BOOK,
            "cell B6",
            "no single column for 2022-2023",
            "“Năm học 2021-2022”",
            "Is this the workbook of 2022-2023?",
        ),
    ),
    "no workbook at all": (
        lambda p: p.path(BOOK).write_text('{"error": 404}'),
        (BOOK, "an error message of a web service (JSON)", "Ask the sender for the file again"),
    ),
    "a format that is not read": (
        lambda p: p.path(BOOK).rename(p.path(BOOK).with_suffix(".pdf")),
        ("ket-qua-nam-hoc-2022-2023.pdf", "is not a file that can be read", "save it as an Excel workbook"),
    ),
    "unknown label": (
        lambda p: p.write_cell("2022-2023", "B30", "Môn bơi lội cấp huyện"),
        (BOOK, "cell B30 “Môn bơi lội cấp huyện”", "no indicator", "Did you mean “Môn bơi cấp huyện”", "aliases"),
    ),
    "unreadable value": (
        lambda p: p.write_cell("2022-2023", "C30", "2 vàng, 1 bạc"),
        (BOOK, "cell C30 “2 vàng, 1 bạc”", "cannot be read from “vàng", "2 nhất, 3 nhì, 1 KK"),
    ),
    "a fraction of a teacher": (
        lambda p: p.write_cell("2022-2023", "C7", 1.234),
        (BOOK, "cell C7 “1,234”", "cannot be 1,234", "a whole number"),
    ),
    "an Excel error": (
        lambda p: p.write_cell("2022-2023", "C7", "#REF!"),
        (BOOK, "cell C7 “#REF!”", "is an Excel error"),
    ),
    "parts that do not add up": (
        lambda p: p.write_cell("2022-2023", "C18", 16),
        (BOOK, "C17", "is 49, but its parts 16 + 33 + 1 + 0 + 0 make 50"),
    ),
    "a value without its label": (
        lambda p: p.write_cell("2022-2023", "B30", None),
        (BOOK, "cell C30 “1 nhất, 2 nhì, 2 ba”", "has no label beside it"),
    ),
    "a value in the wrong column": (
        lambda p: (p.write_cell("2022-2023", "C24", None), p.write_cell("2022-2023", "D24", 736)),
        (BOOK, "cell D24 “736”", "in a column of the table that has no heading"),
    ),
    "a second workbook that is no table": (
        lambda p: openpyxl.Workbook().save(p.path("data/raw/2022-2023/moi.xlsx")),
        ("moi.xlsx", "holds no value at all"),
    ),
    "a correction that no longer fits": (
        lambda p: p.path("data/corrections.yml").write_text(
            f"- {{file: {BOOK}, sheet: Kết quả, cell: C7, from: 3, to: 4, reason: gõ nhầm, by: A, date: 2024-10-12}}"
        ),
        (BOOK, "cell C7 “2”", "the correction expects “3”", "Look at the workbook again"),
    ),
    "a row that was deleted": (delete_row, (BOOK, "has no row for “Giáo viên dạy giỏi cấp huyện”")),
    "misspelt fact key": (
        lambda p: p.replace("report.qmd", "{fact=hs-xuat-sac}", "{fact=hs-xuat-sacc}"),
        ("report.qmd, line ", " “2.105”: ", "there is no fact “hs-xuat-sacc”", "Did you mean “hs-xuat-sac”"),
    ),
    "a key that is none": (
        lambda p: p.replace("report.qmd", "{fact=hs-xuat-sac}", "{fact=HS_xuat_sac}"),
        ("“HS_xuat_sac” is not a key", "boi.ba@2023-2024"),
    ),
    "unknown table": (
        lambda p: p.replace("report.qmd", "{table=ket-qua}", "{table=ketqua}"),
        ("there is no table “ketqua”", "Did you mean “ket-qua”"),
    ),
    "unknown term": (
        lambda p: p.replace("report.qmd", "term: 2022-2024", "term: 2022-2025"),
        ("there is no term “2022-2025”", "Did you mean “2022-2024”"),
    ),
    "no term": (
        lambda p: p.replace("report.qmd", "term: 2022-2024", "trem: 2022-2024"),
        ("report.qmd", "names no term"),
    ),
    "a typo in the catalogue": (
        lambda p: p.replace("data/indicators.yml", "section: khen-thuong", "sektion: khen-thuong"),
        ("data/indicators.yml", "gv-gioi-tinh", "section"),
    ),
    "a key twice in the terms": (
        lambda p: p.replace("data/terms.yml", "  next: 2024-2027", "  next: 2024-2027\n  next: 2024-2028"),
        ("data/terms.yml", "line ", "“next” is given twice"),
    ),
    "a target that points nowhere": (
        lambda p: p.replace("data/targets/2024-2027.yml", "against: kiem-tra}", "against: kiem-trra}"),
        ("kiem-trra",),
    ),
    "a claim on an unknown fact": (
        lambda p: p.replace("data/claims/2024-10-12.csv", ",nhan-su,", ",nhan-suu,"),
        ("data/claims/2024-10-12.csv", "line 2", "there is no fact “nhan-suu”"),
    ),
    "a notebook without its parameters": (
        lambda p: p.replace("notebooks/1-clean-year.ipynb", "period = ", "periode = "),
        ("notebooks/1-clean-year.ipynb", "names periode, the run gives period"),
    ),
    "a slip in a notebook": (
        lambda p: p.replace("notebooks/2-compute-indicators.ipynb", "percent(htsx, rated)", "percent(htsx, ratedd)"),
        ("2-compute-indicators.ipynb", "cell “ty-le-htsx”", "NameError", "JupyterLab"),
    ),
    "a formula that is not what was computed": (
        lambda p: p.replace("notebooks/2-compute-indicators.ipynb", "else 100 * part", "else 10 * part"),
        ("xep-loai.ty-le-htsx", "“100 * htsx / rated” over", "Make the formula and the calculation agree"),
    ),
    "a notebook that is no notebook": (
        lambda p: p.path("notebooks/3-summarise-term.ipynb").write_text("{"),
        ("notebooks/3-summarise-term.ipynb", "cannot be read as a notebook"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_and_loses_nothing(project: Project, mistake: str) -> None:
    act, messages = MISTAKES[mistake]
    before = project.outputs()
    act(project)
    said = project.kiemso("render", "--renderer", "embedded", status=2).stderr
    for message in messages:
        assert message in said
    after = project.outputs()
    assert {name: after[name] for name in after if not name.endswith(".step.json")} == {
        name: before[name] for name in before if not name.endswith(".step.json")
    }


def test_all_problems_of_all_years_are_listed_at_once(project: Project) -> None:
    project.write_cell("2021-2022", "B8", "GV giỏi xã")
    project.write_cell("2021-2022", "C30", "ba bốn giải")
    project.write_cell("2023-2024", "C38", "gần một tỷ")
    said = project.kiemso("run", status=2).stderr
    assert "3 problems" in said
    assert [said.index(text) for text in ("GV giỏi xã", "ba bốn giải", "gần một tỷ")] == sorted(
        said.index(text) for text in ("GV giỏi xã", "ba bốn giải", "gần một tỷ")
    )


@pytest.mark.parametrize("command", ["run", "render", "check", "update", "trace boi"])
def test_outside_a_project_every_command_says_so(tmp_path, command: str) -> None:
    done = Project(tmp_path).kiemso(*command.split(), status=2)
    assert "there is no project here" in done.stderr


def test_before_the_first_run_check_says_what_to_do(project: Project) -> None:
    shutil.rmtree(project.path("build"))
    assert "Run `kiemso run` first" in project.kiemso("check", status=2).stderr


def test_an_unknown_key_is_not_traced(rendered: Project) -> None:
    said = rendered.kiemso("trace", "boi.baa", status=2).stderr
    assert "there is no fact “boi.baa”" in said and "Did you mean “boi.ba”" in said


def test_a_second_run_at_once_is_refused(project: Project) -> None:
    from filelock import FileLock

    with FileLock(project.path("build/.lock")):
        assert "another run is under way" in project.kiemso("run", status=2).stderr
    project.kiemso("run")


def test_a_killed_rendering_leaves_the_last_good_report(project: Project) -> None:
    before = project.outputs()
    left = project.path("_output/.new-left")
    left.mkdir()
    for seconds in (0.6, 1.0, 1.4, 1.8):
        project.write_cell("2023-2024", "C24", 693 if seconds == 1.8 else 700)
        project.kill(seconds, "render", "--renderer", "embedded")
        assert project.path("_output/report.pdf").read_bytes()[-6:].strip() == b"%%EOF"
        assert project.path("_output/report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    project.write_cell("2023-2024", "C24", 693)
    project.kiemso("render", "--renderer", "embedded")
    assert {n: d for n, d in project.outputs().items() if n in ("facts.json", "tables.json")} == {
        n: d for n, d in before.items() if n in ("facts.json", "tables.json")
    }
    assert not left.exists()


def test_an_output_that_cannot_be_replaced_is_named(project: Project) -> None:
    project.path("_output/report.pdf").unlink()
    project.path("_output/report.pdf").mkdir()
    html = project.path("_output/report.html").read_bytes()
    project.replace("report.qmd", "BÁO CÁO", "BÁO CÁO MỚI")
    said = project.kiemso("render", "--renderer", "embedded", status=2).stderr
    assert "_output/report.pdf is a folder" in said
    assert project.path("_output/report.html").read_bytes() == html


def test_a_killed_run_is_finished_by_the_next_one(project: Project, rendered: Project) -> None:
    before = project.outputs()
    shutil.rmtree(project.path("build"))
    for seconds in (0.7, 1.4, 2.1):
        project.kill(seconds, "run")
        assert project.outputs()["report.html"] == before["report.html"]
    project.kiemso("render", "--renderer", "embedded")
    assert project.outputs() == before


def test_who_reads_no_further_is_told_of_no_fault(rendered: Project) -> None:
    command = f"{sys.executable} -m kiemso trace hs-xuat-sac | true"
    done = subprocess.run(command, shell=True, cwd=rendered.folder, capture_output=True, encoding="utf-8")
    assert done.stderr == ""
