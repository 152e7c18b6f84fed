"""stale_feed and unmatched: what is wrong with a source rather than with the plan."""

from __future__ import annotations

from pathlib import Path

from engine.intake import sources
from engine.values.clock import HOUR, MINUTE
from engine.vocabulary.model import PlanRecord
from tests.engine import desk_support
from tests.engine.detect.world import NOW, World, day, order, signal


def declare(world: World, every: int | None) -> None:
    with world.store.write() as connection:
        sources.declare(connection, world.clock.now(), "erp", "http", every)


def test_a_silent_source_is_stale_from_the_first_instant_past_two_intervals(world: World) -> None:
    declare(world, 15 * MINUTE)
    order(world)
    world.say(signal("note", "n1", order_ref="4711/10"))
    world.settle()
    assert world.tick(NOW + 30 * MINUTE).opened == 0
    assert world.wakeups()["source erp"] == NOW + 30 * MINUTE + 1
    assert world.tick(NOW + 30 * MINUTE + 1).opened == 1
    row = world.one("stale_feed")
    assert (row["subject_type"], row["subject_id"], row["gap"], row["decide_by"]) == (
        "source",
        "erp",
        {"intervals": 2.0},
        None,
    )
    assert world.tick(NOW + HOUR).raised == 1
    world.say(signal("note", "n2", order_ref="4711/10"))
    world.settle()
    assert world.states("stale_feed") == [("erp", "recovered")]


def test_a_source_that_never_came_is_stale_from_its_first_day(world: World) -> None:
    declare(world, HOUR)
    world.settle()
    world.tick(NOW + 3 * HOUR)
    assert world.one("stale_feed")["gap"] == {"intervals": 3.0}


def test_nobody_waits_for_a_source_without_an_interval(world: World) -> None:
    declare(world, None)
    world.settle()
    assert world.tick(NOW + 999 * HOUR).judged == 0


def test_an_order_that_the_plan_lacks_is_one_deviation_for_each_source(world: World) -> None:
    order(world)
    world.say(signal("eta", "e1", order_ref="9999", eta=day(4)), signal("note", "e2", order_ref="9999"))
    world.say(signal("eta", "e1", order_ref="9999", eta=day(4)), source="carrier")
    world.settle()
    assert world.states("unmatched") == [("carrier:9999", "open"), ("erp:9999", "open")]
    assert {row["subject_type"] for row in world.rows()} == {"reference"}


def test_a_desk_without_a_plan_judges_no_name(world: World) -> None:
    world.say(signal("eta", "e1", order_ref="9999", eta=day(4)))
    world.say(signal("stock", "s1", item="SKU-1", site="RTM", quantity=4.0, occurred_at=NOW))
    world.settle()
    assert world.rows() == []
    order(world, item=None, site=None)
    world.settle()
    assert world.states() == [("erp:9999", "open")], "the first order line makes earlier names judgeable"


def test_it_clears_when_the_plan_learns_the_name(world: World) -> None:
    order(world, item=None, site=None)
    world.say(signal("eta", "e1", order_ref="9999", eta=day(4)))
    world.settle()
    world.plan("sales_order", "9999", quantity=1.0)
    world.settle()
    assert world.states("unmatched") == [("erp:9999", "recovered")]


def test_items_and_sites_are_judged_against_records_and_lines(world: World) -> None:
    order(world, item="SKU-1", site="RTM")
    for source_id, item, site in (
        ("a", "SKU-1", "RTM"),
        ("b", "SKU-2", "RTM"),
        ("c", "SKU-1", "NOWHERE"),
        ("d", "SKU-2", "NOWHERE"),
    ):
        world.say(signal("stock", source_id, item=item, site=site, quantity=4.0, occurred_at=NOW))
    world.settle()
    assert world.states("unmatched") == [("erp:item SKU-2", "open"), ("erp:site NOWHERE", "open")]
    world.record("site", "NOWHERE", id="NOWHERE")
    world.settle()
    assert world.states("unmatched") == [("erp:item SKU-2", "open"), ("erp:site NOWHERE", "recovered")]


def test_an_order_of_another_kind_is_not_the_one_that_was_named(world: World) -> None:
    order(world)
    world.say(signal("eta", "e1", order_ref="4711/10", order_kind="transfer_order", eta=day(4)))
    world.settle()
    assert world.states() == [("erp:4711/10", "open")]


def test_loading_items_clears_what_the_plan_lacked_before(tmp_path: Path) -> None:
    """Nothing of the plan speaks of the new item, so the load itself touches no line and no stock."""
    desk = desk_support.open_desk(tmp_path / "desk.db")
    desk.load([desk_support.line("p1")], kind="purchase_order", scope="s", file="f.csv")
    desk_support.take(desk, signal("note", "1", item="NEW", site="RTM"))
    assert [item["subject"]["id"] for item in desk.deviations().items] == ["tower:item NEW"]
    loaded = desk.load([PlanRecord("item", {"id": "NEW"}, None)], kind="item", scope="i", file="i.csv")
    assert (loaded.cleared, desk.deviations().total) == (1, 0)


def test_an_order_that_the_plan_had_once_is_no_stranger(world: World) -> None:
    order(world, "4711/10")
    order(world, "4711/20")
    world.settle()
    world.withdraw("purchase_order", "4711/10")
    world.say(signal("receipt", "late booking", order_ref="4711/10"), signal("receipt", "wrong", order_ref="9999"))
    world.settle()
    assert world.states("unmatched") == [("erp:9999", "open")]
