"""When an action is due: its rule worked out in the owner's working time, with the sentence that says how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.values.zones import local_time
from playbooks.working_time.calendars import WorkingTime
from playbooks.working_time.durations import words, working_minutes

if TYPE_CHECKING:
    from playbooks.language.term_shapes import Due

_ANCHOR_WORDS = {
    "opened": "the deviation opened",
    "need": "the need time",
    "decide_by": "the decide-by",
    "ready": "the step can start",
}


@dataclass(frozen=True, slots=True)
class Anchors:
    """The instants that due times count from; None where the deviation has no such time, or the step is left out."""

    opened: int | None
    need: int | None
    decide_by: int | None
    ends: Mapping[str, int]
    """Planned end of each step that is planned already."""

    def find(self, anchor: str, ready: int) -> int | None:
        """The instant of an anchor of the schema; `ready` is when the step at hand can start."""
        if anchor == "ready":
            return ready
        if anchor.startswith("step:"):
            return self.ends.get(anchor.removeprefix("step:"))
        return {"opened": self.opened, "need": self.need, "decide_by": self.decide_by}[anchor]


def due_at(
    rule: Due | None, anchors: Anchors, ready: int, end: int, working: WorkingTime, zone: str
) -> tuple[int, str]:
    """Due instant and reason; without a rule, or where its anchor is not known, the planned `end` of the step's
    work."""
    if rule is None:
        return end, "when its work is planned to end"
    name = _ANCHOR_WORDS.get(rule.anchor) or f"step {rule.anchor.removeprefix('step:')} ends"
    anchor = anchors.find(rule.anchor, ready)
    if anchor is None:
        missing = (
            f"{name} is not known" if rule.anchor in _ANCHOR_WORDS else f"{name.removesuffix(' ends')} is left out"
        )
        return end, f"when its work is planned to end, since {missing}"
    at = f"{name} ({local_time(anchor, zone)})"
    if rule.before is not None:
        minutes = working_minutes(rule.before)
        if minutes == 0:
            return anchor, f"at {at}"
        return working.subtract(anchor, minutes), f"{words(minutes)} of working time before {at}"
    minutes = working_minutes(rule.within or "")
    return working.add(anchor, minutes), f"{words(minutes)} of working time after {at}"
