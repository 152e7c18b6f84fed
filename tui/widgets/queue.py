"""The queue of deviations: what a decision still helps, by exposure and the time that is left; then the rest."""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, NamedTuple

from engine.vocabulary.subject_words import said
from tui.terminal import cells, safe, theme
from tui.terminal.cells import Column, Present, layout
from tui.terminal.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.measured import Measured, fitted
from tui.widgets.row_window import Row

_SUBJECT: Final = 8
_FAIR_SUBJECT: Final = 24
"""Cells that a subject keeps whatever else is lost: as many as a very long order number with its line takes."""
_LONGEST_SUBJECT: Final = 48
"""Cells: past that one odd id would take all the room from the other columns."""
_LONGEST_OWNER: Final = 8
SHORT_KINDS: Final[Mapping[str, str]] = {
    "late_supply": "late sup",
    "late_demand": "late dem",
    "short_supply": "short sup",
    "below_target": "below",
    "demand_shift": "dem shift",
    "unconfirmed": "unconf.",
}
"""What stands for the longest kinds where there is no room for their whole word; each for one of them."""
SHORT_STATES: Final[Mapping[str, str]] = {
    "candidate": "cand",
    "acknowledged": "ack",
    "responding": "resp",
    "recovered": "recov",
    "resolved": "resol",
    "dismissed": "dism",
    "discarded": "disc",
}
"""The same for states."""


class Sizes(NamedTuple):
    """Cells that the longest text of a column takes among the rows at hand."""

    id: int = len("D1")
    subject: int = _SUBJECT
    short_subject: int = _SUBJECT
    gap: int = len("gap")
    owner: int = len("owner")
    state: int = len("state")
    short_state: int = len("state")
    likely: int = 0
    """0: all are certain, and there is no such column."""


_SHAPES: Final = (
    Column("decide_by", "decide by", 11, 1),
    Column("exposure", "exposure", 8, 5, align="right"),
    Column("likely", "likely", 6, 12, align="right"),
    Column("severity", "", 2, 2),
    Column("id", "id", 0, 3),
    Column("kind", "what", len("below_target"), 6),
    Column("subject", "", 0, 0, flex=True),
    Column("gap", "gap", 0, 7, align="right"),
    Column("hidden_by", "hidden by", 13, 4, words=True),
    Column("state", "state", 0, 9),
    Column("owner", "owner", 0, 8),
    Column("folded", "", 3, 10, align="right"),
)
"""The queue's columns. When there is little room, what follows from another column goes first, then who does something
about it, last what it is and by when: an id is how people talk."""
KIND_GIVES_WAY: Final = 11
"""The rank of a kind's short form, which takes getting used to."""


def sized(column: Column, sizes: Sizes) -> Column:
    """A column as wide as the rows at hand need it; a text that is never cut is as wide as the longest of it."""
    return column if column.name == "likely" else replace(column, width=getattr(sizes, column.name, column.width))


def short_forms(columns: Sequence[Column], sizes: Sizes) -> tuple[Column, ...]:
    """What gives way before whole columns do: the word beside the time that is left, which says the same, then the rest
    of long words."""
    forms = {
        "decide_by": ("decide", len("−35h ✖"), 30),
        "state": ("state", sizes.short_state, 29),
        "subject": ("", min(sizes.short_subject, _FAIR_SUBJECT), 28),
        "kind": ("what", len("production"), KIND_GIVES_WAY),
    }
    return tuple(
        replace(
            column, title=forms[column.name][0] or column.title, width=forms[column.name][1], rank=forms[column.name][2]
        )
        for column in columns
        if column.name in forms
    )


@lru_cache(maxsize=32)
def columns(sizes: Sizes, width: int, *, hidden: bool = False) -> tuple[Column, ...]:
    """The columns of the queue in `width` cells; `hidden` rows say what hides them."""
    left_out = {*(() if hidden else ("hidden_by",)), *(() if sizes.likely else ("likely",))}
    whole = tuple(sized(column, sizes) for column in _SHAPES if column.name not in left_out)
    return fitted(whole, short_forms(whole, sizes), width)


_UNSEEN: Final = "✚ "
"""Before the subject of a row that is news."""
_BUCKETS: Final[Mapping[str, str]] = {"passed": "PASSED", "4h": "≤4h", "24h": "≤24h", "3d": "≤3d", "later": "later"}
"""How much time is left to decide, in a word on each row."""


def subject(row: Row) -> str:
    """A deviation's subject as a person says it, and finds it by."""
    return said(row["subject"]["type"], row["subject"]["id"])


def _word_in(word: str, short: Mapping[str, str], room: int) -> str:
    """A word in so many cells: the word itself, else its short form."""
    return word if len(word) <= room else short.get(word, word)


