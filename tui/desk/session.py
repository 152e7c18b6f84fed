"""What the screens of one open desk share: the Desk that reads, the thread that writes, the time, the typed lines."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Generator, Hashable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from engine.desk import Desk
from engine.values.clock import FixedClock
from engine.values.errors import OffplanError
from tui.desk.changed import ChangedRows
from tui.desk.executor import CommandThread
from tui.desk.news import News
from tui.keys import request
from tui.keys.key_map import KeyMap
from tui.keys.request import Request
from tui.terminal.cells import Present

if TYPE_CHECKING:
    from concurrent.futures import Future

    from engine.vocabulary.model import Outcome
    from tui.desk.surroundings import Surroundings

_KEPT: Final = 50
"""Sentences that can be read again."""


class Said(NamedTuple):
    """A sentence of the status line, and when it was said."""

    at: int
    message: str
    style: str


class Act(NamedTuple):
    """A command that was carried out: when, as a line of the shell, and what it did in words."""

    at: int
    line: str
    did: str


class Unsent(NamedTuple):
    """A command that was answered for, and refused since its rows changed meanwhile; and what changed, in words."""

    request: Request
    changed: str


class Session:
    """One person at one desk. `desk` is only read from; commands go through `commands`."""

    def __init__(
        self,
        desk_factory: Callable[[], Desk],
        *,
        readonly: bool,
        keys: KeyMap | None = None,
        workspace: Path | None = None,
    ) -> None:
        """Opens the desk. `keys` are those that the person has moved, `workspace` is the folder around the file.

        Raises OffplanError when the file cannot be used.
        """
        self.desk = desk_factory()
        self.commands = CommandThread(lambda: self._beside(desk_factory))
        self._workspace = workspace
        self.readonly = readonly or self.desk.readonly
        self.keys = keys or KeyMap()
        self.history: list[str] = []
        """Lines that were typed after `:`, oldest first."""
        self.said: deque[Said] = deque(maxlen=_KEPT)
        """What was done and what was refused, oldest first."""
        self.view = self.last_view = "desk"
        """The view that is in front or under the pages in front, and the one before it (tui.screens.views)."""
        self.deviation: str | None = None
        """The deviation under the cursor of the view before: what playbooks are tried on."""
        self.token = secrets.token_hex(8)
        """What other desks know this one by."""
        self.acts: list[Act] = []
        """What was done here, oldest first."""
        self.unsent: list[Unsent] = []
        """What was answered here and waits until the person looks at it, oldest first."""
        self.changed = ChangedRows()
        """Rows that somebody else has changed and the person has not been on."""
        self.rings = False
        """Whether the terminal's bell rings when a deviation is announced."""
        self.news = News()
        self.announced = ""
        """What came in, grew or came back, in words for the line on top, until the person looks at the queue."""
        self._heard: tuple[int | None, object] = (None, None)
        """The journal's last entry and the minute that the news are of."""
        self.blind_since: int | None = None
        """Since when the file cannot be read, so that what is shown is not followed any more; None while it can."""
        self.header: dict[str, Any] = self.desk.header()
        self._header_of: Hashable = None
        """The state of the file and the minute that the header was read at."""

    def hear_news(self) -> Generator[None, None, bool]:
        """Take in what stands in the queue now, in two pieces; whether something is announced that was not before."""
        entry, done = self.desk.done_since(self._heard[0])
        minute = self.present.minute
        if not done and minute == self._heard[1]:
            return False
        standing = self.desk.standing()
        yield
        before = set(self.news.unseen)
        self.news.hear(standing, self.present.now)
        self.announced = self.news.words(self._row)
        self._heard = entry, minute
        return not before.issuperset(self.news.unseen)

    def see_news(self) -> bool:
        """The person has looked at the queue; whether there was anything to see."""
        self.announced = ""
        return self.news.seen()

    def see(self, id_: str) -> None:
        """The person has opened an object. May raise OffplanError, of a file that cannot be read."""
        if self.news.looked_at([id_]):
            self.announced = self.news.words(self._row)

    def _row(self, number: int) -> Mapping[str, Any] | None:
        return next(iter(self.desk.deviation_rows([number])), None)

    def _beside(self, desk_factory: Callable[[], Desk]) -> Desk:
        """Another Desk on the same file: one that was put in its place meanwhile is not written to."""
        self.desk.store.refuse_lost_file()
        return desk_factory()

    @cached_property
    def around(self) -> Surroundings:
        """What lies around the desk's file."""
        from tui.desk.surroundings import Surroundings

        return Surroundings(self._workspace)

    def read_header(self) -> None:
        """Ask the desk for its state, where anything was written or a minute has passed since."""
        state = self.desk.data_version(), self.present.minute
        if state != self._header_of:
            self.header, self._header_of = self.desk.header(), state

    @property
    def present(self) -> Present:
        """The desk's present, in its zone."""
        return Present(self.desk.clock.now(), self.header["zone"])

    @property
    def who(self) -> str:
        """Who is at the desk, as the header names the person."""
        return f"{self.desk.actor}, read-only" if self.readonly else self.desk.actor

    @property
    def pinned(self) -> bool:
        """Whether time stands still here: --now, or a file that lives at one moment."""
        return isinstance(self.desk.clock, FixedClock)

    def keep(self, message: str, style: str) -> None:
        """Remember a sentence that was said; one that is said again and again, once."""
        if not self.said or self.said[-1].message != message:
            self.said.append(Said(self.desk.clock.now(), message, style))

    def _became(self, asked: Request, begun: Future[Outcome]) -> str:
        if begun.cancelled():
            return f"{asked.verb} was not begun"
        fault = begun.exception()
        if fault is None:
            return request.sentence(asked, begun.result(), self.present)
        if isinstance(fault, OffplanError):
            return f"{asked.verb} was not done: {fault}"
        from tui.terminal import crash

        return crash.report(fault)

    def close(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Let the last command finish and close the file; say what is waited for, and what became of each command whose
        end the person did not see."""
        for asked, begun in self.commands.unheard:
            if not begun.done():
                say(f"{asked.verb} is not done yet; the desk ends with it, within seconds where the file is locked")
        self.commands.close()
        for asked, begun in self.commands.unheard:
            say(self._became(asked, begun))
        self.desk.say_open(self.token, None)
        self.desk.store.close()
