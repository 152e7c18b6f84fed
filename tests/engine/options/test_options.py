"""Options of a decision on an overlay of the live plan, through the Desk: what each comes to, and choosing one."""

from __future__ import annotations

from pathlib import Path

from engine.values.clock import DAY, iso
from engine.vocabulary.model import PlanRecord
from tests.engine.decision_support import AIR, OneDecision, compared, direct, euros, late_motors, respond, terms
from tests.engine.desk_support import NOW, open_desk
from tests.engine.deviations.test_value_at_risk import pumps
from tests.engine.network_support import line, load, said, take


def test_doing_nothing_is_first_and_comes_to_what_the_deviation_puts_at_risk(tmp_path: Path) -> None:
    desk, action = late_motors(tmp_path / "desk.db", AIR)
    found = compared(desk, action)
    assert list(found) == ["nothing", "air"]
    nothing = found["nothing"]
    (impact,) = (desk.impact(each["id"]) for each in desk.deviations(["kind=late_supply"]).items)
    assert impact is not None
    assert nothing["value_late"] == impact["value_at_risk"] == euros(13_000.0)
    assert (nothing["orders_late"], nothing["cost"], nothing["co2_kg"]) == (2, euros(0.0), 0.0)
    assert "SO-1: 10 of 10 3 days late, 5,000 EUR; SO-2: 20 of 20 1 days late, 8,000 EUR" in terms(nothing)["late"][1]


def test_an_option_costs_what_its_formula_says_and_emits_what_its_legs_do(tmp_path: Path) -> None:
    """80 motors of 25 kg are 2 t, over 8,000 km in the belly of a long-haul flight: 9,728 kg (FIELD 8)."""
    desk, action = late_motors(tmp_path / "desk.db", AIR)
    air = compared(desk, action)["air"]
    assert (air["cost"], air["co2_kg"], air["quantity"]) == (euros(660.0), 9728.0, 80.0)
    told = terms(air)
    assert told["cost"][1] == "500 + 2 * quantity(80) = 660 EUR"
    assert told["co2"][1].startswith(
        "8,000 km × 2 t × 608 g/tkm ÷ 1000 (air_belly_long; distance: as the option says; well-to-wake: third-party copy of GLEC"
    )
    # Three days late instead of seven, and four are slack.
    assert (air["orders_late"], air["orders_kept"], air["value_late"]) == (0, 2, euros(0.0))
    assert (air["arrives_at"], air["risk_value"]) == (iso(NOW + 8 * DAY), euros(1_300.0))
    assert air["score"] == round(660 + 0 + 0.1 * 9728 + 1_300, 2)
    assert told["score"][1] == "1 × cost 660 EUR + 1 × service 0 EUR + 0.1 × co2 9,728 kg + 1 × risk 1,300 EUR"


def test_a_leg_that_is_saved_counts_against_the_one_that_is_flown(tmp_path: Path) -> None:
    """2 t over 19,000 km by ship: 309.7 kg (FIELD 8)."""
    swap = {**AIR, "instead_of": ({"mode": "sea_container", "km": 19_000},)}
    desk, action = late_motors(tmp_path / "desk.db", swap)
    assert compared(desk, action)["air"]["co2_kg"] == 9728.0 - 309.7


def test_a_part_that_comes_sooner_serves_who_needs_it_first(tmp_path: Path) -> None:
    """What TO-1 and its customers need: 30 pumps as one, so 60 motors; a production order waits for all of them."""
    split = {"id": "part", "title": "Part", "kind": "split", "days": 5}
    desk, action = late_motors(tmp_path / "desk.db", split)
    part = compared(desk, action)["part"]
    # MO-1 is one line and starts when all its motors are there: a part of them helps nobody, so all are needed.
    assert (part["quantity"], part["value_late"]) == (80.0, euros(0.0))
    half = {**split, "quantity": 40}
    desk, action = late_motors(tmp_path / "half.db", half)
    assert compared(desk, action)["part"]["value_late"] == euros(13_000.0)


