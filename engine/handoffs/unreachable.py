"""Owners without an address whom an e-mail channel has to tell of something: every message to them would fail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from engine.handoffs.handoff_groups import ACTIONS, facts_of
from engine.handoffs.routing import Channel, Route, chosen
from engine.master import network
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.vocabulary.terms import Terms

_OPEN = (
    f"{ACTIONS} WHERE response.state = 'running' AND action.kind IN ('task', 'decision', 'notify')"
    " AND action.state NOT IN ('done', 'skipped', 'cancelled') ORDER BY action.id"
)


def without_address(
    connection: sqlite3.Connection, mailed: Collection[str], channels: Sequence[Channel], routes: Sequence[Route]
) -> Mapping[str, list[int]]:
    """Owners of the plan without an address, each with the open actions that one of the channels `mailed` takes to him.

    A step that tells people is an action of each of them.
    """
    lacking = {owner.id for owner in network.owners(connection) if not owner.email}
    found: dict[str, list[int]] = defaultdict(list)
    for action in rows(connection, _OPEN) if lacking else ():
        told = Terms.load(action["terms"]).effect.get("to", ()) if action["kind"] == "notify" else (action["owner"],)
        for name in lacking.intersection(told):
            if not set(mailed).isdisjoint(chosen({**facts_of(action), "owner": name}, channels, routes)):
                found[name].append(action["id"])
    return found
