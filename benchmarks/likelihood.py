"""How well the desk's own history foretells which lines come late, on deliveries that it has never seen.

The data is the SCMS delivery history: one row a delivered line, with no date announced in between. So a line is judged
at an observation point: so many days before its scheduled date, if it had not arrived by then. The product learns from
the receipts of the file through its own doors and answers by engine.ranking.outcomes.
"""

from __future__ import annotations

import csv
import functools
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.harness import ROOT, Result, Unavailable
from connectors.files import reading
from connectors.settings import settings_file
from engine.desk import Desk
from engine.ranking.likelihood import LANDMARKS, OPEN, WINDOW_DAYS, Groups, landmark
from engine.ranking.outcomes import Estimate, History
from engine.storage.store import Store
from engine.values.clock import DAY, FixedClock, instant_of

FILE: Final = ROOT.parent / "shared" / "data" / "scms_delivery_history" / "dev_scheduled_2006_2012.csv"
POINTS: Final = (30, 14, 7, 3, 1)
"""Observation points: days before the end of the scheduled day."""
_MONTH: Final = 30 * DAY


class Delivery(NamedTuple):
    """One line of the file; `groups` are supplier, lane and mode as the product keeps them."""

    ref: str
    groups: tuple[str, str, str]
    until: int
    """The end of the scheduled day."""
    arrived: int
    value_minor: int

    @property
    def late(self) -> bool:
        return self.arrived >= self.until


def deliveries() -> list[Delivery]:
    """The lines of the file. Raises Unavailable where the data is not beside the checkout."""
    if not FILE.is_file():
        raise Unavailable("needs scms_delivery_history in shared/data beside the checkout")
    with FILE.open(encoding="utf-8", newline="") as handle:
        return [
            Delivery(
                ref=row["ID"],
                groups=(row["Vendor"], f">{row['Country']}", row["Shipment Mode"].replace("N/A", "")),
                until=_day(row["Scheduled Delivery Date"]) + DAY,
                arrived=_day(row["Delivered to Client Date"]),
                value_minor=round(float(row["Line Item Value"]) * 100),
            )
            for row in csv.DictReader(handle)
        ]


def _day(text: str) -> int:
    return instant_of(datetime.strptime(text, "%d-%b-%y").replace(tzinfo=UTC))


def year(number: int) -> int:
    """The first instant of a year."""
    return instant_of(datetime(number, 1, 1, tzinfo=UTC))


def replay(folder: Path, instants: Sequence[int]) -> Iterator[Store]:
    """A desk that is handed the whole file and lives through it: at each instant it knows what had been recorded by
    then."""
    known = settings_file.load(ROOT / "docs" / "examples" / "scms.toml")
    clock = FixedClock(year(2006))
    store = Store.open(folder / "scms.db", create=True)
    try:
        desk = Desk(store, clock, actor="bench")
        desk.configure(known.desk_settings())
        plan = reading.plan_rows(FILE, known, "purchase_order", mapping="scms_plan")
        desk.load(plan, kind="purchase_order", scope="scms", file=FILE.name)
        desk.take_all(reading.signal_batches(FILE, known, "command", mapping="scms_delivered"))
        for instant in instants:
            clock.set(instant)
            desk.tick()
            yield store
    finally:
        store.close()


def study() -> Iterator[Result]:
    """AUC and Brier score of later years, by what had arrived before them and by what was known each month.

    The years up to 2010 chose window, levels and their order (engine.ranking.likelihood); 2011 and 2012 are judged
    once.
    """
    lines = deliveries()
    known = knowledge(lines)
    headline = _guesses(known, lines, 2011, 2012, POINTS, frozen=True)
    yield _against("likelihood", headline, "the base rate", [guess.base for guess in headline])
    yield from _levels(known, lines)
    for first, last in ((2009, 2009), (2010, 2010), (2011, 2012)):
        for frozen in (True, False):
            yield from _judged(known, lines, first, last, frozen=frozen)


