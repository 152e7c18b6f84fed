"""Formulas: a small closed arithmetic, held against Python's own on what both can read."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values import arithmetic
from engine.values.errors import BadInput

NAMES = ("kg", "days", "orders")
VALUES = {"kg": 200.0, "days": 3.0, "orders": 2.0}

formulas = st.recursive(
    st.one_of(st.integers(0, 99).map(str), st.sampled_from(["1.5", "0.25", *NAMES])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", "-", " * ", "/"]), inner).map("".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-({text})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"
        ),
    ),
    max_leaves=8,
)


@given(formulas)
def test_a_formula_comes_to_what_the_same_words_come_to_in_python(text: str) -> None:
    formula = arithmetic.parse(text, NAMES)
    try:
        expected = eval(text, {"__builtins__": {}, "min": min, "max": max}, VALUES)
    except ZeroDivisionError:
        with pytest.raises(BadInput, match="divides by zero"):
            formula.value(VALUES)
    else:
        assert math.isclose(formula.value(VALUES), expected, rel_tol=1e-9, abs_tol=1e-9)


@given(st.text(max_size=40))
def test_any_text_is_a_formula_or_a_sentence(text: str) -> None:
    with contextlib.suppress(BadInput):
        assert arithmetic.parse(text, NAMES).text == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "character 1: it ends too early"),
        ("450 +", "it ends too early"),
        ("450 + gold", "character 7: gold is no name of a formula; use one of days, kg, orders"),
        ("__import__('os')", "'_' is no part of a formula"),
        ("kg ** 2", "character 5: '*' comes where a value should"),
        ("(kg", "a parenthesis is not closed"),
        ("kg kg", "'kg' comes where an operator or the end should"),
        ("min", "min stands alone"),
        ("kg" + " + 1" * 100, "characters"),
        ("(" * 40 + "1" + ")" * 40, "nested more than 30 deep"),
        ("1e9", "'e9' comes where an operator"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text: str, fault: str) -> None:
    with pytest.raises(BadInput) as refused:
        arithmetic.parse(text, NAMES)
    assert fault in str(refused.value)


def test_a_formula_shows_the_values_it_was_worked_out_with() -> None:
    formula = arithmetic.parse("450 + 3.2 * max(kg, 100)", NAMES)
    assert formula.shown({"kg": "200"}) == "450 + 3.2 * max(kg(200), 100)"
    assert formula.names == {"kg"}
