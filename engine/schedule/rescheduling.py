"""Open actions planned anew: what a planner answers written down, the moves that people have to agree to, starts by
hand.

An action that nobody has accepted moves at once. One that somebody has accepted, or whose start a person chose, keeps
its start; the move is proposed with it until it is agreed to, refused, or no longer needed. What may cause a move sets
`replanning.owed` (triggers of the schema), so that planning anew is asked for when something changed and not every
moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.actions import open_work
from engine.commands import outrun, responses
from engine.deviations.command_context import CommandContext, Row, reason_of
from engine.deviations.moves import write
from engine.storage.sqlite import sqlite3
from engine.storage.store import data_version
from engine.values.clock import iso
from engine.values.errors import BadInput, Refused
from engine.values.ids import Reference, parse
from engine.vocabulary.lifecycle import ACTION_UNBEGUN_STATES
from engine.vocabulary.planning import World
from engine.vocabulary.scheduling import Move, OpenAction, Replan

_NO_PROPOSAL: Final[Mapping[str, Any]] = {"proposed_at": None, "proposed_because": None}


def is_owed(connection: sqlite3.Connection, now: int) -> bool:
    """Whether something changed since the last planning, or an action has slipped by time alone."""
    query = "SELECT EXISTS (SELECT 1 FROM replanning WHERE owed OR wake_at <= ?)"
    return bool(connection.execute(query, (now,)).fetchone()[0])


class Asked(NamedTuple):
    """What a planner is asked about all open actions, as it stood at one instant."""

    seen: int
    """The version of the file that it was read from (engine.storage.store.data_version)."""
    actions: Sequence[OpenAction]
    world: World
    chosen: Mapping[str, int]
    """Starts that a person chose, by action."""


def ask(connection: sqlite3.Connection, now: int, chosen: Mapping[str, int] | None = None) -> Asked:
    """Read what is to be planned: the planner is asked without any lock, since it may think for seconds."""
    seen = data_version(connection)
    return Asked(seen, open_work.read(connection, now), responses.world(connection, now), chosen or {})


def replan(context: CommandContext, asked: Asked, found: Replan) -> None:
    """Write what a planner found about all open actions: move what may move, propose what somebody has to agree to.

    Raises OutrunError.
    """
    _require_as_asked(context, asked)
    _write(context, found)
    _withdraw_idle(context)
    context.notes.extend(found.notes)
    context.connection.execute("UPDATE replanning SET owed = 0, wake_at = ?", (found.wake_at,))


def choose(context: CommandContext, ids: Sequence[str], start_at: int) -> dict[str, int]:
    """Actions that are to have another start, which nothing but the plan may stand against; writes nothing.

    Raises BadInput for a start that has passed, Refused where an action has begun or ended.
    """
    if start_at < context.now:
        raise BadInput("start", f"{iso(start_at)} is before now ({iso(context.now)})", "name a later time, such as +2h")
    return dict.fromkeys(_unbegun(context, ids), start_at)


def reschedule(context: CommandContext, ids: Sequence[str], asked: Asked, found: Replan) -> None:
    """Write what a planner found about the chosen starts: move the actions, and what has to give way.

    Raises OutrunError, and Refused where an action has begun meanwhile.
    """
    _unbegun(context, ids)
    _require_as_asked(context, asked)
    moved = {move.action for move in found.moves}
    for identity in asked.chosen.keys() - moved:
        start = iso(asked.chosen[identity])
        context.notes.append(f"{identity} begins at {start} already, or with the next working time")
    _write(context, found, asked.chosen)


def agree(context: CommandContext, ids: Sequence[str]) -> None:
    """Actions move to the starts that are proposed for them."""
    for reference, row in context.rows(ids, "action"):
        if row["proposed_at"] is None:
            raise Refused(f"{reference.id} has no move to agree to; it begins at {iso(row['start_at'])}")
        _require_unbegun(reference, row)
        values = {"start_at": row["proposed_at"], "home_at": None, "fixed": "asks", **_NO_PROPOSAL}
        write(context.connection, context.writer, "action", row, values, action="agree", reason=row["proposed_because"])
        context.changed(reference.id, iso(row["start_at"]), iso(row["proposed_at"]))


def keep(context: CommandContext, ids: Sequence[str], *, reason: str | None) -> None:
    """Actions stay where they are, whatever is proposed, until a person gives them another start."""
    why = None if reason is None else reason_of(reason, "leave it out, or say why")
    for reference, row in context.rows(ids, "action"):
        _require_unbegun(reference, row)
        values = {"fixed": "stays", **_NO_PROPOSAL}
        write(context.connection, context.writer, "action", row, values, action="keep", reason=why)
        context.changed(reference.id, "moves", f"stays at {iso(row['start_at'])}")


def _unbegun(context: CommandContext, ids: Sequence[str]) -> list[str]:
    """The ids of some actions, none of which may have begun. Raises Refused."""
    found = []
    for reference, row in context.rows(ids, "action"):
        responses.require_running(context, reference, row)
        _require_unbegun(reference, row)
        found.append(reference.id)
    return found


def _require_as_asked(context: CommandContext, asked: Asked) -> None:
    """Raises OutrunError where the planner would be asked something else now."""
    then = asked.world.now

    def read() -> tuple[Sequence[OpenAction], World]:
        return open_work.read(context.connection, then), responses.world(context.connection, then)

    outrun.require_standing(context.connection, asked.seen, read, (asked.actions, asked.world))


def _write(context: CommandContext, found: Replan, chosen: Mapping[str, int] | None = None) -> None:
    for move in found.moves:
        reference = parse(move.action, "action")
        row = context.row(reference)
        if move.action in (chosen or {}):
            values = {"start_at": move.start_at, "home_at": None, "fixed": "asks", **_NO_PROPOSAL}
            _change(context, reference, row, values, "reschedule", None)
        elif move.asks:
            _propose(context, reference, row, move)
        else:
            values = {"start_at": move.start_at, "home_at": move.home_at}
            _change(context, reference, row, values, "replan", move.because)


def _change(
    context: CommandContext, reference: Reference, row: Row, values: Mapping[str, Any], event: str, because: str | None
) -> None:
    write(context.connection, context.writer, "action", row, values, action=event, reason=because)
    context.changed(reference.id, iso(row["start_at"]), iso(values["start_at"]))
    if because is not None:
        context.notes.append(f"{reference.id} {row['title']}: {because}")


def _propose(context: CommandContext, reference: Reference, row: Row, move: Move) -> None:
    """Ask for a move, or ask no more where the action can stay after all."""
    if move.start_at == row["start_at"]:
        write(context.connection, context.writer, "action", row, _NO_PROPOSAL, action="withdraw", reason=move.because)
        context.changed(reference.id, f"asked to begin {iso(row['proposed_at'])}", iso(row["start_at"]))
        return
    values = {"proposed_at": move.start_at, "proposed_because": move.because}
    write(context.connection, context.writer, "action", row, values, action="propose", reason=move.because)
    context.changed(reference.id, iso(row["start_at"]), f"asked to begin {iso(move.start_at)}")
    context.notes.append(
        f"{reference.id} {row['title']}: {move.because}; {row['owner']} has accepted it as it was:"
        f" agree {reference.id}, or keep {reference.id}"
    )


def _withdraw_idle(context: CommandContext) -> None:
    """Ask nothing more of what has begun or ended."""
    states = ", ".join(f"'{state}'" for state in ACTION_UNBEGUN_STATES)
    idle = f"SELECT id FROM action WHERE proposed_at IS NOT NULL AND state NOT IN ({states})"
    for (number,) in context.connection.execute(idle).fetchall():
        row = context.row(Reference("action", number))
        write(context.connection, context.writer, "action", row, _NO_PROPOSAL, action="withdraw")


def _require_unbegun(reference: Reference, row: Row) -> None:
    if row["state"] not in ACTION_UNBEGUN_STATES:
        raise Refused(f"{reference.id} is {row['state']}: only what has not begun has a start to choose")
