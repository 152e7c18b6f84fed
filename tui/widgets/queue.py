"""The queue of deviations: by the last moment at which a decision still helps, then by exposure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

from tui import cells, safe, theme
from tui.cells import Column
from tui.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row

COLUMNS: Final = (
    Column("decide_by", "decide by", 11, 1),
    Column("exposure", "exposure", 8, 3, align="right"),
    Column("severity", "", 2, 2),
    Column("kind", "what", 12, 4),
    Column("subject", "", 14, 1, flex=True),
    Column("gap", "gap", 10, 5, align="right"),
    Column("state", "state", 5, 8),
    Column("owner", "owner", 8, 6),
    Column("consequences", "", 3, 7, align="right"),
)

_SUBJECTS: Final[Mapping[str, str]] = {
    "purchase_order": "PO ",
    "sales_order": "SO ",
    "transfer_order": "TO ",
    "production_order": "MO ",
    "shipment": "ship ",
    "source": "feed ",
}
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
        self.note = "by decide-by"
        self.unseen: set[int] = set()
        """Deviations that came in since the person last moved here."""
        self.when_empty: Sequence[str] = ()

    def empty(self) -> Sequence[str]:
        return self.when_empty

    def look_of(self, number: int) -> Hashable:
        return number in self.unseen

    def heading(self, width: int) -> Pieces:
        return safe.columns(COLUMNS, {column.name: (column.title, "quiet") for column in COLUMNS}, width)

    def draw(self, row: Row, width: int) -> Pieces:
        return safe.columns(COLUMNS, self._values(row), width)

    def _values(self, row: Row) -> dict[str, tuple[str, str]]:
        shape, shape_style = theme.SEVERITY.get(row["severity"], ("?", "plain"))
        passed = row["bucket"] == "passed"
        decide = cells.relative(row["decide_by"], self.present.now)
        fresh = int(row["id"][1:]) in self.unseen
        count = len(row["consequences"])
        return {
            "decide_by": (f"{decide} PASSED" if passed else decide, "bad" if passed else "plain"),
            "exposure": (cells.money(row["exposure"]), "bold"),
            "severity": (shape, shape_style),
            "kind": (row["kind"], "plain"),
            "subject": (("✚ " if fresh else "") + subject(row), "notice" if fresh else "plain"),
            "gap": (cells.gap(row["gap"]), "plain"),
            "state": (_STATES.get(row["state"], row["state"]), "quiet"),
            "owner": (row["owner"] or "–", "plain"),
            "consequences": (f"{count}▸" if count else "", "quiet"),
        }
