"""The lines under the queue: why the row under the cursor stands where it stands, in figures that can be redone by
hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from textual.strip import Strip
from textual.widget import Widget

from tui.terminal import cells, safe
from tui.terminal.safe import Pieces

_LAST: Final = {
    "ahead": "",
    "undated": "nothing says by when to decide: after all that has a date ahead",
    "passed": "its decide-by has passed: after all that can still be helped",
}


class WhyLines(Widget):
    """Fills its lines with whole parts, the most telling first; what does not fit is on the row's page."""

    def __init__(self, opens: str, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        """`opens` is the key that opens the row's page, as a person reads it."""
        super().__init__(id=id)
        self._opens = opens
        self._placing: Mapping[str, Any] | None = None

    def show(self, placing: Mapping[str, Any] | None) -> None:
        """Take `Desk.placing`'s answer; None: there is no row."""
        if placing != self._placing:
            self._placing = placing
            self.refresh()

    def render_line(self, y: int) -> Strip:
        lines = self._lines(self.size.width)
        return safe.strip(lines[y] if y < len(lines) else (), self.size.width)

    def _lines(self, width: int) -> list[Pieces]:
        if self._placing is None:
            return []
        lines: list[Pieces] = [[]]
        for part, style in why(self._placing, self._opens):
            if lines[-1] and safe.width_of([*lines[-1], (f"  {part}", "")]) > width:
                lines.append([])
            lines[-1] = [*lines[-1], (f" {part} ", style)]
        return lines


def why(placing: Mapping[str, Any], opens: str) -> Iterator[tuple[str, str]]:
    """The parts: place, exposure, weight, and what stands beside it."""
    if placing["place"] is None:
        yield f"{placing['id']} does not stand in the queue: {opens} says why", "bold"
        return
    yield f"{placing['id']} is {placing['place']} of {placing['of']}:", "bold"
    yield exposure(placing), "plain"
    if placing["group"] == "ahead":
        yield weight(placing), "plain"
    else:
        yield _LAST[placing["group"]], "plain"
    for side, words in (("before", "before it"), ("after", "next")):
        if placing[side] is not None:
            yield f"{words} {_beside(placing[side])}", "quiet"


def exposure(placing: Mapping[str, Any]) -> str:
    """Value at risk × likelihood = exposure."""
    if placing["exposure"] is None:
        return "the plan has no value for it, so it counts as 0"
    rate = "" if placing["rate"] is None else f" × {placing['rate']:g}"
    if not rate and placing["value_at_risk"]["currency"] != placing["exposure"]["currency"]:
        rate = ", without a rate,"
    likely = "certain" if placing["likelihood"] == 1 else f"{placing['likelihood']:g} likely"
    worth, at_risk = cells.money_in_full(placing["exposure"]), cells.money_in_full(placing["value_at_risk"])
    return f"{worth} = {at_risk} at risk{rate} × {likely}"


def weight(placing: Mapping[str, Any]) -> str:
    """The exposure, halved for each so many hours that are left to decide; to the digit, as the amounts above."""
    hours, halving = f"{placing['hours']:.7g}", f"{placing['halving_hours']:g}"
    return f"decide in {hours}h: ÷ 2^({hours} ÷ {halving}) weighs {cells.money_in_full(placing['weight'])}"


def _beside(figures: Mapping[str, Any]) -> str:
    if figures["weight"] is not None:
        return f"{figures['id']} {cells.money(figures['weight'])}"
    worth = "" if figures["exposure"] is None else f" {cells.money(figures['exposure'])}"
    return f"{figures['id']}{worth} {'undated' if figures['group'] == 'undated' else 'passed'}"
