"""Held records tried again and mended where one is under the cursor: in the quarantine, and on the page of a record."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from engine.desk import Desk
from engine.values.errors import OffplanError
from tui.desk.session import Act
from tui.screens.acting import ActingScreen
from tui.screens.pickers import Choice, Picker
from tui.terminal.safe import fit
from tui.widgets.prompt import Prompt
from tui.widgets.question import Question


class MendingScreen(ActingScreen):
    """Shows held records, or one."""

    @abstractmethod
    def held_number(self) -> int | None:
        """The number of the held record under the cursor."""

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

        number = self.held_number()
        if number is None:
            keys = self.session.keys
            self.say(f"{keys.first('mend')} mends a held record: {keys.first('next_pane')} to the quarantine")
            return
        row = next((row for row in self.session.desk.held() if row["id"] == number), None)
        if row is None:
            self.say(f"Q{number} is not held any more")
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
        served = self.marks_to_serve()
        try:
            told = await self.session.commands.run(work)
        except OffplanError as error:
            self.refuse(error)
            return
        if line is not None:
            self.session.acts.append(Act(self.session.desk.clock.now(), line, told))
        served()
        self.update()
        self.say(told, "good" if " 0 still held" in told else "warning")
