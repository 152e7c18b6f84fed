"""The footer offers what the desk would do: every key of it tried on objects in every state."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.desk import Desk
from engine.storage.desk_clock import clock_of
from engine.storage.store import Store
from engine.values.errors import Refused
from engine.vocabulary import lifecycle
from tests.tui.conftest import Open, World
from tests.tui.key_expectations import RUNNING
from tui.demo.demo_world import SETTINGS, sample
from tui.keys import bindings
from tui.keys.key_table import KEYS
from tui.keys.offering import brief
from tui.keys.request import Request, carry_out
from tui.planner import PlannerOnDemand
from tui.screens import filtering
from tui.widgets.footer import KeyLine
from tui.wiring import SETTINGS_FILE

Row = Mapping[str, Any]
OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "assign": {"to": "dora"},
    "respond": {"playbook": None},
    "decide": {"option": "nothing", "reason": "known"},
    "fail": {"reason": "known"},
    "skip": {"reason": "known"},
    "dismiss": {"reason": "known", "category": "noise"},
    "resolve": {"reason": "known"},
    "keep": {"reason": "known"},
}
ANSWERS: Final = " with --answer"
"""In what the desk says to a form that is not filled in: the screen asks for it."""
BESIDE: Final = {"ack", "respond", "keep", "resolve"}
"""What may be done once more and is not offered for that: another owner, another playbook; a start kept unasked; an
end that comes before its time.
"""


def desk_on(path: Path) -> Desk:
    store = Store.open(path)
    return Desk(store, clock_of(store), actor="ana", planner=PlannerOnDemand(None))


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """The sample world, with actions in states that it has none in."""
    path = tmp_path / "offplan.db"
    shutil.copyfile(sample(), path)
    shutil.copyfile(SETTINGS, tmp_path / SETTINGS_FILE)
    desk = desk_on(path)
    ready = [row["id"] for row in desk.actions(where=["state=ready"]).items]
    desk.ack(ready[:1])
    desk.fail(ready[1:2], reason="known")
    desk.start(ready[2:3])
    desk.wait(ready[2:3], reason="known")
    desk.done([RUNNING])
    desk.merge([desk.deviations(where=["state=open"]).items[-1]["id"]], into="D50", reason="known")
    desk.store.close()
    return path


def of_each_sort(desk: Desk) -> list[tuple[str, Row]]:
    """One row of each sort of deviation and action that the footer tells apart."""
    deviations = desk.deviation_rows(range(1, 1_000))
    actions = desk.timeline_rows(range(1, 1_000))
    found: dict[object, tuple[str, Row]] = {}
    for row in deviations:
        found.setdefault((row["state"], row["response"] is None), ("deviation", row))
    for row in actions:
        found.setdefault((row["state"], row["response_state"], bool(row["choices"])), ("action", row))
    return [*found.values()]


def test_what_is_offered_can_be_done_and_what_is_not_cannot(prepared: Path, tmp_path: Path) -> None:
    desk = desk_on(prepared)
    rows, faults = of_each_sort(desk), []
    desk.store.close()
    states = {row["state"] for _, row in rows}
    assert any(row["state"] == "ready" and row["choices"] for kind, row in rows if kind == "action")
    assert states >= {*lifecycle.DEVIATION, *lifecycle.ACTION} - {"candidate", "discarded", "unknown"}
    for kind, row in rows:
        offered = {key.id for key in bindings.footer(kind, ("act",), rows=[row])}
        for key in (key for key in KEYS if key.footer and kind in key.kinds and key.action.startswith("act(")):
            tried = tmp_path / "tried.db"
            shutil.copyfile(prepared, tried)
            desk = desk_on(tried)
            try:
                done = carry_out(desk, Request(key.id, (row["id"],), OPTIONS.get(key.id, {})))
                refused, does = "", bool(done.changes)
            except Refused as fault:
                refused, does = str(fault), False
            desk.store.close()
            if key.id in offered and refused and ANSWERS not in refused:
                faults.append(f"{key.id} is offered for {row['id']}: {refused}")
            if key.id not in offered and does and key.id not in BESIDE:
                faults.append(f"{key.id} is not offered for {row['id']}, which is {row['state']}")
    assert not faults, "\n".join(faults)


def test_what_is_kept_of_marked_rows_offers_the_same_keys(prepared: Path) -> None:
    desk = desk_on(prepared)
    rows = of_each_sort(desk)
    states = {row["id"]: row for row in desk.deviation_states(range(1, 1_000))}
    desk.store.close()
    approvals = ({"approval": {"amount": amount}, "approved_at": at} for amount in (None, 5) for at in (None, "2026"))
    held: list[tuple[str, Row]] = [("source", {"held": count}) for count in (0, 3)]
    held += [("action", {"state": "ready", "proposed_at": "2026", **approval}) for approval in approvals]
    assert any(kind == "deviation" and row["response"] for kind, row in rows)
    for kind, row in [*rows, *held, ("quarantine", {}), ("signal", {"id": "S1"})]:
        kept = [brief(row), *([brief(states[row["id"]])] if kind == "deviation" else [])]
        for each in kept:
            assert each.get("version") == row.get("version")
            for key in KEYS:
                assert bindings.fits(key, kind, [each]) == bindings.fits(key, kind, [row]), (key.id, row)


def footer_of(text: str) -> set[str]:
    """Ids of the keys that a footer shows."""
    return {key.id for key in KEYS if f" {bindings.shown(key).split(', ')[0]} {key.title} " in f"{text} "}


async def test_the_footer_follows_the_state_of_the_row(world: World, opened: Open) -> None:
    async with opened((160, 36)) as driven:
        assert {"ack", "respond", "assign", "dismiss"} <= footer_of(driven.lines[-1])
        await driven.finish("a")
        assert footer_of(driven.lines[-1]) & {"ack", "respond"} == {"respond"}
        await driven.press("enter")
        assert footer_of(driven.lines[-1]) & {"ack", "respond"} == {"respond"}
        world.desk.respond([world.ids[0]])
        driven.app.screen.update()  # type: ignore[attr-defined]
        await driven.pilot.pause()
        assert not footer_of(driven.lines[-1]) & {"ack", "respond"}
        await driven.press("escape")
        assert footer_of(driven.lines[-1]) & {"ack", "respond", "assign", "dismiss"} == {"assign", "dismiss"}
        await driven.press("j")
        await driven.rest()
        assert {"ack", "respond"} <= footer_of(driven.lines[-1])


async def test_the_footer_waits_until_the_cursor_rests(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that a held key passes have other keys each: drawn every time, that was 180 of the 450 bytes of a key."""
    world.desk.ack(world.ids[:1])
    drawn: list[KeyLine] = []
    real = KeyLine.show

    def show(line: KeyLine, *given: Any) -> None:
        drawn.append(line)
        real(line, *given)

    monkeypatch.setattr(filtering, "RESTS", 3600.0)
    monkeypatch.setattr(KeyLine, "show", show)
    async with opened((160, 36)) as driven:
        assert "ack" not in footer_of(driven.lines[-1])
        drawn.clear()
        await driven.press("j", "j", "k")
        assert not drawn, "the cursor is on its way"
        await driven.press("tab")
        assert drawn, "rows of another kind have other keys"
        await driven.press("shift+tab")
        await driven.rest()
        assert "ack" in footer_of(driven.lines[-1])


