"""Loading the plan: what a load brings is compared with what is current of its kind and scope, and only differences
become a new version.

A load is the whole truth about its (kind, scope): what it does not name any more is removed, with two exceptions. A
line that was refused keeps its last sound form; where a refusal cannot be tied to a line, every line may be the refused
one, and the load removes nothing. And a load that would remove a large part of the plan is refused until somebody
accepts that, because far more often the file is cut off. What changed goes on detection's work list
(engine.intake.plan_touches). All of it runs inside the caller's write transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from engine.intake import plan_touches, quarantine
from engine.storage.journal import Entry, Writer
from engine.storage.sqlite import sqlite3
from engine.validation import line_checks
from engine.validation.line_checks import Candidate, Candidates
from engine.values.errors import BadInput
from engine.values.text import clean
from engine.vocabulary.model import LINE_KINDS, ORDER_KINDS, PLAN_KINDS, LoadResult

_MANY_REMOVED: Final = 5
_PART_REMOVED: Final = 3
"""A load that would remove at least so many lines, and one in so many of them or more, has to be accepted."""

# Absent values are bound as '' (engine.intake.signal_rows says why).
_INSERT_LINE: Final = (
    "INSERT INTO plan_line(kind, ref, scope, item, site, origin, party, quantity, maximum, uom, planned_at, until_at,"
    " value_minor, currency, status, attributes, content, from_version) VALUES (?, ?, ?, nullif(?, ''), nullif(?, ''),"
    " nullif(?, ''), nullif(?, ''), nullif(?, ''), nullif(?, ''), nullif(?, ''), nullif(?, ''), nullif(?, ''),"
    " nullif(?, ''), nullif(?, ''), ?, ?, ?, ?)"
)
_INSERT_RECORD: Final = (
    "INSERT INTO plan_record(kind, key, scope, data, content, from_version, parent, component) VALUES (?1, ?2, ?3, ?4, ?5,"
    " ?6, iif(?1 = 'bom', json_extract(?4, '$.parent'), NULL), iif(?1 = 'bom', json_extract(?4, '$.item'), NULL))"
)


class Current(NamedTuple):
    """What the plan holds now under one key; item, site and origin only of lines."""

    id: int
    content: bytes
    item: str | None
    site: str | None
    origin: str | None


class Difference(NamedTuple):
    """What a load changes, by key."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    kept: list[str]
    """Not named any more, and yet not removed, because a refused row may have named it."""

    @property
    def is_none(self) -> bool:
        """Whether the plan stays as it is."""
        return not (self.added or self.changed or self.removed)


def load(
    connection: sqlite3.Connection,
    writer: Writer,
    now: int,
    found: Candidates,
    *,
    kind: str,
    scope: str,
    file: str,
    accept_removal: bool = False,
) -> LoadResult:
    """Make what was sifted the current plan of (kind, scope), and return what that changed; judging is detection's.

    Rows with a key that another scope owns are refused. When nothing differs there is no new version. Raises BadInput
    for a load that would remove a large part of the plan, unless `accept_removal` says that this is meant.
    """
    assert kind in PLAN_KINDS
    line_checks.refuse_foreign(found, kind, file, _foreign(connection, kind, scope))
    current = _current(connection, kind, scope)
    difference = _difference(found, current)
    if not accept_removal:
        _refuse_large_removal(difference, len(current), kind, scope, file)
    source = f"plan:{kind}:{scope}"
    quarantine.hold(connection, source, found.refusals, now)
    quarantine.supersede(connection, writer, source, found.refusals)
    last = int(connection.execute("SELECT coalesce(max(version), 0) FROM baseline").fetchone()[0])
    if difference.is_none:
        return LoadResult(last, quarantined=len(found.refusals), kept=len(difference.kept))
    version = last + 1
    first_orders = kind in ORDER_KINDS and not _has_orders(connection)
    _write(connection, kind, scope, version, difference, found.by_key, current)
    added, changed, removed, kept = (len(keys) for keys in difference)
    connection.execute(
        "INSERT INTO baseline(version, kind, scope, file, loaded_at, actor, added, changed, removed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (version, kind, scope, clean(file), now, writer.actor, added, changed, removed),
    )
    after = {"kind": kind, "scope": scope, "file": clean(file), "added": added, "changed": changed, "removed": removed}
    after |= {"kept": kept, "quarantined": len(found.refusals)}
    writer.write(Entry("load", "baseline", str(version), {"version": last}, after))
    if kind in LINE_KINDS:
        keys = (*difference.added, *difference.changed, *difference.removed)
        plan_touches.lines(connection, kind, {key: _about(key, found.by_key, current) for key in keys})
    else:
        plan_touches.records(connection, kind, version)
    if first_orders:
        plan_touches.every_reference(connection)
    return LoadResult(version, added, changed, removed, len(found.refusals), kept=kept)


