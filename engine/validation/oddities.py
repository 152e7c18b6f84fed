"""What is odd about a source's records and yet taken: counted by source and sort, with the last example in words.

Odd is what refuses nothing and yet deserves a look, since the source or its mapping means something else than we read.
`offplan check` and `show SOURCE` say it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, Final, NamedTuple

from engine.storage.sqlite import sqlite3
from engine.validation.signal_checks import Sifted
from engine.values.clock import DAY, EARLIEST, LATEST, iso
from engine.values.text import clean
from engine.vocabulary.model import SignalIn

PLAN_FIRST_AT: Final = "plan_first_at"
"""Key in `meta` of the first planned date of the plan as last loaded (engine.judging.data_findings writes it)."""

_EXAMPLE_LIMIT: Final = 300
_AHEAD: Final = DAY
"""So far a date may lie ahead of its arrival: zones differ by as much."""
_BEFORE: Final = 180 * DAY
"""So long before the first planned date orders are still spoken of."""
_EXPECTED: Final = 5 * 365 * DAY
"""So far ahead goods are still expected; what lies further stands for an unknown date (31.12.9999) in most systems."""
_NEW: Final[Mapping[str, str]] = {
    "future": "as_of > :future",
    "before_plan": "order_ref IS NOT NULL AND min(as_of, coalesce(eta, as_of)) < :before_plan",
    "far_ahead": "eta > :far_ahead",
    "negative_stock": "quantity < 0 AND kind = 'stock'",
}
"""Sorts that a new signal can be, as SQL conditions."""
_OTHER_PLACE: Final = """
SELECT count(*), max(id) FROM (
  SELECT said.id FROM signal AS said NOT INDEXED JOIN line_state AS line ON line.ref = said.order_ref
  WHERE said.id >= :first_id AND (said.item IS NOT NULL OR said.site IS NOT NULL)
  GROUP BY said.id HAVING NOT max(coalesce(said.item = line.item, 1)
    AND (said.kind NOT IN ('confirmation', 'receipt') OR coalesce(said.site = line.site, 1) OR said.site IS line.origin)))
