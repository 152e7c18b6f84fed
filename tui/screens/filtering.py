"""What every screen with lists on it can do: narrow one down while the filter is typed, and mark its rows.

The filter language is engine.vocabulary.filters, the same as that of `--where`; which rows it leaves is the Desk's
answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual.timer import Timer

from engine.values.errors import OffplanError
from tui.desk.session import Session
from tui.screens.finding import FindingScreen, next_hit
from tui.screens.telling import Selection
from tui.widgets.feed import SignalList
from tui.widgets.footer import KeyLine
from tui.widgets.line_list import RESTS, LineList
from tui.widgets.page_list import PageList
from tui.widgets.prompt import Prompt
from tui.widgets.question import Question
from tui.words.named_ids import named_kind


class FilteringScreen(FindingScreen):
    """A view of one list or of several; each keeps its own filter."""

    filtered: ClassVar[tuple[str, ...]] = ()
    """The ids of the lists that can be filtered; the first is meant where no list has the focus."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.filters = dict.fromkeys(self.filtered, "")
        """What each list is filtered by."""
        self._sought: dict[str, str] = {}
        """What each list was filtered by last."""
        self._typed: tuple[str, str] | None = None
        """The list and the text of a filter that is being typed and is not shown yet."""
        self._began: int | None = None
        """The id that was under the cursor when a filter began to be typed."""
        self._until_rest: Timer | None = None
        """Runs while the cursor moves on before it rests anywhere."""

    # selection ------------------------------------------------------------------------------------------------------

    def acted_on(self) -> LineList | None:
        """The list whose rows a key acts on."""
        return self.focused if isinstance(self.focused, LineList) else None

    def selection(self) -> Selection:
        pane = self.focused
        action = self.action_in(pane) if isinstance(pane, PageList) else None
        if action is not None:
            return action
        pane = self.acted_on()
        if pane is None or not pane.chosen:
            return Selection("")
        seen = {pane.id_of(number): row for number in pane.chosen if (row := pane.seen(number)) is not None}
        ids = tuple(pane.id_of(number) for number in pane.chosen)
        expect: dict[str, Any] = {id_: row["version"] for id_, row in seen.items() if "version" in row}
        return Selection(pane.kind, ids, expect, tuple(seen.values()))

    def acted_kind(self) -> tuple[str, Sequence[Mapping[str, Any]]]:
        if isinstance(self.focused, PageList):
            return super().acted_kind()
        # All that is marked may be ten thousand rows.
        pane = self.acted_on()
        return ("", ()) if pane is None or not pane.chosen else (pane.kind, pane.unlike_rows)

    def target(self) -> str | None:
        pane = self.focused
        if isinstance(pane, PageList) and pane.line is not None and pane.line.target is not None:
            return pane.line.target
        pane = self.acted_on()
        return None if pane is None or pane.at_cursor is None else pane.id_of(pane.at_cursor)

    def marks_to_serve(self) -> Callable[[], None]:
        marks = {pane: frozenset(pane.marks) for pane in self.query(LineList)}

        def served() -> None:
            for pane in self.query(LineList):
                pane.take_marks(marks.get(pane, frozenset()))

        return served

    # Textual calls the handlers of a subclass as well as this one.
    def on_line_list_moved(self, event: LineList.Moved) -> None:
        """The footer differs from row to row, and on the way nobody reads it: it is drawn once the cursor rests."""
        if self._until_rest is not None:
            self._until_rest.stop()
        if self._offered is None or self._offered[0] != self.acted_kind()[0]:
            self.show_keys()
        else:
            self._until_rest = self.set_timer(RESTS, self._show_keys_at_rest)

    def _show_keys_at_rest(self) -> None:
        # When the desk closes, a timer may still ask after the footer has left the screen.
        if self.query(KeyLine):
            self.show_keys()

    def on_line_list_marked(self) -> None:
        self.show_keys()

    # filter ---------------------------------------------------------------------------------------------------------

    def filtered_pane(self) -> str:
        """The list that a filter is for."""
        focused = self.focused.id if self.focused is not None else None
        return focused if focused in self.filters else self.filtered[0]

    def _has_filter(self) -> bool:
        """Whether there is a list to filter; where there is none that is said, as every view has the keys."""
        if not self.filtered:
            self.say("there is no list to filter here", keep=False)
        return bool(self.filtered)

    def action_filter(self) -> None:
        if self.text_pane() is not None:
            super().action_filter()
        elif self._has_filter():
            self._ask(self._filter(self.filtered_pane()))

    async def _filter(self, pane: str) -> None:
        before = self.filters[pane]
        self._began = self.query_one(f"#{pane}", LineList).current
        question = Question(
            "/",
            # With a blank behind it: what is typed narrows it down, and is no end of its last word.
            f"{before} " if before else "",
            changed=lambda text: self._filter_soon(pane, text),
            accepts=lambda text: self._try_typed_filter(pane, text),
        )
        if await self.query_one(Prompt).ask(question) is None:
            self._try_typed_filter(pane, before)

    def _filter_soon(self, pane: str, text: str) -> None:
        """Show a filter that is being typed once the keys that have come already are taken: once for a burst."""
        if self._typed is None:
            self.app.call_later(self._show_typed_filter)
        self._typed = pane, text

    def _show_typed_filter(self) -> None:
        typed, self._typed = self._typed, None
        if typed is not None:
            self._try_typed_filter(*typed, keep=False)

    def _try_typed_filter(self, pane: str, text: str, *, keep: bool = True) -> bool:
        """The same as `try_filter`, and the cursor on the row that it was on when the filter began to be typed, else on
        the first: what a half of a word leaves is no choice of the person's."""
        taken = self.try_filter(pane, text, keep=keep)
        rows = self.query_one(f"#{pane}", LineList)
        if taken and rows.current != self._began:
            rows.go_to(rows.ids.index(self._began) if self._began in rows.ids else 0)
        return taken

    def try_filter(self, pane: str, text: str, *, keep: bool = True) -> bool:
        """Show a filter's result; one that cannot be read leaves the list as it is, says why and answers False."""
        before = self.filters[pane]
        self._typed = None
        self.filters[pane] = text.strip()
        fault = self.fault_of_reading()
        if fault is not None:
            self.filters[pane] = before
            self.refuse(fault, keep=keep)
            return False
        if self.filters[pane] and keep:
            self._sought[pane] = self.filters[pane]
        self.say("")
        return True

    def filter_by(self, text: str) -> None:
        if self._has_filter():
            self.try_filter(self.filtered_pane(), text)

    # find -----------------------------------------------------------------------------------------------------------

    def ids_under(self, pane: str, text: str) -> Sequence[int]:
        """The rows of a list that meet a filter; none in a view without `filtered`. Raises OffplanError."""
        return ()

    def action_find(self, step: int) -> None:
        """To the next row, or the one before, that the last filter shows, round the end of the list."""
        if self.text_pane() is not None:
            super().action_find(step)
            return
        if not self._has_filter():
            return
        name = self.filtered_pane()
        text, pane = self.filters[name] or self._sought.get(name, ""), self.query_one(f"#{name}", LineList)
        if not text:
            self.say(f"{self.session.keys.first('filter')} says what to look for", keep=False)
            return
        try:
            sought = set(pane.ids if self.filters[name] else self.ids_under(name, text))
        except OffplanError as error:
            self.refuse(error)
            return
        hits = [at for at, number in enumerate(pane.ids) if number in sought]
        if not hits:
            self.say(f"nothing here meets {text!r}")
            return
        to = next_hit(hits, pane.cursor, step)
        pane.go_to(to)
        self.say(f"/{text}: {hits.index(to) + 1} of {len(hits)}", keep=False)

    # signals that flow ----------------------------------------------------------------------------------------------

    def action_pause(self) -> None:
        pane = self.acted_on()
        if isinstance(pane, SignalList):
            pane.pause()
        else:
            self.say("pause is for signals, and the cursor is on none of them", keep=False)

    # back, leave ----------------------------------------------------------------------------------------------------

    def step_back(self) -> bool:
        """Take marks away, then the filter, of a text what is looked for in it; whether there was any."""
        if self.stop_seeking():
            return True
        pane = self.filtered_pane()
        if self.query_one(f"#{pane}", LineList).unmark():
            return True
        if self.filters[pane]:
            self.try_filter(pane, "")
            return True
        return False

    def action_back(self) -> None:
        self.step_back()

    def action_explain(self) -> None:
        chosen = self.selection()
        if chosen.kind == "deviation":
            self.open_deviation(chosen.ids[0], section="Explain")
        else:
            self.say(f"explain is for deviations; the cursor is on {named_kind(chosen.kind)}", keep=False)
