"""Verdicts into deviations: open, raise, lower, update, clear, recover, resolve, close, and the episodes of one
subject.

Every step is one journal entry, except two that are no event: time alone moving a figure (days overdue) refreshes the
row without a new version, and `clear_since` notes since when the departure has been absent (null: it still holds).

What a finding does to the subject's latest row
    none                opens episode 1; a candidate where it was not stated often enough yet (engine.facts.runs)
    candidate           counts; open once it was stated often enough
    open, acknowledged, responding
                        stays; raise or lower when the severity changed, update when signals or the plan changed the
                        gap; as without a finding where it was not stated often enough any more
    snoozed             a raise ends the snooze: who put it off did so at a lower severity
    recovered           returns to the state it left, flaps + 1; after `reopen_window` a new episode instead
    resolved, closed    a new episode, once it has cleared, or something new was said, or it became more severe
    dismissed           a new episode once it has cleared, is more severe than it was when dismissed, or `re_raise_days`
                        are over
    merged              its signals go to the deviation that it was merged into, while that one lives; then as resolved,
                        and at once where that one's departure is over and this one's is not
What no finding does
    candidate           discarded
    open, acknowledged, responding
                        recovered when the absence has held for `clear_hold`
    recovered           resolved when `reopen_window` has passed
What time does to a resolved one: closed after `close_after_days`, and not while actions are open, such as its review.
A finding that is done (it arrived, late) opens and recovers at once, and is not opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from engine.deviations import closing, merging
from engine.deviations.deviation_rows import Rows, latest
from engine.deviations.verdicts import Slot, Verdict
from engine.gather import corrections
from engine.gather.cases import Key
from engine.ranking.rank import Ranking
from engine.storage.journal import Writer
from engine.storage.sqlite import sqlite3
from engine.values.clock import DAY, HOUR
from engine.vocabulary import thresholds
from engine.vocabulary.lifecycle import QUEUE_STATES, SLOT_STATES
from engine.vocabulary.model import SEVERITIES, Finding, TickResult
from engine.vocabulary.tolerance import Tolerance

__all__ = ["Keeper", "Slot", "Verdict", "latest"]

_LOOK_AGAIN: Final = DAY
"""How long until a resolved one that something holds open is looked at again."""


class Keeper:
    """Applies verdicts inside one write transaction, and counts what it did."""

    def __init__(self, connection: sqlite3.Connection, writer: Writer, now: int, ranking: Ranking) -> None:
        self._rows = Rows(connection, writer, now, ranking)
        self._connection, self._writer, self._now = connection, writer, now
        self._corrected = bool(connection.execute(f"SELECT {corrections.ANY}").fetchone()[0])
        self._counts = dict.fromkeys(("opened", "raised", "cleared", "resolved"), 0)

    def reporting(self, slots: Iterable[Slot]) -> Callable[[Slot, Finding, Tolerance], bool]:
        """Whether findings on these subjects count under their tolerance's minimum value."""
        self._rows.look_up(slots)
        return lambda slot, finding, tolerance: self._rows.assess(slot, finding, tolerance) is not None

    def result(self, judged: int) -> TickResult:
        """The counts so far, beside the number of subjects that were judged."""
        return TickResult(judged=judged, **self._counts)

    def apply(self, verdicts: Sequence[Verdict], known: Mapping[Slot, dict[str, Any]]) -> dict[Key, int]:
        """Carry out verdicts; `known` has the latest rows of their subjects.

        Returns, by key of the work list, when the passing of time alone moves a deviation on.
        """
        self._rows.look_up(verdict.slot for verdict in verdicts if verdict.finding is not None)
        wakes: dict[Key, int] = {}
        for verdict in verdicts:
            wake = self._apply(verdict, known.get(verdict.slot))
            if wake is not None:
                wakes[verdict.key] = min(wake, wakes.get(verdict.key, wake))
        return wakes

    def _apply(self, verdict: Verdict, row: dict[str, Any] | None) -> int | None:
        finding = verdict.finding
        ranked = None if finding is None else self._rows.assess(verdict.slot, finding, verdict.tolerance)
        if finding is None or ranked is None:
            return None if row is None else self._absent(row, verdict.tolerance)
        columns = self._rows.columns(finding, ranked, verdict.tolerance)
        if row is not None and row["state"] in SLOT_STATES:
            columns["peak"] = thresholds.wider(
                row["peak"], thresholds.peak(finding.kind, finding.farthest or finding.gap)
            )
        if verdict.run is not None:
            columns |= {"breaches": verdict.run.breaches, "clears": verdict.run.clears}
        if finding.done:
            return self._done(verdict, finding, columns, row)
        wake = self._holds(verdict, finding, columns, row)
        return min((at for at in (wake, ranked.changes_at) if at is not None), default=None)

    # a departure that holds -------------------------------------------------------------------------------------------

    def _holds(
        self, verdict: Verdict, finding: Finding, columns: dict[str, Any], row: dict[str, Any] | None
    ) -> int | None:
        if row is None:
            self._open(verdict, finding, columns, None)
        elif row["state"] == "candidate":
            self._confirm(verdict, finding, columns, row)
        elif row["state"] in QUEUE_STATES and not verdict.enough:
            return self._absent(row, verdict.tolerance)
        elif row["state"] in QUEUE_STATES:
            self._update(row, columns, finding)
        elif row["state"] == "recovered":
            return self._return(verdict, finding, columns, row)
        elif row["state"] == "merged" and merging.attach(self._connection, self._writer, row, finding):
            return None
        elif self._begins_again(row, finding, verdict.tolerance):
            self._open(verdict, finding, columns, row)
        else:
            return self._ended(row, verdict.tolerance)
        return None

    def _return(self, verdict: Verdict, finding: Finding, columns: dict[str, Any], row: dict[str, Any]) -> int | None:
        """A recovered one breaches again: back to where it was, or a new episode once its window has passed."""
        if self._now >= row["recovered_at"] + _hours(verdict.tolerance, "reopen_window_hours"):
            self._quiet(row)
            self._open(verdict, finding, columns, row)
        elif not verdict.enough:
            return self._absent(row, verdict.tolerance)
        else:
            changes = {**columns, "flaps": row["flaps"] + 1, "clear_since": None, "reason": None}
            if _more_severe(finding.severity, row["severity"]):
                changes["snoozed_until"] = None
            self._rows.move(row, "fire", changes)
            self._rows.link(row["id"], finding.signals)
            self._counts["opened"] += 1
        return None

    def _begins_again(self, row: Mapping[str, Any], finding: Finding, tolerance: Tolerance) -> bool:
        """Whether a finding on an ended row is a new episode, and not what a person has just put aside."""
        if row["clear_since"] is not None:
            return True
        level = row["dismissed_severity"] or row["severity"]
        if _more_severe(finding.severity, level):
            return True
        if row["state"] in ("dismissed", "discarded"):
            again_at = _re_raise_at(row, tolerance)
            return again_at is not None and self._now >= again_at
        followed = merging.chain(self._connection, row)
        if followed and followed[-1]["clear_since"] is not None:
            return True
        return not self._rows.linked(row["id"], *(each["id"] for each in followed)).issuperset(finding.signals)

    def _done(
        self, verdict: Verdict, finding: Finding, columns: dict[str, Any], row: dict[str, Any] | None
    ) -> int | None:
        """A departure that is a fact for good: recorded once, and over at once."""
        state = None if row is None else row["state"]
        if row is not None and state == "candidate":
            self._confirm(verdict, finding, columns, row)
            return self._recover(self._rows.row(row["id"]), self._now, verdict.tolerance)
        if row is not None and state in QUEUE_STATES:
            self._update(row, columns, finding)
            return self._recover(self._rows.row(row["id"]), self._now, verdict.tolerance)
        if row is not None and state == "recovered":
            if row["observed"] != columns["observed"]:
                self._rows.write(row, columns, "update")
                self._rows.link(row["id"], finding.signals)
                row = self._rows.row(row["id"])
            return self._absent(row, verdict.tolerance)
        if row is not None and (row["clear_since"] is None or row["observed"] == columns["observed"]):
            return self._absent(row, verdict.tolerance)
        opened = self._open(verdict, finding, columns, row)
        return self._recover(self._rows.row(opened), self._now, verdict.tolerance)

    def _open(
        self, verdict: Verdict, finding: Finding, columns: dict[str, Any], before: Mapping[str, Any] | None
    ) -> int:
        kept = {
            "rule": thresholds.rule(verdict.tolerance),
            "peak": thresholds.peak(finding.kind, finding.farthest or finding.gap),
        }
        columns = {**columns, **kept}
        if not verdict.enough:
            return self._rows.begin(verdict.slot, finding, {**columns, "state": "candidate"}, before)
        self._counts["opened"] += 1
        return self._rows.begin(verdict.slot, finding, {**columns, "state": "open", "opened_at": self._now}, before)

    def _confirm(self, verdict: Verdict, finding: Finding, columns: dict[str, Any], row: Mapping[str, Any]) -> None:
        """A candidate was stated again: open once that was often enough."""
        said = self._rows.link(row["id"], finding.signals)
        if verdict.enough:
            self._rows.move(row, "confirm", columns)
            self._counts["opened"] += 1
        elif said:
            self._rows.move(row, "fire", columns)
        else:
            self._rows.note(row, columns)

    def _update(self, row: Mapping[str, Any], columns: Mapping[str, Any], finding: Finding) -> None:
        """Bring a standing deviation up to date; only what was said, planned or became more severe is an event."""
        said = self._rows.link(row["id"], finding.signals)
        clears = None if row["clears"] is None else 0
        wanted = {"clears": clears, **columns, "clear_since": None}
        changes = {name: value for name, value in wanted.items() if row[name] != value}
        if not changes:
            return
        if "severity" in changes:
            up = _more_severe(finding.severity, row["severity"])
            if up:
                changes["raised_at"] = self._now
            if up and row["snoozed_until"] is not None:
                changes["snoozed_until"] = None
            self._rows.write(row, changes, "raise" if up else "lower")
            self._counts["raised"] += up
        elif "gap" in changes and (said or "planned" in changes):
            self._rows.write(row, changes, "update")
        else:
            self._rows.note(row, changes)

    # a departure that is absent ---------------------------------------------------------------------------------------

    def _absent(self, row: Mapping[str, Any], tolerance: Tolerance) -> int | None:
        state = row["state"]
        if state == "candidate":
            self._clear(row, self._now)
        elif state in QUEUE_STATES:
            since = self._now if row["clear_since"] is None else row["clear_since"]
            held_at = since + _hours(tolerance, "clear_hold_hours")
            if self._now >= held_at:
                return self._recover(row, int(since), tolerance)
            if row["clear_since"] is None:
                self._rows.note(row, {"clear_since": since})
            return int(held_at)
        elif state == "recovered":
            quiet_at = int(row["recovered_at"]) + _hours(tolerance, "reopen_window_hours")
            if self._now < quiet_at:
                return quiet_at
            self._quiet(row)
            return self._ended(self._rows.row(row["id"]), tolerance)
        else:
            if row["clear_since"] is None:
                self._rows.note(row, {"clear_since": self._now})
            return self._ended(row, tolerance)
        return None

    def _ended(self, row: Mapping[str, Any], tolerance: Tolerance) -> int | None:
        """What time does to a row that has ended: a resolved one is closed, one put aside may come back."""
        if row["state"] in ("dismissed", "discarded"):
            return None if row["clear_since"] is not None else _re_raise_at(row, tolerance)
        if row["state"] != "resolved":
            return None
        close_at = int(row["resolved_at"]) + int(tolerance["close_after_days"] * DAY)
        if self._now < close_at:
            return close_at
        if closing.open_actions(self._connection, row["id"]):
            return self._now + _LOOK_AGAIN
        self._rows.move(row, "close")
        return None

    def _recover(self, row: Mapping[str, Any], since: int, tolerance: Tolerance) -> int | None:
        self._clear(row, since)
        self._counts["cleared"] += 1
        merging.touch(self._connection, row["id"])
        return self._absent(self._rows.row(row["id"]), tolerance)

    def _clear(self, row: Mapping[str, Any], since: int) -> None:
        """Say that a departure is over, and why where its source took back what it rested on."""
        reason = corrections.reason(self._connection, row, self._now) if self._corrected else None
        changes = {"clear_since": since} if reason is None else {"clear_since": since, "reason": reason}
        self._rows.move(row, "clear", changes, reason)

    def _quiet(self, row: Mapping[str, Any]) -> None:
        self._rows.move(row, "quiet")
        self._counts["resolved"] += 1


def _hours(tolerance: Tolerance, parameter: str) -> int:
    return int(tolerance[parameter] * HOUR)


def _re_raise_at(row: Mapping[str, Any], tolerance: Tolerance) -> int | None:
    """When what a person has put aside comes back although nothing changed; None: never."""
    days = tolerance["re_raise_days"]
    return int(row["closed_at"] + days * DAY) if days else None


def _more_severe(one: str, other: str) -> bool:
    return SEVERITIES.index(one) > SEVERITIES.index(other)
