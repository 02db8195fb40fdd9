"""Corrections to raw cells: read, held against the workbook, and refused when they no longer fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from kiemso import cleaning
from kiemso.correction import Correction, correct_cells, read_corrections
from kiemso.problem import Refused
from kiemso.raw import RawCell

FILE = "data/raw/2021-2022/ket-qua.xlsx"
PLACE = f"file: {FILE}, sheet: Kết quả, cell: C7"
WHO = "reason: Biên bản ngày 02/6/2022, by: Hiệu trưởng, date: 2024-10-12"


def listed(*entries: str) -> str:
    return "\n".join(f"- {{{entry}}}" for entry in entries) or "[]"


@pytest.fixture
def read(tmp_path: Path):
    def read_text(content: str) -> list[Correction]:
        (tmp_path / FILE).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / FILE).touch()
        (tmp_path / "data/corrections.yml").write_text(content, encoding="utf-8")
        return read_corrections(tmp_path)

    return read_text


@pytest.fixture
def correct(read):
    """The cells B7 and C7 of two sheets, and the problems, after these corrections of one cell each."""

    def correct_with(*entries: str):
        places = [("Kết quả", "B7", "GV giỏi tỉnh"), ("Kết quả", "C7", "1"), ("Tờ 2", "C7", "1")]
        cells = [RawCell(FILE, sheet, cell, 7, "ABC".index(cell[0]) + 1, text, None) for sheet, cell, text in places]
        frame, problems = correct_cells(pd.DataFrame(cells), read(listed(*entries)))
        return frame, problems

    return correct_with


def said(problems) -> list[str]:
    assert all(problem.mend for problem in problems)
    return [problem.message.removeprefix("data/corrections.yml: ") for problem in problems]


# -- reading -----------------------------------------------------------------------------------------------------


def test_the_projects_own_corrections_can_be_read(root):
    assert isinstance(read_corrections(root), list)


def test_a_project_without_corrections_has_none(tmp_path, read):
    assert read_corrections(tmp_path) == []
    assert read("# nothing yet\n[]\n") == []


@pytest.mark.parametrize("content", ["", "# no correction any more\n"])
def test_a_file_of_comments_holds_no_correction(read, content):
    assert read(content) == []


def test_a_correction_names_the_cell_what_stands_there_what_it_means_and_who_says_why(read):
    (found,) = read(f'- {{{PLACE}, from: "1", to: "2", {WHO}}}')
    assert found.place == (FILE, "Kết quả", "C7")
    assert (found.before, found.after, found.by) == ("1", "2", "Hiệu trưởng")
    assert (found.reason, found.date.isoformat()) == ("Biên bản ngày 02/6/2022", "2024-10-12")


def test_a_number_without_quotes_means_what_it_looks_like(read):
    (found,) = read(f"- {{{PLACE}, from: 1, to: 2105, {WHO}}}")
    assert (found.before, found.after) == ("1", "2105")


@pytest.mark.parametrize("text", ["010", "012", "1_5", "1:30"])
def test_a_number_without_quotes_is_never_read_as_another_number(read, text):
    (found,) = read(f"- {{{PLACE}, from: 1, to: {text}, {WHO}}}")
    assert found.after == text


@pytest.mark.parametrize(
    ("entry", "at"),
    [
        (f"{PLACE}, from: '1', to: '2', by: HT, date: 2024-10-12", "at 1.reason: is missing"),
        (f"{PLACE}, from: '1', to: '2', reason: '', by: HT, date: 2024-10-12", "at 1.reason"),
        (f"{PLACE}, from: '1', to: '2', reason: vì, date: 2024-10-12", "at 1.by: is missing"),
        (f"{PLACE}, from: '1', to: '2', reason: vì, by: '', date: 2024-10-12", "at 1.by"),
        (f"{PLACE}, from: '1', to: '2', reason: vì, by: HT", "at 1.date: is missing"),
        (f"{PLACE}, from: '1', to: '2', reason: vì, by: HT, date: hôm nay", "at 1.date"),
        (f"{PLACE}, to: '2', {WHO}", "at 1.from: is missing"),
        (f"{PLACE}, from: '1', {WHO}", "at 1.to: is missing"),
        (f"{PLACE}, from: '1', to: 2.5, {WHO}", "at 1.to"),
        (f"{PLACE}, from: '1', to: true, {WHO}", "at 1.to"),
        (f"{PLACE}, from: 2024-02-01, to: '2', {WHO}", "at 1.from"),
        (f"{PLACE}, from: '1', to: '2', note: x, {WHO}", "at 1.note"),
        (f"{PLACE}, from: '1', from: '2', to: '3', {WHO}", "“from” is given twice"),
    ],
)
def test_a_correction_that_is_not_whole_is_refused(read, entry, at):
    with pytest.raises(Refused, match=at) as refused:
        read(f"- {{{entry}}}")
    assert {problem.file for problem in refused.value.problems} == {"data/corrections.yml"}


@pytest.mark.parametrize("blank", ["reason: ' ', by: HT", "reason: vì, by: ' '"])
def test_a_blank_is_no_reason_and_no_name(read, blank):
    with pytest.raises(Refused):
        read(f"- {{{PLACE}, from: '1', to: '2', {blank}, date: 2024-10-12}}")


# -- correcting --------------------------------------------------------------------------------------------------


def test_a_corrected_cell_is_read_as_corrected_and_its_own_text_stays(correct):
    cells, problems = correct(f"{PLACE}, from: '1', to: '2', {WHO}")
    assert problems == []
    assert cells[["text", "corrected", "read_as"]].to_numpy().tolist() == [
        ["GV giỏi tỉnh", "", "GV giỏi tỉnh"],
        ["1", "2", "2"],
        ["1", "", "1"],  # the same address on another sheet
    ]


def test_without_corrections_the_cells_are_read_as_they_are(correct):
    cells, problems = correct()
    assert (problems, cells["read_as"].tolist(), set(cells["corrected"])) == ([], cells["text"].tolist(), {""})


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (f"{PLACE}, from: '3', to: '2'", "the correction expects “3”"),
        (f"{PLACE}, from: '01', to: '2'", "the correction expects “01”"),
        (f"{PLACE}, from: '3', to: '1'", "the cell says “1” already"),
        (f"{PLACE}, from: '1', to: '1'", "the correction changes nothing"),
        (
            f"file: {FILE}, sheet: Kết quả, cell: C8, from: '1', to: '2'",
            "the cell to be corrected is blank or not there",
        ),
        (f"file: {FILE}, sheet: Tờ 3, cell: C7, from: '1', to: '2'", "the cell to be corrected is blank or not there"),
        (
            f"file: {FILE}, sheet: Kết quả, cell: c7, from: '1', to: '2'",
            "the cell to be corrected is blank or not there",
        ),
        (
            f"file: {FILE}, sheet: Kết quả, cell: C8, from: '', to: '2'",
            "the cell to be corrected is blank or not there",
        ),
    ],
)
def test_a_correction_that_does_not_fit_the_workbook_is_refused(correct, entry, message):
    _, problems = correct(f"{entry}, {WHO}")
    assert said(problems) == [message]


def test_a_refused_correction_names_the_cell_and_what_stands_there(correct):
    _, (problem,) = correct(f"{PLACE}, from: '3', to: '2', {WHO}")
    assert (problem.file, problem.sheet, problem.cell, problem.text) == (FILE, "Kết quả", "C7", "1")
    assert problem.message.startswith("data/corrections.yml: ")


@pytest.mark.parametrize("again", ["2", "3"])
def test_a_cell_is_corrected_once(correct, again):
    _, problems = correct(f"{PLACE}, from: '1', to: '2', {WHO}", f"{PLACE}, from: '1', to: '{again}', {WHO}")
    assert said(problems) == ["the cell is corrected twice"]


def test_all_corrections_that_do_not_fit_are_listed(correct):
    other = f"file: {FILE}, sheet: Tờ 2, cell: C7"
    _, problems = correct(f"{PLACE}, from: '3', to: '2', {WHO}", f"{other}, from: '1', to: '1', {WHO}")
    assert said(problems) == ["the correction expects “3”", "the correction changes nothing"]


def test_a_correction_to_nothing_is_refused_or_makes_a_blank(read):
    cells = pd.DataFrame([RawCell(FILE, "Kết quả", "C7", 7, 3, "1", 1)])
    try:
        corrected, problems = correct_cells(cells, read(f"- {{{PLACE}, from: '1', to: '', {WHO}}}"))
    except Refused:
        return
    assert problems or corrected["read_as"].tolist() == [""]


# -- in the first notebook ---------------------------------------------------------------------------------------


@pytest.fixture
def clean(root, tmp_path, monkeypatch):
    """The cells of 2021-2022 after corrections of the school's workbook."""
    shutil.copytree(root / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kiemso.session._recorder", None)

    def clean_with(*entries: str) -> pd.DataFrame:
        content = listed(*(f"{entry}, {WHO}" for entry in entries))
        (tmp_path / "data/corrections.yml").write_text(content, encoding="utf-8")
        cleaning.begin("2021-2022")
        return cleaning.corrected(cleaning.raw_cells()).set_index("cell")

    return clean_with


def test_the_schools_workbook_is_corrected(clean):
    plain = clean()
    sheet, text = plain.loc["C7", "sheet"], plain.loc["C7", "text"]
    entry = f"file: data/raw/2021-2022/ket-qua-nam-hoc-2021-2022.xlsx, sheet: '{sheet}', cell: C7"
    cells = clean(f"{entry}, from: '{text}', to: '99'")
    assert cells.loc["C7", ["text", "corrected", "read_as"]].tolist() == [text, "99", "99"]
    with pytest.raises(Refused, match="the correction expects “77”"):
        clean(f"{entry}, from: '77', to: '99'")


def test_a_correction_of_another_year_is_left_to_that_year(clean):
    cells = clean(
        "file: data/raw/2022-2023/ket-qua-nam-hoc-2022-2023.xlsx, sheet: Kết quả, cell: C7, from: '1', to: '2'"
    )
    assert set(cells["corrected"]) == {""}


@pytest.mark.parametrize(
    "file", ["ket-qua-nam-hoc-2021-2022.xlsx", "data/raw/2021-22/a.xlsx", "data/raw/2031-2032/a.xlsx"]
)
def test_a_correction_of_a_file_that_nobody_reads_is_refused(clean, file):
    with pytest.raises(Refused):
        clean(f"file: {file}, sheet: Kết quả, cell: C7, from: '1', to: '2'")
