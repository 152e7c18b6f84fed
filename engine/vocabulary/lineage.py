"""Which messages about hazards hold: lineages of alert, update and cancel, as CAP 1.2 means them. Pure.

The answer depends on the set of messages alone, never on the order in which they came.

    update   takes the place of the messages that it names, unless they were sent later: they hold no more, it does
    cancel   ends the messages that it names. Where each of them has been updated since (or is not known), it means
             the whole: it ends their updates as well, unless one was sent at the cancel's own time or later

So an event that its sender has split goes on where only a part of it is cancelled, and a sender that names only the
first message of an event ends all of it. A message that nothing names and that names nothing is a lineage of its own.
Messages that take each other's place in a circle all hold: a hazard must not vanish by a sender's mistake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

WORDS: Final = ("alert", "update", "cancel", "ack", "error")
"""CAP's msgType; `ack` and `error` are between senders and say nothing about a hazard."""


def word_of(detail: Mapping[str, Any]) -> str:
    """What sort of message the details of a signal say that it is; an alert where they do not."""
    return str(detail.get("message") or "alert").strip().casefold()


def references_of(detail: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the messages that the details of a signal name."""
    return frozenset(str(detail.get("references") or "").split())


class Message(NamedTuple):
    """What one message says about others of its source."""

    id: str
    word: str
    """alert, update or cancel."""
    references: frozenset[str]
    """Ids of the messages that it is about; they may be unknown."""
    sent_at: int | None
    """None where the source did not say."""


def holding(messages: Iterable[Message]) -> set[str]:
    """The ids of the messages that hold; all of one source, each id once."""
    known = {message.id: message for message in messages}
    updates: dict[str, list[Message]] = defaultdict(list)
    for message in known.values():
        if message.word != "cancel":
            for reference in message.references - {message.id}:
                if not _is_later(known.get(reference), message):
                    updates[reference].append(message)
    last = {message.id for message in known.values() if message.word != "cancel" and message.id not in updates}
    last |= _circling(known, updates, last)
    ended: set[str] = set()
    for cancel in known.values():
        if cancel.word == "cancel":
            ended |= cancel.references & last or _earlier(cancel, updates)
    return last - ended


def _is_later(named: Message | None, message: Message) -> bool:
    """Whether a message that another names is known to have been sent after it."""
    if named is None or named.sent_at is None or message.sent_at is None:
        return False
    return named.sent_at > message.sent_at


def _circling(known: Mapping[str, Message], updates: Mapping[str, list[Message]], last: set[str]) -> set[str]:
    """The messages in circles that no last message comes of."""
    replaced: dict[str, list[str]] = defaultdict(list)
    for reference, by in updates.items():
        for update in by:
            replaced[update.id].append(reference)
    settled, waiting = set(last), list(last)
    while waiting:
        following = set(replaced.get(waiting.pop(), ())) - settled
        settled |= following
        waiting += following
    unsettled = [message.id for message in known.values() if message.word != "cancel" and message.id not in settled]
    return {message for message in unsettled if message in _after(message, updates)}


def _after(message: str, updates: Mapping[str, list[Message]]) -> set[str]:
    """The ids of all that took a message's place, over however many steps."""
    found: set[str] = set()
    waiting = [message]
    while waiting:
        following = {update.id for update in updates.get(waiting.pop(), ())} - found
        found |= following
        waiting += following
    return found


def _earlier(cancel: Message, updates: Mapping[str, list[Message]]) -> set[str]:
    """What came of the messages that a cancel names, as far as it was not sent at the cancel's time or later."""
    found = set[str]().union(*(_after(reference, updates) for reference in cancel.references))
    return {
        update.id
        for of_one in updates.values()
        for update in of_one
        if update.id in found and (cancel.sent_at is None or update.sent_at is None or update.sent_at < cancel.sent_at)
    }
