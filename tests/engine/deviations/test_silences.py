"""Silences: what they match, when they hold, what may be changed of them, and that nothing hides for longer."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, SECOND, FixedClock, iso
from engine.values.errors import BadInput, NotFound, Refused, StaleVersion
from tests.engine.desk_support import NOW, eta, late, line, open_desk, take


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Desk:
    return open_desk(tmp_path / "desk.db", clock=clock)


def queue(desk: Desk) -> list[str]:
    return [item["subject"]["id"] for item in desk.deviations().items]


def silence(desk: Desk, *where: str, start: int = NOW, end: int = NOW + DAY) -> str:
    outcome = desk.silence(where, reason="known", from_at=start, until=end)
    return outcome.changes[0].id


def at(seconds: int) -> int:
    return NOW + seconds * SECOND


def test_a_silence_takes_what_it_matches_out_of_the_queue_and_says_so(desk: Desk) -> None:
    late(desk, alpha=12, beta=20)
    outcome = desk.silence(["kind=late_supply", "subject=alp*"], reason="the port is closed")
    assert (outcome.changes[0].id, outcome.changes[0].now) == ("L1", f"active until {iso(NOW + 7 * DAY)}")
    assert outcome.notes == ("L1 matches 1 of the deviations that ask for something now",)
    assert queue(desk) == ["beta"]
    (hidden,) = desk.deviations(["silenced=true"]).items
    assert (hidden["subject"]["id"], hidden["state"], hidden["suppressed_by"]) == ("alpha", "open", ["L1"])
    assert desk.header()["suppressed"] == {"total": 1, "snoozed": 0, "silenced": 1, "folded": 0}
    assert (desk.header()["open"], desk.suppressed(["item=none"])["total"]) == (1, 0)
    shown = desk.show("l1")
    assert (shown["matchers"], shown["author"]) == ({"kind": "late_supply", "subject": "alp*"}, "ana")
    assert (shown["state"], shown["matched"], shown["deviations"]) == ("active", 1, [hidden["id"]])
    assert [entry["action"] for entry in shown["history"]] == ["add"]


def test_every_silence_that_matches_is_named(desk: Desk) -> None:
    late(desk, alpha=12)
    silence(desk, "party=ACME")
    silence(desk, "item=SKU-?")
    silence(desk, "site=ANR")
    (hidden,) = desk.deviations(["suppressed=true"]).items
    assert hidden["suppressed_by"] == ["L1", "L2"]


@pytest.mark.parametrize(
    ("second", "shown", "state"),
    [(9, True, "pending"), (10, False, "active"), (19, False, "active"), (20, True, "expired")],
)
def test_peers_20_the_start_is_inside_the_end_is_not(
    desk: Desk, clock: FixedClock, second: int, shown: bool, state: str
) -> None:
    late(desk, alpha=12)
    silence(desk, "party=ACME", start=at(10), end=at(20))
    clock.set(at(second))
    assert (queue(desk) == ["alpha"], desk.show("L1")["state"]) == (shown, state)


def test_peers_18_only_what_it_matches_and_only_meanwhile(desk: Desk, clock: FixedClock) -> None:
    """AM: t1 and t2 told, t1 silenced for [2.5, 4.5): at 3 and 4 only t2, at 5 both."""
    late(desk, t1=12, t2=20)
    desk.silence(["subject=t1"], reason="known", from_at=at(0) + 2_500_000, until=at(0) + 4_500_000)
    seen = {}
    for second in (2, 3, 4, 5):
        clock.set(at(second))
        seen[second] = sorted(queue(desk))
    assert seen == {2: ["t1", "t2"], 3: ["t2"], 4: ["t2"], 5: ["t1", "t2"]}


def test_peers_19_ended_early_shows_all_at_once(desk: Desk, clock: FixedClock) -> None:
    late(desk, t1=12, t2=20)
    identity = silence(desk, "party=ACME", end=at(100))
    clock.set(at(3))
    assert queue(desk) == []
    desk.end_silences([identity], reason="the port is open")
    assert sorted(queue(desk)) == ["t1", "t2"]


@pytest.mark.parametrize(
    ("case", "made", "changed", "fault"),
    [
        ("21b", (-3600, -1), (0, 0), "has expired"),
        ("21c", (3600, 7200), (-60, 3600), "has passed"),
        ("21d", (3600, 7200), (60, 60), None),
        ("21e", (3600, 7200), (0, 7200), None),
        ("21f", (-3600, 7200), (-60, 7200), "only its end can be changed"),
        ("21g", (-3600, 7200), (-3600, -1), "lies before"),
        ("21h", (-3600, 7200), (-3600, 0), None),
        ("21i", (-3600, 7200), (-3600, 10800), None),
    ],
)
def test_peers_21_what_may_be_changed(
    desk: Desk, clock: FixedClock, case: str, made: tuple[int, int], changed: tuple[int, int], fault: str | None
) -> None:
    """Both directions: what is allowed is written as it was asked, what is not leaves everything as it was."""
    clock.set(at(-3600))
    identity = silence(desk, "party=ACME", start=at(made[0]), end=at(made[1]))
    clock.set(at(0))
    before = desk.show(identity)
    if fault is None:
        desk.change_silence([identity], from_at=at(changed[0]), until=at(changed[1]))
        after = desk.show(identity)
        assert (after["from_at"], after["until_at"]) == (iso(at(changed[0])), iso(at(changed[1])))
        assert [entry["action"] for entry in after["history"]] == ["add", "change"]
    else:
        with pytest.raises((Refused, BadInput), match=fault):
            desk.change_silence([identity], from_at=at(changed[0]), until=at(changed[1]))
        assert desk.show(identity) == before


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ([], "where: nothing is asked for; name what to silence"),
        (["party=*"], "it would match every deviation"),
        (["subject=?*", "item=**"], "it would match every deviation"),
        (["kind=*", "severity=*"], "it would match every deviation"),
        (["party="], "the pattern is empty"),
        (["party"], "this is not FIELD=PATTERN"),
        (["colour=red"], "the fields are kind, severity, party, item, site, subject"),
        (["kind=strike"], "there is no such kind; use late_supply"),
        (["severity=urgent"], "there is no such severity; use low, medium, high, critical"),
        (["party=A", "party=B"], "party is asked for twice"),
        (["party=" + "a" * 201], "the pattern is too long"),
        (["party=a*b*c*d*e*f"], "the pattern is too long"),
    ],
)
def test_peers_22_what_would_hide_everything_is_refused(desk: Desk, where: list[str], fault: str) -> None:
    with pytest.raises(BadInput) as refused:
        desk.silence(where, reason="known")
    assert fault in str(refused.value)
    assert desk.silences(all=True).total == 0


@pytest.mark.parametrize(
    ("times", "fault"),
    [
        ({"from_at": NOW, "until": NOW - 60 * SECOND}, "is not after"),  # 21a
        ({"until": NOW}, "is not after"),
        ({"from_at": NOW - 1}, "has passed; leave it out to begin now"),
        ({"until": NOW + 400 * DAY}, "a silence must end"),
    ],
)
def test_a_silence_without_a_future_or_without_an_end_is_refused(desk: Desk, times: dict[str, int], fault: str) -> None:
    with pytest.raises(BadInput, match=fault):
        desk.silence(["party=ACME"], reason="known", **times)
    with pytest.raises(BadInput, match="reason"):
        desk.silence(["party=ACME"], reason=" ")


def test_peers_23_ending_twice_is_fine_and_is_one_event(desk: Desk, clock: FixedClock) -> None:
    identity = silence(desk, "party=ACME")
    clock.set(at(5))
    desk.end_silences([identity])
    clock.set(at(6))
    outcome = desk.end_silences([identity])
    assert (outcome.changes, outcome.notes) == ((), ("L1 is over already: nothing was changed",))
    shown = desk.show(identity)
    assert (shown["until_at"], [entry["action"] for entry in shown["history"]]) == (iso(at(5)), ["add", "end"])


def test_a_pending_silence_that_is_ended_never_holds(desk: Desk, clock: FixedClock) -> None:
    late(desk, alpha=12)
    identity = silence(desk, "party=ACME", start=at(10), end=at(20))
    desk.end_silences([identity])
    for second in (0, 10, 15):
        clock.set(at(second))
        assert queue(desk) == ["alpha"]


def test_peers_45_a_snooze_ends_without_a_write(desk: Desk, clock: FixedClock) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.snooze([deviation], until=at(100))
    seen = {}
    for second in (99, 100):
        clock.set(at(second))
        seen[second] = queue(desk)
    assert seen == {99: [], 100: ["alpha"]}


def test_peers_49_and_50_what_comes_in_meanwhile_shows_at_the_end(desk: Desk, clock: FixedClock) -> None:
    """Said twice while silenced for [0, 50): one deviation with both signals at 50; what opens after 50 shows at
    once."""
    desk.load([line("alpha"), line("beta")], kind="purchase_order", scope="test", file="plan.csv")
    silence(desk, "party=ACME", end=at(50))
    for second in (0, 1):
        clock.set(at(second))
        take(desk, eta("alpha", NOW + (20 + second) * DAY, number=str(second), recorded=at(second)))
    assert queue(desk) == []
    clock.set(at(50))
    (item,) = desk.deviations().items
    assert (item["subject"]["id"], item["signals"]) == ("alpha", ["S1", "S2"])
    clock.set(at(60))
    take(desk, eta("beta", NOW + 20 * DAY, number="3", recorded=at(60)))
    assert sorted(queue(desk)) == ["alpha", "beta"]


def test_resolved_while_silenced_and_back_again_shows_at_the_end(desk: Desk, clock: FixedClock) -> None:
    """PEERS 24, without the messages: t1 silenced for [3, 20), over at 5, back at 10, seen at 20."""
    late(desk, t1=12)
    clock.set(at(3))
    silence(desk, "subject=t1", start=at(3), end=at(20))
    clock.set(at(5))
    take(desk, eta("t1", NOW + 10 * DAY, number="2", recorded=at(5)))
    assert desk.deviations(["silenced=true"]).total == 0
    clock.set(at(10))
    take(desk, eta("t1", NOW + 15 * DAY, number="3", recorded=at(10)))
    assert queue(desk) == []
    clock.set(at(20))
    assert queue(desk) == ["t1"]


def test_peers_60_many_are_put_off_in_one_command(desk: Desk, clock: FixedClock) -> None:
    found = late(desk, **{f"line{number}": 12 for number in range(10)})
    outcome = desk.snooze(found, until=NOW + HOUR)
    journal = desk.store.connection.execute(
        "SELECT count(*), count(DISTINCT subject_id) FROM journal WHERE txn = ?", (outcome.txn,)
    ).fetchone()
    assert journal == (10, 10)
    clock.set(NOW + HOUR - 1)
    assert (queue(desk), desk.suppressed()["snoozed"]) == ([], 10)
    clock.set(NOW + HOUR)
    assert len(queue(desk)) == 10


def test_undo_ends_what_was_made_and_brings_back_what_was_ended(desk: Desk) -> None:
    late(desk, alpha=12)
    identity = silence(desk, "party=ACME")
    desk.end_silences([identity])
    assert queue(desk) == ["alpha"]
    desk.undo()
    assert (queue(desk), desk.show(identity)["state"]) == ([], "active")
    desk.change_silence([identity], until=NOW + 3 * DAY)
    desk.undo()
    assert desk.show(identity)["until_at"] == iso(NOW + DAY)
    desk.undo()
    assert (queue(desk), desk.show(identity)["state"]) == (["alpha"], "expired")


def test_undo_is_refused_once_somebody_else_changed_it(desk: Desk, tmp_path: Path, clock: FixedClock) -> None:
    identity = silence(desk, "party=ACME")
    bo = open_desk(tmp_path / "desk.db", actor="bo", clock=clock)
    bo.change_silence([identity], until=NOW + 2 * DAY)
    with pytest.raises(Refused, match="L1 has moved on since: bo did change"):
        desk.undo()


def test_a_version_that_the_person_did_not_see_is_refused(desk: Desk) -> None:
    identity = silence(desk, "party=ACME")
    desk.change_silence([identity], until=NOW + 2 * DAY, expect={identity: 1})
    with pytest.raises(StaleVersion, match="L1 has changed since you looked"):
        desk.end_silences([identity], expect={identity: 1})
    with pytest.raises(NotFound):
        desk.end_silences(["L9"])
    with pytest.raises(NotFound):
        desk.end_silences(["D1"])
    with pytest.raises(BadInput, match="nothing to change was given"):
        desk.change_silence([identity])


def test_the_list_has_those_that_end_first_on_top(desk: Desk, clock: FixedClock) -> None:
    late(desk, alpha=12)
    silence(desk, "party=ACME", end=NOW + 3 * DAY)
    silence(desk, "party=B", start=NOW + HOUR, end=NOW + 2 * DAY)
    silence(desk, "party=C", end=NOW + HOUR)
    clock.set(NOW + HOUR)
    listed = [(item["id"], item["state"], item["matched"]) for item in desk.silences().items]
    assert listed == [("L2", "active", 0), ("L1", "active", 1)]
    assert [item["id"] for item in desk.silences(all=True).items] == ["L2", "L1", "L3"]
    assert [item["id"] for item in desk.silences(["state=expired"]).items] == ["L3"]
    assert [item["id"] for item in desk.silences(["ACM", "until_at>now"]).items] == ["L1"]


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Everything of up to three of these letters."""
    return ["".join(letters) for length in (1, 2, 3) for letters in itertools.product("ab[]^", repeat=length)]


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> Desk:
    """A desk on which a line of each of these parties is late."""
    desk = open_desk(tmp_path_factory.mktemp("silence") / "desk.db")
    lines = [line(f"order {number}", party=name) for number, name in enumerate(names)]
    desk.load(lines, kind="purchase_order", scope="test", file="plan.csv")
    take(desk, *(eta(each.ref, NOW + 20 * DAY) for each in lines))
    assert desk.deviations().total == len(names)
    return desk


