"""Facts of places under hazards: which cover each, and the open order lines that arrive, leave or pass there.

A line is at its destination on the planned date, or on the one last announced where that is later; it leaves its origin
the lane's duration before, unless all of it has left; and it is on the lane in between. Values are of what has not come
in; where lines of one place have several currencies, in the desk's, by its rates.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from engine.detect.measures import open_share, share_of_value
from engine.facts.fold import fold
from engine.facts.hazard_facts import Hazard, PlaceFacts, Use
from engine.facts.subjects import Line, LineFacts
from engine.gather import items, orders
from engine.gather.cases import Case, Key
from engine.gather.components import LINE_COLUMNS
from engine.master.places import site_count
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.clock import DAY, LATEST
from engine.values.days import Days
from engine.values.rates import Rates
from engine.vocabulary.lineage import word_of
from engine.vocabulary.model import ORDER_SQL

_WANTED: Final = (
    "(SELECT json_extract(value, '$[0]') AS type, json_extract(value, '$[1]') AS id, json_extract(value, '$[2]') AS starts_at,"
    " json_extract(value, '$[3]') AS ends_at FROM json_each(:wanted)) AS wanted"
)
_HAZARDS: Final = (
    "SELECT cover.type, cover.id, hazard.source, hazard.message, hazard.signal_id, signal.status, hazard.starts_at,"
    f" hazard.ends_at, signal.detail, cover.distance_km, hazard.sites FROM {_WANTED}"
    " CROSS JOIN hazard_cover AS cover ON cover.type = wanted.type AND cover.id = wanted.id"
    " JOIN hazard ON hazard.source = cover.source AND hazard.message = cover.message"
    " JOIN signal ON signal.id = hazard.signal_id WHERE hazard.ends_at > :now"
)
_ON_THE_WAY: Final = f"(SELECT coalesce(max(days), 0) * {DAY} FROM place WHERE type = 'lane')"
_NEAR: Final = (
    f"line.to_version IS NULL AND line.status = 'open' AND line.kind IN ({ORDER_SQL}) AND line.planned_at IS NOT NULL"
    " AND coalesce(state.eta, line.until_at, line.planned_at) >= wanted.starts_at"
)
"""Lines that may be at a place in its time: all that are, and few others. The state of a line has the date that was
announced where it is later than planned, so a line that is planned after that time is not there in it either."""
_STATE: Final = "LEFT JOIN line_state AS state ON state.ref = line.ref AND state.kind = line.kind"
_ARRIVING: Final = (
    f"SELECT wanted.id, 0.0, {LINE_COLUMNS} FROM {_WANTED} CROSS JOIN plan_line AS line"
    f" ON line.site = wanted.id AND line.planned_at <= wanted.ends_at {_STATE} WHERE wanted.type = 'site' AND {_NEAR}"
)
_LEAVING: Final = (
    "SELECT wanted.id, (SELECT min(days) FROM place WHERE type = 'lane' AND place.origin = line.origin"
    f" AND destination = line.site), {LINE_COLUMNS} FROM {_WANTED} CROSS JOIN plan_line AS line"
    f" ON line.origin = wanted.id AND line.planned_at <= wanted.ends_at + {_ON_THE_WAY} {_STATE}"
    f" WHERE wanted.type = 'site' AND {_NEAR}"
)
_PASSING: Final = (
    f"SELECT wanted.id, place.days, {LINE_COLUMNS} FROM {_WANTED}"
    " CROSS JOIN place ON place.type = wanted.type AND place.id = wanted.id"
    " CROSS JOIN plan_line AS line ON line.origin = place.origin AND line.site = place.destination"
    f" AND line.planned_at <= wanted.ends_at + {_ON_THE_WAY} {_STATE} WHERE wanted.type = 'lane' AND {_NEAR}"
)
_ENDS: Final = (
    f"SELECT place.id, place.origin, place.destination FROM {_WANTED} CROSS JOIN place ON place.type = wanted.type AND place.id = wanted.id"
    " WHERE wanted.type = 'lane'"
)
_CASCADE: Final = (
    "INSERT INTO touched(type, a, b) WITH line(site, origin) AS MATERIALIZED ("
    " SELECT site, origin FROM json_each(:wanted) CROSS JOIN plan_line ON ref = value WHERE to_version IS NULL"
    " UNION SELECT site, origin FROM json_each(:wanted) CROSS JOIN plan_line ON ref = value WHERE to_version IS NOT NULL)"
    " SELECT DISTINCT 'place', cover.type, cover.id FROM line CROSS JOIN hazard_cover AS cover"
    " ON cover.type = 'site' AND cover.id IN (line.site, line.origin)"
    " UNION SELECT 'place', cover.type, cover.id FROM line"
    " CROSS JOIN place ON place.type = 'lane' AND place.origin = line.origin AND place.destination = line.site"
    " CROSS JOIN hazard_cover AS cover ON cover.type = 'lane' AND cover.id = place.id WHERE true ON CONFLICT DO NOTHING"
)

Place = tuple[str, str]
"""Type and id."""


def touch_of_orders(connection: sqlite3.Connection, references: Sequence[str]) -> None:
    """Touch the places under hazards that some orders use, or used in an earlier version of the plan."""
    if connection.execute("SELECT EXISTS (SELECT 1 FROM hazard_cover)").fetchone()[0]:
        connection.execute(_CASCADE, {"wanted": as_json(references)})


def cases(
    connection: sqlite3.Connection,
    places: Sequence[Place],
    now: int,
    days: Days,
    rates: Rates,
    *,
    shared: bool = False,
) -> Iterator[Case[PlaceFacts]]:
    """One case for each place; `rates` are the desk's. With `shared` only lines that use several of the places."""
    hazards = _hazards(connection, places, now)
    times = [(*place, *_time(hazards[place])) for place in places if place in hazards]
    uses = _uses(connection, times, now, days, shared=shared)
    count = site_count(connection)
    ends = {id_: (origin, site) for id_, origin, site in connection.execute(_ENDS, {"wanted": as_json(places)})}
    for type_, id_ in places:
        origin, site = ends.get(id_, (None, None)) if type_ == "lane" else (None, id_ if type_ == "site" else None)
        facts = PlaceFacts(type_, id_, site, origin, hazards.get((type_, id_), ()), all_sites=count)
        facts.currency, facts.uses = _in_one_currency(uses.get((type_, id_), ()), rates)
        yield Case(Key("place", type_, id_), type_, id_, facts)


