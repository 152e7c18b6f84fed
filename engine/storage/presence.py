"""Who has which object open at this moment: a small file for each open desk, in a folder beside the database.

Files for the reasons of engine.storage.lease: a heartbeat in the database would have every desk read its screen again.
A file that is not renewed lapses, and one whose process has ended on this machine counts no more at once. Times are the
machine's.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from engine.storage import drafts, whole_file
from engine.storage.lease import NOT_OURS, boot_id, is_gone, read
from engine.values.clock import SECOND

LASTS: Final = 10 * SECOND
"""How long a desk is taken for open after it last said so."""
_FORGOTTEN_AFTER: Final = 3600 * SECOND


class Presence:
    """What one desk says of itself, and what the others say. Nothing here raises for a folder that cannot be written:
    then nobody is seen, and all else goes on."""

    def __init__(self, database: Path, holder: str, actor: str) -> None:
        """`holder` is a random token of the process, free of anything that a file name cannot hold."""
        self._folder = database.with_name(f"{database.name}.present")
        self._holder, self._actor = holder, actor

    def say(self, now: int, about: str) -> None:
        """This desk has an object open."""
        said = {
            "actor": self._actor, "about": about, "host": socket.gethostname(), "pid": os.getpid(), "boot_id": boot_id(),
            "expires_at": now + LASTS,
        }  # fmt: skip
        path = self._folder / self._holder
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            whole_file.replace(path, json.dumps(said).encode(), durable=False)

    def leave(self) -> None:
        """This desk has nothing open any more."""
        with contextlib.suppress(OSError):
            (self._folder / self._holder).unlink(missing_ok=True)

    def others(self, now: int, about: str) -> list[str]:
        """Who else has an object open, by name; a second desk of the same person counts as somebody else."""
        return sorted(said["actor"] for said in self._said(now) if said["about"] == about)

    def _said(self, now: int) -> Iterator[dict[str, Any]]:
        try:
            names = [name for name in os.listdir(self._folder) if name != self._holder]
        except OSError:
            return
        for name in names:
            if name.startswith("."):
                # Every desk has a name of its own, so nobody writes that of one that was killed in the middle again.
                drafts.clear(self._folder / name)
                continue
            try:
                said = read(self._folder / name)
                late = now - int(said["expires_at"])
                # Far ahead: the clock was set back since it was said.
                is_live = -2 * LASTS < late < 0 and not is_gone(said) and isinstance(said["actor"], str)
            except NOT_OURS:
                continue
            if is_live:
                yield said
            elif abs(late) > _FORGOTTEN_AFTER:
                with contextlib.suppress(OSError):
                    (self._folder / name).unlink(missing_ok=True)
