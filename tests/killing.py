"""Processes of their own that kill themselves in the middle of their work, for tests of what they leave."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable

Hook = Callable[[str], None]
"""What SQLite is to call with each statement, before it is carried out."""


def is_killed(act: Callable[[], object]) -> bool:
    """Do something in a process of its own; whether that was killed, so did not come to its end.

    What is raised there is printed and fails here: it is neither.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        except BaseException:  # noqa: BLE001 - printed, and told by the exit code
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the process ended with the fault that it printed"
    return os.WIFSIGNALED(status)


def is_killed_at(boundary: int, counts: Callable[[str], bool], run: Callable[[Hook], object]) -> bool:
    """Run in a process of its own until it kills itself before the Nth statement that counts; false when it came to the
    end before."""
    seen = 0

    def hook(sql: str) -> None:
        nonlocal seen
        seen += counts(sql)
        if seen == boundary:
            os.kill(os.getpid(), signal.SIGKILL)

    return is_killed(lambda: run(hook))


def is_boundary(sql: str) -> bool:
    """Whether a transaction that writes begins or ends here."""
    return sql in ("BEGIN IMMEDIATE", "COMMIT")


def is_write(sql: str) -> bool:
    """Whether a statement begins, ends or is part of a transaction that writes."""
    return sql.lstrip().startswith(("BEGIN IMMEDIATE", "COMMIT", "INSERT", "UPDATE", "DELETE"))
