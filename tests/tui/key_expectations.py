"""The places of the screen, and what belongs to each key of the table there: what keys/test_every_key.py asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from tests.tui.key_effects import Effect, asks, draws, effect, goes, moves, one_of, opens, says
from tui.desk.saved_views import LIVE
from tui.keys.key import Key
from tui.keys.key_table import KEYS
from tui.screens import views
from tui.screens.action_page import ActionPage
from tui.screens.acts_screen import ActsScreen
from tui.screens.desk import DeskScreen
from tui.screens.deviation_page import DeviationPage
from tui.screens.deviations import DeviationsScreen
from tui.screens.playbooks import PlaybooksScreen
from tui.screens.record_page import HeldPage, RecordPage
from tui.screens.reports import ReportsScreen
from tui.screens.signals import SignalsScreen
from tui.screens.sources import SourcesScreen
from tui.screens.timeline import TimelineScreen

SMALL, USUAL, WIDE = (80, 24), (120, 36), (200, 60)
OPEN, RESPONDING = "D48", "D50"
READY, RUNNING, DECISION = "A21", "A26", "A27"
"""Objects of the sample world."""


class Place(NamedTuple):
    """Somewhere on the screen that a person can be."""

    name: str
    shown_by: type[Any]
    pane: str
    kind: str
    """What is under the cursor."""
    size: tuple[int, int] = USUAL
    view: str = "desk"
    page: str = ""
    """The object whose page lies on the view."""
    on: str = ""
    """The object that the cursor is put on; empty: the second row."""


class Dialog(NamedTuple):
    """Something that asks, or is read, over the queue of the sample world."""

    name: str
    opened_by: tuple[str, ...]
    scope: str
    first: Mapping[str, tuple[str, ...]] = {}
    """What is pressed in it before a key, by the key's id."""


ASKED: Final = (
    Dialog("a line", (":",), "line", {"line_complete": ("d", "i", "s"), "line_take": ("h", "e", "l", "p"), "line_later": ("up",)}),
    Dialog("a choice", ("o",), "choice", {"choice_up": ("down",), "choice_page_up": ("down", "down")}),
    Dialog("a choice with what it would give", ("M",), "preview", {"preview_previous": ("tab",)}),
    Dialog("a yes", ("space", "space", "x", "l", "o", "w", "enter", "enter"), "yes"),
    Dialog("the keys of a place", ("?",), "help", {"help_do": ("j",)}),
    Dialog("a text", ("?",), "reading"),
)  # fmt: skip
PLACES: Final = (
    Place("queue", DeskScreen, "queue", "deviation", on=OPEN),
    Place("feed", DeskScreen, "feed", "signal"),
    Place("actions", DeskScreen, "timeline", "action"),
    Place("detail", DeskScreen, "detail", "deviation", WIDE),
    Place("queue tab", DeskScreen, "queue", "deviation", SMALL, on=OPEN),
    Place("feed tab", DeskScreen, "feed", "signal", SMALL),
    Place("actions tab", DeskScreen, "timeline", "action", SMALL),
    Place("deviations", DeviationsScreen, "deviations", "deviation", view="deviations", on=OPEN),
    Place("lanes", TimelineScreen, "lanes", "action", view="timeline"),
    Place("load", TimelineScreen, "load", "", view="timeline"),
    Place("load tab", TimelineScreen, "load", "", SMALL, view="timeline"),
    Place("signals", SignalsScreen, "signals", "signal", view="signals"),
    Place("record of a signal", SignalsScreen, "record", "signal", view="signals"),
    Place("playbooks", PlaybooksScreen, "playbooks", "playbook", view="playbooks"),
    Place("page of a playbook", PlaybooksScreen, "playbook", "playbook", view="playbooks"),
    Place("sources", SourcesScreen, "sources", "source", view="sources"),
    Place("quarantine", SourcesScreen, "quarantine", "quarantine", SMALL, view="sources"),
    Place("handover", ReportsScreen, "handover", "", view="reports"),
    Place("metrics", ReportsScreen, "metrics", "", view="reports"),
    Place("report of the load", ReportsScreen, "load", "", view="reports"),
    Place("deviation page", DeviationPage, "page", "deviation", page=RESPONDING),
    Place("deviation page in tabs", DeviationPage, "page", "deviation", SMALL, page=RESPONDING),
    Place("action on a deviation page", DeviationPage, "page", "action", page=RESPONDING, on=READY),
    Place("action page", ActionPage, "page", "action", page=READY),
    Place("record page", RecordPage, "page", "signal", page="S5"),
    Place("page of a held record", HeldPage, "page", "quarantine", page="Q1", view="sources"),
    Place("log", ActsScreen, "", ""),
)