def test_other_supply_serves_what_is_needed_first_and_no_more(tmp_path: Path) -> None:
    broker = {
        "id": "broker",
        "title": "Broker",
        "kind": "alternate",
        "days": 6,
        "party": "BETA",
        "cost": "30 * quantity",
    }
    desk, action = direct(tmp_path / "desk.db", broker)
    found = compared(desk, action)
    # Ten days: SO-1 waits four days, SO-2 two; SO-3 does not mind.
    assert (found["nothing"]["orders_late"], found["nothing"]["value_late"]) == (2, euros(13_000.0))
    assert (found["broker"]["quantity"], found["broker"]["cost"], found["broker"]["value_late"]) == (
        70.0,
        euros(2_100.0),
        euros(0.0),
    )
    assert found["broker"]["co2_kg"] is None, "nobody says how it comes"
    assert found["broker"]["latest_start"] == iso(NOW + 0 * DAY)
    assert terms(found["broker"])["latest start"] == (iso(NOW), "need time − 6 days; begun later it comes too late")
    seven = {**broker, "days": 7}
    desk, action = direct(tmp_path / "seven.db", seven)
    late = compared(desk, action)["broker"]
    assert (late["orders_late"], late["orders_kept"], late["value_late"]) == (1, 1, euros(4_000.0))
    assert "SO-1: 40 of 40 1 days late" in terms(late)["late"][1]


def test_another_site_sends_what_is_free_there(tmp_path: Path) -> None:
    """Z has 60, of which its own customer waits for 10; 50 of the 70 that are needed can come, over a quarter of the
    globe."""
    transfer = {
        "id": "move",
        "title": "Move",
        "kind": "transfer",
        "days": 1,
        "site": "Z",
        "legs": ({"mode": "air_freighter"},),
    }
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([transfer]))
    load(
        desk,
        line("purchase_order", "PO-1", 100.0, 5, party="ACME"),
        line("sales_order", "SO-1", 40.0, 6, value_minor=4_000_00, currency="EUR"),
        line("sales_order", "SO-2", 30.0, 8, value_minor=9_000_00, currency="EUR"),
        line("sales_order", "SO-9", 10.0, 8, site="Z", value_minor=9_000_00, currency="EUR"),
        PlanRecord("site", {"id": "X", "latitude": 0, "longitude": 0}, None),
        PlanRecord("site", {"id": "Z", "latitude": 0, "longitude": 90}, None),
        PlanRecord("item", {"id": "A", "uom": "EA", "weight_kg": 2}, None),
    )
    take(desk, said("stock", "z", item="A", site="Z", quantity=60.0))
    take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + 10 * DAY))
    move = compared(desk, respond(desk, "late_supply"))["move"]
    # 40 for SO-1, and 10 of the 30 of SO-2.
    assert (move["quantity"], move["value_late"]) == (50.0, euros(6_000.0))
    assert "50 are free there" in terms(move)["what it does"][1]
    assert "10,007.6 km × 0.1 t × 789 g/tkm" in terms(move)["co2"][1]


def test_a_leg_without_its_length_is_measured_from_where_the_supplier_is(tmp_path: Path) -> None:
    """The supplier and the plant lie a quarter of the globe apart; a broker elsewhere a ninth part of that."""
    fly = {key: value for key, value in AIR.items() if key != "legs"} | {"legs": ({"mode": "air_freighter"},)}
    broker = {
        "id": "broker", "title": "Broker", "kind": "alternate", "days": 6, "legs": ({"mode": "air_freighter"},),
        "kg_per_unit": 25,
    }  # fmt: skip
    desk, action = late_motors(tmp_path / "desk.db", fly, {**broker, "party": "BETA"}, {**broker, "id": "whoever"})
    lacking = "the distance of air_freighter is not known: the plan has no coordinates of party ACME and site X"
    assert terms(compared(desk, action)["air"])["co2"] == (
        None, f"{lacking}; give each leg its km, or both ends of it their coordinates"
    )  # fmt: skip
    load(
        desk,
        PlanRecord("site", {"id": "X", "latitude": 0, "longitude": 0}, None),
        PlanRecord("party", {"id": "ACME", "latitude": 0, "longitude": 90}, None),
        PlanRecord("party", {"id": "BETA", "latitude": 0, "longitude": 10}, None),
    )
    found = compared(desk, action)
    assert terms(found["air"])["co2"][1].startswith(
        "10,007.6 km × 2 t × 789 g/tkm ÷ 1000 (air_freighter; distance: great circle from ACME to X; well-to-wake: third-party"
    )
    assert found["air"]["co2_kg"] == round(10_007.6 * 2 * 789 / 1000, 3)
    assert "distance: great circle from BETA to X" in terms(found["broker"])["co2"][1]
    assert found["whoever"]["co2_kg"] is None
    assert "nothing says from where to where" in terms(found["whoever"])["co2"][1]


