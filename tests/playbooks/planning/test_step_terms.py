"""What the planner makes of the words of a step besides its work: the terms that the engine freezes with the action."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from engine.actions.answers import ANSWER_TYPES
from engine.values.clock import HOUR, iso
from engine.vocabulary.planning import Owner, ResponsePlan
from engine.vocabulary.terms import FAILURES, SIDE_EFFECTS, STEP_KINDS, Above, Between, Escalation, Terms
from playbooks.language.roles import UNASSIGNED
from playbooks.language.step_shapes import Step, StepKind
from playbooks.language.term_shapes import AnswerType, Failure
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from playbooks.planning.rehearse import rehearse
from tests.playbooks.worlds import ONE_STEP, at, deviation, library, world, write

ANA = Owner("ana", "Ana", ["procurement"])
BO = Owner("bo", "Bo", ["logistics"])
LEA = Owner("lea", "Lea", ["sales"], lead=True)


def plan(folder: Path, steps: str, *owners: Owner) -> ResponsePlan:
    text = ONE_STEP.format(id="whole").replace("steps:\n", "  mover: {function: logistics, fallback: sales}\nsteps:\n")
    planner = PlaybookPlanner(library(folder, text + steps))
    return planner.plan(deviation(), world(*(owners or (ANA, BO, LEA))))


def terms(response: ResponsePlan) -> dict[str, Terms]:
    return {action.step: action.terms for action in response.actions}


def test_the_failures_after_which_a_step_is_tried_again_are_frozen_with_it(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        """\
  - id: hold
    title: Hold it
    kind: http
    role: buyer
    http: {channel: wms, body: {item: $item}}
    side_effect: idempotent
    retry: {count: 2, delay: PT5M, when: [timeout, busy]}
""",
    )
    hold = terms(made)["hold"]
    assert (hold.retry_count, hold.retry_delay_minutes, hold.retry_when) == (2, 5, ("timeout", "busy"))


def test_a_step_that_says_nothing_more_has_no_terms(tmp_path: Path) -> None:
    assert terms(plan(tmp_path, ""))["call"] == Terms()


def test_acceptance_retries_and_keys_come_as_minutes_and_text(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        """\
  - id: pay
    title: Pay $party
    role: buyer
    duration: PT1H
    ack_within: PT2H
    escalate: [{after: PT30M, to: {role: mover}}, {after: PT1H, to: {lead: true}}]
    retry: {count: 3, delay: PT15M}
    side_effect: idempotent
    idempotency_key: pay-$id
    form: [{name: paid_on, type: date}, {name: way, type: text, title: By which way, required: false, enum: [air, sea]}]
""",
    )
    pay = terms(made)["pay"]
    assert (pay.ack_within_minutes, pay.retry_count, pay.retry_delay_minutes) == (120, 3, 15)
    assert (pay.side_effect, pay.idempotency_key) == ("idempotent", "pay-D1")
    assert pay.escalations == (
        Escalation(30, "bo", "logistics: the only one", "lea"),
        Escalation(60, "lea", "the desk lead", None),
    )
    assert list(pay.form) == [
        {"name": "paid_on", "type": "date", "title": "paid on", "required": True},
        {"name": "way", "type": "text", "title": "By which way", "required": False, "enum": ["air", "sea"]},
    ]
    assert Terms.load(pay.dump()).dump() == pay.dump()


def test_an_escalation_passes_over_who_has_it_already(tmp_path: Path) -> None:
    step = "  - {id: go, title: T, role: buyer, duration: PT1H, escalate: [{after: PT1H, to: {role: buyer}}]}\n"
    (found,) = terms(plan(tmp_path, step))["go"].escalations
    assert (found.owner, found.because) == (
        "lea",
        "procurement: the only one, who has it already; the desk lead takes it",
    )
    alone = plan(tmp_path, step, ANA, BO)
    assert terms(alone)["go"].escalations == ()
    assert alone.warnings == ("step go: the escalation finds nobody but ana, who has it already",)


def test_the_times_and_the_signals_of_an_escalation_are_frozen_with_it(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        """\
  - id: go
    title: T
    role: buyer
    duration: PT1H
    escalate:
      - {after: PT1H, to: {role: mover}, between: {from: "22:00", to: "06:00", tz: Europe/Berlin}}
      - {after: PT1H, to: {lead: true}, above: {signals: 3, within: PT5M}}