# comparing ------------------------------------------------------------------------------------------------------------


def _table(kind: str) -> tuple[str, str]:
    """The table that holds a kind, and the column of its key."""
    return ("plan_line", "ref") if kind in LINE_KINDS else ("plan_record", "key")


def _foreign(connection: sqlite3.Connection, kind: str, scope: str) -> dict[str, str]:
    """Keys of this kind that are current in another scope, with that scope."""
    table, key = _table(kind)
    return dict(
        connection.execute(
            f"SELECT {key}, scope FROM {table} WHERE kind = ? AND scope != ? AND to_version IS NULL", (kind, scope)
        ).fetchall()
    )


def _current(connection: sqlite3.Connection, kind: str, scope: str) -> dict[str, Current]:
    table, key = _table(kind)
    about = "item, site, origin" if table == "plan_line" else "NULL, NULL, NULL"
    rows = connection.execute(
        f"SELECT {key}, id, content, {about} FROM {table} WHERE kind = ? AND scope = ? AND to_version IS NULL",
        (kind, scope),
    )
    return {name: Current(*rest) for name, *rest in rows}


def _difference(found: Candidates, current: dict[str, Current]) -> Difference:
    added = [key for key in found.by_key if key not in current]
    changed = [key for key, row in found.by_key.items() if key in current and current[key].content != row.content]
    gone = [key for key in current if key not in found.by_key]
    kept = gone if found.keyless else [key for key in gone if key in found.refused_keys]
    removed = [] if found.keyless else [key for key in gone if key not in found.refused_keys]
    return Difference(added, changed, removed, kept)


def _refuse_large_removal(difference: Difference, present: int, kind: str, scope: str, file: str) -> None:
    removed = len(difference.removed)
    # However small the plan is, a file without a record is a failed export more often than the end of the plan.
    emptied = 0 < removed == present and not difference.added
    if not emptied and (removed < _MANY_REMOVED or removed * _PART_REMOVED < present):
        return
    plan = f"{kind} plan" if scope == kind else f"{kind} plan {scope}"
    fault = f"it no longer names {removed} of the {present} records of the {plan}"
    raise BadInput(clean(file), fault, "see that the file is whole, or load it with --accept-removal")


def _has_orders(connection: sqlite3.Connection) -> bool:
    marks = ", ".join("?" * len(ORDER_KINDS))
    query = f"SELECT EXISTS (SELECT 1 FROM plan_line WHERE to_version IS NULL AND kind IN ({marks}))"
    return bool(connection.execute(query, ORDER_KINDS).fetchone()[0])


# writing --------------------------------------------------------------------------------------------------------------


def _write(
    connection: sqlite3.Connection,
    kind: str,
    scope: str,
    version: int,
    difference: Difference,
    by_key: dict[str, Candidate],
    current: dict[str, Current],
) -> None:
    """End what changed or went, and begin what changed or came; nothing else of the plan is written."""
    table, _ = _table(kind)
    connection.executemany(
        f"UPDATE {table} SET to_version = ? WHERE id = ?",
        [(version, current[key].id) for key in (*difference.changed, *difference.removed)],
    )
    begun = (by_key[key] for key in (*difference.added, *difference.changed))
    if table == "plan_line":
        connection.executemany(
            _INSERT_LINE,
            (
                (kind, new.key, scope, *("" if v is None else v for v in new.row), bytearray(new.content), version)
                for new in begun
            ),
        )
    else:
        connection.executemany(
            _INSERT_RECORD,
            ((kind, new.key, scope, *new.row, bytearray(new.content), version) for new in begun),
        )


def _about(key: str, by_key: dict[str, Candidate], current: dict[str, Current]) -> Sequence[tuple[Any, Any, Any]]:
    """Item, site and origin of a line as it was and as it is."""
    was = [current[key][2:]] if key in current else []
    return [*was, by_key[key].row[:3]] if key in by_key else was
