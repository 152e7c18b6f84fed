"""Signals that change no verdict: found by one query when they come in, so that nothing is judged in vain.

Most signals confirm what was planned. One is quiet when its reference is a single open supply line that is not due yet
and has no deviation, when it says at most what the plan says (no later date, no smaller quantity, no other unit, no
receipt, no state), when no later word of its row is stored, and when the wake-up of the line is the very one that a line without
receipts has. That wake-up is the proof that the line was judged and found whole; what is said besides can then move
neither a verdict nor the wake-up. A line whose item is counted somewhere is never quiet, for its dates move the stock.
Whatever is not certain is judged: a signal that is missed here costs time, never a verdict.
"""

from __future__ import annotations

from typing import Final

from engine import tolerance
from engine.clock import DAY
from engine.gather import expectations, restated
from engine.model import SUPPLY_KINDS
from engine.sqlite import sqlite3

_SUPPLY: Final = ", ".join(f"'{kind}'" for kind in SUPPLY_KINDS)
# `+line.kind`: one look-up by reference instead of one for every kind.
_QUIET: Final = f"""
  said.as_of <= :now AND said.kind IN ('eta', 'confirmation', 'shipped', 'milestone', 'note', 'hazard')
  AND (said.restatable IS NULL OR {restated.until("said")} IS NULL) AND EXISTS (
    SELECT 1 FROM plan_line AS line
    CROSS JOIN wakeup ON wakeup.type = 'order' AND wakeup.a = line.ref AND wakeup.b = ''
    WHERE line.ref = said.order_ref AND line.to_version IS NULL
      AND +line.kind IN ({_SUPPLY}) AND line.status = 'open' AND line.planned_at IS NOT NULL
      AND (said.order_kind IS NULL OR said.order_kind = line.kind)
      AND coalesce(said.eta <= line.planned_at, 1) AND coalesce(said.quantity >= line.quantity, 1)
      AND (said.quantity IS NULL OR coalesce(said.uom = line.uom, 1))
      AND coalesce(line.until_at, line.planned_at) > :now
      AND wakeup.due_at = coalesce(line.until_at, line.planned_at) + :grace
      AND NOT EXISTS (SELECT 1 FROM deviation WHERE subject_id = line.ref)
      AND 1 = (SELECT count(*) FROM plan_line AS same WHERE same.ref = line.ref AND same.to_version IS NULL)
      AND NOT (:points AND EXISTS (SELECT 1 FROM stock_point WHERE item = line.item AND site IN (line.site, line.origin))))
"""
# NOT INDEXED holds SQLite to the few new rows; in key order, a large batch writes each page of the list once.
_LOUD: Final = (
    "INSERT INTO touched(type, a) SELECT DISTINCT 'order', said.order_ref FROM signal AS said NOT INDEXED"
    f" WHERE said.id >= :first_id AND said.order_ref IS NOT NULL AND NOT ({_QUIET})"
    " ORDER BY said.order_ref ON CONFLICT DO NOTHING"
)


def touch_orders(connection: sqlite3.Connection, first_id: int, now: int) -> None:
    """Put the order references of the signals from `first_id` on on the work list, but for those that are quiet."""
    tolerances = tolerance.load(connection)
    overdue = None if expectations.are_watched(tolerances) else tolerances.same_for_all("overdue")
    parameters = {
        "first_id": first_id,
        "now": now,
        # Where lines differ in their grace, or silence is watched, no wake-up is known beforehand: everything is judged.
        "grace": None if overdue is None else int(overdue["grace_days"] * DAY),
        "points": connection.execute("SELECT EXISTS (SELECT 1 FROM stock_point)").fetchone()[0],
    }
    connection.execute(_LOUD, parameters)
