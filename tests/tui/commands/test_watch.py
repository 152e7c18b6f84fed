"""The feeder as a command: it says what it takes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.commands.shell import CONFIRMATIONS, Run

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("quiet", [False, True])
def test_watch_says_one_line_for_each_file_unless_it_is_quiet(desk: Run, tmp_path: Path, quiet: bool) -> None:
    (tmp_path / "inbox" / "more.csv").write_text(CONFIRMATIONS.replace("c-1", "c-7"), encoding="utf-8")
    words = ["watch", "--workspace", str(tmp_path), *(["--quiet"] if quiet else [])]
    feeder = subprocess.Popen(
        [sys.executable, "-m", "tui.command_line", *words], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert feeder.stderr is not None
    said = []
    try:
        if quiet:
            while not desk("signals", "--where", "source_id=c-7", "--json").document["total"]:
                assert feeder.poll() is None
        else:
            said = [feeder.stderr.readline(), feeder.stderr.readline()]
    finally:
        feeder.send_signal(signal.SIGTERM)
        _, rest = feeder.communicate(timeout=20)
    assert (feeder.returncode, rest) == (0, "")
    assert (
        said == []
        if quiet
        else said
        == [
            "watching inbox; stop with Ctrl-C\n",
            "inbox: more.csv: 1 new, 1 duplicate, 0 quarantined; 0 opened, 0 raised, 0 cleared\n",
        ]
    )
