"""Which columns a list of deviations has in how many cells: who has it and how it stands are seen where the long words
beside them say no more; what is called off first is what other columns say as well."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values.clock import DAY
from engine.vocabulary.lifecycle import DEVIATION_STATES
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Driven, Open, World
from tui.keys.key_map import KeyMap
from tui.screens import help_lines
from tui.screens.desk import DeskScreen
from tui.terminal import safe
from tui.terminal.cells import Column, layout
from tui.widgets.measured import fitted
from tui.widgets.queue import SHORT_STATES, Sizes, columns

LONG_ORDER, TOO_LONG = "MAEU8814200-LONG-0001", "MAEU8814200-LONG-0001-AND-MORE"
WORST = Sizes(
    id=len("D100000"),
    subject=len("SH MAEU8814218"),
    short_subject=len("feed carrier"),
    gap=len("−11.7 %"),
    owner=len("maria"),
)
"""Ids of a desk of a hundred thousand, and texts as long as those of the sample world."""


def names(sizes: Sizes, width: int) -> list[str]:
    return [column.name for column in columns(sizes, width)]


def row_of(driven: Driven, id_: str) -> str:
    """The row of a deviation in the list, whatever stands in the panes beside it."""
    parts = (part for text in driven.lines for part in text.split("││"))
    return next(part for part in parts if re.search(f" {id_} +late", part))


@pytest.mark.parametrize("order", [LONG_ORDER, TOO_LONG])
@pytest.mark.parametrize(("size", "keys"), [((200, 60), ()), ((161, 40), ()), ((120, 36), ()), ((80, 24), ("2",))])
async def test_who_has_it_and_how_it_stands_are_seen(
    world: World, opened: Open, size: tuple[int, int], keys: tuple[str, ...], order: str
) -> None:
    world.one_more(order)
    world.desk.ack([world.ids[0]])
    world.desk.assign([world.ids[0]], to="chen")
    async with opened(size) as driven:
        await driven.press(*keys)
        heading = next(text for text in driven.lines if " exposure " in text)
        assert "state owner" in heading
        assert {"ack", "chen"} < set(row_of(driven, world.ids[0]).split())
        # The word before an order that is too long gives way, then the end of an odd one: its row has an id of its own.
        row = row_of(driven, "D4")
        assert (f" {order} " in row) == (order == LONG_ORDER or "PO" in row)
        assert "open" in row.split()


async def test_words_give_way_to_signs_before_columns_go(world: World, opened: Open) -> None:
    world.one_more(LONG_ORDER)
    world.desk.ack([world.ids[0]])
    world.clock.set(NOW + 10 * DAY)
    async with opened((80, 24)) as driven:
        await driven.press("2")
        assert {"✖", "ack"} < set(row_of(driven, world.ids[0]).split())
        assert "decide by" not in driven.text
    async with opened((200, 60)) as driven:
        await driven.press("2")
        assert "PASSED" in row_of(driven, world.ids[0])
        assert "acknowledged" in row_of(driven, world.ids[0])


async def test_columns_stay_while_a_list_is_scrolled_through(world: World, opened: Open) -> None:
    orders = [LONG_ORDER, *(f"4711/{number}" for number in range(1, 120))]
    lines = [line(order, value=10_000_00 + 99_00 * (order == LONG_ORDER), due=NOW + DAY) for order in orders]
    world.desk.load(lines, kind="purchase_order", scope="more", file="m")
    take(world.desk, *(eta(order, NOW + 20 * DAY) for order in orders))
    async with opened((80, 24)) as driven:
        queue = driven.desk_screen.queue
        seen = queue.look()
        assert any(LONG_ORDER in text for text in driven.lines)
        await driven.press("G")
        assert not any(LONG_ORDER in text for text in driven.lines)
        assert queue.look() == seen
        # Another list is measured anew.
        driven.desk_screen.try_filter("queue", "first")
        assert queue.look() != seen


def test_what_others_say_as_well_goes_first_and_the_id_among_the_last() -> None:
    whole = names(WORST, 200)
    went = [name for width in range(200, 20, -1) for name in whole if name not in names(WORST, width)]
    first = list(dict.fromkeys(went))
    assert first == ["folded", "state", "owner", "gap", "kind", "exposure", "id", "severity"]
    assert {"state", "owner"} < set(names(WORST, 72))
    assert {"state", "owner"} < set(names(WORST._replace(id=len("D99")), 68))
    assert "likely" in names(WORST._replace(likely=4), 120)
    assert "likely" not in names(WORST._replace(likely=4), 74)


def test_short_forms_of_states_are_told_apart_and_told() -> None:
    shown = {SHORT_STATES.get(state, state) for state in DEVIATION_STATES}
    assert len(shown) == len(DEVIATION_STATES)
    assert SHORT_STATES.keys() < set(DEVIATION_STATES)
    told = " ".join(safe.plain(line.pieces) for line in help_lines.of_place(DeskScreen.scopes, KeyMap(), 76))
    for state, short in SHORT_STATES.items():
        assert f"{short} is {state}" in " ".join(told.split()), state


NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Column], list[Column]]:
    """Columns, and short forms of some of them."""
    whole = [Column(name, "", draw(st.integers(1, 20)), draw(st.integers(1, 9))) for name in draw(NAMES)]
    short = [
        Column(column.name, "", draw(st.integers(1, 20)), draw(st.integers(1, 9)))
        for column in whole
        if draw(st.booleans())
    ]
    return whole, short


@given(tables(), st.integers(1, 120))
def test_what_is_shown_fits_in_order_and_whole_where_it_can(
    table: tuple[list[Column], list[Column]], width: int
) -> None:
    whole, short = table
    shown = fitted(whole, short, width)
    assert [column.name for column in whole if column.name in {each.name for each in shown}] == [
        column.name for column in shown
    ]
    assert all(column in whole or column in short for column in shown)
    needed = sum(column.width + 1 for column in shown) - 1
    assert needed <= width or len(shown) == 1
    if sum(column.width + 1 for column in whole) - 1 <= width:
        assert shown == tuple(whole)
    # Nothing that is shown short would fit whole.
    sizes = {column.name: column.width for column in whole}
    assert all(
        column in whole or needed - column.width + sizes[column.name] > width for column in shown if len(shown) > 1
    )
    assert [column for column, _ in layout(shown, width)] == list(shown)
    # What is called short and is not drives nothing out.
    assert shown == fitted(whole, [column for column in short if column.width < sizes[column.name]], width)
