"""Deviations that people joined to another: where their signals go, and when they come back on their own.

While the deviation that one was merged into stands in the queue, what is said about the merged one's subject belongs to
it. When it no longer does, the merged one's subject is judged anew: what is still off plan may be a new episode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.deviations import closing
from engine.deviations.command_context import CommandContext, reason_of, require_in_queue
from engine.deviations.deviation_rows import link
from engine.deviations.moves import move_deviation
from engine.intake import worklist
from engine.storage.journal import Entry, Writer, entries
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.errors import BadInput
from engine.values.ids import parse, public_id
from engine.vocabulary.lifecycle import QUEUE_STATES
from engine.vocabulary.model import Finding

_CHAIN: Final = (
    "WITH RECURSIVE chain(id, depth) AS (SELECT :into, 1 UNION ALL"
    " SELECT deviation.merged_into, depth + 1 FROM chain JOIN deviation USING (id)"
    " WHERE deviation.state = 'merged' AND deviation.merged_into IS NOT NULL)"
    " SELECT deviation.* FROM chain JOIN deviation USING (id) ORDER BY depth"
)
_MERGED: Final = (
    "WITH RECURSIVE member(id) AS (SELECT id FROM deviation WHERE state = 'merged' AND merged_into = :into UNION"
    " SELECT deviation.id FROM member JOIN deviation ON deviation.merged_into = member.id WHERE +deviation.state = 'merged')"
    " SELECT deviation.* FROM member JOIN deviation USING (id)"
)

_SIGNALS: Final = "SELECT signal_id FROM deviation_signal WHERE deviation_id = ?"
_UNLINK: Final = "DELETE FROM deviation_signal WHERE deviation_id = ? AND signal_id = ?"


def merge(context: CommandContext, ids: Sequence[str], *, into: str, reason: str) -> None:
    """Deviations are joined to another one that stands in the queue."""
    why = reason_of(reason, "say why they are one, such as 'the same container'")
    target = parse(into, "deviation")
    kept = context.expected(target)
    require_in_queue(target, kept["state"], "merged into")
    for reference, row in context.rows(ids, "deviation"):
        if reference == target:
            raise BadInput("into", f"{target.id} cannot be merged into itself", "name the one that stays")
        changes = {"merged_into": target.number, "reason": why}
        state = move_deviation(
            context.connection, context.writer, context.now, row, "merge", reason=why, changes=changes
        )
        context.writer.write(Entry("take_in", "deviation", target.id, {}, {}, reason=f"{reference.id}: {why}"))
        context.changed(reference.id, row["state"], f"{state} into {target.id}")
        closing.note_open_actions(context, reference)
        worklist.touch(context.connection, row)


def chain(connection: sqlite3.Connection, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows that a merged row leads to, the last of them not merged itself; none for a row that is not merged."""
    if row["state"] != "merged" or row["merged_into"] is None:
        return []
    return rows(connection, _CHAIN, {"into": row["merged_into"]})


def attach(connection: sqlite3.Connection, writer: Writer, row: Mapping[str, Any], finding: Finding) -> bool:
    """Give a merged row's signals to the deviation that it leads to; false where that one is in the queue no more."""
    target = chain(connection, row)[-1]
    if target["state"] not in QUEUE_STATES:
        return False
    known = {signal for (signal,) in connection.execute(_SIGNALS, (target["id"],))}
    new = [signal for signal in finding.signals if signal not in known]
    if link(connection, target["id"], new):
        after = {"from": public_id("deviation", row["id"]), "signals": [f"S{signal}" for signal in new]}
        writer.write(Entry("attach", "deviation", public_id("deviation", target["id"]), {}, after))
    return True


def detach(connection: sqlite3.Connection, row: Mapping[str, Any], since: int) -> None:
    """Take a merged row's signals from the deviations that they were given to since command `since`, which merged it
    and is taken back now. Detection gives those that are theirs, too, back to them."""
    for target in chain(connection, row):
        told = entries(connection, "deviation", public_id("deviation", target["id"]))
        given = [entry["after"] for entry in told if entry["action"] == "attach" and entry["txn"] > since]
        mine = public_id("deviation", row["id"])
        signals = {signal for after in given if after["from"] == mine for signal in after["signals"]}
        if signals:
            connection.executemany(_UNLINK, [(target["id"], parse(signal, "signal").number) for signal in signals])
            worklist.touch(connection, target)


def touch(connection: sqlite3.Connection, number: int) -> None:
    """Have what was merged into a deviation judged anew, since that one leaves the queue."""
    for member in rows(connection, _MERGED, {"into": number}):
        worklist.touch(connection, member)
