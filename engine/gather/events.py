"""Events about what is no order: which lot, resource or item at a site each is about, and the facts of these.

The events of an order come with its statements (engine.gather.orders). The others are found by table event_subject,
written as they come in, since few signals are events and what they are about may stand in a detail.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from engine.facts.event_facts import EventFacts
from engine.facts.events import Event, subject_of
from engine.facts.fold import Statement, event_of, next_change
from engine.facts.subjects import UnitValue
from engine.gather import items, orders
from engine.gather.cases import Case, Key
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.validation import oddities
from engine.values import money
from engine.vocabulary import codes
from engine.vocabulary.event_words import EVENT_KINDS

FAMILY: Final = "event"
"""Type of a key on the work list: `a` is the type of the subject, `b` its id."""

_KINDS: Final = ", ".join(f"'{kind}'" for kind in EVENT_KINDS)
_NEW: Final = (
    "SELECT id, kind, item, site, detail FROM signal NOT INDEXED"
    f" WHERE id >= ? AND order_ref IS NULL AND (kind IN ({_KINDS}) OR json_extract(detail, '$.code') IS NOT NULL)"
)
_NEW_CODES: Final = (
    "SELECT source_id, json_extract(detail, '$.code') AS code FROM signal NOT INDEXED"
    " WHERE id >= ? AND detail IS NOT NULL AND code IS NOT NULL ORDER BY id"
)
_SAID: Final = (
    f"SELECT subject.type, subject.id, signal.item, signal.site, signal.party, {orders.STATEMENT_COLUMNS}"
    " FROM json_each(?) AS wanted CROSS JOIN event_subject AS subject"
    " ON subject.type = json_extract(wanted.value, '$[1]') AND subject.id = json_extract(wanted.value, '$[2]')"
    " CROSS JOIN signal ON signal.id = subject.signal_id"
)


class _Said(NamedTuple):
    statement: Statement
    item: str | None
    site: str | None
    party: str | None


def note(connection: sqlite3.Connection, first_id: int) -> None:
    """Say what the events from `first_id` on are about, and put it on detection's work list."""
    found = []
    for number, kind, item, site, detail in connection.execute(_NEW, (first_id,)).fetchall():
        about = subject_of(kind, item, site, json.loads(detail) if detail else {})
        if about is not None:
            found.append((*about, number))
    connection.executemany("INSERT INTO event_subject(type, id, signal_id) VALUES (?, ?, ?)", found)
    connection.executemany(
        "INSERT INTO touched(type, a, b) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(FAMILY, *about) for about in sorted({(type_, name) for type_, name, _ in found})],
    )


def note_unknown_codes(connection: sqlite3.Connection, now: int, source: str, first_id: int) -> None:
    """Count the codes of the signals from `first_id` on that no table has."""
    unknown = [said for said in connection.execute(_NEW_CODES, (first_id,)) if codes.verdict(said[1]) is None]
    if unknown:
        source_id, code = unknown[-1]
        oddities.note(connection, now, source, "unknown_code", len(unknown), f"{code} of {source_id}")


class EventReader:
    """Reads what was said about a chunk of subjects of events, and builds their facts at any instant."""

    def __init__(self, connection: sqlite3.Connection, keys: Sequence[Key], known_at: int | None = None) -> None:
        """`known_at` leaves out what was taken back by then, as if it had not been said."""
        self._said: dict[Key, list[_Said]] = defaultdict(list)
        for type_, name, item, site, party, *columns in connection.execute(_SAID, (as_json(keys),)):
            statement = Statement._make(columns)
            if known_at is None or statement.stands(known_at):
                self._said[Key(FAMILY, type_, name)].append(_Said(statement, item, site, party))
        for said in self._said.values():
            said.sort(key=lambda one: one.statement)
        named = {one.item for said in self._said.values() for one in said if one.item}
        self._items = items.read(connection, sorted(named))

    def instants(self, key: Key, now: int) -> list[int]:
        """When something was said about a subject that is known by `now`, the latest first."""
        return sorted({one.statement.as_of for one in self._said[key] if one.statement.as_of <= now}, reverse=True)

    def cases(self, keys: Sequence[Key], now: int) -> Iterator[Case[EventFacts]]:
        """One case for each subject, with every event that holds about it at `now`."""
        for key in keys:
            yield Case(key, key.a, key.b, _facts(key, self._said.get(key, ()), now, self._items))


def _facts(key: Key, said: Sequence[_Said], now: int, known: Mapping[str, items.Item]) -> EventFacts:
    holding = [one for one in said if one.statement.holds(now)]
    events: list[Event] = [event for event in (event_of(one.statement) for one in holding) if event is not None]
    facts = EventFacts(key.a, key.b, events)
    for one in holding:
        # The last one that says it.
        facts.item, facts.site, facts.party = one.item or facts.item, one.site or facts.site, one.party or facts.party
    record = known.get(facts.item or "", items.NOTHING)
    facts.item_class = record.item_class
    if record.unit_value is not None:
        minor = record.unit_value * money.units(record.currency)
        facts.unit_value = UnitValue(minor, record.currency, record.uom, f"item {facts.item}: unit_value")
    facts.changes_at = next_change((one.statement for one in said), now)
    return facts
