"""A real desk file and a clock that stands still, for every test of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.storage.store import Store
from engine.values.clock import FixedClock

NOON = 1_772_000_000_000_000
"""2026-02-25T06:13:20Z."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "desk.db", create=True)
    yield opened
    opened.close()