def test_what_does_not_come_can_be_bought_elsewhere(tmp_path: Path) -> None:
    broker = {"id": "broker", "title": "Broker", "kind": "alternate", "days": 8, "quantity": 20}
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([broker]))
    load(
        desk,
        line("purchase_order", "PO-1", 100.0, 5, party="ACME"),
        line("sales_order", "SO-1", 70.0, 6, value_minor=7_000_00, currency="EUR"),
        line("sales_order", "SO-2", 30.0, 8, value_minor=9_000_00, currency="EUR"),
    )
    take(desk, said("confirmation", "PO-1/1", order_ref="PO-1", eta=NOW + 5 * DAY, quantity=60.0))
    found = compared(desk, respond(desk, "short_supply"))
    # 40 are missing: 10 of SO-1 and all of SO-2. Bought are 20 for day 8: ten too late for SO-1, ten for SO-2 in time.
    assert found["nothing"]["value_late"] == euros(10_000.0)
    assert found["broker"]["value_late"] == euros(1_000.0 + 6_000.0)


def test_a_production_order_that_runs_later_waits_for_its_parts(tmp_path: Path) -> None:
    options = [
        {"id": "others-first", "title": "Run others first", "kind": "resequence", "days": 2, "cost": "300"},
        {"id": "new-date", "title": "New date", "kind": "repromise", "keeps": 0.75, "cost": "100 * orders"},
    ]
    desk, action = late_motors(tmp_path / "desk.db", *options)
    found = compared(desk, action)
    # SO-1 was 3 days late, SO-2 one.
    assert (found["others-first"]["orders_late"], found["others-first"]["value_late"]) == (1, euros(5_000.0))
    assert (found["new-date"]["orders_late"], found["new-date"]["value_late"], found["new-date"]["cost"]) == (
        2, euros(3_250.0), euros(200.0)
    )  # fmt: skip


def test_what_is_not_known_is_said_and_not_guessed(tmp_path: Path) -> None:
    truck = {
        "id": "truck",
        "title": "Truck",
        "kind": "expedite",
        "days": 4,
        "cost": "2 * kg",
        "legs": ({"mode": "road", "km": 10},),
    }
    desk, action = late_motors(tmp_path / "desk.db", truck)
    option = compared(desk, action)["truck"]
    assert (option["cost"], option["co2_kg"]) == (None, None)
    (document,) = desk.options(action)
    assert (option["score"], document["winner"]) == (None, "nothing"), "what costs nobody knows how much cannot win"
    assert terms(option)["cost"][1] == "2 * kg: kg not known; give the option kg_per_unit, or the item weight_kg"
    assert "the weight is not known" in terms(option)["co2"][1]
    weighed = {**truck, "kg_per_unit": 10}
    desk, action = late_motors(tmp_path / "weighed.db", weighed)
    assert "no factor for road; add road to [emissions]" in terms(compared(desk, action)["truck"])["co2"][1]
    desk.configure({"emissions": {"road": {"grams_per_tkm": 60, "source": "our carrier"}}})
    road = compared(desk, action)["truck"]
    assert road["co2_kg"] == 0.48
    assert road["score"] is not None, "with its weight the cost is known too"
    assert (
        terms(road)["co2"][1]
        == "10 km × 0.8 t × 60 g/tkm ÷ 1000 (road; distance: as the option says; well-to-wake: setting emissions: our carrier)"
    )