async def test_the_end_is_offered_once_all_that_was_to_be_done_has_ended(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened((160, 36)) as driven:
        assert "resolve" not in footer_of(driven.lines[-1])
        actions = [row["id"] for row in world.desk.actions(where=[f"deviation={world.ids[0]}"]).items]
        world.desk.skip(actions, reason="not needed")
        driven.desk_screen.update()
        await driven.pilot.pause()
        assert footer_of(driven.lines[-1]) & {"resolve", "assign", "dismiss"} == {"resolve", "assign", "dismiss"}
        await driven.press("enter")
        assert "resolve" in footer_of(driven.lines[-1])


async def test_of_marks_in_several_states_what_one_allows_is_offered(world: World, opened: Open) -> None:
    world.desk.ack(world.ids[:2])
    async with opened((160, 36)) as driven:
        assert "ack" not in footer_of(driven.lines[-1])
        await driven.press("space", "space")
        assert driven.desk_screen.selection().ids == tuple(world.ids[:2])
        assert "ack" not in footer_of(driven.lines[-1]), "neither of the two"
        await driven.press("space")
        assert "ack" in footer_of(driven.lines[-1]), "the third of them is open"
        world.desk.ack(world.ids[2:])
        driven.desk_screen.update()
        await driven.pilot.pause()
        assert "ack" not in footer_of(driven.lines[-1]), "somebody else was faster"


def test_what_waits_for_an_approval_is_approved_and_not_done() -> None:
    def offered(**row: Any) -> set[str]:
        shown = bindings.footer("action", ("act",), rows=[{"state": "ready", "choices": [], **row}])
        return {key.id for key in shown} & {"done", "decide", "approve", "agree", "keep"}

    always, above = {"owner": "ines"}, {"owner": "ines", "amount": 5}
    assert offered() == {"done"}
    assert offered(approval=always) == offered(approval=above) == {"approve"}
    assert offered(approval=always, approved_at="2026-03-09T08:00:00Z") == {"done"}
    assert offered(approval=always, state="blocked") == {"approve"}
    assert offered(approval=always, state="cancelled") == set()
    assert offered(choices=["air"]) == {"decide"}
    assert offered(choices=["air"], approval=always) == {"approve"}
    assert offered(choices=["air"], approval=above) == {"decide", "approve"}
    assert offered(proposed_at="2026-03-09T08:00:00Z") == {"done", "agree", "keep"}
    assert offered(proposed_at="2026-03-09T08:00:00Z", state="waiting") == {"done"}
    assert "decide" in {key.id for key in bindings.footer("action", ("act",))}, "nothing is known against it"


ALLOWED: Final = tuple(key.where for key in KEYS if key.where is not None)
STATES: Final = (*lifecycle.DEVIATION, *lifecycle.ACTION, None)
FIELDS: Final = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(STATES),
        "response_state": st.sampled_from(("running", "done", None)),
        "response": st.sampled_from((None, "R1", "R2")),
        "choices": st.sampled_from(([], ["air"], ["air", "sea"])),
        "approval": st.sampled_from((None, {"owner": "ines"}, {"owner": "bo", "amount": 5}, {"amount": 7})),
        "approved_at": st.sampled_from((None, "2026-03-09T08:00:00Z")),
        "proposed_at": st.sampled_from((None, "2026-03-09T08:00:00Z")),
        "held": st.sampled_from((0, 1, 3)),
        "summary": st.sampled_from(("", "late")),
    },
)


@given(FIELDS)
def test_what_is_known_of_a_row_in_brief_is_offered_what_the_row_is(row: dict[str, Any]) -> None:
    assert [bool(allowed(brief(row))) for allowed in ALLOWED] == [bool(allowed(row)) for allowed in ALLOWED]
