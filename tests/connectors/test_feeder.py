"""The feeder end to end: real folders, and real processes that are killed, stopped and resumed."""

from __future__ import annotations

import json
import os
import signal
import stat
from pathlib import Path

import pytest

from connectors import feeder
from engine.storage.lease import Lease
from engine.storage.store import Store
from engine.values.clock import HOUR, FixedClock
from tests.connectors.feeder_support import FOLDER, HEADER, NOW, Process, Running, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


# folders --------------------------------------------------------------------------------------------------------------


def test_what_lies_there_and_what_is_renamed_into_place_is_taken(workspace: Workspace) -> None:
    workspace.deliver("a.csv", range(3))
    with Running(workspace, workspace.settings()) as running:
        assert running.taken().new == 3
        workspace.deliver("b.csv", range(2, 5))
        result = running.taken()
        assert (result.new, result.duplicate) == (2, 1)
    assert sorted(workspace.ids()) == ["e0", "e1", "e2", "e3", "e4"]


def test_a_name_that_is_no_text_stops_nobody(workspace: Workspace) -> None:
    """As a program of another encoding writes `Auftrag`: the watcher gave up at it, and with it the whole feeder."""
    with Running(workspace, workspace.settings()) as running:
        workspace.deliver("a.csv", range(3))
        assert running.taken().new == 3
        workspace.deliver(os.fsdecode(b"Auftr\xe4ge.csv"), range(3, 5))
        assert running.taken().new == 2
        workspace.deliver("b.csv", range(5, 6))
        assert running.taken().new == 1
    assert running.said == []


def test_a_folder_that_comes_later_is_watched_then(workspace: Workspace) -> None:
    workspace.inbox.rmdir()
    with Running(workspace, workspace.settings()) as running:
        # The second tick comes after the first look at the folders.
        running.until(lambda _: True)
        running.until(lambda _: True)
        with workspace.desk() as desk:
            state = desk.source_state("erp")
            assert state is not None
            assert "cannot be read" in state["last_error"]
        workspace.inbox.mkdir()
        workspace.deliver("a.csv", range(3))
        assert running.taken().new == 3
    assert len([sentence for sentence in running.said if "cannot be read" in sentence]) == 1


def test_a_file_with_another_header_is_quarantined_and_released_when_it_is_mended(workspace: Workspace) -> None:
    with Running(workspace, workspace.settings()) as running:
        workspace.deliver("a.csv", range(3), header="id,kind,article,site,quantity\n")
        assert running.taken().quarantined == 1
        workspace.deliver("b.csv", range(3, 5))
        assert running.taken().new == 2
        with workspace.desk() as desk:
            (held,) = desk.held("erp")
            assert "item" in held["reason"]
        workspace.deliver("a.csv", range(3))
        assert running.taken().new == 3
    with workspace.desk() as desk:
        assert desk.held("erp") == []


def test_time_alone_opens_a_deviation(workspace: Workspace) -> None:
    clock = FixedClock(NOW)
    workspace.deliver("a.csv", range(1))
    with Running(
        workspace, workspace.settings(FOLDER.replace("[mapping", 'every = "PT1H"\n[mapping')), clock
    ) as running:
        running.taken()
        clock.set(NOW + 24 * HOUR)
        running.until(lambda tick: tick.opened > 0)
    with workspace.desk(clock) as desk:
        assert [row["kind"] for row in desk.deviations().items] == ["stale_feed"]


def test_each_file_is_one_line_of_news(workspace: Workspace) -> None:
    with Running(workspace, workspace.settings()) as running:
        workspace.deliver("a.csv", range(3000))
        running.taken()
        running.taken()
        workspace.deliver("b.csv", range(2999, 3001))
        running.taken()
    assert running.news == [
        "erp: a.csv: 3000 new, 0 duplicate, 0 quarantined; 0 opened, 0 raised, 0 cleared",
        "erp: b.csv: 1 new, 1 duplicate, 0 quarantined; 0 opened, 0 raised, 0 cleared",
    ]


def test_files_that_no_pattern_takes_are_told_once(workspace: Workspace) -> None:
    (workspace.inbox / "a.xlsx").touch()
    with Running(workspace, workspace.settings(FOLDER.replace('"inbox"', '"inbox"\npattern = "*.csv"'))) as running:
        workspace.deliver("b.csv", range(1))
        running.taken()
    assert running.said == ["inbox: no `pattern` takes a.xlsx; widen that of source.erp, or put them elsewhere"]


