"""Held records tried again from a screen, on the Desk of the thread that writes; what became of them, in one
sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from connectors.files import retry as retrying
from engine.desk import Desk

if TYPE_CHECKING:
    from connectors.files.retry import Tried
    from connectors.settings.settings_file import Settings


def retry(desk: Desk, settings: Settings, numbers: Collection[int], sources: Collection[str]) -> str:
    """Try the held records of these numbers, and all that these sources have held. Raises OffplanError."""
    rows = [row for row in desk.held() if row["id"] in numbers or row["source"] in sources]
    return _told(desk, retrying.retry(desk, settings, rows)) if rows else "nothing is held there any more"


def mend(desk: Desk, settings: Settings, number: int, column: str, value: str) -> str:
    """Try a held record with another value in a column. Raises OffplanError."""
    row = next((row for row in desk.held() if row["id"] == number), None)
    if row is None:
        return f"Q{number} is not held any more"
    return _told(desk, [retrying.mend(desk, settings, row, column, value)])


def _told(desk: Desk, tried: Iterable[Tried]) -> str:
    found = list(tried)
    judged = desk.detect()
    taken = sum(each.taken for each in found)
    parts = [f"{taken} of {len(found)} taken, {len(found) - taken} still held"]
    for count, word in ((judged.opened, "opened"), (judged.raised, "raised"), (judged.cleared, "cleared")):
        parts += [f"{count} {word}"] if count else []
    whys = dict.fromkeys(each.why for each in found if each.why)
    parts += [f"{', '.join(f'Q{each.number}' for each in found if each.why == why)}: {why}" for why in whys]
    return "; ".join(parts)
