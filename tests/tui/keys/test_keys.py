"""One table of keys, from which everything else derives."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widget import Widget

import tui
from tui.app import OffplanApp
from tui.keys import bindings
from tui.keys.key_map import KeyMap
from tui.keys.key_table import DIALOGS, KEYS, PLACES, SCOPES
from tui.keys.request import LOCAL, READS, VERBS
from tui.screens import help_lines
from tui.screens.action_page import ActionPage
from tui.screens.acts_screen import ActsScreen
from tui.screens.desk import DeskScreen
from tui.screens.deviation_page import DeviationPage
from tui.screens.deviations import DeviationsScreen
from tui.screens.keys_screen import KeysScreen
from tui.screens.pickers import Confirm, Picker, PreviewPicker, TextScreen
from tui.screens.record_page import RecordPage
from tui.screens.reports import ReportsScreen
from tui.screens.sources import SourcesScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.views import VIEWS, View
from tui.terminal import safe
from tui.widgets.footer import KeyLine
from tui.widgets.line_list import LineList
from tui.widgets.one_line import OneLine

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "keys.md"
NEVER_THE_ONLY_WAY = {"ctrl+b", "ctrl+a", "ctrl+s", "ctrl+q", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h", "ctrl+z"}


def test_the_documentation_is_the_table() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == bindings.markdown(), "write keys.markdown() to docs/keys.md"


def test_ids_are_unique_and_every_key_explains_itself() -> None:
    ids = [key.id for key in KEYS]
    assert len(ids) == len(set(ids))
    for key in KEYS:
        assert key.title
        assert key.tooltip.endswith(".")
        assert key.scope in SCOPES
        assert not set(key.keys) <= NEVER_THE_ONLY_WAY


def test_a_letter_means_one_thing_for_one_kind_in_one_place() -> None:
    for place in PLACES:
        for kind in ("deviation", "action", "signal", "quarantine", "source", "playbook"):
            here = [key for key in KEYS if key.scope in place and (not key.kinds or kind in key.kinds)]
            letters = [letter for key in here for letter in key.keys]
            assert len(letters) == len(set(letters))


def shown_by(view: View) -> type[Widget]:
    """The class that shows a view."""
    module, _, name = view.shown_by.partition(":")
    found: type[Widget] = getattr(import_module(f"tui.screens.{module}"), name)
    return found


def test_every_key_has_a_binding_and_an_action_that_exists() -> None:
    views = [shown_by(view) for view in VIEWS]
    pages: list[type[Widget]] = [DeviationPage, ActionPage, RecordPage]
    owners: dict[str, list[type[Widget]]] = {
        "list": [LineList],
        "rows": [LineList],
        "act": [*views, *pages],
        "everywhere": [*views, *pages],
        "desk": [DeskScreen],
        "view": [view for view in views if view is not ReportsScreen],
        "sources": [SourcesScreen],
        "reports": [ReportsScreen],
        "deviations": [DeviationsScreen],
        "log": [ActsScreen],
        "timeline": [TimelineScreen],
        "page": [DeviationPage],
        "text": [*pages, ReportsScreen],
        "line": [OneLine],
        "choice": [Picker],
        "preview": [PreviewPicker],
        "yes": [Confirm],
        "help": [KeysScreen],
        "reading": [TextScreen, ActsScreen, KeysScreen],
    }
    assert owners.keys() == {*SCOPES}
    for key in KEYS:
        place, _, name = key.action.partition("(")[0].rpartition(".")
        above: dict[str, Sequence[type[DOMNode]]] = {"screen": owners["everywhere"], "app": [OffplanApp]}
        for owner in above.get(place, owners[key.scope]):
            assert inspect.isfunction(getattr(owner, f"action_{name}", None)), f"{key.id} on {owner.__name__}"
        for owner in owners[key.scope]:
            bound = {
                letter
                for binding in owner.BINDINGS
                if isinstance(binding, Binding)
                for letter in binding.key.split(",")
            }
            assert set(key.keys) <= bound


def classes_of_the_screen() -> set[type[DOMNode]]:
    """Every class of the package that Textual could look for bindings in."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        import_module(module.name)

    def below(kind: type[DOMNode]) -> set[type[DOMNode]]:
        return {kind, *(leaf for sub in kind.__subclasses__() for leaf in below(sub))}

    return {kind for kind in below(DOMNode) if kind.__module__.startswith("tui.")}


