"""Whether the plan has an item or a site that a source names, and keeping such verdicts in step with the plan.

A new baseline version can teach the plan a name, or give it its first items, without touching the signals that use it;
`follow_plan` puts those on the work list, once for each version.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from engine.facts.subjects import ReferenceFacts, reference_id
from engine.gather import corrections
from engine.gather.cases import Case, Key
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, set_meta
from engine.vocabulary.lifecycle import SLOT_STATES
from engine.vocabulary.model import ORDER_SQL

_META: Final = "names_followed"
_STATES: Final = ", ".join(f"'{state}'" for state in (*SLOT_STATES, "dismissed"))

_HAS: Final = {
    "orders": f"SELECT 1 FROM plan_line WHERE to_version IS NULL AND kind IN ({ORDER_SQL})",
    "items": "SELECT 1 FROM plan_record WHERE kind = 'item' AND to_version IS NULL"
    " UNION ALL SELECT 1 FROM plan_line WHERE to_version IS NULL AND item IS NOT NULL",
    "sites": "SELECT 1 FROM plan_record WHERE kind = 'site' AND to_version IS NULL"
    " UNION ALL SELECT 1 FROM plan_line WHERE to_version IS NULL AND site IS NOT NULL",
}
_KNOWN_ITEMS: Final = (
    "SELECT value FROM json_each(?) WHERE"
    " EXISTS (SELECT 1 FROM plan_record WHERE kind = 'item' AND key = value AND to_version IS NULL)"
    " OR EXISTS (SELECT 1 FROM plan_line WHERE item = value AND to_version IS NULL)"
)
_KNOWN_SITES: Final = (
    "SELECT value FROM json_each(?) WHERE"
    " EXISTS (SELECT 1 FROM plan_record WHERE kind = 'site' AND key = value AND to_version IS NULL)"
    " OR EXISTS (SELECT 1 FROM plan_line WHERE (site = value OR origin = value) AND to_version IS NULL)"
)
# What the last word of a signal's row names now: a name that was corrected is said no more.
_LAST_WORD: Final = (
    "SELECT last.{column} FROM signal AS last INDEXED BY signal_row WHERE last.row_key = said.row_key"
    " AND last.restatable = 1 AND last.kind = said.kind AND last.as_of <= :now"
    " ORDER BY last.as_of DESC, last.tie DESC LIMIT 1"
)
_FIRST: Final = (
    "SELECT wanted.source, wanted.name, said.id, said.as_of FROM (SELECT json_extract(value, '$[0]') AS source,"
    " json_extract(value, '$[1]') AS name FROM json_each(:wanted)) AS wanted CROSS JOIN signal AS said ON said.id = ("
    " SELECT said.id FROM signal AS said INDEXED BY {index} WHERE said.{column} = wanted.name"
    " AND said.source = wanted.source AND said.order_ref IS NULL AND said.item IS NOT NULL AND said.site IS NOT NULL"
    " AND said.as_of <= :now AND said.{column} = coalesce((" + _LAST_WORD + "), said.{column})"
    f" AND {corrections.stands('said')}"
    " ORDER BY said.as_of, said.tie LIMIT 1)"
)
_FIRST_OF: Final = {
    "item": _FIRST.format(column="item", index="signal_stock"),
    "site": _FIRST.format(column="site", index="signal_site"),
}
"""By noun, SQL for the first signal of a source that names one, if it names it still."""
_NAMING: Final = (
    "SELECT signal.source, signal.item, signal.site, signal.id FROM (SELECT json_extract(value, '$[0]') AS item,"
    " json_extract(value, '$[1]') AS site FROM json_each(:places)) AS wanted CROSS JOIN signal ON signal.item = wanted.item"
    " AND signal.site = wanted.site WHERE signal.order_ref IS NULL AND signal.as_of <= :now"
    f" AND {corrections.stands('signal')} ORDER BY signal.as_of, signal.id"
)

Place = tuple[str, str]
"""An item and a site."""
Name = tuple[str, str, str]
"""A source, `item` or `site`, and the name."""


class Has(NamedTuple):
    """What the plan has at all: names of a sort that it lacks altogether are not judged."""

    orders: bool
    items: bool
    sites: bool


def has(connection: sqlite3.Connection) -> Has:
    """What the current plan has at all."""
    found = {name: connection.execute(f"{sql} LIMIT 1").fetchone() is not None for name, sql in _HAS.items()}
    return Has(**found)


def subject_ids(connection: sqlite3.Connection, places: Sequence[Place]) -> list[str]:
    """Every subject id that a deviation about the names of these places can have."""
    return [reference_id(source, noun, name) for source in _sources(connection) for noun, name in _keys(places)]


def cases(
    connection: sqlite3.Connection, places: Sequence[Place], now: int, has_: Has, judged_before: set[str]
) -> Iterator[Case[ReferenceFacts]]:
    """Items and sites by source: those that the plan does not have, and those in `judged_before` (ids of subjects).

    A name rests on the first signal that uses it, wherever that is, and on those about `places`.
    """
    keys = _keys(places)
    known = _known(connection, keys, has_)
    naming: dict[Name, list[int]] = defaultdict(list)
    unknown = [(item, site) for item, site in places if ("item", item) not in known or ("site", site) not in known]
    for source, item, site, signal in connection.execute(_NAMING, {"places": as_json(unknown), "now": now}):
        for noun, name in (("item", item), ("site", site)):
            if (noun, name) not in known:
                naming[source, noun, name].append(signal)
    for source in _sources(connection) if judged_before else ():
        for noun, name in keys:
            if reference_id(source, noun, name) in judged_before:
                naming.setdefault((source, noun, name), [])
    first = _first(connection, [name for name in naming if name[1:] not in known], now)
    for (source, noun, name), signals in naming.items():
        signal, first_at = first.get((source, noun, name), (None, None))
        # Without a first one, the source names it no more.
        rests_on = [] if signal is None else list(dict.fromkeys([signal, *signals]))
        facts = ReferenceFacts(source, noun, name, (noun, name) in known, rests_on, first_at)
        yield Case(keys[noun, name], "reference", facts.id, facts)


def _keys(places: Sequence[Place]) -> dict[tuple[str, str], Key]:
    """The names of some places, each with the place that it is judged at."""
    keys: dict[tuple[str, str], Key] = {}
    for item, site in places:
        keys.setdefault(("item", item), Key("stock", item, site))
        keys.setdefault(("site", site), Key("stock", item, site))
    return keys


def _known(connection: sqlite3.Connection, names: Iterable[tuple[str, str]], has_: Has) -> set[tuple[str, str]]:
    """Which of some names need no judging: the plan has them, or has nothing of their sort at all."""
    known: set[tuple[str, str]] = set()
    for noun, query, judged in (("item", _KNOWN_ITEMS, has_.items), ("site", _KNOWN_SITES, has_.sites)):
        wanted = [name for sort, name in names if sort == noun]
        found = (name for (name,) in connection.execute(query, (as_json(wanted),))) if judged else wanted
        known.update((noun, name) for name in found)
    return known


def _first(connection: sqlite3.Connection, names: Sequence[Name], now: int) -> dict[Name, tuple[int, int]]:
    """The first signal that uses each name, and its time; a name that is used no more is absent."""
    found: dict[Name, tuple[int, int]] = {}
    for noun, query in _FIRST_OF.items():
        wanted = as_json([source, name] for source, sort, name in names if sort == noun)
        for source, name, signal, as_of in connection.execute(query, {"wanted": wanted, "now": now}):
            found[source, noun, name] = (signal, as_of)
    return found


def _sources(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM source ORDER BY name")]


def follow_plan(connection: sqlite3.Connection) -> Has:
    """What the plan has at all; after a new baseline version, everything that it may have taught is touched."""
    version = int(connection.execute("SELECT coalesce(max(version), 0) FROM baseline").fetchone()[0])
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_META,)).fetchone()
    before: list[int] = json.loads(row[0]) if row else [0, 0, 0, 0]
    former = Has(*(bool(flag) for flag in before[1:]))
    if before[0] == version:
        return former
    present = has(connection)
    if present.orders and not former.orders:
        connection.execute(
            "INSERT INTO touched(type, a) SELECT DISTINCT 'order', order_ref FROM signal WHERE order_ref IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM plan_line WHERE ref = order_ref AND to_version IS NULL) ON CONFLICT DO NOTHING"
        )
    if (present.items and not former.items) or (present.sites and not former.sites):
        _touch_places(connection, "1")
    _touch_open(connection)
    set_meta(connection, _META, json.dumps([version, *map(int, present)]))
    return present


def _touch_open(connection: sqlite3.Connection) -> None:
    """Touch the names that stand as unmatched: the plan may have learnt them."""
    connection.execute(
        "INSERT INTO touched(type, a) SELECT DISTINCT 'order', signal.order_ref FROM deviation"
        " JOIN deviation_signal ON deviation_id = deviation.id JOIN signal ON signal.id = signal_id"
        f" WHERE deviation.kind = 'unmatched' AND state IN ({_STATES}) AND signal.order_ref IS NOT NULL"
        " ON CONFLICT DO NOTHING"
    )
    for column in ("item", "site"):
        _touch_places(
            connection,
            f"{column} IN (SELECT {column} FROM deviation WHERE deviation.kind = 'unmatched' AND state IN ({_STATES}))",
        )


def _touch_places(connection: sqlite3.Connection, condition: str) -> None:
    connection.execute(
        "INSERT INTO touched(type, a, b) SELECT DISTINCT 'stock', item, site FROM signal"
        f" WHERE order_ref IS NULL AND item IS NOT NULL AND site IS NOT NULL AND {condition} ON CONFLICT DO NOTHING"
    )
