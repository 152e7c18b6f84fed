"""Merging statements: cases 1 to 4, 27a to 27h, 76 and 81 to 83 (PEERS 16), adapted to our fold.

The peers merge alerts that carry a start and a stated or guessed end, the younger into the older, so the order of
merging can matter. Here nothing is merged: all statements are kept, and what holds is the last by the time at which it
was true (`as_of`), so that order, pairing and repetition cannot matter. Nothing is ever guessed: a source that falls
silent ends no deviation. "Firing" is a date behind the plan, "resolved" a date within it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from engine.values.clock import DAY, SECOND
from engine.vocabulary.model import SignalIn
from tests.engine.desk_support import NOW
from tests.engine.peers.story import Story

Make = Callable[..., Story]
SECONDS = 1 / 3600


def second(at: float) -> int:
    return NOW + round(at * SECOND)


def stock_of(story: Story, item: str, at: float, source_id: str) -> SignalIn:
    """A statement that names an item, true at a second."""
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    values |= {"source_id": source_id, "kind": "stock", "item": item, "site": "RTM", "payload": "{}", "detail": ""}
    return SignalIn(**{**values, "quantity": 1.0, "occurred_at": second(at), "recorded_at": second(at)})


def test_1_and_2_the_earliest_start_and_the_latest_word(story: Make) -> None:
    """One deviation whose start is the earliest that is stated, also by a statement that comes later.

    Deliberate difference in 2: the text is that of the statement that was true last, not of the one that came last.
    """
    desk = story()
    for arrival, start in ((1.1, 1.1), (1.2, 1.0), (3.6, 1.05)):
        desk.at(arrival).say(stock_of(desk, "nobody's", start, f"s{start}"))
    (row,) = desk.rows("kind=unmatched")
    assert (row["occurred_at"], row["opened_at"]) == ("2026-03-09T08:00:01Z", "2026-03-09T08:00:01.100000Z")
    desk.at(4).late(days=5, recorded_at=second(3))
    desk.late(days=9, recorded_at=second(2))
    (row,) = desk.rows("kind=late_supply")
    assert row["gap"] == {"days": 5.0}


def test_3_three_ends_in_any_order_give_one(story: Make) -> None:
    """The end of a lateness is its arrival: 60, then 30 of the 100 pieces, and 10 that make it whole."""
    ends = []
    for order in itertools.permutations([(60.0, 1), (30.0, 3), (10.0, 2)]):
        desk = story()
        desk.at(16 * DAY / SECOND)
        for quantity, day in order:
            came: dict[str, Any] = {"occurred_at": NOW + (12 + day) * DAY, "source_id": f"receipt {day}"}
            desk.late(kind="receipt", quantity=quantity, eta=None, **came)
        (row,) = desk.rows("kind=late_supply")
        ends.append((row["observed"], row["state"]))
    assert ends == [({"arrived": "2026-03-24T08:00:00Z"}, "recovered")] * 6


def test_4_a_start_after_the_end_is_a_new_episode(story: Make) -> None:
    desk = story(reopen_window_hours=0)
    desk.at(3).late()
    desk.at(4.8).on_time()
    desk.at(5.3).late()
    assert [(row["episode"], row["state"]) for row in desk.rows()] == [(1, "resolved"), (2, "open")]


@pytest.mark.parametrize(
    ("case", "first", "later", "holds"),
    [
        ("27a", 2, 3, 3),
        ("27b", 3, 2, 2),
        ("27c: the later word holds; no end is guessed", 3, 2, 2),
        ("27d", 3, 2, 2),
        ("27e", 3, 4, 4),
        ("27f: resolved, then firing", 0, 2, 2),
        ("27g: firing, then resolved", 3, 0, 0),
        ("27h: both resolved", 0, -1, 0),
    ],
)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_27_the_later_as_of_holds_in_both_orders(
    story: Make, case: str, first: int, later: int, holds: int, order: Sequence[int]
) -> None:
    """Days late as of second 0, and as of second 1."""
    desk = story()
    desk.at(2)
    said = [desk.eta("X", first, recorded_at=second(0)), desk.eta("X", later, recorded_at=second(1))]
    for place in order:
        desk.say(said[place])
    live = [row["gap"]["days"] for row in desk.rows() if row["state"] == "open"]
    assert live == ([float(holds)] if holds else []), case


def test_76_an_end_that_is_told_late_ends_it_once(story: Make) -> None:
    desk = story()
    desk.at(1).late()
    desk.at(2)
    arrival: dict[str, Any] = {"kind": "receipt", "eta": None, "occurred_at": second(3), "recorded_at": second(3)}
    desk.at(3.5).late(**arrival)
    desk.at(4).late(**arrival)
    assert desk.states() == ["recovered"]
    assert [action for _, action, _ in desk.history("D1")] == ["open", "clear"]


def test_81_the_later_observation_wins_not_the_later_arrival(story: Make) -> None:
    desk = story()
    desk.at(60).late(recorded_at=second(50))
    desk.at(70).on_time(recorded_at=second(40))
    assert desk.states() == ["open"]
    unstated = story("Y")
    unstated.at(60).late("Y", recorded_at=None)
    unstated.at(70).on_time("Y", recorded_at=None)
    assert unstated.states() == ["recovered"], "without a time of its own a statement is true when it comes"


def test_82_three_statements_in_all_orders(story: Make) -> None:
    ends = []
    for order in itertools.permutations([(5, 0), (2, 1), (3, 2)]):
        desk = story()
        desk.at(3)
        for days, at in order:
            desk.late(days=days, recorded_at=second(at))
        (row,) = desk.rows()
        ends.append((row["gap"], row["state"]))
    assert ends == [({"days": 3.0}, "open")] * 6


def test_83_equal_times_go_by_the_row_and_twice_is_once(story: Make) -> None:
    """Two rows of one instant: which came first does not matter, and a row that is said again changes nothing."""
    ends = []
    for order in (("a", 5), ("b", 9)), (("b", 9), ("a", 5)):
        desk = story()
        desk.at(3)
        for _ in range(2):
            for name, days in order:
                desk.late(days=days, source_id=name, recorded_at=second(1))
        (row,) = desk.rows()
        ends.append((row["gap"], row["version"] > 2))
    assert ends[0][0] == ends[1][0]
    assert {gap["days"] for gap, _ in ends} < {5.0, 9.0}


def test_a_late_old_end_does_not_close_a_newer_breach(story: Make) -> None:
    """Keep's weakness of 3.1: what was true before the last word is history, whenever it comes."""
    desk = story()
    desk.at(100).late(recorded_at=second(90))
    desk.at(200).late(kind="status", status="closed", eta=None, recorded_at=second(10))
    desk.at(300).late(kind="status", status="open", eta=None, recorded_at=second(20))
    assert desk.states() == ["open"]


