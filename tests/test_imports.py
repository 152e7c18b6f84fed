"""What may import what, and what a short command must not pay for: read from the graph and from a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.storage.store import Store

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"textual", "rich", "pydantic", "httpx", "sqlite_utils", "yaml", "watchfiles", "asyncio", "python_calamine"}

_PROBE = """
import json, sys
from tui.command_line import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded_by(*words: str) -> tuple[int, set[str]]:
    """The exit code of a command in a process of its own, and the top-level modules that it has imported."""
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, *words], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return code, {name.split(".")[0] for name in modules}


@pytest.fixture
def database(tmp_path: Path) -> str:
    Store.open(tmp_path / "desk.db", create=True).close()
    return str(tmp_path / "desk.db")


def test_a_list_starts_without_anything_heavy(database: str) -> None:
    code, modules = loaded_by("--db", database, "deviations", "--json")

    assert code == 0
    assert not modules & HEAVY
    assert not modules & {"connectors", "playbooks", "zoneinfo"}


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("ack", "--help"), ("no-such-command",)])
def test_help_and_usage_start_without_a_desk(words: tuple[str, ...]) -> None:
    _, modules = loaded_by(*words)

    assert not modules & (HEAVY | {"sqlite3", "pysqlite3"})
    assert not modules & {"connectors", "playbooks"}


def test_the_probe_would_see_a_heavy_import() -> None:
    """`playbook list` needs the YAML parser and the models: if this fails, the tests above see nothing."""
    code, modules = loaded_by("playbook", "list", "--quiet")

    assert code == 0
    assert {"pydantic", "yaml", "playbooks"} <= modules


def test_imports_go_down_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    assert done.returncode == 0, done.stdout
    assert "5 kept, 0 broken" in done.stdout
