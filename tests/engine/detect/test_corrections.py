"""Statements that their source takes back hold no more, from then on and anywhere; drills never hold (PEERS 51,
84-86)."""

from __future__ import annotations

import json
import random
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.reading import lists, questions
from engine.reports import check
from engine.values.clock import HOUR
from engine.vocabulary.model import SignalIn
from tests.engine.detect.world import NOW, World, day, order, shuffled_in_pieces, signal


def late(source_id: str, ref: str = "PO1", *, days: int = 30, at: int = NOW - 3 * HOUR, **fields: Any) -> SignalIn:
    return signal("eta", source_id, order_ref=ref, eta=day(days), at=at, **fields)


def taken_back(what: str, source_id: str = "c1", *, at: int = NOW - HOUR, **fields: Any) -> SignalIn:
    """A signal that takes another one back and says nothing besides, unless `fields` do."""
    kind = fields.pop("kind", "note")
    return signal(kind, source_id, at=at, detail=json.dumps({"corrects": what}), **fields)


def shown(world: World, source_id: str) -> dict[str, Any]:
    (number,) = world.store.connection.execute("SELECT id FROM signal WHERE source_id = ?", (source_id,)).fetchone()
    return questions.show(world.store.connection, world.clock.now(), f"S{number}")


def test_a_retracted_estimate_closes_what_it_opened_and_stays_to_be_seen(orders: World) -> None:
    """PEERS 85."""
    orders.say(late("e1"))
    orders.settle()
    assert orders.states("late_supply") == [("PO1", "open")]
    orders.say(taken_back("e1"))
    orders.settle()
    assert orders.states("late_supply") == [("PO1", "recovered")]
    assert orders.one("late_supply")["reason"] == "withdrawn by source"
    first, second = shown(orders, "e1"), shown(orders, "c1")
    assert (first["withdrawn_by"], second["withdraws"]) == ([second["id"]], [first["id"]])
    assert (second["withdrawn_by"], first["withdraws"]) == ([], [])
    assert lists.page(orders.store.connection, NOW, "signals", (), limit=None, everything=True).total == 2


def test_the_journal_says_why_it_cleared(orders: World) -> None:
    orders.say(late("e1"))
    orders.settle()
    orders.say(taken_back("e1"))
    orders.settle()
    query = "SELECT reason FROM journal WHERE subject_type = 'deviation' AND action = 'clear'"
    assert orders.store.connection.execute(query).fetchall() == [("withdrawn by source",)]


def test_a_clear_for_another_cause_is_not_said_to_be_withdrawn(orders: World) -> None:
    orders.say(late("e1"), late("e2", days=40, at=NOW - 2 * HOUR))
    orders.settle()
    orders.say(taken_back("e2"))
    orders.settle()
    assert (orders.one("late_supply")["gap"], orders.one("late_supply")["state"]) == ({"days": 25.0}, "open")
    orders.say(late("e3", days=5, at=NOW))
    orders.settle()
    assert (orders.one("late_supply")["state"], orders.one("late_supply")["reason"]) == ("recovered", None)


def test_what_comes_back_is_withdrawn_no_more(orders: World) -> None:
    orders.say(late("e1"), taken_back("e1"))
    orders.settle()
    assert orders.rows() == []
    orders.say(late("e2"))
    orders.settle()
    orders.say(taken_back("e2", "c2"))
    orders.settle()
    orders.say(late("e3"))
    orders.settle()
    assert (orders.one("late_supply")["state"], orders.one("late_supply")["reason"]) == ("open", None)


@pytest.mark.parametrize("arrival", list(permutations(range(3))))
def test_a_replacement_says_its_own_whatever_came_first(orders: World, arrival: tuple[int, ...]) -> None:
    told = [
        late("e1"),
        taken_back("e1", "e2", kind="eta", order_ref="PO2", eta=day(35), at=NOW - 2 * HOUR),
        taken_back("e2", "e3", kind="eta", order_ref="PO2", eta=day(40)),
    ]
    for place in arrival:
        orders.say(told[place])
        orders.settle()
    standing = {(row["subject_id"], row["gap"]["days"]) for row in orders.rows("late_supply") if row["state"] == "open"}
    assert standing == {("PO2", 35.0)}, "what was corrected twice does not come back"


def test_a_withdrawal_that_is_not_known_yet_counts_from_then_on(orders: World) -> None:
    orders.say(late("e1"), taken_back("e1", at=NOW + HOUR))
    orders.settle()
    assert orders.states("late_supply") == [("PO1", "open")]
    orders.tick(NOW + HOUR)
    assert orders.states("late_supply") == [("PO1", "recovered")]


def test_an_estimate_that_lies_ahead_can_be_taken_back_before_it_counts(orders: World) -> None:
    orders.say(late("e1", at=NOW + 5 * HOUR), taken_back("e1"))
    orders.settle()
    orders.tick(NOW + 6 * HOUR)
    assert orders.rows() == []


