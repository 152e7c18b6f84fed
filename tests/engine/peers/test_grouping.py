"""Grouping: cases 28, 29 and 32 (PEERS 16), for the list that a person groups; nothing is sent by groups."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.values.errors import BadInput
from engine.vocabulary.model import PlanLine
from tests.engine.peers.story import DUE, Story

Make = Callable[..., Story]


@pytest.fixture
def desk(story: Make) -> Story:
    """Two lines of supplier A, one of B and one without a supplier, all late; the first is worth as much as the
    rest."""
    made = story()
    lines = [
        PlanLine(
            "purchase_order", ref, "SKU-1", site, None, party, 1.0, None, "EA", DUE, None, value, "EUR", "open", "{}", None
        )
        for ref, party, site, value in (
            ("1", "A", "RTM", 300_00), ("2", "A", "LYS", 0), ("3", "B", "RTM", 100_00), ("4", None, "RTM", 200_00)
        )
    ]  # fmt: skip
    made.desk.load(lines, kind="purchase_order", scope="test", file="plan.csv")
    for ref, days in (("1", 5), ("2", 40), ("3", 5), ("4", 5)):
        made.late(ref, days)
    return made


def test_28_what_has_no_value_is_a_group_of_its_own(desk: Story) -> None:
    page = desk.desk.deviation_groups(["party"])
    assert [(item["group"], item["count"], item["exposure"]["amount"]) for item in page.items] == [
        ({"party": "A"}, 2, 300.0), ({"party": None}, 1, 200.0), ({"party": "B"}, 1, 100.0)
    ]  # fmt: skip
    assert [item["severity"] for item in page.items] == ["critical", "medium", "medium"]


def test_29_by_all_that_differs_each_is_its_own_group(desk: Story) -> None:
    page = desk.desk.deviation_groups(["party", "site", "subject"])
    assert [item["count"] for item in page.items] == [1, 1, 1, 1]
    assert page.items[0]["group"] == {"party": "A", "site": "RTM", "subject": "1"}


def test_32_what_is_over_the_limit_is_counted(desk: Story) -> None:
    page = desk.desk.deviation_groups(["party"], limit=2)
    assert (page.total, [item["group"]["party"] for item in page.items]) == (3, ["A", None])


def test_groups_are_of_what_the_list_shows(desk: Story) -> None:
    desk.desk.dismiss(["D1"], reason="known")
    assert [item["count"] for item in desk.desk.deviation_groups(["kind"]).items] == [3]
    assert [item["count"] for item in desk.desk.deviation_groups(["kind"], all=True).items] == [4]
    assert desk.desk.deviation_groups(["kind"], ["party=B"]).items[0]["count"] == 1
    states = {item["group"]["state"]: item["count"] for item in desk.desk.deviation_groups(["state"], all=True).items}
    assert states == {"open": 3, "dismissed": 1}
    assert desk.desk.deviation_groups(["function"]).items[0]["group"] == {"function": "procurement"}


@pytest.mark.parametrize("name", ["gap", "exposure", "decide_by", "nonsense", "id"])
def test_what_cannot_be_shared_cannot_be_grouped_by(desk: Story, name: str) -> None:
    with pytest.raises(BadInput, match=f"group-by: '{name}' cannot be grouped by; name one of kind, state"):
        desk.desk.deviation_groups([name])
