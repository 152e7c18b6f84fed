"""The one table of keys: what each does, where, and on what. What is made of the table is tui.keys.bindings.

No key that tmux or a terminal takes is the only way to anything, and no key after `esc` is dangerous.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui.keys.offering import (
    Asked,
    asks_for_a_response,
    has_a_proposal,
    has_held_records,
    may,
    may_be_decided,
    may_be_done,
    may_be_given,
    may_be_moved,
    waits_for_approval,
)
from tui.keys.request import SNOOZED

SCOPES: Final[Mapping[str, str]] = {
    "list": "Move and mark, in every list",
    "act": "Act on the marked rows, or on the one under the cursor",
    "desk": "On the desk",
    "view": "On every view",
    "deviations": "On the list of deviations",
    "timeline": "On the timeline",
    "sources": "On the sources and the quarantine",
    "reports": "On the reports",
    "page": "On a deviation's page",
    "text": "In text: pages, reports",
    "log": "In the log of what you did",
    "everywhere": "Everywhere",
}
"""Where a key works: the headings of `?` and of docs/keys.md, in their order."""


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a person can do with a key."""

    id: str
    keys: tuple[str, ...]
    title: str
    """For the footer: a word or two."""
    tooltip: str
    """For `?`, the palette and the documentation: one sentence."""
    scope: str
    action: str
    kinds: frozenset[str] = frozenset()
    """What must be under the cursor (deviation, action, signal); empty: anything."""
    footer: int = 0
    """Place in the footer, 1 first; 0: not there."""
    writes: bool = False
    """Whether it changes something: refused on a desk that was opened read-only."""
    where: Asked | None = None
    """Asked with the rows that it would act on, an empty one where they are not known: the footer offers it where one
    of them says yes."""


_DEVIATION: Final = frozenset({"deviation"})
_ACTION: Final = frozenset({"action"})
_BOTH: Final = _DEVIATION | _ACTION


def _act(
    verb: str, key: str, title: str, tooltip: str, kinds: frozenset[str], *, footer: int = 0, where: Asked | None = None
) -> Key:
    return Key(verb, (key,), title, tooltip, "act", f"act('{verb}')", kinds, footer, writes=True, where=where)


