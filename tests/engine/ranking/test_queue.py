"""The queue as lists read it: what triggers keep is what the tables say, and fast ways give what the plain ones
give."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ranking import queue, rank, roots
from engine.ranking.suppression import FOLDED, IN_QUEUE, LIVE, SILENCED, SNOOZED
from engine.reading import announce, deviation_list, fields, screens
from engine.storage.sqlite import sqlite3
from engine.storage.store import Store, rows
from engine.values.clock import DAY, HOUR
from engine.vocabulary.filters import parse_line
from engine.vocabulary.lifecycle import DEVIATION_STATES
from engine.vocabulary.model import SEVERITIES
from tests.engine.detect.world import NOW

_STATES = ("candidate", "open", "acknowledged", "responding", "recovered", "resolved", "closed", "dismissed")
# What the definitions say without anything that is kept: the oracle of these tests.
_PLAIN_SILENCED = """EXISTS (SELECT 1 FROM silence WHERE from_at <= :now AND until_at > :now
 AND (silence.kind IS NULL OR deviation.kind GLOB silence.kind)
 AND (silence.severity IS NULL OR deviation.severity GLOB silence.severity)
 AND (silence.party IS NULL OR coalesce(deviation.party GLOB silence.party, 0))
 AND (silence.item IS NULL OR coalesce(deviation.item GLOB silence.item, 0))
 AND (silence.site IS NULL OR coalesce(deviation.site GLOB silence.site, 0))
 AND (silence.subject IS NULL OR deviation.subject_id GLOB silence.subject))"""
_PLAIN_FOLDED = """EXISTS (SELECT 1 FROM cause JOIN deviation AS root ON root.id = root_id
 WHERE deviation_id = deviation.id AND root.state IN ('open', 'acknowledged', 'responding'))"""
_PLAIN_IN_QUEUE = f"({LIVE} AND NOT {SNOOZED} AND NOT {_PLAIN_SILENCED} AND NOT {_PLAIN_FOLDED})"


class Life:
    """Random deviations, causes and silences, and what befalls them."""

    def __init__(self, connection: sqlite3.Connection, chance: random.Random) -> None:
        self._connection, self._chance = connection, chance
        self._count = 0

    def step(self) -> None:
        """One thing that happens."""
        doings = (
            self._open,
            self._open,
            self._open,
            self._change,
            self._change,
            self._fold,
            self._unfold,
            self._silence,
        )
        self._chance.choice((*doings, self._end_silence))()

    def _open(self) -> None:
        self._count += 1
        exposure = self._chance.choice([0, 5, 700, 700, 90_000])
        decide_by = self._chance.choice([None, NOW - DAY, NOW, NOW + HOUR, NOW + HOUR, NOW + 3 * DAY])
        values = {
            "kind": self._chance.choice(["late_supply", "overdue"]), "subject_type": "purchase_order",
            "subject_id": f"PO-{self._count}", "episode": 1, "state": self._chance.choice(_STATES),
            "severity": self._chance.choice(SEVERITIES), "party": self._chance.choice([None, "ACME", "BETA"]),
            "item": self._chance.choice([None, "SKU-1", "SKU-2"]), "site": "RTM", "summary": "late", "planned": "{}",
            "observed": "{}", "gap": '{"days":3}', "terms": "[]", "likelihood": 1.0, "exposure_minor": exposure,
            "priority": rank.priority(exposure, decide_by), "decide_by": decide_by, "baseline_version": 1,
            "snoozed_until": self._chance.choice([None, None, NOW - 1, NOW, NOW + 1]), "detected_at": NOW - DAY,
        }  # fmt: skip
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self._do(f"INSERT INTO deviation({names}) VALUES ({marks})", *values.values())

    def _change(self) -> None:
        if self._count:
            column, words = self._chance.choice(
                [
                    ("state", _STATES),
                    ("severity", SEVERITIES),
                    ("party", ("ACME", "BETA", None)),
                    ("item", ("SKU-1", None)),
                ]
            )
            self._do(f"UPDATE deviation SET {column} = ? WHERE id = ?", self._chance.choice(words), self._any())

    def _fold(self) -> None:
        if self._count > 1:
            # Folding never leads back to where it came from.
            root, one = sorted(self._chance.sample(range(1, self._count + 1), 2))
            self._do("INSERT INTO cause VALUES (?, ?, 'because', 1) ON CONFLICT DO NOTHING", one, root)

    def _unfold(self) -> None:
        if self._count:
            self._do("DELETE FROM cause WHERE deviation_id = ?", self._any())

    def _silence(self) -> None:
        start, end = sorted(self._chance.choice([NOW - HOUR, NOW, NOW + 1, NOW + DAY]) for _ in range(2))
        self._do(
            "INSERT INTO silence(party, item, severity, subject, from_at, until_at, author, reason, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 'ana', 'known', 0)",
            self._chance.choice([None, "AC*", "BETA"]), self._chance.choice([None, None, "SKU-?"]),
            self._chance.choice([None, None, "low"]), self._chance.choice([None, "PO-1*"]), start, end,
        )  # fmt: skip

    def _end_silence(self) -> None:
        self._do("UPDATE silence SET until_at = min(until_at, ?) WHERE id = abs(random()) % 4", NOW)

    def _any(self) -> int:
        return self._chance.randint(1, self._count)

    def _do(self, sql: str, *values: Any) -> None:
        self._connection.execute(sql, values)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One file for all examples of a law: each is rolled back."""
    opened = Store.open(tmp_path_factory.mktemp("queue") / "desk.db", create=True)
    yield opened
    opened.close()


