"""What is wrong, said so that a person can mend it."""

from __future__ import annotations

import pickle

import pytest
from kiemso.problem import Problem, Refused, plural, problem_from


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
    assert shown == ["Refused: 1 problem(s)", "a: một"]


def test_a_problem_goes_through_plain_data_unchanged():
    problem = Problem("is no number", "Mend it.", "a.xlsx", "Kết quả", "C7", "hai")
    assert problem_from(problem.as_dict()) == problem


@pytest.mark.parametrize(("count", "said"), [(0, "0 figures"), (1, "1 figure"), (12, "12 figures")])
def test_a_count_agrees_with_its_noun(count, said):
    assert plural(count, "figure") == said
