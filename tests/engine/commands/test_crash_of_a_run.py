"""A run whose process is killed at any of its write boundaries goes on to the same end, with exactly one of everything.

The child is a process of its own that kills itself with SIGKILL before the Nth statement that begins, ends or is part
of a write; whoever opens the file after it goes on as a feeder and people would.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.storage import journal
from engine.values.clock import MINUTE, FixedClock
from tests.engine.desk_support import NOW, late, open_desk
from tests.engine.execution_support import Written, chain, step
from tests.killing import Hook, is_boundary, is_killed_at, is_write

LATE = {
    "values": {"stands": "settle", "late_by": "settle"},
    "words": {"title": "It is ${stands}, ${late_by} days late"},
}
STEPS = (
    step("call", ack_within_minutes=60, escalations=chain("p"), form=({"name": "by", "type": "date"},)),
    step("order", "call", kind="http", side_effect="idempotent", effect={"channel": "erp", "body": {}}),
    step("mail", "call", kind="notify", side_effect="once", effect={"to": ["bo"], "message": "it comes"}),
    step("settle", "order", kind="wait", effect={"minutes": 20}, publish={"stands": "state", "late_by": "gap.days"}),
    step("note", "settle", kind="set", effect={"values": {}}, late=LATE),
    step("check", "note", retry_count=1, retry_delay_minutes=10),
)
MINUTES = range(0, 241, 30)
OF_A_CRASH = ("again", "crash", "confirm_not_done")
NOT_COUNTED = (*OF_A_CRASH, "replan")
"""How often the open actions are planned anew depends on how often somebody looks."""


def opened(path: Path, clock: FixedClock) -> Desk:
    return open_desk(path, clock=clock, planner=Written(STEPS))


def go_on(path: Path, hook: Hook | None = None) -> Desk:
    """Run from where the file stands to the end: timers, effects, and what people do as soon as it is their turn."""
    clock = FixedClock(NOW)
    desk = opened(path, clock)
    if hook is not None:
        desk.store.connection.set_trace_callback(hook)
    (last,) = desk.store.connection.execute("SELECT max(at) FROM journal").fetchone()
    desk.recover_effects()
    for minute in MINUTES:
        if NOW + minute * MINUTE >= last:
            clock.set(NOW + minute * MINUTE)
            desk.tick()
            work(desk, minute, path.with_suffix(".sent"))
    return desk


def work(desk: Desk, minute: int, sent: Path) -> None:
    if not desk.responses(all=True).total:
        desk.respond(["D1"])
    for _ in range(3):
        for item in desk.actions(["state!=blocked,done"]).items:
            if item["step"] == "call" and minute >= 90:
                desk.done([item["id"]], answers=["by=2026-03-20"])
            elif item["step"] == "check" and item["state"] == "ready":
                (desk.fail if item["attempt"] == 1 else desk.done)([item["id"]], reason="at the second try")
            elif item["state"] == "unknown":
                here = item["id"] in sent.read_text().split() if sent.exists() else False
                (desk.done if here else desk.reopen)([item["id"]], reason="as their log has it")
        for effect in desk.due_effects():
            begun = desk.begin_effect(effect.action)
            with sent.open("a") as file:
                file.write(f"{begun.action}\n")
            desk.finish_effect(begun, "done")
    (deviation,) = desk.deviations(all=True).items
    if desk.show("R1")["state"] == "done":
        if deviation["state"] == "responding":
            desk.resolve(["D1"], reason="it comes by air", outcome="two days late", cost="1200")
        elif deviation["state"] == "resolved":
            desk.close(["D1"], reason="reviewed")


def told(desk: Desk) -> Counter[tuple[str, str, str]]:
    """How often each thing was done to each object; what a crash alone adds is left out, and beginning an effect
    anew."""
    found = desk.store.connection.execute(
        "SELECT subject_id, action, actor FROM journal WHERE subject_type IN ('action', 'response', 'deviation')"
    )
    mail = {"A3"}
    return Counter(
        (subject, action, actor if subject not in mail else "")
        for subject, action, actor in found
        if action not in NOT_COUNTED and (subject not in mail or action != "start")
    )


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crash") / "desk.db"
    desk = opened(path, FixedClock(NOW))
    late(desk, alpha=12)
    desk.store.close()
    return path


@pytest.fixture
def copies(base: Path, tmp_path: Path) -> Callable[[str], Path]:
    def copy(name: str) -> Path:
        return Path(shutil.copy(base, tmp_path / f"{name}.db"))

    return copy


@pytest.mark.parametrize(("counts", "stride"), [(is_boundary, 1), (is_write, 11)])
def test_exactly_one_of_everything_whenever_it_is_killed(
    copies: Callable[[str], Path], counts: Callable[[str], bool], stride: int
) -> None:
    whole = go_on(copies("whole"))
    wanted = told(whole)
    states = {item["step"]: item["state"] for item in whole.actions(all=True).items}
    assert set(states.values()) == {"done"}
    assert whole.show("D1")["state"] == "closed"
    assert (
        wanted["A1", "escalate", "system"] == wanted["A6", "retry", "system"] == wanted["A4", "complete", "system"] == 1
    )
    boundary = 1
    while True:
        path = copies(f"at{boundary}")
        if not is_killed_at(boundary, counts, partial(go_on, path)):
            break
        desk = go_on(path)
        assert {item["step"]: item["state"] for item in desk.actions(all=True).items} == states, boundary
        assert told(desk) == wanted, boundary
        assert desk.show("A5")["title"] == "It is responding, 12 days late", boundary
        assert desk.show("D1")["state"] == "closed", boundary
        assert journal.verify(desk.store.connection) is None
        sent = Counter(path.with_suffix(".sent").read_text().split())
        assert sent["A3"] == 1, f"what may happen once happened {sent['A3']} times, killed at {boundary}"
        assert sent["A2"] in (1, 2), "what may be repeated is, with its key, only where it was in doubt"
        desk.store.close()
        boundary += stride
    assert boundary > 20
    whole.store.close()


def test_several_responses_are_all_there_or_none_whenever_it_is_killed(copies: Callable[[str], Path]) -> None:
    """One command over a whole queue is one transaction, however long it takes to write."""
    queue = copies("queue")
    desk = opened(queue, FixedClock(NOW))
    ids = late(desk, alpha=12, beta=12, gamma=12)
    desk.store.close()

    def respond(path: Path, hook: Hook) -> None:
        desk = opened(path, FixedClock(NOW))
        desk.store.connection.set_trace_callback(hook)
        desk.respond(ids)

    boundary, found = 1, set()
    while True:
        path = Path(shutil.copy(queue, queue.with_name(f"queue at {boundary}.db")))
        whole = not is_killed_at(boundary, is_write, partial(respond, path))
        desk = opened(path, FixedClock(NOW))
        found.add((desk.responses().total, desk.actions(limit=0).total))
        assert journal.verify(desk.store.connection) is None
        desk.store.close()
        if whole:
            break
        boundary += 7
    assert found == {(0, 0), (3, 18)}
    assert boundary > 50
