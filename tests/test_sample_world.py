"""The sample world: the same bytes whenever it is built, a date of its own, and a story with something in every
stage."""

from __future__ import annotations

import contextlib
import re
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.actions.messages import SECRET
from engine.desk import Desk
from engine.storage import journal
from engine.storage.sqlite import sqlite3
from engine.values.clock import DAY, SECOND, FixedClock, iso
from engine.values.errors import Refused
from engine.vocabulary.deviation_kinds import DEVIATION_KINDS
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from tests.sample_world.build import build
from tests.sample_world.copies import SAMPLE, sample_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with sample_desk(tmp_path) as desk:
        yield desk


def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    written_by = struct.unpack(">I", SAMPLE.read_bytes()[96:100])[0]
    major, minor, patch = sqlite3.sqlite_version_info
    if written_by != major * 1_000_000 + minor * 1000 + patch:
        pytest.skip(
            f"the file was written by SQLite {written_by}, which puts its number into it; this is {sqlite3.sqlite_version}"
        )
    build(tmp_path / "rebuilt.db")
    assert (tmp_path / "rebuilt.db").read_bytes() == SAMPLE.read_bytes()


def test_a_look_does_not_change_the_file(tmp_path: Path) -> None:
    with sample_desk(tmp_path) as desk:
        assert desk.deviations().total
    assert (tmp_path / "sample.db").read_bytes() == SAMPLE.read_bytes()


def test_it_lives_at_its_own_date(desk: Desk) -> None:
    assert iso(desk.clock.now()) == "2026-03-09T08:12:00Z"
    assert desk.tick().judged == 0, "nothing is due that the file does not already show"


def test_whatever_is_decided_in_its_queue_the_co2e_of_every_option_is_known(tmp_path: Path) -> None:
    with sample_desk(tmp_path, PlaybookPlanner(load_library())) as desk:
        for deviation in desk.deviations(limit=None).items:
            with contextlib.suppress(Refused):
                desk.respond([deviation["id"]])
        open_ones = [each for each in desk.actions(limit=None).items if each["kind"] == "decision"]
        compared = [comparison for each in open_ones for comparison in desk.options(each["id"])]
    options = [option for comparison in compared for option in comparison["options"]]
    assert {option["kind"] for option in options} >= {"alternate", "transfer", "expedite"}
    assert [option["id"] for option in options if option["co2_kg"] is None] == []


def test_every_kind_of_deviation_is_there_and_every_stage(desk: Desk) -> None:
    ever = desk.deviations(limit=None, all=True).items
    assert {item["kind"] for item in ever} == set(DEVIATION_KINDS)
    states = Counter(item["state"] for item in ever)
    assert {"open", "acknowledged", "responding", "resolved", "dismissed"} <= set(states)
    responses = Counter(item["state"] for item in desk.responses(all=True).items)
    assert responses["running"] >= 2
    assert responses["done"] >= 1
    actions = Counter(item["state"] for item in desk.actions(all=True, limit=None).items)
    assert {"blocked", "ready", "in_progress", "done"} <= set(actions)
    assert all(item["owner"] for item in desk.actions(all=True, limit=None).items)


def test_one_deviation_can_be_followed_from_its_first_signal_to_its_review(desk: Desk) -> None:
    reviewed = [item for item in desk.deviations(["state=closed"], limit=None, all=True).items if item["outcome"]]
    (deviation,) = reviewed
    assert deviation["id"] == "D42", "the README and the changelog name it"
    review = desk.review(deviation["id"])
    assert all(each["at"] for each in review["durations"] if each["name"] != "contained")
    assert {action["function"] for action in review["actions"]} >= {"procurement", "logistics", "production", "sales"}
    assert {action["state"] for action in review["actions"]} == {"done", "skipped", "cancelled"}
    (decision,) = review["decisions"]
    assert decision["chosen"] not in ("nothing", None)
    assert len(decision["options"]) >= 5
    events = {line["event"] for line in review["timeline"]}
    assert {"open", "ack", "respond", "escalate", "approve", "decide", "clear", "resolve", "close"} <= events
    approved = [action for action in review["actions"] if action["approved_by"]]
    assert [action["approved_by"] for action in approved] == ["ines"]
    assert approved[0]["cost"]["amount"] > 5000, "what it costs is over the limit of who decided it"
    assert any(action["answers"].get("tracking_number") for action in review["actions"])
    assert any("takes" in (line["reason"] or "") for line in review["timeline"]), "what was done is taken back"
    handed = desk.handoffs(all=True, limit=None).items
    told = {action for item in handed if item["state"] == "sent" for action in item["actions"]}
    assert told & {action["id"] for action in review["actions"]}
    replies = desk.signals(["kind=reply"], limit=None).items
    assert len(replies) >= 5
    assert {desk.show(item["id"])["reply"]["state"] for item in replies} == {"taken"}
    assert review["costs"]["stated"]["amount"] > 0


