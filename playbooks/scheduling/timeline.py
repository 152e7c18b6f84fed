"""Capacity over time, packed: when enough of several resources is free together for long enough.

Time is cut into slots. A slot holds one lane of bits for each resource, with the free capacity in it and a guard bit on
top; all slots stand side by side in one integer. One subtraction then compares a demand with every slot at once: where
the guard bit survives, there is enough. Slots are working time: what a slot means on the clock is its Axis'. Pure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol


class Axis(Protocol):
    """What slots of working time mean on the clock, in ticks of the caller's choice."""

    def slot_at(self, tick: int) -> int:
        """The first slot that begins at `tick` or later."""

    def begin(self, slot: int) -> int:
        """The tick at which a slot begins."""

    def end(self, slot: int) -> int:
        """The tick at which a slot ends."""


class Forward(Axis, Protocol):
    """An axis on which time runs forward."""

    def mirrored(self, slots: int) -> Axis:
        """Its first `slots` slots with time running backwards: ticks change their sign."""


class Continuous:
    """Work goes on without a break: one tick a slot, from tick `origin` on."""

    def __init__(self, origin: int = 0) -> None:
        self._origin = origin

    def slot_at(self, tick: int) -> int:
        return max(0, tick - self._origin)

    def begin(self, slot: int) -> int:
        return self._origin + slot

    def end(self, slot: int) -> int:
        return self._origin + slot + 1

    def mirrored(self, slots: int) -> Axis:
        return Continuous(-(self._origin + slots))


class Broken:
    """Working time with breaks: slots that have a begin and an end of their own, read from `slots` as far as needed."""

    def __init__(self, slots: Iterable[tuple[int, int]]) -> None:
        """`slots` are begins and ends in order, without overlap, and without an end of their own."""
        self._more = iter(slots)
        self._begins: list[int] = []
        self._ends: list[int] = []

    def slot_at(self, tick: int) -> int:
        while not self._begins or self._begins[-1] < tick:
            self._extend()
        return bisect_left(self._begins, tick)

    def begin(self, slot: int) -> int:
        self._reach(slot)
        return self._begins[slot]

    def end(self, slot: int) -> int:
        self._reach(slot)
        return self._ends[slot]

    def mirrored(self, slots: int) -> Axis:
        self._reach(slots - 1)
        return _Mirrored(self._begins, self._ends, slots)

    def _reach(self, slot: int) -> None:
        while len(self._begins) <= slot:
            self._extend()

    def _extend(self) -> None:
        begin, end = next(self._more)
        self._begins.append(begin)
        self._ends.append(end)


class _Mirrored:
    """The first slots of an axis backwards: looked up in it, since an axis is laid out once for many timelines."""

    def __init__(self, begins: Sequence[int], ends: Sequence[int], slots: int) -> None:
        self._begins, self._ends, self._slots = begins, ends, slots

    def slot_at(self, tick: int) -> int:
        """Before the first slot there is none: what is asked for there is out of every timeline's reach."""
        return self._slots - bisect_right(self._ends, -tick, hi=self._slots)

    def begin(self, slot: int) -> int:
        return -self._ends[self._slots - 1 - slot]

    def end(self, slot: int) -> int:
        return -self._begins[self._slots - 1 - slot]


class Demand(NamedTuple):
    """What one activity asks of a timeline, ready to be compared and taken."""

    length: int
    everywhere: int
    """Its units in every slot."""
    block: int
    """Its units in the first `length` slots."""
    spreads: tuple[int, ...]
    """Shifts that leave only the slots from which `length` free ones follow."""


class Timeline:
    """The slots of resources that are used together: their capacities, and how demands are packed."""

    def __init__(self, capacities: Sequence[int], slots: int) -> None:
        """`capacities` in whole units, at most 2**20 each; `slots` is how far it reaches."""
        self.slots = slots
        lane = max(capacity.bit_length() for capacity in capacities) + 1
        self._lane = lane
        self.width = lane * len(capacities)
        """Bits of a slot."""
        self._ones = _repeated(1, self.width, slots)
        self._guards = self._ones * self._packed([1 << (lane - 1)] * len(capacities))
        self._lowest = self._ones << (lane - 1)
        self._folds = _folds(len(capacities), lane)
        self.free = self._ones * self._packed(capacities)
        """The state in which nothing is taken; states are plain integers."""

    def demand(self, units: Sequence[int], length: int) -> Demand:
        """`units` of each resource for `length` slots in a row."""
        packed = self._packed(units)
        spreads, reach = [], 1
        while reach < length:
            step = min(reach, length - reach)
            spreads.append(step * self.width)
            reach += step
        return Demand(length, packed * self._ones, packed * _repeated(1, self.width, length), tuple(spreads))

    def earliest(self, free: int, demand: Demand, slot: int) -> int | None:
        """The first slot from `slot` on at which the demand fits whole; None: not on this timeline."""
        if not demand.length:
            return slot
        fits = ((free | self._guards) - demand.everywhere) & self._guards
        for fold in self._folds:
            fits &= fits >> fold
        fits &= self._lowest
        for spread in demand.spreads:
            fits &= fits >> spread
        fits >>= slot * self.width
        if not fits:
            return None
        return slot + ((fits & -fits).bit_length() - 1) // self.width

    def take(self, free: int, demand: Demand, slot: int) -> int:
        """The state after the demand is served from `slot` on."""
        return free - (demand.block << (slot * self.width))

    def without(self, free: int, units: Sequence[int], runs: Iterable[tuple[int, int]]) -> int:
        """The state without so many units of each resource in runs of slots [begin, end), which are in order.

        Written as digits and read once: each run by itself would be arithmetic over the whole timeline.
        """
        idle, taken = "0" * self.width, format(self._packed(units), f"0{self.width}b")
        digits, reached = [], 0
        for begin, end in runs:
            if begin >= self.slots:
                break
            last = min(end, self.slots)
            digits += [idle * (begin - reached), taken * (last - begin)]
            reached = last
        # The first slot has the lowest bits.
        return free - int("".join(reversed(digits)) or "0", 2)

    def _packed(self, units: Sequence[int]) -> int:
        return sum(unit << (self._lane * place) for place, unit in enumerate(units))


def _repeated(pattern: int, width: int, times: int) -> int:
    """`pattern` side by side, by doubling: what a sum over the slots would take long for."""
    value, have = 0, 0
    piece, size = pattern, 1
    while times:
        if times & 1:
            value |= piece << (have * width)
            have += size
        piece |= piece << (size * width)
        size *= 2
        times >>= 1
    return value


def _folds(lanes: int, lane: int) -> tuple[int, ...]:
    """Shifts after which a slot's lowest guard bit says that all its guard bits are set."""
    folds, reach = [], 1
    while reach < lanes:
        step = min(reach, lanes - reach)
        folds.append(step * lane)
        reach += step
    return tuple(folds)
