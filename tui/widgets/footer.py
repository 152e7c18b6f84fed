"""The lines at the bottom: what just happened, which keys help here, and on small screens which pane is in front."""

from __future__ import annotations

from collections.abc import Sequence

from tui.keys.bindings import shown
from tui.keys.key_table import Key
from tui.terminal import safe
from tui.terminal.safe import Pieces
from tui.widgets.line import Line, joined


class StatusLine(Line):
    """What the last command did, or why it was refused: one sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.message = ""
        self._style = "plain"
        self._more = ""
        self._follows: KeyLine | None = None

    @property
    def passes(self) -> bool:
        """Whether it is about the last key alone: a refusal, or a hint in its place."""
        return self._style in ("bad", "plain")

    def say(self, message: str, style: str = "plain", more: str = "", follows: KeyLine | None = None) -> None:
        """Show a sentence until the next one. Of one that does not fit, `more` says how to read the rest, or the line
        that `follows` has it: who types a line cannot go and read it."""
        if (message, style, more, follows) != (self.message, self._style, self._more, self._follows):
            if self._follows is not None:
                self._follows.go_on("", style)
            if follows is not None:
                follows.go_on(message, style)
            self.message, self._style, self._more, self._follows = message, style, more, follows
            self.refresh()

    def pieces(self, width: int) -> Pieces:
        whole: Pieces = [(f" {self.message}", self._style)]
        if safe.width_of(whole) <= width:
            return whole
        if self._follows is not None:
            return [(f" {safe.wrap(self.message, width - 2)[0]}", self._style)]
        if not self._more:
            return whole
        more = f"  {self._more} "
        return [(f" {safe.cut_words(self.message, width - len(more) - 1)}", self._style), (more, "key")]


class KeyLine(Line):
    """The keys that do something with what is under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: Sequence[Key] = ()
        self._typing: Sequence[tuple[str, str]] = ()
        self._sentence, self._style = "", "plain"

    def go_on(self, sentence: str, style: str) -> None:
        """Take what of a sentence does not fit in the status line, while a line is typed."""
        self._sentence, self._style = sentence, style
        self.refresh()

    def show(self, keys: Sequence[Key], typing: Sequence[tuple[str, str]] = ()) -> None:
        """`typing` are the keys of a line that is open, with what they do: letters are text then."""
        if (keys, typing) != (self._keys, self._typing):
            self._keys, self._typing = keys, typing
            self.refresh()

    def pieces(self, width: int) -> Pieces:
        if self._typing:
            rest = safe.cut_words(" ".join(safe.wrap(self._sentence, width - 2)[1:]), width - 2)
            keys: list[Pieces] = [[(f" {key}", "key"), (f" {does} ", "quiet")] for key, does in self._typing]
            return joined([[(f" {rest} ", self._style)], *keys] if rest else keys, width, "")
        parts: dict[str, Pieces] = {
            key.id: [(f" {shown(key).split(', ')[0]}", "key"), (f" {key.title}", "quiet")] for key in self._keys
        }
        last = parts.get("keys")
        if last is None or sum(safe.width_of(part) for part in parts.values()) <= width:
            return joined(list(parts.values()), width, "")
        # Where a key does not fit, the one that tells them all does.
        room = width - safe.width_of(last)
        line: list[tuple[str, str]] = []
        for id_, part in parts.items():
            if id_ == "keys":
                line += part
            elif (size := safe.width_of(part)) <= room:
                line += part
                room -= size
        return line


class TabLine(Line):
    """The panes or parts of which a small screen shows one at a time."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self.titles = list(titles)
        self._current = 0

    def choose(self, index: int) -> None:
        if index != self._current:
            self._current = index
            self.refresh()

    def pieces(self, width: int) -> Pieces:
        tabs: list[Pieces] = [
            [(f" {title} ", "cursor" if index == self._current else "plain")] for index, title in enumerate(self.titles)
        ]
        if sum(safe.width_of(tab) + 1 for tab in tabs) - 1 <= width:
            return joined([*tabs, [("tab changes", "quiet")]], width, " ")
        here = f"{self._current + 1} of {len(tabs)}"
        return joined([tabs[self._current], [(here, "quiet")], [("tab changes", "quiet")]], width)
