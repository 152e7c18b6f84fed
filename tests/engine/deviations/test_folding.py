"""Late customer orders, and one row in the queue for each root: PEERS 12, 13, 15 to 17 and the law that no fold is
round."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.desk import Desk
from engine.deviations.folding import LEVELS
from engine.values.clock import DAY, FixedClock, iso
from engine.vocabulary.lifecycle import QUEUE_STATES
from engine.vocabulary.model import PlanLine, PlanRecord
from tests.engine.desk_support import NOW, open_desk
from tests.engine.network_support import line, load, said, stock, take


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db")


def world(desk: Desk) -> None:
    """Two purchase orders of 50 for one customer order of 90, wanted the day after they come."""
    load(
        desk,
        line("purchase_order", "PO-1", 50.0, 5, value_minor=500_00, currency="EUR"),
        line("purchase_order", "PO-2", 50.0, 6, value_minor=500_00, currency="EUR"),
        line("sales_order", "SO-1", 90.0, 7, party="HYDRA", value_minor=9_000_00, currency="EUR"),
    )


def pumps(desk: Desk) -> None:
    """Half of what SO-1 wants is on hand; the other half is made of motors that are bought."""
    load(
        desk,
        PlanRecord("bom", {"parent": "A", "item": "MOTOR", "quantity": 1}, None),
        line("purchase_order", "PO-1", 10.0, 5, item="MOTOR"),
        line("production_order", "MO-1", 10.0, 8),
        line("sales_order", "SO-1", 20.0, 8, party="HYDRA", value_minor=2_000_00, currency="EUR"),
    )
    take(desk, stock("1", 10.0))


def eta(desk: Desk, ref: str, day: float, number: int = 0) -> None:
    at = NOW + number
    desk.clock = FixedClock(at)
    take(desk, said("eta", f"{ref}/{number}", order_ref=ref, eta=NOW + int(day * DAY), recorded_at=at))


def live(desk: Desk) -> list[dict[str, Any]]:
    """What is live, in the queue or not."""
    return [item for item in desk.deviations(limit=None, all=True).items if item["state"] in QUEUE_STATES]


def by_kind(desk: Desk) -> dict[str, dict[str, Any]]:
    """The live deviations by kind and subject."""
    return {f"{item['kind']} {item['subject']['id']}": item for item in live(desk)}


def queue(desk: Desk) -> list[str]:
    return [f"{item['kind']} {item['subject']['id']}" for item in desk.deviations(limit=None).items]


def test_a_customer_order_is_late_by_what_reaches_it_and_folds_under_it(desk: Desk) -> None:
    world(desk)
    eta(desk, "PO-1", 10)
    found = by_kind(desk)
    root, order = found["late_supply PO-1"], found["late_demand SO-1"]
    assert (order["party"], order["subject"]) == ("HYDRA", {"type": "sales_order", "id": "SO-1"})
    assert order["gap"] == {"days": 3.0, "quantity": -0.0, "uom": "EA"}
    assert order["observed"]["expected"] == iso(NOW + 10 * DAY)
    assert order["value_at_risk"] == {"amount": 5_000.0, "currency": "EUR"}
    assert (order["root"], root["root"]) == (root["id"], None)
    assert (root["consequences"], order["consequences"]) == ([order["id"]], [])
    assert order["suppressed_by"] == [root["id"]]
    # One row for each root: the order's lateness is inside it.
    assert queue(desk) == ["late_supply PO-1"]
    assert desk.header()["open"] == 1
    assert desk.header()["exposure"] == {"amount": 5_000.0, "currency": "EUR"}


def test_goods_that_go_through_two_late_lines_are_at_risk_once(desk: Desk) -> None:
    """The motors come 7 days late, the pumps they go into later still."""
    pumps(desk)
    eta(desk, "PO-1", 12, 1)
    assert desk.header()["exposure"] == {"amount": 1_000.0, "currency": "EUR"}
    eta(desk, "MO-1", 19, 2)
    assert {"late_supply PO-1", "late_supply MO-1"} <= set(queue(desk))
    assert [by_kind(desk)[f"late_supply {ref}"]["exposure"]["amount"] for ref in ("PO-1", "MO-1")] == [1_000.0, 1_000.0]
    assert desk.header()["exposure"] == {"amount": 1_000.0, "currency": "EUR"}


def test_a_late_order_is_worth_once_what_goes_through_two_late_lines(desk: Desk) -> None:
    pumps(desk)
    eta(desk, "PO-1", 12, 1)
    eta(desk, "MO-1", 19, 2)
    order = by_kind(desk)["late_demand SO-1"]
    assert order["value_at_risk"]["amount"] == 1_000.0
    assert str(order["gap"]["quantity"]) == "0.0", "no minus before what is not short"


def fewer(desk: Desk, ref: str, quantity: float) -> None:
    """A message that only so many of a line will come."""
    take(desk, said("confirmation", f"{ref} has {quantity}", order_ref=ref, quantity=quantity))


def test_shortages_of_two_lines_that_meet_on_their_way_add_up(desk: Desk) -> None:
    load(
        desk,
        line("purchase_order", "PO-1", 50.0, 5, site="Y"),
        line("purchase_order", "PO-2", 50.0, 5, site="Y"),
        line("transfer_order", "TO-1", 100.0, 8, origin="Y"),
        line("sales_order", "SO-1", 100.0, 9, value_minor=10_000_00, currency="EUR"),
    )
    fewer(desk, "PO-1", 20.0)
    fewer(desk, "PO-2", 25.0)
    assert sorted(queue(desk)) == ["short_supply PO-1", "short_supply PO-2"]
    assert desk.header()["exposure"] == {"amount": 5_500.0, "currency": "EUR"}
    order = by_kind(desk)["late_demand SO-1"]
    assert (order["gap"]["quantity"], order["value_at_risk"]["amount"]) == (-55.0, 5_500.0)


def test_what_a_line_lacks_is_not_missing_beside_what_its_supply_lacks(desk: Desk) -> None:
    load(
        desk,
        PlanRecord("bom", {"parent": "A", "item": "MOTOR", "quantity": 1}, None),
        line("purchase_order", "PO-1", 100.0, 5, item="MOTOR"),
        line("production_order", "MO-1", 100.0, 8),
        line("sales_order", "SO-1", 100.0, 9, value_minor=10_000_00, currency="EUR"),
    )
    fewer(desk, "PO-1", 70.0)
    fewer(desk, "MO-1", 60.0)
    assert sorted(queue(desk)) == ["short_supply MO-1", "short_supply PO-1"]
    assert desk.header()["exposure"] == {"amount": 4_000.0, "currency": "EUR"}
    order = by_kind(desk)["late_demand SO-1"]
    assert (order["gap"]["quantity"], order["value_at_risk"]["amount"]) == (-40.0, 4_000.0)


def test_of_two_components_that_are_short_the_scarcer_one_decides(desk: Desk) -> None:
    load(
        desk,
        PlanRecord("bom", {"parent": "A", "item": "MOTOR", "quantity": 1}, None),
        PlanRecord("bom", {"parent": "A", "item": "BOLT", "quantity": 4}, None),
        line("purchase_order", "PO-1", 100.0, 5, item="MOTOR"),
        line("purchase_order", "PO-2", 200.0, 5, item="BOLT"),
        line("purchase_order", "PO-3", 200.0, 6, item="BOLT"),
        line("production_order", "MO-1", 100.0, 8),
        line("sales_order", "SO-1", 100.0, 9, value_minor=10_000_00, currency="EUR"),
    )
    fewer(desk, "PO-1", 75.0)
    fewer(desk, "PO-2", 160.0)
    fewer(desk, "PO-3", 120.0)
    assert desk.header()["exposure"] == {"amount": 3_000.0, "currency": "EUR"}
    order = by_kind(desk)["late_demand SO-1"]
    assert (order["gap"]["quantity"], order["value_at_risk"]["amount"]) == (-30.0, 3_000.0)


def test_it_is_late_no_more_when_nothing_reaches_it(desk: Desk) -> None:
    world(desk)
    eta(desk, "PO-1", 10)
    eta(desk, "PO-1", 6.5, 1)
    # Late still, and taken up by the two days that it was to lie there.
    assert by_kind(desk)["late_supply PO-1"]["value_at_risk"] == {"amount": 0.0, "currency": "EUR"}
    assert {item["kind"]: item["state"] for item in desk.deviations(all=True).items} == {
        "late_supply": "open", "late_demand": "recovered"
    }  # fmt: skip


def test_17_of_two_roots_each_folds_as_long_as_it_lives(desk: Desk) -> None:
    world(desk)
    eta(desk, "PO-1", 12)
    eta(desk, "PO-2", 10, 1)
    first, second, order = (
        by_kind(desk)[name] for name in ("late_supply PO-1", "late_supply PO-2", "late_demand SO-1")
    )
    assert order["suppressed_by"] == [first["id"], second["id"]]
    assert order["root"] == first["id"]  # 50 of 90 against 40 of 90
    # What is at risk of one order is at risk once.
    assert desk.header()["exposure"] == {"amount": 9_000.0, "currency": "EUR"}
    desk.dismiss([first["id"]], reason="agreed")
    assert queue(desk) == ["late_supply PO-2"]
    assert by_kind(desk)["late_demand SO-1"]["root"] == second["id"]
    desk.dismiss([second["id"]], reason="agreed")
    # Nothing live stands over it: it surfaces at once, before anything is judged.
    assert queue(desk) == ["late_demand SO-1"]
    desk.tick()
    assert queue(desk) == []


def test_12_and_13_a_root_that_comes_later_hides_at_once_and_that_ends_shows_at_once(desk: Desk) -> None:
    world(desk)
    take(desk, stock("1", -100.0))
    assert queue(desk) == ["stockout A@X"]  # for want of everything, not because of anything late
    take(desk, said("stock", "2", item="A", site="X", quantity=0.0, recorded_at=NOW + 1, occurred_at=NOW))
    desk.clock = FixedClock(NOW + 1)
    desk.tick()
    assert queue(desk) == []
    eta(desk, "PO-2", 12, 2)
    found = by_kind(desk)
    assert found.keys() == {"late_supply PO-2", "late_demand SO-1", "stockout A@X"}
    assert queue(desk) == ["late_supply PO-2"]
    root = found["late_supply PO-2"]
    assert sorted(root["consequences"]) == sorted(found[name]["id"] for name in ("late_demand SO-1", "stockout A@X"))
    desk.resolve([root["id"]], reason="they fly it in")
    assert queue(desk) == ["late_demand SO-1", "stockout A@X"] or queue(desk) == ["stockout A@X", "late_demand SO-1"]
    eta(desk, "PO-2", 6, 3)
    assert queue(desk) == []


def test_a_window_that_is_there_in_any_case_folds_under_nothing(desk: Desk) -> None:
    load(desk, line("purchase_order", "PO-1", 50.0, 5), line("sales_order", "SO-1", 90.0, 7))
    take(desk, stock("1", 0.0))
    eta(desk, "PO-1", 12)
    assert set(queue(desk)) == {"stockout A@X", "late_supply PO-1"}
    assert by_kind(desk)["stockout A@X"]["root"] is None


def test_overdue_folds_under_what_was_announced_and_so_do_its_windows(desk: Desk) -> None:
    target = line("target", "", 5.0, 0)._replace(planned_at=None)
    load(desk, line("purchase_order", "PO-1", 50.0, 1), line("sales_order", "SO-1", 40.0, 1), target)
    take(desk, stock("1", 6.0))
    eta(desk, "PO-1", 9)
    desk.clock = FixedClock(NOW + 4 * DAY)
    desk.tick()
    found = by_kind(desk)
    assert queue(desk) == ["late_supply PO-1"]
    root = found["late_supply PO-1"]
    assert found["overdue PO-1"]["root"] == found["below_target A@X"]["root"] == root["id"]
    assert len(root["consequences"]) == 4


def test_stock_that_the_plan_lets_under_its_target_by_what_passes_still_folds_under_what_is_late(desk: Desk) -> None:
    """On hand 6, and 38 come for 40 that go: the plan itself is 1 under the target of 5, of which 2 pass."""
    desk.configure({"tolerance": {"below_target": {"percent": 40}}})
    target = line("target", "", 5.0, 0)._replace(planned_at=None)
    load(desk, line("purchase_order", "PO-1", 38.0, 1), line("sales_order", "SO-1", 40.0, 1), target)
    take(desk, stock("1", 6.0))
    assert queue(desk) == []
    eta(desk, "PO-1", 9)
    found = by_kind(desk)
    assert found["below_target A@X"]["root"] == found["late_supply PO-1"]["id"]
    assert queue(desk) == ["late_supply PO-1"]


def test_15_nothing_folds_under_itself_and_16_lines_without_a_common_subject_do_not_meet(desk: Desk) -> None:
    """A line of one reference and another kind, without item or site, is another line."""
    load(
        desk,
        line("purchase_order", "4711", 50.0, 5)._replace(item=None, site=None),
        line("transfer_order", "4711", 50.0, 1)._replace(item=None, site=None, origin=None),
    )
    take(desk, said("eta", "1", order_ref="4711", order_kind="purchase_order", eta=NOW + 9 * DAY))
    desk.clock = FixedClock(NOW + 4 * DAY)
    desk.tick()
    assert sorted(queue(desk)) == ["late_supply 4711", "overdue 4711"]


def test_short_supply_reaches_a_customer_order_too(desk: Desk) -> None:
    world(desk)
    take(desk, said("confirmation", "1", order_ref="PO-2", quantity=20.0))
    order = by_kind(desk)["late_demand SO-1"]
    # 30 of 50 missing, of which nobody wants 10.
    assert order["gap"] == {"days": 0.0, "quantity": -20.0, "uom": "EA"}
    assert order["summary"] == "20 of 90 EA short"
    assert order["value_at_risk"] == {"amount": 2_000.0, "currency": "EUR"}
    assert order["severity"] == "high"  # 20 of 90 of 14 days
    eta(desk, "PO-1", 9, 1)
    assert by_kind(desk)["late_demand SO-1"]["summary"] == "2 days late and 20 of 90 EA short"


def test_an_order_that_the_plan_has_no_more_is_late_no_more(desk: Desk) -> None:
    world(desk)
    eta(desk, "PO-1", 10)
    load(desk, line("sales_order", "SO-9", 1.0, 7))
    assert by_kind(desk).keys() == {"late_supply PO-1", "late_demand SO-9"}


def test_what_a_person_takes_back_folds_again(desk: Desk) -> None:
    world(desk)
    eta(desk, "PO-1", 10)
    outcome = desk.dismiss([by_kind(desk)["late_supply PO-1"]["id"]], reason="no matter")
    desk.tick()
    assert queue(desk) == []
    desk.undo(outcome.txn)
    desk.tick()
    assert queue(desk) == ["late_supply PO-1"]
    assert "late_demand SO-1" in by_kind(desk)


def made(desk: Desk) -> None:
    """Motors, due on day 5 and needed on day 7, go into 10 pumps that are ready on day 8 and wanted on day 9."""
    load(
        desk,
        PlanRecord("bom", {"parent": "PUMP", "item": "MOTOR", "quantity": 1, "lead_days": 1}, None),
        line("purchase_order", "PO-1", 10.0, 5, item="MOTOR", value_minor=100_00, currency="EUR"),
        line("production_order", "MO-1", 10.0, 8, item="PUMP", value_minor=300_00, currency="EUR"),
        line("sales_order", "SO-1", 10.0, 9, item="PUMP", value_minor=900_00, currency="EUR"),
    )


@pytest.mark.parametrize("first", ["PO-1", "MO-1"])
def test_a_production_order_is_inside_the_row_of_its_late_component(desk: Desk, first: str) -> None:
    """Seven days late less two of slack are five: all of the four that the production order is announced late."""
    made(desk)
    coming = {"PO-1": 12, "MO-1": 12}
    for number, ref in enumerate(sorted(coming, key=lambda ref: ref != first)):
        eta(desk, ref, coming[ref], number)
    found = by_kind(desk)
    root, order = found["late_supply PO-1"], found["late_supply MO-1"]
    assert queue(desk) == ["late_supply PO-1"]
    assert order["root"] == root["id"]
    (said_of,) = desk.show(order["id"])["follows_from"]
    assert said_of["because"] == "as late as late_supply of purchase_order PO-1 makes it"
    eta(desk, "PO-1", 8, 7)
    assert set(queue(desk)) == {"late_supply PO-1", "late_supply MO-1"}, "three days less two explain one of four"
    eta(desk, "PO-1", 12, 8)
    assert queue(desk) == ["late_supply PO-1"]
    desk.dismiss([root["id"]], reason="no matter")
    assert queue(desk) == ["late_supply MO-1"]


def test_a_production_order_that_is_later_than_its_component_makes_it_stands_for_itself(desk: Desk) -> None:
    made(desk)
    eta(desk, "PO-1", 12)
    eta(desk, "MO-1", 14, 1)
    assert set(queue(desk)) == {"late_supply PO-1", "late_supply MO-1"}


def test_what_the_plan_feeds_with_something_else_follows_from_the_first_no_more(desk: Desk) -> None:
    made(desk)
    eta(desk, "PO-1", 12)
    eta(desk, "MO-1", 12, 1)
    assert queue(desk) == ["late_supply PO-1"]
    load(desk, PlanRecord("bom", {"parent": "PUMP", "item": "VALVE", "quantity": 1, "lead_days": 1}, None))
    desk.tick()
    assert set(queue(desk)) == {"late_supply PO-1", "late_supply MO-1"}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("eta"), st.sampled_from(["P1", "P2", "T1", "M1"]), st.integers(0, 14)),
        st.tuples(st.just("promise"), st.sampled_from(["P1", "P2", "T1", "M1"]), st.integers(0, 9)),
        st.tuples(st.just("receipt"), st.sampled_from(["P1", "P2", "T1", "M1"]), st.integers(1, 9)),
        st.tuples(st.just("stock"), st.sampled_from(["A@X", "A@Y", "B@X"]), st.integers(-4, 12)),
        st.tuples(st.just("dismiss"), st.just(""), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 3)),
    ),
    min_size=2,
    max_size=12,
)


def network() -> list[PlanLine | PlanRecord]:
    """Parts A at X go by transfer to Y, and into B at X; both are sold."""
    return [
        PlanRecord("bom", {"parent": "B", "item": "A", "quantity": 2}, None),
        line("purchase_order", "P1", 9.0, 2, value_minor=90_00, currency="EUR"),
        line("purchase_order", "P2", 9.0, 4),
        line("transfer_order", "T1", 6.0, 5, site="Y", origin="X"),
        line("production_order", "M1", 4.0, 5, item="B"),
        line("sales_order", "S1", 5.0, 6, site="Y", value_minor=500_00, currency="EUR"),
        line("sales_order", "S2", 4.0, 7, item="B", value_minor=800_00, currency="EUR"),
        line("target", "", 3.0, 0, site="Y")._replace(planned_at=None),
    ]


def carry_out(desk: Desk, number: int, step: str, about: str, size: int) -> None:
    """One of STEPS, a microsecond after what came before."""
    at = desk.clock.now() + 1
    desk.clock = FixedClock(at)
    when = {"recorded_at": at, "occurred_at": at}
    if step == "eta":
        take(desk, said("eta", str(number), order_ref=about, eta=NOW + size * DAY, **when))
    elif step == "promise":
        take(desk, said("confirmation", str(number), order_ref=about, quantity=float(size), **when))
    elif step == "receipt":
        take(desk, said("receipt", str(number), order_ref=about, quantity=float(size), **when))
    elif step == "stock":
        item, _, site = about.partition("@")
        take(desk, said("stock", str(number), item=item, site=site, quantity=float(size), **when))
    elif step == "dismiss":
        shown = desk.deviations(limit=None).items
        if shown:
            desk.dismiss([shown[size % len(shown)]["id"]], reason="no matter")
        desk.tick()
    else:
        desk.clock = FixedClock(at + size * DAY)
        desk.tick()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
@example([("stock", "A@X", 0), ("eta", "P1", 9), ("eta", "P2", 12), ("dismiss", "", 0), ("wait", "", 2)])
def test_folds_never_go_round_and_every_root_is_seen(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    desk = open_desk(tmp_path_factory.mktemp("fold") / "desk.db")
    try:
        load(desk, *network())
        for number, step in enumerate(steps, 1):
            carry_out(desk, number, *step)
        connection = desk.store.connection
        kinds = dict(connection.execute("SELECT id, kind FROM deviation").fetchall())
        due = dict(
            connection.execute(
                "SELECT deviation.id, planned_at FROM deviation JOIN plan_line ON ref = subject_id AND plan_line.kind = subject_type"
            ).fetchall()
        )
        for consequence, root in connection.execute("SELECT deviation_id, root_id FROM cause"):
            assert LEVELS[kinds[root]] < LEVELS[kinds[consequence]] or due[root] < due[consequence]
        found = {item["id"]: item for item in live(desk)}
        shown = {item["id"] for item in desk.deviations(limit=None).items}
        for id_, item in found.items():
            # Whatever is not in the queue lies under something that is.
            assert (id_ in shown) == (item["root"] is None)
            if item["root"] is not None:
                assert item["root"] in shown
                assert id_ in found[item["root"]]["consequences"]
            if item["kind"] == "late_demand":
                assert item["root"] is not None or item["state"] != "open", "a late order has a live cause"
    finally:
        desk.store.close()