""",
    )
    go = terms(made)["go"]
    assert [(each.between, each.above) for each in go.escalations] == [
        (Between("22:00", "06:00", "Europe/Berlin"), None),
        (None, Above(3, 5)),
    ]
    assert Terms.load(go.dump()) == Terms.load(Terms.load(go.dump()).dump())
    assert Terms.load(go.dump()).escalations == go.escalations


def test_an_approval_names_a_person_and_a_limit_in_minor_units(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        """\
  - {id: book, title: T, role: mover, duration: PT1H, approval: {role: buyer, above: {amount: 2500.5, currency: EUR}}}
  - {id: sign, title: T, role: mover, duration: PT1H, approval: {role: buyer}}
""",
    )
    actions = {action.step: action for action in made.actions}
    assert actions["book"].approval == {
        "role": "buyer", "owner": "ana", "because": "procurement: the only one", "amount": 250050, "currency": "EUR",
    }  # fmt: skip
    assert (actions["sign"].approval or {})["amount"] is None
    assert actions["call"].approval is None


def test_a_join_waits_for_as_many_as_it_asks_for(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        """\
  - {id: slow, title: T, role: mover, duration: PT5H}
  - {id: both, title: T, owner: {lead: true}, duration: PT1H, needs: [call, slow], join: 2}
  - {id: one, title: T, owner: {lead: true}, duration: PT1H, needs: [call, slow], join: any}
""",
    )
    actions = {action.step: action for action in made.actions}
    assert (actions["one"].terms.join, actions["both"].terms.join) == (1, None)
    assert (iso(actions["one"].start_at), iso(actions["both"].start_at)) == (
        "2026-03-06T11:00:00Z",
        "2026-03-06T14:00:00Z",
    )
    assert [action.step for action in made.actions if action.critical] == ["slow", "both"]


def test_messages_calls_waits_and_values_take_nobodys_time(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        """\
  - id: tell
    title: Tell them
    kind: notify
    role: buyer
    notify: {to: [{role: mover}, {person: ana}, {person: ana}], message: $summary}
  - {id: post, title: T, kind: http, role: buyer, http: {channel: wms, body: {item: $item, days: 3}}, side_effect: once}
  - {id: night, title: T, kind: wait, role: buyer, needs: [call], wait: {for: PT20H}}
  - {id: near, title: T, kind: wait, role: buyer, wait: {until: {before: PT4H, from: need}}}
  - {id: keep, title: T, kind: set, role: buyer, set: {limit: 3, who: $party}}
  - {id: after, title: T, role: buyer, duration: PT1H, needs: [night]}
""",
    )
    found, actions = terms(made), {action.step: action for action in made.actions}
    assert found["tell"].effect == {"to": ["bo", "ana"], "message": "12 days late"}
    assert found["post"].effect == {"channel": "wms", "body": {"item": "SKU-77", "days": 3}}
    assert (found["post"].kind, found["post"].side_effect) == ("http", "once")
    assert found["night"].effect == {"minutes": 1200}
    assert found["near"].effect == {"until": at("2026-03-12T13:00:00Z")}
    assert found["keep"].effect == {"values": {"limit": 3, "who": "ACME"}}
    assert {action.duration_minutes for action in made.actions if action.terms.kind != "task"} == {0}
    call_ends = at("2026-03-06T11:00:00Z")
    assert (actions["night"].start_at, actions["night"].due_at) == (call_ends, call_ends + 20 * HOUR)
    assert iso(actions["after"].start_at) == "2026-03-09T08:00:00Z", (
        "20 hours end at night, and the work begins on Monday"
    )
    assert actions["near"].due_at == at("2026-03-12T13:00:00Z")


def test_text_from_outside_is_filled_into_effects_once_and_stays_text(tmp_path: Path) -> None:
    text = (
        ONE_STEP.format(id="whole")
        + """\
  - {id: tell, title: T, kind: notify, role: buyer, notify: {to: [{role: buyer}], message: $summary}}
