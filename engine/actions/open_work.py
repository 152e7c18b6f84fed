"""The open actions of running responses as a scheduler sees them (engine.vocabulary.scheduling.OpenAction). Only
reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from sys import intern
from typing import Any, Final, NamedTuple

from engine.actions.needs import UNMET
from engine.storage.sqlite import sqlite3
from engine.storage.store import each_row
from engine.vocabulary.lifecycle import ACTION_CLOSED_STATES, ACTION_OPEN_STATES
from engine.vocabulary.scheduling import OpenAction
from engine.vocabulary.terms import PEOPLES, Terms

_RUNNING: Final = (
    "SELECT action.*, decide_by, need_at, exposure_minor, party, item, site FROM action"
    " JOIN response ON response.id = response_id JOIN deviation ON deviation.id = action.deviation_id"
    " WHERE response.state = 'running' ORDER BY response_id, position"
)


def read(connection: sqlite3.Connection, now: int) -> list[OpenAction]:
    """Every open action of a running response, by response and step."""
    return list(chain.from_iterable(by_response(connection, now)))


def by_response(connection: sqlite3.Connection, now: int) -> Iterator[list[OpenAction]]:
    """The open actions of one running response after the other, each by step.

    Their limit is the decide-by of the deviation, once that has passed the need time, and nothing where both have: what
    has passed cannot be met any more. Where neither is known the due time takes their place; what is not mandatory has
    no limit. Lateness weighs by the deviation's exposure in major units of the desk's currency, at least one cent.
    """
    for _, actions in groupby(each_row(connection, _RUNNING), itemgetter("response_id")):
        steps = {row["step"]: row for row in actions}
        shared = _shared(next(iter(steps.values())))
        yield [_action(row, steps, shared, now) for row in steps.values() if row["state"] in ACTION_OPEN_STATES]


class _Shared(NamedTuple):
    """What all actions of a response have in common, and hold once."""

    response: str
    scope: Mapping[str, str | None]


def _shared(row: Mapping[str, Any]) -> _Shared:
    scope = {name: None if row[name] is None else intern(row[name]) for name in ("party", "item", "site")}
    return _Shared(f"R{row['response_id']}", scope)


def _action(row: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]], shared: _Shared, now: int) -> OpenAction:
    terms = Terms.load(row["terms"])
    needed = [steps[step] for step in json.loads(row["needs"]) if step in steps]
    satisfied = ("done", *UNMET) if row["on_fail"] == "continue" else ACTION_CLOSED_STATES
    missing = [f"A{each['id']}" for each in needed if each["state"] not in satisfied]
    done = sum(each["state"] in satisfied for each in needed)
    attended = terms.kind in PEOPLES
    asks = row["assigned_at"] is not None or row["fixed"] == "asks"
    proposed = row["proposed_at"] if asks else None
    return OpenAction(
        # A few words stand in thousands of rows, and SQLite makes each anew.
        id=f"A{row['id']}",
        title=intern(row["title"]),
        owner=intern(row["owner"]),
        function=intern(row["function"]),
        state=intern(row["state"]),
        start_at=row["start_at"] if proposed is None else proposed,
        minutes=row["duration_minutes"] if attended else int(terms.effect.get("minutes") or row["duration_minutes"]),
        due_at=row["due_at"],
        needs=missing,
        join=None if terms.join is None else max(0, terms.join - done),
        home_at=row["home_at"] if proposed is None else row["start_at"],
        started_at=row["started_at"],
        waiting_until=row["waiting_until"],
        attended=attended,
        limit_at=_limit(row, now) if row["mandatory"] else None,
        weight=max(1, row["exposure_minor"]) / 100,
        asks=asks,
        stays=row["fixed"] == "stays",
        scope=shared.scope,
        response=shared.response,
    )


def _limit(row: Mapping[str, Any], now: int) -> int | None:
    limits: Sequence[int] = [row[name] for name in ("decide_by", "need_at") if row[name] is not None]
    return next((limit for limit in limits if limit > now), None) if limits else int(row["due_at"])