def test_other_sources_and_other_ids_take_nothing_back(orders: World) -> None:
    orders.say(late("e1"))
    orders.say(taken_back("e1"), source="another")
    orders.say(taken_back("e11"))
    orders.settle()
    assert orders.states("late_supply") == [("PO1", "open")]


def test_a_restated_row_that_is_taken_back_holds_again_when_it_is_said_later(orders: World) -> None:
    orders.say(late("17", at=NOW - 4 * HOUR), late("17", days=31, at=NOW - 3 * HOUR), identity="state")
    orders.say(taken_back("17", at=NOW - 2 * HOUR), identity="state")
    orders.settle()
    assert orders.rows() == []
    orders.say(late("17", days=32, at=NOW - HOUR), identity="state")
    orders.settle()
    assert orders.one("late_supply")["gap"] == {"days": 27.0}


def test_a_receipt_that_did_not_occur_leaves_the_line_overdue(world: World) -> None:
    order(world, "PO1", due=-5)
    world.say(signal("receipt", "r", order_ref="PO1", occurred_at=day(-5)))
    world.settle()
    assert world.rows() == []
    world.say(taken_back("r"))
    world.settle()
    assert world.states("overdue") == [("PO1", "open")]


def test_a_count_that_was_wrong_leaves_the_one_before(world: World) -> None:
    world.plan("target", "A@RTM", item="A", site="RTM", quantity=10.0)
    place: dict[str, Any] = {"item": "A", "site": "RTM"}
    world.say(signal("stock", "s1", quantity=12.0, at=NOW - 3 * HOUR, **place))
    world.say(signal("stock", "s2", quantity=3.0, at=NOW - 2 * HOUR, **place))
    world.settle()
    assert world.states("below_target") == [("A@RTM", "open")]
    world.say(taken_back("s2", at=NOW + HOUR))
    world.settle()
    world.tick(NOW + HOUR)
    assert world.states("below_target") == [("A@RTM", "recovered")]
    assert world.one("below_target")["reason"] == "withdrawn by source"


def test_a_demand_that_was_wrong_is_no_spike(world: World) -> None:
    for week in range(8):
        at = day(7 * (week - 8))
        world.say(signal("demand", f"d{week}", item="A", site="DE", quantity=100.0, occurred_at=at, at=at))
    world.say(signal("demand", "wrong", item="A", site="DE", quantity=900.0, occurred_at=day(-1), at=NOW - 2 * HOUR))
    world.settle()
    assert world.states("demand_shift") == [("A@DE", "open")]
    world.say(taken_back("wrong"))
    world.settle()
    assert world.states("demand_shift") == [("A@DE", "recovered")]


@pytest.mark.parametrize("later", [0, 1])
def test_a_name_that_was_wrong_is_unmatched_no_more(orders: World, later: int) -> None:
    orders.plan("target", "A@RTM", item="A", site="RTM", quantity=0.0)
    orders.say(late("e1", "PO9"), signal("note", "s1", item="X", site="RTM"))
    orders.settle()
    assert orders.states("unmatched") == [("erp:PO9", "open"), ("erp:item X", "open")]
    orders.say(taken_back("e1", at=NOW + later * HOUR), taken_back("s1", "c2", at=NOW + later * HOUR))
    orders.settle()
    orders.tick(NOW + later * HOUR)
    assert orders.states("unmatched") == [("erp:PO9", "recovered"), ("erp:item X", "recovered")]


def test_an_unknown_name_does_not_rest_on_what_was_taken_back(orders: World) -> None:
    orders.plan("target", "A@RTM", item="A", site="RTM", quantity=0.0)
    orders.say(*(signal("note", f"s{number}", item="X", site="RTM") for number in range(3)), taken_back("s1"))
    orders.settle()
    assert orders.states("unmatched") == [("erp:item X", "open")]
    assert orders.store.connection.execute("SELECT count(*) FROM deviation_signal").fetchone() == (2,)


def test_a_drill_is_stored_and_judged_nowhere(orders: World) -> None:
    """PEERS 51, in our words: real signals open, drills are only kept."""
    orders.plan("target", "A@RTM", item="A", site="RTM", quantity=10.0)
    orders.settle()
    drill = json.dumps({"drill": "TRUE"})
    for identity in ("event", "state"):
        orders.say(
            late(f"{identity} 1", detail=drill),
            late(f"{identity} 2", "PO9", detail=drill),
            signal("stock", f"{identity} 3", item="A", site="RTM", quantity=1.0, detail=drill),
            signal("stock", f"{identity} 4", item="X", site="Y", quantity=1.0, detail=drill),
            identity=identity,
        )
        orders.settle()
    assert (orders.rows(), orders.store.connection.execute("SELECT count(*) FROM signal").fetchone()) == ([], (8,))
    assert shown(orders, "event 1")["drill"] is True
    assert shown(orders, "event 1")["withdrawn_by"] == []


