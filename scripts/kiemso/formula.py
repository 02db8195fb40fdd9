"""Formulas of facts: evaluated again from their inputs, and shown with the numbers put in."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Mapping

from kiemso.message import say
from kiemso.number import format_number

SUM, QUOTED = "sum", "quoted"

_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_SIGNS = {ast.Add: " + ", ast.Sub: " − ", ast.Mult: " × ", ast.Div: " / "}


def evaluate(formula: str, inputs: Mapping[str, int | float]) -> int | float:
    """The formula's value over named inputs: `sum`, or + - * / with names, numbers and brackets."""
    if formula == SUM:
        return sum(inputs.values())
    return _value(_parse(formula), inputs)


def same(one: int | float, other: int | float) -> bool:
    """Whether two results are one number: whole numbers exactly, fractions but for rounding."""
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


def with_numbers(formula: str, inputs: Mapping[str, str]) -> str:
    """The formula with each input's written number in its place: “100 × 19 / 48”."""
    if formula == SUM:
        return " + ".join(inputs.values())
    return _written(_parse(formula), inputs)


def names(formula: str) -> list[str]:
    """The input names that the formula uses."""
    return sorted({node.id for node in ast.walk(_parse(formula)) if isinstance(node, ast.Name)})


def _parse(formula: str) -> ast.expr:
    try:
        return ast.parse(formula, mode="eval").body
    except SyntaxError:
        raise ValueError(say("“{formula}” is no formula", formula=formula)) from None


def _value(node: ast.expr, inputs: Mapping[str, int | float]) -> int | float:
    match node:
        case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, inputs), _value(right, inputs))
        case ast.Constant(int() | float() as number):
            return number
        case ast.Name(name) if name in inputs:
            return inputs[name]
    raise ValueError(say("“{code}” has no place in a formula", code=ast.unparse(node)))


def _written(node: ast.expr, inputs: Mapping[str, str]) -> str:
    match node:
        case ast.BinOp(left, op, right):
            sides = [_bracketed(left, op, inputs, False), _bracketed(right, op, inputs, True)]
            return _SIGNS[type(op)].join(sides)
        case ast.Name(name):
            return inputs[name]
        case ast.Constant(int() | float() as number):
            return format_number(number)
    raise ValueError(say("“{code}” has no place in a formula", code=ast.unparse(node)))


def _bracketed(side: ast.expr, parent: ast.operator, inputs: Mapping[str, str], right: bool) -> str:
    text = _written(side, inputs)
    if not isinstance(side, ast.BinOp):
        return text
    weak = isinstance(side.op, ast.Add | ast.Sub)
    strong_parent = isinstance(parent, ast.Mult | ast.Div)
    return f"({text})" if (weak and strong_parent) or (right and isinstance(parent, ast.Sub | ast.Div)) else text
