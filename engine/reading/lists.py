"""The lists of the command contract but that of deviations (engine.reading.deviation_list), each a Page: which rows it
shows by default, in which order, and as what JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.actions import jeopardy
from engine.actions.offers import OFFERED
from engine.actions.undelivered import UNDELIVERED_OF_ACTION
from engine.ranking.suppression import matched
from engine.reading import deviation_shapes, feed_shapes, fields
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
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
        f"action.*, playbook, response.state AS response_state, {OFFERED} AS offered, {UNDELIVERED_OF_ACTION} AS undelivered,"
        " (SELECT state FROM deviation WHERE deviation.id = action.deviation_id) AS deviation_state",
        "action JOIN response ON response.id = response_id",
        f"{OPEN_ACTION} AND response.state = 'running'",
        "due_at, action.id",
        _action,
    ),
    "sources": _List(
        fields.SOURCES,
        f"*, {fields.SOURCES.fields['stale'].sql} AS stale, {fields.HELD} AS held,"
        f" {fields.SOURCES.fields['health'].sql} AS health",
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
        lambda row, now: deviation_shapes.silence(row, now=now),
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
    """One page of a list; `everything` or a condition on state lifts the list's own scope.

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
    connection: sqlite3.Connection,
    now: int,
    name: str,
    condition: str,
    parameters: Mapping[str, Any],
    order: str = "",
    *,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """The rows of a list under an SQL condition of the engine's own, as the list shows them; the first `limit`."""
    one = _LISTS[name]
    sql = f"SELECT {one.columns} FROM {one.table} WHERE {condition} ORDER BY {order or one.order} LIMIT :limit"
    # A negative limit is none.
    asked = {**parameters, "now": now, "limit": -1 if limit is None else limit}
    shown = [one.shape(row, now) for row in rows(connection, sql, asked)]
    return _with_jeopardy(connection, now, shown) if name == "actions" else shown


def count(connection: sqlite3.Connection, now: int, name: str, condition: str, parameters: Mapping[str, Any]) -> int:
    """How many rows of a list meet an SQL condition of the engine's own."""
    query = f"SELECT count(*) FROM {_LISTS[name].table} WHERE {condition}"
    return int(connection.execute(query, {**parameters, "now": now}).fetchone()[0])


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
