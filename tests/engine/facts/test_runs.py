"""Thresholds by count: what is counted are statements, in whatever batches they come, for lines and for stock.

The model walks forward through what was said, as a person would; the engine walks back from the end.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.values.clock import DAY, HOUR, FixedClock
from engine.values.errors import Refused
from engine.vocabulary.model import SignalIn
from tests.engine.desk_support import NOW, eta, line, open_desk, take


def expected(said: Sequence[bool], breaches: int, clears: int, within: float = 0) -> str | None:
    """Whether it is open or a candidate after all that was said, an hour apart; None: neither."""
    times: list[int] = []
    is_open, run = False, 0
    for hour, breach in enumerate(said):
        if breach:
            run, times = 0, [*times, hour]
            recent = times[-breaches:]
            is_open = is_open or (len(recent) == breaches and (not within or recent[-1] - recent[0] < within))
        else:
            run, times = run + 1, []
            is_open = is_open and run < clears
    return "open" if is_open else "candidate" if said and said[-1] else None


def statements(said: Sequence[bool]) -> list[SignalIn]:
    """One expected date an hour; each breach another date, as a source would say news and not repeat itself."""
    return [
        eta(
            "X",
            int(NOW + (10 + (5 + hour / 100 if breach else -1)) * DAY),
            number=str(hour),
            recorded=NOW + hour * HOUR,
        )
        for hour, breach in enumerate(said)
    ]


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(st.booleans(), min_size=1, max_size=9),
    breaches=st.integers(1, 3),
    clears=st.integers(1, 3),
    within=st.sampled_from([0, 2, 3]),
    cuts=st.sets(st.integers(1, 8)),
    chance=st.randoms(use_true_random=False),
)
def test_any_batching_and_any_order_within_a_batch_ends_alike(
    tmp_path_factory: pytest.TempPathFactory,
    said: list[bool],
    breaches: int,
    clears: int,
    within: int,
    cuts: set[int],
    chance: random.Random,
) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path_factory.mktemp("runs") / "desk.db", clock=clock)
    limits = {"breaches": breaches, "clears": clears, "within_hours": within}
    desk.configure({"tolerance": {"late_supply": limits}})
    desk.load([line("X")], kind="purchase_order", scope="test", file="plan.csv")
    ends = sorted({*(cut for cut in cuts if cut < len(said)), len(said)})
    rows = statements(said)
    for start, end in itertools.pairwise([0, *ends]):
        clock.set(NOW + (end - 1) * HOUR)
        batch = rows[start:end]
        chance.shuffle(batch)
        take(desk, *batch)
    live = {row["state"] for row in desk.deviations(["kind=late_supply"], all=True).items}
    wanted = expected(said, breaches, clears, within)
    assert ("open" in live) == (wanted == "open")
    if wanted == "candidate":
        assert live & {"candidate", "recovered"}, "suspected, or back in the window of one that was open before"
    desk.store.close()


def of_stock(quantity: float, hour: int) -> SignalIn:
    """A count of what lies at the site."""
    at = NOW + hour * HOUR
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    values |= {"source_id": f"s{hour}", "kind": "stock", "item": "SKU-1", "site": "RTM", "payload": "{}", "detail": ""}
    return SignalIn(**{**values, "quantity": quantity, "occurred_at": at, "recorded_at": at})


@pytest.mark.parametrize("together", [True, False])
def test_stock_opens_when_it_was_counted_short_often_enough(tmp_path: Path, together: bool) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", clock=clock)
    desk.configure({"tolerance": {"below_target": {"breaches": 3, "clears": 2}}})
    target = line("T")._replace(kind="target", quantity=50.0, planned_at=None, party=None, value_minor=None)
    desk.load([target], kind="target", scope="test", file="targets.csv")
    counts = (40.0, 60.0, 40.0, 41.0)
    batches = [range(4)] if together else [range(at, at + 1) for at in range(4)]
    for hours in batches:
        clock.set(NOW + hours[-1] * HOUR)
        take(desk, *(of_stock(counts[hour], hour) for hour in hours))
    (row,) = desk.deviations(["kind=below_target", "state=candidate"]).items
    assert (row["breaches"], row["gap"]["quantity"]) == (2, -9.0)
    assert desk.deviations().items == []
    for hour, count, states in ((4, 42.0, ["open"]), (5, 60.0, ["open"]), (6, 60.0, ["recovered"])):
        clock.set(NOW + hour * HOUR)
        take(desk, of_stock(count, hour))
        found = desk.deviations(["kind=below_target", "state!=discarded"]).items
        assert [item["state"] for item in found] == states, hour


def test_a_milestone_is_no_second_statement_of_a_departure(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", clock=clock)
    desk.configure({"rules": [{"match": {"party": "ACME"}, "breaches": 2, "clears": 2}]})
    desk.load([line("X")], kind="purchase_order", scope="test", file="plan.csv")
    passing = eta("X", NOW, number="m", recorded=NOW + HOUR)._replace(kind="milestone", eta=None)
    quantity = eta("X", NOW, number="q", recorded=NOW + HOUR)._replace(kind="confirmation", eta=None, quantity=96.0)
    take(desk, eta("X", NOW + 15 * DAY, recorded=NOW))
    clock.set(NOW + HOUR)
    take(desk, passing, quantity)
    assert [item["state"] for item in desk.deviations(all=True).items] == ["candidate"], "the date was said once"


def test_what_was_taken_back_and_what_is_a_drill_count_neither_way(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", clock=clock)
    desk.configure({"tolerance": {"late_supply": {"breaches": 2, "clears": 2}}})
    desk.load([line("X")], kind="purchase_order", scope="test", file="plan.csv")

    def said(hour: int, days: float, detail: str = "", kind: str = "eta") -> str:
        clock.set(NOW + hour * HOUR)
        row = eta("X", int(NOW + (10 + days) * DAY), number=str(hour), recorded=NOW + hour * HOUR)._replace(
            detail=detail
        )
        take(desk, row if kind == "eta" else row._replace(kind=kind, order_ref=None, eta=None))
        return str(desk.deviations(["kind=late_supply"], all=True).items[0]["state"])

    assert said(1, 5) == "candidate"
    assert said(2, 0, '{"corrects": "X/1"}', "note") == "discarded", "nothing late was ever said"
    said(3, 6)
    assert [row["state"] for row in desk.deviations(["state=candidate"]).items] == ["candidate"], "said once"
    said(4, 7)
    assert len(desk.deviations().items) == 1
    said(5, -1)
    said(6, -2, '{"drill": true}')
    assert len(desk.deviations().items) == 1, "a drill is no second clear"
    said(7, -2)
    assert desk.deviations().items == []


def test_what_arrived_late_is_a_fact_and_needs_no_second_statement(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", clock=clock)
    desk.configure({"tolerance": {"late_supply": {"breaches": 3}}})
    desk.load([line("X")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, eta("X", NOW + 15 * DAY, recorded=NOW))
    clock.set(NOW + 15 * DAY)
    take(
        desk,
        eta("X", NOW, number="r", recorded=NOW + 15 * DAY)._replace(
            kind="receipt", eta=None, occurred_at=NOW + 14 * DAY
        ),
    )
    (row,) = desk.deviations(["kind=late_supply"], all=True).items
    assert (row["state"], row["opened_at"]) == ("recovered", "2026-03-24T08:00:00Z")


def test_a_candidate_can_be_dismissed_and_then_stays_away(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", clock=clock)
    desk.configure({"tolerance": {"late_supply": {"breaches": 2}}})
    desk.load([line("X")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, eta("X", NOW + 15 * DAY, recorded=NOW))
    with pytest.raises(Refused, match="D1 is candidate: ack is not possible, only assign, dismiss"):
        desk.ack(["D1"])
    desk.dismiss(["D1"], reason="they always say that")
    clock.set(NOW + HOUR)
    take(desk, eta("X", NOW + 16 * DAY, number="2", recorded=NOW + HOUR))
    assert [item["state"] for item in desk.deviations(all=True).items] == ["discarded"]
