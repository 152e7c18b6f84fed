"""What every reader of facts shares: the key of the work list, the case to judge, lists as parameters."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

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


def as_json(values: Iterable[object]) -> str:
    """A list as the one parameter of `json_each(?)`."""
    return json.dumps(list(values), ensure_ascii=False)
