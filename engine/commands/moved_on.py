"""What stands in the way of an undo: who changed, or built on, what a command wrote.

Columns are compared, not versions: what others did to other columns meanwhile (detection measures a gap anew, say) does
not stand in the way. What builds on the command without changing its columns does: a response to the deviation that
it acknowledged, say, a step that became ready because of it, or a message that was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.actions import notified
from engine.deviations.command_context import CommandContext, Row, describe
from engine.storage.journal import SYSTEM, entries
from engine.values.ids import Reference, parse
from engine.vocabulary.lifecycle import ACTION_CLOSED_STATES, ACTION_OPEN_STATES

UNDONE: Final = "command"
"""Subject type of the entry that says which command was taken back (`undo`), or which undo (`redo`); its subject id
is the command's number."""

_ENDED: Final = (*ACTION_CLOSED_STATES, "failed")
_BELIES: Final[Mapping[str | None, tuple[str, ...]]] = {
    "open": ("respond", "start"),
    "acknowledged": ("start",),
    "resolved": ("respond",),
    "dismissed": ("respond",),
}
"""By the state that a deviation would go back to: what may have been done since that does not go with it."""


class Told(NamedTuple):
    """What the journal tells of one object that a command wrote."""

    reference: Reference
    own: list[dict[str, Any]]
    """The command's entries."""
    later: list[dict[str, Any]]
    follows: bool
    """Whether it only followed the actions of the command: it stays as it is when others make it follow them too."""

    def before(self) -> dict[str, Any]:
        """The columns as they stood before the first of the command's entries that wrote them."""
        columns: dict[str, Any] = {}
        for entry in reversed(self.own):
            columns |= {name: value for name, value in entry["before"].items() if name != "version"}
        return columns

    def after(self) -> dict[str, Any]:
        """The columns as the command left them, without `clear_since`, which detection notes without an entry."""
        columns: dict[str, Any] = {}
        for entry in self.own:
            columns |= {name: value for name, value in entry["after"].items() if name not in ("version", "clear_since")}
        if self.created():
            # When a new action is done is the schedule's, which plans it anew whenever others slip.
            columns.pop("start_at", None)
        return columns

    def created(self) -> bool:
        """Whether the command made the object."""
        return not self.own[0]["before"] and self.own[0]["after"].get("version") == 1


def is_undone(context: CommandContext, number: int) -> bool:
    """Whether a command was taken back, and that not taken back again."""
    about = entries(context.connection, UNDONE, str(number))
    return any(entry["action"] == "undo" and not is_redone(context, entry["txn"]) for entry in about)


def is_redone(context: CommandContext, number: int) -> bool:
    """Whether an undo was taken back, and that not taken back again."""
    about = entries(context.connection, UNDONE, str(number))
    return any(entry["action"] == "redo" and not is_undone(context, entry["txn"]) for entry in about)


def told_of(context: CommandContext, number: int, written: Sequence[Mapping[str, Any]]) -> list[Told]:
    """What command `number` wrote, by object, in the order in which it did; `written` are its journal rows."""
    responded = any(entry["action"] == "respond" for entry in written)
    command = []
    for table, identity in dict.fromkeys((entry["subject_type"], entry["subject_id"]) for entry in written):
        about = list(entries(context.connection, table, identity))
        own = [entry for entry in about if entry["txn"] == number]
        event = own[0]["action"]
        follows = {"deviation": responded or event == "start", "response": event in ("complete", "reopen")}
        later = [entry for entry in about if entry["txn"] > number]
        command.append(Told(parse(identity, table), own, later, follows.get(table, False)))
    return command


def obstacle(context: CommandContext, number: int, told: Told, command: Sequence[Told]) -> str | None:
    """Who changed what the command wrote of one object, or built on it, and the mend; None when nobody did."""
    row = context.row(told.reference)
    written = told.after()
    since: Mapping[str, Any] | None = None
    if any(row[name] != value for name, value in written.items()):
        since = next((entry for entry in reversed(told.later) if written.keys() & entry["after"].keys()), None)
        if since is None:
            return f"{told.reference.id} has moved on since: by whom is not recorded; look again"
    elif told.reference.table == "deviation":
        since = _answered(context, number, told)
    elif told.reference.table == "action":
        since = _called_off(context, told, row, command) or _released(context, number, told, row)
    elif told.reference.table == "handoff":
        # Once it is known that a message arrived, the step that asked for it goes on.
        since = _since(context, number, "action", notified.steps(context.connection, row["id"]), "complete")
    if since is None:
        return None
    by = "" if since["subject_id"] == told.reference.id else f" with {since['subject_id']}"
    return f"{told.reference.id} has moved on since{by}: {describe(since)}; {_mend(since)}"


def _mend(since: Mapping[str, Any]) -> str:
    if since["subject_type"] == "handoff" and since["actor"] == SYSTEM:
        return "what the feeder did with a message is not taken back"
    if since["actor"] == SYSTEM:
        return "what detection found or time did is not taken back"
    if since["action"] == "undo":
        return "an undo is not taken back; give the command that is needed now"
    return "that must be taken back first"


def _answered(context: CommandContext, number: int, told: Told) -> Mapping[str, Any] | None:
    """The last response or start since, of those that still hold, that belies the deviation's former state."""
    events = _BELIES.get(told.before().get("state"), ())
    answers = "SELECT 'R' || id FROM response WHERE deviation_id = ? AND state != 'cancelled'"
    begun = "SELECT 'A' || id FROM action WHERE deviation_id = ? AND started_at IS NOT NULL"
    since = None
    if "start" in events:
        since = _since(context, number, "action", _column(context, begun, told.reference.number), "start")
    if since is None and "respond" in events:
        since = _since(context, number, "response", _column(context, answers, told.reference.number), "respond")
    return since


def _called_off(context: CommandContext, told: Told, row: Row, command: Sequence[Told]) -> Mapping[str, Any] | None:
    """The end of the action's response, if others called it off: no action of it can be open again."""
    if told.before().get("state") not in ACTION_OPEN_STATES:
        return None
    response = context.row(Reference("response", row["response_id"]))
    by_itself = any(
        other.reference.table == "response" and other.after().get("state") == "cancelled" for other in command
    )
    if response["state"] != "cancelled" or by_itself:
        return None
    about = entries(context.connection, "response", f"R{response['id']}")
    return [entry for entry in about if entry["after"].get("state") == "cancelled"][-1]


def _released(context: CommandContext, number: int, told: Told, row: Row) -> Mapping[str, Any] | None:
    """The release since of a step that needed this action's end, and another's that came later."""
    if row["state"] not in _ENDED or told.before().get("state", "failed") in _ENDED:
        return None
    needing = (
        "SELECT 'A' || id FROM action WHERE response_id = ? AND state != 'blocked'"
        " AND EXISTS (SELECT 1 FROM json_each(needs) WHERE value = ?)"
    )
    waiting = _column(context, needing, row["response_id"], row["step"])
    return _since(context, number, "action", waiting, "needs_done")


def _since(
    context: CommandContext, number: int, table: str, ids: Iterable[str], event: str
) -> Mapping[str, Any] | None:
    """The last such event after the command, on any of these objects, that was not taken back."""
    found = [
        entry
        for identity in ids
        for entry in entries(context.connection, table, identity)
        if entry["txn"] > number and entry["action"] == event and not is_undone(context, entry["txn"])
    ]
    return max(found, key=lambda entry: int(entry["seq"]), default=None)


def _column(context: CommandContext, sql: str, *values: Any) -> list[str]:
    return [row[0] for row in context.connection.execute(sql, values)]
