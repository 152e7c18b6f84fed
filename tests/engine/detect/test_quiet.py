"""What is left unjudged as quiet: nothing whose judgement would say or write anything."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.values.clock import HOUR
from engine.vocabulary.model import SignalIn
from tests.engine.detect.world import NOW, World, day, order, signal

REFS = ["A", "B", "C"]
STATEMENTS = st.tuples(
    st.sampled_from(["eta", "confirmation", "receipt", "shipped", "milestone", "status"]),
    st.sampled_from(REFS),
    st.integers(0, 2),
    st.integers(-30, 60),
    st.integers(-3, 9),
    st.sampled_from([None, 40.0, 97.0, 100.0, 120.0]),
    st.sampled_from([None, "purchase_order", "sales_order"]),
)


def said(
    number: int, kind: str, ref: str, row: int, hours: int, offset: int, quantity: float | None, of: str | None
) -> SignalIn:
    at = NOW - hours * HOUR + number
    if kind == "status":
        return signal(kind, f"row{row}", at=at, order_ref=ref, order_kind=of, status="closed" if offset > 6 else "open")
    fields = {"quantity": quantity, "occurred_at": day(-abs(offset))} if kind in ("receipt", "shipped") else {}
    if kind in ("eta", "confirmation"):
        fields = {"eta": day(offset), "quantity": quantity}
    return signal(kind, f"row{row}", at=at, order_ref=ref, order_kind=of, **fields)


def touched(world: World) -> list[tuple[str, str]]:
    query = "SELECT type, a FROM touched WHERE type != 'source' ORDER BY a"
    return [(type_, name) for type_, name in world.store.connection.execute(query)]


def verdicts(world: World) -> object:
    deviations = [(row["id"], row["state"], row["severity"], row["gap"], row["version"]) for row in world.rows()]
    return deviations, {key: at for key, at in world.wakeups().items() if key.startswith("order")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    batches=st.lists(st.lists(STATEMENTS, min_size=1, max_size=3), min_size=1, max_size=4),
    identity=st.sampled_from(["event", "state"]),
    grace=st.sampled_from([None, 0.0, 3.0]),
)
# The row's word on B comes in after its later one on A, which is not known yet.
@example(
    batches=[[("confirmation", "A", 1, -1, 0, None, None)], [("confirmation", "B", 1, 1, 0, None, None)]],
    identity="state",
    grace=None,
)
# A row that spoke of a date goes on without one, and what another row said before holds again.
@example(
    batches=[
        [("eta", "B", 0, 5, 9, None, None), ("eta", "B", 1, 3, 1, None, None)],
        [("shipped", "B", 1, 1, 0, None, None)],
    ],
    identity="state",
    grace=None,
)
def test_judging_everything_again_finds_nothing_new(
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[list[tuple[object, ...]]],
    identity: str,
    grace: float | None,
) -> None:
    world = World(tmp_path_factory.mktemp("quiet"))
    try:
        if grace is not None:
            world.rule("overdue", grace_days=grace)
        for ref, due in zip(REFS, (-2, 1, 6), strict=True):
            order(world, ref, due=due)
        world.plan("sales_order", "C", planned_at=day(4), quantity=5.0)
        world.settle()
        for number, batch in enumerate(batches):
            rows = [said(number * 10 + place, *parts) for place, parts in enumerate(batch)]  # type: ignore[arg-type]
            if identity == "event":
                rows = [row._replace(source_id=f"{number}/{place}") for place, row in enumerate(rows)]
            world.say(*rows, identity=identity)
            world.settle()
            before = verdicts(world)
            for ref in REFS:
                world.touch("order", ref)
            world.settle()
            assert verdicts(world) == before
    finally:
        world.store.close()


@pytest.mark.parametrize(
    ("statement", "loud"),
    [
        (signal("eta", "1", order_ref="C", eta=day(5)), False),
        (signal("eta", "1", order_ref="C", eta=day(8)), True),
        (signal("confirmation", "1", order_ref="C", quantity=100.0), False),
        (signal("confirmation", "1", order_ref="C", quantity=99.0), True),
        (signal("receipt", "1", order_ref="C"), True),
        (signal("milestone", "1", order_ref="C"), False),
        (signal("milestone", "1", order_ref="C", at=NOW + HOUR), True),
        (signal("milestone", "1", order_ref="C", order_kind="shipment"), True),
        (signal("milestone", "1", order_ref="nobody"), True),
    ],
)
def test_only_what_may_move_a_verdict_is_touched(world: World, statement: SignalIn, loud: bool) -> None:
    order(world, "C", due=6)
    world.settle()
    world.say(statement)
    assert touched(world) == ([("order", statement.order_ref)] if loud else [])


def test_a_statement_that_is_to_be_taken_back_is_judged(world: World) -> None:
    """So that the line wakes when it is, whatever else has come by then."""
    order(world, "C", due=6)
    world.say(signal("note", "c", at=NOW + HOUR, detail='{"corrects": "e"}'))
    world.settle()
    world.say(signal("eta", "e", order_ref="C", eta=day(5)))
    assert touched(world) == [("order", "C")]


def test_a_line_that_came_in_part_is_short_in_time_whatever_date_is_announced_meanwhile(world: World) -> None:
    """The later date and the grace make the wake-up of a line that nothing was said about; the first date is back."""
    order(world, "C", due=6)
    world.say(
        signal("receipt", "r", order_ref="C", quantity=40.0, occurred_at=day(-1)),
        signal("eta", "1", order_ref="C", eta=day(7)),
    )
    world.settle()
    world.say(signal("eta", "2", order_ref="C", eta=day(6), at=NOW))
    world.settle()
    world.tick(day(7))
    assert world.states() == [("C", "open")]
    assert world.one("short_supply")["observed"]["by"] == "received"


def test_a_line_whose_item_is_counted_is_never_quiet(world: World) -> None:
    order(world, "C", due=6)
    world.say(signal("stock", "s", item="SKU-77", site="RTM", quantity=5.0))
    world.settle()
    world.say(signal("eta", "1", order_ref="C", eta=day(5)))
    assert touched(world) == [("order", "C")]
