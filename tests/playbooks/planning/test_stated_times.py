"""Playbooks that begin at stated times: which time comes next, what begins then, once, and what is made up for."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands import timetable
from engine.desk import Desk
from engine.values.clock import DAY, HOUR, MINUTE, WEEKDAYS, FixedClock, iso, moment_of
from engine.values.errors import BadInput
from engine.vocabulary.planning import ResponsePlan
from engine.vocabulary.stated_times import StatedTimes
from playbooks.language.schema import Day
from playbooks.planning.planner import PlaybookPlanner
from playbooks.planning.rehearse import rehearse
from tests.engine.desk_support import NOW, late, open_desk, owners
from tests.killing import Hook, is_killed_at, is_write
from tests.playbooks.worlds import ONE_STEP, WEEKLY, at, library, write
from tui.planner import PlannerOnDemand

EACH = WEEKLY.replace("    match:", "    for: each\n    match:")
DUE = NOW + HOUR


def open_with(folder: Path, text: str, clock: FixedClock | None = None) -> tuple[Desk, FixedClock]:
    """A desk on which one playbook is at hand, with three late orders."""
    clock = clock or FixedClock(NOW)
    desk = open_desk(folder / "offplan.db", clock=clock, planner=PlaybookPlanner(library(folder, text)))
    desk.tick()
    return desk, clock


def begun(folder: Path, text: str) -> tuple[Desk, FixedClock]:
    desk, clock = open_with(folder, text)
    owners(desk, "ana", "bo")
    late(desk, alpha=12, beta=9, gamma=15)
    return desk, clock


def tick(desk: Desk, clock: FixedClock, instant: int) -> int:
    clock.set(instant)
    return desk.tick().timers


def answered(desk: Desk) -> list[str]:
    return [item["deviation"] for item in reversed(desk.responses(all=True).items)]


def queue(desk: Desk) -> list[str]:
    return [item["id"] for item in desk.deviations().items]


def test_the_words_for_days_are_those_of_the_engine() -> None:
    assert Day.__args__ == WEEKDAYS  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("days", "time", "zone", "after", "found"),
    [
        (("mon",), "08:00", "Europe/Berlin", "2026-03-09T06:59:59Z", "2026-03-09T07:00:00Z"),
        (("mon",), "08:00", "Europe/Berlin", "2026-03-09T07:00:00Z", "2026-03-16T07:00:00Z"),
        (("mon",), "08:00", "Europe/Berlin", "2026-03-23T08:00:00Z", "2026-03-30T06:00:00Z"),
        (("sun",), "02:30", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
        (("sun",), "02:30", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
        (("sun",), "02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-11-01T01:30:00Z"),
        (("sun",), "23:30", None, "2026-03-08T14:00:00Z", "2026-03-08T14:30:00Z"),
    ],
    ids=["today", "not-twice", "summer", "gap", "overlap", "overlap-once", "the-desks-zone"],
)
def test_the_next_time_goes_by_the_clock_on_the_wall(
    days: tuple[str, ...], time: str, zone: str | None, after: str, found: str
) -> None:
    assert iso(StatedTimes(days, time, zone).after(at(after), "Asia/Tokyo")) == found


@given(
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.integers(0, 23),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]),
    st.integers(0, 60 * 24 * 400),
)
def test_the_next_time_is_later_within_two_weeks_and_the_only_one_until_then(
    days: set[str], hour: int, zone: str, minutes: int
) -> None:
    times = StatedTimes(tuple(day for day in WEEKDAYS if day in days), f"{hour:02}:15", zone)
    start = NOW + minutes * MINUTE
    found = times.after(start, "UTC")
    assert start < found <= start + 14 * DAY
    assert times.between(start, found, "UTC") == 1
    assert times.between(start, found - 1, "UTC") == 0
    shown = moment_of(found).astimezone(ZoneInfo(zone))
    assert WEEKDAYS[shown.weekday()] in days


def test_the_first_deviation_of_the_queue_is_answered_when_it_is_time_and_only_once(tmp_path: Path) -> None:
    desk, clock = begun(tmp_path, WEEKLY)
    first = queue(desk)[0]
    assert [(each["at"], each["due_at"], each["ran_at"]) for each in desk.timetable()] == [
        ("mon 10:00 Europe/Berlin", iso(DUE), None)
    ]
    assert tick(desk, clock, DUE - 1) == 0
    assert answered(desk) == []
    assert tick(desk, clock, DUE) == 1
    assert answered(desk) == [first]
    assert tick(desk, clock, DUE + 1) == 0
    (each,) = desk.timetable()
    assert (each["due_at"], each["ran_at"]) == (iso(DUE + 7 * DAY), iso(DUE))
    assert each["said"] == f"3 deviations match, {first} answered; 2 more are not looked at, since it begins 1 at most"
    shown = desk.show("R1")
    entry = shown["history"][0]
    assert (entry["actor"], entry["action"], entry["reason"]) == ("system", "respond", "it is mon 10:00 Europe/Berlin")
    assert desk.show(first)["owner"] == "ana", "a rule owns nothing"


def test_what_is_answered_already_is_passed_over_and_a_done_one_comes_again(tmp_path: Path) -> None:
    desk, clock = begun(tmp_path, WEEKLY)
    one, two, _ = queue(desk)
    tick(desk, clock, DUE)
    tick(desk, clock, DUE + 7 * DAY)
    assert answered(desk) == [one, two]
    assert f"not {one}: {one} is already answered with weekly: R1" in desk.timetable()[0]["said"]
    (action,) = [item["id"] for item in desk.actions().items if item["deviation"] == one]
    desk.done([action])
    tick(desk, clock, DUE + 14 * DAY)
    assert answered(desk)[2] == one, "a review is held every week, whatever came of the last one"


def test_what_runs_already_is_not_planned_again_and_the_first_of_it_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A weekly review of hundreds planned each of them anew, every week, while everybody waited for the file."""
    desk, clock = open_with(tmp_path, EACH)
    owners(desk, "ana", "bo")
    late(desk, **{f"line{number}": 9 + number for number in range(timetable.MOST_NAMED + 2)})
    assert tick(desk, clock, DUE) == timetable.MOST_NAMED + 2
    late(desk, **{f"line{number}": 9 + number for number in range(timetable.MOST_NAMED + 3)})
    planned: list[str] = []
    stated_on_agenda = PlaybookPlanner.stated_on_agenda

    def counted(planner: PlaybookPlanner, deviation: Mapping[str, Any], *asked: Any) -> ResponsePlan:
        planned.append(deviation["id"])
        return stated_on_agenda(planner, deviation, *asked)

    monkeypatch.setattr(PlaybookPlanner, "stated_on_agenda", counted)
    tick(desk, clock, DUE + 7 * DAY)
    assert planned == answered(desk)[-1:]
    said = desk.timetable()[0]["said"]
    assert said.count("is already answered with weekly: R") == timetable.MOST_NAMED
    assert said.endswith("; nor 2 more")


