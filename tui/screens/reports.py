"""View 7, the handover brief, the metrics and the load: the same documents as `offplan report` with handover,
metrics, load."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final, NamedTuple

from textual.binding import BindingType
from textual.events import Resize
from textual.geometry import Size

from engine.desk import Desk
from engine.values.errors import BadInput, OffplanError
from engine.vocabulary.filters import instants
from tui.commands import handover, metrics, workload
from tui.desk.rereading import Rereading
from tui.desk.session import Session
from tui.keys import bindings
from tui.screens.list_view import ListView
from tui.screens.telling import Selection
from tui.terminal import cells
from tui.widgets.drawn_list import GUTTER
from tui.widgets.line_list import LineList
from tui.widgets.page_list import PageList
from tui.widgets.prompt import Prompt
from tui.widgets.question import Question
from tui.widgets.section_lines import section_lines
from tui.words.documents import Section


class _Report(NamedTuple):
    title: str
    since: str
    """The usual period; empty for what looks ahead."""
    ask: Callable[[Desk, int], Mapping[str, Any]]
    sections: Callable[[Mapping[str, Any], str], Sequence[Section]]


_DAYS: Final = 7
"""How far the load looks ahead, as its command does."""
_REPORTS: Final[Mapping[str, _Report]] = {
    "handover": _Report("Handover", "-12h", Desk.handover, lambda found, zone: list(handover.sections(found))),
    "metrics": _Report("Metrics", "-30d", Desk.metrics, lambda found, zone: list(metrics.sections(found, zone))),
    "load": _Report(
        "Load",
        "",
        lambda desk, since: desk.owner_load(_DAYS, workload.MOST_NAMED),
        lambda found, zone: list(workload.sections(found)),
    ),
}


def _asked(report: _Report, since: int, desk: Desk) -> Mapping[str, Any]:
    return report.ask(desk, since)


class ReportsScreen(ListView):
    """Documents, one at a time; worked out beside the screen's loop, as they read much."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "reports", "text", "everywhere")]
    scopes = ("list", "rows", "act", "reports", "text", "everywhere")
    titles = tuple(each.title for each in _REPORTS.values())

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._since = {name: each.since for name, each in _REPORTS.items()}
        self._found: dict[str, tuple[str, Sequence[Section]]] = {}
        """What was worked out of each report, and for which period."""
        self._rereading = Rereading()

    def panes(self) -> tuple[LineList, ...]:
        return tuple(PageList(id=name) for name in _REPORTS)

    def _arrange_for(self, size: Size) -> None:
        super()._arrange_for(size)
        self.add_class("-one-pane")

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._draw)

    def depends_on(self) -> Hashable:
        return tuple(self._since.values())

    def fill(self) -> None:
        self.run_worker(self._rereading.read(self._work_out), exit_on_error=False)
        self._draw()

    async def _work_out(self) -> None:
        for name, each in _REPORTS.items():
            try:
                now, asked = self.session.present.now, self._since[name]
                since = instants(asked, now, "since")[0] if asked else now
                found = await self.session.commands.run_aside(partial(_asked, each, since))
            except OffplanError as error:
                self.refuse(error)
                continue
            self._found[name] = asked, each.sections(found, self.session.present.zone)
            self._draw()

    def _draw(self) -> None:
        for pane in self.lists:
            name = str(pane.id)
            assert isinstance(pane, PageList)
            since = self._since[name]
            pane.title = _REPORTS[name].title + (f" since {since}" if since else f", {_DAYS} days")
            pane.note = f"offplan report {name}" + (f" --since {since}" if since else "")
            width = max(40, (pane.size.width or self.app.size.width - 2) - GUTTER)
            asked, sections = self._found.get(name, (None, ()))
            if asked != since:
                # Nothing of one period stands under the name of another.
                pane.when_empty, sections = ("It is being worked out.",), ()
            pane.show_lines(section_lines(sections, width))

    def selection(self) -> Selection:
        return Selection("")

    def target(self) -> str | None:
        pane = self.focused
        return pane.line.target if isinstance(pane, PageList) and pane.line is not None else None

    def step_back(self) -> bool:
        return self.stop_seeking()

    def action_since(self) -> None:
        self._ask(self._ask_since())

    async def _ask_since(self) -> None:
        pane = self.focused if self.focused in self.lists else self.lists[0]
        name = str(pane.id)
        if not self._since[name]:
            since = self.session.keys.first("since")
            self.say(f"the {name} looks ahead from now on; {since} is for what has passed")
            return
        await self.query_one(Prompt).ask(
            Question("since (-12h, -7d or a date)", self._since[name], accepts=lambda text: self._try_since(name, text))
        )

    def _try_since(self, name: str, text: str) -> bool:
        try:
            instants(text, self.session.present.now, "since")
        except BadInput as error:
            today = cells.local(self.session.present.now, self.session.present.zone)
            self.refuse(BadInput(error.place, error.fault, f"write -12h, -7d or a date such as {today:%Y-%m-%d}"))
            return False
        self._since[name] = text
        self.update()
        return True