@pytest.mark.parametrize("identity", ["event", "state"])
@pytest.mark.parametrize("first", ["drill", "real"])
def test_a_drill_stands_in_the_way_of_nothing_real(orders: World, identity: str, first: str) -> None:
    drill = late("e1", days=5, at=NOW - HOUR, detail='{"drill":true}')
    told = [drill, late("e1")] if first == "drill" else [late("e1"), drill]
    for one in told:
        orders.say(one, identity=identity)
        orders.settle()
    orders.say(signal("note", "c1", detail='{"corrects":"e1","drill":true}'), identity=identity)
    orders.say(*told, identity=identity)
    orders.settle()
    assert orders.states("late_supply") == [("PO1", "open")]
    assert orders.store.connection.execute("SELECT count(*), sum(duplicates) FROM signal, source").fetchone()[0] == 3


@pytest.mark.parametrize("how", ["withdrawn", "drill"])
def test_no_outcome_is_learnt_from_what_was_not_meant(world: World, how: str) -> None:
    for ref in ("PO1", "PO2"):
        order(world, ref, due=-5)
    announced = late("e1", days=4, at=day(-20), detail='{"drill":true}' if how == "drill" else "")
    world.say(announced, *([taken_back("e1", at=day(-19))] if how == "withdrawn" else []))
    world.say(*(signal("receipt", f"r{ref}", order_ref=ref, occurred_at=day(-5), at=day(-5)) for ref in ("PO1", "PO2")))
    world.settle()
    (one,), (other,) = world.store.connection.execute("SELECT standing FROM outcome ORDER BY ref").fetchall()
    assert one == other


def test_a_known_event_with_another_content_is_a_duplicate_and_said_to_be_odd(orders: World) -> None:
    """PEERS 84; the same content in another order is none (PEERS 34)."""
    orders.say(late("e1", payload='{"a":1,"b":2}'), late("e2"))
    orders.say(late("e1", payload='{"b": 2, "a": 1}'), late("e2"), late("e3"))
    connection = orders.store.connection
    assert questions.show(connection, NOW, "erp")["oddities"] == []
    orders.say(late("e1", days=31), late("e4"), late("e4", quantity=3.0, uom="EA"))
    (odd,) = questions.show(connection, NOW, "erp")["oddities"]
    assert (odd["sort"], odd["count"], odd["example"]) == ("changed_body", 2, "e4, differing in quantity, uom")
    assert lists.page(connection, NOW, "signals", (), limit=None, everything=True).total == 4
    (odd,) = [finding for finding in check.check(orders.store, NOW) if finding["place"] == "source erp"]
    assert odd["fault"] == "2 records came again under their ids with another content, and were left out"
    assert odd["examples"] == ["e4, differing in quantity, uom"]


HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(["PO1", "PO2", "PO9"]),
        st.sampled_from([-30, -2, 6]),
        st.integers(0, 6),
        st.booleans(),
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    history=HISTORIES,
    identity=st.sampled_from(["event", "state"]),
    seed=st.integers(0, 1 << 30),
    later=st.integers(0, 8),
)
def test_what_was_taken_back_is_as_if_it_had_not_been_said(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[tuple[str, int, int, bool]],
    identity: str,
    seed: int,
    later: int,
) -> None:
    """Against a desk that never heard what is taken back by the time that is judged, in any order and batching."""
    folder: Path = tmp_path_factory.mktemp("corrections")
    present = NOW + later * HOUR
    signals: list[SignalIn] = []
    gone: set[str] = set()
    at = [NOW + hours * HOUR + number for number, (_, hours, _, _) in enumerate(history)]
    for number, (ref, _, target, does) in enumerate(history):
        corrects = does and target != number
        detail = json.dumps({"corrects": f"e{target}"}) if corrects else None
        signals.append(late(f"e{number}", ref, days=10 + number, at=at[number], detail=detail))
        if corrects and at[number] <= present and target < len(history):
            # Of a restated row only what was said up to then is taken back.
            gone.update({f"e{target}"} if identity == "event" or at[target] <= at[number] else ())
    (folder / "whole").mkdir()
    (folder / "never").mkdir()
    whole, never = World(folder / "whole"), World(folder / "never")
    for world in (whole, never):
        order(world, "PO1")
        order(world, "PO2")
        world.settle()
    for piece in shuffled_in_pieces(signals, random.Random(seed)):
        whole.say(*piece, identity=identity)
        whole.settle()
    never.say(*(one._replace(detail="") for one in signals if one.source_id not in gone), identity=identity)
    whole.tick(present)
    never.tick(present)
    try:
        assert standing(whole) == standing(never)
    finally:
        whole.store.close()
        never.store.close()


def standing(world: World) -> set[tuple[str, str, str]]:
    return {(row["kind"], row["subject_id"], str(row["gap"])) for row in world.rows() if row["state"] == "open"}
