"""What steps give to later ones: answers, choices, facts and what a called system says, in conditions, texts and
amounts."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.commands.publishing import picked
from engine.values.clock import DAY, HOUR
from engine.values.text import clean
from engine.vocabulary.terms import Terms
from playbooks.language.conditions import Case
from playbooks.language.instructions import fill
from playbooks.loader import load_library
from playbooks.planning.rehearse import rehearse
from playbooks.planning.scopes import Scope
from tests.engine.desk_support import NOW, eta, take
from tests.playbooks.answered import HEAD, Answered
from tests.playbooks.published import ASK, CHEAP, DEAR, QUOTED, TESTED
from tests.playbooks.worlds import library, write


def test_an_answer_decides_which_step_follows_and_stands_in_its_text(tmp_path: Path) -> None:
    run = Answered(tmp_path, QUOTED)
    assert run.actions["book"]["title"] == "Book (not known yet) for (not known yet) EUR, $ and all"
    assert "step book is planned, and left out where its condition does not hold once ask is done" in run.outcome.notes
    run.done("ask", "price=450", "carrier=KLM {{ 7*7 }} $party $$")
    assert run.states == {"ask": "done", "book": "ready", "haggle": "skipped", "tell": "blocked"}
    assert run.actions["book"]["title"] == "Book KLM {{ 7*7 }} $party $$ for 450 EUR, $ and all", "data stays data"
    assert run.actions["haggle"]["reason"] == "left out: values.price is 450 (asked: > 500)"
    run.done("book")
    assert run.states["tell"] == "ready", "what was left out is waited for by nobody"
    run.done("tell")
    assert run.desk.show("R1")["state"] == "done"


def test_an_undo_takes_back_what_followed_and_another_answer_settles_it_anew(tmp_path: Path) -> None:
    run = Answered(tmp_path, QUOTED)
    run.done("ask", "price=450")
    run.desk.undo()
    assert run.states == {"ask": "ready", "book": "blocked", "haggle": "blocked", "tell": "blocked"}
    assert run.actions["book"]["title"].startswith("Book (not known yet)")
    run.done("ask", "price=900")
    assert run.states == {"ask": "done", "book": "skipped", "haggle": "ready", "tell": "blocked"}


def test_a_step_that_was_not_begun_follows_its_reopened_source(tmp_path: Path) -> None:
    run = Answered(tmp_path, QUOTED)
    run.done("ask", "price=450", "carrier=KLM")
    run.desk.reopen([run.id("ask")], reason="they called again")
    assert run.states["book"] == "blocked"
    run.done("ask", "price=430")
    assert run.actions["book"]["title"] == "Book KLM for 430 EUR, $ and all"


def test_a_step_that_was_blocked_by_hand_is_settled_as_it_is_taken_up_again(tmp_path: Path) -> None:
    run = Answered(tmp_path, QUOTED)
    run.done("ask", "price=450", "carrier=KLM")
    run.desk.block([run.id("book")], reason="no budget as yet")
    run.desk.reopen([run.id("ask")], reason="they called again")
    run.done("ask", "price=900")
    assert run.states["book"] == "blocked"
    run.desk.reopen([run.id("book")], reason="there is one")
    assert run.states["book"] == "skipped"
    assert run.actions["book"]["reason"] == "left out: values.price is 900 (asked: ≤ 500)"


def test_what_nobody_gave_is_not_known_and_never_holds(tmp_path: Path) -> None:
    steps = (
        ASK
        + f"  - {{id: book, title: Book $carrier, role: buyer, duration: PT1H, needs: [ask], on_fail: continue, {CHEAP}}}\n"
    )
    steps += "  - {id: write, title: Write to $carrier, role: buyer, duration: PT1H, needs: [ask], on_fail: continue}\n"
    run = Answered(tmp_path, steps)
    run.desk.skip([run.id("ask")], reason="no carrier flies there")
    assert run.states == {"ask": "skipped", "book": "skipped", "write": "ready"}
    assert run.actions["book"]["reason"] == "left out: values.price is not known (asked: ≤ 500)"
    assert run.actions["write"]["title"] == "Write to (not known)"


def test_what_was_left_out_stops_nobody_who_stops_where_a_need_fails(tmp_path: Path) -> None:
    steps = ASK.replace(", carrier: answers.carrier", "")
    steps += f"  - {{id: haggle, title: Haggle, role: buyer, duration: PT1H, needs: [ask], {DEAR}}}\n"
    steps += "  - {id: tell, title: Tell, role: buyer, duration: PT1H, needs: [haggle], on_fail: abort}\n"
    run = Answered(tmp_path, steps)
    run.done("ask", "price=450")
    assert run.states == {"ask": "done", "haggle": "skipped", "tell": "ready"}


def test_a_fact_is_taken_as_it_is_once_a_wait_is_over(tmp_path: Path) -> None:
    steps = """\
  - {id: cool, title: See whether it settles, kind: wait, role: buyer, wait: {for: PT4H}, publish: {days_now: gap.days}}
  - {id: escalate, title: "Escalate $days_now days", role: buyer, duration: PT1H, needs: [cool],
     when: {all: [{field: values.days_now, op: ge, value: 5}, {field: severity, op: exists}]}}
