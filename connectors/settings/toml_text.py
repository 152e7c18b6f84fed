"""TOML from outside: what the standard reader would need all memory for is refused before it reads."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

_MOST_PARTS: Final = 32
"""A key of n parts costs the standard reader n² cells: one of 50,000, which is 100 kB of text, takes 10 GB."""
_PART: Final = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_LONG_KEY: Final = re.compile(rf"(?:^|[\[{{,])[ \t]*(?:{_PART}[ \t]*\.[ \t]*){{{_MOST_PARTS}}}", re.MULTILINE)


def read(text: str) -> dict[str, Any]:
    """What a text says. Raises ValueError where it is no TOML or a key has more than 32 parts, and RecursionError."""
    if _LONG_KEY.search(text):
        raise ValueError(f"a key has more than {_MOST_PARTS} parts")
    return tomllib.loads(text)
