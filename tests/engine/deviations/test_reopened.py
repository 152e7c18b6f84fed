"""A reopened deviation is judged again, whatever its subject is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR
from engine.vocabulary.model import PlanLine, PlanRecord, SignalIn
from tests.engine.desk_support import NOW, line, open_desk, take


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db")


def stock(item: str, site: str, quantity: float, number: str) -> SignalIn:
    return SignalIn(
        f"{item}/{number}", "stock", NOW - HOUR, NOW - HOUR, None, None, item, site, None, quantity, "EA", None, None,
        "{}", None
    )  # fmt: skip


def note(order: str) -> SignalIn:
    return SignalIn(
        f"{order}/1", "eta", NOW - HOUR, NOW - HOUR, None, order, None, None, None, None, None, NOW + DAY, None, "{}", None
    )  # fmt: skip


def target(item: str, site: str, quantity: float) -> PlanLine:
    return PlanLine(
        "target", f"{item}@{site}", item, site, None, None, quantity, None, "EA", None, None, None, None, "open", "{}", None
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "signal"),
    [
        ("wms", stock("NEW-1", "RTM", 5.0, "1")),
        ("wms", stock("SKU-1", "NEW@SITE", 5.0, "1")),
        ("a:b", note("4711")),
        ("tower", note("item NEW-1")),
    ],
)
def test_a_name_that_the_plan_lacks_is_judged_again(desk: Desk, source: str, signal: SignalIn) -> None:
    desk.load([line("alpha")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, signal, source=source)
    (found,) = desk.deviations(["kind=unmatched"]).items
    desk.dismiss([found["id"]], reason="a typing error")
    learn(desk, signal)
    assert desk.show(found["id"])["state"] == "dismissed"
    desk.reopen([found["id"]], reason="look again")
    desk.detect()
    assert desk.show(found["id"])["state"] == "recovered"


def learn(desk: Desk, signal: SignalIn) -> None:
    """Teach the plan the name; a dismissal stands all the same."""
    names = (signal.order_ref,) if signal.order_ref else ()
    desk.load([line("alpha"), *(line(name) for name in names)], kind="purchase_order", scope="test", file="plan.csv")
    if signal.item:
        records = [PlanRecord("item", {"id": name, "name": name, "uom": "EA"}, None) for name in ("SKU-1", "NEW-1")]
        desk.load(records, kind="item", scope="item", file="items.csv")
        sites = [PlanRecord("site", {"id": name, "name": name}, None) for name in ("RTM", "NEW@SITE")]
        desk.load(sites, kind="site", scope="site", file="sites.csv")


def test_a_site_with_an_at_in_its_name_is_judged_again(desk: Desk) -> None:
    desk.load([target("SKU-1", "A@B", 10.0)], kind="target", scope="test", file="targets.csv")
    take(desk, stock("SKU-1", "A@B", 1.0, "1"))
    (found,) = desk.deviations(["kind=below_target"]).items
    desk.dismiss([found["id"]], reason="slight")
    desk.reopen([found["id"]], reason="look again")
    touched = desk.store.connection.execute("SELECT type, a, b FROM touched").fetchall()
    assert touched == [("stock", "SKU-1", "A@B")]
