"""The desk's settings: taken over once, journalled, and judged anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.errors import BadInput
from tests.engine.desk_support import late, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db")


SETTINGS: dict[str, Any] = {
    "name": "eu-desk",
    "zone": "Europe/Berlin",
    "currency": "EUR",
    "rates": {"USD": 0.92},
    "tolerance": {"late_supply": {"days": 15}},
    "rules": [{"kind": "late_supply", "match": {"party": "ACME"}, "days": 5}],
}


def entries(desk: Desk) -> list[tuple[str, str]]:
    found = desk.store.connection.execute("SELECT actor, action FROM journal WHERE subject_type = 'desk'")
    return [(actor, action) for actor, action in found]


def test_settings_are_written_once(desk: Desk) -> None:
    assert desk.configure(SETTINGS)
    assert not desk.configure(SETTINGS)
    assert not desk.configure({**SETTINGS, "rates": dict(SETTINGS["rates"])})
    assert entries(desk) == [("ana", "configure")]
    assert desk.configure({**SETTINGS, "name": "us-desk"})
    assert desk.header()["name"] == "us-desk"


def test_an_unconfigured_desk_has_the_defaults(desk: Desk) -> None:
    assert not desk.configure({})
    assert (desk.header()["zone"], desk.header()["exposure"]) == ("UTC", {"amount": 0.0, "currency": "EUR"})
    assert entries(desk) == []


def test_a_wider_tolerance_clears_and_a_rule_opens_again(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.configure({"tolerance": {"late_supply": {"days": 15}}})
    assert desk.detect().cleared == 1
    assert desk.show(deviation)["state"] == "recovered"
    desk.configure(SETTINGS)
    desk.detect()
    assert desk.show(deviation)["state"] == "open"


def test_only_what_may_be_judged_differently_is_touched(desk: Desk) -> None:
    late(desk, alpha=12)

    def touched() -> set[str]:
        found = {row[0] for row in desk.store.connection.execute("SELECT type FROM touched")}
        desk.detect()
        return found

    desk.configure({"name": "eu-desk"})
    assert touched() == set()
    desk.configure({"name": "eu-desk", "tolerance": {"stale_feed": {"intervals": 3}}})
    assert touched() == {"source"}
    desk.configure({"name": "eu-desk", "tolerance": {"late_supply": {"days": 2}}})
    assert touched() == {"order", "source"}  # the feeds' own tolerance is gone again
    desk.configure({"name": "eu-desk", "currency": "USD"})
    assert "order" in touched()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"nmae": "x"}, "setting nmae: there is no such setting; the settings are name, zone"),
        ({"zone": "Mars/Base"}, "setting zone: 'Mars/Base' is no time zone; name one such as Europe/Berlin"),
        ({"zone": "../etc/passwd"}, "setting zone: '../etc/passwd' is no time zone"),
        ({"currency": "euro"}, "setting currency: 'euro' is no currency; write an ISO 4217 code"),
        (
            {"rates": {"USD": 0}},
            'rate USD: 0 is not a rate; write what one is worth, as 0.92 or as {"2026-01-01" = 0.92',
        ),
        ({"rates": {"USD": 10**400}}, f"rate USD: {10**39} is not a rate"),
        ({"rates": {"USD": {}}}, "rate USD: it has no day"),
        ({"rates": {"USD": {"2026-1-1": 0.9}}}, "rate USD: '2026-1-1' is no day"),
        ({"rates": {"USD": {"2026-01-01": "x"}}}, "rate USD: 'x' is not a rate"),
        ({"rates": {"USD": True}}, "rate USD: True is not a rate"),
        ({"name": " \u200b"}, "setting name: it is empty"),
        ({"tolerance": {"late": {"days": 1}}}, "tolerance late: 'late' is no deviation kind"),
        ({"tolerance": {"late_supply": {"dayz": 1}}}, "tolerance late_supply: 'dayz' is no parameter"),
        ({"rules": [{"kind": "overdue", "match": {"colour": "red"}}]}, "rule 1: a rule cannot match 'colour'"),
        ({"rates": None}, "setting rates: None is no table; write it as {USD = 0.92}"),
        ({"rates": [1]}, "setting rates: [1] is no table"),
        ({"rates": {1: 2}}, "rate 1: 1 is no currency"),
        ({"tolerance": None}, "setting tolerance: None is no table"),
        ({"tolerance": {"late_supply": 3}}, "tolerance late_supply: 3 is no table; write it as {days = 2}"),
        ({"tolerance": {"late_supply": {"days": 1}, 5: {}}}, "tolerance 5: 5 is no deviation kind"),
        ({"rules": None}, "setting rules: None is no list of rules; write each as a table [[rule]]"),
        ({"rules": {"kind": "overdue"}}, "setting rules: {'kind': 'overdue'} is no list of rules"),
        ({"rules": [1]}, "rule 1: 1 is no table; write it as {kind ="),
        ({"rules": [{"kind": ["overdue"]}]}, "rule 1: ['overdue'] is no deviation kind"),
        ({"rules": [{"kind": "overdue", "match": "x"}]}, "rule 1: 'x' is no table; write match as {party ="),
        ({"rules": [{"match": None}]}, "rule 1: None is no table"),
    ],
)
def test_what_cannot_be_used_is_refused(desk: Desk, settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        desk.configure(settings)
    assert sentence in str(refusal.value)
    assert entries(desk) == []


def explained(desk: Desk, deviation: str) -> str:
    """Where the tolerance of a deviation comes from."""
    return next(term.source for term in desk.explain(deviation) if term.name == "tolerance")


def test_rules_are_numbered_as_the_user_wrote_them_and_settings_are_none(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    kinds = {"late_supply": {"days": 2}, "overdue": {"grace_days": 1}}
    desk.configure({"tolerance": kinds})
    desk.detect()
    assert explained(desk, deviation) == "tolerance late_supply: days (setting)"
    other = {"kind": "overdue", "match": {"party": "ACME"}, "grace_days": 2}
    desk.configure({"tolerance": kinds, "rules": [other, {"kind": "late_supply", "days": 1}]})
    desk.detect()
    assert explained(desk, deviation) == "tolerance late_supply: days (rule 2)"
    rule = {"kind": "late_supply", "match": {"party": "ACME"}, "days": 0}
    desk.configure({"tolerance": kinds, "rules": [rule]})
    desk.detect()
    assert explained(desk, deviation) == "tolerance late_supply: days (rule 1: party=ACME)"
    desk.configure({"tolerance": kinds, "rules": [other, rule]})
    desk.detect()
    assert explained(desk, deviation) == "tolerance late_supply: days (rule 2: party=ACME)"


def test_the_explanation_says_which_layer_spoke_for_each_parameter(desk: Desk) -> None:
    desk.configure({**SETTINGS, "tolerance": {"late_supply": {"clear_hold_hours": 3}}})
    (deviation,) = late(desk, alpha=12)
    told = {term["name"]: (term["value"], term["source"]) for term in desk.show(deviation)["explain"]}
    assert told["days"] == (5, "tolerance late_supply: days (rule 1: party=ACME)")
    assert told["clear_hold_hours"] == (3, "tolerance late_supply: clear_hold_hours (setting)")
    assert told["breaches"] == (1.0, "tolerance late_supply: breaches (default)")
    desk.configure({**SETTINGS, "tolerance": {"late_supply": {"clear_hold_hours": 4}}})
    desk.detect()
    told = {term["name"]: (term["value"], term["source"]) for term in desk.show(deviation)["explain"]}
    assert told["clear_hold_hours"] == (4, "tolerance late_supply: clear_hold_hours (setting)")
    assert desk.show(deviation)["version"] == 1, "another tolerance with the same verdict is no event"
