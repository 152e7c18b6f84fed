"""Values of a wrong type in every key of a playbook, and files that are half there: a sentence at the place, never a
crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import FixedClock, parse_instant
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from tests.engine.desk_support import NOW, late, open_desk, owners
from tests.playbooks.worlds import ONE_STEP, lint, write

WHOLE = """\
schema: 1
id: whole
version: 1
title: Everything that can be said
description: For tests.
tags: [one]
enabled: true
mode: active
triggers:
  - on: deviation.opened
    match: {field: kind, op: eq, value: late_supply}
    cooldown: PT4H
concurrency: {key: $party, on_conflict: queue}
inputs:
  days: {type: number, title: Days, required: true, default: 3}
  names: {type: list, default: [A], enum: [A, B]}
roles:
  buyer:
    function: procurement
    resolve: [{person: ana}, {rota: {people: [ana, bo], days: 7, since: 2026-03-02, tz: UTC}}]
    prefer: [party]
    fallback: logistics
steps:
  - id: call
    title: Call $party in $days days
    instructions: Now.
    kind: task
    role: buyer
    duration: PT2H
    due: {within: PT4H, from: opened, calendar: nights}
    mandatory: true
    ack_within: PT1H
    escalate: [{after: PT1H, to: {lead: true}, between: {from: "22:00", to: "06:00", tz: UTC}, above: {signals: 3, within: PT5M}}]
    form: [{name: way, type: text, required: true, enum: [air]}]
    retry: {count: 2, delay: PT5M}
    side_effect: idempotent
    idempotency_key: key-$id
    approval: {role: buyer, above: {amount: 100, currency: EUR}}
    reverse: back
  - {id: back, title: Take it back, role: buyer, duration: PT1H}
  - {id: each, title: Tell $who, role: buyer, duration: PT1H, needs: [call], foreach: {items: inputs.names, as: who, max: 5}}
  - {id: both, title: Both, owner: {person: ana}, duration: PT1H, needs: [call, hold], join: any, on_fail: continue}
  - {id: tell, title: Tell, kind: notify, role: buyer, notify: {to: [{role: buyer}], message: Hello}}
  - {id: post, title: Post, kind: http, role: buyer, http: {channel: wms, body: {item: $item}}, retry: {count: 2, delay: PT5M, when: [busy]}}
  - {id: hold, title: Hold, kind: wait, role: buyer, wait: {for: PT4H}}
  - {id: keep, title: Keep, kind: set, role: buyer, set: {limit: 3}}
close:
  requires: [mandatory_done]
  review: {role: buyer, due: P5D, duration: PT1H}
tests:
  - name: one
    now: 2026-03-02T09:00:00Z
    deviation: {kind: late_supply}
    expect: {matches: true}
