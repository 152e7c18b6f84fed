"""quality, logistics and production: what a word or a code opens, what clears it, and what it is worth."""

from __future__ import annotations

import json
import random
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.reading import questions
from engine.values.clock import DAY, HOUR
from engine.vocabulary.event_words import VERDICTS, WORDS
from engine.vocabulary.model import SignalIn
from tests.engine.detect.world import NOW, World, day, order, shuffled_in_pieces, signal


def event(kind: str, source_id: str, status: str | None = None, **fields: Any) -> SignalIn:
    """An event of line PO1 unless `fields` say something else; those that are details go there."""
    columns = {name: fields.pop(name) for name in list(fields) if name in (*SignalIn._fields, "at")}
    if "lot" not in fields and "resource" not in fields and "item" not in columns:
        columns.setdefault("order_ref", "PO1")
    return signal(kind, source_id, status=status, detail=json.dumps(fields) if fields else "", **columns)


@pytest.fixture
def line(world: World) -> World:
    order(world, "PO1")
    world.settle()
    return world


def told(world: World, *signals: SignalIn, **how: Any) -> None:
    world.say(*signals, **how)
    world.settle()


OPENING = [(kind, word) for kind, words in WORDS.items() for word, what in words.items() if what.verdict == "dev"]
CLEARING = [
    (kind, word, other)
    for kind, words in WORDS.items()
    for word, what in words.items()
    for other, cleared in words.items()
    if kind != "short_supply" and what.verdict == "clear" and cleared.verdict == "dev"
]


@pytest.mark.parametrize(
    ("kind", "word", "days"), [("quality", "damaged", 9), ("logistics", "customs_hold", 2), ("production", "down", 1)]
)
def test_a_lane_is_the_remedy_of_bad_goods_only(world: World, kind: str, word: str, days: int) -> None:
    world.record("lane", "SHA>RTM", origin="SHA", destination="RTM", mode="air", duration_days=9)
    order(world, "PO1", site="RTM")
    told(world, event(kind, "e", word))
    assert world.one(kind)["decide_by"] == day(5) - days * DAY


@pytest.mark.parametrize(("kind", "word"), [pair for pair in OPENING if pair[0] != "short_supply"])
def test_each_word_that_is_a_deviation_opens_one(line: World, kind: str, word: str) -> None:
    told(line, event(kind, "e", word))
    found = line.one(kind)
    assert (found["subject_type"], found["subject_id"], found["state"]) == ("purchase_order", "PO1", "open")
    assert found["observed"]["event"] == word
    assert (found["value_minor"], found["currency"], found["need_at"]) == (100_000, "EUR", day(5))


@pytest.mark.parametrize(("kind", "clear", "opened"), CLEARING)
def test_a_clear_ends_its_own_topics_and_no_others(line: World, kind: str, clear: str, opened: str) -> None:
    told(line, event(kind, "e", opened, at=NOW - 2 * HOUR), event(kind, "c", clear))
    ends = bool(set(WORDS[kind][clear].topics) & set(WORDS[kind][opened].topics))
    assert line.states(kind) == ([] if ends else [("PO1", "open")])


@pytest.mark.parametrize("kind", ["quality", "logistics", "production"])
def test_every_clear_of_a_topic_exists(kind: str) -> None:
    at_stake = {topic for word in WORDS[kind].values() if word.verdict == "dev" for topic in word.topics}
    cleared = {topic for word in WORDS[kind].values() if word.verdict == "clear" for topic in word.topics}
    assert cleared == at_stake
    assert all(
        word.verdict in VERDICTS and (word.grade > 0) == (word.verdict == "dev") for word in WORDS[kind].values()
    )


@pytest.mark.parametrize(
    ("kind", "word"),
    [("quality", "released"), ("quality", "inspection"), ("logistics", "waiting"), ("production", "up")],
)
def test_a_clear_without_an_open_and_a_watch_create_nothing(line: World, kind: str, word: str) -> None:
    told(line, event(kind, "e", word))
    assert line.rows() == []
    shown = questions.show(line.store.connection, NOW, "purchase_order PO1")["events"]
    assert [(each["event"], each["verdict"]) for each in shown] == [(word, WORDS[kind][word].verdict)]


