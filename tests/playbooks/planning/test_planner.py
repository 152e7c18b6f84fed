"""The planner: which playbook answers, who owns what, when it starts and is due, and that it always says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.values.clock import iso
from engine.values.errors import NotFound, Refused
from engine.vocabulary.planning import MANDATORY_DONE, Owner, PlannedAction, Planner, ResponsePlan
from playbooks.language.instructions import values_of
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from tests.playbooks.worlds import ONE_STEP, deviation, library, world, write

ANA = Owner("ana", "Ana", ["procurement"])
BO = Owner("bo", "Bo", ["logistics"])

CHAIN = (
    ONE_STEP.format(id="chain")
    + """\
  - {id: quote, title: Quote, role: buyer, duration: PT6H, needs: [call]}
  - {id: tell, title: Tell, role: teller, duration: PT1H, needs: [call], due: {within: PT2H, from: "step:call"}}
  - {id: book, title: Book, role: buyer, duration: PT1H, needs: [quote, tell], due: {before: PT1H, from: need}}
"""
).replace("steps:\n", "  teller: {function: logistics, fallback: sales}\nsteps:\n")


def plan(folder: Path, text: str = CHAIN, *owners: Owner, about: dict[str, Any] | None = None) -> ResponsePlan:
    planner = PlaybookPlanner(library(folder, text))
    return planner.plan(about or deviation(), world(*(owners or (ANA, BO))))


def by_step(response: ResponsePlan) -> dict[str, PlannedAction]:
    return {action.step: action for action in response.actions}


def test_steps_follow_their_needs_in_working_time(tmp_path: Path) -> None:
    response = plan(tmp_path)
    times = {step: (iso(action.start_at), iso(action.due_at)) for step, action in by_step(response).items()}
    assert times == {
        "call": ("2026-03-06T09:00:00Z", "2026-03-06T11:00:00Z"),
        "quote": ("2026-03-06T11:00:00Z", "2026-03-06T17:00:00Z"),
        "tell": ("2026-03-06T11:00:00Z", "2026-03-06T13:00:00Z"),
        "book": ("2026-03-09T08:00:00Z", "2026-03-12T16:00:00Z"),
    }
    assert [action.step for action in response.actions if action.critical] == ["call", "quote", "book"]
    assert by_step(response)["book"].due_because == (
        "1 h of working time before the need time (Fri 2026-03-13 00:00 UTC)"
    )
    assert by_step(response)["quote"].due_because == "when its work is planned to end"
    assert response.warnings == ()
    assert response.owner == "ana"


def test_the_close_conditions_go_with_the_plan(tmp_path: Path) -> None:
    assert plan(tmp_path).close_requires == (MANDATORY_DONE,)
    assert plan(tmp_path, CHAIN + "close: {requires: []}\n").close_requires == ()


def test_an_owner_works_by_the_own_calendar_and_a_broken_one_is_said(tmp_path: Path) -> None:
    night = Owner("nina", "Nina", ["procurement"], calendar="nights")
    assert iso(by_step(plan(tmp_path, CHAIN, night, BO))["call"].start_at) == "2026-03-06T22:00:00Z"
    for calendar in ("broken", "missing"):
        response = plan(tmp_path, CHAIN, Owner("ola", "Ola", ["procurement"], calendar=calendar), BO)
        assert iso(by_step(response)["call"].start_at) == "2026-03-06T09:00:00Z"
        assert any(calendar in warning and "office hours" in warning for warning in response.warnings)


def test_a_due_time_without_its_anchor_falls_back_and_says_so(tmp_path: Path) -> None:
    book = by_step(plan(tmp_path, about=deviation(need_at=None, decide_by=None)))["book"]
    assert iso(book.due_at) == "2026-03-09T09:00:00Z"
    assert book.due_because == "when its work is planned to end, since the need time is not known"


def test_warnings_name_what_is_past_too_tight_or_too_late(tmp_path: Path) -> None:
    early = plan(tmp_path, about=deviation(need_at="2026-03-06T08:30:00Z"))
    assert "step book was due Thu 2026-03-05 16:30 UTC, which is past" in early.warnings
    tight = plan(tmp_path, about=deviation(need_at="2026-03-09T09:30:00Z", decide_by="2026-03-06T12:00:00Z"))
    assert list(tight.warnings) == [
        "step book is due Mon 2026-03-09 08:30 UTC, but its work is planned until Mon 2026-03-09 09:00 UTC",
        "the last mandatory step ends Mon 2026-03-09 09:00 UTC, after the decide-by Fri 2026-03-06 12:00 UTC",
    ]


def test_a_step_is_planned_only_when_its_condition_holds(tmp_path: Path) -> None:
    text = CHAIN.replace("needs: [call]}", "needs: [call], when: {field: gap.days, op: ge, value: 12}}")
    assert list(by_step(plan(tmp_path, text))) == ["call", "quote", "tell", "book"]
    for gap, why in (({"days": 11.0}, "gap.days is 11 (asked: ≥ 12)"), (None, "gap.days is not known (asked: ≥ 12)")):
        response = plan(tmp_path, text, about=deviation(gap=gap))
        assert [action.step for action in response.actions] == ["call", "tell", "book"]
        assert response.warnings[0] == f"step quote is left out: {why}"
        assert by_step(response)["book"].needs == ("call", "tell")
        assert iso(by_step(response)["book"].start_at) == "2026-03-06T12:00:00Z"


def test_a_due_time_counted_from_a_step_that_is_left_out_falls_back_and_says_so(tmp_path: Path) -> None:
    text = CHAIN.replace("needs: [call]}", "needs: [call], when: {field: party, op: eq, value: NUT}}")
    text = text.replace("{before: PT1H, from: need}", "{within: PT8H, from: 'step:quote'}")
    book = by_step(plan(tmp_path, text))["book"]
    assert (iso(book.due_at), book.due_because) == (
        "2026-03-06T13:00:00Z", "when its work is planned to end, since step quote is left out"
    )  # fmt: skip


def test_a_role_goes_to_the_person_named_for_the_case_then_to_the_least_loaded(tmp_path: Path) -> None:
    planner = PlaybookPlanner(library(tmp_path, CHAIN))
    named = Owner("zoe", "Zoe", ["procurement"], parties=["ACME"])
    other = Owner("abe", "Abe", ["procurement"], parties=["BOLT"])

    def owner_of_call(*people: Owner, **load: int) -> tuple[str, str]:
        call = planner.plan(deviation(), world(*people, BO, load=load)).actions[0]
        return call.owner, call.owner_because

    assert owner_of_call(ANA, named, zoe=6000) == ("zoe", "procurement for party ACME: the closest of 2")
    assert owner_of_call(ANA, other)[0] == "ana"
    twin = Owner("amy", "Amy", ["procurement"])
    assert owner_of_call(ANA, twin, amy=30) == ("ana", "procurement: the least loaded of 2 (0 min open)")
    assert owner_of_call(ANA, twin)[0] == "amy"


def test_an_owner_is_never_missing(tmp_path: Path) -> None:
    planner = PlaybookPlanner(library(tmp_path, CHAIN))
    lead = Owner("lee", "Lee", ["finance"], lead=True)

    def call(*people: Owner) -> PlannedAction:
        return planner.plan(deviation(), world(*people)).actions[0]

    assert call(BO, lead).owner == "bo"
    assert call(BO, lead).owner_because.startswith("nobody does procurement for party ACME")
    assert call(lead).owner == "lee"
    assert call(lead).owner_because.endswith("the desk lead takes it")
    assert call().owner == "unassigned-lead"
    assert any("assign it by hand" in warning for warning in planner.plan(deviation(), world()).warnings)


def test_words_from_outside_are_put_in_once_and_stay_text(tmp_path: Path) -> None:
    about = deviation(party="$need_at ${x} {{7*7}} <% x %>\x1b[2J\n[bold]")
    shown = plan(tmp_path, about=about).actions[0].title
    assert shown == "Call $need_at ${x} {{7*7}} <% x %>\N{REPLACEMENT CHARACTER}[2J [bold]"
    assert plan(tmp_path, about=deviation(party=None)).actions[0].title == "Call (not known)"


def test_the_most_specific_playbook_comes_first_then_the_id(tmp_path: Path) -> None:
    one = ONE_STEP.format(id="zz-general")
    clause = "{field: kind, op: eq, value: late_supply}"
    write(tmp_path, "1.yaml", one)
    write(tmp_path, "2.yaml", ONE_STEP.format(id="aa-general"))
    write(
        tmp_path,
        "3.yaml",
        ONE_STEP.format(id="zz-rtm").replace(clause, f"{{all: [{clause}, {{field: site, op: eq, value: RTM}}]}}"),
    )
    write(tmp_path, "4.yaml", ONE_STEP.format(id="by-hand").replace("deviation.opened", "manual"))
    write(tmp_path, "5.yaml", ONE_STEP.format(id="off").replace("enabled: true", "enabled: false"))
    own = {"zz-general", "aa-general", "zz-rtm", "by-hand", "off"}
    planner = PlaybookPlanner(load_library(tmp_path))
    matches = [match for match in planner.matches(deviation(), world().now) if match.playbook in own]
    assert [match.playbook for match in matches] == ["zz-rtm", "aa-general", "zz-general", "by-hand"]
    assert matches[0].because == "kind is late_supply; site is RTM"
    assert matches[3].because == "kind is late_supply; only when chosen by name"
    elsewhere = {match.playbook: match for match in planner.matches(deviation(site=None), world().now)}
    assert not elsewhere["zz-rtm"].matches
    assert elsewhere["zz-rtm"].because == "site is not known (asked: = RTM)"
    assert planner.plan(deviation(), world(ANA), "by-hand").playbook == "by-hand"
    with pytest.raises(Refused, match=r"off is switched off; set enabled: true in 5\.yaml"):
        planner.plan(deviation(), world(ANA), "off")


def test_what_cannot_be_planned_is_refused_with_the_reason(tmp_path: Path) -> None:
    planner: Planner = PlaybookPlanner(library(tmp_path, CHAIN))
    with pytest.raises(NotFound, match="there is no playbook nope"):
        planner.plan(deviation(), world(ANA), "nope")
    with pytest.raises(Refused, match=r"chain does not apply to D1: kind is overdue \(asked: = late_supply\)"):
        planner.plan(deviation(kind="overdue"), world(ANA), "chain")
    with pytest.raises(Refused, match=r"no playbook applies to D1 \(overdue\) by itself"):
        planner.plan(deviation(kind="overdue"), world(ANA))


def test_the_frozen_definition_is_the_playbook_and_its_hash(tmp_path: Path) -> None:
    first = plan(tmp_path)
    assert plan(tmp_path, CHAIN.replace("title: Call", "title:   Call")).sha256 == first.sha256
    assert plan(tmp_path, CHAIN.replace("PT6H", "PT5H")).sha256 != first.sha256
    assert '"steps":[{"duration":"PT2H","id":"call"' in first.definition


_OWNERS = st.lists(
    st.builds(
        Owner,
        id=st.sampled_from("abcdef"),
        name=st.just("n"),
        functions=st.lists(
            st.sampled_from(["procurement", "logistics", "inventory planning", "production"]), max_size=2
        ),
        sites=st.sampled_from([(), ("RTM",), ("ANR",)]),
        calendar=st.sampled_from([None, "nights", "broken"]),
        lead=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda owner: owner.id,
)
_BUILT_IN = PlaybookPlanner(load_library())


@settings(deadline=None)
@given(_OWNERS, st.sampled_from(["late_supply", "short_supply", "overdue", "stockout", "stale_feed", "unmatched"]))
def test_every_plan_is_owned_ordered_and_repeatable(owners: list[Owner], kind: str) -> None:
    about = deviation(kind=kind, severity="high")
    response = _BUILT_IN.plan(about, world(*owners))
    assert response == _BUILT_IN.plan(about, world(*reversed(owners)))
    ends: dict[str, int] = {}
    for action in response.actions:
        assert action.owner in {owner.id for owner in owners} | {"unassigned-lead"}
        assert action.start_at >= max([world().now, *(ends[need] for need in action.needs)])
        ends[action.step] = action.start_at + action.duration_minutes * 60_000_000


def test_instants_among_the_measures_are_said_in_the_desks_zone() -> None:
    values = values_of({"planned": {"at": "2026-02-24T23:00:00Z", "quantity": 820.0, "uom": "EA"}}, "Europe/Berlin")
    assert values["planned"] == "at Wed 2026-02-25 00:00 CET, 820 EA"


def test_measures_in_a_text_have_no_more_places_than_a_person_reads() -> None:
    values = values_of({"gap": {"quantity": -300.0, "uom": "EA", "percent": -36.585366}}, "UTC")
    assert values["gap"] == "-300 EA, -36.6 %"
    assert values_of({"gap": {"quantity": 0.125, "uom": "TNE"}}, "UTC")["gap"] == "0.125 TNE"


@pytest.mark.parametrize(
    ("event", "facts", "because"),
    [
        ("severity_raised", {"raised_at": "2026-03-06T08:00:00Z"}, "its severity was not raised"),
        ("recurred", {"episode": 2}, "it has not come back: this is its first episode"),
    ],
)
def test_a_trigger_on_an_event_offers_its_playbook_once_that_happened(
    tmp_path: Path, event: str, facts: dict[str, Any], because: str
) -> None:
    planner = PlaybookPlanner(library(tmp_path, CHAIN.replace("on: deviation.opened", f"on: {event}")))
    (before,) = planner.matches(deviation(), 0)
    assert (before.matches, before.because) == (False, because)
    with pytest.raises(Refused, match="no playbook applies"):
        planner.plan(deviation(), world(ANA, BO))
    assert planner.plan(deviation(**facts), world(ANA, BO)).playbook == "chain"
    (other,) = planner.matches(deviation(kind="overdue", **facts), 0)
    assert other.because == "kind is overdue (asked: = late_supply)"


def test_a_playbook_in_shadow_mode_shows_what_it_would_do_and_is_offered_to_nobody(tmp_path: Path) -> None:
    planner = PlaybookPlanner(library(tmp_path, CHAIN.replace("enabled: true", "enabled: true\nmode: shadow")))
    (match,) = planner.matches(deviation(), 0)
    assert match.matches
    assert match.because == "kind is late_supply; in shadow mode, so it only shows what it would do"
    with pytest.raises(Refused, match="by itself; name one that can be chosen by hand: chain"):
        planner.plan(deviation(), world(ANA, BO))
    shown = planner.plan(deviation(), world(ANA, BO), "chain")
    assert shown.start.shadow
    assert [action.step for action in shown.actions] == ["call", "quote", "tell", "book"]


def test_what_may_keep_a_response_from_starting_goes_with_its_plan(tmp_path: Path) -> None:
    rules = "concurrency: {key: $party at $site, on_conflict: queue}\nroles:\n"
    text = CHAIN.replace("roles:\n", rules).replace(
        "value: late_supply}\n", "value: late_supply}\n    cooldown: PT48H\n", 1
    )
    start = plan(tmp_path, text).start
    assert (start.key, start.on_conflict, start.cooldown_minutes, start.shadow) == ("ACME at RTM", "queue", 2880, False)
