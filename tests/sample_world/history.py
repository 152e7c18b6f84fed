"""What the record systems remember when the desk is set up: the deliveries of the autumn, promised, announced,
received.

Suppliers differ: what one announces late comes late, what another announces late comes in time after all. From these
the desk learns how likely an announcement comes true.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from engine.values.clock import DAY, HOUR, MINUTE
from engine.vocabulary.model import PlanLine
from tests.sample_world import plan
from tests.sample_world.feeds import Message, say
from tests.sample_world.network import COMPONENTS, PLANT

SET_UP: Final = date(2026, 1, 19)
"""When the desk's file began."""
_FIRST_DELIVERIES: Final = date(2025, 9, 15)
_FORTNIGHTS: Final = 8
_ANSWER_DAYS: Final = 34
"""Days before the promise at which suppliers answer."""


class _Habit(NamedTuple):
    """How a supplier's deliveries go."""

    announces: float
    """Share that it announces late when it answers."""
    days: tuple[int, ...]
    """By how many."""
    comes_late: float
    """Share of the announced ones that do come late."""
    silent: float
    """Share of the others that come late without a word."""


_HABITS: Final = {
    "ACME": _Habit(0.6, (5, 9, 12), 0.8, 0.1),
    "FONDERIE": _Habit(0.5, (3, 4, 6), 0.6, 0.1),
    "STEELFORM": _Habit(0.2, (5,), 0.5, 0.3),
    "TENUTA": _Habit(0.3, (2, 4), 0.4, 0.1),
    "KNORD": _Habit(0.2, (3,), 0.3, 0.0),
    "YUEHAI": _Habit(0.7, (3, 6, 10), 0.9, 0.2),
    "BALTIC": _Habit(0.9, (2,), 0.1, 0.0),
    "PACKRIGHT": _Habit(0.2, (2,), 0.5, 0.0),
}


class _Delivery(NamedTuple):
    line: PlanLine
    announced_days: int
    late_days: int


def _deliveries() -> Iterator[_Delivery]:
    chance = random.Random(20250901)
    for fortnight in range(_FORTNIGHTS):
        for place, part in enumerate(COMPONENTS):
            habit = _HABITS[part.supplier]
            due = _FIRST_DELIVERIES + timedelta(weeks=2 * fortnight + place % 2, days=1 + place % 3)
            announced = chance.choice(habit.days) if chance.random() < habit.announces else 0
            late = chance.random() < (habit.comes_late if announced else habit.silent)
            sea = part.supplier == plan.SEA_FREIGHT
            ref = f"MAEU88141{50 + fortnight}" if sea else f"44{10 + fortnight}/{(place + 1) * 10}"
            yield _Delivery(plan.delivery(part, due, ref), announced, (announced or 2) if late else 0)


def lines(kind: str) -> list[PlanLine]:
    """The plan of that time, of one plan kind."""
    return [delivery.line for delivery in _deliveries() if delivery.line.kind == kind]


def messages() -> list[Message]:
    """Answers, of which some announce a later date, and receipts; in order of arrival."""
    found: list[Message] = []
    for number, (line, announced_days, late_days) in enumerate(_deliveries()):
        assert line.planned_at is not None
        common: dict[str, object] = {
            "order_kind": line.kind,
            "order_ref": line.ref,
            "item": line.item,
            "site": PLANT,
            "party": line.party,
        }
        common |= {"quantity": line.quantity, "uom": "EA"}
        if announced_days:
            said = line.planned_at - _ANSWER_DAYS * DAY + 10 * HOUR + number % 7 * MINUTE
            answer = {"document": "855", "line_status": "DR"}
            found.append(Message(said, "edi", say(
                f"855-{line.ref}", "confirmation", said, eta=line.planned_at + announced_days * DAY,
                payload=json.dumps(answer), **common,
            )))  # fmt: skip
        arrived = line.planned_at + late_days * DAY + 9 * HOUR + number % 50 * MINUTE
        found.append(Message(arrived + 25 * MINUTE, "erp", say(
            f"GR-{line.ref}", "receipt", arrived, recorded_at=arrived + 25 * MINUTE,
            payload=json.dumps({"movement": "101"}), **common,
        )))  # fmt: skip
    return sorted(found, key=lambda message: (message.at, message.source))
