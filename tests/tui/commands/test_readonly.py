"""--readonly: whatever would write is refused in a sentence, and what only looks answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.desk_support import late, open_desk
from tui.command_line import main


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path), "--quiet"]) == 0
    desk = open_desk(tmp_path / "offplan.db")
    late(desk, alpha=12)
    desk.store.close()
    (tmp_path / "eta.csv").write_text("id,kind,order_ref\n1,eta,alpha\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        "ack D1",
        "undo",
        "redo",
        "tick",
        "watch",
        "load eta.csv --as item",
        "ingest eta.csv",
        "tolerance late_supply days=9",
        "map eta.csv",
        "init elsewhere",
        "silence add --where kind=quality --reason no",
    ],
)
def test_what_writes_is_refused(
    workspace: Path, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace)
    before = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file() and path.suffix != ".lock"}
    assert main(["--readonly", *words.split()]) == 1
    said = capsys.readouterr()
    assert "without --readonly" in said.err
    assert said.out == ""
    after = {path: path.read_bytes() for path in before}
    assert after == before
    assert not (workspace / "elsewhere").exists()


@pytest.mark.parametrize("words", ["deviations", "show D1", "check", "", "playbook dry-run D1"])
def test_what_only_looks_answers(
    workspace: Path, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace)
    code = main([*words.split(), "--readonly"])
    assert "readonly" not in capsys.readouterr().err
    assert code in (0, 3)
