"""Rows of the table `deviation` as detection writes them: a finding and its rank as columns, new episodes, notes,
links.

What a verdict means for a row is engine.deviations.episodes; a state is only ever written by engine.deviations.moves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from engine.deviations import moves
from engine.deviations.verdicts import Slot
from engine.ranking import kept_terms
from engine.ranking.rank import Assessment, Ranking, priority
from engine.storage.journal import Entry, Writer
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, rows
from engine.values.ids import public_id
from engine.values.text import clean
from engine.vocabulary.model import Finding
from engine.vocabulary.tolerance import Tolerance

_LATEST: Final = (
    "SELECT deviation.* FROM json_each(?) AS wanted CROSS JOIN deviation ON deviation.subject_id = wanted.value"
    " ORDER BY deviation.episode"
)
_LINK: Final = "INSERT INTO deviation_signal(deviation_id, signal_id) VALUES (?, ?) ON CONFLICT DO NOTHING"


def latest(connection: sqlite3.Connection, subject_ids: Sequence[str]) -> dict[Slot, dict[str, Any]]:
    """The row of the last episode of every deviation of some subjects."""
    return {
        (row["kind"], row["subject_type"], row["subject_id"]): row
        for row in rows(connection, _LATEST, (as_json(subject_ids),))
    }


def link(connection: sqlite3.Connection, number: int, signals: Sequence[int]) -> bool:
    """Note the signals that a deviation rests on; true when one of them is new to it."""
    cursor = connection.executemany(_LINK, [(number, signal) for signal in signals])
    return bool(cursor.rowcount > 0)


class Rows:
    """Reads and writes the rows of one write transaction."""

    def __init__(self, connection: sqlite3.Connection, writer: Writer, now: int, ranking: Ranking) -> None:
        self._connection, self._writer, self._now, self._ranking = connection, writer, now, ranking
        version = connection.execute("SELECT coalesce(max(version), 0) FROM baseline").fetchone()[0]
        self._baseline_version = int(version)

    def look_up(self, slots: Iterable[Slot]) -> None:
        """Read at once what `assess` needs of all these."""
        self._ranking.look_up(slots)

    def assess(self, slot: Slot, finding: Finding, tolerance: Tolerance) -> Assessment | None:
        """The rank of a finding; None where its value at risk is under the tolerance's minimum: it does not count."""
        ranked = self._ranking.assess(slot, finding, tolerance)
        if ranked.value_minor is not None and ranked.value_minor < self._ranking.minimum(tolerance):
            return None
        return ranked

    def columns(self, finding: Finding, ranked: Assessment, tolerance: Tolerance) -> dict[str, Any]:
        """A finding and its rank as columns; a value without a currency is one in the desk's."""
        coined = finding.currency is not None
        return {
            "severity": finding.severity,
            "item": finding.item,
            "site": finding.site,
            "party": finding.party,
            "summary": clean(finding.summary),
            "planned": _json(finding.planned),
            "observed": _json(finding.observed),
            "gap": _json(finding.gap),
            "terms": kept_terms.dump([*finding.terms, *ranked.terms]),
            "limits": tolerance.dump(),
            "value_minor": finding.value_minor if coined else ranked.value_minor,
            "currency": finding.currency if coined or ranked.value_minor is None else self._ranking.currency,
            "likelihood": ranked.likelihood,
            "exposure_minor": ranked.exposure_minor,
            "priority": priority(ranked.exposure_minor, ranked.decide_by),
            "need_at": finding.need_at,
            "decide_by": ranked.decide_by,
            "baseline_version": self._baseline_version,
            "occurred_at": finding.occurred_at,
            "delay": None if finding.slip is None else finding.slip.delay,
            "missing": None if finding.slip is None else finding.slip.missing,
        }

    def begin(self, slot: Slot, finding: Finding, columns: Mapping[str, Any], before: Mapping[str, Any] | None) -> int:
        """Write the first row of an episode, `open` or `candidate` as `columns` say, and return its number."""
        kind, subject_type, subject_id = slot
        episode = 1 if before is None else before["episode"] + 1
        values = {
            "kind": kind,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "episode": episode,
            "previous_id": None if before is None else before["id"],
            "detected_at": self._now,
            **columns,
        }
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        cursor = self._connection.execute(f"INSERT INTO deviation({names}) VALUES ({marks})", tuple(values.values()))
        number = int(cursor.lastrowid or 0)
        after = {
            "state": columns["state"],
            "kind": kind,
            "subject": f"{subject_type} {subject_id}",
            "episode": episode,
            "severity": columns["severity"],
            "gap": columns["gap"],
            "version": 1,
        }
        action = "suspect" if columns["state"] == "candidate" else "open"
        self._writer.write(Entry(action, "deviation", public_id("deviation", number), {}, after))
        self.link(number, finding.signals)
        return number

    def move(
        self,
        row: Mapping[str, Any],
        event: str,
        changes: Mapping[str, Any] | None = None,
        reason: str | None = None,
    ) -> None:
        """Carry out an event of the transition table."""
        moves.move_deviation(self._connection, self._writer, self._now, row, event, reason=reason, changes=changes)

    def write(self, row: Mapping[str, Any], changes: Mapping[str, Any], action: str) -> None:
        """Write columns with a version and a journal entry; the state stays."""
        moves.write(self._connection, self._writer, "deviation", row, changes, action=action)

    def note(self, row: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """Write columns that are no event: no journal entry, no new version."""
        assignments = ", ".join(f"{name} = ?" for name in changes)
        self._connection.execute(f"UPDATE deviation SET {assignments} WHERE id = ?", (*changes.values(), row["id"]))

    def link(self, number: int, signals: Sequence[int]) -> bool:
        """Note the signals that a deviation rests on; true when one of them is new to it."""
        return link(self._connection, number, signals)

    def linked(self, *numbers: int) -> set[int]:
        """The signals that some deviations rest on."""
        query = "SELECT signal_id FROM deviation_signal WHERE deviation_id IN (SELECT value FROM json_each(?))"
        return {signal for (signal,) in self._connection.execute(query, (as_json(numbers),))}

    def row(self, number: int) -> dict[str, Any]:
        """The present row of a deviation."""
        return rows(self._connection, "SELECT * FROM deviation WHERE id = ?", (number,))[0]


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
