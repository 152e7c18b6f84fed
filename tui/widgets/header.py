"""The line on top: which desk, how its feeds are, how much is off plan, what is new, the time, who acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui import cells, keys, safe
from tui.cells import Present
from tui.safe import Pieces
from tui.widgets.line import Line

_ROOMY: Final = 100
"""Cells from which words are written out."""
_HIDDEN_KEY: Final = f"({next(keys.shown(key) for key in keys.KEYS if key.id == 'hidden')})"
"""The key that shows what is kept out of the queue."""


class Header(Line):
    """Shows what `Desk.header` says; whole parts go when the screen is narrow, the least important first."""

    def __init__(self, actor: str, *, pinned: bool) -> None:
        """`pinned`: the desk's time stands still, which the clock says."""
        super().__init__()
        self._actor = actor
        self._pinned = pinned
        self._state: Mapping[str, Any] = {}
        self._present = Present(0, "UTC")
        self._news = ""

    def show(self, state: Mapping[str, Any], present: Present, news: str) -> None:
        """Take new content; draws only when it differs. `news` announces deviations that came in."""
        fresh = (state, present.minute, news)
        if fresh != (self._state, self._present.minute, self._news):
            self._state, self._present, self._news = state, present, news
            self.refresh()

    def pieces(self, width: int) -> Pieces:
        if not self._state:
            return [(" offplan", "bold")]
        moment = cells.local(self._present.now, self._present.zone)
        pinned = " pinned" if self._pinned else ""
        clock = f"{moment:%H:%M} {moment.tzname() or self._present.zone}{pinned}  {self._actor} "
        parts = self._parts(width, f"{moment:%a} {moment.day} {moment:%b}")
        room = width - safe.width_of([(clock, "plain")])
        while sum(safe.width_of(part) + 2 for _, part in parts) > room:
            parts.remove(max(parts, key=lambda ranked: ranked[0]))
        line = [piece for _, part in parts for piece in (*part, ("  ", "plain"))]
        return [*line, (" " * (room - safe.width_of(line)), "plain"), (clock, "plain")]

    def _parts(self, width: int, date: str) -> list[tuple[int, Pieces]]:
        """The parts in the order of the screen, each with its rank: the highest goes first where room is short."""
        state, roomy = self._state, width >= _ROOMY
        exposure = cells.money(state["exposure"])
        parts: list[tuple[int, Pieces]] = [(1, [(" offplan", "bold")]), (8, [(str(state["name"]), "plain")])]
        parts.append((10, [(f"● {state['feeds']} feeds", "good")]))
        if state["stale"]:
            parts.append((6, [(f"▲ {state['stale']} stale", "warning")]))
        if state["feeder"] is None:
            parts.append((7, [("○ no feeder", "warning")]))
        if state["quarantined"]:
            parts.append((9, [(f"▣ {state['quarantined']} quarantined", "warning")]))
        if state["findings"]:
            parts.append((9, [(f"▲ {state['findings']} finding{'' if state['findings'] == 1 else 's'}", "warning")]))
        if self._news:
            parts.append((2, [(f"✚ {self._news}", "notice")]))
        parts.append((4, [(f"{state['open']} open · {exposure}{' exposed' if roomy else ''}", "bold")]))
        if state["past_decide_by"]:
            parts.append((3, [(f"✖ {state['past_decide_by']} past{' decide-by' if roomy else ''}", "bad")]))
        if state["suppressed"]["total"]:
            parts.append((5, [(_kept_out(state["suppressed"], roomy), "quiet")]))
        parts.append((11, [(date, "quiet")]))
        return parts


def _kept_out(counts: Mapping[str, int], roomy: bool) -> str:
    """What is off plan and not in the queue: in words where there is room, else how much."""
    if not roomy:
        return f"{counts['total']} hidden {_HIDDEN_KEY}"
    words = " · ".join(f"{counts[sort]} {sort}" for sort in ("silenced", "folded", "snoozed") if counts[sort])
    return f"{words} {_HIDDEN_KEY}"
