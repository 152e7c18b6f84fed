"""The desk's own settings: its name, zone, currency, exchange rates, factors of emission, and the tolerances that
detection reads.

They live in the file (meta key `settings`, table `tolerance`), put there from a workspace's settings by
engine.judging.configuring, so that every process on the file judges alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from engine.storage.sqlite import sqlite3

DEFAULTS: Final[Mapping[str, Any]] = {"name": "desk", "zone": "UTC", "currency": "EUR", "rates": {}, "emissions": {}}

Rule = tuple[int | None, str | None, str, str]
"""Number, kind, matches and parameters, as a row of the table `tolerance` has them."""


def current(connection: sqlite3.Connection) -> dict[str, Any]:
    """Name, zone, currency, rates and emissions as they stand; a desk that was never configured has the defaults."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'settings'").fetchone()
    return {**DEFAULTS, **(json.loads(row[0]) if row else {})}


def present_rules(connection: sqlite3.Connection) -> list[Rule]:
    """The rules that detection judges by, in their order."""
    query = "SELECT rule, kind, matches, parameters FROM tolerance ORDER BY id"
    return [(number, *rest) for number, *rest in connection.execute(query)]


def put_rules(connection: sqlite3.Connection, rules: Iterable[Rule]) -> None:
    """Make these the rules that detection judges by."""
    connection.execute("DELETE FROM tolerance")
    connection.executemany("INSERT INTO tolerance(rule, kind, matches, parameters) VALUES (?, ?, ?, ?)", rules)