UNFIT: Final = says(
    r" is for |takes this key|begins at a deviation|explains deviations|on no action|mends a held|is for signals"
)
"""What a key says that needs something else under the cursor."""


def did(verb: str, *otherwise: Effect) -> Effect:
    return one_of(says(rf"^✓ {verb}"), *otherwise)


REFUSED: Final = says("^✗ ")
MARKED: Final = effect("marks rows", lambda a, b: b.marks > a.marks)
LEAVES: Final = effect(
    "is back on the view", lambda a, b: b.in_front and (not a.in_front or b.view == "desk" != a.view)
)
FINDS: Final = effect(
    "goes to a hit and says which",
    lambda a, b: a.text != b.text and re.match(r"/(!nothing|e): \d+ of ", b.says) is not None,
)
TURNS: Final = effect("another pane or part", lambda a, b: (a.pane, a.cursor, a.text) != (b.pane, b.cursor, b.text))
LEFT: Final = effect("leaves all as it was", lambda _, b: b.in_front and "left as it was" in b.says)
EFFECTS: Final[Mapping[str, Effect]] = {
    "down": moves("one down", lambda a, to: to == a.cursor + 1),
    "up": moves("one up", lambda a, to: to == a.cursor - 1),
    "first": moves("to the first", lambda _, to: to == 0),
    "last": moves("to the last", lambda a, to: to == a.rows - 1),
    "half_down": moves("down", lambda a, to: to > a.cursor),
    "half_up": moves("up", lambda a, to: to < a.cursor),
    "page_down": moves("down", lambda a, to: to > a.cursor),
    "page_up": moves("up", lambda a, to: to < a.cursor),
    "open": one_of(
        *(opens(page) for page in ("DeviationPage", "ActionPage", "RecordPage", "HeldPage")), opens("TextScreen", "Load of"),
        effect("goes to the playbook's page", lambda a, b: (a.pane, b.pane) == ("playbooks", "playbook")),
        says("nothing to open"),
    ),
    "mark": MARKED,
    "mark_range": MARKED,
    "mark_all": effect("marks all rows", lambda _, b: len(b.marks) == b.rows > 1),
    "ack": did("ack", REFUSED),
    "assign": opens("Picker", "Who takes"),
    "respond": opens("PreviewPicker", "How to answer"),
    "start": did("start", REFUSED),
    "done": did("done", REFUSED),
    "decide": one_of(opens("PreviewPicker", "decides"), asks("why"), says("is no decision")),
    "approve": did("approve", REFUSED),
    "agree": did("agree", REFUSED),
    "keep": did("keep", REFUSED),
    "wait": asks("wait"),
    "fail": asks("fail"),
    "skip": asks("skip"),
    "cancel": asks("cancel"),
    "block": asks("block"),
    "snooze": asks("until"),
    "dismiss": one_of(asks("dismiss"), opens("Picker", "dismissed")),
    "resolve": one_of(asks("resolve"), says("are mandatory and open")),
    "comment": asks("comment"),
    "silence": opens("PreviewPicker", "What to silence"),
    "undo": says("^✓ undid"),
    "redo": says("^✓ did again"),
    "unsent": says("nothing that you answered waits"),
    "copy": says("^sent to the terminal"),
    "next_pane": TURNS,
    "previous_pane": TURNS,
    "filter": asks("/"),
    "hidden": effect("the queue shows what is hidden", lambda _, b: "suppressed=true" in b.text),
    "hidden_view": effect("the list shows what is hidden", lambda _, b: "suppressed=true" in b.title),
    "next_hit": FINDS,
    "previous_hit": FINDS,
    "pause": draws("holds the signals still, or lets them go on"),
    "search": asks("/"),
    "next_found": FINDS,
    "previous_found": FINDS,
    "views": opens("Picker", "Which view?"),
    "sort": opens("Picker", "In which order?"),
    "group": opens("Picker", "In groups of what?"),
    "columns": asks("columns"),
    "move_earlier": one_of(says("enter does it, esc leaves it|nothing moves"), REFUSED),
    "move_later": says("enter does it, esc leaves it"),
    "zoom_in": draws("zooms in"),
    "zoom_out": draws("zooms out"),
    "pan_left": draws("moves the axis"),
    "pan_right": draws("moves the axis"),
    "pan_home": draws("the present is back"),
    "numbers": effect("to the pictures", lambda a, b: "Picture" in b.text and a.text != b.text),
    "retry": says("held"),
    "mend": one_of(asks("Q"), opens("Picker", "Which column"), says("not kept as columns")),
    "since": one_of(asks("since"), says("looks ahead")),
    "explain": one_of(opens("DeviationPage"), draws("Explain"), moves("to Explain", lambda *_: True)),
    **{view.name: goes(view.name) for view in views.VIEWS},
    "last_view": effect("goes to the view before", lambda a, b: b.in_front and a.view != b.view),
    "command": asks(":"),
    "palette": opens("Picker", "What to do"),
    "keys": opens("KeysScreen", "Keys of this place"),
    "jump": effect("letters on the rows", lambda _, b: b.jumps),
    "log": opens("ActsScreen"),
    "copy_line": says("^sent to the terminal: offplan ack"),
    "copy_all": says("^sent to the terminal: .* characters"),
    "messages": opens("TextScreen", "Messages"),
    "redraw": effect("draws all anew", lambda a, b: b.redraws > a.redraws),
    "back": one_of(LEAVES, effect("takes marks or the filter away", lambda a, b: a.title != b.title or a.marks > b.marks)),
    "quit": one_of(LEAVES, effect("ends the desk", lambda a, b: b.ended)),
    "line_take": opens("KeysScreen", "Keys of this place"),
    "line_complete": effect("completes the word", lambda a, b: (a.typed, b.typed) == ("dis", "dismiss ")),
    "line_earlier": effect("shows the line before", lambda a, b: (a.typed, b.typed) == ("", "explain D48")),
    "line_later": effect("is empty again", lambda a, b: (a.typed, b.typed) == ("explain D48", "")),
    "line_leave": effect("leaves the line", lambda a, b: bool(a.asks) and not b.asks and b.in_front),
    **dict.fromkeys(
        ("line_redraw", "choice_redraw", "preview_redraw", "yes_redraw", "text_redraw"),
        effect("draws all anew", lambda a, b: b.redraws > a.redraws and (b.screen, b.asks) == (a.screen, a.asks)),
    ),
    "choice_take": says("^✓ assign"),
    "choice_down": moves("one down", lambda a, to: to == a.cursor + 1),
    "choice_up": moves("one up", lambda a, to: to == a.cursor - 1),
    "choice_page_down": moves("down", lambda a, to: to > a.cursor),
    "choice_page_up": moves("up", lambda a, to: to < a.cursor),
    "choice_leave": LEFT,
    "preview_take": asks("why"),
    "preview_next": effect("goes to the preview", lambda a, b: (a.pane, b.pane) == ("choices", "preview")),
    "preview_previous": effect("goes back to the choices", lambda a, b: (a.pane, b.pane) == ("preview", "choices")),
    "preview_leave": says("nothing was silenced"),
    "yes": says("^✓ dismiss"),
    "no": LEFT,
    "help_do": effect("the queue's next row", lambda a, b: a.screen == "KeysScreen" and b.in_front and b.cursor > 0),
    "text_leave": effect("is back", lambda a, b: a.screen in ("KeysScreen", "ActsScreen") and b.in_front),
}  # fmt: skip
"""What belongs to each key of the table."""
FILTERS: Final = {"deviations": LIVE.filter}
"""What lists are filtered by from the beginning."""
TEXTS: Final = frozenset(("detail", "record", "playbook", "handover", "metrics", "page", "load"))
"""Panes of text, which has no rows."""
ENDS: Final = {"down": 0, "half_down": 0, "page_down": 0, "last": 0, "up": -1, "half_up": -1, "page_up": -1}
"""Where the cursor has to stand for a key to move it in a list of two rows."""
ROWS: Final = {"start": READY, "done": RUNNING, "decide": DECISION, "move_earlier": READY, "move_later": READY}
"""The action that a key needs under the cursor of a list."""


def offered(place: Place) -> list[Key]:
    """The keys of the table that hold in a place, those that `?` lists there; what ends the desk comes last."""
    here = [key for key in KEYS if key.scope in place.shown_by.scopes]
    return sorted(here, key=lambda key: key.id == "quit")


def expected(place: Place, key: Key) -> Effect:
    """What a key has to do in a place. Raises KeyError for a key that nobody has said it of."""
    meant = EFFECTS[key.id]
    if key.id == "explain" and place.page and place.kind == "action":
        # A page leads from an action to its deviation.
        return meant
    if key.kinds and place.kind not in key.kinds:
        others = [other for other in offered(place) if other.keys == key.keys and place.kind in other.kinds]
        return EFFECTS[others[0].id] if others else UNFIT
    if key.action.startswith("mark") and place.pane in TEXTS:
        return says("no rows to mark")
    if key.id == "copy" and not place.kind:
        return says("nothing to copy")
    return meant