def test_what_a_stated_time_begins_goes_round_what_it_began_before(tmp_path: Path) -> None:
    desk, clock = begun(tmp_path, EACH)
    tick(desk, clock, DUE)
    begun_with = [desk.show(f"A{number}")["history"][0]["after"] for number in (1, 2, 3)]
    assert len({(each["owner"], each["start_at"]) for each in begun_with}) == 3, "before anything was planned anew"


def test_a_cooldown_and_a_concurrency_hold_here_too(tmp_path: Path) -> None:
    text = EACH.replace("    for: each\n", "    for: each\n    cooldown: PT300H\n").replace(
        "roles:", "concurrency: {key: $party, on_conflict: skip}\nroles:"
    )
    desk, clock = begun(tmp_path, text)
    one, two, three = queue(desk)
    tick(desk, clock, DUE)
    assert answered(desk) == [one]
    said = desk.timetable()[0]["said"]
    assert f"not {two}: {two}: weekly runs once at a time for ACME" in said
    assert f"not {three}: {three}: weekly runs once" in said
    (action,) = [item["id"] for item in desk.actions().items]
    desk.done([action])
    tick(desk, clock, DUE + 7 * DAY)
    assert answered(desk) == [one, two]
    assert f"not {one}: {one}: weekly answered late_supply of purchase_order" in desk.timetable()[0]["said"]


