"""Events of quality, logistics and production: one statement read in our words, and what stands of many.

An event says itself by a word of engine.vocabulary.event_words (`status`), else by a standard's code
(engine.vocabulary.codes). It belongs to the order that it names, else to the resource, the lot, or the item at a site.
Of one subject and topic the last event by (as_of, tie) holds. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from engine.vocabulary import codes
from engine.vocabulary.codes import Verdict
from engine.vocabulary.event_words import EVENT_KINDS, REPORTS, WORDS, VerdictWord

_UNKNOWN: Final = "in no table of codes"


class Event(NamedTuple):
    """One event in our words."""

    as_of: int
    signal: int
    kind: str | None
    """The deviation kind that it speaks for; None: none."""
    verdict: VerdictWord | None
    """None: a code that no table has."""
    words: tuple[str, ...]
    """Words of that kind; one, but for codes that clear several topics."""
    code: str | None
    meaning: str
    occurred_at: int | None = None
    quantity: float | None = None
    uom: str | None = None
    expected: float | None = None
    limit: float | None = None
    lot: str | None = None
    resource: str | None = None

    @property
    def word(self) -> str:
        """What a summary calls it."""
        return self.words[0] if self.words else self.code or ""

    @property
    def topics(self) -> tuple[str, ...]:
        """What is at stake."""
        return tuple(topic for word in self.words for topic in WORDS[self.kind or ""][word].topics)

    @property
    def grade(self) -> int:
        """How grave it is, 1 to 4 as low to critical."""
        return max((WORDS[self.kind or ""][word].grade for word in self.words), default=0)

    @property
    def source(self) -> str:
        """The event as an explanation names it."""
        return f"S{self.signal}" + (f": {self.code}, {self.meaning}" if self.code else f": {self.meaning}")


def read(
    kind: str,
    status: str | None,
    detail: str | None,
    *,
    as_of: int,
    signal: int,
    occurred_at: int | None = None,
    quantity: float | None = None,
    uom: str | None = None,
) -> Event | None:
    """A signal's columns as an event; None for a signal that says none."""
    said: dict[str, Any] = json.loads(detail) if detail else {}
    code = said.get("code")
    if kind not in EVENT_KINDS and code is None:
        return None
    speaks_for, verdict, words, meaning = _meant(kind, status, code, said)
    return Event(
        as_of, signal, speaks_for, verdict, words, code, meaning, occurred_at, quantity, uom,
        said.get("expected"), said.get("limit"), said.get("lot"), said.get("resource"),
    )  # fmt: skip


def _meant(
    kind: str, status: str | None, code: str | None, said: dict[str, Any]
) -> tuple[str | None, VerdictWord | None, tuple[str, ...], str]:
    """Kind, verdict, words and meaning: by the word where the signal says one, else by its code."""
    if kind in EVENT_KINDS:
        if status is None and code is None and kind == "production":
            status = REPORTS[0]
        if status is not None:
            word = WORDS[kind][status]
            return kind, word.verdict, (status,), word.meaning
    known: Verdict | None = codes.verdict(code or "")
    if known is None:
        return None, None, (), _UNKNOWN
    return known.kind, known.verdict, known.words, known.meaning


def standing(events: Iterable[Event], kind: str) -> list[Event]:
    """The events of a kind that stand: of each topic the last one, unless it clears; oldest first."""
    by_topic: dict[str, Event] = {}
    for event in events:
        if event.kind == kind and event.verdict in ("dev", "clear", "cmp"):
            for topic in event.topics:
                by_topic.pop(topic, None)
                if event.verdict != "clear":
                    by_topic[topic] = event
    return list(by_topic.values())


def watched(events: Iterable[Event], kind: str) -> list[Event]:
    """The events of a kind that start nothing, and that a person should see beside a deviation."""
    return [event for event in events if event.kind == kind and event.verdict == "watch"]


def subject_of(kind: str, item: str | None, site: str | None, said: Mapping[str, Any]) -> tuple[str, str] | None:
    """Type and id of what an event is about; None where it names nothing.

    Lots are numbered by item and resources by site, where these are said.
    """
    lot, resource = said.get("lot"), said.get("resource")
    if resource is not None and (kind == "production" or lot is None):
        return "resource", f"{resource}@{site}" if site else resource
    if lot is not None:
        return "lot", f"{item}#{lot}" if item else lot
    return ("item_site", f"{item}@{site}") if item and site else None
