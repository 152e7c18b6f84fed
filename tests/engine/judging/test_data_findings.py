"""Findings on the data: each bad input end to end, said with place, mend and examples, and nothing stopped by it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.desk import Desk
from engine.detect import late_supply
from engine.facts.subjects import LineFacts
from engine.intake.ingest import SourceBatch
from engine.validation import plan_checks
from engine.values.clock import DAY, HOUR, FixedClock
from engine.values.errors import BadInput
from engine.vocabulary.model import Finding, PlanLine, PlanRecord, SignalIn
from engine.vocabulary.tolerance import Tolerance
from tests.engine.desk_support import NOW, eta, line, open_desk, take


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "desk.db", clock=clock)
    yield desk
    desk.store.close()


def load(desk: Desk, *lines: PlanLine, scope: str = "test") -> Any:
    return desk.load(lines, kind=lines[0].kind, scope=scope, file=f"{scope}.csv")


def records(desk: Desk, kind: str, *data: dict[str, Any]) -> None:
    desk.load([PlanRecord(kind, each, None) for each in data], kind=kind, scope=kind, file=f"{kind}.csv")


def said(kind: str, source_id: str, **fields: Any) -> SignalIn:
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    return SignalIn(**{**values, "source_id": source_id, "kind": kind, "payload": "{}", "detail": "", **fields})


def part(pair: str) -> dict[str, Any]:
    """A line of a bill of material: its parent and its item as two letters."""
    return {"parent": pair[0], "item": pair[1], "quantity": 1}


def found(desk: Desk) -> dict[str, dict[str, Any]]:
    """Findings on the data by place; each has a mend, and its examples are some of what it counts."""
    items = [item for item in desk.check() if "examples" in item]
    assert all(item["mend"] and 0 < len(item["examples"]) <= min(5, item["count"]) for item in items)
    return {item["place"]: item for item in items}


def words(desk: Desk, place: str) -> tuple[str, Sequence[str], str]:
    item = found(desk)[place]
    return item["fault"], item["examples"], item["severity"]


def test_a_sound_plan_and_sound_signals_have_no_findings(desk: Desk) -> None:
    load(desk, line("A"), line("B"))
    records(desk, "item", {"id": "SKU-1", "uom": "EA"})
    records(desk, "bom", {"parent": "P", "item": "SKU-1", "quantity": 2})
    records(desk, "lane", {"origin": "X", "destination": "RTM", "duration_days": 2})
    take(desk, eta("A", NOW + 10 * DAY))
    assert found(desk) == {}
    assert desk.header()["findings"] == 0


def test_circles_in_a_bill_of_material_are_named_with_their_way(desk: Desk) -> None:
    pairs = ["AB", "BC", "CA", "CD", "EE", "DF"]
    records(desk, "bom", *(part(pair) for pair in pairs))
    fault, examples, severity = words(desk, "bom")
    assert fault == "2 circles in the bill of material, through which no demand can be followed"
    assert (examples, severity) == (["A > B > C > A", "E > E"], "warning")
    assert desk.header()["findings"] == 1
    records(desk, "bom", *(part(pair) for pair in ["AB", "BC", "CD", "DF"]))
    assert found(desk) == {}, "the next load mends it"


edges = st.dictionaries(st.sampled_from("ABCDEF"), st.lists(st.sampled_from("ABCDEF"), max_size=4, unique=True))


@given(edges)
def test_a_graph_has_a_named_circle_just_where_it_has_one(graph: Mapping[str, list[str]]) -> None:
    named = list(plan_checks.cycles(graph))
    for way in named:
        assert way[0] == way[-1]
        assert all(after in graph[before] for before, after in itertools.pairwise(way))
    reached = {node: set(following) for node, following in graph.items()}
    for _ in range(6):
        for following in reached.values():
            following.update(*(reached.get(node, ()) for node in set(following)))
    assert bool(named) == any(node in following for node, following in reached.items())


def test_lanes_without_a_time_are_named(desk: Desk) -> None:
    records(
        desk, "lane", {"origin": "X", "destination": "RTM", "duration_days": 0}, {"destination": "LYS"},
        {"origin": "X", "destination": "GDN", "duration_days": 1}, {"origin": "Y", "destination": "Y"},
    )  # fmt: skip
    fault, examples, _ = words(desk, "lane")
    assert fault.startswith("2 lanes without a duration")
    assert examples == [">LYS", "X>RTM"]


def test_orders_without_value_currency_or_rate_are_named_and_judged_all_the_same(desk: Desk) -> None:
    load(
        desk, line("V")._replace(value_minor=None), line("C")._replace(currency=None), line("R")._replace(currency="USD"),
        *(line(f"X{number}")._replace(currency="SEK") for number in range(7)), line("D")._replace(planned_at=None),
        line("Q")._replace(quantity=-5.0), line("ok"), line("closed")._replace(value_minor=None, status="closed"),
    )  # fmt: skip
    load(desk, line("S")._replace(kind="sales_order", planned_at=None), scope="sales")
    items = {
        (item["place"], re.split(", (?:and so|so nothing)", item["fault"])[0]): item
        for item in desk.check()
        if "examples" in item
    }
    assert {key: item["severity"] for key, item in items.items()} == {
        ("purchase_order", "1 open line without a value"): "note",
        ("purchase_order", "1 open line with a value without a currency, which is taken for the desk's"): "warning",
        ("purchase_order", "1 open line without a planned date"): "warning",
        ("sales_order", "1 open line without a planned date"): "warning",
        ("purchase_order", "1 open line without a quantity over zero"): "warning",
        ("currency USD", "1 open line in a currency without a rate"): "warning",
        ("currency SEK", "7 open lines in a currency without a rate"): "warning",
    }
    many = found(desk)["currency SEK"]
    assert (many["count"], many["examples"]) == (7, ["X0", "X1", "X2", "X3", "X4"])
    take(desk, *(eta(ref, NOW + 20 * DAY) for ref in ("V", "C", "R")))
    found_ = {item["subject"]["id"]: item for item in desk.deviations().items}
    assert found_.keys() == {"V", "C", "R"}
    assert found_["C"]["value_at_risk"] == found_["C"]["exposure"] == {"amount": 10_000.0, "currency": "EUR"}
    terms = {term.name: term.source for term in desk.explain(found_["C"]["id"])}
    assert terms["exposure"] == "without a currency, and so taken for EUR × likelihood"
    desk.configure({"name": "desk", "rates": {"USD": 0.9, "SEK": 0.09}})
    assert not [place for place in found(desk) if place.startswith("currency")]


def test_overlapping_buckets_of_a_forecast_are_named(desk: Desk) -> None:
    def bucket(ref: str, start: int, end: int, item: str = "A") -> PlanLine:
        return line(ref)._replace(
            kind="forecast", item=item, planned_at=NOW + start * DAY, until_at=NOW + end * DAY, value_minor=None
        )

    load(desk, bucket("1", 0, 7), bucket("2", 7, 14), bucket("3", 8, 9), bucket("4", 13, 20), bucket("5", 3, 5, "B"))
    fault, examples, _ = words(desk, "forecast")
    assert fault == "2 forecast buckets beginning before the one before ends, so demand counts twice"
    assert examples == ["2 and 3", "3 and 4"]


def test_names_in_lines_without_a_record_are_named_where_there_are_records(desk: Desk) -> None:
    other = line("B")._replace(item="SKU-2", party="EAST", origin="X")
    load(desk, line("A"), other, other._replace(ref="C"))
    assert found(desk) == {}, "a desk without master records lacks none"
    records(desk, "item", {"id": "SKU-1"})
    records(desk, "site", {"id": "RTM"})
    assert words(desk, "item")[:2] == ("1 item in lines of the plan, but without an item record", ["SKU-2"])
    assert words(desk, "site")[1] == ["X"]
    assert "party" not in found(desk)


def test_functions_without_an_owner_are_worth_a_note(desk: Desk) -> None:
    records(desk, "owner", {"id": "ana", "functions": "procurement, logistics, sales, finance, quality"})
    fault, examples, severity = words(desk, "owner")
    assert fault.startswith("3 functions without an owner")
    assert (examples, severity) == (["inventory planning", "production", "customer service"], "note")
    assert desk.header()["findings"] == 0


def test_two_plans_with_the_same_lines_are_told_apart(desk: Desk) -> None:
    load(desk, line("A"), line("B"))
    result = load(desk, line("B"), line("C"), scope="other")
    assert (result.added, result.quarantined) == (1, 1)
    fault, examples, _ = words(desk, "plan:purchase_order:other")
    assert fault == "1 record left out, since a plan that was loaded under another name has them"
    assert examples == ["B belongs to the plan loaded as test"]


def test_goods_expected_on_a_day_that_stands_for_none_are_named_and_late_all_the_same(desk: Desk) -> None:
    load(desk, line("A"), line("B"))
    years = 5 * 365 * DAY
    take(desk, eta("A", NOW + years), eta("B", NOW + years + 1), eta("C", NOW + years))
    fault, (example,), severity = words(desk, "source tower")
    assert fault == "1 signal expects goods over five years after it came, and is taken at its word"
    assert (example.split(",")[0], severity) == ("S2: eta of B", "warning")
    assert {item["subject"]["id"] for item in desk.deviations(["kind=late_supply"]).items} == {"A", "B"}


def test_signals_dated_in_the_future_or_long_before_the_plan_are_counted_and_the_rest_goes_on(
    desk: Desk, clock: FixedClock
) -> None:
    load(desk, line("A"), line("B"))
    take(
        desk,
        eta("A", NOW + 20 * DAY, number="now"),
        eta("A", NOW + 40 * DAY, number="future", recorded=NOW + 2 * DAY),
        eta("A", NOW + 50 * DAY, number="later", recorded=NOW + 3 * DAY),
        eta("A", 0, number="epoch", recorded=NOW - 2 * DAY),
        said("demand", "history", item="SKU-1", site="RTM", quantity=5.0, occurred_at=NOW - 900 * DAY),
    )
    items = {item["fault"]: item for item in desk.check() if item["place"] == "source tower"}
    assert {(fault, item["count"]) for fault, item in items.items()} == {
        ("2 signals are dated over a day after they came, and count only from then on", 2),
        ("1 signal is dated over half a year before the plan begins", 1),
    }
    (example,) = items["1 signal is dated over half a year before the plan begins"]["examples"]
    assert example.startswith("S4: eta of A, dated 2026-03-07")
    assert example.endswith("eta 1970-01-01T00:00:00Z")
    (deviation,) = desk.deviations(["kind=late_supply"]).items
    assert deviation["gap"] == {"days": 10.0}, "what is dated in the future is not known yet"
    assert desk.header()["findings"] == 2
    clock.set(NOW + 40 * DAY)
    assert desk.header()["findings"] == 0, "what has not come again for a month is found no more"


def test_a_negative_reading_is_counted_and_judged(desk: Desk) -> None:
    reading = {"item": "SKU-1", "site": "RTM", "occurred_at": NOW - HOUR}
    take(desk, said("stock", "s", quantity=-4.0, **reading), said("demand", "d", quantity=-4.0, **reading))
    fault, (example,), _ = words(desk, "source tower")
    assert fault == "1 reading says that there is less stock than nothing"
    assert example == "S1: stock of SKU-1@RTM, dated 2026-03-09T07:00:00Z, quantity -4"
    assert [item["kind"] for item in desk.deviations().items] == ["stockout"]


def test_a_signal_that_names_another_item_or_site_than_its_order_is_counted_and_taken(desk: Desk) -> None:
    load(desk, line("A"), line("B"), line("C"), line("D"))
    desk.detect()
    confirmed = {"recorded_at": NOW - HOUR, "eta": NOW + 20 * DAY}
    take(
        desk,
        said("confirmation", "1", order_ref="A", item="SKU-9", site="RTM", **confirmed),
        said("confirmation", "2", order_ref="B", item="SKU-1", site="ANR", **confirmed),
        said("milestone", "3", order_ref="C", item="SKU-1", site="SGSIN", recorded_at=NOW - HOUR),
        said("confirmation", "4", order_ref="D", item="SKU-1", site="RTM", **confirmed),
        said("confirmation", "5", order_ref="E", item="SKU-9", site="RTM", **confirmed),
    )
    fault, (example,), _ = words(desk, "source tower")
    assert fault.startswith("2 signals name another item or site than the plan has for their orders")
    assert example == "S2: B for SKU-1 at ANR, in the plan SKU-1 at RTM"
    assert sorted(item["subject"]["id"] for item in desk.deviations(["kind=late_supply"]).items) == ["A", "B", "D"]


def test_units_that_do_not_convert_are_named_with_line_and_signal_until_they_do(desk: Desk) -> None:
    load(desk, line("A"), line("B"))
    confirmation = said("confirmation", "c", order_ref="A", quantity=4.0, uom="PAL", recorded_at=NOW - HOUR)
    take(desk, confirmation, eta("B", NOW + 20 * DAY))
    fault, examples, _ = words(desk, "units")
    assert fault == "1 subject not compared in full, since units do not convert"
    assert examples == ["purchase_order A: S1 says 4 PAL, the line is in EA"]
    assert len(desk.deviations().items) == 1, "and B is late all the same"
    records(desk, "item", {"id": "SKU-1", "uom": "EA", "units": "PAL=25"})
    assert "units" not in found(desk)


def test_stock_that_cannot_be_counted_with_what_moves_it_is_named(desk: Desk) -> None:
    load(desk, line("A"))
    reading = {"item": "SKU-1", "site": "RTM", "occurred_at": NOW - HOUR}
    take(desk, said("stock", "s", quantity=4.0, uom="PAL", **reading))
    assert words(desk, "units")[1] == ["item_site SKU-1@RTM: purchase_order A, baseline 1 is in EA, stock is in PAL"]


def test_lines_that_are_not_pegged_for_their_units_are_named_where_nothing_is_counted(desk: Desk) -> None:
    load(desk, line("A"), line("B")._replace(uom="KG"))
    load(desk, line("S")._replace(kind="sales_order"), scope="sales")
    left_out = "item_site SKU-1@RTM: purchase_order B, baseline 1 is in KG, its place is counted in EA"
    assert words(desk, "units")[1] == [left_out]
    take(desk, said("stock", "s", quantity=4.0, item="SKU-1", site="RTM", occurred_at=NOW - HOUR))
    assert words(desk, "units")[1] == ["item_site SKU-1@RTM: purchase_order B, baseline 1 is in KG, stock is in EA"]
    take(desk, said("receipt", "r", order_ref="A", quantity=1.0, recorded_at=NOW))
    assert found(desk)["units"]["count"] == 1, "pegged and projected again, it is said by one of both still"
    records(desk, "item", {"id": "SKU-1", "uom": "EA", "units": "KG=2"})
    assert "units" not in found(desk)


def test_components_of_an_order_in_an_unknown_unit_are_named_where_nothing_is_counted(desk: Desk) -> None:
    records(desk, "bom", part("AB"))
    records(desk, "item", {"id": "A", "uom": "EA"})
    made = line("M")._replace(kind="production_order", item="A", uom="CASE")
    load(desk, made)
    assert words(desk, "units")[1] == [
        "item_site B@RTM: production_order M, baseline 3, bom A>B: 1 each is in CASE of A, which does not convert into"
        " its own unit"
    ]
    load(desk, made._replace(uom="EA"))
    assert "units" not in found(desk)


def test_a_kind_that_fails_for_one_subject_stops_no_other_and_is_said(
    desk: Desk, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PEERS 43 and 69: no crash, a record with rule, subject and sort of error; other rules and subjects go on."""
    load(desk, line("A"), line("B"))
    take(desk, eta("A", NOW + 20 * DAY), eta("B", NOW + 20 * DAY))
    judged = late_supply.judge

    def judge(facts: LineFacts, tolerance: Tolerance, now: int) -> Finding | None:
        return judged(facts, tolerance, now) if facts.line.ref != "A" else 1 // 0  # type: ignore[return-value]

    monkeypatch.setattr(late_supply, "judge", judge)
    smaller = said("confirmation", "c", order_ref="A", quantity=4.0, recorded_at=NOW)
    take(desk, smaller, eta("B", NOW + 30 * DAY, number="2", recorded=NOW))
    assert {(item["kind"], item["subject"]["id"], item["state"]) for item in desk.deviations().items} == {
        ("late_supply", "A", "open"), ("short_supply", "A", "open"), ("late_supply", "B", "open"),
    }  # fmt: skip
    fault, examples, severity = words(desk, "deviation kind late_supply")
    assert fault == "judging 1 subject failed; everything else was judged"
    assert (examples, severity) == (["purchase_order A: late_supply could not be judged (ZeroDivisionError)"], "error")
    monkeypatch.undo()
    clock.set(NOW + DAY)
    desk.tick()
    assert found(desk) == {}, "it is tried again after a day, and judged"


