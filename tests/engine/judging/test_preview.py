"""A preview of tolerances says what taking them over does, of every family of subjects, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.desk import Desk
from engine.values.clock import DAY, HOUR
from engine.values.errors import BadInput, Refused
from engine.vocabulary.model import PlanLine, SignalIn
from tests.engine import network_support as network
from tests.engine.desk_support import NOW, eta, line, open_desk, take

REFS = ["A", "B", "C", "D"]
Shift = tuple[str, str, str, str | None, str | None]
"""Change, deviation kind, subject, severity before and after."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "desk.db")
    desk.load([line(ref, due=NOW + 10 * DAY) for ref in REFS], kind="purchase_order", scope="test", file="plan.csv")
    yield desk
    desk.store.close()


def told(desk: Desk, asked: dict[str, Any]) -> set[Shift]:
    return {(s.change, s.kind, s.subject_id, s.was, s.now) for s in desk.preview_tolerances(asked).shifts}


def everything(desk: Desk) -> dict[str, list[Any]]:
    """Every row of every table."""
    tables = desk.store.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: desk.store.connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}


def standing(desk: Desk) -> dict[tuple[str, str], tuple[str, bool]]:
    """By deviation kind and subject, the severity of what is in the queue, and whether it is absent and only held."""
    query = (
        "SELECT kind, subject_id, severity, clear_since IS NOT NULL FROM deviation"
        " WHERE state IN ('open', 'acknowledged', 'responding')"
    )
    return {(kind, name): (level, bool(held)) for kind, name, level, held in desk.store.connection.execute(query)}


def done(desk: Desk, asked: dict[str, Any]) -> set[Shift]:
    """What taking the tolerances over does."""
    before = standing(desk)
    desk.configure(asked)
    desk.detect()
    after = standing(desk)
    order = ("low", "medium", "high", "critical")
    found: set[Shift] = {("open", *slot, None, after[slot][0]) for slot in after.keys() - before.keys()}
    for slot, (was, held) in before.items():
        now, held_now = after.get(slot, (was, True))
        if slot not in after or held_now > held:
            found.add(("clear", *slot, was, None))
        elif was != now:
            found.add(("raise" if order.index(now) > order.index(was) else "lower", *slot, was, now))
    return found


def stock(kind: str, number: int, quantity: float, at: int = NOW - HOUR) -> SignalIn:
    return SignalIn(
        f"{kind}/{number}", kind, at, at, None, None, "SKU-1", "RTM", None, quantity, None, None, None, "{}", None
    )  # fmt: skip


def plan(kind: str, ref: str, quantity: float) -> PlanLine:
    return line(ref)._replace(kind=kind, quantity=quantity, party=None, value_minor=None, planned_at=NOW + 5 * DAY)


RULES = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"kind": st.just("late_supply"), "days": st.sampled_from([0.0, 2.0, 5.0, 9.0])},
            optional={
                "match": st.sampled_from([{"party": "ACME"}, {"subject": "B"}, {"item": "SKU-1"}, {"site": "ELSE"}]),
                "breaches": st.sampled_from([1.0, 2.0]),
                "minimum_value": st.sampled_from([0.0, 5000.0]),
                "high": st.sampled_from([4.0, 7.0]),
                "clear_hold_hours": st.sampled_from([0.0, 4.0]),
            },
        ),
        st.fixed_dictionaries({"kind": st.just("short_supply"), "percent": st.sampled_from([0.0, 20.0, 60.0])}),
        st.fixed_dictionaries({"kind": st.just("overdue"), "grace_days": st.sampled_from([0.0, 3.0, 30.0])}),
        st.fixed_dictionaries({"kind": st.just("below_target"), "horizon_days": st.sampled_from([0.0, 28.0])}),
        st.fixed_dictionaries({"kind": st.just("unconfirmed"), "confirm_days": st.sampled_from([0.0, 1.0])}),
    ),
    max_size=3,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    late=st.lists(
        st.tuples(st.sampled_from(REFS), st.integers(0, 12), st.sampled_from([None, 30.0, 90.0])), max_size=6
    ),
    level=st.sampled_from([None, 3.0, 50.0]),
    former=RULES,
    wanted=RULES,
    later=st.sampled_from([0, 2, 15]),
)
def test_what_is_told_is_what_is_done_then(
    tmp_path_factory: pytest.TempPathFactory,
    late: list[tuple[str, int, float | None]],
    level: float | None,
    former: list[dict[str, Any]],
    wanted: list[dict[str, Any]],
    later: int,
) -> None:
    desk = open_desk(tmp_path_factory.mktemp("preview") / "desk.db")
    try:
        plan_lines = [line(ref, value=1000_00 * (place + 1)) for place, ref in enumerate(REFS)]
        desk.load(plan_lines, kind="purchase_order", scope="test", file="plan.csv")
        desk.load([plan("sales_order", "S1", 20.0)], kind="sales_order", scope="test", file="sales.csv")
        desk.load(
            [plan("target", "T1", 40.0)._replace(planned_at=NOW - DAY)], kind="target", scope="test", file="t.csv"
        )
        desk.configure({"rules": former})
        desk.detect()
        for number, (ref, days, quantity) in enumerate(late):
            said = eta(ref, NOW + (10 + days) * DAY, number=str(number), recorded=NOW - HOUR + number)
            take(desk, said._replace(quantity=quantity))
        if level is not None:
            take(desk, stock("stock", 1, level))
        desk.clock.set(NOW + later * DAY)  # type: ignore[attr-defined]
        desk.tick()
        expected = told(desk, {"rules": wanted})
        assert done(desk, {"rules": wanted}) == expected
    finally:
        desk.store.close()


