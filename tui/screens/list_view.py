"""The frame that the views of lists share: header, panes, prompt, status and keys, for every size of a terminal.

A view says which panes it has and how they are filled. Where a terminal is small the panes become tabs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Iterator
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget

from tui.desk.session import Session
from tui.keys import bindings
from tui.screens import frame, views
from tui.screens.filtering import FilteringScreen
from tui.widgets.footer import TabLine
from tui.widgets.line_list import LineList

_TABS_BELOW: Final = 30
"""Lines of a terminal below which one pane is shown at a time."""
_COMPLETED: Final = 2_000
"""Ids of a list, from its top, that a typed line may complete."""


class ListView(FilteringScreen):
    """The base of the views beside the desk."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "view", "everywhere")]
    scopes: tuple[str, ...] = ("list", "rows", "act", "view", "everywhere")
    titles: ClassVar[tuple[str, ...]] = ()
    """What the tabs say where the panes become tabs, pane by pane."""
    follows_signals: ClassVar[bool] = False
    """Whether a signal that moves nothing changes what is shown."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.lists = self.panes()
        self._entry: int | None = None
        """The last entry of the journal that is on the screen."""
        self._wanted: Hashable = None

    @abstractmethod
    def panes(self) -> tuple[LineList, ...]:
        """The lists of the view, made once, from top to bottom."""

    @abstractmethod
    def fill(self) -> None:
        """Show in every pane what there is now. May raise OffplanError."""

    def between(self) -> tuple[Widget, ...]:
        """What stands below the first pane besides the others."""
        return ()

    def compose(self) -> ComposeResult:
        self._arrange_for(self.app.size)
        yield from frame.head(self.session)
        yield TabLine(self.titles, self.session.keys.of("next_pane"))
        yield self.lists[0]
        yield from self.between()
        yield from self.lists[1:]
        yield from frame.foot(self.session, self.app.size)

    def on_mount(self) -> None:
        self.bring_to_front(self.lists[0])
        self.update()

    def on_resize(self, event: Resize) -> None:
        self._arrange_for(event.size)

    def _arrange_for(self, size: Size) -> None:
        self.set_class(size.height < _TABS_BELOW and len(self.lists) > 1, "-one-pane")

    def depends_on(self) -> Hashable:
        """What the view shows a list of: as long as that is the same, and nothing was done, it is not asked for
        anew."""
        return tuple(self.filters.items())

    def pieces(self) -> Iterator[None]:
        entry, done = self.session.desk.done_since(self._entry)
        wanted = self.session.present.minute, self.depends_on()
        if self.follows_signals or done or wanted != self._wanted:
            yield from self._fill()
        # Also where the list is as it was: what was announced may have been looked at elsewhere.
        self.show_header()
        # Only now: what could not be read is read again.
        self._entry, self._wanted = entry, wanted

    def _fill(self) -> Iterator[None]:
        yield from self.read_header()
        present = self.session.present
        for pane in self.lists:
            if pane.present.minute != present.minute:
                pane.refresh()
            pane.present = present
        self.fill()

    def bring_to_front(self, pane: LineList) -> None:
        for each in self.lists:
            each.set_class(each is pane, "-in-front")
        self.query_one(TabLine).choose(self.lists.index(pane))
        super().bring_to_front(pane)

    def choose_tab(self, index: int) -> None:
        self.bring_to_front(self.lists[index])

    def action_next_pane(self, step: int) -> None:
        if len(self.lists) == 1:
            self.say("this view has one pane", keep=False)
            return
        place = self.lists.index(self.focused) if self.focused in self.lists else 0
        self.bring_to_front(self.lists[(place + step) % len(self.lists)])

    def candidates(self) -> list[str]:
        return [
            pane.id_of(number) for pane in self.lists if pane.kind for number in pane.ids[:_COMPLETED] if number >= 0
        ]

    def action_back(self) -> None:
        if not self.step_back():
            self.action_leave()

    def action_leave(self) -> None:
        views.go(self.app, self.session, views.DESK)
