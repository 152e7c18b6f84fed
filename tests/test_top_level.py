"""The top level holds what the layout names and nothing else: a file that a slip left there would be shipped."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYOUT = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "benchmarks", "connectors", "docs", "engine",
    "playbooks", "pyproject.toml", "sample.db", "tests", "tui",
}  # fmt: skip


def test_the_top_level_is_the_layout() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {name.split("/")[0] for name in found.split("\0") if name} == LAYOUT
