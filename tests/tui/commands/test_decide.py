"""`offplan decide` and what `show` says of options, as a person at a shell meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.decision_support import AIR, late_motors
from tui import command_line


def run(path: Path, *words: str) -> int:
    return command_line.main([*words, "--db", str(path), "--now", "2026-03-09T08:00:00Z"])


def test_a_decision_from_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broker = {"id": "broker", "title": "Broker", "kind": "alternate", "days": 6, "cost": "3 * kg"}
    desk, action = late_motors(tmp_path / "desk.db", AIR, broker)
    desk.store.close()
    path = tmp_path / "desk.db"
    assert run(path, "show", action) == 0
    shown = capsys.readouterr().out
    for words in (
        "Options",
        "660 EUR",
        "best score",
        "doing nothing wins where the weight of cost is above",
        "500 + 2 * quantity(80)",
    ):
        assert words in shown
    assert run(path, "decide", action, "--option", "boat", "--reason", "cheap") == 1
    assert "its options are nothing, air, broker" in capsys.readouterr().err
    assert run(path, "decide", action, "--option", "air") == 2
    capsys.readouterr()
    assert run(path, "decide", action, "--option", "air", "--reason", "fast", "--json") == 0
    assert {"id": action, "was": "ready", "now": "done"} in json.loads(capsys.readouterr().out)["changes"]
    assert run(path, "show", action, "--json") == 0
    (decision,) = json.loads(capsys.readouterr().out)["options"]
    assert (decision["chosen"], decision["reason"]) == ("air", "fast")
    assert run(path, "show", action) == 0
    shown = capsys.readouterr().out
    assert "chose air at" in shown
    assert '"about"' not in shown, "the journal names the choice and not the document"
    assert run(path, "report", "review", "D1") == 0
    reviewed = capsys.readouterr().out
    for words in ("orders late", "kg CO2e", "chose air at", "wins where the weight of cost is above"):
        assert words in reviewed, "what was rejected, and how near it was"


def test_an_option_that_doing_nothing_beats_is_not_beaten_by_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    useless = {"id": "useless", "title": "Useless", "kind": "repromise", "keeps": 0.0, "cost": "9000"}
    desk, action = late_motors(tmp_path / "desk.db", AIR, useless)
    desk.store.close()
    assert run(tmp_path / "desk.db", "show", action) == 0
    assert "dominated by doing nothing" in capsys.readouterr().out
