"""Deviations that a person merges: case 79 and what follows from it (PEERS 1 and 16)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.values.errors import BadInput, Refused
from tests.engine.peers.story import Story

Make = Callable[..., Story]
WHY = "the same container"


@pytest.fixture
def merged(story: Make) -> Story:
    """X (D1) and Y (D2) are late; D2 is merged into D1 at second 10."""
    desk = story("X", "Y")
    desk.late("X")
    desk.late("Y")
    desk.at(10).desk.merge(["D2"], into="D1", reason=WHY)
    desk.desk.detect()
    return desk


def test_79_its_signals_go_to_the_one_that_stays(merged: Story) -> None:
    assert merged.queue() == ["X"]
    merged.at(20).late("Y", 6)
    first, second = merged.rows()
    assert (first["signals"], second["signals"]) == (["S1", "S2", "S3"], ["S2"])
    assert (second["state"], second["merged_into"], second["reason"]) == ("merged", "D1", WHY)
    assert [entry[1] for entry in merged.history("D1")] == ["open", "take_in", "attach", "attach"]


@pytest.mark.parametrize("end", ["resolve", "dismiss"])
def test_79_after_the_end_of_the_one_that_stays_news_is_a_new_episode(merged: Story, end: str) -> None:
    getattr(merged.desk, end)(["D1"], reason="settled")
    assert merged.at(15).states() == [f"{end}d" if end == "resolve" else "dismissed", "merged"]
    merged.at(20).late("Y", 6)
    assert merged.states()[1:] == ["merged", "open"]
    assert merged.rows()[2]["episode"] == 2


def test_it_comes_back_by_itself_where_only_the_other_one_is_over(merged: Story) -> None:
    """Nothing may stay hidden in what asks for nothing any more."""
    merged.at(20).on_time("X")
    assert merged.states() == ["recovered", "merged", "open"]
    assert merged.queue() == ["Y"]


def test_it_comes_back_also_where_it_is_judged_before_the_other_one(story: Make) -> None:
    """The end of the other puts it on the work list while that very list is being worked off."""
    desk = story("X", "Y")
    desk.late("X")
    desk.late("Y")
    desk.desk.merge(["D1"], into="D2", reason=WHY)
    desk.at(20).on_time("Y")
    assert desk.queue() == ["X"]


def test_both_over_is_over(merged: Story) -> None:
    merged.at(20).on_time("Y")
    merged.at(30).on_time("X")
    assert merged.states() == ["recovered", "merged"]


def test_a_chain_leads_to_its_end(story: Make) -> None:
    desk = story("X", "Y", "Z")
    for ref in "XYZ":
        desk.late(ref)
    desk.desk.merge(["D3"], into="D2", reason=WHY)
    desk.desk.merge(["D2"], into="D1", reason=WHY)
    desk.at(20).late("Z", 6)
    assert desk.rows()[0]["signals"][-1] == "S4"
    desk.at(30).on_time("X")
    assert desk.queue() == ["Y", "Z"]


def test_undo_takes_a_merge_back(merged: Story) -> None:
    merged.desk.undo()
    merged.at(15)
    assert merged.states() == ["open", "open"]
    assert merged.rows()[1]["merged_into"] is None
    merged.at(20).late("Y", 6)
    assert merged.rows()[1]["signals"] == ["S2", "S3"]


def test_undo_takes_the_signals_of_a_merged_one_from_the_one_that_stays(merged: Story) -> None:
    merged.at(20).late("Y", 6)
    assert [row["signals"] for row in merged.rows()] == [["S1", "S2", "S3"], ["S2"]]
    merged.desk.undo()
    merged.at(30)
    assert [row["signals"] for row in merged.rows()] == [["S1"], ["S2", "S3"]]
    merged.desk.redo()
    merged.at(40).late("Y", 7)
    assert merged.rows()[0]["signals"] == ["S1", "S3", "S4"], "what is said from now on, and what it last rested on"


def test_what_cannot_be_merged(story: Make) -> None:
    desk = story("X", "Y")
    desk.late("X")
    desk.late("Y")
    with pytest.raises(BadInput, match="D1 cannot be merged into itself"):
        desk.desk.merge(["D2", "D1"], into="D1", reason=WHY)
    assert desk.states() == ["open", "open"], "all or none"
    with pytest.raises(BadInput, match="a reason is needed"):
        desk.desk.merge(["D2"], into="D1", reason=" ")
    desk.desk.resolve(["D1"], reason="settled")
    with pytest.raises(Refused, match="D1 is resolved: only what stands in the queue can be merged into"):
        desk.desk.merge(["D2"], into="D1", reason=WHY)
    with pytest.raises(Refused, match="D1 is resolved: merge is not possible, only reopen"):
        desk.desk.merge(["D1"], into="D2", reason=WHY)
