"""Commands off the screen's loop: one thread with a Desk of its own, so that a locked file never freezes a key; and
what takes long to read, in a thread beside it.

The screen's Desk only reads. An SQLite connection belongs to one thread, so the second Desk is opened, used and closed
in that of the commands, and one more in the other for each long reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from engine.desk import Desk
from engine.vocabulary.model import Outcome
from tui.desk import memory
from tui.keys.request import Request, carry_out

Done = TypeVar("Done")


class CommandThread:
    """Carries out requests one after the other, in the order they came."""

    def __init__(self, desk_factory: Callable[[], Desk]) -> None:
        self._factory = desk_factory
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="commands")
        self._pool_aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
        self._desk: Desk | None = None
        self.under_way = 0
        """Requests that were begun and have not ended."""
        self.unheard: list[tuple[Request, Future[Outcome]]] = []
        """Requests that had not ended when whoever waited for them went: the desk was left."""
        self.done: set[int] = set()
        """The transactions that requests were carried out in, since somebody last took note of them."""

    async def carry_out(self, request: Request) -> Outcome:
        """Do it and wait for the commit. Raises OffplanError."""
        self.under_way += 1
        begun = self._pool.submit(self._in_thread, lambda desk: carry_out(desk, request))
        try:
            outcome = await asyncio.wrap_future(begun)
            self.done.add(outcome.txn)
            return outcome
        except asyncio.CancelledError:
            self.unheard.append((request, begun))
            raise
        finally:
            self.under_way -= 1

    async def run(self, work: Callable[[Desk], Done]) -> Done:
        """Do something with the thread's own Desk, and wait for it. Raises what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._in_thread, work)

    async def run_aside(self, work: Callable[[Desk], Done]) -> Done:
        """Do something long with a Desk that is opened for it: no command waits for it, and what it read is let go.

        One after the other; what nobody waits for any more is not begun.
        """
        return await asyncio.get_running_loop().run_in_executor(self._pool_aside, self._aside, work)

    def _aside(self, work: Callable[[Desk], Done]) -> Done:
        desk = self._factory()
        try:
            return work(desk)
        finally:
            desk.store.close()
            memory.give_back()

    def _in_thread(self, work: Callable[[Desk], Done]) -> Done:
        if self._desk is None:
            self._desk = self._factory()
        return work(self._desk)

    def close(self) -> None:
        """Wait for what is under way and close the file."""
        self._pool_aside.shutdown(cancel_futures=True)
        self._pool.submit(self._close_in_thread).result()
        self._pool.shutdown()

    def _close_in_thread(self) -> None:
        if self._desk is not None:
            self._desk.store.close()
            self._desk = None
