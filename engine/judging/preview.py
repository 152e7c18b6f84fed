"""What other tolerances would make of the desk as it stands: what would open, clear, and change its severity.

Detection itself answers, so that everything that it minds (statements that are counted, minimum values, holds, what a
person put aside) counts here as it will count then: the rules are put in the place of the present ones, the subjects
concerned are judged, and what that did is read off, all in a transaction that is rolled back. Which subjects are
concerned is found before, without writing: of the measured kinds the lines whose sizes the two sets of rules see
differently (engine.judging.measuring), of any other kind all of its subjects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, Final, NamedTuple

from engine import detect
from engine.detect import late_demand, tolerance_rules
from engine.gather.cases import Key
from engine.judging import configuring, measuring, pipeline
from engine.storage.journal import Writer
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.days import Days
from engine.values.ids import public_id
from engine.vocabulary import settings
from engine.vocabulary.lifecycle import QUEUE_SQL
from engine.vocabulary.model import SEVERITIES
from engine.vocabulary.settings import Rule

CHUNK: Final = 1000
"""Subjects that are judged in one transaction: nobody should wait for the lock for longer."""

_MEASURED: Final = frozenset(detector.KIND for detector in detect.MEASURED)
# Without its `+` the index of subjects is taken, and with it every entry about any deviation.
_TOLD: Final = (
    "SELECT DISTINCT CAST(substr(subject_id, 2) AS INTEGER) FROM journal WHERE seq > ? AND +subject_type = 'deviation'"
)
_ABSENT: Final = f"SELECT id FROM deviation WHERE state IN ({QUEUE_SQL}) AND clear_since = ?"
_HELD: Final = (
    f"SELECT subject_id FROM deviation WHERE state IN ({QUEUE_SQL}) AND clear_since IS NOT NULL"
    " AND kind IN (SELECT value FROM json_each(?))"
)
_LIVE: Final = (
    "SELECT id, kind, subject_type, subject_id, severity, clear_since IS NOT NULL FROM deviation"
    f" WHERE id IN (SELECT value FROM json_each(?)) AND state IN ({QUEUE_SQL})"
)


_SURFACED: Final = (
    "SELECT id FROM deviation WHERE id IN (SELECT deviation_id FROM cause WHERE root_id IN (SELECT value FROM json_each(:gone)))"
    f" AND state IN ({QUEUE_SQL}) AND id NOT IN (SELECT value FROM json_each(:gone))"
    " AND NOT EXISTS (SELECT 1 FROM cause JOIN deviation AS root ON root.id = cause.root_id"
    f" WHERE cause.deviation_id = deviation.id AND root.state IN ({QUEUE_SQL})"
    " AND root.id NOT IN (SELECT value FROM json_each(:gone))) ORDER BY id"
)


class Shift(NamedTuple):
    """One deviation that other tolerances would open, clear, raise or lower."""

    change: str
    """open, clear, raise or lower."""
    kind: str
    subject_type: str
    subject_id: str
    id: str | None
    """None: there is no such deviation yet."""
    was: str | None
    """Its severity as it stands."""
    now: str | None
    """Its severity then."""


class Preview(NamedTuple):
    """What a change of tolerances would do."""

    kinds: Sequence[str]
    """The deviation kinds that it concerns."""
    judged: int
    """Subjects that were judged anew for it."""
    shifts: Sequence[Shift]
    surfaced: Sequence[str] = ()
    """Live deviations that would stand in the queue, since all that they follow from would clear."""

    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each change, by deviation kind."""
        found: dict[str, dict[str, int]] = {}
        for shift in self.shifts:
            of_kind = found.setdefault(shift.kind, {"open": 0, "clear": 0, "raise": 0, "lower": 0})
            of_kind[shift.change] += 1
        return found


class Change(NamedTuple):
    """Other rules than the present ones, and what they may judge differently."""

    rules: Sequence[Rule]
    kinds: frozenset[str]
    keys: Sequence[Key]