def test_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    take(desk, eta("A", NOW + 14 * DAY))
    other = open_desk(tmp_path / "desk.db")
    before, version = everything(desk), other.store.data_version()
    assert told(desk, {"tolerance": {"late_supply": {"days": 9}}}) == {("clear", "late_supply", "A", "medium", None)}
    assert everything(desk) == before
    assert other.store.data_version() == version
    other.store.close()


def test_one_that_came_back_is_told_by_its_id_and_a_new_one_without(desk: Desk) -> None:
    desk.configure({"tolerance": {"late_supply": {"days": 3}}})
    take(desk, eta("A", NOW + 12 * DAY))
    take(desk, eta("B", NOW + 15 * DAY))
    desk.configure({"tolerance": {"late_supply": {"days": 9}}})
    desk.detect()
    preview = desk.preview_tolerances({})
    assert [(shift.change, shift.subject_id, shift.id) for shift in preview.shifts] == [
        ("open", "A", None), ("open", "B", "D1")
    ]  # fmt: skip
    assert preview.counts() == {"late_supply": {"open": 2, "clear": 0, "raise": 0, "lower": 0}}


def test_only_the_lines_that_are_seen_differently_are_judged_again(desk: Desk) -> None:
    for ref, days in zip(REFS, (0, 2, 5, 11), strict=True):
        take(desk, eta(ref, NOW + (10 + days) * DAY))
    preview = desk.preview_tolerances({"tolerance": {"late_supply": {"days": 3}}})
    assert (preview.kinds, preview.judged) == (["late_supply"], 1)
    assert [(shift.change, shift.subject_id) for shift in preview.shifts] == [("clear", "B")]


def test_what_waits_to_be_judged_stays_on_the_work_list(desk: Desk) -> None:
    take(desk, eta("A", NOW + 14 * DAY), detect=False)
    assert told(desk, {"tolerance": {"late_supply": {"days": 9}}}) == set()
    assert desk.detect().opened == 1


def test_more_subjects_than_one_transaction_judges(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.judging import preview

    monkeypatch.setattr(preview, "CHUNK", 1)
    take(desk, *(eta(ref, NOW + 14 * DAY) for ref in REFS))
    found = told(desk, {"tolerance": {"late_supply": {"days": 9}}})
    assert {subject for _, _, subject, _, _ in found} == set(REFS)


def test_the_same_tolerances_change_nothing(desk: Desk) -> None:
    take(desk, eta("A", NOW + 14 * DAY))
    preview = desk.preview_tolerances({})
    assert (preview.kinds, preview.judged, preview.shifts) == ([], 0, [])


def test_a_setting_that_cannot_be_used_is_refused(desk: Desk) -> None:
    with pytest.raises(BadInput, match="tolerance late_supply"):
        desk.preview_tolerances({"tolerance": {"late_supply": {"dais": 9}}})


def test_a_read_only_desk_refuses_it(tmp_path: Path, desk: Desk) -> None:
    other = open_desk(tmp_path / "desk.db", readonly=True)
    with pytest.raises(Refused, match="read-only"):
        other.preview_tolerances({})
    other.store.close()


def test_what_follows_only_from_what_would_clear_is_told_to_stand_in_the_queue(tmp_path: Path) -> None:
    """A late line hides the stockout that it makes: without the one, the other is a row of its own."""
    desk = open_desk(tmp_path / "desk.db")
    network.load(
        desk,
        network.line("purchase_order", "PO-1", 50.0, 5),
        network.line("purchase_order", "PO-2", 50.0, 6),
        network.line("sales_order", "SO-1", 90.0, 7),
    )
    network.take(desk, network.stock("1", 0.0))
    for number, ref in enumerate(("PO-1", "PO-2")):
        network.take(desk, network.said("eta", f"e{number}", order_ref=ref, eta=NOW + 12 * DAY))

    def queue() -> list[str]:
        return [f"{item['kind']} {item['subject']['id']}" for item in desk.deviations().items]

    assert sorted(queue()) == ["late_supply PO-1", "late_supply PO-2"]
    (stockout,) = desk.deviations(["kind=stockout"], all=True).items
    one = {"rules": [{"kind": "late_supply", "match": {"subject": "PO-1"}, "days": 20}]}
    assert desk.preview_tolerances(one).surfaced == [], "the other one stands over it still"
    both = {"tolerance": {"late_supply": {"days": 20}}}
    assert desk.preview_tolerances(both).surfaced == [stockout["id"]]
    desk.configure(both)
    desk.detect()
    assert queue() == ["stockout A@X"]
