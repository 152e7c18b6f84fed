"""The views of the desk, one key each, and the way from one to another.

A view is made when it is first asked for and kept then, with its filter, its cursor and its marks; pages lie on top of
the view from which they were opened. The desk itself is the first view and lies below all others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tui.widgets.drawn_list import DrawnList

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

    from tui.desk.session import Session


class View(NamedTuple):
    """One view: its key, its name, and the class of tui.screens that shows it, as `module:Class`."""

    key: str
    name: str
    shown_by: str


DESK: Final = "desk"
VIEWS: Final = (
    View("1", DESK, "desk:DeskScreen"),
    View("2", "deviations", "deviations:DeviationsScreen"),
    View("3", "timeline", "timeline:TimelineScreen"),
    View("4", "signals", "signals:SignalsScreen"),
    View("5", "playbooks", "playbooks:PlaybooksScreen"),
    View("6", "sources", "sources:SourcesScreen"),
    View("7", "reports", "reports:ReportsScreen"),
)
"""In the order of their keys."""


def go(app: App[Any], session: Session, name: str) -> None:
    """Show a view; the pages on top of the present one are closed. The desk is named `desk`."""
    chosen = getattr(app.screen, "selection", None)
    if chosen is not None and (selected := chosen()).kind == "deviation":
        session.deviation = selected.ids[0]
    above = app.screen_stack[1:]
    if name != session.view:
        session.last_view, session.view = session.view, name
        # It is drawn anew when somebody comes back; seven views' drawn lines would be ten megabytes.
        for pane in app.screen_stack[1 if above else 0].query(DrawnList):
            pane.forget_lines()
    # A view on top takes the other's place: the desk below would otherwise be read anew for nothing.
    while len(app.screen_stack) > (1 if name == DESK else 2):
        app.pop_screen()
    if name == DESK:
        return
    screen = _installed(app, session, name)
    if not above:
        app.push_screen(name)
    elif app.screen is not screen:
        app.switch_screen(name)


def crumbs(app: App[Any], session: Session) -> str:
    """Where the person is: the view, and the pages on top of it; empty on the desk itself."""
    pages = [str(place) for screen in app.screen_stack if (place := getattr(screen, "place", None))]
    if session.view == DESK and not pages:
        return ""
    view = next(view for view in VIEWS if view.name == session.view)
    return " › ".join([f"{view.key} {view.name}", *pages])


def _installed(app: App[Any], session: Session, name: str) -> Screen[Any]:
    if not app.is_screen_installed(name):
        module, _, shown_by = next(view for view in VIEWS if view.name == name).shown_by.partition(":")
        screen: Screen[Any] = getattr(import_module(f"tui.screens.{module}"), shown_by)(session)
        app.install_screen(screen, name)
    return app.get_screen(name)
