"""The figures of a place in the queue: they are the rows' own, they multiply out, and they name the neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, FixedClock
from engine.vocabulary.model import PlanLine
from tests.engine.desk_support import NOW, eta, line, open_desk, take


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three late lines: one that is worth a lot, one that is worth less and urgent, one whose decide-by has passed."""
    desk = open_desk(tmp_path / "desk.db", actor="ana", clock=FixedClock(NOW))
    plan = [
        line("dear", value=90_000_00, due=NOW + 20 * DAY),
        line("soon", value=1_000_00, due=NOW + 16 * DAY),
        line("gone", value=50_000_00, due=NOW + DAY),
    ]
    _judged(desk, plan)
    return desk


def _judged(desk: Desk, plan: list[PlanLine]) -> None:
    desk.load(plan, kind="purchase_order", scope="test", file="plan.csv")
    take(desk, *(eta(each.ref, (each.planned_at or 0) + 9 * DAY) for each in plan))


def _placing(desk: Desk, subject: str) -> dict[str, Any]:
    (found,) = desk.deviations([f"subject={subject}"]).items
    placing = desk.placing(int(found["id"][1:]))
    assert placing is not None
    assert (placing["id"], placing["place"]) == (found["id"], found["rank"])
    assert (placing["exposure"], placing["value_at_risk"]) == (found["exposure"], found["value_at_risk"])
    return placing


def test_the_weight_can_be_redone_from_what_it_is_given_with(desk: Desk) -> None:
    for subject in ("dear", "soon"):
        placing = _placing(desk, subject)
        assert placing["group"] == "ahead"
        assert placing["likelihood"] * placing["value_at_risk"]["amount"] == placing["exposure"]["amount"]
        weight = placing["exposure"]["amount"] / 2 ** (placing["hours"] / placing["halving_hours"])
        assert placing["weight"]["amount"] == pytest.approx(weight, abs=0.01)


def test_neighbours_are_those_of_the_list(desk: Desk) -> None:
    order = [item["id"] for item in desk.deviations().items]
    assert len(order) == 3
    for at, identity in enumerate(order):
        placing = desk.placing(int(identity[1:]))
        assert placing is not None
        assert placing["of"] == len(order)
        assert (placing["before"] or {}).get("id") == (order[at - 1] if at else None)
        assert (placing["after"] or {}).get("id") == (order[at + 1] if at + 1 < len(order) else None)


def test_what_has_passed_has_no_weight_and_what_is_hidden_no_place(desk: Desk) -> None:
    gone = _placing(desk, "gone")
    assert (gone["group"], gone["weight"]) == ("passed", None)
    desk.silence(["subject=gone"], reason="known")
    hidden = desk.placing(int(gone["id"][1:]))
    assert hidden is not None
    assert (hidden["place"], hidden["before"], hidden["after"], hidden["of"]) == (None, None, None, 2)
    assert desk.placing(999) is None


def test_a_foreign_value_comes_with_its_rate(desk: Desk) -> None:
    desk.configure({"name": "desk", "zone": "UTC", "currency": "EUR", "rates": {"USD": 0.5}})
    _judged(desk, [line("abroad", value=8_000_00, due=NOW + 20 * DAY)._replace(currency="USD")])
    (found,) = desk.deviations(["subject=abroad"]).items
    placing = desk.placing(int(found["id"][1:]))
    assert placing is not None
    assert (placing["rate"], placing["exposure"]) == (0.5, {"amount": 4000.0, "currency": "EUR"})
