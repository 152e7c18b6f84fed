"""What a deviation puts at risk as plain JSON values: the tree of lines from the one that slips down to customer
orders.

It is worked out from the pegs as they stand when somebody asks. A line that several ways lead to is expanded on the
first of them; what the slack takes up is named and not followed further.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.detect.measures import in_days
from engine.deviations.value_at_risk import Effect, Priced, Valuer
from engine.facts.subjects import Line
from engine.flow.impact import ENDLESS, Edge, Hit
from engine.gather import downstream
from engine.storage.sqlite import sqlite3
from engine.values.clock import iso_or_none
from engine.values.money import amount
from engine.values.rates import Rates
from engine.vocabulary import settings
from engine.vocabulary.lifecycle import QUEUE_STATES
from engine.vocabulary.slip import Slip

_NODES: Final = 400
"""Lines that a tree shows; further ones are counted."""
_LEVELS: Final = 60
"""How far a tree is followed down; what lies under it is counted as left out, though the customers are all there."""
_LINE: Final = "SELECT id, planned_at FROM plan_line WHERE kind = ? AND ref = ? AND to_version IS NULL"


def of(connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> dict[str, Any] | None:
    """The impact of a deviation's whole row; None where it is none of a supply line that is still to come, or over."""
    said = deviation["delay"] is not None or deviation["missing"] is not None
    if not said or deviation["state"] not in QUEUE_STATES:
        return None
    line = connection.execute(_LINE, (deviation["subject_type"], deviation["subject_id"])).fetchone()
    if line is None:
        return None
    slip = Slip(line[0], line[1], deviation["delay"], deviation["missing"])
    desk = settings.current(connection)
    rates = Rates(desk["currency"], desk["rates"], desk["zone"], now)
    effect = Valuer(connection, rates).effects({0: slip})[0]
    tree = _Tree(connection, slip, effect, desk["currency"])
    slack = effect.impact.slack
    return {
        "delay_days": None if slip.delay is None else in_days(slip.delay),
        "missing_share": slip.missing,
        "slack_days": None if slack is None else in_days(slack),
        "need_at": iso_or_none(None if slack is None or slip.planned_at is None else slip.planned_at + slack),
        "absorbed": slack is not None and not effect.hits,
        "pegged": effect.impact.feeds,
        "undated": effect.impact.undated,
        "value_at_risk": amount(effect.value_minor, desk["currency"]) if slack is not None or effect.hits else None,
        "customers": [tree.customer(priced) for priced in effect.hits],
        "tree": tree.root(),
        "left_out": tree.left_out,
    }


class _Tree:
    """The nodes of one impact."""

    def __init__(self, connection: sqlite3.Connection, slip: Slip, effect: Effect, currency: str) -> None:
        self._slip, self._currency = slip, currency
        self._nodes = effect.impact.nodes(slip.delay)
        self._hits = {priced.hit.line: priced for priced in effect.hits}
        self._network = downstream.read(connection, [slip.line])
        named = {number for edges in self._network.values() for edge in edges for number in (edge.supply, edge.demand)}
        self._lines = downstream.lines_of(connection, named | {slip.line})
        self._shown: set[int] = set()
        self.left_out = 0
        """Pegs that the tree has no room to follow."""

    def root(self) -> dict[str, Any]:
        return self._node(self._slip.line, 0)

    def customer(self, priced: Priced) -> dict[str, Any]:
        """What one customer would see."""
        hit, line = priced.hit, self._lines[priced.hit.line]
        late = None if hit.after is None or line.planned_at is None else line.planned_at + hit.after
        return {
            **_named(line),
            "customer": line.party,
            "promised_at": iso_or_none(line.planned_at),
            "expected_at": iso_or_none(late),
            "delay_days": _days(hit.delay),
            "quantity": round(hit.quantity, 6),
            "open": hit.open,
            "uom": line.uom,
            "value": amount(priced.value_minor, self._currency),
        }

    def _node(self, number: int, level: int) -> dict[str, Any]:
        node = self._nodes[number]
        shape: dict[str, Any] = {
            **_named(self._lines[number]),
            "delay_days": _days(None if self._slip.delay is None else self._slip.delay - node.slack),
            "share": round(node.share, 6),
        }
        if number in self._shown:
            return {**shape, "again": True, "children": []}
        self._shown.add(number)
        children = []
        for edge in self._network.get(number, ()):
            if level >= _LEVELS or (len(self._shown) >= _NODES and edge.demand not in self._shown):
                self.left_out += 1
            else:
                children.append(self._child(edge, level + 1))
        return {**shape, "children": children}

    def _child(self, edge: Edge, level: int) -> dict[str, Any]:
        peg = {"pegged": edge.quantity, "gap_days": _days(edge.gap)}
        if self._reaches(edge):
            if not edge.customer:
                return {**peg, **self._node(edge.demand, level)}
            self._shown.add(edge.demand)
            return {**peg, **self.customer(self._hits[edge.demand]), "children": []}
        kept_from = "undated" if edge.slack >= ENDLESS else "absorbed"
        return {**peg, **_named(self._lines[edge.demand]), kept_from: True, "children": []}

    def _reaches(self, edge: Edge) -> bool:
        """Whether it is over this peg, too, that the demand is late or short."""
        known: Hit | None = self._hits[edge.demand].hit if edge.demand in self._hits else None
        if known is None and edge.demand not in self._nodes:
            return False
        if self._slip.delay is None:
            return edge.supply_to > 1.0 - self._nodes[edge.supply].share
        return self._nodes[edge.supply].slack + edge.slack < self._slip.delay


def _named(line: Line) -> dict[str, Any]:
    return {"line": {"type": line.kind, "id": line.ref}, "item": line.item, "site": line.site}


def _days(span: int | None) -> float | None:
    return None if span is None else in_days(span)
