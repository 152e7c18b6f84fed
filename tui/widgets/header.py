"""The line on top: which desk, how its feeds are, how much is off plan, what is new, the time, who acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.values.clock import MINUTE
from tui.terminal import cells, safe
from tui.terminal.cells import Present
from tui.terminal.safe import Pieces
from tui.widgets.line import Line

_GIVEN_UP: Final = (
    "date", "feeds", "name", "hidden", "feeds", "stale", "open", "passed", "feeds", "quarantined", "findings", "feeder", "asked",
    "news", "stale", "open", "hidden", "passed", "crumbs", "news", "asked",
)  # fmt: skip
"""Where room is short each part in turn is said in fewer words, or not at all where there are none."""


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
        self._crumbs = ""
        self._hidden_key = ""
        self._blind_since: int | None = None

    def show(
        self,
        state: Mapping[str, Any],
        present: Present,
        news: str,
        crumbs: str = "",
        *,
        hidden_key: str = "h",
        blind_since: int | None = None,
    ) -> None:
        """Take new content; draws only when it differs.

        `news` announces deviations that came in, `crumbs` say where the person is, `hidden_key` shows what is kept out
        of the queue, and `blind_since` is the instant since which the file cannot be read.
        """
        self._hidden_key = hidden_key
        fresh = (state, present.minute, news, crumbs, blind_since)
        if fresh != (self._state, self._present.minute, self._news, self._crumbs, self._blind_since):
            self._state, self._present, self._news, self._crumbs = state, present, news, crumbs
            self._blind_since = blind_since
            self.refresh()

    def pieces(self, width: int) -> Pieces:
        if not self._state:
            return [(" offplan", "bold")]
        moment = cells.local(self._present.now, self._present.zone)
        pinned = " pinned" if self._pinned else ""
        clock = f"{moment:%H:%M} {moment.tzname() or self._present.zone}{pinned}  {self._actor} "
        parts = self._parts(cells.named_day(moment))
        room = width - safe.width_of([(clock, "plain")])
        line = [piece for part in _fitting(parts, room) for piece in (*part, ("  ", "plain"))]
        return [*line, (" " * (room - safe.width_of(line)), "plain"), (clock, "plain")]

    def _parts(self, date: str) -> dict[str, list[Pieces]]:
        """The parts in the order of the screen, each in the ways to say it, the longest first."""
        state = self._state
        exposure, hidden = cells.money(state["exposure"]), state["suppressed"]
        parts: dict[str, list[Pieces]] = {
            "program": [[(" offplan", "bold")]],
            "name": [[(str(state["name"]), "plain")]],
        }
        if self._blind_since is not None:
            since = cells.short_time(self._blind_since, self._present.now, self._present.zone)
            parts["blind"] = [[(f"✖ not live since {since}", "bad")]]
        if self._crumbs:
            # Whole, the page alone after its view's key, or the view's key: never nothing.
            view, *pages = self._crumbs.split(" › ")
            short = " › ".join([view.partition(" ")[0], *pages[-1:]])
            parts["crumbs"] = [[(words, "bold")] for words in dict.fromkeys((self._crumbs, short))]
        parts["feeds"] = [[(words, "good" if state["feeds"] else "quiet")] for words in self._fed()]
        if state["stale"]:
            words, silent = f"▲ {state['stale']} stale", cells.age(state["stale_since"], self._present.now)
            parts["stale"] = [[(way, "warning")] for way in dict.fromkeys((f"{words} {silent}".rstrip(), words))]
        if state["feeder"] is None:
            parts["feeder"] = [[("○ no feeder", "warning")]]
        if state["quarantined"]:
            parts["quarantined"] = [[(f"▣ {state['quarantined']} quarantined", "warning")]]
        if state["findings"]:
            found = f"▲ {state['findings']} finding{'' if state['findings'] == 1 else 's'}"
            parts["findings"] = [[(found, "warning")]]
        if self._news:
            parts["news"] = [[(f"✚ {words}", "notice")] for words in dict.fromkeys((self._news, _in_short(self._news)))]
        if state["asked"]:
            moves = f"{state['asked']} move{'' if state['asked'] == 1 else 's'}"
            parts["asked"] = [[(words, "notice")] for words in (f"» {moves} to agree to", f"» {moves}")]
        parts["open"] = [[(f"{state['open']} open · {exposure}{more}", "bold")] for more in (" exposed", "")]
        if state["past_decide_by"]:
            parts["passed"] = [[(f"✖ {state['past_decide_by']} past{more}", "bad")] for more in (" decide-by", "")]
        if hidden["total"]:
            parts["hidden"] = [[(words, "quiet")] for words in (_kept_out(hidden), f"{hidden['total']} hidden")]
            if self._hidden_key:
                parts["hidden"] = [[*way, (f" ({self._hidden_key})", "quiet")] for way in parts["hidden"]]
        parts["date"] = [[(date, "quiet")]]
        return parts

    def _fed(self) -> list[str]:
        """How many feeds there are, when anything came through one last, and which process reads them."""
        state, now = self._state, self._present.now
        if not state["feeds"]:
            return ["○ no feed"]
        feeds, last = f"● {state['feeds']} feed{'' if state['feeds'] == 1 else 's'}", state["last_signal_at"]
        # On a desk that was opened at a time gone by the last may be still to come.
        if last is None or cells.instant(last) > now:
            return [feeds]
        reads = state["feeder"]
        ago = cells.age(last, now) if now - cells.instant(last) >= MINUTE else "<1m"
        heard = f"{feeds}, heard {ago} ago"
        by = [f"{heard}, fed by {reads['host']} {reads['pid']}"] if reads is not None else []
        return [*by, heard, f"{feeds} {ago}"]


def _fitting(parts: Mapping[str, list[Pieces]], room: int) -> list[Pieces]:
    """Each part in the way for which there is room, in their order; what there is no room for is left out."""
    sizes = {name: [*(safe.width_of(way) + 2 for way in ways), 0] for name, ways in parts.items()}
    chosen = dict.fromkeys(parts, 0)
    left = room - sum(each[0] for each in sizes.values())
    for name in (name for name in _GIVEN_UP if name in parts):
        if left >= 0:
            break
        if chosen[name] < len(parts[name]):
            left += sizes[name][chosen[name]] - sizes[name][chosen[name] + 1]
            chosen[name] += 1
    # What was said in fewer words before a whole part went may have its room again.
    for name in (name for name in reversed(_GIVEN_UP) if name in parts):
        longer = sizes[name][max(0, chosen[name] - 1)] - sizes[name][chosen[name]]
        if longer <= left:
            left -= longer
            chosen[name] = max(0, chosen[name] - 1)
    return [parts[name][way] for name, way in chosen.items() if way < len(parts[name])]


def _in_short(news: str) -> str:
    """How many, without the first one's name."""
    return news.partition(":")[0]


def _kept_out(counts: Mapping[str, int]) -> str:
    """What is off plan and not in the queue, by what keeps it out."""
    return " · ".join(f"{counts[sort]} {sort}" for sort in ("silenced", "folded", "snoozed") if counts[sort])
