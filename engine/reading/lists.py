"""The lists of the command contract, each a Page: which rows it shows by default, in which order, and as what JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.actions import jeopardy
from engine.actions.offers import OFFERED
from engine.actions.undelivered import UNDELIVERED_OF_ACTION
from engine.ranking import queue, roots, shapes
from engine.ranking.shapes import DeviationRow
from engine.ranking.suppression import HIDDEN, IN_QUEUE, LIVE, matched, suppressors
from engine.reading import feed_shapes, fields
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.vocabulary import settings
from engine.vocabulary.filters import Fields, Filter, parse_where
from engine.vocabulary.lifecycle import OPEN_ACTION
from engine.vocabulary.model import Page


class _List(NamedTuple):
    fields: Fields
    columns: str
    table: str
    scope: str
    """What the list shows when nobody asks for all of it or for a state."""
    order: str
    shape: Callable[[Mapping[str, Any], int], dict[str, Any]]


def _action(row: Mapping[str, Any], now: int) -> dict[str, Any]:
    # Imported when there are some: what the terms of actions bring along the other lists need not load.
    from engine.reading import action_shapes

    return action_shapes.action(row, now=now)


def _response(row: Mapping[str, Any]) -> dict[str, Any]:
    from engine.reading import action_shapes

    return action_shapes.response(row)


_SHOWN: Final = ", ".join(f"deviation.{name}" for name in DeviationRow._fields)
_KEPT_OUT: Final = ("snoozed", "silenced", "folded")
_LISTS: Final[Mapping[str, _List]] = {
    "signals": _List(fields.SIGNALS, "*", "signal", "1", "id DESC", lambda row, now: feed_shapes.signal(row)),
    "responses": _List(
        fields.RESPONSES,
        "*, (SELECT json_group_array(id) FROM (SELECT id FROM action WHERE response_id = response.id"
        " ORDER BY position)) AS actions",
        "response",
        "state = 'running'",
        "id DESC",
        lambda row, now: _response(row),
    ),
    "actions": _List(
        fields.ACTIONS,
        f"action.*, playbook, {OFFERED} AS offered, {UNDELIVERED_OF_ACTION} AS undelivered,"
        " (SELECT state FROM deviation WHERE deviation.id = action.deviation_id) AS deviation_state",
        "action JOIN response ON response.id = response_id",
        f"{OPEN_ACTION} AND response.state = 'running'",
        "due_at, action.id",
        _action,
    ),
    "sources": _List(
        fields.SOURCES,
        f"*, {fields.SOURCES.fields['stale'].sql} AS stale,"
        " (SELECT count(*) FROM quarantine WHERE source = name AND state = 'held') AS held",
        "source",
        "1",
        "name",
        lambda row, now: feed_shapes.source(row),
    ),
    "silences": _List(
        fields.SILENCES,
        "*",
        "silence",
        "until_at > :now",
        "until_at <= :now, until_at, id",
        lambda row, now: shapes.silence(row, now=now),
    ),
    "handoffs": _List(
        fields.HANDOFFS,
        "*, (SELECT json_group_array(action_id) FROM handoff_action WHERE handoff_id = handoff.id) AS actions",
        "handoff",
        fields.PRESENT_HANDOFF,
        "id DESC",
        lambda row, now: feed_shapes.handoff(row),
    ),
    "quarantine": _List(
        fields.QUARANTINE, "*", "quarantine", "state = 'held'", "id", lambda row, now: feed_shapes.quarantined(row)
    ),
}


def page(
    connection: sqlite3.Connection, now: int, name: str, where: Sequence[str], *, limit: int | None, everything: bool
) -> Page:
    """One page of a list other than deviations; `everything` or a condition on state lifts the list's own scope.

    Raises BadInput for a condition that cannot be used.
    """
    one = _LISTS[name]
    found = parse_where(where, one.fields, now)
    scope = "1" if everything or found.fields & {"state", "offered"} else one.scope
    total, found_rows = _select(connection, now, one.columns, one.table, scope, found, one.order, limit)
    found_items = [one.shape(row, now) for row in found_rows]
    if name == "actions":
        found_items = _with_jeopardy(connection, now, found_items)
    return Page(now, total, _with_matches(connection, found_items) if name == "silences" else found_items)


def silence(connection: sqlite3.Connection, now: int, number: int) -> dict[str, Any]:
    """A silence as the list shows it."""
    return _with_matches(connection, items(connection, now, "silences", "id = :number", {"number": number}))[0]


def _with_matches(connection: sqlite3.Connection, silences: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Silences with `matched`, the number of live deviations that each matches: of the shown ones, since it costs."""
    counts = matched(connection, [int(item["id"][1:]) for item in silences])
    return [{**item, "matched": counts.get(int(item["id"][1:]), 0)} for item in silences]


