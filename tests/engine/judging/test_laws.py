"""The laws of identity and time, held over random histories through the Desk.

Judging is a function of the set of signals that are known at `now`:

* at one instant   the same signals taken at the same `now`, in any order, split in any way, any of them twice: judged
                   after the last one, every deviation is the same, down to its id. Judged after each piece, what stands
                   in the queue is the same; what a piece alone made true for that instant has recovered.
* again            a history that is taken once more changes nothing at all.
* step by step     a history that is taken as a whole beforehand and replayed by the clock gives, at every step, what
                   taking each statement at its own instant gives: states, episodes, flaps, times.

Arrival counts in one place only: two statements of one row of one instant, where the later one corrects the earlier.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.values.clock import DAY, HOUR, FixedClock, iso
from engine.vocabulary.model import PlanLine, PlanRecord, SignalIn
from tests.engine.desk_support import NOW, open_desk

TODAY = NOW // DAY * DAY
REFS = ("past", "soon", "make", "move", "unknown")
KINDS = (
    "eta", "confirmation", "receipt", "shipped", "status", "stock", "demand", "milestone", "correction", "drill", "quality",
    "logistics", "production", "hazard",
)  # fmt: skip
WORDS = {
    "quality": ("hold", "damaged", "inspection", "released"),
    "logistics": ("customs_hold", "temperature", "condition_ok", "released", "moving"),
    "production": ("down", "up", "output", "yield"),
}
SHORT = {"reopen_window_hours": 3, "clear_hold_hours": 0}


def said(number: int, kind: str, ref: str, hours: int, offset: int, quantity: float | None) -> SignalIn:
    """Statement `number` of a history, true `hours` from NOW and a little, so that no two have the same instant."""
    at = NOW + hours * HOUR + number
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    values |= {"source_id": f"e{number}", "kind": kind, "recorded_at": at, "payload": "{}", "detail": ""}
    if kind in ("stock", "demand"):
        place = {"item": "SKU-77", "site": "RTM" if ref != "unknown" else "LYS"}
        values |= {**place, "quantity": 40.0 if quantity is None else quantity, "occurred_at": at}
    elif kind == "receipt":
        values |= {"order_ref": ref, "occurred_at": TODAY - abs(offset) * DAY, "quantity": quantity}
    elif kind == "shipped":
        values |= {"order_ref": ref, "occurred_at": at, "quantity": quantity}
    elif kind in WORDS:
        word = WORDS[kind][offset % len(WORDS[kind])]
        about = {"order_ref": ref, "status": word, "quantity": quantity, "occurred_at": at}
        if word in ("output", "yield"):
            about |= {"quantity": quantity or 0.0, "detail": json.dumps({"expected": 100.0})}
        elif kind == "quality" and ref == "unknown":
            about |= {"order_ref": None, "item": "SKU-77", "site": "RTM", "detail": json.dumps({"lot": "L1"})}
        values |= about
    elif kind == "hazard":
        word = ("alert", "update", "cancel")[offset % 3]
        named = {} if word == "alert" else {"references": f"e{abs(offset)}"}
        lasts = {"starts_at": at, "expires_at": at + abs(offset) * DAY, "severity": "Severe", "certainty": "Likely"}
        site = "LYS" if ref == "move" else "RTM"
        values |= {"status": "Storm", "site": site, "detail": json.dumps({"message": word, **named, **lasts})}
    elif kind == "status":
        values |= {"order_ref": ref, "status": "closed" if offset > 8 else "open"}
    elif kind == "correction":
        values |= {"kind": "note", "detail": json.dumps({"corrects": f"e{abs(offset)}"})}
    elif kind == "drill":
        values |= {"kind": "eta", "order_ref": ref, "eta": TODAY + 30 * DAY, "detail": json.dumps({"drill": True})}
    else:
        values |= {"order_ref": ref, "eta": TODAY + offset * DAY, "quantity": quantity}
    return SignalIn(**values)


def histories(first: int, last: int) -> st.SearchStrategy[list[SignalIn]]:
    """Lists of statements whose instants lie from `first` to `last` hours from NOW."""
    one = st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(REFS),
        st.integers(first, last),
        st.integers(-12, 20),
        st.sampled_from([None, 0.0, 40.0, 90.0, 100.0]),
    )
    return st.lists(one, min_size=1, max_size=9).map(
        lambda drawn: [said(number, *parts) for number, parts in enumerate(drawn)]
    )


def line(kind: str, ref: str, days: int, quantity: float, **fields: Any) -> PlanLine:
    values: dict[str, Any] = dict.fromkeys(PlanLine._fields)
    due = TODAY + days * DAY
    values |= {"kind": kind, "ref": ref, "item": "SKU-77", "site": "RTM", "quantity": quantity, "status": "open"}
    values |= {"attributes": "{}", "planned_at": due, "until_at": due + DAY, "value_minor": 100_000, "currency": "EUR"}
    return PlanLine(**{**values, **fields})


class Told:
    """A desk with a plan and eight days of demand, and what it says of its deviations in the source's own ids."""

    def __init__(
        self,
        path: Path,
        now: int,
        limits: Mapping[str, float],
        *,
        identity: str = "event",
        every: int | None = None,
    ) -> None:
        """`identity` is the source's, `every` the interval in which it is expected to speak."""
        self._identity, self._every = identity, every
        self.clock = FixedClock(now)
        self.desk: Desk = open_desk(path, clock=self.clock)
        self.desk.configure({"rules": [{"match": {}, **SHORT, **limits}]})
        self.load(line("purchase_order", "past", -4, 100.0), line("purchase_order", "soon", 6, 100.0))
        records = [
            PlanRecord("site", {"id": "RTM", "latitude": 51.9, "longitude": 4.5}, None),
            PlanRecord("site", {"id": "LYS", "latitude": 45.8, "longitude": 4.8}, None),
            PlanRecord("lane", {"origin": "RTM", "destination": "LYS", "mode": "road", "duration_days": 1}, None),
            PlanRecord("bom", {"parent": "PUMP", "item": "SKU-77", "quantity": 2, "lead_days": 1}, None),
        ]
        for kind in ("site", "lane", "bom"):
            self.desk.load([each for each in records if each.kind == kind], kind=kind, scope="t", file=f"{kind}.csv")
        self.load(line("production_order", "make", 8, 30.0, item="PUMP"))
        self.load(line("transfer_order", "move", 7, 40.0, site="LYS", origin="RTM"))
        self.load(
            line("sales_order", "S", 3, 150.0),
            line("sales_order", "P", 9, 20.0, item="PUMP"),
            line("sales_order", "L", 8, 30.0, site="LYS"),
        )
        target = line("target", "SKU-77@RTM", 0, 20.0, planned_at=None, until_at=None)
        self.desk.load([target], kind="target", scope="t", file="targets.csv")
        past = [said(100 + day, "demand", "past", -24 * (20 - day), 0, 10.0 + day % 3) for day in range(9)]
        self.take(past)

    def load(self, *lines: PlanLine) -> None:
        self.desk.load(lines, kind=lines[0].kind, scope="t", file=f"{lines[0].kind}.csv")

    def take(self, rows: Sequence[SignalIn], *, judge: bool = True) -> None:
        batch = SourceBatch("tower", "command", self._identity, rows, "test.csv", expected_every=self._every)
        self.desk.take(batch, detect=judge)

    def at(self, now: int) -> list[dict[str, Any]]:
        self.clock.set(now)
        self.desk.tick()
        return self.rows()

    def rows(self) -> list[dict[str, Any]]:
        """Every deviation, with its terms; signals by the id that their source gave them."""
        names = {
            f"S{number}": name
            for number, name in self.desk.store.connection.execute("SELECT id, source_id FROM signal")
        }
        text = json.dumps([self.desk.show(item["id"]) for item in self.desk.deviations(limit=None, all=True).items])
        found: list[dict[str, Any]] = json.loads(re.sub(r"\bS\d+\b", lambda match: names[match[0]], text))
        for row in found:
            row["signals"].sort()
            # Of the last judgement are the plan's version, and the deliveries that likelihood is learnt from: neither
            # is news about the subject, so neither has it judged again.
            row["explain"] = [term for term in row["explain"] if term["name"] != "likelihood"]
            for name in ("signals_detail", "history", "actions", "baseline_version"):
                del row[name]
        return sorted(found, key=lambda row: int(row["id"][1:]))

    def queue(self) -> list[dict[str, Any]]:
        """What is open, without what its way there left: its number and those of its kin, its episode and times."""
        numbers = ("id", "root", "consequences", "suppressed_by")
        traces = (*numbers, "rank", "episode", "flaps", "version", "signals", "breaches", "clears", "rule", "explain")
        found = [row for row in self.rows() if row["state"] == "open"]
        for row in found:
            for kin in ("follows_from", "consequences_detail"):
                row[kin] = sorted(({**each, "id": None} for each in row[kin]), key=json.dumps)
        return [
            {name: value for name, value in row.items() if name not in traces and not name.endswith("_at")}
            for row in sorted(found, key=lambda row: (row["kind"], row["subject"]["id"]))
        ]

    def close(self) -> None:
        self.desk.store.close()


