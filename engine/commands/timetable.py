"""Playbooks that begin at stated times: when each is due next (table timetable), and what it begins then.

A time is taken once, in the transaction of the responses that it begins. Times that passed while no desk ran, or the
playbook's file had errors, are one: it is made up for as soon as that is over, and says so. What keeps a deviation from
being answered is said, and the next one is tried.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from engine.commands import responses
from engine.ranking import queue
from engine.reading import deviation_list
from engine.storage.journal import Entry, Writer
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, data_version, rows
from engine.values.clock import HOUR, iso, iso_or_none
from engine.values.errors import BadInput, NotFound, Refused
from engine.values.ids import parse
from engine.values.text import clean
from engine.vocabulary import settings
from engine.vocabulary.stated_times import FARTHEST, MOST_COUNTED, StatedTimes, Timetabled

if TYPE_CHECKING:
    from engine.deviations.command_context import CommandContext
    from engine.vocabulary.planning import Planner

Row = Mapping[str, Any]

MOST_NAMED: Final = 10
"""Deviations that are passed over, by name and with the reason; of the others it is said how many they are."""


def keep(
    connection: sqlite3.Connection, now: int, stated: Sequence[Timetabled], kept_out: Callable[[str], bool]
) -> None:
    """Keep the times that the playbooks state now. One that is new, or another than before, is due for the first
    time after `now`; one that is not stated any more is forgotten, unless its playbook may be `kept_out` by errors in
    its file for a while."""
    zone = _zone(connection)
    former = {(row["playbook"], row["trigger"]): row for row in rows(connection, "SELECT * FROM timetable")}
    for each in stated:
        row = former.pop((each.playbook, each.trigger), None)
        if row is not None and (_times(row), row["most"]) == (each.times, each.most):
            continue
        due_at = row["due_at"] if row is not None and _times(row) == each.times else each.times.after(now, zone)
        days, at, times_zone = json.dumps(each.times.days), each.times.at, each.times.zone
        connection.execute(
            "INSERT INTO timetable(playbook, trigger, days, at, zone, most, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET days = excluded.days, at = excluded.at, zone = excluded.zone,"
            " most = excluded.most, due_at = excluded.due_at",
            (each.playbook, each.trigger, days, at, times_zone, each.most, due_at),
        )
    gone = [key for key in former if not kept_out(key[0])]
    connection.executemany("DELETE FROM timetable WHERE playbook = ? AND trigger = ?", gone)


def follow_zone(connection: sqlite3.Connection, now: int) -> None:
    """Count the times anew that are stated in the desk's zone, which has changed; what is due already stays due."""
    zone = _zone(connection)
    for row in rows(connection, "SELECT * FROM timetable WHERE zone IS NULL AND due_at > ?", (now,)):
        _move_on(connection, row, {"due_at": _times(row).after(now, zone)})


def count_anew(connection: sqlite3.Connection, writer: Writer, now: int) -> None:
    """Count the times anew that are further off than any can be: the clock was wrong then, and was set back."""
    zone = _zone(connection)
    for row in rows(connection, "SELECT * FROM timetable WHERE due_at > ?", (now + FARTHEST,)):
        following = _times(row).after(now, zone)
        said = f"the clock was set back: it would have been due {iso(row['due_at'])}, and is counted from now on"
        _move_on(connection, row, {"due_at": following, "said": said})
        after = {"playbook": row["playbook"], "begun": [], "next": following}
        writer.write(Entry("stated_time", "desk", "desk", {"due_at": row["due_at"]}, after, reason=said))


