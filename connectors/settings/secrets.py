"""Secrets of a source: where they come from, and a value that does not show itself.

A secret is named in offplan.toml, never written there: `env:NAME` is an environment variable, `file:PATH` a file of
ours that nobody else can read. A word before it stays (`Bearer env:ERP_TOKEN`). Whoever sends a secret calls `reveal`;
every other way of printing it shows `•••`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from engine.storage import regular_file
from engine.values.errors import BadInput

LIMIT: Final = 64 * 1024
"""Bytes that a secret's file may have."""

SECRET_HEADERS: Final = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "x-api-key",
        "api-key",
        "apikey",
        "x-auth-token",
        "x-access-token",
    }
)
"""Headers whose value is a secret, so that a plain value in offplan.toml is refused."""

_REFERENCE: Final = re.compile(r"(?:(?P<word>[A-Za-z][\w-]*) )?(?P<kind>env|file):(?P<name>.+)", re.DOTALL)
_MASK: Final = "•••"


class Secret:
    """Text that neither `str`, `repr`, `format` nor a traceback's locals print."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return _MASK


def is_reference(value: str) -> bool:
    """Whether a setting names a secret (`env:NAME`, `file:PATH`) instead of being a plain value."""
    return _REFERENCE.fullmatch(value) is not None


def resolve(value: str, place: str, *, folder: Path, environment: Mapping[str, str] = os.environ) -> Secret:
    """The secret that a setting names; a relative path starts at `folder`, where offplan.toml is.

    Raises BadInput, naming `place`, when the variable is not set, the file is not ours alone, or the value cannot
    stand in a header.
    """
    found = _REFERENCE.fullmatch(value)
    if found is None:
        raise BadInput(place, "this names no secret", 'write "env:NAME" or "file:PATH"')
    word, kind, name = found["word"], found["kind"], found["name"]
    text = _from_environment(name, place, environment) if kind == "env" else _from_file(folder / name, place)
    text = text.strip()
    if not text:
        raise BadInput(place, f"{kind}:{name} is empty", "put the secret there")
    if not text.isascii() or not text.isprintable():
        raise BadInput(place, f"{kind}:{name} holds characters that no header can carry", "put one line of ASCII there")
    return Secret(f"{word} {text}" if word else text)


def header(name: str, value: str, place: str, *, folder: Path) -> Secret:
    """The value of one header as offplan.toml gives it, plain or by reference.

    Raises BadInput where a header that carries a secret has it in plain text.
    """
    if is_reference(value):
        return resolve(value, place, folder=folder)
    if name.lower() in SECRET_HEADERS:
        raise BadInput(place, "a secret stands in the settings file", 'move it out and write "env:NAME" or "file:PATH"')
    if not value.isascii() or not value.isprintable():
        raise BadInput(place, "the value cannot stand in a header", "write one line of ASCII")
    return Secret(value)


def _from_environment(name: str, place: str, environment: Mapping[str, str]) -> str:
    try:
        return environment[name]
    except KeyError:
        raise BadInput(
            place, f"the environment variable {name} is not set", "set it where offplan is started"
        ) from None


def _from_file(path: Path, place: str) -> str:
    try:
        with regular_file.opened(path) as file:
            fault = _not_ours_alone(os.fstat(file.fileno()), path)
            text = b"" if fault else file.read(LIMIT)
    except BadInput as error:
        raise BadInput(place, f"{error.place}: {error.fault}", error.mend) from None
    if fault is not None:
        raise BadInput(place, *fault)
    return text.decode("utf-8", "replace")


def _not_ours_alone(found: os.stat_result, path: Path) -> tuple[str, str] | None:
    """Why a file cannot hold a secret, with the mend."""
    if found.st_uid != os.geteuid():
        return f"{path} belongs to somebody else", "copy the secret into a file of your own"
    if stat.S_IMODE(found.st_mode) & 0o077:
        return f"others can read or write {path}", f"run: chmod 600 {path}"
    if found.st_size > LIMIT:
        return f"{path} has {found.st_size} bytes", f"a secret has at most {LIMIT}"
    return None
