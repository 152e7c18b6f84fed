"""One command of a person while it is carried out: its transaction, who acts, what the person saw, what was done so
far.

Here: finding the rows that ids name, refusing versions that the person did not see, and cleaning the arguments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.master import network
from engine.storage.journal import Writer, entries
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values import ids
from engine.values.clock import LATEST, iso
from engine.values.errors import BadInput, NotFound, Refused, StaleVersion
from engine.values.ids import Reference
from engine.values.text import clean
from engine.vocabulary import lifecycle, shapes
from engine.vocabulary.model import Change, Outcome

if TYPE_CHECKING:
    from engine.vocabulary.planning import Planner

Row = dict[str, Any]


class CommandContext:
    """The transaction of one command. `expect` maps an id to the version of the row that the person saw."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        writer: Writer,
        now: int,
        *,
        actor: str,
        expect: Mapping[str, int],
        planner: Planner | None = None,
    ) -> None:
        self.connection = connection
        self.writer = writer
        self.now = now
        self.actor = actor
        self.planner = planner
        """Who settles steps as they become ready; without one, those that ask for it stay blocked."""
        self.changes: list[Change] = []
        self.notes: list[str] = []
        self.about: int | None = None
        """The command that this one takes back."""
        self._expect = {_normal(id_): version for id_, version in expect.items()}
        self._compared: set[str] = set()

    def rows(self, texts: Sequence[str], *tables: str) -> Iterator[tuple[Reference, Row]]:
        """The rows that ids name, each once, in the order given, and as they stand when their turn comes.

        Raises, before the first one, BadInput without any id, NotFound for an unknown one, and StaleVersion where
        `expect` says otherwise.
        """
        if not texts:
            raise BadInput("ids", "none was given", f"name {_one_of(tables)}")
        references = dict.fromkeys(ids.parse(text, *tables) for text in texts)
        for reference in references:
            self.expected(reference)
        for reference in references:
            # Read again: what an earlier id of the same command set off may have moved it.
            yield reference, self.row(reference)

    def expected(self, reference: Reference) -> Row:
        """The present row, which must still be of the version that the person saw, if one is known."""
        row = self.row(reference)
        self._compared.add(reference.id)
        seen = self._expect.get(reference.id)
        if seen is not None and row["version"] != seen:
            raise StaleVersion(stale_sentence(self.connection, reference, seen))
        return row

    def row(self, reference: Reference) -> Row:
        """The present row, whatever the person saw: rows that a command touches in passing."""
        return fetch(self.connection, reference)

    def outcome(self) -> Outcome:
        """What the command did. Raises BadInput for a version of something that the command did not name."""
        for id_, version in self._expect.items():
            if id_ not in self._compared:
                fault = f"{id_}={version} is of nothing that this command names"
                raise BadInput("expect", fault, "name the ids that the command is given")
        return Outcome(self.writer.txn, tuple(self.changes), tuple(self.notes), self.about)

    def changed(self, subject: str, was: str | None, now: str | None) -> None:
        """Note what a command did to one object, for the person."""
        self.changes.append(Change(id=subject, was=was or "–", now=now or "–"))


def fetch(connection: sqlite3.Connection, reference: Reference) -> Row:
    """One row by its id. Raises NotFound."""
    found = rows(connection, f"SELECT * FROM {reference.table} WHERE id = ?", (reference.number,))
    if not found:
        raise NotFound(f"there is no {reference.table} {reference.id}")
    return found[0]


def stale_sentence(connection: sqlite3.Connection, reference: Reference, seen: int) -> str:
    """Who changed what since the version that a person saw."""
    since = [
        entry for entry in entries(connection, reference.table, reference.id) if entry["after"].get("version", 0) > seen
    ]
    told = "; ".join(describe(entry) for entry in since[-3:]) or "by whom is not recorded"
    return f"{reference.id} has changed since you looked: {told}; look again"


def describe(entry: Mapping[str, Any]) -> str:
    """A journal entry in words: who, what, when, and the fields that changed."""
    before, after = shapes.readable(entry["before"]), shapes.readable(entry["after"])
    names = [
        name for name in after if name != "version" and not name.endswith("_at") and before.get(name) != after[name]
    ]
    # Documents and texts would fill the line; that they changed is enough.
    changed = ", ".join(f"{name} {_brief(before.get(name))} → {_brief(after[name])}" for name in names[:4])
    event = lifecycle.spoken(entry["subject_type"], entry["action"])
    return f"{entry['actor']} did {event} at {iso(entry['at'])}{f' ({changed})' if changed else ''}"


def cleaned(text: str | None, name: str, needed: str, mend: str) -> str:
    """A person's text, cleaned. Raises BadInput, naming the argument and what is `needed`, when nothing is in it."""
    stripped = clean(text or "").strip()
    if not stripped:
        raise BadInput(name, f"{needed} is needed", mend)
    return stripped


def reason_of(text: str | None, mend: str = "say why, such as 'agreed with the customer'") -> str:
    """The reason of a command that cannot do without one. Raises BadInput when it is empty."""
    return cleaned(text, "reason", "a reason", mend)


def require_in_queue(reference: Reference, state: str, asked: str) -> None:
    """Raises Refused for a deviation that does not stand in the queue; `asked` is what cannot be done with it."""
    if state in lifecycle.QUEUE_STATES:
        return
    mend = "reopen it first" if state in ("resolved", "dismissed") else "it comes back when detection finds it again"
    raise Refused(f"{reference.id} is {state}: only what stands in the queue can be {asked}; {mend}")


def known_owner(context: CommandContext, name: str | None) -> str:
    """The owner that a person named: the actor, or somebody in the plan's owners. Raises BadInput naming them.

    A desk whose plan has no owners takes any name.
    """
    owner = cleaned(name, "to", "an owner", "name who takes it")
    known = network.owner_ids(context.connection)
    if known and owner != context.actor and owner not in known:
        raise BadInput("to", f"{owner!r} is no owner", f"the owners are {', '.join(known[:20])}")
    return owner


def note_same_owner(context: CommandContext, reference: Reference, owner: str) -> None:
    """Tell the person that an owner who was named is the owner already."""
    context.notes.append(f"{reference.id} is {owner}'s already: nothing was changed")


def require_future(context: CommandContext, until: int) -> None:
    """Raises BadInput for a time that is not after now, or that no desk will live to see."""
    if until <= context.now:
        raise BadInput("until", f"{iso(until)} is not after now ({iso(context.now)})", "name a later time, such as +2h")
    if until >= LATEST:
        raise BadInput("until", f"{iso(until)} lies outside the years 1900 to 2199", "correct the year")


def _brief(value: Any) -> str:
    text = "–" if value is None else value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _normal(text: str) -> str:
    reference = ids.find(text)
    return text if reference is None else reference.id


def _one_of(tables: Sequence[str]) -> str:
    return " or ".join(f"{'an' if table[0] in 'aeiou' else 'a'} {table}" for table in tables)
