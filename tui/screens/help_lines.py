"""What a person reads to get on: the keys of a place, how a command is written, what was said before. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from engine.values.errors import BadInput
from tui.desk.session import Said
from tui.keys import bindings
from tui.keys.key import Key
from tui.keys.key_map import KeyMap
from tui.keys.key_table import DIALOGS, KEYS, SCOPES
from tui.keys.request import LOCAL, READS, VERBS, instead_of, rest_of_line
from tui.terminal import cells, theme
from tui.terminal.cells import Present
from tui.terminal.safe import Pieces, fit, fold, wrap
from tui.widgets.page_list import PageLine
from tui.widgets.queue import SHORT_KINDS, SHORT_STATES
from tui.words.arguments import usage
from tui.words.command_table import COMMANDS

_HINT: Final = "If the terminal is left in disorder: reset. Copy goes to your own machine, through tmux too."
_CHANGED: Final = ("~", "somebody else has changed the row since you were on it")
_DEVIATIONS: Final = [
    ("✚", "came in since this desk was opened, and has not been looked at"),
    ("4▸", "so many consequences are folded inside"),
    ("in slack", "it is late, and no customer order is hit"),
    *(
        (
            title,
            f"its {what}, short where there is little room: {', '.join(f'{short[word]} is {word}' for word in short)}",
        )
        for title, what, short in (("what", "kind", SHORT_KINDS), ("state", "state", SHORT_STATES))
    ),
    ("PASSED ✖", "the decide-by: after it the fastest remedy comes too late"),
]
_ACTIONS: Final = [
    ("┫", "where an action is due"),
    ("!", "it is overdue"),
    ("›", "as things stand it will be late"),
    ("»", "its owner has to agree to another start"),
    ("✉✗ ✉?", "a message about it failed, or may not have arrived"),
]
_TIMELINE: Final = [
    ("slack", "by how much it may end later; negative where it is too late as planned"),
    ("◆", "the end of its response hangs on it"),
    ("···", "its slack"),
    ("▚", "where it would stand, moved"),
]
_SHARED: Final = ("act", "rows", "view", "list", "everywhere")
"""Scopes that most places have, in the order in which they are asked for: after what is a place's own."""
_SIGNS: Final = "signs"
_COMMANDS: Final = "commands"
_ENDED: Final = frozenset({"done", "skipped", "cancelled"})
_KEY: Final = 14
_NAMES: Final = 18
_WHEN: Final = 16


def of_place(
    scopes: tuple[str, ...],
    map_: KeyMap,
    width: int,
    *,
    fits: Callable[[Key], bool] = lambda key: True,
    readonly: bool = False,
) -> list[PageLine]:
    """The keys and signs of a place, as lines that stand for their keys: its own on top, those of every place below.

    What does not fit what is under the cursor stands back; `readonly` leaves out what would write.
    """
    lines: list[PageLine] = []
    if readonly:
        warning = "This desk was opened read-only: keys that change something are left out."
        lines += [PageLine([(warning, "warning")]), PageLine([])]
    own = [scope for scope in scopes if scope not in _SHARED]
    shared = [scope for scope in _SHARED if scope in scopes]
    for scope in (*own, _SIGNS, *shared, _COMMANDS, *(scope for scope in DIALOGS if scope not in own)):
        if scope == _SIGNS:
            lines += map(PageLine, _signs(scopes, width))
        elif scope == _COMMANDS:
            lines += map(PageLine, _commands(width, readonly=readonly))
        elif here := [key for key in map_.keys if key.scope == scope and not (readonly and key.writes)]:
            lines.append(PageLine([(SCOPES[scope], "heading")]))
            for key in here:
                on = f" ({' or '.join(sorted(key.kinds))})" if key.kinds else ""
                told = _beside(bindings.shown(key), f"{map_.told(key)}{on}", width)
                if not fits(key):
                    told = [[(text, "quiet") for text, _ in line] for line in told]
                # Keys of dialogs do nothing here.
                lines += [PageLine(line, target=key.id if scope in scopes else None) for line in told]
            lines.append(PageLine([]))
    return [*lines, *(PageLine([(line, "quiet")]) for line in wrap(_HINT, width))]


