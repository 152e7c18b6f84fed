"""Layers of tolerances: the most specific rule speaks, parameter by parameter, and says its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import detect
from engine.detect import tolerance_rules
from engine.values.errors import BadInput
from engine.vocabulary import tolerance
from engine.vocabulary.deviation_kinds import COUNTED_KINDS, DEVIATION_KINDS, KIND_FUNCTIONS
from engine.vocabulary.model import FUNCTIONS
from engine.vocabulary.tolerance import Subject
from tests.engine.detect.world import World

SUBJECT = Subject("ACME", "SKU-77", "RTM", "component", "4711/10", "SHA>RTM")


def of(world: World, kind: str = "late_supply", subject: Subject = SUBJECT) -> tolerance.Tolerance:
    return tolerance_rules.load(world.store.connection).of(kind, subject)


def test_the_registry_of_detectors_is_the_list_of_kinds_and_each_is_judged() -> None:
    """What engine.vocabulary.model says without importing a detector, for questions and filters."""
    assert tuple(detect.KINDS) == DEVIATION_KINDS
    assert {judge.KIND for judges in detect.FAMILIES.values() for judge in judges} == set(DEVIATION_KINDS)


def test_every_deviation_kind_has_its_defaults_and_bounds() -> None:
    assert tuple(tolerance_rules.defaults()) == DEVIATION_KINDS
    for values in tolerance_rules.defaults().values():
        assert values["medium"] <= values["high"] <= values["critical"]
        assert {"clear_hold_hours", "reopen_window_hours", "remedy_days", "minimum_value"} <= set(values)
    assert {kind for kind, values in tolerance_rules.defaults().items() if "breaches" in values} <= set(COUNTED_KINDS)


def test_the_narrowest_layer_speaks_for_each_parameter(world: World) -> None:
    """Rules stand from the narrowest to the widest, so that the later one never wins by its place."""
    world.rule(None, {"subject": "4711/10"}, days=9)
    world.rule(None, {"item": "SKU-77"}, days=8, remedy_days=18)
    world.rule(None, {"lane": "SHA>RTM"}, days=7, remedy_days=17, medium=17)
    world.rule(None, {"lane": "*>RTM"}, days=6, medium=6, high=16)
    world.rule(None, {"party": "ACME"}, days=5, high=5, critical=15)
    world.rule(None, {"site": "RTM"}, days=4, critical=14, clear_hold_hours=14)
    world.rule(None, {"item_class": "component"}, days=3, clear_hold_hours=3, minimum_value=13)
    world.rule("late_supply", {}, days=2, minimum_value=2, re_raise_days=12)
    world.rule(None, {"function": "procurement"}, days=1, re_raise_days=1, close_after_days=11)
    found = of(world)
    assert [found[name] for name in ("days", "remedy_days", "medium", "high")] == [9, 18, 17, 16]
    assert [found[name] for name in ("critical", "clear_hold_hours", "minimum_value")] == [15, 14, 13]
    assert (found["re_raise_days"], found["close_after_days"]) == (12, 11)
    assert found.source("days") == "tolerance late_supply: days (rule 1: subject=4711/10)"
    assert found.source("high") == "tolerance late_supply: high (rule 4: lane=*>RTM)"
    assert found.source("re_raise_days") == "tolerance late_supply: re_raise_days (rule 8)"
    assert found.source("close_after_days") == "tolerance late_supply: close_after_days (rule 9: function=procurement)"
    assert found.source("breaches") == "tolerance late_supply: breaches (default)"


def test_where_the_narrowest_layer_is_shared_the_next_one_decides(world: World) -> None:
    world.rule("late_supply", {"party": "ACME", "site": "RTM"}, days=7)
    world.rule("late_supply", {"party": "ACME"}, days=5)
    world.rule(None, {"party": "ACME"}, days=4)
    assert of(world)["days"] == 7
    assert of(world, subject=SUBJECT._replace(site="LYS"))["days"] == 5


def test_of_two_equal_rules_the_later_one_speaks(world: World) -> None:
    world.rule("late_supply", {"party": "ACME"}, days=5)
    world.rule("late_supply", {"party": "ACME"}, days=6)
    assert of(world)["days"] == 6


def test_a_function_reaches_the_kinds_that_it_owns(world: World) -> None:
    world.rule(None, {"function": "inventory planning"}, remedy_days=40)
    assert of(world, "stockout")["remedy_days"] == 40
    assert of(world)["remedy_days"] == 3


@pytest.mark.parametrize(
    ("wanted", "lane", "holds"),
    [
        ("SHA>RTM", "SHA>RTM", True),
        ("SHA>RTM", "SHA>LYS", False),
        ("SHA>*", "SHA>LYS", True),
        ("*>RTM", "BUS>RTM", True),
        ("*>RTM", "RTM>BUS", False),
        ("*>RTM", None, False),
    ],
)
def test_a_lane_is_both_its_ends_and_a_star_is_any(world: World, wanted: str, lane: str | None, holds: bool) -> None:
    world.rule(None, {"lane": wanted}, days=30)
    assert (of(world, subject=SUBJECT._replace(lane=lane))["days"] == 30) is holds


def test_a_line_is_on_the_lane_of_its_origin_and_site(world: World) -> None:
    from tests.engine.detect.world import day, order, signal

    world.rule("late_supply", {"lane": "SHA>*"}, days=30)
    order(world, origin="SHA")
    order(world, "other", origin="BUS")
    order(world, "unknown")
    for ref in ("4711/10", "other", "unknown"):
        world.say(signal("eta", ref, order_ref=ref, eta=day(20)))
    world.settle()
    assert world.states("late_supply") == [("other", "open"), ("unknown", "open")]


def test_every_kind_belongs_to_a_function() -> None:
    assert set(DEVIATION_KINDS) <= set(KIND_FUNCTIONS)
    assert set(KIND_FUNCTIONS.values()) <= set(FUNCTIONS)


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
        (None, {"function": "buying"}, {}, "'buying' is no function"),
        (None, {"lane": "SHA-RTM"}, {}, "'SHA-RTM' is no lane"),
        (None, {"lane": "SHA>"}, {}, "'SHA>' is no lane"),
        ("late_supply", {}, {"breaches": 0}, "breaches = 0 cannot be counted"),
        ("late_supply", {}, {"clears": 1.5}, "clears = 1.5 cannot be counted"),
        ("overdue", {}, {"breaches": 2}, "'breaches' is no parameter of overdue"),
        ("late_supply", {}, {"grace_days": 1}, "'grace_days' is no parameter of late_supply"),
        ("late_supply", {}, {"days": -1}, "days = -1 is no tolerance"),
        ("late_supply", {}, {"days": 36_501}, "days = 36501 is no tolerance"),
        ("overdue", {}, {"clear_hold_hours": 1e6}, "clear_hold_hours = 1000000.0 is no tolerance"),
        ("late_supply", {}, {"days": True}, "days = True is no tolerance"),
        ("late_supply", {}, {"days": float("nan")}, "days = nan is no tolerance"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_its_place(
    kind: str | None, matches: dict[str, str], parameters: dict[str, float], fault: str
) -> None:
    with pytest.raises(BadInput, match=fault) as refused:
        tolerance_rules.check(kind, matches, parameters, "offplan.toml, rule 2")
    assert str(refused.value).startswith("offplan.toml, rule 2: ")
    assert "; " in str(refused.value)


def test_the_page_on_tolerances_names_every_layer_function_and_shared_parameter() -> None:
    page = (Path(__file__).parents[3] / "docs" / "tolerances.md").read_text(encoding="utf-8")
    shared = set.intersection(*(set(values) for values in tolerance_rules.defaults().values())) | {"breaches", "clears"}
    for name in (*tolerance.MATCH_KEYS, "function", *KIND_FUNCTIONS.values(), *shared, *COUNTED_KINDS):
        assert name in page, name
    kinds = {
        word for row in page.splitlines() if row.startswith("| `function`") for word in row.replace(",", " ").split()
    }
    assert set(KIND_FUNCTIONS) <= {word.strip("()") for word in kinds}
