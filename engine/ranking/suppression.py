"""What keeps a live deviation out of the queue: computed by whoever reads, never stored as a state.

    snoozed     a person put this one off until an instant
    silenced    a silence that is active now matches it (engine.deviations.silences)
    folded      it is a consequence of another deviation that is live itself (engine.deviations.folding)

Each is an SQL condition on the table `deviation`, with `:now` as the present instant. An error in here must show a
deviation rather than hide it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.vocabulary.lifecycle import QUEUE_SQL

LIVE: Final = f"deviation.state IN ({QUEUE_SQL})"
"""It asks for something."""

SNOOZED: Final = "coalesce(deviation.snoozed_until > :now, 0)"

MATCHERS: Final = ("kind", "severity", "party", "item", "site", "subject")
"""What a silence can ask for; how it is matched is the view silence_match of engine.storage.schema."""
_IN_FORCE: Final = "silenced.until_at > :now AND silenced.from_at <= :now"
SILENCED: Final = f"deviation.id IN (SELECT silenced.deviation_id FROM silenced WHERE {_IN_FORCE})"
"""The table `silenced` keeps what the silences match; triggers fill it."""

FOLDED: Final = "deviation.live_roots > 0"
"""`live_roots` counts the causes in `cause` that are live themselves; triggers keep it."""

_HIDDEN: Final = {
    "snoozed": f"SELECT id FROM deviation INDEXED BY deviation_snoozed WHERE snoozed_until > :now AND {LIVE}",
    "silenced": f"SELECT deviation_id FROM silenced WHERE {_IN_FORCE}",
    "folded": f"SELECT id FROM deviation INDEXED BY deviation_folded WHERE {LIVE} AND {FOLDED}",
}
HIDDEN: Final = (
    "hidden(id, sort) AS ("
    + " UNION ".join(f"SELECT *, '{sort}' FROM ({found})" for sort, found in _HIDDEN.items())
    + ")"
)
"""The live deviations that are suppressed, once for each sort, as a common table: found from what suppresses them,
which is little, instead of looking at every live one."""

SUPPRESSED: Final = f"({SNOOZED} OR {SILENCED} OR {FOLDED})"
STANDING: Final = f"({LIVE} AND NOT {SNOOZED} AND NOT {FOLDED})"
"""What stands in the queue but for silences. To look them up is most of the work of reading a whole queue, and they
match few: who reads it whole takes those out apart (`silenced`)."""
IN_QUEUE: Final = f"({STANDING} AND NOT {SILENCED})"
"""What stands in the queue."""

COUNT_IN_QUEUE: Final = (
    "SELECT (SELECT live FROM tally)"
    f" - (SELECT count(*) FROM deviation INDEXED BY deviation_folded WHERE {LIVE} AND {FOLDED})"
    f" - (SELECT count(*) FROM deviation INDEXED BY deviation_snoozed WHERE snoozed_until > :now AND {LIVE} AND NOT {FOLDED})"
    f" - (SELECT count(DISTINCT id) FROM ({_HIDDEN['silenced']}) AS matched CROSS JOIN deviation ON id = matched.deviation_id"
    f" WHERE NOT {SNOOZED} AND NOT {FOLDED})"
)
"""How many stand in the queue, as IN_QUEUE says it: the live ones less the few that are hidden, each counted once.

The table `tally` counts the live ones; triggers keep it.
"""

_SUPPRESSORS: Final = (
    "SELECT deviation_id, 'L' || silence_id FROM json_each(:live) AS named CROSS JOIN silenced"
    f" ON deviation_id = named.value WHERE {_IN_FORCE}"
    " UNION ALL SELECT deviation_id, 'D' || root_id FROM json_each(:folded) AS named CROSS JOIN cause"
    " ON deviation_id = named.value JOIN deviation AS root ON root.id = root_id"
    f" WHERE root.state IN ({QUEUE_SQL}) ORDER BY 1, 2"
)


def suppressors(
    connection: sqlite3.Connection, now: int, live: Sequence[int], folded: Sequence[int]
) -> dict[int, list[str]]:
    """By deviation, of these live ones: every silence (`L3`) and every root (`D7`) that keeps it out of the queue;
    `folded` are those of them that have live roots."""
    asked = {"now": now, "live": as_json(live), "folded": as_json(folded)}
    found: dict[int, list[str]] = {}
    for number, identity in connection.execute(_SUPPRESSORS, asked):
        found.setdefault(number, []).append(identity)
    return found


def silenced(connection: sqlite3.Connection, now: int) -> set[int]:
    """The live deviations that a silence in force matches."""
    return {number for (number,) in connection.execute(_HIDDEN["silenced"], {"now": now})}


def matched(connection: sqlite3.Connection, silences: Sequence[int]) -> dict[int, int]:
    """How many live deviations each silence matches, whether or not it is in force; without those that match none."""
    query = (
        "SELECT silence_id, count(*) FROM json_each(?) AS named CROSS JOIN silenced ON silence_id = named.value"
        " GROUP BY silence_id"
    )
    return dict(connection.execute(query, (as_json(silences),)).fetchall())


def silence_state(row: Mapping[str, Any], now: int) -> str:
    """pending, active or expired: the start of a silence is inside, its end is not."""
    if now >= row["until_at"]:
        return "expired"
    return "pending" if now < row["from_at"] else "active"


def silence_matchers(row: Mapping[str, Any]) -> dict[str, str]:
    """What a silence asks for, as a person writes it."""
    return {name: row[name].replace("[[]", "[") for name in MATCHERS if row[name] is not None}
