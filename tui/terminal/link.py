"""The way to the terminal: how much of what was sent has not arrived yet, so that no frame is sent in vain.

Buffers between here and a terminal far away take far more than it can show, and tell nobody. So each frame ends with a
question that every terminal answers where it has read that far (DSR: where is the cursor). What is under way is what
was not answered. Nothing here knows what a frame is.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from textual.events import CursorPosition, Key, MouseEvent, Paste

from tui.terminal.cell_writer import SIDES_OFF, SIDES_ON
from tui.terminal.mouse import MouseDriver

if TYPE_CHECKING:
    from textual.message import Message

_QUESTION: Final = "\x1b[6n"
_COLUMN, _LINE = 2, 1
_ABOUT_SIDES: Final = f"{SIDES_ON}\x1b[1;{_COLUMN + 1}s\x1b[{_LINE + 1}H\x1b[9C{_QUESTION}{SIDES_OFF}"
"""Sets a margin and goes on to the right: a terminal that knows margins at the sides says that it stopped there."""
_MOST_UNDER_WAY: Final = 2_000
"""Bytes: at 20 kB/s a tenth of a second, at a round trip of 200 ms five full frames of a list."""
_SILENCES: Final = 5
"""How often in a row an answer may stay out before the terminal is taken for one that never answers."""
_LAST_ANSWERS: Final = 0.5
"""Seconds: whoever has the terminal after us would take a late answer for typed text."""


class Link:
    """What is under way, by the answers of the terminal. Asked by the loop, told by the thread that reads."""

    def __init__(self) -> None:
        self._sent: deque[int] = deque()
        self._silences = 0
        self._change = threading.Condition()
        self._answers = False
        """Whether the terminal is one that answers."""

    @property
    def has_room(self) -> bool:
        """Whether another frame would soon arrive. True for a terminal that was never heard to answer."""
        with self._change:
            return not self._answers or sum(self._sent) < _MOST_UNDER_WAY

    def sent(self, size: int) -> None:
        with self._change:
            self._sent.append(size)

    def answered(self) -> None:
        """The terminal has read one more frame to its end."""
        with self._change:
            self._answers, self._silences = True, 0
            if self._sent:
                self._sent.popleft()
            self._change.notify_all()

    def silent(self) -> None:
        """No answer came for a long time: what is under way may be lost, and with it its answer."""
        with self._change:
            self._sent.clear()
            self._silences += 1
            self._answers = self._answers and self._silences < _SILENCES

    def wait_for_answers(self, seconds: float) -> None:
        """Return when nothing is under way, or after `seconds`."""
        with self._change:
            self._change.wait_for(lambda: not self._answers or not self._sent, seconds)


class LinkDriver(MouseDriver):
    """Textual's driver, with frames that are counted."""

    def __init__(self, app: Any, **options: Any) -> None:
        """`app` is told of each answer by a call of its `paint`."""
        super().__init__(app, **options)
        self._arrived: Callable[[], object] = app.paint
        self.link = Link()
        self.has_sides: bool | None = None
        """Whether the terminal knows margins at the sides of a scroll region; None before it has answered."""
        self.typed_at = -math.inf
        """When a key or the mouse came last, in seconds of time.monotonic(); known before the loop hears of it."""

    @property
    def has_room(self) -> bool:
        """Whether a frame that is sent now would soon be seen."""
        writer = self._writer_thread
        return writer is not None and writer._queue.empty() and self.link.has_room

    def send(self, frame: str) -> None:
        """Send a frame and ask whether it has arrived."""
        self.link.sent(len(frame))
        self.write(frame + _QUESTION)

    def process_message(self, message: Message) -> None:
        if isinstance(message, CursorPosition):
            if self.has_sides is None:
                self.has_sides = (message.x, message.y) == (_COLUMN, _LINE)
            self.link.answered()
            self._loop.call_soon_threadsafe(self._arrived)
            return
        if isinstance(message, Key | Paste | MouseEvent):
            self.typed_at = time.monotonic()
        super().process_message(message)

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.has_sides = None
        self.link.sent(len(_ABOUT_SIDES))
        self.write(_ABOUT_SIDES)

    def disable_input(self) -> None:
        if not self.exit_event.is_set():
            # First of all: a click would be typed text to whoever has the terminal after us, as a late answer is.
            self._disable_mouse_support()
            self.link.wait_for_answers(_LAST_ANSWERS)
        super().disable_input()
