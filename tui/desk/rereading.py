"""What takes long is read beside the screen's loop: one reading at a time, and again once something has changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

Reading = Callable[[], Awaitable[None]]


class Rereading:
    """The readings of one screen."""

    def __init__(self) -> None:
        self._wanted: Reading | None = None
        self.is_under_way = False
        """Whether something is read, or waits for its turn: what is read elsewhere meanwhile may be the newer one."""

    async def read(self, reading: Reading) -> None:
        """Carry out a reading now, or once the one that is under way has ended; of those that wait only the last.

        Between two is a rest as long as the first one took: where much is done, keys have the machine half of the time.
        """
        self._wanted = reading
        if self.is_under_way:
            return
        self.is_under_way = True
        try:
            while (wanted := self._wanted) is not None:
                self._wanted = None
                began_at = time.monotonic()
                await wanted()
                if self._wanted is not None:
                    await asyncio.sleep(time.monotonic() - began_at)
        finally:
            self.is_under_way = False
