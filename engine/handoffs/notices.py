"""Steps of kind `notify`: a message of the step's own words to each of its people, through the channels that they have.

The messages go the way of all hand-offs, each with its own delivery, so that one that failed is tried again alone. The
step is done when all were sent, and fails when one did for good; while one is in doubt it waits for what a person says
of that message. A step whose people no channel takes stays with its owner, who tells them himself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.actions import messages
from engine.actions.notified import NOTICE
from engine.commands import effects
from engine.commands.effects import Effect
from engine.deviations.command_context import CommandContext, Row
from engine.handoffs import deliveries, outbox
from engine.handoffs.handoff_groups import ACTIONS, facts_of
from engine.handoffs.routing import Channel, Route, chosen
from engine.master import network
from engine.storage.journal import canonical
from engine.storage.store import as_json, rows
from engine.values.ids import parse
from engine.vocabulary.lifecycle import OPEN_ACTION
from engine.vocabulary.planning import Owner
from engine.vocabulary.terms import Terms


def look(context: CommandContext, actions: Iterable[int], channels: Sequence[Channel], routes: Sequence[Route]) -> int:
    """Bring the messages of the steps among some actions in step with them; returns how many are to be sent by that."""
    numbers = list(actions)
    _withdraw(context, numbers)
    due = [effect for effect in effects.due(context.connection, numbers) if effect.kind == "notify"]
    return sum(_step(context, effect, channels, routes) for effect in due)


def _step(context: CommandContext, effect: Effect, channels: Sequence[Channel], routes: Sequence[Route]) -> int:
    number = parse(effect.action, "action").number
    action = rows(context.connection, f"{ACTIONS} WHERE action.id = ?", (number,))[0]
    by_name = {channel.name: channel for channel in channels}
    wanted = [
        (owner, by_name[name])
        for owner in effect.effect.get("to", ())
        for name in chosen({**facts_of(action), "owner": owner}, channels, routes)
    ]
    present = {(row["owner"], row["channel"]): row for row in _messages_of(context, number)}
    made = 0
    for owner, channel in wanted:
        row = present.get((owner, channel.name))
        if row is None:
            _put(context, action, effect, owner, channel)
            made += 1
        elif row["state"] == "failed" and row["next_at"] is None and row["ended_at"] < action["state_at"]:
            # The step is tried again, and with it what of it did not arrive.
            deliveries.try_again(context, row)
            made += 1
    if wanted and not made:
        _settle(context, effect, [present[owner, channel.name] for owner, channel in wanted])
    return made


def _settle(context: CommandContext, effect: Effect, sent: Sequence[Row]) -> None:
    """End a step whose messages have all ended, unless one is in doubt."""
    if any(row["state"] in ("pending", "begun", "unknown") or row["next_at"] is not None for row in sent):
        return
    failed = [row for row in sent if row["state"] == "failed"]
    begun = effects.begin(context, effect.action)
    if failed:
        reason = "; ".join(f"H{row['id']} to {row['owner']} through {row['channel']}: {row['fault']}" for row in failed)
        effects.finish(
            context, effect.action, begun.attempt, "failed", reason, failure=_failure(context, effect, failed)
        )
    else:
        told = ", ".join(f"{row['owner']} through {row['channel']} (H{row['id']})" for row in sent)
        effects.finish(context, effect.action, begun.attempt, "done", f"told {told}")


def _failure(context: CommandContext, effect: Effect, failed: Sequence[Row]) -> str | None:
    """Why a step failed: of several reasons the one after which it is not tried again, since all would be sent anew."""
    when = Terms.load(context.row(parse(effect.action, "action"))["terms"]).retry_when
    found: list[str | None] = [row["failure"] for row in failed]
    return next((failure for failure in found if failure not in when), found[0])


def _messages_of(context: CommandContext, action: int) -> list[Row]:
    return rows(
        context.connection,
        "SELECT handoff.* FROM handoff_action JOIN handoff ON handoff.id = handoff_id"
        f" WHERE handoff_action.action_id = ? AND reason = '{NOTICE}' ORDER BY handoff.id",
        (action,),
    )


def _put(context: CommandContext, action: Mapping[str, Any], effect: Effect, name: str, channel: Channel) -> None:
    people = {owner.id: owner for owner in network.owners(context.connection)}
    secret = messages.made_secret(context.connection)
    content = messages.notice(
        context.connection,
        context.now,
        owner=people.get(name, Owner(name, name, ())),
        action=action,
        text=str(effect.effect.get("message", "")),
    )
    outbox.put(
        context.connection,
        context.writer,
        context.now,
        secret,
        {
            "channel": channel.name,
            "once": int(channel.once),
            "owner": name,
            "response_id": action["response_id"],
            "reason": NOTICE,
            "content": canonical(content),
            "open": "{}",
            "ended": "{}",
        },
        [parse(effect.action, "action").number],
    )


def _withdraw(context: CommandContext, actions: Sequence[int]) -> None:
    """Take back what has not left yet of steps that ended meanwhile."""
    query = (
        "SELECT handoff.* FROM handoff JOIN handoff_action ON handoff_id = handoff.id"
        " JOIN action ON action.id = handoff_action.action_id"
        f" WHERE action.id IN (SELECT value FROM json_each(?)) AND handoff.reason = '{NOTICE}'"
        f" AND handoff.next_at IS NOT NULL AND NOT ({OPEN_ACTION})"
    )
    for row in rows(context.connection, query, (as_json(actions),)):
        deliveries.withdraw(context.connection, context.writer, context.now, row, "the step has ended")
