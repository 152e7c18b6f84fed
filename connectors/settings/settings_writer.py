"""Writing to `offplan.toml`: values as TOML, and sections at the end of the file; what stands there stays as it is."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from connectors.settings import settings_text
from connectors.settings.settings_file import checked
from connectors.settings.settings_text import content_of, opened
from engine.storage import locks, whole_file
from engine.values.errors import BadInput

_TRIES: Final = 50
_PAUSE: Final = 0.02
"""Seconds between two tries."""
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def append(path: Path, section: str) -> None:
    """Write a section to the end of a settings file; all before it stays, byte for byte.

    Raises BadInput when the file could not be loaded with it or cannot be written, and then leaves it as it is.
    """
    _rewrite(path, lambda content: content + _separator(content) + section.encode())


def put(path: Path, name: str, values: Mapping[str, Any] | None) -> None:
    """Write the table `[name]` in the place of the one that the file has, else to its end; None takes it out.

    All else stays, byte for byte. Raises BadInput as `append` does, and where there is no table to take out, though the
    file may say the same in other words.
    """
    section = b""
    if values is not None:
        lines = [f"[{name}]", *(f"{key(label)} = {toml(value)}" for label, value in values.items())]
        section = "".join(f"{line}\n" for line in lines).encode()

    def rewritten(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        place = _table(lines, name)
        if place is None and values is None:
            mend = "take it out there"
            raise BadInput(str(path), f"[{name}] is no table of its own there, and the file stays as it was", mend)
        if place is None:
            return content + _separator(content) + section
        return b"".join([*lines[: place.start], section, *lines[place.stop :]])

    _rewrite(path, rewritten)


def _table(lines: Sequence[bytes], name: str) -> range | None:
    """The lines of a table, without what stands before the next one: blank lines and remarks."""
    heads = [at for at, line in enumerate(lines) if line.lstrip().startswith(b"[")]
    wanted = _head(f"[{name}]")
    first = next((at for at in heads if _head(lines[at].decode("utf-8", "replace")) == wanted), None)
    if first is None:
        return None
    end = next((at for at in heads if at > first), len(lines))
    while end > first + 1 and lines[end - 1].strip()[:1] in (b"", b"#"):
        end -= 1
    return range(first, end)


def _head(line: str) -> Mapping[str, Any]:
    """The table that a line begins, in whatever quotes and with whatever remark; nothing for a line that begins
    none."""
    try:
        return settings_text.read(line)
    except (ValueError, RecursionError):
        return {}


def _separator(content: bytes) -> bytes:
    return b"" if not content else b"\n" if content.endswith(b"\n") else b"\n\n"


def _rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Put a changed content in the place of a file's, if it can be loaded: one that cannot stops every command. A link
    goes on pointing there. Raises BadInput."""
    with _alone(path):
        content = change(content_of(path))
        checked(path, content)
        try:
            whole_file.replace(path.resolve(), content, mode=None)
        except OSError as error:
            mend = "free some space, or see whether the folder may be written"
            raise BadInput(str(path), f"it cannot be written ({error.strerror}) and stays as it was", mend) from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While nobody else of ours reads the file to write it: of two desks that keep a view at once both views stay.

    Raises BadInput where somebody holds it for a second.
    """
    for _ in range(_TRIES):
        with opened(path) as file:
            # Where files have no locks nobody waits for another.
            if locks.taken(file) is not False and locks.stands_at(file, path, through_links=True):
                yield
                return
        time.sleep(_PAUSE)
    raise BadInput(str(path), "another process is writing it, and it stays as it was", "try again")


def rule(kind: str, match: Mapping[str, str], parameters: Mapping[str, float]) -> str:
    """A `[[rule]]` of tolerance as text."""
    lines = ["[[rule]]", f"kind = {toml(kind)}"]
    lines += [f"match = {toml(match)}"] if match else []
    lines += [f"{key(name)} = {toml(value)}" for name, value in parameters.items()]
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """A value as TOML: basic strings take JSON's escapes, except for DEL, which JSON leaves as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key(name)} = {toml(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, (int, float)):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """A key as TOML, in quotes where it needs them."""
    return name if _BARE_KEY.fullmatch(name) else toml(name)
