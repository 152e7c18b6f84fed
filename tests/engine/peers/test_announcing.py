"""The decision to announce: cases 5, 7 to 10, 24 to 26k, 30 and 31 (PEERS 16), adapted to one desk that shows one
queue.

The peers tell channels of groups, with a list of what is resolved; here a desk is told of its queue, and what it was
told of and is live no more is over. Waits and ticks are the desk's own refresh, so only the decision is left to test:
what a desk says names what is news, and only a reminder names all. Nothing is guessed to be over for want of news (7,
8). Nobody asks to be told of each end (8, 26i, 26k): its row leaves the queue, and what is left to call off is said by
itself. What is sent outside the desk, to several channels that can fail, are hand-offs (6, 11, 33).
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from engine.reading import announce
from engine.reading.announce import ALL_OVER, FIRST, NEW, RAISED, REPEAT, UNMUTED, Standing, Told
from engine.values.clock import HOUR, MINUTE, SECOND
from tests.engine.desk_support import NOW
from tests.engine.peers.story import Story

Make = Callable[..., Story]
REMIND = 10 * MINUTE


def of(ids: Collection[int], severity: str = "low") -> dict[int, str]:
    return dict.fromkeys(ids, severity)


def told(shown: Collection[int], minutes_ago: float, muted: Collection[int] = ()) -> Told:
    return Told(of(shown), of(muted), NOW - round(minutes_ago * MINUTE))


@pytest.mark.parametrize(
    ("case", "before", "shown", "reason", "about"),
    [
        ("26a", None, {2, 3, 4}, FIRST, {2, 3, 4}),
        ("26b", None, set(), None, set()),
        ("26c", told({1, 2, 3}, 9), {2, 3, 4}, NEW, {4}),
        ("26d", Told(of({1, 2, 3}), {}, 0), {1, 2, 3}, REPEAT, {1, 2, 3}),
        ("26e", told({1, 2, 3}, 9), {1, 2, 3}, None, set()),
        ("26f", told({1, 2, 3}, 11), {1, 2, 3}, REPEAT, {1, 2, 3}),
        ("26f, exactly", told({1, 2, 3}, 10), {1, 2, 3}, None, set()),
        ("26g", told(set(), 11), set(), None, set()),
        ("26h", told({1, 2}, 9), {1}, None, set()),
        ("26j", told({1, 2}, 9), set(), ALL_OVER, {1, 2}),
    ],
)
def test_26_what_is_said_and_why(
    case: str, before: Told | None, shown: set[int], reason: str | None, about: set[int]
) -> None:
    found = announce.decide(before, Standing(of(shown)), NOW, remind_after=REMIND)
    assert (found.reason, set(found.about)) == (reason, about), case
    assert found.told.shown == of(shown), "kept up to date whether something is said or not"
    assert found.told.at == (NOW if reason or before is None else before.at)


def test_a_raise_is_said_and_a_lowering_is_not() -> None:
    for before, present, reason in (("low", "high", RAISED), ("high", "low", None)):
        known = Told(of({1}, before), {}, NOW)
        found = announce.decide(known, Standing(of({1}, present)), NOW, remind_after=None)
        assert found.reason == reason


Said = tuple[float, str | None, set[int]]


class Listener:
    """A desk that is told, and what it was told at which second."""

    def __init__(self, desk: Story, known: Told | None = None, *, remind_after: int = HOUR) -> None:
        self._desk, self._known, self._remind_after = desk, known, remind_after

    def look(self, *seconds: float) -> list[Said]:
        """What it is told at these seconds."""
        said: list[Said] = []
        for second in seconds:
            present = self._desk.at(second).clock.now()
            found = announce.decide(
                self._known,
                self._desk.desk.standing(),
                present,
                remind_after=self._remind_after,
            )
            self._known = found.told
            said.append((second, found.reason, set(found.about)))
        return said


def walk(desk: Story, seconds: Collection[int], known: Told | None = None) -> list[Said]:
    """What a desk that looks at these seconds says."""
    return Listener(desk, known).look(*seconds)


def test_5_news_at_each_look_and_all_of_it_after_the_span_for_reminders(story: Make) -> None:
    desk = story("T1", "T2", "T3", "T4", "T5")
    listener = Listener(desk, remind_after=round(4.9 * SECOND))
    for second, ref in ((1.1, "T1"), (1.7, "T5")):
        desk.at(second).late(ref)
    assert listener.look(2.1, 3.1) == [(2.1, FIRST, {1, 2}), (3.1, None, set())]
    for ref in ("T2", "T3", "T4"):
        desk.at(3.3).late(ref)
    assert listener.look(4.1, 5.1, 6.1, 7.1, 8.1) == [
        (4.1, NEW, {3, 4, 5}), *((second, None, set()) for second in (5.1, 6.1, 7.1, 8.1))
    ]  # fmt: skip
    assert listener.look(9.1) == [(9.1, REPEAT, {1, 2, 3, 4, 5})]


def test_7_what_nobody_speaks_of_again_is_not_over(story: Make) -> None:
    """Deliberate difference: the peers infer an end after ten seconds, and one that is inferred hides what is true."""
    desk = story("V1", "V2", "V3")
    for ref in ("V1", "V2", "V3"):
        desk.at(1).late(ref)
    listener = Listener(desk)
    assert listener.look(2, 7, 12, 3600) == [
        (2, FIRST, {1, 2, 3}), (7, None, set()), (12, None, set()), (3600, None, set())
    ]  # fmt: skip
    assert desk.states() == ["open"] * 3


def test_8_who_does_not_ask_for_each_end_is_told_of_what_is_new_alone(story: Make) -> None:
    desk = story("V1", "V2", "V3")
    listener = Listener(desk)
    for ref in ("V1", "V2"):
        desk.at(1).late(ref)
    assert listener.look(2) == [(2, FIRST, {1, 2})]
    desk.at(3).on_time("V1")
    desk.late("V3")
    assert listener.look(7) == [(7, NEW, {3})]
    assert listener.look(12) == [(12, None, set())]


def test_9_a_desk_that_opens_late_is_told_of_old_and_new_in_one(story: Make) -> None:
    desk = story("T1", "T2")
    desk.at(1).late("T1")
    desk.at(2).late("T2")
    assert walk(desk, [5, 6]) == [(5, FIRST, {1, 2}), (6, None, set())]


def test_10_other_settings_tell_nothing_again(story: Make) -> None:
    desk = story("T1", "T2")
    desk.at(1).late("T1")
    listener = Listener(desk)
    assert listener.look(2) == [(2, FIRST, {1})]
    desk.at(3).desk.configure({"tolerance": {"late_supply": {"days": 2}}})
    assert listener.look(3) == [(3, None, set())]
    desk.at(4).late("T2")
    assert listener.look(8, 9) == [(8, NEW, {2}), (9, None, set())]


def test_30_the_first_one_is_told_in_the_instant_in_which_it_opens(story: Make) -> None:
    desk = story()
    listener = Listener(desk)
    assert listener.look(0) == [(0, None, set())]
    desk.at(1).late()
    assert listener.look(1) == [(1, NEW, {1})]


def test_31_what_fires_again_while_its_end_is_told_is_told_at_the_next_look(story: Make) -> None:
    desk = story()
    desk.at(1).late()
    listener = Listener(desk)
    listener.look(1)
    desk.at(2).on_time()
    assert listener.look(2) == [(2, ALL_OVER, {1})]
    desk.at(2.1).late()
    assert listener.look(3) == [(3, NEW, {1})]
    assert desk.states() == ["open"]


def test_24_what_cleared_and_fired_again_under_a_silence_is_told_at_its_end(story: Make) -> None:
    desk = story(reopen_window_hours=1)
    desk.at(1).late()
    (first,) = walk(desk, [2])
    assert first == (2, FIRST, {1})
    known = announce.decide(None, desk.desk.standing(), desk.clock.now(), remind_after=None).told
    desk.at(3).desk.silence(["subject=X"], reason="works", until=NOW + 20 * SECOND)
    looks = []
    for second in (3, 5, 7, 10, 12, 17, 22):
        desk.at(second)
        if second == 5:
            desk.on_time()
        if second == 10:
            desk.late()
        found = announce.decide(known, desk.desk.standing(), desk.clock.now(), remind_after=HOUR)
        known = found.told
        looks.append((second, found.reason))
    assert looks == [(3, None), (5, None), (7, None), (10, None), (12, None), (17, None), (22, UNMUTED)]


def test_25_what_fires_all_along_is_told_at_the_end_of_its_silence(story: Make) -> None:
    desk = story()
    desk.at(1).late()
    desk.at(2)
    known = announce.decide(None, desk.desk.standing(), desk.clock.now(), remind_after=None).told
    desk.at(3).desk.silence(["subject=X"], reason="works", until=NOW + 20 * SECOND)
    assert walk(desk, [7, 12, 17, 22], known) == [
        (7, None, set()), (12, None, set()), (17, None, set()), (22, UNMUTED, {1})
    ]  # fmt: skip


def test_what_comes_and_goes_is_told_each_time(story: Make) -> None:
    """The ledger is kept up to date though nothing is said of the end."""
    desk = story("X", "Y", reopen_window_hours=1)
    desk.late("Y")
    known = announce.decide(None, desk.desk.standing(), desk.clock.now(), remind_after=None).told
    reasons = []
    for second in range(1, 7):
        desk.at(second)
        (desk.late if second % 2 else desk.on_time)("X")
        found = announce.decide(known, desk.desk.standing(), desk.clock.now(), remind_after=HOUR)
        known = found.told
        reasons.append(found.reason)
    assert reasons == [NEW, None] * 3


def test_the_end_of_a_snooze_and_of_a_root_are_told(story: Make) -> None:
    desk = story("X", "Y")
    desk.late("X")
    desk.late("Y")
    known = announce.decide(None, desk.desk.standing(), desk.clock.now(), remind_after=None).told
    desk.desk.snooze(["D1"], until=NOW + 10 * SECOND)
    with desk.desk.store.write() as connection:
        connection.execute("INSERT INTO cause VALUES (2, 1, 'the same ship', 1)")
    assert set(desk.desk.standing().muted) == {1, 2}
    said = walk(desk, [5, 11], known)
    assert said == [(5, None, set()), (11, UNMUTED, {1})]
    desk.on_time("X")
    known = Told(of({1}), of({2}), NOW)
    assert walk(desk, [12], known) == [(12, UNMUTED, {2})]
