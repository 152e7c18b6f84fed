"""The terminal as a thing that can be missing, too simple, go away, or sleep; and the way to the person's clipboard."""

from __future__ import annotations

import asyncio
import base64
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Final

from engine.text import clean

HANG_UP: Final = 129
TERMINATED: Final = 143
_CLIPBOARD_LIMIT: Final = 75_000
_SECONDS_TO_END: Final = 3.0


def fault(environment: Mapping[str, str], *, is_terminal: bool) -> str | None:
    """Why the desk cannot be drawn here, with the mend; None when it can."""
    if not is_terminal:
        return "standard input and output are no terminal; use the commands (offplan deviations), or run it in one"
    if environment.get("TERM", "") in ("", "dumb", "unknown"):
        return (
            f"TERM is {environment.get('TERM', '') or 'empty'}; set it to what your terminal is, such as xterm-256color"
        )
    return None


def warning(encoding: str | None) -> str | None:
    """What the person should know about this terminal; None when all is well."""
    if (encoding or "").lower().replace("-", "") != "utf8":
        return f"the terminal's encoding is {encoding or 'unknown'}, not UTF-8; set LANG=C.UTF-8 if lines look broken"
    return None


def watch_for_the_end(leave: Callable[[int], None]) -> None:
    """End the program when the terminal hangs up or somebody asks for it, with the terminal restored where there is one.

    `leave` ends the screen with an exit code. Two nets lie below it: an end by force 3 seconds after SIGTERM, and a
    thread that sees a vanished terminal even where SIGHUP is ignored: Textual's input loop would spin for ever there.
    """
    loop = asyncio.get_running_loop()
    if threading.current_thread() is threading.main_thread():
        loop.add_signal_handler(signal.SIGHUP, os._exit, HANG_UP)
        loop.add_signal_handler(signal.SIGTERM, _terminate, leave)
    if sys.__stdin__ is not None and os.isatty(0):
        threading.Thread(target=_watch_input, name="hang-up", daemon=True).start()


def _terminate(leave: Callable[[int], None]) -> None:
    net = threading.Timer(_SECONDS_TO_END, os._exit, (TERMINATED,))
    net.daemon = True
    net.start()
    leave(TERMINATED)


def _watch_input() -> None:
    gone = select.POLLHUP | select.POLLERR | select.POLLNVAL
    poll = select.poll()
    poll.register(0, 0)
    while True:
        if any(event & gone for _, event in poll.poll(1000)):
            # Every command is committed before the screen says so, and the feeder is a process of its own.
            os._exit(HANG_UP)


def to_clipboard(text: str, write: Callable[[str], None]) -> str:
    """Send text to the person's own clipboard and say what was done; nobody answers, so it never says "copied".

    Inside tmux through tmux, which is the only way that its defaults let pass; else by OSC 52, through `write`.
    """
    safe = clean(text)
    encoded = base64.b64encode(safe.encode("utf-8", "replace")).decode("ascii")
    if len(encoded) > _CLIPBOARD_LIMIT:
        return f"too long for a terminal's clipboard ({len(safe)} characters); offplan show prints it in the shell"
    if os.environ.get("TMUX") and _through_tmux(safe):
        return f"sent to the terminal through tmux: {safe}"
    write(f"\x1b]52;c;{encoded}\x07")
    return f"sent to the terminal: {safe}"


def _through_tmux(text: str) -> bool:
    import subprocess

    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"], input=text.encode(), timeout=1, check=False, capture_output=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
