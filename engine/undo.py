"""Taking back a person's command: entries that restore what it changed, for as long as nobody has changed it since.

The journal says how each column stood before and after. Columns are compared, not versions: what others did to other
columns meanwhile (detection measures a gap anew, say) does not stand in the way and is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.command_context import CommandContext, Row, describe
from engine.commands import require_free_slot, touch
from engine.errors import NotFound, Refused
from engine.ids import Reference, parse
from engine.journal import Entry, entries
from engine.lifecycle import SLOT_STATES
from engine.moves import move_action, write
from engine.store import rows

UNDONE: Final = "command"
"""Subject type of the entry that says which command was taken back; its subject id is the command's number."""

_A_PERSONS: Final = "subject_type IN ('deviation', 'action', 'response') AND action != 'undo'"


def undo(context: CommandContext, txn: int | None) -> None:
    """Take back command `txn` of the actor, by default the last one that was not taken back yet.

    Raises Refused when there is none, it is somebody else's, or what it wrote has moved on; NotFound for no such one.
    """
    number = _last(context) if txn is None else _named(context, txn)
    told = rows(context.connection, f"SELECT * FROM journal WHERE txn = ? AND {_A_PERSONS} ORDER BY seq", (number,))
    reason = f"undo of command {number} ({told[0]['action']})"
    subjects: dict[str, list[dict[str, Any]]] = {}
    for subject in dict.fromkeys((entry["subject_type"], entry["subject_id"]) for entry in told):
        about = list(entries(context.connection, *subject))
        subjects[subject[1]] = [entry for entry in about if entry["txn"] == number]
        _refuse_moved_on(context, subject[1], subjects[subject[1]], about)
    context.writer.write(Entry("undo", UNDONE, str(number), {}, {}, reason=reason))
    # Backwards, so that a response is called off after its actions.
    for identity, own in reversed(subjects.items()):
        _compensate(context, parse(identity, own[0]["subject_type"]), own, reason)


def _last(context: CommandContext) -> int:
    row = context.connection.execute(
        f"SELECT txn FROM journal WHERE actor = ? AND {_A_PERSONS} AND NOT EXISTS (SELECT 1 FROM journal AS later"
        " WHERE later.subject_type = ? AND later.subject_id = CAST(journal.txn AS TEXT)) ORDER BY seq DESC LIMIT 1",
        (context.actor, UNDONE),
    ).fetchone()
    if row is None:
        raise Refused(f"there is no command of {context.actor} to take back")
    return int(row[0])


def _named(context: CommandContext, txn: int) -> int:
    found = rows(context.connection, f"SELECT * FROM journal WHERE txn = ? AND {_A_PERSONS}", (txn,))
    if not found:
        raise NotFound(f"there is no command {txn} that can be taken back; histories show the numbers as txn")
    if found[0]["actor"] != context.actor:
        raise Refused(f"command {txn} is {found[0]['actor']}'s; only who gave a command takes it back")
    if any(True for _ in entries(context.connection, UNDONE, str(txn))):
        raise Refused(f"command {txn} was taken back already")
    return txn


def _refuse_moved_on(
    context: CommandContext, identity: str, own: Sequence[Mapping[str, Any]], about: Sequence[Mapping[str, Any]]
) -> None:
    """Raises Refused when a later entry changed something that the command wrote; says who did what."""
    written = _after(own)
    row = context.row(parse(identity, own[0]["subject_type"]))
    if all(row[name] == value for name, value in written.items()):
        return
    later = [entry for entry in about if entry["seq"] > own[-1]["seq"] and written.keys() & entry["after"].keys()]
    told = describe(later[-1]) if later else "by whom is not recorded"
    raise Refused(f"{identity} has moved on since: {told}; that must be taken back first")


def _compensate(context: CommandContext, reference: Reference, own: Sequence[Mapping[str, Any]], reason: str) -> None:
    row = context.row(reference)
    if _created(own):
        _call_off(context, reference, row, reason)
    elif not _before(own):
        context.writer.write(Entry("undo", reference.table, reference.id, {}, {}, reason=reason))
        context.changed(reference.id, row["state"], row["state"])
    else:
        values = _before(own)
        if reference.table == "deviation" and values.get("state") in SLOT_STATES:
            require_free_slot(context, row)
        write(context.connection, context.writer, reference.table, row, values, action="undo", reason=reason)
        if reference.table == "deviation" and "state" in values:
            touch(context, row)
        context.changed(reference.id, _words(row, values), _words(values, values))


def _call_off(context: CommandContext, reference: Reference, row: Row, reason: str) -> None:
    """What a command created cannot be deleted, since the journal tells of it; it is cancelled."""
    if reference.table == "action":
        changes = {"reason": reason}
        move_action(context.connection, context.writer, context.now, row, "cancel", reason=reason, changes=changes)
    else:
        values = {"state": "cancelled", "closed_at": context.now}
        write(context.connection, context.writer, "response", row, values, action="undo", reason=reason)
    context.changed(reference.id, row["state"], "cancelled")


def _created(own: Sequence[Mapping[str, Any]]) -> bool:
    return not own[0]["before"] and own[0]["after"].get("version") == 1


def _before(own: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The columns as they stood before the first of a command's entries that wrote them."""
    columns: dict[str, Any] = {}
    for entry in reversed(own):
        columns |= {name: value for name, value in entry["before"].items() if name != "version"}
    return columns


def _after(own: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for entry in own:
        columns |= {name: value for name, value in entry["after"].items() if name != "version"}
    return columns


def _words(row: Mapping[str, Any], names: Mapping[str, Any]) -> str | None:
    name = "state" if "state" in names else "owner" if "owner" in names else next(iter(names))
    return None if row[name] is None else str(row[name])
