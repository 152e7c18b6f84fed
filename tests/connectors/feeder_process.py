"""A feeder as a process of its own, for tests that kill, stop and resume it: says on stdout what it does.

Usage: python -m tests.connectors.feeder_process DATABASE SETTINGS [--with-desk]
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from connectors import feeder
from connectors.settings.settings_file import load
from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.storage.store import Store
from engine.values.clock import SystemClock
from engine.vocabulary.model import IngestResult


class SpokenDesk(Desk):
    """A desk that says what it was told to take, and when it got the lease."""

    def take(self, batch: SourceBatch, *, detect: bool = True) -> IngestResult:
        result = super().take(batch, detect=detect)
        print(f"took {batch.rows_before + len(batch.rows)} {'last' if batch.last else 'more'}", flush=True)
        return result

    def acquire_lease(self, name: str, holder: str, seconds: float = 5.0) -> bool:
        acquired = super().acquire_lease(name, holder, seconds)
        print("leads" if acquired else "waits", flush=True)
        return acquired


def main() -> None:
    stop = threading.Event()
    if "--with-desk" in sys.argv:
        feeder.stop_at_end_of_input(stop)
    store = Store.open(Path(sys.argv[1]))
    desk = SpokenDesk(store, SystemClock(), actor="feeder")
    feeder.run(desk, load(Path(sys.argv[2])), stop=stop, report=lambda sentence: print(f"says {sentence}", flush=True))
    store.close()
    print("ends", flush=True)


if __name__ == "__main__":
    main()