@contextlib.contextmanager
def lived(store: Store, chance: random.Random, steps: int) -> Iterator[sqlite3.Connection]:
    store.connection.execute("BEGIN")
    try:
        life = Life(store.connection, chance)
        for _ in range(steps):
            life.step()
        yield store.connection
    finally:
        store.connection.execute("ROLLBACK")


@settings(max_examples=60, deadline=None)
@given(chance=st.randoms(use_true_random=False), steps=st.integers(1, 60))
def test_what_is_kept_of_suppression_is_what_the_tables_say(shared: Store, chance: random.Random, steps: int) -> None:
    with lived(shared, chance, steps) as connection:
        for kept, plain in (
            (IN_QUEUE, _PLAIN_IN_QUEUE),
            (f"{LIVE} AND {SILENCED}", f"{LIVE} AND {_PLAIN_SILENCED}"),
            (f"{LIVE} AND {FOLDED}", f"{LIVE} AND {_PLAIN_FOLDED}"),
        ):
            sql = "SELECT id FROM deviation WHERE {} ORDER BY id"
            assert every(connection, sql.format(kept)) == every(connection, sql.format(plain))
        in_order = every(
            connection, f"SELECT id FROM deviation WHERE {_PLAIN_IN_QUEUE} ORDER BY {rank.GROUP_SQL}, priority DESC, id"
        )
        assert queue.whole(connection, NOW) == in_order
        assert queue.first(connection, NOW, 3) == in_order[:3]
        assert queue.size(connection, NOW) == len(in_order)
        severities = "SELECT id, severity FROM deviation WHERE {}"
        stands, kept_back = (
            dict(connection.execute(severities.format(plain), {"now": NOW}).fetchall())
            for plain in (_PLAIN_IN_QUEUE, f"{LIVE} AND NOT {_PLAIN_IN_QUEUE}")
        )
        standing = announce.standing(connection, NOW)
        assert (standing.shown, standing.muted) == (stands, kept_back)
        told = screens.header(connection, NOW)
        passed = every(connection, sql.format(f"{_PLAIN_IN_QUEUE} AND decide_by <= {NOW}"))
        assert (told["open"], told["past_decide_by"]) == (len(in_order), len(passed))
        places = {number: at for at, number in enumerate(in_order, 1)}
        whole = rows(connection, "SELECT * FROM deviation ORDER BY id")
        assert [queue.place(connection, NOW, row) for row in whole] == [places.get(row["id"]) for row in whole]
        numbers = [row["id"] for row in whole]
        shown = deviation_list.shaped(connection, NOW, deviation_list.rows_of(connection, numbers))
        kept_out = every(connection, sql.format(f"{LIVE} AND ({_PLAIN_SILENCED} OR {_PLAIN_FOLDED})"))
        assert [number for number, shape in zip(numbers, shown, strict=True) if shape["suppressed_by"]] == kept_out
        folded = every(connection, sql.format(_PLAIN_FOLDED))
        assert [number for number, shape in zip(numbers, shown, strict=True) if shape["root"] is not None] == folded


