"""Completing actions: with the answers that their steps ask for, what they cost, and the approval that they need."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine.actions import answers
from engine.commands.action_commands import complete, require_decided, running
from engine.commands.approving import Cost, require_approved
from engine.deviations.command_context import CommandContext, Row, reason_of
from engine.storage.journal import canonical
from engine.values import money
from engine.values.errors import BadInput, Refused
from engine.values.ids import Reference
from engine.vocabulary import settings
from engine.vocabulary.terms import Terms


def done(
    context: CommandContext,
    ids: Sequence[str],
    *,
    reason: str | None,
    given: Sequence[str] = (),
    cost: str | None = None,
    currency: str | None = None,
) -> None:
    """Actions are complete; one that was never started is started and completed in the same instant.

    `given` are answers as `NAME=VALUE`. Raises Refused where one needs an approval that it has not, or an answer is
    missing.
    """
    why = None if reason is None else reason_of(reason, "leave it out, or say what was achieved")
    spent = cost_of(context, cost, currency)
    told = pairs(given)
    for reference, row in running(context, ids):
        require_decided(reference, row)
        require_approved(context, reference, row, spent)
        changes = _answered(reference, row, told, context.now)
        if spent is not None:
            changes |= {"cost_minor": spent.minor, "cost_currency": spent.currency}
        complete(context, reference, row, why, changes)


def cost_of(context: CommandContext, cost: str | None, currency: str | None) -> Cost | None:
    """A typed cost; in the desk's currency unless one is named, behind it (`1250 EUR`) or as `currency`.

    Raises BadInput for what is none, and where the two differ.
    """
    if cost is None:
        if currency is not None:
            raise BadInput("currency", "there is no amount", "give --cost too")
        return None
    number, beside = money.parts(cost)
    coined = money.code(currency or beside or settings.current(context.connection)["currency"])
    if beside and money.code(beside) != coined:
        raise BadInput("cost", f"{beside[:20]!r} is not the {coined} of --currency", "leave one of them out")
    return Cost(money.minor(number, coined, "cost"), coined)


def pairs(given: Sequence[str]) -> dict[str, str]:
    """Answers as they were typed, by name. Raises BadInput for one that is not `NAME=VALUE`, or given twice."""
    told: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise BadInput("answer", f"{text[:60]!r} is not NAME=VALUE", "write it as promised_on=2026-03-20")
        if name.strip() in told:
            raise BadInput("answer", f"{name.strip()[:60]} is given twice", "leave one out")
        told[name.strip()] = value
    return told


def _answered(reference: Reference, row: Row, told: Mapping[str, str], now: int) -> dict[str, Any]:
    """The column that changes: every answer, those of before where nothing new is given."""
    form = Terms.load(row["terms"]).form
    if not form and not told:
        return {}
    asked = {each["name"] for each in form}
    before = {name: value for name, value in json.loads(row["answers"]).items() if name in asked and name not in told}
    try:
        return {"answers": canonical(answers.read_all(form, {**before, **told}, now))}
    except BadInput as error:
        raise Refused(f"{reference.id}: {error}; answers are given with --answer NAME=VALUE") from None
