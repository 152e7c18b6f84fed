"""When a deviation may end: the close conditions of the responses that run for it, and what stays open at its end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from engine.deviations.command_context import CommandContext
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.errors import Refused
from engine.values.ids import Reference
from engine.vocabulary.lifecycle import ACTION_OPEN_STATES
from engine.vocabulary.planning import MANDATORY_DONE

_OPEN: Final = ", ".join(f"'{state}'" for state in ACTION_OPEN_STATES)
_SHOWN: Final = 5
"""Ids that a note names before it counts the others: it must fit on a status line."""


def require_mandatory_done(connection: sqlite3.Connection, deviations: Sequence[Reference]) -> None:
    """Raises Refused while a running response that requires its mandatory actions done has open ones, naming those of
    the first of the deviations that has any."""
    remaining = connection.execute(
        # Its own responses and the one of another that it joined, in two parts: `OR` would look through all responses.
        "WITH answer(place, response) AS ("
        " SELECT asked.key, response.id FROM json_each(:asked) AS asked"
        " CROSS JOIN response ON response.deviation_id = asked.value AND response.state = 'running'"
        " UNION SELECT asked.key, joined FROM json_each(:asked) AS asked CROSS JOIN deviation ON deviation.id = asked.value"
        " WHERE joined IS NOT NULL)"
        " SELECT place, playbook, 'A' || action.id FROM answer CROSS JOIN response ON response.id = answer.response"
        " CROSS JOIN action ON action.response_id = response.id"
        f" WHERE response.state = 'running' AND mandatory AND action.state IN ({_OPEN})"
        " AND EXISTS (SELECT 1 FROM json_each(close_requires) WHERE value = :required)"
        " ORDER BY place, response.id, action.id",
        {"asked": as_json(deviation.number for deviation in deviations), "required": MANDATORY_DONE},
    ).fetchall()
    if not remaining:
        return
    first = remaining[0][0]
    deviation, remaining = deviations[first], [row for row in remaining if row[0] == first]
    told = []
    for playbook, of_playbook in groupby(remaining, key=lambda row: str(row[1])):
        ids = [identity for *_, identity in of_playbook]
        told.append(f"{_listed(ids)} {'is' if len(ids) == 1 else 'are'} mandatory and open (playbook {playbook})")
    them = "it" if len(remaining) == 1 else "them"
    raise Refused(f"{deviation.id}: {', '.join(told)}: finish {them}, or skip or cancel {them} with a reason")


def open_actions(connection: sqlite3.Connection, deviation: int) -> list[str]:
    """The open actions of running responses to a deviation, its review among them: until they end it is not closed."""
    found = connection.execute(
        "SELECT 'A' || action.id FROM action JOIN response ON response.id = response_id"
        f" WHERE action.deviation_id = ? AND response.state = 'running' AND action.state IN ({_OPEN}) ORDER BY action.id",
        (deviation,),
    )
    return [identity for (identity,) in found]


def require_nothing_open(context: CommandContext, deviation: Reference) -> None:
    """Raises Refused while actions of running responses are open: nobody would look at them any more."""
    ids = open_actions(context.connection, deviation.number)
    if ids:
        them = "it" if len(ids) == 1 else "them"
        stand = "is" if len(ids) == 1 else "are"
        raise Refused(f"{deviation.id}: {_listed(ids)} {stand} open: finish, skip or cancel {them} first")


def note_open_actions(context: CommandContext, deviation: Reference) -> None:
    """The end of a deviation completes no action: say which stay open, the mandatory ones first."""
    remaining = context.connection.execute(
        f"SELECT 'A' || id, mandatory FROM action WHERE deviation_id = ? AND state IN ({_OPEN})"
        " ORDER BY mandatory DESC, id",
        (deviation.number,),
    ).fetchall()
    if not remaining:
        return
    mandatory = sum(required for _, required in remaining)
    stay, them = ("stays", "it") if len(remaining) == 1 else ("stay", "them")
    ids = _listed([identity for identity, _ in remaining])
    context.notes.append(f"{ids} {stay} open ({mandatory} mandatory): finish, skip or cancel {them}")


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else "")
