"""One deviation from its first signal to its review: the large housings of February, with all that a response can have.

A foundry's mould breaks, and its line would come too late for an order. Every function is asked at once; who does not
accept is passed over; those who do not sit at the desk answer by post. Finance approves air freight, it is booked, and
an hour later the mould is mended: the freight is called off, and what came of it all is written down.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from engine.desk import Desk
from engine.vocabulary.model import PlanLine
from tests.sample_world import plan
from tests.sample_world.feeds import Message, say
from tests.sample_world.post import Post

THURSDAY = date(2026, 2, 26)
FRIDAY = date(2026, 2, 27)
BROKEN = plan.at(THURSDAY, 14)
MENDED = plan.at(FRIDAY, 11, 5)

Does = Callable[[Desk, Post, str], object]
"""Gets the deviation's id."""


class Move(NamedTuple):
    """What somebody does about the deviation: when, by whom at the desk (or by post), and what."""

    at: int
    actor: str
    do: Does


def messages(line: PlanLine) -> Iterator[Message]:
    """The foundry's second answer, within tolerance of the plan."""
    assert line.planned_at is not None
    yield Message(MENDED, "edi", say(
        f"edi-{line.ref}-mended", "confirmation", MENDED, order_kind=line.kind, order_ref=line.ref,
        item=line.item, site=line.site, party=line.party, quantity=line.quantity, uom="EA",
        eta=plan.days_later(line.planned_at, 1), payload=json.dumps({"note": "mould welded over night"}),
    ))  # fmt: skip


def moves() -> Iterator[Move]:
    """What people did, in order of time."""
    yield from _find_out()
    yield from _decide_and_book()
    yield from _take_back()
    yield from _look_back()


def _find_out() -> Iterator[Move]:
    def at(hour: int, minute: int) -> int:
        return plan.at(THURSDAY, hour, minute)

    yield Move(at(14, 10), "ana", lambda desk, _, it: desk.ack([it], to="jan"))
    yield Move(at(14, 12), "ana", lambda desk, _, it: desk.respond([it], playbook="late-critical-part"))
    yield Move(at(14, 15), "ana", lambda desk, _, it: desk.start([action(desk, it, "stop-date")]))
    # Jan is on the road: half an hour later the desk lead has his call.
    said = "the mould for the large housing is broken; a new one takes three weeks"
    yield Move(at(14, 50), "ana", _done("escalate-supplier", said))
    yield Move(at(15, 5), "ana", _done("stop-date", "stock until Tuesday", ["line_stops_at=2026-03-04T05:00:00Z"]))
    yield Move(at(15, 20), "", _reply("quote-premium", "accepted"))
    yield Move(at(15, 40), "", _reply("resequence", "started"))
    yield Move(at(16, 10), "jan", _done("find-elsewhere", "nobody else has a mould, and no site of ours has any left"))
    said = "this housing has no alternate"
    yield Move(at(16, 20), "henk", lambda desk, _, it: desk.skip([action(desk, it, "release-alternate")], reason=said))
    yield Move(
        at(16, 45), "", _reply("quote-premium", "done", reason="by air instead of by road: six days less, 8,775 EUR")
    )


def _decide_and_book() -> Iterator[Move]:
    def at(hour: int, minute: int) -> int:
        return plan.at(FRIDAY, hour, minute)

    yield Move(at(7, 10), "", _reply("resequence", "done", reason="two days of small pumps can go first, no more"))
    yes = "less than the penalty for the building site"
    yield Move(at(9, 20), "ines", lambda desk, _, it: desk.approve([action(desk, it, "decide")], reason=yes))
    why = "the building site cannot wait, two days of other pumps are not enough, and a second source has no mould"
    yield Move(
        at(9, 30), "jan", lambda desk, _, it: desk.decide([action(desk, it, "decide")], option="air", reason=why)
    )
    number = '{"tracking_number": "057-70815"}'
    yield Move(at(10, 15), "", _reply("carry-out", "done", reason="space is booked", answers=number))


def _take_back() -> Iterator[Move]:
    """After the foundry's good news, with which everything that is open or can be taken back is offered."""

    def at(hour: int, minute: int) -> int:
        return plan.at(FRIDAY, hour, minute)

    why = "the foundry delivers in time after all"
    yield Move(at(11, 20), "jan", lambda desk, _, it: desk.reverse([action(desk, it, "carry-out")], reason=why))
    yield Move(at(11, 25), "jan", lambda desk, _, it: desk.cancel(_of_customers(desk, it), reason=why))
    yield Move(at(12, 10), "", _reply("call-off", "done", reason="called off for 180 EUR"))
    yield Move(at(15, 40), "jan", _done("prevent", "the mould was due for repair; a second one is cast by 30 April"))
    yield Move(at(16, 0), "ana", _resolve)


def _resolve(desk: Desk, _: Post, deviation: str) -> object:
    return desk.resolve(
        [deviation],
        reason="the mould was welded over night",
        outcome="the line did not stop; the freight was called off an hour after it was booked",
        cost="180",
    )


def _look_back() -> Iterator[Move]:
    wednesday = date(2026, 3, 4)
    said = "ask for a repair before a flight is booked; moulds get a date of repair in the frame contract"
    yield Move(plan.at(wednesday, 14, 30), "jan", _done("review", said))
    yield Move(plan.at(wednesday, 15), "ana", lambda desk, _, it: desk.close([it], reason="reviewed"))


def action(desk: Desk, deviation: str, step: str) -> str:
    """The id of the action of a step of the deviation's response."""
    return next(str(item["id"]) for item in _actions(desk, deviation) if item["step"] == step)


def _of_customers(desk: Desk, deviation: str) -> list[str]:
    """The actions that tell customers, of which there is one for each."""
    return [str(item["id"]) for item in _actions(desk, deviation) if item["step"].startswith("tell-accounts")]


def _actions(desk: Desk, deviation: str) -> Sequence[dict[str, Any]]:
    return desk.actions([f"deviation={deviation}"], all=True, limit=None).items


def _done(step: str, reason: str, answers: Sequence[str] = ()) -> Does:
    return lambda desk, _, it: desk.done([action(desk, it, step)], reason=reason, answers=answers)


def _reply(step: str, word: str, **said: str) -> Does:
    return lambda desk, post, it: post.reply(action(desk, it, step), word, **said)
