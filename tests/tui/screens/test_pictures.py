"""Pictures on a deviation's page: what they show, at 80 columns, and the numbers one key away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.values.clock import DAY, HOUR
from tests.engine.desk_support import NOW, open_desk
from tests.engine.network_support import line as network_line
from tests.engine.network_support import load, said, stock, take
from tests.tui.conftest import Open, World
from tui.screens import picture_sections
from tui.screens.deviation_page import DeviationPage
from tui.terminal import safe
from tui.terminal.cells import Present

PRESENT = Present(NOW, "UTC")


def drawn(desk_path: Path, kind: str, *, width: int = 78, in_numbers: bool = False) -> str:
    desk = open_desk(desk_path)
    (found,) = desk.deviations([f"kind={kind}"]).items
    detail = {**desk.show(found["id"]), "pictures": desk.pictures(found["id"]), "in_numbers": in_numbers}
    desk.store.close()
    lines = picture_sections.pictures(detail, width, PRESENT)
    assert all(safe.width_of(each.pieces) <= width for each in lines)
    return "\n".join(safe.plain(each.pieces) for each in lines)


def short_of_stock(path: Path) -> None:
    """Ten pieces are there, thirty are asked for in four days, fifty come in nine."""
    desk = open_desk(path)
    load(
        desk,
        network_line("purchase_order", "PO-1", 50.0, 9),
        network_line("sales_order", "SO-1", 30.0, 4, party="HYDRA"),
    )
    take(desk, stock("1", 10.0))
    desk.store.close()


def test_projected_stock_shows_the_window_and_its_numbers(tmp_path: Path) -> None:
    short_of_stock(tmp_path / "desk.db")
    picture = drawn(tmp_path / "desk.db", "stockout")
    assert "10 EA on hand now" in picture
    assert "under 0 EA from 13 Mar for 5d; at worst −20 EA on 13 Mar" in picture
    under = next(line for line in picture.splitlines() if "━" in line)
    assert (under.index("━"), under.count("━")) == (9 + 4 * 2, 5 * 2), "two cells a day"
    numbers = drawn(tmp_path / "desk.db", "stockout", in_numbers=True)
    assert "█" not in numbers.split("When lines")[0]
    assert "13 Mar           −20" in numbers
    assert "18 Mar            30" in numbers


def test_the_net_goes_from_the_line_to_the_customers(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db")
    load(
        desk,
        network_line("purchase_order", "PO-1", 50.0, 5),
        network_line("sales_order", "SO-1", 20.0, 7, party="HYDRA"),
        network_line("sales_order", "SO-2", 30.0, 40, party="NORD"),
    )
    take(desk, said("eta", "1", order_ref="PO-1", eta=NOW + 10 * DAY, recorded_at=NOW))
    desk.store.close()
    net = drawn(tmp_path / "desk.db", "late_supply").splitlines()
    first = next(line for line in net if line.startswith("+5d PO-1"))
    assert "─┬─+3d SO-1 HYDRA" in first
    assert " └─✓ SO-2" in net[net.index(first) + 1]
    assert "─┬─" in drawn(tmp_path / "desk.db", "late_supply", width=40)


def test_the_customers_of_a_deep_net_are_named_on_a_narrow_screen() -> None:
    def node(id_: str, who: str, *children: dict[str, Any]) -> dict[str, Any]:
        owner = {"customer": who} if not children else {}
        return {"line": {"id": id_}, "item": who, "delay_days": 10, "children": list(children), **owner}

    tree = node("4693/10", "M-22", node("MO-8818", "P-400", node("TO-318/3", "P-4", node("SO-1", "NORD"))))
    tree["children"][0]["children"].append(node("SO-30017/1", "CASTELLAN"))
    lines = [safe.plain(line) for line in picture_sections.net(tree, 74)]
    assert all(len(line) <= 74 for line in lines)
    assert lines[1].endswith("└─+10d SO-30017/1 CASTELLAN"), "nothing stands behind it that it would run into"


def test_arrivals_count_by_days_after_the_promise_and_mark_this_one(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db")
    past = [network_line("purchase_order", f"OLD-{number}", 10.0, -20, party="ACME") for number in range(4)]
    load(desk, *past, network_line("purchase_order", "PO-1", 50.0, 5, party="ACME"))
    for number, late in enumerate((0, 0, 4, 9)):
        at = NOW + (late - 20) * DAY - HOUR
        take(
            desk,
            said("receipt", f"r{number}", order_ref=f"OLD-{number}", quantity=10.0, occurred_at=at, recorded_at=at),
        )
    take(desk, said("eta", "1", order_ref="PO-1", eta=NOW + 10 * DAY, recorded_at=NOW))
    desk.store.close()
    picture = drawn(tmp_path / "desk.db", "late_supply")
    assert "When lines of ACME came, in days after their promise\n50 % of 4 late" in picture
    rows = {line.split()[0]: line for line in picture.splitlines() if "▆" in line or "▂" in line}
    assert rows["on"].rstrip().endswith(" 2")
    marked = next(line for line in picture.splitlines() if "◀ this one" in line)
    assert marked.split("▆")[0].split("▂")[0].strip() == "3 to 6"


async def test_p_goes_to_the_pictures_and_changes_them_to_numbers(world: World, opened: Open) -> None:
    async with opened((80, 50)) as driven:
        await driven.press("enter", "p")
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        assert page.page.line is not None
        assert page.page.line.section == "Picture"
        assert not page._in_numbers
        await driven.press("p")
        assert page._in_numbers
        await driven.press("p")
        assert not page._in_numbers
        assert "There is nothing to draw" in driven.text


async def test_on_a_small_terminal_it_is_a_tab_of_its_own(world: World, opened: Open) -> None:
    async with opened((80, 24)) as driven:
        await driven.press("enter", "p")
        assert "There is nothing to draw" in driven.text
        await driven.press("tab")
        assert "There is nothing to draw" not in driven.text


async def test_on_a_small_terminal_the_whole_picture_comes_into_sight_and_so_do_its_numbers(
    tmp_path: Path, world: World, opened: Open
) -> None:
    """The head of the page took eight lines, and the axis and the sentence under the chart had to be scrolled to."""
    load(
        world.desk,
        network_line("purchase_order", "PO-1", 50.0, 9),
        network_line("sales_order", "SO-1", 30.0, 4, party="HYDRA"),
    )
    take(world.desk, stock("1", 10.0))
    (short,) = world.desk.deviations(["kind=stockout"]).items
    async with opened((80, 24)) as driven:
        driven.desk_screen.open_deviation(short["id"])
        await driven.pilot.pause()
        await driven.press("p")
        assert "Projected stock" in driven.text
        assert "at worst −20 EA on 13 Mar" in driven.text
        await driven.press("G", "p")
        assert "13 Mar           −20" in driven.text
