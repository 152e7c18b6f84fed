"""One command of a person while it is carried out: its transaction, who acts, what the person saw, what was done so far.

Here: finding the rows that ids name, refusing versions that the person did not see, and cleaning the arguments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine import ids
from engine.clock import iso
from engine.errors import BadInput, NotFound, StaleVersion
from engine.ids import Reference
from engine.journal import Writer, entries
from engine.model import Change, Outcome
from engine.sqlite import sqlite3
from engine.store import rows
from engine.text import clean

Row = dict[str, Any]


class CommandContext:
    """The transaction of one command. `expect` maps an id to the version of the row that the person saw."""

    def __init__(
        self, connection: sqlite3.Connection, writer: Writer, now: int, *, actor: str, expect: Mapping[str, int]
    ) -> None:
        self.connection = connection
        self.writer = writer
        self.now = now
        self.actor = actor
        self.changes: list[Change] = []
        self.notes: list[str] = []
        self._expect = {_normal(id_): version for id_, version in expect.items()}

    def rows(self, texts: Sequence[str], *tables: str) -> Iterator[tuple[Reference, Row]]:
        """The rows that ids name, each once, in the order given, and as they stand when their turn comes.

        Raises, before the first one, BadInput without any id, NotFound for an unknown one, and StaleVersion where
        `expect` says otherwise.
        """
        if not texts:
            raise BadInput("ids", "none was given", f"name a {' or '.join(tables)}")
        references = dict.fromkeys(ids.parse(text, *tables) for text in texts)
        for reference in references:
            self.expected(reference)
        for reference in references:
            # Read again: what an earlier id of the same command set off may have moved it.
            yield reference, self.row(reference)

    def expected(self, reference: Reference) -> Row:
        """The present row, which must still be of the version that the person saw, if one is known."""
        row = self.row(reference)
        seen = self._expect.get(reference.id)
        if seen is not None and row["version"] != seen:
            raise StaleVersion(stale_sentence(self.connection, reference, seen))
        return row

    def row(self, reference: Reference) -> Row:
        """The present row, whatever the person saw: rows that a command touches in passing."""
        return fetch(self.connection, reference)

    def outcome(self) -> Outcome:
        return Outcome(txn=self.writer.txn, changes=tuple(self.changes), notes=tuple(self.notes))

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
    before, after = entry["before"], entry["after"]
    names = [
        name for name in after if name != "version" and not name.endswith("_at") and before.get(name) != after[name]
    ]
    # Documents and texts would fill the line; that they changed is enough.
    changed = ", ".join(f"{name} {_brief(before.get(name))} → {_brief(after[name])}" for name in names[:4])
    return f"{entry['actor']} did {entry['action']} at {iso(entry['at'])}{f' ({changed})' if changed else ''}"


def cleaned(text: str | None, name: str, mend: str) -> str:
    """A person's text, cleaned. Raises BadInput, naming the argument, when nothing is in it."""
    stripped = clean(text or "").strip()
    if not stripped:
        raise BadInput(name, "it is empty", mend)
    return stripped


def known_owner(context: CommandContext, name: str | None) -> str:
    """The owner that a person named: the actor, or somebody in the plan's owners. Raises BadInput naming them.

    A desk whose plan has no owners takes any name.
    """
    owner = cleaned(name, "to", "name an owner")
    known = [row[0] for row in context.connection.execute(
        "SELECT key FROM plan_record WHERE kind = 'owner' AND to_version IS NULL ORDER BY key"
    )]  # fmt: skip
    if known and owner != context.actor and owner not in known:
        raise BadInput("to", f"{owner!r} is no owner", f"the owners are {', '.join(known[:20])}")
    return owner


def _brief(value: Any) -> str:
    text = "–" if value is None else value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _normal(text: str) -> str:
    reference = ids.find(text)
    return text if reference is None else reference.id
