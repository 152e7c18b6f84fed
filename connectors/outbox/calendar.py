"""A calendar as a channel: an iCalendar file (RFC 5545, methods of RFC 5546) for each action of an owner.

An action keeps its UID for as long as its owner has it, and its SEQUENCE rises with every change, so that a calendar
that takes the files in replaces its own entry; one that ended is cancelled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from connectors.outbox import neutral, wording
from connectors.outbox.folder import written
from connectors.outbox.sending import aside
from connectors.settings.channel_settings import CalendarChannel
from engine import __version__
from engine.handoffs.deliveries import Delivery, Result
from engine.values.clock import MINUTE, iso, parse_instant
from engine.values.text import clean

_LINE: Final = 75
"""Octets of a content line without its end (RFC 5545, 3.1)."""
_ESCAPED: Final = re.compile(r"[\\;,]")


class CalendarSender:
    """Writes messages of one `[channel.NAME]` with `type = "calendar"`."""

    def __init__(self, settings: CalendarChannel, folder: Path) -> None:
        self._folder = folder / settings.path

    async def send(self, delivery: Delivery) -> Result:
        owner = self._folder / neutral.file_name(delivery.owner)
        content = delivery.content
        entries = [(action, False) for action in content["actions"]] + [(ended, True) for ended in content["ended"]]
        files = [
            (owner / f"{neutral.file_name(action['uid'].partition('@')[0])}.ics", _entry(content, action, ended))
            for action, ended in entries
        ]
        return await aside(lambda: written(files))


def _entry(content: Mapping[str, Any], action: Mapping[str, Any], ended: bool) -> str:
    return "".join(f"{folded}\r\n" for line in _lines(content, action, ended) for folded in _folded(line))


def _lines(content: Mapping[str, Any], action: Mapping[str, Any], ended: bool) -> Iterator[str]:
    start = parse_instant(action["start_at"], "start_at")
    end = max(parse_instant(action["due_at"], "due_at"), start + MINUTE)
    status = "CANCELLED" if ended else "TENTATIVE" if action["waits_for"] else "CONFIRMED"
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:-//offplan//{__version__}//EN"
    yield f"METHOD:{'CANCEL' if ended else 'PUBLISH'}"
    yield "BEGIN:VEVENT"
    yield f"UID:{action['uid']}"
    yield f"SEQUENCE:{action['sequence']}"
    yield f"DTSTAMP:{_stamp(parse_instant(content['at'], 'at'))}"
    yield f"DTSTART:{_stamp(start)}"
    yield f"DTEND:{_stamp(end)}"
    yield f"SUMMARY:{_text(' '.join((action['id'], action['title'])))}"
    yield f"STATUS:{status}"
    # It says when something is due; whether the hours are taken is the owner's to say.
    yield "TRANSP:TRANSPARENT"
    if not ended:
        yield f"CATEGORIES:{_text(action['function'])}"
        yield f"DESCRIPTION:{_description(content, action)}"
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def _description(content: Mapping[str, Any], action: Mapping[str, Any]) -> str:
    (item,) = wording.items({**content, "actions": [action]})
    said = [
        *wording.introduction(content),
        "",
        *item.instructions,
        "",
        *(f"{name}: {value}" for name, value in item.facts),
    ]
    return "\\n".join(_text(line) for line in said)


def _text(text: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11), on one line."""
    return _ESCAPED.sub(lambda found: f"\\{found[0]}", " ".join(clean(text).split()))


def _stamp(instant: int) -> str:
    return iso(instant).partition(".")[0].removesuffix("Z").replace("-", "").replace(":", "") + "Z"


def _folded(line: str) -> Iterator[str]:
    """A content line in pieces of at most 75 octets, between characters; what follows begins with a blank."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE:
            yield piece
            piece, size = " ", 1
        piece += character
        size += octets
    yield piece
