"""A program inside tmux, as its users have it: keys typed through tmux, the screen as tmux shows it."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final

PATIENCE: Final = 30.0
"""Seconds after which what did not come is not coming."""
_NOT_INHERITED: Final = ("TMUX", "COLUMNS", "LINES", "NO_COLOR")


def missing() -> bool:
    """Whether there is no tmux here."""
    return shutil.which("tmux") is None


class Tmux:
    """One session of a server of its own, which ends with the `with` block."""

    def __init__(self, folder: Path, command: str, environment: Mapping[str, str], size: tuple[int, int]) -> None:
        self._socket = str(folder / "tmux")
        self._fifo = folder / "output"
        os.mkfifo(self._fifo)
        self._output = os.open(self._fifo, os.O_RDWR | os.O_NONBLOCK)
        width, height = (str(cells) for cells in size)
        told = [f"-e{name}={value}" for name, value in environment.items()]
        # The program waits for a line, so that nothing of its output is missed.
        self._ask("-f", "/dev/null", "new-session", "-d", "-x", width, "-y", height, *told, f"read begin; {command}")
        self._ask("pipe-pane", "-o", f"cat > {self._fifo}")
        self.type("Enter")

    def __enter__(self) -> Tmux:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ask("kill-server")
        os.close(self._output)

    def _ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        return subprocess.run(
            ["tmux", "-S", self._socket, *words], capture_output=True, text=True, env=environment, check=False
        )

    def type(self, *keys: str) -> None:
        """Keys by tmux's names: `a`, `Enter`, `Escape`."""
        self._ask("send-keys", *keys)

    def text(self, words: str) -> None:
        """Words, letter by letter."""
        self._ask("send-keys", "-l", words)

    @property
    def screen(self) -> str:
        return self._ask("capture-pane", "-p").stdout

    @property
    def is_over(self) -> bool:
        """Whether the program has ended, and the session with it."""
        return self._ask("has-session").returncode != 0

    def until(self, words: str) -> str:
        """The screen once it shows some words; looks whenever the program has written."""
        end = time.monotonic() + PATIENCE
        while words not in (shown := self.screen):
            assert time.monotonic() < end, f"{words!r} is not on\n{shown}"
            self._wait(end)
        return shown

    def until_over(self) -> None:
        """Wait until the program has ended."""
        end = time.monotonic() + PATIENCE
        while not self.is_over:
            assert time.monotonic() < end, self.screen
            self._wait(end)

    def _wait(self, end: float) -> None:
        """Until the program writes, at most for a moment: tmux may show it later than it passes it on."""
        ready, _, _ = select.select([self._output], [], [], min(0.2, max(0.0, end - time.monotonic())))
        if ready:
            os.read(self._output, 65536)
