"""The desk judged by its own history: what became of what it raised, through the desk's own commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, MINUTE, FixedClock, iso
from tests.engine.desk_support import NOW, Steps, eta, late, line, open_desk, take
from tests.engine.execution_support import Run, Written, step


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Desk:
    return open_desk(tmp_path / "desk.db", clock=clock, planner=Steps())


def clear(desk: Desk, ref: str, number: str) -> None:
    """The line comes as planned after all."""
    take(desk, eta(ref, NOW + 10 * DAY, number=number, recorded=desk.clock.now()))


def kind(desk: Desk, name: str = "late_supply", since: int | None = None) -> dict[str, Any]:
    (found,) = [dict(row) for row in desk.metrics(since)["kinds"] if row["kind"] == name]
    return found


def figure(desk: Desk, name: str) -> dict[str, Any]:
    (found,) = [dict(each) for each in desk.metrics()["times"] if each["name"] == name]
    return found


def test_a_desk_without_history_has_whole_metrics(desk: Desk) -> None:
    found = desk.metrics()
    assert (found["total"]["opened"], found["total"]["median_hours"], found["kinds"]) == (0, None, [])
    assert (found["load"]["worst_ten_minutes"], found["load"]["per_hour"]) == (None, 0)
    assert {each["median_minutes"] for each in found["times"]} == {None}
    assert set(found["shares"].values()) == {None}


def test_each_episode_has_one_outcome(desk: Desk, clock: FixedClock) -> None:
    a, b, c, d, e, f, g, h = late(desk, a=5, b=6, c=7, d=8, e=9, f=10, g=11, h=12)
    clock.set(NOW + HOUR)
    desk.ack([a])
    desk.respond([b])
    desk.resolve([c], reason="agreed")
    desk.dismiss([d], reason="a day is nothing", category="noise")
    desk.dismiss([e], reason="typo", category="wrong_data")
    desk.assign([f], to="bo")
    clock.set(NOW + 4 * HOUR)
    clear(desk, "g", "g2")
    found = kind(desk)
    counted = {name: found[name] for name in ("acted", "noise", "wrong_data", "accepted", "alone", "untouched")}
    assert counted == {"acted": 4, "noise": 1, "wrong_data": 1, "accepted": 0, "alone": 1, "untouched": 1}
    assert (found["opened"], found["open"]) == (8, 4)
    assert found["median_hours"] == 1.0, "of one, one, one and four hours"
    assert found["false_positive"] == 0.5, "noise and wrong data, of the four that ended"
    assert found["needless"] == 0.5
    assert desk.show(g)["state"] == "recovered"
    assert desk.show(h)["state"] == "open"


def test_what_is_open_is_counted_and_never_a_length_of_zero(desk: Desk) -> None:
    late(desk, alpha=12)
    found = kind(desk)
    assert (found["open"], found["median_hours"], found["false_positive"]) == (1, None, None)
    assert figure(desk, "mttr") == {
        "name": "mttr", "count": 0, "open": 1, "mean_minutes": None, "median_minutes": None, "p90_minutes": None
    }  # fmt: skip


def test_what_was_over_when_it_was_learnt_asked_nobody(desk: Desk, clock: FixedClock) -> None:
    desk.load([line("alpha")], kind="purchase_order", scope="test", file="plan.csv")
    clock.set(NOW + 20 * DAY)
    receipt = eta("alpha", 0, recorded=NOW + 20 * DAY)._replace(
        kind="receipt", eta=None, quantity=100.0, uom="EA", occurred_at=NOW + 15 * DAY
    )
    take(desk, receipt)
    found = desk.metrics()
    assert {row["kind"]: row["recorded"] for row in found["kinds"]}["late_supply"] == 1
    assert kind(desk)["needless"] is None
    assert figure(desk, "mttd")["median_minutes"] == 5 * 24 * 60


def test_a_period_has_what_opened_in_it(desk: Desk, clock: FixedClock) -> None:
    late(desk, alpha=12)
    clock.set(NOW + DAY)
    desk.load([line("alpha"), line("beta")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, eta("beta", NOW + 22 * DAY, recorded=NOW + DAY))
    assert (kind(desk)["opened"], kind(desk, since=NOW + 1)["opened"], kind(desk, since=NOW)["opened"]) == (2, 1, 2)


def test_rules_are_judged_by_the_layer_that_let_it_open(desk: Desk) -> None:
    desk.configure({"rules": [{"kind": "late_supply", "match": {"subject": "beta"}, "days": 2}]})
    late(desk, alpha=5, beta=6)
    rows = {row["rule"]: row["opened"] for row in desk.metrics()["rules"]}
    assert rows == {"default": 1, "rule 1: subject=beta": 1}


def test_times_from_stamps(desk: Desk, clock: FixedClock) -> None:
    a, b, c = late(desk, a=5, b=6, c=7)
    for minutes, deviation in ((10, a), (20, b), (60, c)):
        clock.set(NOW + minutes * MINUTE)
        desk.respond([deviation])
    clock.set(NOW + 90 * MINUTE)
    (first,) = [item["id"] for item in desk.actions(["step=confirm", f"deviation={a}"]).items]
    desk.start([first])
    clock.set(NOW + 120 * MINUTE)
    clear(desk, "a", "2")
    mtta, start, mttr = figure(desk, "mtta"), figure(desk, "start"), figure(desk, "mttr")
    assert (mtta["median_minutes"], mtta["p90_minutes"], mtta["mean_minutes"], mtta["open"]) == (20, 60, 30, 0)
    assert (start["median_minutes"], start["count"], start["open"]) == (80, 1, 2)
    assert (mttr["median_minutes"], mttr["count"], mttr["open"]) == (120, 1, 2)
    assert figure(desk, "feed")["median_minutes"] == 0


def test_a_flood_is_ten_in_ten_minutes(desk: Desk, clock: FixedClock) -> None:
    names = [f"line{number}" for number in range(11)]
    desk.load([line(name) for name in names], kind="purchase_order", scope="test", file="plan.csv")
    for number, name in enumerate(names):
        # The tenth comes just inside ten minutes of the first, the eleventh just outside.
        clock.set(NOW + (0, 10 * MINUTE - 1, 10 * MINUTE)[max(0, number - 8)])
        take(desk, eta(name, NOW + 15 * DAY, recorded=clock.now()))
    clock.set(NOW + 25 * HOUR)
    load = desk.metrics()["load"]
    assert load["worst_ten_minutes"] == {"from_at": iso(NOW), "opened": 10, "flood": True}
    assert (load["in_queue"], load["stale"], load["stale_share"]) == (11, 11, 1.0)
    assert (load["hours"], load["per_hour"], load["persons"]) == (25.0, 0.44, 1)
    desk.snooze(["D1"], until=NOW + 30 * HOUR)
    assert desk.metrics()["load"]["stale"] == 10


def test_coming_back_is_counted(desk: Desk, clock: FixedClock) -> None:
    late(desk, a=5, b=6, c=7)
    clock.set(NOW + HOUR)
    clear(desk, "a", "2")
    clear(desk, "b", "2")
    clock.set(NOW + 2 * HOUR)
    take(desk, eta("a", NOW + 15 * DAY, number="3", recorded=clock.now()))
    clock.set(NOW + 3 * DAY)
    desk.tick()
    take(desk, eta("b", NOW + 15 * DAY, number="3", recorded=clock.now()))
    shares = desk.metrics()["shares"]
    assert (shares["reopened"], shares["again"]) == (0.25, 0.25)


def test_actions_in_time(desk: Desk, clock: FixedClock) -> None:
    (deviation,) = late(desk, a=5)
    desk.respond([deviation])
    actions = {item["step"]: item["id"] for item in desk.actions().items}
    desk.done([actions["confirm"]])
    desk.skip([actions["tell"]], reason="they know")
    clock.set(NOW + 12 * HOUR)
    assert desk.metrics()["actions"] == {"due": 2, "on_time": 1, "share": 0.5, "skipped": 1}


def test_sources_say_how_old_their_newest_record_is(desk: Desk, clock: FixedClock) -> None:
    late(desk, a=5)
    desk.declare_source("tower", "command", HOUR)
    clock.set(NOW + 2 * HOUR)
    assert desk.metrics()["sources"] == [
        {"source": "tower", "newest_at": iso(NOW - HOUR), "age_minutes": 180.0, "beyond_interval": True}
    ]


def test_severities_stand_beside_the_guidance(desk: Desk) -> None:
    late(desk, a=2, b=2, c=4, d=30)
    rows = [(row["severity"], row["opened"], row["share"]) for row in desk.metrics()["severities"]]
    assert rows == [("low", 2, 0.5), ("medium", 1, 0.25), ("high and critical", 1, 0.25)]


def test_a_clock_that_went_back_gives_no_negative_time(desk: Desk, clock: FixedClock) -> None:
    a, _ = late(desk, a=5, b=6)
    clock.set(NOW - 2 * HOUR)
    clear(desk, "b", "2")
    desk.ack([a])
    desk.resolve([a], reason="agreed")
    clock.set(NOW + HOUR)
    found = kind(desk)
    assert (found["acted"], found["recorded"], found["median_hours"]) == (1, 1, 0.0)
    assert (figure(desk, "mtta")["mean_minutes"], figure(desk, "mttr")["mean_minutes"]) == (0.0, 0.0)


def contained_of(run: Run) -> dict[str, Any]:
    """What the review says of when it was contained."""
    return next(each for each in run.desk.review(run.deviation)["durations"] if each["name"] == "contained")


def test_decided_is_the_first_decision_and_contained_the_last_mandatory_step(tmp_path: Path) -> None:
    steps = [step("ask"), step("choose", kind="decision"), step("tell", "choose", mandatory=False)]
    run = Run(tmp_path / "desk.db", steps)
    assert [figure(run.desk, name)["open"] for name in ("decide", "mttc")] == [1, 1]
    run.at(30).desk.done([run.id("choose")])
    assert figure(run.desk, "decide")["median_minutes"] == 30
    assert figure(run.desk, "mttc")["median_minutes"] is None
    run.at(50).desk.done([run.id("ask")])
    found = figure(run.desk, "mttc")
    assert (found["median_minutes"], found["count"], found["open"]) == (50, 1, 0)
    contained = contained_of(run)
    assert (contained["minutes"], contained["by"]) == (50, "last mandatory step")


def test_contained_is_what_somebody_said_where_somebody_did_and_the_review_says_the_same(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("ask"), step("tell", mandatory=False)])
    contained = contained_of(run)
    assert (contained["at"], contained["minutes"], contained["by"]) == (None, None, None)
    run.at(20).desk.contain([run.deviation])
    run.at(50).desk.done([run.id("ask")])
    found, contained = figure(run.desk, "mttc"), contained_of(run)
    assert (found["median_minutes"], found["count"], found["open"]) == (20, 1, 0)
    assert (contained["minutes"], contained["by"]) == (20, "stated")


def test_contained_counts_once_for_a_deviation_of_two_responses_and_without_any(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("ask")])
    run.at(10).desk.done([run.id("ask")])
    run.desk.planner = Written([step("ask")], name="another")
    run.at(20).desk.respond([run.deviation])
    assert (figure(run.desk, "mttc")["count"], figure(run.desk, "mttc")["open"]) == (0, 1)
    run.at(40).desk.done(["A2"])
    assert figure(run.desk, "mttc")["median_minutes"] == contained_of(run)["minutes"] == 40
    (other,) = late(run.desk, beta=12)
    run.at(100).desk.contain([other])
    found = figure(run.desk, "mttc")
    assert (found["count"], found["open"], found["p90_minutes"]) == (2, 0, 60)


def test_what_the_slack_took_up_is_a_share_of_what_ended(desk: Desk) -> None:
    """D1 reaches SO-1, D2 ends in time, D3 is live still: half of the two that ended were absorbed."""
    due = NOW + 10 * DAY
    plan = [line(ref)._replace(item=ref) for ref in ("A", "B", "C")]
    desk.load(plan, kind="purchase_order", scope="test", file="plan.csv")
    wanted = [
        line(f"SO-{ref}", due=due + days * DAY)._replace(kind="sales_order", item=ref)
        for ref, days in (("A", 1), ("B", 9), ("C", 9))
    ]
    desk.load(wanted, kind="sales_order", scope="test", file="sales.csv")
    take(desk, *(eta(ref, due + 5 * DAY) for ref in ("A", "B", "C")))
    assert desk.metrics()["shares"]["absorbed"] is None
    for ref in ("A", "B"):
        clear(desk, ref, "2")
    assert kind(desk)["opened"] == 3
    assert desk.metrics()["shares"]["absorbed"] == pytest.approx(1 / 3, abs=1e-4), "late_demand of SO-A ended, too"