def test_each_that_matches_is_answered_up_to_the_most(tmp_path: Path) -> None:
    desk, clock = begun(tmp_path, EACH)
    assert tick(desk, clock, DUE) == 3
    assert sorted(answered(desk)) == sorted(queue(desk))
    assert len({entry["txn"] for number in (1, 2, 3) for entry in desk.show(f"R{number}")["history"]}) == 1
    (tmp_path / "few").mkdir()
    desk, clock = begun(tmp_path / "few", EACH.replace("for: each", "for: each\n    max: 2"))
    assert tick(desk, clock, DUE) == 2
    assert "1 more are not looked at, since it begins 2 at most" in desk.timetable()[0]["said"]


def test_of_two_that_hold_the_same_time_one_takes_it(tmp_path: Path) -> None:
    desk, clock = begun(tmp_path, WEEKLY)
    clock.set(DUE)
    with desk._reading() as view:
        (row,) = timetable.due(*view)
        matching = timetable.matching(*view, desk.planner, row)  # type: ignore[arg-type]
    counts = []
    for _ in range(2):
        with desk._writing("system") as transaction:
            counts.append(timetable.begin(desk._by_rule(transaction), desk.planner, row, matching))  # type: ignore[arg-type]
    assert counts == [1, 0]
    assert len(answered(desk)) == 1


def test_killed_at_any_write_it_begins_once_all_the_same(tmp_path: Path) -> None:
    desk, _ = begun(tmp_path, EACH)
    desk.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.store.close()
    boundary, path = 1, tmp_path / "offplan.db"
    while True:
        (tmp_path / f"at{boundary}").mkdir()
        copy = Path(shutil.copy(path, tmp_path / f"at{boundary}"))
        if not is_killed_at(boundary, is_write, partial(tick_at_the_time, copy.parent)):
            break
        desk, clock = open_with(copy.parent, EACH)
        clock.set(DUE + MINUTE)
        desk.tick()
        assert sorted(answered(desk)) == sorted(queue(desk)), boundary
        (each,) = desk.timetable()
        assert (each["due_at"], each["ran_at"] in (iso(DUE), iso(DUE + MINUTE))) == (iso(DUE + 7 * DAY), True)
        entries = "SELECT count(*) FROM journal WHERE action = 'stated_time'"
        assert desk.store.connection.execute(entries).fetchone() == (1,), boundary
        desk.store.close()
        boundary += 3
    assert boundary > 20


def tick_at_the_time(folder: Path, hook: Hook) -> None:
    desk, clock = open_with(folder, EACH)
    desk.store.connection.set_trace_callback(hook)
    clock.set(DUE)
    desk.tick()


def test_times_that_passed_while_no_desk_ran_are_one_and_it_is_said(tmp_path: Path) -> None:
    desk, clock = begun(tmp_path, WEEKLY)
    assert tick(desk, clock, DUE + 16 * DAY) == 1
    assert len(answered(desk)) == 1
    (each,) = desk.timetable()
    assert each["due_at"] == iso(DUE + 21 * DAY - HOUR), "the clocks of Berlin changed meanwhile"
    assert f"it was due {iso(DUE)}, and 2 more times passed before it could begin: they are one" in each["said"]


@pytest.mark.parametrize("ran", [True, False])
def test_a_clock_that_was_wrong_by_years_and_was_set_back_keeps_nothing_from_beginning(
    tmp_path: Path, ran: bool
) -> None:
    """It was due next in 2099, as the clock had stood there for a moment."""
    desk, clock = begun(tmp_path, WEEKLY) if ran else open_with(tmp_path, WEEKLY, FixedClock(NOW + 26_000 * DAY))
    if ran:
        assert tick(desk, clock, NOW + 26_000 * DAY) == 1
    far = desk.timetable()[0]["due_at"]
    assert tick(desk, clock, NOW) == 0
    (each,) = desk.timetable()
    assert each["due_at"] == iso(DUE)
    assert each["said"] == f"the clock was set back: it would have been due {far}, and is counted from now on"
    assert tick(desk, clock, NOW) == 0
    assert tick(desk, clock, DUE) == int(ran)
    assert desk.timetable()[0]["due_at"] == iso(DUE + 7 * DAY)