def listed(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every trigger that holds at stated times, the next one due first, with what came of it the last time."""
    found = rows(connection, "SELECT * FROM timetable ORDER BY due_at, playbook, trigger")
    return [
        {
            "playbook": row["playbook"],
            "at": _times(row).words(),
            "due_at": iso(row["due_at"]),
            "ran_at": iso_or_none(row["ran_at"]),
            "said": row["said"],
        }
        for row in found
    ]


def due(connection: sqlite3.Connection, now: int) -> list[dict[str, Any]]:
    """The triggers whose time has come, the one that waits longest first."""
    return rows(connection, "SELECT * FROM timetable WHERE due_at <= ? ORDER BY due_at, playbook, trigger", (now,))


def matching(connection: sqlite3.Connection, now: int, planner: Planner, row: Row) -> list[str]:
    """The deviations of the queue, in its order, that a trigger matches. Raises NotFound for a playbook that this
    desk does not know: another one on the same file does."""
    found = deviation_list.rows_of(connection, queue.whole(connection, now))
    shown = deviation_list.shaped(connection, now, found)
    return [item["id"] for item in shown if planner.holds(row["playbook"], row["trigger"], item, now)]


def begin(context: CommandContext, planner: Planner, row: Row, ids: Sequence[str]) -> int:
    """Take a time that has come: answer the first of the deviations that may be, up to as many as it says, and set
    the next time; returns how many. Nothing where somebody else has taken it meanwhile."""
    present = "SELECT 1 FROM timetable WHERE playbook = ? AND trigger = ? AND due_at = ?"
    if context.connection.execute(present, (row["playbook"], row["trigger"], row["due_at"])).fetchone() is None:
        return 0
    times, zone = _times(row), _zone(context.connection)
    begun, passed, unseen = _answer(context, planner, row, ids, f"it is {times.words()}")
    missed = times.between(row["due_at"], context.now, zone)
    said = clean(
        "; ".join([_counted(ids, begun), *_named(passed), *unseen, *_missed(row["due_at"], context.now, missed)])
    )
    following = times.after(context.now, zone)
    _move_on(context.connection, row, {"due_at": following, "ran_at": context.now, "said": said})
    after = {"playbook": row["playbook"], "begun": begun, "next": following}
    context.writer.write(Entry("stated_time", "desk", "desk", {"due_at": row["due_at"]}, after, reason=said))
    return len(begun)


def _answer(
    context: CommandContext, planner: Planner, row: Row, ids: Sequence[str], why: str
) -> tuple[list[str], list[str], list[str]]:
    """Begin what may be: the deviations that are answered, a sentence for each that is not, and one for the rest."""
    connection, playbook = context.connection, row["playbook"]
    seen, world = data_version(connection), responses.world(connection, context.now)
    # One agenda for all, and no plan for what runs already: a review of hundreds holds the lock while it is planned.
    planning, running = planner.planning(world), _running(connection, playbook, ids)
    begun: list[str] = []
    passed: list[str] = []
    for number, deviation in enumerate(ids):
        if len(begun) == row["most"]:
            return begun, passed, [f"{len(ids) - number} more are not looked at, since it begins {row['most']} at most"]
        if deviation in running:
            passed.append(f"not {deviation}: {deviation} is already answered with {playbook}: {running[deviation]}")
            continue
        try:
            reference = parse(deviation, "deviation")
            shown = responses.to_plan(connection, context.now, deviation)
            plan = planning.plan_stated(shown, playbook, row["trigger"])
            asked = responses.Asked(seen, world, [(reference, shown)], ())
            made = responses.respond(context, asked, [responses.Planned(reference, shown["version"], plan)], why)
        except (Refused, BadInput, NotFound) as fault:
            passed.append(f"not {deviation}: {fault}")
        else:
            begun.append(deviation)
            for answer in made:
                planning.keep(responses.bookings(reference, answer))
    return begun, passed, []


def _running(connection: sqlite3.Connection, playbook: str, ids: Sequence[str]) -> dict[str, str]:
    """Which of some deviations a running response with the playbook answers already, and which one."""
    found = connection.execute(
        "WITH asked(id) AS (SELECT CAST(substr(value, 2) AS INTEGER) FROM json_each(?1))"
        " SELECT 'D' || asked.id, 'R' || response.id FROM asked JOIN response ON response.deviation_id = asked.id"
        " WHERE playbook = ?2 AND response.state = 'running'"
        " UNION ALL SELECT 'D' || asked.id, 'R' || response.id FROM asked JOIN deviation USING (id)"
        " JOIN response ON response.id = deviation.joined WHERE playbook = ?2 AND response.state = 'running'",
        (as_json(ids), playbook),
    )
    return dict(found.fetchall())


def _named(passed: Sequence[str]) -> list[str]:
    """The first sentences of those that are passed over, and how many more there are."""
    more = len(passed) - MOST_NAMED
    return [*passed[:MOST_NAMED], *([f"nor {more} more"] if more > 0 else [])]


def _counted(ids: Sequence[str], begun: Sequence[str]) -> str:
    if not ids:
        return "nothing in the queue matches"
    matched = "1 deviation matches" if len(ids) == 1 else f"{len(ids)} deviations match"
    return f"{matched}, {', '.join(begun)} answered" if begun else f"{matched}, none is answered"


def _missed(due_at: int, now: int, missed: int) -> list[str]:
    if not missed:
        return [f"it was due {iso(due_at)}, and could not begin before"] if now - due_at > HOUR else []
    count = f"{missed} or more" if missed == MOST_COUNTED else str(missed)
    return [f"it was due {iso(due_at)}, and {count} more times passed before it could begin: they are one"]


def _times(row: Row) -> StatedTimes:
    return StatedTimes(tuple(json.loads(row["days"])), row["at"], row["zone"])


def _zone(connection: sqlite3.Connection) -> str:
    return str(settings.current(connection)["zone"])


def _move_on(connection: sqlite3.Connection, row: Row, values: Row) -> None:
    assignments = ", ".join(f"{name} = ?" for name in values)
    connection.execute(
        f"UPDATE timetable SET {assignments} WHERE playbook = ? AND trigger = ?",
        (*values.values(), row["playbook"], row["trigger"]),
    )
