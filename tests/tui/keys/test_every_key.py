"""Every key of the table on every screen that offers it: pressed on the sample world, it does what belongs to it there.

Each place is opened once and put in order before each key. A key without an entry in EFFECTS fails its places.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.storage.desk_clock import clock_of
from engine.storage.store import Store
from tests.tui.conftest import Driven, driving
from tests.tui.key_effects import Hand
from tests.tui.key_expectations import (
    ASKED,
    EFFECTS,
    ENDS,
    FILTERS,
    OPEN,
    PLACES,
    ROWS,
    WIDE,
    Dialog,
    Place,
    expected,
    offered,
)
from tui.app import OffplanApp
from tui.demo.demo_world import SETTINGS, sample
from tui.desk.session import Session
from tui.keys import key_map
from tui.keys.key import Key
from tui.keys.key_map import KeyMap
from tui.keys.key_table import KEYS
from tui.keys.request import Request
from tui.keys.screen_options import ScreenOptions
from tui.planner import PlannerOnDemand
from tui.screens import views
from tui.screens.acting import ActingScreen
from tui.screens.acts_screen import ActsScreen
from tui.screens.desk import DeskScreen
from tui.screens.filtering import FilteringScreen
from tui.screens.finding import FindingScreen
from tui.widgets.line_list import LineList
from tui.widgets.page_list import PageList
from tui.wiring import SETTINGS_FILE


class Visit(Hand):
    """A place on an open desk, put in order before every key."""

    def __init__(self, driven: Driven, place: Place) -> None:
        super().__init__(driven)
        self.place = place

    @property
    def lines(self) -> LineList:
        focused = self.driven.app.screen.focused
        assert isinstance(focused, LineList)
        return focused

    async def arrive(self, on: str = "") -> None:
        """Go to the place, with the cursor on an object, no marks and no filter."""
        driven, place, app = self.driven, self.place, self.driven.app
        await self.leave()
        if not isinstance(app.screen, place.shown_by) or (
            place.page and getattr(app.screen, "place", "") != place.page
        ):
            views.go(app, app.session, place.view)
            await self.settle()
            if place.page:
                assert isinstance(app.screen, ActingScreen)
                app.screen.open_id(place.page)
                await self.settle()
            elif place.shown_by is ActsScreen:
                await driven.press("@")
        screen = app.screen
        for _ in range(5):
            if not place.pane or getattr(screen.focused, "id", None) == place.pane:
                break
            await driven.press("tab")
        if isinstance(screen, FilteringScreen):
            for pane, text in screen.filters.items():
                if text != FILTERS.get(pane, ""):
                    screen.try_filter(pane, FILTERS.get(pane, ""))
        if isinstance(screen, FindingScreen):
            screen.stop_seeking()
        self.lines.unmark()
        self.lines.go_to(self._row(on or place.on))
        if isinstance(screen, ActingScreen):
            screen.say("")
        await self.settle()

    def _row(self, on: str) -> int:
        lines = self.lines
        targets = [getattr(line, "target", None) for line in getattr(lines, "lines", ())]
        if on in targets:
            return targets.index(on)
        number = int(on[1:]) if on[1:].isdecimal() else -1
        return lines.ids.index(number) if number in lines.ids else 1

    async def carry(self, verb: str, *ids: str) -> None:
        screen = self.driven.app.screen
        assert isinstance(screen, ActingScreen)
        await screen.carry(Request(verb, ids))
        await self.settle()

    async def prepare(self, key: Key) -> None:
        """What has to have happened for a key to mean something."""
        screen, session = self.driven.app.screen, self.driven.app.session
        if key.id in ("undo", "redo"):
            await self.carry("ack", OPEN)
        if key.id == "redo":
            await self.carry("undo")
        if key.id in ("next_hit", "previous_hit"):
            assert isinstance(screen, FilteringScreen)
            if isinstance(screen.focused, PageList):
                await self._look_for("e")
            else:
                screen.try_filter(screen.filtered_pane(), "!nothing")
                await self.settle()
        if key.id in ("next_found", "previous_found"):
            await self._look_for("e")
        if key.id == "last_view":
            session.last_view = "signals" if session.view == "sources" else "sources"
        if key.id == "pan_home":
            await self.driven.press("left")
        if key.id == "back" and isinstance(screen, DeskScreen):
            screen.query_one(f"#{screen.filtered_pane()}", LineList).action_mark_all()

    async def _look_for(self, letter: str) -> None:
        await self.driven.press("/", letter)
        await self.finish("enter")

    async def press(self, key: Key, typed: str) -> str | None:
        """Press one key; what is wrong with what it did, if anything."""
        driven, place = self.driven, self.place
        await self.arrive(ROWS.get(key.id, "") if place.kind == "action" and not place.page else "")
        if key.id in ENDS:
            self.lines.go_to(ENDS[key.id] % len(self.lines.ids))
        await self.prepare(key)
        before, acts = self.seen(), len(driven.app.session.acts)
        await self.finish(typed)
        after = self.seen()
        wanted = expected(place, key)
        if not wanted.holds(before, after):
            return f"{place.name}: {typed} ({key.id}) {wanted.words}; before: {before.where}; after: {after.where}"
        if len(driven.app.session.acts) > acts and key.id != "undo":
            await self.leave()
            await self.carry("undo")
        return None


TOLD = {
    "line_take", "line_complete", "line_earlier", "line_leave", "choice_take", "choice_down", "choice_up",
    "choice_leave", "preview_take", "preview_next", "preview_leave", "yes", "no", "text_leave",
}  # fmt: skip
"""Keys that a dialog tells itself; `?` tells all of them."""


def asked_by(dialog: Dialog) -> list[tuple[Key, str]]:
    """The keys of a dialog's own, one at a time."""
    return [(key, typed) for key in KEYS if key.scope == dialog.scope for typed in key.keys]


