"""A deviation's page: what happened, what it compares, what it hits, why it ranks here, the response, the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize, ScreenResume

from tui.desk.session import Session
from tui.keys import bindings
from tui.screens import deviation_sections
from tui.screens.deviation_sections import SECTIONS
from tui.screens.object_page import ObjectPage
from tui.screens.telling import Selection
from tui.widgets.footer import TabLine
from tui.widgets.line_list import LineList
from tui.widgets.page_list import PageLine, PageList
from tui.widgets.too_small import is_too_small

_BEAT: Final = 3.0
"""Seconds after which an open page says again that it is open."""
_TABS_BELOW: Final = 30
"""Lines of a terminal below which one section is shown at a time."""


class DeviationPage(ObjectPage):
    """Acts on the action under the cursor, and everywhere else on the deviation."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "page", "text", "everywhere")]
    scopes = ("list", "rows", "act", "page", "text", "everywhere")

    def __init__(
        self,
        session: Session,
        deviation: str,
        *,
        at: str | None = None,
        section: str | None = None,
        read: Mapping[str, Any] | None = None,
    ) -> None:
        """`at` is an action to put the cursor on, `section` one of SECTIONS, `read` what `Desk.show` said just now."""
        super().__init__(session)
        self._deviation = self.place = deviation
        self._read = read
        self._at = at
        self._section = section or ("Response" if at else SECTIONS[0])
        self._wanted: str | None = None if at else section
        self._detail: dict[str, Any] | None = None
        self._whole: Sequence[PageLine] = ()
        """All sections, of which a small screen shows one."""
        self._in_numbers = False
        """Whether numbers stand in place of pictures."""

    def parts(self) -> ComposeResult:
        yield TabLine(SECTIONS, self.session.keys.of("next_pane"))
        yield from super().parts()

    def on_mount(self) -> None:
        self.set_class(self.app.size.height < _TABS_BELOW, "-tabs")
        self._be_present()
        self.set_interval(_BEAT, self._be_present)

    def _be_present(self) -> None:
        """Say that this page is open, and see who else has it open."""
        # Under another page the person is not here; the page on top speaks for them, or nobody.
        if not self.is_current:
            return
        session, desk = self.session, self.session.desk
        desk.say_open(session.token, self._deviation)
        others = desk.who_has_open(session.token, self._deviation)
        title = f"{self._deviation}, also open: {', '.join(others)}" if others else self._deviation
        if title != self.page.title:
            self.page.title = title
            self.page.describe()

    def on_screen_resume(self, event: ScreenResume) -> None:
        # Textual calls that of TellingScreen as well, which reads the page.
        self._be_present()

    def on_screen_suspend(self) -> None:
        self.session.desk.say_open(self.session.token, None)

    def on_unmount(self) -> None:
        self.session.desk.say_open(self.session.token, None)

    def on_resize(self, event: Resize) -> None:
        if is_too_small(event.size):
            return
        small = event.size.height < _TABS_BELOW
        if small != self.has_class("-tabs") and self._detail is not None:
            # What is read stays in front, the action under the cursor under it.
            place, line = self._place(), self.page.line
            if place < 0 and self.has_class("-tabs"):
                # The cursor is in the head, above the section that was chosen.
                place = SECTIONS.index(self._section) or -1
            self._section = SECTIONS[max(0, place)]
            self._at = line.target if line is not None else None
            self._wanted = self._section if place >= 0 else None
        self.set_class(small, "-tabs")

    def pieces(self) -> Iterator[None]:
        session = self.session
        yield from self.read_header()
        session.see(self._deviation)
        self.show_header()
        session.changed.seen(self._deviation)
        shown, self._read = self._read or session.desk.show(self._deviation), None
        yield
        self._detail = {**shown, "pictures": session.desk.pictures(self._deviation), "in_numbers": self._in_numbers}
        yield
        self.page.present = session.present
        self.draw()

    def draw(self) -> None:
        if self._detail is None:
            return
        width = self.lines_width
        present = self.session.present
        self._whole = deviation_sections.sections(self._detail, width, present, self.session.keys.first("respond"))
        if self.has_class("-tabs"):
            self.query_one(TabLine).choose(SECTIONS.index(self._section))
            shown = set(self._shown_places())
            self.page.elsewhere = [line for place, line in enumerate(self._whole) if place not in shown]
        else:
            self.page.elsewhere = ()
        self.page.show_lines([self._whole[place] for place in self._shown_places()])
        self._go_where_wanted()

    def _shown_places(self) -> Sequence[int]:
        """Which lines of the whole page are on the screen."""
        if not self.has_class("-tabs"):
            return range(len(self._whole))
        return deviation_sections.part_of(self._whole, self._section)

    def text_of(self, pane: PageList) -> Sequence[PageLine]:
        return self._whole

    def place_in(self, pane: PageList) -> int:
        return self._shown_places()[pane.cursor] if self._whole else 0

    def go_to_place(self, pane: PageList, place: int) -> None:
        """To a line of the page, in the part where it is."""
        if place not in self._shown_places():
            above = [line.section for line in self._whole[: place + 1] if line.section is not None]
            self._section = above[-1]
            self.draw()
        pane.go_to(self._shown_places().index(place))

    def way_back(self, pane: PageList) -> Callable[[], None]:
        section, there = self._section, super().way_back(pane)

        def go_back() -> None:
            if section != self._section:
                self._section = section
                self.draw()
            there()

        return go_back

    def _go_where_wanted(self) -> None:
        """Once, after opening: to the action or the section that the page was opened for."""
        if self.page.size.width == 0:
            return
        if self._at is not None:
            targets = [line.target for line in self.page.lines]
            if self._at in targets:
                self.page.go_to(targets.index(self._at))
        elif self._wanted is not None:
            self.page.go_to_section(self._wanted)
        self._at = self._wanted = None

    def selection(self) -> Selection:
        action = self.action_in(self.page)
        if action is not None:
            return action
        if self._detail is None:
            return Selection("")
        return Selection("deviation", (self._deviation,), {self._deviation: self._detail["version"]}, (self._detail,))

    def shown_of(self, id_: str) -> Sequence[Mapping[str, Any]]:
        return [each for each in (self._detail or {}).get("actions", ()) if each["id"] == id_]

    def candidates(self) -> list[str]:
        actions = [] if self._detail is None else [action["id"] for action in self._detail["actions"]]
        return [self._deviation, *actions]

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        self.show_keys()

    def action_next_pane(self, step: int) -> None:
        place = SECTIONS.index(self._section) if self.has_class("-tabs") else self._place()
        self.choose_tab((place + step) % len(SECTIONS))

    def choose_tab(self, index: int) -> None:
        self._section = SECTIONS[index]
        if self.has_class("-tabs"):
            self.draw()
            # To what was asked for, the deviation's own lines above it staying where they fit.
            begins = (at for at, line in enumerate(self.page.lines) if line.section == self._section)
            self.page.go_to(next(begins, 0))
        else:
            self.page.go_to_section(self._section)

    def _place(self) -> int:
        """Which section the cursor is in; -1 above them all."""
        above = [line.section for line in self.page.lines[: self.page.cursor + 1] if line.section is not None]
        return SECTIONS.index(above[-1]) if above else -1

    def action_explain(self) -> None:
        self._section = "Explain"
        if self.has_class("-tabs"):
            self.draw()
        self.page.go_to_section("Explain")

    def action_numbers(self) -> None:
        """To the pictures; there, numbers in place of them, or pictures again."""
        here = self._section if self.has_class("-tabs") else SECTIONS[self._place()] if self._place() >= 0 else ""
        self._in_numbers ^= here == "Picture"
        self._section = "Picture"
        self.update()
        # All of it in sight, below its heading, also on a terminal that shows one section at a time.
        self.page.go_to_section("Picture")
