"""What every table of `offplan.toml` shares: the strict base model, and the checks of zones and durations."""

from __future__ import annotations

import re
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict

from engine.clock import DAY, HOUR, MINUTE, SECOND

_DURATION: Final = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


class Section(BaseModel):
    """A table of the file: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


def parse_duration(text: str) -> int:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds (`PT15M`, `P1DT6H`) in microseconds.

    Raises ValueError with the mend when it is none, or is zero.
    """
    found = _DURATION.fullmatch(text)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0,) * 5
    total = (weeks * 7 + days) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND
    if total == 0:
        raise ValueError(f"{text!r} is not a duration; write it like PT15M, PT6H or P1D")
    return total


def _checked_duration(text: str) -> str:
    parse_duration(text)
    return text


def _checked_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone; use an IANA name such as Europe/Berlin or UTC") from None
    return name


Duration = Annotated[str, AfterValidator(_checked_duration)]
"""Text of an ISO 8601 duration."""
Zone = Annotated[str, AfterValidator(_checked_zone)]
"""Name of an IANA time zone."""
