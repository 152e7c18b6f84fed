"""Pegs as the desk keeps them: by the plan, by what came and left, and always what pegging everything anew would
give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.desk import Desk
from engine.flow.impact import in_time
from engine.gather import downstream
from engine.intake.ingest import SourceBatch
from engine.values.clock import DAY, FixedClock
from engine.vocabulary.model import PlanLine, PlanRecord
from tests.engine.desk_support import NOW, open_desk
from tests.engine.network_support import line, load, pegs, said, stock, take


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db")


def test_supply_serves_demand_in_order_of_time(desk: Desk) -> None:
    load(
        desk,
        line("purchase_order", "PO-1", 100.0, 5),
        line("purchase_order", "PO-2", 100.0, 9),
        line("sales_order", "SO-1", 60.0, 7),
        line("sales_order", "SO-2", 90.0, 12),
    )
    take(desk, stock("1", 20.0))
    assert pegs(desk) == [
        ("PO-1", "SO-1", 40.0, 2.0),
        ("PO-1", "SO-2", 60.0, 7.0),
        ("PO-2", "SO-2", 30.0, 3.0),
        ("on hand", "SO-1", 20.0, None),
    ]


def test_an_announced_date_or_quantity_changes_no_peg(desk: Desk) -> None:
    load(desk, line("purchase_order", "PO-1", 100.0, 5), line("sales_order", "SO-1", 60.0, 7))
    before = pegs(desk)
    take(desk, said("eta", "1", order_ref="PO-1", eta=NOW + 30 * DAY, quantity=10.0))
    assert pegs(desk) == before == [("PO-1", "SO-1", 60.0, 2.0)]


def test_what_came_and_what_left_is_pegged_no_more(desk: Desk) -> None:
    load(
        desk,
        line("purchase_order", "PO-1", 100.0, 5),
        line("sales_order", "SO-1", 60.0, 7),
        line("sales_order", "SO-2", 60.0, 8),
    )
    take(
        desk,
        said("receipt", "1", order_ref="PO-1", quantity=70.0),
        said("shipped", "2", order_ref="SO-1", quantity=50.0),
    )
    # 20 of what came are there still: 10 for the rest of SO-1, 10 for SO-2.
    assert pegs(desk) == [
        ("PO-1", "SO-2", 30.0, 3.0),
        ("nothing", "SO-2", 20.0, None),
        ("on hand", "SO-1", 10.0, None),
        ("on hand", "SO-2", 10.0, None),
    ]
    take(desk, said("status", "3", order_ref="SO-1", status="closed"))
    assert ("on hand", "SO-2", 20.0, None) in pegs(desk)
    take(desk, said("status", "4", order_ref="SO-2", status="cancelled"))
    assert pegs(desk) == []
    take(desk, said("status", "5", order_ref="SO-2", status="open", recorded_at=NOW + 1))
    assert pegs(desk) == []  # not known yet
    desk.clock = FixedClock(NOW + 1)
    desk.tick()
    assert ("on hand", "SO-2", 20.0, None) in pegs(desk)


@pytest.mark.parametrize(
    ("kind", "ref", "touched"),
    [("shipped", "PO-1", False), ("receipt", "PO-1", True), ("shipped", "SO-1", True), ("eta", "PO-1", False)],
)
def test_only_what_moves_a_place_has_it_pegged_again(desk: Desk, kind: str, ref: str, touched: bool) -> None:
    """Half of what carriers say is that something left them: it must not cost the pegs of every line of the place."""
    load(desk, line("purchase_order", "PO-1", 100.0, 5), line("sales_order", "SO-1", 60.0, 7))
    eta = {"eta": NOW + DAY} if kind == "eta" else {}
    batch = SourceBatch("erp", "command", "event", [said(kind, "1", order_ref=ref, **eta)], "f")
    desk.take(batch, detect=False)
    found = desk.store.connection.execute("SELECT count(*) FROM touched WHERE type = 'peg'").fetchone()
    assert found == (int(touched),)


def test_what_was_only_said_to_have_come_stays_where_it_is_whatever_is_announced(desk: Desk) -> None:
    """Though the line is late by that: pegs follow what happened, and the lateness counts with the line's own value."""
    load(desk, line("purchase_order", "PO-1", 100.0, 5), line("sales_order", "SO-1", 60.0, 7))
    take(desk, said("receipt", "1", order_ref="PO-1", recorded_at=NOW - 2, occurred_at=NOW - 2))
    assert pegs(desk) == [("on hand", "SO-1", 60.0, None)]
    take(desk, said("eta", "2", order_ref="PO-1", eta=NOW + 9 * DAY, recorded_at=NOW - 1))
    assert pegs(desk) == [("on hand", "SO-1", 60.0, None)]
    (found,) = desk.deviations().items
    assert (found["kind"], found["gap"]) == ("late_supply", {"days": 4.0})


