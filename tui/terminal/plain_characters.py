"""What the screen is drawn with where a terminal has no more than ASCII: every character in as many cells as before.

Applied where text leaves for the terminal, so no drawing code knows of it; sequences of the terminal are ASCII
themselves.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from rich.cells import cell_len

from tui.terminal.link import LinkDriver
from tui.terminal.mouse import MouseDriver

_SAME: Final = {
    "─┄╌━━–—−": "-", "│┃┫┤├▌▐": "|", "╭╮╰╯┌┐└┘┬┴┼": "+", "█▓▚╳": "#", "▒": "%", "░": ":", "▁▂▃▄": "_", "▅▆▇▀": "=",
    "▶▸›»→↗": ">", "◂◀←": "<", "▲": "^", "▼▾": "v", "●◔": "o", "○◌◇": ".", "◆✚": "*", "✓": "+", "✗✖×": "x", "▣⌂": "@",
    "‖": "=", "·…": ".", "✉": "m", "“”„": '"', "‘’‚": "'", "€": "E", "£": "L", "¥": "Y", "₹": "R", "±": "~", "§": "S", "÷": "/",
    "≤": "<", "≥": ">",
}  # fmt: skip


class _Table(dict[int, str]):
    """Characters to ASCII: letters without their accents; what has no likeness becomes a question mark for each of its
    cells."""

    def __missing__(self, code: int) -> str:
        if code < 128:
            return chr(code)
        cells = cell_len(chr(code))
        bare = "".join(each for each in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(each))
        made = bare if (len(bare), cells) == (1, 1) and bare.isascii() else "?" * cells
        self[code] = made
        return made


_TABLE: Final = _Table({ord(character): same for characters, same in _SAME.items() for character in characters})


def translated(text: str) -> str:
    """The text in ASCII, in as many cells."""
    return text if text.isascii() else text.translate(_TABLE)


class PlainLinkDriver(LinkDriver):
    """The driver of frames, for a terminal that has ASCII alone."""

    def write(self, data: str) -> None:
        super().write(translated(data))


class PlainDriver(MouseDriver):
    """Textual's own driver, for the same."""

    def write(self, data: str) -> None:
        super().write(translated(data))