def pieces(rows: Sequence[SignalIn], chance: random.Random) -> Iterator[list[SignalIn]]:
    """The rows in another order and in pieces, some of them twice, also within a piece."""
    shuffled = [*rows, *chance.sample(rows, chance.randint(0, len(rows)))]
    chance.shuffle(shuffled)
    while shuffled:
        size = chance.randint(1, len(shuffled))
        yield shuffled[:size]
        del shuffled[:size]


LAWS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@LAWS
@given(
    history=histories(-40, 0),
    identity=st.sampled_from(["event", "state"]),
    limits=st.sampled_from([{}, {"breaches": 2}, {"breaches": 2, "clears": 2}]),
    seed=st.integers(0, 1 << 30),
)
def test_at_one_instant_order_pieces_and_twins_change_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[SignalIn],
    identity: str,
    limits: dict[str, float],
    seed: int,
) -> None:
    now = NOW + HOUR
    folder, chance = tmp_path_factory.mktemp("laws"), random.Random(seed)
    whole, judged_last, judged_each = (
        Told(folder / f"{name}.db", now, limits, identity=identity, every=4 * HOUR) for name in "abc"
    )
    if identity == "state":  # four rows that say something new each time
        history = [row._replace(source_id=f"e{number % 4}") for number, row in enumerate(history)]
    try:
        whole.take(history)
        for piece in pieces(history, chance):
            judged_last.take(piece, judge=False)
        judged_last.desk.detect()
        assert judged_last.rows() == whole.rows()
        for piece in pieces(history, chance):
            judged_each.take(piece)
        assert judged_each.queue() == whole.queue()
        for row in judged_each.rows():
            assert row["state"] in ("open", "candidate") or iso(now) in (row["recovered_at"], row["closed_at"])
        before = whole.rows()
        for piece in pieces(history, chance):
            whole.take(piece)
        assert whole.rows() == before, "a known history says nothing"
        later = whole.at(now + 9 * HOUR)
        assert judged_last.at(now + 9 * HOUR) == later
        assert "stale_feed" in {row["kind"] for row in later}, "nothing came for two intervals"
    finally:
        for each in (whole, judged_last, judged_each):
            each.close()


@LAWS
@given(
    history=histories(1, 40),
    limits=st.sampled_from([{}, {"clear_hold_hours": 2}, {"breaches": 2}, {"breaches": 2, "clears": 2}]),
    extra=st.lists(st.integers(1, 60), max_size=4),
    seed=st.integers(0, 1 << 30),
)
def test_a_history_replayed_by_the_clock_is_the_history_as_it_came(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[SignalIn],
    limits: dict[str, float],
    extra: list[int],
    seed: int,
) -> None:
    folder, chance = tmp_path_factory.mktemp("laws"), random.Random(seed)
    before, as_it_came = (Told(folder / f"{name}.db", NOW, limits) for name in "ab")
    try:
        for piece in pieces(history, chance):
            before.take(piece)
        by_instant: dict[int, list[SignalIn]] = {NOW + hours * HOUR: [] for hours in extra}
        for row in history:
            by_instant.setdefault(row.recorded_at or 0, []).append(row)
        for instant, rows in sorted(by_instant.items()):
            as_it_came.clock.set(instant)
            if rows:
                as_it_came.take(rows, judge=False)  # what came and what time did are judged together, as in a replay
            assert as_it_came.at(instant) == before.at(instant)
    finally:
        before.close()
        as_it_came.close()
