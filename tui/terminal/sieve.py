"""What comes from the terminal, less what is no key: late answers to programs before this one, sequences that are torn
or that nobody asked for. Keys that are told in more detail than was asked for are told as ever.

Textual types what it does not know letter by letter, and ends the application with a key whose number is none. No
Textual here. Sequences are those of ECMA-48: control sequences (CSI) and strings (OSC, DCS, SOS, PM, APC).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final

PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
MOST_PASTED: Final = 10_000
"""Characters of one paste that are taken: no line holds as many."""
_CONTROL: Final = re.compile(r"\x1b\[[0-?]*[ -/]*([@-~])?")
_STRING_BEGINS: Final = re.compile(r"\x1b[\]PX^_]")
_STRING_ENDS: Final = re.compile(r"\x07|\x18|\x1a|\x1b\\?")
_DETAILED_KEY: Final = re.compile(r"\x1b\[(\d*)[\d:]*(?:;(\d*):?(\d*)[\d:]*)?(?:;([\d:]*))?([u~A-HPQS])")
"""A key of the Kitty protocol: its number and other numbers of it; modifiers and what happened to it; its text."""
_RELEASED: Final = "3"
_AWHILE: Final = 0.3
"""Seconds without a byte after which what was begun goes on no more: one answer comes in one piece, or nearly so."""
_LOST: Final = 1.0
"""Seconds without a byte after which an escape alone ends a paste."""
_WITH_ALT: Final = 2
"""Characters of a key with alt that could begin a sequence: the escape, and what it was pressed with."""


class Sieve:
    """Sifts a stream of characters, in whatever pieces it comes. Instants are seconds of one clock."""

    def __init__(self, is_known: Callable[[str], bool]) -> None:
        """`is_known` says whether a whole control sequence means something."""
        self._is_known = is_known
        self._held = ""
        """The beginning of something whose end has not come."""
        self._in_string = self._in_paste = False
        self._pasted = 0
        self._came_at = -math.inf

    def sift(self, data: str, now: float) -> str:
        """What of the next piece means something; a sequence of which the end is missing comes with its end."""
        silence, self._came_at = now - self._came_at, now
        if self._in_paste and silence > _LOST and data == "\x1b":
            # A person who sees no key do anything: the end of the paste was lost, or there was none.
            self._in_paste, self._held = False, ""
            return PASTE_ENDS + data
        if silence > _AWHILE and not self._in_paste:
            self._in_string, self._held = False, ""
        if "\x1b" not in data and not (self._held or self._in_string or self._in_paste):
            return data
        data, self._held = self._held + data, ""
        kept: list[str] = []
        place = 0
        while place < len(data):
            step = self._string if self._in_string else self._paste if self._in_paste else self._text
            found, place = step(data, place)
            kept.append(found)
        return "".join(kept)

    def given_up(self, now: float) -> str:
        """What was held back and is taken as it stands, since nothing follows: a key with alt."""
        if self._in_paste or not self._held or now - self._came_at <= _AWHILE:
            return ""
        held, self._held = self._held, ""
        was_string, self._in_string = self._in_string, False
        return held if len(held) == _WITH_ALT and not was_string else ""

    def _text(self, data: str, place: int) -> tuple[str, int]:
        """Text up to the next escape, or what begins there; and where it ends."""
        if data[place] != "\x1b":
            end = data.find("\x1b", place)
            return (data[place:], len(data)) if end < 0 else (data[place:end], end)
        if begin := _STRING_BEGINS.match(data, place):
            if begin.end() == len(data):
                self._held = begin[0]
            else:
                self._in_string = True
            return "", begin.end()
        if not (sequence := _CONTROL.match(data, place)):
            return data[place], place + 1
        if sequence[1] is None:
            # Torn, where nothing follows; else no sequence at all.
            self._held = sequence[0] if sequence.end() == len(data) else ""
            return "", sequence.end()
        if sequence[0] == PASTE_BEGINS:
            self._in_paste, self._pasted = True, 0
            return PASTE_BEGINS, sequence.end()
        return self._control(sequence[0]), sequence.end()

    def _control(self, sequence: str) -> str:
        """A whole control sequence in the form that is known; nothing where none is."""
        key = _DETAILED_KEY.fullmatch(sequence) if ":" in sequence else None
        if key is not None:
            number, modifiers, happened, text, last = key.groups(default="")
            if happened == _RELEASED:
                return ""
            sequence = f"\x1b[{number};{modifiers}" + (f";{text}" if text else "") + last
        return sequence if self._is_known(sequence) else ""

    def _string(self, data: str, place: int) -> tuple[str, int]:
        """Nothing of a string, and where it ends."""
        end = _STRING_ENDS.search(data, place)
        if end is None:
            return "", len(data)
        if end[0] == "\x1b" and end.end() == len(data):
            self._held = end[0]
            return "", len(data)
        self._in_string = False
        # What begins with the escape is looked at for itself.
        return "", end.start() if end[0] == "\x1b" else end.end()

    def _paste(self, data: str, place: int) -> tuple[str, int]:
        """What is pasted, up to its end or that of the piece; it begins no sequence of its own."""
        end = data.find(PASTE_ENDS, place)
        stop = end if end >= 0 else len(data) - _torn(data[place:])
        text = data[place : min(stop, place + MOST_PASTED - self._pasted)].replace("\x1b", "\ufffd")
        self._pasted += len(text)
        if end >= 0:
            self._in_paste = False
            return text + PASTE_ENDS, end + len(PASTE_ENDS)
        self._held = data[stop:]
        return text, len(data)


def _torn(data: str) -> int:
    """How many of the last characters may be the beginning of a paste's end."""
    return next((size for size in range(len(PASTE_ENDS) - 1, 0, -1) if data.endswith(PASTE_ENDS[:size])), 0)
