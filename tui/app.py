"""The application around the screens: its start, its heartbeat, its feeder, its end.

Everything that a person sees is a screen; everything that is true comes from the Desk.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar, Final

from textual.events import Resize

from engine.desk import Desk
from engine.values.errors import StoreUnusable
from engine.values.text import clean
from tui.desk.feeder_child import Feeder, FeederChild
from tui.desk.following import Following
from tui.desk.live import ASKS_PER_SECOND, Live, gap_of
from tui.desk.session import Session
from tui.keys.screen_options import DEFAULTS, ScreenOptions
from tui.screens.acting import ActingScreen
from tui.screens.desk import DeskScreen
from tui.screens.taking_keys import KeyTakingApp
from tui.terminal import device, theme
from tui.widgets.too_small import TooSmall, is_too_small

_FEEDER_SECONDS: Final = 5.0
_OVER: Final = object()


class OffplanApp(KeyTakingApp):
    """One desk on one terminal."""

    ENABLE_COMMAND_PALETTE = False
    CSS = theme.STYLE_SHEET
    TITLE = "offplan"
    BINDINGS: ClassVar = []

    def __init__(self, session: Session, *, feeder: Feeder | None = None, options: ScreenOptions = DEFAULTS) -> None:
        super().__init__(session, options.theme, ascii_only=options.ascii_only)
        self._draws_past_ascii = not options.ascii_only
        self.animation_level = "none"
        session.keys, session.rings = options.keys, options.bell
        self._feeder = None if feeder is None else FeederChild(feeder, session.desk)
        self._live = Live(
            session.desk.data_version, lambda: session.present.minute, gap_of(options.refreshes_per_second)
        )
        self._following = Following(self._turn, self._live.took)
        self._blind_looks = 0
        """Looks since the file could be read last."""
        self.fault: Exception | None = None
        """What nobody expected, and ended the desk."""

    def get_default_screen(self) -> DeskScreen:
        """The desk lies at the bottom of the stack: an empty screen below it would be painted first."""
        return DeskScreen(self.session)

    def on_mount(self) -> None:
        # After suspend plain Textual leaves the screen blank until something changes.
        self.app_resume_signal.subscribe(self, lambda _: self.redraw())
        # A screen that has come or gone takes the keys that were held back.
        self.screen_change_signal.subscribe(self, lambda _: self._go_on(), immediate=True)
        self.set_interval(1 / ASKS_PER_SECOND, self._look)
        if not self.is_headless:
            device.watch_for_the_end(self._end)
            if self._draws_past_ascii:
                self.call_after_refresh(self._warn)
            self.call_after_refresh(_spare_the_collector)
        if self._feeder is not None:
            self.call_after_refresh(self._feeder.tend)
            self.set_interval(_FEEDER_SECONDS, self._feeder.tend)

    def on_resize(self, event: Resize) -> None:
        for screen in self.screen_stack:
            for cover in screen.query(TooSmall):
                cover.display = is_too_small(event.size)
                cover.refresh()

    # the heartbeat, the feeder, the end -----------------------------------------------------------------------------

    def _handle_exception(self, error: Exception) -> None:
        # Textual prints the variables of every frame, which are the desk's data; `run` says one sentence instead.
        self.fault = self.fault or error
        self._return_code = 1
        if self._exception is None:
            # A test that drives the screen hears of it.
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _end(self, code: int) -> None:
        self.exit(code, return_code=code)

    def _warn(self) -> None:
        warning = device.warning(sys.__stdout__.encoding if sys.__stdout__ is not None else None)
        if warning is not None and isinstance(self.screen, ActingScreen):
            self.screen.say(warning, "warning")

    def _look(self) -> None:
        """Twenty times a second: has anybody written, or has a minute passed?"""
        # While the desk closes its widgets go one by one, and the clock may still tick.
        if not self.is_running:
            return
        if not self.is_headless:
            self.follow_size()
        screen = self.screen
        if self._following.is_under_way or not isinstance(screen, ActingScreen):
            return
        # One that has just been opened has nothing on it yet to say anything in.
        if not screen.is_mounted:
            return
        try:
            due = self._live.ask()
        except StoreUnusable as fault:
            screen.lose_sight(fault)
            return
        # What could not be read is tried again each second.
        self._blind_looks = 0 if self.session.blind_since is None else self._blind_looks + 1
        if due or self._blind_looks % ASKS_PER_SECOND == 1:
            self._following.begin(self._pieces(screen))

    def _pieces(self, screen: ActingScreen) -> Iterator[None]:
        """What brings a screen up to date, as long as it is in front: it may be gone before the first piece."""
        pieces = screen.follow()
        try:
            while self.is_running and screen is self.screen:
                if next(pieces, _OVER) is _OVER:
                    return
                yield
        except Exception as error:  # noqa: BLE001 - as Textual does with what its own timers call
            self._handle_exception(error)

    def close(self, say: Callable[[str], None] = lambda _: None) -> None:
        """End what this desk began: its feeder, its connections. What became of a command that the person did not wait
        for is said."""
        if self._feeder is not None:
            self._feeder.end()
        self.session.close(say)


def _spare_the_collector() -> None:
    """Have what a desk begins with looked through by no garbage collection: each would hold up a key for 30 ms."""
    gc.freeze()
    gc.enable()


def run(
    desk_factory: Callable[[], Desk],
    *,
    feeder: Feeder | None = None,
    readonly: bool = False,
    options: ScreenOptions = DEFAULTS,
    workspace: Path | None = None,
) -> int:
    """Open the desk on this terminal and return the exit code.

    `desk_factory` makes a Desk on a connection of its own each time; it is called once here and once in the thread
    that writes. `feeder` starts the feeder process; it is called after the first paint, and only while nobody holds
    the lease. `options` are its looks, `workspace` is the folder around its file. Raises OffplanError when the file
    cannot be used, before the screen is touched.
    """
    fault = device.fault(os.environ, is_terminal=sys.stdin.isatty() and sys.stdout.isatty())
    if fault is not None:
        print(f"offplan: {fault}", file=sys.stderr)
        return 2
    app = OffplanApp(Session(desk_factory, readonly=readonly, workspace=workspace), feeder=feeder, options=options)
    try:
        result = app.run(mouse=options.mouse)
    finally:
        app.close(_say)
    if app.painting_fault is not None:
        from tui.terminal import crash

        said = crash.report(
            app.painting_fault, "kept lines from being drawn the short way", "from then on all was drawn the long way"
        )
        print(f"offplan: {said}", file=sys.stderr)
    if app.fault is not None:
        from tui.terminal import crash

        print(f"offplan: {crash.report(app.fault)}", file=sys.stderr)
        return 1
    return result if result is not None else app.return_code or 0


def _say(sentence: str) -> None:
    """One line where the screen was; the terminal may be gone."""
    with contextlib.suppress(OSError):
        print(f"offplan: {clean(sentence)}", file=sys.stderr, flush=True)
