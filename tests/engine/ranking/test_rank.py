"""Queue order, exposure in the desk's currency, decide-by, and the arithmetic that explains them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ranking import rank
from engine.ranking.remedies import keep, known, read
from engine.reading import explain
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.clock import DAY, HOUR
from engine.values.rates import Rates
from engine.vocabulary.planning import Remedies, Remedy
from tests.engine.detect.world import NOW, World, day, order, signal


def late(world: World, **fields: Any) -> dict[str, Any]:
    order(world, due=5, **fields)
    world.say(signal("eta", "e1", order_ref="4711/10", eta=day(12)))
    world.settle()
    return world.one("late_supply")


@pytest.mark.parametrize(
    ("ahead", "bucket"),
    [(-1, "passed"), (0, "passed"), (1, "4h"), (4 * HOUR, "4h"), (4 * HOUR + 1, "24h"), (DAY, "24h"), (DAY + 1, "3d"),
     (3 * DAY, "3d"), (3 * DAY + 1, "later")],
)  # fmt: skip
def test_buckets_hold_their_upper_end(ahead: int, bucket: str) -> None:
    assert rank.bucket(NOW + ahead, NOW) == bucket
    assert rank.bucket(None, NOW) == "later"


drawn_rows = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(-40 * DAY, 40 * DAY)), st.sampled_from([0, 1, 500, 70_000, 10**9])),
    min_size=1,
    max_size=12,
)


def in_order(drawn: list[tuple[int | None, int]], now: int) -> list[dict[str, Any]]:
    """Deviations with these decide-bys (from NOW) and exposures, as SQL orders them."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE deviation(id INTEGER PRIMARY KEY, decide_by, exposure_minor, priority)")
    for ahead, exposure in drawn:
        at = None if ahead is None else NOW + ahead
        values = (at, exposure, rank.priority(exposure, at))
        connection.execute("INSERT INTO deviation(decide_by, exposure_minor, priority) VALUES (?, ?, ?)", values)
    found = rows(connection, f"SELECT * FROM deviation ORDER BY {rank.GROUP_SQL}, priority DESC, id", {"now": now})
    connection.close()
    return found


@given(drawn_rows)
def test_the_order_in_sql_is_the_order_of_the_groups_then_of_the_weights(drawn: list[tuple[int | None, int]]) -> None:
    found = in_order(drawn, NOW)
    groups = [rank.group(row["decide_by"], NOW) for row in found]
    assert groups == sorted(groups)
    for before, after in itertools.pairwise(found):
        group = rank.group(before["decide_by"], NOW)
        if group != rank.group(after["decide_by"], NOW):
            continue
        if group == rank.UNDATED:
            assert max(before["exposure_minor"], 1) >= max(after["exposure_minor"], 1)
        elif group == rank.AHEAD and before["exposure_minor"] and after["exposure_minor"]:
            first, second = (rank.weight(row["exposure_minor"], row["decide_by"], NOW) for row in (before, after))
            assert first >= second * (1 - 1e-6)


@given(drawn_rows, st.integers(0, 60 * DAY))
def test_two_that_can_both_still_be_decided_never_change_their_order(
    drawn: list[tuple[int | None, int]], later: int
) -> None:
    before = [row["id"] for row in in_order(drawn, NOW)]
    ahead = [
        row["id"] for row in in_order(drawn, NOW + later) if rank.group(row["decide_by"], NOW + later) == rank.AHEAD
    ]
    assert ahead == [number for number in before if number in ahead]


@pytest.mark.parametrize(("further", "times"), [(0, 1), (30, 2), (60, 4), (15, 2**0.5)])
def test_an_exposure_halves_for_each_halving_time_that_its_decide_by_is_further_away(
    further: int, times: float
) -> None:
    near, far = NOW + DAY, NOW + DAY + further * HOUR
    assert rank.weight(1000, near, NOW) == pytest.approx(times * rank.weight(1000, far, NOW))
    assert rank.priority(1_000_000, near) == pytest.approx(rank.priority(round(1_000_000 * times), far), abs=1e-6)


def test_exposure_is_in_the_desks_currency_with_its_own_minor_units(world: World) -> None:
    world.settings(name="d", zone="UTC", currency="EUR", rates={"JPY": 0.006})
    row = late(world, value_minor=50_000, currency="JPY")
    assert (row["value_minor"], row["currency"], row["exposure_minor"]) == (50_000, "JPY", 30_000)