def test_the_last_event_of_a_topic_wins_by_its_time(line: World) -> None:
    told(line, event("quality", "r", "released", at=NOW - HOUR))
    told(line, event("quality", "h", "hold", at=NOW - 2 * HOUR))
    assert line.rows() == []
    told(line, event("quality", "d", "damaged", at=NOW))
    told(line, event("quality", "h2", "hold", at=NOW - HOUR // 2))
    assert (line.one("quality")["observed"]["event"], line.one("quality")["severity"]) == ("damaged", "high")


def test_two_troubles_of_one_line_are_one_deviation_and_end_apart(line: World) -> None:
    told(line, event("logistics", "c", "customs_hold", at=NOW - 3 * HOUR))
    told(line, event("logistics", "l", "lost", at=NOW - 2 * HOUR))
    found = line.one("logistics")
    assert (found["summary"], found["severity"]) == ("lost, and customs hold", "critical")
    told(line, event("logistics", "m", "moving", at=NOW - HOUR))
    assert (line.one("logistics")["summary"], line.one("logistics")["severity"]) == ("customs hold", "high")
    told(line, event("logistics", "r", "customs_released"))
    assert line.states("logistics") == [("PO1", "recovered")]


def test_of_equally_grave_troubles_the_latest_leads(line: World) -> None:
    for number, word in enumerate(("customs_hold", "omitted", "customs_hold")):
        told(line, event("logistics", f"e{number}", word, at=NOW - (3 - number) * HOUR))
    assert line.one("logistics")["summary"] == "customs hold, and omitted"


def test_an_event_that_lies_ahead_counts_from_then_on(world: World) -> None:
    world.rule("production", breaches=2)
    report: dict[str, Any] = {"quantity": 50.0, "expected": 100.0, "resource": "LINE-3"}
    told(world, event("quality", "q", "hold", lot="L1", at=NOW + HOUR), event("production", "1", **report))
    told(world, event("production", "2", at=NOW + HOUR, **report))
    assert world.states() == [("LINE-3", "candidate")]
    world.tick(NOW + HOUR)
    assert sorted(world.states()) == [("L1", "open"), ("LINE-3", "open")]


def test_a_restated_row_without_its_code_is_no_event_any_more(line: World) -> None:
    said = signal("eta", "17", order_ref="PO1", eta=day(5), at=NOW - 2 * HOUR)
    told(line, said._replace(detail='{"code": "x12.1650:SD"}'), identity="state")
    assert line.states() == [("PO1", "open")]
    told(line, said._replace(recorded_at=NOW - HOUR), identity="state")
    assert line.states() == [("PO1", "recovered")]


@pytest.mark.parametrize(
    ("ending", "over"),
    [
        (signal("receipt", "x", order_ref="PO1"), True),
        (signal("receipt", "x", order_ref="PO1", quantity=40.0, occurred_at=day(0)), False),
        (signal("status", "x", order_ref="PO1", status="cancelled"), True),
    ],
)
def test_what_holds_a_line_on_its_way_is_over_when_the_line_is(line: World, ending: SignalIn, over: bool) -> None:
    told(
        line,
        event("logistics", "e", "customs_hold"),
        event("production", "p", "down"),
        event("quality", "q", "damaged"),
    )
    told(line, ending)
    state = "recovered" if over else "open"
    assert [line.one(kind)["state"] for kind in ("logistics", "production", "quality")] == [state, state, "open"]


def test_a_partly_received_line_is_at_risk_with_the_rest(line: World) -> None:
    told(line, signal("receipt", "x", order_ref="PO1", quantity=40.0, occurred_at=day(0)))
    told(line, event("logistics", "e", "customs_hold"), event("quality", "q", "damaged", quantity=25.0, uom="EA"))
    assert line.one("logistics")["value_minor"] == 60_000
    quality = line.one("quality")
    assert (quality["value_minor"], quality["gap"]) == (25_000, {"quantity": -25.0, "uom": "EA", "percent": -25.0})


def test_a_line_that_leaves_the_plan_takes_its_events_with_it(line: World) -> None:
    told(line, event("quality", "q", "hold"))
    line.withdraw("purchase_order", "PO1")
    line.settle()
    assert line.states("quality") == [("PO1", "recovered")]


def test_an_event_of_an_unknown_order_is_unmatched_until_the_plan_has_it(line: World) -> None:
    told(line, event("quality", "q", "hold", order_ref="PO9"))
    assert line.states() == [("erp:PO9", "open")]
    order(line, "PO9")
    line.settle()
    assert dict(line.states("quality")) == {"PO9": "open"}


# lots, resources, items at sites --------------------------------------------------------------------------------------


def test_lots_of_two_items_with_one_number_are_two(world: World) -> None:
    world.record("item", "A", id="A", unit_value=2.5, currency="EUR", uom="EA")
    told(world, event("quality", "1", "recalled", lot="L1", item="A", quantity=10.0, uom="EA", at=NOW - 2 * HOUR))
    told(world, event("quality", "2", "recalled", lot="L1", item="B"), event("quality", "3", "hold", lot="L1"))
    told(world, event("quality", "4", "released", lot="L1", item="B", at=NOW))
    assert sorted(world.states("quality")) == [("A#L1", "open"), ("B#L1", "recovered"), ("L1", "open")]
    first = world.rows("quality")[0]
    assert (first["subject_type"], first["value_minor"], first["currency"], first["item"]) == ("lot", 2_500, "EUR", "A")
    assert first["observed"] == {"event": "recalled", "quantity": 10.0, "uom": "EA", "lot": "L1"}


def test_an_item_at_a_site_can_be_blocked_beside_its_stock(world: World) -> None:
    world.plan("target", "A@RTM", item="A", site="RTM", quantity=10.0)
    told(
        world,
        signal("stock", "s", item="A", site="RTM", quantity=3.0),
        event("quality", "q", "hold", item="A", site="RTM"),
    )
    assert world.states() == [("A@RTM", "open"), ("A@RTM", "open")]
    told(world, event("quality", "r", "released", item="A", site="RTM", at=NOW))
    assert [(row["kind"], row["state"]) for row in world.rows()] == [("quality", "recovered"), ("below_target", "open")]


def test_a_resource_is_one_of_its_site(world: World) -> None:
    told(world, event("production", "1", "down", resource="LINE-3", site="RTM"))
    told(world, event("production", "2", "up", resource="LINE-3", site="LYS", at=NOW))
    assert world.states("production") == [("LINE-3@RTM", "open")]
    assert world.one("production")["subject_type"] == "resource"


def test_a_stop_counts_from_when_it_has_lasted(world: World) -> None:
    world.rule("production", hours=4)
    told(world, event("production", "1", "down", resource="LINE-3", occurred_at=NOW - HOUR))
    assert world.rows() == []
    world.tick(NOW + 3 * HOUR - 1)
    assert world.rows() == []
    world.tick(NOW + 3 * HOUR)
    assert world.states("production") == [("LINE-3", "open")]


@pytest.mark.parametrize(
    ("made", "severity"), [(96.0, None), (95.0, None), (94.0, "low"), (60.0, "high"), (0.0, "critical")]
)
def test_output_is_compared_with_what_was_expected(line: World, made: float, severity: str | None) -> None:
    told(line, event("production", "1", quantity=made, uom="EA", expected=100.0))
    assert [row["severity"] for row in line.rows("production")] == ([severity] if severity else [])
    if severity:
        found = line.one("production")
        assert found["gap"] == {"quantity": made - 100.0, "uom": "EA", "percent": made - 100.0}
        assert found["value_minor"] == round(1_000 * (100.0 - made))
    told(line, event("production", "2", "output", quantity=99.0, uom="EA", expected=100.0, at=NOW))
    assert {row["state"] for row in line.rows("production")} <= {"recovered"}


def test_output_under_plan_can_be_asked_for_twice(world: World) -> None:
    world.rule("production", breaches=2)
    report: dict[str, Any] = {"quantity": 50.0, "expected": 100.0, "resource": "LINE-3"}
    told(world, event("production", "1", at=NOW - 3 * HOUR, **report))
    assert world.states("production") == [("LINE-3", "candidate")]
    told(world, signal("note", "c", detail='{"corrects": "1"}'), event("production", "2", at=NOW - 2 * HOUR, **report))
    assert [row["state"] for row in world.rows("production")][-1] == "candidate", "what was taken back counts no more"
    told(world, event("production", "3", **report))
    assert [row["state"] for row in world.rows("production")][-1] == "open"


@pytest.mark.parametrize(
    ("fields", "breach"),
    [
        ({}, {}),
        ({"quantity": 50.0, "limit": 48.0}, None),
        ({"quantity": 60.0, "limit": 48.0, "uom": "h"}, {"hours": 12.0}),
        ({"quantity": 4.0, "limit": 2.0, "uom": "d"}, {"hours": 48.0}),
        ({"quantity": 4.0, "limit": 2.0, "uom": "EA"}, {}),
    ],
)
def test_dwell_is_over_its_limit_by_hours(line: World, fields: dict[str, Any], breach: dict[str, float] | None) -> None:
    line.rule("logistics", hours=6)
    told(line, event("logistics", "1", "dwell", **fields))
    assert [row["gap"] for row in line.rows("logistics")] == ([] if breach is None else [breach])


# corrections, order of arrival ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"order_ref": "PO1"}, {"lot": "L1"}])
@pytest.mark.parametrize("first", ["event", "correction"])
def test_an_event_that_did_not_occur_clears_what_it_opened(line: World, fields: dict[str, Any], first: str) -> None:
    """PEERS 86."""
    damaged = event("quality", "e1", code="epcis.disposition:damaged", at=NOW - 2 * HOUR, **fields)
    declared = signal("note", "e1 error", detail='{"corrects": "e1"}')
    for each in [damaged, declared] if first == "event" else [declared, damaged]:
        told(line, each)
    found = [(row["state"], row["reason"]) for row in line.rows("quality")]
    assert found == ([("recovered", "withdrawn by source")] if first == "event" else [])


@pytest.mark.parametrize("arrival", list(permutations(range(3))))
def test_a_restated_row_moves_its_event(line: World, arrival: tuple[int, ...]) -> None:
    order(line, "PO2")
    said = [
        event("quality", "17", "hold", lot="L1", at=NOW - 3 * HOUR),
        event("quality", "17", "hold", lot="L2", at=NOW - 2 * HOUR),
        event("quality", "17", "hold", order_ref="PO2", at=NOW - HOUR),
    ]
    for place in arrival:
        told(line, said[place], identity="state")
    assert [subject for subject, state in line.states("quality") if state == "open"] == ["PO2"]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([(kind, word) for kind in ("quality", "logistics", "production") for word in WORDS[kind]]),
        st.sampled_from(["PO1", "PO2", "lot", "resource"]),
        st.integers(-6, 4),
        st.sampled_from([None, 40.0, 100.0]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    drawn=EVENTS, identity=st.sampled_from(["event", "state"]), seed=st.integers(0, 1 << 30), later=st.integers(0, 5)
)
def test_order_and_batches_of_events_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Any], identity: str, seed: int, later: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("events")
    signals = []
    for number, ((kind, word), about, hours, quantity) in enumerate(drawn):
        fields: dict[str, Any] = {"quantity": 90.0 if quantity is None else quantity, "expected": 100.0}
        if kind == "logistics" or about.startswith("PO"):
            fields["order_ref"] = about if about.startswith("PO") else "PO1"
        else:
            fields["resource" if kind == "production" else "lot"] = "X"
        source_id = f"e{number}" if identity == "event" else f"row{number % 3}"
        signals.append(event(kind, source_id, word, at=NOW + hours * HOUR + number, **fields))
    worlds = []
    for name in ("whole", "pieces"):
        (folder / name).mkdir()
        worlds.append(World(folder / name))
        order(worlds[-1], "PO1")
        order(worlds[-1], "PO2")
        worlds[-1].settle()
    whole, pieces = worlds
    told(whole, *signals, identity=identity)
    for piece in shuffled_in_pieces(signals, random.Random(seed)):
        told(pieces, *piece, identity=identity)
    try:
        for at in (NOW, NOW + later * HOUR):
            whole.tick(at)
            pieces.tick(at)
            assert standing(whole) == standing(pieces)
    finally:
        whole.store.close()
        pieces.store.close()


def standing(world: World) -> set[tuple[str, ...]]:
    return {
        (row["kind"], row["subject_id"], row["summary"], row["severity"], str(row["gap"]), str(row["value_minor"]))
        for row in world.rows()
        if row["state"] == "open"
    }