@settings(max_examples=60, deadline=None)
@given(
    chance=st.randoms(use_true_random=False),
    text=st.sampled_from(
        ["", "party=ACME", "!party=ACME", "late", "severity>=high", "suppressed=true", "state=open,closed", "D3", "!D3"]
    ),
)
def test_a_filtered_list_is_the_queue_then_what_is_hidden_then_the_last_that_ended(
    shared: Store, chance: random.Random, text: str
) -> None:
    with lived(shared, chance, 40) as connection:
        found = parse_line(text, fields.DEVIATIONS, NOW)
        scope = deviation_list.scope_of(found)
        matching = f"FROM deviation WHERE {scope} AND {found.sql}"
        live = f"SELECT id {matching} AND {LIVE} ORDER BY {IN_QUEUE} DESC, {rank.GROUP_SQL}, priority DESC, id"
        wanted = every(connection, live, found.parameters)
        wanted += every(connection, f"SELECT id {matching} AND NOT {LIVE} ORDER BY id DESC", found.parameters)
        assert deviation_list.numbers(connection, NOW, found) == wanted
        where = [text] if text else []
        hidden = f"SELECT id FROM deviation WHERE {scope == IN_QUEUE} AND {LIVE} AND NOT {IN_QUEUE} AND {found.sql}"
        told = deviation_list.suppressed(connection, NOW, where)["total"]
        assert told == len(every(connection, hidden, found.parameters)), "and says how many the queue does not show"
        for limit in (0, 2, len(wanted), None):
            page = deviation_list.page(connection, NOW, where, limit=limit, everything=False)
            assert page.total == len(wanted)
            assert [int(item["id"][1:]) for item in page.items] == wanted[:limit]


def every(connection: sqlite3.Connection, sql: str, parameters: Mapping[str, Any] | None = None) -> list[int]:
    return [row[0] for row in connection.execute(sql, {**(parameters or {}), "now": NOW})]


_VALUES = {
    "text": "~1",
    "number": ">0",
    "money": ">50k",
    "time": "<+4h",
    "flag": "=true",
    "id": "=30",
    "document": "~5",
}


@pytest.mark.parametrize("name", fields.DEVIATIONS.fields)
def test_a_filter_of_the_queue_reads_no_row_of_the_table(shared: Store, name: str) -> None:
    """Whatever field is asked, the index of the live ones answers: a tenth of the rows, side by side."""
    field = fields.DEVIATIONS.fields[name]
    condition = f"{name}={field.choices[0]}" if field.type == "choice" else f"{name}{_VALUES[field.type]}"
    found = parse_line(condition, fields.DEVIATIONS, NOW)
    assert not _opens_table(shared, found.sql, found.parameters)
    assert _read_whole(shared, found.sql, found.parameters) == {"deviation"}


def _read_whole(store: Store, condition: str, parameters: dict[str, Any]) -> set[str]:
    """The tables that are read from end to end: another one than the queue's own would be, for each of its rows."""
    sql = f"EXPLAIN QUERY PLAN SELECT id FROM deviation INDEXED BY deviation_live WHERE {LIVE} AND {condition}"
    steps = [row[3] for row in store.connection.execute(sql, {**parameters, "now": NOW})]
    # A search that uses nothing is a walk along the table too: for the largest row number that meets a condition.
    walks = (step for step in steps if step.startswith("SCAN ") or (step.startswith("SEARCH ") and "USING" not in step))
    return {step.split()[1] for step in walks if "VIRTUAL" not in step and "CONSTANT" not in step}


def _opens_table(store: Store, condition: str, parameters: dict[str, Any]) -> bool:
    (root,) = store.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'deviation'").fetchone()
    (index,) = store.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'deviation_live'").fetchone()
    sql = f"EXPLAIN SELECT id FROM deviation INDEXED BY deviation_live WHERE {LIVE} AND {condition} ORDER BY priority DESC, id"
    opened = {
        row[3]
        for row in store.connection.execute(sql, {**parameters, "now": NOW})
        if row[1] in ("OpenRead", "ReopenIdx")
    }
    assert index in opened
    return root in opened


def test_every_state_is_one_that_this_module_knows() -> None:
    assert set(_STATES) <= set(DEVIATION_STATES)


def test_causes_that_go_in_a_circle_end_somewhere(shared: Store) -> None:
    with lived(shared, random.Random(0), 0) as connection:
        life = Life(connection, random.Random(0))
        for _ in range(3):
            life._open()
        connection.execute("UPDATE deviation SET state = 'open'")
        numbers = every(connection, "SELECT id FROM deviation ORDER BY id")
        for one, root in zip(numbers, [*numbers[1:], numbers[0]], strict=True):
            connection.execute("INSERT INTO cause VALUES (?, ?, 'because', 1)", (one, root))
        assert roots.tops(connection, numbers) == dict(zip(numbers, [numbers[-1], *numbers[:-1]], strict=True))
