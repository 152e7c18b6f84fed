"""Options that share out what is scarce: by worth, and from the site that has most free."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.values.clock import DAY, iso
from engine.vocabulary.model import PlanRecord
from tests.engine.decision_support import OneDecision, compared, euros, respond, terms
from tests.engine.desk_support import NOW, open_desk
from tests.engine.network_support import line, load, said, take


def scarce(path: Path, *options: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """40 in time, planned for SO-1, and 100 that come too late for SO-2, which is worth more."""
    desk = open_desk(path, planner=OneDecision(options))
    load(
        desk,
        line("purchase_order", "PO-0", 40.0, 4, party="BETA"),
        line("purchase_order", "PO-1", 100.0, 5, party="ACME"),
        line("sales_order", "SO-1", 40.0, 6, value_minor=4_000_00, currency="EUR"),
        line("sales_order", "SO-2", 30.0, 8, value_minor=9_000_00, currency="EUR"),
        line("sales_order", "SO-3", 30.0, 20, value_minor=3_000_00, currency="EUR"),
    )
    take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + 10 * DAY))
    return compared(desk, respond(desk, "late_supply"))


def test_what_is_scarce_goes_to_whom_it_is_worth_most(tmp_path: Path) -> None:
    share: Mapping[str, Any] = {"id": "share", "title": "Share", "kind": "reallocate"}
    found = scarce(tmp_path / "desk.db", share, {**share, "id": "whole", "orders": "whole"})
    assert found["nothing"]["value_late"] == euros(9_000.0)
    # 30 of the 40 for SO-2, and the other ten for SO-1, of which 30 are four days late.
    assert found["share"]["value_late"] == euros(3_000.0)
    assert [(each["id"], each["delay_days"], each["quantity"]) for each in found["share"]["orders"]] == [
        ("SO-1", 4.0, 30.0)
    ]
    assert terms(found["share"])["what it does"][1] == (
        "in time: SO-1 10 of 40, SO-2 30 of 30, SO-3 30 of 30; proven the best with orders served in parts"
    )
    assert found["share"]["shares"][0] == {"id": "SO-1", "gets": 10.0, "wants": 40.0}
    # As wholes: SO-2, and nothing for SO-1.
    assert found["whole"]["value_late"] == euros(4_000.0)
    assert "SO-1 0 of 40, SO-2 30 of 30" in terms(found["whole"])["what it does"][1]


def test_stock_that_runs_out_is_shared_out_by_worth(tmp_path: Path) -> None:
    """25 on hand serve SO-1 first, by date; SO-2 is worth three times as much."""
    share = {"id": "share", "title": "Share", "kind": "reallocate"}
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([share]))
    load(
        desk,
        line("sales_order", "SO-1", 20.0, 2, value_minor=2_000_00, currency="EUR"),
        line("sales_order", "SO-2", 20.0, 4, value_minor=6_000_00, currency="EUR"),
    )
    take(desk, said("stock", "x", item="A", site="X", quantity=25.0))
    found = compared(desk, respond(desk, "stockout"))
    assert (found["nothing"]["value_late"], found["share"]["value_late"]) == (euros(4_500.0), euros(1_500.0))


def test_the_site_with_most_free_sends_it_by_its_lane(tmp_path: Path) -> None:
    move = {"id": "move", "title": "Move", "kind": "transfer"}
    desk = open_desk(tmp_path / "desk.db", planner=OneDecision([move]))
    load(
        desk,
        line("purchase_order", "PO-1", 100.0, 5, party="ACME"),
        line("sales_order", "SO-1", 40.0, 6, value_minor=4_000_00, currency="EUR"),
        PlanRecord("lane", {"origin": "Z", "destination": "X", "duration_days": 2}, None),
    )
    take(
        desk,
        said("stock", "y", item="A", site="Y", quantity=10.0),
        said("stock", "z", item="A", site="Z", quantity=60.0),
    )
    take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + 10 * DAY))
    found = compared(desk, respond(desk, "late_supply"))["move"]
    assert (found["quantity"], found["arrives_at"], found["value_late"]) == (40.0, iso(NOW + 2 * DAY), euros(0.0))