"""
    settled, stays = Answered(_folder(tmp_path, "a"), steps), Answered(_folder(tmp_path, "b"), steps)
    take(settled.desk, eta("alpha", NOW + 13 * DAY, number="2", recorded=NOW + HOUR))
    for run in (settled, stays):
        run.at(239)
        assert run.states == {"cool": "waiting", "escalate": "blocked"}
        run.at(240)
    assert settled.states == {"cool": "done", "escalate": "skipped"}
    assert settled.actions["escalate"]["reason"] == "left out: values.days_now is 3 (asked: ≥ 5)"
    assert stays.states == {"cool": "done", "escalate": "ready"}
    assert stays.actions["escalate"]["title"] == "Escalate 12 days"


DECIDE = """\
  - id: decide
    title: Decide
    kind: decision
    role: buyer
    duration: PT1H
    needs: [ask]
    approval: {role: buyer, above: {amount: values.budget, currency: EUR}}
    options:
      - {id: air, title: Fly with $carrier, kind: expedite, days: values.gained, quantity: values.pieces, cost: 50 + 2 * price}
      - {id: sea, title: Wait, kind: resequence, days: 1}
    publish: {way: choice}
  - {id: book, title: Book $way, role: buyer, duration: PT1H, needs: [decide], when: {field: values.way, op: eq, value: air}}
