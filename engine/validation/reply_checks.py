"""Replies as they come in (signals of kind `reply`): what makes one usable, the list of those to be carried out, and
what became of one.

Light, since every ingest imports it; what carries a reply out is engine.handoffs.replies.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from engine.storage.sqlite import sqlite3

WORDS: Final = ("accepted", "started", "waiting", "done", "failed")
"""What a reply can say."""


def fault(status: str | None, detail: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """What makes a reply unusable before anybody looks at its action: field, fault and mend."""
    for name in ("action", "token"):
        if not detail.get(name):
            return name, f"a reply needs the {name} that it is about", f"map a column to {name}; the hand-off says both"
    if status not in WORDS:
        mend = f"map it to one of {', '.join(WORDS)} with `values`"
        return "status", f"{str(status)[:40]!r} is no word of a reply", mend
    return None


def answers(detail: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answers that a reply gives to what its step asks, by name: text, numbers, yes or no, or lists of them.

    None where they are no JSON object of such (engine.validation.detail_checks refuses them).
    """
    try:
        said = json.loads(detail.get("answers", "{}"))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and all(map(_is_answer, said.values())) else None


def _is_answer(value: Any) -> bool:
    parts = value if isinstance(value, list) else [value]
    return all(math.isfinite(part) if isinstance(part, float) else not isinstance(part, list | dict) for part in parts)


def note(connection: sqlite3.Connection, first_id: int) -> None:
    """Put the replies among the signals from `first_id` on into the list of those that are to be answered."""
    connection.execute(
        "INSERT INTO reply(signal_id) SELECT id FROM signal NOT INDEXED WHERE id >= ? AND kind = 'reply'", (first_id,)
    )


def of_signal(connection: sqlite3.Connection, signal: int) -> dict[str, Any] | None:
    """What became of a reply: state (waiting, taken, refused), action, and in words; None for a signal that is none."""
    found = connection.execute("SELECT state, action_id, said FROM reply WHERE signal_id = ?", (signal,)).fetchone()
    if found is None:
        return None
    state, action, said = found
    return {"state": state, "action": None if action is None else f"A{action}", "said": said}
