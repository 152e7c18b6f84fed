"""Time zones by their IANA names. One that this machine does not know is counted as UTC: nothing stops over it, and
`offplan check` names it."""

from __future__ import annotations

import functools
from datetime import UTC, tzinfo

from engine.values.clock import moment_of


def is_known(name: object) -> bool:
    """Whether this machine has a zone of that name: not every machine has the same ones."""
    return isinstance(name, str) and _find(name) is not None


def zone_of(name: str) -> tzinfo:
    """The zone of that name; UTC where it is not known here."""
    return _find(name) or UTC


def local_time(instant: int, zone: str) -> str:
    """An instant as people of that zone read it, with its name, such as `Mon 2026-03-09 09:00 CET`."""
    return f"{moment_of(instant).astimezone(zone_of(zone)):%a %Y-%m-%d %H:%M %Z}"


@functools.lru_cache(maxsize=1024)
def _find(name: str) -> tzinfo | None:
    if name == "UTC":
        return UTC
    # Here, because most short commands show no time.
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
