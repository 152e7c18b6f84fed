"""Layers of tolerances: the most specific rule speaks, parameter by parameter, and says its name."""

from __future__ import annotations

import pytest

from engine import detect, tolerance
from engine.errors import BadInput
from engine.model import DEVIATION_KINDS
from engine.tolerance import Subject
from tests.engine.detect.world import World

SUBJECT = Subject("ACME", "SKU-77", "RTM", "component", "4711/10")


def of(world: World, kind: str = "late_supply", subject: Subject = SUBJECT) -> tolerance.Tolerance:
    return tolerance.load(world.store.connection).of(kind, subject)


def test_the_registry_of_detectors_is_the_list_of_kinds_and_each_is_judged() -> None:
    """What engine.model says without importing a detector, for questions and filters."""
    assert tuple(detect.KINDS) == DEVIATION_KINDS
    assert {judge.KIND for judges in detect.FAMILIES.values() for judge in judges} == set(DEVIATION_KINDS)


def test_every_deviation_kind_has_its_defaults_and_bounds() -> None:
    assert tuple(tolerance.defaults()) == DEVIATION_KINDS
    for values in tolerance.defaults().values():
        assert values["medium"] <= values["high"] <= values["critical"]
        assert {"clear_hold_hours", "reopen_window_hours", "remedy_days", "minimum_value"} <= set(values)


def test_more_matching_keys_win_then_the_kind_then_the_later_rule(world: World) -> None:
    world.rule("late_supply", {"party": "ACME", "site": "RTM"}, days=7)
    world.rule("late_supply", {"party": "ACME"}, days=5, remedy_days=9)
    world.rule(None, {"item": "SKU-77"}, days=4)
    world.rule("late_supply", {"item": "OTHER", "site": "RTM", "party": "ACME"}, days=1)
    found = of(world)
    assert (found["days"], found["remedy_days"], found["medium"]) == (7, 9, 3)
    assert found.source("days") == "tolerance late_supply: days (rule 1: party=ACME, site=RTM)"
    assert found.source("remedy_days") == "tolerance late_supply: remedy_days (rule 2: party=ACME)"
    assert found.source("medium") == "tolerance late_supply: medium (default)"
    assert of(world, subject=SUBJECT._replace(site="LYS"))["days"] == 5


def test_of_two_equal_rules_the_later_one_speaks(world: World) -> None:
    world.rule("late_supply", {"party": "ACME"}, days=5)
    world.rule("late_supply", {"item": "SKU-77"}, days=6)
    assert of(world)["days"] == 6


def test_a_rule_for_every_kind_reaches_those_that_have_the_parameter(world: World) -> None:
    world.rule(None, {}, clear_hold_hours=2, grace_days=3)
    assert of(world)["clear_hold_hours"] == of(world, "stockout")["clear_hold_hours"] == 2
    assert of(world, "overdue")["grace_days"] == 3
    assert "grace_days" not in of(world).values


@pytest.mark.parametrize(("size", "severity"), [(0, "low"), (2.9, "low"), (3, "medium"), (7, "high"), (99, "critical")])
def test_severity_begins_at_its_bound(world: World, size: float, severity: str) -> None:
    assert of(world).severity(size) == severity


def test_rules_by_class_know_the_class_of_the_item(world: World) -> None:
    from tests.engine.detect.world import day, order, signal

    world.rule("late_supply", {"item_class": "component"}, days=30)
    world.record("item", "SKU-77", id="SKU-77", item_class="component")
    order(world)
    order(world, "other", item="SKU-1")
    for ref in ("4711/10", "other"):
        world.say(signal("eta", ref, order_ref=ref, eta=day(20)))
    world.settle()
    assert world.states("late_supply") == [("other", "open")]


@pytest.mark.parametrize(
    ("kind", "matches", "parameters", "fault"),
    [
        ("late", {}, {}, "'late' is no deviation kind"),
        ("late_supply", {"supplier": "ACME"}, {}, "cannot match 'supplier'"),
        ("late_supply", {}, {"grace_days": 1}, "'grace_days' is no parameter of late_supply"),
        ("late_supply", {}, {"days": -1}, "days = -1 is no tolerance"),
        ("late_supply", {}, {"days": True}, "days = True is no tolerance"),
        ("late_supply", {}, {"days": float("nan")}, "days = nan is no tolerance"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_its_place(
    kind: str, matches: dict[str, str], parameters: dict[str, float], fault: str
) -> None:
    with pytest.raises(BadInput, match=fault) as refused:
        tolerance.check(kind, matches, parameters, "offplan.toml, rule 2")
    assert str(refused.value).startswith("offplan.toml, rule 2: ")
    assert "; " in str(refused.value)
