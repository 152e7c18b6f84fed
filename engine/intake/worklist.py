"""Putting the subject of a deviation on detection's work list, so that it is judged anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.storage.sqlite import sqlite3
from engine.vocabulary.event_words import EVENT_KINDS
from engine.vocabulary.model import SUPPLY_KINDS


def touch(connection: sqlite3.Connection, row: Mapping[str, Any]) -> None:
    """Put a deviation's subject on the work list; `row` is the deviation's."""
    kind, item, site = row["subject_type"], row["item"], row["site"]
    subject: tuple[str, str, str] | None
    if row["kind"] in EVENT_KINDS and kind not in SUPPLY_KINDS:
        subject = ("event", kind, row["subject_id"])
    elif kind == "item_site":
        subject = ("stock", item, site)
    elif row["kind"] == "hazard":
        subject = ("place", kind, row["subject_id"])
    elif kind == "source":
        subject = ("source", row["subject_id"], "")
    elif row["kind"] == "late_demand":
        subject = ("demand", row["subject_id"], "")
    elif kind != "reference":
        subject = ("order", row["subject_id"], "")
    elif item is None and site is None:
        subject = ("order", json.loads(row["observed"])["order"], "")
    else:
        subject = _place_of_name(connection, "site" if item is None else "item", site if item is None else item)
    if subject is not None:
        connection.execute("INSERT OR IGNORE INTO touched(type, a, b) VALUES (?, ?, ?)", subject)


def _place_of_name(connection: sqlite3.Connection, column: str, name: str) -> tuple[str, str, str] | None:
    """The work-list key of one place where a signal names an item or a site: any one judges the name."""
    found = connection.execute(
        f"SELECT item, site FROM signal WHERE {column} = ? AND order_ref IS NULL AND item IS NOT NULL"
        " AND site IS NOT NULL LIMIT 1",
        (name,),
    ).fetchone()
    return None if found is None else ("stock", found[0], found[1])
