"""The feed of signals, the last that came first."""

from __future__ import annotations

from typing import Final

from tui.terminal import cells, safe, theme
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row

COLUMNS: Final = (
    Column("time", "", 6, 1),
    Column("mark", "", 1, 2),
    Column("about", "", 10, 1, flex=True),
    Column("says", "", 14, 2, flex=True, words=True),
    Column("party", "", 12, 3),
    Column("source", "", 12, 4),
)


def about(row: Row) -> str:
    """What a signal is about: an order, an item at a site, a party, or its own id at its source."""
    if row["order_ref"]:
        return str(row["order_ref"])
    if row["item"]:
        return f"{row['item']}@{row['site']}" if row["site"] else str(row["item"])
    return str(row["site"] or row["party"] or row["source_id"])


def says(row: Row, present: Present) -> str:
    """What a signal says, in a few words."""
    amount = cells.quantity(row["quantity"], row["uom"]) if row["quantity"] is not None else ""
    date = cells.day(cells.instant(row["eta"]), present.now, present.zone) if row["eta"] else ""
    words = {
        "eta": ("ETA", date, amount),
        "confirmation": ("confirmed", amount, date),
        "receipt": ("received", amount or "all"),
        "stock": ("on hand", amount),
        "demand": ("demand", amount),
    }.get(row["kind"], (row["kind"], row["status"] or "", amount, date))
    return " ".join(word for word in words if word)


TABLE: Final = (
    Column("id", "id", 8, 2),
    Column("received", "received", 16, 1),
    Column("mark", "", 1, 1),
    Column("kind", "kind", 12, 3),
    Column("about", "about", 14, 1, flex=True),
    Column("says", "says", 18, 1, flex=True, words=True),
    Column("party", "party", 12, 4),
    Column("source", "source", 10, 2),
    Column("raw", "as it came", 30, 5, flex=True),
)
"""The columns of the whole list."""


class FeedList(LineList):
    """Signals as they come in."""

    kind = "signal"
    title = "Signals"

    def draw(self, row: Row, width: int) -> Pieces:
        values = {
            "time": (cells.day(cells.instant(row["received_at"]), self.present.now, self.present.zone), "quiet"),
            "mark": (theme.SIGNAL_SHAPE.get(row["kind"], "·"), "notice"),
            "about": (about(row), "plain"),
            "says": (says(row, self.present), "plain"),
            "party": (row["party"] or "", "quiet"),
            "source": (row["source"], "quiet"),
        }
        return safe.columns(COLUMNS, values, width)


class SignalTable(LineList):
    """All signals, in more columns."""

    kind = "signal"
    title = "Signals"

    def heading(self, width: int) -> Pieces:
        return safe.columns(TABLE, {column.name: (column.title, "quiet") for column in TABLE}, width)

    def draw(self, row: Row, width: int) -> Pieces:
        present = self.present
        values = {
            "id": (row["id"], "quiet"),
            "received": (cells.short_time(cells.instant(row["received_at"]), present.now, present.zone), "quiet"),
            "mark": (theme.SIGNAL_SHAPE.get(row["kind"], "·"), "notice"),
            "kind": (row["kind"], "plain"),
            "about": (about(row), "plain"),
            "says": (says(row, present), "plain"),
            "party": (row["party"] or "", "quiet"),
            "source": (row["source"], "quiet"),
            "raw": (cells.any_value(row["payload"]), "quiet"),
        }
        return safe.columns(TABLE, values, width)