def test_nobody_can_answer_with_the_tokens_of_the_sample(desk: Desk) -> None:
    """They were made from a secret that anybody can read in a checkout; each copy makes its own."""
    found = desk.store.connection.execute("SELECT count(*) FROM meta WHERE key = ?", (SECRET,)).fetchone()
    assert found == (0,)


def test_the_first_row_is_a_root_whose_sum_can_be_redone(desk: Desk) -> None:
    first = desk.deviations(limit=1).items[0]
    assert len(first["consequences"]) >= 3
    shown = desk.show(first["id"])
    hits = [term["value"] for term in shown["explain"] if term["name"].startswith("hit ")]
    assert sum(hits) == first["value_at_risk"]["amount"] * 100
    assert len(hits) == len(shown["impact"]["customers"]) >= 2
    assert first["exposure"]["amount"] == round(first["value_at_risk"]["amount"] * first["likelihood"], 2)


def test_all_sums_of_the_queue_can_be_redone_to_the_digit_from_what_is_shown(desk: Desk) -> None:
    """At a moment that is no whole minute, as a person would: with the figures on the screen and nothing else."""
    desk.clock = FixedClock(desk.clock.now() + 77 * SECOND)
    redone = Counter[str]()
    for item in desk.deviations(limit=None).items:
        terms = {term["name"]: term for term in desk.show(item["id"])["explain"]}
        wider = 0.0
        for name, term in terms.items():
            counts = [float(each) for each in re.findall(r"\d+(?:\.\d+)?", term["source"])]
            if name == "share of all":
                wider = (counts[0] + counts[1]) / (counts[2] + counts[3])
            elif name.startswith("share of "):
                wider = (counts[0] + counts[1] * wider) / (counts[2] + counts[3])
            elif name == "likelihood" and wider:
                redone["likelihood"] += 1
                assert term["value"] == wider == item["likelihood"]
                continue
            else:
                continue
            wider = round(wider, 6)
            assert term["value"] == wider, (item["id"], name, term["source"])
        if "value at risk" in terms:
            redone["exposure"] += 1
            at_risk = terms["value at risk"]["value"] * terms.get("rate", {"value": 1})["value"]
            assert terms["exposure"]["value"] == round(at_risk * terms["likelihood"]["value"])
        if "weight" in terms:
            redone["weight"] += 1
            weight = terms["exposure"]["value"] / 2 ** (terms["time to decide"]["value"] / 30)
            assert terms["weight"]["value"] == round(weight, 2)
    assert redone["likelihood"] >= 1
    assert redone["exposure"] >= 5
    assert redone["weight"] >= 5


def test_it_has_something_to_say_about_likelihood_noise_and_what_is_hidden(desk: Desk) -> None:
    queue = desk.deviations(limit=None).items
    foretold = [item for item in queue if item["kind"] == "late_supply" and 0 < item["likelihood"] < 1]
    assert foretold, "announcements are weighed by the deliveries of the autumn"
    kept_out = desk.suppressed()
    assert kept_out["silenced"] >= 1
    assert kept_out["snoozed"] >= 1
    assert kept_out["folded"] >= 3
    metrics = desk.metrics(desk.clock.now() - 30 * DAY)
    assert any(each["kind"] == "late_supply" and not each["missed"] for each in metrics["suggestions"])


def test_its_journal_is_whole(desk: Desk) -> None:
    assert journal.verify(desk.store.connection) is None
