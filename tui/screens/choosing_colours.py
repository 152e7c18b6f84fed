"""Which palette to draw in, chosen on a screen that is drawn in each as the cursor comes to it."""

from __future__ import annotations

from typing import Final

from tui.keys.key_map import KeyMap
from tui.screens.pickers import Choice, Picker
from tui.terminal import theme
from tui.terminal.coloured import ColouredApp
from tui.terminal.palettes import PALETTES
from tui.terminal.safe import Pieces, fit

_SAMPLE: Final[Pieces] = (
    *((f"{shape} {name}  ", style) for name, (shape, style) in theme.SEVERITY.items()),
    ("✓ done  ", "good"),
    ("new  ", "notice"),
    ("quiet", "quiet"),
)
"""Of everything that has a colour a word."""


async def palette(app: ColouredApp, keys: KeyMap) -> str | None:
    """The name of the palette that was chosen; None, in the colours of before, where none was.

    Raises BadInput where there are no colours to choose.
    """
    before = app.palette
    app.use_palette(before)
    names = [before, *(name for name in PALETTES if name != before)]
    choices = [Choice(name, [(fit(name, 16), "bold"), *_SAMPLE]) for name in names]
    picker = Picker("Which colours? You see them as you go", choices, keys, seen=app.use_palette)
    chosen = await app.push_screen_wait(picker)
    if chosen is None:
        app.use_palette(before)
    return chosen
