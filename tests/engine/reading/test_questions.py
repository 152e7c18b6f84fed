"""Lists, single objects and what screens ask, with the names of the command contract (DESIGN 10)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.ranking import rank
from engine.values.clock import DAY, HOUR, FixedClock, iso
from engine.values.errors import NotFound
from engine.vocabulary.model import Place, Refusal
from tests.engine.desk_support import NOW, Steps, eta, late, line, open_desk, owners, take

DEVIATION = """
    id kind state severity subject item site party summary planned observed gap value_at_risk likelihood exposure need_at
    decide_by rank root consequences owner response response_state baseline_version signals flaps opened_at occurred_at detected_at
    acknowledged_at responded_at recovered_at resolved_at closed_at version
"""
ACTION = """
    id response deviation playbook step title function role owner state needs start_at due_at duration_minutes started_at
    done_at critical overdue approval mandatory version
"""
SIGNAL = """
    id source source_id kind subject occurred_at recorded_at received_at item site party order_ref quantity uom eta payload
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db", planner=Steps())


def refuse(desk: Desk, *raw: str) -> None:
    refusals = [
        Refusal(Place("feed.csv", number, "ETA"), "no date", "write 2026-03-09", text)
        for number, text in enumerate(raw, 2)
    ]
    desk.take(SourceBatch(source="tower", kind="folder", identity="event", rows=refusals, file="feed.csv"))


