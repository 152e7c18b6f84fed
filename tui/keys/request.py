"""A command as data: what a key gathers and what a typed line says, carried out through the Desk.

Which options a verb needs is what tui.words.command_table says, so the keys, the `:` line and the shell cannot differ.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from engine.desk import Desk
from engine.values.clock import SECOND, instant_from
from engine.values.errors import BadInput
from engine.values.zones import zone_of
from engine.vocabulary.model import Outcome
from tui.terminal import cells
from tui.terminal.cells import Present
from tui.words import verbs
from tui.words.command_table import COMMANDS

VERBS: Final = tuple(words for words, command in COMMANDS.items() if command.handler.startswith("acts:"))
"""What can be done on the screen, in words."""
_READING: Final = frozenset(
    (
        "signals", "deviations", "responses", "actions", "sources", "handoffs", "channels", "quarantine", "playbook",
        "report", "tolerance", "check",
    )
)  # fmt: skip
READS: Final = tuple(words for words in COMMANDS if words.split(" ")[0] in _READING and words not in VERBS)
"""What can be asked on the screen as in the shell: it changes nothing and prints something."""
LOCAL: Final[Mapping[str, str]] = {
    "show": "show ID: open its page; show ID --explain: at every term of a deviation.",
    "explain": "explain ID: open a deviation's page at every term, as show ID --explain.",
    "filter": "filter TEXT: show only rows that meet it, as after /.",
    "silence": "silence: the silences that are not over; silence add, silence change and silence end make and end them.",
    "view": "view NAME: on the list of deviations, show a view; view save NAME keeps the present one, view forget NAME lets go.",
    "sort": "sort FIELD: order the list of deviations by a field, sort -FIELD the largest first; sort alone: the queue's order.",
    "group": "group FIELD: put the list of deviations into groups; group alone: none.",
    "columns": "columns NAME...: the columns of the list of deviations; columns alone: the usual ones.",
    "theme": "theme NAME: other colours from now on; theme alone: choose, with each in view. [screen] of offplan.toml keeps them.",
    "help": "help: the keys of this place. help COMMAND: how it is written.",
    "quit": "quit: leave the desk.",
}
"""Words of the `:` line that change nothing, and what they do."""
_ARRANGING: Final = frozenset({"view", "sort", "group", "columns"})
"""Those that only the list of deviations knows."""
SNOOZED: Final = "snoozed_until>now"
"""The filter that shows what snoozing hid."""
SUPPRESSED: Final = "suppressed=true"
"""The filter that shows all that is kept out of the queue."""
_NEVER_ASKED: Final = frozenset({"ack", "assign", "comment"})
"""What is done to many at once without a question."""
_DONE: Final[Mapping[str, str]] = {"undo": "undid", "redo": "did again"}


@dataclass(frozen=True, slots=True)
class Request:
    """A verb, the ids that it is about, the options as the Desk takes them, and the versions that the person saw."""

    verb: str
    ids: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, int] = field(default_factory=dict)
    typed: bool = field(default=False, compare=False)
    """Whether it was written as a line, where a key may do the same."""

    @property
    def dangerous(self) -> bool:
        """Whether it is shown, with its ids, before it is done: whatever is done to many at once, anything cancelled.

        What is given away or said is not asked for: undo takes it back.
        """
        return self.verb == "cancel" or (len(self.ids) > 1 and self.verb not in _NEVER_ASKED)


def needs(verb: str) -> list[str]:
    """The options that a verb cannot do without: to, reason, until, text."""
    return [
        str(argument.options.get("dest") or argument.names[0].lstrip("-"))
        for argument in COMMANDS[verb].arguments
        if argument.options.get("required")
    ]


def carry_out(desk: Desk, request: Request) -> Outcome:
    """Do it. Raises OffplanError with the sentence to show."""
    if request.verb in ("undo", "redo"):
        take_back = verbs.undo if request.verb == "undo" else verbs.redo
        return take_back(desk, next(iter(request.ids), None))
    return verbs.carry_out(desk, request.verb, list(request.ids), request.options, dict(request.expect))


def words_of(line: str) -> list[str]:
    """The words of a typed line. Raises BadInput for a quote that does not close."""
    try:
        return shlex.split(line)
    except ValueError as error:
        raise BadInput("command", str(error).lower(), "close the quote") from None


def reads(words: Sequence[str]) -> bool:
    """Whether typed words are a command that only prints something."""
    meant = {words[0], " ".join(words[:2])} if words else set()
    if "tolerance" in meant and any("=" in word for word in words):
        # It writes a rule, or with --preview judges by one and takes that back: neither is reading.
        return False
    if "quarantine" in meant and "--retry" in words:
        # It takes records in; t on the sources does so here.
        return False
    return bool(meant & {*READS}) and not meant & {*VERBS}


def from_line(line: str, present: Present) -> Request:
    """A typed command, as in the shell: `ack D12 --to bo`; also `dismiss D12 they called`, its reason without quotes.

    Raises OffplanError for words that make no command.
    """
    # argparse costs 10 ms that the first paint must not pay.
    from tui.words.arguments import UsageError, parse
    from tui.words.given import expected, options_of

    words = _with_rest_of_line(line) or words_of(line)
    meant = {words[0], " ".join(words[:2])} if words else set()
    if not meant & {*VERBS}:
        if meant & _ARRANGING:
            raise BadInput(f"`{line}`", "this arranges the list of deviations, and needs it in view", "go there first")
        if meant & COMMANDS.keys():
            raise BadInput(f"`{line}`", "this is for the shell", f"leave the desk and type offplan {line}")
        raise BadInput(f"`{line}`", "this is no command of the desk", instead_of(words))
    try:
        _, given = parse(words)
    except UsageError as error:
        raise UsageError(re.sub(r"see offplan (.+) --help$", r":help \1 says how it is written", str(error))) from None
    if given.verb in ("undo", "redo"):
        return Request(given.verb, () if given.what is None else (given.what,), typed=True)
    options = options_of(given, lambda text, option: until(text, present, option))
    seen = expected(getattr(given, "expect", ())) or {}
    return Request(given.verb, tuple(getattr(given, "ids", ())), options, seen, typed=True)


def instead_of(words: Sequence[str]) -> str:
    """What to type instead of words that are no command: one that ends in the first of them, or is spelt much like the
    first two or the first, else any."""
    known, first = (*VERBS, *LOCAL, *READS), words[0] if words else ""
    near = [each for each in known if first == each.split(" ")[-1]]
    for typed in (" ".join(words[:2]), first):
        near = near or difflib.get_close_matches(typed, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(known)}"


def rest_of_line(verb: str) -> str | None:
    """The option whose value a typed line may simply end in: `--text` or `--reason`, of verbs that need only that."""
    wanted = needs(verb) if verb in VERBS else []
    return f"--{wanted[0]}" if wanted in (["text"], ["reason"]) else None


def _with_rest_of_line(line: str) -> list[str] | None:
    """The words of a line that ends in a text or reason without its option; None for any other line."""
    verb = next(iter(line.split()), "")
    option = rest_of_line(verb)
    if option is None:
        return None
    options = {name for argument in COMMANDS[verb].arguments for name in argument.names if name.startswith("-")}
    if any(word.partition("=")[0] in options for word in line.split()):
        return None
    parts = re.fullmatch(r"\s*\S+((?:\s+[DARdar][1-9]\d*(?!\S))++)\s+(\S.*?)\s*", line, re.ASCII)
    if parts is None:
        return None
    text = parts[2]
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return [verb, *parts[1].split(), f"{option}={text}"]


def until(text: str, present: Present, option: str = "") -> int:
    """An instant as a person types it at the desk: ISO 8601, in the desk's zone unless it says its own, or +45m, +4h,
    +2d. Raises UsageError, naming `option` where one was typed; the example in it lies ahead."""
    from tui.words.arguments import UsageError

    try:
        return instant_from(_in_zone(text.strip(), present.zone), present.now, option)
    except BadInput as error:
        place = f"{option}: " if option else ""
        raise UsageError(f"{place}{error.fault}; write it as {time_to_come(present)}, +4h or +2d") from None


def time_to_come(present: Present) -> str:
    """How a time is typed that `until` takes, by one that lies ahead: tomorrow at eight where the desk is."""
    zone = zone_of(present.zone)
    tomorrow = datetime.fromtimestamp(present.now / SECOND, zone) + timedelta(days=1)
    return f"{tomorrow:%Y-%m-%d}T08:00 in {present.zone}"


def _in_zone(text: str, zone: str) -> str:
    """A time without an offset with that of the zone, in which the desk shows its times; other text as it is."""
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if typed.tzinfo is not None else typed.replace(tzinfo=zone_of(zone)).isoformat()


def sentence(request: Request, outcome: Outcome, present: Present) -> str:
    """What was done, in one sentence, with the notes that the person should read; times are the desk's."""
    changes = [
        f"{change.id} {change.was} → {change.now}"
        if change.was not in (None, change.now)
        else f"{change.id} {change.now}"
        for change in outcome.changes
    ]
    if request.verb == "comment":
        changes = [*request.ids]  # It stays in the state that it has.
    shown = "; ".join(changes[:3]) + (f"; and {len(changes) - 3} more" if len(changes) > 3 else "")
    done = _DONE.get(request.verb, request.verb)
    notes = [*outcome.notes, *([f"/{SNOOZED} shows it"] if request.verb == "snooze" else [])]
    said = ". ".join([f"{done}: {shown or ', '.join(request.ids) or 'nothing has to change'}", *notes])
    return cells.with_local_times(said, present.now, present.zone)
