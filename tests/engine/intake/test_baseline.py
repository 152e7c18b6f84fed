"""Loading the plan by difference: versions, ownership, refusals, and what a change puts on the work list."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.master import network
from engine.storage.store import Store, rows
from engine.values.clock import DAY, parse_instant
from engine.vocabulary.model import PlanRecord
from tests.engine.feed_support import column, current, forget_touched, line, load, record, signal, take, touched

MARCH = parse_instant("2026-03-09", "test")


def test_a_reload_stores_what_changed_and_nothing_else(store: Store) -> None:
    first = load(store, [line("PO1"), line("PO2"), line("PO3")])
    assert (first.version, first.added, first.changed, first.removed) == (1, 3, 0, 0)
    second = load(store, [line("PO2", quantity=7.0), line("PO1"), line("PO4")])
    assert (second.version, second.added, second.changed, second.removed) == (2, 1, 1, 1)
    assert current(store) == {"PO1": 10.0, "PO2": 7.0, "PO4": 10.0}
    history = store.connection.execute("SELECT ref, from_version, to_version FROM plan_line ORDER BY id").fetchall()
    assert history == [("PO1", 1, None), ("PO2", 1, 2), ("PO3", 1, 2), ("PO4", 2, None), ("PO2", 2, None)]


def test_the_same_load_again_makes_no_version_no_entry_and_no_work(store: Store) -> None:
    plan = [line("PO1", quantity=10), line("PO2", item="A", site="X", currency="", value_minor=5)]
    load(store, plan)
    forget_touched(store)
    again = load(store, [plan[1]._replace(currency=None, line=99), plan[0]._replace(quantity=10.0)], file="other.csv")
    assert (again.version, again.added, again.changed, again.removed) == (1, 0, 0, 0)
    assert column(store, "SELECT count(*) FROM baseline") == [1]
    assert column(store, "SELECT count(*) FROM journal") == [1]
    assert touched(store) == set()


def test_a_version_says_who_loaded_what(store: Store) -> None:
    load(store, [line("PO1")])
    version = rows(store.connection, "SELECT * FROM baseline")[0]
    assert (version["kind"], version["scope"], version["file"], version["actor"]) == (
        "purchase_order", "erp", "plan.csv", "ana"
    )  # fmt: skip
    entry = rows(store.connection, "SELECT action, subject_type, subject_id, after FROM journal")[0]
    assert (entry["action"], entry["subject_type"], entry["subject_id"]) == ("load", "baseline", "1")
    assert json.loads(entry["after"])["added"] == 1


def test_scopes_and_kinds_do_not_disturb_each_other(store: Store) -> None:
    load(store, [line("PO1")])
    load(store, [line("PO2")], scope="other")
    load(store, [line("PO1", kind="sales_order")], kind="sales_order")
    assert load(store, [line("PO3")]).removed == 1
    refs = store.connection.execute("SELECT kind, ref FROM plan_line WHERE to_version IS NULL ORDER BY 1, 2").fetchall()
    assert refs == [("purchase_order", "PO2"), ("purchase_order", "PO3"), ("sales_order", "PO1")]


def test_lines_touch_their_order_and_the_stock_they_speak_of(store: Store) -> None:
    load(store, [line("PO1", item="A", site="X", origin="W"), line("PO2")])
    places = {(family, "A", site) for family in ("stock", "peg") for site in ("X", "W")}
    assert touched(store) == {("order", "PO1", ""), ("order", "PO2", ""), *places}
    forget_touched(store)
    load(store, [line("PO1", item="A", site="Y")])
    # Where it came from counts as well as where it goes.
    places = {(family, "A", site) for family in ("stock", "peg") for site in ("X", "W", "Y")}
    assert touched(store) == {("order", "PO1", ""), ("order", "PO2", ""), *places}
    assert column(store, "SELECT count(*) FROM stock_point") == [0]


@pytest.mark.parametrize(
    ("kind", "planned_at", "ref"),
    [
        ("target", None, "A@X"),
        ("forecast", MARCH, "A@X/2026-03-09"),
        ("forecast", MARCH + 5, "A@X/2026-03-09T00:00:00.000005Z"),
    ],
)
def test_forecasts_and_targets_are_known_by_what_they_are_about(
    store: Store, kind: str, planned_at: int | None, ref: str
) -> None:
    load(store, [line("", kind=kind, item="A", site="X", planned_at=planned_at)], kind=kind)
    assert list(current(store)) == [ref]
    assert touched(store) == {("stock", "A", "X")}
    assert store.connection.execute("SELECT * FROM stock_point").fetchall() == [("A", "X")]


def test_the_first_orders_of_a_plan_make_every_known_reference_worth_a_look(store: Store) -> None:
    take(store, [signal("1", order_ref="GHOST")])
    forget_touched(store)
    load(store, [line("PO1")])
    assert ("order", "GHOST", "") in touched(store)
    forget_touched(store)
    load(store, [line("PO1"), line("PO2")])
    assert touched(store) == {("order", "PO2", "")}


def test_records_are_validated_versioned_and_read_back(store: Store) -> None:
    week = {"mon": [["08:00", "12:00"], ["12:45", "17:00"]]}
    load(
        store,
        [record("calendar", id="de", zone="Europe/Berlin", week=week, holidays="2026-12-24; 2026-12-25")],
        kind="calendar",
    )
    owners = [
        record("owner", id="bo", functions="Procurement; logistics", lead="yes", calendar="de", sites=["X"]),
        record("owner", id="al", name="Al", functions=[]),
    ]
    assert load(store, owners, kind="owner").added == 2
    assert load(store, list(reversed(owners)), kind="owner").version == 2
    al, bo = network.owners(store.connection)
    assert (al.id, al.name, al.lead) == ("al", "Al", False)
    assert (bo.name, bo.functions, bo.sites, bo.lead) == ("bo", ("procurement", "logistics"), ("X",), True)
    calendar = network.calendars(store.connection)["de"]
    assert calendar.week == {"mon": (("08:00", "12:00"), ("12:45", "17:00"))}
    assert calendar.holidays == ("2026-12-24", "2026-12-25")
    assert load(store, owners[:1], kind="owner").removed == 1
    assert [owner.id for owner in network.owners(store.connection)] == ["bo"]


def test_a_shift_may_end_the_next_morning(store: Store) -> None:
    night = record("calendar", id="night", zone="UTC", week={"mon": [["08:00", "12:00"], ["22:00", "06:00"]]})
    assert load(store, [night], kind="calendar").added == 1
    calendar = network.calendars(store.connection)["night"]
    assert calendar.week == {"mon": (("08:00", "12:00"), ("22:00", "06:00"))}


def test_boms_and_lanes_are_known_by_their_ends(store: Store) -> None:
    load(
        store,
        [record("bom", parent="P", item="A", quantity=2), record("bom", parent="P", item="A", quantity=2, site="X")],
        kind="bom",
    )
    load(store, [record("lane", origin="W", destination="X", mode=mode) for mode in ("sea", "air")], kind="lane")
    keys = column(store, "SELECT key FROM plan_record ORDER BY key")
    assert keys == ["P>A", "P>A@X", "W>X/air", "W>X/sea"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (record("item", id="A", unit_value=5), {("order", "PO1", ""), ("peg", "A", "X"), ("stock", "A", "X")}),
        (record("site", id="X", country="NL"), {("order", "PO1", ""), ("stock", "A", "X")}),
        (record("party", id="ACME", country="NL"), {("order", "PO1", "")}),
        (record("lane", origin="a/b>c", destination="X", duration_days=2), {("order", "PO1", ""), ("stock", "A", "X")}),
        (record("item", id="B"), set()),
        (record("bom", parent="A", item="B", quantity=1), set()),
    ],
)
def test_a_changed_record_touches_what_it_speaks_of(
    store: Store, changed: PlanRecord, expected: set[tuple[str, str, str]]
) -> None:
    load(store, [line("PO1", item="A", site="X", party="ACME"), line("PO2")])
    load(store, [line("", kind="target", item="A", site="X")], kind="target")
    forget_touched(store)
    load(store, [changed], kind=changed.kind)
    assert touched(store) == expected


PLAN = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3).map(float), max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.lists(PLAN, min_size=1, max_size=5))
def test_whatever_was_loaded_before_the_last_load_is_the_plan_and_each_version_can_be_rebuilt(
    plans: list[dict[str, float]],
) -> None:
    with TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "desk.db", create=True)
        versions: list[int] = []
        for plan in plans:
            before = current(store)
            lines = [line(ref, quantity=quantity) for ref, quantity in plan.items()]
            result = load(store, lines, accept_removal=True)
            versions.append(result.version)
            assert current(store) == plan
            assert result.added - result.removed == len(plan) - len(before)
            assert result.changed == sum(1 for ref in plan if ref in before and before[ref] != plan[ref])
        query = (
            "SELECT ref, quantity FROM plan_line WHERE from_version <= ?1 AND (to_version IS NULL OR to_version > ?1)"
        )
        for version, plan in zip(versions, plans, strict=True):
            assert dict(store.connection.execute(query, (version,)).fetchall()) == plan
        store.close()


def test_reading_the_network_does_not_import_pydantic() -> None:
    code = "import sys, engine.master.network, engine.intake.baseline, engine.intake.ingest, engine.reports.check; assert 'pydantic' not in sys.modules"
    root = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_a_line_planned_for_a_day_keeps_its_end(store: Store) -> None:
    load(store, [line("PO1", planned_at=MARCH, until_at=MARCH + DAY)])
    assert store.connection.execute("SELECT planned_at, until_at FROM plan_line").fetchall() == [(MARCH, MARCH + DAY)]
