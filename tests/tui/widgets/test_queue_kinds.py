"""Kinds in the queue: whole where there is room, else in a short form that is told apart from all others."""

from __future__ import annotations

import pytest

from engine.vocabulary.deviation_kinds import DEVIATION_KINDS
from tests.tui.conftest import Open, World
from tui.keys.key_map import KeyMap
from tui.screens import help_lines
from tui.screens.desk import DeskScreen
from tui.terminal import safe
from tui.terminal.cells import layout
from tui.widgets.queue import SHORT_KINDS


@pytest.mark.parametrize("order", ["fourth", "MAEU8814200-LONG-0001"])
async def test_no_two_kinds_look_alike_at_any_width(world: World, opened: Open, order: str) -> None:
    world.one_more(order)
    shortened: set[str] = set()
    lost = 0
    async with opened((80, 24)) as driven:
        queue = driven.desk_screen.queue
        row = queue.row(queue.ids[0])
        assert row is not None
        for width in range(40, 251):
            drawn = {kind: safe.plain(queue.draw({**row, "kind": kind}, width)) for kind in DEVIATION_KINDS}
            if not any(column.name == "kind" for column, _ in layout(queue._columns(width), width)):
                assert len({*drawn.values()}) == 1, width
                lost = max(lost, width)
                continue
            assert len({*drawn.values()}) == len(DEVIATION_KINDS), width
            for kind, text in drawn.items():
                assert f" {kind} " in text or f" {SHORT_KINDS.get(kind, kind)} " in text, f"{kind} in {width} is cut"
                shortened |= set() if f" {kind} " in text else {kind}
    assert shortened == SHORT_KINDS.keys()
    assert lost < 70, "a terminal of 80 columns has it"


def test_short_forms_are_no_other_kind_and_are_told() -> None:
    assert len({*SHORT_KINDS.values()} | {*DEVIATION_KINDS}) == len(SHORT_KINDS) + len(DEVIATION_KINDS)
    told = " ".join(safe.plain(line.pieces) for line in help_lines.of_place(DeskScreen.scopes, KeyMap(), 76))
    for kind, short in SHORT_KINDS.items():
        assert f"{short} is {kind}" in " ".join(told.split()), kind
