"""View 5, playbooks: when each applies, what lint finds in its file, and what it would give for the deviation at
hand."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.events import Resize

from engine.values.errors import StoreUnusable
from engine.vocabulary.planning import Match
from tui.commands.playbook_lines import described
from tui.keys import bindings
from tui.screens import empty, foreseen
from tui.screens.list_view import ListView
from tui.terminal import safe
from tui.widgets import playbook_rows
from tui.widgets.drawn_list import GUTTER
from tui.widgets.line_list import LineList
from tui.widgets.page_list import PageLine, PageList
from tui.widgets.playbook_list import PlaybookList


class PlaybooksScreen(ListView):
    """Tries playbooks on the deviation that was under the cursor of the view before, else on the first of the queue."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "view", "everywhere")]
    filtered = ("playbooks",)
    titles = ("Playbooks", "What it says and gives")

    def panes(self) -> tuple[LineList, ...]:
        self.table, self.page = PlaybookList(id="playbooks"), PageList(id="playbook")
        self.page.when_empty = empty.NO_ROW
        return self.table, self.page

    def depends_on(self) -> Hashable:
        return self.session.deviation, self.session.around.library(), super().depends_on()

    def fill(self) -> None:
        text, deviation = self.filters["playbooks"], self.deviation
        found = playbook_rows.rows(self.session.around.library(), self._matches(deviation))
        self.table.title = f"Playbooks /{text}" if text else "Playbooks"
        self.table.note = f"tried on {deviation}" if deviation else "nothing is off plan to try them on"
        self.table.out_of = len(found) if text else 0
        self.table.when_empty = empty.no_match(self.session, text) if text else ()
        # Those that apply first, after the files that need a mend.
        found.sort(key=lambda row: (row["description"] is not None, not row["matches"]))
        self.table.show_named([row for row in found if playbook_rows.meets(row, text)])
        self._show_playbook()

    @property
    def deviation(self) -> str | None:
        """What playbooks are tried on."""
        if self.session.deviation is not None:
            return self.session.deviation
        first = self.session.desk.queue_ids()[:1]
        return f"D{first[0]}" if first else None

    def _matches(self, deviation: str | None) -> Sequence[Match]:
        return self.session.desk.matches(deviation) if deviation is not None else ()

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        if event.list is self.table:
            self._show_playbook()

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._show_playbook)

    def _show_playbook(self) -> None:
        number, page = self.table.current, self.page
        width = max(40, (page.size.width or self.app.size.width - 2) - GUTTER)
        if number is None:
            page.title = "Playbook"
            page.show_lines([])
            return
        row = self.table.named(number)
        page.title = str(row["name"])
        try:
            given = self._given(row, width)
        except StoreUnusable as fault:
            self.lose_sight(fault)
            return
        page.show_lines([*self._faults(row, width), *given, *_says(row, width)])

    def _faults(self, row: Mapping[str, Any], width: int) -> list[PageLine]:
        lines = [PageLine([("Faults", "heading")], section="Faults")] if row["findings"] else []
        for found in row["findings"]:
            place = f"{found.path}:{found.line}:{found.column}"
            style = "bad" if found.severity == "error" else "warning"
            said = f"{place}: {found.severity} ({found.level}): {found.words}"
            lines += [PageLine([(line, style)]) for line in safe.wrap(said, width)]
        return [*lines, PageLine([])] if lines else []

    def _given(self, row: Mapping[str, Any], width: int) -> list[PageLine]:
        """What the playbook would give for the deviation at hand, or why it does not apply."""
        deviation = self.deviation
        if deviation is None or row["matches"] is None:
            return []
        verdict = "applies" if row["matches"] else "does not apply"
        lines = [PageLine([(f"On {deviation} it {verdict}", "heading")], target=deviation, section="On a deviation")]
        lines += [PageLine([(line, "quiet")]) for line in safe.wrap(row["because"], width)]
        if row["matches"]:
            shown = foreseen.preview(self.session, deviation, str(row["name"]), width)
            lines += [PageLine(pieces) for pieces in shown]
        return [*lines, PageLine([])]

    def ids_under(self, pane: str, text: str) -> Sequence[int]:
        return [number for number in self.table.ids if playbook_rows.meets(self.table.named(number), text)]

    def acted_on(self) -> LineList | None:
        """The page stands for its playbook."""
        return self.table

    def target(self) -> str | None:
        """`enter` opens the deviation that the playbooks are tried on."""
        return self.page.line.target if self.focused is self.page and self.page.line is not None else None

    def action_open(self) -> None:
        if self.focused is self.table:
            self.bring_to_front(self.page)
        else:
            super().action_open()


def _says(row: Mapping[str, Any], width: int) -> list[PageLine]:
    if row["description"] is None:
        return []
    lines = [PageLine([("What it says", "heading")], section="What it says")]
    for text in described(row["description"]):
        indent = " " * min(len(text) - len(text.lstrip()), width // 2)
        # Tables stay as they are, cut at the edge; sentences are wrapped.
        parts = [text] if "  " in text.strip() else [indent + line for line in safe.wrap(text, width - len(indent))]
        lines += [PageLine([(part, "plain")]) for part in parts or [""]]
    return lines
