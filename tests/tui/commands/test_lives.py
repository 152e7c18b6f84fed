"""What a person sees of the life of a deviation on the command line: candidates, merging, and the layers of a
tolerance."""

from __future__ import annotations

from pathlib import Path

from tests.tui.commands.shell import Run, one_sentence


def test_a_candidate_is_in_no_queue_and_can_be_listed(desk: Run, tmp_path: Path) -> None:
    settings = tmp_path / "offplan.toml"
    rule = '[[rule]]\nkind = "late_supply"\nmatch = { party = "ACME" }\nbreaches = 2\n'
    settings.write_text(settings.read_text(encoding="utf-8") + "\n" + rule, encoding="utf-8")
    news = (
        "id,kind,recorded_at,order_kind,order_ref,eta\nc-9,eta,2026-03-02T09:00:00Z,purchase_order,4702/10,2026-04-20\n"
    )
    (tmp_path / "news.csv").write_text(news, encoding="utf-8")
    desk("ingest", "news.csv")
    document = desk("deviations", "--where", "kind=late_supply", "--all", "--json").document
    states = {item["subject"]["id"]: item["state"] for item in document["items"]}
    assert states == {"4711/10": "recovered", "4702/10": "open"}, "said once; the other supplier has no such rule"
    again = "id,kind,recorded_at,order_ref,eta\nc-10,eta,2026-03-02T09:30:00Z,4711/10,2026-03-22\n"
    (tmp_path / "again.csv").write_text(again, encoding="utf-8")
    assert desk("ingest", "again.csv", "--json").document["opened"] == 1
    told = desk("show", "D2", "--explain").out
    assert "tolerance late_supply: breaches (rule 1: party=ACME)" in told
    assert "tolerance late_supply: clears (default)" in told


def test_merge_says_where_it_went_and_can_be_undone(desk: Run) -> None:
    answer = desk("merge", "D2", "--into", "D1", "--reason", "the same truck", "--json").document
    assert answer["changes"] == [{"id": "D2", "was": "open", "now": "merged into D1"}]
    assert [item["id"] for item in desk("deviations", "--json").document["items"]] == ["D1"]
    shown = desk("show", "D2", "--json").document
    assert (shown["state"], shown["merged_into"], shown["reason"]) == ("merged", "D1", "the same truck")
    assert one_sentence(desk("merge", "D1", "--into", "D1", "--reason", "x"))
    assert desk("undo", str(answer["txn"])).code == 0
    assert {item["id"] for item in desk("deviations", "--json").document["items"]} == {"D1", "D2"}
