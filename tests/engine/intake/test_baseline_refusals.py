"""What a load does not take, and what it does not remove because of that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.intake import quarantine
from engine.master import network
from engine.storage.store import Store, rows
from engine.values.clock import DAY, parse_instant
from engine.values.errors import BadInput
from engine.vocabulary.model import Place, PlanLine, PlanRecord, Refusal
from tests.engine.feed_support import NOW, current, line, load, record

MARCH = parse_instant("2026-03-09", "test")
UNREADABLE = Refusal(Place("plan.csv", 9), "'soon' is no date", "write 2026-03-09", "PO9;soon")


@pytest.mark.parametrize(
    ("bad", "column_name"),
    [
        (line(""), "ref"),
        (line("B", kind="sales_order"), "kind"),
        (line("B", quantity=float("nan")), "quantity"),
        (line("B", maximum=float("inf")), "maximum"),
        (line("B", planned_at=2**70), "planned_at"),
        (line("B", until_at=NOW), "until_at"),
        (line("B", value_minor=2**64), "value"),
        (line("B", currency="euro"), "currency"),
        (line("B", status="gone"), "status"),
        (line("B", item="\ud800"), "item"),
        (line("B", attributes="[]"), "attributes"),
    ],
)
def test_a_bad_line_is_refused_with_its_place_and_the_rest_is_loaded(
    store: Store, bad: PlanLine, column_name: str
) -> None:
    result = load(store, [line("PO1"), bad._replace(line=4), line("PO2")])
    assert (result.added, result.quarantined) == (2, 1)
    held = quarantine.held(store.connection, "plan:purchase_order:erp")[0]
    assert (held["line"], held["column_name"]) == (4, column_name)
    assert held["mend"]
    assert json.loads(held["raw"])["kind"] == bad.kind


def test_a_refused_line_keeps_its_last_sound_form(store: Store) -> None:
    plan = [line(f"PO{number}") for number in range(10)]
    load(store, plan)
    result = load(store, [plan[0]._replace(status="gone"), *plan[2:]])
    assert (result.removed, result.kept, result.quarantined) == (1, 1, 1)
    assert set(current(store)) == {"PO0", *(f"PO{number}" for number in range(2, 10))}


def test_a_refused_record_keeps_its_last_sound_form(store: Store) -> None:
    plan = [record("owner", id=f"o{number}", functions=["procurement"]) for number in range(10)]
    load(store, plan, kind="owner")
    result = load(store, [record("owner", id=" o0 ", functions=["procurment"]), *plan[2:]], kind="owner")
    assert (result.removed, result.kept, result.quarantined) == (1, 1, 1)
    assert "o0" in {owner.id for owner in network.owners(store.connection)}


@pytest.mark.parametrize(
    "refused",
    [
        UNREADABLE,
        line("", quantity=1.0),
        line("\ud800"),
        line("PO3", kind="sales_order"),
        record("bom", parent="P", quantity=1),
        record("item", name="no id"),
    ],
)
def test_a_load_with_a_row_that_may_be_any_line_removes_nothing(
    store: Store, refused: PlanLine | PlanRecord | Refusal
) -> None:
    """One bad row of six once took its line, and with it the deviation about it, out of the plan."""
    plan = [line(f"PO{number}") for number in range(6)]
    load(store, plan)
    result = load(store, [*plan[:3], refused, *plan[4:]])
    assert (result.version, result.removed, result.kept, result.quarantined) == (1, 0, 1, 1)
    assert len(current(store)) == 6
    assert load(store, [*plan[:3], *plan[4:]]).removed == 1


def test_a_forecast_is_known_without_its_quantity_but_not_without_its_date(store: Store) -> None:
    plan = [line("", kind="forecast", item="A", site="X", planned_at=MARCH + number * DAY) for number in range(4)]
    load(store, plan, kind="forecast")
    result = load(store, [plan[0]._replace(quantity=None), *plan[2:]], kind="forecast")
    assert (result.removed, result.kept) == (1, 1)
    assert "A@X/2026-03-09" in current(store)
    for unsound in (plan[0]._replace(planned_at=2**70), plan[0]._replace(planned_at=None, quantity=None)):
        assert load(store, [unsound, *plan[3:]], kind="forecast").kept == 2


@pytest.mark.parametrize(
    ("present", "named", "refused"),
    [(6, 0, True), (15, 9, True), (15, 10, True), (16, 11, False), (4, 0, True), (4, 1, False), (12, 8, False)],
)
def test_a_load_that_removes_a_large_part_has_to_be_accepted(
    store: Store, present: int, named: int, refused: bool
) -> None:
    plan = [line(f"PO{number}") for number in range(present)]
    load(store, plan)
    if refused:
        with pytest.raises(BadInput, match=f"plan.csv: it no longer names {present - named} of the {present} records"):
            load(store, plan[:named])
        assert len(current(store)) == present
    assert load(store, plan[:named], accept_removal=refused).removed == present - named
    assert len(current(store)) == named


def test_an_empty_plan_without_refusals_is_an_empty_plan_where_it_is_meant(store: Store) -> None:
    assert load(store, []).removed == 0
    load(store, [line("PO1")])
    with pytest.raises(BadInput, match="no longer names 1 of the 1 records"):
        load(store, [])
    assert load(store, [], accept_removal=True).removed == 1
    assert current(store) == {}


def test_what_a_mended_file_no_longer_refuses_leaves_quarantine(store: Store) -> None:
    load(store, [line("PO1"), UNREADABLE])
    assert len(quarantine.held(store.connection)) == 1
    load(store, [line("PO1"), line("PO9")])
    assert quarantine.held(store.connection) == []


def test_a_load_leaves_the_quarantine_of_other_kinds_alone_and_journals_what_it_releases(store: Store) -> None:
    load(store, [line("PO1"), UNREADABLE])
    load(store, [record("item", id="A")], kind="item")
    assert [row["source"] for row in quarantine.held(store.connection)] == ["plan:purchase_order:erp"]
    load(store, [line("PO1"), line("PO9")])
    assert quarantine.held(store.connection) == []
    released = rows(store.connection, "SELECT subject_id, actor FROM journal WHERE action = 'release'")
    assert released == [{"subject_id": "Q1", "actor": "ana"}]


@pytest.mark.parametrize(
    ("kind", "data", "place"),
    [
        ("item", {"id": ""}, "id"),
        ("item", {"id": "A", "colour": "red"}, "colour"),
        ("item", {"id": "A", "unit_value": "nan"}, "unit_value"),
        ("item", {"id": "A", "unit_value": -1}, "unit_value"),
        ("item", {"id": "A", "units": "CASE"}, "units"),
        ("item", {"id": "A", "units": "CASE=0"}, "units"),
        ("site", {"id": "X", "zone": "Mars/Olympus"}, "zone"),
        ("bom", {"parent": "P", "quantity": 1}, "item"),
        ("lane", {"destination": "X", "duration_days": "fast"}, "duration_days"),
        ("owner", {"id": "bo", "functions": "boss"}, "functions.0"),
        ("lane", {"destination": "X", "duration_days": 4000}, "duration_days"),
        ("calendar", {"id": "c", "zone": "UTC", "week": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, "week"),
        ("calendar", {"id": "c", "zone": "UTC", "week": {"mon": [["22:00", "06:00"], ["23:00", "23:30"]]}}, "week"),
        ("calendar", {"id": "c", "zone": "UTC", "week": {"mon": [["08:00", "08:00"]]}}, "week"),
        ("calendar", {"id": "c", "zone": "UTC", "week": {"someday": []}}, "week"),
        ("calendar", {"id": "c", "zone": "UTC", "week": {}}, "week"),
        ("calendar", {"id": "c", "zone": "UTC", "week": {"mon": [["08:00", "08:04"], ["23:58", "00:02"]]}}, "week"),
        (
            "calendar",
            {"id": "c", "zone": "UTC", "week": {"mon": [["08:00", "09:00"]]}, "holidays": ["xmas"]},
            "holidays.0",
        ),
    ],
)
def test_a_bad_record_is_refused_at_its_field(store: Store, kind: str, data: dict[str, Any], place: str) -> None:
    assert load(store, [PlanRecord(kind, data, 2)], kind=kind).quarantined == 1
    held = quarantine.held(store.connection)[0]
    assert (held["line"], held["column_name"]) == (2, place)
    assert held["reason"]
    assert held["mend"]


def test_a_reference_of_another_scope_is_refused_by_name(store: Store) -> None:
    load(store, [line("PO1", quantity=1.0)])
    result = load(store, [line("PO1", quantity=2.0), line("PO2")], scope="other")
    assert (result.added, result.quarantined) == (1, 1)
    assert current(store) == {"PO1": 1.0, "PO2": 10.0}
    assert (
        "belongs to the plan loaded as erp"
        in quarantine.held(store.connection, "plan:purchase_order:other")[0]["reason"]
    )


def test_of_two_rows_with_one_reference_the_first_is_kept(store: Store) -> None:
    result = load(store, [line("PO1", quantity=1.0), line("PO1", quantity=2.0, line=3)])
    assert (result.added, result.quarantined) == (1, 1)
    assert current(store) == {"PO1": 1.0}
    held = quarantine.held(store.connection)[0]
    assert (held["file"], held["line"]) == ("plan.csv", 3)