DATED = {"USD": {"2026-01-01": 0.9, "2026-03-11": 0.8, "2026-05-01": 0.5}}


def test_the_rate_that_has_begun_counts_and_the_next_one_brings_itself_in(world: World) -> None:
    world.settings(name="d", zone="UTC", currency="EUR", rates=DATED)
    row = late(world, value_minor=50_000, currency="USD")
    assert row["exposure_minor"] == 45_000
    assert ["rate", 0.9, "EUR per USD", "setting rates: USD from 2026-01-01"] in row["terms"]
    world.tick(day(2) - 1)
    assert world.one("late_supply")["exposure_minor"] == 45_000
    world.tick(day(2))
    row = world.one("late_supply")
    assert row["exposure_minor"] == 40_000
    assert ["rate", 0.8, "EUR per USD", "setting rates: USD from 2026-03-11"] in row["terms"]
    assert row["version"] == 1


def test_a_rate_begins_with_the_day_of_the_desk(world: World) -> None:
    world.settings(
        name="d", zone="America/New_York", currency="EUR", rates={"USD": {"2026-01-01": 0.9, "2026-03-09": 0.5}}
    )
    assert Rates("EUR", DATED, "UTC", day(2)).of("USD") != Rates("EUR", DATED, "America/New_York", day(2)).of("USD")
    assert late(world, value_minor=50_000, currency="USD")["exposure_minor"] == 25_000


def test_before_its_first_day_a_rate_counts_and_says_so(world: World) -> None:
    world.settings(name="d", zone="UTC", currency="EUR", rates={"USD": {"2026-07-01": 0.95}})
    row = late(world, value_minor=50_000, currency="USD")
    assert row["exposure_minor"] == 47_500
    assert any(source.endswith("the first one, which counts from 2026-07-01") for _, _, _, source in row["terms"])


def test_an_unknown_rate_keeps_the_raw_amount_and_says_so(world: World) -> None:
    world.settings(name="d", zone="UTC", currency="EUR", rates={})
    row = late(world, value_minor=50_000, currency="USD")
    assert row["exposure_minor"] == 50_000
    assert any("no rate from USD to EUR" in str(source) for _, _, _, source in row["terms"])


@pytest.mark.parametrize(
    ("currency", "minor", "exposure"), [("JPY", 1_000, 100_000), ("KWD", 1_000_000, 100_000), (None, 1_000, 1_000)]
)
def test_an_amount_without_a_rate_keeps_its_units_not_its_minor_units(
    world: World, currency: str | None, minor: int, exposure: int
) -> None:
    """1,000 yen count as 1,000.00 of the desk's euros, as 1,000 dinars do."""
    assert late(world, value_minor=minor, currency=currency)["exposure_minor"] == exposure


def test_a_lane_from_anywhere_is_named_so(world: World) -> None:
    world.record("lane", "a", destination="RTM", duration_days=2.0)
    sources = [source for name, _, _, source in late(world)["terms"] if name == "fastest remedy"]
    assert sources == ["lane from anywhere to RTM"]


def test_decide_by_is_the_need_less_the_fastest_lane_else_the_setting(world: World) -> None:
    world.record("lane", "a", origin="SHA", destination="RTM", mode="sea", duration_days=34.0)
    world.record("lane", "b", origin="SHA", destination="RTM", mode="air", duration_days=1.5)
    assert late(world)["decide_by"] == day(5) - 3 * DAY // 2


def test_other_supply_of_a_line_comes_from_where_the_line_comes(world: World) -> None:
    world.record("lane", "a", origin="SHA", destination="RTM", mode="air", duration_days=2.5)
    world.record("lane", "b", origin="ANR", destination="RTM", mode="road", duration_days=0.5)
    row = late(world, origin="SHA")
    assert row["decide_by"] == day(5) - 5 * DAY // 2
    assert [source for name, _, _, source in row["terms"] if name == "fastest remedy"] == ["lane SHA to RTM by air"]


def test_a_lane_that_takes_no_time_is_no_remedy(world: World) -> None:
    """A duration of 0 is one that nobody filled in: `offplan check` names the lane, and nothing is timed by it."""
    world.record("lane", "a", origin="SHA", destination="RTM", mode="sea", duration_days=0.0)
    late(world)
    assert remedy(world) == (3.0, "tolerance late_supply: remedy_days (default)")
    world.record("lane", "b", origin="SHA", destination="RTM", mode="air", duration_days=2.5)
    world.touch("order", "4711/10")
    world.settle()
    assert remedy(world) == (2.5, "lane SHA to RTM by air")


