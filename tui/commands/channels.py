"""Channels: which there are and how they fare, and which of them an action would take."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Final

from engine.handoffs.routing import FIELDS
from engine.values.clock import iso
from engine.values.errors import BadInput
from tui.terminal import cells
from tui.wiring import opened, settings_of
from tui.words import printing
from tui.words.arguments import UsageError

ANOTHER: Final = 3
"""The exit code when another choice was expected."""
_NOTHING_YET: Final = {
    "sent": 0, "waiting": 0, "failed": 0, "unknown": 0, "last_sent_at": None, "last_error": None, "next_at": None
}  # fmt: skip


def page(args: Namespace) -> int:
    """Print the channels of the settings with what became of their messages, and those that only the desk remembers."""
    settings = settings_of(args)
    with opened(args) as desk:
        health = desk.channel_health()
        now = desk.clock.now()
        zone = str(desk.header()["zone"])
    kinds: dict[str, str | None] = {name: channel.type for name, channel in settings.channels.items()}
    kinds |= {name: None for name in health if name not in kinds}
    items: list[dict[str, Any]] = [
        {"name": name, "kind": kind, **health.get(name, _NOTHING_YET)} for name, kind in kinds.items()
    ]
    document = {"now": iso(now), "total": len(items), "items": items}
    rows = [
        (
            item["name"],
            item["kind"] or "not in the settings any more",
            *(str(item[name]) for name in ("sent", "waiting", "failed", "unknown")),
            cells.short_time_of(item["last_sent_at"], now, zone),
            item["last_error"] or "–",
        )
        for item in items
    ]
    headings = ("name", "kind", "sent", "waiting", "failed", "in doubt", "last sent", "last error")
    printing.answer(args, document, *(printing.table(headings, rows) if rows else ["no channels"]))
    return 0


def test(args: Namespace) -> int:
    """Say which channels an action would take; exit 3 where others were expected."""
    settings = settings_of(args)
    facts = _facts(args.facts)
    with opened(args) as desk:
        chosen = desk.chosen_channels(settings.handoff_channels(), settings.handoff_routes(), facts, args.id)
        now = desk.clock.now()
    expected = None if args.expected is None else tuple(name for name in args.expected.split(",") if name)
    for name in expected or ():
        if name not in settings.channels:
            raise BadInput(
                "--expect", f"there is no channel {name!r}", f"the channels are {', '.join(settings.channels)}"
            )
    as_expected = expected is None or set(expected) == set(chosen)
    lines = [", ".join(chosen) or "no channel"]
    if not as_expected:
        lines.append(f"expected: {', '.join(expected or ()) or 'no channel'}")
    printing.answer(args, {"now": iso(now), "channels": list(chosen), "as_expected": as_expected}, *lines)
    return 0 if as_expected else ANOTHER


def _facts(texts: list[str]) -> dict[str, str]:
    facts = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or name not in FIELDS:
            raise UsageError(f"--with {text}: this is not FIELD=VALUE with one of {', '.join(FIELDS)}")
        facts[name] = value
    return facts
