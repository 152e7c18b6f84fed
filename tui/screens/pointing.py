"""What the mouse means on any screen: a row, a tab, a key that is shown; and the wheel.

All of it can be done by keys. Nothing that is drawn carries an action of its own: what lies under the pointer is asked
by its place, so that no text from outside can be clicked into doing something.
"""

from __future__ import annotations

from typing import Any, Final

from textual.app import App
from textual.errors import NoWidget
from textual.events import Key, MouseDown, MouseEvent, MouseScrollDown, MouseScrollUp
from textual.keys import _character_to_key
from textual.screen import Screen

from tui.screens.acting import ActingScreen
from tui.screens.telling import TellingScreen
from tui.widgets.footer import TabLine
from tui.widgets.line import Line
from tui.widgets.line_list import LineList

_ROWS: Final = 3
"""How far a notch of the wheel scrolls."""


def key_named(name: str) -> Key:
    """The event of a key that the table of keys names."""
    return Key(_character_to_key(name), name) if len(name) == 1 else Key(name, None)


class Pointer:
    """The mouse before one application.

    A row is opened by a second click on it, however long after the first: over a slow link two clicks arrive as far
    apart as it likes. The first one only goes there, also where the cursor is already; a key between them counts it
    anew.
    """

    def __init__(self) -> None:
        self._clicked: tuple[LineList, int] | None = None

    def forget(self) -> None:
        """The next click is a first one."""
        self._clicked = None

    async def take(self, app: App[Any], event: MouseEvent) -> Key | None:
        """Do what a click or the wheel means where it was; where that is a key that is shown, answer the key.

        A screen that is not ready for it lets it pass.
        """
        screen, clicked = app.screen, self._clicked
        self.forget()
        typed_in = False
        if isinstance(screen, ActingScreen):
            if not (screen.is_mounted and screen.takes_keys):
                return None
            typed_in = screen.is_typed_in
            if not typed_in:
                screen.jump_by(None)
                screen.forget_refusal()
        try:
            widget, region = screen.get_widget_at(int(event.x), int(event.y))
        except NoWidget:
            return None
        inside = event.offset - region.offset
        if isinstance(event, MouseScrollUp | MouseScrollDown):
            if isinstance(widget, LineList) and not typed_in:
                widget.roll(-_ROWS if isinstance(event, MouseScrollUp) else _ROWS)
        elif not isinstance(event, MouseDown) or event.button != 1 or event.shift or event.meta or event.ctrl:
            return None
        elif isinstance(widget, Line) and (key := widget.key_at(inside.x)) is not None:
            return key_named(key)
        elif typed_in:
            # Whatever else it was, the line is left by its own keys: letters would be commands then.
            return None
        elif isinstance(widget, TabLine) and isinstance(screen, TellingScreen):
            if (index := widget.tab_at(inside.x)) is not None:
                screen.choose_tab(index)
        elif isinstance(widget, LineList):
            await self._click(app, screen, widget, widget.index_at(inside.y - widget.gutter.top), clicked)
        return None

    async def _click(
        self, app: App[Any], screen: Screen[Any], pane: LineList, index: int | None, before: tuple[LineList, int] | None
    ) -> None:
        """Go to a row, or to its pane alone, or open the row that was clicked before."""
        if isinstance(screen, TellingScreen):
            screen.bring_to_front(pane)
        elif isinstance(screen.focused, LineList):
            screen.set_focus(pane)
        if index is None:
            return
        clicked = pane, pane.ids[index]
        pane.go_to(index)
        if clicked != before:
            self._clicked = clicked
        else:
            await app.run_action("open", screen)
