"""Facts: values with their evidence."""

from __future__ import annotations

import json

import pytest
from kiemso.fact import (
    absence_note,
    common_bound,
    expression_of,
    fact_from,
    facts_json,
    merge_sources,
    read_facts,
    status_of,
    write_value,
)
from kiemso.observation import MISSING, NOT_HELD, OBSERVED
from kiemso.problem import Refused
from kiemso.source import Source


@pytest.mark.parametrize(
    ("value", "status", "unit", "decimals", "text"),
    [
        (2105, OBSERVED, "lượt", None, "2.105"),
        (0, OBSERVED, "giải", None, "0"),
        (99.8, OBSERVED, "%", None, "99,8%"),
        (100 * 19 / 48, OBSERVED, "%", 1, "39,6%"),
        (2024, OBSERVED, "năm", None, "2024"),
        (3, OBSERVED, "năm học", None, "3"),
        ([6, 8], OBSERVED, "người", None, "6-8"),
        ([60, 65], OBSERVED, "%", None, "60-65%"),
        ("đạt", OBSERVED, "", None, "đạt"),
        (None, MISSING, "%", None, "–"),
        (None, NOT_HELD, "giải", None, "Không tổ chức"),
    ],
)
def test_a_value_is_written_as_the_report_states_it(value, status, unit, decimals, text):
    assert write_value(value, status, unit, decimals) == text


def test_a_computed_value_is_not_held_only_if_none_of_its_inputs_was(make_fact):
    not_held, missing = make_fact("boi", status=NOT_HELD), make_fact("bat-xa")
    assert status_of([not_held, not_held]) == NOT_HELD
    assert status_of([not_held, missing]) == MISSING
    assert status_of([]) == MISSING


def test_a_sum_names_the_years_it_left_out_and_why(make_fact):
    years = [make_fact("ioe.tinh@2021-2022"), make_fact("ioe.tinh@2022-2023", 1)]
    years += [make_fact("ioe.tinh@2023-2024", status=NOT_HELD, text="Không tổ chức")]
    blank = Source("a.xlsx", "Kết quả", "C7", "")
    years[0] = fact_from(years[0].as_dict() | {"sources": [blank._asdict()]})
    assert absence_note(years) == "Không cộng: 2021-2022 (chưa có số liệu); 2023-2024 (không tổ chức)"


def test_a_cell_that_names_other_parts_left_this_one_out(make_fact):
    left_out = make_fact("boi.ba", label="Môn bơi: ba", sources=[Source("a.xlsx", "Kết quả", "C7", "1 nhất")])
    assert absence_note([left_out, make_fact("boi.nhat", 1)]) == "Không cộng: Môn bơi: ba (không nêu)"


def test_a_sum_that_left_nothing_out_has_no_note(make_fact):
    assert absence_note([make_fact("boi@2021-2022", 0), make_fact("boi@2022-2023", 5)]) == ""


@pytest.mark.parametrize(
    ("formula", "values", "text", "expression"),
    [
        ("sum", {"a": 1, "b": 2, "c": 2}, "5", "1 + 2 + 2 = 5"),
        ("sum", {"a": 883_860_000, "b": 1_306_107_000}, "2.189.967.000", "883.860.000 + 1.306.107.000 = 2.189.967.000"),
        ("sum", {"a": None, "b": 5, "c": 4}, "9", "5 + 4 = 9"),
        ("sum", {"a": None, "b": 5}, "5", ""),
        ("sum", {"a": None}, "–", ""),
        ("100 * a / b", {"a": 8, "b": 50}, "16%", "100 × 8 / 50 = 16%"),
        ("100 * a / b", {"a": 19, "b": 48}, "39,6%", "100 × 19 / 48 ≈ 39,6%"),
        ("a / b", {"a": 5, "b": 3}, "1,7", "5 / 3 ≈ 1,7"),
        ("quoted", {}, "5", ""),
    ],
)
def test_the_formula_is_shown_with_its_numbers(make_fact, formula, values, text, expression):
    inputs = {name: make_fact(name, value) for name, value in values.items()}
    assert expression_of(formula, inputs, text) == expression


def test_a_formula_with_a_missing_input_shows_no_numbers(make_fact):
    assert expression_of("100 * a / b", {"a": make_fact("a"), "b": make_fact("b", 48)}, "–") == ""


@pytest.mark.parametrize(
    ("bounds", "added", "bound"),
    [
        ([""], True, ""),
        (["", ">"], True, ">"),
        ([">", "≥"], True, ">"),
        (["≥", "≥", ""], True, "≥"),
        (["<", "≤"], True, "<"),
        (["≤"], True, "≤"),
        (["~", ">"], True, "~"),
        (["~", ">", "<"], True, "~"),
        ([""], False, ""),
        ([">", ""], False, "~"),
        ([">", "<"], False, "~"),
    ],
)
def test_bounds_stay_in_a_sum_and_become_about_in_anything_else(make_fact, bounds, added, bound):
    facts = [make_fact("boi", 1, bound=one) for one in bounds]
    assert common_bound("boi", facts, added) == bound
    assert common_bound("boi", facts[::-1], added) == bound


@pytest.mark.parametrize("bounds", ["><", ">≤", "≥<", "≥≤"])
def test_a_sum_in_both_directions_is_refused(make_fact, bounds):
    with pytest.raises(Refused, match="would add “more than” to “less than”"):
        common_bound("boi", [make_fact("boi", 1, bound=one) for one in bounds], True)


def test_sources_are_merged_once_each_in_order(make_fact):
    one, two = (Source("a.xlsx", "Kết quả", cell, "1") for cell in ("C9", "C7"))
    facts = [make_fact("a", 1, sources=[one]), make_fact("b", 1, sources=[two, one])]
    assert merge_sources(facts) == [one, two]


def test_facts_survive_the_way_through_their_file(make_fact, tmp_path):
    facts = [
        make_fact("boi.ba", 4, inputs=["boi.ba@2021-2022"], note="Không cộng", bound=">", formula="sum"),
        make_fact("ket-nap-dang.chi-tieu@2024-2027", [6, 8], "người"),
        make_fact("dat-chuan", 99.8, "%"),
        make_fact("ioe.tinh@2021-2022").placed("2-compute-indicators.ipynb", "giao-luu"),
        make_fact("skkn@2021-2022", 2, sources=[Source("a.xlsx", "Kết quả", "C7", "1", "2")]),
    ]
    (tmp_path / "facts.json").write_text(facts_json(facts), encoding="utf-8")
    assert list(read_facts(tmp_path / "facts.json").values()) == facts


def test_the_file_of_facts_is_readable_by_a_person(make_fact):
    text = facts_json([make_fact("trang-nguyen", None, status=NOT_HELD)])
    assert "Không tổ chức" in text and text.endswith("\n")
    assert json.loads(text)["facts"][0]["value"] is None


def test_the_name_is_the_key_without_its_period(make_fact):
    assert make_fact("boi.ba@2021-2022", 1).name == "boi.ba"
