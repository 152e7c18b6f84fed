"""The application takes keys and the mouse: each is taken to its end before the next.

What a key means is the table's (tui.keys.key_table), what it does the screen's.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable
from functools import partial
from typing import TypeVar

from textual.events import Event, Key, MouseEvent, Paste

from engine.values.errors import StoreUnusable
from tui.desk.following import KeyTurn
from tui.desk.session import Session
from tui.keys.key_map import typed_name
from tui.keys.key_table import LISTS
from tui.keys.torn import TOGETHER, TornSequence
from tui.screens.acting import ActingScreen
from tui.screens.pointing import Pointer
from tui.terminal.coloured import ColouredApp
from tui.widgets.line_list import LineList
from tui.widgets.too_small import is_too_small

Meant = TypeVar("Meant")


class KeyTakingApp(ColouredApp):
    """An application whose screens are those of one desk."""

    def __init__(self, session: Session, palette: str, *, ascii_only: bool) -> None:
        """`palette` is a name of PALETTES; `ascii_only`: whatever is drawn leaves as ASCII."""
        super().__init__(palette, ascii_only=ascii_only)
        self.session = session
        self._turn = KeyTurn(lambda: self.typed_at)
        self._torn: TornSequence[Key | Paste] = TornSequence()
        self._typed: deque[Key | Paste] = deque()
        """What was typed and is not taken yet, in its order."""
        self._pointer = Pointer()

    async def on_event(self, event: Event) -> None:
        """Keys are taken here, one after the other, each to its end.

        Textual hands them to the focused widget, from where they travel back up to their binding. Of a burst all would
        have set out before the first opens a prompt, and the rest of a typed line would be carried out as commands.
        """
        if not isinstance(event, Key | Paste | MouseEvent) or event.is_forwarded:
            await super().on_event(event)
            return
        try:
            await (self._point(event) if isinstance(event, MouseEvent) else self._type(event))
        finally:
            self._turn.taken(time.monotonic())

    async def _point(self, event: MouseEvent) -> None:
        """Do what the mouse means, now or never: later it would hit another thing than the person saw.

        Textual does not hear of it: it would look for actions in what is drawn, and repaint what the pointer passes.
        """
        self.app_focus = True
        key = None if self._typed else await self._safely(self._pointer.take(self, event))
        if key is not None:
            await self._type(key)

    async def _type(self, event: Key | Paste) -> None:
        self.app_focus = True
        self._pointer.forget()
        key, character = (event.key, event.character) if isinstance(event, Key) else ("", None)
        # When it came, not when it is looked at: a key before it may have kept it waiting.
        for typed in self._torn.sift(event, key, character, event.time):
            await self._mean(typed)
        if self._torn.doubtful is event:
            self.set_timer(TOGETHER, partial(self._settle, event))

    async def _settle(self, event: Key | Paste) -> None:
        for typed in self._torn.settled(event):
            await self._mean(typed)

    async def _mean(self, event: Key | Paste) -> None:
        if is_too_small(self.size):
            # Nothing is done that the person does not see.
            if isinstance(event, Key) and self.session.keys.has("quit", typed_name(event.key, event.character)):
                self.exit()
            return
        if isinstance(event, Key) and await self._check_bindings(event.key, priority=True):
            return
        leaves = isinstance(event, Key) and self.session.keys.has("back", typed_name(event.key, event.character))
        if leaves and isinstance(self.screen, ActingScreen) and self.screen.give_up():
            # What was typed meanwhile was meant for the answer.
            self._typed.clear()
            return
        self._typed.append(event)
        await self._take_typed()

    async def _take_typed(self) -> None:
        """Take what was typed, up to the key after which the screen is not ready for the next."""
        while self._typed:
            screen = self.screen
            if not screen.is_mounted:
                # Its first message comes after its mount.
                screen.call_later(self._go_on)
                return
            if isinstance(screen, ActingScreen) and not screen.takes_keys:
                return
            event = self._typed.popleft()
            event._set_forwarded()
            if isinstance(screen, ActingScreen) and not screen.is_typed_in:
                screen.forget_refusal()
            widget = self.focused
            if isinstance(event, Paste) or (widget and widget.check_consume_key(event.key, event.character)):
                await (widget or screen).on_event(event)
            else:
                await self._safely(self._carry_key(event))

    async def _safely(self, meant: Awaitable[Meant]) -> Meant | None:
        """Do what a key or the mouse means; a file that cannot be read for it leaves everything as it was."""
        try:
            return await meant
        except StoreUnusable as fault:
            if isinstance(self.screen, ActingScreen):
                self.screen.lose_sight(fault)
                self.screen.refuse(fault)
            return None

    async def _carry_key(self, event: Key) -> None:
        """Do what a key means: letters of jump mode first, then what the person moved to it, then the table."""
        screen = self.screen
        typed, map_ = typed_name(event.key, event.character), self.session.keys
        scopes: tuple[str, ...] = getattr(screen, "scopes", ())
        if isinstance(screen, ActingScreen):
            if screen.jump_by(event.character):
                return
            scopes = ("line",) if screen.is_typed_in else scopes
        kind = screen.acted_kind()[0] if map_.moved and isinstance(screen, ActingScreen) else None
        moved = map_.meant(typed, kind, scopes, getattr(screen, "beneath", ()))
        if moved is not None:
            in_front = moved.scope == "line" or (isinstance(self.focused, LineList) and moved.scope in LISTS)
            await self.run_action(moved.action, self.focused if in_front else screen)
        elif not map_.given_up(typed, scopes):
            await self._check_bindings(event.key)

    def _go_on(self) -> None:
        self.call_later(self._take_typed)

    def on_prompt_listening(self) -> None:
        self._go_on()
