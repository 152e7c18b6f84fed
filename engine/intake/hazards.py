"""The hazards that live, and what of the network lies within each: kept in step with their messages and the places.

A touched message is resolved with its whole lineage (engine.vocabulary.lineage), so the outcome depends on what was
said and not on what came first. What holds, is not past and is not over becomes a row of `hazard`, with its reach over
the table `place` in `hazard_cover`; every place that is or was covered is touched. A lane is covered where a hazard
lies on the way: at its ends the site itself is covered, and one deviation for each lane of a port would say nothing
more.

A hazard that covers more than a part of all sites, or reaches further than half around the earth, covers its source
instead: that is a question to the feed, not one to every site.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.detect import hazard
from engine.detect.tolerance_rules import Tolerances
from engine.gather import corrections
from engine.gather.cases import Key
from engine.master import places
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.validation import oddities
from engine.values.areas import Area, parse_area
from engine.values.clock import DAY, EARLIEST, LATEST, iso
from engine.values.geography import (
    EARTH_RADIUS_KM,
    QUARTER_KM,
    Around,
    Point,
    circle,
    distance_km,
    distance_to_lane_km,
    vector,
)
from engine.vocabulary.lineage import Message, holding, references_of, word_of
from engine.vocabulary.tolerance import Subject, Tolerance

_NEW: Final = "SELECT id, source, source_id, detail FROM signal NOT INDEXED WHERE id >= ? AND kind = 'hazard'"
_WANTED: Final = (
    "(SELECT json_extract(value, '$[0]') AS source, json_extract(value, '$[1]') AS message FROM json_each(?)) AS wanted"
)
_FAMILY: Final = (
    f"WITH RECURSIVE family(source, message) AS (SELECT source, message FROM {_WANTED}"
    " UNION SELECT link.source, link.names FROM family JOIN hazard_reference AS link"
    " ON link.source = family.source AND link.message = family.message"
    " UNION SELECT link.source, link.message FROM family JOIN hazard_reference AS link"
    " ON link.source = family.source AND link.names = family.message)"
    " SELECT source, message FROM family"
)
_STATEMENTS: Final = (
    "SELECT said.source, said.message, signal.id, signal.as_of, coalesce(signal.recorded_at, signal.occurred_at),"
    f" coalesce(signal.occurred_at, signal.as_of), signal.site, signal.detail,"
    f" CASE WHEN {corrections.ANY} THEN {corrections.withdrawn_at('signal')} END FROM {_WANTED}"
    " CROSS JOIN hazard_message AS said ON said.source = wanted.source AND said.message = wanted.message"
    " CROSS JOIN signal ON signal.id = said.signal_id ORDER BY signal.as_of, signal.tie, signal.id"
)
_WITHIN: Final = (
    "SELECT type, id, origin, destination, latitude, longitude, to_latitude, to_longitude FROM place"
    " WHERE south <= :north AND north >= :south AND (west <= :east AND east >= :west"
    " OR west - 360 <= :east AND east - 360 >= :west OR west + 360 <= :east AND east + 360 >= :west)"
    " AND abs(normal_x * :x + normal_y * :y + normal_z * :z) <= :sine"
)
_TOUCH: Final = (
    f"INSERT INTO touched(type, a, b) SELECT DISTINCT 'place', cover.type, cover.id FROM {_WANTED}"
    " CROSS JOIN hazard_cover AS cover ON cover.source = wanted.source AND cover.message = wanted.message"
    " WHERE true ON CONFLICT DO NOTHING"
)

Name = tuple[str, str]
"""A source and its id of a message."""
Cover = dict[tuple[str, str], float]
"""Type and id of each place, and how far from the hazard it lies."""


class _Statement(NamedTuple):
    """The last word of one message."""

    source: str
    message: str
    signal: int
    as_of: int
    sent_at: int | None
    began_at: int
    site: str | None
    detail: dict[str, Any]


class _Live(NamedTuple):
    """A message that holds, and when."""

    said: _Statement
    starts_at: int
    ends_at: int


def note(connection: sqlite3.Connection, now: int, first_id: int) -> None:
    """Take up the hazard signals from `first_id` on, and put their messages on the work list; drills are none of
    them."""
    over: dict[str, list[str]] = defaultdict(list)
    for number, source, message, detail in connection.execute(_NEW, (first_id,)).fetchall():
        said = _details(detail)
        if word_of(said) in ("ack", "error"):
            continue
        connection.execute("INSERT INTO hazard_message VALUES (?, ?, ?)", (source, message, number))
        connection.executemany(
            "INSERT INTO hazard_reference VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(source, message, name) for name in sorted(references_of(said)) if name != message],
        )
        connection.execute("INSERT INTO touched VALUES ('hazard', ?, ?) ON CONFLICT DO NOTHING", (source, message))
        if word_of(said) != "cancel" and said.get("expires_at", LATEST) < said.get("starts_at", EARLIEST):
            over[source].append(f"S{number}: {message}, {iso(said['starts_at'])} until {iso(said['expires_at'])}")
    for source, found in over.items():
        oddities.note(connection, now, source, "never_holds", len(found), found[-1])


def follow_network(connection: sqlite3.Connection) -> None:
    """Take up where the sites and lanes lie now, and put every hazard that lives on the work list."""
    places.rebuild(connection)
    connection.execute(
        "INSERT INTO touched(type, a, b) SELECT 'hazard', source, message FROM hazard WHERE true ON CONFLICT DO NOTHING"
    )


def refresh(connection: sqlite3.Connection, keys: Sequence[Key], now: int, tolerances: Tolerances) -> dict[Key, int]:
    """Resolve the lineages of some messages, and touch the places that they cover or covered.

    Returns, by key, when what is stored of its lineage next becomes known or is taken back.
    """
    family = connection.execute(_FAMILY, (as_json((key.a, key.b) for key in keys),)).fetchall()
    names = as_json(family)
    statements: dict[Name, _Statement] = {}
    next_known: dict[str, int] = {}
    for *said, detail, withdrawn_at in connection.execute(_STATEMENTS, (names,)):
        statement = _Statement._make((*said, _details(detail)))
        if statement.as_of <= now and (withdrawn_at is None or withdrawn_at > now):
            statements[statement.source, statement.message] = statement
        for at in (statement.as_of, withdrawn_at):
            if at is not None and at > now:
                next_known[statement.source] = min(at, next_known.get(statement.source, at))
    connection.execute(_TOUCH, (names,))
    for table in ("hazard", "hazard_cover"):
        connection.execute(f"DELETE FROM {table} WHERE (source, message) IN (SELECT * FROM {_WANTED})", (names,))
    for live in _living(statements.values(), now, tolerances):
        _store(connection, live, tolerances.of(hazard.KIND, Subject(None, None, None, None, live.said.source)))
    connection.execute(_TOUCH, (names,))
    # A message may wake more often than its own lineage asks for; it is then found unchanged.
    return {key: next_known[key.a] for key in keys if key.a in next_known}


def _living(statements: Iterable[_Statement], now: int, tolerances: Tolerances) -> list[_Live]:
    """The messages that hold, that say neither that all is past nor that they are over at `now`."""
    by_source: dict[str, dict[str, _Statement]] = defaultdict(dict)
    for said in statements:
        by_source[said.source][said.message] = said
    found = []
    for source, messages in by_source.items():
        limits = tolerances.of(hazard.KIND, Subject(None, None, None, None, source))
        standing = holding(
            Message(said.message, word_of(said.detail), references_of(said.detail), said.sent_at)
            for said in messages.values()
        )
        for message in sorted(standing):
            said = messages[message]
            starts_at = said.detail.get("starts_at", said.began_at)
            ends_at = said.detail.get("expires_at", starts_at + int(limits["live_days"] * DAY))
            if ends_at > now and str(said.detail.get("urgency", "")).casefold() != "past":
                found.append(_Live(said, starts_at, ends_at))
    return found


def _store(connection: sqlite3.Connection, live: _Live, limits: Tolerance) -> None:
    cover = _cover(connection, live.said, limits)
    sites, said = sum(type_ == "site" for type_, _ in cover), live.said
    if _is_wide(connection, sites, said.detail, limits):
        cover = {("source", said.source): 0.0}
    connection.execute(
        "INSERT INTO hazard VALUES (?, ?, ?, ?, ?, ?)",
        (said.source, said.message, said.signal, live.starts_at, live.ends_at, sites),
    )
    connection.executemany(
        "INSERT INTO hazard_cover VALUES (?, ?, ?, ?, ?)",
        [(type_, id_, said.source, said.message, distance) for (type_, id_), distance in sorted(cover.items())],
    )


def _is_wide(connection: sqlite3.Connection, sites: int, detail: Mapping[str, Any], limits: Tolerance) -> bool:
    """Whether a hazard covers too much to be believed."""
    if detail.get("radius_km", 0.0) > QUARTER_KM:
        return True
    if sites < limits["wide_sites"]:
        return False
    return bool(sites > places.site_count(connection) * limits["wide_percent"] / 100)


# reach ----------------------------------------------------------------------------------------------------------------


def _cover(connection: sqlite3.Connection, said: _Statement, limits: Tolerance) -> Cover:
    """The sites within a hazard and the lanes that pass through it, each with its distance in km."""
    found: Cover = {} if said.site is None else {("site", said.site): 0.0}
    lanes: list[tuple[str, str, str, float]] = []
    area, centre, radius, arounds = _reach(said.detail, limits)
    for around in arounds:
        for type_, id_, origin, destination, *ends in connection.execute(_WITHIN, _within(around)):
            start, end = Point(*ends[:2]), Point(*ends[2:])
            if type_ == "site":
                distance = area.distance_km(start, radius) if area is not None else distance_km(centre, start)
            elif area is not None:
                distance = area.distance_to_lane_km(start, end, radius)
            else:
                distance = distance_to_lane_km(centre, start, end)
            if distance > radius:
                continue
            if type_ == "site":
                found["site", id_] = min(distance, found.get(("site", id_), distance))
            else:
                lanes.append((id_, origin, destination, distance))
    for id_, origin, destination, distance in lanes:
        if ("site", origin) not in found and ("site", destination) not in found:
            found["lane", id_] = distance
    return {place: round(distance, 1) for place, distance in found.items()}


def _reach(detail: Mapping[str, Any], limits: Tolerance) -> tuple[Area | None, Point, float, Sequence[Around]]:
    """The area, or else the point, how far around it a hazard reaches, and what holds all of that."""
    centre = Point(detail.get("latitude", 0.0), detail.get("longitude", 0.0))
    if detail.get("area"):
        area, margin = parse_area(detail["area"]), float(detail.get("radius_km", 0.0))
        return area, centre, margin, area.around(margin)
    if "latitude" not in detail:
        return None, centre, 0.0, ()
    radius = float(detail.get("radius_km", limits["radius_km"]))
    return None, centre, radius, [circle(centre, radius)]


def _within(around: Around) -> dict[str, float]:
    """The parameters of _WITHIN: the box, and how near a great circle must come to the centre
    (geography.lane_normal)."""
    x, y, z = vector(around.centre)
    sine = math.sin(around.radius_km / EARTH_RADIUS_KM) if around.radius_km < QUARTER_KM else 1.0
    return {**around.box._asdict(), "x": x, "y": y, "z": z, "sine": sine + 1e-9}


def _details(detail: str | None) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(detail) if detail else {}
    return said
