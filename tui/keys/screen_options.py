"""What a person chooses about the screen: `[screen]` and `[keys]` of offplan.toml, which the environment overrules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.values.errors import BadInput
from tui.keys import key_map
from tui.keys.key_map import KeyMap
from tui.terminal.palettes import PALETTES, TERMINAL

_THEME: Final = "OFFPLAN_THEME"
_REFRESHES: Final = "OFFPLAN_REFRESHES_PER_SECOND"
_CHARACTERS: Final = "OFFPLAN_CHARACTERS"
_MOUSE: Final = "OFFPLAN_MOUSE"
_AUTO: Final = "auto"
_CHOICES: Final = (_AUTO, "utf-8", "ascii")
_YES_OR_NO: Final = {"true": True, "1": True, "false": False, "0": False}
_LOCAL: Final = 10.0
_OVER_SSH: Final = 2.0
MOST: Final = 20.0


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """The colours, how often a second the screen follows what others write, the keys, what lines are drawn with, the
    bell, the mouse."""

    theme: str = TERMINAL
    refreshes_per_second: float = _LOCAL
    keys: KeyMap = field(default_factory=KeyMap)
    ascii_only: bool = False
    bell: bool = False
    """Whether the terminal's bell rings when a deviation is announced."""
    mouse: bool = False
    """Whether clicks and the wheel mean something here; what a terminal does with them by itself is gone then."""


DEFAULTS: Final = ScreenOptions()


def read(
    table: Mapping[str, Any], place: str, environment: Mapping[str, str], moved: Mapping[str, Any] | None = None
) -> ScreenOptions:
    """The options of `[screen]` in the file `place`, over SSH with fewer refreshes by default; `moved` is its `[keys]`.

    Raises BadInput.
    """
    theme, where = table.get("theme", TERMINAL), f"{place}, screen.theme"
    if environment.get(_THEME):
        theme, where = environment[_THEME], _THEME
    if theme not in PALETTES:
        raise BadInput(where, f"{theme!r} is no theme", f"choose {', '.join(PALETTES)}")
    default = _OVER_SSH if environment.get("SSH_CONNECTION") else _LOCAL
    wanted, where = table.get("refreshes_per_second", default), f"{place}, screen.refreshes_per_second"
    if environment.get(_REFRESHES):
        wanted, where = environment[_REFRESHES], _REFRESHES
    try:
        refreshes = float(wanted)
    except (TypeError, ValueError):
        refreshes = 0.0
    if not 0 < refreshes <= MOST:
        raise BadInput(where, f"{wanted!r} is not how often a second", f"write a number up to {MOST:g}")
    characters, where = table.get("characters", _AUTO), f"{place}, screen.characters"
    if environment.get(_CHARACTERS):
        characters, where = environment[_CHARACTERS], _CHARACTERS
    if characters not in _CHOICES:
        raise BadInput(where, f"{characters!r} is nothing to draw with", f"choose {', '.join(_CHOICES)}")
    ascii_only = _says_no_utf8(environment) if characters == _AUTO else characters == "ascii"
    bell = _yes_or_no(table.get("bell", False), f"{place}, screen.bell")
    mouse = _yes_or_no(table.get("mouse", False), f"{place}, screen.mouse")
    if environment.get(_MOUSE):
        mouse = _yes_or_no(_YES_OR_NO.get(environment[_MOUSE], environment[_MOUSE]), _MOUSE)
    return ScreenOptions(theme, refreshes, key_map.read(moved or {}, place), ascii_only, bell, mouse)


def _yes_or_no(wanted: Any, where: str) -> bool:
    if not isinstance(wanted, bool):
        raise BadInput(where, f"{wanted!r} is neither yes nor no", "write true or false")
    return wanted


def _says_no_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the locale that a person has set knows no UTF-8; one that is not set at all says nothing.

    Python puts C.UTF-8 in LC_CTYPE where LANG is C, so that alone says nothing either.
    """
    category = environment.get("LC_CTYPE", "")
    said = environment.get("LC_ALL") or ("" if category == "C.UTF-8" else category) or environment.get("LANG", "")
    return bool(said) and "utf" not in said.lower()
