"""The folder of a school year, and which reader its files get."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from kiemso.limit import Limits
from kiemso.problem import Refused
from kiemso.workbook import raw_files, read_workbook

NAME = "data/raw/2021-2022/ket-qua.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data/raw/2021-2022"
    path.mkdir(parents=True)
    return path


def refusals(project: Path) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        raw_files(project, "2021-2022")
    assert all(problem.mend for problem in refused.value.problems)
    return [(problem.file, problem.message) for problem in refused.value.problems]


def test_a_periods_files_are_found_by_name_without_what_programs_leave_there(folder, tmp_path):
    for name in ("b.xlsx", "a.xlsx", "~$a.xlsx", ".~lock.a.ods#", ".DS_Store", "Thumbs.db", "desktop.ini"):
        (folder / name).touch()
    assert [path.name for path in raw_files(tmp_path, "2021-2022")] == ["a.xlsx", "b.xlsx"]


def test_files_of_every_format_are_found_whatever_the_case_of_their_ending(folder, tmp_path):
    names = ["a.XLSX", "b.xlsm", "c.xls", "d.xlsb", "e.ods", "f.csv", "g.tsv", "h.txt", "i.docx", "số liệu.xlsx"]
    for name in names:
        (folder / name).touch()
    assert [path.name for path in raw_files(tmp_path, "2021-2022")] == names


@pytest.mark.parametrize("made", [True, False])
def test_a_folder_without_a_workbook_is_refused(tmp_path, made):
    if made:
        (tmp_path / "data/raw/2021-2022").mkdir(parents=True)
    assert refusals(tmp_path) == [("data/raw/2021-2022/", "there is no workbook here")]


def test_a_folder_with_nothing_but_what_windows_leaves_there_is_empty(folder, tmp_path):
    (folder / "Thumbs.db").touch()
    assert refusals(tmp_path) == [("data/raw/2021-2022/", "there is no workbook here")]


def test_a_folder_in_the_folder_is_refused_for_nobody_would_read_it(folder, tmp_path):
    for name in ("cũ", "mới.xlsx"):
        (folder / name).mkdir()
    (folder / "a.xlsx").touch()
    assert refusals(tmp_path) == [
        ("data/raw/2021-2022/", "the folder “cũ” in it would not be read"),
        ("data/raw/2021-2022/", "the folder “mới.xlsx” in it would not be read"),
    ]


@pytest.mark.parametrize("name", ["quyet-dinh.pdf", "anh.jpg", "cu.doc", "so-lieu.zip", "so-lieu", "a.xlsx.bak"])
def test_a_file_that_nobody_would_read_is_refused(folder, tmp_path, name):
    (folder / name).touch()
    ((file, message),) = refusals(tmp_path)
    assert file == f"data/raw/2021-2022/{name}" and message.startswith("is not a file that can be read")


@pytest.mark.parametrize(
    "name",
    [
        "CON.xlsx",
        "nul.csv",
        "com1.xls",
        "a.xlsx ",
        "a\n.xlsx",
        "a\x1b[31m.xlsx",
        "<script>.xlsx",
        "x\\..\\a.xlsx",
        "a:b.csv",
    ]
    + ["\u202excod.xlsx", "đ" * 120 + ".xlsx", "\udcff.xlsx"],
)
def test_a_name_that_not_every_computer_can_use_is_refused_and_not_repeated_raw(folder, tmp_path, name):
    (folder / name).touch()
    ((file, message),) = refusals(tmp_path)
    assert file == "data/raw/2021-2022/" and message.endswith("in it cannot be used on every computer")
    assert message.isprintable()


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.xlsx", "A.xlsx"), *((f"{unicodedata.normalize(form, 'số liệu')}.xlsx", "số liệu.xlsx") for form in ("NFD",))],
)
def test_names_that_are_one_on_another_computer_are_refused(folder, tmp_path, one, other):
    for name in (one, other):
        (folder / name).touch()
    if len(list(folder.iterdir())) < 2:
        pytest.skip("they are one on this computer")
    ((_, message),) = refusals(tmp_path)
    assert message.endswith("in it are one on other computers")


def test_a_link_that_leads_out_of_the_data_is_refused_and_one_within_is_followed(folder, tmp_path):
    (tmp_path / "data/chung.xlsx").touch()
    (folder / "chung.xlsx").symlink_to(tmp_path / "data/chung.xlsx")
    assert [path.name for path in raw_files(tmp_path, "2021-2022")] == ["chung.xlsx"]
    (tmp_path / "passwd").touch()
    (folder / "mat.xlsx").symlink_to(tmp_path / "passwd")
    (folder / "ngoai.xlsx").symlink_to("../../../passwd")
    assert [message for _, message in refusals(tmp_path)] == [
        "“mat.xlsx” in it leads to a place outside the folder data/",
        "“ngoai.xlsx” in it leads to a place outside the folder data/",
    ]


def test_a_folder_that_is_itself_a_link_out_of_the_data_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.xlsx").touch()
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "data/raw/2021-2022").symlink_to(tmp_path / "elsewhere")
    ((_, message),) = refusals(tmp_path)
    assert message == "“a.xlsx” in it leads to a place outside the folder data/"


def test_what_is_no_file_is_refused_and_not_waited_for(folder, tmp_path):
    os.mkfifo(folder / "ống.xlsx")
    (folder / "gãy.xlsx").symlink_to("không-có.xlsx")
    assert sorted(message for _, message in refusals(tmp_path)) == [
        "“gãy.xlsx” in it is no file",
        "“ống.xlsx” in it is no file",
    ]


# -- one file ----------------------------------------------------------------------------------------------------


def problem_of(path: Path, limits: Limits | None = None):
    with pytest.raises(Refused) as refused:
        read_workbook(path, NAME, limits or Limits())
    (problem,) = refused.value.problems
    assert problem.file == NAME and problem.mend
    return problem


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert problem_of(tmp_path / "a.xlsx").message == "there is no such file"


def test_a_file_over_the_size_limit_is_refused_with_the_limit_and_how_to_raise_it(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x" * 3_000_000)
    problem = problem_of(tmp_path / "a.csv", Limits(megabytes=2.5))
    assert problem.message == "goes over the limit “megabytes”: it is 3, and 2.5 is allowed"
    assert "raise “megabytes” in data/limits.yml" in problem.mend


def test_a_workbook_is_read_by_its_content_and_a_name_of_another_format_is_warned_of(make_workbook):
    path = make_workbook({"B7": "Môn bơi"})
    misnamed = path.rename(path.with_suffix(".xls"))
    read = read_workbook(misnamed, NAME)
    assert [cell.text for cell in read.cells] == ["Môn bơi"]
    (warning,) = read.warnings
    assert warning.message == "is named .xls, but it is an Excel workbook (.xlsx), and is read so"


def test_a_text_named_as_a_workbook_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_text("TT;Nội dung;2021-2022\n1;GV giỏi;1\n", encoding="utf-8")
    assert problem_of(tmp_path / "a.xlsx").message == "is named .xlsx, but it is a text file"


def test_a_workbook_without_a_value_is_refused(make_workbook):
    assert problem_of(make_workbook({"C7": " "})).message == "holds no value at all"