def test_no_binding_stands_outside_the_table() -> None:
    found = classes_of_the_screen()
    assert {OffplanApp, OneLine, Picker, PreviewPicker, Confirm, TextScreen, LineList, DeskScreen} <= found
    meant = {(",".join(key.keys), key.id): key.action for key in KEYS}
    for kind in found:
        for binding in vars(kind).get("BINDINGS", ()):
            assert isinstance(binding, Binding), kind
            action = meant[binding.key, str(binding.id)]
            assert binding.action in (action, f"act_by_kind('{binding.key}')"), kind


def test_every_screen_with_keys_is_a_place_of_the_table() -> None:
    """Which keys clash is decided by the places: one that is left out would let two mean the same."""
    found: list[tuple[str, ...]] = [getattr(kind, "scopes", ()) for kind in classes_of_the_screen()]
    scopes = {frozenset(each) for each in found if each}
    assert scopes | {frozenset({"line"})} == {*PLACES}


def test_every_verb_of_the_shell_has_a_key_or_the_command_line() -> None:
    acted = {key.id for key in KEYS if key.action.startswith("act(")}
    assert acted <= set(VERBS)
    typed = {
        "replan",
        "reschedule",
        "reopen",
        "merge",
        "contain",
        "reverse",
        "close",
        "silence add",
        "silence change",
        "silence end",
        "handoffs confirm",
        "handoffs resend",
    }
    assert set(VERBS) - acted == {*typed, "undo", "redo"}, "these have keys of their own"


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
def test_the_footer_keeps_the_key_that_tells_all_others(width: int) -> None:
    line = KeyLine()
    line._keys = bindings.footer("action", ("list", "act", "view", "timeline", "everywhere"))
    shown = safe.plain(line.pieces(width))
    assert " ? keys" in shown
    assert len(shown) <= width


@pytest.mark.parametrize("screen", [DeskScreen, TimelineScreen, DeviationsScreen])
def test_the_keys_of_a_place_say_what_its_signs_mean(
    screen: type[DeskScreen | TimelineScreen | DeviationsScreen],
) -> None:
    told = [safe.plain(line.pieces) for line in help_lines.of_place(screen.scopes, KeyMap(), 116)]
    first = told.index("Signs") + 1
    signs = [line.split()[0] for line in told[first : told.index("", first)]]
    wanted = {
        DeskScreen: {"◆C", "✚", "◌", "┫", "›"},
        TimelineScreen: {"◌", "┫", "◆", "slack"},
        DeviationsScreen: {"◆C"},
    }
    assert wanted[screen] <= {*signs}


def test_what_is_a_place_s_own_is_told_before_what_every_place_has() -> None:
    """Who asked on the timeline what its signs mean had ten screens to leaf through at 80x24."""
    told = [line.pieces[0] for line in help_lines.of_place(TimelineScreen.scopes, KeyMap(), 76) if line.pieces]
    headings = [text for text, style in told if style == "heading"]
    assert headings[:2] == ["On the timeline", "Signs"]
    assert headings[2:7] == [SCOPES[scope] for scope in ("act", "rows", "view", "list", "everywhere")]
    assert headings[7].startswith("After :")
    assert headings[8:] == [SCOPES[scope] for scope in DIALOGS]


@pytest.mark.parametrize("width", [56, 76])
def test_the_keys_of_a_place_are_said_in_full_at_any_width(width: int) -> None:
    told = [safe.plain(line.pieces) for line in help_lines.of_place(TimelineScreen.scopes, KeyMap(), width)]
    assert max(map(len, told)) <= width
    assert not [line for line in told if "…" in line]
    words = " ".join(" ".join(told).split())
    for key in KEYS:
        if key.scope in (*TimelineScreen.scopes, *DIALOGS):
            assert KeyMap().told(key) in words, key.id


@pytest.mark.parametrize("readonly", [False, True])
def test_what_has_no_key_is_told_with_the_keys(readonly: bool) -> None:
    """Who had nothing but the footer and ? found no review, no metrics and no way to keep a view."""
    told = [safe.plain(line.pieces) for line in help_lines.of_place(DeskScreen.scopes, KeyMap(), 76, readonly=readonly)]
    names = {
        line[:18].strip() for line in told[next(at for at, line in enumerate(told) if line.startswith("After : ")) :]
    }
    keyed = {key.id for key in KEYS}
    assert {*READS, *LOCAL} <= names
    assert {words for words in VERBS if words not in keyed} & names == (
        set() if readonly else {words for words in VERBS if words not in keyed}
    )
    assert max(map(len, told)) <= 76
