"""What is marked in a list, whatever is marked, changed and shown in between; and what one mark more costs."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui.keys import bindings
from tui.keys.offering import brief
from tui.terminal import theme
from tui.terminal.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row

STATES = ("open", "acknowledged", "responding", "recovered", "resolved")


class Asked(dict[str, Any]):
    """A row that counts how often anybody asks it for something."""

    times = 0

    def get(self, name: str, default: Any = None) -> Any:
        Asked.times += 1
        return super().get(name, default)


class Deviations(LineList):
    """Rows in some state."""

    kind = "deviation"

    def __init__(self) -> None:
        super().__init__(lambda numbers: [self.row_of(number) for number in numbers])
        self.states: dict[int, str] = {}

    def row_of(self, number: int) -> Row:
        return Asked(id=f"D{number}", state=self.states.get(number, "open"))

    def draw(self, row: Row, width: int) -> Pieces:
        return [(str(row["id"]), "plain")]

    def members(self, number: int) -> Sequence[int]:
        """Rows of ten stand together."""
        return (number,) if number % 10 else tuple(each for each in self.ids if number <= each < number + 10)


class Program(App[None]):
    CSS = theme.STYLE_SHEET

    def compose(self) -> ComposeResult:
        yield Deviations()


@asynccontextmanager
async def listing(ids: Sequence[int]) -> AsyncIterator[tuple[Pilot[None], Deviations]]:
    async with Program().run_test(size=(40, 20)) as pilot:
        rows = pilot.app.query_one(Deviations)
        rows.show(ids)
        rows.focus()
        await pilot.pause()
        yield pilot, rows


def footer(rows: Deviations) -> list[str]:
    return [key.id for key in bindings.footer("deviation", ("act",), rows=rows.unlike_rows)]


@pytest.mark.parametrize("seed", range(12))
async def test_what_is_chosen_is_what_a_look_at_all_of_it_finds(seed: int) -> None:
    chance = random.Random(seed)
    async with listing(list(range(1, 121))) as (_, rows):
        marks: set[int] = set()
        for _ in range(60):
            match chance.randrange(8):
                case 0 | 1 | 2:
                    rows.go_to(chance.randrange(len(rows.ids)))
                    members = set(rows.members(rows.ids[rows.cursor]))
                    marks = marks - members if members <= marks else marks | members
                    rows.action_mark()
                case 3:
                    rows.go_to(chance.randrange(len(rows.ids)))
                    rows.action_mark_range()
                    marks = set(rows.marks)
                case 4:
                    rows.states[chance.randrange(1, 121)] = chance.choice(STATES)
                    rows.show(rows.ids)
                case 5:
                    ids = [number for number in range(1, 121) if chance.random() < 0.9]
                    rows.show(ids[:: chance.choice((1, -1))])
                    marks &= set(ids)
                case 6:
                    rows.unmark()
                    marks = set()
                case _:
                    rows.roll(chance.choice((-30, 30)))
            assert rows.marks == marks
            if marks:
                assert rows.chosen == [number for number in rows.ids if number in marks]
                known = [row for number in rows.chosen if (row := rows.seen(number)) is not None]
                assert len(known) == len(marks)
                assert sorted(map(id, rows.unlike_rows)) == sorted({id(brief(row)) for row in known})


async def test_one_mark_more_among_ten_thousand_asks_one_row_what_may_be_done_with_it() -> None:
    """Each key asked all of them, once for each key of the footer that none of them takes."""
    async with listing(list(range(1, 10_002))) as (pilot, rows):
        rows.states = dict.fromkeys(rows.ids, "acknowledged")
        rows.show([*rows.ids])
        await pilot.press("*")
        offered = footer(rows)
        assert "ack" not in offered
        Asked.times = 0
        await pilot.press("space", "j", "space", "k", "k", "k", "space")
        assert rows.chosen == [1, 2, *range(4, 10_002)]
        assert footer(rows) == offered
        assert Asked.times < 100


async def test_one_row_in_another_state_is_offered_what_it_allows_as_long_as_it_is_marked() -> None:
    async with listing(list(range(1, 10_001))) as (pilot, rows):
        rows.states = {**dict.fromkeys(rows.ids, "acknowledged"), 2: "open"}
        rows.show([*rows.ids])
        await pilot.press("*")
        assert "ack" in footer(rows)
        await pilot.press("j", "space")
        assert "ack" not in footer(rows)
        await pilot.press("k", "space")
        assert "ack" in footer(rows)
        rows.states[2] = "acknowledged"
        rows.show([*rows.ids])
        assert "ack" not in footer(rows), "somebody else was faster"
