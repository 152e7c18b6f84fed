"""The desk's own history of promises: how each line that arrived had stood before its promise, and whether it was late.

Detection keeps one row of the table `outcome` for each supply line that has arrived in full; triggers count the rows by
supplier, lane, mode, standing and lateness, which is all that engine.ranking.likelihood asks. A receipt that is
withdrawn takes its row with it. A line that never arrived is no outcome: nothing says whether it was late or only not
reported.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from engine.detect import late_supply
from engine.detect.tolerance_rules import Tolerances
from engine.facts.subjects import Line, LineFacts
from engine.gather import corrections
from engine.gather.cases import Case
from engine.ranking import likelihood
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.clock import DAY
from engine.vocabulary.model import SUPPLY_KINDS, Finding, Term

_PERIOD: Final = 30 * DAY
"""What the triggers of engine.storage.schema count by."""

_LANES: Final = (
    "SELECT json_extract(data, '$.origin'), json_extract(data, '$.destination'), json_extract(data, '$.mode')"
    " FROM plan_record WHERE kind = 'lane' AND to_version IS NULL"
)
_ANNOUNCED: Final = (
    "SELECT signal.order_ref, signal.order_kind, signal.as_of, signal.eta FROM json_each(?) AS wanted"
    " CROSS JOIN signal ON signal.order_ref = wanted.value"
    " WHERE signal.kind IN ('eta', 'confirmation') AND signal.eta IS NOT NULL"
    f" AND {corrections.withdrawn_at('signal')} IS NULL ORDER BY signal.as_of, signal.tie"
)
_MODES: Final = (
    "SELECT line.id, json_extract(line.attributes, '$.mode') FROM json_each(?) AS wanted"
    " CROSS JOIN plan_line AS line ON line.id = wanted.value"
)
_KEEP: Final = (
    "INSERT INTO outcome(kind, ref, party, lane, mode, promised_at, arrived_at, standing, late)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, ref) DO UPDATE SET party = excluded.party,"
    " lane = excluded.lane, mode = excluded.mode, promised_at = excluded.promised_at, arrived_at = excluded.arrived_at,"
    " standing = excluded.standing, late = excluded.late WHERE (outcome.party, outcome.lane, outcome.mode,"
    " outcome.promised_at, outcome.arrived_at, outcome.standing) IS NOT (excluded.party, excluded.lane, excluded.mode,"
    " excluded.promised_at, excluded.arrived_at, excluded.standing)"
)
_FORGET: Final = (
    "DELETE FROM outcome WHERE (kind, ref) IN"
    " (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"
)
_COUNTS: Final = (
    "SELECT party, lane, mode, standing, sum(lines), sum(lines * late) FROM outcome_count WHERE period BETWEEN ? AND ?"
    " GROUP BY party, lane, mode, standing HAVING sum(lines) > 0"
)
_LINES: Final = (
    f"SELECT {', '.join(f'line.{name}' for name in Line._fields)}, json_extract(line.attributes, '$.mode')"
    " FROM json_each(?) AS wanted CROSS JOIN plan_line AS line"
    " ON line.ref = json_extract(wanted.value, '$[1]') AND line.kind = json_extract(wanted.value, '$[0]')"
    " WHERE line.to_version IS NULL"
)


class _Arrived(NamedTuple):
    line: Line
    at: int
    """When it was there in full."""
    until: int
    """The end of its promise."""


def keep(connection: sqlite3.Connection, cases: Iterable[Case[LineFacts]], tolerances: Tolerances) -> None:
    """Note what became of the lines among `cases` that have arrived, and forget those that have not, after all.

    "In full" is what the tolerance of late_supply says.
    """
    arrived, not_arrived = [], []
    for case in cases:
        facts = case.facts
        found = _arrived(facts, tolerances) if facts.receipts else None
        if found is None:
            not_arrived.append((facts.line.kind, facts.line.ref))
        else:
            arrived.append(found)
    if not_arrived and connection.execute("SELECT EXISTS (SELECT 1 FROM outcome)").fetchone()[0]:
        connection.execute(_FORGET, (as_json(not_arrived),))
    if arrived:
        _keep(connection, arrived)


def _arrived(facts: LineFacts, tolerances: Tolerances) -> _Arrived | None:
    share = 1 - tolerances.of(late_supply.KIND, facts.subject())["percent"] / 100
    at = facts.state().full_at(share)
    return None if at is None or facts.due_end is None else _Arrived(facts.line, at, facts.due_end)


def _keep(connection: sqlite3.Connection, arrived: Sequence[_Arrived]) -> None:
    said: Mapping[str, list[tuple[int, int, str | None]]] = defaultdict(list)
    for ref, kind, as_of, eta in connection.execute(_ANNOUNCED, (as_json(each.line.ref for each in arrived),)):
        said[ref].append((as_of, eta, kind))
    modes = dict(connection.execute(_MODES, (as_json(each.line.id for each in arrived),)).fetchall())
    lanes = _modes_of_lanes(connection)
    connection.executemany(
        _KEEP,
        [
            (
                line.kind, line.ref, *_groups(line, modes.get(line.id), lanes), until, at,
                _standing(at, until, [(as_of, eta) for as_of, eta, kind in said.get(line.ref, ()) if kind in (None, line.kind)]),
                at >= until,
            )
            for line, at, until in arrived
        ],
    )  # fmt: skip


def _standing(at: int, until: int, said: Sequence[tuple[int, int]]) -> str:
    """How a line stood at each landmark: gone, open, or announced late by the date that was the last word then.

    What arrives on a day without a time was not there when the day began.
    """
    letters = []
    for days in likelihood.LANDMARKS:
        then = until - days * DAY
        last = bisect.bisect_right(said, then, key=lambda statement: statement[0]) - 1
        if at < then:
            letters.append(likelihood.GONE)
        elif last < 0 or said[last][1] < until:
            letters.append(likelihood.OPEN)
        else:
            letters.append(likelihood.announced((said[last][1] - until) / DAY))
    return "".join(letters)


def _groups(line: Line, mode: str | None, lanes: Mapping[tuple[str, str], str]) -> tuple[str, str, str]:
    """Supplier, lane and mode of a line as `outcome` has them."""
    origin, site = line.origin or "", line.site or ""
    return line.party or "", f"{origin}>{site}", mode or lanes.get((origin, site), "")


def _modes_of_lanes(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """The mode between an origin and a site, where the plan has one lane between them."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for origin, destination, mode in connection.execute(_LANES):
        found[origin or "", destination or ""].add(mode or "")
    return {ends: modes.pop() for ends, modes in found.items() if len(modes) == 1}