def _with_jeopardy(connection: sqlite3.Connection, now: int, actions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Actions with `jeopardy`, of the shown ones: what is late by what they wait for (engine.actions.jeopardy), else
    null."""
    found = jeopardy.of_actions(connection, now, [int(item["id"][1:]) for item in actions])
    return [{**item, "jeopardy": found.get(int(item["id"][1:]))} for item in actions]


def items(
    connection: sqlite3.Connection, now: int, name: str, condition: str, parameters: Mapping[str, Any], order: str = ""
) -> list[dict[str, Any]]:
    """The rows of a list under an SQL condition of the engine's own, as the list shows them."""
    one = _LISTS[name]
    sql = f"SELECT {one.columns} FROM {one.table} WHERE {condition} ORDER BY {order or one.order}"
    shown = [one.shape(row, now) for row in rows(connection, sql, {**parameters, "now": now})]
    return _with_jeopardy(connection, now, shown) if name == "actions" else shown


def open_actions(connection: sqlite3.Connection, now: int, order: str) -> list[dict[str, Any]]:
    """Every open action of a running response."""
    return items(connection, now, "actions", _LISTS["actions"].scope, {}, order)


def timeline(connection: sqlite3.Connection, now: int, found: Filter) -> list[tuple[int, str, int]]:
    """Number, owner and due time of the open actions of running responses under a filter, by owner and start."""
    one = _LISTS["actions"]
    sql = (
        f"SELECT action.id, action.owner, due_at FROM {one.table} WHERE {one.scope} AND {found.sql}"
        " ORDER BY action.owner, start_at, action.id"
    )
    return [tuple(row) for row in connection.execute(sql, {**found.parameters, "now": now})]


def deviations(
    connection: sqlite3.Connection, now: int, where: Sequence[str], *, limit: int | None, everything: bool
) -> Page:
    """What stands in the queue, in its order; with `everything`, or where the filter asks for it, the rest after it.

    Raises BadInput for a condition that cannot be used.
    """
    found = parse_where(where, fields.DEVIATIONS, now)
    scope = "1" if everything else scope_of(found)
    if scope == IN_QUEUE and found.sql == "1" and limit is not None:
        numbers, total = queue.first(connection, now, max(limit, 0)), queue.size(connection, now)
        places = {number: at for at, number in enumerate(numbers, 1)}
    else:
        total, numbers = _numbers(connection, now, scope, found, limit)
        places = queue.places(connection, now, numbers)
    return Page(now, total, deviation_items(connection, now, deviation_rows(connection, numbers), places))


def deviation_numbers(connection: sqlite3.Connection, now: int, found: Filter) -> list[int]:
    """The numbers of all deviations under a filter, in the order of `deviations`."""
    if found.sql == "1":
        return queue.whole(connection, now)
    return _numbers(connection, now, scope_of(found), found, None)[1]


def deviation_rows(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[DeviationRow]:
    """The rows of deviations in the order asked; a number that is no deviation is left out."""
    query = f"SELECT {_SHOWN} FROM json_each(?) AS wanted CROSS JOIN deviation ON deviation.id = wanted.value"
    found = map(DeviationRow._make, connection.execute(query, (json.dumps(list(numbers)),)))
    by_number = {row.id: row for row in found}
    return [by_number[number] for number in numbers if number in by_number]


def _numbers(
    connection: sqlite3.Connection, now: int, scope: str, found: Filter, limit: int | None
) -> tuple[int, list[int]]:
    """How many deviations match, and the numbers of the first: live ones in the queue's order, then the last that
    ended."""
    live = queue.matching(connection, now, LIVE if scope == "1" else scope, found)
    if scope != "1":
        return len(live), live if limit is None else live[: max(limit, 0)]
    shown = live if limit is None else live[: max(limit, 0)]
    parameters = {**found.parameters, "now": now, "limit": -1 if limit is None else max(limit, 0) - len(shown)}
    ended = f"FROM deviation WHERE NOT {LIVE} AND {found.sql}"
    rest = [row[0] for row in connection.execute(f"SELECT id {ended} ORDER BY id DESC LIMIT :limit", parameters)]
    if limit is None or len(shown) + len(rest) < limit:
        return len(live) + len(rest), [*shown, *rest]
    counted = connection.execute(f"SELECT count(*) {ended}", parameters).fetchone()[0]
    return len(live) + int(counted), [*shown, *rest]


def suppressed(connection: sqlite3.Connection, now: int, where: Sequence[str] = ()) -> dict[str, int]:
    """How many live deviations under a filter are kept out of the queue: `total`, and how many are snoozed, silenced,
    folded; one may be several. Zeros where the filter itself looks beyond the queue.

    Raises BadInput for a condition that cannot be used.
    """
    found = parse_where(where, fields.DEVIATIONS, now)
    if scope_of(found) != IN_QUEUE:
        return dict.fromkeys(("total", *_KEPT_OUT), 0)
    counted = ", ".join(f"count(*) FILTER (WHERE sort = '{sort}')" for sort in _KEPT_OUT)
    query = f"WITH {HIDDEN} SELECT count(DISTINCT hidden.id), {counted} FROM hidden"
    if found.sql != "1":
        query += f" CROSS JOIN deviation ON deviation.id = hidden.id WHERE {found.sql}"
    counts = connection.execute(query, {**found.parameters, "now": now}).fetchone()
    return dict(zip(("total", *_KEPT_OUT), counts, strict=True))


def deviation_items(
    connection: sqlite3.Connection, now: int, found: Sequence[DeviationRow], places: Mapping[int, int | None]
) -> list[dict[str, Any]]:
    """Whole contract JSON of deviation rows; `places` is the place of each in the queue, from 1."""
    numbers = json.dumps([row.id for row in found])
    signals: dict[int, list[str]] = {}
    for deviation, signal in connection.execute(
        "SELECT deviation_id, 'S' || signal_id FROM deviation_signal WHERE deviation_id IN (SELECT value FROM json_each(?))"
        " ORDER BY deviation_id, signal_id",
        (numbers,),
    ):
        signals.setdefault(deviation, []).append(signal)
    shown = deviation_shapes(connection, now, found)
    for row, shape in zip(found, shown, strict=True):
        shape["signals"] = signals.get(row.id, [])
        shape["rank"] = places.get(row.id)
    return shown


def deviation_shapes(connection: sqlite3.Connection, now: int, found: Sequence[DeviationRow]) -> list[dict[str, Any]]:
    """Contract JSON of deviation rows, without `signals` and `rank`, which cost most and which a screen needs of
    one."""
    answered = dict(
        connection.execute(
            "SELECT deviation_id, max(id) FROM response WHERE state != 'cancelled'"
            " AND deviation_id IN (SELECT value FROM json_each(?)) GROUP BY deviation_id",
            (json.dumps([row.id for row in found]),),
        ).fetchall()
    )
    joined = {row.id: row.joined for row in found if row.joined is not None}
    if joined:
        standing = connection.execute(
            "SELECT id FROM response WHERE state != 'cancelled' AND id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(joined.values())),),
        )
        live = {number for (number,) in standing}
        answered |= {
            deviation: max(number, answered.get(deviation, 0)) for deviation, number in joined.items() if number in live
        }
    currency = settings.current(connection)["currency"]
    numbers = [row.id for row in found]
    kept_out = suppressors(connection, now, found)
    tops = roots.tops(connection, [row.id for row in found if row.live_roots])
    under = roots.consequences(connection, numbers)
    shown = [shapes.deviation(row, now=now, currency=currency, response=answered.get(row.id)) for row in found]
    for number, shape in zip(numbers, shown, strict=True):
        shape["root"] = f"D{tops[number]}" if number in tops else None
        shape["consequences"] = [f"D{each}" for each in under.get(number, ())]
        shape["suppressed_by"] = kept_out.get(number, [])
    return shown


def scope_of(found: Filter) -> str:
    """Where a filter of deviations looks: the queue; all live ones where it names what keeps them out of it (snoozed,
    silenced, folded); all by a state."""
    if "state" in found.fields:
        return "1"
    return IN_QUEUE if found.fields.isdisjoint(("snoozed_until", "suppressed", *_KEPT_OUT)) else LIVE


def _select(
    connection: sqlite3.Connection,
    now: int,
    columns: str,
    table: str,
    scope: str,
    found: Filter,
    order: str,
    limit: int | None,
) -> tuple[int, list[dict[str, Any]]]:
    """How many rows match, and the first `limit` of them (all without one)."""
    parameters = {**found.parameters, "now": now}
    matching = f"FROM {table} WHERE {scope} AND {found.sql}"
    shown = rows(
        connection,
        f"SELECT {columns} {matching} ORDER BY {order} LIMIT :limit",
        {**parameters, "limit": -1 if limit is None else max(limit, 0)},
    )
    if limit is None or len(shown) < limit:
        return len(shown), shown
    return int(connection.execute(f"SELECT count(*) {matching}", parameters).fetchone()[0]), shown
