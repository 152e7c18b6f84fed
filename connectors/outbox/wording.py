"""A message in words, as lines: what a folder's Markdown and a mail's body are both made of.

Times are shown in the desk's zone, with the zone's name, since the owner may sit in another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.values.clock import parse_instant
from engine.values.zones import local_time

_REASONS: Final[Mapping[str, str]] = {
    "first": "New for you",
    "new": "News for you",
    "ended": "Called off",
    "all ended": "Nothing left to do",
    "reminder": "Reminder",
}
_CHANGES: Final[Mapping[str, str]] = {"new": "new", "changed": "changed", "same": "as you know it"}
_ENDS: Final[Mapping[str, str]] = {
    "done": "is done",
    "skipped": "is not needed any more",
    "cancelled": "is called off",
    "handed on": "has gone to somebody else",
    "blocked": "has to wait again",
}


class Item(NamedTuple):
    """One open action in words."""

    heading: str
    facts: Sequence[tuple[str, str]]
    instructions: Sequence[str]


def subject(content: Mapping[str, Any]) -> str:
    """The message in one line."""
    about = content["deviation"]["subject"]["id"]
    if "message" in content:
        return f"{content['title']} ({about})"
    count = len(content["actions"])
    steps = "" if not count else f"{count} {'step' if count == 1 else 'steps'}, "
    return f"{_REASONS.get(content['reason'], 'News')}: {steps}{content['response']['title']} ({about})"


def introduction(content: Mapping[str, Any]) -> list[str]:
    """What it is all about."""
    deviation = content["deviation"]
    said = [
        *content.get("message", "").splitlines(),
        f"{deviation['id']}, {deviation['severity']}: {deviation['summary']}",
    ]
    for name, words in (("need_at", "Needed by"), ("decide_by", "A decision helps until")):
        if deviation[name] is not None:
            said.append(f"{words} {local(deviation[name], content['zone'])}")
    return said


def items(content: Mapping[str, Any]) -> list[Item]:
    """The open actions."""
    return [_item(action, content["zone"]) for action in content["actions"]]


def endings(content: Mapping[str, Any]) -> list[str]:
    """The actions that ended, a sentence each."""
    said = []
    for ended in content["ended"]:
        what = _ENDS.get(ended["state"], f"is {ended['state']}")
        because = f": {ended['reason']}" if ended["reason"] else ""
        said.append(f"{ended['id']} {ended['title']} {what}{because}")
    return said


def local(instant: str, zone: str) -> str:
    """An ISO instant as a person reads it in the desk's zone, such as `Mon 2026-03-09 09:00 CET`."""
    return local_time(parse_instant(instant, "time"), zone)


def _item(action: Mapping[str, Any], zone: str) -> Item:
    facts = [
        ("Due", f"{local(action['due_at'], zone)} ({action['due_because']})"),
        ("Planned from", local(action["start_at"], zone)),
        ("As", f"{action['role']}, {action['function']}"),
    ]
    if action["waits_for"]:
        facts.append(("Waits for", ", ".join(action["waits_for"])))
    if not action["mandatory"]:
        facts.append(("Optional", "yes"))
    if action["form"]:
        facts.append(("To be answered", ", ".join(str(field.get("name")) for field in action["form"])))
    facts.append(("To answer, quote", f"{action['id']} {action['token']}"))
    heading = f"{action['id']} {action['title']} ({_CHANGES[action['change']]})"
    return Item(heading, facts, [line for line in action["instructions"].splitlines() if line.strip()])
