"""The overlay of a plan: arrivals that differ, held against the plan pegged anew with the line in as many parts."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.desk import Desk
from engine.flow.impact import Edge, Network, in_time, late, short
from engine.flow.overlay import ROOT, Arrival, Need, filled, hits, missed
from engine.flow.pegging import Demand, Supply, peg
from engine.values.clock import DAY
from engine.vocabulary.model import PlanLine, PlanRecord
from tests.engine.decision_support import OneDecision
from tests.engine.desk_support import NOW, open_desk
from tests.engine.deviations.test_value_at_risk import pumps
from tests.engine.network_support import line, load, said, take

QUANTITY = 20
PLANNED = 3

demands = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 9), st.booleans()), min_size=1, max_size=6)
"""Quantity, the day on which it is wanted, and whether a production order stands between it and its customer order."""
arrivals = st.lists(st.tuples(st.integers(1, 12), st.one_of(st.none(), st.integers(-3, 9))), min_size=1, max_size=4)


def network_of(supplies: list[Supply], wanted: list[tuple[int, int, bool]]) -> Network:
    """Supplies pegged to demands; a production order feeds one customer order a day after it, with all that it
    makes."""
    pegs: dict[int, list[Edge]] = defaultdict(list)
    asked = [Demand(100 + place, f"{place:02}", float(each[0]), each[1]) for place, each in enumerate(wanted)]
    for each in peg(0.0, supplies, asked):
        quantity, _, through = wanted[each.demand - 100]
        pegs[each.supply].append(
            Edge(
                supply=each.supply, demand=each.demand, gap=each.gap, slack=max(0, each.gap or 0),
                demand_share=each.demand_share, demand_open=float(quantity), customer=int(not through),
                worth=100.0 * quantity, coined="EUR", item="A", quantity=each.quantity,
                supply_from=each.supply_from, supply_to=each.supply_to,
            )
        )  # fmt: skip
    for place, (quantity, _, through) in enumerate(wanted):
        if through:
            pegs[100 + place].append(
                Edge(
                    supply=100 + place, demand=200 + place, gap=1, slack=1, demand_share=1.0, demand_open=float(quantity),
                    customer=1, worth=100.0 * quantity, coined="EUR", item="B", quantity=float(quantity),
                )
            )  # fmt: skip
    return pegs


def need_of(network: Network, expected: list[tuple[int, int | None]]) -> Need:
    edges = sorted(network.get(1, ()), key=lambda edge: edge.supply_from)
    rest = {supply: pegs for supply, pegs in network.items() if supply != 1}
    return Need(QUANTITY, {**rest, ROOT: edges}, [Arrival(float(quantity), delay) for quantity, delay in expected])


@given(demands, arrivals)
def test_arrivals_do_what_as_many_lines_of_the_plan_would(
    wanted: list[tuple[int, int, bool]], expected: list[tuple[int, int | None]]
) -> None:
    """Pegged as one line and cut, and pegged as lines of their own that slip: the same orders, as late, as much of
    them."""
    need = need_of(network_of([Supply(1, "1", QUANTITY, PLANNED)], wanted), expected)
    parts = filled(QUANTITY, need.arrivals)
    lines = [Supply(place, f"{place:02}", part.quantity, PLANNED) for place, part in enumerate(parts, 10)]
    network = network_of(lines, wanted)
    delays: dict[int, int] = {}
    late_shares: dict[int, set[tuple[int, int, float]]] = defaultdict(set)
    missing: dict[int, float] = defaultdict(float)
    for place, part in enumerate(parts, 10):
        if part.delay is None:
            for hit in short(place, 1.0, network).hits:
                missing[hit.line] += hit.share
        elif part.delay > 0:
            for hit in late(place, part.delay, in_time(network)).hits:
                delays[hit.line] = max(delays.get(hit.line, 0), hit.delay or 0)
                # Over a production order it is the same peg each time, to a customer order directly another one.
                late_shares[hit.line].add((hit.line, -1 if hit.line >= 200 else place, hit.share))
    found = {hit.line: hit for hit in hits(need, need.arrivals)}
    assert {number: hit.delay for number, hit in found.items() if hit.delay is not None} == delays
    assert set(found) == set(delays) | set(missing)
    for number, hit in found.items():
        share = sum(each[2] for each in late_shares[number]) + missing[number]
        assert hit.share == pytest.approx(min(1.0, share))


@given(demands, st.integers(1, 9))
def test_one_late_arrival_of_all_is_the_slip_itself(wanted: list[tuple[int, int, bool]], delay: int) -> None:
    network = network_of([Supply(1, "1", QUANTITY, PLANNED)], wanted)
    found = hits(need_of(network, [(QUANTITY, delay)]), [Arrival(QUANTITY, delay)])
    # An arrival is no line, so what comes by it directly has another supply.
    assert [hit._replace(supply=None) for hit in found] == [
        hit._replace(supply=None) for hit in late(1, delay, in_time(network)).hits
    ]


@given(demands, arrivals)
def test_with_what_is_missed_no_order_is_hit_and_with_less_one_is(
    wanted: list[tuple[int, int, bool]], expected: list[tuple[int, int | None]]
) -> None:
    need = need_of(network_of([Supply(1, "1", QUANTITY, PLANNED)], wanted), expected)
    missing = missed(need)
    assert not hits(need, [*need.arrivals, Arrival(missing, 0)])
    if missing:
        assert hits(need, [*need.arrivals, Arrival(missing * 0.99, 0)])


@given(arrivals, st.integers(1, 30))
def test_arrivals_fill_what_they_can_the_first_ones_first(
    expected: list[tuple[int, int | None]], quantity: int
) -> None:
    given_ = [Arrival(float(each), delay) for each, delay in expected]
    serving = filled(float(quantity), given_)
    assert sum(each.quantity for each in serving) == pytest.approx(quantity)
    delays = [each.delay for each in serving]
    assert delays == sorted(delays, key=lambda delay: (delay is None, delay or 0))
    coming = sum(each for each, delay in expected if delay is not None)
    assert sum(each.quantity for each in serving if each.delay is not None) == pytest.approx(min(quantity, coming))


ORDERS: dict[str, list[PlanLine | PlanRecord]] = {
    "direct": [
        line("sales_order", "SO-1", 40.0, 6, value_minor=4_000_00, currency="EUR"),
        line("sales_order", "SO-2", 30.0, 8, value_minor=9_000_00, currency="EUR"),
        line("sales_order", "SO-3", 30.0, 20, value_minor=3_000_00, currency="EUR"),
    ],
    "through production and a transfer": [each for each in pumps() if each.kind != "purchase_order"],
}
SHAPES = {"direct": ("A", 100.0), "through production and a transfer": ("MOTOR", 80.0)}


@pytest.mark.parametrize("orders", list(ORDERS))
@pytest.mark.parametrize(
    ("part", "sooner"), [(25.0, 3), (25.0, 6), (60.0, 4), (60.0, 6), (79.0, 2), (79.0, 6)], ids=str
)
def test_an_overlay_is_the_plan_with_the_changed_line_really_loaded(
    tmp_path: Path, orders: str, part: float, sooner: int
) -> None:
    """An option on the live desk, and a copy of the desk in which the line is loaded in two parts, each announced
    anew."""
    item, quantity = SHAPES[orders]
    option = {"id": "part", "title": "Part", "kind": "split", "days": sooner, "quantity": part}
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([option]))
    load(desk, line("purchase_order", "PO-1", quantity, 5, item=item, party="ACME"), *ORDERS[orders])
    take(desk, said("eta", "late", order_ref="PO-1", eta=NOW + 12 * DAY))
    desk.respond([each["id"] for each in desk.deviations(["kind=late_supply"]).items])
    (action,) = (each["id"] for each in desk.actions().items if each["kind"] == "decision")
    (compared,) = desk.options(action)
    desk.backup(tmp_path / "copy.db")
    copy = open_desk(tmp_path / "copy.db")
    first = line("purchase_order", "PO-1/a", part, 5, item=item, party="ACME")
    rest = line("purchase_order", "PO-1/b", quantity - part, 5, item=item, party="ACME")
    load(copy, first, rest)
    take(copy, said("eta", "first", order_ref="PO-1/a", eta=NOW + (12 - sooner) * DAY), identity="event")
    take(copy, said("eta", "rest", order_ref="PO-1/b", eta=NOW + 12 * DAY), identity="event")
    assert told(compared["options"][0]) == late_orders(desk)
    assert told(compared["options"][1]) == late_orders(copy)


def told(option: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """By order how many days late it is, and how much of it is worth at risk."""
    return {each["id"]: (each["delay_days"], each["value"]["amount"]) for each in option["orders"]}


def late_orders(desk: Desk) -> dict[str, tuple[float, float]]:
    """The same by the deviations of the customer orders."""
    found = desk.deviations(["kind=late_demand", "folded=true"], all=True).items
    return {
        each["subject"]["id"]: (each["gap"]["days"], each["value_at_risk"]["amount"])
        for each in found
        if each["state"] in ("open", "acknowledged", "responding")
    }


@pytest.mark.parametrize(("bought", "days"), [(20.0, 4), (20.0, 8), (30.0, 7), (40.0, 30)])
def test_an_overlay_of_what_does_not_come_is_the_plan_loaded_in_as_many_parts(
    tmp_path: Path, bought: float, days: int
) -> None:
    """Of 100 pieces 60 are confirmed, and some are bought elsewhere: three lines, of which one comes late and one
    never."""
    option = {"id": "buy", "title": "Buy", "kind": "alternate", "days": days, "quantity": bought}
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([option]))
    load(desk, line("purchase_order", "PO-1", 100.0, 5, party="ACME"), *ORDERS["direct"])
    take(desk, said("confirmation", "short", order_ref="PO-1", eta=NOW + 5 * DAY, quantity=60.0))
    desk.respond([each["id"] for each in desk.deviations(["kind=short_supply"]).items])
    (action,) = (each["id"] for each in desk.actions().items if each["kind"] == "decision")
    (compared,) = desk.options(action)
    desk.backup(tmp_path / "copy.db")
    copy = open_desk(tmp_path / "copy.db")
    kept, lost = line("purchase_order", "PO-1/a", 60.0, 5), 40.0 - bought
    # What comes in time is served before what comes late, and that before what never does.
    new = line("purchase_order", "PO-1/b" if days > 5 else "PO-1/0", bought, 5)
    load(copy, kept, new, *([line("purchase_order", "PO-1/c", lost, 5)] if lost else []))
    if days > 5:
        take(copy, said("eta", "new", order_ref=new.ref, eta=NOW + days * DAY))
    if lost:
        take(copy, said("confirmation", "lost", order_ref="PO-1/c", eta=NOW + 5 * DAY, quantity=0.0))
    for option_, there in ((compared["options"][0], desk), (compared["options"][1], copy)):
        assert {each["id"]: each["value"]["amount"] for each in option_["orders"]} == values_at_risk(there)


def values_at_risk(desk: Desk) -> dict[str, float]:
    found = desk.deviations(["kind=late_demand", "folded=true"], all=True).items
    return {
        each["subject"]["id"]: each["value_at_risk"]["amount"]
        for each in found
        if each["state"] in ("open", "acknowledged", "responding")
    }


@given(demands, arrivals, st.integers(0, 5), st.integers(0, 10))
def test_sooner_and_more_hurts_nobody_who_is_served_directly(
    wanted: list[tuple[int, int, bool]], expected: list[tuple[int, int | None]], sooner: int, more: int
) -> None:
    direct = [(quantity, at, False) for quantity, at, _ in wanted]
    need = need_of(network_of([Supply(1, "1", QUANTITY, PLANNED)], direct), expected)
    before = {hit.line: hit for hit in hits(need, need.arrivals)}
    better = [each._replace(delay=None if each.delay is None else each.delay - sooner) for each in need.arrivals]
    for hit in hits(need, [*better, Arrival(float(more), 2)]):
        was = before[hit.line]
        assert hit.share <= was.share + 1e-9
        if (
            was.delay is not None
            and was.share > hit.share - 1e-9
            and all(each.delay is not None for each in filled(need.quantity, need.arrivals))
        ):
            assert (hit.delay or 0) <= was.delay
