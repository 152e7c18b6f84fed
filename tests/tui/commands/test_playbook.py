"""Playbooks from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.commands.shell import NOW, Run, one_sentence


def test_which_there_are_and_what_one_says(desk: Run) -> None:
    names = {item["id"] for item in desk("playbook", "list", "--json").document["items"]}
    shown = desk("playbook", "show", "example", "--json").document

    assert "example" in names
    assert len(names) > 10
    assert [step["id"] for step in shown["steps"]] == ["ask", "tell"]
    assert "Ask the supplier" in desk("playbook", "show", "example").out


def test_show_says_when_it_applies_and_what_to_do(desk: Run) -> None:
    lines = desk("playbook", "show", "example").out.splitlines()

    assert lines[0] == "example version 1, switched off: Late order of an important supplier"
    assert "  by itself: kind = late_supply and gap.days ≥ 3" in lines
    assert "  ask: Ask $party what the date for $item depends on, and what would make it earlier." in lines
    assert "  only when chosen by name: any deviation" in desk("playbook", "show", "coordinate-by-hand").out


def test_conditions_are_said_in_words(desk: Run, tmp_path: Path) -> None:
    example = tmp_path / "playbooks" / "example.yaml"
    text = example.read_text(encoding="utf-8")
    before, after = (
        text.split("        - {field: kind", 1)[0],
        text.split("value: 3}\n", 1)[1].split("\n# `offplan playbook test")[0],
    )
    clauses = """        - {field: kind, op: in, value: [overdue, late_supply]}
        - not: {field: party, op: exists, value: false}
        - {field: site, op: exists}
        - any:
            - {field: item, op: starts_with, value: SKU}
            - {field: gap.days, op: between, value: [2, 5]}