def _hazards(connection: sqlite3.Connection, places: Sequence[Place], now: int) -> dict[Place, list[Hazard]]:
    found: dict[Place, list[Hazard]] = defaultdict(list)
    wanted = {"wanted": as_json(places), "now": now}
    for type_, id_, source, message, signal, name, starts, ends, detail, distance, sites in connection.execute(
        _HAZARDS, wanted
    ):
        said: dict[str, Any] = json.loads(detail) if detail else {}
        severity, certainty, urgency = (str(said.get(field, "")) for field in ("severity", "certainty", "urgency"))
        hazard = Hazard(
            source, message, signal, word_of(said), name or "hazard", starts, ends, "expires_at" in said,
            severity, certainty, urgency, distance, sites,
        )  # fmt: skip
        found[type_, id_].append(hazard)
    return found


def _time(hazards: Sequence[Hazard]) -> tuple[int, int]:
    """From when to when the hazards of one place hold; one that ends before it begins may hold for ever."""
    starts_at = min(hazard.starts_at for hazard in hazards)
    return starts_at, max(hazard.ends_at if hazard.ends_at > hazard.starts_at else LATEST for hazard in hazards)


def _uses(
    connection: sqlite3.Connection, times: Sequence[tuple[str, str, int, int]], now: int, days: Days, *, shared: bool
) -> dict[Place, list[tuple[Use, str | None]]]:
    """By place, the open lines that may be there in its time (type, id, from, to), with the currency of each."""
    wanted = {"wanted": as_json(times)}
    roles = [
        (type_, role, id_, lasts or 0.0, Line._make(columns))
        for type_, role, query in (("site", "to", _ARRIVING), ("site", "from", _LEAVING), ("lane", "on", _PASSING))
        for id_, lasts, *columns in connection.execute(query, wanted)
    ]
    if shared:
        at = defaultdict[int, set[Place]](set)
        for type_, _, id_, _, line in roles:
            at[line.id].add((type_, id_))
        roles = [each for each in roles if len(at[each[-1].id]) > 1]
    lines = {line.id: line for *_, line in roles}
    statements = orders.statements_of(connection, sorted({line.ref for line in lines.values()}))
    records = items.read(connection, sorted({line.item for line in lines.values() if line.item}))
    folded: dict[int, LineFacts] = {}
    for line in lines.values():
        units = records.get(line.item or "", items.NOTHING).units
        folded[line.id] = fold(line, statements.get(line.ref, ()), now, days, item_units=units)
    found: dict[Place, list[tuple[Use, str | None]]] = defaultdict(list)
    for type_, role, id_, lasts, line in roles:
        use = _use(folded[line.id], role, int(lasts * DAY))
        if use is not None:
            found[type_, id_].append((use, line.currency))
    return found


def _use(facts: LineFacts, role: str, lasts: int) -> Use | None:
    """When a line is at a place, `lasts` being the time that it is under way; None where it is there no more."""
    line, share = facts.line, open_share(facts)
    if not facts.open or share <= 0 or line.planned_at is None:
        return None
    if role == "from" and facts.departures and facts.departed() >= (line.quantity or 0.0):
        return None
    arrives, latest = line.planned_at, line.planned_at if line.until_at is None else line.until_at - 1
    if facts.eta is not None and facts.eta > line.planned_at:
        arrives = latest = facts.eta
    begins = arrives - lasts if role in ("from", "on") else arrives
    ends = latest - lasts if role == "from" else latest
    return Use(begins, ends, line.ref, line.source, share_of_value(facts, share))


def _in_one_currency(uses: Sequence[tuple[Use, str | None]], rates: Rates) -> tuple[str | None, list[Use]]:
    """The uses with values in one currency: their own where they share one, else the desk's."""
    stated = {coined for use, coined in uses if use.value_minor is not None}
    if len(stated) < 2:
        return next(iter(stated), None), [use for use, _ in uses]
    return rates.currency, [
        use if use.value_minor is None else use._replace(value_minor=rates.exchanged(use.value_minor, coined))
        for use, coined in uses
    ]
