"""What a person sees before a key and after it, and the effects by which keys are told apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tests.tui.conftest import Driven
from tui.screens.acting import ActingScreen
from tui.widgets.footer import StatusLine
from tui.widgets.line_list import LineList
from tui.widgets.one_line import OneLine
from tui.widgets.prompt import Prompt, _Label

PATIENCE: Final = 2_000
"""Looks at whether something has ended, before it never will."""


class Seen(NamedTuple):
    """What can be told of the screen in front."""

    screen: str
    """The class of the screen in front."""
    title: str
    """What its first list says above itself."""
    view: str
    pane: str
    cursor: int
    rows: int
    marks: frozenset[tuple[str | None, int]]
    asks: str
    """What a line is open for; empty where none is."""
    typed: str
    """What stands in the line."""
    says: str
    place: str
    """The id of the object whose page is in front."""
    in_front: bool
    """Whether the view is in front, with no page on top of it."""
    jumps: bool
    redraws: int
    ended: bool
    text: str

    @property
    def where(self) -> str:
        return f"{self.screen} {self.place} in {self.view}, {self.pane} {self.cursor}, asks {self.asks!r}, says {self.says!r}"


def seen(driven: Driven, redraws: int) -> Seen:
    """The screen as it is now."""
    screen, session = driven.app.screen, driven.app.session
    lists = [each for each in screen.query(LineList) if all(node.display for node in each.ancestors_with_self)]
    focused = screen.focused
    lines = focused if isinstance(focused, LineList) else (lists[0] if lists else None)
    prompt = next(iter(screen.query(Prompt)), None)
    return Seen(
        screen=type(screen).__name__,
        title=lists[0].title if lists else "",
        view=session.view,
        pane=(focused.id or "") if focused is not None else "",
        cursor=lines.cursor if lines is not None else -1,
        rows=len(lines.ids) if lines is not None else 0,
        marks=frozenset((each.id, number) for each in lists for number in each.marks),
        asks=prompt.query_one(_Label).text if prompt is not None and prompt.is_open else "",
        typed=next((line.value for line in screen.query(OneLine)), ""),
        says=next((status.message for status in screen.query(StatusLine)), ""),
        place=getattr(screen, "place", ""),
        in_front=isinstance(screen, ActingScreen) and not screen.place,
        jumps=getattr(screen, "_jump", None) is not None,
        redraws=redraws,
        ended=driven.app._exit,
        text=driven.text,
    )


class Hand:
    """Presses keys on an open desk, and sees what they do."""

    def __init__(self, driven: Driven) -> None:
        self.driven = driven
        self._redraws = 0
        refresh = driven.app.refresh

        def counted(**options: Any) -> Any:
            self._redraws += bool(options.get("layout"))
            return refresh(**options)

        driven.app.refresh = counted  # type: ignore[method-assign]

    def seen(self) -> Seen:
        return seen(self.driven, self._redraws)

    async def finish(self, *keys: str) -> None:
        await self.driven.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Wait until all that was begun has ended, or asks the person something."""
        app = self.driven.app
        for _ in range(PATIENCE):
            await self.driven.pilot.pause()
            screen = app.screen
            asks = not isinstance(screen, ActingScreen) or screen.is_typed_in
            if asks or app._exit or all(worker.is_finished for worker in app.workers):
                return
        raise AssertionError("what was begun does not end")

    async def leave(self) -> None:
        """`esc` as often as it takes to have nothing asked any more; keys that only looked have written nothing."""
        app = self.driven.app
        for _ in range(5):
            screen = app.screen
            began = any(getattr(screen, name, None) is not None for name in ("_jump", "_moving"))
            if isinstance(screen, ActingScreen) and not screen.is_typed_in and not began:
                return
            await self.finish("escape")
        raise AssertionError("esc does not lead out")


class Effect(NamedTuple):
    """What belongs to a key, in words and as a test."""

    words: str
    holds: Callable[[Seen, Seen], bool]


def effect(words: str, holds: Callable[[Seen, Seen], bool]) -> Effect:
    return Effect(words, holds)


def one_of(*effects: Effect) -> Effect:
    return Effect(" or ".join(each.words for each in effects), lambda a, b: any(each.holds(a, b) for each in effects))


def opens(screen: str, title: str = "") -> Effect:
    """Another screen, of this class, with these words above it or this object on it."""
    return effect(
        f"opens {screen} {title}",
        lambda a, b: (
            b.screen == screen and title in f"{b.title} {b.place}" and (a.screen, a.place) != (screen, b.place)
        ),
    )


def asks(words: str) -> Effect:
    """A line is open, with these words before it."""
    return effect(f"asks {words!r}", lambda _, b: words in b.asks)


def says(pattern: str) -> Effect:
    """A sentence that was not there before."""
    return effect(f"says {pattern!r}", lambda a, b: a.says != b.says and re.search(pattern, b.says) is not None)


def goes(view: str) -> Effect:
    return effect(f"goes to {view}", lambda _, b: (b.view, b.in_front) == (view, True))


def draws(words: str) -> Effect:
    """The same screen, drawn otherwise."""
    return effect(words, lambda a, b: a.screen == b.screen and a.text != b.text)


def moves(words: str, to: Callable[[Seen, int], bool]) -> Effect:
    """The cursor of the same list is on another row."""
    return effect(
        f"moves {words}",
        lambda a, b: (a.screen, a.pane) == (b.screen, b.pane) and a.cursor != b.cursor and to(a, b.cursor),
    )
