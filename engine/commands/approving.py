"""Approval of actions: who may give it, and that none which needs it is completed, or begins by itself, without it.

Who has to approve is frozen with the action (`PlannedAction.approval`): a named owner, from a limit on. Somebody else
of the same function or the desk lead may do it too, but nobody for work of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.commands import following
from engine.deviations.command_context import CommandContext, reason_of
from engine.deviations.moves import write
from engine.master import network
from engine.values import money
from engine.values.clock import iso
from engine.values.errors import Refused
from engine.values.ids import Reference
from engine.values.rates import Rates
from engine.vocabulary import settings
from engine.vocabulary.lifecycle import ACTION_OPEN_STATES
from engine.vocabulary.model import FUNCTIONS
from engine.vocabulary.planning import Owner

WAITS: Final = "(action.approval != 'null' AND action.approved_at IS NULL)"
"""As SQL: the action has to be approved, and was not."""


class Cost(NamedTuple):
    """What an action costs, in minor units."""

    minor: int
    currency: str


def approve(context: CommandContext, ids: Sequence[str], *, reason: str | None) -> None:
    """The actor approves actions.

    Raises Refused for one that needs no approval, has it, or has ended, and for an actor who may not give it.
    """
    why = None if reason is None else reason_of(reason, "leave it out, or say why")
    people = {owner.id: owner for owner in network.owners(context.connection)}
    for reference, row in context.rows(ids, "action"):
        asked = json.loads(row["approval"])
        if asked is None:
            raise Refused(f"{reference.id} needs no approval")
        if row["approved_at"] is not None:
            raise Refused(f"{reference.id} was approved by {row['approved_by']} at {iso(row['approved_at'])} already")
        if row["state"] not in ACTION_OPEN_STATES:
            raise Refused(f"{reference.id} is {row['state']}: there is nothing to approve any more")
        _require_allowed(context.actor, reference, row, asked, people)
        values = {"approved_by": context.actor, "approved_at": context.now}
        write(context.connection, context.writer, "action", row, values, action="approve", reason=why)
        context.changed(reference.id, row["state"], f"approved by {context.actor}")
        following.arrive(context, reference.number)


def require_approved(context: CommandContext, reference: Reference, row: Mapping[str, Any], cost: Cost | None) -> None:
    """Raises Refused for an action that has to be approved first; not where its limit is not reached by `cost`."""
    asked = json.loads(row["approval"])
    if asked is None or row["approved_at"] is not None:
        return
    whose = f"{asked['owner']} ({asked['role']})"
    mend = f"`offplan approve {reference.id}` does it"
    limit = asked.get("amount")
    if limit is None:
        raise Refused(f"{reference.id} has to be approved by {whose} first; {mend}")
    within = money.text(limit, asked["currency"])
    if cost is None:
        raise Refused(
            f"{reference.id} has to be approved by {whose} where it costs more than {within}; say what it costs with"
            f" --cost, or {mend}"
        )
    if _above(context, cost, Cost(limit, asked["currency"])):
        raise Refused(
            f"{reference.id} costs {money.text(*cost)}, more than {within}: {whose} has to approve it; {mend}"
        )


def _above(context: CommandContext, cost: Cost, limit: Cost) -> bool:
    if cost.currency == limit.currency:
        return cost.minor > limit.minor
    desk = settings.current(context.connection)
    rates = Rates(desk["currency"], desk["rates"], desk["zone"], context.now)
    if rates.of(cost.currency) is None or rates.of(limit.currency) is None:
        # Without a rate nothing says that it is less.
        return True
    return rates.exchanged(*cost) > rates.exchanged(*limit)


def _require_allowed(
    actor: str, reference: Reference, row: Mapping[str, Any], asked: Mapping[str, Any], people: Mapping[str, Owner]
) -> None:
    if actor == asked["owner"] or not people:
        return
    person, named = people.get(actor), people.get(asked["owner"])
    functions = {asked["role"]} & set(FUNCTIONS) or set(named.functions if named is not None else ())
    may = person is not None and (person.lead or bool(functions & set(person.functions)))
    if may and actor != row["owner"]:
        return
    of = " or ".join(sorted(functions))
    others = f", somebody else of {of}," if of else ""
    fault = f"{actor} has the action" if may else f"{actor} may not approve it"
    raise Refused(f"{reference.id}: {fault}; {asked['owner']}{others} or the desk lead has to")