class Estimate(NamedTuple):
    """How likely a finding becomes a miss, with every term, and when time alone says it anew (None: never)."""

    value: float
    terms: tuple[Term, ...]
    changes_at: int | None = None


_FACT: Final = Estimate(1.0, (Term("likelihood", 1.0, "", "it is a fact, or nothing is kept of how such ends"),))
PREDICTIONS: Final = ("late_supply", "unconfirmed", "logistics")
"""Kinds that foretell of a supply line what arrives after its promise; of the others no history is kept."""


class History:
    """What the desk has seen, as far as one run of detection asks: read at the first question, once."""

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self._connection, self._now = connection, now
        self._counts: list[tuple[str, str, str, str, int, int]] | None = None
        self._groups: dict[tuple[int, bool], likelihood.Groups] = {}
        self._estimates: dict[tuple[int, str, tuple[str, str, str]], Estimate] = {}
        self._lines: dict[tuple[str, str], tuple[Line, tuple[str, str, str]]] = {}

    def look_up(self, slots: Iterable[tuple[str, str, str]]) -> None:
        """Read the lines that the slots (deviation kind, subject type, subject id) are about, for `estimate`."""
        wanted = {(type_, ref) for kind, type_, ref in slots if kind in PREDICTIONS and type_ in SUPPLY_KINDS}
        wanted -= self._lines.keys()
        if not wanted or not self._read_counts():
            return
        lanes = _modes_of_lanes(self._connection)
        for *columns, mode in self._connection.execute(_LINES, (as_json(sorted(wanted)),)):
            line = Line._make(columns)
            self._lines[line.kind, line.ref] = line, _groups(line, mode, lanes)

    def estimate(self, slot: tuple[str, str, str], finding: Finding) -> Estimate:
        """How likely the subject of a finding arrives after its promise; 1 where that is a fact or nothing is known."""
        kind, subject_type, subject_id = slot
        if finding.likelihood is not None:
            return Estimate(finding.likelihood, (Term("likelihood", finding.likelihood, "", "stated likelihood"),))
        if finding.done or kind not in PREDICTIONS or subject_type not in SUPPLY_KINDS:
            return _FACT
        found = self._lines.get((subject_type, subject_id))
        if found is None:
            return _no_history(0)
        line, groups = found
        until = line.planned_at if line.until_at is None else line.until_at
        if until is None:
            return _FACT
        return self.of(groups, until, finding.gap.get("days") if kind == "late_supply" else None)

    def of(self, groups: tuple[str, str, str], until: int, days_late: float | None = None) -> Estimate:
        """The estimate for a line of `groups` (supplier, lane, mode) that is promised before `until`.

        `days_late` is what is announced of it: days after the promise, None where nothing late is.
        """
        if until <= self._now:
            return Estimate(1.0, (Term("likelihood", 1.0, "", "the promise has passed"),))
        place = likelihood.landmark((until - self._now) / DAY)
        standing = likelihood.OPEN if days_late is None else likelihood.announced(days_late)
        lines = self._standing(place, days_late is not None).counts.lines
        if lines < likelihood.LEAST:
            return _no_history(lines)
        key = (place, standing, groups)
        if key not in self._estimates:
            self._estimates[key] = self._learned(place, standing, groups)
        return self._estimates[key]._replace(changes_at=_changes_at(place, until, self._now))

    def _learned(self, place: int, standing: str, groups: tuple[str, str, str]) -> Estimate:
        late = standing != likelihood.OPEN
        steps = self._standing(place, late).estimate((standing, *groups) if late else groups)
        return Estimate(steps[-1].share, tuple(_terms(place, steps, late=late)))

    def _standing(self, place: int, late: bool) -> likelihood.Groups:
        """The lines that were not there at a landmark: those announced late, or those that were not."""
        if (place, late) not in self._groups:
            self._read_counts()
            cells = [
                ((letter, *groups) if late else groups, lines, missed)
                for *groups, standing, lines, missed in self._counts or ()
                if (letter := standing[place]) != likelihood.GONE and (letter != likelihood.OPEN) == late
            ]
            self._groups[place, late] = likelihood.Groups(cells)
        return self._groups[place, late]

    def _read_counts(self) -> bool:
        """Whether there is any history; it is read here."""
        if self._counts is None:
            last = self._now // _PERIOD
            first = last - likelihood.WINDOW_DAYS * DAY // _PERIOD
            self._counts = self._connection.execute(_COUNTS, (first, last)).fetchall()
        return bool(self._counts)


