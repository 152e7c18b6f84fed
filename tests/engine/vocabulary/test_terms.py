"""The terms of an action survive being frozen, and what is not said takes no room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.vocabulary.terms import FAILURES, SIDE_EFFECTS, STEP_KINDS, Escalation, Terms

words = st.text(min_size=1, max_size=20)
minutes = st.integers(min_value=0, max_value=100_000)
escalations = st.builds(Escalation, minutes, words, words, st.none() | words)
terms = st.builds(
    Terms,
    kind=st.sampled_from(STEP_KINDS),
    join=st.none() | st.integers(min_value=1, max_value=9),
    item=st.none() | words,
    form=st.lists(st.dictionaries(words, words, max_size=3), max_size=3),
    ack_within_minutes=st.none() | minutes,
    escalations=st.lists(escalations, max_size=3).map(tuple),
    retry_count=minutes,
    side_effect=st.sampled_from(SIDE_EFFECTS),
    retry_delay_minutes=minutes,
    retry_when=st.lists(st.sampled_from(FAILURES), max_size=2),
    idempotency_key=st.none() | words,
    effect=st.dictionaries(words, words, max_size=3),
    weights=st.dictionaries(words, st.floats(0, 9), max_size=3),
    options=st.lists(st.dictionaries(words, minutes, max_size=3), max_size=3),
    reverse=st.none() | words,
    publish=st.dictionaries(words, words, max_size=3),
    late=st.dictionaries(words, st.dictionaries(words, words, max_size=3), max_size=2),
    left_out=st.booleans(),
)


@given(terms)
def test_frozen_terms_read_back_as_they_were(said: Terms) -> None:
    read = Terms.load(said.dump())
    assert read.dump() == said.dump()
    assert (
        read.kind,
        read.join,
        read.escalations,
        read.effect,
        list(read.form),
        read.publish,
        read.late,
        read.left_out,
    ) == (
        said.kind,
        said.join,
        said.escalations,
        said.effect,
        list(said.form),
        said.publish,
        said.late,
        said.left_out,
    )


def test_an_action_without_terms_says_nothing() -> None:
    assert Terms().dump() == "{}"
