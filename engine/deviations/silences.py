"""Silences: who keeps which deviations out of the queue until when, and why.

A silence matches by kind, severity, party, item, site and subject, each a text in which `*` stands for any text and `?`
for any character; all that are given must match. Its state follows from now alone: pending before its start, active
from then on, expired from its end on. What it matches never changes, since the journal must say what was silenced: end
it and make another. What it does to the queue is engine.ranking.suppression.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.deviations import moves
from engine.deviations.command_context import CommandContext, Row, reason_of
from engine.ranking import suppression
from engine.ranking.suppression import MATCHERS, silence_state
from engine.storage.journal import Entry
from engine.values.clock import DAY, LATEST, iso
from engine.values.errors import BadInput, Refused
from engine.values.ids import Reference
from engine.values.text import clean
from engine.vocabulary.deviation_kinds import DEVIATION_KINDS
from engine.vocabulary.model import SEVERITIES

_CHOICES: Final[Mapping[str, Sequence[str]]] = {"kind": DEVIATION_KINDS, "severity": SEVERITIES}

USUAL: Final = 7 * DAY
LONGEST: Final = 366 * DAY
"""A silence that nobody sees the end of is forgotten."""
_LONGEST_PATTERN: Final = 200
_MOST_STARS: Final = 4
"""Of one matcher: the time that a pattern takes grows with each."""


def add(context: CommandContext, where: Sequence[str], *, reason: str, until: int | None, from_at: int | None) -> None:
    """Keep what matches out of the queue from an instant (now) until another (a week later)."""
    why = reason_of(reason, "say why nobody needs to see them, such as 'the port is closed until Monday'")
    matchers = _matchers(where)
    start = context.now if from_at is None else from_at
    end = start + USUAL if until is None else until
    if start < context.now:
        raise BadInput("from", f"{iso(start)} has passed", "leave it out to begin now")
    if end <= start:
        raise BadInput("until", f"{iso(end)} is not after {iso(start)}", "name a later time, such as +3d")
    _require_foreseeable(start, end)
    values = {
        **dict.fromkeys(MATCHERS),
        **matchers,
        "from_at": start,
        "until_at": end,
        "author": context.actor,
        "reason": why,
        "created_at": context.now,
        "version": 1,
    }
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    cursor = context.connection.execute(f"INSERT INTO silence({names}) VALUES ({marks})", tuple(values.values()))
    reference = Reference("silence", int(cursor.lastrowid or 0))
    context.writer.write(Entry("add", "silence", reference.id, {}, values, reason=why))
    context.changed(reference.id, None, _words(context, values))
    matched = suppression.matched(context.connection, [reference.number]).get(reference.number, 0)
    context.notes.append(f"{reference.id} matches {matched} of the deviations that ask for something now")


def change(
    context: CommandContext, identities: Sequence[str], *, until: int | None, from_at: int | None, reason: str | None
) -> None:
    """Another end, or another start of those that are pending."""
    why = None if reason is None else reason_of(reason, "leave it out, or say why")
    if until is None and from_at is None:
        raise BadInput("until", "nothing to change was given", "name another end; what it matches never changes")
    for reference, row in context.rows(identities, "silence"):
        _write(context, reference, row, _moved(reference, row, context.now, from_at, until), "change", why)


def _moved(reference: Reference, row: Row, now: int, from_at: int | None, until: int | None) -> dict[str, int]:
    """The columns of a silence with another start or end, where both may still be changed so."""
    start = row["from_at"] if from_at is None else from_at
    end = row["until_at"] if until is None else until
    state = silence_state(row, now)
    if state == "expired":
        raise Refused(f"{reference.id} has expired: it stays as it was; make another one")
    if state == "active" and start != row["from_at"]:
        raise Refused(f"{reference.id} is active since {iso(row['from_at'])}: only its end can be changed")
    if state == "pending" and start < now:
        raise BadInput("from", f"{iso(start)} has passed", "name now or a later time")
    if end < max(start, now):
        raise BadInput("until", f"{iso(end)} lies before {iso(max(start, now))}", "name a later time")
    _require_foreseeable(start, end)
    return {"from_at": start, "until_at": end}


def end(context: CommandContext, identities: Sequence[str], *, reason: str | None) -> None:
    """Silences are over now, pending ones too; one that is over already is noted, and nothing is written."""
    why = None if reason is None else reason_of(reason, "leave it out, or say why")
    for reference, row in context.rows(identities, "silence"):
        if silence_state(row, context.now) == "expired":
            context.notes.append(f"{reference.id} is over already: nothing was changed")
        else:
            _write(context, reference, row, ended(row, context.now), "end", why)


def ended(row: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The columns of a silence that is over now; one that never began never holds."""
    return {"from_at": min(row["from_at"], now), "until_at": min(row["until_at"], now)}


def _matchers(where: Sequence[str]) -> dict[str, str]:
    """`FIELD=PATTERN` texts as columns of the table. Raises BadInput for what matches everything, or nothing ever."""
    found: dict[str, str] = {}
    for text in where:
        name, equals, written = (part.strip() for part in text.partition("="))
        pattern, place = clean(written), f"where {text}"
        if not equals or name not in MATCHERS:
            raise BadInput(place, "this is not FIELD=PATTERN", f"the fields are {', '.join(MATCHERS)}")
        if name in found:
            raise BadInput(place, f"{name} is asked for twice", "make one silence for each")
        if not pattern:
            raise BadInput(place, "the pattern is empty", "name a value; `*` stands for any text")
        if len(pattern) > _LONGEST_PATTERN or pattern.count("*") > _MOST_STARS:
            limits = f"{_LONGEST_PATTERN} characters and {_MOST_STARS} times `*`"
            raise BadInput(place, "the pattern is too long", f"write at most {limits}")
        found[name] = (pattern.lower() if name in _CHOICES else pattern).replace("[", "[[]")
    if not any(_narrows(name, pattern) for name, pattern in found.items()):
        fault = "nothing is asked for" if not found else "it would match every deviation"
        raise BadInput("where", fault, "name what to silence, as kind=overdue, party=ACME or subject=4711/*")
    return found


def _narrows(name: str, pattern: str) -> bool:
    """Whether a matcher leaves anything out. Raises BadInput for a kind or severity that does not exist."""
    if name not in _CHOICES:
        return bool(pattern.strip("*?"))
    matched = fnmatch.filter(_CHOICES[name], pattern)
    if not matched:
        written = pattern.replace("[[]", "[")
        raise BadInput(f"where {name}={written}", f"there is no such {name}", f"use {', '.join(_CHOICES[name])}")
    return len(matched) < len(_CHOICES[name])


def _require_foreseeable(start: int, end: int) -> None:
    if end - start > LONGEST or end >= LATEST:
        raise BadInput("until", f"{iso(end)} is more than a year away", "a silence must end; make another one then")


def _write(
    context: CommandContext, reference: Reference, row: Row, values: Mapping[str, Any], action: str, reason: str | None
) -> None:
    if all(row[name] == value for name, value in values.items()):
        context.notes.append(f"{reference.id} is so already: nothing was changed")
        return
    was = _words(context, row)
    moves.write(context.connection, context.writer, "silence", row, values, action=action, reason=reason)
    context.changed(reference.id, was, _words(context, {**row, **values}))


def _words(context: CommandContext, row: Mapping[str, Any]) -> str:
    state = silence_state(row, context.now)
    if state == "expired":
        return f"over since {iso(row['until_at'])}"
    return f"{state} {'from ' + iso(row['from_at']) + ' ' if state == 'pending' else ''}until {iso(row['until_at'])}"
