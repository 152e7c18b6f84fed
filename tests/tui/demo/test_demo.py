"""The demo: a private workspace that lives on from the sample's date, fed by files, gone at the end."""

from __future__ import annotations

import json
import shutil
import stat
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from connectors.files.reading import signal_batches
from connectors.files.retry import mend
from connectors.settings import settings_file
from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.storage.desk_clock import clock_of
from engine.storage.store import Store, set_meta
from engine.values.clock import HOUR, SECOND, FixedClock, iso, parse_instant
from engine.values.errors import StoreUnusable
from engine.vocabulary.model import IngestResult
from tests.sample_world.build import EXPECTED_EVERY, SETTINGS, build
from tests.sample_world.feeds import refused
from tui import command_line
from tui.demo import demo_feed, demo_world
from tui.terminal import device

MONDAY = parse_instant("2026-03-09T08:00:00Z", "test")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    store = Store.open(tmp_path / "sample.db", create=True)
    with store.write() as connection:
        set_meta(connection, "clock", json.dumps({"mode": "fixed", "at": MONDAY}))
    store.close()
    return tmp_path / "sample.db"


def test_the_copy_lives_on_from_the_sample_s_date_and_goes(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OFFPLAN_NOW", raising=False)
    before = sample.read_bytes()

    with demo_world.Demo(sample) as world:
        world.begin()
        now = world.clock.now()
        folder = world.folder
        assert MONDAY <= now < MONDAY + HOUR
        assert now <= world.clock.now()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(world.database.stat().st_mode) == 0o600

    assert not folder.exists()
    assert sample.read_bytes() == before


def test_it_may_begin_at_another_moment(sample: Path) -> None:
    with demo_world.Demo(sample) as world:
        world.begin("2026-03-10T08:00:00Z")

        assert world.clock.now() >= parse_instant("2026-03-10T08:00:00Z", "test")


def test_its_settings_are_those_that_the_sample_was_built_with() -> None:
    loaded = settings_file.load(demo_world.SETTINGS)

    assert loaded.desk_settings() == SETTINGS
    assert {name: source.expected_every for name, source in loaded.sources.items()} == EXPECTED_EVERY


def test_every_file_of_the_script_belongs_to_one_source() -> None:
    loaded = settings_file.load(demo_world.SETTINGS)

    for _, name, _ in demo_feed.SCRIPT:
        folders = [source for source in loaded.sources.values() if isinstance(source, settings_file.FolderSource)]
        assert sum(source.takes(name) for source in folders) == 1


def test_the_script_goes_on_for_ten_minutes_without_a_long_silence() -> None:
    times = [seconds for seconds, _, _ in demo_feed.SCRIPT]

    assert times == sorted(times)
    assert times[0] < 10
    assert max(after - before for before, after in pairwise(times)) <= 30
    assert times[-1] >= 580


def test_what_the_script_says_is_about_the_sample_s_plan_and_moves_it(tmp_path: Path) -> None:
    build(tmp_path / "world.db")
    shutil.copyfile(demo_world.SETTINGS, tmp_path / "offplan.toml")
    loaded = settings_file.load(tmp_path / "offplan.toml")
    store = Store.open(tmp_path / "world.db")
    start = clock_of(store).now()
    clock = FixedClock(start)
    desk = Desk(store, clock, actor="feeder")
    unmatched = desk.deviations(["kind=unmatched"], all=True).total
    late = IngestResult()
    for seconds, name, text in demo_feed.SCRIPT:
        clock.set(start + int(seconds * SECOND))
        path = tmp_path / name
        path.write_text(text.replace("$now", iso(clock.now())), encoding="utf-8")
        (batch,) = signal_batches(path, loaded, name.split("-")[0])
        result = desk.take(batch)
        assert (result.new, result.quarantined) == (len(batch.rows), 0), name
        late = late.plus(result) if seconds > 60 else late

    assert desk.deviations(["kind=unmatched"], all=True).total == unmatched
    assert late.opened >= 5
    assert late.cleared >= 5
    store.close()


@pytest.mark.parametrize(("number", "column", "right"), [(1, "eta", "2026-03-23"), (2, "quantity", "820")])
def test_what_the_sample_holds_is_taken_once_it_is_mended_as_it_says(
    sample: Path, number: int, column: str, right: str
) -> None:
    loaded = settings_file.load(demo_world.SETTINGS)
    store = Store.open(sample)
    desk = Desk(store, FixedClock(MONDAY), actor="ana")
    desk.take(SourceBatch(source="edi", kind="folder", identity="event", rows=refused(), file="edi-0309.csv"))
    row = next(row for row in desk.held("edi") if row["id"] == number)

    tried = mend(desk, loaded, row, column, right)

    assert (tried.taken, tried.why) == (True, "")
    store.close()


def test_files_come_in_order_and_whole(tmp_path: Path) -> None:
    script = [(0.0, "a.csv", "id,at\n1,$now\n"), (0.0, "b.csv", "id\n2\n")]

    demo_world.play(tmp_path, FixedClock(MONDAY), script, threading.Event())

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "id,at\n1,2026-03-09T08:00:00Z\n"


def test_the_player_stops_with_the_desk(sample: Path) -> None:
    with demo_world.Demo(sample) as world:
        world.begin()
        with world.playing([(0.0, "a.csv", "id\n"), (3600.0, "b.csv", "id\n")]) as player:
            assert player.is_alive()
        assert not player.is_alive()
        assert not (world.inbox / "b.csv").exists()


def test_a_folder_that_goes_ends_the_player_quietly(tmp_path: Path) -> None:
    demo_world.play(tmp_path / "gone", FixedClock(MONDAY), [(0.0, "a.csv", "id\n")], threading.Event())

    assert not (tmp_path / "gone").exists()


def test_a_sample_that_cannot_be_copied_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    with pytest.raises(OSError, match="nowhere"), demo_world.Demo(tmp_path / "nowhere.db"):
        pass

    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_the_demo_is_printed_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sample: Path
) -> None:
    monkeypatch.delenv("OFFPLAN_NOW", raising=False)
    monkeypatch.setattr(demo_world, "sample", lambda: sample)

    assert command_line.main(["demo"]) == 0

    assert "2026-03-09 08:00 UTC" in capsys.readouterr().out


@pytest.mark.parametrize("words", [("--db", "mine.db"), ("--workspace", "mine")])
def test_it_takes_no_desk_of_somebody_else(words: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["demo", *words]) == 2
    assert "the demo makes a desk of its own" in capsys.readouterr().err


def test_an_installation_without_the_sample_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo_world, "__file__", str(tmp_path / "tui" / "demo.py"))

    with pytest.raises(StoreUnusable, match="install offplan again"):
        demo_world.sample()


def test_it_goes_where_the_terminal_hangs_up(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    with demo_world.Demo(sample) as world:
        device._end_by_force(device.HANG_UP)
        assert not world.folder.exists()
    assert codes == [device.HANG_UP]
