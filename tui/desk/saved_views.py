"""Views of the list of deviations: a filter, an order, groups and columns under a name; `[view.NAME]` of
offplan.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from engine.values.errors import BadInput
from tui.widgets import deviation_columns


class SavedView(NamedTuple):
    """How the list is shown."""

    name: str
    filter: str = ""
    sort: str = ""
    """A field, with a minus before it the largest first; empty: the queue's order."""
    group: str = ""
    columns: tuple[str, ...] = ()
    """Empty: the usual ones."""


LIVE: Final = SavedView("live", "state=open,acknowledged,responding")
BUILT_IN: Final = (
    LIVE,
    SavedView("queue"),
    SavedView("hidden", "suppressed=true"),
    SavedView("unowned", "owner="),
    SavedView("passed", "bucket=passed", "-exposure"),
    SavedView("by owner", group="owner"),
    SavedView("by party", group="party"),
    SavedView("by kind", group="kind"),
    SavedView("ended", "state=recovered,resolved,closed,dismissed,merged"),
    SavedView("all", "state!=discarded"),
)
"""Always there; the first is what the list opens with."""
_TEXTS: Final = ("filter", "sort", "group")


def mine(actor: str) -> SavedView:
    """What a person owns."""
    return SavedView("mine", f'owner="{actor}"')


def read(table: Mapping[str, Any], place: str) -> list[SavedView]:
    """The views of the tables `[view.NAME]` in the file `place`, by name. Raises BadInput for a value of another
    type."""
    views = []
    for name, found in sorted(table.items()):
        if not isinstance(found, dict):
            raise BadInput(f"{place}, view.{name}", "this is no table", f"write [view.{name}] above its lines")
        texts = {key: found.get(key, "") for key in _TEXTS}
        for key, text in texts.items():
            if not isinstance(text, str):
                raise BadInput(f"{place}, view.{name}.{key}", f"{text!r} is no text", "write it in quotes")
        columns = found.get("columns", [])
        named = columns if isinstance(columns, list) else [columns]
        shown = deviation_columns.checked(named, f"{place}, view.{name}.columns")
        views.append(SavedView(name, columns=shown, **texts))
    return views


def values(view: SavedView) -> dict[str, Any]:
    """What stands in the view's table: only what differs from the usual."""
    found: dict[str, Any] = {key: text for key in _TEXTS if (text := getattr(view, key))}
    return {**found, "columns": list(view.columns)} if view.columns else found
