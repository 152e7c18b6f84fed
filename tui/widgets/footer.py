"""The lines at the bottom: what just happened, which keys help here, and on small screens which pane is in front."""

from __future__ import annotations

from collections.abc import Sequence

from tui.keys.bindings import first, named
from tui.keys.key import Key
from tui.terminal import safe
from tui.terminal.safe import Pieces
from tui.widgets.line import Line, Part, fitting, part_at, together


class StatusLine(Line):
    """What the last command did, or why it was refused: one sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.message = ""
        self._style = "plain"
        self._more = ""
        self._follows: KeyLine | None = None
        self._told: Sequence[tuple[str, str]] = ()

    @property
    def passes(self) -> bool:
        """Whether it is about the last key alone: a refusal, or a hint in its place."""
        return self._style in ("bad", "plain")

    def tell(self, keys: Sequence[tuple[str, str]], style: str) -> None:
        """Show keys, each with what it does; what stands beside no key has an empty one."""
        self.say("   ".join(f"{key} {does}".strip() for key, does in keys), style)
        self._told = keys

    def say(self, message: str, style: str = "plain", more: str = "", follows: KeyLine | None = None) -> None:
        """Show a sentence until the next one. Of one that does not fit, `more` says how to read the rest, or the line
        that `follows` has it: who types a line cannot go and read it."""
        if (message, style, more, follows) != (self.message, self._style, self._more, self._follows):
            if self._follows is not None:
                self._follows.go_on("", style)
            if follows is not None:
                follows.go_on(message, style)
            self.message, self._style, self._more, self._follows = message, style, more, follows
            self._told = ()
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

    def key_at(self, cell: int) -> str | None:
        if self._told:
            return part_at(
                [(named(key), [(f"{key} {does}".strip() + "   ", "")]) for key, does in self._told], cell - 1
            )
        shown = self.pieces(self.size.width)
        said = safe.width_of(shown[:1])
        return named(self._more.split()[0]) if len(shown) > 1 and cell >= said else None


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
        return together(self._parts(width))

    def key_at(self, cell: int) -> str | None:
        return part_at(self._parts(self.size.width), cell)

    def _parts(self, width: int) -> Sequence[Part]:
        """What stands in the line, each part by the name of the key that it tells of."""
        if self._typing:
            rest = safe.cut_words(" ".join(safe.wrap(self._sentence, width - 2)[1:]), width - 2)
            keys: list[Part] = [
                (named(key), [(f" {key}", "key"), (f" {does} ", "quiet")]) for key, does in self._typing
            ]
            return fitting([("", [(f" {rest} ", self._style)]), *keys] if rest else keys, width)
        parts: list[Part] = [
            (key.keys[0], [(f" {first(key)}", "key"), (f" {key.title}", "quiet")]) for key in self._keys
        ]
        # Where a key does not fit, the one that tells them all does.
        tells_all = next((part for key, part in zip(self._keys, parts, strict=True) if key.id == "keys"), None)
        return fitting(parts, width, always=tells_all)


class TabLine(Line):
    """The panes or parts of which a small screen shows one at a time."""

    def __init__(self, titles: Sequence[str], changes: Key) -> None:
        """`changes` is the key that goes from one to the next."""
        super().__init__()
        self.titles = list(titles)
        self._changes = changes
        self._current = 0

    def choose(self, index: int) -> None:
        if index != self._current:
            self._current = index
            self.refresh()

    def pieces(self, width: int) -> Pieces:
        return together(self._parts(width))

    def key_at(self, cell: int) -> str | None:
        return self._changes.keys[0] if part_at(self._parts(self.size.width), cell) == self._changes.id else None

    def tab_at(self, cell: int) -> int | None:
        """The place of the title that stands in a cell."""
        title = part_at(self._parts(self.size.width), cell)
        return self.titles.index(title) if title in self.titles else None

    def _parts(self, width: int) -> Sequence[Part]:
        """What stands in the line, each title by itself, and by its id the key that changes them."""
        tabs: list[Part] = [
            (title, [(f" {title} ", "cursor" if index == self._current else "plain")])
            for index, title in enumerate(self.titles)
        ]
        changes: Part = (self._changes.id, [(f"{first(self._changes)} changes", "quiet")])
        if sum(safe.width_of(pieces) + 1 for _, pieces in tabs) - 1 <= width:
            return fitting([*tabs, changes], width, " ")
        here: Part = ("", [(f"{self._current + 1} of {len(tabs)}", "quiet")])
        return fitting([tabs[self._current], here, changes], width, "  ")
