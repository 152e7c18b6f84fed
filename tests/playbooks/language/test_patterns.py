"""Patterns: they say what regular expressions say, in a bounded number of steps, and refuse the rest with a place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.language.patterns import MAX_POSITIONS, compiled

_ATOMS = st.sampled_from(["a", "b", "-", r"\.", ".", "[ab]", "[^a]", "[a-c]", "[a-]", r"\d", r"\W", r"[\d_]", "ab"])
_TIMES = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "{0,}"])
_PATTERNS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.builds(lambda part, times: f"({part}){times}", inner, _TIMES),
        st.builds(lambda left, right: f"{left}{right}", inner, inner),
        st.builds(lambda left, right: f"{left}|{right}", inner, inner),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(_PATTERNS, st.lists(st.text("abc.-1_é", max_size=8), min_size=1, max_size=8))
def test_it_fits_what_the_regular_expression_fits(pattern: str, texts: list[str]) -> None:
    try:
        ours = compiled(pattern)
    except ValueError as error:
        if "too costly" not in str(error):
            raise
        return
    for text in texts:
        assert ours.fits(text) == bool(re.fullmatch(pattern, text, re.ASCII | re.DOTALL)), text


def test_what_makes_others_go_back_for_ever_takes_one_pass() -> None:
    for pattern in ("(a+)+b", "(a|a)*b", "(a*)*b", "(.*a){20}", "(a?){40}a{40}"):
        assert not compiled(pattern).fits("a" * 30 + "c")
    assert compiled("(a?){40}a{40}").fits("a" * 50)


def test_a_pattern_has_to_fit_the_whole_text() -> None:
    assert compiled("SKU-[0-9]{2,3}").fits("SKU-77")
    assert not compiled("SKU-[0-9]{2,3}").fits("SKU-77-B")
    assert compiled(".*late.*").fits("12 days late")
    assert compiled("(" * 99 + "a" + ")" * 99).fits("a")


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("^SKU", "^ is not needed"), ("SKU$", "$ is not needed"), ("(SKU", "a ( is not closed"), ("SKU)", "closes nothing"),
        ("[", "ends too early"), ("[]", "a set is empty"), ("[z-a]", "range that is none"), (r"[\D]", "all others"),
        ("*a", "a * stands after nothing"), ("a**", "a repetition is repeated"), ("a{", "no repetition"),
        ("a{3,2}", "repeats nothing"), ("a{0}", "repeats nothing"), ("(?:a)", "(? begins nothing"), (r"(a)\1", "means nothing"),
        ("a\\", "ends too early"), ("a" * 201, "over 200 characters"), ("(a{100}){100}", "too costly"),
        (f"a{{{MAX_POSITIONS + 1}}}", "too costly"), ("((((a{9}){9}){9}){9}){9}", "too costly"), ("a{99999999}", "no repetition"),
        ("((){999}){999}", "empty"), ("a||b", "empty"),
    ],
)  # fmt: skip
def test_what_is_no_pattern_is_refused_with_its_fault(pattern: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)) as caught:
        compiled(pattern)
    assert "; " in str(caught.value)
