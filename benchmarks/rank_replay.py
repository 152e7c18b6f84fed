"""Whether the queue's order is worth following: the same weeks worked through in it and in four other orders.

Two worlds. In the SCMS history a deviation is a line that had not arrived 30, 14 or 7 days before the end of its
scheduled day (by its id); its value is the line's, its likelihood is learned from the lines that arrived until the end
of 2010, the fastest remedy is the product's default of three days; 2011 and 2012 are judged. In the sample world the
network of sample.db gets orders, announcements and receipts from a seed, and the product opens, weighs and ranks the
deviations itself. `rank_halving` is how rank.HALVING was chosen: on 2009 and 2010, and on other seeds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks import likelihood, replay, replay_sample
from benchmarks.harness import Result
from benchmarks.likelihood import Delivery, Known, year
from benchmarks.replay import ORDERS, Standing, World
from engine.ranking.likelihood import landmark
from engine.values.clock import DAY, HOUR

_POINTS: Final = (30, 14, 7)
"""The observation points of benchmarks.likelihood at which there is time left to decide."""
_REMEDY_DAYS: Final = 3
"""The default of late_supply."""
_LOADS: Final = (("overloaded", 1), ("balanced", 2), ("easy", 3))


def study() -> Iterator[Result]:
    """The share of the best possible that each order avoids, for one, two and three deviations a day."""
    lines = likelihood.deliveries()
    known = likelihood.knowledge(lines)[year(2011)]
    yield from _compared("SCMS 2011-2012", scms(lines, known, 2011, 2012))
    yield from _compared("sample world", replay_sample.world(seed=2026))


def halving() -> Iterator[Result]:
    """The mean share of the best possible by halving time, over the worlds that the order may be chosen on."""
    lines = likelihood.deliveries()
    known = likelihood.knowledge(lines)
    worlds = [scms(lines, known[year(number)], number, number) for number in (2009, 2010)]
    worlds += [replay_sample.world(seed) for seed in range(1, 6)]
    best = [(world, a_day, replay.best_possible(world, a_day)) for world in worlds for _, a_day in _LOADS]
    for hours in (12, 18, 24, 30, 36, 42, 48, 60, 72, 96):
        shares = [
            replay.avoided(replay.ranked_by(world, hours * HOUR), a_day, None) / most for world, a_day, most in best
        ]
        mean = sum(shares) / len(shares)
        yield Result(
            f"rank_halving, {hours} hours", round(mean, 4), "mean share of the best possible", None, None, None,
            "the largest is rank.HALVING", None, len(shares),
        )  # fmt: skip


def scms(lines: Sequence[Delivery], known: Known, first: int, last: int) -> World:
    """Some years of the history as they looked each morning."""
    opened: dict[int, list[Delivery]] = defaultdict(list)
    for line in lines:
        seen = line.until - _POINTS[int(line.ref) % len(_POINTS)] * DAY
        if year(first) <= line.until - DAY < year(last + 1) and line.arrived > seen:
            opened[seen].append(line)
    mornings = []
    waiting: list[tuple[int, Delivery]] = []
    for now in replay.days(min(opened), max(line.until for lines in opened.values() for line in lines)):
        waiting = [(seen, line) for seen, line in waiting if line.arrived > now]
        waiting += [(now, line) for line in opened.get(now, ())]
        standing = [_standing(seen, line, now, known) for seen, line in waiting]
        mornings.append((now, replay.ranked(standing, now)))
    return World(mornings, frozenset(int(line.ref) for line in lines if line.late))


def _standing(seen: int, line: Delivery, now: int, known: Known) -> Standing:
    days = (line.until - now) / DAY
    share = known.share(line.groups, landmark(days)) if days > 0 else 1.0
    return Standing(
        id=int(line.ref),
        opened=seen,
        decide_by=line.until - DAY - _REMEDY_DAYS * DAY,
        value=line.value_minor,
        exposure=round(line.value_minor * share),
        days_late=-days,
        remedy_days=_REMEDY_DAYS,
    )


def _compared(name: str, world: World) -> Iterator[Result]:
    deviations = len({each.id for _, standing in world.mornings for each in standing})
    for load, a_day in _LOADS:
        best = replay.best_possible(world, a_day)
        ours = replay.avoided(world, a_day, None) / best
        others = {other: replay.avoided(world, a_day, order) / best for other, order in ORDERS.items()}
        knowing = {
            f"{other}, passed ones last": replay.avoided(world, a_day, order, passed_last=True) / best
            for other, order in ORDERS.items()
        }
        label = f"rank_replay, {name}, {load} ({a_day} a day)"
        first = max(others, key=lambda other: others[other])
        yield Result(
            label, round(ours, 4), "share of the best possible", first, round(others[first], 4),
            round(ours / others[first], 4), "the best of the four, to a thousandth", ours > others[first] - 0.001, deviations,
        )  # fmt: skip
        for other, share in {**others, **knowing}.items():
            yield Result(
                f"{label}: {other}", round(share, 4), "share of the best possible", "offplan", round(ours, 4),
                round(share / ours, 4), "ratio <= 1.001", share <= ours + 0.001, deviations,
            )  # fmt: skip
