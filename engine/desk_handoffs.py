"""The desk's side towards channels: what has to be told, what is on its way, and what people say of messages in doubt.

Only a feeder that holds the lease delivers; a desk lists, confirms and asks to send again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.desk_commands import DeskCommands
from engine.vocabulary.model import Outcome

if TYPE_CHECKING:
    from engine.handoffs.deliveries import Delivery, Result
    from engine.handoffs.routing import Channel, Route


class DeskHandoffs(DeskCommands):
    """Hand-offs and their deliveries."""

    def begin_handoffs(self, channels: Sequence[Channel]) -> int:
        """Take over from a feeder that is gone: what it left begun is settled, and every open action is looked at
        again.

        Returns how many messages are in doubt by that.
        """
        from engine.handoffs import deliveries, outbox
        from engine.storage import journal

        with self._writing(journal.SYSTEM) as transaction:
            doubtful = deliveries.recover(*transaction, channels)
            deliveries.give_up(*transaction, channels)
            outbox.touch_open(transaction.connection)
        return doubtful

    def hand_off(self, channels: Sequence[Channel], routes: Sequence[Route]) -> int:
        """Write the messages that owners have to get by now (engine.handoffs.outbox); returns how many."""
        from engine.actions import offers
        from engine.handoffs import notices, offer_notices, outbox
        from engine.storage import journal

        with self._reading() as view:
            if not channels or not (outbox.is_due(*view) or offers.is_owed(view.connection)):
                return 0
        with self._writing(journal.SYSTEM) as transaction:
            context = self._by_rule(transaction)
            made, seen = offer_notices.look(context, channels, routes), set[int]()
            # A step that has told everybody releases others, which may have somebody to tell in turn.
            while changed := set(outbox.touched(transaction.connection)) - seen:
                made += notices.look(context, sorted(changed), channels, routes)
                seen |= changed
            return made + outbox.hand_off(*transaction, channels, routes)

    def begin_delivery(self, channel: str) -> Delivery | None:
        """The next message that has to leave through a channel now, begun; None where none is due."""
        from engine.handoffs import deliveries
        from engine.storage import journal

        with self._reading() as view:
            if deliveries.next_due(*view, channel) is None:
                return None
        with self._writing(journal.SYSTEM) as transaction:
            row = deliveries.next_due(transaction.connection, transaction.now, channel)
            return None if row is None else deliveries.begin(*transaction, row)

    def end_delivery(self, channel: Channel, number: int, result: Result) -> None:
        """Note what came of a message that `begin_delivery` gave."""
        from engine.handoffs import deliveries
        from engine.storage import journal

        with self._writing(journal.SYSTEM) as transaction:
            deliveries.end(*transaction, channel, number, result)

    def chosen_channels(
        self,
        channels: Sequence[Channel],
        routes: Sequence[Route],
        facts: Mapping[str, str],
        id: str | None = None,  # noqa: A002
    ) -> tuple[str, ...]:
        """The channels that an action would take: one that is there (`id`), with `facts` in place of its own.

        Raises NotFound for an unknown action.
        """
        from engine.deviations.command_context import fetch
        from engine.handoffs import handoff_groups
        from engine.handoffs.routing import chosen
        from engine.values import ids

        known: dict[str, str | None] = {}
        if id is not None:
            reference = ids.parse(id, "action")
            with self._reading() as view:
                fetch(view.connection, reference)
                known = handoff_groups.facts(view.connection, reference.number)
        return chosen({**known, **facts}, channels, routes)

    def without_address(
        self, mailed: Collection[str], channels: Sequence[Channel], routes: Sequence[Route]
    ) -> Mapping[str, list[int]]:
        """Owners who have no address, each with the open actions that one of the channels `mailed` takes to him."""
        from engine.handoffs import unreachable

        with self._reading() as view:
            return unreachable.without_address(view.connection, mailed, channels, routes)

    def channel_health(self) -> dict[str, dict[str, Any]]:
        """How each channel fares that ever had a message (engine.handoffs.channel_health), by its name."""
        from engine.handoffs import channel_health

        with self._reading() as view:
            return channel_health.of(view.connection)

    def confirm_handoffs(
        self, ids: Sequence[str], *, reason: str | None = None, expect: Mapping[str, int] | None = None
    ) -> Outcome:
        """A person says that messages in doubt did arrive. Raises Refused for one that is not in doubt."""
        from engine.handoffs import deliveries

        return self._command(expect, lambda context: deliveries.confirm(context, ids, reason=reason))

    def resend_handoffs(self, ids: Sequence[str], *, reason: str, expect: Mapping[str, int] | None = None) -> Outcome:
        """Messages that failed or are in doubt go out (again). Raises Refused for one that was sent or is on its
        way."""
        from engine.handoffs import deliveries

        return self._command(expect, lambda context: deliveries.resend(context, ids, reason=reason))
