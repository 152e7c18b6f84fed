"""Where a command begins: workspace, file, clock, actor and planner."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from pathlib import Path

import pytest

from engine.storage.desk_clock import run_on_from
from engine.storage.journal import Entry, Writer
from engine.storage.store import Store, set_meta
from engine.values.clock import FixedClock, OffsetClock, SystemClock, parse_instant
from engine.values.errors import BadInput, StoreUnusable
from tui import wiring
from tui.commands import workspace
from tui.planner import PlannerOnDemand
from tui.words.arguments import UsageError

MONDAY = parse_instant("2026-03-09T08:00:00Z", "test")


def arguments(**given: str | None) -> Namespace:
    return Namespace(**{"db": None, "workspace": None, "now": None, "readonly": False, **given})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "desk.db", create=True)


def carry(store: Store, clock: str) -> None:
    with store.write() as connection:
        set_meta(connection, "clock", clock)


def test_the_nearest_workspace_upwards_is_the_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.make(tmp_path)
    deep = tmp_path / "inbox" / "today"
    deep.mkdir()
    monkeypatch.chdir(deep)

    assert wiring.find_workspace(arguments()) == tmp_path
    assert wiring.database_of(arguments()) == tmp_path / "offplan.db"


def test_the_settings_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "offplan.toml").write_text('[desk]\ndatabase = "eu.db"\n', encoding="utf-8")

    assert wiring.database_of(arguments(workspace=str(tmp_path))) == tmp_path / "eu.db"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[desk\n", "it is not TOML"),
        (f"[{'.'.join(['a'] * 2000)}]\n", "a key has more than 32 parts"),
        ("[desk]\ndatabase = 7\n", "7 is not a file name"),
    ],
)
def test_settings_that_name_no_file_are_one_sentence(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "offplan.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match=fault):
        wiring.database_of(arguments(workspace=str(tmp_path)))


def test_what_is_no_settings_file_is_not_read_into_memory(tmp_path: Path) -> None:
    """A file of gigabytes ended every command with a crash report."""
    path = tmp_path / "offplan.toml"
    path.write_bytes(b"")
    os.truncate(path, 1 << 40)

    with pytest.raises(BadInput, match="it is larger than 1 MiB; this is no settings file"):
        wiring.database_of(arguments(workspace=str(tmp_path)))


def test_db_goes_before_the_workspace(tmp_path: Path) -> None:
    workspace.make(tmp_path)
    other = str(tmp_path / "other.db")

    assert wiring.database_of(arguments(db=other, workspace=str(tmp_path))) == Path(other)


def test_without_workspace_and_file_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(wiring.NoWorkspaceError, match="offplan init") as refused:
        wiring.database_of(arguments())
    assert refused.value.exit_code == 2


def test_a_workspace_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no offplan\.toml"):
        wiring.find_workspace(arguments(workspace=str(tmp_path)))


class TestClock:
    def test_now_goes_before_the_environment_and_the_file(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        carry(store, json.dumps({"mode": "fixed", "at": 5}))
        monkeypatch.setenv("OFFPLAN_NOW", "2026-03-09T08:00:00Z")

        assert wiring.clock_for(store, "2026-03-10").now() == parse_instant("2026-03-10T00:00:00Z", "test")
        assert wiring.clock_for(store, None).now() == MONDAY

    def test_a_plain_file_lives_on_the_machine_s_clock(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("OFFPLAN_NOW", raising=False)

        assert isinstance(wiring.clock_for(store, None), SystemClock)

    def test_a_fixed_file_stands_at_its_last_entry(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("OFFPLAN_NOW", raising=False)
        carry(store, json.dumps({"mode": "fixed", "at": MONDAY}))
        assert wiring.clock_for(store, None).now() == MONDAY

        with store.write() as connection:
            Writer(connection, at=MONDAY + 60, actor="ana", origin="{}").write(Entry("comment", "desk", "desk", {}, {}))

        clock = wiring.clock_for(store, None)
        assert isinstance(clock, FixedClock)
        assert clock.now() == MONDAY + 60

    def test_a_file_that_runs_on_does_so_for_every_process(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("OFFPLAN_NOW", raising=False)
        mine = run_on_from(store, MONDAY)

        theirs = wiring.clock_for(store, None)

        assert isinstance(theirs, OffsetClock)
        before, between, after = mine.now(), theirs.now(), mine.now()
        assert MONDAY <= before <= between <= after

    @pytest.mark.parametrize(
        "text", ["{", '{"mode": "lunar"}', '{"mode": "fixed"}', "[]", '{"mode": "offset", "offset": null}']
    )
    def test_an_unknown_clock_is_one_sentence(self, store: Store, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        monkeypatch.delenv("OFFPLAN_NOW", raising=False)
        carry(store, text)

        with pytest.raises(StoreUnusable, match="carries a clock"):
            wiring.clock_for(store, None)

    @pytest.mark.parametrize("place", ["--now", "OFFPLAN_NOW"])
    def test_a_time_that_is_none_names_its_place(
        self, store: Store, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        monkeypatch.setenv("OFFPLAN_NOW", "yesterday" if place == "OFFPLAN_NOW" else "")

        with pytest.raises(UsageError, match=f"^{place}: 'yesterday' is not a time"):
            wiring.clock_for(store, "yesterday" if place == "--now" else None)


def test_the_actor_is_who_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFPLAN_ACTOR", " ana ")
    assert wiring.actor() == "ana"

    monkeypatch.setenv("OFFPLAN_ACTOR", "")
    monkeypatch.setenv("LOGNAME", "bo")
    assert wiring.actor() == "bo"


def test_a_desk_that_stands_still_without_sources_needs_no_feeder(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFPLAN_NOW", raising=False)
    monkeypatch.chdir(tmp_path)
    carry(store, json.dumps({"mode": "fixed", "at": MONDAY}))
    args = arguments(db=str(store.path))
    with wiring.opened(args) as desk:
        assert wiring.arguments_for_feeder(args, desk) is None

    workspace.make(tmp_path)
    args.now = "2026-03-09T08:00:00Z"
    with wiring.opened(args) as desk:
        assert wiring.arguments_for_feeder(args, desk) == [
            "--db",
            str(store.path),
            "--workspace",
            str(tmp_path),
            "--now",
            "2026-03-09T08:00:00Z",
        ]


def test_the_workspace_s_own_playbooks_are_known_to_the_desk(tmp_path: Path, store: Store) -> None:
    workspace.make(tmp_path)
    example = tmp_path / "playbooks" / "example.yaml"
    example.write_text(example.read_text(encoding="utf-8").replace("enabled: false", "enabled: true"), encoding="utf-8")
    planner = PlannerOnDemand(tmp_path / "playbooks")

    assert "example" in {match.playbook for match in planner.matches({"kind": "late_supply"}, 0)}
    assert "example" not in {match.playbook for match in PlannerOnDemand(None).matches({"kind": "late_supply"}, 0)}