"""
    when = "    when: {field: item, op: regex, value: SKU-.*}\n"
    example.write_text(before + clauses + after + when, encoding="utf-8")

    assert (
        "  by itself: kind in overdue, late_supply and not (party is not known)"
        " and site is known"
        " and (item starts with SKU or gap.days between 2, 5)\n" in desk("playbook", "show", "example").out
    )
    assert "Planned only when\n  tell: item fits SKU-.*\n" in desk("playbook", "show", "example").out


def test_who_keeps_a_playbook_is_in_the_list_on_its_page_and_in_what_lint_finds(desk: Run, tmp_path: Path) -> None:
    example = tmp_path / "playbooks" / "example.yaml"
    text = example.read_text(encoding="utf-8")
    assert "kept by" not in desk("playbook", "show", "example").out
    example.write_text(text.replace("\nversion: 1\n", "\nversion: 1\nowners: [ana, bo]\n", 1), encoding="utf-8")
    assert "\nkept by ana, bo\n" in desk("playbook", "show", "example").out
    (row,) = [line for line in desk("playbook", "list").out.splitlines() if line.startswith("example ")]
    assert "  ana, bo  " in row
    items = {item["id"]: item["owners"] for item in desk("playbook", "list", "--json").document["items"]}
    assert (items["example"], items["late-purchase-order"]) == (["ana", "bo"], [])
    example.write_text(example.read_text(encoding="utf-8").replace("enabled:", "enabledd:", 1), encoding="utf-8")
    assert "; ask ana or bo" in desk("playbook", "lint").out
    assert desk("playbook", "lint", "--json").document["items"][0]["ask"] == ["ana", "bo"]


def test_where_nobody_is_loaded_that_is_said_once(desk: Run) -> None:
    nobody = "no owners are loaded, so nobody could be named: load owners first (`offplan load FILE --as owner`)"
    dry = desk("playbook", "dry-run", "D1").out
    answered = desk("respond", "D1").out

    for said in (dry, answered):
        assert said.count(nobody) == 1
        assert "nobody does" not in said


def test_where_somebody_is_loaded_each_role_without_a_person_is_named(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "owners.csv").write_text("id,name,functions\nbo,Bo,finance\n", encoding="utf-8")
    desk("load", "owners.csv", "--as", "owner")

    assert "nobody does procurement" in desk("playbook", "dry-run", "D1").out


def test_lint_finds_nothing_or_exits_3(desk: Run, tmp_path: Path) -> None:
    assert desk("playbook", "lint") == (0, "no faults\n", "")
    broken = tmp_path / "playbooks" / "broken.yaml"
    broken.write_text("schema: 1\nid: broken\nfrob: 7\n", encoding="utf-8")

    answer = desk("playbook", "lint", "--json")

    assert answer.code == 3
    assert any(item["line"] == 3 and "frob" in item["message"] for item in answer.document["items"])
    assert desk("playbook", "lint", "playbooks/broken.yaml").code == 3
    assert "error (syntax): " in desk("playbook", "lint", "--level", "syntax").out
    assert desk("playbook", "lint", "--level", "operations").out == "no faults\n"
    assert desk("playbook", "lint", "--level", "everything").code == 2
    assert "playbooks/broken.yaml, line 3, column 1 " in desk("check").out, "line and column are in sight"


def test_lint_takes_an_id_or_the_name_of_a_file_as_test_does(desk: Run, tmp_path: Path) -> None:
    assert desk("playbook", "lint", "late-purchase-order") == (0, "no faults\n", "")
    (tmp_path / "playbooks" / "broken.yaml").write_text("schema: 1\nfrob: 7\n", encoding="utf-8")
    assert "frob" in desk("playbook", "lint", "broken").out
    refused = desk("playbook", "lint", "nothing").err
    assert "there is no such file or folder" in refused
    assert "a file with an error has no id yet" in refused


@pytest.mark.parametrize("verb", ["lint", "test"])
def test_a_file_of_the_workspace_is_found_by_its_name_alone(desk: Run, tmp_path: Path, verb: str) -> None:
    for name in ("example", "example.yaml", "playbooks/example.yaml"):
        assert desk("playbook", verb, name).code == 0, name
    (tmp_path / "playbooks" / "broken.yml").write_text("schema: 1\nfrob: 7\n", encoding="utf-8")
    assert desk("playbook", verb, "broken.yml").code == 3
    refused = desk("playbook", verb, "mine.yaml")
    assert one_sentence(refused)
    assert "mine.yaml: there is no such file or folder" in refused.err
    assert "the workspace's playbooks/" in refused.err


def test_lint_knows_the_owners_of_the_desk(desk: Run, tmp_path: Path) -> None:
    example = tmp_path / "playbooks" / "example.yaml"
    text = example.read_text(encoding="utf-8").replace(
        "\nsteps:\n", "\nsteps:\n  - {id: look, title: Look, owner: {person: boo}, duration: PT1H}\n", 1
    )
    example.write_text(text, encoding="utf-8")
    assert desk("playbook", "lint") == (0, "no faults\n", ""), "a plan without owners tells nothing"

    (tmp_path / "owners.csv").write_text("id,name,functions\nbo,Bo,finance\n", encoding="utf-8")
    desk("load", "owners.csv", "--as", "owner")

    for words in ((), ("example",)):
        answer = desk("playbook", "lint", *words)
        assert answer.code == 3
        assert "boo is no owner of the plan" in answer.out
    assert desk("playbook", "explain", "D1").code == 0, "it is a warning: the playbook is used"


def test_explain_names_what_is_switched_off(desk: Run) -> None:
    late = desk("deviations", "--where", "kind=late_supply", "--json").document["items"][0]["id"]
    assert "not asked, because `enabled: true` is not said in them: example" in desk("playbook", "explain", late).err


def test_dry_run_writes_nothing(desk: Run) -> None:
    late = desk("deviations", "--where", "kind=late_supply", "--json").document["items"][0]["id"]

    plan = desk("playbook", "dry-run", late, "--json").document

    assert plan["actions"][0]["owner"]
    assert plan["actions"][0]["due_at"] > NOW
    assert desk("responses", "--json", "--all").document["total"] == 0
    assert plan["title"] in desk("playbook", "dry-run", late).out


def test_explain_says_which_apply_and_why(desk: Run) -> None:
    late = desk("deviations", "--where", "kind=late_supply", "--json").document["items"][0]["id"]

    items = desk("playbook", "explain", late, "--json").document["items"]

    applying = [item["playbook"] for item in items if item["matches"]]
    assert desk("playbook", "dry-run", late, "--json").document["playbook"] == applying[0]
    assert all(item["because"] for item in items)


def test_the_tests_inside_playbooks_are_run(desk: Run, tmp_path: Path) -> None:
    assert desk("playbook", "test").out.endswith("playbooks: all as expected\n")
    example = tmp_path / "playbooks" / "example.yaml"
    untried = example.read_text(encoding="utf-8").split("\n# `offplan playbook test")[0]
    example.write_text(untried, encoding="utf-8")
    assert desk("playbook", "test").out.endswith("without tests: example\n")
    tried = """
tests:
  - name: a late line
    now: 2026-03-02T09:00:00Z
    deviation: {kind: late_supply, gap.days: 4}
    expect: {steps: [tell, ask]}
