"""A colleague in the demo: Jan, at a desk of his own on the same file, answers the first disruption as it comes.

Real commands through a real second Desk, so that a person sees what working side by side is like: a row that somebody
takes, a response that appears with owners and dates, a step that begins. Where the person was faster, he leaves it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import SECOND, Clock
from engine.values.errors import OffplanError
from engine.vocabulary.planning import Planner


class Answer(NamedTuple):
    """One command of the colleague."""

    seconds: float
    """After the start of the demo."""
    verb: str
    """ack, respond, or start: the first step that is ready."""
    kind: str
    subject: str


COLLEAGUE: Final = "jan"
ANSWERS: Final = (
    Answer(20, "ack", "late_supply", "4694/10"),
    Answer(29, "respond", "late_supply", "4694/10"),
    Answer(41, "start", "late_supply", "4694/10"),
)


def work(
    database: Path, clock: Clock, planner: Planner, stop: threading.Event, answers: Sequence[Answer] = ANSWERS
) -> None:
    """Give each command at its time on `clock`, until `stop`; what cannot be done any more is left."""
    began = clock.now()
    store = Store.open(database)
    try:
        desk = Desk(store, clock, actor=COLLEAGUE, planner=planner)
        for answer in answers:
            wait = began + int(answer.seconds * SECOND) - clock.now()
            if stop.wait(max(0, wait) / SECOND):
                return
            try:
                give(desk, answer)
            except OffplanError:
                # The person at the screen was faster, or has another view of it.
                continue
    finally:
        store.close()


def give(desk: Desk, answer: Answer) -> None:
    """Carry out one command, if what it is about stands in the queue. Raises OffplanError as the desk does."""
    found = desk.deviations([f"kind={answer.kind}", f"subject={answer.subject}"]).items
    if not found:
        return
    deviation = str(found[0]["id"])
    if answer.verb == "ack":
        desk.ack([deviation])
    elif answer.verb == "respond":
        desk.respond([deviation])
    else:
        ready = [action["id"] for action in desk.show(deviation)["actions"] if action["state"] == "ready"]
        desk.start(ready[:1])
