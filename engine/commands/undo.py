"""Taking back a person's command: entries that restore what it changed, for as long as nobody has moved on since.

The journal says how each column stood before and after; what stands in the way is engine.commands.moved_on. An undo is
no command of a person: what it wrote is passed over when the last command is sought. What takes it back is a redo,
which is one: it can be undone in its turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from engine.actions import notified
from engine.commands import following, responses, starting
from engine.commands.deviation_commands import require_free_slot
from engine.commands.moved_on import UNDONE, Told, is_redone, is_undone, obstacle, told_of
from engine.deviations import merging, silences
from engine.deviations.command_context import CommandContext, Row
from engine.deviations.moves import move_action, write
from engine.intake import worklist
from engine.storage.journal import Entry
from engine.storage.store import rows
from engine.values.errors import NotFound, Refused
from engine.values.ids import Reference, parse
from engine.vocabulary import shapes
from engine.vocabulary.lifecycle import ACTION_CLOSED_STATES, ACTION_OPEN_STATES, SLOT_STATES

_SUBJECTS: Final = ("deviation", "action", "response", "silence", "handoff")
_TELLING: Final = ("state", "owner", "start_at")
"""Columns that say what was taken back without their name, the first before the others."""
_WRITTEN: Final = "subject_type, subject_id, action"
"""Of each entry of a command what says what it is about: of a hundred thousand all columns would take 100 MiB."""
_A_PERSONS: Final = f"subject_type IN {_SUBJECTS}"


def undo(context: CommandContext, txn: int | None, about: str | None = None) -> None:
    """Take back command `txn` of the actor, by default the last one (that changed `about`) not taken back yet.

    Raises Refused when there is none, it is somebody else's, it is an undo, or what it wrote has moved on; NotFound for
    no such one.
    """
    number = _last(context, about) if txn is None else _named(context, txn)
    written = rows(
        context.connection, f"SELECT {_WRITTEN} FROM journal WHERE txn = ? AND {_A_PERSONS} ORDER BY seq", (number,)
    )
    _take_back(context, number, written, "undo", f"undo of command {number} ({written[0]['action']})")


def redo(context: CommandContext, txn: int | None) -> None:
    """Take back undo `txn` of the actor, by default the last one not taken back yet: what it undid stands again.

    Raises Refused when there is none, it is somebody else's, or what it wrote has moved on; NotFound for no such one.
    """
    number, undone = _last_undo(context) if txn is None else _named_undo(context, txn)
    written = rows(
        context.connection, f"SELECT {_WRITTEN} FROM journal WHERE txn = ? AND {_A_PERSONS} ORDER BY seq", (number,)
    )
    _take_back(context, number, written, "redo", f"redo of command {undone}")


def _take_back(
    context: CommandContext, number: int, written: Sequence[Mapping[str, Any]], word: str, reason: str
) -> None:
    """Restore what command `number` wrote; `word` is the entry that says so: undo, or redo of an undo."""
    context.about = number
    command = told_of(context, number, written)
    going_back = []
    for told in command:
        why = obstacle(context, number, told, command)
        if why is None:
            going_back.append(told)
        elif told.follows:
            context.notes.append(f"{told.reference.id} stays {context.row(told.reference)['state']}")
        else:
            raise Refused(why)
    context.writer.write(Entry(word, UNDONE, str(number), {}, {}, reason=reason))
    # Backwards, so that a response is called off, or done again, after its actions.
    for told in reversed(going_back):
        _compensate(context, told, word, reason)
    for told in going_back:
        if told.reference.table == "action" and "state" in told.before():
            _settle(context, told.reference)


def _last(context: CommandContext, about: str | None) -> int:
    subject = None if about is None else parse(about, *_SUBJECTS).id
    # From the newest entry back, whatever the planner thinks: any other way looks at all that the actor ever did.
    place = "journal NOT INDEXED" if subject is None else "journal"
    row = context.connection.execute(
        f"SELECT txn FROM {place} WHERE actor = ?1 AND {_A_PERSONS} AND (?3 IS NULL OR subject_id = ?3)"
        " AND txn NOT IN (SELECT txn FROM journal WHERE subject_type = ?2 AND action = 'undo')"
        " AND txn NOT IN (SELECT CAST(subject_id AS INTEGER) FROM journal WHERE subject_type = ?2)"
        " ORDER BY seq DESC LIMIT 1",
        (context.actor, UNDONE, subject),
    ).fetchone()
    if row is None:
        raise Refused(f"there is no command of {context.actor}{f' on {subject}' if subject else ''} to take back")
    return int(row[0])


def _named(context: CommandContext, txn: int) -> int:
    taken_back = _undone_by(context, txn)
    if taken_back is not None:
        raise Refused(f"command {txn} is the undo of command {taken_back}; `offplan redo {txn}` has that back")
    found = rows(context.connection, f"SELECT * FROM journal WHERE txn = ? AND {_A_PERSONS}", (txn,))
    if not found:
        raise NotFound(f"there is no command {txn} that can be taken back; histories show the numbers as txn")
    if found[0]["actor"] != context.actor:
        raise Refused(f"command {txn} is {found[0]['actor']}'s; only who gave a command takes it back")
    if is_undone(context, txn):
        raise Refused(f"command {txn} was taken back already")
    return txn


def _undone_by(context: CommandContext, txn: int) -> str | None:
    """The number of the command that command `txn` undid; None where it is no undo."""
    query = "SELECT subject_id FROM journal WHERE txn = ? AND subject_type = ? AND action = 'undo'"
    row = context.connection.execute(query, (txn, UNDONE)).fetchone()
    return None if row is None else str(row[0])


def _last_undo(context: CommandContext) -> tuple[int, str]:
    row = context.connection.execute(
        "SELECT txn, subject_id FROM journal WHERE actor = ?1 AND subject_type = ?2 AND action = 'undo'"
        " AND NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.subject_type = ?2 AND later.action = 'redo'"
        " AND later.subject_id = CAST(journal.txn AS TEXT)) ORDER BY seq DESC LIMIT 1",
        (context.actor, UNDONE),
    ).fetchone()
    if row is None:
        raise Refused(f"there is no undo of {context.actor} to take back")
    return int(row[0]), str(row[1])


def _named_undo(context: CommandContext, txn: int) -> tuple[int, str]:
    undone = _undone_by(context, txn)
    if undone is None:
        raise NotFound(f"command {txn} is no undo; histories show the numbers as txn")
    actor = context.connection.execute("SELECT actor FROM journal WHERE txn = ? LIMIT 1", (txn,)).fetchone()[0]
    if actor != context.actor:
        raise Refused(f"command {txn} is {actor}'s; only who gave a command takes it back")
    if is_redone(context, txn):
        raise Refused(f"command {txn} was taken back already")
    return txn, undone


def _compensate(context: CommandContext, told: Told, word: str, reason: str) -> None:
    reference, row, values = told.reference, context.row(told.reference), told.before()
    if told.created():
        _call_off(context, reference, row, reason)
    elif not values:
        context.writer.write(Entry(word, reference.table, reference.id, {}, {}, reason=reason))
        context.changed(reference.id, row["state"], row["state"])
    elif _may_go_back(context, reference, row, values):
        if reference.table == "deviation" and row["state"] == "merged":
            merging.detach(context.connection, row, told.own[0]["txn"])
        write(context.connection, context.writer, reference.table, row, values, action=word, reason=reason)
        if reference.table == "deviation" and "state" in values:
            worklist.touch(context.connection, row)
            merging.touch(context.connection, row["id"])
        if reference.table == "handoff":
            notified.touch(context.connection, row)
        back = {**row, **values}
        context.changed(reference.id, _words(row, values), _words(back, values))
        if reference.table == "response" and values.get("state", "running") != "running":
            following.begin_next(context, row)


def _may_go_back(context: CommandContext, reference: Reference, row: Row, values: Mapping[str, Any]) -> bool:
    """False for a response that others keep running; raises Refused where another row has taken this one's place."""
    if reference.table == "deviation" and values.get("state") in SLOT_STATES:
        require_free_slot(context, row)
    if reference.table == "response" and values.get("state") == "running":
        starting.require_sole(context, row)
    ends_response = reference.table == "response" and values.get("state") == "done"
    return not (ends_response and set(following.action_states(context, row["id"])) & set(ACTION_OPEN_STATES))


