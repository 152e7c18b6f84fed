"""The settings file as text and as TOML, unchecked: what would take all memory to read is refused before it is read."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from engine.storage import regular_file
from engine.values.errors import BadInput

_LIMIT: Final = 1024 * 1024
_MOST_PARTS: Final = 32
"""A key of n parts costs the standard reader n² cells: one of 50,000, which is 100 kB of text, takes 10 GB."""
_PART: Final = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_LONG_KEY: Final = re.compile(rf"(?:^|[\[{{,])[ \t]*(?:{_PART}[ \t]*\.[ \t]*){{{_MOST_PARTS}}}", re.MULTILINE)


def read_document(path: Path) -> dict[str, Any]:
    """The file as TOML, unchecked. Raises BadInput when it cannot be read or is no TOML."""
    return document_of(path, content_of(path))


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """The file, open for reading. Raises BadInput."""
    if not os.path.lexists(path):
        raise BadInput(str(path), "there is no such file", "`offplan init` makes one")
    with regular_file.opened(path, through_links=True) as file:
        yield file


def content_of(path: Path) -> bytes:
    """What stands in the file; one byte more than it may have tells that there is more. Raises BadInput."""
    with opened(path) as file:
        return file.read(_LIMIT + 1)


def document_of(path: Path, content: bytes) -> dict[str, Any]:
    """What stands in the file at `path`, or is to stand there, as TOML, unchecked. Raises BadInput."""
    if len(content) > _LIMIT:
        raise BadInput(str(path), "it is larger than 1 MiB", "this is no settings file; name another")
    try:
        return read(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path}:{line}", "it is not UTF-8", "save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:  # Also of a number with more digits than Python reads.
        raise BadInput(str(path), f"it is not TOML: {error}", "mend that place; text stands in quotes") from None


def read(text: str) -> dict[str, Any]:
    """What a text says. Raises ValueError where it is no TOML or a key has more than 32 parts, and RecursionError."""
    if _LONG_KEY.search(text):
        raise ValueError(f"a key has more than {_MOST_PARTS} parts")
    return tomllib.loads(text)
