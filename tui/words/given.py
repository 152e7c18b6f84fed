"""What was given with a command, as a Desk method takes it: options, named values, times, the versions that a person
saw."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any

from engine.values.clock import instant_from
from engine.values.errors import BadInput
from tui.words import verbs
from tui.words.arguments import UsageError

KEYWORDS = (
    "to", "into", "option", "reason", "text", "playbook", "category", "where", "answers", "cost", "currency", "outcome"
)  # fmt: skip
"""Options that a Desk method takes as they were typed."""
MOMENTS = {"until": "--until", "from_at": "--from", "start_at": "--start"}
"""Options that are times, and how they are typed."""
PAIRS = {"inputs": "--input"}
"""Options that name values, and how they are typed."""


def options_of(args: Namespace, read: Callable[[str, str], int]) -> dict[str, Any]:
    """The options that were given, as a Desk method takes them; `read` makes an instant of a typed time."""
    given = {name: getattr(args, name, None) for name in (*KEYWORDS, *MOMENTS)}
    given["preview"] = getattr(args, "preview", False) or None
    options = {
        name: read(value, MOMENTS[name]) if name in MOMENTS else value
        for name, value in given.items()
        if value is not None
    }
    pairs = {name: named(getattr(args, name), option) for name, option in PAIRS.items() if getattr(args, name, None)}
    return {**options, **pairs}


def named(texts: Sequence[str], option: str) -> dict[str, object]:
    """What `--input NAME=VALUE` and its like name, by name. Raises UsageError."""
    values: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise UsageError(f"{option} {text}: this is not NAME=VALUE; write it as days=3")
        values[name] = value
    return values


def moment(text: str, now: int, option: str = "--until") -> int:
    """An instant: ISO 8601, or a distance from `now` such as +45m, +4h, +2d, +1w. Raises UsageError naming `option`."""
    try:
        return instant_from(text, now, option)
    except BadInput as error:
        raise UsageError(str(error)) from None


def expected(texts: Sequence[str]) -> dict[str, int] | None:
    """The versions that `--expect ID=VERSION` names, by id; None for none. Raises UsageError."""
    versions: dict[str, int] = {}
    for text in texts:
        id_, equals, version = text.partition("=")
        if not (id_ and equals and verbs.is_number(version)):
            raise UsageError(f"--expect {text}: this is not ID=VERSION; write it as D12=3")
        versions[id_] = int(version)
    return versions or None
