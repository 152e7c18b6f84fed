"""Which lines are drawn when something has changed: those that are seen, where it changed, and that were not drawn
before.

Textual asks every widget on the screen, those beside and those behind too, and makes a line anew that only moved. Takes
the place of private methods of its compositor and of its cache of styled lines, where tui.terminal.painting takes its
drawing over as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.css.styles import StylesBase
from textual.geometry import Region, Size, Spacing
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.terminal import painting

_MOST_LINES: Final = 128
"""Finished lines that are kept of a widget: some screens full."""


def compose_sparingly(screen: Screen[Any]) -> None:
    """Have a screen draw only what will be seen; where Textual draws by itself, it goes on as ever."""
    if not painting.is_plain():
        screen._compositor = SparingCompositor()


def keep_lines(widget: Widget) -> None:
    """Have a widget make each of its lines once, wherever it scrolls to."""
    if not painting.is_plain():
        widget._styles_cache = KeptLines()


class SparingCompositor(Compositor):
    """Textual's compositor, which draws no line of a widget that nobody will see."""

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """The pieces of each line by the column where they begin; of lines that are not rendered, none.

        `crop` surrounds what changed; pieces outside of it may be missing.
        """
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(line[:-1]) for line in cuts]
        left, right = crop.column_span
        missing = {
            y: sum(1 for start, end in zip(cuts[y], cuts[y][1:], strict=False) if start < right and end > left)
            for y in crop.line_range
            if is_rendered_line(y)
        }
        # Front to back: what is drawn first stands.
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            if not seen.overlaps(crop):
                continue
            wanted = [y for y in seen.line_range if missing.get(y)]
            if not wanted:
                continue
            first, last = wanted[0], wanted[-1]
            part = Region(seen.x - region.x, first - region.y, seen.width, last - first + 1)
            strips = widget.render_lines(part)
            for y in wanted:
                line, found = chops[y], [cut for cut in cuts[y] if seen.x <= cut <= seen.right]
                pieces = _divided(strips[y - first], [cut - seen.x for cut in found[1:]])
                for start, end, piece in zip(found, found[1:], pieces, strict=False):
                    if line[start] is None:
                        line[start] = piece
                        missing[y] -= start < right and end > left
        return cast("Sequence[Mapping[int, Strip]]", chops)


def _divided(strip: Strip, cuts: Sequence[int]) -> Sequence[Strip]:
    """The pieces of a line up to each of the cuts.

    A strip remembers how it was divided. One that stays whole would remember itself: a circle, which is freed by the
    garbage collection only, so that a desk would hold megabytes of lines that are long gone.
    """
    return (strip,) if list(cuts) == [strip.cell_length] else strip.divide(cuts)


class KeptLines(StylesCache):
    """The finished lines of a widget that scrolls, with its borders, by what they show in place of where they stand.

    Textual keeps them by their place, so that each scroll has all of them made again. Kept as long as Textual keeps its
    own: whatever changes the look of a widget clears both.
    """

    def __init__(self) -> None:
        super().__init__()
        self._finished: dict[int, tuple[Strip, Strip]] = {}
        """Lines of content by their identity, and what was made of each."""

    def clear(self) -> None:
        super().clear()
        self._finished.clear()

    def render_line(
        self,
        styles: StylesBase,
        y: int,
        size: Size,
        content_size: Size,
        padding: Spacing,
        base_background: Color,
        background: Color,
        render_content_line: Callable[[int], Strip],
        *rest: Any,
    ) -> Strip:
        def finish(content: Callable[[int], Strip]) -> Strip:
            return super(KeptLines, self).render_line(
                styles, y, size, content_size, padding, base_background, background, content, *rest
            )

        inside = y - styles.gutter.top
        if not 0 <= inside < content_size.height:
            return finish(render_content_line)
        line = render_content_line(inside)
        kept = self._finished.get(id(line))
        if kept is None or kept[0] is not line:
            if len(self._finished) >= _MOST_LINES:
                self._finished.clear()
            kept = self._finished[id(line)] = line, finish(lambda _: line)
        return kept[1]
