"""What is wrong, said so that a person can mend it."""

from __future__ import annotations

import json
import pickle

import pytest
from kiemso.message import say
from kiemso.problem import Problem, Refused, problem_from, together


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem("there is no key"), "there is no key"),
        (Problem("is not there", file="data/terms.yml"), "data/terms.yml: is not there"),
        (
            Problem("is no number", "Mend the cell.", "data/raw/2021-2022/a.xlsx", "Kết quả", "C7", "hai"),
            "data/raw/2021-2022/a.xlsx, sheet “Kết quả”, cell C7 “hai”: is no number\n    → Mend the cell.",
        ),
        (Problem("is blank", file="a.xlsx", cell="C7", text=""), "a.xlsx, cell C7 “”: is blank"),
    ],
)
def test_a_problem_names_the_place_the_text_the_fault_and_the_mend(problem, said):
    assert str(problem) == said


def test_problems_are_listed_in_the_order_of_the_workbook_whatever_order_they_were_found_in():
    cells = ["C100", "C9", "C10", "B9"]
    refused = Refused(Problem("x", file=file, sheet="s", cell=cell) for file in ("b.xlsx", "a.xlsx") for cell in cells)
    order = [(problem.file, problem.cell) for problem in refused.problems]
    assert order == [(file, cell) for file in ("a.xlsx", "b.xlsx") for cell in ("B9", "C9", "C10", "C100")]


def test_a_refusal_lists_every_problem_and_survives_the_way_between_processes():
    refused = Refused([Problem("một", file="a"), Problem("hai", file="b")])
    again = pickle.loads(pickle.dumps(refused))
    assert again.problems == refused.problems
    assert str(again) == str(refused) == "a: một\nb: hai"


def test_a_notebook_shows_the_problems_and_no_call_stack():
    shown = Refused(Problem("một", file="a"))._render_traceback_()
    assert shown == ["Refused: 1 problem", "a: một"]


def test_a_problem_goes_through_plain_data_unchanged():
    problem = Problem("is no number", "Mend it.", "a.xlsx", "Kết quả", "C7", "hai")
    assert problem_from(problem.as_dict()) == problem


@pytest.mark.parametrize(
    ("problem", "vietnamese"),
    [
        (Problem("x", file="a.xlsx", sheet="Kết quả", cell="C7"), "a.xlsx, trang tính “Kết quả”, ô C7: x"),
        (
            Problem("x", file="a.docx", sheet="Bảng 1", cell="dòng 7, cột 3"),
            "a.docx, trang tính “Bảng 1”, dòng 7, cột 3: x",
        ),
        (Problem("x", file="report.qmd", line=5, text="12"), "report.qmd, dòng 5 “12”: x"),
    ],
)
def test_the_place_is_told_in_the_language_of_the_person(problem, vietnamese):
    assert problem.told("vi") == vietnamese


def test_a_program_gets_every_sentence_in_both_languages():
    data = Problem(say("is not there"), say("Restore it."), "a.xlsx", "s", "C7", "hai").as_json()
    assert (
        data
        == json.loads(json.dumps(data))
        == {
            "message": {"vi": "không có", "en": "is not there"},
            "mend": {"vi": "Hãy khôi phục lại tệp.", "en": "Restore it."},
            "file": "a.xlsx",
            "sheet": "s",
            "cell": "C7",
            "text": "hai",
            "line": None,
        }
    )


def test_problems_are_listed_in_the_order_of_lines_and_of_the_rows_and_columns_of_a_table():
    lines = Refused(Problem("x", file="a", line=line) for line in (10, 9, 100))
    assert [problem.line for problem in lines.problems] == [9, 10, 100]
    cells = ["B3", "AA2", "B2", "dòng 12, cột 3", "dòng 3, cột 14", "dòng 3, cột 2"]
    listed = [problem.cell for problem in Refused(Problem("x", cell=cell) for cell in cells).problems]
    assert [cell for cell in listed if len(cell) < 5] == ["B2", "AA2", "B3"]
    assert [cell for cell in listed if len(cell) > 5] == ["dòng 3, cột 2", "dòng 3, cột 14", "dòng 12, cột 3"]


def test_what_several_readers_refuse_comes_together_once():
    def refuse(*messages: str):
        raise Refused(Problem(message) for message in messages)

    with pytest.raises(Refused) as refused:
        together(lambda: 1, lambda: refuse("a", "b"), lambda: refuse("b", "c"))
    assert [problem.message for problem in refused.value.problems] == ["a", "b", "c"]
    assert together(lambda: 1, lambda: 2) == [1, 2]
