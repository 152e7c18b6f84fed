"""The words in which quality, logistics and production events are said: a closed list, whatever the feed calls them.

A mapping translates a feed's words to these (`status`), or names a standard's code, which engine.vocabulary.codes
translates. Each word has its verdict, what is at stake (topics), and how grave it is. An event that is a deviation
holds until a later one of the same topic replaces or clears it; one that clears ends every topic that it has. Data
only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

VerdictWord = Literal["dev", "watch", "ok", "clear", "cmp", "hint", "context", "drill"]
VERDICTS: Final[Mapping[VerdictWord, str]] = {
    "dev": "a deviation by itself",
    "watch": "starts nothing, and is shown with the line",
    "ok": "a normal step",
    "clear": "ends a deviation of its topics, and is normal else",
    "cmp": "only the comparison with the plan decides",
    "hint": "why something happened, not that it did",
    "context": "about the message, not about the goods",
    "drill": "a test: never judged",
}


class Word(NamedTuple):
    """What one word of an event says."""

    verdict: VerdictWord
    topics: tuple[str, ...]
    grade: int
    """1 to 4, as low to critical; 0 where it opens nothing."""
    meaning: str


def _word(verdict: VerdictWord, topics: str, grade: int, meaning: str) -> Word:
    return Word(verdict, tuple(topics.split()), grade, meaning)


WORDS: Final[Mapping[str, Mapping[str, Word]]] = {
    "quality": {
        "hold": _word("dev", "goods", 2, "held or blocked until somebody decides"),
        "recalled": _word("dev", "goods", 4, "called back"),
        "damaged": _word("dev", "goods", 3, "damaged"),
        "destroyed": _word("dev", "goods", 3, "destroyed or disposed of"),
        "expired": _word("dev", "goods", 3, "past its date"),
        "mismatch": _word("dev", "goods", 2, "another article, piece or quantity than said"),
        "nonconforming": _word("dev", "goods", 3, "not as specified"),
        "missing": _word("dev", "goods", 3, "stolen, or not there"),
        "returned": _word("dev", "goods", 2, "sent back"),
        "inspection": _word("watch", "goods", 0, "looked at, reworked or sampled: a hold may follow"),
        "released": _word("clear", "goods", 0, "free for use"),
    },
    "logistics": {
        "customs_hold": _word("dev", "customs", 3, "held, or refused, by customs or another authority"),
        "document_hold": _word("dev", "document", 2, "held for want of papers, or of an answer to them"),
        "carrier_hold": _word("dev", "carrier", 2, "held by the carrier"),
        "omitted": _word("dev", "passage", 3, "a port or stop is left out"),
        "delayed": _word("dev", "passage", 1, "delayed on its way"),
        "diverted": _word("dev", "passage", 2, "another way, mode or consignee"),
        "undelivered": _word("dev", "passage", 2, "an attempt to deliver or collect failed"),
        "refused": _word("dev", "passage", 3, "refused by who should have it"),
        "returned": _word("dev", "passage", 3, "on its way back"),
        "removed": _word("dev", "passage", 3, "taken off its way"),
        "cancelled": _word("dev", "passage", 3, "the booking, call or shipping is cancelled"),
        "lost": _word("dev", "passage", 4, "lost, or not found"),
        "dwell": _word("dev", "dwell", 2, "stands longer than it may"),
        "temperature": _word("dev", "condition", 3, "out of its limits of temperature or another condition"),
        "opened": _word("dev", "condition", 3, "door or seal opened, or sealed anew, on the way"),
        "inspection": _word("watch", "customs", 0, "selected for, or under, inspection"),
        "waiting": _word("watch", "passage", 0, "waits for its next step: a clock runs"),
        "released": _word("clear", "customs document carrier", 0, "a hold is over, whoever held it"),
        "customs_released": _word("clear", "customs", 0, "released by customs or another authority"),
        "document_released": _word("clear", "document", 0, "the papers are in order"),
        "carrier_released": _word("clear", "carrier", 0, "released by the carrier"),
        "moving": _word("clear", "passage dwell", 0, "on its way again as it should be"),
        "condition_ok": _word("clear", "condition", 0, "within its limits again"),
    },
    "production": {
        "down": _word("dev", "line", 3, "the line or machine stands still"),
        "up": _word("clear", "line", 0, "it runs again"),
        "output": _word("cmp", "output", 0, "`quantity` made of the `expected`"),
        "yield": _word("cmp", "yield", 0, "`quantity` good of the `expected`"),
        "capacity": _word("cmp", "capacity", 0, "`quantity` that can be made of the `expected`"),
    },
    # Answers to orders speak for short_supply through the promised quantity (engine.facts.fold).
    "short_supply": {
        "refused": _word("dev", "promise", 0, "nothing is promised any more, or for now"),
        "changed": _word("dev", "promise", 0, "promised otherwise: what the answer says is compared"),
        "pending": _word("watch", "promise", 0, "not decided yet"),
        "accepted": _word("clear", "promise", 0, "promised as planned"),
    },
}  # fmt: skip
"""By deviation kind that a word speaks for."""

EVENT_KINDS: Final = ("production", "quality", "logistics")
"""Kinds of signals that say such an event, and the deviation kinds that they open."""
REPORTS: Final = tuple(name for name, word in WORDS["production"].items() if word.verdict == "cmp")
"""Words of production that need a quantity and what was expected."""