"""
"""How many new signals speak of a supply line of the plan under names that it does not have there, and the last of
them; on its way it may be anywhere. One look at each line, since every ingest pays for it."""
_BODY: Final = tuple(name for name in SignalIn._fields if name not in ("source_id", "line"))
_PAYLOAD: Final = _BODY.index("payload")
_body_of: Final = itemgetter(*(SignalIn._fields.index(name) for name in _BODY))


class _Sort(NamedTuple):
    one: str
    many: str
    """With the count in braces."""
    mend: str


_SORTS: Final[Mapping[str, _Sort]] = {
    "changed_body": _Sort(
        "1 record came again under its id with another content, and was left out",
        "{} records came again under their ids with another content, and were left out",
        'let the source give a changed event a new id that `corrects` the old one, or read it as identity = "state"',
    ),
    "future": _Sort(
        "1 signal is dated over a day after it came, and counts only from then on",
        "{} signals are dated over a day after they came, and count only from then on",
        "correct the date format or the zone of the mapping, or the clock of the source",
    ),
    "before_plan": _Sort(
        "1 signal is dated over half a year before the plan begins",
        "{} signals are dated over half a year before the plan begins",
        "map a placeholder date to empty with `null`, or correct the date format",
    ),
    "far_ahead": _Sort(
        "1 signal expects goods over five years after it came, and is taken at its word",
        "{} signals expect goods over five years after they came, and are taken at their word",
        "map a placeholder date to empty with `null`, or correct the date format",
    ),
    "negative_stock": _Sort(
        "1 reading says that there is less stock than nothing",
        "{} readings say that there is less stock than nothing",
        "correct the booking in the source, or the sign in the mapping",
    ),
    "other_place": _Sort(
        "1 signal names another item or site than the plan has for its order, and was taken for the order's",
        "{} signals name another item or site than the plan has for their orders, and were taken for the orders'",
        "correct the item or the site in the source, or translate it by `values` in the mapping",
    ),
    "never_holds": _Sort(
        "1 hazard expires before it starts",
        "{} hazards expire before they start",
        "map the hazard's own end to expires_at, not the message's; or leave it out",
    ),
    "refused_reply": _Sort(
        "1 reply of an owner was not carried out",
        "{} replies of owners were not carried out",
        "see why with `offplan show`, and tell the owner; or give the command yourself",
    ),
    "unknown_code": _Sort(
        "1 record has a code that no table has, and says nothing by it",
        "{} records have codes that no table has, and say nothing by them",
        "see docs/events.md for the tables; translate partners' own codes with `values` in the mapping",
    ),
}


def note(connection: sqlite3.Connection, now: int, source: str, sort: str, count: int, example: str) -> None:
    """Count `count` records of a source as odd in one of the sorts; `example` says the last one in words."""
    assert sort in _SORTS
    connection.execute(
        "INSERT INTO oddity(source, sort, count, example, last_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT(source, sort)"
        " DO UPDATE SET count = count + excluded.count, example = excluded.example, last_at = excluded.last_at",
        (source, sort, count, clean(example)[:_EXAMPLE_LIMIT], now),
    )


def of(connection: sqlite3.Connection, source: str | None = None, *, since: int = 0) -> list[dict[str, Any]]:
    """Every oddity (of one source) that was there since an instant: source, sort, count, fault, mend, example,
    last_at."""
    found = connection.execute(
        "SELECT source, sort, count, example, last_at FROM oddity WHERE (source = ?1 OR ?1 IS NULL) AND last_at >= ?2"
        " ORDER BY source, sort",
        (source, since),
    ).fetchall()
    return [
        {
            "source": name,
            "sort": sort,
            "count": count,
            "fault": _SORTS[sort].one if count == 1 else _SORTS[sort].many.format(count),
            "mend": _SORTS[sort].mend,
            "example": example,
            "last_at": iso(last_at),
        }
        for name, sort, count, example, last_at in found
    ]


def note_new(connection: sqlite3.Connection, now: int, source: str, first_id: int) -> int | None:
    """Count what is odd about the signals from `first_id` on; returns when the last of them was recorded.

    One look at the new rows finds whether there can be anything, since every ingest pays for it; only then it is
    counted (NOT INDEXED holds SQLite to those rows).
    """
    row = connection.execute(f"SELECT value FROM meta WHERE key = '{PLAN_FIRST_AT}'").fetchone()
    plan_first_at = json.loads(row[0]) if row else None
    _note_other_place(connection, now, source, first_id)
    bounds = {
        "first_id": first_id,
        "future": now + _AHEAD,
        "before_plan": EARLIEST if plan_first_at is None else plan_first_at - _BEFORE,
        "far_ahead": now + _EXPECTED,
    }
    recorded_at: int | None
    recorded_at, last, first, first_eta, last_eta, least = connection.execute(
        "SELECT max(recorded_at), max(as_of), min(as_of), min(eta), max(eta), min(quantity) FROM signal NOT INDEXED"
        " WHERE id >= :first_id",
        bounds,
    ).fetchone()
    early = min(first, first if first_eta is None else first_eta) if first is not None else LATEST
    if last is None or (
        last <= bounds["future"]
        and early >= bounds["before_plan"]
        and (last_eta is None or last_eta <= bounds["far_ahead"])
        and (least is None or least >= 0)
    ):
        return recorded_at
    for sort, condition in _NEW.items():
        where = f"FROM signal NOT INDEXED WHERE id >= :first_id AND {condition}"
        count = connection.execute(f"SELECT count(*) {where}", bounds).fetchone()[0]
        if count:
            example = connection.execute(
                "SELECT id, kind, coalesce(order_ref, item || '@' || site, source_id), as_of, quantity, eta"
                f" {where} ORDER BY id DESC LIMIT 1",
                bounds,
            ).fetchone()
            note(connection, now, source, sort, count, _in_words(*example))
    return recorded_at


def _note_other_place(connection: sqlite3.Connection, now: int, source: str, first_id: int) -> None:
    first = {"first_id": first_id}
    count, last = connection.execute(_OTHER_PLACE, first).fetchone()
    if count:
        number, order, item, site, planned_item, planned_site = connection.execute(
            "SELECT said.id, order_ref, said.item, said.site, line.item, line.site FROM signal AS said"
            " JOIN line_state AS line ON line.ref = order_ref WHERE said.id = ? LIMIT 1",
            (last,),
        ).fetchone()
        named, planned = (
            f"{of or 'any item'} at {at or 'any site'}" for of, at in ((item, site), (planned_item, planned_site))
        )
        example = f"S{number}: {order} for {named}, in the plan {planned}"
        note(connection, now, source, "other_place", count, example)


def _in_words(number: int, kind: str, about: str, as_of: int, quantity: float | None, eta: int | None) -> str:
    said = [f"S{number}: {kind} of {about}, dated {iso(as_of)}"]
    said += [] if quantity is None else [f"quantity {quantity:g}"]
    said += [] if eta is None else [f"eta {iso(eta)}"]
    return ", ".join(said)


def note_changed(connection: sqlite3.Connection, now: int, source: str, sifted: Sifted, first_id: int) -> None:
    """Count the events of a batch whose id is known (stored before `first_id`, or twice in it) with another content."""
    known: dict[bytes, Sequence[Any]] = {}
    remaining = iter(dict.fromkeys(sifted.digests))
    while chunk := list(islice(remaining, 10_000)):
        marks = ",".join("?" * len(chunk))
        query = f"SELECT dedup_key, {', '.join(_BODY)} FROM signal WHERE dedup_key IN ({marks}) AND id < ?"
        for dedup_key, *body in connection.execute(query, [*map(bytearray, chunk), first_id]):
            known[dedup_key] = body
    count, example = 0, ""
    for signal, digest in zip(sifted.signals, sifted.digests, strict=True):
        body = [None if value == "" else value for value in _body_of(signal)]
        changed = _changed(known.setdefault(digest, body), body)
        if changed:
            count, example = count + 1, f"{signal.source_id}, differing in {', '.join(changed)}"
    if count:
        note(connection, now, source, "changed_body", count, example)


def _changed(before: Sequence[Any], body: Sequence[Any]) -> list[str]:
    """The fields in which two contents differ; a payload written in another order is the same."""
    if before == body:
        return []
    changed = [name for name, was, present in zip(_BODY, before, body, strict=True) if was != present]
    if "payload" in changed and json.loads(before[_PAYLOAD]) == json.loads(body[_PAYLOAD]):
        changed.remove("payload")
    return changed
