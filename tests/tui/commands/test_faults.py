"""What nobody planned for: a bug, a damaged file, a reader that leaves."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.storage.store import Store
from tests.tui.commands.shell import Run, one_sentence
from tui.commands import lists

ROOT = Path(__file__).resolve().parents[3]


def test_an_unexpected_fault_leaves_a_log_without_data(
    desk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(args: object) -> int:
        raise ValueError("the price of ACME is 4711 EUR")

    monkeypatch.setattr(lists, "page", stumble)

    answer = desk("deviations")

    assert answer.code == 1
    assert one_sentence(answer)
    assert "4711" not in answer.err
    (log,) = (tmp_path / "state" / "offplan").iterdir()
    assert str(log) in answer.err
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    text = log.read_text(encoding="utf-8")
    assert "ValueError" in text
    assert "test_faults.py" in text
    assert "is 4711" not in text.replace('raise ValueError("the price of ACME is 4711 EUR")', "")


def test_a_damaged_file_is_one_sentence(desk: Run, tmp_path: Path) -> None:
    Store.open(tmp_path / "offplan.db").close()
    path = tmp_path / "offplan.db"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))

    answer = desk("deviations")

    assert answer.code == 1
    assert one_sentence(answer)


def test_a_reader_that_leaves_early_is_no_fault(desk: Run, tmp_path: Path) -> None:
    lines = [f"s-{number},note,{'x' * 200}" for number in range(2000)]
    (tmp_path / "notes.csv").write_text("\n".join(["id,kind,item", *lines]), encoding="utf-8")
    desk("ingest", "notes.csv")
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [sys.executable, "-m", "tui.command_line", "--db", str(tmp_path / "offplan.db"), "signals", "--all"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "words",
    [
        ("ingest", "n" * 300),
        ("load", "--as", "site", "n" * 300),
        ("map", "n" * 300),
        ("playbook", "lint", "n" * 300),
        ("playbook", "test", "n" * 300),
        ("check", "--workspace", "n" * 300),
        ("deviations", "--db", "n" * 300),
        ("init", "--db", "n" * 300),
        ("backup", f"{'n' * 300}/copy.db"),
        (f"inbox/{'n' * 300}",),
    ],
)
def test_a_name_that_is_longer_than_a_file_can_have_is_a_fault_of_the_name(desk: Run, words: tuple[str, ...]) -> None:
    answer = desk(*words)
    assert answer.code != 0
    assert "nnnn" in answer.err
    assert "unexpected fault" not in answer.err


def test_a_folder_of_a_channel_with_such_a_name_stops_no_check(desk: Run, tmp_path: Path) -> None:
    with (tmp_path / "offplan.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[channel.out]\ntype = "folder"\npath = "{"n" * 300}"\n')
    assert desk("check").code in (0, 3)
