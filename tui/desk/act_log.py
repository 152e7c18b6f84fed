"""What was done at a desk as lines of the shell, so that it can go into a script or a ticket and be done again."""

from __future__ import annotations

import shlex
from typing import Any, Final

from engine.values.clock import iso
from engine.vocabulary.model import Outcome
from tui.keys.request import Request
from tui.words.command_table import COMMANDS
from tui.words.given import MOMENTS

_UNNAMED: Final = frozenset(("undo", "redo"))
"""Commands that may name no command: then they are about the last one, which the line has to name."""


def line(request: Request, outcome: Outcome) -> str:
    """The request as it is typed in a shell; an undo or redo names the command that it took back."""
    words = ["offplan", *request.verb.split(" "), *request.ids]
    if request.verb in _UNNAMED and not request.ids and outcome.about is not None:
        words.append(str(outcome.about))
    for argument in COMMANDS[request.verb].arguments:
        name = str(argument.options.get("dest") or argument.names[0].lstrip("-"))
        if argument.names[0].startswith("-") and name in request.options:
            value = request.options[name]
            if argument.options.get("action") == "store_true":
                words += argument.names[:1] if value else ()
                continue
            for each in value if isinstance(value, list | tuple) else [value]:
                words += [argument.names[0]] if each is True else [argument.names[0], _word(name, each)]
    return shlex.join(words)


def _word(name: str, value: Any) -> str:
    return iso(value) if name in MOMENTS else str(value)
