"""What lies under a deviation and what it follows from, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.values.clock import DAY
from engine.vocabulary.lifecycle import QUEUE_STATES
from tests.engine.desk_support import NOW, open_desk
from tests.engine.network_support import line, load, said, take
from tests.sample_world.copies import sample_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with sample_desk(tmp_path) as desk:
        yield desk


def test_both_ways_say_the_same(desk: Desk) -> None:
    for item in desk.deviations(limit=None, all=True).items:
        shown = desk.show(item["id"])
        under = shown["consequences_detail"]
        assert {each["id"] for each in under} == set(item["consequences"])
        worth = [each["exposure"]["amount"] if each["exposure"] else 0 for each in under]
        assert worth == sorted(worth, reverse=True)
        assert all(each["because"] for each in under)
        roots = {each["id"] for each in shown["follows_from"]}
        if item["state"] in QUEUE_STATES:
            assert roots == {by for by in item["suppressed_by"] if by.startswith("D")}
        assert (item["root"] is None) == (not roots)


def test_a_consequence_says_by_what(desk: Desk) -> None:
    first = desk.deviations(limit=1).items[0]
    under = {each["subject"]["id"]: each for each in desk.show(first["id"])["consequences_detail"]}
    assert "come late by late_supply of purchase_order 4693/10" in under["SO-30017/1"]["because"]
    above = desk.show(under["SO-30017/1"]["id"])["follows_from"]
    assert [(each["id"], each["because"]) for each in above] == [(first["id"], under["SO-30017/1"]["because"])]


@pytest.mark.parametrize("first", [0, 1])
def test_causes_of_equal_weight_are_named_in_one_order_whichever_opened_first(tmp_path: Path, first: int) -> None:
    desk = open_desk(tmp_path / "desk.db")
    load(desk, line("purchase_order", "PO-1", 10.0, -4, value_minor=1_000_00, currency="EUR"))
    said_of_it = [
        said("eta", "e", order_ref="PO-1", eta=NOW + 9 * DAY),
        said("quality", "q", order_ref="PO-1", status="hold"),
    ]
    take(desk, said_of_it[first])
    take(desk, said_of_it[1 - first])
    (overdue,) = desk.deviations(["kind=overdue"], all=True).items
    above = desk.show(overdue["id"])["follows_from"]
    assert [each["kind"] for each in above] == ["late_supply", "quality"]
    assert {each["exposure"]["amount"] for each in above} == {1_000.0}
    desk.store.close()


def test_what_followed_from_one_that_is_over_is_named_without_a_sentence(desk: Desk) -> None:
    first = desk.deviations(limit=1).items[0]
    desk.dismiss([first["id"]], reason="known")
    under = desk.show(first["id"])["consequences_detail"]
    assert {each["id"] for each in under} <= set(first["consequences"])
    assert not any(each["because"] for each in under)
    for each in under:
        assert first["id"] not in {root["id"] for root in desk.show(each["id"])["follows_from"]}


def test_of_many_consequences_those_with_most_at_stake_are_named(tmp_path: Path) -> None:
    wide = open_desk(tmp_path / "wide.db")
    orders = [
        line("sales_order", f"SO-{number:03}", 1.0, 10, value_minor=100 * (1 + number * 7 % 205), currency="EUR")
        for number in range(205)
    ]
    load(wide, line("purchase_order", "PO-1", 205.0, 5), *orders)
    take(wide, said("eta", "late", order_ref="PO-1", eta=NOW + 20 * DAY))
    (root,) = wide.deviations(["kind=late_supply"]).items
    shown = wide.show(root["id"])
    assert len(shown["consequences"]) == 205
    assert [each["exposure"]["amount"] for each in shown["consequences_detail"]] == [*range(205, 5, -1)]
