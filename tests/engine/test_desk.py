"""The desk as the one door: transactions, several desks on one file, settings, care of the file, start-up cost."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine import journal
from engine.clock import DAY, FixedClock
from engine.desk import Desk
from engine.errors import BadInput, StoreUnusable
from engine.store import Store
from tests.engine.desk_support import NOW, eta, late, line, open_desk, take

ROOT = Path(__file__).resolve().parents[2]

WORKER = """
import sys
from pathlib import Path
from engine.clock import FixedClock
from engine.desk import Desk
from engine.errors import StaleVersion
from engine.store import Store

desk = Desk(Store.open(Path(sys.argv[1])), FixedClock(int(sys.argv[3])), actor=sys.argv[2], origin="{}")
while True:
    seen = desk.deviation_rows([1])[0]["version"]
    print(seen, flush=True)
    number = sys.stdin.readline()
    if not number:
        break
    command = desk.ack if int(number) % 2 else desk.assign
    try:
        command(["D1"], to=f"{desk.actor}-{seen}", expect={"D1": seen})
        print("won", flush=True)
    except StaleVersion as refusal:
        print(refusal, flush=True)
"""


class Worker:
    """A process with a desk of its own: says the version that it sees, waits for a number, commands, says the outcome."""

    def __init__(self, path: Path, actor: str) -> None:
        arguments = [sys.executable, "-c", WORKER, str(path), actor, str(NOW)]
        self.process = subprocess.Popen(
            arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, number: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{number}\n")

    def end(self) -> int:
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db")


def test_two_processes_on_one_row_lose_no_update(desk: Desk, tmp_path: Path) -> None:
    """Both saw the same version and decide at once, 100 times: one wins, the other is told who did."""
    late(desk, alpha=12)
    first = desk.deviation_rows([1])[0]["version"]
    workers = {name: Worker(tmp_path / "desk.db", name) for name in ("ana", "bo")}
    winners = []
    for number in range(100):
        assert [worker.line() for worker in workers.values()] == [str(first + number)] * 2
        for worker in workers.values():
            worker.tell(number)
        answers = {name: worker.line() for name, worker in workers.items()}
        (winner,) = [name for name, answer in answers.items() if answer == "won"]
        (refusal,) = [answer for answer in answers.values() if answer != "won"]
        assert refusal.startswith(f"D1 has changed since you looked: {winner} did ")
        winners.append(f"{winner}-{first + number}")
    assert [worker.end() for worker in workers.values()] == [0, 0]
    entries = [
        entry for entry in journal.entries(desk.store.connection, "deviation", "D1") if entry["actor"] != "system"
    ]
    assert [entry["after"]["owner"] for entry in entries] == winners
    assert desk.deviation_rows([1])[0]["version"] == first + 100
    assert journal.verify(desk.store.connection) is None


def test_a_desk_notices_what_another_one_did(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    seen = desk.data_version()
    desk.ack([deviation])
    assert desk.data_version() == seen  # its own work it knows of
    open_desk(tmp_path / "desk.db", actor="bo").assign([deviation], to="bo")
    assert desk.data_version() != seen
    assert desk.deviation_rows([1])[0]["owner"] == "bo"


def test_a_failed_command_leaves_nothing_behind(desk: Desk) -> None:
    alpha, beta = late(desk, alpha=12, beta=20)

    def written() -> list[object]:
        queries = ("SELECT * FROM deviation", "SELECT * FROM journal", "SELECT * FROM touched")
        return [desk.store.connection.execute(query).fetchall() for query in queries]

    before = written()
    with pytest.raises(BadInput):
        desk.wait(["A1"], reason="", until=None)
    with pytest.raises(Exception, match="D99"):
        desk.dismiss([alpha, beta, "D99"], reason="slight")
    assert written() == before


def test_signals_may_be_judged_later(desk: Desk) -> None:
    desk.load([line("alpha")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, eta("alpha", NOW + 30 * DAY), detect=False)
    assert desk.deviations().total == 0
    assert desk.detect().opened == 1
    assert desk.detect().judged == 0


def test_time_alone_opens_what_it_makes_overdue(desk: Desk, tmp_path: Path) -> None:
    desk.load([line("alpha", due=NOW + DAY)], kind="purchase_order", scope="test", file="plan.csv")
    assert desk.tick().judged == 0
    clock = FixedClock(NOW + 10 * DAY)
    assert open_desk(tmp_path / "desk.db", clock=clock).tick().opened == 1
    assert [item["kind"] for item in desk.deviations().items] == ["overdue"]


def test_the_journal_names_the_person_for_the_load_and_the_system_for_the_verdict(desk: Desk) -> None:
    late(desk, alpha=12)
    told = desk.store.connection.execute("SELECT DISTINCT actor, subject_type FROM journal ORDER BY 1, 2").fetchall()
    assert told == [("ana", "baseline"), ("ana", "source"), ("system", "deviation")]


def test_backup_is_a_whole_desk_for_its_owner_only(desk: Desk, tmp_path: Path) -> None:
    late(desk, alpha=12)
    target = tmp_path / "copy.db"
    desk.backup(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    copy = Desk(Store.open(target), FixedClock(NOW), actor="bo", origin="{}")
    assert copy.deviations().items == desk.deviations().items
    assert journal.verify(copy.store.connection) is None


def test_backup_never_writes_over_anything(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for path in (target, link):
        with pytest.raises(BadInput, match="there is a file already; name a new one"):
            desk.backup(path)
    with pytest.raises(BadInput, match="there is no such folder"):
        desk.backup(tmp_path / "nowhere" / "copy.db")
    assert target.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_a_locked_file_is_said_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    late(desk, alpha=12)
    desk.store.connection.execute("PRAGMA busy_timeout = 1")
    other = Store.open(tmp_path / "desk.db")
    with other.write(), pytest.raises(StoreUnusable, match="another process keeps it locked"):
        desk.ack(["D1"])
    desk.ack(["D1"])


def test_what_a_list_needs_is_little() -> None:
    """A command that prints a list starts without detection, planners, models or any third-party package."""
    code = "import sys, json, engine.desk; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert loaded.isdisjoint(
        {
            "pydantic", "httpx", "yaml", "textual", "rich", "watchfiles", "sqlite_utils", "asyncio", "subprocess",
            "engine.pipeline", "engine.network", "engine.commands", "engine.baseline", "engine.ingest", "engine.check"
        }
    )  # fmt: skip
