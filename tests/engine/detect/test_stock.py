"""stockout and below_target: the projection against brute force, and what feeds it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.detect import below_target, excess, projection
from engine.detect.tolerance_rules import Tolerances
from engine.facts.subjects import Bucket, Flow, Reading, StockFacts, Target
from engine.values.clock import HOUR
from engine.values.days import Days
from engine.vocabulary.model import Finding
from engine.vocabulary.thresholds import THRESHOLDS
from engine.vocabulary.tolerance import Subject, Tolerance
from tests.engine.detect.world import NOW, TODAY, World, day, order, signal

ANY = Subject(None, None, None, None, "")


def stock(world: World, quantity: float, source_id: str = "s1", **fields: object) -> None:
    given = {"occurred_at": NOW - HOUR, "item": "SKU-77", "site": "RTM", "uom": "EA", **fields}
    world.say(signal("stock", source_id, quantity=quantity, **given))


def sale(world: World, ref: str, offset: int, quantity: float) -> None:
    world.plan(
        "sales_order",
        ref,
        item="SKU-77",
        site="RTM",
        quantity=quantity,
        planned_at=day(offset),
        until_at=day(offset + 1),
    )


def facts_of(on_hand: float, movements: list[tuple[int, float]]) -> StockFacts:
    flows = [Flow(day(at), max(day(at), TODAY), quantity, "line", (), order=False) for at, quantity in movements]
    return StockFacts("I", "S", Days("UTC"), TODAY, Reading(on_hand, NOW, None, 1), flows)


@given(
    on_hand=st.integers(-5, 40),
    movements=st.lists(st.tuples(st.integers(-3, 40), st.integers(-20, 20).filter(bool)), max_size=12),
    floor=st.integers(0, 15),
)
def test_the_first_window_is_that_of_a_walk_over_every_day(
    on_hand: int, movements: list[tuple[int, int]], floor: int
) -> None:
    horizon = 28
    found = projection.first_window(facts_of(on_hand, [(at, float(q)) for at, q in movements]), floor, horizon)
    by_day: dict[int, int] = defaultdict(int)
    for at, quantity in movements:
        by_day[max(at, 0)] += quantity
    levels = [on_hand]
    for offset in range(horizon + 1):
        levels.append(levels[-1] + by_day[offset])
    under = [level < floor for level in levels]
    assert (found is not None) == any(under)
    if found is not None:
        first = under.index(True)
        end = next((place for place in range(first, len(levels)) if not under[place]), len(levels))
        assert found.worst == min(levels[first:end])
        assert found.ends == (end < len(levels))


@given(on_hand=st.floats(-1e6, 1e6), target=st.floats(0, 1e6))
def test_with_a_reading_and_a_target_only_it_is_exactly_the_comparison(on_hand: float, target: float) -> None:
    facts = facts_of(on_hand, [])
    facts.target = Target(target, None, "target")
    found = below_target.judge(facts, Tolerances([]).of("below_target", ANY), NOW)
    assert (found is not None) == (on_hand < target)


@given(
    on_hand=st.integers(0, 60),
    movements=st.lists(st.tuples(st.integers(0, 28), st.integers(-20, 20).filter(bool)), max_size=8),
    target=st.integers(1, 30),
    kind=st.sampled_from([below_target, excess]),
)
@example(on_hand=12, movements=[(3, -4), (5, 4), (8, -8)], target=10, kind=below_target)
@example(on_hand=8, movements=[(3, 4), (5, -4), (8, 8)], target=10, kind=excess)
def test_a_limit_as_large_as_the_farthest_window_reports_nothing_and_a_smaller_one_does(
    on_hand: int, movements: list[tuple[int, int]], target: int, kind: Any
) -> None:
    """The gap is that of the first window, and a later one may be worse: a limit of the first would spare nothing."""
    facts = facts_of(on_hand, [(at, float(q)) for at, q in movements])
    facts.target = Target(float(target), None, "target", maximum=float(target))

    def found(**limits: float) -> Finding | None:
        values = {**kind.DEFAULTS, **({"days": 1.0, "percent": 0.0} if kind is excess else {}), **limits}
        judged: Finding | None = kind.judge(facts, Tolerance(kind.KIND, values, {}), NOW)
        return judged

    first = found()
    if first is not None:
        assert first.farthest is not None
        for limit in THRESHOLDS[kind.KIND]:
            size = first.farthest[limit.parameter]
            assert size >= abs(first.gap.get(limit.parameter, 0)) - 0.01
            assert found(**{limit.parameter: size}) is None
            assert found(**{limit.parameter: size * 0.999}) is not None


@pytest.mark.parametrize(("ordered", "expected"), [(0.0, 70.0), (30.0, 70.0), (90.0, 90.0)])
def test_demand_of_a_bucket_is_the_larger_of_orders_and_forecast(ordered: float, expected: float) -> None:
    facts = facts_of(0.0, [])
    facts.forecasts = [Bucket(day(0), day(7), 70.0, "forecast")]
    if ordered:
        facts.flows = [Flow(day(3), day(3), -ordered, "sale", (), order=True)]
    found = projection.first_window(facts, 0.0, 28)
    assert found is not None
    assert found.worst == pytest.approx(-expected)


def test_a_bucket_that_has_begun_counts_only_what_is_left_of_it() -> None:
    facts = facts_of(0.0, [])
    facts.forecasts = [Bucket(day(-5), day(2), 70.0, "forecast")]
    found = projection.first_window(facts, 0.0, 28)
    assert found is not None
    assert found.worst == pytest.approx(-20.0)


def test_a_late_supply_line_lets_stock_run_out(world: World) -> None:
    order(world, due=2)
    stock(world, 30.0)
    sale(world, "S1", 3, 50.0)
    world.settle()
    assert world.rows("stockout") == []
    world.say(signal("eta", "e1", order_ref="4711/10", eta=day(7)))
    world.settle()
    row = world.one("stockout")
    assert row["subject_id"] == "SKU-77@RTM"
    assert row["gap"] == {"quantity": -20.0, "uom": "EA", "days": 4.0}
    assert (row["need_at"], row["value_minor"], row["currency"], row["severity"]) == (day(3), 20_000, "EUR", "high")
    (reading,) = world.store.connection.execute("SELECT id FROM signal WHERE kind = 'stock'").fetchone()
    linked = world.store.connection.execute(
        "SELECT signal_id FROM deviation_signal WHERE deviation_id = ?", (row["id"],)
    )
    assert (reading,) in linked.fetchall()


def test_without_a_reading_there_is_no_verdict(world: World) -> None:
    world.plan("target", "SKU-77@RTM", item="SKU-77", site="RTM", quantity=10.0)
    sale(world, "S1", 3, 50.0)
    world.settle()
    assert world.rows() == []


def test_goods_that_moved_after_the_reading_count_today_and_before_it_no_more(world: World) -> None:
    order(world, due=-1)
    sale(world, "S1", -1, 100.0)
    stock(world, 0.0, occurred_at=NOW - 5 * HOUR)
    world.say(signal("receipt", "r1", order_ref="4711/10", occurred_at=NOW - HOUR))
    world.settle()
    assert world.rows("stockout") == [], "received after the reading: it is there for the order"
    stock(world, 0.0, "s2", occurred_at=NOW - HOUR, at=NOW)
    world.settle()
    assert world.one("stockout")["gap"]["quantity"] == -100.0
    world.say(signal("shipped", "x1", order_ref="S1", occurred_at=NOW - HOUR))
    world.settle()
    assert world.one("stockout")["state"] == "recovered"


def test_a_transfer_is_demand_where_it_starts_and_supply_where_it_ends(world: World) -> None:
    world.plan("transfer_order", "T1", item="SKU-77", site="LYS", origin="RTM", quantity=40.0, planned_at=day(4))
    stock(world, 10.0)
    stock(world, 0.0, "s2", site="LYS")
    world.plan("sales_order", "S9", item="SKU-77", site="LYS", quantity=40.0, planned_at=day(4))
    world.settle()
    assert [(row["subject_id"], row["gap"]["quantity"]) for row in world.rows("stockout")] == [("SKU-77@RTM", -30.0)]


def test_what_lies_beyond_the_horizon_comes_into_it_by_wake_up(world: World) -> None:
    stock(world, 0.0)
    sale(world, "S1", 40, 5.0)
    world.settle()
    assert world.rows() == []
    for offset in range(1, 12):
        world.tick(day(offset))
    assert world.rows() == []
    world.tick(day(12))
    assert world.one("stockout")["need_at"] == day(40)


def test_days_are_those_of_the_desk(world: World) -> None:
    """Supply at noon and demand at midnight of one day in Kiritimati (UTC+14) net out; of two UTC days they do not."""
    world.settings(zone="Pacific/Kiritimati", currency="EUR", rates={})
    midnight = day(3) + 10 * HOUR
    world.plan("sales_order", "S1", item="SKU-77", site="RTM", quantity=5.0, planned_at=midnight)
    world.plan("purchase_order", "P1", item="SKU-77", site="RTM", quantity=5.0, planned_at=midnight + 20 * HOUR)
    stock(world, 0.0)
    world.settle()
    assert world.rows("stockout") == []


def test_the_target_in_force_is_the_latest_that_has_begun(world: World) -> None:
    world.plan("target", "old", item="SKU-77", site="RTM", quantity=10.0, planned_at=day(-30))
    world.plan("target", "new", item="SKU-77", site="RTM", quantity=50.0, planned_at=day(2))
    stock(world, 20.0)
    world.settle()
    assert world.rows() == []
    world.tick(day(2))
    row = world.one("below_target")
    assert (row["gap"]["quantity"], row["gap"]["percent"], row["severity"]) == (-30.0, -60.0, "high")


@pytest.mark.parametrize(
    ("limits", "on_hand", "breach"),
    [
        ({"quantity": 5}, 45.0, False),
        ({"quantity": 5}, 44.0, True),
        ({"percent": 20}, 40.0, False),
        ({"percent": 20}, 39.0, True),
        ({"quantity": 5, "percent": 20}, 41.0, False),
        ({"quantity": 15, "percent": 20}, 39.0, False),
        ({"quantity": 15, "percent": 20}, 34.0, True),
    ],
)
def test_what_is_missing_under_a_target_must_pass_both_limits(
    world: World, limits: dict[str, float], on_hand: float, breach: bool
) -> None:
    world.rule("below_target", None, **limits)
    world.plan("target", "t", item="SKU-77", site="RTM", quantity=50.0)
    stock(world, on_hand)
    world.settle()
    assert [row["gap"]["quantity"] for row in world.rows()] == ([on_hand - 50.0] if breach else [])


def test_the_item_record_gives_the_unit_value_first(world: World) -> None:
    world.record("item", "SKU-77", id="SKU-77", unit_value=3.5, currency="USD")
    order(world, due=90)
    stock(world, 0.0)
    sale(world, "S1", 1, 10.0)
    world.settle()
    row = world.one("stockout")
    assert (row["value_minor"], row["currency"]) == (3_500, "USD")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.permutations(range(4)))
def test_stock_signals_in_any_order_end_alike(tmp_path_factory: pytest.TempPathFactory, cut: list[int]) -> None:
    world = World(Path(tmp_path_factory.mktemp("world")))
    order(world, due=2)
    sale(world, "S1", 3, 50.0)
    readings = [
        signal(
            "stock",
            f"s{n}",
            item="SKU-77",
            site="RTM",
            quantity=q,
            occurred_at=NOW - (9 - n) * HOUR,
            at=NOW - (9 - n) * HOUR,
        )
        for n, q in enumerate((500.0, 10.0, 80.0))
    ] + [signal("eta", "e1", order_ref="4711/10", eta=day(9), at=NOW - 2 * HOUR)]
    for index in cut:
        world.say(readings[index])
        world.settle()
    standing = {(row["kind"], row["gap"]["days"]) for row in world.rows() if row["state"] == "open"}
    world.store.close()
    assert standing == {("late_supply", 7.0)}