_LEVELS: Final = (
    ("supplier, lane, mode", (0, 1, 2)),
    ("lane, supplier, mode", (1, 0, 2)),
    ("mode, lane, supplier", (2, 1, 0)),
)
"""Orders of the levels below "all"; the first is the product's."""


def _levels(known: Mapping[int, Known], lines: Sequence[Delivery]) -> Iterator[Result]:
    """How the order of the levels was chosen: 2009 and 2010 by what was known each month, all points."""
    scores = {}
    for name, order in _LEVELS:
        shares, late = [], []
        for line, days, now in _seen(lines, 2009, 2010, POINTS, frozen=False):
            shares.append(known[now].by_levels(line, days, order))
            late.append(line.late)
        scores[name] = brier(shares, late)
        yield Result(
            f"likelihood, levels {name}, judged 2009-2010", round(scores[name], 4), "Brier score", _LEVELS[0][0],
            round(scores[_LEVELS[0][0]], 4), round(scores[name] / scores[_LEVELS[0][0]], 3), "the smallest is the product's",
            scores[name] >= scores[_LEVELS[0][0]], len(late),
        )  # fmt: skip


def knowledge(lines: Sequence[Delivery]) -> dict[int, Known]:
    """What the desk knew at the start of each year and each month (of 30 days), by that instant."""
    months = range(year(2008) // _MONTH * _MONTH - _MONTH, year(2013), _MONTH)
    instants = sorted({*months, *(year(number) for number in range(2008, 2013))})
    with tempfile.TemporaryDirectory() as folder:
        stores = replay(Path(folder), instants)
        return {now: Known(store, lines, now) for now, store in zip(instants, stores, strict=True)}


class _Guess(NamedTuple):
    share: float
    ungrouped: float
    """By the days to go alone, without supplier, lane and mode."""
    base: float
    """The share of all lines that had arrived in the same half year, however many days before."""
    late: bool


class Known:
    """What the desk knew at one instant, and the base rate of the same lines."""

    def __init__(self, store: Store, lines: Sequence[Delivery], now: int) -> None:
        self._now, self._history = now, History(store.connection, now)
        window = [line.late for line in lines if now - WINDOW_DAYS * DAY <= line.arrived < now]
        self._base = sum(window) / len(window) if window else 0.0
        self._cells = store.connection.execute(
            "SELECT party, lane, mode, standing, sum(lines), sum(lines * late) FROM outcome_count WHERE period BETWEEN ? AND ?"
            " GROUP BY party, lane, mode, standing",
            (now // _MONTH - WINDOW_DAYS * DAY // _MONTH, now // _MONTH),
        ).fetchall()
        self._by_levels: dict[tuple[int, tuple[int, ...]], Groups] = {}
        self.estimate(("", "", ""), 1)  # The history is read at its first question: now, while the desk stands here.

    def estimate(self, groups: tuple[str, str, str], days: float) -> Estimate:
        return self._history.of(groups, self._now + round(days * DAY))

    def by_levels(self, line: Delivery, days: int, order: tuple[int, ...]) -> float:
        """The estimate with the levels in another order."""
        place = landmark(days)
        if (place, order) not in self._by_levels:
            self._by_levels[place, order] = Groups(
                ([groups[level] for level in order], count, late)
                for *groups, standing, count, late in self._cells
                if standing[place] == OPEN and count
            )
        return self._by_levels[place, order].estimate([line.groups[level] for level in order])[-1].share

    @functools.cache  # noqa: B019 - there are few of these, and they live as long as the run
    def share(self, groups: tuple[str, str, str], place: int) -> float:
        """The estimate at a place of LANDMARKS."""
        return self.estimate(groups, LANDMARKS[place]).value

    def guess(self, line: Delivery, days: int) -> _Guess:
        estimate = self.estimate(line.groups, days)
        alone = next((term.value for term in estimate.terms if term.name == "share of all"), estimate.value)
        return _Guess(estimate.value, float(alone or 0.0), self._base, line.late)


def _seen(
    lines: Sequence[Delivery], first: int, last: int, points: Sequence[int], *, frozen: bool
) -> Iterator[tuple[Delivery, int, int]]:
    """Every line of some years that had not arrived at an observation point, the point, and the instant of what was
    known."""
    for days in points:
        for line in lines:
            seen = line.until - days * DAY
            if year(first) <= line.until - DAY < year(last + 1) and line.arrived >= seen:
                yield line, days, year(first) if frozen else seen // _MONTH * _MONTH


def _guesses(
    known: Mapping[int, Known], lines: Sequence[Delivery], first: int, last: int, points: Sequence[int], *, frozen: bool
) -> list[_Guess]:
    """What was foretold of them."""
    return [known[now].guess(line, days) for line, days, now in _seen(lines, first, last, points, frozen=frozen)]


def _judged(
    known: Mapping[int, Known], lines: Sequence[Delivery], first: int, last: int, *, frozen: bool
) -> Iterator[Result]:
    """Results for each observation point and for all; the table of reliability goes to stderr."""
    name = f"likelihood, learned to {'the month' if not frozen else first - 1}, judged {first}"
    name += f"-{last}" if last > first else ""
    for days in POINTS:
        yield from _scores(f"{name}, {days} days before", _guesses(known, lines, first, last, [days], frozen=frozen))
    pooled = _guesses(known, lines, first, last, POINTS, frozen=frozen)
    yield from _scores(f"{name}, all points", pooled)
    _print_reliability(name, pooled)


def _scores(name: str, guesses: Sequence[_Guess]) -> Iterator[Result]:
    found = auc([guess.share for guess in guesses], [guess.late for guess in guesses])
    yield Result(
        name, round(found, 3), "AUC", "chance", 0.5, round(found / 0.5, 3), "above 0.5", found > 0.5, len(guesses)
    )
    yield _against(name, guesses, "the base rate", [guess.base for guess in guesses])
    yield _against(name, guesses, "days to go alone, no covariates", [guess.ungrouped for guess in guesses])


def _against(name: str, guesses: Sequence[_Guess], floor_name: str, shares: Sequence[float]) -> Result:
    late = [guess.late for guess in guesses]
    mine, floor = brier([guess.share for guess in guesses], late), brier(shares, late)
    return Result(
        name, round(mine, 4), "Brier score", floor_name, round(floor, 4), round(mine / floor, 3), "ratio < 1",
        mine < floor, len(late),
    )  # fmt: skip


def brier(shares: Sequence[float], late: Sequence[bool]) -> float:
    """Mean squared distance of a foretold share from what came (Brier 1950)."""
    return sum((share - came) ** 2 for share, came in zip(shares, late, strict=True)) / len(late)


def auc(shares: Sequence[float], late: Sequence[bool]) -> float:
    """How often a late line has the larger share than one in time, ties counted half (Mann-Whitney)."""
    ordered = sorted(zip(shares, late, strict=True))
    ranks = place = 0.0
    for _, group in groupby(ordered, key=lambda pair: pair[0]):
        ties = [came for _, came in group]
        ranks += sum(ties) * (place + (len(ties) + 1) / 2)
        place += len(ties)
    missed = sum(late)
    return (ranks - missed * (missed + 1) / 2) / (missed * (len(late) - missed))


def _print_reliability(name: str, guesses: Sequence[_Guess]) -> None:
    """Ten equal parts by foretold share: what was foretold, what came."""
    print(f"  {name}: foretold, came late, lines", file=sys.stderr)
    ordered = sorted(guesses)
    for part in range(10):
        found = ordered[len(ordered) * part // 10 : len(ordered) * (part + 1) // 10]
        foretold = sum(guess.share for guess in found) / len(found)
        came = sum(guess.late for guess in found) / len(found)
        print(f"    {foretold:6.3f} {came:6.3f} {len(found):5d}", file=sys.stderr)
