"""Every code of the standards' tables, one ingest each through the desk, with the verdict that practice gives it (PEERS
89).

The lists are written out again here, by verdict, apart from the tables that the program reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.values.clock import DAY, HOUR
from engine.vocabulary import codes
from engine.vocabulary.event_words import WORDS
from engine.vocabulary.model import SignalIn
from tests.engine.desk_support import NOW, line, open_desk

LISTED = {
    "epcis.bizstep": {
        "dev": "holding void_shipping destroying",
        "watch": "inspecting repairing replacing removing repackaging sampling",
        "cmp": "cycle_counting stock_taking sensor_reporting",
        "ok": "accepting arriving collecting consigning departing entering_exiting loading receiving shipping"
        " staging_outbound transporting unloading assembling commissioning creating_class_instance decommissioning"
        " disassembling dispensing encoding installing killing packing picking reserving retail_selling stocking storing"
        " unpacking other",
    },
    "epcis.disposition": {
        "dev": "damaged destroyed disposed expired mismatch_class mismatch_instance mismatch_quantity needs_replacement"
        " no_pedigree_match non_conformant non_sellable_other recalled returned stolen unavailable unknown",
        "watch": "sellable_not_accessible inactive container_open completeness_inferred",
        "clear": "conformant available",
        "ok": "active completeness_verified container_closed dispensed encoded in_progress in_transit partially_dispensed"
        " reserved retail_sold sellable_accessible",
    },
    "epcis.sensor": {"dev": "ALARM_CONDITION", "watch": "ERROR_CONDITION"},
    "dcsa.transport": {"cmp": "ARRI DEPA"},
    "dcsa.equipment": {
        "ok": "LOAD DISC GTIN GTOT STUF STRP PICK DROP CROS",
        "watch": "AVPU AVDO CUSS INSP",
        "dev": "CUSI RSEA RMVD HOLD",
        "clear": "CUSR",
    },
    "dcsa.shipment": {
        "dev": "REJE HOLD CANC VOID PENU",
        "watch": "PENA PENC REQS DRFT",
        "clear": "RELS CONF APPR ISSU SURR CMPL COMP",
        "ok": "RECE SUBM",
    },
    "dcsa.operations": {"ok": "STRT CMPL ARRI DEPA", "dev": "OMIT CANC"},
    "dcsa.iot": {"cmp": "MEAS", "watch": "ADJU", "dev": "DETC"},
    "x12.587": {"ok": "AD AK AT AP NA", "cmp": "AC AE", "dev": "AH RD RF RJ RN RO RV"},
    "x12.668": {"clear": "IA AC AR", "dev": "DR IB BP IQ IC IS ID IR IH IF IW IP", "watch": "IE SP"},
    "x12.1650": {
        "dev": "SD A9 A7 A3 AP AH CA PA OO PR BO NB AI AN",
        "cmp": "AG X2 B6 C1",
        "watch": "BC K1 DE",
        "clear": "RH BR",
        "ok": "AF X3 X8 CP L1 AM P1 X4 X6 R1 BA J1 I1 RL AR X1 X5 S1 AV AW AJ DO OP D1 CD CB CL XB",
    },
    "x12.1651": {
        "hint": "AA AF AH AI AJ AK AV BF BI BM BO BP BR D1 D2 AL AO BE AU AN AP AR AS AT BC BD CA F1 A2 A5 AD AG AQ B1 B5"
        " B9 BJ BS C1 C3 C4 C5 HB B4 C2 C8 C9 AM AW AX BB BN BQ C6 A1 AY BG NS"
    },
    "x12.680": {"cmp": "A C D", "dev": "W", "context": "B E F G H J K L M N P Q S T U V X"},
    "edifact.1225": {
        "ok": "29",
        "watch": "12",
        "dev": "27 28 30 34 23 52 1",
        "context": "4 5 9 31 35",
        "drill": "53",
    },
    "edifact.1229": {"ok": "5 4 11", "dev": "6 24 3 2 7 10 21 23", "cmp": "1", "context": "8 9 12"},
    "edifact.4017": {"dev": "5", "cmp": "1 2 3 10 15 4 12 13", "context": "11 20 22 23"},
    "rec24": {
        "dev": "3 7 17 18 20 23 25 30 36 49 54",
        "watch": "19 33",
        "clear": "4 8 9 10 11 12 32 34 37 39 44",
        "ok": "1 2 5 6 13 14 15 16 21 22 24 26 27 28 29 31 35 38 40 41 45 71",
    },
}
EVERY = [
    (f"{standard}:{code}", verdict)
    for standard, by_verdict in LISTED.items()
    for verdict, listed in by_verdict.items()
    for code in listed.split()
]
NO_KIND_WATCHES = ("x12.668:IP", "x12.680:W")
"""Deviations that no kind of ours is about: prices, and schedules."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "desk.db")
    yield desk
    desk.store.close()