def _no_history(lines: int) -> Estimate:
    source = f"no history: taken as certain ({lines} such lines are over, {likelihood.LEAST} are needed)"
    return Estimate(1.0, (Term("likelihood", 1.0, "", source),))


def _changes_at(place: int, until: int, now: int) -> int:
    """When the next landmark is reached, at the last one the end of the promise."""
    later = [until - days * DAY for days in (*likelihood.LANDMARKS[:place], 0)]
    return min(at for at in later if at > now)


def _terms(place: int, steps: Sequence[likelihood.Step], *, late: bool) -> Iterator[Term]:
    days = likelihood.LANDMARKS[place]
    standing = "announced late" if late else "not arrived"
    what = f"arrived since {likelihood.WINDOW_DAYS} days, and {standing} {days} {'day' if days == 1 else 'days'} before"
    yield Term("history", steps[0].counts.lines, "lines", what)
    levels = ("announced lateness", *likelihood.LEVELS) if late else likelihood.LEVELS
    for step in steps:
        missed, lines = step.counts.late, step.counts.lines
        if step.weight is None:
            name, sum_ = "share of all", f"({missed} late + 0.5) ÷ ({lines} + 1)"
        else:
            level, group = levels[len(step.group) - 1], step.group[-1]
            name = f"share of {level} {group or 'unknown'}"
            sum_ = f"({missed} late + {step.weight:.7g} × the share above) ÷ ({lines} + {step.weight:.7g})"
        yield Term(name, step.share, "share", sum_)
    yield Term("likelihood", steps[-1].share, "", "the last share: of its smallest group with a history")
