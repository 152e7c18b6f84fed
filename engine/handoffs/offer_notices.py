"""Telling the owner of a response, through the channels that he has, that its deviation is over by itself and what of
its actions is offered (engine.actions.offers). He is told once each time it is over; one that came back meanwhile is no
news.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.actions import messages, offers
from engine.deviations.command_context import CommandContext
from engine.handoffs import outbox
from engine.handoffs.deliveries import OFFER
from engine.handoffs.handoff_groups import ACTIONS, facts_of
from engine.handoffs.routing import Channel, Route, chosen
from engine.master import network
from engine.storage.journal import canonical
from engine.storage.store import rows
from engine.vocabulary.planning import Owner


def look(context: CommandContext, channels: Sequence[Channel], routes: Sequence[Route]) -> int:
    """Write the messages that are owed; returns how many."""
    if not offers.is_owed(context.connection):
        return 0
    by_name = {channel.name: channel for channel in channels}
    people = {owner.id: owner for owner in network.owners(context.connection)}
    made = 0
    for offer in offers.owed(context.connection):
        about = [*offer.cancel, *offer.reverse]
        action = rows(context.connection, f"{ACTIONS} WHERE action.id = ?", (about[0],))[0]
        content = messages.offer(
            context.connection,
            context.now,
            owner=people.get(offer.owner, Owner(offer.owner, offer.owner, ())),
            action=action,
            text=f"It is over by itself. {offer.words()}.",
        )
        for name in chosen({**facts_of(action), "owner": offer.owner}, channels, routes):
            values = {
                "channel": name,
                "once": int(by_name[name].once),
                "owner": offer.owner,
                "response_id": offer.response,
                "reason": OFFER,
                "content": canonical(content),
                "open": "{}",
                "ended": "{}",
            }
            secret = messages.made_secret(context.connection)
            outbox.put(context.connection, context.writer, context.now, secret, values, about)
            made += 1
    context.connection.execute("UPDATE recovered SET owed = 0 WHERE owed")
    return made
