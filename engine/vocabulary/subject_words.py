"""Subjects as people say them, PO 4711/10 for the purchase order line 4711/10: what is shown, and found when it is
typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

_BEFORE: Final[Mapping[str, str]] = {
    "purchase_order": "PO ",
    "sales_order": "SO ",
    "transfer_order": "TO ",
    "production_order": "MO ",
    "shipment": "SH ",
    "source": "feed ",
}
"""What stands before an id, by the type of the subject."""


def said(kind: str, identity: str) -> str:
    """A subject as a person says it: PO 4711/10, SKU-77@RTM; TO-313/1 says itself what it is."""
    before = _BEFORE.get(kind, "")
    return identity if identity.startswith(before.strip()) else f"{before}{identity}"


def conditions(word: str, bind: Callable[[Any], str]) -> Iterator[str]:
    """SQL on `subject_type` and `subject_id` for the rows where a word reaches into what stands before the id.

    Which that can be follows from the word alone, so that most words ask nothing more of a row.
    """
    lower = word.lower()
    for kind, before in _BEFORE.items():
        spoken = before.lower()
        rests = [word[length:] for length in range(1, len(spoken) + 1) if lower.startswith(spoken[-length:])]
        if lower in spoken:
            rests = [""]
        if rests:
            begins = " OR ".join(f"substr(subject_id, 1, {len(rest)}) = {bind(rest)} COLLATE NOCASE" for rest in rests)
            name = before.strip()
            shown = f"substr(subject_id, 1, {len(name)}) != {bind(name)}"
            yield f"(subject_type = {bind(kind)} AND {shown} AND ({begins}))"
