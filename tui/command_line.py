"""The program `offplan`: from the words of a command line to its exit code.

Exit codes: 0 done; 1 refused or failed; 2 bad usage; 3 found problems. Every fault is one sentence on stderr; what
nobody expected leaves a crash log without data values. Each command is imported only when it is the one asked for.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Sequence

from engine.values.errors import OffplanError
from engine.values.text import clean
from tui.words import arguments

INTERRUPTED = 130
"""What a shell reports for a program that Ctrl-C ended."""


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line (without the program's name) and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    # A terminal or a file of a small encoding must not make a name in Greek an error.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has enough (`| head`): the command itself is done. What the interpreter flushes at
        # its end must go nowhere.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _run(words: Sequence[str]) -> int:
    try:
        command, parsed = arguments.parse(words)
        module, function = command.handler.split(":")
        handler: Callable[..., int] = getattr(importlib.import_module(f"tui.commands.{module}"), function)
        return handler(parsed)
    except arguments.HelpAsked as help_asked:
        print(help_asked)
        return 0
    except OffplanError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last net: a person gets a sentence, the details a file
        from tui.terminal import crash

        _say(crash.report(error))
        return 1


def _say(sentence: str) -> None:
    """One line on stderr, whatever the sentence quotes."""
    with contextlib.suppress(OSError):
        print(f"offplan: {clean(sentence)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