"""
    )
    hostile = "{{ 7*7 }} <% x %> $item ${id}"
    made = PlaybookPlanner(library(tmp_path, text)).plan(deviation(summary=hostile), world(ANA))
    assert terms(made)["tell"].effect["message"] == hostile


def test_a_step_can_name_a_person_and_the_lead_steps_in_for_one_who_left(tmp_path: Path) -> None:
    steps = "  - {id: sign, title: T, owner: {person: bo}, duration: PT1H}\n"
    here = {action.step: action for action in plan(tmp_path, steps).actions}["sign"]
    assert (here.owner, here.owner_because, here.function, here.role) == (
        "bo",
        "named by the playbook",
        "logistics",
        "",
    )
    gone = {action.step: action for action in plan(tmp_path, steps, ANA, LEA).actions}["sign"]
    assert (gone.owner, gone.owner_because) == ("lea", "the plan has no owner bo; the desk lead takes it")
    empty = plan(tmp_path, steps, ANA)
    assert {action.step: action.owner for action in empty.actions}["sign"] == UNASSIGNED
    assert any("the plan has no owner bo" in warning for warning in empty.warnings)


def test_a_reversal_is_owned_and_dated_and_no_action_until_it_is_asked_for(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        """\
  - {id: book, title: T, role: mover, duration: PT1H, reverse: cancel-booking}
  - {id: cancel-booking, title: Cancel what is booked with $party, role: mover, duration: PT30M}
""",
    )
    assert [action.step for action in made.actions] == ["call", "book"]
    assert terms(made)["book"].reverse == "cancel-booking"
    (back,) = made.reversals
    assert (back.step, back.title, back.owner) == ("cancel-booking", "Cancel what is booked with ACME", "bo")
    assert (back.start_at, back.due_at) == (at("2026-03-06T09:00:00Z"), at("2026-03-06T09:30:00Z"))


def test_a_due_time_counts_in_the_working_time_that_it_names(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        """\
  - {id: nights, title: T, role: mover, duration: PT1H, due: {within: PT2H, from: opened, calendar: nights}}
  - {id: china, title: T, role: mover, duration: PT1H, due: {before: PT1H, from: need, tz: Asia/Shanghai}}
  - {id: lost, title: T, role: mover, duration: PT1H, due: {within: PT2H, from: opened, calendar: nowhere}}
""",
    )
    due = {action.step: iso(action.due_at) for action in made.actions}
    assert due["nights"] == "2026-03-07T00:00:00Z", "the night shift begins at 22:00"
    assert due["china"] == "2026-03-12T08:00:00Z", "an hour before the office there closes at 17:00, which is 09:00 UTC"
    assert "the plan has no calendar nowhere; office hours are used for it" in made.warnings


def test_the_words_of_the_language_are_those_of_the_engine() -> None:
    assert get_args(StepKind) == (*STEP_KINDS, "playbook")
    assert get_args(AnswerType) == ANSWER_TYPES
    assert get_args(Failure) == FAILURES
    effects = Step.model_json_schema()["properties"]["side_effect"]["anyOf"][0]["enum"]
    assert tuple(effects) == SIDE_EFFECTS


def test_a_test_inside_a_playbook_sees_the_same(tmp_path: Path) -> None:
    text = (
        ONE_STEP.format(id="whole")
        + """\
  - {id: undo, title: T, role: buyer, duration: PT1H}
  - {id: go, title: T, role: buyer, duration: PT1H, reverse: undo}
tests:
  - name: what is done
    now: 2026-03-02T09:00:00Z
    deviation: {kind: late_supply}
    people: [{id: ana, functions: [procurement]}]
    expect: {steps: [call, go]}
"""
    )
    write(tmp_path, "p.yaml", text)
    assert rehearse(load_library(tmp_path).get("whole"), load_library()) == []
