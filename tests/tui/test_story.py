"""A whole story, typed into a real desk inside tmux: a file is dropped, a deviation comes, is answered and is over."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tui.commands.shell import CONFIRMATIONS, NOW, ORDERS
from tests.tui.pty_support import ROOT
from tests.tui.tmux_support import Tmux, missing
from tui.command_line import main

OWNERS = """id,name,functions
ana,Ana,procurement; inventory_planning; logistics; production; sales; quality; finance; customer_service
bo,Bo,procurement
"""


@pytest.mark.skipif(missing(), reason="tmux is not installed here")
def test_from_a_dropped_file_to_a_deviation_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OFFPLAN_NOW", NOW)
    place = tmp_path / "desk"
    assert main(["init", str(place), "--quiet"]) == 0
    for kind, text in (("purchase_order", ORDERS), ("owner", OWNERS)):
        file = tmp_path / f"{kind}.csv"
        file.write_text(text, encoding="utf-8")
        assert main(["load", str(file), "--as", kind, "--workspace", str(place), "--quiet"]) == 0

    def state(id_: str) -> str:
        assert main(["show", id_, "--workspace", str(place)]) == 0
        return capsys.readouterr().out

    environment = {"OFFPLAN_NOW": NOW, "OFFPLAN_ACTOR": "ana", "XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = f"cd {ROOT} && {sys.executable} -m tui.command_line --workspace {place}"
    with Tmux(tmp_path, command, environment, (120, 36)) as desk:
        desk.until("Nothing is off plan.")
        (place / "inbox" / "confirmations.csv").write_text(CONFIRMATIONS, encoding="utf-8")
        desk.until("late_supply")
        desk.type("a")
        desk.until("open → acknowledged")
        desk.type("r")
        desk.until("What it would give")
        desk.type("Enter")
        desk.until("✓ respond:")
        desk.type("3")
        desk.until("3 timeline")
        desk.until("no day is too full, but late: ana")
        desk.type("d")
        desk.until("✓ done:")
        desk.type("z")
        desk.until("✓ undid:")
        desk.type("Z")
        desk.until("✓ did again:")
        desk.type("*")
        desk.until("9 marked")
        desk.type("x")
        desk.until(": why")
        desk.text("not needed, they have a truck")
        desk.type("Enter")
        desk.until("y does it")
        desk.type("y")
        desk.until("✓ skip:")
        desk.type("1")
        desk.until("by exposure and time")
        desk.type("R")
        desk.until("resolve D2: why")
        desk.text("the supplier has a truck after all")
        desk.type("Enter")
        desk.until("what came of it")
        desk.type("Enter")
        desk.until("what it cost")
        desk.type("Enter")
        desk.until("→ resolved")
        desk.type("z")
        desk.until("✓ undid: D2 resolved")
        desk.type("Z")
        desk.until("✓ did again: D2")
        desk.type("@")
        told = desk.until("What you did here")
        assert all(
            f"offplan {verb} " in told for verb in ("ack D2", "respond D2", "done A1", "undo", "redo", "resolve D2")
        )
        desk.type("Escape")
        desk.until("Deviations")
        desk.type(":")
        desk.text("report review D2")
        desk.type("Enter")
        reviewed = desk.until("Review of D2")
        assert "the supplier has a truck after all" in reviewed
        desk.type("Escape")
        desk.until("Deviations")
        desk.type("q")
        desk.until_over()
    capsys.readouterr()
    shown = state("D2")
    assert "resolved" in shown
    assert "the supplier has a truck after all" in shown
