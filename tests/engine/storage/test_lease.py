"""The one feeder's lease: one holder at a time, none for ever, and nothing of it in the database."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.storage.lease import Lease, boot_id
from engine.storage.store import Store
from engine.values.clock import DAY, SECOND, FixedClock
from engine.values.errors import Refused, StoreUnusable
from tests.engine.desk_support import open_desk
from tests.engine.feed_support import NOW


@pytest.fixture
def lease(tmp_path: Path) -> Lease:
    return Lease(tmp_path / "desk.db", "feeder")


def acquire(lease: Lease, holder: str, now: int = NOW, seconds: float = 5.0) -> bool:
    return lease.acquire(now, holder, seconds)


def test_one_holder_at_a_time_and_the_next_when_it_lapses(lease: Lease) -> None:
    assert lease.held(NOW) is None
    assert acquire(lease, "one")
    assert not acquire(lease, "two", NOW + 4 * SECOND)
    assert acquire(lease, "one", NOW + 4 * SECOND)
    assert not acquire(lease, "two", NOW + 8 * SECOND)
    assert acquire(lease, "two", NOW + 9 * SECOND)
    held = lease.held(NOW + 9 * SECOND)
    assert held is not None
    assert (held["holder"], held["host"], held["pid"]) == ("two", socket.gethostname(), os.getpid())


def test_a_holder_that_slept_too_long_learns_that_it_lost_the_lease(lease: Lease) -> None:
    acquire(lease, "one")
    assert lease.renew(NOW + 4 * SECOND, "one", 5.0)
    assert not lease.renew(NOW + 5 * SECOND, "two", 5.0)
    # Nobody took it meanwhile, but somebody could have: it counts as lost.
    assert not lease.renew(NOW + 9 * SECOND, "one", 5.0)
    acquire(lease, "two", NOW + 9 * SECOND)
    assert not lease.renew(NOW + 10 * SECOND, "one", 5.0)


def test_only_its_holder_gives_a_lease_back(lease: Lease) -> None:
    acquire(lease, "one")
    lease.release(NOW, "two")
    assert lease.held(NOW) is not None
    lease.release(NOW, "one")
    assert lease.held(NOW) is None
    assert acquire(lease, "two")


@pytest.fixture
def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def rewrite(lease: Lease, **fields: Any) -> None:
    lease.path.write_text(json.dumps({**json.loads(lease.path.read_text()), **fields}))


def test_the_lease_of_a_dead_process_of_this_boot_is_free_at_once(lease: Lease, dead_pid: int) -> None:
    acquire(lease, "gone", seconds=3600)
    rewrite(lease, pid=dead_pid)
    assert lease.held(NOW) is None
    assert acquire(lease, "next")


@pytest.mark.parametrize("elsewhere", [{"host": "another-host"}, {"boot_id": "an earlier boot"}, {"boot_id": ""}])
def test_nothing_is_known_about_processes_of_other_hosts_and_boots(
    lease: Lease, dead_pid: int, elsewhere: dict[str, str]
) -> None:
    acquire(lease, "gone", seconds=3600)
    rewrite(lease, pid=dead_pid, **elsewhere)
    assert not acquire(lease, "next")


NOBODY = '"host": "x", "pid": 1, "boot_id": "", "lasts": 5000000'


@pytest.mark.parametrize(
    "content",
    [
        "", "{}", "[]", '{"expires_at": "later"}', "{", "[" * 4096, "[1" + " " * 9000 + "]",
        f'{{"expires_at": Infinity, "holder": "x", {NOBODY}}}', f'{{"expires_at": NaN, "holder": "x", {NOBODY}}}',
        f'{{"expires_at": {NOW + SECOND}, {NOBODY}}}',
        json.dumps({"expires_at": NOW + SECOND, "lasts": SECOND, "holder": "x", "host": socket.gethostname(),
                    "boot_id": boot_id(), "pid": 10**30}),
    ],
)  # fmt: skip
def test_what_is_no_lease_holds_nobody_up(lease: Lease, content: str) -> None:
    lease.path.write_text(content)
    assert lease.held(NOW) is None
    assert acquire(lease, "next")


def test_a_pipe_in_its_place_keeps_nobody_waiting(lease: Lease) -> None:
    os.mkfifo(lease.path)
    assert lease.held(NOW) is None
    assert acquire(lease, "next")


def test_a_clock_that_was_set_back_leaves_no_lease_of_the_future(lease: Lease) -> None:
    """After a day's step back nobody fed for a day, where the holder had ended on another machine."""
    acquire(lease, "gone", NOW + DAY)
    rewrite(lease, host="another-host")
    assert not acquire(lease, "next", NOW + DAY - SECOND)
    assert acquire(lease, "next", NOW)
    assert not lease.renew(NOW, "gone", 5.0), "who comes back stands by"
    assert lease.renew(NOW + SECOND, "next", 5.0)


