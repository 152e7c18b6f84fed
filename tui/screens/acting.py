"""What every screen with objects on it can do: act on them by key, and say what happened.

What a command does belongs to the Desk; what it needs to be told is asked by tui.screens.gathering.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.values.errors import OffplanError, StaleVersion
from engine.vocabulary.model import Outcome
from tui.desk.session import Act, Unsent
from tui.keys import request
from tui.keys.key_table import KEYS
from tui.keys.request import Request
from tui.screens.wayfinding import WayfindingScreen
from tui.words.named_ids import named_kind

PATIENCE: Final = 1.0
"""Seconds after which a command that is not done says that it waits."""


class ActingScreen(WayfindingScreen):
    """The base of the views and of the pages."""

    def action_act(self, verb: str) -> None:
        if not self.refuses_to_write():
            self._ask(self._act(verb))

    def refuses_to_write(self) -> bool:
        """Whether nothing may be changed here; says so, before anything is asked for."""
        if self.session.readonly:
            self.say("✗ this desk was opened read-only", "bad")
        return self.session.readonly

    def action_act_by_kind(self, letters: str) -> None:
        key = self.session.keys.for_letter(letters, self.selection().kind)
        if key is None:
            self.say("nothing under the cursor takes this key")
        else:
            self.action_act(key.id)

    def action_undo(self) -> None:
        self._ask(self.carry(Request("undo", ())))

    def action_redo(self) -> None:
        self._ask(self.carry(Request("redo", ())))

    def action_silence(self) -> None:
        if not self.refuses_to_write():
            self._ask(self._silence())

    async def _silence(self) -> None:
        """Ask what to silence, from the deviation under the cursor on."""
        from tui.screens import silencing

        chosen = self.selection()
        if chosen.kind != "deviation":
            self.say("silence begins at a deviation; the cursor is on " + named_kind(chosen.kind))
            return
        try:
            asked = await silencing.asked(self, self.session, chosen.ids[0])
        except OffplanError as error:
            self.refuse(error)
            return
        if asked is None:
            self.say("silence: nothing was silenced")
            return
        await self.carry(asked)

    async def _act(self, verb: str) -> None:
        from tui.screens import gathering

        chosen = self.selection()
        key = next(key for key in KEYS if key.id == verb)
        if chosen.kind not in key.kinds or not chosen.ids:
            self.say(
                f"{verb} is for {' or '.join(f'{kind}s' for kind in sorted(key.kinds))}; the cursor is on {named_kind(chosen.kind)}"
            )
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
        await self.carry(Request(verb, chosen.ids, options, chosen.expect))

    async def carry(self, asked: Request) -> None:
        """Send a command on its way, after a yes where it is dangerous."""
        if self.refuses_to_write():
            return
        from tui.screens import gathering

        if asked.dangerous and not await gathering.confirmed(self, self.session, asked):
            self.say(f"{asked.verb}: left as it was")
            return
        self._send(asked)

    def _send(self, asked: Request) -> None:
        # Keys go on while a locked file keeps a command waiting, and may close this page: the desk at the bottom stays.
        self.app.screen_stack[0].run_worker(self._carry_out(asked, self.marks_to_serve()), exit_on_error=False)

    async def _carry_out(self, asked: Request, served: Callable[[], None]) -> None:
        """Do a command and say what it did, or why it was refused, wherever the person is by then."""
        still = self.app.set_timer(PATIENCE, lambda: self._say_it_waits(asked))
        try:
            outcome = await self.session.commands.carry_out(asked)
        except StaleVersion as error:
            if asked.options:
                self._keep_unsent(asked, error)
            else:
                self.in_front.refuse(error)
                self.in_front.fault_of_reading()
        except OffplanError as error:
            self.in_front.refuse(error)
            self.in_front.fault_of_reading()
        else:
            did = request.sentence(asked, outcome, self.session.present)
            self._log(asked, outcome, did)
            taught = self.session.keys.taught(asked.verb) if asked.typed else ""
            done = f"✓ {did}" + (f". {taught}" if taught else "")
            served()
            self.session.news.looked_at(asked.ids)
            fault = self.in_front.fault_of_reading()
            if fault is None:
                self.in_front.say(done, "good")
            else:
                self.in_front.say(f"{done}. The screen still shows what was before: {fault}", "warning")
        finally:
            still.stop()
        self.in_front.show_keys()

    def _keep_unsent(self, asked: Request, changed: StaleVersion) -> None:
        """What was answered about rows that changed meanwhile waits for the person.

        Nobody asks by themselves whether it is still meant: the keys that are typed by now are for something else.
        """
        self.session.unsent.append(Unsent(asked, str(changed)))
        self.in_front.refuse(changed, also=f"{self.session.keys.first('unsent')} shows what you answered, and sends it")
        self.in_front.fault_of_reading()

    def action_unsent(self) -> None:
        if not self.refuses_to_write():
            self._ask(self._send_unsent())

    async def _send_unsent(self) -> None:
        """Show what waits longest, and send it if it is still meant."""
        from tui.screens import gathering

        waits = next(iter(self.session.unsent), None)
        if waits is None:
            self.say("nothing that you answered waits to be sent", keep=False)
            return
        try:
            again = await gathering.still_meant(self, self.session, *waits)
        except OffplanError as error:
            self.refuse(error)
            return
        self.session.unsent.remove(waits)
        if again is None:
            self.say(f"{waits.request.verb}: left as it was")
        else:
            self._send(again)

    def _say_it_waits(self, asked: Request) -> None:
        others = "another process may keep the file locked"
        several = f"there are {len(asked.ids)} to do" if len(asked.ids) > 1 else ""
        much = "there may be much to take back" if asked.verb in ("undo", "redo") else several
        said = f"{asked.verb}: not done yet; {f'{much}, or ' if much else ''}{others}"
        self.in_front.say(said, "warning", keep=False)

    def _log(self, asked: Request, outcome: Outcome, did: str) -> None:
        # The parser's words cost what the first paint must not pay.
        from tui.desk import act_log

        self.session.acts.append(Act(self.session.desk.clock.now(), act_log.line(asked, outcome), did))

    def marks_to_serve(self) -> Callable[[], None]:
        """Takes away the marks of this moment, which a command has served by then; what is marked meanwhile stays."""
        return lambda: None
