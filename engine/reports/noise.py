"""How much of what was raised was worth raising: the episodes of a period, what became of each, by kind and by rule.

An episode is one life of a deviation and belongs to the period in which it opened. Candidates that never opened, merged
and discarded ones are left out; drills open nothing. What became of it, the first that holds:

    a sort of model.DISMISSALS   a person dismissed it as that
    acted        somebody took it: acknowledged, given an owner, answered by a response, or resolved by hand
    recorded     it was over when it was learnt (a line that arrived, late): nobody was ever asked for anything
    alone        it ended without anybody doing anything
    untouched    it is live, and nobody has done anything yet

An episode that is live has no length yet: it is counted as open, never as of length zero. Where the desk's clock went
back between two stamps, the length is zero and never negative.
"""

from __future__ import annotations

import statistics
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from engine.ranking.suppression import LIVE
from engine.storage.sqlite import sqlite3
from engine.values.clock import DAY, HOUR
from engine.vocabulary.model import DISMISSALS, SEVERITIES

OUTCOMES: Final = ("acted", *DISMISSALS, "alone", "untouched", "recorded")
NOT_REAL: Final = ("noise", "wrong_data")
"""Dismissed as not real: what the false-positive share counts."""
NEEDLESS: Final = ("noise", "alone")
"""What a wider tolerance should have spared."""
GUIDANCE: Final = {"low": 0.80, "medium": 0.15, "high and critical": 0.05}
"""Shares of the priorities of alarms that process industries aim for (ISA-18.2), by analogy."""
AGAIN_DAYS: Final = 7
"""A new episode of the same kind and subject within so many days of the last one's end was not over."""

_OUTCOME: Final = (
    "CASE WHEN state = 'dismissed' THEN coalesce(dismissed_as, 'accepted')"
    " WHEN acknowledged_at IS NOT NULL OR owner IS NOT NULL"
    " OR (reason IS NOT NULL AND state IN ('resolved', 'closed')) THEN 'acted'"
    " WHEN recovered_at <= opened_at THEN 'recorded'"
    f" WHEN {LIVE} THEN 'untouched' ELSE 'alone' END"
)
_AT_ONCE: Final = 500
"""Rows that are read together: all of a year would be held twice, by row and by column."""
_LEFT_OUT: Final = ("candidate", "merged", "discarded")
_EPISODES: Final = (
    f"SELECT kind, coalesce(rule, 'not kept'), severity, {_OUTCOME}, {LIVE}, owner, opened_at, occurred_at,"
    f" acknowledged_at, responded_at, CASE WHEN NOT {LIVE} THEN coalesce(recovered_at, resolved_at, closed_at) END,"
    " flaps > 0, coalesce(opened_at - (SELECT coalesce(before.recovered_at, before.resolved_at, before.closed_at)"
    f" FROM deviation AS before WHERE before.id = deviation.previous_id) <= {AGAIN_DAYS * DAY}, 0), peak,"
    " (delay IS NOT NULL OR missing IS NOT NULL) AND coalesce(value_minor = 0, 0)"
    f" FROM deviation WHERE opened_at >= ? AND opened_at <= ? AND state NOT IN {_LEFT_OUT!r}"
)


class Instants:
    """Instants in UTC microseconds, None where nothing happened: eight bytes each, where a list needs forty."""

    _NEVER: Final = -(2**63)

    def __init__(self) -> None:
        self._instants = array("q")

    def __iter__(self) -> Iterator[int | None]:
        never = self._NEVER
        return (None if at == never else at for at in self._instants)

    def extend(self, values: Iterable[int | None]) -> None:
        """Add more of them."""
        self._instants.extend(self._NEVER if at is None else at for at in values)


class Words:
    """Texts of which there are a few, each kept once: SQLite makes one anew for each row."""

    def __init__(self) -> None:
        self._known: dict[str | None, str | None] = {}
        self._words: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        return iter(self._words)

    def extend(self, values: Sequence[str | None]) -> None:
        """Add more of them."""
        self._words.extend(map(self._known.setdefault, values, values))


class Episodes(NamedTuple):
    """The episodes of a period by column, all of one length: a year's are gone through a dozen times, and would be
    a hundred megabytes as rows."""

    kind: Iterable[str]
    rule: Iterable[str]
    severity: Iterable[str]
    outcome: Iterable[str]
    live: Sequence[int]
    owner: Iterable[str | None]
    opened_at: Sequence[int]
    occurred_at: Iterable[int | None]
    acknowledged_at: Iterable[int | None]
    started_at: Iterable[int | None]
    ended_at: Iterable[int | None]
    flapped: Sequence[int]
    again: Sequence[int]
    peak: Iterable[str | None]
    absorbed: Sequence[int]
    """Of a supply line, later or less than planned, and no customer order was hit: the slack took it up."""


Group = tuple[str, str]
"""A deviation kind and the layers of tolerance that let it open."""