def test_a_clock_that_is_set_back_a_little_begins_nothing_twice(tmp_path: Path) -> None:
    desk, clock = begun(tmp_path, WEEKLY)
    assert tick(desk, clock, DUE) == 1
    assert tick(desk, clock, DUE - HOUR) == tick(desk, clock, DUE) == 0
    assert desk.timetable()[0]["due_at"] == iso(DUE + 7 * DAY)


def test_nothing_that_matches_is_said_too(tmp_path: Path) -> None:
    desk, clock = open_with(tmp_path, WEEKLY)
    assert tick(desk, clock, DUE) == 0
    assert desk.timetable()[0]["said"] == "nothing in the queue matches"
    assert desk.timetable()[0]["due_at"] == iso(DUE + 7 * DAY)


def test_another_time_counts_from_when_it_is_written_and_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    _, clock = begun(tmp_path, WEEKLY)
    clock.set(NOW + 2 * HOUR)
    desk, _ = open_with(tmp_path, WEEKLY.replace('"10:00"', '"10:30"').replace("PT2H", "PT3H"), clock)
    assert desk.timetable()[0]["due_at"] == iso(DUE + 7 * DAY + 30 * MINUTE), "what is past is not made up for"
    desk, _ = open_with(tmp_path, WEEKLY.replace("enabled: true", "enabled: false"), clock)
    assert desk.timetable() == []


@pytest.mark.parametrize("built_in", [False, True], ids=["alone", "in place of a built-in one"])
def test_a_time_that_comes_while_the_file_has_errors_is_kept_and_made_up_for(tmp_path: Path, built_in: bool) -> None:
    """It was forgotten with the first error, and began a week later than it should have."""
    folder = tmp_path / "playbooks"
    folder.mkdir()
    name = "weekly-confirmations" if built_in else "weekly"
    path = write(folder, "p.yaml", WEEKLY.replace("id: weekly", f"id: {name}"))
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "offplan.db", clock=clock, planner=PlannerOnDemand(folder))
    owners(desk, "ana", "bo")
    late(desk, alpha=12)
    desk.tick()
    whole = path.read_text(encoding="utf-8")
    path.write_text(
        whole.replace("needs: []", "needs: [nothing]").replace("triggers:", "triggers: ["), encoding="utf-8"
    )
    assert tick(desk, clock, DUE - MINUTE) == tick(desk, clock, DUE + 2 * HOUR) == 0
    assert [each["due_at"] for each in desk.timetable()] == [iso(DUE)]
    found = {each["place"]: each["fault"] for each in desk.check()}
    assert found[f"playbook {name}"] == f"it was to begin {iso(DUE)}, and has not"
    path.write_text(whole + "# mended\n", encoding="utf-8")
    assert tick(desk, clock, DUE + 3 * HOUR) == 1
    assert answered(desk) == ["D1"]
    (each,) = desk.timetable()
    assert each["due_at"] == iso(DUE + 7 * DAY)
    assert each["said"] == f"1 deviation matches, D1 answered; it was due {iso(DUE)}, and could not begin before"
    path.unlink()
    assert tick(desk, clock, DUE + 4 * HOUR) == 0
    assert desk.timetable() == [], "what is gone, and not only broken, is forgotten"


def test_a_folder_that_cannot_be_read_for_a_while_stops_no_tick_and_loses_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    write(folder, "p.yaml", WEEKLY)
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "offplan.db", clock=clock, planner=PlannerOnDemand(folder))
    late(desk, alpha=12)
    desk.tick()

    def unreadable(path: Path) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", unreadable)
        assert tick(desk, clock, DUE) == 0
        with pytest.raises(BadInput, match=r"it cannot be read \(Permission denied\); check its permissions"):
            desk.respond(["D1"])
    assert tick(desk, clock, DUE + 1) == 1