def test_where_no_lane_comes_from_the_lines_origin_the_remedy_is_the_settings_and_says_so(world: World) -> None:
    world.record("lane", "b", origin="ANR", destination="RTM", mode="road", duration_days=0.5)
    row = late(world, origin="SHA")
    assert row["decide_by"] == day(5) - 3 * DAY
    (source,) = [source for name, _, _, source in row["terms"] if name == "fastest remedy"]
    assert source.endswith("; no lane from SHA to RTM says how long it takes")


def test_more_supply_is_no_remedy_for_too_much(world: World) -> None:
    world.record("lane", "b", origin="ANR", destination="RTM", mode="road", duration_days=0.5)
    world.rule("excess", early_days=2)
    order(world, due=20)
    world.say(signal("eta", "e1", order_ref="4711/10", eta=day(10)))
    world.settle()
    assert world.one("excess")["decide_by"] == day(5)


def test_without_a_lane_the_remedy_is_the_settings(world: World) -> None:
    world.rule("late_supply", {"party": "ACME"}, remedy_days=2)
    row = late(world)
    assert row["decide_by"] == day(3)
    sources = [source for name, _, _, source in row["terms"] if name == "fastest remedy"]
    assert sources == ["tolerance late_supply: remedy_days (rule 1: party=ACME)"]


def state(world: World, *remedies: Remedy, stamp: str = "1") -> None:
    with world.store.write() as connection:
        keep(connection, Remedies(stamp, remedies))


def remedy(world: World) -> tuple[Any, Any]:
    """Days and source of the fastest remedy of the only deviation."""
    (found,) = [term[1::2] for term in world.rows()[0]["terms"] if term[0] == "fastest remedy"]
    days, source = found
    return days, source


BOUGHT = Remedy("late_supply", "purchase_order", "", True, 8.0, "playbook buy, option second")


def test_what_a_playbook_can_have_brought_counts_where_it_is_faster_than_the_lane(world: World) -> None:
    world.record("lane", "a", origin="SHA", destination="RTM", mode="sea", duration_days=34.0)
    state(world, BOUGHT)
    row = late(world, origin="SHA")
    assert row["decide_by"] == row["need_at"] - 8 * DAY
    assert remedy(world) == (8.0, "playbook buy, option second, sooner than 34 days: lane SHA to RTM by sea")
    world.record("lane", "b", origin="SHA", destination="RTM", mode="air", duration_days=2.5)
    world.touch("order", "4711/10")
    world.settle()
    assert remedy(world) == (2.5, "lane SHA to RTM by air")


@pytest.mark.parametrize(
    "other",
    [
        BOUGHT._replace(kind="stockout"),
        BOUGHT._replace(subject_type="shipment"),
        BOUGHT._replace(severity="critical"),
        BOUGHT._replace(supply=False),
    ],
)
def test_what_answers_other_deviations_is_no_remedy_for_this_one(world: World, other: Remedy) -> None:
    state(world, other)
    world.record("lane", "a", destination="RTM", duration_days=34.0)
    late(world)
    assert remedy(world) == (34.0, "lane from anywhere to RTM")


def test_without_a_lane_the_default_and_the_playbook_are_ways_and_the_faster_one_counts(world: World) -> None:
    state(world, BOUGHT)
    late(world)
    assert remedy(world) == (3.0, "tolerance late_supply: remedy_days (default)")
    state(world, BOUGHT._replace(days=1.0), stamp="2")
    world.settle()
    assert remedy(world)[0] == 1.0


def test_a_setting_stands_for_the_playbooks(world: World) -> None:
    world.rule("late_supply", {"party": "ACME"}, remedy_days=20)
    state(world, BOUGHT)
    late(world)
    assert remedy(world) == (20.0, "tolerance late_supply: remedy_days (rule 1: party=ACME)")


