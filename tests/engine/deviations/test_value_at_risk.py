"""What a deviation puts at risk, from the supplier's message to the customer's order, with every step in sight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, FixedClock, iso
from engine.vocabulary.model import PlanLine, PlanRecord
from tests.engine.desk_support import NOW, open_desk
from tests.engine.network_support import line, load, said, take


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db")


def eta(desk: Desk, ref: str, day: float, number: str = "eta", **more: Any) -> None:
    """A message that a line comes so many days from NOW."""
    take(desk, said("eta", f"{ref}/{number}", order_ref=ref, eta=NOW + int(day * DAY), **more))


def pumps() -> list[PlanLine | PlanRecord]:
    """Motors on day 5 go into 40 pumps ready on day 8, of which 30 go to Y by day 10 for two customers, on days 11
    and 13."""
    return [
        PlanRecord("bom", {"parent": "PUMP", "item": "MOTOR", "quantity": 2, "lead_days": 1}, None),
        PlanRecord("lane", {"origin": "X", "destination": "Y", "duration_days": 1}, None),
        line("purchase_order", "PO-1", 80.0, 5, item="MOTOR", party="ACME", value_minor=4_000_00, currency="EUR"),
        line("production_order", "MO-1", 40.0, 8, item="PUMP"),
        line("transfer_order", "TO-1", 30.0, 10, item="PUMP", site="Y", origin="X"),
        line("sales_order", "SO-1", 10.0, 11, item="PUMP", site="Y", party="HYDRA", value_minor=5_000_00, currency="EUR"),
        line("sales_order", "SO-2", 20.0, 13, item="PUMP", site="Y", party="MEIER", value_minor=8_000_00, currency="EUR"),
    ]  # fmt: skip


def terms(desk: Desk, number: str) -> dict[str, tuple[Any, str]]:
    return {term.name: (term.value, term.source) for term in desk.explain(number)}


def one(desk: Desk, kind: str) -> dict[str, Any]:
    (item,) = desk.deviations([f"kind={kind}"]).items
    return item


def test_a_slip_beyond_the_slack_reaches_the_customers_that_depend_on_it(desk: Desk) -> None:
    """Gaps: motors 2 (wanted on day 7), pumps 1 (leave on day 9), SO-1 1, SO-2 3. Seven late: SO-1 by 3, SO-2 by 1."""
    load(desk, *pumps())
    eta(desk, "PO-1", 12)
    late = one(desk, "late_supply")
    assert late["value_at_risk"] == {"amount": 13_000.0, "currency": "EUR"}
    assert late["need_at"] == iso(NOW + (5 + 2 + 1 + 1) * DAY)
    found = desk.impact(late["id"])
    assert found is not None
    assert [(each["line"]["id"], each["customer"], each["delay_days"], each["quantity"]) for each in found["customers"]] == [
        ("SO-1", "HYDRA", 3.0, 10.0), ("SO-2", "MEIER", 1.0, 20.0)
    ]  # fmt: skip
    assert [each["expected_at"] for each in found["customers"]] == [iso(NOW + 14 * DAY), iso(NOW + 14 * DAY)]
    ways = []
    node = found["tree"]
    while node["children"]:
        ways.append((node["line"]["id"], node["delay_days"]))
        node = node["children"][0]
    assert ways == [("PO-1", 7.0), ("MO-1", 5.0), ("TO-1", 4.0)]
    told = terms(desk, late["id"])
    assert told["slack"] == (
        4.0,
        "purchase_order PO-1 → production_order MO-1 (gap 2 days) → transfer_order TO-1 (gap 1 days)"
        " → sales_order SO-1 (gap 1 days)",
    )
    assert told["hit SO-1"][0] == 5_000_00
    assert told["hit SO-1"][1].startswith("3 days late = 7 − 4 slack; 10 of 10 EA open × 500 EUR (sales_order SO-1")
    assert told["value at risk"] == (13_000_00, "sum over the customer orders that are hit")
    assert desk.show(late["id"])["impact"] == found


def test_once_the_announced_date_is_past_too_customers_wait_until_now(desk: Desk) -> None:
    """Slacks 4 and 6: announced 5 late, SO-1 waits a day; on day 14 it is 9 late, and both wait."""
    desk.configure({"name": "desk", "tolerance": {"overdue": {"grace_days": 1000}}})
    load(desk, *pumps())
    eta(desk, "PO-1", 10)
    late = one(desk, "late_supply")
    assert late["value_at_risk"]["amount"] == 5_000.0
    desk.clock = FixedClock(NOW + 10 * DAY)
    desk.tick()
    assert one(desk, "late_supply") == {**late, "bucket": "passed"}, "it may come still on the day that was announced"
    assert "at the earliest" not in terms(desk, late["id"])
    desk.clock = FixedClock(NOW + 14 * DAY)
    desk.tick()
    waiting = one(desk, "late_supply")
    assert (waiting["value_at_risk"]["amount"], waiting["gap"], waiting["severity"]) == (
        13_000.0,
        {"days": 5.0},
        "medium",
    )
    assert waiting["version"] == late["version"], "time alone is no event"
    told = terms(desk, late["id"])
    assert told["at the earliest"][0] == iso(NOW + 14 * DAY)
    assert (told["late by then"][0], told["hit SO-1"][1][:32]) == (9.0, "5 days late = 9 − 4 slack; 10 of")
    take(desk, said("receipt", "r", order_ref="PO-1", occurred_at=NOW + 14 * DAY, recorded_at=NOW + 14 * DAY))
    assert desk.deviations().items == []
    for day in (40, 50):
        desk.clock = FixedClock(NOW + day * DAY)
        desk.tick()
    due = desk.store.connection.execute("SELECT due_at FROM wakeup WHERE a = 'PO-1'").fetchall()
    assert due == [], "what came in full is looked at no more"


def test_nothing_is_too_late_for_a_customer_order_without_a_date(desk: Desk) -> None:
    """SO-0, served first, states no date: late supply does not hit it, and it says nothing about the need; less
    supply does."""
    undated = line(
        "sales_order", "SO-0", 10.0, 0, item="A", planned_at=None, party="HYDRA", value_minor=9_000_00, currency="EUR"
    )
    dated = line("sales_order", "SO-1", 20.0, 9, item="A", party="MEIER", value_minor=1_000_00, currency="EUR")
    load(desk, line("purchase_order", "PO-1", 30.0, 5, item="A", value_minor=700_00, currency="EUR"), undated, dated)
    eta(desk, "PO-1", 12)
    late = one(desk, "late_supply")
    assert late["value_at_risk"] == {"amount": 1_000.0, "currency": "EUR"}
    assert late["need_at"] == iso(NOW + 9 * DAY)
    told = terms(desk, late["id"])
    assert told["without a date"] == (
        1, "a customer order that depends on it states no date, so nothing is too late for it: not hit",
    )  # fmt: skip
    found = desk.impact(late["id"])
    assert found is not None
    assert found["undated"] == 1
    assert [each["line"]["id"] for each in found["customers"]] == ["SO-1"]
    nodes = {each["line"]["id"]: each for each in found["tree"]["children"]}
    assert nodes["SO-0"]["undated"] is True


def test_supply_on_which_only_orders_without_a_date_depend_counts_with_its_own_value(desk: Desk) -> None:
    undated = [
        line("sales_order", f"SO-{n}", 10.0, 0, item="A", planned_at=None, value_minor=9_00, currency="EUR")
        for n in (1, 2)
    ]
    load(desk, line("purchase_order", "PO-1", 20.0, 5, item="A", value_minor=700_00, currency="EUR"), *undated)
    eta(desk, "PO-1", 12)
    late = one(desk, "late_supply")
    assert late["value_at_risk"] == {"amount": 700.0, "currency": "EUR"}
    assert late["need_at"] == iso(NOW + 5 * DAY)
    assert "2 customer orders that depend on it state no date" in terms(desk, late["id"])["approximation"][1]


def test_what_is_missing_is_missing_for_an_order_without_a_date_too(desk: Desk) -> None:
    undated = line("sales_order", "SO-1", 20.0, 0, item="A", planned_at=None, value_minor=9_000_00, currency="EUR")
    load(desk, line("purchase_order", "PO-1", 20.0, 5, item="A", value_minor=700_00, currency="EUR"), undated)
    take(desk, said("confirmation", "PO-1/c", order_ref="PO-1", quantity=10.0))
    short = one(desk, "short_supply")
    assert short["value_at_risk"] == {"amount": 4_500.0, "currency": "EUR"}
    assert [each["line"]["id"] for each in (desk.impact(short["id"]) or {})["customers"]] == ["SO-1"]


def test_a_slip_that_the_slack_takes_up_puts_nothing_at_risk(desk: Desk) -> None:
    load(desk, *pumps())
    eta(desk, "PO-1", 9)
    late = one(desk, "late_supply")
    assert late["value_at_risk"] == late["exposure"] == {"amount": 0.0, "currency": "EUR"}
    assert terms(desk, late["id"])["absorbed"] == (4.0, "late ≤ slack: no customer order is hit")
    found = desk.impact(late["id"])
    assert found is not None
    assert (found["absorbed"], found["customers"], found["slack_days"]) == (True, [], 4.0)
    # One day more, and the first customer feels it.
    eta(desk, "PO-1", 10, "2", recorded_at=NOW)
    assert one(desk, "late_supply")["value_at_risk"] == {"amount": 5_000.0, "currency": "EUR"}


def test_what_is_missing_is_missing_of_the_last(desk: Desk) -> None:
    """30 of 80 motors missing: 15 of 40 pumps, 10 of which nobody ordered; 5 of the 30 that go to Y, the last of
    SO-2."""
    load(desk, *pumps())
    take(desk, said("confirmation", "1", order_ref="PO-1", quantity=50.0))
    short = one(desk, "short_supply")
    assert short["value_at_risk"] == {"amount": 2_000.0, "currency": "EUR"}
    found = desk.impact(short["id"])
    assert found is not None
    assert [(each["line"]["id"], each["delay_days"], each["quantity"]) for each in found["customers"]] == [
        ("SO-2", None, 5.0)
    ]
    (production,) = found["tree"]["children"]
    assert (production["line"]["id"], production["share"]) == ("MO-1", 0.375)
    assert [child.get("absorbed", False) for child in found["tree"]["children"][0]["children"][0]["children"]] == [
        True,
        False,
    ]


def test_shortage_of_what_nobody_ordered_puts_nothing_at_risk(desk: Desk) -> None:
    load(desk, *pumps())
    take(desk, said("confirmation", "1", order_ref="PO-1", quantity=70.0))
    short = one(desk, "short_supply")
    assert short["value_at_risk"] == {"amount": 0.0, "currency": "EUR"}
    assert terms(desk, short["id"])["absorbed"] == (0.125, "what is missing serves no customer order")


def test_an_order_that_two_ways_lead_to_counts_once(desk: Desk) -> None:
    """Motors go into pumps and into spare kits that go into the same pumps."""
    load(
        desk,
        PlanRecord("bom", {"parent": "PUMP", "item": "MOTOR", "quantity": 1}, None),
        PlanRecord("bom", {"parent": "PUMP", "item": "KIT", "quantity": 1}, None),
        PlanRecord("bom", {"parent": "KIT", "item": "MOTOR", "quantity": 1}, None),
        line("purchase_order", "PO-1", 20.0, 5, item="MOTOR", value_minor=1_00, currency="EUR"),
        line("production_order", "MO-KIT", 10.0, 6, item="KIT"),
        line("production_order", "MO-PUMP", 10.0, 7, item="PUMP"),
        line("sales_order", "SO-1", 10.0, 8, item="PUMP", value_minor=5_000_00, currency="EUR"),
    )
    eta(desk, "PO-1", 20)
    late = one(desk, "late_supply")
    assert late["value_at_risk"] == {"amount": 5_000.0, "currency": "EUR"}
    found = desk.impact(late["id"])
    assert found is not None
    (hit,) = found["customers"]
    # The tighter way decides: 3 days from motor to customer, 12 of 15 days are felt.
    assert (hit["quantity"], hit["delay_days"]) == (10.0, 12.0)
    take(desk, said("confirmation", "1", order_ref="PO-1", quantity=10.0, recorded_at=NOW))
    assert one(desk, "short_supply")["value_at_risk"] == {"amount": 5_000.0, "currency": "EUR"}


def test_goods_that_are_late_and_in_part_missing_count_once_in_the_order_that_waits(desk: Desk) -> None:
    """The late part reaches the order over two production orders, the missing end of it over the second alone."""
    load(
        desk,
        PlanRecord("bom", {"parent": "PUMP", "item": "MOTOR", "quantity": 1, "lead_days": 0}, None),
        line("purchase_order", "PO-1", 100.0, 5, item="MOTOR", party="ACME", value_minor=4_000_00, currency="EUR"),
        line("production_order", "MO-1", 60.0, 7, item="PUMP"),
        line("production_order", "MO-2", 40.0, 8, item="PUMP"),
        line("purchase_order", "PO-9", 100.0, 6, item="PUMP"),
        line("sales_order", "SO-1", 200.0, 11, item="PUMP", party="HYDRA", value_minor=5_000_00, currency="EUR"),
    )
    eta(desk, "PO-1", 30)
    take(desk, said("confirmation", "PO-1/short", order_ref="PO-1", quantity=80.0))
    found = [desk.show(id_) for id_ in ("D1", "D2", "D3")]
    assert [(each["kind"], each["value_at_risk"]["amount"]) for each in found] == [
        ("late_supply", 2_500.0),
        ("late_demand", 2_500.0),
        ("short_supply", 500.0),
    ]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "no demand is pegged to it: the value of the line itself counts"),
        (
            [line("transfer_order", "TO-1", 30.0, 10, site="Y", origin="X")],
            "what it feeds is pegged to no customer order: the value of the line itself counts",
        ),
        (
            [line("sales_order", "SO-1", 30.0, 6)],
            "the customer orders that are hit state no value: the value of the line itself counts",
        ),
    ],
)
def test_an_approximation_says_that_it_is_one(desk: Desk, lines: list[PlanLine], why: str) -> None:
    load(desk, line("purchase_order", "PO-1", 80.0, 5, value_minor=4_000_00, currency="EUR"), *lines)
    eta(desk, "PO-1", 12)
    late = one(desk, "late_supply")
    assert late["value_at_risk"] == {"amount": 4_000.0, "currency": "EUR"}
    assert terms(desk, late["id"])["approximation"] == ("own value", why)


def test_values_come_in_the_currency_of_the_desk(desk: Desk) -> None:
    desk.configure({"currency": "EUR", "rates": {"USD": 0.9}})
    load(
        desk,
        PlanRecord("item", {"id": "A", "uom": "EA", "unit_value": 3.0, "currency": "USD", "units": "CASE=10"}, None),
        line("purchase_order", "PO-1", 100.0, 5),
        line("sales_order", "SO-1", 10.0, 6, value_minor=100_00, currency="USD"),
        line("sales_order", "SO-2", 10.0, 6, value_minor=1000, currency="JPY"),
        line("sales_order", "SO-3", 2.0, 6, uom="CASE"),
    )
    eta(desk, "PO-1", 12)
    told = terms(desk, one(desk, "late_supply")["id"])
    assert told["hit SO-1"][0] == 90_00
    assert "× 0.9 EUR per USD" in told["hit SO-1"][1]
    # Without a rate the same number of units stands, and says so.
    assert told["hit SO-2"][0] == 1000_00
    assert "no rate from JPY to EUR: the raw amount" in told["hit SO-2"][1]
    assert told["hit SO-3"][0] == 54_00
    assert told["value at risk"][0] == 90_00 + 1000_00 + 54_00


def test_a_change_of_the_plan_downstream_changes_what_is_at_risk(desk: Desk) -> None:
    load(desk, *pumps())
    eta(desk, "PO-1", 12)
    load(
        desk,
        line("sales_order", "SO-1", 10.0, 11, item="PUMP", site="Y", value_minor=9_000_00, currency="EUR"),
        line("sales_order", "SO-2", 20.0, 30, item="PUMP", site="Y", value_minor=8_000_00, currency="EUR"),
    )
    assert one(desk, "late_supply")["value_at_risk"] == {"amount": 9_000.0, "currency": "EUR"}
    # Enough pumps turn up at Y: nobody waits for the motors any more.
    take(desk, said("stock", "1", item="PUMP", site="Y", quantity=50.0, recorded_at=NOW))
    late = one(desk, "late_supply")
    assert late["value_at_risk"] == {"amount": 4_000.0, "currency": "EUR"}
    assert terms(desk, late["id"])["approximation"][1].startswith("what it feeds is pegged to no customer order")


def test_what_has_arrived_puts_nothing_further_at_risk(desk: Desk) -> None:
    load(desk, *pumps())
    eta(desk, "PO-1", 12)
    take(desk, said("receipt", "1", order_ref="PO-1", recorded_at=NOW, occurred_at=NOW))
    (arrived,) = desk.deviations(["kind=late_supply"], all=True).items
    assert desk.impact(arrived["id"]) is None
    assert desk.store.connection.execute("SELECT count(*) FROM hit").fetchone() == (0,)


def test_a_customer_is_reached_through_more_levels_than_a_tree_shows(desk: Desk) -> None:
    levels = range(1, 101)
    load(
        desk,
        *(PlanRecord("bom", {"parent": f"I{level}", "item": f"I{level - 1}", "quantity": 1}, None) for level in levels),
        line("purchase_order", "PO-1", 10.0, 1, item="I0"),
        *(line("production_order", f"MO-{level}", 10.0, 1 + level / 4, item=f"I{level}") for level in levels),
        line("sales_order", "SO-1", 10.0, 30, item="I100", value_minor=1_000, currency="EUR"),
    )
    eta(desk, "PO-1", 60)
    late = one(desk, "late_supply")
    assert late["value_at_risk"] == {"amount": 10.0, "currency": "EUR"}
    found = desk.impact(late["id"])
    assert found is not None
    assert [(each["line"]["id"], each["delay_days"]) for each in found["customers"]] == [("SO-1", 30.0)]
    assert found["left_out"] == 1
    way = terms(desk, late["id"])["slack"][1]
    assert "→ 81 further lines (gaps of 20.25 days) →" in way
    assert way.endswith("→ sales_order SO-1 (gap 4 days)")


def test_quantities_beyond_all_proportion_are_judged(desk: Desk) -> None:
    load(
        desk,
        line("purchase_order", "PO-1", 9e14, 5),
        line("sales_order", "SO-1", 8.9e14, 6),
        line("sales_order", "SO-2", 1e-3, 7),
    )
    take(desk, said("confirmation", "1", order_ref="PO-1", quantity=1.0))
    assert [item["kind"] for item in desk.deviations().items] == ["short_supply"]
    assert {item["subject"]["id"] for item in desk.deviations(all=True).items} == {"PO-1", "SO-1", "SO-2"}


def test_records_loaded_later_say_what_a_customer_order_is_worth_and_by_when_to_decide(desk: Desk) -> None:
    plan = pumps()
    load(desk, *(each._replace(value_minor=None) if isinstance(each, PlanLine) else each for each in plan))
    eta(desk, "PO-1", 12)
    late = one(desk, "late_supply")["id"]
    assert terms(desk, late)["approximation"][0] == "own value"
    customer = {item["subject"]["id"]: item for item in desk.deviations(["kind=late_demand"], all=True).items}["SO-1"]
    assert (customer["value_at_risk"], customer["decide_by"]) == (None, iso(NOW + 10 * DAY))
    load(desk, PlanRecord("item", {"id": "PUMP", "uom": "EA", "unit_value": 400, "currency": "EUR"}, None))
    load(desk, PlanRecord("lane", {"origin": "X", "destination": "Y", "duration_days": 3}, None))
    assert one(desk, "late_supply")["value_at_risk"] == {"amount": 12_000.0, "currency": "EUR"}
    customer = {item["subject"]["id"]: item for item in desk.deviations(["kind=late_demand"], all=True).items}["SO-1"]
    assert customer["value_at_risk"] == {"amount": 4_000.0, "currency": "EUR"}
    assert customer["decide_by"] == iso(NOW + 8 * DAY)


def test_a_hold_is_worth_what_waits_for_the_goods_and_makes_nobody_late(desk: Desk) -> None:
    load(desk, *pumps())
    take(desk, said("quality", "1", order_ref="PO-1", status="hold"))
    hold = one(desk, "quality")
    assert hold["value_at_risk"] == {"amount": 13_000.0, "currency": "EUR"}
    found = desk.impact(hold["id"])
    assert found is not None
    assert [each["line"]["id"] for each in found["customers"]] == ["SO-1", "SO-2"]
    assert [item["kind"] for item in desk.deviations(["state=open"]).items] == ["quality"]