def test_a_transfer_is_wanted_where_it_starts_when_it_has_to_leave(desk: Desk) -> None:
    load(
        desk,
        PlanRecord("lane", {"origin": "X", "destination": "Y", "duration_days": 2}, None),
        line("purchase_order", "PO-1", 100.0, 5),
        line("transfer_order", "TO-1", 80.0, 10, site="Y", origin="X"),
        line("sales_order", "SO-1", 50.0, 11, site="Y"),
    )
    assert pegs(desk) == [("PO-1", "TO-1", 80.0, 3.0), ("TO-1", "SO-1", 50.0, 1.0)]
    load(desk, PlanRecord("lane", {"origin": "X", "destination": "Y", "duration_days": 4}, None))
    assert pegs(desk)[0] == ("PO-1", "TO-1", 80.0, 1.0)


def test_production_wants_its_components_before_it_is_ready(desk: Desk) -> None:
    load(
        desk,
        PlanRecord("bom", {"parent": "PUMP", "item": "A", "quantity": 2, "lead_days": 3}, None),
        PlanRecord("bom", {"parent": "PUMP", "item": "B", "quantity": 1}, None),
        PlanRecord("bom", {"parent": "PUMP", "item": "B", "quantity": 4, "site": "X"}, None),
        PlanRecord("bom", {"parent": "PUMP", "item": "SCRAP", "quantity": -1}, None),
        line("purchase_order", "PO-A", 100.0, 5),
        line("purchase_order", "PO-B", 100.0, 5, item="B"),
        line("production_order", "MO-1", 30.0, 10, item="PUMP"),
        line("sales_order", "SO-1", 12.0, 11, item="PUMP"),
    )
    wanted = [("MO-1", "SO-1", 12.0, 1.0), ("PO-A", "MO-1", 60.0, 2.0), ("PO-B", "MO-1", 100.0, 5.0)]
    # What holds at the site is the line that names it: 4 × 30, of which 100 come.
    assert pegs(desk) == [*wanted, ("nothing", "MO-1", 20.0, None)]
    take(desk, said("receipt", "1", order_ref="MO-1", quantity=10.0))
    # What is made used its components up: 20 pumps still want 40 A and 80 B; no debt is made of what was not counted.
    assert ("PO-A", "MO-1", 40.0, 2.0) in pegs(desk)
    assert ("on hand", "SO-1", 10.0, None) in pegs(desk)


def test_units_convert_before_they_are_pegged(desk: Desk) -> None:
    load(
        desk,
        PlanRecord("item", {"id": "A", "uom": "EA", "units": "CASE=10"}, None),
        line("purchase_order", "PO-1", 6.0, 5, uom="CASE"),
        line("purchase_order", "PO-2", 6.0, 4, uom="KG"),
        line("sales_order", "SO-1", 80.0, 7),
    )
    assert pegs(desk) == [("PO-1", "SO-1", 60.0, 2.0), ("nothing", "SO-1", 20.0, None)]


def test_units_that_an_item_states_later_are_pegged_by(desk: Desk) -> None:
    load(
        desk,
        PlanRecord("bom", {"parent": "PUMP", "item": "A", "quantity": 2}, None),
        line("purchase_order", "PO-1", 99.0, 5),
        line("production_order", "MO-1", 3.0, 8, item="PUMP", uom="CASE"),
        line("sales_order", "SO-1", 30.0, 9, item="PUMP"),
    )
    taken = [("PO-1", "MO-1", 6.0, 3.0)]
    assert pegs(desk) == taken  # nothing says what a case is
    load(desk, PlanRecord("item", {"id": "PUMP", "uom": "EA"}, None))
    assert pegs(desk) == [("nothing", "SO-1", 30.0, None)]
    load(desk, PlanRecord("item", {"id": "PUMP", "uom": "EA", "units": "CASE=10"}, None))
    assert pegs(desk) == [("MO-1", "SO-1", 30.0, 1.0), ("PO-1", "MO-1", 60.0, 3.0)]


