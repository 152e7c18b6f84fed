"""What every screen on the desk is: what is under its cursor, what it says, the keys it takes, how it stays up to date.

How objects are shown belongs to the screens; getting somewhere and typed lines to tui.screens.wayfinding, commands to
tui.screens.acting.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Coroutine, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from textual.events import ScreenResume
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from engine.values.errors import BadInput, OffplanError, StoreUnusable
from tui.desk.session import Session
from tui.keys.key import Key
from tui.screens import views
from tui.screens.jump import Jump
from tui.terminal import cells
from tui.terminal.composing import compose_sparingly
from tui.widgets.footer import KeyLine, StatusLine
from tui.widgets.header import Header
from tui.widgets.line_list import LineList
from tui.widgets.prompt import Prompt

USAGE: Final = 2
"""The exit code of words that make no command."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a key acts on: the kind under the cursor, the ids, and the versions that the person sees."""

    kind: str
    ids: tuple[str, ...] = ()
    expect: Mapping[str, int] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()
    """What is shown of them, as far as that is known."""


class TellingScreen(Screen[None]):
    """Shows objects, and says in its status line what happened to them."""

    scopes: tuple[str, ...] = ()
    """Which keys of the table hold here."""
    place = ""
    """What a page is about, for the crumbs in the header; a view says nothing of itself."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        compose_sparingly(self)
        self.session = session
        self._asking: Worker[None] | None = None
        """What a key began and still may ask for."""
        self._read_by: object = None
        """Who began last to bring the screen up to date."""
        self._offered: tuple[str, Sequence[Mapping[str, Any]], Sequence[Key]] | None = None
        """The kind and the rows that the footer was last made for, and its keys."""
        self._jump: Jump | None = None
        """Letters that stand on the rows in sight."""

    # what a screen says ---------------------------------------------------------------------------------------------

    @abstractmethod
    def selection(self) -> Selection:
        """What is marked, else what is under the cursor."""

    def acted_kind(self) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """The kind of the selection, and what is shown of it: of many one for each set of keys that is offered. Asked
        at each key."""
        chosen = self.selection()
        return chosen.kind, chosen.rows

    @abstractmethod
    def pieces(self) -> Iterator[None]:
        """Read again what is shown, piece by piece: between two of them keys may be taken. May raise OffplanError."""

    @abstractmethod
    def target(self) -> str | None:
        """The id under the cursor that `enter` opens."""

    @abstractmethod
    def candidates(self) -> list[str]:
        """Ids that a typed line may complete."""

    # telling --------------------------------------------------------------------------------------------------------

    def say(self, message: str, style: str = "plain", *, keep: bool = True, brief: str = "") -> None:
        """One sentence in the status line; `keep` it for the messages screen, where it can be read in full.

        `brief` is what the status line says where that is less.
        """
        if message and keep:
            self.session.keep(message, style)
        asked = self.query_one(Prompt).is_open
        readable = keep and not asked
        status = self.query_one(StatusLine)
        status.say(
            brief or message,
            style,
            f"{self.session.keys.first('messages')} shows all of it" if readable else "",
            follows=self.query_one(KeyLine) if asked else None,
        )

    @property
    def in_front(self) -> TellingScreen:
        """Where the person sees what is said: of the screens that say anything the one on top."""
        shown = (each for each in reversed(self.app.screen_stack) if isinstance(each, TellingScreen))
        # One that has just been opened has nothing on it yet to say anything in.
        return next((screen for screen in shown if screen.is_mounted), self)

    def refuse(self, error: OffplanError, *, keep: bool = True, also: str = "") -> None:
        """Say why something was not done; with what can be done about it, `also`, it stays when the next key comes."""
        present = self.session.present
        # What was typed, and how it should have been, stay as they are typed.
        typed = isinstance(error, BadInput) or error.exit_code == USAGE
        said = str(error) if typed else cells.with_local_times(str(error), present.now, present.zone)
        # The folder is in the messages; here it would take the room of what is wrong.
        path = self.session.desk.store.path
        said = f"✗ {said}. {also}" if also else f"✗ {said}"
        self.say(said, "warning" if also else "bad", keep=keep, brief=said.replace(str(path), path.name))

    def forget_refusal(self) -> None:
        """Take a refusal, or a hint, out of the status line: it was about what came before."""
        line = self.query_one(StatusLine)
        if line.passes:
            line.say("")

    def fault_of_reading(self) -> OffplanError | None:
        """Bring the screen up to date; why that could not be, where what was shown stays."""
        reading = self._read_anew()
        while True:
            try:
                next(reading)
            except StopIteration as end:
                fault: OffplanError | None = end.value
                return fault

    def _read_anew(self) -> Generator[None, None, OffplanError | None]:
        """Bring the screen up to date piece by piece, and return why that could not be.

        One that is under way when another begins ends there: the other one reads all of it.
        """
        self._read_by = mine = object()
        try:
            self.session.changed.hear(self.session.desk, self.session.commands)
            for _ in self.pieces():
                yield
                if self._read_by is not mine:
                    return None
        except StoreUnusable as error:
            self.lose_sight(error)
            return error
        except OffplanError as error:
            return error
        self._see_again()
        return None

    def lose_sight(self, fault: StoreUnusable) -> None:
        """The file cannot be read: what is shown stays, and the line on top says for how long it has not been
        followed."""
        session = self.session
        first = session.blind_since is None
        if first:
            session.blind_since = session.present.now
        self.show_header()
        if first:
            self.refuse(fault)

    def _see_again(self) -> None:
        session = self.session
        if session.blind_since is not None:
            session.blind_since = None
            self.show_header()
            self.say("✓ the file can be read again", "good")

    def update(self) -> None:
        """Bring the screen up to date, and say where it cannot be."""
        for _ in self.follow():
            pass

    def follow(self) -> Iterator[None]:
        """The same, piece by piece: between two of them keys may be taken."""
        fault = yield from self._read_anew()
        if fault is not None:
            self.refuse(fault)
        self.show_keys()

    def read_header(self) -> Iterator[None]:
        """Ask the desk for its state anew, and for what it announces, piece by piece."""
        self.session.read_header()
        yield
        yield from self.hear_news()
        yield

    def hear_news(self) -> Iterator[None]:
        """Take in what came in, grew or came back; the bell rings for it where a person wants that."""
        fresh = yield from self.session.hear_news()
        if fresh and self.session.rings:
            self.app.bell()

    def show_header(self) -> None:
        """The line on top, with where the person is, and what is announced."""
        session = self.session
        crumbs = views.crumbs(self.app, session)
        key = session.keys.first("hidden") if hasattr(self, "action_hidden") else ""
        self.query_one(Header).show(
            session.header,
            session.present,
            session.announced,
            crumbs,
            hidden_key=key,
            blind_since=session.blind_since,
        )

    def show_keys(self) -> None:
        """The footer for what is under the cursor."""
        kind, rows = self.acted_kind()
        # Ten thousand marked rows are the same ones at each key.
        if self._offered is None or kind != self._offered[0] or rows is not self._offered[1]:
            shown = self.session.keys.footer(kind, self.scopes, rows=rows, readonly=self.session.readonly)
            self._offered = kind, rows, shown
        waits = [self.session.keys.of("unsent")] if self.session.unsent else []
        self.query_one(KeyLine).show([*waits, *self._offered[2]], self.query_one(Prompt).keys(self.session.keys))

    def on_prompt_listening(self) -> None:
        prompt = self.query_one(Prompt)
        if prompt.is_open and prompt.unread:
            self.say(prompt.unread, "quiet", keep=False)
        self.show_keys()

    def on_screen_resume(self, event: ScreenResume) -> None:
        # On the way through several screens only the one that stays is read.
        if self.is_current:
            self.update()

    def on_line_list_unread(self, event: LineList.Unread) -> None:
        self.lose_sight(event.fault)

    def on_line_list_unmarked(self) -> None:
        self.say("there are no rows to mark here", keep=False)

    # asking ---------------------------------------------------------------------------------------------------------

    @property
    def takes_keys(self) -> bool:
        """Whether the next key has a meaning: nothing is about to be asked, or the prompt is there to take it."""
        return self._asking is None or self._asking.is_finished or self.query_one(Prompt).is_open

    @property
    def is_typed_in(self) -> bool:
        """Whether letters are text now."""
        return self.query_one(Prompt).is_open

    def action_jump_mode(self) -> None:
        """Put letters on the rows in sight; the next ones that are typed go to a row."""
        shown = [lines for lines in self.query(LineList) if all(node.display for node in lines.ancestors_with_self)]
        self._jump = Jump(shown)
        self.say("the letters of a row go there; any other key leaves", "quiet", keep=False)

    def jump_by(self, character: str | None) -> bool:
        """Take a key of jump mode; False where the screen is in none."""
        jump = self._jump
        if jump is None:
            return False
        found = jump.type(character or " ")
        if found is not None or jump.is_over:
            jump.end()
            self._jump = None
            self.say("", keep=False)
        if found is not None:
            lines, number = found
            self.bring_to_front(lines)
            lines.go_to(lines.ids.index(number) if number in lines.ids else lines.cursor)
        return True

    def bring_to_front(self, pane: LineList) -> None:
        """Have the next key mean this pane; where one is shown at a time, this one."""
        # Not widget.focus(), which waits for its turn.
        self.set_focus(pane)

    def choose_tab(self, index: int) -> None:
        """Show the pane or part that a tab names."""

    def _ask(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run something that may ask. Until it does, or has ended, what is typed is held back for it."""
        self._asking = self.run_worker(flow, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            from tui.terminal import crash

            self.in_front.say(f"✗ {crash.report(event.worker.error)}", "bad")
        if event.worker.is_finished:
            self.post_message(Prompt.Listening())
