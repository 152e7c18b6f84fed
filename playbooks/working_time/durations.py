"""Durations of working time: ISO 8601 text such as PT4H to minutes, and minutes to words.

Hours and minutes are working time. A day is a working day of 8 hours and a week 5 of them, so that every duration is a
plain number of working minutes; months and years have no such length and are refused, as are numbers without a unit.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from engine.values.text import clean

MINUTES_PER_DAY: Final = 8 * 60
MAX_MINUTES: Final = 260 * MINUTES_PER_DAY
"""A working year: what is longer is a mistake in the unit."""

_FORM = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?)?")
PATTERN: Final = rf"^(?=P.){_FORM.pattern}$"
"""The same form for readers of the JSON Schema."""
CLOCK_PATTERN: Final = r"^PT(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?$"
"""The form of a time on the clock, likewise."""
_UNITS = (5 * MINUTES_PER_DAY, MINUTES_PER_DAY, 60, 1)


# A thousand playbooks say the same few durations.
@functools.lru_cache(maxsize=4096)
def working_minutes(text: str) -> int:
    """Minutes of working time in `text`. Raises ValueError with a sentence that names the fault and the mend."""
    found = _FORM.fullmatch(text)
    if found is None or not any(found.groups()):
        shown = clean(text[:40])
        raise ValueError(f"{shown!r} is not a duration; write PT30M, PT4H, P2D (8 working hours a day) or P1W")
    minutes = sum(int(part) * unit for part, unit in zip(found.groups(), _UNITS, strict=True) if part)
    if minutes > MAX_MINUTES:
        raise ValueError(f"{text} is over {MAX_MINUTES // 60} working hours; give a shorter time")
    return minutes


def clock_minutes(text: str) -> int:
    """Minutes on the clock in `text`, of hours and minutes only: a day of working time is no day on the clock.

    Raises ValueError as `working_minutes` does.
    """
    minutes = working_minutes(text)
    if not text.startswith("PT"):
        raise ValueError(f"{text} counts working days, and an age is time on the clock; write hours, such as PT48H")
    return minutes


def words(minutes: int) -> str:
    """A number of working minutes as people say it: `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    parts = ([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest or not hours else [])
    return " ".join(parts)
