"""The list of deviations: what stands in the queue, in its order, what a filter asks for beyond it, and the JSON of
each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.ranking import queue, roots
from engine.ranking.suppression import HIDDEN, IN_QUEUE, LIVE, suppressors
from engine.reading import deviation_shapes, fields
from engine.reading.deviation_shapes import DeviationRow
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.vocabulary import settings
from engine.vocabulary.filters import Filter, parse_where
from engine.vocabulary.lifecycle import QUEUE_STATES
from engine.vocabulary.model import Page

_SHOWN: Final = ", ".join(f"deviation.{name}" for name in DeviationRow._fields)
_KEPT_OUT: Final = ("snoozed", "silenced", "folded")


def page(
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
        total, numbers = _matching(connection, now, scope, found, limit)
        places = queue.places(connection, now, numbers)
    return Page(now, total, items(connection, now, rows_of(connection, numbers), places))


def numbers(connection: sqlite3.Connection, now: int, found: Filter) -> list[int]:
    """The numbers of all deviations under a filter, in the order of `page`."""
    if found.sql == "1":
        return queue.whole(connection, now)
    return _matching(connection, now, scope_of(found), found, None)[1]


def look_alike(one: Filter, other: Filter) -> bool:
    """Whether two filters look at the same deviations: the queue, what is live or all, as what they name asks for."""
    return scope_of(one) == scope_of(other)


def rows_of(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[DeviationRow]:
    """The rows of deviations in the order asked; a number that is no deviation is left out."""
    query = f"SELECT {_SHOWN} FROM json_each(?) AS wanted CROSS JOIN deviation ON deviation.id = wanted.value"
    found = map(DeviationRow._make, connection.execute(query, (as_json(numbers),)))
    by_number = {row.id: row for row in found}
    return [by_number[number] for number in numbers if number in by_number]


def _matching(
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
        query += f" WHERE EXISTS (SELECT 1 FROM deviation WHERE deviation.id = hidden.id AND {found.sql})"
    counts = connection.execute(query, {**found.parameters, "now": now}).fetchone()
    return dict(zip(("total", *_KEPT_OUT), counts, strict=True))


def items(
    connection: sqlite3.Connection, now: int, found: Sequence[DeviationRow], places: Mapping[int, int | None]
) -> list[dict[str, Any]]:
    """Whole contract JSON of deviation rows; `places` is the place of each in the queue, from 1."""
    numbers = as_json(row.id for row in found)
    signals: dict[int, list[str]] = {}
    for deviation, signal in connection.execute(
        "SELECT deviation_id, 'S' || signal_id FROM deviation_signal WHERE deviation_id IN (SELECT value FROM json_each(?))"
        " ORDER BY deviation_id, signal_id",
        (numbers,),
    ):
        signals.setdefault(deviation, []).append(signal)
    shown = shaped(connection, now, found)
    for row, shape in zip(found, shown, strict=True):
        shape["signals"] = signals.get(row.id, [])
        shape["rank"] = places.get(row.id)
    return shown


def shaped(connection: sqlite3.Connection, now: int, found: Sequence[DeviationRow]) -> list[dict[str, Any]]:
    """Contract JSON of deviation rows, without `signals` and `rank`, which cost most and which a screen needs of
    one."""
    answered = _answered(connection, {row.id: row.joined for row in found})
    currency = settings.current(connection)["currency"]
    numbers = [row.id for row in found]
    asking = [row for row in found if row.state in QUEUE_STATES]
    kept_out = suppressors(connection, now, [row.id for row in asking], [row.id for row in asking if row.live_roots])
    tops = roots.tops(connection, [row.id for row in found if row.live_roots])
    under = roots.consequences(connection, numbers)
    shown = [
        deviation_shapes.deviation(row, now=now, currency=currency, response=answered.get(row.id)) for row in found
    ]
    for number, shape in zip(numbers, shown, strict=True):
        shape["root"] = f"D{tops[number]}" if number in tops else None
        shape["consequences"] = [f"D{each}" for each in under.get(number, ())]
        shape["suppressed_by"] = kept_out.get(number, [])
    return shown


def states(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Of deviations what tells which commands fit them, as in their contract JSON: id, version, state, response,
    response_state; in the order asked, a number that is no deviation is left out."""
    query = (
        "SELECT deviation.id, version, state, joined FROM json_each(?) AS wanted"
        " CROSS JOIN deviation ON deviation.id = wanted.value"
    )
    found = connection.execute(query, (as_json(numbers),)).fetchall()
    answered = _answered(connection, {number: joined for number, _, _, joined in found})
    shown = []
    for number, version, state, _ in found:
        response, response_state = answered.get(number, (None, None))
        shown.append(
            {
                "id": f"D{number}",
                "version": version,
                "state": state,
                "response": None if response is None else f"R{response}",
                "response_state": response_state,
            }
        )
    return shown


def _answered(connection: sqlite3.Connection, joined: Mapping[int, int | None]) -> dict[int, tuple[int, str]]:
    """The number and the state of the last response to each deviation that has one, its own or the one of another
    that it has `joined`."""
    answered: dict[int, tuple[int, str]] = {
        deviation: (number, state)
        # SQLite reads the state of the row that has the maximum.
        for deviation, number, state in connection.execute(
            "SELECT deviation_id, max(id), state FROM response WHERE state != 'cancelled'"
            " AND deviation_id IN (SELECT value FROM json_each(?)) GROUP BY deviation_id",
            (as_json(joined),),
        )
    }
    others = {number: response for number, response in joined.items() if response is not None}
    if others:
        standing = connection.execute(
            "SELECT id, state FROM response WHERE state != 'cancelled' AND id IN (SELECT value FROM json_each(?))",
            (as_json(sorted(others.values())),),
        )
        live: dict[int, str] = dict(standing.fetchall())
        answered |= {
            deviation: max((number, live[number]), answered.get(deviation, (0, "")))
            for deviation, number in others.items()
            if number in live
        }
    return answered


def scope_of(found: Filter) -> str:
    """Where a filter of deviations looks: the queue; all live ones where it names what keeps them out of it (snoozed,
    silenced, folded); all by a state."""
    if "state" in found.fields:
        return "1"
    return IN_QUEUE if found.fields.isdisjoint(("snoozed_until", "suppressed", *_KEPT_OUT)) else LIVE
