"""What the desk keeps of lines that arrived, and what a predicted lateness is worth by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.ranking.likelihood import LEAST
from engine.ranking.outcomes import History
from engine.storage.store import rows
from engine.values.clock import DAY
from tests.engine.detect.world import NOW, World, day, order, signal


def past(world: World, number: int, *, late: bool, announced: int | None = None, party: str = "ACME") -> None:
    """A line promised for 20 days ago that arrived then or 5 days later; `announced` days before for 5 days later."""
    ref = f"old-{number}"
    order(world, ref, due=-20, party=party)
    if announced is not None:
        world.say(signal("eta", f"e{number}", order_ref=ref, eta=day(-15), at=day(-19 - announced)))
    at = day(-15) if late else day(-20)
    world.say(signal("receipt", f"r{number}", order_ref=ref, occurred_at=at, at=at))


def history(world: World, count: int, late: int, *, announced: int | None = 10, party: str = "ACME") -> None:
    before = len(outcomes(world))
    for number in range(count):
        past(world, before + number, late=number < late, announced=announced, party=party)
    world.settle()


def outcomes(world: World) -> list[dict[str, Any]]:
    return rows(world.store.connection, "SELECT * FROM outcome ORDER BY ref")


def counts(world: World) -> list[tuple[Any, ...]]:
    sql = "SELECT party, lane, mode, standing, late, lines FROM outcome_count WHERE lines > 0 ORDER BY 1, 2, 3, 4, 5"
    return list(world.store.connection.execute(sql))


def threatened(world: World, due: int = 5, **fields: Any) -> dict[str, Any]:
    order(world, due=due, **fields)
    world.say(signal("eta", "now", order_ref="4711/10", eta=day(due + 5)))
    world.settle()
    return next(row for row in world.rows("late_supply") if row["subject_id"] == "4711/10")


def test_without_enough_history_a_prediction_is_taken_as_certain(world: World) -> None:
    history(world, LEAST - 1, 3)
    row = threatened(world)
    assert (row["likelihood"], row["exposure_minor"]) == (1.0, 100_000)
    assert [
        "likelihood",
        1.0,
        "",
        f"no history: taken as certain ({LEAST - 1} such lines are over, {LEAST} are needed)",
    ] in row["terms"]


def test_a_prediction_is_worth_the_share_of_such_lines_that_came_late(world: World) -> None:
    history(world, 60, 15)
    row = threatened(world)
    share = 15.5 / 61
    assert row["likelihood"] == pytest.approx(share, abs=0.002)
    assert row["exposure_minor"] == round(100_000 * row["likelihood"])
    names = [name for name, *_ in row["terms"]]
    assert names[names.index("history") :][:7] == [
        "history", "share of all", "share of announced lateness 2", "share of supplier ACME", "share of lane >RTM",
        "share of mode unknown", "likelihood",
    ]  # fmt: skip


def test_a_supplier_that_keeps_late_promises_is_told_from_one_that_does_not(world: World) -> None:
    history(world, 40, 38, party="ACME")
    history(world, 40, 2, party="BETA")
    assert threatened(world, party="ACME")["likelihood"] > 0.85
    assert History(world.store.connection, NOW).of(("BETA", ">RTM", ""), day(6), 5.0).value < 0.15


def test_lines_that_nobody_announced_late_say_nothing_of_announced_ones(world: World) -> None:
    history(world, 80, 0, announced=None)
    assert threatened(world)["likelihood"] == 1.0
    assert History(world.store.connection, NOW).of(("ACME", ">RTM", ""), day(6)).value < 0.01


def test_a_line_that_arrived_late_and_one_that_is_past_due_are_certain(world: World) -> None:
    history(world, 60, 15)
    row = threatened(world, due=1)
    assert row["likelihood"] < 0.5
    world.tick(day(2))
    row = world.rows("late_supply")[-1]
    assert (row["subject_id"], row["likelihood"]) == ("4711/10", 1.0)
    assert ["likelihood", 1.0, "", "the promise has passed"] in row["terms"]


def test_time_alone_brings_the_next_landmark(world: World) -> None:
    """Fifteen of sixty lines were late; only those were still on their way a day before their promise."""
    for number in range(60):
        ref = f"old-{number}"
        order(world, ref, due=-20)
        world.say(signal("eta", f"e{number}", order_ref=ref, eta=day(-15), at=day(-40)))
        at = day(-15) if number < 35 else day(-22)
        world.say(signal("receipt", f"r{number}", order_ref=ref, occurred_at=at, at=at))
    world.settle()
    before = threatened(world, due=5)
    assert 0.5 < before["likelihood"] < 0.65
    assert world.wakeups()["order 4711/10"] == day(6) - 3 * DAY
    world.tick(day(5))
    after = next(row for row in world.rows("late_supply") if row["subject_id"] == "4711/10")
    assert after["likelihood"] > 0.95
    assert after["version"] == before["version"], "time alone is no event"


def test_the_row_of_a_line_says_how_it_stood_and_its_lane_and_mode(world: World) -> None:
    order(world, "a", due=-20, origin="SHA", attributes=json.dumps({"mode": "sea"}))
    world.say(signal("eta", "1", order_ref="a", eta=day(-12), at=day(-29)))
    world.say(signal("eta", "2", order_ref="a", eta=day(-20), at=day(-23)))
    world.say(signal("receipt", "3", order_ref="a", occurred_at=day(-21), at=day(-21)))
    world.record("lane", "x", origin="HAM", destination="RTM", mode="road", duration_days=1)
    order(world, "b", due=-20, origin="HAM")
    world.say(signal("receipt", "4", order_ref="b", occurred_at=day(-10), at=day(-10)))
    world.settle()
    first, second = outcomes(world)
    assert (first["lane"], first["mode"], first["standing"], first["late"]) == (
        "SHA>RTM",
        "sea",
        "-o2ooo",
        0,
    )
    assert (second["lane"], second["mode"], second["standing"], second["late"]) == ("HAM>RTM", "road", "oooooo", 1)


def test_counts_follow_a_promise_that_moves(world: World) -> None:
    past(world, 1, late=True)
    world.settle()
    assert counts(world) == [("ACME", ">RTM", "", "oooooo", 1, 1)]
    order(world, "old-1", due=-15, party="BETA")
    world.settle()
    assert counts(world) == [("BETA", ">RTM", "", "oooooo", 0, 1)]


def test_part_of_a_line_is_no_outcome(world: World) -> None:
    order(world, "a", due=-20)
    world.say(signal("receipt", "1", order_ref="a", quantity=60.0, uom="EA", occurred_at=day(-20), at=day(-20)))
    world.settle()
    assert outcomes(world) == []
    world.say(signal("receipt", "2", order_ref="a", quantity=40.0, uom="EA", occurred_at=day(-18), at=day(-18)))
    world.settle()
    assert [row["late"] for row in outcomes(world)] == [1]


def test_a_receipt_that_is_taken_back_takes_its_outcome_with_it(world: World) -> None:
    past(world, 1, late=True)
    past(world, 2, late=False)
    world.settle()
    assert [row["ref"] for row in outcomes(world)] == ["old-1", "old-2"]
    world.say(signal("note", "sorry", detail='{"corrects":"r1"}'))
    world.settle()
    assert [row["ref"] for row in outcomes(world)] == ["old-2"]
    assert counts(world) == [("ACME", ">RTM", "", "oooooo", 0, 1)]


def test_the_likelihood_can_be_redone_from_its_terms(world: World) -> None:
    history(world, 40, 30, party="ACME")
    history(world, 40, 4, party="BETA")
    row = threatened(world)
    shares = [(source, value) for name, value, _, source in row["terms"] if name.startswith("share of ")]
    above = 0.0
    for source, value in shares:
        sum_ = source.replace("÷", "/").replace("×", "*").replace(" late", "").replace("the share above", str(above))
        assert eval(sum_) == pytest.approx(value, abs=1e-5)
        above = value
    assert row["likelihood"] == pytest.approx(above, abs=1e-6)
    assert row["exposure_minor"] == round(100_000 * row["likelihood"])


def test_old_history_does_not_count(world: World) -> None:
    history(world, 60, 15)
    later = NOW + 230 * DAY
    assert History(world.store.connection, NOW).of(("ACME", ">RTM", ""), NOW + 6 * DAY, 5.0).value < 0.5
    assert History(world.store.connection, later).of(("ACME", ">RTM", ""), later + 6 * DAY, 5.0).value == 1.0
