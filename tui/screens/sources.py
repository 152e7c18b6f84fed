"""View 6, sources: how each one stands, and the quarantine of what could not be taken: why, as it came, mend, retry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType

from engine.desk import Desk
from engine.values.errors import OffplanError
from tui.desk.session import Act
from tui.keys import bindings
from tui.screens import empty
from tui.screens.list_view import ListView
from tui.screens.pickers import Choice, Picker
from tui.terminal.safe import fit
from tui.widgets.line_list import LineList
from tui.widgets.prompt import Prompt
from tui.widgets.question import Question
from tui.widgets.source_list import QuarantineList, SourceList

_NOTHING: Final[Mapping[str, Sequence[str]]] = {
    "sources": ("No source has spoken yet.", "A [source] in offplan.toml makes one: docs/sources.md."),
    "quarantine": ("Nothing is held: every record that came could be taken.",),
}
"""What the panes say of a desk without sources, and of one whose sources are all well."""


class SourcesScreen(ListView):
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

    def action_retry(self) -> None:
        if self.refuses_to_write():
            return
        chosen = self.selection()
        numbers = {int(id_[1:]) for id_ in chosen.ids} if chosen.kind == "quarantine" else set()
        names = set(chosen.ids) if chosen.kind == "source" else set()
        if chosen.ids:
            self._ask(self._retry(numbers, names))

    async def _retry(self, numbers: set[int], names: set[str]) -> None:
        from tui.desk import retrying

        settings, held = self.session.around.settings, self.session.desk.held()
        ids = [f"Q{row['id']}" for row in held if row["id"] in numbers or row["source"] in names]
        line = " ".join(("offplan quarantine --retry", *ids)) if ids else None
        await self._write(lambda desk: retrying.retry(desk, settings(), numbers, names), line)

    def action_mend(self) -> None:
        if not self.refuses_to_write():
            self._ask(self._mend())

    async def _mend(self) -> None:
        """Ask for the right value of the column that was refused, and try the record with it."""
        from connectors.files.retry import mendable
        from tui.desk import retrying

        number = self.held.current
        row = next((row for row in self.session.desk.held() if row["id"] == number), None)
        if row is None or self.focused is not self.held:
            keys = self.session.keys
            self.say(f"{keys.first('mend')} mends a held record: {keys.first('next_pane')} to the quarantine")
            return
        columns = mendable(row)
        if columns is None:
            retry = self.session.keys.first("retry")
            self.say(f"Q{number} is not kept as columns: mend its file or its mapping, then {retry} tries it again")
            return
        column = row["column_name"] if row["column_name"] in columns else await self._column(columns)
        if column is None:
            return
        label = f"Q{number} {row['reason']}; {column}:"
        value = await self.query_one(Prompt).ask(Question(label, str(columns[column] or "")))
        if value is None:
            self.say(f"Q{number}: left as it was")
            return
        settings = self.session.around.settings
        # The shell has no word for it: in the log it is a remark.
        line = f"# Q{number} tried with {column} = {value}"
        await self._write(lambda desk: retrying.mend(desk, settings(), row["id"], column, value), line)

    async def _column(self, columns: dict[str, object]) -> str | None:
        choices = [
            Choice(name, [(fit(name, 24) + " ", "bold"), (str(value), "plain")]) for name, value in columns.items()
        ]
        return await self.app.push_screen_wait(Picker("Which column is wrong?", choices, self.session.keys))

    async def _write(self, work: Callable[[Desk], str], line: str | None) -> None:
        """Try records and say what became of them; `line` is what the log has of it."""
        try:
            told = await self.session.commands.run(work)
        except OffplanError as error:
            self.refuse(error)
            return
        if line is not None:
            self.session.acts.append(Act(self.session.desk.clock.now(), line, told))
        self.done_with_marks()
        self.update()
        self.say(told, "good" if " 0 still held" in told else "warning")
