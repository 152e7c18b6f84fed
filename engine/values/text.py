"""Text from outside: what makes it harmless, at ingest and again when it is drawn.

One character replaces one character where a person should see that something was there (controls, lone surrogates,
line separators, directional marks become U+FFFD); invisible format characters go, except the joiners and the soft
hyphen that ordinary words need. Markup is not text's business: front ends hand over objects, never marked-up strings.
"""

from __future__ import annotations

import re

LIMIT = 4096
"""Characters that one field keeps; what is longer ends in CUT."""
CUT = "…[cut]"

_REPLACED = "\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_DROPPED = "\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
_SPACE = "\t\n\r\x0b\x0c"
_SUSPECT = re.compile(f"[{_REPLACED}{_DROPPED}{_SPACE}]")
_REPLACE = re.compile(f"[{_REPLACED}]")
_DROP = re.compile(f"[{_DROPPED}]")
_TO_SPACE = re.compile(f"[{_SPACE}]")


def is_clean(text: str) -> bool:
    """Whether `clean` would leave the text as it is: the quick look that nearly every field passes."""
    # Of ASCII, exactly the unprintable characters are suspect, and that test is ten times as fast as the pattern.
    return len(text) <= LIMIT and (text.isprintable() if text.isascii() else _SUSPECT.search(text) is None)


def clean(text: str, limit: int | None = LIMIT) -> str:
    """One line of text that is safe in a terminal, a log and an export; at most `limit` characters and a visible mark,
    where there is a limit."""
    if limit is not None and len(text) > limit:
        text = text[:limit] + CUT
    if _SUSPECT.search(text) is None:
        return text
    return _REPLACE.sub("\ufffd", _DROP.sub("", _TO_SPACE.sub(" ", text)))


def shown(value: object) -> str:
    """A value that cannot be used, as the sentence that refuses it names it: as Python writes it, not too long."""
    try:
        return clean(repr(value))[:60]
    except RecursionError:
        # What a system answers may be lists in lists, so many that they can be read and not be written.
        return "what is nested too deep"
