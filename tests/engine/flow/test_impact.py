"""Impact: a walk down the pegs, held against all ways one by one and against single pieces."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from engine.detect.measures import in_days
from engine.flow.impact import Edge, Network, in_time, late, short
from engine.flow.pegging import Demand, Supply, peg
from engine.values.clock import DAY


class Order(NamedTuple):
    """A line of a made-up network: layer 0 buys, the last layer sells."""

    number: int
    layer: int
    item: int
    quantity: int
    at: int


@st.composite
def networks(draw: st.DrawFn) -> tuple[Network, int]:
    """Lines in layers, each layer made of two items of the one before, pegged place by place; and a root in layer 0."""
    layers = draw(st.integers(2, 4))
    lines = [
        Order(number, draw(st.integers(0, layers)), draw(st.integers(0, 1)), draw(st.integers(1, 6)), draw(st.integers(0, 6)))
        for number in range(1, draw(st.integers(2, 12)) + 1)
    ]  # fmt: skip
    root = lines[0]._replace(layer=0)
    lines[0] = root
    network: dict[int, list[Edge]] = defaultdict(list)
    for layer in range(layers):
        for item in (0, 1):
            supplies = [
                Supply(o.number, f"{o.number:02}", float(o.quantity), o.at)
                for o in lines
                if (o.layer, o.item) == (layer, item)
            ]
            # A line of the next layer takes both items, one of each for one of its own; a customer order is for one.
            wanted = {o.number: o for o in lines if o.layer == layer + 1 and (o.layer < layers or o.item == item)}
            demands = [Demand(o.number, f"{o.number:02}", float(o.quantity), o.at) for o in wanted.values()]
            for each in peg(0.0, supplies, demands):
                order = wanted[each.demand]
                network[each.supply].append(
                    Edge(each.supply, each.demand, each.gap, max(0, each.gap or 0), each.demand_share, float(order.quantity),
                         None, None, int(order.layer == layers), f"{layer}/{item}", each.quantity, each.supply_from,
                         each.supply_to)
                )  # fmt: skip
    return network, root.number


def ways(root: int, network: Network) -> Iterator[list[Edge]]:
    """Every way from the root to a customer order."""
    for edge in network.get(root, ()):
        if edge.customer:
            yield [edge]
        else:
            for rest in ways(edge.demand, network):
                yield [edge, *rest]


@given(networks(), st.integers(0, 9))
def test_a_customer_order_is_late_by_what_the_tightest_way_leaves(given_: tuple[Network, int], delay: int) -> None:
    network, root = given_
    expected: dict[int, int] = {}
    pegs: dict[int, set[Edge]] = defaultdict(set)
    slacks = []
    for way in ways(root, network):
        slack = sum(max(0, edge.gap or 0) for edge in way)
        slacks.append(slack)
        if delay > slack:
            order = way[-1].demand
            expected[order] = max(expected.get(order, 0), delay - slack)
            pegs[order].add(way[-1])
    found = late(root, delay, in_time(network))
    assert {hit.line: hit.delay for hit in found.hits} == expected
    assert found.slack == min(slacks, default=None)
    for hit in found.hits:
        # Several ways into one order count once: its pegs are apart from each other, and never more than it wants.
        assert math.isclose(hit.quantity, sum(edge.quantity for edge in pegs[hit.line]), rel_tol=1e-6)
        assert hit.quantity <= hit.open * (1 + 1e-9)
    if found.hits:
        assert max(hit.delay or 0 for hit in found.hits) == delay - (found.slack or 0)
    if found.nearest is not None:
        steps = found.way()
        assert steps[0].supply == root
        assert all(one.demand == other.supply for one, other in pairwise(steps))
        assert sum(step.slack for step in steps) == found.slack


def without(network: Network, root: int, share: float) -> dict[int, float]:
    """What each line misses, line by line in the order of layers: a function of all that feeds it."""
    feeding: dict[int, list[Edge]] = defaultdict(list)
    for edges in network.values():
        for edge in edges:
            feeding[edge.demand].append(edge)
    known = {root: share}

    def missing(line: int) -> float:
        if line not in known:
            lost: dict[str, float] = defaultdict(float)
            for edge in feeding[line]:
                if edge.supply > 0:
                    start, width = edge.supply_from, edge.supply_to - edge.supply_from
                    keeps = min(max(1.0 - missing(edge.supply) - start, 0.0), width)
                    lost[edge.item] += edge.demand_share * (1.0 - keeps / width)
            known[line] = max(lost.values(), default=0.0)
        return known[line]

    return {line: missing(line) for line in list(feeding) if missing(line) > 1e-6}


@given(networks(), st.floats(0.0, 1.0))
def test_what_is_missing_is_what_each_line_goes_without(given_: tuple[Network, int], share: float) -> None:
    network, root = given_
    expected = without(network, root, share)
    found = short(root, share, network)
    hits = {hit.line: hit.share for hit in found.hits if hit.share > 1e-6}
    customers = {edge.demand for edges in network.values() for edge in edges if edge.customer}
    assert hits.keys() == {line for line in expected if line in customers}
    assert all(math.isclose(part, expected[line], rel_tol=1e-6, abs_tol=1e-7) for line, part in hits.items())
    assert all(hit.quantity <= hit.open * (1 + 1e-9) and hit.delay is None for hit in found.hits)
    inside = {line: node.share for line, node in found.nodes(None).items() if line != root and node.share > 1e-6}
    assert inside.keys() == {line for line in expected if line not in customers}


@given(networks(), st.integers(0, 9), st.integers(0, 9), st.floats(0, 1), st.floats(0, 1))
def test_more_never_hits_less(given_: tuple[Network, int], one: int, other: int, part: float, more: float) -> None:
    network, root = given_
    near, far = sorted((one, other))
    before, after = ({hit.line: hit for hit in late(root, delay, in_time(network)).hits} for delay in (near, far))
    assert all(line in after and after[line].quantity >= hit.quantity for line, hit in before.items())
    less, all_of_it = ({hit.line: hit for hit in short(root, share, network).hits} for share in sorted((part, more)))
    assert all(line in all_of_it and all_of_it[line].quantity >= hit.quantity - 1e-6 for line, hit in less.items())


def edge(supply: int, demand: int, gap: int | None, **more: float) -> Edge:
    values: Mapping[str, float] = {"start": 0.0, "end": 1.0, "share": 1.0, "customer": 0, **more}
    return Edge(
        supply, demand, gap, max(0, gap or 0), values["share"], 10.0, None, None, int(values["customer"]), "A", 10.0,
        values["start"], values["end"],
    )  # fmt: skip


def test_a_circle_ends() -> None:
    network = {1: [edge(1, 2, 0)], 2: [edge(2, 1, 0), edge(2, 2, 0), edge(2, 3, 1, customer=1)]}
    assert [(hit.line, hit.delay) for hit in late(1, 5, in_time(network)).hits] == [(3, 4)]
    assert [(hit.line, hit.share) for hit in short(1, 0.5, network).hits] == [(3, 0.5)]
    assert short(1, 0.5, network).nodes(None)[1].share == 0.5


def test_the_plan_being_late_itself_is_no_slack_and_no_fault_of_the_slip() -> None:
    """Wanted 3 before it is planned to come: a slip of 2 is all felt, and the goods come 5 after they are wanted."""
    (hit,) = late(1, 2, in_time({1: [edge(1, 9, -3, customer=1)]})).hits
    assert (hit.delay, hit.after) == (2, 5)


def test_the_end_of_a_line_is_what_is_missing() -> None:
    network = {1: [edge(1, 8, 0, start=0.0, end=0.6, customer=1), edge(1, 9, 0, start=0.6, end=0.9, customer=1)]}
    assert short(1, 0.1, network).hits == []  # the last tenth is pegged to nobody
    assert [(hit.line, round(hit.share, 6)) for hit in short(1, 0.2, network).hits] == [(9, round(1 / 3, 6))]
    assert [hit.line for hit in short(1, 0.5, network).hits] == [8, 9]


def test_a_part_too_small_to_have_an_end_is_missing_with_its_place() -> None:
    """A thousandth of a piece out of 10^15: floating point has no width for it."""
    network = {1: [edge(1, 8, 0, start=0.0, end=0.5, customer=1), edge(1, 9, 0, start=0.5, end=0.5, customer=1)]}
    assert [hit.line for hit in short(1, 0.4, network).hits] == []
    assert [(hit.line, hit.share) for hit in short(1, 0.5, network).hits] == [(9, 1.0)]
    last = {1: [edge(1, 9, 0, start=1.0, end=1.0, customer=1)]}
    assert short(1, 0.0, last).hits == []
    assert [hit.share for hit in short(1, 0.1, last).hits] == [1.0]


def test_three_ways_of_equal_slack_add_up() -> None:
    """A quarter, a quarter and a half: the first two together are as much as the third, and as late."""
    ways = {2: 0.25, 3: 0.25, 4: 0.5}
    network = {1: [edge(1, way, 0) for way in ways]}
    network |= {way: [edge(way, 9, 0, share=share, customer=1)] for way, share in ways.items()}
    (hit,) = late(1, 5, in_time(network)).hits
    assert (hit.line, hit.delay, hit.share, hit.supply) == (9, 5, 1.0, None)


def test_a_network_is_followed_down_however_deep_it_is() -> None:
    network = {number: [edge(number, number + 1, 1, customer=int(number == 500))] for number in range(1, 501)}
    assert [(hit.line, hit.delay) for hit in late(1, 600, in_time(network)).hits] == [(501, 100)]
    assert [(hit.line, hit.share) for hit in short(1, 0.25, network).hits] == [(501, 0.25)]
    assert len(late(1, 600, in_time(network)).way()) == 500


def test_days_of_a_change_of_the_clocks_are_days() -> None:
    assert in_days(4 * DAY - DAY // 24) == 4.0
    assert in_days(DAY // 2) == 0.5
    assert in_days(0) == 0.0