def test_a_value_beyond_all_money_is_said_and_stops_nothing(desk: Desk) -> None:
    records(desk, "item", {"id": "SKU-1", "unit_value": 1e300, "currency": "EUR"})
    take(
        desk,
        said("stock", "s", item="SKU-1", site="RTM", quantity=-4.0, occurred_at=NOW - HOUR),
        said("stock", "t", item="SKU-2", site="RTM", quantity=-4.0, occurred_at=NOW - HOUR),
    )
    assert [item["subject"]["id"] for item in desk.deviations(["kind=stockout"]).items] == ["SKU-2@RTM"]
    assert words(desk, "deviation kind stockout")[1] == [
        "item_site SKU-1@RTM: stockout could not be judged (OverflowError)"
    ]


def test_a_name_that_no_plan_has_is_one_entry_however_often_it_comes(desk: Desk) -> None:
    """PEERS 70: what no line takes is unmatched exactly once, and never where one does."""
    load(desk, line("A"))
    take(desk, eta("A", NOW + 20 * DAY), eta("Z", NOW + 20 * DAY), eta("Z", NOW + 21 * DAY, number="2"))
    take(desk, eta("Z", NOW + 22 * DAY, number="3"))
    kinds = sorted((item["kind"], item["subject"]["id"]) for item in desk.deviations(all=True).items)
    assert kinds == [("late_supply", "A"), ("unmatched", "tower:Z")]


