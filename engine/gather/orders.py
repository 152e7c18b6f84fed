"""Facts of order references: the lines of the plan that have them, and the names that the plan does not know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from engine.facts import Line, LineFacts, ReferenceFacts, Statement, fold, reference_id
from engine.gather.cases import Case, Key, as_json
from engine.model import SUPPLY_KINDS
from engine.sqlite import sqlite3

ORDER_KINDS: Final = (*SUPPLY_KINDS, "sales_order")
"""Plan lines that a signal can name by its order reference."""

LINE_COLUMNS: Final = ", ".join(f"line.{name}" for name in Line._fields)
_KINDS: Final = ", ".join(f"'{kind}'" for kind in ORDER_KINDS)
_LINES: Final = (
    f"SELECT {LINE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.ref = wanted.value"
    f" WHERE line.to_version IS NULL AND line.kind IN ({_KINDS})"
)
_STATEMENTS: Final = (
    f"SELECT {', '.join(f'signal.{name}' for name in Statement._fields)} FROM json_each(?) AS wanted"
    " CROSS JOIN signal ON signal.order_ref = wanted.value"
)


class Orders(NamedTuple):
    """All that is known about a chunk of order references."""

    references: Sequence[str]
    lines: Mapping[str, Sequence[Line]]
    statements: Mapping[str, Sequence[Statement]]
    """By reference, sorted."""

    def subject_ids(self) -> list[str]:
        """Every subject id that a deviation of these references can have."""
        ids = set(self.references)
        for reference, statements in self.statements.items():
            ids.update(reference_id(statement.source, "order", reference) for statement in statements)
        return sorted(ids)


def read(connection: sqlite3.Connection, references: Sequence[str]) -> Orders:
    """The current lines and all signals of some order references."""
    wanted = as_json(references)
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in map(Line._make, connection.execute(_LINES, (wanted,))):
        lines[line.ref].append(line)
    return Orders(references, lines, statements_of(connection, references))


def statements_of(connection: sqlite3.Connection, references: Sequence[str]) -> Mapping[str, Sequence[Statement]]:
    """All signals about some order references, sorted in the order in which they hold."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for statement in map(Statement._make, connection.execute(_STATEMENTS, (as_json(references),))):
        found[statement.order_ref].append(statement)
    for statements in found.values():
        if len(statements) > 1:
            statements.sort()
    return found


def line_cases(orders: Orders, now: int, item_classes: Mapping[str, str]) -> Iterator[Case[LineFacts]]:
    """The supply lines of a chunk, each with its facts at `now`."""
    for reference, lines in orders.lines.items():
        key, statements = Key("order", reference), orders.statements.get(reference, ())
        for line in lines:
            if line.kind in SUPPLY_KINDS:
                yield Case(key, line.kind, reference, fold(line, statements, now, item_classes.get(line.item or "")))


def next_known(orders: Orders, now: int) -> dict[Key, int]:
    """When the next signal about a reference becomes known, for the references that have such a signal."""
    found = {}
    for reference, statements in orders.statements.items():
        if statements[-1].as_of > now:
            found[Key("order", reference)] = min(each.as_of for each in statements if each.as_of > now)
    return found


def reference_cases(
    orders: Orders, now: int, *, plan_has_orders: bool, judged_before: set[str]
) -> Iterator[Case[ReferenceFacts]]:
    """References by source: those that the plan does not have, and those in `judged_before` (ids of subjects)."""
    for reference, statements in orders.statements.items():
        kinds = {line.kind for line in orders.lines.get(reference, ())}
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
            if missing or subject_id in judged_before:
                first_at = missing[0].as_of if missing else None
                signals = [statement.id for statement in missing]
                facts = ReferenceFacts(source, "order", reference, not missing, signals, first_at)
                yield Case(Key("order", reference), "reference", subject_id, facts)
