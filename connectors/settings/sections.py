"""What every table of `offplan.toml` shares: the strict base model, and the checks of zones and durations."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from engine.values.clock import DAY, HOUR, MINUTE, SECOND
from engine.values.zones import is_known

_DURATION: Final = re.compile(
    r"P(?:(\d{1,12})W)?(?:(\d{1,12})D)?(?:T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})S)?)?"
)
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
LONGEST: Final = 3653 * DAY
"""Ten years: added to any instant of a desk it is an instant that SQLite can hold."""


class Section(BaseModel):
    """A table of the file: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


def parse_duration(text: str) -> int:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds (`PT15M`, `P1DT6H`) in microseconds.

    Raises ValueError with the mend when it is none, is zero or is longer than LONGEST.
    """
    found = _DURATION.fullmatch(text)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0,) * 5
    total = (weeks * 7 + days) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND
    if total == 0:
        raise ValueError(f"{text!r} is not a duration; write it like PT15M, PT6H or P1D")
    if total > LONGEST:
        raise ValueError("it is longer than ten years; write a shorter one, such as P90D")
    return total


def named_headers(headers: dict[str, str]) -> dict[str, str]:
    """Headers of a request, whose names are tokens (RFC 9110, 5.6.2). Raises ValueError with the mend for another
    one."""
    for name in headers:
        if _TOKEN.fullmatch(name) is None:
            raise ValueError(f"{name!r} is no name of a header; write letters, digits and hyphens, such as X-Desk")
    return headers


def _checked_duration(text: str) -> str:
    parse_duration(text)
    return text


def _checked_zone(name: str) -> str:
    if not is_known(name):
        raise ValueError(f"{name!r} is not a time zone; use an IANA name such as Europe/Berlin or UTC")
    return name


Duration = Annotated[str, AfterValidator(_checked_duration)]
"""Text of an ISO 8601 duration."""
Zone = Annotated[str, AfterValidator(_checked_zone)]
"""Name of an IANA time zone."""