def test_a_plan_that_loses_a_third_of_its_lines_is_refused_whole(desk: Desk) -> None:
    load(desk, *(line(f"L{number:02}") for number in range(15)))
    with pytest.raises(BadInput, match="no longer names 6 of the 15 records"):
        load(desk, *(line(f"L{number:02}") for number in range(9)))
    batch = SourceBatch("tower", "command", "event", [eta("L14", NOW + 20 * DAY)], file="t.csv")
    assert desk.take(batch).opened == 1, "the plan stands as it was"


def test_a_plan_of_one_line_is_not_emptied_by_a_file_without_one(desk: Desk) -> None:
    load(desk, line("A"))
    with pytest.raises(BadInput, match=r"no longer names 1 of the 1 records .* --accept-removal"):
        desk.load([], kind="purchase_order", scope="test", file="test.csv")
    load(desk, line("B"))
    assert desk.load([], kind="purchase_order", scope="test", file="test.csv", accept_removal=True).removed == 1


def test_what_was_not_judged_of_a_line_is_not_forgotten_when_a_source_of_its_name_is_judged(desk: Desk) -> None:
    load(desk, line("A"))
    take(desk, said("confirmation", "c", order_ref="A", quantity=4.0, uom="PAL", recorded_at=NOW - HOUR), source="A")
    assert found(desk)["units"]["count"] == 1