def said(ref: str, code: str, *, kind: str, source_id: str = "", at: int = NOW - HOUR, **fields: Any) -> SignalIn:
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    values |= {"source_id": source_id or f"{ref} {code}", "kind": kind, "recorded_at": at, "payload": "{}"}
    return SignalIn(**{**values, "order_ref": ref, "detail": json.dumps({"code": code}), **fields})


def take(desk: Desk, *signals: SignalIn) -> None:
    result = desk.take(SourceBatch("edi", "command", "event", signals, "edi.txt"))
    assert (result.new, result.quarantined) == (len(signals), 0)


def kind_of(code: str) -> str:
    """The kind of signal that a mapping makes of a record with this code."""
    standard = code.split(":")[0]
    if standard in ("x12.587", "x12.668", "edifact.1225", "edifact.1229"):
        return "confirmation"
    return "quality" if standard.startswith("epcis") else "logistics"


def test_every_code_of_every_table_opens_what_it_should_and_nothing_else(desk: Desk) -> None:
    assert {spelled for spelled, _ in EVERY} == {known.spelled for known in codes.tables().values()}
    assert len(EVERY) == len(codes.tables())
    refs = {code: f"PO{number}" for number, (code, _) in enumerate(EVERY)}
    desk.load([line(ref) for ref in refs.values()], kind="purchase_order", scope="test", file="plan.csv")
    for code, _ in EVERY:
        take(desk, said(refs[code], code, kind=kind_of(code)))
    opened = {item["subject"]["id"]: item["kind"] for item in desk.deviations().items}
    for code, verdict in EVERY:
        known = codes.verdict(code)
        assert known is not None
        shown = desk.show(f"purchase_order {refs[code]}")["events"]
        assert [each["verdict"] for each in shown] == ([] if verdict == "drill" else [verdict]), code
        assert opened.get(refs[code]) == (known.kind if verdict == "dev" else None), code
        assert (verdict == "dev" and known.kind is None) == (code in NO_KIND_WATCHES), code
        for word in known.words:
            fits = WORDS[known.kind or ""][word].verdict
            assert fits == verdict or (verdict, fits) == ("ok", "clear"), code
    assert desk.show("edi")["oddities"] == []


ANSWERS = [
    code for code, verdict in EVERY
    if verdict == "dev" and kind_of(code) == "confirmation" and code not in NO_KIND_WATCHES
]  # fmt: skip


