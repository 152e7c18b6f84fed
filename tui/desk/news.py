"""What a screen announces until the person looks: deviations that came in, grew, came back or are over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from engine.reading import announce
from engine.reading.announce import ALL_OVER, NEW, RAISED, REPEAT, UNMUTED, Standing, Told
from engine.values.clock import HOUR
from tui.widgets.queue import subject

_REMIND_AFTER: Final = 4 * HOUR
"""A person who looks away for half a shift is told again what still stands in the queue."""
_WORDS: Final[Mapping[str, str]] = {NEW: "new", RAISED: "raised", UNMUTED: "back"}


class News:
    """Keeps what a screen was told, and what of it the person has not looked at."""

    def __init__(self) -> None:
        self._told: Told | None = None
        self.unseen: dict[int, str] = {}
        """Deviations with the reason why they are announced."""
        self._offered: frozenset[int] = frozenset()
        self.over: frozenset[int] = frozenset()
        """Deviations that are over by themselves, with actions to call off or to take back."""
        self._said = ""
        """What is said of the whole queue."""

    def hear(self, standing: Standing, now: int) -> None:
        """Take in what stands in the queue now. What stood there when the screen opened is no news."""
        if self._told is None:
            self._told = announce.decide(None, standing, now, remind_after=None).told
            self._offered = standing.offered
            return
        self.over = (self.over | (standing.offered - self._offered)) & standing.offered
        self._offered = standing.offered
        found = announce.decide(self._told, standing, now, remind_after=_REMIND_AFTER)
        self._told = found.told
        if found.reason == REPEAT:
            self._said = f"{len(found.about)} still off plan"
        elif found.reason == ALL_OVER:
            self._said = "nothing off plan any more"
        elif found.reason is not None:
            self._said = ""
            self.unseen |= found.about
        for number in self.unseen.keys() - standing.shown.keys():
            del self.unseen[number]

    def seen(self) -> bool:
        """The person has looked; false where there was nothing to look at."""
        if not self.unseen and not self.over and not self._said:
            return False
        self.unseen.clear()
        self.over = frozenset()
        self._said = ""
        return True

    def looked_at(self, ids: Iterable[str]) -> bool:
        """The person has opened what these ids name, or acted on it; whether a deviation among them was announced."""
        numbers = {int(id_[1:]) for id_ in ids if id_[:1] == "D" and id_[1:].isdecimal()} & self.unseen.keys()
        for number in numbers:
            del self.unseen[number]
        return bool(numbers)

    def words(self, row_of: Callable[[int], Mapping[str, Any] | None]) -> str:
        """The announcement in a few words: how many of which sort, and the newest of them."""
        return " · ".join(words for words in (self._of_queue(row_of), self._of_offers()) if words)

    def _of_offers(self) -> str:
        if not self.over:
            return ""
        ids = ", ".join(f"D{number}" for number in sorted(self.over)[:3]) + (" ..." if len(self.over) > 3 else "")
        return f"{ids} over by itself, actions to call off or take back"

    def _of_queue(self, row_of: Callable[[int], Mapping[str, Any] | None]) -> str:
        if not self.unseen:
            return self._said
        reasons = list(self.unseen.values())
        counts = [f"{reasons.count(reason)} {word}" for reason, word in _WORDS.items() if reason in reasons]
        newest = max(self.unseen)
        row = row_of(newest)
        what = f": D{newest} {row['kind']} {subject(row)}" if row else ""
        return ", ".join(counts) + what
