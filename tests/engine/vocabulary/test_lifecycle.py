"""The two transition tables, walked cell by cell through the function that writes states (PEERS, case 65).

The tables are written out again here, as the reference has them: a state's events and where each leads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.deviations.moves import move_action, move_deviation
from engine.storage.journal import Writer
from engine.storage.store import Store, rows
from engine.values.errors import Refused
from engine.vocabulary import lifecycle

AT = 1_000_000

DEVIATION_EVENTS = (
    "fire", "confirm", "clear", "ack", "start", "quiet", "resolve", "merge", "dismiss", "close", "reopen"
)  # fmt: skip
DEVIATION = """
candidate     fire=candidate confirm=open clear=discarded dismiss=discarded
open          fire=open ack=acknowledged start=responding clear=recovered resolve=resolved merge=merged dismiss=dismissed
acknowledged  fire=acknowledged ack=acknowledged start=responding clear=recovered resolve=resolved merge=merged
acknowledged  dismiss=dismissed
responding    fire=responding ack=responding start=responding clear=recovered resolve=resolved merge=merged
responding    dismiss=dismissed
recovered     fire=acknowledged quiet=resolved resolve=resolved merge=merged dismiss=dismissed
resolved      fire=NEW close=closed reopen=acknowledged
closed        fire=NEW
dismissed     reopen=acknowledged
merged        fire=NEW
discarded     fire=NEW
"""
"""A row that has been acknowledged before goes back to that; NEW: a new episode, which its caller opens."""

ACTION_EVENTS = (
    "needs_done", "accept", "assign", "start", "wait", "resume", "complete", "confirm_not_done", "fail", "retry",
    "escalate", "block", "skip", "cancel", "reopen", "crash"
)  # fmt: skip
ACTION = """
blocked      needs_done=ready assign=blocked fail=failed skip=skipped cancel=cancelled
ready        accept=assigned assign=assigned escalate=ready start=in_progress block=blocked fail=failed skip=skipped
ready        cancel=cancelled
assigned     assign=assigned start=in_progress wait=waiting block=blocked fail=failed skip=skipped cancel=cancelled
in_progress  assign=in_progress wait=waiting complete=done fail=failed skip=skipped cancel=cancelled crash=unknown
waiting      assign=waiting resume=in_progress start=in_progress complete=done fail=failed skip=skipped cancel=cancelled
unknown      complete=done confirm_not_done=ready fail=failed skip=skipped cancel=cancelled
failed       retry=ready skip=skipped cancel=cancelled
done         reopen=in_progress
skipped
cancelled
"""


def cells(table: str, events: tuple[str, ...]) -> list[tuple[str, str, str | None]]:
    allowed: dict[str, dict[str, str]] = {}
    for row in table.split("\n"):
        if row:
            state, *pairs = row.split()
            allowed.setdefault(state, {}).update(pair.split("=", 1) for pair in pairs)  # type: ignore[misc]
    return [(state, event, following.get(event)) for state, following in allowed.items() for event in events]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "desk.db", create=True)


def deviation(store: Store, state: str) -> dict[str, Any]:
    values = {
        "kind": "late_supply", "subject_type": "purchase_order", "subject_id": "4711/10", "episode": 1, "state": state,
        "left_state": "acknowledged", "severity": "low", "summary": "late", "planned": "{}", "observed": "{}",
        "gap": "{}", "terms": "[]", "likelihood": 1.0, "exposure_minor": 0, "baseline_version": 1, "detected_at": 1
    }  # fmt: skip
    return insert(store, "deviation", values)


def action(store: Store, state: str) -> dict[str, Any]:
    subject = deviation(store, "open")
    response = insert(
        store,
        "response",
        {
            "deviation_id": subject["id"], "playbook": "p", "playbook_version": 1, "sha256": "", "title": "",
            "definition": "", "state": "running", "owner": "ana", "created_at": 1
        },
    )  # fmt: skip
    values = {
        "response_id": response["id"], "deviation_id": subject["id"], "step": "s", "position": 0, "title": "",
        "instructions": "", "function": "", "role": "", "owner": "bo", "owner_because": "", "state": state,
        "needs": "[]", "start_at": 1, "due_at": 2, "due_because": "", "duration_minutes": 1, "mandatory": 1,
        "critical": 0, "on_fail": "block", "approval": "null"
    }  # fmt: skip
    return insert(store, "action", values)


def insert(store: Store, table: str, values: dict[str, Any]) -> dict[str, Any]:
    sql = f"INSERT INTO {table}({', '.join(values)}) VALUES ({', '.join('?' for _ in values)})"
    number = store.connection.execute(sql, tuple(values.values())).lastrowid
    return rows(store.connection, f"SELECT * FROM {table} WHERE id = ?", (number,))[0]


def walk(store: Store, table: str, row: dict[str, Any], event: str) -> str:
    move = move_deviation if table == "deviation" else move_action
    with store.write() as connection:
        return move(connection, Writer(connection, at=AT, actor="ana", origin="{}"), AT, row, event)


@pytest.mark.parametrize(("state", "event", "following"), cells(DEVIATION, DEVIATION_EVENTS))
def test_deviation_cell(store: Store, state: str, event: str, following: str | None) -> None:
    check_cell(store, "deviation", deviation(store, state), event, following)


@pytest.mark.parametrize(("state", "event", "following"), cells(ACTION, ACTION_EVENTS))
def test_action_cell(store: Store, state: str, event: str, following: str | None) -> None:
    check_cell(store, "action", action(store, state), event, following)


def check_cell(store: Store, table: str, row: dict[str, Any], event: str, following: str | None) -> None:
    """An allowed cell gives the next state in one journalled version; any other raises and writes nothing."""
    if following is None:
        with pytest.raises(Refused, match=rf"{row['state']}: \w+ is not possible"):
            walk(store, table, row, event)
        assert rows(store.connection, f"SELECT * FROM {table}") == [row]
        assert store.connection.execute("SELECT count(*) FROM journal").fetchone()[0] == 0
    elif following == "NEW":
        assert lifecycle.next_state(lifecycle.DEVIATION, row["state"], event, "D1") == lifecycle.NEW_EPISODE
    else:
        assert walk(store, table, row, event) == following
        present = rows(store.connection, f"SELECT * FROM {table}")[0]
        assert (present["state"], present["version"]) == (following, 2)
        told = store.connection.execute("SELECT action, subject_id FROM journal").fetchall()
        assert told == [(event, f"{table[0].upper()}{row['id']}")]


def test_the_walk_covers_every_state_and_event() -> None:
    tables = ((lifecycle.DEVIATION, DEVIATION, DEVIATION_EVENTS), (lifecycle.ACTION, ACTION, ACTION_EVENTS))
    for table, written, events in tables:
        assert {state for state, _, _ in cells(written, events)} == set(table)
        assert {event for following in table.values() for event in following} == set(events)


def test_a_jump_stamps_every_time_that_it_skips(store: Store) -> None:
    walk(store, "deviation", deviation(store, "open"), "start")
    present = rows(store.connection, "SELECT * FROM deviation")[0]
    assert [present[name] for name in ("opened_at", "acknowledged_at", "responded_at")] == [AT, AT, AT]
    assert present["recovered_at"] is None


def test_coming_back_clears_the_stamps_of_the_end(store: Store) -> None:
    walk(store, "deviation", deviation(store, "open"), "resolve")
    resolved = rows(store.connection, "SELECT * FROM deviation")[0]
    assert (resolved["resolved_at"], resolved["left_state"]) == (AT, "open")
    assert walk(store, "deviation", resolved, "reopen") == "open"
    present = rows(store.connection, "SELECT * FROM deviation")[0]
    assert (present["recovered_at"], present["resolved_at"], present["closed_at"]) == (None, None, None)


def test_a_deviation_holds_its_place_only_up_to_recovered(store: Store) -> None:
    for state in ("resolved", "closed", "dismissed", "merged", "discarded"):
        deviation(store, state)
    deviation(store, "recovered")
    with pytest.raises(Exception, match="UNIQUE"):
        deviation(store, "open")
