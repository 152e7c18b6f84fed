"""A program under a pseudo-terminal that answers as a terminal does, with a model of its screen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final

import pyte

from tests.tui.sides_support import SidedByteStream, SidedScreen

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 30
DESK: Final = """
import sys
from pathlib import Path
from tests.engine.desk_support import open_desk
from tui.app import run
sys.exit(run(lambda: open_desk(Path(sys.argv[1]))))
"""
"""A desk on the file that is named, at the time that tests live at."""
_NOT_INHERITED: Final = ("NO_COLOR", "TMUX", "COLORTERM", "COLUMNS", "LINES", "SSH_CONNECTION")
_QUESTIONS: Final = re.compile(rb"\x1b\[6n|\x1b\[\?(\d+)\$p")


class Program:
    """One program and its terminal. It is ended when the `with` block ends."""

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (120, 36),
        environment: Mapping[str, str] | None = None,
        code: str = DESK,
        sides: bool = False,
    ) -> None:
        """`sides`: the terminal knows margins at the sides of its scroll region, and says so."""
        self.screen = SidedScreen(*size) if sides else pyte.Screen(*size)
        self._stream = SidedByteStream(self.screen) if sides else pyte.ByteStream(self.screen)
        if sides:
            # Answered where it is asked, with the place of the cursor at that moment.
            self.screen.write_process_input = self._say  # type: ignore[method-assign]
        self._sides = sides
        self.answers = True
        """Whether the terminal answers questions."""
        self.received = b""
        self.ours, theirs = pty.openpty()
        self._resize(size)
        inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True,
            env={**inherited, "TERM": "xterm-256color", "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self.ours)

    def _resize(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def resize(self, width: int, height: int) -> None:
        self.screen.resize(height, width)
        self._resize((width, height))
        self.process.send_signal(signal.SIGWINCH)

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def read(self, seconds: float = PATIENCE) -> bool:
        """Take what the program writes next; False when nothing came."""
        ready, _, _ = select.select([self.ours], [], [], seconds)
        if not ready:
            return False
        try:
            piece = os.read(self.ours, 65536)
        except OSError:
            return False
        self.received += piece
        self._stream.feed(piece)
        for question in _QUESTIONS.finditer(piece) if self.answers else ():
            if question[1] or not self._sides:
                self.answer(int(question[1]) if question[1] else None)
        return bool(piece)

    def _say(self, data: str) -> None:
        if self.answers:
            self.type(data)

    def answer(self, mode: int | None = None) -> None:
        """Say where the cursor is, or that a mode is known and off."""
        self.type("\x1b[1;1R" if mode is None else f"\x1b[?{mode};{2 if mode == 2026 else 0}$y")

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    def until(self, text: str) -> None:
        """Read until the screen shows a text."""
        while not any(text in line for line in self.lines):
            assert self.read(), "\n".join(self.lines)

    def until_written(self, wanted: bytes) -> None:
        """Read until these bytes came."""
        while wanted not in self.received:
            assert self.read(), self.received[-500:]

    def settle(self, seconds: float = 0.5) -> None:
        """Read until the program is silent."""
        while self.read(seconds):
            pass
