"""Responses and their actions as a whole: writing what a planner made, and whether a response may run.

What one action's end means for the others is engine.commands.following.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from engine.actions import reversals
from engine.commands import following, outrun, starting
from engine.deviations import hits, timers
from engine.deviations.command_context import CommandContext, require_in_queue, stale_sentence
from engine.deviations.moves import move_deviation, write
from engine.reading import questions
from engine.storage.journal import Entry, canonical
from engine.storage.sqlite import sqlite3
from engine.storage.store import data_version
from engine.values.errors import BadInput, Refused, StaleVersion
from engine.values.ids import Reference, parse
from engine.values.text import clean
from engine.vocabulary import lifecycle, settings
from engine.vocabulary.planning import Booking, PlannedAction, Planner, ResponsePlan, World


class Planned(NamedTuple):
    """A plan for one deviation, and the version of the deviation that it was made from."""

    deviation: Reference
    version: int
    plan: ResponsePlan


def world(connection: sqlite3.Connection, now: int) -> World:
    """What a planner may know: the desk's zone, owners, calendars and the open actions of everybody."""
    booked = connection.execute(
        "SELECT owner, 'A' || id, start_at, duration_minutes, started_at FROM action"
        f" WHERE {lifecycle.OPEN_ACTION} ORDER BY start_at, id"
    )
    return replace(people(connection, now), bookings=[Booking(*row) for row in booked])


def people(connection: sqlite3.Connection, now: int) -> World:
    """The world without what anybody is at, for whoever has the open actions beside it."""
    from engine.master import network

    return World(
        now=now,
        zone=str(settings.current(connection)["zone"]),
        owners=network.owners(connection),
        calendars=network.calendars(connection),
    )


def to_plan(connection: sqlite3.Connection, now: int, text: str) -> dict[str, Any]:
    """The contract's JSON of a deviation, and the customers whose orders it reaches. Raises NotFound."""
    number = parse(text, "deviation").number
    return {**questions.deviation(connection, now, text), "customers": hits.customers(connection, number)}


class Asked(NamedTuple):
    """What a planner is asked for several deviations, as it stood at one instant."""

    seen: int
    """The version of the file that it was read from (engine.storage.store.data_version)."""
    world: World
    deviations: Sequence[tuple[Reference, Mapping[str, Any]]]
    running: Collection[tuple[str, str]]
    """Playbook and key of the running responses that others may join or have to wait for."""


def ask(connection: sqlite3.Connection, now: int, ids: Sequence[str]) -> Asked:
    """Read what is to be planned. Raises BadInput without an id, NotFound for an unknown one, Refused for what does not
    stand in the queue."""
    if not ids:
        raise BadInput("ids", "none was given", "name a deviation")
    seen, deviations = data_version(connection), []
    for reference in dict.fromkeys(parse(text, "deviation") for text in ids):
        deviation = to_plan(connection, now, reference.id)
        require_in_queue(reference, deviation["state"], "answered")
        deviations.append((reference, deviation))
    query = "SELECT playbook, start_key FROM response WHERE state = 'running' AND start_key IS NOT NULL"
    return Asked(seen, world(connection, now), deviations, set(connection.execute(query).fetchall()))


def plan(asked: Asked, planner: Planner, playbook: str | None, inputs: Mapping[str, object]) -> list[Planned]:
    """A plan for each deviation; the next one is planned round its actions, as if it had been written.

    Raises NotFound for an unknown playbook, Refused when none applies or the deviation asks for nothing, BadInput for
    inputs that the playbook cannot use.
    """
    planning, running = planner.planning(asked.world), set(asked.running)
    planned = []
    for reference, deviation in asked.deviations:
        answer = planning.plan(deviation, playbook, inputs)
        planned.append(Planned(reference, deviation["version"], answer))
        key = answer.start.key
        if key is None or answer.start.on_conflict != "join" or (answer.playbook, key) not in running:
            planning.keep(bookings(reference, answer))
        if key is not None:
            running.add((answer.playbook, key))
    return planned


