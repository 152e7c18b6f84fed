"""What every screen with text on it can do: look for words in it, and go from hit to hit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tui.desk.session import Session
from tui.screens.acting import ActingScreen
from tui.screens.telling import Selection
from tui.widgets.page_list import PageLine, PageList
from tui.widgets.prompt import Prompt
from tui.widgets.question import Question


def next_hit(hits: Sequence[int], here: int, step: int) -> int:
    """Of the places that have what is looked for, of which there are some, the next one from here, or where `step` is
    negative the one before; round the end."""
    ahead = [at for at in hits if at > here] if step > 0 else [at for at in hits if at < here]
    return (ahead or hits)[0 if step > 0 else -1]


class FindingScreen(ActingScreen):
    """A page, or a view with a pane of text."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._looked_for: list[str] = []
        """Words that were looked for in text, oldest first."""

    def shown_of(self, id_: str) -> Sequence[Mapping[str, Any]]:
        """What is known of an action that stands in a text; of most nothing is."""
        return ()

    def action_in(self, pane: PageList) -> Selection | None:
        """The action that the line under the cursor stands for; None where it stands for none."""
        line = pane.line
        if line is None or line.target is None or not line.target.startswith("A"):
            return None
        return Selection("action", (line.target,), {line.target: line.version or 0}, self.shown_of(line.target))

    # a page of which only a part is shown says otherwise ------------------------------------------------------------

    def text_of(self, pane: PageList) -> Sequence[PageLine]:
        """All lines that are looked through."""
        return pane.lines

    def place_in(self, pane: PageList) -> int:
        """Which of them the cursor is on."""
        return pane.cursor

    def go_to_place(self, pane: PageList, place: int) -> None:
        """Put the cursor on one of them."""
        pane.go_to(place)

    def way_back(self, pane: PageList) -> Callable[[], None]:
        """What puts everything back as it stands now."""
        place = pane.cursor
        return lambda: pane.go_to(place)

    # what keys do ---------------------------------------------------------------------------------------------------

    def text_pane(self) -> PageList | None:
        """The text that keys look through: the one with the focus."""
        return self.focused if isinstance(self.focused, PageList) else None

    def action_filter(self) -> None:
        pane = self.text_pane()
        if pane is None:
            self.say("there is no text to look through here", keep=False)
        else:
            self._ask(self._look_for(pane))

    async def _look_for(self, pane: PageList) -> None:
        before, began, go_back = pane.sought, self.place_in(pane), self.way_back(pane)

        def seek(text: str) -> None:
            go_back()
            self._seek(pane, text, began)

        question = Question("/", changed=seek, history=self._looked_for)
        text = await self.query_one(Prompt).ask(question)
        if text is None:
            pane.seek(before)
            go_back()
            self.say("")
            return
        if text:
            self._looked_for.append(text)
        seek(text or self._last)

    def _seek(self, pane: PageList, text: str, began: int) -> None:
        """Go to the first line from `began` on, and round, that has these words, where one has."""
        pane.seek(text.strip())
        hits = pane.hits(self.text_of(pane))
        if hits:
            self.go_to_place(pane, next((at for at in hits if at >= began), hits[0]))
        self._say_which(pane, hits)

    def _say_which(self, pane: PageList, hits: Sequence[int]) -> None:
        if not pane.sought:
            self.say("")
        elif hits:
            which = f"{hits.index(self.place_in(pane)) + 1} of {len(hits)}"
            self.say(f"/{pane.sought}: {which}", keep=False)
        else:
            self.say(f"nothing here has {pane.sought!r}", keep=False)

    @property
    def _last(self) -> str:
        return self._looked_for[-1] if self._looked_for else ""

    def action_find(self, step: int) -> None:
        """To the next line, or the one before, that has what was looked for last, round the end of the text."""
        pane = self.text_pane()
        if pane is None or not (pane.sought or self._last):
            key = next(key for key in ("search", "filter") if self.session.keys.of(key).scope in self.scopes)
            self.say(f"{self.session.keys.first(key)} says what to look for", keep=False)
            return
        pane.seek(pane.sought or self._last)
        hits = pane.hits(self.text_of(pane))
        if hits:
            self.go_to_place(pane, next_hit(hits, self.place_in(pane), step))
        self._say_which(pane, hits)

    def stop_seeking(self) -> bool:
        """Take the light away from what was found; whether anything was looked for."""
        pane = self.text_pane()
        if pane is None or not pane.sought:
            return False
        pane.seek("")
        self.say("")
        return True
