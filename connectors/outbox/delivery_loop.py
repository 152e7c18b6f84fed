"""The loop of one channel: look what has to be told, send what is due, note what came of it; then wait a second.

Each channel has a loop of its own, so that one that hangs holds up no other. Only the feeder runs them, or
`offplan tick --deliver` once: whoever has the lease.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

from connectors.outbox.senders import sender_of
from connectors.settings.settings_file import Settings
from connectors.troubles import Troubles
from engine.values.errors import Refused

if TYPE_CHECKING:
    from engine.commands.effects import Effect
    from engine.desk import Desk
    from engine.handoffs.deliveries import Result

EVERY_SECONDS: Final = 1.0
GRACE_SECONDS: Final = 5.0
"""How long a feeder that is told to stop waits for the message that it is sending."""

T = TypeVar("T")


class DeliveryLoop:
    """One channel. `hold` raises when the lease is not ours any more; `news` gets a line for each message that was
    sent."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        name: str,
        *,
        hold: Callable[[], None],
        troubles: Troubles,
        news: Callable[[str], None] | None = None,
    ) -> None:
        self._desk = desk
        self._name = name
        self._hold = hold
        self._troubles = troubles
        self._news = news
        self._channels = settings.handoff_channels()
        self._routes = settings.handoff_routes()
        self._channel = next(channel for channel in self._channels if channel.name == name)
        self._sender = sender_of(settings, name)

    async def run(self) -> None:
        """Deliver for ever."""
        while True:
            with self._troubles.of_the_store(f"channel {self._name}"):
                await self.deliver_due()
            await asyncio.sleep(EVERY_SECONDS)

    async def deliver_due(self) -> int:
        """Send what is due now, one after the other; returns how many were sent."""
        sent = 0
        while (result := await self._next()) is not None:
            sent += result.state == "sent"
        for effect in self._desk.due_effects() if self._channel.kind == "webhook" else ():
            if effect.kind == "http" and effect.effect.get("channel") == self._name:
                sent += await self._call(effect)
        return sent

    async def _next(self) -> Result | None:
        """Send the next message; None where none is due."""
        self._hold()
        # First, so that what has changed since a failure is not told as it was.
        self._desk.hand_off(self._channels, self._routes)
        delivery = self._desk.begin_delivery(self._name)
        if delivery is None:
            return None
        result = await _finished(
            self._sender.send(delivery), lambda found: self._desk.end_delivery(self._channel, delivery.id, found)
        )
        self._tell(result, f"H{delivery.id} to {delivery.owner}")
        return result

    async def _call(self, effect: Effect) -> bool:
        """Carry out the effect of a step `http`."""
        from connectors.outbox.webhook import WebhookSender

        assert isinstance(self._sender, WebhookSender)
        self._hold()
        try:
            effect = self._desk.begin_effect(effect.action)
        except Refused:
            # It has moved on since it was asked for.
            return False
        once = effect.side_effect == "once"
        outcomes = {"sent": "done", "failed": "failed", "unknown": "doubt"}
        result = await _finished(
            self._sender.call(effect.key, effect.effect.get("body"), once=once, asks=effect.asks),
            lambda found: self._desk.finish_effect(
                effect, outcomes[found.state], found.fault, found.answer, found.failure
            ),
        )
        self._tell(result, f"the call of {effect.action}")
        return result.state == "sent"

    def _tell(self, result: Result, what: str) -> None:
        if result.state == "sent":
            self._troubles.end(self._name)
            if self._news is not None:
                self._news(f"{self._name}: {what} was sent")
        else:
            self._troubles.begin(self._name, f"{self._name}: {what} is {result.state}: {result.fault}")


async def _finished(sending: Coroutine[Any, Any, T], record: Callable[[T], object]) -> T:
    """Await what is being sent and record what came of it, also when one is told to stop meanwhile."""
    task = asyncio.ensure_future(sending)
    try:
        result = await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=GRACE_SECONDS)
        if task.done() and not task.cancelled() and task.exception() is None:
            record(task.result())
        raise
    record(result)
    return result


async def deliver_once(
    desk: Desk, settings: Settings, *, hold: Callable[[], None], report: Callable[[str], None]
) -> int:
    """Take over from a feeder that is gone, and send everything that is due now; returns how many were sent."""
    desk.begin_handoffs(settings.handoff_channels())
    desk.recover_effects()
    troubles = Troubles(report)
    loops = [DeliveryLoop(desk, settings, name, hold=hold, troubles=troubles) for name in settings.channels]
    return sum([await loop.deliver_due() for loop in loops])
