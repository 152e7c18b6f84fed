"""What a deviation keeps for later: its largest size, the layer of tolerance that let it open, as what it was
dismissed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.desk import Desk
from engine.detect.tolerance_rules import defaults
from engine.values.clock import DAY, FixedClock
from engine.values.errors import BadInput
from engine.vocabulary import thresholds
from engine.vocabulary.thresholds import THRESHOLDS
from tests.engine.desk_support import NOW, eta, late, line, open_desk, take
from tests.engine.deviations.test_value_at_risk import pumps
from tests.engine.network_support import load, said


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db")


def kept(desk: Desk, deviation: str) -> tuple[str, str]:
    query = "SELECT rule, peak FROM deviation WHERE id = ?"
    rule, peak = desk.store.connection.execute(query, (int(deviation[1:]),)).fetchone()
    return rule, peak


def test_every_limit_is_a_parameter_of_its_kind() -> None:
    for kind, limits in THRESHOLDS.items():
        assert {limit.parameter for limit in limits} <= set(defaults()[kind])


def test_the_largest_size_stays_when_the_departure_shrinks(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=5)
    take(desk, eta("alpha", NOW + 22 * DAY, number="2", recorded=NOW))
    take(desk, eta("alpha", NOW + 13 * DAY, number="3", recorded=NOW + 1))
    desk.clock = FixedClock(NOW + DAY)
    desk.tick()
    assert desk.show(deviation)["gap"] == {"days": 3.0}
    assert kept(desk, deviation) == ("default", '{"days":12.0}')


def test_a_new_episode_begins_with_a_size_of_its_own(desk: Desk) -> None:
    clock = desk.clock = FixedClock(NOW)
    late(desk, alpha=30)
    take(desk, eta("alpha", NOW + 10 * DAY, number="2", recorded=NOW))
    clock.set(NOW + 3 * DAY)
    desk.tick()
    take(desk, eta("alpha", NOW + 14 * DAY, number="3", recorded=NOW + 3 * DAY))
    (again,) = desk.deviations().items
    assert (again["episode"], kept(desk, again["id"])[1]) == (2, '{"days":4.0}')


def test_the_layer_that_spoke_is_kept_even_when_the_settings_change(desk: Desk) -> None:
    desk.configure({"rules": [{"kind": "late_supply", "match": {"party": "ACME"}, "days": 2}]})
    (deviation,) = late(desk, alpha=5)
    desk.configure({"rules": []})
    assert "party=ACME" in kept(desk, deviation)[0]
    assert "party=ACME" in desk.show(deviation)["rule"]


def test_dismissing_says_as_what_and_reopening_takes_it_back(desk: Desk) -> None:
    alpha, beta = late(desk, alpha=5, beta=9)
    desk.dismiss([alpha], reason="a day more is nothing", category="noise")
    desk.dismiss([beta], reason="the customer knows")
    assert [desk.show(one)["dismissed_as"] for one in (alpha, beta)] == ["noise", "accepted"]
    assert [item["id"] for item in desk.deviations(["dismissed_as=noise", "state=dismissed"]).items] == [alpha]
    desk.reopen([alpha], reason="it is something")
    desk.undo()
    assert desk.show(alpha)["dismissed_as"] == "noise"
    desk.undo()
    assert desk.show(beta)["dismissed_as"] is None
    with pytest.raises(BadInput, match="as: 'boring' is no sort of dismissal; write one of accepted, noise"):
        desk.dismiss([beta], reason="why not", category="boring")


sizes = st.dictionaries(st.sampled_from(["percent", "quantity"]), st.floats(0, 1e9, allow_nan=False), min_size=1)


@given(st.lists(sizes, min_size=1, max_size=5))
def test_a_peak_is_the_same_in_any_order(gaps: list[dict[str, float]]) -> None:
    def fold(some: list[dict[str, float]]) -> str | None:
        peak = None
        for gap in some:
            peak = thresholds.wider(peak, thresholds.peak("short_supply", gap))
        return peak

    def read(peak: str | None) -> dict[str, float]:
        return dict(json.loads(peak or "{}"))

    expected = {name: max(gap[name] for gap in gaps if name in gap) for name in {name for gap in gaps for name in gap}}
    assert read(fold(gaps)) == read(fold(gaps[::-1])) == read(fold([*gaps, *gaps])) == expected


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_limit_spares_what_it_says(size: float, more: float) -> None:
    for limits in THRESHOLDS.values():
        for limit in limits:
            assert limit.sparing(size) >= size
            assert limit.sparing(size + more) >= limit.sparing(size)


def test_a_customer_order_keeps_its_sizes_and_is_spared_at_them(tmp_path: Path) -> None:
    peaks = {}
    for name, value in (("all", 0.0), ("at", 3.0), ("under", 2.9)):
        desk = open_desk(tmp_path / f"{name}.db")
        desk.configure({"tolerance": {"late_demand": {"days": value}}})
        load(desk, *pumps())
        take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + 12 * DAY))
        rows = desk.store.connection.execute("SELECT peak FROM deviation WHERE kind = 'late_demand'")
        peaks[name] = [json.loads(peak) for (peak,) in rows]
    assert {"days": 3.0, "quantity": 0.0} in peaks["all"]
    assert peaks["at"] == [peak for peak in peaks["all"] if peak["days"] > 3]
    assert peaks["under"] == [peak for peak in peaks["all"] if peak["days"] > 2.9]


def test_a_value_that_spares_a_size_does_not_report_it(tmp_path: Path) -> None:
    """The law behind every suggestion, on the detectors themselves: at the value quiet, a step under it not."""
    for name, value, expected in (("at", 5.0, 0), ("under", 4.9, 1)):
        desk = open_desk(tmp_path / f"{name}.db")
        desk.configure({"tolerance": {"late_supply": {"days": value}}})
        desk.load([line("alpha")], kind="purchase_order", scope="test", file="plan.csv")
        take(desk, eta("alpha", NOW + 15 * DAY))
        assert desk.deviations().total == expected
