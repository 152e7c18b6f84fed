"""The sources with their health, and the records that the quarantine holds, as lists."""

from __future__ import annotations

import os
from typing import Final

from engine.values.clock import SECOND
from tui.terminal import cells, safe
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.named_list import NamedList
from tui.widgets.row_window import Row

_SOURCES: Final = (
    Column("health", "health", 10, 0),
    Column("name", "source", 14, 0),
    Column("kind", "by", 7, 8),
    Column("heard", "heard", 6, 1, align="right"),
    Column("every", "every", 6, 5, align="right"),
    Column("lag", "lag", 6, 3, align="right"),
    Column("next", "next", 6, 4, align="right"),
    Column("signals", "signals", 9, 6, align="right"),
    Column("duplicates", "again", 7, 9, align="right"),
    Column("held", "held", 5, 2, align="right"),
    Column("error", "last error", 16, 7, flex=True, words=True),
)
_HEALTH: Final = {
    "error": ("✖", "bad"),
    "stale": ("▲", "warning"),
    "held": ("▣", "warning"),
    "silent": ("○", "quiet"),
    "ok": ("●", "good"),
}
_HELD: Final = (
    Column("id", "id", 5, 1),
    Column("source", "source", 10, 3),
    Column("place", "place", 32, 2),
    Column("reason", "reason and mend", 48, 0, flex=True, words=True),
    Column("raw", "as it came", 24, 5, flex=True),
    Column("since", "held", 6, 4, align="right"),
)


def health(row: Row) -> tuple[str, str]:
    """A source's health as shape and word, with its style."""
    shape, style = _HEALTH[row["health"]]
    return f"{shape} {row['health']}", style


def lag(row: Row) -> str:
    """How long after its system recorded it the last signal was received."""
    if not row["last_received_at"] or not row["last_recorded_at"]:
        return "–"
    return cells.span(max(0, cells.instant(row["last_received_at"]) - cells.instant(row["last_recorded_at"])))


def place(row: Row) -> str:
    """Where a held record stood: file, line and column; of a path only the end."""
    parts = [os.path.basename(row["file"]) or row["file"]]
    parts += [f"line {row['line']}"] if row["line"] is not None else []
    return ", ".join([*parts, *([str(row["column"])] if row["column"] else [])])


class SourceList(NamedList):
    """Sources by name."""

    kind = "source"
    title = "Sources"

    def heading(self, width: int) -> Pieces:
        return safe.columns(_SOURCES, {column.name: (column.title, "quiet") for column in _SOURCES}, width)

    def draw(self, row: Row, width: int) -> Pieces:
        now, every = self.present.now, row["expected_every_seconds"]
        values = {
            "health": health(row),
            "name": (row["name"], "bold"),
            "kind": (row["kind"], "quiet"),
            "heard": (cells.relative(row["last_received_at"], now), "warning" if row["stale"] else "plain"),
            "every": ("–" if every is None else cells.span(int(every * SECOND)), "quiet"),
            "lag": (lag(row), "plain"),
            "next": (cells.relative(row["next_poll_at"], now), "plain"),
            "signals": (cells.compact(row["signals"]), "plain"),
            "duplicates": (cells.compact(row["duplicates"]), "quiet"),
            "held": (str(row["held"] or ""), "warning"),
            "error": (_error(row, self.present), "bad"),
        }
        return safe.columns(_SOURCES, values, width)


def _error(row: Row, present: Present) -> str:
    if not row["last_error"]:
        return ""
    return f"{cells.relative(row['last_error_at'], present.now)} {row['last_error']}"


class QuarantineList(LineList):
    """Records that could not be taken."""

    kind = "quarantine"
    title = "Quarantine"

    def heading(self, width: int) -> Pieces:
        return safe.columns(_HELD, {column.name: (column.title, "quiet") for column in _HELD}, width)

    def draw(self, row: Row, width: int) -> Pieces:
        values = {
            "id": (row["id"], "quiet"),
            "source": (row["source"], "plain"),
            "place": (place(row), "plain"),
            "reason": (f"{row['reason']}; {row['mend']}", "warning" if row["state"] == "held" else "quiet"),
            "raw": (row["raw"], "quiet"),
            "since": (cells.relative(row["received_at"], self.present.now), "quiet"),
        }
        return safe.columns(_HELD, values, width)
