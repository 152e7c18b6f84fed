"""Hand-offs of actions to their owners: what each channel has to be told now, written as messages to be delivered.

Every change of an action notes it in `handoff_touched` in its own transaction (triggers of
engine.storage.schema.third), whoever makes it. Here the changed ones are looked at: by owner, response and channel,
after a short wait, so that one response gives one message an owner. Whether a look tells anything is
engine.handoffs.telling; where to, engine.handoffs.routing; how a message is delivered, tried again or left in doubt,
engine.handoffs.deliveries.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from engine.actions import messages
from engine.handoffs import deliveries, telling
from engine.handoffs.handoff_groups import (
    ACTIONS,
    Group,
    Row,
    change,
    facts_of,
    groups_of,
    next_sequence,
    wants_to_hear,
)
from engine.handoffs.routing import Channel, Route, chosen
from engine.master import network
from engine.storage.journal import Entry, Writer, canonical
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, rows
from engine.vocabulary.lifecycle import OPEN_ACTION
from engine.vocabulary.planning import Owner


def touch_open(connection: sqlite3.Connection) -> None:
    """Have every open action looked at again: a feeder that begins may have other channels and routes than the last."""
    connection.execute(
        "INSERT INTO handoff_touched(action_id) SELECT action.id FROM action JOIN response ON response.id = response_id"
        f" WHERE response.state = 'running' AND {OPEN_ACTION}"
        " ON CONFLICT DO NOTHING"
    )


def is_due(connection: sqlite3.Connection, now: int) -> bool:
    """Whether `hand_off` would look at anything."""
    touched = "SELECT 1 FROM handoff_touched LIMIT 1"
    waiting = "SELECT 1 FROM handoff_ledger WHERE next_at <= ? LIMIT 1"
    return bool(connection.execute(touched).fetchone() or connection.execute(waiting, (now,)).fetchone())


def hand_off(
    connection: sqlite3.Connection, writer: Writer, now: int, channels: Sequence[Channel], routes: Sequence[Route]
) -> int:
    """Look at what has changed and what is due, and write the messages that have to go out; returns how many.

    Without channels nothing is looked at, and what changed stays noted for the day when there is one.
    """
    if not channels:
        return 0
    changed_at = _take_touched(connection, now)
    responses = _responses(connection, now, changed_at)
    if not responses:
        return 0
    owners = {owner.id: owner for owner in network.owners(connection)}
    outbox = _Outbox(connection, writer, now, owners, _waiting(connection, responses))
    ledgers = _ledgers(connection, responses)
    query = f"{ACTIONS} WHERE response_id IN (SELECT value FROM json_each(?)) ORDER BY response_id, position"
    found = rows(connection, query, (as_json(responses),))
    for response, actions in groupby(found, itemgetter("response_id")):
        members = {action["id"]: action for action in actions}
        takers = {number: chosen(facts_of(action), channels, routes) for number, action in members.items()}
        for channel in channels:
            for group in groups_of(channel, response, members, takers, ledgers[channel.name, response]):
                outbox.look(group, changed_at)
    return outbox.made


def touched(connection: sqlite3.Connection) -> list[int]:
    """The actions that changed and were not looked at since."""
    return [number for (number,) in connection.execute("SELECT action_id FROM handoff_touched ORDER BY action_id")]


def _take_touched(connection: sqlite3.Connection, now: int) -> dict[int, int]:
    """The actions that changed, each with when it last did, taken off the list."""
    found = connection.execute(
        "SELECT action_id, coalesce((SELECT at FROM journal WHERE subject_type = 'action'"
        " AND subject_id = 'A' || action_id ORDER BY seq DESC LIMIT 1), ?) FROM handoff_touched",
        (now,),
    ).fetchall()
    if found:
        connection.execute("DELETE FROM handoff_touched")
    return dict(found)


def _responses(connection: sqlite3.Connection, now: int, changed: Iterable[int]) -> list[int]:
    found = connection.execute(
        "SELECT response_id FROM action WHERE id IN (SELECT value FROM json_each(?))"
        " UNION SELECT response_id FROM handoff_ledger WHERE next_at <= ? ORDER BY 1",
        (as_json(changed), now),
    )
    return [number for (number,) in found]


def _ledgers(connection: sqlite3.Connection, responses: Sequence[int]) -> dict[tuple[str, int], list[Row]]:
    found: dict[tuple[str, int], list[Row]] = defaultdict(list)
    query = "SELECT * FROM handoff_ledger WHERE response_id IN (SELECT value FROM json_each(?)) ORDER BY owner"
    for row in rows(connection, query, (as_json(responses),)):
        found[row["channel"], row["response_id"]].append(row)
    return found


def _waiting(connection: sqlite3.Connection, responses: Sequence[int]) -> dict[tuple[str, str, int], Row]:
    """The message of each group that is not delivered and will be tried."""
    query = (
        "SELECT * FROM handoff WHERE response_id IN (SELECT value FROM json_each(?))"
        " AND reason NOT IN ('notice', 'offer') AND (state = 'begun' OR next_at IS NOT NULL)"
    )
    return {
        (row["channel"], row["owner"], row["response_id"]): row
        for row in rows(connection, query, (as_json(responses),))
    }


class _Outbox:
    """Looks at groups, writing ledgers and messages at one instant."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        writer: Writer,
        now: int,
        owners: Mapping[str, Owner],
        waiting: Mapping[tuple[str, str, int], Row],
    ) -> None:
        self.made = 0
        self._connection = connection
        self._writer = writer
        self._now = now
        self._owners = owners
        self._waiting = waiting

    def look(self, group: Group, changed_at: Mapping[int, int]) -> None:
        """Look at a group if the time for it has come, else note when it comes."""
        ledger = group.ledger
        if ledger is None:
            ledger = group.ledger = self._begin(group, changed_at)
        if max(ledger["base_at"] - group.channel.wait, ledger["looked_at"] or 0) > self._now:
            # The clock was set back: what it showed then says nothing of when to look next.
            ledger |= {"base_at": self._now, "looked_at": None, "next_at": self._now}
            self._note(group, base_at=self._now, looked_at=None)
        base, looked_at, next_at = ledger["base_at"], ledger["looked_at"], ledger["next_at"]
        waiting = self._waiting.get((group.channel.name, group.owner, group.response))
        on_its_way = [] if waiting is None else map(int, json.loads(waiting["open"]))
        about = {*group.is_open, *group.known_open, *on_its_way}
        changed = [changed_at[number] for number in about if number in changed_at]
        if changed:
            earliest = min(changed) if looked_at is None else max(min(changed), looked_at + 1)
            tick = telling.tick_from(base, group.channel.interval, earliest)
            next_at = tick if next_at is None else min(next_at, tick)
        if next_at is None or next_at > self._now:
            self._note(group, next_at=next_at)
        elif waiting is not None and waiting["state"] == "begun":
            # It is on its way: what it will have told is known when it has ended.
            self._note(group, next_at=telling.tick_from(base, group.channel.interval, self._now + 1))
        else:
            self._tell(group, ledger, waiting)

    def _begin(self, group: Group, changed_at: Mapping[int, int]) -> Row:
        since = min(changed_at.get(number, self._now) for number in group.is_open)
        base = max(since + group.channel.wait, since)
        key = (group.channel.name, group.owner, group.response)
        # One that was due while nobody looked is told at once, and its grid begins then.
        base = self._now if base < self._now else base
        self._connection.execute(
            "INSERT INTO handoff_ledger(channel, owner, response_id, base_at, next_at) VALUES (?, ?, ?, ?, ?)",
            (*key, base, base),
        )
        return {"open": "{}", "ended": "{}", "told_at": None, "base_at": base, "looked_at": None, "next_at": base}

    def _tell(self, group: Group, ledger: Row, waiting: Row | None) -> None:
        known = None
        if ledger["told_at"] is not None:
            said = {(number, digest) for number, (digest, _) in group.known_open.items()}
            known = telling.Known(said, set(group.known_ended), ledger["told_at"])
        gone = [number for number in (*group.known_open, *group.known_ended) if number not in group.is_open]
        ended = [number for number in gone if wants_to_hear(group.channel, group.owner, group.members[number])]
        reason = telling.decide(
            known,
            set(group.is_open.items()),
            set(ended),
            now=self._now,
            remind=group.channel.remind,
            wants_ended=group.channel.ended != "none",
        )
        told_ended = [number for number in ended if number in group.known_open]
        open_after, ended_after = self._afterwards(group, gone, told_ended)
        tells = reason != telling.NOTHING_NEW and bool(group.is_open or told_ended)
        if waiting is not None and (waiting["open"], waiting["ended"]) == (open_after, ended_after):
            # The same is on its way already: tried again by its own time, or sent again since a person asked for it.
            self._note(group, looked_at=self._now, next_at=None)
            return
        number = self._insert(group, reason, open_after, ended_after, told_ended) if tells else None
        if waiting is not None:
            why = "there is nothing to tell any more" if number is None else f"H{number} tells more"
            deliveries.withdraw(self._connection, self._writer, self._now, waiting, why)
        values: dict[str, Any] = {"looked_at": self._now, "next_at": None}
        if not tells:
            # It may have forgotten something: what fires again after a silent end is new to it.
            values |= {"open": open_after, "ended": ended_after}
            if group.is_open:
                times = (ledger["base_at"], group.channel.interval, ledger["told_at"], group.channel.remind)
                values["next_at"] = telling.remind_at(*times)
        self._note(group, **values)

    def _afterwards(self, group: Group, gone: Iterable[int], told_ended: Sequence[int]) -> tuple[str, str]:
        """What the channel knows after this look: open actions with their sequence numbers, and ended ones."""
        known_open, known_ended = group.known_open, group.known_ended
        is_open = {
            str(number): (digest, next_sequence(number, digest, known_open, known_ended))
            for number, digest in group.is_open.items()
        }
        ended = {str(number): known_ended.get(number, known_open.get(number, ("", 0))[1]) for number in gone}
        for number in told_ended:
            ended[str(number)] += 1
        return canonical(is_open), canonical(ended)

    def _insert(self, group: Group, reason: str, open_after: str, ended_after: str, told_ended: Sequence[int]) -> int:
        secret = messages.made_secret(self._connection)
        open_now, ended_now = json.loads(open_after), json.loads(ended_after)
        content = messages.content(
            self._connection,
            self._now,
            secret=secret,
            reason=reason,
            owner=self._owners.get(group.owner, Owner(group.owner, group.owner, ())),
            open_actions=[
                (group.members[number], change(group, number, digest), open_now[str(number)][1])
                for number, digest in group.is_open.items()
            ],
            ended=[(group.members[number], ended_now[str(number)]) for number in told_ended],
        )
        self.made += 1
        return put(
            self._connection,
            self._writer,
            self._now,
            secret,
            {
                "channel": group.channel.name,
                "once": int(group.channel.once),
                "owner": group.owner,
                "response_id": group.response,
                "reason": reason,
                "content": canonical(content),
                "open": open_after,
                "ended": ended_after,
            },
            [*group.is_open, *told_ended],
        )

    def _note(self, group: Group, **values: Any) -> None:
        assignments = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(
            f"UPDATE handoff_ledger SET {assignments} WHERE channel = ? AND owner = ? AND response_id = ?",
            (*values.values(), group.channel.name, group.owner, group.response),
        )


def put(
    connection: sqlite3.Connection,
    writer: Writer,
    now: int,
    secret: bytes,
    values: Mapping[str, Any],
    actions: Sequence[int],
) -> int:
    """Write a message that is to be delivered from now on; `values` are its columns, `actions` what it is about."""
    number = 1 + int(connection.execute("SELECT coalesce(max(id), 0) FROM handoff").fetchone()[0])
    columns = {
        "id": number,
        "key": messages.key(secret, number),
        **values,
        "state": "pending",
        "next_at": now,
        "created_at": now,
    }
    marks = ", ".join("?" for _ in columns)
    connection.execute(f"INSERT INTO handoff({', '.join(columns)}) VALUES ({marks})", tuple(columns.values()))
    connection.executemany(
        "INSERT INTO handoff_action(handoff_id, action_id) VALUES (?, ?)", [(number, action) for action in actions]
    )
    shown = {name: columns[name] for name in ("channel", "owner", "reason", "state")}
    told = {"actions": [f"A{action}" for action in actions], "version": 1}
    writer.write(Entry("hand_off", "handoff", f"H{number}", {}, {**shown, **told}))
    return number
