"""Plans of several levels in one line each, for tests of pegging, impact and folding: pieces of item A at site X by
default."""

from __future__ import annotations

from typing import Any

from engine.desk import Desk
from engine.flow.pegging import NOTHING, ON_HAND
from engine.intake.ingest import SourceBatch
from engine.values.clock import DAY
from engine.vocabulary.model import PlanLine, PlanRecord, SignalIn
from tests.engine.desk_support import NOW

BLANK = PlanLine("", "", None, None, None, None, None, None, None, None, None, None, None, "open", "{}", None)


def line(kind: str, ref: str, quantity: float, due: float, item: str = "A", site: str = "X", **more: Any) -> PlanLine:
    """A line of `quantity` pieces, due so many days from NOW."""
    planned_at = NOW + int(due * DAY)
    made = BLANK._replace(kind=kind, ref=ref, item=item, site=site, quantity=quantity, uom="EA", planned_at=planned_at)
    return made._replace(**more)


def load(desk: Desk, *lines: PlanLine | PlanRecord) -> None:
    """Make lines the whole plan of their kinds."""
    for kind in dict.fromkeys(each.kind for each in lines):
        mine = [each for each in lines if each.kind == kind]
        desk.load(mine, kind=kind, scope="test", file="plan.csv", accept_removal=True)


def said(kind: str, number: str, **fields: Any) -> SignalIn:
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    values |= {"source_id": number, "kind": kind, "recorded_at": NOW, "occurred_at": NOW, "payload": "{}", "detail": ""}
    return SignalIn(**{**values, **fields})


def stock(number: str, quantity: float) -> SignalIn:
    return said("stock", number, item="A", site="X", quantity=quantity)


def take(desk: Desk, *signals: SignalIn, identity: str = "event") -> None:
    desk.take(SourceBatch(source="erp", kind="command", identity=identity, rows=signals, file="test.csv"))


def pegs(desk: Desk) -> list[tuple[str, str, float, float | None]]:
    """Every peg by the references of its lines, with its quantity and its gap in days."""
    names = {ON_HAND: "on hand", NOTHING: "nothing"}
    names |= dict(desk.store.connection.execute("SELECT id, ref FROM plan_line").fetchall())
    found = desk.store.connection.execute("SELECT supply, demand, quantity, gap FROM peg").fetchall()
    return sorted(
        ((names[supply], names[demand], quantity, None if gap is None else gap / DAY) for supply, demand, quantity, gap in found),
        key=str,
    )  # fmt: skip
