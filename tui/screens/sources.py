"""View 6, sources: how each one stands, and the quarantine of what could not be taken: why, as it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType

from tui.keys import bindings
from tui.screens import empty
from tui.screens.list_view import ListView
from tui.screens.mending import MendingScreen
from tui.widgets.line_list import LineList
from tui.widgets.source_list import QuarantineList, SourceList

_NOTHING: Final[Mapping[str, Sequence[str]]] = {
    "sources": ("No source has spoken yet.", "A [source] in offplan.toml makes one: docs/sources.md."),
    "quarantine": ("Nothing is held: every record that came could be taken.",),
}
"""What the panes say of a desk without sources, and of one whose sources are all well."""


class SourcesScreen(MendingScreen, ListView):
    """Acts on held records, and on all that a source has held."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "view", "sources", "everywhere")]
    scopes = ("list", "rows", "act", "view", "sources", "everywhere")
    filtered = ("sources", "quarantine")
    follows_signals = True
    titles = ("Sources", "Quarantine")

    def panes(self) -> tuple[LineList, ...]:
        self.sources = SourceList(id="sources")
        self.held = QuarantineList(self.session.desk.quarantine_rows, id="quarantine")
        return self.sources, self.held

    def fill(self) -> None:
        desk, texts = self.session.desk, self.filters
        found, held = desk.source_rows(texts["sources"]), desk.quarantine_ids(texts["quarantine"])
        for pane in (self.sources, self.held):
            text = texts[str(pane.id)]
            pane.title = f"{type(pane).title} /{text}" if text else type(pane).title
            pane.when_empty = empty.no_match(self.session, text) if text else _NOTHING[str(pane.id)]
        held_alone = texts["quarantine"] and desk.stays_held(texts["quarantine"])
        self.held.out_of = self.session.header["quarantined"] if held_alone else 0
        self.sources.out_of = self.session.header["feeds"] if texts["sources"] else 0
        feeder = self.session.header["feeder"]
        runs = "" if feeder is None else f"fed by process {feeder['pid']} on {feeder['host']}"
        self.sources.note = runs or "no feeder runs: offplan watch starts one"
        self.sources.show_named(found)
        self.held.show(held)

    def ids_under(self, pane: str, text: str) -> Sequence[int]:
        desk = self.session.desk
        if pane == "quarantine":
            return desk.quarantine_ids(text)
        names = {row["name"] for row in desk.source_rows(text)}
        return [number for number in self.sources.ids if self.sources.named(number)["name"] in names]

    # retry and mend -------------------------------------------------------------------------------------------------

    def held_number(self) -> int | None:
        return self.held.current if self.focused is self.held else None
