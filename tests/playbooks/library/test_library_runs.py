"""Playbooks of the library that wait, call, publish or begin by themselves, on a real desk: what happens, and what
does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from connectors import feeder
from engine.desk import Desk
from engine.values.clock import DAY, HOUR, MINUTE, FixedClock, iso
from playbooks.language.loaded import Library
from playbooks.loader import BUILT_IN, load_library
from playbooks.planning.planner import PlaybookPlanner
from tests.connectors.delivery_support import settings, webhook
from tests.connectors.server import Request, serving
from tests.engine.desk_support import NOW, line, open_desk, owners
from tests.playbooks.worlds import write


def standing(folder: Path, library: Library | None = None) -> tuple[Desk, FixedClock]:
    """A desk with people, on which confirmations are due a day after an order is there."""
    clock = FixedClock(NOW - 4 * DAY)
    desk = open_desk(folder / "offplan.db", clock=clock, planner=PlaybookPlanner(library or load_library()))
    owners(desk, "ana", "bo")
    desk.configure({"tolerance": {"unconfirmed": {"confirm_days": 1}}})
    return desk, clock


def unanswered(desk: Desk, clock: FixedClock, *refs: str) -> list[str]:
    """Orders that nobody confirms, until their answer is overdue; the deviations."""
    desk.load([line(ref, due=NOW + 40 * DAY) for ref in refs], kind="purchase_order", scope="test", file="plan.csv")
    clock.set(NOW)
    desk.tick()
    return [item["id"] for item in desk.deviations(["kind=unconfirmed"]).items]


def actions(desk: Desk) -> dict[str, dict[str, Any]]:
    return {item["step"]: item for item in desk.actions(all=True).items}


def test_the_management_of_a_supplier_is_called_only_if_nothing_came_within_a_day(tmp_path: Path) -> None:
    for folder, answered in (("silent", False), ("answered", True)):
        (tmp_path / folder).mkdir()
        desk, clock = standing(tmp_path / folder)
        (deviation,) = unanswered(desk, clock, "PO-1")
        desk.respond([deviation])
        for step in ("check-transmission", "ask-confirmation"):
            desk.done([actions(desk)[step]["id"]])
        if answered:
            desk.done([actions(desk)["enter-answer"]["id"]])
            desk.done([actions(desk)["check-cover"]["id"]])
            desk.resolve([deviation], reason="the confirmation came by mail")
        clock.set(NOW + DAY)
        desk.tick()
        found = {step: actions(desk)[step]["state"] for step in ("give-a-day", "call-management")}
        assert found == {"give-a-day": "done", "call-management": "skipped" if answered else "ready"}


def test_what_a_supplier_left_unanswered_is_looked_at_once_a_week_in_one_response(tmp_path: Path) -> None:
    text = (BUILT_IN / "weekly-confirmations.yaml").read_text(encoding="utf-8")
    write(tmp_path, "weekly.yaml", text.replace("enabled: false", "enabled: true"))
    desk, clock = standing(tmp_path, load_library(tmp_path))
    found = unanswered(desk, clock, "PO-1", "PO-2")
    assert desk.timetable()[0]["due_at"] == iso(NOW + 7 * DAY), "NOW is a Monday at eight, which is past"
    clock.set(NOW + 7 * DAY)
    desk.tick()
    (response,) = desk.responses().items
    assert response["playbook"] == "weekly-confirmations"
    assert {desk.show(each)["response"] for each in found} == {response["id"]}
    desk.done([actions(desk)["send-list"]["id"]], answers=["answered=yes"])
    assert actions(desk)["elsewhere"]["state"] == "skipped"
    clock.set(NOW + 14 * DAY)
    desk.tick()
    assert [each["state"] for each in desk.responses(all=True).items] == ["running", "done"]


def test_a_sender_is_asked_again_by_a_machine_where_somebody_says_so(tmp_path: Path) -> None:
    calls: list[str] = []

    def answer(request: Request) -> None:
        # Owners are told through the same address.
        if json.loads(request.server_state.bodies[-1]).get("source") == "source erp":
            calls.append(request.headers["Idempotency-Key"])
        request.send(503 if 0 < len(calls) < 3 else 200)

    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "offplan.db", clock=clock, planner=PlaybookPlanner(load_library()))
    owners(desk, "ana")
    desk.declare_source("erp", "http", HOUR)
    clock.set(NOW + 3 * HOUR)
    desk.tick()
    (deviation,) = [item["id"] for item in desk.deviations(["kind=stale_feed"]).items]
    desk.respond([deviation], inputs={"ask_sender": "yes"})
    with serving(answer) as server:
        chosen = settings(tmp_path, webhook(server).replace("channel.hook", "channel.resend"))
        for minutes in (0, 10, 20):
            clock.set(NOW + 3 * HOUR + minutes * MINUTE)
            desk.tick()
            feeder.deliver(desk, chosen)
    assert actions(desk)["ask-sender"]["state"] == "done"
    assert (len(calls), len(set(calls))) == (3, 1)
    desk.store.close()
