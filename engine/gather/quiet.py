"""Signals that change no verdict: found by one query when they come in, so that nothing is judged in vain.

Most signals confirm what was planned. One keeps to the plan when it says at most what the plan says: no later date, no
smaller quantity, no other unit, no receipt, no state, no event, no detail. It is quiet when besides its reference is a
single open supply line that is not due yet, whose silence or earliness nobody watches, and of which nothing else was
ever said: whichever of such statements hold, under any tolerance, the line stands as planned, and a later one takes
nothing from it. (One that is taken back, or will be, is judged all the same, for the line's wake-up.) That a line is so
is decided when it is judged, and kept with it (line_state.quiet_until); whatever may change that puts it on the work
list. A line whose item is counted somewhere is never quiet, for its dates move the stock, nor is one at a place under a
hazard, for they bring it into the hazard's time or out of it. Whatever is not certain is judged: a signal that is
missed here costs time, never a verdict.
"""

from __future__ import annotations

from typing import Final

from engine.facts.fold import Statement
from engine.facts.subjects import Line
from engine.gather import corrections, restated
from engine.storage.sqlite import sqlite3

_KINDS: Final = ("eta", "confirmation", "shipped", "milestone", "note", "hazard")
_KEEPS_TO_PLAN: Final = f"""
  said.kind IN ({", ".join(f"'{kind}'" for kind in _KINDS)}) AND said.detail IS NULL
  AND (said.order_kind IS NULL OR said.order_kind = line.kind)
  AND coalesce(said.eta <= line.planned_at, 1)
  AND (said.quantity IS NULL OR coalesce(said.quantity >= line.quantity, 1) AND coalesce(said.uom = line.uom, 1))
"""
"""`keeps_to_plan` in SQL, of a new signal `said` and the state `line`."""
_UNDER_HAZARD: Final = """(
  EXISTS (SELECT 1 FROM hazard_cover WHERE type = 'site' AND id IN (line.site, line.origin))
  OR EXISTS (SELECT 1 FROM place AS lane JOIN hazard_cover AS cover ON cover.type = 'lane' AND cover.id = lane.id
    WHERE lane.type = 'lane' AND lane.origin = line.origin AND lane.destination = line.site))"""
# NOT INDEXED holds SQLite to the few new rows; in key order, a large batch writes each page of the list once.
_LOUD: Final = f"""
INSERT INTO touched(type, a) SELECT DISTINCT 'order', said.order_ref FROM signal AS said NOT INDEXED
WHERE said.id >= :first_id AND said.order_ref IS NOT NULL AND NOT (
  said.as_of <= :now AND (said.restatable IS NULL OR {restated.until("said")} IS NULL)
  AND {corrections.withdrawn_at("said")} IS NULL AND EXISTS (
    SELECT 1 FROM line_state AS line WHERE line.ref = said.order_ref AND line.quiet_until > :now AND {_KEEPS_TO_PLAN}
      AND NOT (:hazards AND {_UNDER_HAZARD})
      AND NOT (:points AND EXISTS (SELECT 1 FROM stock_point WHERE item = line.item AND site IN (line.site, line.origin)))))
ORDER BY said.order_ref ON CONFLICT DO NOTHING
"""


_ANY: Final = "SELECT EXISTS (SELECT 1 FROM stock_point), EXISTS (SELECT 1 FROM hazard_cover WHERE type != 'source')"


def touch_orders(connection: sqlite3.Connection, first_id: int, now: int) -> None:
    """Put the order references of the signals from `first_id` on on the work list, but for those that are quiet."""
    points, hazards = connection.execute(_ANY).fetchone()
    connection.execute(_LOUD, {"first_id": first_id, "now": now, "points": points, "hazards": hazards})


def keeps_to_plan(line: Line, said: Statement) -> bool:
    """Whether a statement says at most what the plan says of the line."""
    if said.kind not in _KINDS or said.detail is not None or said.order_kind not in (None, line.kind):
        return False
    if said.eta is not None and line.planned_at is not None and said.eta > line.planned_at:
        return False
    if said.quantity is None:
        return True
    same_unit = said.uom is None or line.uom is None or said.uom == line.uom
    return same_unit and (line.quantity is None or said.quantity >= line.quantity)
