"""A desk on the virtual clock of the numbered cases: seconds from NOW, one purchase order line or more, one source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.values.clock import DAY, HOUR, SECOND, FixedClock
from engine.vocabulary.model import IngestResult, PlanLine, SignalIn
from tests.engine.desk_support import NOW, open_desk

DUE = NOW + 10 * DAY


class Story:
    """One desk file; `at` moves the clock, `late` and `on_time` are what the source says about a line."""

    def __init__(self, path: Path, *refs: str, **tolerance: float) -> None:
        self.clock = FixedClock(NOW)
        self.desk: Desk = open_desk(path, clock=self.clock)
        if tolerance:
            self.desk.configure({"tolerance": {"late_supply": tolerance}})
        self.plan(*(refs or ("X",)))

    def plan(self, *refs: str, due: int = DUE) -> None:
        """Load the lines, all due at one instant."""
        lines = [
            PlanLine(
                "purchase_order", ref, "SKU-1", "RTM", "SHA", "ACME", 100.0, None, "EA", due, None, 1_000_000, "EUR",
                "open", "{}", None
            )
            for ref in refs
        ]  # fmt: skip
        self.desk.load(lines, kind="purchase_order", scope="test", file="plan.csv")

    def at(self, seconds: float) -> Story:
        """Go to a second of the case and do what time alone makes due."""
        self.clock.set(NOW + round(seconds * SECOND))
        self.desk.tick()
        return self

    def say(self, *signals: SignalIn, identity: str = "event", source: str = "tower") -> IngestResult:
        return self.desk.take(SourceBatch(source, "command", identity, signals, "test.csv"))

    def late(self, ref: str = "X", days: float = 5, **fields: Any) -> IngestResult:
        """The line is now expected that many days late."""
        return self.say(self.eta(ref, days, **fields))

    def on_time(self, ref: str = "X", **fields: Any) -> IngestResult:
        """The line is now expected in time: a clear."""
        return self.say(self.eta(ref, 0, **fields))

    def eta(self, ref: str, days: float, **fields: Any) -> SignalIn:
        """A statement of the present second, each of an id of its own."""
        now = self.clock.now()
        at = fields.pop("recorded_at", now)
        values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
        values |= {"source_id": f"{ref}/{at}/{days}", "kind": "eta", "order_ref": ref, "payload": "{}", "detail": ""}
        values |= {"recorded_at": at, "eta": DUE + round(days * DAY) - (0 if days else HOUR), **fields}
        return SignalIn(**values)

    def rows(self, *where: str) -> list[dict[str, Any]]:
        """All deviations, in every state, oldest first."""
        return sorted(self.desk.deviations(where, limit=None, all=True).items, key=lambda item: int(item["id"][1:]))

    def states(self, *where: str) -> list[str]:
        return [row["state"] for row in self.rows(*where)]

    def queue(self) -> list[str]:
        """What stands in the queue, by subject."""
        return [item["subject"]["id"] for item in self.desk.deviations().items]

    def history(self, deviation: str) -> list[tuple[str, str, int]]:
        """Actor, action and second of every entry about a deviation."""
        from engine.values.clock import parse_instant

        return [
            (entry["actor"], entry["action"], (parse_instant(entry["at"], "at") - NOW) // SECOND)
            for entry in self.desk.show(deviation)["history"]
        ]
