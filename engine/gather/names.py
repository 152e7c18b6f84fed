"""Whether the plan has an item or a site that a source names, and keeping such verdicts in step with the plan.

A new baseline version can teach the plan a name, or give it its first items, without touching the signals that use it;
`follow_plan` puts those on the work list, once for each version.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from engine.facts import ReferenceFacts, reference_id
from engine.gather.cases import Case, Key, as_json
from engine.gather.orders import ORDER_KINDS
from engine.lifecycle import SLOT_STATES
from engine.sqlite import sqlite3
from engine.store import set_meta

_META: Final = "names_followed"
_ORDERS: Final = ", ".join(f"'{kind}'" for kind in ORDER_KINDS)
_STATES: Final = ", ".join(f"'{state}'" for state in (*SLOT_STATES, "dismissed"))

_HAS: Final = {
    "orders": f"SELECT 1 FROM plan_line WHERE to_version IS NULL AND kind IN ({_ORDERS})",
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
_NAMING: Final = (
    "SELECT signal.item, signal.site, signal.source, signal.id, signal.as_of FROM (SELECT json_extract(value, '$[0]') AS item,"
    " json_extract(value, '$[1]') AS site FROM json_each(?)) AS wanted CROSS JOIN signal ON signal.item = wanted.item"
    " AND signal.site = wanted.site WHERE signal.order_ref IS NULL AND signal.as_of <= ? ORDER BY signal.as_of, signal.id"
)


class Has(NamedTuple):
    """What the plan has at all: names of a sort that it lacks altogether are not judged."""

    orders: bool
    items: bool
    sites: bool


def has(connection: sqlite3.Connection) -> Has:
    """What the current plan has at all."""
    found = {name: connection.execute(f"{sql} LIMIT 1").fetchone() is not None for name, sql in _HAS.items()}
    return Has(**found)


def subject_ids(connection: sqlite3.Connection, places: Sequence[tuple[str, str]]) -> list[str]:
    """Every subject id that a deviation about the names of these places can have."""
    sources = [row[0] for row in connection.execute("SELECT name FROM source ORDER BY name")]
    nouns = {noun for item, site in places for noun in (("item", item), ("site", site))}
    return [reference_id(source, noun, name) for source in sources for noun, name in nouns]


def cases(
    connection: sqlite3.Connection, places: Sequence[tuple[str, str]], now: int, has_: Has, judged_before: set[str]
) -> Iterator[Case[ReferenceFacts]]:
    """Items and sites by source: those that the plan does not have, and those in `judged_before` (ids of subjects)."""
    items, sites = sorted({item for item, _ in places}), sorted({site for _, site in places})
    known_items = {row[0] for row in connection.execute(_KNOWN_ITEMS, (as_json(items),))} if has_.items else set(items)
    known_sites = {row[0] for row in connection.execute(_KNOWN_SITES, (as_json(sites),))} if has_.sites else set(sites)
    unknown = [(item, site) for item, site in places if item not in known_items or site not in known_sites]
    naming: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    keys: dict[tuple[str, str], Key] = {}
    for item, site, source, signal, as_of in connection.execute(_NAMING, (as_json(unknown), now)):
        for noun, name, known in (("item", item, known_items), ("site", site, known_sites)):
            if name not in known:
                naming[source, noun, name].append((signal, as_of))
    for item, site in places:
        keys.setdefault(("item", item), Key("stock", item, site))
        keys.setdefault(("site", site), Key("stock", item, site))
    for (source, noun, name), signals in naming.items():
        facts = ReferenceFacts(source, noun, name, known=False, signals=[s for s, _ in signals], first_at=signals[0][1])
        yield Case(keys[noun, name], "reference", facts.id, facts)
    sources = [row[0] for row in connection.execute("SELECT name FROM source")] if judged_before else []
    for noun, name in keys:
        if name in (known_items if noun == "item" else known_sites):
            for source in sources:
                facts = ReferenceFacts(source, noun, name, known=True, signals=())
                if facts.id in judged_before:
                    yield Case(keys[noun, name], "reference", facts.id, facts)


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