"""


FOUR = (
    ASK.replace(
        "form: [",
        "form: [{name: gained, type: number}, {name: pieces, type: number}, {name: budget, type: number, required: false}, ",
    ).replace("publish: {", "publish: {gained: answers.gained, pieces: answers.pieces, budget: answers.budget, ")
    + DECIDE
)


def _options(run: Answered) -> dict[str, dict[str, Any]]:
    (found,) = run.desk.options(run.id("decide"))
    return {each["id"]: each for each in found["options"]}


def test_amounts_of_a_decision_are_what_was_answered(tmp_path: Path) -> None:
    run = Answered(tmp_path, FOUR)
    before = _options(run)["air"]
    assert before["cost"] is None, "nothing is guessed"
    assert any("price not known" in str(term) for term in before["terms"])
    assert run.actions["decide"]["approval"]["amount"] is None, "until it is known somebody has to approve"
    run.done("ask", "gained=9", "pieces=40", "price=300", "budget=600", "carrier=KLM")
    air = _options(run)["air"]
    assert (air["title"], air["quantity"], air["cost"]) == ("Fly with KLM", 40.0, {"amount": 650.0, "currency": "EUR"})
    assert any("50 + 2 * price(300) = 650" in str(term) for term in air["terms"])
    assert run.actions["decide"]["approval"]["amount"] == 600_00
    run.desk.decide([run.id("decide")], option="sea", reason="it can wait")
    assert run.states["book"] == "skipped"
    assert run.actions["book"]["reason"] == "left out: values.way is sea (asked: = air)"


def test_numbers_that_cannot_be_are_taken_for_unknown(tmp_path: Path) -> None:
    run = Answered(tmp_path, FOUR)
    run.done("ask", "gained=-3", "pieces=-1", "price=1")
    air = _options(run)["air"]
    assert air["quantity"] == 0.0
    assert run.actions["decide"]["approval"]["amount"] is None


def test_an_answer_that_is_nested_too_deep_to_be_told_is_no_value() -> None:
    """It can be read with less of a stack than it takes to write it; that ended the delivery of everything else."""
    deep: object = "1"
    for _ in range(5000):
        deep = [deep]
    terms = Terms(kind="http", publish={"price": "answer.price as number", "day": "answer.price as date"})
    assert picked(terms, {"price": deep}) == (
        {},
        [
            "price is not known: what is nested too deep is no number",
            "day is not known: what is nested too deep is no date",
        ],
    )


def test_an_answer_is_looked_into_by_names_and_by_places_in_lists() -> None:
    day = {"first": "answer.lines.0.eta as date", "third": "answer.lines.2.eta as date", "none": "answer.0 as date"}
    found, lacking = picked(Terms(kind="http", publish=day), {"lines": [{"eta": "2026-03-20"}, {"eta": "2026-03-21"}]})
    assert found == {"first": "2026-03-20"}
    assert lacking == ["third is not known: the answer has no lines.2.eta", "none is not known: the answer has no 0"]


def test_a_playbook_inside_has_values_of_its_own(tmp_path: Path) -> None:
    inner = HEAD.replace("id: whole", "id: quoted").replace("deviation.opened", "manual") + QUOTED
    outer = HEAD + "  - {id: first, title: Get a price, kind: playbook, use: quoted@1}\n"
    outer += ASK.replace("id: ask", "id: again\n    needs: [first]").replace(", carrier: answers.carrier", "")
    outer += f"  - {{id: book, title: Book it for $price, role: buyer, duration: PT1H, needs: [again], {CHEAP}}}\n"
    write(tmp_path, "inner.yaml", inner)
    write(tmp_path, "outer.yaml", outer)
    found = load_library(tmp_path)
    assert [str(each) for each in found.findings] == []
    run = Answered(tmp_path, known=found, playbook="whole")
    run.done("first.ask", "price=100", "carrier=A")
    assert run.actions["first.book"]["title"] == "Book A for 100 EUR, $ and all"
    run.done("first.book")
    run.done("first.tell")
    run.done("again", "price=900")
    assert run.states["book"] == "skipped"


def test_a_desk_without_a_planner_leaves_it_to_one_that_has(tmp_path: Path) -> None:
    run = Answered(tmp_path, QUOTED)
    outcome = run.opened(planner=None).done([run.id("ask")], answers=["price=450"])
    assert run.states["book"] == "blocked"
    assert any("this desk has no playbooks" in note for note in outcome.notes)


LISTED = """\
  - {id: ask, title: Ask who has some, role: buyer, duration: PT1H, form: [{name: sites, type: list}],
     publish: {sites: answers.sites}}
  - {id: fetch, title: Fetch it from $place of $sites, role: buyer, duration: PT1H, needs: [ask],
     foreach: {items: values.sites, as: place, max: 3}}
  - {id: count, title: Count it, role: buyer, duration: PT1H, needs: [fetch]}
