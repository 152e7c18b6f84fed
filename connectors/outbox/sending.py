"""What every channel does: take one message and say what came of it, without ever holding up the feeder's loop.

Blocking work runs in a thread of its own that ends with the process: a server that hangs must not keep a feeder alive.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from engine.handoffs.deliveries import Delivery, Result

T = TypeVar("T")


class Sender(Protocol):
    """One channel. `send` never raises for what a receiver or a disk does: that is its Result."""

    async def send(self, delivery: Delivery) -> Result: ...


async def aside(work: Callable[[], T]) -> T:
    """Do blocking work in a thread that nobody waits for at the end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def carry_out() -> None:
        try:
            outcome = work()
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to who awaits it
            _tell(future.set_exception, error)
        else:
            _tell(future.set_result, outcome)

    def _tell(answer: Callable[..., None], value: object) -> None:
        try:
            loop.call_soon_threadsafe(lambda: None if future.done() else answer(value))
        except RuntimeError:
            # The loop has ended; the message stays begun, which is what the next feeder goes by.
            return

    threading.Thread(target=carry_out, name="delivery", daemon=True).start()
    return await future
