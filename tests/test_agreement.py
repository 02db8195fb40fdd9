"""A summary and a record list that state the same must agree."""

import json

import pandas as pd
import pytest
from kiemso.agreement import reconcile
from kiemso.layout import OBSERVATION_COLUMNS


def frame(*rows: dict) -> pd.DataFrame:
    given = [dict.fromkeys(OBSERVATION_COLUMNS, "") | {"indicator": "skkn", "status": "observed"} | row for row in rows]
    made = pd.DataFrame(given, columns=OBSERVATION_COLUMNS)
    return made.assign(value=pd.Series([row["value"] for row in given], dtype="object"))


def summary(value, text: str, status: str = "observed", bound: str = "") -> pd.DataFrame:
    place = {"file": "tong-hop.xlsx", "sheet": "Kết quả", "cell": "C7"}
    return frame({"value": value, "text": text, "status": status, "bound": bound, **place})


def listed(value: int, **more: str) -> pd.DataFrame:
    return frame({"value": value, "text": f"{value} dòng", "file": "ds.xlsx", "sheet": "DS", "cell": "D7:D9", **more})


@pytest.mark.parametrize(
    ("value", "text", "status", "bound", "count"),
    [
        (3, "3", "observed", "", 3),
        (2, "hơn 2", "observed", ">", 3),
        (3, "từ 3 trở lên", "observed", "≥", 3),
        (None, "Không tổ chức", "not held", "", 0),
    ],
)
def test_where_they_agree_the_summary_stands_and_names_the_list(value, text, status, bound, count):
    found, problems, warnings = reconcile(summary(value, text, status, bound), listed(count))
    (row,) = found.itertuples()
    assert (problems, warnings) == ([], [])
    assert (row.value, row.text, row.file) == (value, text, "tong-hop.xlsx")
    assert json.loads(row.further) == [["ds.xlsx", "DS", "D7:D9", f"{count} dòng (khớp)"]]


@pytest.mark.parametrize(
    ("value", "text", "status", "bound", "count"),
    [(4, "4", "observed", "", 3), (3, "hơn 3", "observed", ">", 3), (None, "Không tổ chức", "not held", "", 1)],
)
def test_a_difference_is_an_error_that_names_both_places(value, text, status, bound, count):
    _, (problem,), _ = reconcile(summary(value, text, status, bound), listed(count))
    assert (problem.file, problem.sheet, problem.cell, problem.text) == ("tong-hop.xlsx", "Kết quả", "C7", text)
    assert "ds.xlsx › DS › D7:D9" in problem.message and f"({count} dòng)" in problem.message


def test_a_blank_in_the_summary_is_filled_by_the_list_with_a_warning():
    found, problems, (warning,) = reconcile(summary(None, "", "missing"), listed(3))
    assert problems == []
    assert [(row.value, row.file) for row in found.itertuples()] == [(3, "ds.xlsx")]
    assert warning.cell == "C7" and "ds.xlsx › DS › D7:D9" in warning.message


def test_a_part_that_the_summary_leaves_out_is_filled_without_one():
    found, problems, warnings = reconcile(summary(None, "2 nhất", "missing"), listed(3))
    assert (problems, warnings) == ([], [])
    assert found["value"].tolist() == [3]


def test_about_so_many_cannot_be_compared():
    found, problems, (warning,) = reconcile(summary(600, "~600", bound="~"), listed(612))
    assert (problems, found["value"].tolist()) == ([], [600])
    assert "612" in warning.message


def test_two_lists_are_held_against_each_other():
    lists = pd.concat([listed(3), listed(4, file="khac.xlsx")], ignore_index=True)
    _, (problem,), _ = reconcile(frame(), lists)
    assert problem.file == "ds.xlsx" and "khac.xlsx" in problem.message


def test_what_only_one_of_them_states_is_kept():
    found, problems, _ = reconcile(summary(3, "3"), listed(2, indicator="cstd-co-so"))
    assert problems == []
    assert found[["indicator", "value"]].to_numpy().tolist() == [["skkn", 3], ["cstd-co-so", 2]]
