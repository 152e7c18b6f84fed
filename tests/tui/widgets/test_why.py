"""Why a row stands where it stands, on the screen alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine.values.clock import DAY
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Open, World
from tui.widgets.why import why

EUR = {"currency": "EUR"}


def _words(**figures: Any) -> str:
    placing = {
        "id": "D7", "place": 1, "of": 9, "group": "ahead", "exposure": {"amount": 320.0, **EUR},
        "value_at_risk": {"amount": 400.0, **EUR}, "rate": None, "likelihood": 0.8, "hours": 60.0,
        "halving_hours": 30.0, "weight": {"amount": 80.0, **EUR}, "before": None, "after": None,
    }  # fmt: skip
    return " ".join(part for part, _ in why({**placing, **figures}, "enter"))


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({}, "320 EUR = 400 EUR at risk × 0.8 likely"),
        ({}, "decide in 60h: ÷ 2^(60 ÷ 30) weighs 80 EUR"),
        (
            {"exposure": {"amount": 277.95, **EUR}, "likelihood": 0.694878},
            "277.95 EUR = 400 EUR at risk × 0.694878 likely",
        ),
        ({"hours": 134.7833}, "decide in 134.7833h: ÷ 2^(134.7833 ÷ 30)"),
        ({"likelihood": 1}, "× certain"),
        ({"rate": 0.92}, "at risk × 0.92 × 0.8 likely"),
        ({"value_at_risk": {"amount": 400.0, "currency": "XAU"}}, "400 XAU at risk, without a rate, × 0.8 likely"),
        ({"exposure": None, "value_at_risk": None}, "no value for it, so it counts as 0"),
        ({"group": "passed", "weight": None, "hours": -3.0}, "its decide-by has passed"),
        ({"group": "undated", "weight": None, "hours": None}, "nothing says by when to decide"),
        ({"after": {"id": "D8", "group": "ahead", "weight": {"amount": 79.0, **EUR}}}, "next D8 €79"),
        (
            {"before": {"id": "D8", "group": "passed", "weight": None, "exposure": {"amount": 9.0, **EUR}}},
            "before it D8 €9 passed",
        ),
        ({"place": None}, "D7 does not stand in the queue: enter says why"),
    ],
)
def test_words(figures: dict[str, Any], said: str) -> None:
    assert said in _words(**figures)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_first_row_says_its_sum(world: World, opened: Open, size: tuple[int, int]) -> None:
    world.desk.load([line("big", value=64_000_00, due=NOW + 10 * DAY)], kind="purchase_order", scope="more", file="m")
    take(world.desk, eta("big", NOW + 19 * DAY))
    async with opened(size) as driven:
        assert "D4 is 1 of 4:  64,000 EUR = 64,000 EUR at risk × certain" in driven.text
        said = re.search(r"÷ 2\^\((\S+) ÷ (\d+)\) weighs ([\d,.]+) EUR", " ".join(driven.text.split()))
        assert said is not None
        hours, halving, weight = (float(each.replace(",", "")) for each in said.groups())
        assert round(64_000 / 2 ** (hours / halving), 2) == weight
        await driven.press("j")
        driven.desk_screen._at_cursor.show()
        await driven.pilot.pause()
        assert "is 2 of 4:" in driven.text
        assert "before it D4" in driven.text
