"""Fixtures: one command line at a time, in an empty folder or in a workspace where two orders are off plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.commands.shell import CONFIRMATIONS, NOW, ORDERS, Answer, Run
from tui import command_line


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command line in an empty folder, as ana, at a fixed moment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OFFPLAN_NOW", NOW)
    monkeypatch.setenv("OFFPLAN_ACTOR", "ana")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run_words(*words: str) -> Answer:
        code = command_line.main(words)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run_words


@pytest.fixture
def desk(run: Run, tmp_path: Path) -> Run:
    """The same, in a workspace with three orders, of which one is late and one is short."""
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "confirmations.csv").write_text(CONFIRMATIONS, encoding="utf-8")
    for words in (("init",), ("load", "orders.csv", "--as", "purchase_order"), ("ingest", "confirmations.csv")):
        assert run(*words).code == 0
    return run
