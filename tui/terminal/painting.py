"""How the application's screens reach the terminal: only cells that changed, and no frame that the link cannot carry.

Takes the place of one private method of Textual, the single place through which its compositor's updates reach the
driver. Where Textual is another one than this was written for, or anything fails here, Textual draws as ever.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import textual
from rich.console import COLOR_SYSTEMS
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen

from tui.terminal import device
from tui.terminal.cell_screen import CellScreen, Span
from tui.terminal.link import LinkDriver
from tui.terminal.mouse import MouseDriver
from tui.terminal.typed_bytes import read_carefully

WRITTEN_FOR: Final = "8.2.8"
"""The Textual whose private parts are used here and in tui.terminal.composing: App._display, its compositor with the
updates, its cache of styled lines, the codes on Rich's styles."""
PLAIN_OUTPUT: Final = "OFFPLAN_PLAIN_OUTPUT"
"""The variable that has Textual draw by itself."""
_LOOK_AGAIN: Final = 0.05
_LOOKS_TO_SILENCE: Final = 40


def is_plain() -> bool:
    """Whether Textual is to draw by itself."""
    return os.environ.get(PLAIN_OUTPUT) == "1" or _version() != WRITTEN_FOR


@cache
def _version() -> str:
    # Textual reads it out of its package's metadata each time.
    return textual.__version__


class PaintedApp(App[int]):
    """An application whose frames are diffs of cells."""

    _cells: CellScreen | None = None

    def __init__(self, *, ascii_only: bool = False, **options: Any) -> None:
        """`ascii_only`: whatever is drawn leaves as ASCII."""
        plain = is_plain()
        driver: type[Driver] = MouseDriver if plain else LinkDriver
        if ascii_only:
            from tui.terminal.plain_characters import PlainDriver, PlainLinkDriver

            driver = PlainDriver if plain else PlainLinkDriver
        read_carefully()
        super().__init__(driver_class=driver, **options)
        self.painting_fault: Exception | None = None
        """What went wrong here, since when Textual draws by itself; whoever runs the application tells it."""
        self._plain = plain
        self._waiting: asyncio.TimerHandle | None = None
        self._looks = 0
        self._size_seen: Size | None = None
        """The terminal's size when it was followed last."""

    @property
    def typed_at(self) -> float:
        """When a key came last, taken or not, in seconds of time.monotonic(); where Textual draws by itself nobody
        knows."""
        return self._driver.typed_at if isinstance(self._driver, LinkDriver) else -math.inf

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        driver = self._driver
        if (
            self._plain
            or self._batch_count
            or not (self._running and not self._closed)
            or not isinstance(driver, LinkDriver)
            or not isinstance(renderable, LayoutUpdate | ChopsUpdate)
        ):
            super()._display(screen, renderable)
            return
        try:
            self._screen_of_cells().lay(_spans(renderable))
            self.paint()
        except Exception as error:  # noqa: BLE001 - Textual's private parts are not what they were: it draws by itself
            self._paint_plainly(error)
        finally:
            self.post_display_hook()

    def paint(self) -> None:
        """Send what differs from what the terminal has, once it has room; until then the newest screen waits."""
        cells, driver = self._cells, self._driver
        if cells is None or not isinstance(driver, LinkDriver) or self._closed or self._plain:
            return
        if (cells.width, cells.height) != self.size:
            # Textual is about to lay everything out for the new size.
            return
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if not cells.pending and cursor == cells.cursor:
            return
        if not driver.has_room:
            if self._waiting is None:
                self._waiting = asyncio.get_running_loop().call_later(_LOOK_AGAIN, self._look_again)
            return
        self._looks = 0
        cells.has_sides = driver.has_sides is True
        frame = cells.frame(cursor)
        if frame:
            driver.send(f"{SYNC_START}{frame}{SYNC_END}" if self._sync_available else frame)

    def _look_again(self) -> None:
        self._waiting = None
        self._looks += 1
        if self._looks >= _LOOKS_TO_SILENCE and isinstance(self._driver, LinkDriver):
            self._looks = 0
            self._driver.link.silent()
        self.paint()

    def _screen_of_cells(self) -> CellScreen:
        width, height = self.size
        if self._cells is None or (self._cells.width, self._cells.height) != (width, height):
            colours = COLOR_SYSTEMS[self.console.color_system or "truecolor"]
            self._cells = CellScreen(width, height, colours)
        return self._cells

    def _paint_plainly(self, error: Exception) -> None:
        """Give the screen back to Textual for good."""
        self._plain, self.painting_fault, self._cells = True, error, None
        self.refresh(layout=True)

    def redraw(self) -> None:
        """Draw the whole screen anew, whatever the terminal shows: nothing is taken for shown already."""
        self.refresh(layout=True)
        if self._cells is not None:
            self._cells.forget()
            self.paint()

    def action_redraw(self) -> None:
        self.redraw()

    def follow_size(self) -> None:
        """Take the terminal's size where it has been another one than the screen's for two looks: of a storm of sizes,
        Textual misses the last one now and then."""
        size = Size(*device.size())
        if size != self.size and size == self._size_seen:
            self.post_message(Resize(size, size))
        self._size_seen = size

    def on_resize(self, event: Resize) -> None:
        # A terminal may have moved its text by itself, also where it came back to the size that it had.
        if self._cells is not None:
            self._cells.forget()
            self.paint()


def _spans(update: LayoutUpdate | ChopsUpdate) -> Iterator[Span]:
    """What an update draws, and where: what its `render_segments` chooses, in whole pieces.

    Cells beside what changed are what they were; cutting them off costs more than laying them again.
    """
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield x, y, strip
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x <= right and end > left:
                yield x, y, chop
