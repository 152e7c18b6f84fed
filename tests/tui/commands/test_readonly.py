"""--readonly: whatever would write is refused in a sentence, and what only looks answers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.engine.desk_support import late, open_desk
from tui.command_line import main
from tui.words.command_table import COMMANDS

VALUES: Final = {"--until": "+1d", "--start": "+1d", "--to": "bo", "--into": "D1", "--where": "kind=quality"}
"""Of options that take no text."""


def written(words: str) -> str:
    """A verb with an id and all that it cannot do without."""
    command = COMMANDS[words]
    needed = [
        f"{argument.names[0]} {VALUES.get(argument.names[0], 'x')}"
        for argument in command.arguments
        if argument.options.get("required")
    ]
    takes_ids = any(
        not argument.names[0].startswith("-") and argument.options.get("nargs") not in ("?", "*")
        for argument in command.arguments
    )
    return " ".join([words, *(["D1"] if takes_ids else []), *needed])


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


@pytest.mark.parametrize("words", [words for words, command in COMMANDS.items() if command.handler.startswith("acts:")])
def test_every_verb_is_refused(workspace: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = (workspace / "offplan.db").read_bytes()
    assert main([*written(words).split(), "--readonly", "--workspace", str(workspace)]) == 1
    assert "this desk is read-only; open it without --readonly" in capsys.readouterr().err
    assert (workspace / "offplan.db").read_bytes() == before


@pytest.mark.parametrize("words", ["tick", "tick --deliver", "quarantine --retry"])
def test_what_would_write_is_refused_where_it_finds_nothing_to_do(
    workspace: Path, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It said that nothing was judged, or taken, as if it had looked."""
    assert main(["tick", "--workspace", str(workspace), "--quiet"]) == 0
    assert main([*words.split(), "--readonly", "--workspace", str(workspace)]) == 1
    said = capsys.readouterr()
    assert "without --readonly" in said.err
    assert said.out == ""


def test_a_copy_is_made_all_the_same_and_the_help_says_so(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From a medium that cannot be written there is no other way to one."""
    before, copy = (workspace / "offplan.db").read_bytes(), workspace / "copy.db"
    assert main(["backup", str(copy), "--readonly", "--workspace", str(workspace)]) == 0
    assert (workspace / "offplan.db").read_bytes() == before
    capsys.readouterr()
    assert main(["ack", "D1", "--db", str(copy)]) == 0, "a desk to work on"
    assert main(["backup", "--help"]) == 0
    assert "backup makes its copy all the same" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("words", ["deviations", "show D1", "check", "", "playbook dry-run D1"])
def test_what_only_looks_answers(
    workspace: Path, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace)
    code = main([*words.split(), "--readonly"])
    assert "readonly" not in capsys.readouterr().err
    assert code in (0, 3)