"""


def test_a_step_is_done_for_each_item_of_a_list_that_was_answered(tmp_path: Path) -> None:
    run = Answered(tmp_path, LISTED)
    assert [*run.states] == ["ask", "fetch.1", "fetch.2", "fetch.3", "count"]
    assert run.actions["fetch.2"]["title"] == "Fetch it from (not known yet) of (not known yet)"
    run.done("ask", "sites=RTM,$place")
    assert run.states == {
        "ask": "done", "fetch.1": "ready", "fetch.2": "ready", "fetch.3": "skipped", "count": "blocked"
    }  # fmt: skip
    assert [run.actions[step]["title"] for step in ("fetch.1", "fetch.2")] == [
        "Fetch it from RTM of RTM, $place", "Fetch it from $place of RTM, $place"
    ]  # fmt: skip
    assert run.actions["fetch.3"]["reason"] == "left out: sites has 2 items"
    run.desk.undo()
    run.done("ask", "sites=ANR")
    assert run.states == {
        "ask": "done", "fetch.1": "ready", "fetch.2": "skipped", "fetch.3": "skipped", "count": "blocked"
    }  # fmt: skip
    run.done("fetch.1")
    assert run.states["count"] == "ready"


def test_a_list_that_is_known_gives_its_steps(tmp_path: Path) -> None:
    test = """\
tests:
  - name: two sites
    now: 2026-03-02T09:00:00Z
    deviation: {kind: late_supply}
    published: {sites: [RTM, ANR]}
    people: [{id: ana, functions: [procurement]}]
    expect: {steps: [ask, fetch.1, fetch.2, count], warnings: []}
"""
    known = library(tmp_path, HEAD + LISTED + test)
    assert [str(each) for each in rehearse(known.get("whole"), known)] == []


def test_more_items_than_there_are_steps_for_are_named_and_none_is_none(tmp_path: Path) -> None:
    run = Answered(_folder(tmp_path, "many"), LISTED)
    outcome = run.desk.done([run.id("ask")], answers=["sites=A,B,C,D,E"])
    assert "A4 fetch.3: it is done for the first 3 of 5: not for D, E" in outcome.notes
    run = Answered(_folder(tmp_path, "none"), LISTED.replace("needs: [fetch]", "needs: [fetch], on_fail: abort"))
    run.done("ask", "sites=")
    assert run.states["count"] == "ready"
    assert run.actions["fetch.1"]["reason"] == "left out: sites has 0 items"
    chain = LISTED.replace("max: 3", "max: 3, on_item_error: stop")
    run = Answered(_folder(tmp_path, "chain"), chain)
    run.done("ask", "sites=A,B")
    assert [run.states[f"fetch.{number}"] for number in (1, 2, 3)] == ["ready", "blocked", "blocked"]
    run.done("fetch.1")
    assert [run.states[f"fetch.{number}"] for number in (1, 2, 3)] == ["done", "ready", "blocked"]
    run.done("fetch.2")
    assert run.states["fetch.3"] == "skipped"
    assert run.states["count"] == "ready"


def test_a_rehearsal_says_what_was_published(tmp_path: Path) -> None:
    known = library(tmp_path, HEAD + QUOTED + TESTED)
    assert [str(each) for each in rehearse(known.get("whole"), known)] == []
    wrong = library(tmp_path, HEAD + QUOTED + TESTED.replace("{price: 450}", "{price: 4500}"))
    assert [each.what for each in rehearse(wrong.get("whole"), wrong)] == ["steps", "warnings"]


NAMES = st.sampled_from(["item", "price", "carrier"])


NASTY = st.lists(st.sampled_from(["$", "$$", "${price}", "$item", "{", "}", "a", " "]), max_size=6).map("".join)


PIECES = st.lists(
    st.one_of(st.text("ab ${}x", max_size=4).map(lambda text: text.replace("$", "$$")), NAMES.map("${{{}}}".format))
)


@given(PIECES, NASTY, NASTY)
def test_filling_in_two_steps_is_filling_at_once(pieces: list[str], item: str, price: str) -> None:
    text, texts = "".join(pieces), {"item": clean(item), "price": clean(price), "carrier": "KLM"}
    scope = Scope(None, "", {}, {"item": texts["item"]}, Case({}, 0), {}, {"price": "ask", "carrier": "ask"})  # type: ignore[arg-type]
    assert Template(text).is_valid()
    assert fill(scope.template(text), texts) == fill(text, texts)


def _folder(path: Path, name: str) -> Path:
    (path / name).mkdir()
    return path / name