@given(pattern=st.text("ab[]^*?", min_size=1, max_size=5))
def test_a_pattern_means_what_a_person_reads(everybody: Desk, names: list[str], pattern: str) -> None:
    """Against a matcher that is read off the sentence in the documentation; brackets stand for themselves."""
    assume(pattern.strip("*?") and pattern.count("*") <= 4)
    identity = silence(everybody, f"party={pattern}")
    shown = [item["party"] for item in everybody.deviations(limit=None).items]
    everybody.end_silences([identity])
    assert sorted(shown) == sorted(name for name in names if not fits(name, pattern))
    assert everybody.show(identity)["matchers"] == {"party": pattern}


def fits(text: str, pattern: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(fits(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and fits(text[1:], pattern[1:])


def test_what_is_counted_is_what_is_listed_and_named(desk: Desk) -> None:
    """Snoozed, silenced, folded and all three, counted from one end and listed from the other."""
    found = late(desk, **{f"line{number}": 5 + number for number in range(8)})
    desk.snooze([found[0], found[1], found[5]], until=NOW + HOUR)
    silence(desk, "subject=line1")
    silence(desk, "subject=line[2]")
    silence(desk, "subject=line3")
    silence(desk, "subject=line5")
    silence(desk, "subject=line6", start=NOW + HOUR)
    desk.dismiss([found[3]], reason="known")
    with desk.store.write() as connection:
        for consequence, root in ((4, 7), (5, 7), (5, 0), (6, 3)):
            numbers = int(found[consequence][1:]), int(found[root][1:])
            connection.execute("INSERT INTO cause VALUES (?, ?, 'it waits for it', 1)", numbers)
    counts = desk.suppressed()
    for sort in ("snoozed", "silenced", "folded"):
        assert counts[sort] == desk.deviations([f"{sort}=true"]).total == desk.suppressed(["summary~late"])[sort]
    assert counts == {"total": 4, "snoozed": 3, "silenced": 2, "folded": 2}
    assert desk.deviations().total + counts["total"] == 7
    named = {item["id"]: item["suppressed_by"] for item in desk.deviations(["suppressed=true"]).items}
    assert named == {found[0]: [], found[1]: ["L1"], found[4]: [found[7]], found[5]: [found[0], found[7], "L4"]}