def test_what_is_work_takes_as_long_as_its_playbook_asks_at_least(world: World) -> None:
    world.rule("excess", early_days=2)
    state(world, Remedy("excess", "", "", False, 2.0, "playbook stop, 16 h of work at least"))
    order(world, due=20)
    world.say(signal("eta", "e1", order_ref="4711/10", eta=day(10)))
    world.settle()
    assert remedy(world) == (5.0, "tolerance excess: remedy_days (default)")
    state(world, Remedy("excess", "", "", False, 6.5, "playbook stop, 52 h of work at least"), stamp="2")
    world.settle()
    days, source = remedy(world)
    assert days == 6.5
    assert source == "playbook stop, 52 h of work at least, more than 5 days: tolerance excess: remedy_days (default)"


def test_only_live_deviations_of_a_kind_of_which_something_else_is_stated_are_judged_anew(world: World) -> None:
    late(world)
    with world.store.write() as connection:
        assert not keep(connection, Remedies("1", ()))
        assert keep(connection, Remedies("2", [BOUGHT._replace(kind="overdue")]))
        assert rows(connection, "SELECT * FROM touched") == []
        assert keep(connection, Remedies("3", [BOUGHT]))
        assert [row["a"] for row in rows(connection, "SELECT * FROM touched")] == ["4711/10"]
        assert not keep(connection, Remedies("4", [BOUGHT]))
        assert (known(connection), read(connection)) == ("4", [BOUGHT])


def test_every_explanation_can_be_redone_by_hand(world: World) -> None:
    late(world)
    (row,) = rows(world.store.connection, "SELECT * FROM deviation")
    found = explain.terms(world.store.connection, row, NOW)
    by_name = {term.name: term for term in found}
    assert by_name["late"].value == 7.0
    assert by_name["tolerance"].source == "tolerance late_supply: days (default)"
    assert by_name["planned"].source == "purchase_order 4711/10, baseline 1"
    assert by_name["expected"].source == "S1"
    assert by_name["value at risk"].value == by_name["value of the line"].value == row["exposure_minor"] == 100_000
    assert (by_name["bucket"].value, by_name["place in the queue"].value) == ("3d", 1)
    assert (by_name["exposure"].source, "rate" in by_name) == ("value at risk × likelihood", False)
    assert by_name["time to decide"].value == 40.0
    weight = by_name["weight"].value
    assert weight == round(row["exposure_minor"] / 2 ** (40.0 / 30), 2)
    passed = {term.name: term for term in explain.terms(world.store.connection, row, NOW + 3 * DAY)}
    assert passed["bucket"].value == "passed"
    assert "weight" not in passed


def test_what_is_not_in_the_queue_has_no_place_in_it(world: World) -> None:
    late(world)
    world.end(1, "dismissed")
    (row,) = rows(world.store.connection, "SELECT * FROM deviation")
    assert [term.name for term in explain.terms(world.store.connection, row, NOW)][-1] == "bucket"


def why(world: World, number: int, now: int = NOW) -> tuple[Any, str]:
    """The place of a deviation and what put it there."""
    (row,) = rows(world.store.connection, "SELECT * FROM deviation WHERE id = ?", (number,))
    (term,) = [term for term in explain.terms(world.store.connection, row, now) if term.name == "place in the queue"]
    return term.value, term.source


def test_each_place_says_what_decided_against_the_one_before(world: World) -> None:
    for ref, due, value in (("a", 9, 100_000), ("b", 9, 100_000), ("c", 9, 400_000), ("d", 6, 1_000), ("e", 9, None)):
        order(world, ref, due=due, value_minor=value, until_at=day(due) + 1)
        world.say(signal("eta", ref, order_ref=ref, eta=day(30)))
    world.say(signal("eta", "x", order_ref="nobody-knows-it", eta=day(30)))
    world.settle()
    told = {row["subject_id"]: why(world, row["id"]) for row in world.rows()}
    ids = {row["subject_id"]: f"D{row['id']}" for row in world.rows()}
    assert told["c"] == (1, "nothing stands before it")
    assert told["a"] == (2, f"after {ids['c']}, which weighs 172.74 EUR")
    assert told["b"] == (3, f"after {ids['a']}: they weigh the same, and {ids['a']} is the older one")
    assert told["d"][0] == 4
    assert told["e"][0] == 5
    assert told["erp:nobody-knows-it"] == (
        6, f"after {ids['e']}, its decide-by lies ahead; nothing says by when to decide about it"
    )  # fmt: skip
    assert why(world, int(ids["d"][1:]), day(4)) == (
        6, f"after {ids['erp:nobody-knows-it']}, nothing says by when to decide about it; its decide-by has passed"
    )  # fmt: skip