def _call_off(context: CommandContext, reference: Reference, row: Row, reason: str) -> None:
    """What a command created cannot be deleted, since the journal tells of it; it is cancelled, a silence ended."""
    if reference.table == "silence":
        values = silences.ended(row, context.now)
        write(context.connection, context.writer, "silence", row, values, action="undo", reason=reason)
        context.changed(reference.id, "made", "over")
        return
    if reference.table == "action":
        if row["state"] in ACTION_CLOSED_STATES:
            # A step that nobody works on was done as soon as it was there: nothing is left to call off.
            context.notes.append(f"{reference.id} stays {row['state']}")
            return
        changes = {"reason": reason}
        move_action(context.connection, context.writer, context.now, row, "cancel", reason=reason, changes=changes)
    else:
        values = {"state": "cancelled", "closed_at": context.now}
        write(context.connection, context.writer, "response", row, values, action="undo", reason=reason)
        following.begin_next(context, row)
    context.changed(reference.id, row["state"], "cancelled")


def _settle(context: CommandContext, reference: Reference) -> None:
    """What others did since may bear on an action that went back: its response ended, or its needs were met."""
    row = context.row(reference)
    if row["state"] in ACTION_OPEN_STATES:
        responses.require_running(context, reference, row, reopening=True)
    if row["state"] == "blocked":
        following.release(context, row)
    following.follow(context, context.row(reference))


def _words(row: Mapping[str, Any], changed: Iterable[str]) -> str | None:
    """How a row stands in what has changed: its state, owner or start, or another column by its name; its state where
    that says nothing."""
    name = next((name for name in _TELLING if name in changed), None) or next(iter(changed))
    value = shapes.readable({name: row[name]})[name]
    if name in _TELLING:
        return None if value is None else str(value)
    return row.get("state") if value in (None, "") else f"{name.removesuffix('_at').replace('_', ' ')} {value}"
