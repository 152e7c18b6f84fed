"""Approval of actions: who may give it, from which cost on it is needed, and that nothing goes on without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.values import money
from engine.values.errors import BadInput, Refused
from engine.vocabulary.model import PlanRecord
from tests.engine.execution_support import Run, step

LEA = {"role": "lead-buyer", "owner": "lea", "because": "the only one", "amount": None, "currency": None}
ABOVE = {**LEA, "amount": 1000_00, "currency": "EUR"}


def run_of(tmp_path: Path, *steps: Any, approval: Any = LEA) -> Run:
    run = Run(tmp_path / "desk.db", steps or [step("book", owner="bo", approval=approval), step("tell", "book")])
    people = {
        "lea": ["procurement"],
        "bo": ["procurement"],
        "kim": ["procurement"],
        "ana": ["sales"],
        "max": ["finance"],
    }
    records = [
        PlanRecord("owner", {"id": name, "name": name, "functions": functions, "lead": name == "max"}, None)
        for name, functions in people.items()
    ]
    run.desk.load(records, kind="owner", scope="owner", file="owners.csv")
    return run


def test_what_needs_approval_is_not_done_before(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    assert [item["id"] for item in run.desk.actions(["approval=needed"]).items] == ["A1"]
    with pytest.raises(Refused) as refusal:
        run.desk.done(["A1"])
    assert str(refusal.value) == "A1 has to be approved by lea (lead-buyer) first; `offplan approve A1` does it"
    run.desk.start(["A1"])
    assert run.state("book") == "in_progress", "it may be prepared"
    run.as_("lea").approve(["A1"], reason="cheaper than a stop")
    assert (run.actions()["book"]["approved_by"], run.desk.actions(["approval=needed"]).total) == ("lea", 0)
    entry = next(entry for entry in run.desk.show("A1")["history"] if entry["action"] == "approve")
    assert (entry["actor"], entry["reason"], entry["after"]["approved_by"]) == ("lea", "cheaper than a stop", "lea")
    run.desk.done(["A1"])
    assert run.states() == {"book": "done", "tell": "ready"}


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        ("lea", None),
        ("kim", None),
        ("max", None),
        ("bo", "A1: bo has the action; lea, somebody else of procurement, or the desk lead has to"),
        ("ana", "A1: ana may not approve it; lea, somebody else of procurement, or the desk lead has to"),
        ("zoe", "A1: zoe may not approve it; lea, somebody else of procurement, or the desk lead has to"),
    ],
)
def test_who_may(tmp_path: Path, actor: str, refusal: str | None) -> None:
    run = run_of(tmp_path)
    if refusal is None:
        run.as_(actor).approve(["A1"])
        assert run.actions()["book"]["approved_by"] == actor
    else:
        with pytest.raises(Refused) as refused:
            run.as_(actor).approve(["A1"])
        assert (str(refused.value), run.actions()["book"]["approved_at"]) == (refusal, None)


def test_a_plan_without_owners_takes_anybody(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("book", approval=LEA)])
    run.desk.approve(["A1"])
    run.desk.done(["A1"])
    assert run.state("book") == "done"


@pytest.mark.parametrize(
    ("cost", "currency", "refusal"),
    [
        ("1000", None, None),
        ("999.99", "eur", None),
        ("1000.01", None, "A1 costs 1,000.01 EUR, more than 1,000 EUR: lea .lead-buyer. has to approve it"),
        ("1000", "USD", None),
        ("1200", "USD", "A1 costs 1,200 USD, more than 1,000 EUR"),
        ("1200 usd", None, "A1 costs 1,200 USD, more than 1,000 EUR"),
        ("999 EUR", "EUR", None),
        ("1", "CHF", "A1 costs 1 CHF, more than 1,000 EUR"),
        (
            None,
            None,
            "A1 has to be approved by lea .lead-buyer. where it costs more than 1,000 EUR; say what it costs with",
        ),
    ],
)
def test_a_limit_goes_by_what_the_action_costs(
    tmp_path: Path, cost: str | None, currency: str | None, refusal: str | None
) -> None:
    """Without a rate nothing says that an amount is less."""
    run = run_of(tmp_path, approval=ABOVE)
    run.desk.configure({"currency": "EUR", "rates": {"USD": 0.9}})
    if refusal is not None:
        with pytest.raises(Refused, match=refusal):
            run.desk.done(["A1"], cost=cost, currency=currency)
        run.as_("lea").approve(["A1"])
    run.desk.done(["A1"], cost=cost, currency=currency)
    shown = run.actions()["book"]
    number, beside = money.parts(cost or "")
    coined = (currency or beside or "EUR").upper()
    expected = None if cost is None else {"amount": float(number), "currency": coined}
    assert (shown["state"], shown["cost"]) == ("done", expected)


@pytest.mark.parametrize(
    ("cost", "currency", "fault"),
    [
        ("a lot", None, "cost: 'a lot' is no amount"),
        ("-5", None, "cost: '-5' is no cost"),
        ("inf", None, "cost: 'inf' is no cost"),
        ("1e99", None, "cost: '1e99' is no cost"),
        ("5.000", None, "cost: '5.000' has more digits than EUR has"),
        ("5 euro", None, "currency: 'EURO' is no currency"),
        ("5 USD", "EUR", "cost: 'USD' is not the EUR of --currency"),
        ("1.005", None, "cost: '1.005' has more digits than EUR has"),
        ("1.5", "JPY", "cost: '1.5' has more digits than JPY has"),
        ("5", "euro", "currency: 'EURO' is no currency"),
        (None, "EUR", "currency: there is no amount"),
    ],
)
def test_a_cost_that_is_none(tmp_path: Path, cost: str | None, currency: str | None, fault: str) -> None:
    run = run_of(tmp_path, step("book"))
    with pytest.raises(BadInput) as refused:
        run.desk.done(["A1"], cost=cost, currency=currency)
    assert str(refused.value).startswith(fault)
    assert run.state("book") == "ready"


def test_what_cannot_be_approved(tmp_path: Path) -> None:
    run = run_of(tmp_path, step("book", approval=LEA), step("tell"), step("look", approval=LEA))
    lea = run.as_("lea")
    with pytest.raises(Refused, match="A2 needs no approval"):
        lea.approve(["A2"])
    lea.approve(["A1"])
    with pytest.raises(Refused, match="A1 was approved by lea at 2026-03-09T08:00:00Z already"):
        lea.approve(["A1"])
    lea.skip(["A3"], reason="no")
    with pytest.raises(Refused, match="A3 is skipped: there is nothing to approve any more"):
        lea.approve(["A3"])


def test_an_approval_can_be_taken_back_while_nothing_rests_on_it(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    lea = run.as_("lea")
    lea.approve(["A1"])
    lea.undo()
    with pytest.raises(Refused, match="A1 has to be approved"):
        run.desk.done(["A1"])


def test_steps_of_their_own_and_effects_wait_for_it(tmp_path: Path) -> None:
    steps = [
        step("order", kind="http", effect={"channel": "erp", "body": {}}, approval=LEA),
        step("note", kind="set", approval=LEA),
    ]
    run = run_of(tmp_path, *steps)
    assert (run.states(), run.desk.due_effects()) == ({"order": "ready", "note": "ready"}, [])
    run.as_("lea").approve(["A1", "A2"])
    assert run.states() == {"order": "ready", "note": "done"}
    assert [effect.action for effect in run.desk.due_effects()] == ["A1"]