def _beside(name: str, words: str, width: int, room: int = _KEY) -> list[Pieces]:
    """What a key, a sign or a command means, beside it; what is too long goes on below."""
    told = wrap(words, max(20, width - room - 1))
    return [[(fit(name if index == 0 else "", room) + " ", "key"), (line, "plain")] for index, line in enumerate(told)]


def _commands(width: int, *, readonly: bool) -> list[Pieces]:
    """What is typed after `:` and has no key."""
    keyed = {key.id for key in KEYS}
    acts = [words for words in VERBS if words not in keyed and not readonly]
    told = {
        **{words: COMMANDS[words].summary for words in acts},
        **{words: said.partition(": ")[2] for words, said in LOCAL.items()},
        **{words: COMMANDS[words].summary for words in READS},
    }
    lines: list[Pieces] = [[("After : (:help NAME says how it is written)", "heading")]]
    lines += [line for words, said in told.items() for line in _beside(words, said, width, _NAMES)]
    return [*lines, []]


def _signs(scopes: tuple[str, ...], width: int) -> list[Pieces]:
    """What the signs before and in the rows of a place mean."""
    shown: list[tuple[str, str]] = []
    if {"desk", "deviations"} & {*scopes}:
        shown += [(shape, f"{name} severity") for name, (shape, _) in theme.SEVERITY.items()] + _DEVIATIONS
    if {"desk", "timeline"} & {*scopes}:
        # The lists of actions hold what is open.
        shown += [
            (f"{mark} {bar}", f"an action is {state.replace('_', ' ')}: its mark, and its bar")
            for state, (mark, bar, _) in theme.ACTION_SHAPE.items()
            if state not in _ENDED
        ]
        shown += _ACTIONS
    if "timeline" in scopes:
        shown += _TIMELINE
    if shown:
        shown.append(_CHANGED)
    lines = [line for sign, words in shown for line in _beside(sign, words, width)]
    return [[("Signs", "heading")], *lines, []] if lines else []


def of_command(words: str, width: int) -> list[Pieces]:
    """How a command is written after `:`. Raises BadInput for words that are no command of the desk."""
    if words in LOCAL:
        return [[(line, "plain")] for line in wrap(LOCAL[words], width)]
    if words not in (*VERBS, *READS):
        raise BadInput(f"`help {words}`", "this is no command of the desk", instead_of(words.split()))
    command = COMMANDS[words]
    sentence = f"{command.summary[:1].upper()}{command.summary[1:]}."
    if rest_of_line(words):
        sentence += f" Without {rest_of_line(words)}, the rest of the line after the ids is it."
    lines: list[Pieces] = [[(usage(command).removeprefix("offplan "), "bold")]]
    lines += [*([(line, "plain")] for line in wrap(sentence, width)), []]
    for argument in command.arguments:
        for index, line in enumerate(wrap(argument.help, max(20, width - _NAMES - 1))):
            name = ", ".join(argument.names) if index == 0 else ""
            lines.append([(fit(name, _NAMES) + " ", "key"), (line, "plain")])
    return lines


def of_answer(printed: Iterable[str], width: int) -> list[Pieces]:
    """Lines that a command printed: what is too long goes on below."""
    return [[(line, "plain")] for text in printed for line in fold(text, width)]


def of_messages(said: Iterable[Said], present: Present, width: int) -> list[Pieces]:
    """Every sentence in full, the last one first, each with its time."""
    lines: list[Pieces] = []
    for at, message, style in reversed([*said]):
        when = fit(cells.short_time(at, present.now, present.zone), _WHEN)
        for index, line in enumerate(wrap(message, max(20, width - _WHEN - 1), whole=True)):
            lines.append([((when if index == 0 else " " * _WHEN) + " ", "quiet"), (line, style)])
    return lines or [[("Nothing has been said yet.", "quiet")]]
