"""Which messages of a lineage hold: updates, cancels, events that are split, senders that name only the first
message."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vocabulary.lineage import Message, holding


def say(id_: str, *names: str, at: int | None = 0, word: str = "") -> Message:
    """`alert`, or `update` where it names something, unless the id begins with c."""
    word = word or ("cancel" if id_.startswith("c") else "update" if names else "alert")
    return Message(id_, word, frozenset(names), at)


CASES = [
    ("an alert holds", [say("a")], {"a"}),
    ("an update takes its place", [say("a", at=1), say("u", "a", at=2)], {"u"}),
    ("an update of what never came holds", [say("u", "a")], {"u"}),
    ("a cancel ends what it names", [say("a", at=1), say("c", "a", at=2)], set()),
    ("a cancel of the first ends the updates too", [say("a", at=1), say("u", "a", at=2), say("c", "a", at=3)], set()),
    ("also when the first never came", [say("u", "a", at=2), say("c", "a", at=3)], set()),
    ("but not one that was sent later", [say("a", at=1), say("c", "a", at=2), say("u", "a", at=3)], {"u"}),
    ("nor one of the same time: half of a split", [say("a", at=1), say("u", "a", at=2), say("c", "a", at=2)], {"u"}),
    ("without times it is the whole", [say("a", at=None), say("u", "a", at=None), say("c", "a", at=None)], set()),
    (
        "of a split event one half is cancelled",
        [say("a", at=1), say("u", "a", at=2), say("v", "a", at=2), say("c", "a", "u", at=3)],
        {"v"},
    ),
    (
        "and a cancel that comes twice changes nothing",
        [say("a", at=1), say("u", "a", at=2), say("v", "a", at=2), say("c1", "u", at=3), say("c2", "a", "u", at=4)],
        {"v"},
    ),
    ("what names itself holds", [say("a", "a")], {"a"}),
    ("a chain ends whole", [say("a", at=1), say("u", "a", at=2), say("v", "u", at=3), say("c", "a", at=4)], set()),
    ("an update of what was sent later takes no place", [say("a", "u", at=1), say("u", "a", at=2)], {"u"}),
    ("what take each other's place hold", [say("a", "b"), say("b", "a")], {"a", "b"}),
    ("what they took the place of does not", [say("x"), say("a", "b", "x"), say("b", "a")], {"a", "b"}),
    ("not by one that came before", [say("a", "b", at=2), say("b", "a", at=2), say("u", "a", at=1)], {"a", "b", "u"}),
    ("an update of a circle ends it", [say("a", "b"), say("b", "a"), say("u", "a", at=1)], {"u"}),
    ("so does a cancel", [say("a", "b"), say("b", "a"), say("c", "a", "b", at=1)], set()),
    ("another lineage stays", [say("a"), say("b"), say("c", "b", at=1)], {"a"}),
]


@pytest.mark.parametrize(("messages", "holds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_cases(messages: list[Message], holds: set[str]) -> None:
    assert holding(messages) == holds


@given(
    st.lists(
        st.builds(
            Message,
            st.sampled_from("abcdef"),
            st.sampled_from(["alert", "update", "cancel"]),
            st.frozensets(st.sampled_from("abcdefx"), max_size=3),
            st.one_of(st.none(), st.integers(0, 3)),
        ),
        unique_by=lambda message: message.id,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_messages_does_not_matter(messages: list[Message], chance: random.Random) -> None:
    shuffled = chance.sample(messages, len(messages))
    assert holding(shuffled) == holding(messages)


@given(
    st.lists(
        st.builds(
            Message,
            st.sampled_from("abcdef"),
            st.sampled_from(["alert", "update"]),
            st.frozensets(st.sampled_from("abcdefx"), max_size=3),
            st.one_of(st.none(), st.integers(0, 3)),
        ),
        min_size=1,
        unique_by=lambda message: message.id,
    )
)
def test_nothing_is_over_that_nobody_ended(messages: list[Message]) -> None:
    assert holding(messages)