def test_a_row_that_comes_again_in_order_lets_the_held_one_go(workspace: Workspace) -> None:
    with Running(workspace, workspace.settings()) as running:
        (workspace.inbox / "a.csv").write_text(f"{HEADER}e1,stock,SKU-1,RTM,some\ne2,stock,SKU-2,RTM,1\n")
        assert running.taken().quarantined == 1
        workspace.deliver("b.csv", range(1, 2))
        running.taken()
    with workspace.desk() as desk:
        assert desk.held() == []


# processes ------------------------------------------------------------------------------------------------------------


def test_killed_in_the_middle_of_a_file_it_goes_on_without_loss_or_double(workspace: Workspace) -> None:
    workspace.deliver("a.csv", range(30_000))
    with workspace.process() as first:
        first.until("took")
        first.process.kill()
    with workspace.desk() as desk:
        before = desk.signals(limit=1).total
        state = desk.source_state("erp")
        assert state is not None
        assert state["duplicates"] == 0
    assert 0 < before < 30_000
    with workspace.process() as second:
        assert second.until("took").split()[1] == str(before + 2000)
        while not second.until("took").endswith("last"):
            pass
    with workspace.desk() as desk:
        state = desk.source_state("erp")
        assert state is not None
        assert (desk.signals(limit=1).total, state["duplicates"]) == (30_000, 0)


def test_a_second_feeder_stands_by_and_takes_over_when_the_first_is_killed(workspace: Workspace) -> None:
    with workspace.process() as first, workspace.process() as second:
        leader, standby = (first, second) if _leads(first) else (second, first)
        standby.until("waits")
        leader.process.kill()
        leader.process.wait(10)
        standby.until("leads")
        workspace.deliver("a.csv", range(3))
        standby.until("took")
    assert len(workspace.ids()) == 3


def _leads(process: Process) -> bool:
    assert process.process.stdout is not None
    return process.process.stdout.readline().strip() == "leads"


def test_a_feeder_that_was_stopped_and_resumed_late_writes_nothing_and_stands_by(workspace: Workspace) -> None:
    with workspace.process() as first:
        first.until("leads")
        workspace.deliver("a.csv", range(3))
        first.until("took")
        first.process.send_signal(signal.SIGSTOP)
        os.waitpid(first.process.pid, os.WUNTRACED)
        with workspace.desk() as desk:
            lease = Lease(desk.store.path, feeder.LEASE).path
        # As if the five seconds were over.
        lease.write_text(json.dumps({**json.loads(lease.read_text()), "expires_at": 0}))
        with workspace.process() as second:
            second.until("leads")
            workspace.deliver("b.csv", range(3, 6))
            second.until("took")
            first.process.send_signal(signal.SIGCONT)
            assert "stands by" in first.until("says")
            first.until("waits")
            workspace.deliver("c.csv", range(6, 9))
            second.until("took")
    assert len(workspace.ids()) == 9
    with workspace.desk() as desk:
        state = desk.source_state("erp")
        assert state is not None
        assert state["duplicates"] == 0


def test_a_feeder_whose_file_is_another_by_now_leaves_the_lease_to_the_next_and_goes_on_once_it_is_back(
    workspace: Workspace,
) -> None:
    files = [Path(f"{workspace.database}{part}") for part in ("", "-wal", "-shm")]

    def put_aside(there: str, here: str) -> None:
        for file in files:
            file.with_name(file.name + there).rename(file.with_name(file.name + here))

    with workspace.process() as first:
        first.until("leads")
        put_aside("", ".aside")
        Store.open(workspace.database, create=True).close()
        assert "not there any more" in first.until("says")
        with workspace.process() as second:
            second.until("leads")
            workspace.deliver("a.csv", range(3))
            second.until("took")
            second.process.terminate()
            second.until("ends")
        assert len(workspace.ids()) == 3
        workspace.database.unlink()
        put_aside(".aside", "")
        first.until("leads")
        first.until("took")
        assert len(workspace.ids()) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_gives_the_lease_back(workspace: Workspace, number: signal.Signals) -> None:
    with workspace.process() as running:
        running.until("leads")
        running.process.send_signal(number)
        running.until("ends")
        assert running.process.wait(10) == 0
    with workspace.desk() as desk:
        assert desk.lease(feeder.LEASE) is None


def test_it_ends_with_the_desk_that_started_it(workspace: Workspace) -> None:
    with workspace.process("--with-desk") as running:
        running.until("leads")
        assert running.process.stdin is not None
        running.process.stdin.close()
        running.until("ends")
        running.process.stdin = None


def test_a_child_writes_to_a_log_that_is_ours_alone(tmp_path: Path) -> None:
    log = tmp_path / "feeder.log"
    log.write_text("x" * (2 << 20))
    log.chmod(0o644)
    child = feeder.spawn(["--no-such-option"], log=log)
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(60) != 0
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert 0 < log.stat().st_size < 1 << 20
