"""What detection keeps of each current supply line (table line_state): written when a line was judged, read as a whole.

A row equals the fold of the line's signals as of the last judging; what came in since and was left unjudged keeps to
the plan (engine.gather.quiet), which changes nothing in a row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from engine.detect.tolerance_rules import Tolerances
from engine.facts.line_state import LineState, Move
from engine.facts.subjects import LineFacts
from engine.gather import expectations, quiet
from engine.gather.orders import Orders
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.vocabulary.tolerance import Subject, lane

_COLUMNS: Final = (
    "ref", "kind", "item", "site", "origin", "party", "uom", "planned_at", "until_at", "quantity", "eta", "promised",
    "receipts", "open", "quiet_until",
)  # fmt: skip
_NEVER_NULL: Final = ("ref", "kind", "open")
_PRESENT: Final = (
    f"SELECT {', '.join(f'state.{name}' for name in _COLUMNS)} FROM json_each(?) AS wanted"
    " CROSS JOIN line_state AS state ON state.ref = wanted.value"
)
_MARKS: Final = ", ".join("?" if name in _NEVER_NULL else "nullif(?, '')" for name in _COLUMNS)
"""Absent values are bound as '' (engine.intake.signal_rows says why)."""
_WRITE: Final = (
    f"INSERT INTO line_state({', '.join(_COLUMNS)}) VALUES ({_MARKS}) ON CONFLICT(ref, kind) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in ("ref", "kind"))
)

# What `measure` cannot find anything in, whatever the tolerance, is left out: a line as planned that is not due.
_DEPARTING: Final = (
    "SELECT kind, ref, {about}, planned_at, until_at, quantity, eta, promised, receipts, open FROM line_state"
    " WHERE eta IS NOT NULL OR promised IS NOT NULL OR receipts IS NOT NULL OR coalesce(until_at, planned_at) <= ?"
)
_WITH_ALL: Final = _DEPARTING.format(about="item, site, origin, party")
_WITHOUT: Final = _DEPARTING.format(about="NULL, NULL, NULL, NULL")

Row = tuple[Any, ...]
"""Values in the order of _COLUMNS."""


class Departing(NamedTuple):
    """A line that may depart from its plan."""

    kind: str
    ref: str
    item: str | None
    site: str | None
    origin: str | None
    party: str | None
    state: LineState

    def subject(self, item_classes: Mapping[str, str]) -> Subject:
        """What rules can ask of it; `item_classes` by item."""
        item_class = item_classes.get(self.item or "")
        return Subject(self.party, self.item, self.site, item_class, self.ref, lane(self.origin, self.site))


# Without the check of their constructors: half the time per row. The fields are in the order of _DEPARTING's columns.
_departing: Final[Callable[[Iterable[Any]], Departing]] = partial(tuple.__new__, Departing)
_state: Final[Callable[[Iterable[Any]], LineState]] = partial(tuple.__new__, LineState)


def keep(connection: sqlite3.Connection, orders: Orders, judged: Sequence[LineFacts], tolerances: Tolerances) -> None:
    """Make the kept states of a chunk's references those of `judged`, all its supply lines; write only what differs."""
    present = {row[:2]: row for row in connection.execute(_PRESENT, (as_json(orders.references),))}
    heard = expectations.hear_all(tolerances)
    wanted = {}
    for facts in judged:
        quiet_until = None if heard and expectations.hear_all_of(facts, tolerances) else _quiet_until(facts, orders)
        wanted[facts.line.ref, facts.line.kind] = _row(facts, quiet_until)
    changed = [row for key, row in wanted.items() if present.get(key) != row]
    connection.executemany(_WRITE, (["" if value is None else value for value in row] for row in changed))
    connection.executemany(
        "DELETE FROM line_state WHERE ref = ? AND kind = ?", [key for key in present if key not in wanted]
    )


def departing(connection: sqlite3.Connection, now: int, *, subjects: bool) -> Iterator[Departing]:
    """The lines that may depart from their plan at `now`, with all that `measure` asks of them.

    Without `subjects`, for tolerances that ask nothing of a line, what `subject` gives is left out.
    """
    for row in connection.execute(_WITH_ALL if subjects else _WITHOUT, (now,)):
        came = row[-2]
        receipts = () if came is None else [Move(*receipt) for receipt in json.loads(came)]
        yield _departing((*row[:6], _state((*row[6:11], receipts, row[-1]))))


def _row(facts: LineFacts, quiet_until: int | None) -> Row:
    line, state = facts.line, facts.state()
    receipts = json.dumps([receipt[:3] for receipt in state.receipts]) if state.receipts else None
    return (
        line.ref, line.kind, line.item, line.site, line.origin, line.party, line.uom, state.planned_at, state.until_at,
        state.quantity, state.eta, state.promised, receipts, int(state.open), quiet_until,
    )  # fmt: skip


def _quiet_until(facts: LineFacts, orders: Orders) -> int | None:
    """Until when a signal that keeps to the plan is certain to change nothing; None: it is not."""
    line = facts.line
    if len(orders.lines[line.ref]) > 1 or line.status != "open" or line.planned_at is None:
        return None
    whole = all(quiet.keeps_to_plan(line, said) for said in orders.statements.get(line.ref, ()))
    return facts.due_end if whole else None
