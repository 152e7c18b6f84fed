"""The law of the fold: order, batching and repetition of signals do not change what stands in the end."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.values.clock import HOUR
from engine.vocabulary.model import SignalIn
from tests.engine.detect.world import NOW, World, day, order, shuffled_in_pieces, signal

REFS = ["A", "B", "unknown"]


def a_statement(
    number: int, kind: str, ref: str, row: int, hours: int, offset: int, quantity: float | None
) -> SignalIn:
    at = NOW - hours * HOUR
    if kind == "stock":
        fields = {"item": "SKU-77", "site": "RTM", "quantity": quantity or 0.0, "occurred_at": at}
    elif kind == "receipt":
        fields = {"order_ref": ref, "occurred_at": day(-abs(offset)), "quantity": quantity}
    elif kind == "status":
        fields = {"order_ref": ref, "status": "closed" if offset > 8 else "open"}
    else:
        fields = {"order_ref": ref, "eta": day(offset), "quantity": quantity}
    return signal(kind, f"row{row}", at=at + number, **fields)


SIGNALS = st.lists(
    st.tuples(
        st.sampled_from(["eta", "confirmation", "receipt", "status", "stock"]),
        st.sampled_from(REFS),
        st.integers(0, 3),
        st.integers(-30, 72),
        st.integers(-20, 20),
        st.sampled_from([None, 0.0, 40.0, 90.0, 100.0]),
    ),
    min_size=1,
    max_size=8,
).map(lambda drawn: [a_statement(number, *parts) for number, parts in enumerate(drawn)])


def build(folder: Path) -> World:
    folder.mkdir()
    world = World(folder)
    order(world, "A", due=-4)
    order(world, "B", due=6)
    world.plan("sales_order", "S", item="SKU-77", site="RTM", quantity=150.0, planned_at=day(3))
    world.plan("target", "SKU-77@RTM", item="SKU-77", site="RTM", quantity=20.0)
    world.settle()
    return world


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(signals=SIGNALS, seed=st.integers(0, 1 << 30), later=st.integers(0, 40))
def test_order_batches_and_repetition_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, signals: list[SignalIn], seed: int, later: int
) -> None:
    folder, chance = tmp_path_factory.mktemp("law"), random.Random(seed)
    whole, pieces = build(folder / "whole"), build(folder / "pieces")
    whole.say(*signals, identity="state")
    whole.settle()
    for piece in shuffled_in_pieces(signals, chance):
        pieces.say(*piece, identity="state")
        if chance.random() < 0.7:
            pieces.settle(limit=chance.choice([1, 2, 5000]))
    pieces.settle()
    try:
        assert open_ones(pieces) == open_ones(whole)
        whole.tick(NOW + later * HOUR)
        pieces.tick(NOW + later * HOUR)
        assert open_ones(pieces) == open_ones(whole)
    finally:
        whole.store.close()
        pieces.store.close()


def open_ones(world: World) -> set[tuple[str, str, str, str]]:
    """What stands in the queue; what came and went on the way may leave its trace in one of the two."""
    return {
        (row["kind"], row["subject_id"], str(row["gap"]), row["severity"])
        for row in world.rows()
        if row["state"] == "open"
    }


@settings(max_examples=25, deadline=None)
@given(arrivals=st.lists(st.integers(-10, 0), min_size=1, max_size=4), seed=st.integers(0, 1 << 30))
def test_late_arrivals_are_the_same_history_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, arrivals: list[int], seed: int
) -> None:
    folder, chance = tmp_path_factory.mktemp("law"), random.Random(seed)
    whole, pieces = World(folder), World(tmp_path_factory.mktemp("law"))
    signals = []
    for number, offset in enumerate(arrivals):
        for world in (whole, pieces):
            order(world, f"L{number}", due=-8)
        signals.append(signal("receipt", f"r{number}", order_ref=f"L{number}", occurred_at=day(offset)))
    whole.say(*signals)
    whole.settle()
    for piece in shuffled_in_pieces(signals, chance):
        pieces.say(*piece)
        pieces.settle()
    try:
        ends = [
            sorted(
                (row["subject_id"], row["state"], row["episode"], str(row["gap"])) for row in world.rows("late_supply")
            )
            for world in (whole, pieces)
        ]
        assert ends[0] == ends[1]
        assert len(ends[0]) == sum(offset + 8 > 1 for offset in arrivals)
    finally:
        whole.store.close()
        pieces.store.close()
