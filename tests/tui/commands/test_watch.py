"""The feeder as a command: it says what it takes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.commands.shell import CONFIRMATIONS, Run, one_sentence

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


def test_a_source_with_a_fault_is_set_aside_and_the_others_are_fed(desk: Run, tmp_path: Path) -> None:
    settings = tmp_path / "offplan.toml"
    fault = '\n[source.erp]\ntype = "http"\nurl = "http://127.0.0.1:1/orders"\nmaping = "etas"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + fault, encoding="utf-8")
    (tmp_path / "inbox" / "more.csv").write_text(CONFIRMATIONS.replace("c-1", "c-7"), encoding="utf-8")
    words = ["watch", "--workspace", str(tmp_path)]
    feeder = subprocess.Popen(
        [sys.executable, "-m", "tui.command_line", *words], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert feeder.stderr is not None
    try:
        said = [feeder.stderr.readline() for _ in range(3)]
    finally:
        feeder.send_signal(signal.SIGTERM)
        feeder.communicate(timeout=20)
    assert "source.erp.maping: unknown key 'maping'; did you mean 'mapping'?" in said[0]
    assert said[1:] == [
        "watching inbox; stop with Ctrl-C\n",
        "inbox: more.csv: 1 new, 1 duplicate, 0 quarantined; 0 opened, 0 raised, 0 cleared\n",
    ]
    (erp,) = (item for item in desk("sources", "--json").document["items"] if item["id"] == "erp")
    assert "unknown key 'maping'" in erp["last_error"]
    checked = desk("check", "--json")
    assert checked.code == 3
    assert [item["fault"] for item in checked.document["items"] if "source.erp" in item["place"]] == [
        "unknown key 'maping'"
    ]
    refused = desk("ingest", "confirmations.csv")
    assert refused.code == 1, "a person who is there mends the file first"
    assert one_sentence(refused)
