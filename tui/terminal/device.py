"""The terminal as a thing that can be missing, too simple, go away, or sleep; and the way to the person's clipboard."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import select
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from engine.storage import whole_file
from engine.values.text import clean

if TYPE_CHECKING:
    from textual.app import App

HANG_UP: Final = 129
TERMINATED: Final = 143
_ENDINGS: Final = {signal.SIGHUP: HANG_UP, signal.SIGTERM: TERMINATED}
MOST_CELLS: Final = 1_000
"""Columns or lines of the largest terminal that is drawn on; a report of more is none."""
_CLIPBOARD_LIMIT: Final = 75_000
"""Characters as they are sent; some terminals drop more without a word."""
_SHOWN: Final = 60
_SECONDS_TO_END: Final = 3.0
_last_acts: Final[list[Callable[[], object]]] = []


def fault(environment: Mapping[str, str], *, is_terminal: bool) -> str | None:
    """Why the desk cannot be drawn here, with the mend; None when it can."""
    if not is_terminal:
        return "standard input and output are no terminal; use the commands (offplan deviations), or run it in one"
    if environment.get("TERM", "") in ("", "dumb", "unknown"):
        return (
            f"TERM is {environment.get('TERM', '') or 'empty'}; set it to what your terminal is, such as xterm-256color"
        )
    return None


def size() -> tuple[int, int]:
    """Columns and lines of the terminal, at most MOST_CELLS of each, as it says itself.

    The environment is asked only where it says nothing: what somebody exported there stays whatever the window becomes.
    """
    for descriptor in (1, 0):
        with contextlib.suppress(OSError):
            width, height = os.get_terminal_size(descriptor)
            if width > 0 and height > 0:
                return min(width, MOST_CELLS), min(height, MOST_CELLS)
    width, height = shutil.get_terminal_size()
    return min(width, MOST_CELLS), min(height, MOST_CELLS)


def warning(encoding: str | None) -> str | None:
    """What the person should know about this terminal; None when all is well."""
    if (encoding or "").lower().replace("-", "") != "utf8":
        return f"the terminal's encoding is {encoding or 'unknown'}, not UTF-8; with OFFPLAN_CHARACTERS=ascii lines are ASCII"
    return None


def before_a_forced_end(act: Callable[[], object]) -> Callable[[], None]:
    """Have `act` done where the program is ended at once, past every `finally`; the answer takes it back."""
    _last_acts.append(act)
    return lambda: _last_acts.remove(act)


def watch_for_the_end(leave: Callable[[int], None]) -> None:
    """End the program when the terminal hangs up or somebody asks for it, with the terminal restored where there is
    one.

    `leave` ends the screen with an exit code; 3 seconds after a signal the end comes by force. A thread listens: a
    terminal that nobody reads blocks the loop in its next write, and one that has vanished while SIGHUP is ignored
    would have Textual's input loop spin for ever.
    """
    loop = asyncio.get_running_loop()
    poll = select.poll()
    if sys.__stdin__ is not None and os.isatty(0):
        poll.register(0, 0)
    signals = -1
    if threading.current_thread() is threading.main_thread():
        signals = _pipe_of_signals()
        poll.register(signals, select.POLLIN)
    watch = threading.Thread(target=_watch, args=(poll, signals, loop, leave), name="the end", daemon=True)
    watch.start()


def _pipe_of_signals() -> int:
    """Where the numbers of SIGHUP and SIGTERM can be read the moment they come, whatever the main thread does."""
    out, into = os.pipe()
    os.set_blocking(into, False)
    # Python's own handlers run between two steps of the main thread, which may be blocked; this is done before them.
    signal.set_wakeup_fd(into, warn_on_full_buffer=False)
    for number in _ENDINGS:
        signal.signal(number, lambda *_: None)
    return out


def _watch(poll: select.poll, signals: int, loop: asyncio.AbstractEventLoop, leave: Callable[[int], None]) -> None:
    gone = select.POLLHUP | select.POLLERR | select.POLLNVAL
    while True:
        for descriptor, event in poll.poll(1000):
            came = os.read(signals, 64) if descriptor == signals else b""
            if descriptor != signals and event & gone:
                # Every command is committed before the screen says so, and the feeder is a process of its own.
                _end_by_force(HANG_UP)
            for number, code in _ENDINGS.items():
                if number in came:
                    # Also a hang-up may be said of a terminal that is still there, and would keep the screen's modes.
                    _end_soon(loop, leave, code)


def _end_soon(loop: asyncio.AbstractEventLoop, leave: Callable[[int], None], code: int) -> None:
    net = threading.Timer(_SECONDS_TO_END, _end_by_force, (code,))
    net.daemon = True
    net.start()
    with contextlib.suppress(RuntimeError):
        # The loop is closed: the end is under way.
        loop.call_soon_threadsafe(leave, code)


def _end_by_force(code: int) -> None:
    for act in reversed(_last_acts):
        with contextlib.suppress(Exception):
            act()
    os._exit(code)


def copy(app: App[Any], text: str, *further: str) -> str:
    """Send lines to the clipboard of the person before an application's terminal; what was done, in a sentence."""
    driver = app._driver
    return to_clipboard(text, (lambda _: None) if driver is None else driver.write, further)


def to_clipboard(text: str, write: Callable[[str], None], further: Sequence[str] = ()) -> str:
    """Send text to the person's own clipboard and say what was done; nobody answers, so it never says "copied".

    Inside tmux through tmux, which is the only way that its defaults let pass; else by OSC 52, through `write`. What a
    terminal would drop in silence goes into a file, which is named. `further` are lines below it: a line break that
    data brings along never goes out, since a shell would carry out what stands before it.
    """
    # Whole, as it may be a command with all its ids: what is cut in its middle would be another one.
    safe = "\n".join(clean(line, None) for line in (text, *further))
    shown = safe if len(safe) <= _SHOWN and not further else f"{len(safe)} characters"
    encoded = base64.b64encode(safe.encode("utf-8", "replace")).decode("ascii")
    if len(encoded) > _CLIPBOARD_LIMIT:
        return _into_a_file(safe, f"{shown}: too long for a terminal's clipboard")
    if os.environ.get("TMUX") and _through_tmux(safe):
        return f"sent to the terminal through tmux: {shown}"
    if os.environ.get("STY") or os.environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return _into_a_file(safe, "this terminal takes nothing for its clipboard")
    write(f"\x1b]52;c;{encoded}\x07")
    return f"sent to the terminal: {shown}"


def _into_a_file(text: str, because: str) -> str:
    from tui.terminal.crash import state_folder

    path = state_folder() / "copied.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole_file.replace(path, f"{text}\n".encode("utf-8", "backslashreplace"), durable=False)
    except OSError as error:
        return f"✗ {because}, and {path} cannot be written ({error.strerror}); offplan show prints it in the shell"
    return f"{because}; it is in {path}"


def _through_tmux(text: str) -> bool:
    import subprocess

    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"], input=text.encode(), timeout=1, check=False, capture_output=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
