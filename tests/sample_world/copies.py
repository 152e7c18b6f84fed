"""Copies of sample.db for tests: a desk of its own on one, at the instant that the file lives at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.desk import Desk
from engine.storage.desk_clock import clock_of
from engine.storage.store import Store
from engine.vocabulary.planning import Planner

SAMPLE = Path(__file__).resolve().parents[2] / "sample.db"


@contextmanager
def sample_desk(folder: Path, planner: Planner | None = None) -> Iterator[Desk]:
    """A desk on a copy in that folder, called sample.db too."""
    store = Store.open(Path(shutil.copyfile(SAMPLE, folder / "sample.db")))
    try:
        yield Desk(store, clock_of(store), actor="test", planner=planner)
    finally:
        store.close()
