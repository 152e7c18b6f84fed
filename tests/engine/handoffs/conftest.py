"""Fixtures of the tests of hand-offs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.desk import Desk
from tests.engine.outbox_support import desk_with_calls


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with actions to be told of."""
    desk = desk_with_calls(tmp_path / "desk.db")
    yield desk
    desk.store.close()
