"""How amounts are written: one way on every screen, in every report and in every sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values import money
from engine.values.errors import BadInput


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (7_320_000, "EUR", "73,200 EUR"),
        (142_760, "EUR", "1,427.60 EUR"),
        (142_760, "JPY", "142,760 JPY"),
        (1_427_605, "TND", "1,427.605 TND"),
        (-5, "EUR", "−0.05 EUR"),
        (0, "EUR", "0 EUR"),
        (-0.0, "EUR", "0 EUR"),
        (142_760.00000000001, "EUR", "1,427.60 EUR"),
        (100 / 3, "EUR", "0.333333 EUR"),
        (5, None, "0.05 units"),
    ],
)
def test_an_amount_has_its_thousands_apart_and_the_digits_of_its_currency(
    minor: float, currency: str | None, shown: str
) -> None:
    assert money.text(minor, currency) == shown


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "TND", "CLF"]))
def test_what_is_read_is_what_was_meant(minor: int, currency: str) -> None:
    size = money.digits(minor, currency).replace(",", "").replace("−", "")
    assert money.minor(size, currency, "cost") == abs(minor)


@pytest.mark.parametrize(
    "typed", ["1e999999", "1e-999999", "-1", "nan", "snan", "inf", "x", "", "1" * 500, "10000000000001"]
)
def test_what_is_no_amount_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(BadInput, match=r"^cost: .*; (write|leave)"):
        money.minor(typed, "EUR", "cost")
