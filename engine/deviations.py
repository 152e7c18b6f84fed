"""Verdicts into deviations: open, raise, lower, update, clear, recover, resolve, and the episodes of one subject.

Every step is one journal entry, except two that are no event: time alone moving a figure (days overdue) refreshes the
row without a new version, and `clear_since` notes since when the departure has been absent (null: it still holds).

What a finding does to the subject's latest row
    none                         opens episode 1
    open, acknowledged, responding   stays; raise or lower when the severity changed, update when signals or the plan
                                 changed the gap
    snoozed                      a raise ends the snooze: who put it off did so at a lower severity
    recovered                    returns to the state it left, flaps + 1; after `reopen_window` a new episode instead
    resolved, closed             a new episode, once it has cleared, or something new was said, or it became more severe
    dismissed                    a new episode once it has cleared, or is more severe than it was when dismissed
What no finding does
    open, acknowledged, responding   recovered when the absence has held for `clear_hold`
    recovered                    resolved when `reopen_window` has passed
A finding that is done (it arrived, late) opens and recovers at once, and is not opened again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine import explain, moves, thresholds
from engine.clock import HOUR
from engine.gather import corrections
from engine.gather.cases import Key, as_json
from engine.journal import Entry, Writer
from engine.lifecycle import QUEUE_STATES, SLOT_STATES
from engine.model import SEVERITIES, Finding, TickResult
from engine.rank import Assessment, Ranking
from engine.sqlite import sqlite3
from engine.store import rows
from engine.text import clean
from engine.tolerance import Tolerance

Slot = tuple[str, str, str]
"""Deviation kind, subject type and subject id."""

_LATEST: Final = (
    "SELECT deviation.* FROM json_each(?) AS wanted CROSS JOIN deviation ON deviation.subject_id = wanted.value"
    " ORDER BY deviation.episode"
)
_SIGNALS: Final = "SELECT signal_id FROM deviation_signal WHERE deviation_id = ?"
_LINK: Final = "INSERT INTO deviation_signal(deviation_id, signal_id) VALUES (?, ?) ON CONFLICT DO NOTHING"


class Verdict(NamedTuple):
    """What a detector says about one subject; `finding` None: no departure."""

    key: Key
    slot: Slot
    finding: Finding | None
    tolerance: Tolerance


def latest(connection: sqlite3.Connection, subject_ids: Sequence[str]) -> dict[Slot, dict[str, Any]]:
    """The row of the last episode of every deviation of some subjects."""
    return {
        (row["kind"], row["subject_type"], row["subject_id"]): row
        for row in rows(connection, _LATEST, (as_json(subject_ids),))
    }


class Keeper:
    """Applies verdicts inside one write transaction, and counts what it did."""

    def __init__(self, connection: sqlite3.Connection, writer: Writer, now: int, ranking: Ranking) -> None:
        self._connection, self._writer, self._now, self._ranking = connection, writer, now, ranking
        version = connection.execute("SELECT coalesce(max(version), 0) FROM baseline").fetchone()[0]
        self._baseline_version = int(version)
        self._corrected = bool(connection.execute(f"SELECT {corrections.ANY}").fetchone()[0])
        self._counts = dict.fromkeys(("opened", "raised", "cleared", "resolved"), 0)

    def result(self, judged: int) -> TickResult:
        """The counts so far, beside the number of subjects that were judged."""
        return TickResult(judged=judged, **self._counts)

    def apply(self, verdicts: Sequence[Verdict], known: Mapping[Slot, dict[str, Any]]) -> dict[Key, int]:
        """Carry out verdicts; `known` has the latest rows of their subjects.

        Returns, by key of the work list, when the passing of time alone moves a deviation on.
        """
        self._ranking.look_up(verdict.slot for verdict in verdicts if verdict.finding is not None)
        wakes: dict[Key, int] = {}
        for verdict in verdicts:
            wake = self._apply(verdict, known.get(verdict.slot))
            if wake is not None:
                wakes[verdict.key] = min(wake, wakes.get(verdict.key, wake))
        return wakes

    def _apply(self, verdict: Verdict, row: dict[str, Any] | None) -> int | None:
        columns = None
        if verdict.finding is not None:
            ranked = self._ranking.assess(verdict.slot, verdict.finding, verdict.tolerance)
            columns = self._columns(verdict.finding, ranked, verdict.tolerance)
        if verdict.finding is None or columns is None:
            return None if row is None else self._absent(row, verdict.tolerance)
        if row is not None and row["state"] in SLOT_STATES:
            columns["peak"] = thresholds.wider(row["peak"], thresholds.peak(verdict.slot[0], verdict.finding.gap))
        if verdict.finding.done:
            return self._done(verdict, columns, row)
        wake = self._holds(verdict, columns, row)
        return min((at for at in (wake, ranked.changes_at) if at is not None), default=None)

    # a departure that holds ----------------------------------------------------------------------------------------------

    def _holds(self, verdict: Verdict, columns: dict[str, Any], row: dict[str, Any] | None) -> int | None:
        finding = verdict.finding
        assert finding is not None
        if row is None:
            self._open(verdict, columns, None)
        elif row["state"] in QUEUE_STATES:
            self._update(row, columns, finding)
        elif row["state"] == "recovered":
            if self._now >= row["recovered_at"] + _hours(verdict.tolerance, "reopen_window_hours"):
                self._quiet(row)
                self._open(verdict, columns, row)
            else:
                changes = {**columns, "flaps": row["flaps"] + 1, "clear_since": None, "reason": None}
                if _more_severe(finding.severity, row["severity"]):
                    changes["snoozed_until"] = None
                moves.move_deviation(self._connection, self._writer, self._now, row, "fire", changes=changes)
                self._link(row["id"], finding)
                self._counts["opened"] += 1
        elif self._begins_again(row, finding):
            self._open(verdict, columns, row)
        return None

    def _begins_again(self, row: Mapping[str, Any], finding: Finding) -> bool:
        """Whether a finding on an ended row is a new episode, and not what a person has just put aside."""
        if row["clear_since"] is not None:
            return True
        level = row["severity"]
        if row["state"] == "dismissed":
            return _more_severe(finding.severity, row["dismissed_severity"] or level)
        linked = {signal for (signal,) in self._connection.execute(_SIGNALS, (row["id"],))}
        return _more_severe(finding.severity, level) or not linked.issuperset(finding.signals)

    def _done(self, verdict: Verdict, columns: dict[str, Any], row: dict[str, Any] | None) -> int | None:
        """A departure that is a fact for good: recorded once, and over at once."""
        finding = verdict.finding
        assert finding is not None
        state = None if row is None else row["state"]
        if row is not None and state in QUEUE_STATES:
            self._update(row, columns, finding)
            return self._recover(self._row(row["id"]), self._now, verdict.tolerance)
        if row is not None and state == "recovered":
            if row["observed"] != columns["observed"]:
                self._write(row, columns, "update")
                self._link(row["id"], finding)
                row = self._row(row["id"])
            return self._absent(row, verdict.tolerance)
        if row is not None and (row["clear_since"] is None or row["observed"] == columns["observed"]):
            return self._absent(row, verdict.tolerance)
        opened = self._open(verdict, columns, row)
        return self._recover(self._row(opened), self._now, verdict.tolerance)

    def _open(self, verdict: Verdict, columns: Mapping[str, Any], before: Mapping[str, Any] | None) -> int:
        (kind, subject_type, subject_id), finding = verdict.slot, verdict.finding
        assert finding is not None
        episode = 1 if before is None else before["episode"] + 1
        values = {
            "kind": kind,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "episode": episode,
            "previous_id": None if before is None else before["id"],
            "state": "open",
            "detected_at": self._now,
            "opened_at": self._now,
            **columns,
            "rule": thresholds.rule(verdict.tolerance),
            "peak": thresholds.peak(kind, finding.gap),
        }
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        cursor = self._connection.execute(f"INSERT INTO deviation({names}) VALUES ({marks})", tuple(values.values()))
        number = int(cursor.lastrowid or 0)
        after = {
            "state": "open",
            "kind": kind,
            "subject": f"{subject_type} {subject_id}",
            "episode": episode,
            "severity": columns["severity"],
            "gap": columns["gap"],
            "version": 1,
        }
        self._writer.write(Entry("open", "deviation", moves.public_id("deviation", number), {}, after))
        self._link(number, finding)
        self._counts["opened"] += 1
        return number

    def _update(self, row: Mapping[str, Any], columns: Mapping[str, Any], finding: Finding) -> None:
        """Bring a standing deviation up to date; only what was said, planned or became more severe is an event."""
        said = self._link(row["id"], finding)
        changes = {name: value for name, value in {**columns, "clear_since": None}.items() if row[name] != value}
        if not changes:
            return
        if "severity" in changes:
            up = _more_severe(finding.severity, row["severity"])
            if up and row["snoozed_until"] is not None:
                changes["snoozed_until"] = None
            self._write(row, changes, "raise" if up else "lower")
            self._counts["raised"] += up
        elif "gap" in changes and (said or "planned" in changes):
            self._write(row, changes, "update")
        else:
            self._note(row, changes)

    # a departure that is absent ------------------------------------------------------------------------------------------

    def _absent(self, row: Mapping[str, Any], tolerance: Tolerance) -> int | None:
        state = row["state"]
        if state in QUEUE_STATES:
            since = self._now if row["clear_since"] is None else row["clear_since"]
            held_at = since + _hours(tolerance, "clear_hold_hours")
            if self._now >= held_at:
                reason = corrections.reason(self._connection, row, self._now) if self._corrected else None
                return self._recover(row, int(since), tolerance, reason)
            if row["clear_since"] is None:
                self._note(row, {"clear_since": since})
            return int(held_at)
        if state == "recovered":
            quiet_at = int(row["recovered_at"]) + _hours(tolerance, "reopen_window_hours")
            if self._now < quiet_at:
                return quiet_at
            self._quiet(row)
        elif row["clear_since"] is None:
            self._note(row, {"clear_since": self._now})
        return None

    def _recover(
        self, row: Mapping[str, Any], since: int, tolerance: Tolerance, reason: str | None = None
    ) -> int | None:
        changes = {"clear_since": since} if reason is None else {"clear_since": since, "reason": reason}
        moves.move_deviation(self._connection, self._writer, self._now, row, "clear", reason=reason, changes=changes)
        self._counts["cleared"] += 1
        return self._absent(self._row(row["id"]), tolerance)

    def _quiet(self, row: Mapping[str, Any]) -> None:
        moves.move_deviation(self._connection, self._writer, self._now, row, "quiet")
        self._counts["resolved"] += 1

    # writing -------------------------------------------------------------------------------------------------------------

    def _columns(self, finding: Finding, ranked: Assessment, tolerance: Tolerance) -> dict[str, Any] | None:
        """A finding and its rank as columns; None where its value at risk is under the tolerance's minimum value."""
        if ranked.value_minor is not None and ranked.value_minor < self._ranking.minimum(tolerance):
            return None
        return {
            "severity": finding.severity,
            "item": finding.item,
            "site": finding.site,
            "party": finding.party,
            "summary": clean(finding.summary),
            "planned": _json(finding.planned),
            "observed": _json(finding.observed),
            "gap": _json(finding.gap),
            "terms": explain.dump([*finding.terms, *ranked.terms]),
            "value_minor": finding.value_minor,
            "currency": finding.currency,
            "likelihood": ranked.likelihood,
            "exposure_minor": ranked.exposure_minor,
            "need_at": finding.need_at,
            "decide_by": ranked.decide_by,
            "baseline_version": self._baseline_version,
            "occurred_at": finding.occurred_at,
        }

    def _write(self, row: Mapping[str, Any], changes: Mapping[str, Any], action: str) -> None:
        moves.write(self._connection, self._writer, "deviation", row, changes, action=action)

    def _note(self, row: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """Write columns that are no event: no journal entry, no new version."""
        assignments = ", ".join(f"{name} = ?" for name in changes)
        self._connection.execute(f"UPDATE deviation SET {assignments} WHERE id = ?", (*changes.values(), row["id"]))

    def _link(self, number: int, finding: Finding) -> bool:
        """Note the signals that a deviation rests on; true when one of them is new to it."""
        cursor = self._connection.executemany(_LINK, [(number, signal) for signal in finding.signals])
        return bool(cursor.rowcount > 0)

    def _row(self, number: int) -> dict[str, Any]:
        return rows(self._connection, "SELECT * FROM deviation WHERE id = ?", (number,))[0]


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _hours(tolerance: Tolerance, parameter: str) -> int:
    return int(tolerance[parameter] * HOUR)


def _more_severe(one: str, other: str) -> bool:
    return SEVERITIES.index(one) > SEVERITIES.index(other)
