"""The desk as the one door: transactions, several desks on one file, settings, care of the file, start-up cost."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.storage import journal
from engine.storage.store import Store
from engine.values.clock import DAY, HOUR, FixedClock
from engine.values.errors import BadInput, StoreUnusable
from engine.vocabulary.model import Place, PlanLine, Refusal
from tests.engine.desk_support import NOW, Steps, eta, late, line, open_desk, take

ROOT = Path(__file__).resolve().parents[2]

WORKER = """
import sys
from pathlib import Path
from engine.values.clock import FixedClock
from engine.desk import Desk
from engine.values.errors import StaleVersion
from engine.storage.store import Store

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
    """A process with a desk of its own: says the version that it sees, waits for a number, commands, says the
    outcome."""

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


def test_every_question_to_a_locked_file_is_answered_by_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One read that met a lock once ended the feeder. With a rollback journal readers wait for writers."""
    monkeypatch.setattr("engine.storage.store.wal_is_safe", lambda version: False)
    desk = open_desk(tmp_path / "desk.db", planner=Steps())
    (deviation,) = late(desk, alpha=12)
    desk.store.connection.execute("PRAGMA busy_timeout = 1")
    questions: dict[str, Callable[[], object]] = {
        "deviations": desk.deviations, "signals": desk.signals, "responses": desk.responses, "actions": desk.actions,
        "sources": desk.sources, "quarantine": desk.quarantine, "show": lambda: desk.show(deviation),
        "explain": lambda: desk.explain(deviation), "matches": lambda: desk.matches(deviation),
        "preview": lambda: desk.preview(deviation), "header": desk.header, "queue_ids": desk.queue_ids,
        "deviation_rows": lambda: desk.deviation_rows([1]), "signal_ids": desk.signal_ids,
        "signal_rows": lambda: desk.signal_rows([1]), "action_rows": desk.action_rows, "owners": desk.owners,
        "held": desk.held, "source_state": lambda: desk.source_state("tower"), "tick": desk.tick,
        "file_state": lambda: desk.file_state("tower", b""), "keep_sources": lambda: desk.keep_sources([]),
        "configure": lambda: desk.configure({"name": "x"}),
    }  # fmt: skip
    other = Store.open(tmp_path / "desk.db")
    other.connection.execute("BEGIN EXCLUSIVE")
    for ask in questions.values():
        with pytest.raises(StoreUnusable, match="another process keeps it locked"):
            ask()
    other.connection.execute("ROLLBACK")
    for ask in questions.values():
        ask()


def test_an_answer_of_several_queries_shows_one_moment(desk: Desk, tmp_path: Path) -> None:
    """The total of a list is counted after its rows; a commit between the two must not show."""
    late(desk, alpha=12)
    other = open_desk(tmp_path / "desk.db")

    def commit_before_the_count(statement: str) -> None:
        if statement.startswith("SELECT count(*)"):
            desk.store.connection.set_trace_callback(None)
            take(other, eta("alpha", NOW + 40 * DAY, number="2"))

    desk.store.connection.set_trace_callback(commit_before_the_count)
    page = desk.signals(limit=1)
    assert (page.total, [item["id"] for item in page.items]) == (1, ["S1"])
    assert desk.signals(limit=1).total == 2


def test_rows_of_a_load_are_read_before_anybody_has_to_wait(desk: Desk, tmp_path: Path) -> None:
    other = open_desk(tmp_path / "desk.db", actor="bo")
    other.store.connection.execute("PRAGMA busy_timeout = 1")

    def rows() -> Iterator[PlanLine]:
        yield line("alpha")
        other.declare_source("tower", "folder", None)
        yield line("beta")

    assert desk.load(rows(), kind="purchase_order", scope="test", file="plan.csv").added == 2


def test_a_file_that_is_cut_off_does_not_empty_the_plan(desk: Desk) -> None:
    plan = [line(f"p{number}") for number in range(9)]
    desk.load(plan, kind="purchase_order", scope="test", file="plan.csv")
    take(desk, eta("p3", NOW + 30 * DAY))
    with pytest.raises(BadInput, match=r"no longer names 9 of the 9 records .* --accept-removal"):
        desk.load([], kind="purchase_order", scope="test", file="plan.csv")
    assert desk.deviations().total == 1
    gone = desk.load([], kind="purchase_order", scope="test", file="plan.csv", accept_removal=True)
    assert (gone.removed, gone.kept) == (9, 0)


def test_a_row_that_a_mapping_refused_leaves_its_line_and_what_is_known_of_it_alone(desk: Desk) -> None:
    plan = [line(f"p{number}") for number in range(6)]
    desk.load(plan, kind="purchase_order", scope="test", file="plan.csv")
    take(desk, eta("p3", NOW + 30 * DAY))
    bad = Refusal(Place("plan.csv", 5, "due"), "'soon' is no date", "write 2026-03-09", "p3;soon")
    loaded = desk.load([*plan[:3], bad, *plan[4:]], kind="purchase_order", scope="test", file="plan.csv")
    assert (loaded.removed, loaded.kept, loaded.quarantined, loaded.opened) == (0, 1, 1, 0)
    assert [(item["kind"], item["state"]) for item in desk.deviations(all=True).items] == [("late_supply", "open")]


def test_a_source_taken_out_of_the_settings_is_stale_no_more(desk: Desk, tmp_path: Path) -> None:
    desk.declare_source("tower", "folder", HOUR)
    later = open_desk(tmp_path / "desk.db", clock=FixedClock(NOW + 5 * HOUR))
    assert later.tick().opened == 1
    later.keep_sources(["tower"])
    assert later.tick().cleared == 0
    later.keep_sources([])
    later.tick()
    assert later.header()["stale"] == 0


def test_a_time_that_no_calendar_holds_does_not_spoil_the_lists(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db", planner=Steps())
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    desk.start(["A1"])
    with desk.store.write() as connection:
        connection.execute("UPDATE action SET waiting_until = ?", (NOW + 999_999 * 7 * DAY,))
    assert desk.actions().items[0]["waiting_until"] == "9999-12-31T00:00:00Z"
    assert desk.action_rows()
    assert desk.show(deviation)["actions"]


def test_what_a_list_needs_is_little() -> None:
    """A command that prints a list starts without detection, planners, models or any third-party package."""
    code = "import sys, json, engine.desk; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert loaded.isdisjoint(
        {
            "pydantic", "httpx", "yaml", "textual", "rich", "watchfiles", "sqlite_utils", "asyncio", "subprocess",
            "engine.judging.pipeline", "engine.master.network", "engine.commands.deviation_commands", "engine.intake.baseline", "engine.intake.ingest", "engine.reports.check"
        }
    )  # fmt: skip