def test_who_was_stopped_while_changing_it_makes_nobody_wait(lease: Lease, tmp_path: Path) -> None:
    with open(tmp_path / "desk.db.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not acquire(lease, "next")
    assert acquire(lease, "next")


TAKE = """
import sys
from pathlib import Path
from engine.storage.lease import Lease
lease = Lease(Path(sys.argv[1]), "feeder")
sys.stdin.readline()
print(lease.acquire(int(sys.argv[2]), sys.argv[3], 3600.0), flush=True)
sys.stdin.readline()
"""


def test_of_many_that_take_it_at_once_at_most_one_has_it(lease: Lease, tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    children = [
        subprocess.Popen(
            [sys.executable, "-c", TAKE, str(tmp_path / "desk.db"), str(NOW), str(number)],
            cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for number in range(6)
    ]  # fmt: skip
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.stdout.readline().strip() for child in children if child.stdout is not None]
    held = lease.held(NOW)
    assert said.count("True") == 1
    assert held is not None
    assert said[int(held["holder"])] == "True"
    for child in children:
        child.communicate(timeout=30)
    assert lease.held(NOW) is None, "its process is gone"


def test_it_is_readable_by_its_owner_only_and_a_link_is_not_followed(lease: Lease, tmp_path: Path) -> None:
    acquire(lease, "one")
    assert stat.S_IMODE(lease.path.stat().st_mode) == 0o600
    other = Lease(tmp_path / "other.db", "feeder")
    other.path.symlink_to(lease.path)
    assert other.held(NOW) is None
    assert acquire(other, "two")
    held = lease.held(NOW)
    assert held is not None
    assert held["holder"] == "one"


def test_where_it_cannot_be_written_is_said_with_the_mend(lease: Lease, tmp_path: Path) -> None:
    lease.path.mkdir()
    for there in (lease, Lease(tmp_path / "missing" / "desk.db", "feeder")):
        with pytest.raises(StoreUnusable, match=r"it cannot be written \(.*\); check its folder"):
            acquire(there, "one")
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]


def test_a_heartbeat_is_nothing_that_desks_see_and_another_feeder_is(tmp_path: Path) -> None:
    """A commit for each heartbeat once made every desk read its whole screen anew each second."""
    desk = open_desk(tmp_path / "desk.db")
    other = open_desk(tmp_path / "desk.db")
    seen = [other.data_version()]
    assert desk.acquire_lease("feeder", "one")
    seen.append(other.data_version())
    assert desk.renew_lease("feeder", "one")
    assert other.data_version() == seen[-1] != seen[0]
    desk.release_lease("feeder", "one")
    assert other.data_version() == seen[0]
    assert desk.store.connection.execute("SELECT count(*) FROM journal").fetchone() == (0,)


def test_a_readonly_desk_sees_it_and_does_not_take_it(tmp_path: Path) -> None:
    feeder = open_desk(tmp_path / "desk.db")
    feeder.acquire_lease("feeder", "one")
    desk = Desk(Store.open(tmp_path / "desk.db"), FixedClock(NOW), actor="bo", readonly=True)
    held = desk.lease("feeder")
    assert held is not None
    assert held["holder"] == "one"
    with pytest.raises(Refused, match="read-only"):
        desk.acquire_lease("feeder", "two")
