"""The impact of a deviation as text: nothing that the tree leaves out goes unsaid."""

from __future__ import annotations

from typing import Any

import pytest

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
