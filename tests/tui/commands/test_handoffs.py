"""Hand-offs on the command line: sent by `tick --deliver`, listed, asked for, and settled where they are in doubt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.connectors.server import serving
from tests.tui.commands.shell import Run, one_sentence

OWNERS = "id,name,functions\nana,Ana,procurement\nbo,Bo,logistics\n"
CHANNELS = """
[channel.drop]
type = "folder"
path = "out"

[channel.loud]
type = "folder"
path = "loud"

[[route]]
match = { severity = "critical" }
channel = "loud"
continue = true

[[route]]
channel = "drop"
"""


@pytest.fixture
def told(desk: Run, tmp_path: Path) -> Run:
    """A desk with channels, where a deviation was answered a minute ago."""
    settings = tmp_path / "offplan.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + CHANNELS, encoding="utf-8")
    (tmp_path / "owners.csv").write_text(OWNERS, encoding="utf-8")
    assert desk("load", "owners.csv", "--as", "owner").code == 0
    assert desk("respond", "D1").code == 0
    return desk


def test_what_is_due_is_sent_and_listed(told: Run, tmp_path: Path) -> None:
    later = ("--now", "2026-03-02T10:01:00Z")
    answer = told("tick", "--deliver", *later, "--json")
    assert answer.code == 0
    sent = answer.document["sent"]
    assert sent >= 1
    assert len(list((tmp_path / "out").iterdir())) == sent
    assert told("tick", "--deliver", *later, "--json").document["sent"] == 0

    (item, *_) = told("handoffs", "--where", "channel=drop", "--json").document["items"]
    assert (item["state"], item["reason"]) == ("sent", "first")
    assert item["id"] in told("handoffs").out
    action = item["actions"][0]
    assert "Handed off" in told("show", action).out
    assert told("show", item["id"], "--json").document["content"]["owner"]["id"] == item["owner"]
    (drop, loud) = told("channels", "--json").document["items"]
    assert (drop["name"], drop["kind"], drop["sent"]) == ("drop", "folder", sent)
    assert loud["sent"] == 0
    assert "drop" in told("channels").out


def test_a_tick_alone_sends_nothing(told: Run, tmp_path: Path) -> None:
    assert told("tick", "--now", "2026-03-02T10:01:00Z").code == 0
    assert not (tmp_path / "out").exists()


def test_the_channels_of_an_action_can_be_tested(told: Run) -> None:
    assert told("channels", "test", "A1").out == "drop\n"
    assert told("channels", "test", "A1", "--with", "severity=critical").out == "loud, drop\n"
    assert told("channels", "test", "--with", "severity=critical", "--expect", "drop,loud").code == 0
    other = told("channels", "test", "A1", "--expect", "loud")
    assert (other.code, other.out) == (3, "drop\nexpected: loud\n")
    assert one_sentence(told("channels", "test", "A1", "--expect", "fax"))
    assert one_sentence(told("channels", "test", "A99"))
    assert told("channels", "test", "--with", "colour=red").code == 2


def test_only_what_is_in_doubt_or_failed_can_be_settled(told: Run) -> None:
    told("tick", "--deliver", "--now", "2026-03-02T10:01:00Z")
    assert "only one in doubt" in told("handoffs", "confirm", "H1").err
    assert "only one that failed or is in doubt" in told("handoffs", "resend", "H1", "--reason", "again").err
    assert one_sentence(told("handoffs", "confirm", "H99"))


def test_what_is_to_be_sent_again_has_a_way_back_until_it_has_left(told: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("no folder")
    told("tick", "--deliver", "--now", "2026-03-02T10:01:00Z")
    answer = told("handoffs", "resend", "H1", "--reason", "the folder is mended")
    assert answer.out.startswith("H1: failed → pending")
    assert "undo this with: offplan undo" in answer.out
    assert told("undo").out.startswith("H1: pending → failed")
    assert told("redo").out.startswith("H1: failed → pending")
    (tmp_path / "out").unlink()
    told("tick", "--deliver", "--now", "2026-03-02T10:02:00Z")
    assert "what the feeder did with a message is not taken back" in told("undo").err


def test_a_fault_in_a_route_is_said_and_nothing_is_sent(told: Run, tmp_path: Path) -> None:
    settings = tmp_path / "offplan.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + '[[route]]\nchannel = "fax"\n', encoding="utf-8")
    assert [each["place"][-7:] for each in told("check", "--json").document["items"] if "fax" in each["fault"]] == [
        "route 3"
    ]
    answer = told("tick", "--deliver", "--now", "2026-03-02T10:01:00Z")
    assert answer.code == 1
    assert "there is no" in answer.err or "not there" in answer.err
    assert not (tmp_path / "out").exists()


def test_an_owner_answers_by_a_file_that_nobody_described(told: Run, tmp_path: Path) -> None:
    settings = tmp_path / "offplan.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('path = "out"', 'path = "out"\nformat = "json"'), encoding="utf-8"
    )
    later = ("--now", "2026-03-02T10:01:00Z")
    told("tick", "--deliver", *later)
    (message, *_) = [json.loads(path.read_text()) for path in (tmp_path / "out").iterdir()]
    action, token = message["actions"][0]["id"], message["actions"][0]["token"]
    (tmp_path / "replies.csv").write_text(
        f"Action,Token,Answer,Note\n{action},{token},OK,\n{action},{token},erledigt,they said yes\nA99,{token},OK,\n"
    )

    proposed = told("map", "replies.csv", "--as", "reply", "--json")
    assert proposed.code == 0
    mapping = proposed.document["mapping"]
    assert mapping["identity"] == "event"
    assert mapping["fields"]["status"] == {"column": "Answer", "values": {"OK": "accepted", "erledigt": "done"}}
    assert mapping["fields"]["id"] == {"template": "{Action} {Token} {Answer}"}
    assert proposed.document["doubts"] == []

    answer = told("ingest", "replies.csv", *later, "--json")
    assert (answer.document["new"], answer.document["quarantined"]) == (3, 0)
    assert told("show", action, "--json").document["state"] == "done"
    assert told("show", action, "--json").document["reason"] == "they said yes"
    assert told("ingest", "replies.csv", *later, "--json").document["duplicate"] == 3
    assert "1 reply of an owner was not carried out" in told("check", *later).out


def test_a_file_without_a_token_is_no_file_of_replies(told: Run, tmp_path: Path) -> None:
    (tmp_path / "replies.csv").write_text("Action,Answer\nA1,done\n")
    answer = told("map", "replies.csv", "--as", "reply")
    assert one_sentence(answer)
    assert "no column looks like the token of a reply" in answer.err


CALLS = """schema: 1
id: hold-and-tell
version: 1
title: Hold the order and tell logistics
description: Logistics has to know before the order stands still.
enabled: true
triggers:
  - on: deviation.opened
    match:
      all:
        - {field: kind, op: eq, value: short_supply}
