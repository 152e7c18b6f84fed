"""What others did since a desk looked last: deviations and actions that somebody else has changed, as the journal
tells.

A change is one that a person plans by: of the state, the owner, the decide-by, the due time or the exposure. What has
just come in is no change of it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json

_WATCHED: Final = ("state", "owner", "decide_by", "due_at", "exposure_minor")
_DIFFERS: Final = " OR ".join(
    f"(json_type(before, '$.{name}') IS NOT NULL"
    f" AND json_extract(before, '$.{name}') IS NOT json_extract(after, '$.{name}'))"
    for name in _WATCHED
)
_CHANGED: Final = (
    # By `seq` alone, with a plus: by the index of subjects all entries ever about any would be gone through.
    "SELECT DISTINCT subject_type, CAST(substr(subject_id, 2) AS INTEGER) FROM journal"
    " WHERE seq > ? AND +subject_type IN ('deviation', 'action') AND txn NOT IN (SELECT value FROM json_each(?))"
    f" AND ({_DIFFERS})"
)


class Others(NamedTuple):
    """What somebody else has changed, by number, and up to which entry of the journal that is so."""

    entry: int
    deviations: Collection[int] = ()
    actions: Collection[int] = ()


def changed_since(connection: sqlite3.Connection, entry: int | None, own: Collection[int]) -> Others:
    """What was changed after `entry` by other transactions than `own`; without an entry, nothing up to now."""
    (newest,) = connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    if entry is None or newest == entry:
        return Others(newest)
    found: dict[str, list[int]] = {"deviation": [], "action": []}
    for subject, number in connection.execute(_CHANGED, (entry, as_json(sorted(own)))):
        found[subject].append(number)
    return Others(newest, found["deviation"], found["action"])
