"""What comes in for a school year: files read together, what is left unread said, all that is wrong at once."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pandas as pd
import pytest
from kiemso import cleaning
from kiemso.intake import take_in
from kiemso.problem import Refused
from kiemso.raw import Area, RawCell, RawSheet, RawWorkbook

YEAR = "2021-2022"
NAME = f"data/raw/{YEAR}/ket-qua-nam-hoc-2021-2022.xlsx"
HEAD = ["TT", "Nội dung", "Năm học 2021-2022"]


@pytest.fixture
def project(root, tmp_path, monkeypatch):
    """A copy of the project's data, and the notebooks' session in it."""
    shutil.copytree(root / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kiemso.session._recorder", None)
    return tmp_path


@pytest.fixture
def add_sheet(project):
    """Add a sheet to the workbook of the school year."""

    def add(title: str, *rows: list, hidden: bool = False, file: str = NAME):
        path = project / file
        book = openpyxl.load_workbook(path) if path.exists() else openpyxl.Workbook()
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if hidden else "visible"
        book.save(path)

    return add


@pytest.fixture
def came_in(project, catalogue):
    return lambda: take_in(project, YEAR, catalogue, [YEAR])


def said(problems) -> list[tuple[str, str, str]]:
    return [(problem.sheet, problem.cell, problem.message) for problem in problems]


def test_the_schools_own_workbook_comes_in_whole(came_in):
    intake = came_in()
    assert (intake.problems, intake.warnings, intake.misfits) == ([], [], [])
    assert [(t.name, t.header_row, t.last_row) for t in intake.tables] == [("nam-hoc", 6, 38)]
    assert len(intake.cells) == 92 and intake.unread.empty


def test_numbers_stay_as_whole_as_they_are(came_in):
    cells = came_in().cells.set_index("cell")
    assert [repr(cells.loc[cell, "number"]) for cell in ("C7", "B7")] == ["1", "None"]


def test_a_sheet_that_no_layout_describes_is_counted_not_shown(add_sheet, came_in):
    add_sheet("Danh bạ", ["Chị Hoa Thử", "ai@thu.vn"], ["Anh Nam Thử"])
    intake = came_in()
    assert said(intake.warnings) == [("Danh bạ", "", "no layout fits this sheet: not read")]
    assert intake.unread.to_dict("records") == [{"file": NAME, "sheet": "Danh bạ", "cells": 3}]
    assert "Thử" not in intake.cells.to_csv()


def test_a_hidden_sheet_is_not_read_even_where_a_layout_fits(add_sheet, came_in):
    add_sheet("Nháp", HEAD, [1, "SKKN", 9], hidden=True)
    intake = came_in()
    assert said(intake.warnings) == [("Nháp", "", "is a hidden sheet: not read")]
    assert len(intake.tables) == 1 and "Nháp" not in set(intake.cells["sheet"])


def test_a_workbook_of_which_nothing_is_read_is_refused(add_sheet, came_in):
    add_sheet("Kế hoạch", ["Kế hoạch năm học"], file=f"data/raw/{YEAR}/ke-hoach.xlsx")
    problems = came_in().problems
    assert [(p.file, p.message) for p in problems] == [
        (f"data/raw/{YEAR}/ke-hoach.xlsx", "no table found: no cell says “Nội dung”")
    ]


def test_a_file_that_cannot_be_read_does_not_hide_what_is_wrong_in_another(project, add_sheet, came_in):
    (project / f"data/raw/{YEAR}/hong.xlsx").write_bytes(b"no workbook")
    add_sheet("Thêm", ["TT", "Nội dung", "Năm học 2020-2021"], [1, "SKKN", 9])
    files = [(problem.file.rpartition("/")[2], problem.sheet) for problem in came_in().problems]
    assert files == [("hong.xlsx", ""), ("ket-qua-nam-hoc-2021-2022.xlsx", "Thêm")]


def test_without_any_file_that_can_be_read_all_of_them_are_refused(project, came_in):
    (project / NAME).write_bytes(b"no workbook")
    with pytest.raises(Refused) as refused:
        came_in()
    assert [problem.file for problem in refused.value.problems] == [NAME]


def test_a_corrected_heading_counts(project, add_sheet, came_in):
    book = openpyxl.load_workbook(project / NAME)
    book["Kết quả"]["C6"] = "Năm học 2021-2002"
    book.save(project / NAME)
    assert [problem.cell for problem in came_in().problems] == ["B6"]
    entry = f"- {{file: {NAME}, sheet: Kết quả, cell: C6, from: Năm học 2021-2002, to: Năm học 2021-2022,\n"
    entry += "   reason: gõ nhầm, by: Người kiểm tra, date: 2024-10-12}\n"
    (project / "data/corrections.yml").write_text(entry, encoding="utf-8")
    assert came_in().problems == []


def test_cells_converted_from_a_legacy_encoding_are_counted_by_sheet(came_in, monkeypatch):
    texts = {(1, 1): ("Néi dung", "Nội dung"), (1, 2): ("N¨m häc 2021-2022", "Năm học 2021-2022"), (2, 1): ("", "SKKN")}
    cells = [
        RawCell(NAME, "Sheet1", f"{'AB'[c - 1]}{r}", r, c, text, None, "", "", original, "TCVN3" if original else "")
        for (r, c), (original, text) in texts.items()
    ]
    workbook = RawWorkbook(NAME, (RawSheet("Sheet1", merged=(Area(9, 1, 1_048_576, 1),)),), tuple(cells))
    monkeypatch.setattr("kiemso.intake.read_workbook", lambda path, name, limits: workbook)
    assert said(came_in().warnings) == [("Sheet1", "", "2 cells were converted from TCVN3")]


# -- in the first notebook ---------------------------------------------------------------------------------------


def clean() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The observations and the warnings, as the notebook makes them."""
    cleaning.begin(YEAR)
    cleaning.corrected(cleaning.raw_cells())
    known = cleaning.matched(cleaning.stated())
    observed = cleaning.readings(known, cleaning.records())
    return observed, cleaning.save_warnings(cleaning.warnings_of(observed))


