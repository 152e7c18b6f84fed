"""What a playbook states of remedies, and by when that makes a deviation to be decided on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.tui.commands.shell import Run

BUY = """\
schema: 1
id: buy
version: 1
title: Buy it elsewhere
description: For tests.
enabled: true
triggers:
  - on: deviation.opened
    match: {field: kind, op: eq, value: late_supply}
roles:
  buyer: {function: procurement, fallback: logistics}
steps:
  - id: choose
    title: Choose
    kind: decision
    role: buyer
    duration: PT1H
    options:
      - {id: second, title: Buy it elsewhere, kind: alternate, days: 1.5}
"""


def remedy(desk: Run) -> tuple[Any, Any]:
    """Days and source of the late line's fastest remedy."""
    (late,) = desk("deviations", "--where", "kind=late_supply", "--json").document["items"]
    (term,) = (
        each for each in desk("show", late["id"], "--json").document["explain"] if each["name"] == "fastest remedy"
    )
    return term["value"], term["source"]


def test_decide_by_follows_the_playbooks_as_they_are_written_changed_and_taken_away(desk: Run, tmp_path: Path) -> None:
    assert remedy(desk) == (3.0, "tolerance late_supply: remedy_days (default)")
    file = tmp_path / "playbooks" / "buy.yaml"
    for days in ("1.5", "0.5"):
        file.write_text(BUY.replace("1.5", days), encoding="utf-8")
        assert desk("tick").code == 0
        source = "playbook buy, option second, sooner than 3 days: tolerance late_supply: remedy_days (default)"
        assert remedy(desk) == (float(days), source)
    # Who names the file alone does not know the playbooks of its workspace, and leaves alone what they state.
    file_of_desk = str(tmp_path / "offplan.db")
    (tmp_path / "offplan.toml").rename(tmp_path / "elsewhere.toml")
    assert desk("--db", file_of_desk, "tick").code == 0
    (tmp_path / "elsewhere.toml").rename(tmp_path / "offplan.toml")
    assert remedy(desk)[0] == 0.5
    file.unlink()
    assert desk("tick").code == 0
    assert remedy(desk) == (3.0, "tolerance late_supply: remedy_days (default)")


def test_what_comes_in_after_a_playbook_was_written_is_ranked_by_it(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "playbooks" / "buy.yaml").write_text(BUY, encoding="utf-8")
    more = "id,kind,recorded_at,order_kind,order_ref,eta\nc-3,confirmation,2026-03-02T09:50:00Z,purchase_order,4711/10,2026-03-23\n"
    (tmp_path / "more.csv").write_text(more, encoding="utf-8")
    assert desk("ingest", "more.csv").code == 0
    assert remedy(desk)[0] == 1.5
