"""The fixture of the numbered cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.storage import journal
from tests.engine.peers.story import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """Makes the desk of one case; after it, its journal must be whole."""
    made: list[Story] = []

    def make(*refs: str, **tolerance: float) -> Story:
        made.append(Story(tmp_path / f"desk{len(made)}.db", *refs, **tolerance))
        return made[-1]

    yield make
    for each in made:
        assert journal.verify(each.desk.store.connection) is None
        each.desk.store.close()
