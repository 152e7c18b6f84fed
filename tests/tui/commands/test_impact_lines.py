"""The impact of a deviation as text: nothing that the tree leaves out goes unsaid."""

from __future__ import annotations

from typing import Any

import pytest

from engine.values.clock import parse_instant
from tui.commands import impact_lines


@pytest.mark.parametrize(
    ("left_out", "last"),
    [(0, "50 % missing"), (1, "and 1 further line below"), (7, "and 7 further lines below")],
)
def test_what_the_tree_leaves_out_is_counted(left_out: int, last: str) -> None:
    line = {
        "line": {"type": "purchase_order", "id": "PO-1"},
        "item": "LOT",
        "site": None,
        "share": 0.5,
        "delay_days": None,
    }
    impact: dict[str, Any] = {
        "delay_days": None, "missing_share": 0.5, "slack_days": None, "pegged": False, "customers": [],
        "tree": {**line, "children": []}, "left_out": left_out, "undated": 0,
    }  # fmt: skip
    *_, end = impact_lines.lines(impact, 0, "UTC")
    assert end.endswith(last)


def test_projected_days_are_those_of_the_desk() -> None:
    days = [{"day": "2026-03-08T23:00:00Z", "quantity": 10.0}, {"day": "2027-01-01T23:00:00Z", "quantity": 9.5}]
    now = parse_instant("2026-03-09T08:00:00Z", "now")
    _, first, second = impact_lines.projection(days, "EA", now, "Europe/Berlin")
    assert first.split() == ["9", "Mar", "10", "EA"]
    assert second.split() == ["2027-01-02", "9.5", "EA"]
