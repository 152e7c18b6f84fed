"""What every screen can do to get somewhere: the `:` line, the palette, pages and views, the keys and messages of it.

Nothing here changes an object: tui.screens.acting does. Other screens are imported when they are asked for: the first
paint must not pay for them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from textual.widget import Widget

from engine.values.errors import OffplanError
from tui.keys import bindings, request
from tui.keys.key_table import LISTS
from tui.keys.request import Request
from tui.screens import views
from tui.screens.telling import TellingScreen
from tui.terminal import device
from tui.terminal.coloured import ColouredApp
from tui.terminal.safe import fit
from tui.widgets.footer import StatusLine
from tui.widgets.prompt import Prompt
from tui.widgets.question import Question


class WayfindingScreen(TellingScreen):
    """A screen from which everything can be reached by words and by keys."""

    _works_out = False
    """Whether what a command prints is being waited for."""

    @abstractmethod
    async def carry(self, asked: Request) -> None:
        """Send a typed command on its way."""

    # typing and finding ---------------------------------------------------------------------------------------------

    def action_command(self) -> None:
        self._ask(self._command())

    async def _command(self) -> None:
        from tui.keys.completing import Known, completions

        known = Known(self.candidates(), self._owners(), self._playbooks, self.following)
        suggested = ""

        def suggest(text: str) -> None:
            nonlocal suggested
            suggested = text
            self.say(text, "quiet", keep=False)

        line = await self.query_one(Prompt).ask(
            Question(
                ":",
                complete=lambda text: completions(text, known),
                suggest=suggest,
                history=self.session.history,
            )
        )
        if suggested:
            # It was about the line, which is gone.
            self.say("", keep=False)
        if line:
            self.session.history.append(line)
            await self.run_line(line)

    def _owners(self) -> list[str]:
        """Who may follow --to; nobody where the file cannot be read, since `:quit` needs none."""
        try:
            return [owner["id"] for owner in self.session.desk.owners()]
        except OffplanError:
            return []

    def _playbooks(self, named: str) -> list[str]:
        """What may follow --playbook: those that apply to the deviation that is named, else to the one under the
        cursor."""
        chosen = self.selection()
        if not named and chosen.kind != "deviation":
            return []
        try:
            return [match.playbook for match in self.session.desk.matches(named or chosen.ids[0]) if match.matches]
        except OffplanError:
            return []

    async def run_line(self, line: str) -> None:
        """Carry out a typed line."""
        from tui.screens import pages

        words = line.split()
        try:
            if words[0] == "explain" and len(words) == 2:
                self.open_id(words[1], section="Explain")
            elif words[0] == "show" and len(words) > 1:
                section = "Explain" if "--explain" in words else None
                self.open_id(" ".join(word for word in words[1:] if word != "--explain"), section=section)
            elif words[0] == "filter":
                self.filter_by(line.partition(" ")[2].strip())
                self._teach("filter")
            elif words[0] == "help" and len(words) > 1:
                self.app.push_screen(pages.of_command(" ".join(words[1:]), self.session.keys, self.app.size.width - 4))
            elif words[0] == "theme" and len(words) == 2:
                self.use_palette(words[1])
            elif words == ["theme"]:
                self._ask(self._choose_palette())
            elif words == ["quit"]:
                self.app.exit()
            elif words == ["silence"]:
                self.app.push_screen(pages.of_silences(self.session, self.app.size.width - 4))
            elif words == ["help"]:
                self.action_keys()
            elif self.typed(words):
                self._teach(words[0])
            elif request.reads(words):
                await self._ask_shell(line)
            else:
                await self.carry(request.from_line(line, self.session.present))
        except OffplanError as error:
            self.refuse(error)

    def _teach(self, words: str) -> None:
        """Say which key does what was typed, where there is nothing else to say."""
        if not self.query_one(StatusLine).message:
            self.say(self.session.keys.taught(words), "quiet", keep=False)

    async def _ask_shell(self, line: str) -> None:
        """Show what a command prints. Raises OffplanError."""
        from tui.desk import shell
        from tui.screens import pages

        self.say(f":{line} is worked out; {self.session.keys.first('back')} gives it up", "quiet", keep=False)
        width, self._works_out = self.app.size.width - 4, True
        words, keys = request.words_of(line), self.session.keys
        try:
            if words[:2] == ["report", "review"] and len(words) == 3:
                # Laid out for the screen, as the reports of their view are.
                found = await self.session.commands.run(lambda desk: desk.review(words[2]))
                page = pages.of_review(line, found, self.session.present.zone, keys, width)
            else:
                page = pages.of_answer(line, await shell.answer(self.session, words, width), keys, width)
        finally:
            self._works_out = False
        self.say("")
        self.app.push_screen(page)

    def give_up(self) -> bool:
        """Wait no more for what a command prints; whether anything was waited for."""
        if self._works_out and self._asking is not None:
            self._asking.cancel()
            self.say("given up", "quiet", keep=False)
            return True
        return False

    def use_palette(self, name: str) -> None:
        """Draw in other colours. Raises BadInput."""
        assert isinstance(self.app, ColouredApp)
        self.app.use_palette(name)
        self.say(f'theme {name}; theme = "{name}" in [screen] of offplan.toml keeps it')

    async def _choose_palette(self) -> None:
        from tui.screens import choosing_colours

        assert isinstance(self.app, ColouredApp)
        try:
            chosen = await choosing_colours.palette(self.app, self.session.keys)
            if chosen is None:
                self.say("theme: left as it was")
            else:
                self.use_palette(chosen)
        except OffplanError as error:
            self.refuse(error)

    def typed(self, words: Sequence[str]) -> bool:
        """Carry out a line in words that only this view knows; whether it is one. Raises OffplanError."""
        return False

    def following(self, words: Sequence[str]) -> Sequence[str]:
        """What may stand after words that only this view knows."""
        return ()

    def action_open(self) -> None:
        target = self.target()
        if target is None:
            self.say("there is nothing to open here", keep=False)
            return
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
        from tui.screens.deviation_page import DeviationPage

        self.app.push_screen(DeviationPage(self.session, id_, at=at, section=section))

    def filter_by(self, text: str) -> None:
        """Narrow the list down. Raises OffplanError for a filter that says nothing."""
        self.say("there is no list to filter here")

    def action_view(self, name: str) -> None:
        """Show a view by its name."""
        views.go(self.app, self.session, name)

    def action_last_view(self) -> None:
        if self.session.last_view == self.session.view:
            self.say("no other view was open yet", keep=False)
        views.go(self.app, self.session, self.session.last_view)

    def action_palette(self) -> None:
        self._ask(self._palette())

    async def _palette(self) -> None:
        from tui.screens.pickers import Choice, Picker

        kind, lines = self.selection().kind, self.focused
        usable = [
            key
            for key in self.session.keys.keys
            if key.scope in ("act", *self.scopes) and (not key.kinds or kind in key.kinds)
            if not (self.session.readonly and key.writes)
        ]
        # What moves the cursor is known soonest, and sought last.
        usable.sort(key=lambda key: key.scope in LISTS)
        choices = [
            Choice(
                key.id,
                [
                    (fit(key.title, 16) + " ", "bold"),
                    (fit(bindings.shown(key), 14) + " ", "key"),
                    (self.session.keys.told(key), "plain"),
                ],
            )
            for key in usable
        ]
        chosen = await self.app.push_screen_wait(Picker("What to do", choices, self.session.keys))
        if chosen is not None:
            await self._do(chosen, lines)

    async def _do(self, id_: str, lines: Widget | None) -> None:
        """Do what a key does, by its id; `lines` is what had the focus."""
        # What was chosen may ask for something itself: this flow ends with it.
        self._asking = None
        key = self.session.keys.of(id_)
        await self.app.run_action(key.action, lines if key.scope in LISTS and lines is not None else self)

    def action_keys(self) -> None:
        self._ask(self._keys())

    async def _keys(self) -> None:
        from tui.screens import pages

        lines, (kind, rows) = self.focused, self.acted_kind()
        chosen = await self.app.push_screen_wait(
            pages.of_keys(
                self.scopes,
                self.session.keys,
                self.app.size.width - 4,
                fits=lambda key: bindings.fits(key, kind, rows) and (key.id != "unsent" or bool(self.session.unsent)),
                readonly=self.session.readonly,
            )
        )
        if chosen is not None:
            await self._do(chosen, lines)

    def action_messages(self) -> None:
        from tui.screens import pages

        self.app.push_screen(pages.of_messages(self.session, self.app.size.width - 4))

    def action_log(self) -> None:
        from tui.screens import pages

        self.app.push_screen(pages.of_acts(self.session))

    def action_copy(self) -> None:
        text = " ".join(self.selection().ids)
        self.say(device.copy(self.app, text) if text else "there is nothing to copy here", keep=bool(text))
