"""What the environment says to Textual: which of its variables count for the desk.

Most are for who writes a program with it: other drivers, logs, keys that are pressed by themselves, pictures that end
it. Textual takes them as it is loaded, and stumbles over some values; this is done before. No Textual here.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

from engine.values.errors import BadInput

_ALL: Final = "TEXTUAL"
"""What the names of its variables begin with."""
_COLOURS: Final = "TEXTUAL_COLOR_SYSTEM"
_COLOUR_SYSTEMS: Final = ("auto", "standard", "256", "truecolor")
_COUNT: Final = (_COLOURS, "TEXTUAL_DISABLE_KITTY_KEY")
"""What a terminal may need: fewer colours, or keys told the old way."""
_WAIT: Final = "ESCDELAY"
"""Milliseconds in which what follows `esc` is part of a sequence; of curses, and read by Textual too."""
_LONGEST_WAIT: Final = 10_000


def settle(environment: MutableMapping[str, str]) -> None:
    """Take out of the environment what does not count. Raises BadInput for colours that there are not."""
    for name in [name for name in environment if name == _ALL or name.startswith(f"{_ALL}_")]:
        if name not in _COUNT or not environment[name]:
            del environment[name]
    colours = environment.get(_COLOURS, _COLOUR_SYSTEMS[0])
    if colours not in _COLOUR_SYSTEMS:
        raise BadInput(
            _COLOURS, f"{colours!r} is no set of colours", f"choose {', '.join(_COLOUR_SYSTEMS)}, or unset it"
        )
    if not _is_wait(environment.get(_WAIT, "0")):
        del environment[_WAIT]


def _is_wait(text: str) -> bool:
    """Whether this is a number of milliseconds that a person would wait."""
    return text.isdecimal() and len(text) <= len(str(_LONGEST_WAIT)) and int(text) <= _LONGEST_WAIT
