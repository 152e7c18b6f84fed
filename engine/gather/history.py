"""Facts of subjects as they stood at earlier instants, for what is judged by the count of its statements
(engine.facts.runs).

The instants are those at which something was said about the subject itself, whatever came in the same batch; milestones
and notes say nothing that a detector measures, and what its source took back by now was never said. The plan is the
present one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from engine.facts.event_facts import of_line
from engine.facts.fold import Statement, event_of
from engine.gather import corrections, items, orders
from engine.gather.cases import Case, Key
from engine.gather.events import EventReader
from engine.gather.stock import StockReader
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.days import Days

_SAYS_NOTHING: Final = ("milestone", "note")
_INSTANTS: Final = (
    "SELECT DISTINCT signal.item, signal.site, signal.as_of FROM (SELECT json_extract(value, '$[0]') AS item,"
    " json_extract(value, '$[1]') AS site FROM json_each(:places)) AS wanted CROSS JOIN signal ON signal.item = wanted.item"
    " AND signal.site = wanted.site WHERE signal.order_ref IS NULL AND signal.as_of <= :now"
    f" AND signal.kind NOT IN ('milestone', 'note') AND {corrections.stands('signal')} ORDER BY signal.as_of DESC"
)


class History(Protocol):
    """What was known about some subjects, by instant."""

    def instants(self, key: Key, subject_type: str) -> Sequence[int]:
        """When something was said about a subject that is known by now, the latest first."""

    def cases(self, at: int, keys: Sequence[Key]) -> Iterator[Case[Any]]:
        """The cases of some subjects as they stood at an instant."""


class OrderHistory:
    """Earlier facts of the lines of some order references."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        keys: Sequence[Key],
        now: int,
        days: Days,
        records: Mapping[str, items.Item],
    ) -> None:
        self._chunk = orders.read(connection, [key.a for key in keys], now)
        self._now, self._days, self._records = now, days, records

    def instants(self, key: Key, subject_type: str) -> Sequence[int]:
        said = (
            each.as_of
            for each in self._chunk.statements.get(key.a, ())
            if each.as_of <= self._now and each.order_kind in (None, subject_type) and self._counts(each)
        )
        return sorted(set(said), reverse=True)

    def _counts(self, said: Statement) -> bool:
        return said.kind not in _SAYS_NOTHING

    def cases(self, at: int, keys: Sequence[Key]) -> Iterator[Case[Any]]:
        lines = {key.a: self._chunk.lines.get(key.a, ()) for key in keys}
        return orders.line_cases(self._chunk._replace(lines=lines), at, self._days, self._records)


class OrderEventHistory(OrderHistory):
    """Earlier events of the lines of some order references."""

    def _counts(self, said: Statement) -> bool:
        return event_of(said) is not None

    def cases(self, at: int, keys: Sequence[Key]) -> Iterator[Case[Any]]:
        for case in super().cases(at, keys):
            yield case._replace(facts=of_line(case.facts))


class PlaceHistory:
    """Earlier facts of items at sites."""

    def __init__(self, connection: sqlite3.Connection, keys: Sequence[Key], now: int, days: Days) -> None:
        self._connection, self._days = connection, days
        self._said: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._now = now
        wanted = {"places": as_json((key.a, key.b) for key in keys), "now": now}
        for item, site, at in connection.execute(_INSTANTS, wanted):
            self._said[item, site].append(at)

    def instants(self, key: Key, subject_type: str) -> Sequence[int]:
        return self._said.get((key.a, key.b), ())

    def cases(self, at: int, keys: Sequence[Key]) -> Iterator[Case[Any]]:
        return StockReader(self._connection, [(key.a, key.b) for key in keys], at, self._days, self._now).cases()


class EventHistory:
    """Earlier facts of what events are about that name no order."""

    def __init__(self, connection: sqlite3.Connection, keys: Sequence[Key], now: int) -> None:
        self._reader, self._now = EventReader(connection, keys, now), now

    def instants(self, key: Key, subject_type: str) -> Sequence[int]:
        return self._reader.instants(key, self._now)

    def cases(self, at: int, keys: Sequence[Key]) -> Iterator[Case[Any]]:
        return self._reader.cases(keys, at)
