"""What detection could not judge, or not in full: one row for each subject and reason, for as long as it lasts.

    unit          a quantity stands in a unit that does not convert into its subject's, so it was not compared
    KIND          judging this deviation kind failed; what stood of it stands on, everything else was judged

A row goes when the subject is judged again and the reason is gone. `offplan check` says what is left
(engine.judging.data_findings).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values import money
from engine.values.clock import DAY
from engine.values.text import clean
from engine.vocabulary.model import Finding

UNIT: Final = "unit"
AGAIN: Final = DAY
"""After so long what failed is tried again, though nothing new was said."""

_LIMIT: Final = 300
_PRESENT: Final = (
    "SELECT subject_type, subject_id, reason, words FROM json_each(?) AS wanted"
    " CROSS JOIN unjudged ON subject_id = wanted.value WHERE family = ?"
)


class Unjudged(NamedTuple):
    """A subject, why it was not judged in full (UNIT or a deviation kind), in words."""

    subject_type: str
    subject_id: str
    reason: str
    words: str


def refuse_unusable(finding: Finding) -> None:
    """Raise OverflowError for a finding whose numbers nobody could store or rank."""
    if finding.value_minor is not None and abs(finding.value_minor) > money.LARGEST:
        raise OverflowError("the value at risk is no amount of money")
    if not all(math.isfinite(size) for size in finding.gap.values() if isinstance(size, float)):
        raise OverflowError("the gap is no number")


def failed(kind: str, subject_type: str, subject_id: str, error: Exception) -> Unjudged:
    """That judging one kind of one subject failed: the sort of error, and never its text, which may quote data."""
    return Unjudged(subject_type, subject_id, kind, f"{kind} could not be judged ({type(error).__name__})")


def keep(
    connection: sqlite3.Connection, now: int, family: str, subject_ids: Iterable[str], found: Iterable[Unjudged]
) -> None:
    """Make the rows that a family of the work list has of some subjects those of `found`; write only what differs."""
    present: dict[tuple[str, str, str], str] = {}
    if connection.execute("SELECT EXISTS (SELECT 1 FROM unjudged)").fetchone()[0]:
        rows = connection.execute(_PRESENT, (as_json(subject_ids), family))
        present = {row[:3]: row[3] for row in rows}
    wanted = {each[:3]: clean(each.words)[:_LIMIT] for each in found}
    connection.executemany(
        "INSERT INTO unjudged(subject_type, subject_id, reason, words, since, family) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(subject_id, subject_type, reason) DO UPDATE SET words = excluded.words,"
        " family = excluded.family",
        [(*key, words, now, family) for key, words in wanted.items() if present.get(key) != words],
    )
    connection.executemany(
        "DELETE FROM unjudged WHERE subject_type = ? AND subject_id = ? AND reason = ?",
        [key for key in present if key not in wanted],
    )


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many subjects there are of each reason."""
    return dict(connection.execute("SELECT reason, count(*) FROM unjudged GROUP BY reason ORDER BY reason").fetchall())


def examples(connection: sqlite3.Connection, reason: str, limit: int) -> list[str]:
    """The first few subjects of a reason, with the words."""
    query = "SELECT subject_type, subject_id, words FROM unjudged WHERE reason = ? ORDER BY since, subject_id LIMIT ?"
    return [f"{kind} {name}: {words}" for kind, name, words in connection.execute(query, (reason, limit))]