def test_a_change_of_words_keeps_a_time_that_is_due(tmp_path: Path) -> None:
    _, clock = begun(tmp_path, WEEKLY)
    clock.set(DUE + MINUTE)
    desk, _ = open_with(tmp_path, WEEKLY.replace("title: Call", "title: Ring"), clock)
    assert len(answered(desk)) == 1


def test_times_in_the_desks_zone_follow_it(tmp_path: Path) -> None:
    desk, _ = begun(tmp_path, WEEKLY.replace(", tz: Europe/Berlin", ""))
    assert desk.timetable()[0]["due_at"] == iso(NOW + 2 * HOUR)
    desk.configure({"zone": "Asia/Tokyo"})
    assert desk.timetable()[0]["due_at"] == iso(at("2026-03-16T01:00:00Z"))


def test_zones_that_this_machine_does_not_know_stop_nothing_and_are_found(tmp_path: Path) -> None:
    """A file from a machine with newer zones, or one that was edited, stopped every tick with a crash report."""
    desk, clock = begun(tmp_path, EACH)
    with desk.store.write() as connection:
        connection.execute("UPDATE timetable SET zone = 'Mars/Olympus'")
        connection.execute(
            "INSERT OR REPLACE INTO meta(key, value) VALUES ('settings', '{\"zone\": \"Mars/Olympus\"}')"
        )
    assert tick(desk, clock, DUE) == 3
    assert desk.timetable()[0]["due_at"] == iso(NOW + 2 * HOUR), "ten o'clock of UTC"
    desk.reschedule(["A1"], start_at=DUE + DAY)
    assert desk.owner_load()["zone"] == "Mars/Olympus"
    (found,) = [each for each in desk.check() if each["place"].startswith("zone")]
    assert found["place"] == "zone Mars/Olympus"
    assert found["fault"].startswith("it is the zone of the desk, playbook weekly, and this machine does not know it")


def test_in_shadow_mode_it_says_what_it_would_have_done(tmp_path: Path) -> None:
    desk, clock = begun(tmp_path, WEEKLY.replace("roles:", "mode: shadow\nroles:"))
    assert tick(desk, clock, DUE) == 0
    assert (
        "3 deviations match, none is answered; not D1: playbook weekly is in shadow mode" in desk.timetable()[0]["said"]
    )


def test_a_desk_that_does_not_know_the_playbook_leaves_the_time_to_one_that_does(tmp_path: Path) -> None:
    known, clock = begun(tmp_path, WEEKLY)
    clock.set(DUE)
    other = PlaybookPlanner(library(tmp_path, ONE_STEP.format(id="other")))
    other.remedies = lambda known: None  # type: ignore[method-assign]
    assert open_desk(tmp_path / "offplan.db", clock=clock, planner=other).tick().timers == 0
    assert open_desk(tmp_path / "offplan.db", clock=clock).tick().timers == 0
    assert known.tick().timers == 1


def test_it_is_offered_by_name_and_explained_but_not_by_itself(tmp_path: Path) -> None:
    desk, _ = begun(tmp_path, WEEKLY)
    (match,) = desk.matches("D1")
    assert match.matches
    assert match.because == "kind is late_supply; by itself only at stated times: mon 10:00 Europe/Berlin"
    assert desk.preview("D1", "weekly").playbook == "weekly"


TESTED = """\
tests:
  - name: on a Monday
    now: 2026-03-23T09:30:00Z
    deviation: {kind: late_supply, party: ACME}
    people: [{id: ana, functions: [procurement]}]
    expect: {steps: [call], next: 2026-03-30T08:00:00Z}
"""


def test_a_rehearsal_says_when_it_begins_next(tmp_path: Path) -> None:
    known = library(tmp_path, WEEKLY + TESTED)
    assert rehearse(known.get("weekly"), known) == []
    wrong = library(tmp_path, WEEKLY + TESTED.replace("30T08", "30T09"))
    (found,) = rehearse(wrong.get("weekly"), wrong)
    assert (found.what, found.found) == ("next", "2026-03-30T08:00:00Z")
