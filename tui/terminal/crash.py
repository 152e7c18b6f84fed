"""What is kept of an error that nobody expected: where it happened, without any value of the desk's data."""

from __future__ import annotations

import os
import platform
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from engine import __version__
from engine.storage import whole_file
from engine.values.clock import SystemClock, moment_of


def state_folder() -> Path:
    """Where offplan keeps its own logs: `$XDG_STATE_HOME/offplan`, by default ~/.local/state/offplan."""
    home = os.environ.get("XDG_STATE_HOME", "")
    # The XDG rule: a relative path there is to be ignored.
    base = Path(home) if os.path.isabs(home) else Path.home() / ".local" / "state"
    return base / "offplan"


def report(
    error: BaseException, did: str = "stopped this", then: str = "what was committed stays, no more was done"
) -> str:
    """Write the crash log (readable by its owner only) and return the sentence for the person: what the error `did`,
    and what is so `then`."""
    frames = traceback.extract_tb(error.__traceback__)
    last = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    what = f"an unexpected fault {did} ({type(error).__name__}{last}); {then}"
    try:
        path = _write(_text(error), moment_of(SystemClock().now()))
    except OSError as problem:
        return f"{what}; the details could not be written to {state_folder()} ({problem.strerror})"
    return f"{what}; please report it with {path}"


def _text(error: BaseException) -> str:
    """The chain of errors as types and places: messages and variables are left out, as they quote data."""
    lines = [f"offplan {__version__}, Python {platform.python_version()}, {sys.platform}"]
    link: BaseException | None = error
    while link is not None:
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        for frame in traceback.extract_tb(link.__traceback__):
            lines.append(f"  {frame.filename}:{frame.lineno} {frame.name}: {frame.line}")
        link = link.__cause__ or link.__context__
    return "\n".join(lines) + "\n"


def _write(text: str, moment: datetime) -> Path:
    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"crash-{moment.astimezone(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}.log"
    whole_file.replace(path, text.encode("utf-8", "backslashreplace"))
    return path
