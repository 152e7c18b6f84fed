"""A command as data: what a key gathers and what a typed line says, carried out through the Desk.

Which options a verb needs is what tui.command_table says, so the keys, the `:` line and the shell cannot differ.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from engine.desk import Desk
from engine.errors import BadInput
from engine.model import Outcome
from tui.command_table import COMMANDS

VERBS: Final = tuple(words for words, command in COMMANDS.items() if command.handler.startswith("acts:"))
"""What can be done on the screen, in words."""
LOCAL: Final = ("show", "filter", "help", "quit")
"""Words of the `:` line that change nothing: open an id, filter the list, show the keys, leave."""
_KEYWORDS: Final = ("to", "reason", "text", "playbook")


@dataclass(frozen=True, slots=True)
class Request:
    """A verb, the ids that it is about, the options as the Desk takes them, and the versions that the person saw."""

    verb: str
    ids: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, int] = field(default_factory=dict)

    @property
    def dangerous(self) -> bool:
        """Whether it is shown, with its ids, before it is done: many dismissed at once, anything cancelled."""
        return self.verb == "cancel" or (self.verb in ("dismiss", "resolve", "skip") and len(self.ids) > 1)


def needs(verb: str) -> list[str]:
    """The options that a verb cannot do without: to, reason, until, text."""
    return [
        str(argument.options.get("dest") or argument.names[0].lstrip("-"))
        for argument in COMMANDS[verb].arguments
        if argument.options.get("required")
    ]


def carry_out(desk: Desk, request: Request) -> Outcome:
    """Do it. Raises OffplanError with the sentence to show."""
    if request.verb == "undo":
        return desk.undo(*(int(number) for number in request.ids))
    command: Callable[..., Outcome] = getattr(desk, request.verb)
    return command(list(request.ids), expect=dict(request.expect), **request.options)


def words_of(line: str) -> list[str]:
    """The words of a typed line. Raises BadInput for a quote that does not close."""
    try:
        return shlex.split(line)
    except ValueError as error:
        raise BadInput("command", str(error).lower(), "close the quote") from None


def from_line(line: str, now: int) -> Request:
    """A typed command, as in the shell: `ack D12 --to bo`. Raises OffplanError for words that make no command."""
    # argparse costs 10 ms that the first paint must not pay.
    from tui.arguments import parse
    from tui.commands.acts import expected, moment

    words = words_of(line)
    if not words or words[0] not in VERBS:
        raise BadInput(f"`{line}`", "this is no command of the desk", f"use one of {', '.join((*VERBS, *LOCAL))}")
    _, given = parse(words)
    if given.verb == "undo":
        return Request("undo", _undo_number(given.what))
    options = {name: getattr(given, name) for name in _KEYWORDS if getattr(given, name, None) is not None}
    if getattr(given, "until", None) is not None:
        options["until"] = moment(given.until, now)
    return Request(given.verb, tuple(given.ids), options, expected(given.expect) or {})


def _undo_number(what: str | None) -> tuple[str, ...]:
    if what is not None and not what.isdecimal():
        raise BadInput(f"undo {what}", "this is no command's number", "give the number, or none for the last command")
    return () if what is None else (what,)


def until(text: str, now: int) -> int:
    """An instant as a person types it: ISO 8601, or +45m, +4h, +2d. Raises BadUsage."""
    from tui.commands.acts import moment

    return moment(text.strip(), now)


def completions(
    line: str, ids: Iterable[str], owners: Sequence[str], playbooks: Callable[[], Sequence[str]]
) -> list[str]:
    """What the last word of a typed line can become: verbs first, then ids, options, and the values of options."""
    before, _, word = line.rpartition(" ")
    earlier = before.split()
    if not earlier:
        candidates: Iterable[str] = (*VERBS, *LOCAL)
    elif earlier[-1] == "--to":
        candidates = owners
    elif earlier[-1] == "--playbook":
        candidates = playbooks()
    elif word.startswith("-") and earlier[0] in VERBS:
        candidates = (name for argument in COMMANDS[earlier[0]].arguments for name in argument.names if name[0] == "-")
    else:
        candidates = ids
    return [candidate for candidate in candidates if candidate.casefold().startswith(word.casefold())]


def sentence(request: Request, outcome: Outcome) -> str:
    """What was done, in one sentence, with the notes that the person should read."""
    changes = [
        f"{change.id} {change.was} → {change.now}" if change.was else f"{change.id} {change.now}"
        for change in outcome.changes
    ]
    shown = "; ".join(changes[:3]) + (f"; and {len(changes) - 3} more" if len(changes) > 3 else "")
    done = "undid" if request.verb == "undo" else request.verb
    return ". ".join([f"{done}: {shown or ', '.join(request.ids)}", *outcome.notes])
