"""Signals, plan lines and one-line ways to feed them, for the tests of the feed side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.intake import baseline, ingest
from engine.intake.ingest import FileMark, SourceBatch
from engine.storage.journal import Writer
from engine.storage.store import Store
from engine.validation import line_checks
from engine.values.clock import DAY
from engine.vocabulary.model import IngestResult, LoadResult, PlanLine, PlanRecord, Refusal, SignalIn

NOW = 1_772_000_000_000_000


def signal(source_id: str = "e1", kind: str = "eta", **fields: Any) -> SignalIn:
    """An ETA of PO 1 unless `fields` says something else."""
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    values |= {"source_id": source_id, "kind": kind, "payload": "{}", "order_ref": "PO1", "eta": NOW + DAY}
    return SignalIn(**{**values, **fields})


def take(
    store: Store,
    rows: Sequence[SignalIn | Refusal],
    *,
    identity: str = "state",
    now: int = NOW,
    source: str = "erp",
    **fields: Any,
) -> IngestResult:
    batch = SourceBatch(source, "folder", identity, rows, "orders.csv", **fields)
    with store.write() as connection:
        return ingest.take(connection, Writer(connection, at=now, actor="ana", origin="{}"), now, batch)


def mark(content: bytes = b"\1" * 32) -> FileMark:
    return FileMark(content, "orders.csv", 10, None)


def line(ref: str = "PO1", kind: str = "purchase_order", **fields: Any) -> PlanLine:
    values: dict[str, Any] = dict.fromkeys(PlanLine._fields)
    values |= {"kind": kind, "ref": ref, "status": "open", "attributes": "{}", "planned_at": NOW, "quantity": 10.0}
    return PlanLine(**{**values, **fields})


def load(
    store: Store,
    rows: Iterable[PlanLine | PlanRecord | Refusal],
    *,
    kind: str = "purchase_order",
    scope: str = "erp",
    file: str = "plan.csv",
    now: int = NOW,
    accept_removal: bool = False,
) -> LoadResult:
    found = line_checks.sift(rows, kind, file)
    with store.write() as connection:
        writer = Writer(connection, at=now, actor="ana", origin="{}")
        return baseline.load(
            connection, writer, now, found, kind=kind, scope=scope, file=file, accept_removal=accept_removal
        )


def touched(store: Store) -> set[tuple[str, str, str]]:
    return set(store.connection.execute("SELECT type, a, b FROM touched").fetchall())


def forget_touched(store: Store) -> None:
    with store.write() as connection:
        connection.execute("DELETE FROM touched")


def column(store: Store, sql: str) -> list[Any]:
    return [row[0] for row in store.connection.execute(sql).fetchall()]


def record(kind: str, **data: Any) -> PlanRecord:
    return PlanRecord(kind, data, None)


def current(store: Store) -> dict[str, float]:
    """The plan's lines as they stand: reference to quantity."""
    return dict(store.connection.execute("SELECT ref, quantity FROM plan_line WHERE to_version IS NULL").fetchall())