def test_an_order_that_is_late_can_be_served_from_elsewhere(tmp_path: Path) -> None:
    broker = {"id": "broker", "title": "Broker", "kind": "alternate", "days": 5}
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([broker]))
    load(desk, *pumps())
    take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + 12 * DAY))
    (order,) = (each["id"] for each in desk.deviations(["kind=late_demand", "party=HYDRA"], all=True).items)
    desk.respond([order])
    (action,) = (each["id"] for each in desk.actions().items if each["kind"] == "decision")
    found = compared(desk, action)
    assert (found["nothing"]["orders_late"], found["nothing"]["value_late"]) == (1, euros(5_000.0))
    assert (found["broker"]["quantity"], found["broker"]["value_late"]) == (10.0, euros(0.0))


def test_stock_that_runs_out_is_covered_by_what_comes_in_time(tmp_path: Path) -> None:
    broker = {"id": "broker", "title": "Broker", "kind": "alternate", "days": 3, "quantity": 15}
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([broker]))
    load(
        desk,
        line("sales_order", "SO-1", 20.0, 2, value_minor=2_000_00, currency="EUR"),
        line("sales_order", "SO-2", 20.0, 4, value_minor=6_000_00, currency="EUR"),
    )
    take(desk, said("stock", "x", item="A", site="X", quantity=25.0))
    found = compared(desk, respond(desk, "stockout"))
    assert (found["nothing"]["orders_late"], found["nothing"]["value_late"]) == (1, euros(4_500.0))
    assert found["broker"]["value_late"] == euros(0.0)


def test_without_customer_orders_the_deviations_own_value_counts(tmp_path: Path) -> None:
    air = {"id": "air", "title": "Air", "kind": "expedite", "days": 7, "cost": "100"}
    share = {"id": "share", "title": "Share", "kind": "reallocate"}
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([share, air]))
    load(desk, line("purchase_order", "PO-1", 80.0, 5, value_minor=4_000_00, currency="EUR"))
    take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + 12 * DAY))
    action = respond(desk, "late_supply")
    (document,) = desk.options(action)
    assert document["about"].endswith("no customer order says what it is worth, so its own value counts")
    found = compared(desk, action)
    assert (found["nothing"]["orders_late"], found["nothing"]["value_late"]) == (None, euros(4_000.0))
    assert (found["air"]["value_late"], document["winner"]) == (euros(0.0), "air")
    assert found["share"]["value_late"] == euros(4_000.0), (
        "where no order has a value, none can be served before another"
    )
    assert terms(found["share"])["what it does"][1].endswith("no customer order says what it is worth")


def test_check_names_modes_without_a_factor(tmp_path: Path) -> None:
    truck = {"id": "truck", "title": "Truck", "kind": "expedite", "days": 4, "legs": ({"mode": "road", "km": 10},)}
    desk, action = late_motors(tmp_path / "desk.db", truck, AIR)

    def found() -> list[tuple[str, str]]:
        return [(each["fault"], each["mend"]) for each in desk.check() if each["place"].startswith("mode ")]

    assert found() == [
        (
            "it has no factor of CO2e, so what it emits is not known in A1",
            "add road to [emissions] of offplan.toml, with its grams_per_tkm and source",
        )
    ]
    desk.configure({"emissions": {"road": {"grams_per_tkm": 60, "source": "our carrier"}}})
    assert found() == []
    desk.configure({})
    desk.decide([action], option="air", reason="fast")
    assert found() == []


def test_a_price_can_go_by_the_value_of_the_goods(tmp_path: Path) -> None:
    broker = {"id": "broker", "title": "Broker", "kind": "alternate", "days": 4, "cost": "0.1 * value"}
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([broker]))
    desk.configure({"rates": {"USD": 0.5}})
    load(
        desk,
        line("purchase_order", "PO-1", 100.0, 5, party="ACME"),
        line("sales_order", "SO-1", 40.0, 6, value_minor=4_000_00, currency="EUR"),
        PlanRecord("item", {"id": "A", "uom": "EA", "unit_value": 30, "currency": "USD"}, None),
    )
    take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + 10 * DAY))
    found = compared(desk, respond(desk, "late_supply"))["broker"]
    assert found["cost"] == euros(60.0)
    assert terms(found)["cost"][1] == "0.1 * value(600 EUR) = 60 EUR"
