"""What every reader of facts shares: the key of the work list, and the case to judge."""

from __future__ import annotations

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
