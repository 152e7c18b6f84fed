"""What a screen asks, often and in small pieces: the header, ids in order, the rows that are visible, owners."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from engine.deviations import hits
from engine.ranking.suppression import STANDING, silenced
from engine.reading import deviation_list, feed_shapes, fields, lists, threatened
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, rows
from engine.values.clock import iso, iso_or_none
from engine.values.ids import find, public_id
from engine.values.money import amount
from engine.vocabulary import settings
from engine.vocabulary.filters import parse_line
from engine.vocabulary.lifecycle import OPEN_ACTION

_SUMS: Final = (
    f"SELECT count(*), coalesce(sum(exposure_minor), 0), coalesce(sum(decide_by <= :now), 0) FROM {{}} WHERE {STANDING}"
)
_LIVE: Final = "deviation INDEXED BY deviation_rank"
VERSIONED: Final = ("deviation", "response", "action", "silence", "handoff")
_SILENCED: Final = "json_each(:silenced) AS named CROSS JOIN deviation ON deviation.id = named.value"


def header(connection: sqlite3.Connection, now: int) -> dict[str, Any]:
    """The state of the desk in one line.

    `stale` counts silent feeds, `stale_since` is when the one that is silent longest was heard last, `exposure` adds up
    what stands in the queue, each customer order and each line under hazards once, and `suppressed` counts what is kept
    out of it.
    """
    from engine.judging import data_findings

    present = settings.current(connection)
    counts = connection.execute(
        f"SELECT (SELECT count(*) FROM source), (SELECT count(*) FROM source WHERE {fields.SOURCES.fields['stale'].sql}),"
        " (SELECT count(*) FROM quarantine WHERE state = 'held'), (SELECT max(last_received_at) FROM source),"
        " (SELECT max(version) FROM baseline),"
        f" (SELECT min(last_received_at) FROM source WHERE {fields.SOURCES.fields['stale'].sql})"
    ).fetchone()
    standing, exposure, passed = _sums(connection, now)
    # What is at risk once and was added up for each deviation that puts it there.
    twice = hits.counted_twice(connection, now) + threatened.counted_twice(connection, now)
    return {
        "name": present["name"],
        "zone": present["zone"],
        "now": iso(now),
        "feeds": counts[0],
        "stale": counts[1],
        "stale_since": iso_or_none(counts[5]),
        "quarantined": counts[2],
        "findings": data_findings.count(connection, now),
        "open": standing,
        "exposure": amount(exposure - twice, present["currency"]),
        "past_decide_by": passed,
        "suppressed": deviation_list.suppressed(connection, now),
        "last_signal_at": iso_or_none(counts[3]),
        "baseline_version": counts[4],
    }


def _sums(connection: sqlite3.Connection, now: int) -> list[int]:
    """How many deviations stand in the queue, their exposure, and how many of them are past their decide-by."""
    given = {"now": now, "silenced": as_json(sorted(silenced(connection, now)))}
    live, out = (connection.execute(_SUMS.format(table), given).fetchone() for table in (_LIVE, _SILENCED))
    return [one - other for one, other in zip(live, out, strict=True)]


def asked(connection: sqlite3.Connection, actor: str) -> int:
    """How many moves of open actions wait for the yes or no of a person who owns them
    (engine.schedule.rescheduling)."""
    query = f"SELECT count(*) FROM action WHERE proposed_at IS NOT NULL AND owner = ? AND {OPEN_ACTION}"
    return int(connection.execute(query, (actor,)).fetchone()[0])


def queue_ids(connection: sqlite3.Connection, now: int, text: str) -> list[int]:
    """Numbers of deviations in queue order under a filter, which may look beyond the queue."""
    return deviation_list.numbers(connection, now, parse_line(text, fields.DEVIATIONS, now))


def deviation_rows(connection: sqlite3.Connection, now: int, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Contract JSON of deviations in the order asked, without `rank` and `signals`."""
    return deviation_list.shaped(connection, now, deviation_list.rows_of(connection, ids))


def signal_ids(connection: sqlite3.Connection, now: int, text: str, limit: int) -> list[int]:
    """Numbers of signals under a filter, the last that came first, at most `limit`."""
    found = parse_line(text, fields.SIGNALS, now)
    query = f"SELECT id FROM signal WHERE {found.sql} ORDER BY id DESC LIMIT :limit"
    return [row[0] for row in connection.execute(query, {**found.parameters, "now": now, "limit": limit})]