KEYS: Final[tuple[Key, ...]] = (
    Key("down", ("j", "down"), "down", "One row down.", "list", "move(1)"),
    Key("up", ("k", "up"), "up", "One row up.", "list", "move(-1)"),
    Key("first", ("g", "home"), "first", "To the first row.", "list", "jump(0)"),
    Key("last", ("G", "end"), "last", "To the last row.", "list", "jump(-1)"),
    Key("half_down", ("ctrl+d",), "half down", "Half a screen down.", "list", "page(0.5)"),
    Key("half_up", ("ctrl+u",), "half up", "Half a screen up.", "list", "page(-0.5)"),
    Key("page_down", ("pagedown",), "page down", "A screen down.", "list", "page(1)"),
    Key("page_up", ("pageup",), "page up", "A screen up.", "list", "page(-1)"),
    Key("open", ("enter",), "open", "Open the row's page.", "list", "screen.open", footer=1),
    Key("mark", ("space",), "mark", "Mark the row, or take the mark away, and go one down.", "list", "mark"),
    Key("mark_range", ("v",), "mark to here", "Mark all rows from the last mark to here.", "list", "mark_range"),
    Key("mark_all", ("*",), "mark all", "Mark all rows that the filter shows.", "list", "mark_all"),
    _act(
        "ack",
        "a",
        "ack",
        "Acknowledge: you have seen it and own it; an action is accepted.",
        _BOTH,
        footer=2,
        where=may("ack", "accept"),
    ),
    _act(
        "assign",
        "o",
        "owner",
        "Give it to somebody; their present load is shown.",
        _BOTH,
        footer=4,
        where=may_be_given,
    ),
    _act(
        "respond",
        "r",
        "respond",
        "Choose a playbook, see owners and dates, start the response.",
        _DEVIATION,
        footer=3,
        where=asks_for_a_response,
    ),
    _act("start", "s", "start", "Start the action.", _ACTION, footer=2, where=may("start", "resume")),
    _act("done", "d", "done", "The action is done.", _ACTION, footer=3, where=may_be_done),
    _act(
        "decide",
        "D",
        "decide",
        "Choose an option of a decision, with every sum in view; says why.",
        _ACTION,
        footer=3,
        where=may_be_decided,
    ),
    _act(
        "approve",
        "A",
        "approve",
        "Approve the action, where it needs that before it can be done.",
        _ACTION,
        footer=3,
        where=waits_for_approval,
    ),
    _act("agree", "Y", "agree to move", "Agree to the move that is proposed.", _ACTION, footer=1, where=has_a_proposal),
    _act(
        "keep",
        "L",
        "leave it there",
        "Leave the action where it is, whatever move is proposed.",
        _ACTION,
        footer=1,
        where=has_a_proposal,
    ),
    _act("wait", "w", "wait", "The action waits for somebody; says for what.", _ACTION),
    _act("fail", "f", "fail", "The action failed; says why.", _ACTION, footer=5, where=may("fail")),
    _act("skip", "x", "skip", "Leave the action out; says why.", _ACTION, footer=6, where=may("skip")),
    _act("cancel", "X", "cancel", "Cancel the action; says why.", _ACTION),
    _act("block", "b", "block", "Put the action back to blocked; says why.", _ACTION),
    _act("snooze", "S", "snooze", f"Hide it from the queue until a time; /{SNOOZED} shows it.", _DEVIATION),
    _act(
        "dismiss",
        "x",
        "dismiss",
        "Out of the queue for good: lived with, noise, a duplicate or wrong data; says why.",
        _DEVIATION,
        footer=6,
        where=may("dismiss"),
    ),
    _act(
        "resolve", "R", "resolve", "It is over; says why, and if you like what came of it and what it cost.", _DEVIATION
    ),
    _act("comment", "c", "comment", "Write something down about it.", _BOTH),
    Key(
        "silence",
        ("M",),
        "silence",
        "Keep the like of it out of the queue for a while; shows what that hides, says why.",
        "act",
        "silence",
        _DEVIATION,
        writes=True,
    ),
    Key("undo", ("z",), "undo", "Undo your last command.", "act", "undo", footer=9, writes=True),
    Key("redo", ("Z",), "redo", "Do again what undo took back.", "act", "redo", writes=True),
    Key("copy", ("y",), "copy id", "Send the id to your own clipboard.", "act", "copy"),
    Key("next_pane", ("tab",), "next pane", "To the next pane, or part of a page.", "everywhere", "next_pane(1)"),
    Key("previous_pane", ("shift+tab",), "previous pane", "To the pane before.", "everywhere", "next_pane(-1)"),
    Key(
        "filter",
        ("/",),
        "filter",
        "Show only rows with these words; kind=late_supply, !word also work. A pane of text: look for them.",
        "view",
        "filter",
        footer=7,
    ),
    Key(
        "pause",
        ("p",),
        "pause",
        "Hold the signals still while they go on coming; once more, the newest is on top again.",
        "view",
        "pause",
        frozenset({"signal"}),
    ),
    Key("search", ("/",), "look for", "Look for words in the text.", "text", "filter", footer=7),
    Key("next_found", ("n",), "next hit", "To the next line that has them.", "text", "find(1)"),
    Key("previous_found", ("N",), "hit before", "To the one before.", "text", "find(-1)"),
    Key(
        "hidden",
        ("h",),
        "hidden",
        "What is kept out of the queue: silenced, folded, snoozed; once more, the queue.",
        "desk",
        "hidden",
    ),
    Key(
        "next_hit",
        ("n",),
        "next hit",
        "To the next row that the last filter shows, also when it was taken away.",
        "view",
        "find(1)",
    ),
    Key("previous_hit", ("N",), "hit before", "To the one before.", "view", "find(-1)"),
    Key("views", ("V",), "views", "Choose a view of the list; :view save NAME keeps one.", "deviations", "choose_view"),
    Key("sort", ("O",), "sort", "Choose the order.", "deviations", "sort"),
    Key("group", ("B",), "group", "Choose groups; enter on a heading folds one.", "deviations", "group"),
    Key(
        "hidden_view",
        ("h",),
        "hidden",
        "What is kept out of the queue, and by what; once more, what is live.",
        "deviations",
        "hidden",
    ),
    Key("columns", ("C",), "columns", "Choose the columns, and their order.", "deviations", "columns"),
    Key(
        "move_earlier",
        ("<",),
        "move earlier",
        "Another start for the action, a step of the zoom earlier; shows what follows, enter does it.",
        "timeline",
        "shift(-1)",
        _ACTION,
        footer=7,
        writes=True,
        where=may_be_moved,
    ),
    Key(
        "move_later",
        (">",),
        "later",
        "A step later; several keys add up, enter does it, esc leaves it.",
        "timeline",
        "shift(1)",
        _ACTION,
        footer=7,
        writes=True,
        where=may_be_moved,
    ),
    Key("zoom_in", ("+",), "closer", "Zoom in: weeks, days, hours.", "timeline", "zoom(-1)", footer=3),
    Key("zoom_out", ("_",), "further", "Zoom out: hours, days, weeks.", "timeline", "zoom(1)", footer=4),
    Key("pan_left", ("left", "["), "earlier", "A quarter of the screen earlier.", "timeline", "pan(-1)"),
    Key("pan_right", ("right", "]"), "later", "A quarter of the screen later.", "timeline", "pan(1)"),
    Key("pan_home", (".",), "now", "Back to the present.", "timeline", "pan(0)"),
    Key("numbers", ("p",), "picture", "To the pictures; there, the numbers in their place.", "page", "numbers"),
    Key(
        "retry",
        ("t",),
        "try again",
        "Try held records again, or all that a source has held, as files and mappings are now.",
        "sources",
        "retry",
        frozenset({"quarantine", "source"}),
        footer=2,
        writes=True,
        where=has_held_records,
    ),
    Key(
        "mend",
        ("i",),
        "mend",
        "Put the right value into the column that was refused, and try the record with it.",
        "sources",
        "mend",
        frozenset({"quarantine"}),
        footer=3,
        writes=True,
    ),
    Key("since", ("P",), "since", "From when on the report tells.", "reports", "since", footer=2),
    Key("explain", ("e",), "explain", "Why it ranks here: every term with its source.", "act", "explain", _DEVIATION),
    Key(
        "desk", ("1",), "desk", "The desk: what came in, what is off plan, who does what.", "everywhere", "view('desk')"
    ),
    Key(
        "deviations",
        ("2",),
        "deviations",
        "All deviations; views, order, groups, columns.",
        "everywhere",
        "view('deviations')",
    ),
    Key(
        "timeline",
        ("3",),
        "timeline",
        "Who works on what and when: lanes, what waits for what, slack, load.",
        "everywhere",
        "view('timeline')",
    ),
    Key(
        "signals",
        ("4",),
        "signals",
        "All signals, searched in full, with the record as it came.",
        "everywhere",
        "view('signals')",
    ),
    Key(
        "playbooks",
        ("5",),
        "playbooks",
        "Playbooks: when each applies, its faults, what it would give.",
        "everywhere",
        "view('playbooks')",
    ),
    Key("sources", ("6",), "sources", "Sources, their health, and the quarantine.", "everywhere", "view('sources')"),
    Key("reports", ("7",), "reports", "The handover brief, and the metrics.", "everywhere", "view('reports')"),
    Key("last_view", ("-",), "last view", "Back to the view before this one.", "everywhere", "last_view"),
    Key("command", (":",), "command", "A command as in the shell: ack D12 --to bo.", "everywhere", "command", footer=8),
    Key("palette", ("ctrl+p",), "palette", "Find a command by its words.", "everywhere", "palette"),
    Key("keys", ("?",), "keys", "The keys of this place.", "everywhere", "keys", footer=8),
    Key(
        "jump",
        ("'",),
        "jump",
        "Letters on the rows in sight: type those of a row to go there.",
        "everywhere",
        "jump_mode",
    ),
    Key("log", ("@",), "what you did", "What you did here, as command lines ready to copy.", "everywhere", "log"),
    Key(
        "copy_line",
        ("y",),
        "copy",
        "Send the command line under the cursor to your own clipboard.",
        "log",
        "copy(False)",
    ),
    Key("copy_all", ("Y",), "copy all", "Send all the command lines to your own clipboard.", "log", "copy(True)"),
    Key("messages", ("m",), "messages", "What was done and refused here, in full.", "everywhere", "messages"),
    Key("redraw", ("ctrl+l",), "redraw", "Draw the whole screen anew.", "everywhere", "redraw"),
    Key(
        "back",
        ("escape",),
        "back",
        "Take marks away, then the filter or what is looked for, then leave the page.",
        "everywhere",
        "back",
    ),
    Key("quit", ("q",), "quit", "Leave the page, or the desk.", "everywhere", "leave", footer=10),
)
