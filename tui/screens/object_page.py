"""What every page of one object is: its lines under the header, the way back, and where `enter` leads."""

from __future__ import annotations

from abc import abstractmethod

from textual.app import ComposeResult
from textual.events import Resize

from tui.screens import frame
from tui.screens.finding import FindingScreen
from tui.widgets.drawn_list import GUTTER
from tui.widgets.page_list import PageList
from tui.widgets.too_small import is_too_small


class ObjectPage(FindingScreen):
    """The base of the pages; a subclass reads its object (`pieces`) and draws it (`draw`)."""

    def compose(self) -> ComposeResult:
        yield from frame.head(self.session)
        yield from self.parts()
        yield from frame.foot(self.session, self.app.size)

    def parts(self) -> ComposeResult:
        """What stands between the header and the prompt."""
        page = PageList(id="page")
        page.title = self.place
        yield page

    # Textual calls the handlers of a subclass as well as these.

    def on_mount(self) -> None:
        self.set_focus(self.page)

    def on_resize(self, event: Resize) -> None:
        # Under the note that the terminal is too small it stays as it is, line by line.
        if not is_too_small(event.size):
            self.call_after_refresh(self.draw)

    @abstractmethod
    def draw(self) -> None:
        """Show what was read in the width that there is; nothing before anything was read."""

    @property
    def page(self) -> PageList:
        return self.query_one("#page", PageList)

    @property
    def lines_width(self) -> int:
        """Cells that a line of the page may take."""
        # Before the first layout as wide as it will be, so that nothing is drawn twice.
        return max(40, (self.page.size.width or self.app.size.width - 2) - GUTTER)

    def target(self) -> str | None:
        return self.page.line.target if self.page.line is not None else None

    def action_next_pane(self, step: int) -> None:
        """To the next heading, and round."""
        self.page.go_to_next_section(step)

    def action_back(self) -> None:
        if not self.stop_seeking():
            self.app.pop_screen()

    def action_leave(self) -> None:
        self.app.pop_screen()