"""
    example.write_text(untried + tried, encoding="utf-8")

    for named in ("example", "playbooks/example.yaml", "playbooks"):
        answer = desk("playbook", "test", named, "--json")
        assert answer.code == 3
        (item,) = answer.document["items"]
        assert (item["what"], item["expected"], item["found"]) == ("steps", "tell, ask", "ask, tell")
        assert (answer.document["tests"], answer.document["failed"]) == (1, 1)
    assert "example.yaml, line " in desk("playbook", "test").out
    assert desk("playbook", "test", "late-critical-part").code == 0
    assert desk("playbook", "test", "nothing").code == 1


def test_a_file_that_cannot_be_used_cannot_pass(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "playbooks" / "broken.yaml").write_text("schema: 1\n", encoding="utf-8")
    answer = desk("playbook", "test")
    assert answer.code == 3
    assert "not run: " in answer.err


def test_the_schema_is_printed_whole_for_an_editor(desk: Run) -> None:
    printed = desk("playbook", "schema")
    assert printed.code == 0
    assert printed.document == desk("playbook", "schema", "--json").document
    assert printed.document["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_show_says_everything_that_a_step_and_a_playbook_say(desk: Run) -> None:
    late = desk("playbook", "show", "late-critical-part").out
    assert "  escalate-supplier: ack_within PT30M; escalate after PT30M, to lead yes" in late
    assert "  decide: approval above amount 5,000, currency EUR, role controller" in late
    assert "reverse call-off" in late
    assert "  review: due P5D, duration PT30M, role buyer" in late
    assert "concurrency: key $item, on_conflict join" in desk("playbook", "show", "stockout-allocation").out
    assert "  goal: default the plan holds again" in desk("playbook", "show", "coordinate-by-hand").out
    assert "late-purchase-order@" in desk("playbook", "show", "repeated-lateness").out


def test_inputs_are_given_by_name(desk: Run) -> None:
    refused = desk("playbook", "dry-run", "D1", "--playbook", "coordinate-by-hand", "--input", "gaol=x")
    assert (refused.code, refused.out) == (1, "")
    assert "input gaol of playbook coordinate-by-hand: this is not asked; the names are goal" in refused.err
    assert desk("respond", "D1", "--input", "goal").code == 2
    made = desk("respond", "D1", "--playbook", "coordinate-by-hand", "--input", "goal=no line stops", "--json")
    assert made.code == 0
    shown = desk("show", "R1", "--json").document
    assert shown["inputs"] == {"goal": "no line stops"}
    assert 'The goal was "no line stops".' in shown["actions_detail"][-1]["instructions"]


def test_a_dry_run_says_who_approves_who_is_next_and_what_takes_it_back(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "playbooks" / "mine.yaml").write_text(
        """\
schema: 1
id: mine
version: 1
title: Mine
description: For a test.
enabled: true
triggers: [{on: manual}]
roles: {buyer: {function: procurement, fallback: logistics}}
steps:
  - id: fly
    title: Fly it
    role: buyer
    duration: PT1H
    approval: {role: buyer, above: {amount: 2500, currency: EUR}}
    escalate: [{after: PT90M, to: {person: boss}}]
    reverse: unfly
  - {id: unfly, title: Call the flight off, role: buyer, duration: PT1H}
""",
        encoding="utf-8",
    )
    shown = desk("playbook", "dry-run", "D1", "--playbook", "mine")
    assert " approves it above 2,500 EUR, because " in shown.out
    assert "fly: unfly takes it back" in shown.out
    assert "unfly: only when asked for, by " in shown.out
    document = desk("playbook", "dry-run", "D1", "--playbook", "mine", "--json").document
    assert [action["step"] for action in document["reversals"]] == ["unfly"]
    assert document["actions"][0]["approval"]["amount"] == 250000
    assert document["start"] == {
        "shadow": False, "cooldown_minutes": 0, "key": None, "repeats": False, "on_conflict": "skip"
    }  # fmt: skip


def test_show_says_when_it_begins_next_and_what_came_of_the_last_time(desk: Run, tmp_path: Path) -> None:
    example = tmp_path / "playbooks" / "example.yaml"
    text = example.read_text(encoding="utf-8").replace("enabled: false", "enabled: true")
    weekly = text.replace(
        "on: deviation.opened", 'on: schedule\n    at: {days: [mon, thu], time: "08:00", tz: UTC}\n    for: each'
    )
    example.write_text(weekly, encoding="utf-8")
    assert "At stated times\n  not counted yet: from the moment" in desk("playbook", "show", "example").out

    desk("tick", "--now", "2026-03-10T08:00:00Z")

    shown = desk("playbook", "show", "example").out
    assert "  by itself mon, thu 08:00 UTC, for each deviation that matches then: kind = late_supply" in shown
    assert "At stated times\n  mon, thu 08:00 UTC: next 2026-03-12T08:00:00Z\n" in shown

    desk("tick", "--now", "2026-03-12T09:00:00Z")

    (each,) = desk("playbook", "show", "example", "--json").document["timetable"]
    assert (each["due_at"], each["ran_at"]) == ("2026-03-16T08:00:00Z", "2026-03-12T09:00:00Z")
    assert f"2026-03-12T09:00:00Z: {each['said']}" in desk("playbook", "show", "example").out
    assert desk("responses", "--json").document["total"] == each["said"].split(" answered")[0].count("D")