class QueueList(LineList):
    """Deviations that ask for something."""

    kind = "deviation"
    title = "Deviations"
    # Judged anew they may change without an entry in the journal, which tells of the rest.
    watched = ("exposure", "decide_by")

    def __init__(self, fetch: Any, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, id=id)
        self.note = "by exposure and time to decide"
        self._measured: Sequence[int] | None = None
        """The ids that the width of the longest was taken of: there may be a hundred thousand, and a key must not
        count them."""
        self._longest_id = len("D1")
        self._sizes = Sizes()
        self._widths = Measured(self._texts, Sizes()[1:])
        self.unseen: Container[int] = ()
        """Deviations that are news since the person last moved here."""
        self.shows_hidden = False
        """Whether the rows are kept out of the queue, and say by what."""

    def look_of(self, number: int) -> Hashable:
        return number in self.unseen

    def _load(self, *, refetch: bool = False) -> None:
        super()._load(refetch=refetch)
        widest = self._widths.widest(
            (number, row) for number in self._window() if number >= 0 and (row := self.row(number)) is not None
        )
        # While one list is scrolled through nothing becomes narrower: columns would come and go under the eye.
        least = self._sizes
        if self._measured is not self.ids:
            self._measured, self._longest_id = self.ids, len(f"D{max(self.ids, default=0)}")
            least = Sizes()
        sizes = Sizes(self._longest_id, *widest)
        marked = len(_UNSEEN) if any(number in self.unseen for number in self._window()) else 0
        sizes = sizes._replace(
            subject=min(_LONGEST_SUBJECT, sizes.subject + marked),
            short_subject=sizes.short_subject + marked,
            owner=min(_LONGEST_OWNER, sizes.owner),
        )
        sizes = Sizes._make(map(max, sizes, least))
        if sizes != self._sizes:
            self._sizes = sizes
            self.refresh()

    def _texts(self, row: Row) -> tuple[int, ...]:
        """The cells that a row's texts take, in the order of `Sizes`."""
        state, gap = row["state"], cells.gap(row["gap"])
        texts = subject(row), row["subject"]["id"], gap, row["owner"] or "–", state, SHORT_STATES.get(state, state)
        return tuple(safe.width_of([(text, "")]) for text in (*texts, _likely(row)[0]))

    def look(self) -> Hashable:
        return super().look(), self._sizes, self.shows_hidden

    def _columns(self, width: int) -> tuple[Column, ...]:
        return columns(self._sizes, width, hidden=self.shows_hidden)

    def heading(self, width: int) -> Pieces:
        shown = self._columns(width)
        return safe.columns(shown, {column.name: (column.title, "quiet") for column in shown}, width)

    def draw(self, row: Row, width: int) -> Pieces:
        shown = self._columns(width)
        return safe.columns(shown, self._values(row, shown, width), width)

    def _values(self, row: Row, shown: Sequence[Column], width: int) -> dict[str, tuple[str, str]]:
        """What stands in each column, in the form that its cells have room for."""
        rooms = {column.name: cells_ for column, cells_ in layout(shown, width)}
        shape, shape_style = theme.SEVERITY.get(row["severity"], ("?", "plain"))
        fresh = int(row["id"][1:]) in self.unseen
        return {
            "decide_by": self._decide_by(row, rooms.get("decide_by", 0)),
            "exposure": _exposure(row),
            "likely": _likely(row),
            "severity": (shape, shape_style),
            "id": (row["id"], "quiet"),
            "kind": (_word_in(row["kind"], SHORT_KINDS, rooms.get("kind", 0)), "plain"),
            "subject": (self._subject(row, rooms.get("subject", 0)), "notice" if fresh else "plain"),
            "gap": (cells.gap(row["gap"]), "plain"),
            "state": (_word_in(row["state"], SHORT_STATES, rooms.get("state", 0)), "quiet"),
            "hidden_by": (hidden_by(row, self.present), "plain"),
            "owner": (row["owner"] or "–", "plain"),
            "folded": (f"{len(row['consequences'])}▸" if row["consequences"] else "", "notice"),
        }

    def _decide_by(self, row: Row, room: int) -> tuple[str, str]:
        """How long there is to decide, and whether that has passed: the sign stands for its word."""
        passed = row["bucket"] == "passed"
        left = cells.relative(row["decide_by"], self.present.now)
        whole = f"{left:<4} {_BUCKETS.get(row['bucket'], '')}"
        brief = f"{left:<5}✖" if passed else left
        return whole if len(whole) <= room else brief, "bad" if passed else "plain"

    def _subject(self, row: Row, room: int) -> str:
        """The subject; where there is no room for all of it, its id without the word before it."""
        mark = _UNSEEN if int(row["id"][1:]) in self.unseen else ""
        whole = mark + subject(row)
        return whole if safe.width_of([(whole, "")]) <= room else mark + row["subject"]["id"]


def hidden_by(row: Row, present: Present) -> str:
    """What keeps a row out of the queue: the ids of silences and roots, and until when it is snoozed."""
    parts = list(row["suppressed_by"])
    if row["snoozed_until"] is not None and cells.instant(row["snoozed_until"]) > present.now:
        parts.append(f"snoozed {cells.relative(row['snoozed_until'], present.now)}")
    return " ".join(parts)


def _exposure(row: Row) -> tuple[str, str]:
    shown = cells.exposure(row)
    return shown, "quiet" if shown == cells.IN_SLACK else "bold"


def _likely(row: Row) -> tuple[str, str]:
    """How likely it becomes a miss, where that is not certain."""
    return ("" if row["likelihood"] in (None, 1) else f"{100 * row['likelihood']:.0f} %", "plain")