def change(
    connection: sqlite3.Connection, now: int, asked: Mapping[str, Any] | None, further: Sequence[Mapping[str, Any]]
) -> Change:
    """What the tolerances and rules of `asked`, as `configuring.configure` takes them, may judge differently; without
    them those that hold at present. The `further` rules come after them.

    Raises BadInput naming the setting that cannot be used.
    """
    former = settings.present_rules(connection)
    rules = former if asked is None else configuring.rules_of(asked)
    last = max((number for number, *_ in rules if number is not None), default=0)
    added = configuring.rules_of({"rules": further})
    rules = [*rules, *((last + place, *rule[1:]) for place, rule in enumerate(added, 1))]
    kinds = frozenset(configuring.kinds_of_change(former, rules))
    families = configuring.families_of(kinds - _MEASURED)
    keys = [Key(*row) for family in sorted(families) for row in connection.execute(configuring.SUBJECTS[family])]
    if "order" not in families and kinds & _MEASURED:
        days = Days(settings.current(connection)["zone"])
        moved = measuring.seen_differently(
            connection, tolerance_rules.of_rules(former), tolerance_rules.of_rules(rules), kinds & _MEASURED, days, now
        )
        # How long the absence of one has to hold can change as well.
        moved.update(reference for (reference,) in connection.execute(_HELD, (as_json(kinds & _MEASURED),)))
        keys += [Key("order", reference) for reference in sorted(moved)]
    return Change(rules, kinds, keys)


def chunks(change: Change) -> Iterator[Sequence[Key]]:
    """The subjects that a change concerns, cut into what one transaction judges; each is of one family."""
    for _, of_family in groupby(change.keys, attrgetter("type")):
        while chunk := list(islice(of_family, CHUNK)):
            yield chunk


def judge(connection: sqlite3.Connection, writer: Writer, now: int, change: Change, keys: Sequence[Key]) -> list[Shift]:
    """What judging some subjects by the changed rules does. The caller rolls its transaction back."""
    last = int(connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])
    known = int(connection.execute("SELECT coalesce(max(id), 0) FROM deviation").fetchone()[0])
    connection.execute("SAVEPOINT before")
    settings.put_rules(connection, change.rules)
    connection.execute("DELETE FROM touched")
    connection.executemany("INSERT INTO touched(type, a, b) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", keys)
    left = len(keys)
    while left > 0:
        step = pipeline.drain(connection, writer, now, limit=left).judged
        left = left - step if step else 0
    _judge_customers(connection, writer, now)
    moved = [number for (number,) in (*connection.execute(_TOLD, (last,)), *connection.execute(_ABSENT, (now,)))]
    after = _live(connection, moved)
    connection.execute("ROLLBACK TO before")
    shifts = _shifts(_live(connection, moved), after, known)
    return [shift for shift in shifts if shift.kind in change.kinds or shift.kind == late_demand.KIND]


def surfaced(connection: sqlite3.Connection, shifts: Sequence[Shift]) -> list[str]:
    """What follows only from deviations that would clear, and would not itself: it is folded under nothing any more."""
    gone = as_json(int(shift.id[1:]) for shift in shifts if shift.change == "clear" and shift.id is not None)
    return [public_id("deviation", number) for (number,) in connection.execute(_SURFACED, {"gone": gone})]


def _judge_customers(connection: sqlite3.Connection, writer: Writer, now: int) -> None:
    """Judge the customer orders that what was judged reaches: they follow whatever the change is about."""
    connection.execute("DELETE FROM touched WHERE type != 'demand'")
    while pipeline.drain(connection, writer, now).judged:
        pass


class _Live(NamedTuple):
    slot: tuple[str, str, str]
    severity: str
    clearing: bool
    """It is absent already, and held for a while."""


def _live(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, _Live]:
    """Those of some deviations that are in the queue."""
    return {
        number: _Live((kind, subject_type, subject_id), severity, bool(clearing))
        for number, kind, subject_type, subject_id, severity, clearing in connection.execute(_LIVE, (as_json(numbers),))
    }


def _shifts(before: Mapping[int, _Live], after: Mapping[int, _Live], known: int) -> Iterator[Shift]:
    """What became of each; numbers up to `known` are of deviations that there are."""
    for number, was in before.items():
        now, name = after.get(number), public_id("deviation", number)
        if now is None or (now.clearing and not was.clearing):
            yield Shift("clear", *was.slot, name, was.severity, None)
        elif now.severity != was.severity:
            up = SEVERITIES.index(now.severity) > SEVERITIES.index(was.severity)
            yield Shift("raise" if up else "lower", *was.slot, name, was.severity, now.severity)
    for number in after.keys() - before.keys():
        there = public_id("deviation", number) if number <= known else None
        yield Shift("open", *after[number].slot, there, None, after[number].severity)
