"""What `check` finds: each fault made for real, and nothing on a sound desk."""

from __future__ import annotations

import pytest

from engine.reports.check import check
from engine.storage.store import Store
from engine.values.clock import DAY, HOUR
from engine.vocabulary.model import PlanRecord
from tests.engine.feed_support import NOW, load, signal, take


def faults(store: Store, now: int = NOW) -> dict[str, tuple[str, str]]:
    """Place to fault and severity; every finding has a mend."""
    found = check(store, now)
    assert all(finding["mend"] for finding in found)
    return {finding["place"]: (finding["fault"], finding["severity"]) for finding in found}


def add_action(store: Store, owner: str, state: str = "ready") -> None:
    with store.write() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO deviation(id, kind, subject_type, subject_id, episode, state, severity, summary,"
            " planned, observed, gap, terms, likelihood, exposure_minor, baseline_version, detected_at)"
            " VALUES (1, 'overdue', 'purchase_order', 'PO1', 1, 'open', 'low', '', '{}', '{}', '{}', '[]', 1, 0, 1, 0)"
        )
        connection.execute(
            "INSERT OR IGNORE INTO response(id, deviation_id, playbook, playbook_version, sha256, title, definition,"
            " state, owner, created_at) VALUES (1, 1, 'p', 1, '', '', '{}', 'running', 'ana', 0)"
        )
        connection.execute(
            "INSERT INTO action(response_id, deviation_id, step, position, title, instructions, function, role, owner,"
            " owner_because, state, needs, start_at, due_at, due_because, duration_minutes, mandatory, critical, on_fail,"
            " approval) VALUES (1, 1, ?1, 1, '', '', 'logistics', 'r', ?2, '', ?3, '[]', 0, 0, '', 5, 1, 0, 'block',"
            " 'null')",
            (f"{owner}-{state}", owner, state),
        )
        connection.execute(
            "INSERT INTO timer(due_at, kind, subject, generation) SELECT ?, 'overdue', max(id), 1 FROM action",
            (NOW + 2 * DAY,),
        )


def test_a_sound_desk_has_no_findings(store: Store) -> None:
    load(store, [PlanRecord("owner", {"id": "ana"}, None)], kind="owner")
    add_action(store, "ana")
    take(store, [signal()], expected_every=HOUR)
    assert check(store, NOW) == []


def test_an_edited_journal_is_an_error_at_its_entry(store: Store) -> None:
    for number in range(3):
        take(store, [signal(str(number))])
    store.connection.execute("DROP TRIGGER journal_no_update")
    store.connection.execute("UPDATE journal SET actor = 'bo' WHERE seq = 2")
    fault, severity = faults(store)["journal entry 2"]
    assert "somebody edited it" in fault
    assert severity == "error"


def test_a_dangling_reference_is_an_error(store: Store) -> None:
    add_action(store, "ana")
    store.connection.execute("PRAGMA foreign_keys = OFF")
    store.connection.execute("DELETE FROM response")
    assert "action row 1 names a response" in faults(store)[str(store.path)][0]


def test_a_damaged_page_is_an_error(store: Store) -> None:
    take(store, [signal(str(number), payload='{"x":"' + "y" * 900 + '"}') for number in range(200)])
    root = store.connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'signal_order'").fetchone()[0]
    size = store.connection.execute("PRAGMA page_size").fetchone()[0]
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    with store.path.open("r+b") as file:
        file.seek((root - 1) * size + 8)
        file.write(b"\xff" * (size - 8))
    damaged = Store.open(store.path)
    found = [finding for finding in check(damaged, NOW) if "damaged" in finding["fault"]]
    assert found
    assert {finding["severity"] for finding in found} == {"error"}
    damaged.close()


def test_files_that_others_can_read_are_an_error(store: Store) -> None:
    store.path.chmod(0o644)
    fault, severity = faults(store)[str(store.path)]
    assert "mode 0644" in fault
    assert severity == "error"


def test_a_folder_that_everybody_can_write_is_an_error(store: Store) -> None:
    store.path.parent.chmod(0o777)
    assert "everybody may replace" in faults(store)[str(store.path.parent)][0]
    store.path.parent.chmod(0o1777)
    assert faults(store) == {}


def test_an_old_library_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.reports.check.wal_is_safe", lambda version: False)
    fault, severity = faults(store)[str(store.path)]
    assert "WAL-reset" in fault
    assert severity == "warning"


def test_a_clock_behind_the_journal_is_said(store: Store) -> None:
    take(store, [signal()], now=NOW)
    assert faults(store, NOW - HOUR)["clock"][0].startswith("it is 2026-02-25T05:13:20Z")


def test_silent_and_failing_feeds_are_said(store: Store) -> None:
    take(store, [signal()], expected_every=HOUR)
    assert faults(store, NOW + 2 * HOUR) == {}
    assert faults(store, NOW + 2 * HOUR + 1)["source erp"][0] == "silent for 2 h, expected every 1 h"
    take(store, [signal("1", kind="?")], source="crm")
    assert any("could not be taken" in finding["fault"] for finding in check(store, NOW))


def test_a_feed_is_silent_as_its_tolerance_says(store: Store) -> None:
    take(store, [signal()], expected_every=HOUR)
    with store.write() as connection:
        connection.execute("""INSERT INTO tolerance(kind, matches, parameters)
            VALUES ('stale_feed', '{}', '{"intervals": 5}')""")
    assert faults(store, NOW + 5 * HOUR) == {}
    assert "source erp" in faults(store, NOW + 5 * HOUR + 1)


def test_held_records_are_counted(store: Store) -> None:
    take(store, [signal("1"), signal("2"), signal("3"), signal("4"), signal("5", kind="?")])
    assert faults(store)["source erp"] == ("1 record is in quarantine", "warning")


def test_open_actions_of_unknown_owners_are_said(store: Store) -> None:
    add_action(store, "zoe")
    add_action(store, "zoe", "blocked")
    add_action(store, "yan", "done")
    assert faults(store, NOW + DAY) == {
        "owner zoe": ("2 open actions are in the hands of nobody that the plan knows", "warning")
    }


@pytest.mark.parametrize("state", ["cancelled", "done"])
def test_open_actions_of_an_ended_response_are_an_error(store: Store, state: str) -> None:
    load(store, [PlanRecord("owner", {"id": "ana"}, None)], kind="owner")
    add_action(store, "ana")
    add_action(store, "ana", "blocked")
    add_action(store, "ana", "skipped")
    assert faults(store) == {}
    with store.write() as connection:
        connection.execute("UPDATE response SET state = ?", (state,))
    assert faults(store) == {"response R1": (f"it is {state}, and A1, A2 are still open", "error")}
    assert f'`offplan cancel A1 A2 --reason "R1 is {state}"`' in [finding["mend"] for finding in check(store, NOW)]


def test_errors_come_before_warnings(store: Store) -> None:
    add_action(store, "zoe")
    store.path.chmod(0o644)
    assert [finding["severity"] for finding in check(store, NOW)] == ["error", "warning"]
