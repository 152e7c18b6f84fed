"""The desk, a deviation's page and the timeline at three sizes in three themes, cell by cell."""

from __future__ import annotations

import pytest

from engine.values.clock import DAY, HOUR
from tests.engine.desk_support import NOW, line
from tests.engine.network_support import said
from tests.engine.network_support import take as state
from tests.tui.conftest import Open, World
from tests.tui.snapshot_support import hold, shown
from tui.keys.screen_options import ScreenOptions

SIZES = ((80, 24), (120, 36), (200, 60))
THEMES = ("terminal", "light", "red-green")
KEYS = {"desk": (), "deviation": ("enter", "p"), "timeline": ("3", "+", "j")}


@pytest.fixture
def story(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Three late orders, of which two are answered and one action goes on; stock that runs short; a past of
    deliveries."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    desk = world.desk
    for number, days in enumerate((0, 0, 1, 4, 9)):
        at = NOW - 20 * DAY + days * DAY - HOUR
        desk.load(
            [line(f"OLD-{number}", due=NOW - 20 * DAY)], kind="purchase_order", scope=f"old-{number}", file="old.csv"
        )
        state(
            desk,
            said("receipt", f"r{number}", order_ref=f"OLD-{number}", quantity=100.0, occurred_at=at, recorded_at=at),
        )
    state(desk, said("stock", "s1", item="SKU-1", site="RTM", quantity=40.0, uom="EA"))
    demand = line("SO-1", due=NOW + 12 * DAY, party="HYDRA")._replace(kind="sales_order", quantity=120.0)
    desk.load([demand], kind="sales_order", scope="test", file="sales.csv")
    desk.respond(world.ids[:2])
    desk.start(["A1"])
    desk.detect()
    return world


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", KEYS)
async def test_it_looks_as_it_did(story: World, opened: Open, screen: str, size: tuple[int, int], theme: str) -> None:
    async with opened(size, options=ScreenOptions(theme=theme)) as driven:
        hold(f"{screen}-{size[0]}x{size[1]}-{theme}", await shown(driven, KEYS[screen]))


@pytest.mark.parametrize("screen", KEYS)
async def test_themes_differ_in_colours_alone(story: World, opened: Open, screen: str) -> None:
    texts = set()
    for theme in THEMES:
        async with opened((120, 36), options=ScreenOptions(theme=theme)) as driven:
            texts.add("\n".join("".join(run.text for run in row) for row in await shown(driven, KEYS[screen])))
    assert len(texts) == 1