def test_warnings_are_saved_in_both_languages_each_once(project, add_sheet):
    add_sheet("Danh bạ", ["Chị Hoa"])
    book = openpyxl.load_workbook(project / NAME)
    book["Kết quả"]["C6"] = "Sơ bộ 2021-2022"
    book.save(project / NAME)
    observed, shown = clean()
    saved = json.loads((project / f"build/{YEAR}/warnings.json").read_text(encoding="utf-8"))
    assert len(saved) == len(shown) == 1 + observed["cell"].nunique()
    (preliminary,) = [warning for warning in saved if warning["cell"] == "C7"]
    assert preliminary["message"]["en"] == "is preliminary: “Sơ bộ 2021-2022”" and preliminary["text"] == "1"


def test_two_files_may_state_the_year_together(project, add_sheet):
    book = openpyxl.load_workbook(project / NAME)
    book["Kết quả"].delete_rows(16)
    book.save(project / NAME)
    with pytest.raises(Refused, match="has no row for “Sáng kiến kinh nghiệm"):
        clean()
    add_sheet("SKKN", HEAD, [1, "SKKN", 9], file=f"data/raw/{YEAR}/skkn.xlsx")
    observed, _ = clean()
    assert observed.set_index("indicator").loc["skkn", ["value", "sheet"]].tolist() == [9, "SKKN"]


def test_all_that_is_wrong_in_all_files_is_said_at_once(project, add_sheet):
    (project / f"data/raw/{YEAR}/hong.xlsx").write_bytes(b"no workbook")
    book = openpyxl.load_workbook(project / NAME)
    book["Kết quả"]["C7"], book["Kết quả"]["B8"], book["Kết quả"]["D9"] = "hai", "Cờ vua", 5
    book.save(project / NAME)
    with pytest.raises(Refused) as refused:
        clean()
    places = [(problem.file.rpartition("/")[2], problem.cell) for problem in refused.value.problems]
    assert places == [("hong.xlsx", ""), *((NAME.rpartition("/")[2], cell) for cell in ("C7", "B8", "D9"))]
