"""What every reader of facts shares: the key of the work list, the case to judge, the desk's days, lists as parameters."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from engine.clock import instant_of, moment_of

FactsType = TypeVar("FactsType")


class Key(NamedTuple):
    """One row of the tables touched and wakeup."""

    type: str
    a: str
    b: str = ""


class Case(NamedTuple, Generic[FactsType]):
    """One subject to judge."""

    key: Key
    subject_type: str
    subject_id: str
    facts: FactsType


class Days:
    """The days of the desk's zone."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._starts: dict[int, int] = {}

    def start(self, instant: int) -> int:
        """The first instant of the day that holds `instant`."""
        found = self._starts.get(instant)
        if found is None:
            local = moment_of(instant).astimezone(self._zone)
            found = self._starts[instant] = self._midnight(local)
        return found

    def after(self, instant: int) -> int:
        """The first instant of the day after the one that holds `instant`."""
        return self._midnight(moment_of(instant).astimezone(self._zone) + timedelta(days=1))

    def _midnight(self, local: datetime) -> int:
        midnight = datetime(local.year, local.month, local.day, tzinfo=self._zone)
        return instant_of(midnight.astimezone(UTC))


def as_json(values: Iterable[object]) -> str:
    """A list as the one parameter of `json_each(?)`."""
    return json.dumps(list(values), ensure_ascii=False)