def test_a_debt_is_paid_first(desk: Desk) -> None:
    load(desk, line("purchase_order", "PO-1", 100.0, 5), line("sales_order", "SO-1", 80.0, 7))
    take(desk, stock("1", -30.0))
    assert pegs(desk) == [("PO-1", "SO-1", 70.0, 2.0), ("nothing", "SO-1", 10.0, None)]


def test_what_a_restated_row_takes_back_is_pegged_again(desk: Desk) -> None:
    load(
        desk,
        line("purchase_order", "PO-1", 10.0, 5),
        line("purchase_order", "PO-2", 10.0, 5, item="B"),
        line("sales_order", "SO-1", 10.0, 7),
    )
    take(desk, said("receipt", "row", order_ref="PO-1", quantity=4.0), stock("count", 3.0), identity="state")
    assert pegs(desk) == [("PO-1", "SO-1", 6.0, 2.0), ("nothing", "SO-1", 1.0, None), ("on hand", "SO-1", 3.0, None)]
    later = {"recorded_at": NOW, "occurred_at": NOW}
    take(desk, said("receipt", "row", order_ref="PO-2", quantity=4.0, **later), identity="state")
    assert pegs(desk) == [("PO-1", "SO-1", 7.0, 2.0), ("on hand", "SO-1", 3.0, None)]
    take(desk, said("stock", "count", item="B", site="X", quantity=3.0, **later), identity="state")
    assert pegs(desk) == [("PO-1", "SO-1", 10.0, 2.0)]


@pytest.mark.parametrize("kind", ["receipt", "shipped"])
def test_demand_that_a_restated_row_opens_again_is_pegged_where_nothing_was(desk: Desk, kind: str) -> None:
    load(desk, line("sales_order", "SO-1", 10.0, 7))
    take(desk, said(kind, "row", order_ref="SO-1", quantity=10.0), identity="state")
    assert pegs(desk) == []
    take(desk, said(kind, "row", order_ref="SO-1", quantity=4.0), identity="state")
    assert pegs(desk) == [("nothing", "SO-1", 6.0, None)]
    take(desk, said(kind, "row", order_ref="SO-1", quantity=10.0), identity="state")
    assert pegs(desk) == []
    take(desk, said(kind, "row", order_ref="SO-2", quantity=10.0), identity="state")
    assert pegs(desk) == [("nothing", "SO-1", 10.0, None)]


def test_demand_that_goods_coming_back_open_again_is_pegged_where_nothing_was(desk: Desk) -> None:
    load(desk, line("sales_order", "SO-1", 10.0, 7))
    take(desk, said("shipped", "1", order_ref="SO-1", quantity=10.0))
    assert pegs(desk) == []
    take(desk, said("shipped", "2", order_ref="SO-1", quantity=-4.0))
    assert pegs(desk) == [("nothing", "SO-1", 4.0, None)]


def test_what_its_source_takes_back_is_pegged_again(desk: Desk) -> None:
    load(desk, line("purchase_order", "PO-1", 10.0, 5), line("sales_order", "SO-1", 10.0, 7))
    take(desk, said("receipt", "1", order_ref="PO-1", quantity=4.0))
    assert pegs(desk) == [("PO-1", "SO-1", 6.0, 2.0), ("on hand", "SO-1", 4.0, None)]
    take(desk, said("note", "2", detail='{"corrects":"1"}'))
    assert pegs(desk) == [("PO-1", "SO-1", 10.0, 2.0)]


def test_an_item_that_goes_into_itself_is_pegged_like_any_other(desk: Desk) -> None:
    load(
        desk,
        PlanRecord("bom", {"parent": "A", "item": "A", "quantity": 1}, None),
        line("production_order", "MO-1", 10.0, 5),
        line("sales_order", "SO-1", 5.0, 7),
    )
    assert pegs(desk) == [("MO-1", "MO-1", 10.0, 0.0), ("nothing", "SO-1", 5.0, None)]