@pytest.mark.parametrize("code", ANSWERS)
def test_an_answer_that_takes_the_promise_away_leaves_nothing_promised(desk: Desk, code: str) -> None:
    desk.load([line("PO1")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, said("PO1", "x12.668:IA", kind="confirmation", quantity=100.0, at=NOW - 2 * HOUR))
    take(desk, said("PO1", code, kind="confirmation"))
    (found,) = desk.deviations().items
    assert (found["kind"], found["observed"]["quantity"], found["gap"]["percent"]) == ("short_supply", 0.0, -100.0)
    assert any(code in term["source"] for term in desk.show(found["id"])["explain"])
    take(desk, said("PO1", "x12.668:IA", kind="confirmation", source_id="again", at=NOW))
    assert desk.show(found["id"])["state"] == "recovered"


@pytest.mark.parametrize("code", ANSWERS)
def test_an_answer_that_says_a_quantity_is_compared_by_it(desk: Desk, code: str) -> None:
    desk.load([line("PO1")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, said("PO1", code, kind="confirmation", quantity=60.0))
    (found,) = desk.deviations().items
    assert (found["kind"], found["gap"]["quantity"]) == ("short_supply", -40.0)


def test_a_refusal_stands_beside_whatever_date(desk: Desk) -> None:
    desk.load([line("PO1"), line("PO2")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, said("PO1", "x12.668:IR", kind="confirmation", eta=NOW + 10 * DAY))
    take(desk, said("PO2", "x12.668:IC", kind="confirmation", eta=NOW + 10 * DAY))
    assert [item["subject"]["id"] for item in desk.deviations().items] == ["PO1"]


def test_a_rescheduled_line_is_compared_by_its_new_date(desk: Desk) -> None:
    desk.load([line("PO1"), line("PO2")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, said("PO1", "x12.668:DR", kind="confirmation", eta=NOW + 20 * DAY))
    take(desk, said("PO2", "x12.668:DR", kind="confirmation", eta=NOW + 9 * DAY))
    assert [(item["subject"]["id"], item["kind"]) for item in desk.deviations().items] == [("PO1", "late_supply")]


def test_a_code_opens_beside_what_the_signal_says_itself(desk: Desk) -> None:
    desk.load([line("PO1")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, said("PO1", "x12.1650:SD", kind="eta", eta=NOW + 20 * DAY))
    found = {item["kind"]: item for item in desk.deviations(["state=open"]).items}
    assert found.keys() == {"late_supply", "logistics"}
    # What holds it is why it is late, and stands in the queue for both.
    assert found["late_supply"]["root"] == found["logistics"]["id"]


def test_a_clear_of_one_standard_ends_what_another_opened(desk: Desk) -> None:
    desk.load([line("PO1")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, said("PO1", "x12.1650:PR", kind="logistics", at=NOW - 3 * HOUR))
    take(desk, said("PO1", "dcsa.shipment:RELS", kind="logistics", at=NOW - 2 * HOUR))
    assert [item["observed"]["event"] for item in desk.deviations().items] == ["customs_hold"]
    take(desk, said("PO1", "DCSA.Equipment:cusr", kind="logistics"))
    assert desk.deviations().total == 0


def test_an_unknown_code_is_kept_and_counted_and_said(desk: Desk) -> None:
    desk.load([line("PO1")], kind="purchase_order", scope="test", file="plan.csv")
    odd = ["x12.668:ZZ", "x12.9999:AA", "A9", ":", "x12.1650:A9:A9", "\N{SNOWMAN}"]
    take(desk, *(said("PO1", code, kind="logistics") for code in odd))
    take(desk, said("PO1", "rec24:99", kind="eta", eta=NOW + 10 * DAY))
    assert desk.deviations().total == 0
    assert [each["verdict"] for each in desk.show("purchase_order PO1")["events"]] == ["unknown"] * 7
    (found,) = desk.show("edi")["oddities"]
    assert (found["sort"], found["count"], found["example"]) == ("unknown_code", 7, "rec24:99 of PO1 rec24:99")
    assert any("7 records have codes" in finding["fault"] for finding in desk.check())


def test_the_test_function_of_a_message_is_a_drill(desk: Desk) -> None:
    desk.load([line("PO1")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, said("PO1", "edifact.1225:53", kind="confirmation", eta=NOW + 30 * DAY))
    assert (desk.deviations().total, desk.show("S1")["drill"]) == (0, True)


def test_every_word_and_standard_is_on_the_page_of_events() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "events.md").read_text(encoding="utf-8")
    for kind in ("quality", "logistics", "production"):
        section = text.split(f"### {kind}\n")[1].split("\n#")[0]
        listed = {row.split("|")[1].strip(" `"): row for row in section.splitlines() if row.startswith("| `")}
        assert listed.keys() == WORDS[kind].keys()
        assert all(WORDS[kind][word].meaning in row for word, row in listed.items())
    assert all(f"`{known.standard}`" in text for known in codes.tables().values())


def test_a_deviation_of_a_lot_that_is_opened_again_is_judged_again(desk: Desk) -> None:
    held = said("", "", kind="quality", source_id="held", order_ref=None, status="hold", detail='{"lot": "L1"}')
    take(desk, held)
    (found,) = desk.deviations().items
    assert (found["subject"], desk.show("S1")["subject"]) == ({"type": "lot", "id": "L1"},) * 2
    desk.resolve([found["id"]], reason="sorted")
    take(desk, held._replace(source_id="free", status="released", recorded_at=NOW))
    desk.reopen([found["id"]], reason="again")
    desk.tick()
    assert desk.show(found["id"])["state"] == "recovered"
