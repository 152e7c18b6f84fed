"""An item at a site: how long it lasts, and everything about it in one place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.desk import Desk
from engine.detect import survival
from engine.facts.subjects import Bucket, Flow, Reading, StockFacts
from engine.values.clock import DAY, FixedClock, iso
from engine.values.days import Days
from engine.values.errors import NotFound
from tests.engine.desk_support import NOW, open_desk
from tests.engine.network_support import line, load, said, stock, take

TODAY = NOW // DAY * DAY


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db")


def facts(quantity: float, *flows: Flow, forecasts: tuple[Bucket, ...] = ()) -> StockFacts:
    reading = Reading(quantity, TODAY, "EA", 1)
    return StockFacts("A", "X", Days("UTC"), TODAY, reading=reading, flows=flows, forecasts=forecasts)


def flow(day: int, quantity: float, *, arrived: bool = False) -> Flow:
    return Flow(TODAY + day * DAY, TODAY + day * DAY, quantity, "test", (), order=False, uom="EA", arrived=arrived)


def test_the_reference_case_of_the_method() -> None:
    """s = 120, d = 10 a day: time to survive 12, and 80 lost in a time to recover of 20."""
    even = facts(120.0, forecasts=(Bucket(TODAY, TODAY + 60 * DAY, 600.0, "forecast", "EA"),))
    assert survival.days(even, 60) == 12.0
    assert dict(survival.levels(even, 60))[19] == -80.0
    assert survival.days(even, 5) == 5.0


@given(
    st.floats(-20, 100),
    st.lists(st.tuples(st.integers(0, 30), st.integers(-20, 20), st.booleans()), max_size=8),
    st.integers(0, 28),
)
def test_it_is_the_first_day_that_a_count_by_hand_finds(
    on_hand: float, moves: list[tuple[int, int, bool]], horizon: int
) -> None:
    given_ = facts(on_hand, *(flow(day, float(quantity), arrived=arrived) for day, quantity, arrived in moves))
    expected = 0.0 if on_hand < 0 else float(horizon)
    for day in range(horizon + 1):
        level = on_hand + sum(each for at, each, arrived in moves if at <= day and (each < 0 or arrived))
        if level < -1e-7 and on_hand >= 0:
            expected = float(day)
            break
    assert survival.days(given_, horizon) == expected


def test_without_a_count_nobody_knows() -> None:
    assert survival.days(StockFacts("A", "X", Days("UTC"), TODAY), 28) is None


def world(desk: Desk) -> None:
    load(
        desk,
        line("purchase_order", "PO-1", 50.0, 4),
        line("sales_order", "SO-1", 30.0, 3),
        line("sales_order", "SO-2", 40.0, 6),
    )
    take(desk, stock("1", 35.0))


def test_it_is_shown_with_what_it_is_pegged_to_and_how_it_goes_on(desk: Desk) -> None:
    world(desk)
    take(desk, said("eta", "2", order_ref="PO-1", eta=NOW + 9 * DAY))
    shown = desk.show("A@X")
    assert (shown["id"], shown["on_hand"], shown["uom"], shown["counted_by"]) == ("A@X", 35.0, "EA", "S1")
    assert shown["time_to_survive_days"] == 6.0
    assert shown["pegs"] == [
        {"supply": "on hand", "demand": "sales_order SO-1", "quantity": 30.0, "gap_days": None},
        {"supply": "on hand", "demand": "sales_order SO-2", "quantity": 5.0, "gap_days": None},
        {"supply": "purchase_order PO-1", "demand": "sales_order SO-2", "quantity": 35.0, "gap_days": 2.0},
    ]
    assert [(each["day"], each["quantity"]) for each in shown["projection"]] == [
        (iso(TODAY + 3 * DAY), 5.0), (iso(TODAY + 6 * DAY), -35.0), (iso(TODAY + 9 * DAY), 15.0)
    ]  # fmt: skip
    live = {item["kind"]: item["id"] for item in desk.deviations(["state=open"], limit=None).items}
    assert set(shown["deviations"]) == set(live.values())
    assert shown["roots"] == [live["late_supply"]]


def test_what_came_since_the_count_is_there_and_what_is_to_come_is_not(desk: Desk) -> None:
    world(desk)
    assert desk.show("A@X")["time_to_survive_days"] == 6.0
    desk.clock = FixedClock(NOW + 1)
    take(desk, said("receipt", "2", order_ref="PO-1", quantity=50.0, recorded_at=NOW + 1, occurred_at=NOW + 1))
    assert desk.show("A@X")["time_to_survive_days"] == 28.0


def test_supply_lines_and_stockouts_say_how_long_the_stock_lasts(desk: Desk) -> None:
    world(desk)
    take(desk, said("eta", "2", order_ref="PO-1", eta=NOW + 9 * DAY))
    live = {item["kind"]: item["id"] for item in desk.deviations(["state=open"], limit=None).items}
    for kind in ("late_supply", "stockout"):
        terms = {term.name: term for term in desk.explain(live[kind])}
        assert (terms["time to survive"].value, terms["time to survive"].unit) == (6.0, "days")


def test_an_item_at_a_site_that_nobody_knows_is_not_found(desk: Desk) -> None:
    world(desk)
    with pytest.raises(NotFound, match="SKU-77@RTM"):
        desk.show("A@NOWHERE")