roles:
  mover: {function: logistics, fallback: procurement}
steps:
  - id: tell
    kind: notify
    title: Tell logistics
    role: mover
    notify: {to: [{role: mover}], message: "Of $item less comes."}
  - id: hold
    kind: http
    title: Hold the order
    role: mover
    needs: [tell]
    side_effect: idempotent
    http: {channel: erp, body: {hold: "$subject"}}
"""


def test_a_playbook_that_tells_and_calls_does_both_through_channels(told: Run, tmp_path: Path) -> None:
    (tmp_path / "playbooks" / "hold.yaml").write_text(CALLS, encoding="utf-8")
    place = "playbook hold-and-tell, step hold"
    assert place in [each["place"] for each in told("check", "--json").document["items"]]

    with serving(lambda request: request.send(200)) as server:
        settings = tmp_path / "offplan.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(f'{text}\n[channel.erp]\ntype = "webhook"\nurl = "{server.url}/hold"\n', encoding="utf-8")
        assert place not in [each["place"] for each in told("check", "--json").document["items"]]
        answered = told("respond", "D1", "--playbook", "hold-and-tell", "--json")
        assert answered.code == 0, answered.err
        tell, hold = [change["id"] for change in answered.document["changes"] if change["id"].startswith("A")][:2]
        for _ in range(2):
            assert told("tick", "--deliver").code == 0
        assert [json.loads(body) for body in server.bodies] == [{"hold": "purchase_order 4698/20"}]
    states = [told("show", each, "--json").document["state"] for each in (tell, hold)]
    assert states == ["done", "done"]
    (notice,) = [path for path in (tmp_path / "out").iterdir() if "less comes" in path.read_text(encoding="utf-8")]
    assert notice.name.endswith("-bo.md")