@asynccontextmanager
async def visited(folder: Path, place: Place, keys: KeyMap | None = None) -> AsyncIterator[Visit]:
    """A place on a copy of the sample world."""
    path = folder / "offplan.db"
    shutil.copyfile(sample(), path)
    shutil.copyfile(SETTINGS, folder / SETTINGS_FILE)
    planner = PlannerOnDemand(None)

    def desk() -> Desk:
        store = Store.open(path)
        return Desk(store, clock_of(store), actor="ana", planner=planner)

    session = Session(desk, readonly=False, workspace=folder)
    async with driving(OffplanApp(session, options=ScreenOptions(keys=keys or KeyMap())), place.size) as driven:
        yield Visit(driven, place)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_every_key_does_what_belongs_to_it(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    async with visited(tmp_path, place) as visit:
        if place.shown_by is ActsScreen:
            for id_ in ("D48", "D49", "D54"):
                await visit.carry("ack", id_)
        found = [await visit.press(key, typed) for key in offered(place) for typed in key.keys]
        faults = [fault for fault in found if fault is not None]
        assert not faults, "\n".join(faults)


async def test_every_pane_of_every_view_and_every_page_is_a_place(tmp_path: Path) -> None:
    def leaves(kind: type[ActingScreen]) -> set[type[ActingScreen]]:
        below = {leaf for sub in kind.__subclasses__() for leaf in leaves(sub)}
        return below or {kind}

    async with visited(tmp_path, PLACES[0]._replace(size=WIDE)) as visit:
        panes = set()
        for view in views.VIEWS:
            await visit.finish(view.key)
            panes |= {(type(visit.driven.app.screen), str(pane.id)) for pane in visit.driven.app.screen.query(LineList)}
    assert panes <= {(place.shown_by, place.pane) for place in PLACES}
    ours = {leaf for leaf in leaves(ActingScreen) if leaf.__module__.startswith("tui.")}
    assert ours <= {place.shown_by for place in PLACES}


def test_no_screen_lacks_what_its_bases_leave_to_it() -> None:
    """The views are made by name, where no type checker sees it."""
    lacking = {
        f"{place.shown_by.__name__}.{name}"
        for place in PLACES
        for name in dir(place.shown_by)
        if getattr(getattr(place.shown_by, name, None), "__isabstractmethod__", False)
    }
    assert not lacking


@pytest.mark.parametrize("dialog", ASKED, ids=lambda dialog: dialog.name)
async def test_every_key_of_every_dialog_does_what_belongs_to_it(dialog: Dialog, tmp_path: Path) -> None:
    async with visited(tmp_path, PLACES[0]) as visit:
        faults = []
        for key, typed in asked_by(dialog):
            await visit.arrive()
            visit.driven.app.session.history[:] = ["explain D48"]
            acts = len(visit.driven.app.session.acts)
            for each in (*dialog.opened_by, *dialog.first.get(key.id, ())):
                await visit.finish(each)
            before = visit.seen()
            await visit.finish(typed)
            if not EFFECTS[key.id].holds(before, after := visit.seen()):
                faults.append(f"{typed} ({key.id}) {EFFECTS[key.id].words}; {before.where}; {after.where}")
            if len(visit.driven.app.session.acts) > acts:
                await visit.leave()
                await visit.carry("undo")
        assert not faults, "\n".join(faults)


@pytest.mark.parametrize("dialog", ASKED, ids=lambda dialog: dialog.name)
async def test_every_key_of_every_dialog_can_be_moved(dialog: Dialog, tmp_path: Path) -> None:
    """What is moved is told under its new key and does it; the old one does nothing any more."""
    for number, (key, typed) in enumerate(asked_by(dialog)):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with visited(folder, PLACES[0], key_map.read({key.id: "f7"}, "offplan.toml")) as visit:
            await visit.arrive()
            visit.driven.app.session.history[:] = ["explain D48"]
            for each in (*dialog.opened_by, *dialog.first.get(key.id, ())):
                await visit.finish(each)
            before = visit.seen()
            await visit.finish(typed)
            assert visit.seen()._replace(redraws=0) == before._replace(redraws=0), f"{typed} still does something"
            if key.id in TOLD:
                assert "f7" in before.text, key.id
            await visit.finish("f7")
            assert EFFECTS[key.id].holds(before, visit.seen()), key.id


def test_every_key_of_the_table_is_pressed_where_it_fits() -> None:
    fitting = {key.id for place in PLACES for key in offered(place) if not key.kinds or place.kind in key.kinds}
    fitting |= {key.id for dialog in ASKED for key, _ in asked_by(dialog)}
    assert fitting == {key.id for key in KEYS} == set(EFFECTS)


@pytest.mark.parametrize("name", ["feed", "playbooks", "lanes", "deviation page"])
async def test_no_key_ends_a_desk_whose_file_is_gone(name: str, tmp_path: Path) -> None:
    place = next(place for place in PLACES if place.name == name)
    async with visited(tmp_path, place) as visit:
        await visit.arrive()
        path = visit.driven.app.session.desk.store.path
        path.rename(tmp_path / "aside.db")
        for typed in (typed for key in offered(place) if key.id != "quit" for typed in key.keys):
            await visit.finish(typed)
            await visit.leave()
            assert visit.driven.app.is_running, typed
        assert not visit.driven.app.session.acts
        (tmp_path / "aside.db").rename(path)
