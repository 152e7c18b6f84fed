"""What keeps a live deviation out of the queue: computed by whoever reads, never stored as a state.

    snoozed     a person put this one off until an instant
    silenced    a silence that is active now matches it (engine.silences)
    folded      it is a consequence of another deviation that is live itself (engine.folding)

Each is an SQL condition on the table `deviation`, with `:now` as the present instant. An error in here must show a
deviation rather than hide it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.lifecycle import QUEUE_STATES
from engine.sqlite import sqlite3

_LIVE: Final = ", ".join(f"'{state}'" for state in QUEUE_STATES)
LIVE: Final = f"deviation.state IN ({_LIVE})"
"""It asks for something."""

SNOOZED: Final = "coalesce(deviation.snoozed_until > :now, 0)"

_MATCHED: Final = (
    ("kind", "kind"),
    ("severity", "severity"),
    ("party", "party"),
    ("item", "item"),
    ("site", "site"),
    ("subject", "subject_id"),
)
"""Column of `silence` and the column of `deviation` that it is matched with."""
MATCHERS: Final = tuple(matcher for matcher, _ in _MATCHED)
MATCHES: Final = " AND ".join(
    f"(silence.{matcher} IS NULL OR coalesce(deviation.{column} GLOB silence.{matcher}, 0))"
    for matcher, column in _MATCHED
)
"""A condition on `silence` beside `deviation`: all that it asks for matches, whether or not it is in force."""
ACTIVE_SILENCE: Final = f"silence.from_at <= :now AND silence.until_at > :now AND {MATCHES}"
"""A condition on `silence` beside `deviation`: it is in force and matches."""
SILENCED: Final = f"EXISTS (SELECT 1 FROM silence WHERE {ACTIVE_SILENCE})"

FOLDED: Final = (
    "EXISTS (SELECT 1 FROM cause JOIN deviation AS root ON root.id = cause.root_id"
    f" WHERE cause.deviation_id = deviation.id AND root.state IN ({_LIVE}))"
)

HIDDEN: Final = (
    "hidden(id, sort) AS ("
    f" SELECT id, 'snoozed' FROM deviation INDEXED BY deviation_snoozed WHERE snoozed_until > :now AND {LIVE}"
    " UNION SELECT deviation.id, 'silenced' FROM"
    " (SELECT 1 FROM silence WHERE from_at <= :now AND until_at > :now LIMIT 1) CROSS JOIN deviation"
    f" WHERE {LIVE} AND {SILENCED}"
    f" UNION SELECT deviation.id, 'folded' FROM cause CROSS JOIN deviation ON deviation.id = deviation_id"
    f" WHERE {LIVE} AND {FOLDED})"
)
"""The live deviations that are suppressed, once for each sort, as a common table: found from what suppresses them, which
is little, instead of looking at every live one."""

SUPPRESSED: Final = f"({SNOOZED} OR {SILENCED} OR {FOLDED})"
IN_QUEUE: Final = f"({LIVE} AND NOT {SNOOZED} AND NOT {SILENCED} AND NOT {FOLDED})"
"""What stands in the queue."""

_SUPPRESSORS: Final = (
    "WITH wanted AS (SELECT deviation.* FROM json_each(:numbers) AS named CROSS JOIN deviation"
    f" ON deviation.id = named.value WHERE {LIVE})"
    f" SELECT deviation.id, 'L' || silence.id FROM wanted AS deviation JOIN silence ON {ACTIVE_SILENCE}"
    " UNION ALL SELECT deviation.id, 'D' || root.id FROM wanted AS deviation"
    f" JOIN cause ON cause.deviation_id = deviation.id JOIN deviation AS root ON root.id = cause.root_id"
    f" WHERE root.state IN ({_LIVE}) ORDER BY 1, 2"
)


def suppressors(connection: sqlite3.Connection, now: int, numbers: Sequence[int]) -> dict[int, list[str]]:
    """By deviation, of those that are live: every silence (`L3`) and every root (`D7`) that keeps it out of the queue."""
    found: dict[int, list[str]] = {}
    for number, identity in connection.execute(_SUPPRESSORS, {"now": now, "numbers": json.dumps(list(numbers))}):
        found.setdefault(number, []).append(identity)
    return found


def matched(connection: sqlite3.Connection, silences: Sequence[int]) -> dict[int, int]:
    """How many live deviations each silence matches, whether or not it is in force; without those that match none."""
    columns = ", ".join(column for _, column in _MATCHED)
    # Each silence goes over all live deviations, so these are read once, without what is not compared.
    query = (
        f"WITH live AS MATERIALIZED (SELECT {columns} FROM deviation WHERE {LIVE})"
        " SELECT silence.id, count(*) FROM json_each(?) AS named CROSS JOIN silence ON silence.id = named.value"
        f" CROSS JOIN live AS deviation ON {MATCHES} GROUP BY silence.id"
    )
    return dict(connection.execute(query, (json.dumps(list(silences)),)).fetchall())


def silence_state(row: Mapping[str, Any], now: int) -> str:
    """pending, active or expired: the start of a silence is inside, its end is not."""
    if now >= row["until_at"]:
        return "expired"
    return "pending" if now < row["from_at"] else "active"


def silence_matchers(row: Mapping[str, Any]) -> dict[str, str]:
    """What a silence asks for, as a person writes it."""
    return {name: row[name].replace("[[]", "[") for name in MATCHERS if row[name] is not None}