class Table:
    """What became of the episodes of a period, and how long they lived, by group."""

    def __init__(self, episodes: Episodes) -> None:
        self.counts: dict[Group, Counter[str]] = defaultdict(Counter)
        """Episodes by what became of them; `open` counts the live ones among them."""
        rows = zip(episodes.kind, episodes.rule, episodes.outcome, episodes.live, strict=True)
        for (kind, rule, outcome, live), count in Counter(rows).items():
            self.counts[kind, rule][outcome] += count
            self.counts[kind, rule]["open"] += count * live
        self.lengths: dict[Group, array[int]] = defaultdict(lambda: array("q"))
        """Lengths of the ended episodes that had one."""
        ended = zip(episodes.kind, episodes.rule, episodes.outcome, episodes.opened_at, episodes.ended_at, strict=True)
        for kind, rule, outcome, start, end in ended:
            if end is not None and outcome != "recorded":
                self.lengths[kind, rule].append(max(0, end - start))

    def by_rule(self) -> list[dict[str, Any]]:
        """One row for each group, that with the most episodes first."""
        rows = ({"kind": group[0], "rule": group[1], **self._row([group])} for group in self.counts)
        return sorted(rows, key=lambda row: (-row["opened"], row["kind"], row["rule"]))

    def by_kind(self) -> list[dict[str, Any]]:
        """One row for each kind, that with the most episodes first."""
        kinds: dict[str, list[Group]] = defaultdict(list)
        for group in self.counts:
            kinds[group[0]].append(group)
        rows = ({"kind": kind, **self._row(groups)} for kind, groups in kinds.items())
        return sorted(rows, key=lambda row: (-row["opened"], row["kind"]))

    def total(self) -> dict[str, Any]:
        """One row for all of them."""
        return self._row(list(self.counts))

    def _row(self, groups: Sequence[Group]) -> dict[str, Any]:
        counts: Counter[str] = sum((self.counts[group] for group in groups), Counter())
        lengths = sorted(chain.from_iterable(self.lengths[group] for group in groups))
        return {
            "opened": sum(counts[name] for name in OUTCOMES),
            **{name: counts[name] for name in OUTCOMES},
            "open": counts["open"],
            "median_hours": round(statistics.median(lengths) / HOUR, 2) if lengths else None,
            "false_positive": share(sum(counts[name] for name in NOT_REAL), len(lengths)),
            "needless": share(sum(counts[name] for name in NEEDLESS), len(lengths)),
        }


def read(connection: sqlite3.Connection, since: int, now: int) -> Episodes:
    """The episodes that opened in [since, now]."""
    cursor = connection.execute(_EPISODES, (since, now))
    found = Episodes(
        kind=Words(), rule=Words(), severity=Words(), outcome=Words(), live=bytearray(), owner=Words(),
        opened_at=array("q"), occurred_at=Instants(), acknowledged_at=Instants(), started_at=Instants(),
        ended_at=Instants(), flapped=bytearray(), again=bytearray(), peak=Words(), absorbed=bytearray(),
    )  # fmt: skip
    columns: tuple[Any, ...] = found
    while rows := cursor.fetchmany(_AT_ONCE):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)
    return found


def left_out(connection: sqlite3.Connection, since: int, now: int) -> dict[str, int]:
    """How many rows of the period are in no figure, by state."""
    query = (
        f"SELECT state, count(*) FROM deviation WHERE detected_at BETWEEN ? AND ? AND state IN {_LEFT_OUT!r} GROUP BY 1"
    )
    return {**dict.fromkeys(_LEFT_OUT, 0), **dict(connection.execute(query, (since, now)).fetchall())}


def severities(episodes: Episodes) -> list[dict[str, Any]]:
    """Shares of the severities among what asked for something, beside the guidance."""
    counts: Counter[str] = Counter()
    for (severity, outcome), count in Counter(zip(episodes.severity, episodes.outcome, strict=True)).items():
        counts[severity] += count if outcome != "recorded" else 0
    named = {"low": SEVERITIES[:1], "medium": SEVERITIES[1:2], "high and critical": SEVERITIES[2:]}
    opened = {name: sum(counts[severity] for severity in members) for name, members in named.items()}
    return [
        {"severity": name, "opened": count, "share": share(count, counts.total()), "guidance": GUIDANCE[name]}
        for name, count in opened.items()
    ]


def shares(episodes: Episodes, table: Table) -> dict[str, Any]:
    """The period in a few shares; None where nothing could have been counted."""
    total = table.total()
    asked = sorted(
        (counts.total() - counts["open"] - counts["recorded"] for counts in table.counts.values()), reverse=True
    )
    taken_up = sum(absorbed and not live for absorbed, live in zip(episodes.absorbed, episodes.live, strict=True))
    return {
        "absorbed": share(taken_up, len(episodes.live) - sum(episodes.live)),
        "false_positive": total["false_positive"],
        "needless": total["needless"],
        "reopened": share(sum(episodes.flapped), total["opened"]),
        "again": share(sum(episodes.again), total["opened"]),
        "top_ten_rules": share(sum(asked[:10]), sum(asked)),
    }


def share(part: float, whole: float) -> float | None:
    """A share from 0 to 1 with four decimals; None of nothing."""
    return round(part / whole, 4) if whole else None
