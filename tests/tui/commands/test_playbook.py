"""Playbooks from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.tui.commands.shell import NOW, Run


def test_which_there_are_and_what_one_says(desk: Run) -> None:
    names = {item["id"] for item in desk("playbook", "list", "--json").document["items"]}
    shown = desk("playbook", "show", "example", "--json").document

    assert "example" in names
    assert len(names) > 10
    assert [step["id"] for step in shown["steps"]] == ["ask", "tell"]
    assert "Ask the supplier" in desk("playbook", "show", "example").out


def test_lint_finds_nothing_or_exits_3(desk: Run, tmp_path: Path) -> None:
    assert desk("playbook", "lint") == (0, "no faults\n", "")
    broken = tmp_path / "playbooks" / "broken.yaml"
    broken.write_text("schema: 1\nid: broken\nfrob: 7\n", encoding="utf-8")

    answer = desk("playbook", "lint", "--json")

    assert answer.code == 3
    assert any(item["line"] == 3 and "frob" in item["message"] for item in answer.document["items"])
    assert desk("playbook", "lint", "playbooks/broken.yaml").code == 3
    assert desk("check").code == 3


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
