"""The demo's colleague answers the first disruption, and gives way to the person."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from connectors.files.reading import signal_batches
from connectors.settings import settings_file
from engine.desk import Desk
from engine.storage.desk_clock import clock_of
from engine.storage.store import Store
from engine.values.clock import SECOND, FixedClock, iso
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from tui.demo import demo_feed, demo_world
from tui.demo.demo_colleague import ANSWERS, COLLEAGUE, give, work

FIRST_MINUTE = 60


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    shutil.copyfile(demo_world.sample(), tmp_path / "world.db")
    shutil.copyfile(demo_world.SETTINGS, tmp_path / "offplan.toml")
    store = Store.open(tmp_path / "world.db")
    clock = FixedClock(clock_of(store).now())
    return Desk(store, clock, actor=COLLEAGUE, planner=PlaybookPlanner(load_library()))


def hear(desk: Desk, folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text.replace("$now", iso(desk.clock.now())), encoding="utf-8")
    for batch in signal_batches(path, settings_file.load(folder / "offplan.toml"), name.split("-")[0]):
        desk.take(batch)


def test_the_first_minute_shows_it_arriving_ranked_and_answered(desk: Desk, tmp_path: Path) -> None:
    start = desk.clock.now()
    events: list[tuple[float, object]] = [(seconds, (name, text)) for seconds, name, text in demo_feed.SCRIPT]
    events += [(answer.seconds, answer) for answer in ANSWERS]
    assert isinstance(desk.clock, FixedClock)
    for seconds, event in sorted(events, key=lambda each: each[0]):
        if seconds > FIRST_MINUTE:
            break
        desk.clock.set(start + int(seconds * SECOND))
        if isinstance(event, tuple) and len(event) == 2:
            hear(desk, tmp_path, *event)
        else:
            give(desk, event)  # type: ignore[arg-type]
    (found,) = desk.deviations(["subject=4694/10", "kind=late_supply"]).items
    assert (found["state"], found["owner"]) == ("responding", COLLEAGUE)
    actions = desk.show(found["id"])["actions"]
    assert [action["state"] for action in actions].count("in_progress") == 1
    assert all(action["owner"] for action in actions)


def test_what_the_person_did_already_is_left(desk: Desk, tmp_path: Path) -> None:
    assert isinstance(desk.clock, FixedClock)
    hear(desk, tmp_path, *demo_feed.SCRIPT[1][1:])
    (found,) = desk.deviations(["subject=4694/10", "kind=late_supply"]).items
    desk.dismiss([found["id"]], reason="known")
    at_once = [answer._replace(seconds=0.0) for answer in ANSWERS]
    work(tmp_path / "world.db", desk.clock, PlaybookPlanner(load_library()), threading.Event(), at_once)
    assert desk.show(found["id"])["state"] == "dismissed"
    assert desk.responses(["deviation=" + found["id"]], all=True).total == 0
