"""Feeds in the codes of standards, from their files to deviations and back, by the documented mappings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.tui.commands.shell import ORDERS, Run

ROOT = Path(__file__).resolve().parents[3]
DISPOSITION: dict[str, Any] = {
    "type": "ObjectEvent", "eventID": "urn:uuid:1", "eventTime": "2026-03-01T08:00:00Z",
    "recordTime": "2026-03-01T08:00:05Z", "disposition": "damaged", "bizLocation": {"id": "RTM"},
    "ilmd": {"lotNumber": "L1"},
}  # fmt: skip
DECLARED = {**DISPOSITION, "errorDeclaration": {"declarationTime": "2026-03-02T07:00:00Z", "reason": "did_not_occur"}}


def equipment(number: int, code: str | None, retracts: str | None = None) -> dict[str, Any]:
    metadata = {"eventID": f"ev-{number}", "eventCreatedDateTime": f"2026-03-01T0{number}:00:00Z"}
    if retracts:
        metadata["retractedEventID"] = retracts
    if code is None:
        return {"metadata": metadata}
    payload = {
        "eventDateTime": f"2026-03-01T0{number}:00:00Z",
        "shipmentReference": "4711/10",
        "equipmentEventTypeCode": code,
    }
    return {"metadata": metadata, "payload": payload}


@pytest.fixture
def feeds(run: Run, tmp_path: Path) -> Run:
    shutil.copy(ROOT / "docs" / "examples" / "events.toml", tmp_path / "offplan.toml")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    assert run("load", "orders.csv", "--as", "purchase_order").code == 0
    return run


def ingested(run: Run, tmp_path: Path, name: str, content: str) -> dict[str, int]:
    (tmp_path / name).write_text(content, encoding="utf-8")
    answer = run("ingest", name, "--json")
    assert answer.code == 0, answer.err
    return dict(answer.document)


def live(run: Run) -> list[tuple[str, str, str]]:
    items = run("deviations", "--json").document["items"]
    return sorted((item["kind"], item["subject"]["id"], item["observed"]["event"]) for item in items)


def signals(run: Run, where: str) -> list[str]:
    return [item["id"] for item in run("signals", "--where", where, "--json").document["items"]]


def test_an_epcis_event_and_the_declaration_that_it_did_not_occur(feeds: Run, tmp_path: Path) -> None:
    """PEERS 86."""
    first = ingested(feeds, tmp_path, "epcis-1.json", json.dumps({"epcisBody": {"eventList": [DISPOSITION]}}))
    assert (first["new"], first["opened"], live(feeds)) == (1, 1, [("quality", "L1", "damaged")])
    again = ingested(feeds, tmp_path, "epcis-2.json", json.dumps({"epcisBody": {"eventList": [DISPOSITION, DECLARED]}}))
    assert (again["new"], again["duplicate"], again["cleared"], live(feeds)) == (1, 1, 1, [])
    assert feeds("show", "D1", "--json").document["reason"] == "withdrawn by source"
    (taker,) = feeds("show", "S1", "--json").document["withdrawn_by"]
    assert feeds("show", taker, "--json").document["withdraws"] == ["S1"]
    assert "withdrawn_by" in feeds("show", "S1").out
    found = {where: signals(feeds, where) for where in ("withdrawn=true", "code~damaged", "lot=L1", "corrects~urn")}
    assert found == {"withdrawn=true": ["S1"], "code~damaged": ["S1"], "lot=L1": ["S1"], "corrects~urn": [taker]}


def test_dcsa_events_and_their_retraction(feeds: Run, tmp_path: Path) -> None:
    """PEERS 85."""
    said = [equipment(1, "GTIN"), equipment(2, "CUSI"), equipment(3, "AVPU")]
    assert ingested(feeds, tmp_path, "dcsa-1.json", json.dumps(said))["new"] == 3
    assert live(feeds) == [("logistics", "4711/10", "customs_hold")]
    shown = feeds("show", "purchase_order", "4711/10").out
    assert "Events" in shown
    assert "dcsa.equipment:AVPU" in shown
    assert ingested(feeds, tmp_path, "dcsa-2.json", json.dumps([equipment(4, None, "ev-2")]))["cleared"] == 1
    assert live(feeds) == []


def test_x12_status_of_a_test_interchange_is_no_work(feeds: Run, tmp_path: Path) -> None:
    header = "ISA13,ST02,LX01,ISA15,PO,AT701,AT705,AT706\n"
    rows = "1,1,1,T,4711/10,A9,20260301,0800\n2,1,1,P,4698/20,PR,20260301,0800\n2,1,2,P,4702/10,Q9,20260301,0800\n"
    assert ingested(feeds, tmp_path, "status-214.csv", header + rows)["new"] == 3
    assert live(feeds) == [("logistics", "4698/20", "customs_hold")]
    assert signals(feeds, "drill=true") == [signals(feeds, "code=x12.1650:A9")[0]]
    assert signals(feeds, "withdrawn=true") == []
    checked = feeds("check", "--json").document["items"]
    assert any("x12.1650:Q9 of 2/1/2" in str(finding) for finding in checked), checked
    assert "x12.1650:Q9" in feeds("show", "command").out


def test_a_held_lot_gets_its_playbook(feeds: Run, tmp_path: Path) -> None:
    ingested(feeds, tmp_path, "epcis-1.json", json.dumps({"epcisBody": {"eventList": [DISPOSITION]}}))
    assert "quality-containment" in feeds("playbook", "explain", "D1").out
    answer = feeds("respond", "D1", "--json")
    assert answer.code == 0, answer.err
    assert feeds("actions", "--json").document["total"] == 7
