"""The facts of a place in one unit: what converts is converted, and what does not stays in its own.

That unit is the stock reading's, else the item's own, else the first that anything else states: a line, the latest
demand, a forecast, a target. A reading that states none is in that unit too, so that nothing is added up across units.
Detectors then compare what is in one unit and name what is not. Pure.
"""

from __future__ import annotations

from typing import TypeVar

from engine.facts.subjects import Bucket, Demand, Flow, StockFacts, Target, UnitValue
from engine.values import units
from engine.values.units import ItemUnits

_Stated = TypeVar("_Stated", Flow, Bucket, Target)


def convert(facts: StockFacts, item: ItemUnits, unit: str | None) -> None:
    """Bring the quantities of `facts` into one unit, as far as they convert by `item` and by what units mean.

    `unit` is the place's by its reading, its item and its lines; where none of these states one, another fact does.
    """
    unit = unit or _first_stated(facts)
    if unit is None:
        return
    if facts.reading is not None and facts.reading.uom is None:
        facts.reading = facts.reading._replace(uom=unit)
    facts.flows = [_stated(flow, unit, item) for flow in facts.flows]
    facts.slips = [
        slip._replace(
            planned=_stated(slip.planned, unit, item),
            expected=None if slip.expected is None else _stated(slip.expected, unit, item),
        )
        for slip in facts.slips
    ]
    facts.forecasts = [_stated(bucket, unit, item) for bucket in facts.forecasts]
    facts.target = None if facts.target is None else _target(facts.target, unit, item)
    facts.history = [_demand(demand, unit, item) for demand in facts.history]
    facts.unit_values = [_worth(value, unit, item) for value in facts.unit_values]
    if facts.reading is not None:
        facts.unconverted = _left_out(facts, unit)


def _first_stated(facts: StockFacts) -> str | None:
    stated = [*(each.uom for each in facts.history[-1:]), *(each.uom for each in facts.forecasts)]
    if facts.target is not None:
        stated.append(facts.target.uom)
    return next((uom for uom in stated if uom is not None), None)


def _left_out(facts: StockFacts, unit: str) -> str:
    """The first quantity that cannot be counted with the stock, in words; empty where all can."""
    others: list[Flow | Bucket | Target] = [*facts.flows, *facts.forecasts]
    if facts.target is not None:
        others.append(facts.target)
    for stated in others:
        if stated.uom is not None and stated.uom != unit and not units.same(stated.uom, unit):
            return f"{stated.source} is in {stated.uom}, stock is in {unit}"
    return ""


def _stated(stated: _Stated, unit: str, item: ItemUnits) -> _Stated:
    uom = stated.uom
    if uom is None or uom == unit:
        return stated
    quantity = units.convert(stated.quantity, uom, unit, item)
    if quantity is None:
        return stated
    source = stated.source if units.same(uom, unit) else f"{stated.source}: {abs(stated.quantity):g} {uom}"
    return stated._replace(quantity=quantity, uom=unit, source=source)


def _target(target: Target, unit: str, item: ItemUnits) -> Target:
    stated = _stated(target, unit, item)
    if target.maximum is None or stated.uom == target.uom:
        return stated
    return stated._replace(maximum=units.convert(target.maximum, target.uom, unit, item))


def _demand(demand: Demand, unit: str, item: ItemUnits) -> Demand:
    if demand.uom is None or demand.uom == unit:
        return demand
    quantity = units.convert(demand.quantity, demand.uom, unit, item)
    return demand if quantity is None else demand._replace(quantity=quantity, uom=unit)


def _worth(value: UnitValue, unit: str, item: ItemUnits) -> UnitValue:
    """What one `unit` is worth, from what another is."""
    if value.uom is None or value.uom == unit:
        return value
    size = units.convert(1.0, unit, value.uom, item)
    if size is None:
        return value
    source = value.source if units.same(value.uom, unit) else f"{value.source} ÷ {value.uom} × {size:g}"
    return value._replace(minor=value.minor * size, uom=unit, source=source)