def test_names_and_types_of_the_contract(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    (item,) = desk.deviations().items
    assert set(DEVIATION.split()) <= set(item)
    assert item["subject"] == {"type": "purchase_order", "id": "alpha"}
    assert item["value_at_risk"] == item["exposure"] == {"amount": 10_000.0, "currency": "EUR"}
    assert (item["root"], item["consequences"], item["signals"], item["rank"]) == (None, [], ["S1"], 1)
    assert item["detected_at"] == "2026-03-09T08:00:00Z"
    assert all(set(ACTION.split()) <= set(action) for action in desk.actions().items)
    (signal,) = desk.signals().items
    assert set(SIGNAL.split()) <= set(signal)
    assert (signal["subject"], signal["payload"]) == ({"type": "purchase_order", "id": "alpha"}, {})
    for page in (desk.deviations(), desk.signals(), desk.responses(), desk.actions(), desk.sources()):
        assert json.loads(json.dumps(page.items)) == page.items
        assert (page.now, page.total) == (NOW, len(page.items))


def test_an_unknown_value_is_no_exposure_of_nothing(desk: Desk) -> None:
    desk.load([line("alpha")._replace(value_minor=None)], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, eta("alpha", NOW + 30 * DAY))
    (item,) = desk.deviations().items
    assert (item["value_at_risk"], item["exposure"]) == (None, None)


def test_the_queue_is_ordered_by_weight_and_what_has_passed_comes_last(desk: Desk) -> None:
    lines = [
        line("large", value=900_000_00, due=NOW + 20 * DAY),
        line("small", value=20_000_00, due=NOW + 20 * DAY),
        line("urgent", value=1_00, due=NOW + 3 * DAY + 2 * HOUR),
        line("missed", value=1_00, due=NOW + DAY),
    ]
    desk.load(lines, kind="purchase_order", scope="test", file="plan.csv")
    take(desk, *(eta(plan.ref, NOW + 40 * DAY) for plan in lines))
    page = desk.deviations()
    assert [(item["subject"]["id"], item["bucket"], item["rank"]) for item in page.items] == [
        ("large", "later", 1),
        ("small", "later", 2),
        ("urgent", "4h", 3),
        ("missed", "passed", 4),
    ]
    assert [f"D{number}" for number in desk.queue_ids()] == [item["id"] for item in page.items]
    assert [item["rank"] for item in desk.deviations(["subject~ar"]).items] == [1]
    first = desk.deviations(limit=1)
    assert (first.total, [item["rank"] for item in first.items]) == (4, [1])
    assert desk.show(page.items[3]["id"])["rank"] == 4


@pytest.mark.parametrize("after", [-1, 0, 1, 4 * HOUR, 4 * HOUR + 1, DAY, DAY + 1, 3 * DAY, 3 * DAY + 1])
def test_the_bucket_of_filters_is_the_bucket_shown(tmp_path: Path, after: int) -> None:
    """At each boundary, to the microsecond."""
    desk = open_desk(tmp_path / "desk.db")
    (deviation,) = late(desk, alpha=12)
    decide_by = desk.store.connection.execute("SELECT decide_by FROM deviation").fetchone()[0]
    then = open_desk(tmp_path / "desk.db", clock=FixedClock(decide_by - after))
    name = rank.bucket(decide_by, decide_by - after)
    assert [item["bucket"] for item in then.deviations([f"bucket={name}"]).items] == [name]
    assert then.deviations([f"bucket!={name}"]).total == 0
    assert then.header()["past_decide_by"] == (1 if name == "passed" else 0)
    assert deviation == "D1"


def test_lists_show_what_is_open_and_all_on_request(desk: Desk) -> None:
    alpha, beta = late(desk, alpha=12, beta=20)
    desk.respond([alpha])
    desk.done(["A1"])
    desk.cancel(["R1"], reason="no use")
    desk.dismiss([beta], reason="slight")
    assert [item["id"] for item in desk.deviations().items] == [alpha]
    assert [item["id"] for item in desk.deviations(all=True).items] == [alpha, beta]
    assert [item["id"] for item in desk.deviations(["state=dismissed"]).items] == [beta]
    assert desk.queue_ids("state=dismissed") == [int(beta[1:])]
    assert (desk.responses().total, desk.responses(all=True).total) == (0, 1)
    assert (desk.actions().total, desk.actions(all=True).total, desk.actions(["state=done"]).total) == (0, 3, 1)
    assert desk.signals(limit=1).total == 2
    assert [item["id"] for item in desk.signals(limit=1, all=True).items] == ["S2"], "a limit that is given holds"
    assert [item["id"] for item in desk.signals(limit=None, all=True).items] == ["S2", "S1"]
    assert desk.sources(limit=0, all=True).items == []


def test_quarantine(desk: Desk) -> None:
    refuse(desk, "a;b;31.02.2026", "a;c;never")
    page = desk.quarantine()
    assert [(item["id"], item["line"], item["column"], item["raw"]) for item in page.items] == [
        ("Q1", 2, "ETA", "a;b;31.02.2026"),
        ("Q2", 3, "ETA", "a;c;never"),
    ]
    desk.release_quarantine([1])
    assert [item["id"] for item in desk.quarantine().items] == ["Q2"]
    assert [item["state"] for item in desk.quarantine(all=True).items] == ["taken", "held"]
    assert desk.quarantine(["state=taken"]).items[0]["id"] == "Q1"
    assert desk.show("Q2")["mend"] == "write 2026-03-09"
    assert (desk.header()["quarantined"], desk.sources().items[0]["held"]) == (1, 1)


def test_overdue_is_computed(desk: Desk, tmp_path: Path) -> None:
    desk.respond(late(desk, alpha=12))
    desk.done(["A3"])
    later = open_desk(tmp_path / "desk.db", clock=FixedClock(NOW + HOUR + 1))
    assert [item["id"] for item in later.actions(["overdue=true"]).items] == ["A1"]
    assert [action["overdue"] for action in later.action_rows(1)] == [True, False, False]
    assert {owner["id"]: owner["overdue"] for owner in later.owners()} == {"bo": 1}


def test_show_a_deviation_tells_everything(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    take(desk, eta("alpha", NOW + 30 * DAY, number="2", recorded=NOW))
    shown = desk.show(deviation.lower())
    assert {signal["id"] for signal in shown["signals_detail"]} == set(shown["signals"])
    assert [entry["seq"] for entry in shown["history"]] == sorted(entry["seq"] for entry in shown["history"])
    assert shown["history"][0]["actor"] == "system"
    assert shown["explain"] == [
        {"name": term.name, "value": term.value, "unit": term.unit, "source": term.source}
        for term in desk.explain(deviation)
    ]
    assert json.dumps(shown)


def test_show_other_objects(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    assert desk.show("S1")["deviations"] == [deviation]
    assert desk.show("A2")["history"][0]["after"]["due_at"] == iso(NOW + 3 * HOUR)
    assert desk.show("tower")["signals"] == 1
    for name in ("alpha", "purchase_order alpha"):
        assert (desk.show(name)["quantity"], desk.show(name)["deviations"]) == (100.0, [deviation])
    desk.load([line("alpha", value=5_00)], kind="purchase_order", scope="test", file="plan.csv")
    changed = desk.show("alpha")
    assert changed["value"] == {"amount": 5.0, "currency": "EUR"}
    assert [version["value"]["amount"] for version in changed["versions"]] == [5.0, 10_000.0]
    assert [(version["from_version"], version["to_version"]) for version in changed["versions"]] == [(2, None), (1, 2)]
    assert [(entry["action"], entry["actor"]) for entry in changed["history"]] == [("load", "ana"), ("load", "ana")]


@pytest.mark.parametrize("name", ["D7", "A7", "R7", "S7", "Q7", "nobody", "purchase_order nobody", ""])
def test_show_of_nothing(desk: Desk, name: str) -> None:
    with pytest.raises(NotFound, match="there is no"):
        desk.show(name)


def test_header(desk: Desk) -> None:
    empty = desk.header()
    assert (empty["open"], empty["exposure"], empty["last_signal_at"]) == (0, {"amount": 0.0, "currency": "EUR"}, None)
    desk.configure({"name": "eu-desk", "zone": "Europe/Berlin", "currency": "EUR", "rates": {}})
    late(desk, alpha=12, beta=20)
    assert desk.header() == {
        "name": "eu-desk",
        "zone": "Europe/Berlin",
        "now": iso(NOW),
        "feeds": 1,
        "stale": 0,
        "quarantined": 0,
        "findings": 0,
        "open": 2,
        "exposure": {"amount": 20_000.0, "currency": "EUR"},
        "past_decide_by": 0,
        "suppressed": {"total": 0, "snoozed": 0, "silenced": 0, "folded": 0},
        "last_signal_at": iso(NOW),
        "stale_since": None,
        "baseline_version": 1,
        "feeder": None,
        "asked": 0,
    }
    assert desk.acquire_lease("feeder", "token")
    assert desk.header()["feeder"]["holder"] == "token"


def test_a_silent_feed_is_stale(desk: Desk, tmp_path: Path) -> None:
    desk.declare_source("tower", "folder", HOUR)
    take(desk, eta("alpha", NOW))
    later = open_desk(tmp_path / "desk.db", clock=FixedClock(NOW + 3 * HOUR))
    assert later.tick().opened == 1
    assert (later.header()["stale"], later.header()["stale_since"]) == (1, iso(NOW))
    assert [source["stale"] for source in later.sources(["stale=true"]).items] == [True]


def test_rows_come_in_the_order_asked(desk: Desk) -> None:
    late(desk, alpha=12, beta=20, gamma=30)
    ids = desk.queue_ids()
    asked = [ids[2], ids[0], 99]
    assert [row["id"] for row in desk.deviation_rows(asked)] == [f"D{ids[2]}", f"D{ids[0]}"]
    assert [row["id"] for row in desk.signal_rows([3, 1])] == ["S3", "S1"]
    assert desk.signal_ids(limit=2) == [3, 2]
    whole: dict[str, Any] = {item["id"]: item for item in desk.deviations().items}
    for row in desk.deviation_rows(ids):
        assert {**row, "rank": whole[row["id"]]["rank"], "signals": whole[row["id"]]["signals"]} == whole[row["id"]]


def test_owners_are_those_of_the_plan_and_whoever_has_the_ball(desk: Desk) -> None:
    owners(desk, "bo", "zoe")
    desk.respond(late(desk, alpha=12))
    assert desk.owners() == [
        {"id": "bo", "name": "Bo", "functions": ["procurement"], "load": 2, "overdue": 0},
        {"id": "zoe", "name": "Zoe", "functions": ["procurement"], "load": 0, "overdue": 0},
        {"id": "dora", "name": "dora", "functions": [], "load": 1, "overdue": 0},
    ]
    assert [row["id"] for row in desk.action_rows()] == ["A1", "A2", "A3"]
    assert [number for number, _, _ in desk.timeline()] == [1, 2, 3]
    assert [number for number, _, _ in desk.timeline("owner=dora")] == [3]
    assert desk.timeline_rows([3, 99, 1]) == [desk.action_rows()[2], desk.action_rows()[0]]


def test_what_was_put_off_is_found_by_its_date(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.snooze([deviation], until=NOW + HOUR)
    assert desk.deviations().total == 0
    assert [item["id"] for item in desk.deviations(["snoozed_until>now"]).items] == [deviation]
    assert desk.queue_ids("snoozed_until>now") == [int(deviation[1:])]


@pytest.mark.parametrize("answers", ["[red]x[/]", "[" * 4000, ""])
def test_a_signal_that_an_earlier_version_took_breaks_no_list(desk: Desk, answers: str) -> None:
    """Of any kind, with answers that are no JSON: nobody saw a signal any more."""
    late(desk, alpha=12)
    with desk.store.write() as connection:
        connection.execute("DROP TRIGGER signal_no_update")
        connection.execute("UPDATE signal SET detail = ?", (json.dumps({"answers": answers}),))
    (signal,) = desk.signals().items
    assert signal["answers"] == answers
    assert desk.show(signal["id"])["answers"] == answers
