"""The feeder that a desk starts beside itself where none runs, and ends with itself."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.desk import Desk

if TYPE_CHECKING:
    from subprocess import Popen

Feeder = Callable[[], "Popen[bytes]"]


class FeederChild:
    """A process that is there as long as nobody else holds the lease."""

    def __init__(self, start: Feeder, desk: Desk) -> None:
        self._start = start
        self._desk = desk
        self._process: Popen[bytes] | None = None

    def tend(self) -> None:
        """Start a feeder where nobody holds the lease; one that ended is started again at the next look."""
        if self._process is not None and self._process.poll() is None:
            return
        if self._desk.lease("feeder") is None:
            # The desk's folder may be gone, or the machine out of processes: the line on top says that nobody feeds.
            with contextlib.suppress(OSError):
                self._process = self._start()

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
