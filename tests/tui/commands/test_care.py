"""Making, checking and copying a workspace."""

from __future__ import annotations

import stat
from datetime import date, timedelta
from pathlib import Path

from tests.tui.commands.shell import Run, one_sentence


def test_check_finds_nothing_or_exits_3(desk: Run, tmp_path: Path) -> None:
    assert desk("check", "--json").document["items"] == []
    settings = tmp_path / "offplan.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('zone = "UTC"', 'zone = "Mars"'), encoding="utf-8")

    answer = desk("check", "--json")

    assert answer.code == 3
    assert "Mars" in answer.document["items"][-1]["fault"]


def test_settings_that_are_no_toml_are_found_once(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "offplan.toml").write_text("[desk\n", encoding="utf-8")

    answer = desk("check", "--json")

    assert answer.code == 3
    assert [item["fault"].partition(":")[0] for item in answer.document["items"]] == ["it is not TOML"]


def test_files_that_no_pattern_takes_are_named(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "inbox" / "scan.pdf").touch()

    checked = desk("check", "--json")
    listed = desk("sources")

    assert checked.code == 3
    assert checked.document["items"] == [
        {
            "place": "inbox",
            "fault": "no `pattern` takes scan.pdf",
            "mend": "widen that of source.inbox, or put them elsewhere",
            "severity": "warning",
        }
    ]
    assert listed.err.count("no `pattern` takes scan.pdf") == 1
    assert desk("sources", "--json").err == desk("sources", "--quiet").err == ""


def test_what_cannot_be_shown_of_a_kept_view_is_named_with_its_place_and_mend(desk: Run, tmp_path: Path) -> None:
    with (tmp_path / "offplan.toml").open("a", encoding="utf-8") as file:
        file.write('[view.good]\nfilter = "!mine"\nsort = "-exposure"\ngroup = "owner"\ncolumns = ["id", "kind"]\n')
        file.write('[view.odd]\nfilter = "colour=red"\ncolumns = ["id", "colour"]\n')
        file.write('[view.sorted]\nsort = "-colour"\n[view.grouped]\ngroup = "colour"\n')

    checked = desk("check", "--json")

    assert checked.code == 3
    assert {(item["place"], item["fault"]) for item in checked.document["items"]} == {
        (f"{tmp_path}/offplan.toml, view.odd: filter colour=red", "there is no such field"),
        (f"{tmp_path}/offplan.toml, view.odd.columns", "'colour' is no column"),
        (f"{tmp_path}/offplan.toml, view.sorted: sort", "'colour' cannot be sorted by"),
        (f"{tmp_path}/offplan.toml, view.grouped: group-by", "'colour' cannot be grouped by"),
    }
    assert all("id, kind" in item["mend"] for item in checked.document["items"] if "columns" in item["place"])
    assert all(item["mend"] and item["severity"] == "warning" for item in checked.document["items"])


def test_notes_are_said_and_are_no_problem(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,functions\nana,procurement\n", encoding="utf-8")
    assert desk("load", "people.csv", "--as", "owner").code == 0

    answer, shown = desk("check", "--json"), desk("check")

    assert (answer.code, shown.code) == (0, 0)
    (note,) = answer.document["items"]
    assert (note["severity"], note["place"], note["count"], len(note["examples"])) == ("note", "owner", 7, 5)
    assert "7 functions without an owner" in shown.out
    assert "(inventory planning; logistics" in shown.out


def test_a_calendar_that_nobody_can_work_by_holds_up_nobody_and_is_named(desk: Run, tmp_path: Path) -> None:
    days = ";".join(str(date(2026, 1, 1) + timedelta(days=count)) for count in range(5 * 365))
    (tmp_path / "shut.csv").write_text(f"id,zone,week.mon,holidays\nshut,UTC,08:00-16:00,{days}\n", encoding="utf-8")
    people = "id,functions,calendar,lead\nana,procurement,{},true\nbo,inventory planning,,\n"
    (tmp_path / "people.csv").write_text(people.format(""), encoding="utf-8")
    assert desk("load", "people.csv", "--as", "owner").code == 0
    assert desk("respond", "D1").code == 0
    (tmp_path / "people.csv").write_text(people.format("shut"), encoding="utf-8")
    assert desk("load", "shut.csv", "--as", "calendar").code == 0
    assert desk("load", "people.csv", "--as", "owner").code == 0

    ticked, answered, checked = desk("tick"), desk("respond", "D2"), desk("check", "--json")

    assert (ticked.code, answered.code, checked.code) == (0, 0, 3)
    assert "office hours are used for it" in answered.err + answered.out
    assert [item["place"] for item in checked.document["items"] if "no working time" in item["fault"]] == ["owner ana"]


CALLS = """\
schema: 1
id: calls
version: 1
title: Calls
description: For tests.
enabled: {enabled}
triggers: [{{on: manual}}]
inputs:
  hold: {{type: boolean, title: Hold it, default: false}}
roles:
  buyer: {{function: procurement, fallback: logistics}}
steps:
  - {{id: call, title: Call, role: buyer, duration: PT2H}}
  - {{id: post, title: Post, kind: http, role: buyer, http: {{channel: erp, body: {{item: $item}}}}}}
  - id: late
    title: Post it late
    kind: http
    role: buyer
    when: {{field: severity, op: eq, value: critical}}
    http: {{channel: erp, body: {{item: $item}}}}
  - id: hold
    title: Hold it
    kind: http
    role: buyer
    when: {{field: inputs.hold, op: eq, value: "yes"}}
    http: {{channel: wms, body: {{item: $item}}}}
"""


def test_a_call_through_a_channel_that_is_not_there_is_found_unless_only_an_input_brings_it_about(
    desk: Run, tmp_path: Path
) -> None:
    playbook = tmp_path / "playbooks" / "calls.yaml"
    playbook.write_text(CALLS.format(enabled="true"), encoding="utf-8")

    items = desk("check", "--json").document["items"]
    found = [
        (item["place"], item["severity"]) for item in items if "which is no webhook of offplan.toml" in item["fault"]
    ]
    playbook.write_text(CALLS.format(enabled="false"), encoding="utf-8")

    assert found == [(f"playbook calls, step {step}", "warning") for step in ("post", "late")]
    assert not any("webhook" in item["fault"] for item in desk("check", "--json").document["items"])


def test_check_of_a_file_that_is_none_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database at all, it only looks a little like one")

    answer = run("check", "--db", "x.db", "--json")

    assert answer.code == 3
    assert "x.db" in answer.document["items"][0]["fault"]


def test_a_backup_is_a_desk_of_its_own(desk: Run, tmp_path: Path) -> None:
    assert desk("backup", "copy.db").code == 0

    assert desk("--db", "copy.db", "deviations", "--json").document["total"] == 2
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    again = desk("backup", "copy.db")
    assert again.code == 1
    assert one_sentence(again)


def test_init_twice_changes_nothing(desk: Run) -> None:
    answer = desk("init", "--json")

    assert answer.code == 0
    assert answer.document["made"] == []
