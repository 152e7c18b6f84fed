"""A small world for detection: a real desk file, plan lines and master records written as a load would, real ingest."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from engine.intake import ingest
from engine.judging import pipeline, wakeups
from engine.storage.journal import Writer
from engine.storage.store import Store, rows, set_meta
from engine.values.clock import DAY, HOUR, FixedClock, parse_instant
from engine.vocabulary.model import SignalIn, TickResult

NOW = parse_instant("2026-03-09T08:00:00Z", "test")
TODAY = NOW // DAY * DAY


def day(offset: int) -> int:
    """Midnight UTC, `offset` days from the day of NOW."""
    return TODAY + offset * DAY


def signal(kind: str, source_id: str, **fields: Any) -> SignalIn:
    """A signal with what is not given left empty; `at` is when it was recorded."""
    at = fields.pop("at", NOW - HOUR)
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    values |= {"source_id": source_id, "kind": kind, "recorded_at": at, "payload": "{}", **fields}
    return SignalIn(**values)


class World:
    """One desk file and its clock; `settle` judges whatever is touched or due."""

    def __init__(self, folder: Path, now: int = NOW) -> None:
        self.store = Store.open(folder / "desk.db", create=True)
        self.clock = FixedClock(now)
        self._batches = 0

    def plan(self, kind: str, ref: str, **fields: Any) -> None:
        """One current plan line, replacing the one of the same kind and reference."""
        given = {
            "scope": "test",
            "status": "open",
            "attributes": "{}",
            "content": b"",
            **fields,
            "kind": kind,
            "ref": ref,
        }
        with self.store.write() as connection:
            version = self._new_version(kind)
            connection.execute(
                "UPDATE plan_line SET to_version = ? WHERE kind = ? AND ref = ? AND to_version IS NULL",
                (version, kind, ref),
            )
            given["from_version"] = version
            names, marks = ", ".join(given), ", ".join("?" * len(given))
            connection.execute(f"INSERT INTO plan_line({names}) VALUES ({marks})", tuple(given.values()))
            self._touch_line(given)

    def withdraw(self, kind: str, ref: str) -> None:
        """Take a line out of the plan."""
        with self.store.write() as connection:
            sql = "UPDATE plan_line SET to_version = ? WHERE kind = ? AND ref = ? AND to_version IS NULL"
            connection.execute(sql, (self._new_version(kind), kind, ref))
            connection.execute("INSERT INTO touched(type, a) VALUES ('order', ?) ON CONFLICT DO NOTHING", (ref,))
            connection.execute(
                "INSERT INTO touched(type, a, b) SELECT DISTINCT 'peg', item, site FROM plan_line WHERE kind = ? AND ref = ?"
                " AND item IS NOT NULL AND site IS NOT NULL ON CONFLICT DO NOTHING",
                (kind, ref),
            )

    def record(self, kind: str, key: str, **data: Any) -> None:
        """One master record; nothing is touched, as in a load of records."""
        with self.store.write() as connection:
            connection.execute(
                "INSERT INTO plan_record(kind, key, scope, data, content, from_version, parent, component)"
                " VALUES (?, ?, 'test', ?, x'', ?, ?, ?)",
                (kind, key, json.dumps(data), self._new_version(kind), data.get("parent"), data.get("item")),
            )

    def rule(self, kind: str | None, matches: dict[str, str] | None = None, **parameters: float) -> None:
        """The user's next rule."""
        with self.store.write() as connection:
            connection.execute(
                "INSERT INTO tolerance(rule, kind, matches, parameters)"
                " VALUES ((SELECT coalesce(max(rule), 0) + 1 FROM tolerance), ?, ?, ?)",
                (kind, json.dumps(matches or {}), json.dumps(parameters)),
            )

    def settings(self, **values: Any) -> None:
        with self.store.write() as connection:
            set_meta(connection, "settings", json.dumps(values))

    def say(self, *signals: SignalIn, source: str = "erp", identity: str = "event") -> None:
        """Ingest signals without judging them."""
        self._batches += 1
        batch = ingest.SourceBatch(source, "command", identity, list(signals), file=f"batch {self._batches}")
        with self.store.write() as connection:
            result = ingest.take(connection, self._writer(), self.clock.now(), batch)
        assert result.quarantined == 0

    def settle(self, limit: int = 5000) -> TickResult:
        """Judge until nothing is touched or due at the clock's instant."""
        total = TickResult()
        while True:
            with self.store.write() as connection:
                wakeups.due(connection, self.clock.now())
                step = pipeline.drain(connection, self._writer(), self.clock.now(), limit)
            if not step.judged:
                return total
            total = total.plus(step)

    def tick(self, now: int) -> TickResult:
        self.clock.set(now)
        return self.settle()

    def touch(self, type_: str, a: str, b: str = "") -> None:
        with self.store.write() as connection:
            connection.execute("INSERT INTO touched VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (type_, a, b))

    def rows(self, kind: str | None = None) -> list[dict[str, Any]]:
        """All deviations (of a kind), oldest first, with their documents read."""
        found = rows(
            self.store.connection, "SELECT * FROM deviation WHERE kind = ? OR ? IS NULL ORDER BY id", (kind, kind)
        )
        for row in found:
            for name in ("planned", "observed", "gap", "terms"):
                row[name] = json.loads(row[name])
        return found

    def one(self, kind: str) -> dict[str, Any]:
        (row,) = self.rows(kind)
        return row

    def states(self, kind: str | None = None) -> list[tuple[str, str]]:
        return [(row["subject_id"], row["state"]) for row in self.rows(kind)]

    def journal(self, deviation: int) -> list[str]:
        """What the journal says was done to a deviation, in order."""
        sql = "SELECT action FROM journal WHERE subject_type = 'deviation' AND subject_id = ? ORDER BY seq"
        return [action for (action,) in self.store.connection.execute(sql, (f"D{deviation}",))]

    def wakeups(self) -> dict[str, int]:
        return dict(self.store.connection.execute("SELECT trim(type || ' ' || a || ' ' || b), due_at FROM wakeup"))

    def end(self, deviation: int, state: str, **columns: Any) -> None:
        """What a person's dismiss or resolve leaves behind."""
        values = {"state": state, **columns}
        with self.store.write() as connection:
            assignments = ", ".join(f"{name} = ?" for name in values)
            connection.execute(f"UPDATE deviation SET {assignments} WHERE id = ?", (*values.values(), deviation))

    def _writer(self) -> Writer:
        return Writer(self.store.connection, at=self.clock.now(), actor="system", origin="{}")

    def _new_version(self, kind: str) -> int:
        connection = self.store.connection
        connection.execute(
            "INSERT INTO baseline(kind, scope, file, loaded_at, actor, added, changed, removed)"
            " VALUES (?, 'test', 'test', ?, 'test', 1, 0, 0)",
            (kind, self.clock.now()),
        )
        return int(connection.execute("SELECT max(version) FROM baseline").fetchone()[0])

    def _touch_line(self, line: dict[str, Any]) -> None:
        connection = self.store.connection
        connection.execute("INSERT INTO touched(type, a) VALUES ('order', ?) ON CONFLICT DO NOTHING", (line["ref"],))
        for site in (line.get("site"), line.get("origin")):
            if line.get("item") and site:
                place = (line["item"], site)
                for family in ("stock", "peg"):
                    touched = (family, *place)
                    connection.execute("INSERT INTO touched VALUES (?, ?, ?) ON CONFLICT DO NOTHING", touched)
                if line["kind"] in ("target", "forecast"):
                    connection.execute("INSERT INTO stock_point VALUES (?, ?) ON CONFLICT DO NOTHING", place)


def order(world: World, ref: str = "4711/10", *, due: int = 5, **fields: Any) -> None:
    """A purchase order line of 100 EA worth 1,000.00 EUR, promised for a day."""
    given: dict[str, Any] = {
        "item": "SKU-77", "site": "RTM", "party": "ACME", "quantity": 100.0, "uom": "EA", "planned_at": day(due),
        "until_at": day(due + 1), "value_minor": 100_000, "currency": "EUR",
    }  # fmt: skip
    world.plan("purchase_order", ref, **{**given, **fields})


def shuffled_in_pieces(signals: Sequence[SignalIn], chance: random.Random) -> Iterable[list[SignalIn]]:
    """The signals in another order, some twice, cut in pieces."""
    mixed = [*signals, *chance.sample(list(signals), len(signals) // 3)]
    chance.shuffle(mixed)
    while mixed:
        size = chance.randint(1, len(mixed))
        yield mixed[:size]
        mixed = mixed[size:]
