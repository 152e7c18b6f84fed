"""Identity of signals and filters: cases 14, 34 to 38, 44, 46 to 50 and 59 (PEERS 16), adapted to our two source kinds.

Where the domain differs: a key is a row of a source and never a hash of chosen fields (34, 35); a window that dedupes
is the reopen window of one subject (46 to 48); a rule changes tolerances and never the key of a deviation (44); a clear
without anything open is an orphan, and there is no switch that makes it open something (59). Case 43 is in
test_findings.py, 51 and 84 are in test_corrections.py, 65 is in test_lifecycle.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from engine.values.clock import SECOND
from engine.vocabulary.model import PlanLine
from tests.engine.desk_support import NOW
from tests.engine.peers.story import DUE, Story

Make = Callable[..., Story]
SECONDS = 1 / 3600


def signals(desk: Story) -> int:
    return desk.desk.signals().total


def limits(desk: Story) -> dict[str, tuple[Any, str]]:
    """What D1 is judged by, and the layer that says so."""
    names = ("days", "percent", "minimum_value", "clear_hold_hours")
    return {term.name: (term.value, term.source) for term in desk.desk.explain("D1") if term.name in names}


@pytest.mark.parametrize("rule", [{}, {"match": {}}, {"kind": "late_supply", "match": {}}])
def test_14_a_rule_that_asks_for_nothing_and_says_nothing_has_no_effect(story: Make, rule: Mapping[str, Any]) -> None:
    """A silence without conditions is refused (22), and what folds under what is no rule of a person."""
    desk = story("X", "Y")
    desk.late("X")
    before = limits(desk)
    desk.desk.configure({"rules": [rule]})
    desk.at(1).late("Y")
    assert sorted(desk.queue()) == ["X", "Y"]
    assert limits(desk) == before
    desk.desk.configure({"rules": [{**rule, "kind": "late_supply", "days": 2}]})
    assert limits(desk.at(2)) != before


def test_34_the_same_content_with_its_keys_in_another_order_is_a_duplicate(story: Make) -> None:
    """Of an event; that a restated row's content has one order is connectors'
    (tests/connectors/mapping/test_mapping.py, also 35)."""
    desk = story()
    row = desk.eta("X", 5, payload='{"a":1,"b":2}')
    assert desk.at(1).say(row).new == 1
    desk.at(2)
    again = desk.say(row._replace(payload='{ "b": 2, "a": 1 }'))
    assert (again.new, again.duplicate) == (0, 1)
    assert desk.desk.source_state("tower")["last_received_at"] == NOW + 2 * SECOND  # type: ignore[index]
    assert [action for _, action, _ in desk.history("D1")] == ["open"]


def test_36a_an_event_is_known_by_its_id_for_good(story: Make) -> None:
    desk = story()
    for second, name, new in ((1, "e1", 1), (2, "e2", 1), (3, "e1", 0)):
        assert desk.at(second).late(source_id=name).new == new


def test_36b_a_row_that_goes_and_comes_back_is_three_signals(story: Make) -> None:
    desk = story()
    for second, days in ((1, 5), (2, 9), (3, 5)):
        desk.at(second).say(desk.eta("X", days, source_id="row", recorded_at=None), identity="state")
    (row,) = desk.rows()
    assert (signals(desk), row["gap"]) == (3, {"days": 5.0})
    assert [action for _, action, _ in desk.history("D1")] == ["open", "raise", "lower"]


@pytest.mark.parametrize("identity", ["event", "state"])
def test_37_twins_in_one_batch_are_one(story: Make, identity: str) -> None:
    desk = story()
    twin = desk.eta("X", 5)
    result = desk.say(twin, twin, identity=identity)
    assert (result.new, result.duplicate, signals(desk)) == (1, 1, 1)


def test_38_five_rows_of_one_batch_are_five_and_the_settings_stay(story: Make) -> None:
    refs = [f"X{number}" for number in range(5)]
    desk = story(*refs)
    settings: Mapping[str, Any] = {"name": "d", "tolerance": {"late_supply": {"days": 2}}, "rules": [{"days": 3}]}
    before = repr(settings)
    desk.desk.configure(settings)
    desk.say(*(desk.eta(ref, 5) for ref in refs))
    assert sorted(desk.queue()) == refs
    assert repr(settings) == before


def test_44_an_open_one_keeps_its_key_when_the_rules_change(story: Make) -> None:
    desk = story()
    desk.at(1).late(days=5)
    desk.at(10).desk.configure({"tolerance": {"late_supply": {"days": 2, "clear_hold_hours": 1}}})
    desk.at(11).late(days=6)
    (row,) = desk.rows()
    assert (row["id"], row["state"], row["gap"], row["episode"]) == ("D1", "open", {"days": 6.0}, 1)
    desk.at(12).desk.configure({"tolerance": {"late_supply": {"days": 30}}})
    desk.at(13)
    assert desk.states() == ["recovered"], "no orphan: what the rules no longer call a departure is over"


def test_46_the_end_of_the_window_is_excluded(story: Make) -> None:
    for second, states in ((3599, ["open"]), (3600, ["resolved", "open"])):
        desk = story(reopen_window_hours=1)
        desk.at(-1).late()
        desk.at(0).on_time()
        desk.clock.set(NOW + second * SECOND)  # nobody ticks in between
        desk.late()
        assert desk.states() == states, second


def test_47_another_subject_of_the_same_kind_is_another_deviation(story: Make) -> None:
    desk = story("X", "Y")
    desk.at(0).late("X")
    desk.at(1).late("Y")
    assert sorted(desk.queue()) == ["X", "Y"]


def test_48_another_type_of_subject_with_the_same_id_is_another_deviation(story: Make) -> None:
    desk = story("X")
    transfer = PlanLine(
        "transfer_order", "X", "SKU-1", "RTM", "LYS", None, 1.0, None, "EA", DUE, None, None, None, "open", "{}", None
    )
    desk.desk.load([transfer], kind="transfer_order", scope="test", file="plan.csv")
    desk.at(0).late("X", order_kind="purchase_order")
    desk.at(1).late("X", order_kind="transfer_order")
    assert [row["subject"]["type"] for row in desk.rows()] == ["purchase_order", "transfer_order"]


def test_49_what_is_snoozed_goes_on_counting_and_is_seen_with_all_of_it(story: Make) -> None:
    desk = story()
    desk.at(0).late(days=5)
    desk.desk.snooze(["D1"], until=NOW + 50 * SECOND)
    desk.at(1).late(days=5.5)
    assert (desk.queue(), desk.states()) == ([], ["open"])
    desk.at(50)
    assert (desk.queue(), desk.rows()[0]["signals"]) == (["X"], ["S1", "S2"])


def test_50_a_silence_that_is_over_hides_nothing(story: Make) -> None:
    desk = story()
    desk.desk.silence(["subject=X"], reason="works", until=NOW + 50 * SECOND)
    desk.at(60).late()
    assert desk.queue() == ["X"]


def test_59_a_clear_where_nothing_is_open_makes_nothing(story: Make) -> None:
    desk = story()
    desk.at(1).on_time()
    desk.at(2).late(kind="receipt", eta=None, occurred_at=NOW + SECOND)
    assert (desk.rows(), signals(desk)) == ([], 2)
