"""Order references that keep to the plan beyond doubt: found by one query, so that detection need not read them.

Most signals confirm what was planned. A reference is quiet when it is one open supply line that is not due yet, no
deviation ever named it, every signal about it is known by now and says at most what the plan says (no later date, no
smaller quantity, no receipt and no state), and its wake-up is the one that a full judgement would write. Whatever is
not certain is left to the detectors: a reference that is missing here costs time, never a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.clock import DAY
from engine.gather.cases import as_json
from engine.model import SUPPLY_KINDS
from engine.sqlite import sqlite3
from engine.tolerance import Tolerance

_SUPPLY: Final = ", ".join(f"'{kind}'" for kind in SUPPLY_KINDS)
_QUIET: Final = f"""
SELECT wanted.value FROM json_each(:wanted) AS wanted
CROSS JOIN plan_line AS line ON line.ref = wanted.value AND line.to_version IS NULL
CROSS JOIN wakeup ON wakeup.type = 'order' AND wakeup.a = wanted.value AND wakeup.b = ''
WHERE line.kind IN ({_SUPPLY}) AND line.status = 'open' AND line.planned_at IS NOT NULL
  AND coalesce(line.until_at, line.planned_at) > :now
  AND wakeup.due_at = coalesce(line.until_at, line.planned_at) + :grace
  AND NOT EXISTS (SELECT 1 FROM plan_line AS other WHERE other.ref = line.ref AND other.to_version IS NULL
                  AND other.id != line.id)
  AND NOT EXISTS (SELECT 1 FROM deviation WHERE subject_id = line.ref)
  AND NOT EXISTS (
    SELECT 1 FROM signal WHERE signal.order_ref = wanted.value AND (
      signal.as_of > :now
      OR signal.kind NOT IN ('eta', 'confirmation', 'shipped', 'milestone', 'note', 'hazard')
      OR (signal.order_kind IS NOT NULL AND signal.order_kind != line.kind)
      OR signal.eta > line.planned_at
      OR signal.quantity < line.quantity
      OR (:unmatched AND EXISTS (SELECT 1 FROM deviation WHERE subject_id = signal.source || ':' || line.ref))))
"""


def references(connection: sqlite3.Connection, wanted: Sequence[str], now: int, overdue: Tolerance | None) -> set[str]:
    """Those of some order references that are quiet at `now`.

    `overdue` is the tolerance of that kind where it is the same for all lines; None: no reference is called quiet.
    """
    if overdue is None:
        return set()
    unmatched = connection.execute("SELECT EXISTS (SELECT 1 FROM deviation WHERE kind = 'unmatched')").fetchone()[0]
    parameters = {
        "wanted": as_json(wanted),
        "now": now,
        "grace": int(overdue["grace_days"] * DAY),
        "unmatched": unmatched,
    }
    return {reference for (reference,) in connection.execute(_QUIET, parameters)}