def bookings(deviation: Reference, answer: ResponsePlan) -> Iterator[Booking]:
    """The work of a planned response, as what is planned after it goes round it."""
    for each in answer.actions:
        yield Booking(each.owner, f"{deviation.id}: {each.title}", each.start_at, each.duration_minutes)


def respond(
    context: CommandContext, asked: Asked, plans: Sequence[Planned], reason: str | None = None
) -> list[ResponsePlan]:
    """Write the planned responses with their actions, and acknowledge the deviations that are open; `reason` is why
    they begin where no person says so. Returns those that were written: a running one answers for the others too.

    Raises OutrunError where the owners' work is another one than the plans went round.
    """
    then, written = asked.world.now, []
    outrun.require_standing(context.connection, asked.seen, lambda: world(context.connection, then), asked.world)
    for reference, version, answer in plans:
        row = context.expected(reference)
        if row["version"] != version:
            raise StaleVersion(stale_sentence(context.connection, reference, version))
        require_in_queue(reference, row["state"], "answered")
        permit = starting.permit(context, row, answer)
        if row["state"] == "open":
            owner = row["owner"] or (context.actor if reason is None else answer.owner)
            move_deviation(context.connection, context.writer, context.now, row, "ack", changes={"owner": owner})
        if permit.joins is not None:
            starting.join(context, row, permit.joins)
            continue
        number = _insert_response(context, reference, answer, permit.waits_for, reason)
        waits = "" if permit.waits_for is None else f", once R{permit.waits_for} has ended"
        context.changed(f"R{number}", None, f"running: {answer.playbook} for {reference.id}{waits}")
        actions = [
            _insert_action(context, number, reference, position, action, held=permit.waits_for is not None)
            for position, action in enumerate(answer.actions)
        ]
        for action in actions:
            following.arrive(context, action)
        context.notes.extend(clean(warning) for warning in answer.warnings)
        written.append(answer)
    return written


def respond_to_many(
    context: CommandContext,
    asked: Asked,
    plans: Sequence[Planned],
    plan_anew: Callable[[Asked], list[Planned]],
) -> None:
    """Write plans that took too long to be made again for each thing that others do meanwhile.

    What others' open actions collide with stays planned, and is owed to the next planning of all open actions
    (engine.schedule.rescheduling); only deviations that have changed are planned anew, round all the rest. Raises
    OutrunError where owners or calendars are other ones now, or more deviations have changed than others can wait for.
    """
    connection = context.connection
    outdated = {each.deviation for each in plans if context.row(each.deviation)["version"] != each.version}
    present = ask(connection, context.now, [each.id for each in outdated]) if outdated else None
    before, after = asked.world, present.world if present else world(connection, context.now)
    if len(outdated) > outrun.MOST_HELD or replace(after, now=before.now, bookings=before.bookings) != before:
        raise outrun.OutrunError("others change more than can be planned anew; try again, or answer fewer at once")
    if after.bookings != before.bookings:
        context.notes.append("others changed open actions meanwhile: where these collide, all are planned anew next")
    standing = [each for each in plans if each.deviation not in outdated]
    if present is not None:
        booked = [booking for each in standing for booking in bookings(each.deviation, each.plan)]
        round_all = replace(after, bookings=[*after.bookings, *booked])
        anew = {each.deviation: each for each in plan_anew(present._replace(world=round_all))}
        plans = [anew.get(each.deviation, each) for each in plans]
    respond(context, asked._replace(seen=data_version(connection), world=after), plans)


