"""What every screen with objects on it can do: act on them by key, by `:` line and by palette, and say what happened.

How objects are shown belongs to the screens; what a command does belongs to the Desk. Other screens are imported when
they are asked for: the first paint must not pay for them.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from textual.events import ScreenResume
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from engine.errors import OffplanError, StoreUnusable
from engine.sqlite import sqlite3
from engine.store import sentence
from tui import cells, keys, request, terminal
from tui.request import Request
from tui.safe import fit
from tui.session import Session
from tui.widgets.footer import KeyLine, StatusLine
from tui.widgets.prompt import Prompt, Question


@dataclass(frozen=True, slots=True)
class Selection:
    """What a key acts on: the kind under the cursor, the ids, and the versions that the person sees."""

    kind: str
    ids: tuple[str, ...] = ()
    expect: Mapping[str, int] = field(default_factory=dict)


class ActingScreen(Screen[None]):
    """The base of the desk and of a deviation's page."""

    scopes: tuple[str, ...] = ()
    """Which keys of the table hold here."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._asking: Worker[None] | None = None
        """What a key began and still may ask for."""

    # what a screen says ---------------------------------------------------------------------------------------------

    def selection(self) -> Selection:
        """What is marked, else what is under the cursor."""
        raise NotImplementedError

    def bring_up_to_date(self) -> None:
        """Read again what is shown. May raise OffplanError."""
        raise NotImplementedError

    def target(self) -> str | None:
        """The id under the cursor that `enter` opens."""
        raise NotImplementedError

    def candidates(self) -> list[str]:
        """Ids that a typed line may complete."""
        raise NotImplementedError

    # telling --------------------------------------------------------------------------------------------------------

    def say(self, message: str, style: str = "plain", *, keep: bool = True) -> None:
        """One sentence in the status line; `keep` it for the messages screen, where it can be read in full."""
        if message and keep:
            self.session.keep(message, style)
        readable = keep and not self.query_one(Prompt).is_open
        self.query_one(StatusLine).say(message, style, "m shows all of it" if readable else "")

    def refuse(self, error: OffplanError, *, keep: bool = True) -> None:
        present = self.session.present
        self.say(f"✗ {cells.with_local_times(str(error), present.now, present.zone)}", "bad", keep=keep)

    def fault_of_reading(self) -> OffplanError | None:
        """Bring the screen up to date; why that could not be, where what was shown stays."""
        try:
            self.bring_up_to_date()
        except OffplanError as error:
            return error
        except sqlite3.Error as error:
            return StoreUnusable(sentence(error, self.session.desk.store.path))
        return None

    def update(self) -> None:
        """Bring the screen up to date, and say where it cannot be."""
        fault = self.fault_of_reading()
        if fault is not None:
            self.refuse(fault)
        self.show_keys()

    def show_keys(self) -> None:
        """The footer for what is under the cursor."""
        shown = keys.footer(self.selection().kind, self.scopes, readonly=self.session.readonly)
        self.query_one(KeyLine).show(shown)

    def on_screen_resume(self, event: ScreenResume) -> None:
        self.update()

    # acting ---------------------------------------------------------------------------------------------------------

    def action_act(self, verb: str) -> None:
        self._ask(self._act(verb))

    def action_act_by_kind(self, letters: str) -> None:
        key = keys.for_letter(letters, self.selection().kind)
        if key is None:
            self.say("nothing under the cursor takes this key")
        else:
            self.action_act(key.id)

    def action_undo(self) -> None:
        self._ask(self._request(Request("undo", ())))

    @property
    def takes_keys(self) -> bool:
        """Whether the next key has a meaning: nothing is about to be asked, or the prompt is there to take it."""
        return self._asking is None or self._asking.is_finished or self.query_one(Prompt).is_open

    def _ask(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run something that may ask. Until it does, or has ended, what is typed is held back for it."""
        self._asking = self.run_worker(flow, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            from tui import crash

            self.say(f"✗ {crash.report(event.worker.error)}", "bad")
        if event.worker.is_finished:
            self.post_message(Prompt.Listening())

    async def _act(self, verb: str) -> None:
        from tui.screens import gathering

        chosen = self.selection()
        key = next(key for key in keys.KEYS if key.id == verb)
        if chosen.kind not in key.kinds or not chosen.ids:
            self.say(f"{verb} is for {' or '.join(sorted(key.kinds))}s; the cursor is on {chosen.kind or 'nothing'}")
            return
        unseen = [id_ for id_ in chosen.ids if id_ not in chosen.expect]
        if unseen:
            self.say(f"✗ {verb}: {', '.join(unseen)} could not be read, so nothing was begun; mark without it", "bad")
            return
        try:
            options = await gathering.options_for(self, self.session, verb, chosen.ids)
        except OffplanError as error:
            self.refuse(error)
            return
        if options is None:
            self.say(f"{verb}: left as it was")
            return
        await self._request(Request(verb, chosen.ids, options, chosen.expect))

    async def _request(self, asked: Request) -> None:
        """Send a command on its way, after a yes where it is dangerous."""
        if self.session.readonly:
            self.say("✗ this desk was opened read-only", "bad")
            return
        from tui.screens import gathering

        if asked.dangerous and not await gathering.confirmed(self, self.session, asked):
            self.say(f"{asked.verb}: left as it was")
            return
        # Keys go on while a locked file keeps a command waiting.
        self.run_worker(self._carry_out(asked), exit_on_error=False)

    async def _carry_out(self, asked: Request) -> None:
        """Do a command and say what it did, or why it was refused."""
        try:
            outcome = await self.session.commands.carry_out(asked)
        except OffplanError as error:
            self.refuse(error)
            self.fault_of_reading()
        else:
            done = f"✓ {request.sentence(asked, outcome, self.session.present)}"
            self.done_with_marks()
            fault = self.fault_of_reading()
            if fault is None:
                self.say(done, "good")
            else:
                self.say(f"{done}. The screen still shows what was before: {fault}", "warning")
        self.show_keys()

    def done_with_marks(self) -> None:
        """After a command the marks have served."""

    # typing and finding ---------------------------------------------------------------------------------------------

    def action_command(self) -> None:
        self._ask(self._command())

    async def _command(self) -> None:
        owners = [owner["id"] for owner in self.session.desk.owners()]
        ids = self.candidates()
        line = await self.query_one(Prompt).ask(
            Question(
                ":",
                complete=lambda text: request.completions(text, ids, owners, self._playbooks),
                suggest=lambda text: self.say(text, "quiet", keep=False),
                history=self.session.history,
            )
        )
        if line:
            self.session.history.append(line)
            await self.run_line(line)

    def _playbooks(self) -> list[str]:
        """What may follow --playbook: those that apply to the deviation under the cursor."""
        chosen = self.selection()
        if chosen.kind != "deviation":
            return []
        try:
            return [match.playbook for match in self.session.desk.matches(chosen.ids[0]) if match.matches]
        except OffplanError:
            return []

    async def run_line(self, line: str) -> None:
        """Carry out a typed line."""
        from tui.screens import pages

        words = line.split()
        try:
            if words[0] == "show" and len(words) > 1:
                section = "Explain" if "--explain" in words else None
                self.open_id(" ".join(word for word in words[1:] if word != "--explain"), section=section)
            elif words[0] == "filter":
                self.filter_by(line.partition(" ")[2].strip())
            elif words[0] == "help" and len(words) > 1:
                self.app.push_screen(pages.of_command(" ".join(words[1:]), self.app.size.width - 4))
            elif words == ["quit"]:
                self.app.exit()
            elif words == ["silence"]:
                self.app.push_screen(pages.of_silences(self.session))
            elif words == ["help"]:
                self.action_keys()
            else:
                await self._request(request.from_line(line, self.session.present))
        except OffplanError as error:
            self.refuse(error)

    def action_open(self) -> None:
        target = self.target()
        if target is not None:
            try:
                self.open_id(target)
            except OffplanError as error:
                self.refuse(error)

    def open_id(self, id_: str, *, section: str | None = None) -> None:
        """Show an object's page; a deviation's with the cursor on a section. Raises NotFound for an unknown id."""
        from tui.screens import pages

        self.app.push_screen(pages.of_object(self.session, id_, section=section))

    def open_deviation(self, id_: str, *, at: str | None = None, section: str | None = None) -> None:
        """Show a deviation's page, with the cursor on one of its actions or sections."""
        from tui.screens import pages

        self.app.push_screen(pages.of_deviation(self.session, id_, at=at, section=section))

    def filter_by(self, text: str) -> None:
        """Narrow the list down. Raises OffplanError for a filter that says nothing."""
        self.say("there is no list to filter here")

    def action_palette(self) -> None:
        self._ask(self._palette())

    async def _palette(self) -> None:
        from tui.screens.pickers import Choice, Picker

        kind = self.selection().kind
        usable = [
            key
            for key in keys.KEYS
            if key.scope in ("act", *self.scopes) and key.scope != "list" and (not key.kinds or kind in key.kinds)
        ]
        choices = [
            Choice(
                key.id,
                [(fit(key.title, 16) + " ", "bold"), (fit(keys.shown(key), 14) + " ", "key"), (key.tooltip, "plain")],
            )
            for key in usable
        ]
        chosen = await self.app.push_screen_wait(Picker("What to do", choices))
        if chosen is not None:
            # What was chosen may ask for something itself: this flow ends with it.
            self._asking = None
            await self.run_action(next(key.action for key in usable if key.id == chosen))

    def action_keys(self) -> None:
        from tui.screens import pages

        self.app.push_screen(pages.of_keys(self.scopes))

    def action_messages(self) -> None:
        from tui.screens import pages

        self.app.push_screen(pages.of_messages(self.session, self.app.size.width - 4))

    def action_copy(self) -> None:
        text = " ".join(self.selection().ids)
        if text:
            self.say(terminal.to_clipboard(text, self._write_to_terminal))

    def _write_to_terminal(self, text: str) -> None:
        driver = self.app._driver
        if driver is not None:
            driver.write(text)

    def action_redraw(self) -> None:
        self.app.refresh(layout=True)
        self.refresh(layout=True)
