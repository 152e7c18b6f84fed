"""Answers to questions with a type: what is taken, as what it is kept, and what is refused with a mend."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.actions import answers
from engine.actions.answers import ANSWER_TYPES, LONGEST, MOST, read, read_all
from engine.values.clock import parse_instant
from engine.values.errors import BadInput


@pytest.mark.parametrize(
    ("kind", "given_as", "kept"),
    [
        ("text", " by air ", " by air "),
        ("number", "12", 12),
        ("number", "-0.5", -0.5),
        ("number", 7, 7),
        ("boolean", "Yes", True),
        ("boolean", False, False),
        ("date", "2026-03-09", "2026-03-09"),
        ("time", "2026-03-09T09:00:00+01:00", "2026-03-09T08:00:00Z"),
        ("list", "A,B,,A", ["A", "B"]),
        ("list", ["A"], ["A"]),
    ],
)
def test_an_answer_is_kept_as_a_value_of_its_type(kind: str, given_as: object, kept: object) -> None:
    assert read({"name": "way", "type": kind}, given_as) == kept


@pytest.mark.parametrize(
    ("kind", "given_as", "fault"),
    [
        ("text", "", "is no text"),
        ("text", 3, "is no text"),
        ("text", "x" * (LONGEST + 1), "is no text"),
        ("number", "many", "is no number"),
        ("number", True, "is no number"),
        ("number", "nan", "is no number"),
        ("number", "1e400", "is no number"),
        ("boolean", "perhaps", "is neither yes nor no"),
        ("boolean", 1, "is neither yes nor no"),
        ("date", "9 March", "is no date"),
        ("date", None, "is no date"),
        ("time", 12, "is no time"),
        ("time", "soon", "is not a time"),
        ("list", 3, "is no list"),
        ("list", [1], "is no text"),
        ("list", ["A"] * (MOST + 1), "is no list"),
    ],
)
def test_what_is_no_value_of_its_type_is_refused_by_name(kind: str, given_as: object, fault: str) -> None:
    with pytest.raises(BadInput, match=f"way: .*{fault}.*; "):
        read({"name": "way", "type": kind}, given_as)


def test_a_time_is_a_distance_only_from_a_moment_that_is_told() -> None:
    question = {"name": "at", "type": "time"}
    moment = parse_instant("2026-03-09T08:00:00Z", "")
    assert read(question, "+1w", moment) == "2026-03-16T08:00:00Z"
    assert read_all([question], {"at": "+45m"}, moment) == {"at": "2026-03-09T08:45:00Z"}
    with pytest.raises(BadInput, match=r"at: '[+]1w' is not a time"):
        read(question, "+1w")
    with pytest.raises(BadInput, match="lies outside the years 1900 to 2199"):
        read(question, "9999-12-31", moment)


def test_only_what_is_allowed_is_taken() -> None:
    question = {"name": "way", "type": "text", "enum": ["air", "sea"]}
    assert read(question, "air") == "air"
    with pytest.raises(BadInput, match="'rail' is not one of its values; give one of air, sea"):
        read(question, "rail")
    with pytest.raises(BadInput, match="'rail'"):
        read({**question, "type": "list"}, "air,rail")


def test_answers_are_completed_from_defaults_and_what_is_asked_must_be_answered() -> None:
    questions: list[dict[str, Any]] = [
        {"name": "way", "type": "text"},
        {"name": "days", "type": "number", "default": 3},
        {"name": "note", "type": "text", "required": False},
    ]
    assert read_all(questions, {"way": "air"}) == {"way": "air", "days": 3}
    with pytest.raises(BadInput, match="way: no answer was given; give way as a line of text"):
        read_all(questions, {})
    with pytest.raises(BadInput, match="wya: this is not asked; the names are way, days, note"):
        read_all(questions, {"wya": "air"})


@given(st.sampled_from(ANSWER_TYPES), st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.lists(st.text())))
def test_whatever_is_given_becomes_an_answer_or_a_sentence_and_an_answer_reads_as_itself(
    kind: str, given_as: Any
) -> None:
    question = {"name": "q", "type": kind}
    try:
        answer = read(question, given_as)
    except BadInput:
        return
    assert read(question, answer) == answer
    assert answers.read_all([question], {"q": answer}) == {"q": answer}
