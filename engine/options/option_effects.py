"""What an option does to a need: which arrivals it changes or adds, by its kind and its own data.

Days count from the decision where something new comes (alternate, transfer, substitute), and are days gained where what
is on its way comes sooner (expedite, split) or is waited for longer (resequence). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.flow.overlay import Arrival, Need, delayed_use, missed
from engine.gather.served import Subject
from engine.options.reallocation import Shares
from engine.values.clock import DAY

KINDS: Final[Mapping[str, str]] = {
    "nothing": "everything comes as it is expected now",
    "expedite": "what is late comes so many days sooner, all of it unless a quantity says how much",
    "split": "a part of what is late comes so many days sooner, the rest as expected",
    "alternate": "another supplier delivers so many days from now",
    "transfer": "another site of ours sends what it has free; it is there so many days from now",
    "substitute": "another item takes its place, as far as it is free here, so many days from now",
    "resequence": "production orders that wait for it run so many days later, others before them",
    "reallocate": "what is there and what comes is shared out anew, to the orders for which it is worth most",
    "repromise": "the customers that are hit are promised the date that can be held, which a share of them accepts",
}
"""What can be chosen in a decision, `nothing` always being one."""
NEW: Final = ("alternate", "transfer", "substitute")
"""Kinds that bring supply which was not on its way."""
SOONER: Final = ("expedite", "split")


class Effect(NamedTuple):
    """What one option does."""

    need: Need
    arrivals: Sequence[Arrival]
    quantity: float | None
    """How much it moves or brings; None: it moves nothing."""
    arrives_at: int | None
    """When the first of that is there."""
    keeps: float
    """The share of what is late all the same that counts as kept: customers who accept a new date."""
    because: str
    """How the quantity came about, and what it leaves out of account."""
    shares: Sequence[tuple[str, float, float]] = ()
    """Where goods are shared out anew: by order how much it gets in time, and how much it wants."""


def effect(
    option: Mapping[str, Any], subject: Subject, now: int, *, free: float | None = None, shares: Shares | None = None
) -> Effect:
    """What an option does, decided at `now`.

    `free` is what a transfer or a substitute can draw on (None: not known), `shares` how the goods would be shared out
    anew.
    """
    kind, need = option["kind"], subject.need
    if "days" not in option and kind in (*SOONER, "resequence"):
        return Effect(need, need.arrivals, 0.0, None, 0.0, "how many days it gains is not known as yet")
    if option.get("quantity", 0) is None:
        return Effect(need, need.arrivals, 0.0, None, 0.0, "how much it moves is not known as yet")
    if kind in SOONER:
        return _sooner(option, subject, now)
    if kind in NEW:
        return _new(option, subject, now, free)
    if kind == "reallocate" and shares is not None:
        return Effect(shares.need, shares.need.arrivals, None, None, 0.0, shares.because, shares.served)
    if kind == "reallocate":
        because = "it is about one order"
        if subject.own_value:
            because = "no customer order says what it is worth"
        because = f"there is nothing to share out: {because}"
        return Effect(need, need.arrivals, None, None, 0.0, because)
    if kind == "resequence":
        gained = _span(option)
        later = delayed_use(need, gained, subject.producing)
        count = len(subject.producing)
        orders = "production order" if count == 1 else "production orders"
        return Effect(
            later, need.arrivals, None, None, 0.0, f"{count} {orders} run later; what runs first is taken to be in time"
        )
    if kind == "repromise":
        share = option["keeps"]
        return Effect(
            need, need.arrivals, None, None, share, f"{share:.6g} of the value is taken to accept the new date"
        )
    return Effect(need, need.arrivals, None, None, 0.0, "nothing is changed")


def _sooner(option: Mapping[str, Any], subject: Subject, now: int) -> Effect:
    need = subject.need
    late = [each for each in need.arrivals if each.delay is not None and each.delay > 0]
    whole = sum(each.quantity for each in late)
    wanted, because = _wanted(option, need, "all" if option["kind"] == "expedite" else "needed", whole)
    moved = min(wanted, whole)
    if not moved:
        return Effect(need, need.arrivals, 0.0, None, 0.0, "nothing is late that could come sooner")
    earliest = now - subject.base
    arrivals = [each for each in need.arrivals if each not in late]
    left, first = moved, None
    for each in sorted(late, key=lambda each: each.delay or 0):
        part = min(left, each.quantity)
        sooner = max((each.delay or 0) - _span(option), min(earliest, each.delay or 0))
        first = sooner if first is None else min(first, sooner)
        arrivals += [Arrival(part, sooner), Arrival(each.quantity - part, each.delay)]
        left -= part
    at = None if first is None else subject.base + first
    return Effect(need, arrivals, moved, at, 0.0, because if moved == wanted else f"{because}; {moved:.6g} are late")


def _new(option: Mapping[str, Any], subject: Subject, now: int, free: float | None) -> Effect:
    need = subject.need
    wanted, because = _wanted(option, need, "needed", need.quantity)
    if "days" not in option:
        return Effect(need, need.arrivals, 0.0, None, 0.0, "neither the option nor a lane says how long it takes")
    if option["kind"] != "alternate":
        known = f"{free:.6g} are free there" if free is not None else "what is free there is not known"
        because = f"{because}; {known}"
        wanted = wanted if free is None else min(wanted, max(0.0, free))
    at = now + _span(option)
    arrivals = [*need.arrivals, Arrival(wanted, at - subject.base)] if wanted else need.arrivals
    return Effect(need, arrivals, wanted, at if wanted else None, 0.0, because)


def _wanted(option: Mapping[str, Any], need: Need, default: str, whole: float) -> tuple[float, str]:
    stated = option.get("quantity", default)
    if stated == "all":
        return whole, f"{whole:.6g}, all of it"
    if stated == "needed":
        needed = missed(need)
        return needed, f"{needed:.6g} are needed so that no customer order is hit"
    return float(stated), f"{stated:.6g}, as the option says"


def _span(option: Mapping[str, Any]) -> int:
    return round(float(option["days"]) * DAY)
