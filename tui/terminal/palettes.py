"""What the sixteen colours of tui.terminal.theme look like: the terminal's own, or one of these for everybody's eyes.

Only colours change with a palette. Shapes and letters carry the meaning everywhere, so each can be read without any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.terminal_theme import TerminalTheme

TERMINAL: Final = "terminal"
"""The terminal's own colours, as its owner chose them: the default, and under NO_COLOR the only one."""


def _palette(paper: str, ink: str, quiet: str, bad: str, good: str, warning: str, notice: str) -> TerminalTheme:
    """The colours that tui.terminal.theme uses by name, each as red, green and blue in hexadecimal; the others are
    as the ink."""
    by_number = {1: bad, 2: good, 3: warning, 6: notice}
    normal = [_rgb(by_number.get(number, ink)) for number in range(8)]
    bright = [_rgb(quiet if number == 0 else by_number.get(number, ink)) for number in range(8)]
    return TerminalTheme(_rgb(paper), _rgb(ink), normal, bright)


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


PALETTES: Final[Mapping[str, TerminalTheme | None]] = {
    TERMINAL: None,
    "dark": _palette("1c1c1c", "d0d0d0", "9a9a9a", bad="ff7b72", good="87d787", warning="e5c07b", notice="5fd7d7"),
    "light": _palette("ffffff", "1a1a1a", "5f5f5f", bad="b00020", good="00661a", warning="7a5200", notice="00607a"),
    "high-contrast": _palette(
        "000000", "ffffff", "d0d0d0", bad="ff9090", good="80ff80", warning="ffff00", notice="00ffff"
    ),
    # Okabe and Ito (2008): told apart with protanopia and deuteranopia.
    "red-green": _palette("1c1c1c", "d0d0d0", "9a9a9a", bad="e8702a", good="56b4e9", warning="f0e442", notice="f4d2ea"),
    # Told apart with tritanopia, where blue is as green and yellow as violet.
    "blue-yellow": _palette(
        "1c1c1c", "d0d0d0", "9a9a9a", bad="ff6b6b", good="2fd6c4", warning="ffc8c8", notice="b8b8b8"
    ),
}
"""Palettes by the name that settings give them."""
