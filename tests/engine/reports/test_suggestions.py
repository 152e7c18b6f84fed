"""The value that would have spared the noise: on detectors, and against a count by hand on any history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from engine.desk import Desk
from engine.detect.tolerance_rules import Tolerances, of_rules
from engine.reports.noise import Episodes
from engine.reports.suggestions import asked_of, suggestions
from engine.values.clock import DAY, HOUR, FixedClock
from engine.vocabulary.thresholds import THRESHOLDS
from tests.engine.desk_support import NOW, eta, late, line, open_desk, take


def worlds_noise(desk: Desk, clock: FixedClock) -> None:
    """Late by 2, 3 and 6 days: noise; by 5 and 9: acted upon; by 4 nobody knows yet."""
    a, b, _, _, e, f = late(desk, a=2, b=5, c=3, d=4, e=9, f=6)
    desk.dismiss([a], reason="nothing", category="noise")
    desk.ack([b, e])
    clock.set(NOW + HOUR)
    take(desk, eta("c", NOW + 10 * DAY, number="2", recorded=clock.now()))
    desk.dismiss([f], reason="nothing", category="noise")


def test_the_values_and_what_they_would_have_done(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", clock=clock)
    worlds_noise(desk, clock)
    found = desk.metrics()["suggestions"]
    told = [(each["sort"], each["value"], each["spared"], each["missed"], each["others"]) for each in found]
    assert told == [("safe", 3.0, 2, 0, 0), ("all", 6.0, 3, 1, 1)]
    assert {(each["parameter"], each["current"], each["noise"], tuple(each["for"])) for each in found} == {
        ("days", 1.0, 3, ())
    }


def test_the_same_history_under_a_suggested_value_spares_what_it_said(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    first = open_desk(tmp_path / "first.db", clock=clock)
    worlds_noise(first, clock)
    suggestions = first.metrics()["suggestions"]
    assert suggestions
    for each in suggestions:
        desk = open_desk(tmp_path / f"{each['sort']}.db")
        desk.configure({"tolerance": {each["kind"]: {each["parameter"]: each["value"]}}})
        sizes = {"a": 2, "b": 5, "c": 3, "d": 4, "e": 9, "f": 6}
        desk.load([line(ref) for ref in sizes], kind="purchase_order", scope="test", file="plan.csv")
        take(desk, *(eta(ref, NOW + (10 + days) * DAY) for ref, days in sizes.items()))
        opened = {item["subject"]["id"] for item in desk.deviations().items}
        assert 3 - len(opened & {"a", "c", "f"}) == each["spared"]
        assert 2 - len(opened & {"b", "e"}) == each["missed"]


def test_a_value_that_the_desk_has_already_is_not_said_again(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", clock=clock)
    worlds_noise(desk, clock)
    desk.configure({"tolerance": {"late_supply": {"days": 3}}})
    assert [each["value"] for each in desk.metrics()["suggestions"]] == [6.0]


def test_a_layer_names_what_a_rule_for_its_subjects_asks(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", clock=clock)
    desk.configure({"rules": [{"kind": "late_supply", "match": {"party": "ACME", "site": "RTM"}, "days": 1.5}]})
    worlds_noise(desk, clock)
    found = desk.metrics()["suggestions"][0]
    assert (found["for"], found["current"]) == (["party=ACME", "site=RTM"], 1.5)


def test_layers_are_read_as_they_are_written() -> None:
    assert asked_of("default") == asked_of("setting") == asked_of("rule 3") == []
    assert asked_of("rule 3: item=A, B, party=C; D=E") == ["item=A, B", "party=C; D=E"]
    assert asked_of("rule 3: party=ACME; rule 4: site=RTM") == ["party=ACME", "site=RTM"]


histories = st.lists(
    st.tuples(
        st.sampled_from(["noise", "alone", "acted", "accepted", "untouched", "recorded"]),
        st.one_of(st.integers(0, 30).map(float), st.floats(0, 30).map(lambda size: round(size, 2))),
    ),
    max_size=60,
)


def episodes(kind: str, parameter: str, history: Sequence[tuple[str, float]]) -> Episodes:
    count = len(history)
    nothing: list[None] = [None] * count
    return Episodes(
        kind=[kind] * count,
        rule=["default"] * count,
        severity=["low"] * count,
        outcome=[outcome for outcome, _ in history],
        live=[0] * count,
        owner=nothing,
        opened_at=[0] * count,
        occurred_at=nothing,
        acknowledged_at=nothing,
        started_at=nothing,
        ended_at=nothing,
        flapped=[0] * count,
        absorbed=[0] * count,
        again=[0] * count,
        peak=[json.dumps({parameter: size}) for _, size in history],
    )


@given(history=histories, limit=st.sampled_from([(kind, each) for kind, found in THRESHOLDS.items() for each in found]))
def test_a_suggested_value_spares_exactly_what_was_counted(history: list[tuple[str, float]], limit: tuple) -> None:  # type: ignore[type-arg]
    kind, threshold = limit
    found = suggestions(episodes(kind, threshold.parameter, history), Tolerances([]))

    def under(value: float, *outcomes: str) -> int:
        """By hand: a whole count has not reached the next unit yet."""
        step = 1 if threshold.whole else 0
        return sum(outcome in outcomes and size + step <= value for outcome, size in history)

    noise = [size for outcome, size in history if outcome in ("noise", "alone")]
    for each in found:
        assert each.spared == under(each.value, "noise", "alone") > 0
        assert each.missed == under(each.value, "acted")
        assert each.others == under(each.value, "accepted", "untouched")
        assert each.noise == len(noise)
        assert each.value > each.current
        if each.sort == "safe":
            assert each.missed == 0
        if each.sort == "all":
            assert each.spared == len(noise)
        for size in noise:
            value = threshold.sparing(size)
            better = under(value, "noise", "alone") - under(value, "acted")
            assert each.sort != "best" or each.spared - each.missed >= better
    assert len({each.value for each in found}) == len(found)


def test_a_customer_order_is_spared_by_a_limit_only_where_the_other_one_lets_it_pass() -> None:
    """Late by 2 and by 5 days, noise; 3 days late and short as well: no limit of days would have spared that."""
    found = episodes("late_demand", "days", [("noise", 2.0), ("noise", 5.0), ("noise", 3.0), ("acted", 4.0)])
    sizes = [{"days": 2.0, "quantity": 0.0}, {"days": 5.0, "quantity": 0.0}, {"days": 3.0, "quantity": 7.0}]
    found = found._replace(peak=[json.dumps(each) for each in (*sizes, {"days": 4.0, "quantity": 0.0})])
    told = suggestions(found, Tolerances([]))
    assert {each.parameter for each in told} == {"days"}
    assert [(each.sort, each.value, each.noise, each.spared, each.missed) for each in told] == [
        ("safe", 2.0, 2, 1, 0),
        ("all", 5.0, 2, 2, 1),
    ]
    short = suggestions(found, of_rules([(None, "late_demand", "{}", json.dumps({"days": 3.0}))]))
    assert [(each.sort, each.value) for each in short if each.parameter == "quantity"] == [("safe", 7.0)]


def test_the_best_value_weighs_what_it_misses() -> None:
    """Noise of 11, 15, 15 and 18, acted upon at 13 and three times at 18: 15 spares three and misses one."""
    noise, acted = (11.0, 15.0, 15.0, 18.0), (13.0, 18.0, 18.0, 18.0)
    history = [*(("noise", size) for size in noise), *(("acted", size) for size in acted)]
    found = suggestions(episodes("late_supply", "days", history), Tolerances([]))
    assert [(each.sort, each.value, each.spared, each.missed) for each in found] == [
        ("safe", 11.0, 1, 0),
        ("best", 15.0, 3, 1),
        ("all", 18.0, 4, 4),
    ]
