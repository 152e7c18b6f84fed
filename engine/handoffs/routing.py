"""Which channels an action goes to: channels and routes as values, and the pure function that chooses.

Routes are tried in order; the first that fits decides, unless it says that the search goes on. Where a desk has no
route at all, every channel takes everything. What the settings file may say of them is
connectors.settings.channel_settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from engine.values.clock import MINUTE, SECOND

FIELDS: Final = (
    "owner", "function", "role", "playbook", "step", "severity", "kind", "item", "site", "party", "subject",
    "mandatory", "critical",
)  # fmt: skip
"""What a route can ask: of the action, then of its deviation; the last two are `true` or `false`."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to owners, as far as the engine decides about it. Durations in microseconds."""

    name: str
    kind: str
    """folder, calendar, email or webhook."""
    once: bool
    """Whether a message must never be repeated by itself: the receiver could not tell a repeat."""
    wait: int = 20 * SECOND
    """From the first change of a group to its first message, so that one response gives one message."""
    interval: int = MINUTE
    """Between two messages of a group."""
    remind: int | None = None
    ended: str = "called_off"
    """Of which ends it is told: all, called_off (skipped, cancelled, given to somebody else), or none."""
    blocked: bool = False
    """Whether it is told of steps that wait for others, with their planned dates."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where what matches goes. `match` maps a field of FIELDS to patterns, of which one has to fit; all fields must."""

    match: Mapping[str, Sequence[str]]
    channels: Sequence[str]
    go_on: bool = False
    """Whether the routes behind it are tried as well."""


def chosen(facts: Mapping[str, str | None], channels: Sequence[Channel], routes: Sequence[Route]) -> tuple[str, ...]:
    """The names of the channels that an action with these facts goes to, each once, in the order of the routes.

    A field that has no value fits no pattern, not even `*`.
    """
    if not routes:
        return tuple(channel.name for channel in channels)
    names: dict[str, None] = {}
    for route in routes:
        if all(_fits(facts.get(field), patterns) for field, patterns in route.match.items()):
            names.update(dict.fromkeys(route.channels))
            if not route.go_on:
                break
    return tuple(names)


def _fits(value: str | None, patterns: Sequence[str]) -> bool:
    return value is not None and any(fnmatchcase(value, pattern) for pattern in patterns)
