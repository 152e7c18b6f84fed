"""An item at a site as plain JSON values: what is there, what it is pegged to, how it goes on, how long it lasts."""

from __future__ import annotations

from typing import Any, Final

from engine import detect
from engine.detect import survival, tolerance_rules
from engine.detect.measures import in_days
from engine.facts.subjects import StockFacts
from engine.flow.pegging import NOTHING, ON_HAND
from engine.gather import stock
from engine.ranking import roots
from engine.storage.sqlite import sqlite3
from engine.values.clock import iso
from engine.values.days import Days
from engine.vocabulary import settings
from engine.vocabulary.lifecycle import QUEUE_SQL
from engine.vocabulary.model import Term

_KNOWN: Final = (
    "SELECT EXISTS (SELECT 1 FROM stock_point WHERE item = :item AND site = :site)"
    " OR EXISTS (SELECT 1 FROM plan_line WHERE item = :item AND site = :site AND to_version IS NULL)"
    " OR EXISTS (SELECT 1 FROM plan_line WHERE item = :item AND origin = :site AND to_version IS NULL)"
    " OR EXISTS (SELECT 1 FROM peg WHERE item = :item AND site = :site)"
)
_PEGS: Final = (
    "SELECT peg.supply, supply.kind || ' ' || supply.ref, demand.kind || ' ' || demand.ref, peg.quantity, peg.gap"
    " FROM peg JOIN plan_line AS demand ON demand.id = peg.demand LEFT JOIN plan_line AS supply ON supply.id = peg.supply"
    " WHERE peg.item = :item AND peg.site = :site"
    " ORDER BY demand.planned_at, demand.ref, peg.supply = -1, peg.supply != 0, supply.planned_at, supply.ref"
)
_DEVIATIONS: Final = (
    f"SELECT id FROM deviation WHERE item = :item AND site = :site AND state IN ({QUEUE_SQL}) ORDER BY id"
)
_NAMES: Final = {ON_HAND: "on hand", NOTHING: None}


def find(connection: sqlite3.Connection, text: str) -> tuple[str, str] | None:
    """The item and the site that `ITEM@SITE` names, where the desk knows anything of them; either may have an `@`."""
    for place in (at for at, letter in enumerate(text) if letter == "@"):
        item, site = text[:place].strip(), text[place + 1 :].strip()
        if connection.execute(_KNOWN, {"item": item, "site": site}).fetchone()[0]:
            return item, site
    return None


def facts_of(connection: sqlite3.Connection, now: int, item: str, site: str) -> StockFacts:
    """What is known of one item at one site."""
    days = Days(settings.current(connection)["zone"])
    (case,) = stock.StockReader(connection, [(item, site)], now, days).cases()
    return case.facts


def survives(connection: sqlite3.Connection, now: int, item: str, site: str) -> Term | None:
    """How long an item at a site lasts without further supply; None where its stock is not counted."""
    facts = facts_of(connection, now, item, site)
    if facts.reading is None or not (facts.flows or facts.forecasts):
        return None
    return survival.term(facts, _horizon(connection, facts))


def of(connection: sqlite3.Connection, now: int, item: str, site: str) -> dict[str, Any]:
    """Everything about an item at a site, as it stands at `now`."""
    facts = facts_of(connection, now, item, site)
    reading, target, horizon = facts.reading, facts.target, _horizon(connection, facts)
    where = {"item": item, "site": site}
    live = [number for (number,) in connection.execute(_DEVIATIONS, where)]
    tops = roots.tops(connection, live)
    return {
        "id": f"{item}@{site}",
        **where,
        "on_hand": None if reading is None else reading.quantity,
        "uom": None if reading is None else reading.uom,
        "counted_at": None if reading is None else iso(reading.at),
        "counted_by": None if reading is None else f"S{reading.signal}",
        "target": None if target is None else target.quantity,
        "horizon_days": horizon,
        "time_to_survive_days": survival.days(facts, horizon),
        "deviations": [f"D{number}" for number in live],
        "roots": sorted({f"D{top}" for top in tops.values()}),
        "pegs": [
            {
                "supply": _NAMES.get(supply, name),
                "demand": demand,
                "quantity": quantity,
                "gap_days": None if gap is None else in_days(gap),
            }
            for supply, name, demand, quantity, gap in connection.execute(_PEGS, where)
        ],
        "projection": [
            {"day": iso(facts.days.later(facts.today, index)), "quantity": level}
            for index, level in survival.levels(facts, horizon)
        ],
        "history": [],
    }


def _horizon(connection: sqlite3.Connection, facts: StockFacts) -> float:
    """How far stockout looks ahead here."""
    return tolerance_rules.load(connection).of(detect.stockout.KIND, facts.subject())["horizon_days"]
