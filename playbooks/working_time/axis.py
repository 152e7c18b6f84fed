"""One calendar's working time laid out once, so that work is placed by two searches instead of walking over days.
Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from engine.values.clock import MINUTE
from playbooks.working_time.calendars import WorkingTime
from playbooks.working_time.standing import Span


class Axis:
    """The spans of a working time from an instant on, read as far as they are asked for."""

    def __init__(self, working: WorkingTime, since: int) -> None:
        self._more = working.spans(since)
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._worked: list[int] = []
        """Working time from the first span to the end of each."""

    def place(self, begin: int, minutes: int) -> Span:
        """The span of so many minutes of work from `begin` on, or from the next working time; not before the axis
        begins.

        Raises BadInput where three years bring no working time.
        """
        while not self._ends or self._ends[-1] <= begin:
            self._extend()
        first = bisect_right(self._ends, begin)
        start = max(begin, self._begins[first])
        if minutes == 0:
            return Span(start, start)
        worked = self._worked[first] - (self._ends[first] - start) + minutes * MINUTE
        while self._worked[-1] < worked:
            self._extend()
        last = bisect_left(self._worked, worked, lo=first)
        return Span(start, self._ends[last] - (self._worked[last] - worked))

    def _extend(self) -> None:
        begin, end = next(self._more)
        before = self._worked[-1] if self._worked else 0
        self._begins.append(begin)
        self._ends.append(end)
        self._worked.append(before + end - begin)
