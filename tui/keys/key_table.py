"""The one table of keys: what each does, where, and on what. What is made of the table is tui.keys.bindings.

No key that tmux or a terminal takes is the only way to anything, and no key after `esc` is dangerous.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tui.keys.acting_keys import ACTING_KEYS
from tui.keys.dialog_keys import DIALOG_KEYS
from tui.keys.key import Key
from tui.keys.offering import has_held_records, may_be_moved

SCOPES: Final[Mapping[str, str]] = {
    "list": "Move, in every list",
    "rows": "Open and mark rows",
    "act": "Act on the marked rows, or on the one under the cursor",
    "desk": "On the desk",
    "view": "On every view",
    "deviations": "On the list of deviations",
    "timeline": "On the timeline",
    "sources": "On the sources, the quarantine and a held record",
    "reports": "On the reports",
    "page": "On a deviation's page",
    "text": "In text: pages, reports",
    "log": "In the log of what you did",
    "everywhere": "Everywhere",
    "line": "In a line of text, where letters are text",
    "choice": "Choosing one, where letters narrow them down",
    "preview": "Choosing one, with what it would give below",
    "yes": "Before what may do harm",
    "help": "On the keys of a place",
    "reading": "On what is to be read",
}
"""Where a key works: the headings of `?` and of docs/keys.md, in their order."""
LISTS: Final = ("list", "rows")
"""Scopes of the list in front."""
DIALOGS: Final = ("log", "line", "choice", "preview", "yes", "help", "reading")
"""Scopes of what opens over a screen and asks, or is read: `?` of every place tells them too."""
PLACES: Final[Sequence[frozenset[str]]] = tuple(
    frozenset(scopes.split())
    for scopes in (
        "list rows act desk view everywhere",
        "list rows act view deviations everywhere",
        "list rows act view timeline everywhere",
        "list rows act view everywhere",
        "list rows act view sources everywhere",
        "list rows act reports text everywhere",
        "list rows act page text everywhere",
        "list rows act text everywhere",
        "list rows act sources text everywhere",
        "list log reading",
        "list help reading",
        "list reading",
        "list yes",
        "list preview",
        "choice",
        "line",
    )
)
"""Scopes that hold together somewhere: no letter means two things there with the same object under the cursor."""

_ACTION: Final = frozenset({"action"})
_LIST_KEYS: Final = (
    Key("down", ("j", "down"), "down", "One row down.", "list", "move(1)"),
    Key("up", ("k", "up"), "up", "One row up.", "list", "move(-1)"),
    Key("first", ("g", "home"), "first", "To the first row.", "list", "jump(0)"),
    Key("last", ("G", "end"), "last", "To the last row.", "list", "jump(-1)"),
    Key("half_down", ("ctrl+d",), "half down", "Half a screen down.", "list", "page(0.5)"),
    Key("half_up", ("ctrl+u",), "half up", "Half a screen up.", "list", "page(-0.5)"),
    Key("page_down", ("pagedown",), "page down", "A screen down.", "list", "page(1)"),
    Key("page_up", ("pageup",), "page up", "A screen up.", "list", "page(-1)"),
    Key("open", ("enter",), "open", "Open the row's page.", "rows", "screen.open", footer=1),
    Key("mark", ("space",), "mark", "Mark the row, or take the mark away, and go one down.", "rows", "mark"),
    Key("mark_range", ("v",), "mark to here", "Mark all rows from the last mark to here.", "rows", "mark_range"),
    Key("mark_all", ("*",), "mark all", "Mark all rows that the filter shows.", "rows", "mark_all"),
)
_OTHER_KEYS: Final = (
    Key("next_pane", ("tab",), "next pane", "To the next pane, or part of a page.", "everywhere", "next_pane(1)"),
    Key("previous_pane", ("shift+tab",), "previous pane", "To the pane before.", "everywhere", "next_pane(-1)"),
    Key(
        "filter",
        ("/",),
        "filter",
        "Show only rows with these words (kind=late_supply and !word too); in a pane of text, look for them.",
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
    Key(
        "views",
        ("V",),
        "views",
        "Choose a view of the list; {command}view save NAME keeps one.",
        "deviations",
        "choose_view",
    ),
    Key("sort", ("O",), "sort", "Choose the order.", "deviations", "sort"),
    Key("group", ("B",), "group", "Choose groups; {open} on a heading folds one.", "deviations", "group"),
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
        "Another start for the action, a step of the zoom earlier; shows what follows, {open} does it.",
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
        "A step later; several keys add up, {open} does it, {back} leaves it.",
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
        where=has_held_records,
    ),
    Key("since", ("P",), "since", "From when on the report tells.", "reports", "since", footer=2),
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
        "All signals, searched in full, with what their records say.",
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
    Key(
        "reports",
        ("7",),
        "reports",
        "The handover brief, the metrics, the load of each owner.",
        "everywhere",
        "view('reports')",
    ),
    Key("last_view", ("-",), "last view", "Back to the view before this one.", "everywhere", "last_view"),
    Key("command", (":",), "command", "A command as in the shell: ack D12 --to bo.", "everywhere", "command", footer=8),
    Key("palette", ("ctrl+p",), "palette", "Find a command by its words.", "everywhere", "palette"),
    Key("keys", ("?",), "keys", "The keys of this place.", "everywhere", "keys", footer=8),
    Key(
        "jump",
        ("'",),
        "jump",
        "Letters on the rows in sight: type those of a row to go there; any other key leaves.",
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
    Key("redraw", ("ctrl+l",), "redraw", "Draw the whole screen anew.", "everywhere", "app.redraw"),
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
KEYS: Final[tuple[Key, ...]] = (*_LIST_KEYS, *ACTING_KEYS, *_OTHER_KEYS, *DIALOG_KEYS)
"""Every key that the desk takes; those that edit a line of text are Textual's."""
