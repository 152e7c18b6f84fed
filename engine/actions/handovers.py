"""Hand-overs between functions inside a response, with the time that passes on both sides.

Of an action that needs another function's: `accept_minutes` from ready until its owner accepted it, `wait_minutes` from
the last such need's end until work on it began. What has not come yet counts up to now, and is `open`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine.values.clock import MINUTE


def of(actions: Sequence[Mapping[str, Any]], now: int) -> list[dict[str, Any]]:
    """The hand-overs among the actions of one response (rows of the table), in their order."""
    by_step = {row["step"]: row for row in actions}
    found = []
    for row in actions:
        needs = [by_step[step] for step in json.loads(row["needs"]) if step in by_step]
        before = [need for need in needs if need["function"] != row["function"] and need["done_at"] is not None]
        if not before or row["ready_at"] is None:
            continue
        last = max(before, key=lambda need: (need["done_at"], need["position"]))
        ended = row["done_at"] if row["state"] in ("skipped", "cancelled") else None
        accepted, began = (row[stamp] or ended for stamp in ("assigned_at", "started_at"))
        found.append(
            {
                "action": f"A{row['id']}",
                "from_action": f"A{last['id']}",
                "from_function": last["function"],
                "to_function": row["function"],
                "from_owner": last["owner"],
                "to_owner": row["owner"],
                "accept_minutes": _minutes(row["ready_at"], accepted, now),
                "wait_minutes": _minutes(last["done_at"], began, now),
                "open": began is None,
            }
        )
    return found


def _minutes(begin: int, end: int | None, now: int) -> int:
    return max(0, (now if end is None else end) - begin) // MINUTE
