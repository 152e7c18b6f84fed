"""The queue of deviations: what a decision still helps, by exposure and the time that is left; then the rest."""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from engine.vocabulary.subject_words import said
from tui.terminal import cells, safe, theme
from tui.terminal.cells import Column, Present, layout
from tui.terminal.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.measured import Measured
from tui.widgets.row_window import Row

_SUBJECT: Final = 8
_LONGEST_SUBJECT: Final = 48
"""Cells: past that one odd id would take the other columns from every row."""
_GAP: Final = len("gap")
_OWNER: Final = len("owner")
_LONGEST_OWNER: Final = 8
_KIND: Final = len("below_target")
_SHORT_KIND: Final = len("production")
_LESS_THAN_KIND: Final = {"likely", "state"}
"""Columns for whose sake the kind is not shortened."""
SHORT_KINDS: Final[Mapping[str, str]] = {
    "late_supply": "late sup",
    "late_demand": "late dem",
    "short_supply": "short sup",
    "below_target": "below",
    "demand_shift": "dem shift",
    "unconfirmed": "unconf.",
}
"""What stands for the longest kinds where their whole word would take another column away; each for one of them."""


HIDDEN_BY: Final = Column("hidden_by", "hidden by", 13, 3, words=True)
"""What keeps a row out of the queue: silences, roots, the end of its snooze."""


class Sizes(NamedTuple):
    """Cells that the longest text of a column takes among the rows at hand."""

    id: int = len("D1")
    subject: int = _SUBJECT
    gap: int = _GAP
    owner: int = _OWNER
    likely: int = 0
    """0: all are certain, and there is no such column."""


@lru_cache(maxsize=32)
def columns(sizes: Sizes, width: int, *, hidden: bool = False) -> tuple[Column, ...]:
    """The columns of the queue in `width` cells; an id is never cut, so its column is as wide as the longest.

    Where that leaves the kind too little, a short form stands for it; after that whole columns go, the id one of the
    last: it is how people talk. `hidden` rows say what hides them.
    """

    def with_kind(kind_width: int) -> tuple[Column, ...]:
        return (
            Column("decide_by", "decide by", 11, 1),
            Column("exposure", "exposure", 8, 3, align="right"),
            *((Column("likely", "likely", 6, 9, align="right"),) if sizes.likely else ()),
            Column("severity", "", 2, 2),
            Column("id", "id", sizes.id, 3),
            Column("kind", "what", kind_width, 4),
            Column("subject", "", sizes.subject, 0, flex=True),
            Column("gap", "gap", sizes.gap, 5, align="right"),
            *((HIDDEN_BY,) if hidden else ()),
            Column("state", "state", 5, 8),
            Column("owner", "owner", sizes.owner, 6),
            Column("folded", "", 3, 5, align="right"),
        )

    wide, narrow = with_kind(_KIND), with_kind(_SHORT_KIND)
    lost = {column.name for column, _ in layout(narrow, width)} - {column.name for column, _ in layout(wide, width)}
    return narrow if lost - _LESS_THAN_KIND else wide


_UNSEEN: Final = "✚ "
"""Before the subject of a row that is news."""
_BUCKETS: Final[Mapping[str, str]] = {"passed": "PASSED", "4h": "≤4h", "24h": "≤24h", "3d": "≤3d", "later": "later"}
"""How much time is left to decide, in a word on each row."""
_STATES: Final[Mapping[str, str]] = {"open": "open", "acknowledged": "ack", "responding": "resp"}


def kind_in(kind: str, room: int) -> str:
    """A kind in so many cells: the word itself, else its short form."""
    return kind if len(kind) <= room else SHORT_KINDS.get(kind, kind)


def subject(row: Row) -> str:
    """A deviation's subject as a person says it, and finds it by."""
    return said(row["subject"]["type"], row["subject"]["id"])


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
        self._widths = Measured(self._texts, (_SUBJECT, _GAP, _OWNER, 0))
        self.unseen: Container[int] = ()
        """Deviations that are news since the person last moved here."""
        self.shows_hidden = False
        """Whether the rows are kept out of the queue, and say by what."""

    def look_of(self, number: int) -> Hashable:
        return number in self.unseen

    def _load(self, *, refetch: bool = False) -> None:
        super()._load(refetch=refetch)
        subject_, gap, owner, likely = self._widths.widest(
            (number, row) for number in self._window() if number >= 0 and (row := self.row(number)) is not None
        )
        if any(number in self.unseen for number in self._window()):
            subject_ += len(_UNSEEN)
        if self._measured is not self.ids:
            self._measured, self._longest_id = self.ids, len(f"D{max(self.ids, default=0)}")
        sizes = Sizes(self._longest_id, min(_LONGEST_SUBJECT, subject_), gap, min(_LONGEST_OWNER, owner), likely)
        if sizes != self._sizes:
            self._sizes = sizes
            self.refresh()

    def _texts(self, row: Row) -> tuple[int, ...]:
        """The cells that a row's subject, gap, owner and likelihood take."""
        texts = subject(row), cells.gap(row["gap"]), row["owner"] or "–", _likely(row)[0]
        return tuple(safe.width_of([(text, "")]) for text in texts)

    def look(self) -> Hashable:
        return super().look(), self._sizes, self.shows_hidden

    def _columns(self, width: int) -> tuple[Column, ...]:
        return columns(self._sizes, width, hidden=self.shows_hidden)

    def heading(self, width: int) -> Pieces:
        shown = self._columns(width)
        return safe.columns(shown, {column.name: (column.title, "quiet") for column in shown}, width)

    def draw(self, row: Row, width: int) -> Pieces:
        shown = self._columns(width)
        room = next((column.width for column in shown if column.name == "kind"), _KIND)
        return safe.columns(shown, self._values(row, room), width)

    def _subject(self, row: Row) -> str:
        return (_UNSEEN if int(row["id"][1:]) in self.unseen else "") + subject(row)

    def _values(self, row: Row, kind_room: int = _KIND) -> dict[str, tuple[str, str]]:
        shape, shape_style = theme.SEVERITY.get(row["severity"], ("?", "plain"))
        passed = row["bucket"] == "passed"
        decide = cells.relative(row["decide_by"], self.present.now)
        fresh = int(row["id"][1:]) in self.unseen
        return {
            "decide_by": (f"{decide:<4} {_BUCKETS.get(row['bucket'], '')}", "bad" if passed else "plain"),
            "exposure": _exposure(row),
            "likely": _likely(row),
            "severity": (shape, shape_style),
            "id": (row["id"], "quiet"),
            "kind": (kind_in(row["kind"], kind_room), "plain"),
            "subject": (self._subject(row), "notice" if fresh else "plain"),
            "gap": (cells.gap(row["gap"]), "plain"),
            "state": (_STATES.get(row["state"], row["state"]), "quiet"),
            "hidden_by": (hidden_by(row, self.present), "plain"),
            "owner": (row["owner"] or "–", "plain"),
            "folded": (f"{len(row['consequences'])}▸" if row["consequences"] else "", "notice"),
        }


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
