"""Ways to find an owner: people for some cases, rotas, other functions; and who is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values.clock import DAY, HOUR
from engine.vocabulary.planning import Owner, PlannedAction
from playbooks.language.role_shapes import Rota
from playbooks.planning.ownership import turn_of
from playbooks.planning.planner import PlaybookPlanner
from tests.playbooks.worlds import ONE_STEP, at, deviation, library, world

ANA = Owner("ana", "Ana", ["procurement"])
BO = Owner("bo", "Bo", ["logistics"])
CY = Owner("cy", "Cy", ["sales"])
ROLE = "buyer: {function: procurement, fallback: logistics"


def call(folder: Path, resolve: str, *owners: Owner, now: str = "2026-03-06T09:00:00Z") -> PlannedAction:
    text = ONE_STEP.format(id="p")
    assert ROLE in text
    text = text.replace(ROLE, f"{ROLE}, resolve: [{resolve}]")
    return PlaybookPlanner(library(folder, text)).plan(deviation(), world(*owners, now=now)).actions[0]


def test_the_first_way_that_holds_and_finds_somebody_counts(tmp_path: Path) -> None:
    ways = (
        "{when: {field: site, op: eq, value: ANR}, person: cy}, "
        "{when: {field: party, op: eq, value: ACME}, person: bo}, {person: cy}"
    )
    found = call(tmp_path, ways, ANA, BO, CY)
    assert (found.owner, found.owner_because) == ("bo", "named for the role, since party is ACME")
    assert found.function == "procurement", "the function of the step is still the role's"
    left = call(tmp_path, ways, ANA, CY)
    assert (left.owner, left.owner_because) == ("cy", "the plan has no owner bo; named for the role")


def test_who_is_away_is_passed_over_and_the_role_falls_back_on_its_function(tmp_path: Path) -> None:
    away = Owner("bo", "Bo", ["logistics"], away=[("2026-03-06", "2026-03-08")])
    found = call(tmp_path, "{person: bo}", ANA, away)
    assert (found.owner, found.owner_because) == ("ana", "bo is away; procurement: the only one")
    back = call(tmp_path, "{person: bo}", ANA, away, now="2026-03-09T09:00:00Z")
    assert back.owner == "bo"


def test_another_function_can_be_asked_for_some_cases(tmp_path: Path) -> None:
    found = call(tmp_path, "{function: sales}", ANA, CY)
    assert (found.owner, found.owner_because) == ("cy", "sales: the only one")
    assert call(tmp_path, "{function: sales}", ANA).owner_because == "nobody does sales; procurement: the only one"


@pytest.mark.parametrize(
    ("now", "owner"),
    [
        ("2026-03-02T07:59:00Z", "cy"),
        ("2026-03-02T08:00:00Z", "ana"),
        ("2026-03-09T07:59:00Z", "ana"),
        ("2026-03-09T08:00:00Z", "bo"),
        ("2026-03-23T08:00:00Z", "ana"),
    ],
)
def test_turns_of_a_rota_change_at_its_time_of_day(tmp_path: Path, now: str, owner: str) -> None:
    rota = '{rota: {people: [ana, bo, cy], days: 7, since: 2026-03-02, at: "08:00"}}'
    found = call(tmp_path, rota, ANA, BO, CY, now=now)
    assert (found.owner, found.owner_because) == (owner, "it is their turn")


def test_the_next_of_a_rota_takes_the_turn_of_who_is_not_there(tmp_path: Path) -> None:
    rota = "{rota: {people: [gone, bo, cy], days: 7, since: 2026-03-02}}"
    found = call(tmp_path, rota, ANA, BO, CY)
    assert (found.owner, found.owner_because) == ("bo", "gone has the turn and is not there; the next is")
    assert call(tmp_path, rota, ANA).owner_because == "nobody of the rota is there; procurement: the only one"


@given(st.integers(0, 400), st.integers(0, 23), st.integers(1, 30))
def test_a_turn_lasts_its_days_by_the_wall_clock_also_where_clocks_change(day: int, hour: int, days: int) -> None:
    """Whatever the hour, the turn is that of the local day, shifted by the time of day at which turns change."""
    rota = Rota.model_validate({"people": ["a", "b"], "days": days, "since": "2026-01-01", "at": "06:00"})
    instant = at("2026-01-01T00:00:00Z") + day * DAY + hour * HOUR
    here = turn_of(rota, instant, "Europe/Amsterdam")
    later = turn_of(rota, instant + days * DAY, "Europe/Amsterdam")
    # Only within the hour that a change of clocks moves can the turn be one off.
    assert later - here in ({1} if hour not in (4, 5) else {0, 1, 2})
