"""Formulas evaluated again and shown with their numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kiemso.formula import evaluate, names, same, with_numbers

INPUTS = {"a": 19, "b": 48, "c": 7}


@pytest.mark.parametrize(
    ("formula", "inputs", "value", "written"),
    [
        ("sum", {"x": 1, "y": 2, "z": 2}, 5, "1 + 2 + 2"),
        ("total / years", {"total": 18, "years": 3}, 6, "18 / 3"),
        ("100 * htsx / rated", {"htsx": 8, "rated": 50}, 16, "100 × 8 / 50"),
        ("100 * (a + b) / c", {"a": 1, "b": 2, "c": 4}, 75, "100 × (1 + 2) / 4"),
        ("a - (b - c)", {"a": 9, "b": 5, "c": 2}, 6, "9 − (5 − 2)"),
        ("a - b - c", {"a": 9, "b": 5, "c": 2}, 2, "9 − 5 − 2"),
        ("a / (b * c)", {"a": 12, "b": 2, "c": 3}, 2, "12 / (2 × 3)"),
        ("a + b * c", {"a": 1, "b": 2, "c": 3}, 7, "1 + 2 × 3"),
    ],
)
def test_a_formula_has_a_value_and_is_shown_with_its_numbers(formula, inputs, value, written):
    assert evaluate(formula, inputs) == value
    assert with_numbers(formula, {name: str(number) for name, number in inputs.items()}) == written


def test_numbers_are_shown_the_vietnamese_way():
    assert with_numbers("a * 1000", {"a": "2.105"}) == "2.105 × 1.000"


formulas = st.recursive(
    st.sampled_from([*INPUTS, "2", "5"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda f: f"({f[0]} {f[1]} {f[2]})"),
    max_leaves=6,
)


@given(formulas)
def test_the_shown_formula_has_the_value_of_the_formula(formula):
    exact = {name: Fraction(number) for name, number in INPUTS.items()}
    shown = with_numbers(formula, {name: str(number) for name, number in INPUTS.items()})
    python = shown.replace("−", "-").replace("×", "*")
    try:
        value = eval(formula, {}, exact)
    except ZeroDivisionError:
        assume(False)
    assert same(float(value), evaluate(formula, INPUTS))
    assert float(eval(python)) == pytest.approx(float(value))


@pytest.mark.parametrize(
    "formula", ["a ** 2", "-a", "f(a)", "a if b else c", "'a'", "a.b", "[a]", "a // b", "a % b", "__import__('os')"]
)
def test_only_the_four_operations_have_a_place_in_a_formula(formula):
    with pytest.raises(ValueError, match="has no place in a formula"):
        evaluate(formula, INPUTS)


@pytest.mark.parametrize("formula", ["a +", "", "a = b", "(a"])
def test_what_is_no_expression_is_no_formula(formula):
    with pytest.raises(ValueError, match="is no formula"):
        evaluate(formula, INPUTS)


def test_a_name_without_an_input_is_refused():
    with pytest.raises(ValueError, match="“d”"):
        evaluate("a + d", INPUTS)


def test_the_names_of_a_formula_are_listed_once():
    assert names("100 * b / (a + b)") == ["a", "b"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (3_181_643_000, 3_182_643_000, False),
        (10**15, 10**15 + 1, False),
        (0.1 + 0.2, 0.3, True),
        (100 * 19 / 48, 100 * (19 / 48), True),
        (39.6, 100 * 19 / 48, False),
        (6, 6.0, True),
    ],
)
def test_two_results_are_the_same_but_for_the_rounding_of_fractions(one, other, expected):
    assert same(one, other) is expected