Step = tuple[str, tuple[Any, ...]]
QUANTITY = st.integers(1, 9).map(float)
DAYS = st.integers(-2, 9)
REF = st.sampled_from(["P1", "P2", "T1", "M1", "S1", "S2"])
STEPS = st.one_of(
    st.tuples(st.just("plan"), st.tuples(st.sampled_from(["P1", "P2", "T1", "M1", "S1", "S2"]), QUANTITY, DAYS)),
    st.tuples(st.just("withdraw"), st.tuples(REF)),
    st.tuples(st.just("stock"), st.tuples(st.sampled_from([("A", "X"), ("A", "Y"), ("B", "X")]), st.integers(-5, 20))),
    st.tuples(st.just("receipt"), st.tuples(REF, st.none() | QUANTITY)),
    st.tuples(st.just("eta"), st.tuples(REF, DAYS)),
    st.tuples(st.just("shipped"), st.tuples(REF, QUANTITY)),
    st.tuples(st.just("status"), st.tuples(REF, st.sampled_from(["open", "closed"]))),
    st.tuples(st.just("bom"), st.tuples(QUANTITY, st.integers(0, 3))),
    st.tuples(st.just("lane"), st.tuples(st.integers(0, 3))),
    st.tuples(st.just("wait"), st.tuples(st.integers(0, 2))),
)
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "P1": ("purchase_order", {}),
    "P2": ("purchase_order", {"item": "B"}),
    "T1": ("transfer_order", {"site": "Y", "origin": "X"}),
    "M1": ("production_order", {"item": "B"}),
    "S1": ("sales_order", {"site": "Y"}),
    "S2": ("sales_order", {"item": "B"}),
}


class Machine:
    """A desk under random commands; rows are restated, so one row can come to speak of another line or place."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.plan, self.number = desk, dict[str, PlanLine](), 0

    def do(self, step: Step, later: int) -> None:
        name, arguments = step
        self.number += 1
        plain: dict[str, Callable[..., None]] = {
            "plan": self.line, "withdraw": self.withdraw, "bom": self.bom, "lane": self.lane, "wait": self.wait
        }  # fmt: skip
        if name in plain:
            plain[name](*arguments)
        else:
            self.signal(name, later, *arguments)

    def line(self, ref: str, quantity: float, due: int) -> None:
        kind, more = KINDS[ref]
        self.plan[ref] = line(kind, ref, quantity, due, **more)
        self.load(kind)

    def withdraw(self, ref: str) -> None:
        if self.plan.pop(ref, None) is not None:
            self.load(KINDS[ref][0])

    def load(self, kind: str) -> None:
        mine = [each for each in self.plan.values() if each.kind == kind]
        self.desk.load(mine, kind=kind, scope="test", file="plan.csv", accept_removal=True)

    def bom(self, quantity: float, lead: int) -> None:
        load(self.desk, PlanRecord("bom", {"parent": "B", "item": "A", "quantity": quantity, "lead_days": lead}, None))

    def lane(self, days: int) -> None:
        load(self.desk, PlanRecord("lane", {"origin": "X", "destination": "Y", "duration_days": days}, None))

    def wait(self, days: int) -> None:
        self.desk.clock = FixedClock(self.desk.clock.now() + days * DAY)
        self.desk.tick()

    def signal(self, kind: str, later: int, about: Any, value: Any) -> None:
        row = f"row{self.number % 2}"
        at = {"recorded_at": NOW + later * DAY, "occurred_at": NOW + later * DAY - 1}
        if kind == "stock":
            fields: dict[str, Any] = {"item": about[0], "site": about[1], "quantity": float(value)}
        elif kind == "status":
            fields = {"order_ref": about, "status": value}
        elif kind == "eta":
            fields = {"order_ref": about, "eta": NOW + value * DAY}
        else:
            fields = {"order_ref": about, "quantity": value}
        take(self.desk, said(kind, row, **at, **fields), identity="state")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(STEPS, st.integers(0, 3)), min_size=1, max_size=16))
def test_what_is_kept_is_what_pegging_everything_anew_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: Sequence[tuple[Step, int]]
) -> None:
    desk = open_desk(tmp_path_factory.mktemp("pegs") / "desk.db")
    try:
        machine = Machine(desk)
        for step, later in steps:
            machine.do(step, later)
        kept = pegs(desk)
        with desk.store.write() as connection:
            # Of a delay, pegs read for it alone say what whole pegs say.
            for (line,) in connection.execute("SELECT DISTINCT supply FROM peg WHERE supply > 0").fetchall():
                assert downstream.read_in_time(connection, [line]) == in_time(downstream.read(connection, [line]))
            connection.execute("DELETE FROM peg")
            places = [(item, site) for item in "AB" for site in "XY"]
            connection.executemany("INSERT INTO touched VALUES ('peg', ?, ?) ON CONFLICT DO NOTHING", places)
        desk.tick()
        assert pegs(desk) == kept
    finally:
        desk.store.close()