def require_running(
    context: CommandContext, reference: Reference, action: Mapping[str, Any], *, reopening: bool = False
) -> None:
    """Raises Refused when an action's response was called off, or is done though the action is still open.

    When `reopening`, one that was done runs again instead.
    """
    response = context.row(Reference("response", action["response_id"]))
    subject = f"R{response['id']}"
    is_open = action["state"] in lifecycle.ACTION_OPEN_STATES
    if response["state"] == "cancelled":
        mend = f"{f'cancel {reference.id}, and ' if is_open else ''}respond to D{action['deviation_id']} anew"
        raise Refused(f"{reference.id} belongs to {subject}, which was called off; {mend}")
    if response["state"] == "done" and reopening:
        starting.require_sole(context, response)
        values = {"state": "running", "closed_at": None}
        write(context.connection, context.writer, "response", response, values, action="reopen")
        context.changed(subject, "done", "running")
    elif response["state"] == "done" and is_open:
        raise Refused(f"{reference.id} belongs to {subject}, which is done; cancel {reference.id}")


def append_action(
    context: CommandContext, response: int, deviation: Reference, action: PlannedAction, reason: str
) -> int:
    """One more action at the end of a response, for a reason; returns its number."""
    query = "SELECT coalesce(max(position), -1) + 1 FROM action WHERE response_id = ?"
    position = int(context.connection.execute(query, (response,)).fetchone()[0])
    return _insert_action(context, response, deviation, position, action, held=False, reason=reason)


def _insert_response(
    context: CommandContext, reference: Reference, answer: ResponsePlan, waits_for: int | None, reason: str | None
) -> int:
    values = {
        "deviation_id": reference.number,
        "playbook": answer.playbook,
        "playbook_version": answer.version,
        "sha256": answer.sha256,
        "title": clean(answer.title),
        "definition": answer.definition,
        "close_requires": canonical(list(answer.close_requires)),
        "reversals": reversals.dump(answer.reversals),
        "inputs": canonical(dict(answer.inputs)),
        "start_key": answer.start.key,
        "waits_for": waits_for,
        "state": "running",
        "owner": clean(answer.owner),
        "created_at": context.now,
    }
    number = _insert(context.connection, "response", values)
    shown = {name: value for name, value in values.items() if name not in ("definition", "reversals")}
    context.writer.write(Entry("respond", "response", f"R{number}", {}, {**shown, "version": 1}, reason=reason))
    return number


def _insert_action(
    context: CommandContext,
    response: int,
    deviation: Reference,
    position: int,
    action: PlannedAction,
    *,
    held: bool,
    reason: str | None = None,
) -> int:
    ready = not action.needs and not held
    values = {
        "response_id": response,
        "deviation_id": deviation.number,
        "step": action.step,
        "position": position,
        "title": clean(action.title),
        "instructions": "\n".join(clean(line) for line in action.instructions.splitlines()),
        "function": action.function,
        "role": action.role,
        "owner": clean(action.owner),
        "owner_because": clean(action.owner_because),
        "state": "ready" if ready else "blocked",
        "needs": canonical(list(action.needs)),
        "start_at": action.start_at,
        "due_at": action.due_at,
        "due_because": clean(action.due_because),
        "duration_minutes": action.duration_minutes,
        "mandatory": int(action.mandatory),
        "critical": int(action.critical),
        "on_fail": action.on_fail,
        "approval": canonical(action.approval),
        "kind": action.terms.kind,
        "terms": action.terms.dump(),
        "ready_at": context.now if ready else None,
        "state_at": context.now,
    }
    number = _insert(context.connection, "action", values)
    timers.follow(context.connection, context.row(Reference("action", number)))
    shown = ("step", "state", "owner", "start_at", "due_at")
    after = {**{name: values[name] for name in shown}, "version": 1}
    context.writer.write(Entry("respond", "action", f"A{number}", {}, after, reason=reason))
    context.changed(f"A{number}", None, f"{values['state']}: {values['title']} ({values['owner']})")
    return number


def _insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> int:
    marks = ", ".join("?" for _ in values)
    cursor = connection.execute(f"INSERT INTO {table}({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
    return int(cursor.lastrowid or 0)
