"""What detection keeps of each line is what a fold of all its signals says, however it came about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import detect
from engine.detect import late_supply, overdue, short_supply, tolerance_rules
from engine.detect.tolerance_rules import defaults
from engine.facts.line_state import LineState, Move
from engine.facts.subjects import Line, LineFacts
from engine.gather import orders
from engine.gather.cases import Case
from engine.judging import measuring
from engine.values.clock import HOUR
from engine.values.days import Days
from engine.vocabulary.tolerance import Tolerance
from tests.engine.detect.test_quiet import REFS, STATEMENTS, said
from tests.engine.detect.world import NOW, World, day, order, signal

SAY = st.tuples(
    st.just("say"), st.lists(STATEMENTS, min_size=1, max_size=4), st.sampled_from(["event", "state"]), st.booleans()
)
EVENTS = st.one_of(
    SAY,
    SAY,
    st.tuples(st.just("plan"), st.sampled_from(REFS), st.integers(-3, 9), st.sampled_from([None, 40.0, 100.0])),
    st.tuples(st.just("withdraw"), st.sampled_from(REFS)),
    st.tuples(
        st.just("rule"),
        st.sampled_from(["late_supply", "overdue", "short_supply"]),
        st.sampled_from([{}, {"party": "ACME"}, {"subject": "B"}]),
        st.integers(0, 4),
    ),
    st.tuples(st.just("tick"), st.integers(1, 40)),
)


def kept(world: World) -> dict[tuple[str, str], LineState]:
    query = "SELECT ref, kind, planned_at, until_at, quantity, eta, promised, receipts, open FROM line_state"
    found = {}
    for ref, kind, planned_at, until_at, quantity, eta, promised, receipts, is_open in world.store.connection.execute(
        query
    ):
        moves = [Move(*receipt) for receipt in json.loads(receipts or "[]")]
        found[ref, kind] = LineState(planned_at, until_at, quantity, eta, promised, moves, bool(is_open))
    return found


def measured(world: World) -> set[tuple[str, str, str]]:
    """Every breach that full detection finds in what is kept."""
    connection = world.store.connection
    found = measuring.breaches(connection, tolerance_rules.load(connection), Days("UTC"), world.clock.now())
    return {(breach.kind, breach.subject_type, breach.subject_id) for breach in found}


def judged(world: World) -> set[tuple[str, str, str]]:
    """Every breach that the detectors find in all signals of every line."""
    limits, now = tolerance_rules.load(world.store.connection), world.clock.now()
    return {
        (detector.KIND, case.subject_type, case.subject_id)
        for case in line_cases(world)
        for detector in detect.MEASURED
        if detector.judge(case.facts, limits.of(detector.KIND, case.facts.subject()), now) is not None
    }


def line_cases(world: World) -> list[Case[LineFacts]]:
    refs = [ref for (ref,) in world.store.connection.execute("SELECT DISTINCT ref FROM plan_line")]
    chunk = orders.read(world.store.connection, refs)
    return list(orders.line_cases(chunk, world.clock.now(), Days("UTC"), {}))


def folded(world: World) -> dict[tuple[str, str], LineState]:
    """The states as they follow from every signal that is stored and every line that is current."""
    found = {}
    for case in line_cases(world):
        state = case.facts.state()
        moves = [Move(*receipt[:3]) for receipt in state.receipts]
        found[case.subject_id, case.subject_type] = state._replace(receipts=moves)
    return found


def carry_out(world: World, number: int, event: tuple[Any, ...]) -> None:
    word, *parts = event
    if word == "say":
        statements, identity, backwards = parts
        rows = [said(number * 10 + place, *parts) for place, parts in enumerate(statements)]
        if identity == "event":
            rows = [row._replace(source_id=f"{number}/{place}") for place, row in enumerate(rows)]
        for row in reversed(rows) if backwards else rows:
            world.say(row, source=identity, identity=identity)
    elif word == "plan":
        order(world, parts[0], due=parts[1], quantity=parts[2])
    elif word == "withdraw":
        world.withdraw("purchase_order", parts[0])
    elif word == "rule":
        kind, matches, value = parts
        world.rule(kind, matches, **{"grace_days" if kind == "overdue" else "percent": float(value)})
        for ref in REFS:
            world.touch("order", ref)
    else:
        world.clock.set(world.clock.now() + parts[0] * HOUR)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=st.lists(EVENTS, min_size=1, max_size=7))
def test_what_is_kept_is_the_fold_of_everything_that_was_said(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[Any, ...]]
) -> None:
    world = World(tmp_path_factory.mktemp("states"))
    try:
        for ref, due in zip(REFS, (3, 5, 6), strict=True):
            order(world, ref, due=due)
        world.plan("transfer_order", "C", planned_at=day(4), quantity=5.0)
        world.settle()
        for number, event in enumerate(events):
            carry_out(world, number, event)
            world.settle()
            assert kept(world) == folded(world)
            assert measured(world) == judged(world)
    finally:
        world.store.close()


STRICT = {
    kind: Tolerance(kind, {**defaults()[kind], **dict.fromkeys(("days", "percent", "quantity", "grace_days"), 0.0)}, {})
    for kind in ("late_supply", "short_supply", "overdue")
}


@settings(deadline=None)
@given(
    eta=st.sampled_from([None, -24, 0, 12, 24, 36]),
    promised=st.sampled_from([None, 99.0, 100.0, 101.0]),
    until=st.booleans(),
    quantity=st.sampled_from([None, 100.0]),
    now=st.integers(-1, 2),
)
def test_what_is_not_told_apart_is_no_departure_under_any_tolerance(
    eta: int | None, promised: float | None, until: bool, quantity: float | None, now: int
) -> None:
    plain = LineState(
        day(0), day(1) if until else None, quantity, None if eta is None else day(0) + eta * HOUR, promised, (), True
    )
    line = Line(
        1, "purchase_order", "A", None, None, None, None, quantity, None, plain.planned_at, plain.until_at, None, None,
        "open", 1,
    )  # fmt: skip
    facts = LineFacts(line, Days("UTC"), due_end=plain.due_end, eta=plain.eta, promised=promised)
    for detector in (late_supply, short_supply, overdue):
        of_state, of_all = (
            detector.measure(state, STRICT[detector.KIND], Days("UTC"), day(now)) for state in (facts.state(), plain)
        )
        assert of_state == of_all


def test_a_quiet_signal_leaves_the_kept_state_and_a_loud_one_changes_it(world: World) -> None:
    order(world, "C", due=6)
    world.settle()
    before = kept(world)
    world.say(signal("eta", "1", order_ref="C", eta=day(4)))
    world.settle()
    assert kept(world) == before
    world.say(signal("eta", "2", order_ref="C", eta=day(7), at=NOW))
    world.settle()
    assert kept(world)["C", "purchase_order"].eta == day(7)


@pytest.mark.parametrize(
    "match", [{"party": "ACME"}, {"item": "SKU-77"}, {"site": "RTM"}, {"subject": "C"}, {"lane": "SHA>*"}]
)
def test_full_detection_asks_each_line_s_own_rule(world: World, match: dict[str, str]) -> None:
    order(world, "C", due=6, origin="SHA")
    order(world, "B", due=6, party="OTHER", item="SKU-1", site="LYS")
    world.say(*(signal("eta", ref, order_ref=ref, eta=day(9)) for ref in "BC"))
    world.rule("late_supply", match, days=5.0)
    world.settle()
    assert measured(world) == {("late_supply", "purchase_order", "B")}


def test_full_detection_asks_the_class_of_an_item(world: World) -> None:
    world.record("item", "SKU-77", id="SKU-77", item_class="A")
    order(world, "C", due=6)
    world.say(signal("eta", "1", order_ref="C", eta=day(9)))
    world.rule("late_supply", {"item_class": "A"}, days=5.0)
    world.settle()
    assert measured(world) == set()


@pytest.mark.parametrize(("due", "found"), [(-1, True), (0, False)])
def test_full_detection_finds_what_nobody_speaks_of(world: World, due: int, found: bool) -> None:
    order(world, "C", due=due)
    world.rule("overdue", {}, grace_days=0.0)
    world.settle()
    assert measured(world) == ({("overdue", "purchase_order", "C")} if found else set())


def test_a_receipt_that_is_dated_ahead_is_measured_before_the_line_is_due(world: World) -> None:
    order(world, "C", due=3)
    world.say(signal("receipt", "1", order_ref="C", occurred_at=day(9)))
    world.settle()
    assert measured(world) == judged(world) == {("late_supply", "purchase_order", "C")}
