"""The queue of deviations: by the last moment at which a decision still helps, then by exposure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from tui import cells, safe, theme
from tui.cells import Column
from tui.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row


@lru_cache(maxsize=8)
def columns(id_width: int) -> tuple[Column, ...]:
    """The columns of the queue; an id is never cut, so its column is as wide as the longest."""
    return (
        Column("decide_by", "decide by", 11, 1),
        Column("exposure", "exposure", 8, 3, align="right"),
        Column("severity", "", 2, 2),
        Column("id", "id", id_width, 7),
        Column("kind", "what", 12, 4),
        Column("subject", "", 12, 1, flex=True),
        Column("gap", "gap", 9, 5, align="right"),
        Column("state", "state", 5, 8),
        Column("owner", "owner", 8, 6),
    )


_SUBJECTS: Final[Mapping[str, str]] = {
    "purchase_order": "PO ",
    "sales_order": "SO ",
    "transfer_order": "TO ",
    "production_order": "MO ",
    "shipment": "SH ",
    "source": "feed ",
}
_BUCKETS: Final[Mapping[str, str]] = {"passed": "PASSED", "4h": "≤4h", "24h": "≤24h", "3d": "≤3d", "later": "later"}
"""The queue goes by these first, so each row says which it is in."""
_STATES: Final[Mapping[str, str]] = {"open": "open", "acknowledged": "ack", "responding": "resp"}


def subject(row: Row) -> str:
    """A deviation's subject as a person says it: PO 4711/10, SKU-77@RTM."""
    about = row["subject"]
    return f"{_SUBJECTS.get(about['type'], '')}{about['id']}"


class QueueList(LineList):
    """Deviations that ask for something."""

    kind = "deviation"
    title = "Deviations"

    def __init__(self, fetch: Any, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, id=id)
        self.note = "by decide-by bucket, then exposure"
        self._columns = columns(len("D1"))
        self.unseen: set[int] = set()
        """Deviations that came in since the person last moved here."""
        self.when_empty: Sequence[str] = ()

    def empty(self) -> Sequence[str]:
        return self.when_empty

    def look_of(self, number: int) -> Hashable:
        return number in self.unseen

    def show(self, ids: Sequence[int], *, follow: bool = False) -> None:
        self._columns = columns(len(f"D{max(ids, default=0)}"))
        super().show(ids, follow=follow)

    def look(self) -> Hashable:
        return super().look(), self._columns

    def heading(self, width: int) -> Pieces:
        return safe.columns(self._columns, {column.name: (column.title, "quiet") for column in self._columns}, width)

    def draw(self, row: Row, width: int) -> Pieces:
        return safe.columns(self._columns, self._values(row), width)

    def _values(self, row: Row) -> dict[str, tuple[str, str]]:
        shape, shape_style = theme.SEVERITY.get(row["severity"], ("?", "plain"))
        passed = row["bucket"] == "passed"
        decide = cells.relative(row["decide_by"], self.present.now)
        fresh = int(row["id"][1:]) in self.unseen
        return {
            "decide_by": (f"{decide:<4} {_BUCKETS.get(row['bucket'], '')}", "bad" if passed else "plain"),
            "exposure": (cells.money(row["exposure"]), "bold"),
            "severity": (shape, shape_style),
            "id": (row["id"], "quiet"),
            "kind": (row["kind"], "plain"),
            "subject": (("✚ " if fresh else "") + subject(row), "notice" if fresh else "plain"),
            "gap": (cells.gap(row["gap"]), "plain"),
            "state": (_STATES.get(row["state"], row["state"]), "quiet"),
            "owner": (row["owner"] or "–", "plain"),
        }