def signal_rows(connection: sqlite3.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Contract JSON of signals in the order asked."""
    found = rows(connection, "SELECT * FROM signal WHERE id IN (SELECT value FROM json_each(?))", (as_json(ids),))
    by_number = {row["id"]: row for row in found}
    return [feed_shapes.signal(by_number[number]) for number in ids if number in by_number]


def source_rows(connection: sqlite3.Connection, now: int, text: str) -> list[dict[str, Any]]:
    """Contract JSON of the sources under a filter, by name."""
    found = parse_line(text, fields.SOURCES, now)
    return lists.items(connection, now, "sources", found.sql, found.parameters)


def quarantine_ids(connection: sqlite3.Connection, now: int, text: str) -> list[int]:
    """Numbers of held records under a filter, the last that came first; a condition on `state` also finds others."""
    found = parse_line(text, fields.QUARANTINE, now)
    scope = "1" if "state" in found.fields else "state = 'held'"
    query = f"SELECT id FROM quarantine WHERE {scope} AND {found.sql} ORDER BY id DESC"
    return [row[0] for row in connection.execute(query, {**found.parameters, "now": now})]


def quarantine_rows(connection: sqlite3.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Contract JSON of records of the quarantine in the order asked."""
    found = rows(connection, "SELECT * FROM quarantine WHERE id IN (SELECT value FROM json_each(?))", (as_json(ids),))
    by_number = {row["id"]: row for row in found}
    return [feed_shapes.quarantined(by_number[number]) for number in ids if number in by_number]


def action_rows(connection: sqlite3.Connection, now: int, deviation: int | None) -> list[dict[str, Any]]:
    """Open actions of running responses by owner and start; of one deviation all its actions, by response and step."""
    if deviation is None:
        return lists.open_actions(connection, now, "action.owner, start_at, action.id")
    condition = "action.deviation_id = :number"
    return lists.items(connection, now, "actions", condition, {"number": deviation}, "response_id, position")


def timeline(connection: sqlite3.Connection, now: int, text: str) -> list[tuple[int, str, int]]:
    """Number, owner and due time of the open actions of running responses under a filter, by owner and start."""
    return lists.timeline(connection, now, parse_line(text, fields.ACTIONS, now))


def timeline_rows(connection: sqlite3.Connection, now: int, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Contract JSON of actions in the order asked."""
    condition = "action.id IN (SELECT value FROM json_each(:ids))"
    by_number = {
        int(row["id"][1:]): row for row in lists.items(connection, now, "actions", condition, {"ids": as_json(ids)})
    }
    return [by_number[number] for number in ids if number in by_number]


def versions(connection: sqlite3.Connection, ids: Collection[str]) -> dict[str, int]:
    """The present version of each of these objects; one that is not there, or has no versions, is left out."""
    numbers: dict[str, list[int]] = {table: [] for table in VERSIONED}
    for reference in filter(None, map(find, ids)):
        if reference.table in numbers:
            numbers[reference.table].append(reference.number)
    return {
        public_id(table, number): version
        for table, wanted in numbers.items()
        if wanted
        for number, version in connection.execute(
            f"SELECT id, version FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (as_json(wanted),)
        )
    }


def owners(connection: sqlite3.Connection, now: int) -> list[dict[str, Any]]:
    """The plan's owners by id, then whoever else has open actions, each with its load and what is overdue."""
    from engine.master import network

    load = {
        owner: (count, overdue)
        for owner, count, overdue in connection.execute(
            f"SELECT action.owner, count(*), sum({fields.OVERDUE_ACTION}) FROM action"
            " JOIN response ON response.id = response_id"
            f" WHERE {OPEN_ACTION} AND response.state = 'running' GROUP BY action.owner ORDER BY action.owner",
            {"now": now},
        )
    }
    known = {owner.id: (owner.name, list(owner.functions)) for owner in network.owners(connection)}
    everybody = {**known, **{owner: (owner, []) for owner in load if owner not in known}}
    return [
        {
            "id": identity,
            "name": name,
            "functions": functions,
            "load": load.get(identity, (0, 0))[0],
            "overdue": load.get(identity, (0, 0))[1],
        }
        for identity, (name, functions) in everybody.items()
    ]
