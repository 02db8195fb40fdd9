"""What observations must be before anything is computed from them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiemso.expectation import violations
from pandera.errors import SchemaErrors

FILE = "data/raw/2021-2022/ket-qua.xlsx"


def frame(*rows: dict) -> pd.DataFrame:
    usual = {
        "period": "2021-2022",
        "indicator": "skkn",
        "part": "",
        "value": 7,
        "unit": "sáng kiến",
        "bound": "",
        "status": "observed",
        "text": "7",
        "file": FILE,
        "sheet": "Kết quả",
        "cell": "C7",
    }
    built = pd.DataFrame([usual | row for row in rows])
    return built.assign(value=pd.Series([(usual | row)["value"] for row in rows], dtype="object"))


GOOD = (
    {},
    {"indicator": "boi", "part": "nhat", "value": None, "unit": "giải", "status": "missing", "cell": "C8"},
    {"indicator": "boi", "part": "nhi", "value": None, "unit": "giải", "status": "not held", "cell": "C8"},
    {"indicator": "boi", "part": "ba", "value": 0, "unit": "giải", "cell": "C8"},
    {"indicator": "dat-chuan", "value": 99.8, "unit": "%", "bound": ">"},
    {"indicator": "xep-loai", "part": "htt", "value": 3, "unit": "lượt"},
    {"indicator": "buoi-hoc", "value": 9, "unit": "buổi"},
    {"indicator": "tai-tro", "value": 3_181_643_000, "unit": "đồng"},
)


def test_observations_that_can_be_true_are_all_right(catalogue):
    assert violations(frame(*GOOD), catalogue) == []


def test_no_observations_at_all_are_all_right(catalogue):
    assert violations(frame(*GOOD).iloc[:0], catalogue) == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"indicator": "nhan-vien"}, "“nhan-vien”, which the catalogue does not have"),
        ({"part": "nhat"}, "“skkn.nhat”, which the catalogue does not have"),
        ({"indicator": "boi", "part": "tinh"}, "“boi.tinh”"),
        ({"unit": "đồng"}, "is stated in “đồng”"),
        ({"value": None}, "has a value though none was observed, or none though one was"),
        ({"status": "missing"}, "has a value though none was observed, or none though one was"),
        ({"value": -1}, "cannot be -1"),
        ({"value": 1.5}, "is not a whole number"),
        ({"indicator": "dat-chuan", "value": 100.5, "unit": "%"}, "cannot be 100,5%"),
        ({"indicator": "buoi-hoc", "value": 13, "unit": "buổi"}, "which can be 1 to 12"),
        ({"indicator": "buoi-hoc", "value": 0, "unit": "buổi"}, "states 0 of “Buổi học mỗi tuần”"),
    ],
)
def test_what_cannot_be_true_is_a_problem_of_its_cell(catalogue, row, why):
    (problem,) = violations(
        frame({"indicator": "ioe", "part": "tinh", "unit": "lượt"}, row | {"cell": "C9"}), catalogue
    )
    assert why in problem.message and problem.mend
    assert (problem.file, problem.sheet, problem.cell, problem.text) == (FILE, "Kết quả", "C9", "7")


def test_a_value_stated_twice_names_both_cells(catalogue):
    (problem,) = violations(frame({}, {"cell": "C9", "value": 8}), catalogue)
    assert problem.cell == "C9"
    assert f"“Sáng kiến kinh nghiệm bậc 4 cấp huyện” a second time, after {FILE}, Kết quả, C7" in problem.message


def test_all_that_is_wrong_is_said_together_and_once_a_cell(catalogue):
    rows = {"value": -1.5, "unit": "em"}, {"indicator": "tai-tro", "value": -5, "unit": "đồng", "cell": "C8"}
    assert [p.message for p in violations(frame(*rows), catalogue)] == ["is stated in “em”", "cannot be -5"]


def test_whatever_index_the_frame_has_the_right_row_is_named(catalogue):
    mixed = frame(*GOOD, {"indicator": "ioe", "part": "tinh", "value": -1, "unit": "lượt", "cell": "C30"})
    assert [p.cell for p in violations(mixed.iloc[::-1], catalogue)] == ["C30"]


def test_a_frame_without_its_columns_is_a_fault_of_the_program(catalogue):
    with pytest.raises(SchemaErrors):
        violations(frame({}).drop(columns="unit"), catalogue)


@given(st.integers(-5, 20))
def test_a_range_holds_at_both_ends(catalogue, value):
    found = violations(frame({"indicator": "buoi-hoc", "value": value, "unit": "buổi"}), catalogue)
    assert bool(found) == (not 1 <= value <= 12)
