"""From a plan and signals to a deviation, a response, actions, and back: each step by its command."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.commands.shell import CONFIRMATIONS, ORDERS, Run, one_sentence

ROOT = Path(__file__).resolve().parents[3]


def test_load_says_what_changed(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS.replace("60,EA", "80,EA"), encoding="utf-8")

    changed = desk("load", "orders.csv", "--as", "purchase", "--json").document
    again = desk("load", "orders.csv", "--as", "purchase_orders", "--json").document

    assert (changed["added"], changed["changed"], changed["removed"]) == (0, 1, 0)
    assert (again["added"], again["changed"], again["removed"]) == (0, 0, 0)
    assert again["version"] == changed["version"] == 2


def test_all_files_of_one_call_are_one_load(desk: Run, tmp_path: Path) -> None:
    header, *lines = ORDERS.splitlines()
    (tmp_path / "a.csv").write_text("\n".join([header, lines[0]]), encoding="utf-8")
    (tmp_path / "b.csv").write_text("\n".join([header, *lines[1:]]), encoding="utf-8")

    result = desk("load", "a.csv", "b.csv", "--as", "purchase_order", "--json").document

    assert (result["added"], result["changed"], result["removed"]) == (0, 0, 0)


def test_a_row_with_a_bad_date_keeps_its_line_and_is_said(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS.replace("2026-03-20", "soon"), encoding="utf-8")

    answer = desk("load", "orders.csv", "--as", "purchase_order", "--json")

    assert (answer.document["removed"], answer.document["kept"], answer.document["quarantined"]) == (0, 1, 1)
    assert "1 not named any more, but kept: a row that was refused may be one of them" in answer.err
    assert desk("show", "4702/10", "--json").document["to_version"] is None


def test_a_file_that_is_cut_off_needs_a_word(desk: Run, tmp_path: Path) -> None:
    header, *_ = ORDERS.splitlines()
    rows = "".join(f"\n{number},SKU-1,RTM,ACME,1,EA,2026-03-20,1,EUR" for number in range(8))
    (tmp_path / "sales.csv").write_text(header + rows, encoding="utf-8")
    assert desk("load", "sales.csv", "--as", "sales_order", "--json").document["added"] == 8
    (tmp_path / "sales.csv").write_text(header + rows[: rows.index("\n2")], encoding="utf-8")

    refused = desk("load", "sales.csv", "--as", "sales_order")
    accepted = desk("load", "sales.csv", "--as", "sales_order", "--accept-removal", "--json")

    assert refused.code == 1
    assert one_sentence(refused)
    assert "sales.csv: it no longer names 6 of the 8 records" in refused.err
    assert "--accept-removal" in refused.err
    assert accepted.document["removed"] == 6


def test_a_line_of_several_versions_is_shown_with_them(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS.replace("400,EA", "500,EA"), encoding="utf-8")
    desk("load", "orders.csv", "--as", "purchase_order")

    shown = desk("show", "4711/10")
    undone = desk("undo", "4711/10")

    assert "Versions" in shown.out
    assert "400 EA" in shown.out
    assert (undone.code, one_sentence(undone)) == (1, True)
    assert "is no deviation" in undone.err


@pytest.mark.parametrize("until", ["+999999w", "9999-12-31"])
def test_a_time_beyond_all_planning_is_no_time(desk: Run, until: str) -> None:
    answer = desk("snooze", "D1", "--until", until)

    assert answer.code == 2
    assert "lies outside the years 1900 to 2199" in answer.err


def test_a_source_taken_out_of_the_settings_is_waited_for_no_more(desk: Run, tmp_path: Path) -> None:
    settings = tmp_path / "offplan.toml"
    without = settings.read_text(encoding="utf-8")
    source = '\n[source.late]\ntype = "folder"\npath = "inbox"\nevery = "PT1H"\n'
    settings.write_text(without + source, encoding="utf-8")
    (tmp_path / "more.csv").write_text(CONFIRMATIONS, encoding="utf-8")
    desk("ingest", "more.csv", "--source", "late")
    assert desk("tick", "--now", "2026-03-03T10:00:00Z", "--json").document["opened"] == 1

    settings.write_text(without, encoding="utf-8")
    desk("tick", "--now", "2026-03-03T10:00:00Z")

    assert desk("sources", "--where", "stale=true", "--json").document["total"] == 0


@pytest.mark.parametrize("text", ["", "ref,planned_at\n1,soon\n2,later\n", "a,b\n1,2\n"])
def test_a_file_that_gives_nothing_leaves_the_plan_alone(desk: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")

    answer = desk("load", "bad.csv", "--as", "purchase_order")

    assert answer.code == 1
    assert one_sentence(answer)
    assert "bad.csv" in answer.err
    assert desk("show", "purchase_order", "4711/10", "--json").document["quantity"] == 400


def test_ingest_prints_the_contract(desk: Run) -> None:
    result = desk("ingest", "confirmations.csv", "--json").document

    assert list(result) == ["read", "new", "duplicate", "quarantined", "opened", "raised", "cleared", "seconds"]
    assert (result["read"], result["new"], result["duplicate"]) == (2, 0, 2)


def test_a_missing_file_does_not_stop_the_others(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(CONFIRMATIONS.replace("2026-03-21", "2026-03-25"), encoding="utf-8")

    answer = desk("ingest", "nowhere.csv", "more.csv", "--json")

    assert answer.code == 1
    assert answer.err == "offplan: nowhere.csv: there is no such file; check the name\n"
    assert answer.document["new"] == 1


def test_the_queue_and_its_explanation(desk: Run) -> None:
    page = desk("deviations", "--json").document
    by_kind = {item["kind"]: item for item in page["items"]}

    assert page["total"] == 2
    assert by_kind["late_supply"]["subject"] == {"type": "purchase_order", "id": "4711/10"}
    assert by_kind["late_supply"]["gap"]["days"] == 12
    assert by_kind["short_supply"]["gap"]["quantity"] == -400

    shown = desk("show", by_kind["late_supply"]["id"], "--explain")
    assert "4711/10" in shown.out
    assert "Explanation" in shown.out
    assert "tolerance late_supply" in shown.out


def test_from_deviation_to_done_and_back(desk: Run) -> None:
    late = desk("deviations", "--where", "kind=late_supply", "--json").document["items"][0]["id"]

    assert desk("ack", late, "--json").document["changes"] != []
    assert desk("respond", late).code == 0
    actions = desk("actions", "--json").document["items"]
    first = next(action for action in actions if action["state"] == "ready")
    assert desk("start", first["id"]).code == 0
    assert desk("show", late, "--json").document["state"] == "responding"
    done = desk("done", first["id"], "--json").document
    assert desk("show", first["id"], "--json").document["state"] == "done"

    undone = desk("undo", str(done["txn"]), "--json").document

    assert first["id"] in {change["id"] for change in undone["changes"]}
    assert desk("show", first["id"], "--json").document["state"] == "in_progress"


def test_undo_takes_the_last_command_on_an_object(desk: Run) -> None:
    desk("assign", "D1", "--to", "bo")
    desk("assign", "D2", "--to", "chen")

    assert desk("undo", "D1").code == 0

    assert desk("show", "D1", "--json").document["owner"] is None
    assert desk("show", "D2", "--json").document["owner"] == "chen"


def test_a_version_that_is_over_is_refused_with_who_was_faster(desk: Run) -> None:
    seen = desk("show", "D1", "--json").document["version"]
    desk("assign", "D1", "--to", "bo")

    answer = desk("dismiss", "D1", "--reason", "noise", "--expect", f"D1={seen}")

    assert answer.code == 1
    assert one_sentence(answer)
    assert "ana" in answer.err
    assert desk("show", "D1", "--json").document["state"] == "open"


def test_snooze_until_a_distance_from_now(desk: Run) -> None:
    desk("snooze", "D1", "--until", "+4h")

    assert desk("deviations", "--json").document["total"] == 1
    assert desk("deviations", "--json", "--now", "2026-03-02T14:00:01Z").document["total"] == 2


def test_tick_replays_what_time_makes_due(desk: Run) -> None:
    before = desk("tick", "--now", "2026-03-07T00:00:00Z", "--json").document
    after = desk("tick", "--now", "2026-04-01T00:00:00Z", "--json").document

    assert before["opened"] == 0
    assert after["opened"] == 3
    overdue = ("deviations", "--where", "kind=overdue", "--json", "--now", "2026-04-01")
    assert desk(*overdue, "--where", "state=open").document["total"] == 3
    # Of one a later date was announced, which is what stands in the queue.
    assert desk(*overdue).document["total"] == 2


def test_limit_and_all(desk: Run) -> None:
    desk("dismiss", "D1", "--reason", "noise")

    assert desk("deviations", "--json").document["total"] == 1
    assert desk("deviations", "--json", "--all").document["total"] == 2
    limited = desk("signals", "--json", "--limit", "1").document
    assert (limited["total"], len(limited["items"])) == (2, 1)
    assert "1 of 2" in desk("signals", "--limit", "1").out


def test_a_feeder_of_a_desk_takes_what_lies_there_and_goes_with_it(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "inbox" / "more.csv").write_text(CONFIRMATIONS.replace("c-1", "c-7"), encoding="utf-8")
    feeder = subprocess.Popen(
        [sys.executable, "-m", "tui.command_line", "watch", "--with-desk", "--workspace", str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        for _ in range(200):
            if desk("signals", "--json").document["total"] > 2:
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                feeder.wait(timeout=0.1)
        assert desk("signals", "--where", "source_id=c-7", "--json").document["total"] == 1
    finally:
        _, errors = feeder.communicate(timeout=20)
    assert (feeder.returncode, errors) == (0, b"")


def test_what_changes_no_state_shows_no_change_of_it(desk: Run) -> None:
    assert desk("comment", "D1", "--text", "called them").out.splitlines()[0] == "D1: open"
    assert desk("ack", "D1").out.splitlines()[0] == "D1: open → acknowledged"


def test_what_changes_nothing_says_so(desk: Run) -> None:
    assert desk("replan").out == "nothing has to change\n"
