"""A signal, source or plan line as lines of text: every field that has a value, the payload last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui import cells
from tui.cells import Present
from tui.safe import Pieces, fit


def record_lines(shown: Mapping[str, Any], present: Present) -> list[Pieces]:
    """One line a field, in the contract's order."""
    return [
        [(fit(name.replace("_", " "), 20) + " ", "quiet"), (_text(value, present), "plain")]
        for name, value in shown.items()
        if value not in (None, "", [], {}) and name != "history"
    ]


def _text(value: Any, present: Present) -> str:
    return cells.both_times(value, present.now, present.zone) if cells.is_time(value) else cells.any_value(value)
