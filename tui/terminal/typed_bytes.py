"""How bytes from the terminal become keys: what is no UTF-8, or no key, is left out.

Textual ends the application with the first byte that is no UTF-8 (text of another encoding, keys with the eighth bit
set) and with some sequences, and types others letter by letter.
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from textual import _xterm_parser
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.message import Message

from tui.terminal.device import MOST_CELLS
from tui.terminal.sieve import Sieve

_OLD_MOUSE: Final = "\x1b[M"
"""Three characters follow, which Textual takes with it."""
_MODIFIERS: Final = frozenset(
    [f"{side}_{key}" for side in ("left", "right") for key in ("shift", "control", "alt", "super", "hyper", "meta")]
    + ["iso_level3_shift", "iso_level5_shift", "caps_lock", "scroll_lock", "num_lock"]
)
"""What means nothing by itself; of terminals with the Kitty protocol Textual asks to be told of it all the same."""


def read_carefully() -> None:
    """Have Textual read a replacement character, which no key is, for what is no UTF-8; and nothing that is no key."""
    linux_driver.getincrementaldecoder = _forgiving  # type: ignore[attr-defined, assignment]
    linux_driver.XTermParser = _CarefulParser  # type: ignore[attr-defined]


def _forgiving(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


class _CarefulParser(XTermParser):
    """Textual's parser, before which stands a sieve."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._sieve = Sieve(self._is_known)

    def feed(self, data: str) -> Iterable[Message]:
        # Nothing at all means the end to Textual, and only then.
        sifted = self._sieve.sift(data, time.monotonic()) if data else data
        if sifted or not data:
            yield from super().feed(sifted)

    def tick(self) -> Iterable[Message]:
        late = self._sieve.given_up(time.monotonic())
        if late:
            yield from super().feed(late)
        yield from super().tick()

    def parse_mouse_code(self, code: str) -> Message | None:
        """Places as cells: Textual takes them for pixels once a terminal has reported its size by itself."""
        self.mouse_pixels = False
        return super().parse_mouse_code(code)

    def _is_known(self, sequence: str) -> bool:
        """Whether Textual makes anything of a whole control sequence."""
        if sequence in _xterm_parser.SPECIAL_SEQUENCES or sequence == _OLD_MOUSE:
            return True
        if size := _xterm_parser._re_in_band_window_resize.fullmatch(sequence):
            return all(0 < int(cells.partition(":")[0]) <= MOST_CELLS for cells in size.groups()[:2])
        reports = (
            _xterm_parser._re_cursor_position, _xterm_parser._re_mouse_event, _xterm_parser._re_terminal_mode_response
        )  # fmt: skip
        if any(report.match(sequence) for report in reports):
            return True
        try:
            return any(event.key not in _MODIFIERS for event in self._sequence_to_key_events(sequence))
        except (ValueError, OverflowError):
            return False
