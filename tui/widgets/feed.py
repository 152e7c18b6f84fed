"""The feed of signals, the last that came first."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import neg
from typing import Final

from tui.terminal import cells, safe, theme
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Piece, Pieces
from tui.widgets.line_list import LineList
from tui.widgets.measured import Measured
from tui.widgets.row_window import Fetch, Row

_TIME: Final = len("14:02")
_ABOUT: Final = 10
_SAYS: Final = 14
_LONGEST: Final = 40
"""Cells that what a signal is about, and what it says, take at most: past that a record says it in full."""


def _in_room(about: int, says: int, room: int) -> tuple[int, int]:
    """The widths of what a signal is about and of what it says, in so many cells: by need, and what it says gives
    way."""
    about = min(about, _LONGEST, max(_ABOUT, room - _SAYS))
    return about, max(_SAYS, min(says, _LONGEST, room - about))


@lru_cache(maxsize=32)
def columns(time: int, about: int, says: int, width: int) -> tuple[Column, ...]:
    """The columns of the feed in `width` cells; `time`, `about` and `says` are what their longest texts take."""
    about, says = _in_room(about, says, width - time - len(" m  "))
    return (
        Column("time", "", time, 1),
        Column("mark", "", 1, 2),
        Column("about", "", about, 1),
        Column("says", "", says, 2, flex=True),
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
    Column("id", "id", 2, 2),
    Column("received", "received", 8, 1),
    Column("mark", "", 1, 1),
    Column("kind", "kind", 4, 3),
    Column("about", "about", _ABOUT, 1),
    Column("says", "says", _SAYS, 1),
    Column("party", "party", 5, 4),
    Column("source", "source", 6, 2),
    Column("raw", "as it came", 30, 5, flex=True),
)
"""The columns of the whole list with the least cells of each; all but the last are as wide as what stands in them."""
_PARTS: Final = tuple(column.name for column in TABLE if not column.flex)
_RANKED_FIRST: Final = ("id", "received", "mark", "source")
"""The columns beside which what a signal is about and says have their room however narrow the screen is."""


@lru_cache(maxsize=32)
def _table_columns(sizes: tuple[int, ...], width: int) -> tuple[Column, ...]:
    """The columns of the whole list in `width` cells; `sizes` are what the longest texts of _PARTS take."""
    needed = dict(zip(_PARTS, sizes, strict=True))
    room = width - sum(needed[name] + 1 for name in _RANKED_FIRST) - 1
    needed["about"], needed["says"] = _in_room(needed["about"], needed["says"], room)
    return tuple(replace(column, width=needed.get(column.name, column.width)) for column in TABLE)


class SignalList(LineList):
    """Signals, in columns as wide as what stands in them; the newest stay in sight while the cursor is on top."""

    kind = "signal"
    title = "Signals"
    measured: tuple[str, ...] = ()
    """The columns that are measured."""

    def __init__(self, fetch: Fetch, least: tuple[int, ...], *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, id=id)
        # No command is about signals: of a million that are marked nothing has to be read to copy their ids.
        self.know_marked_by(lambda numbers: ())
        self._widths = Measured(self._texts, least)
        self._sizes = least
        self.paused = False
        """Whether it stands still although the cursor is on top."""
        self.searched = ""
        """How far back was looked for what is listed, while there is more to look at."""
        self._newest = 0
        """The last signal that came before it stood still."""

    def show(self, ids: Sequence[int], *, follow: bool = True) -> None:
        super().show(ids, follow=follow and not self.paused)

    def pause(self) -> None:
        """Stand still; once more, go on from the newest."""
        self.paused = not self.paused
        if not self.paused:
            self.go_to(0)
        self.describe()

    def describe(self) -> None:
        self.note = self.searched or self._flow()
        super().describe()

    def _flow(self) -> str:
        """Whether new signals come into sight; where not, how many have come since they last did."""
        if self.cursor == 0 and not self.paused:
            self._newest = self.ids[0] if self.ids else 0
            return "live"
        fresh = bisect_left(self.ids, -self._newest, key=neg)
        return ("paused" if self.paused else "reading") + (f" · {fresh} new" if fresh else "")

    @abstractmethod
    def values(self, row: Row) -> Mapping[str, Piece]:
        """What stands in the columns."""

    def _texts(self, row: Row) -> tuple[int, ...]:
        values = self.values(row)
        return tuple(safe.width_of([values[name]]) for name in self.measured)

    def _load(self, *, refetch: bool = False) -> None:
        super()._load(refetch=refetch)
        rows = ((number, row) for number in self._window() if (row := self.row(number)) is not None)
        sizes = self._widths.widest(rows)
        if sizes != self._sizes:
            self._sizes = sizes
            self.refresh()

    def look(self) -> Hashable:
        return super().look(), self._sizes


class FeedList(SignalList):
    """Signals as they come in."""

    measured = ("time", "about", "says")

    def __init__(self, fetch: Fetch, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, (_TIME, _ABOUT, _SAYS), id=id)

    def draw(self, row: Row, width: int) -> Pieces:
        time, about_, says_ = self._sizes
        return safe.columns(columns(time, about_, says_, width), self.values(row), width)

    def values(self, row: Row) -> Mapping[str, Piece]:
        return {
            "time": (cells.day(cells.instant(row["received_at"]), self.present.now, self.present.zone), "quiet"),
            "mark": (theme.SIGNAL_SHAPE.get(row["kind"], "·"), "notice"),
            "about": (about(row), "plain"),
            "says": (says(row, self.present), "plain"),
            "party": (row["party"] or "", "quiet"),
            "source": (row["source"], "quiet"),
        }


class SignalTable(SignalList):
    """All signals, in more columns."""

    measured = _PARTS

    def __init__(self, fetch: Fetch, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, tuple(column.width for column in TABLE if column.name in _PARTS), id=id)

    def heading(self, width: int) -> Pieces:
        shown = _table_columns(self._sizes, width)
        return safe.columns(shown, {column.name: (column.title, "quiet") for column in shown}, width)

    def draw(self, row: Row, width: int) -> Pieces:
        shown = _table_columns(self._sizes, width)
        raw = cells.any_value(row["payload"])
        return safe.columns(shown, {**self.values(row), "raw": (raw, "quiet")}, width)

    def values(self, row: Row) -> Mapping[str, Piece]:
        """All but what else the record says, which takes what is left."""
        present = self.present
        return {
            "id": (row["id"], "quiet"),
            "received": (cells.short_time(cells.instant(row["received_at"]), present.now, present.zone), "quiet"),
            "mark": (theme.SIGNAL_SHAPE.get(row["kind"], "·"), "notice"),
            "kind": (row["kind"], "plain"),
            "about": (about(row), "plain"),
            "says": (says(row, present), "plain"),
            "party": (row["party"] or "", "quiet"),
            "source": (row["source"], "quiet"),
        }
