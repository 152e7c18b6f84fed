"""What is offered of the actions of a deviation that is over by itself or by a person: to cancel open ones, to take
back done ones whose step has a reversal (engine.commands.reversing).

Who resolves a deviation is told there what stays open. One that is over by itself has nobody to tell, so it is kept in
the table `recovered` (triggers of engine.storage.schema.third) as long as it is over: the desk announces it, and the
owners of its responses are told (engine.handoffs.offer_notices).
"""

from __future__ import annotations

from itertools import groupby
from typing import Final, NamedTuple

from engine.storage.sqlite import sqlite3
from engine.vocabulary.lifecycle import OPEN_ACTION

OFFERS: Final = ("none", "cancel", "reverse")
OFFERED: Final = (
    "(CASE WHEN (SELECT state FROM deviation WHERE deviation.id = action.deviation_id)"
    " NOT IN ('recovered', 'resolved', 'closed') THEN 'none'"
    f" WHEN {OPEN_ACTION} THEN 'cancel'"
    " WHEN action.state = 'done' AND json_extract(action.terms, '$.reverse') IS NOT NULL AND NOT EXISTS (SELECT 1"
    " FROM action AS back WHERE back.response_id = action.response_id"
    " AND back.step = json_extract(action.terms, '$.reverse')) THEN 'reverse' ELSE 'none' END)"
)
"""As SQL, what is offered of an action whose deviation is over: to cancel an open one, to take a done one back."""


class Offer(NamedTuple):
    """What is offered of one response, whose deviation is over by itself."""

    deviation: int
    response: int
    owner: str
    """Of the response."""
    cancel: tuple[int, ...]
    """Actions that may not be needed."""
    reverse: tuple[int, ...]
    """Actions whose work can be taken back."""

    def words(self) -> str:
        """What can be done, with the ids: `A3 A4 may be called off, A1 taken back`."""
        said = [
            f"{' '.join(f'A{number}' for number in numbers)} {what}"
            for numbers, what in ((self.cancel, "may be called off"), (self.reverse, "may be taken back"))
            if numbers
        ]
        return ", ".join(said)


def standing(connection: sqlite3.Connection) -> list[Offer]:
    """What is offered now of deviations that are over by themselves, by response."""
    return _found(connection, "SELECT deviation_id FROM recovered")


def owed(connection: sqlite3.Connection) -> list[Offer]:
    """Those of which the owners of the responses were not told."""
    return _found(connection, "SELECT deviation_id FROM recovered INDEXED BY recovered_owed WHERE owed")


def is_owed(connection: sqlite3.Connection) -> bool:
    """Whether there is anybody to tell."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM recovered WHERE owed)").fetchone()[0])


def _found(connection: sqlite3.Connection, deviations: str) -> list[Offer]:
    found = connection.execute(
        f"SELECT action.deviation_id, response_id, response.owner, action.id, {OFFERED} AS offered"
        f" FROM ({deviations}) AS over CROSS JOIN action ON action.deviation_id = over.deviation_id"
        " JOIN response ON response.id = response_id WHERE offered != 'none' ORDER BY 1, 2, position"
    ).fetchall()
    offers = []
    for (deviation, response, owner), actions in groupby(found, key=lambda row: row[:3]):
        by = list(actions)
        cancel, reverse = (tuple(row[3] for row in by if row[4] == what) for what in ("cancel", "reverse"))
        offers.append(Offer(deviation, response, owner, cancel, reverse))
    return offers