"""
WRONG = [
    ("schema: 1", "schema: one"),
    ("id: whole", "id: [whole]"),
    ("version: 1", "version: 1.5"),
    ("title: Everything that can be said", "title: {a: b}"),
    ("description: For tests.", "description: 3"),
    ("tags: [one]", "tags: one"),
    ("tags: [one]", "tags: [1]"),
    ("enabled: true", "enabled: 'yes'"),
    ("mode: active", "mode: true"),
    ("triggers:\n  - on", "triggers:\n    on"),
    ("on: deviation.opened", "on: 1"),
    ("match: {field: kind, op: eq, value: late_supply}", "match: [kind]"),
    ("cooldown: PT4H", "cooldown: 4"),
    ("concurrency: {key: $party, on_conflict: queue}", "concurrency: queue"),
    ("key: $party", "key: [$party]"),
    ("type: number, title", "type: [number], title"),
    ("default: 3", "default: [3]"),
    ("default: [A]", "default: A1"),
    ("enum: [A, B]", "enum: 3"),
    ("function: procurement", "function: [procurement]"),
    ("resolve: [{person: ana}, ", "resolve: [ana, "),
    ("people: [ana, bo]", "people: ana"),
    ("days: 7", "days: P7D"),
    ("since: 2026-03-02", "since: 20260302"),
    ("prefer: [party]", "prefer: party"),
    ("fallback: logistics", "fallback: 1"),
    ("instructions: Now.", "instructions: [Now]"),
    ("kind: task", "kind: 0"),
    ("duration: PT2H", "duration: 2"),
    ("due: {within: PT4H, from: opened, calendar: nights}", "due: PT4H"),
    ("within: PT4H", "within: 4"),
    ("calendar: nights", "calendar: [nights]"),
    ("mandatory: true", "mandatory: 1"),
    ("ack_within: PT1H", "ack_within: 60"),
    ("escalate: [{after: PT1H", "escalate: 3 #"),
    ('between: {from: "22:00", to: "06:00", tz: UTC}', "between: night"),
    ('from: "22:00"', 'from: "24:00"'),
    ('from: "22:00"', 'from: "06:00"'),
    ("tz: UTC}, above", "tz: Berlin}, above"),
    ("above: {signals: 3, within: PT5M}", "above: 3"),
    ("signals: 3", "signals: 0"),
    ("within: PT5M", "within: P1D"),
    ("to: {lead: true}", "to: lead"),
    ("lead: true", "lead: false"),
    ("form: [{name: way", "form: [{name: 3"),
    ("count: 2", "count: two"),
    ("count: 2", "count: true"),
    ("side_effect: idempotent", "side_effect: true"),
    ("idempotency_key: key-$id", "idempotency_key: 7"),
    ("amount: 100", "amount: '100'"),
    ("currency: EUR", "currency: 978"),
    ("reverse: back", "reverse: [back]"),
    ("needs: [call], foreach", "needs: call, foreach"),
    ("foreach: {items: inputs.names, as: who, max: 5}", "foreach: inputs.names"),
    ("items: inputs.names", "items: {a: b}"),
    ("max: 5", "max: '5'"),
    ("owner: {person: ana}", "owner: ana"),
    ("join: any", "join: 1.5"),
    ("join: any", "join: true"),
    ("on_fail: continue", "on_fail: [continue]"),
    ("to: [{role: buyer}]", "to: buyer"),
    ("message: Hello", "message: [Hello]"),
    ("body: {item: $item}", "body: $item"),
    ("body: {item: $item}", "body: {item: [1]}"),
    ("wait: {for: PT4H}", "wait: PT4H"),
    ("set: {limit: 3}", "set: [limit]"),
    ("requires: [mandatory_done]", "requires: mandatory_done"),
    ("review: {role: buyer, due: P5D, duration: PT1H}", "review: true"),
    ("now: 2026-03-02T09:00:00Z", "now: 5"),
    ("deviation: {kind: late_supply}", "deviation: late_supply"),
    ("matches: true", "matches: 1"),
]


def test_the_whole_of_the_language_in_one_file_is_sound(tmp_path: Path) -> None:
    found = lint(write(tmp_path, "p.yaml", WHOLE))
    assert [str(finding) for finding in found if finding.severity == "error"] == []
    assert len(WRONG) >= 40


@pytest.mark.parametrize(("old", "new"), WRONG)
def test_a_wrong_type_is_a_sentence_at_its_line(tmp_path: Path, old: str, new: str) -> None:
    assert old in WHOLE
    path = write(tmp_path, "p.yaml", WHOLE.replace(old, new, 1))
    errors = [finding for finding in lint(path) if finding.severity == "error"]
    assert errors
    line = WHOLE[: WHOLE.index(old)].count("\n") + 1
    assert any(line <= finding.line <= line + 1 for finding in errors), [str(each) for each in errors]
    assert all(finding.message and finding.mend and "input should" not in finding.message for finding in errors)
    assert "whole" not in [loaded.id for loaded in load_library(tmp_path).playbooks]


@pytest.mark.parametrize("cut", range(40, len(WHOLE), 331))
def test_a_file_that_is_half_saved_is_left_out_or_whole_and_never_a_crash(tmp_path: Path, cut: int) -> None:
    write(tmp_path, "p.yaml", WHOLE[:cut])
    library = load_library(tmp_path)
    assert library.findings or library.get("whole")


def test_a_run_keeps_its_definition_while_its_file_is_half_saved_edited_or_gone(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    text = ONE_STEP.format(id="mine").replace("value: late_supply}", "value: late_supply}, {field: item, op: exists}]}")
    text = text.replace("match: {field", "match: {all: [{field")
    path = write(folder, "mine.yaml", text)
    desk = open_desk(tmp_path / "desk.db", planner=PlaybookPlanner(load_library(folder)))
    owners(desk, "ana")
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation], playbook="mine")
    before = desk.show("R1")
    for broken in (text[: len(text) // 2], text.replace("version: 1", "version: 2").replace("Call", "Mail"), None):
        if broken is None:
            path.unlink()
        else:
            path.write_text(broken, encoding="utf-8")
        again = Desk(
            Store.open(tmp_path / "desk.db"), FixedClock(NOW), actor="ana", origin="{}", planner=PlaybookPlanner(load_library(folder))
        )  # fmt: skip
        shown = again.show("R1")
        assert (shown["definition"], shown["actions_detail"]) == (before["definition"], before["actions_detail"])
    assert parse_instant(shown["created_at"], "test") == NOW
    again.start(["A1"])
    assert again.done(["A1"]).changes