@pytest.mark.parametrize(("delivered", "announced", "state"), [(10, 90, "open"), (95, 90, "recovered")])
@pytest.mark.parametrize("late_last", [False, True])
def test_an_old_delivered_does_not_end_a_newer_breach(
    story: Make, delivered: int, announced: int, state: str, late_last: bool
) -> None:
    """ "Delivered" without a count is a statement: who said something since knows better, whichever comes in first."""
    desk = story()
    desk.at(80).late(days=3, recorded_at=second(0))
    news: list[dict[str, Any]] = [
        {"days": 5, "recorded_at": second(announced)},
        {"kind": "receipt", "eta": None, "recorded_at": second(delivered), "occurred_at": second(delivered)},
    ]
    for number, said in enumerate(news if late_last else news[::-1]):
        desk.at(100 + number).late(**said)
    assert desk.states() == [state]


def test_goods_that_were_counted_are_there_whatever_is_announced(story: Make) -> None:
    desk = story()
    desk.at(80).late(recorded_at=second(0))
    counted: dict[str, Any] = {"kind": "receipt", "eta": None, "quantity": 100.0}
    desk.at(100).late(**counted, recorded_at=second(10), occurred_at=second(10))
    desk.late(days=9, recorded_at=second(90))
    assert desk.states() == ["recovered"]
