"""How fast a thousand playbooks are read and linted, and one deviation is held against all of them.

Loading is set beside what PyYAML's C parser alone takes for the same files.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.harness import Result, interleave, ratio
from playbooks.language.loaded import Library
from playbooks.loader import BUILT_IN, files_in, load_files
from playbooks.planning.planner import PlaybookPlanner

_FILES: Final = 1000
_LOADED_SECONDS: Final = 2.0
_MATCHED_MILLISECONDS: Final = 5.0
_NOW: Final = 1_772_442_000_000_000
_DEVIATION: Final[dict[str, Any]] = {
    "id": "D1",
    "kind": "late_supply",
    "state": "open",
    "severity": "high",
    "subject": {"type": "purchase_order", "id": "4711/10"},
    "item": "SKU-77",
    "site": "RTM",
    "party": "ACME",
    "summary": "12 days late",
    "gap": {"days": 12.0},
    "need_at": "2026-03-13T00:00:00Z",
    "decide_by": "2026-03-10T09:00:00Z",
    "opened_at": "2026-03-06T09:00:00Z",
    "flaps": 0,
}


def lint() -> Iterator[Result]:
    """1,000 playbooks, the library's under other ids, with their tests: loaded and linted; then one deviation
    matched."""
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder))
        taken = interleave(
            {"product": lambda: _seconds_to_load(Path(folder)), "parser": lambda: _seconds_to_parse(Path(folder))},
            rounds=5,
        )
        playbooks, findings = load_files(files_in(Path(folder)))
    assert len(playbooks) == _FILES
    assert not findings
    seconds = statistics.median(taken["product"])
    yield Result(
        "playbook_lint", round(seconds, 3), "s for 1,000 playbooks", "PyYAML C parser alone",
        round(statistics.median(taken["parser"]), 3), round(ratio(taken["product"], taken["parser"]), 2),
        f"<= {_LOADED_SECONDS} s", seconds <= _LOADED_SECONDS, 5,
    )  # fmt: skip
    planner = PlaybookPlanner(Library(tuple(playbooks), ()))
    matched = interleave({"matches": lambda: _milliseconds_to_match(planner)}, rounds=15)["matches"]
    median = statistics.median(matched)
    yield Result(
        "playbook_lint, one deviation matched", round(median, 3), "ms for 1,000 playbooks", None, None, None,
        f"<= {_MATCHED_MILLISECONDS} ms", median <= _MATCHED_MILLISECONDS, 15,
    )  # fmt: skip


def _write(folder: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in files_in(BUILT_IN)]
    for number in range(_FILES):
        text = texts[number % len(texts)]
        name = text.split("\nid: ")[1].split("\n")[0]
        changed = text.replace(f"\nid: {name}\n", f"\nid: {name}-{number}\n")
        (folder / f"{number:04}.yaml").write_text(changed, encoding="utf-8")


def _seconds_to_load(folder: Path) -> float:
    begin = time.perf_counter()
    load_files(files_in(folder))
    return time.perf_counter() - begin


def _seconds_to_parse(folder: Path) -> float:
    begin = time.perf_counter()
    for path in files_in(folder):
        for _ in yaml.parse(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            pass
    return time.perf_counter() - begin


def _milliseconds_to_match(planner: PlaybookPlanner) -> float:
    begin = time.perf_counter()
    planner.matches(_DEVIATION, _NOW)
    return (time.perf_counter() - begin) * 1000
