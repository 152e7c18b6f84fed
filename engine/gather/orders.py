"""Facts of order references: the lines of the plan that have them, and the names that the plan does not know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from engine.facts.fold import Statement, fold, next_change
from engine.facts.subjects import Line, LineFacts, ReferenceFacts, reference_id
from engine.gather import corrections, items, restated
from engine.gather.cases import Case, Key
from engine.gather.components import LINE_COLUMNS
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.days import Days
from engine.vocabulary.model import ORDER_KINDS, ORDER_SQL, SUPPLY_KINDS

_LINES: Final = (
    f"SELECT {LINE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.ref = wanted.value"
    f" WHERE line.to_version IS NULL AND line.kind IN ({ORDER_SQL})"
)
_FORMER: Final = (
    f"SELECT DISTINCT line.ref FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.ref = wanted.value"
    f" WHERE line.to_version IS NOT NULL AND line.kind IN ({ORDER_SQL})"
)
STATEMENT_COLUMNS: Final = ", ".join(
    (
        *(f"signal.{name}" for name in Statement._fields[:-2]),
        restated.until("signal"),
        corrections.withdrawn_at("signal"),
    )
)
"""The fields of a Statement, of a table `signal`."""
_STATEMENTS: Final = (
    f"SELECT {STATEMENT_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN signal ON signal.order_ref = wanted.value"
)


class Orders(NamedTuple):
    """All that is known about a chunk of order references."""

    references: Sequence[str]
    lines: Mapping[str, Sequence[Line]]
    statements: Mapping[str, Sequence[Statement]]
    """By reference, sorted."""
    former: frozenset[str]
    """References that the plan has no more, but had: a finished order drops out of an export of open ones."""

    def subject_ids(self) -> list[str]:
        """Every subject id that a deviation of these references can have."""
        ids = set(self.references)
        for reference, statements in self.statements.items():
            ids.update(reference_id(statement.source, "order", reference) for statement in statements)
        return sorted(ids)


def read(connection: sqlite3.Connection, references: Sequence[str], known_at: int | None = None) -> Orders:
    """The current lines and all signals of some order references; `known_at` as in `statements_of`."""
    wanted = as_json(references)
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in map(Line._make, connection.execute(_LINES, (wanted,))):
        lines[line.ref].append(line)
    gone = [reference for reference in references if reference not in lines]
    former = {reference for (reference,) in connection.execute(_FORMER, (as_json(gone),))} if gone else ()
    return Orders(references, lines, statements_of(connection, references, known_at), frozenset(former))


def statements_of(
    connection: sqlite3.Connection, references: Sequence[str], known_at: int | None = None
) -> Mapping[str, Sequence[Statement]]:
    """All signals about some order references, sorted in the order in which they hold.

    `known_at` leaves out what was taken back by then, as if it had not been said: for who looks at an earlier instant.
    """
    found: dict[str, list[Statement]] = defaultdict(list)
    for statement in map(Statement._make, connection.execute(_STATEMENTS, (as_json(references),))):
        if known_at is None or statement.stands(known_at):
            found[statement.order_ref].append(statement)
    for statements in found.values():
        if len(statements) > 1:
            statements.sort()
    return found


def other_units(orders: Orders) -> set[str]:
    """The items of a chunk's lines of which something is said in another word for a unit than the line's."""
    return {
        line.item
        for reference, statements in orders.statements.items()
        for line in orders.lines.get(reference, ())
        if line.item is not None and any(said.uom != line.uom and said.uom is not None for said in statements)
    }


def line_cases(orders: Orders, now: int, days: Days, known: Mapping[str, items.Item]) -> Iterator[Case[LineFacts]]:
    """The supply lines of a chunk, each with its facts at `now`; `known` are the item records that matter to them."""
    for reference, lines in orders.lines.items():
        key, statements = Key("order", reference), orders.statements.get(reference, ())
        for line in lines:
            if line.kind in SUPPLY_KINDS:
                item = known.get(line.item or "", items.NOTHING)
                facts = fold(line, statements, now, days, item.item_class, item.units)
                yield Case(key, line.kind, reference, facts)


def next_known(orders: Orders, now: int) -> dict[Key, int]:
    """When what is stored about a reference next changes it, for the references that it will change."""
    changes = {reference: next_change(statements, now) for reference, statements in orders.statements.items()}
    return {Key("order", reference): at for reference, at in changes.items() if at is not None}


def reference_cases(
    orders: Orders, now: int, *, plan_has_orders: bool, judged_before: set[str]
) -> Iterator[Case[ReferenceFacts]]:
    """References by source: those that the plan does not have, and those in `judged_before` (ids of subjects)."""
    for reference, statements in orders.statements.items():
        kinds = {line.kind for line in orders.lines.get(reference, ())}
        if reference in orders.former:
            kinds.update(ORDER_KINDS)
        if kinds and not judged_before and all(statement.order_kind in (None, *kinds) for statement in statements):
            continue
        unknown: dict[str, list[Statement]] = {}
        for statement in statements:
            if statement.as_of <= now:
                missing = unknown.setdefault(statement.source, [])
                if plan_has_orders and not (kinds if statement.order_kind is None else statement.order_kind in kinds):
                    missing.append(statement)
        for source, missing in unknown.items():
            subject_id = reference_id(source, "order", reference)
            # What a row said first counts as long as its last word names the reference still.
            rows = {statement.row_key for statement in missing if statement.holds(now)}
            naming = [statement for statement in missing if statement.row_key in rows and statement.stands(now)]
            if naming or subject_id in judged_before:
                first_at = naming[0].as_of if naming else None
                signals = [statement.id for statement in naming]
                facts = ReferenceFacts(source, "order", reference, not naming, signals, first_at)
                yield Case(Key("order", reference), "reference", subject_id, facts)
