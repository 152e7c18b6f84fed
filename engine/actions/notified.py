"""From a message to the steps of kind `notify` that asked for it, which are looked at again once it was sent or failed.

Writing and settling such messages is engine.handoffs.notices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.storage.sqlite import sqlite3

NOTICE: Final = "notice"
"""The reason of a message that a step asked for; it belongs to no ledger."""
_STEPS: Final = f"SELECT action_id FROM handoff_action JOIN handoff ON handoff.id = handoff_id WHERE reason = '{NOTICE}' AND handoff.id = ?"


def steps(connection: sqlite3.Connection, message: int) -> list[str]:
    """The ids of the steps that asked for a message; none of one that tells an owner of what is his."""
    return [f"A{number}" for (number,) in connection.execute(_STEPS, (message,))]


def touch(connection: sqlite3.Connection, row: Mapping[str, Any]) -> None:
    """Have the steps looked at that asked for a message (its row), now that something became of it."""
    if row["reason"] == NOTICE:
        connection.execute(
            f"INSERT INTO handoff_touched(action_id) {_STEPS} ON CONFLICT DO NOTHING",
            (row["id"],),
        )
