"""A row that somebody else changed is marked until the person was on it; the person's own commands mark nothing."""

from __future__ import annotations

from engine.values.clock import DAY
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Driven, Open, World
from tui.widgets.line_list import LineList


def row(driven: Driven, words: str) -> str:
    return next(text for text in driven.lines if words in text)


def gutter(driven: Driven, pane: str, number: int) -> str:
    """The two cells left of a row."""
    lines = driven.app.screen.query_one(f"#{pane}", LineList)
    return lines.render_line(lines.ids.index(number) - lines.scroll_offset.y + lines.top).text[:2]


async def look(driven: Driven) -> None:
    """The screen finds by itself what others did."""
    driven.app._look()
    await driven.pilot.pause()


async def test_another_desk_marks_the_row_until_the_cursor_was_on_it(world: World, opened: Open) -> None:
    async with opened() as driven:
        queue = driven.desk_screen.queue
        first, second, third = queue.ids
        world.desk.ack([f"D{third}"])
        await look(driven)
        assert [gutter(driven, "queue", number) for number in (first, second, third)] == ["▌ ", "  ", " ~"]
        assert "~" in row(driven, "PO third")
        assert (queue.current, queue.scroll_offset.y) == (first, 0), "nothing moves under the person's hands"
        await driven.press("j", "j")
        assert gutter(driven, "queue", third) == "▌ "
        await driven.press("k")
        assert gutter(driven, "queue", third) == "  "


async def test_a_change_under_the_cursor_is_seen_once_the_person_goes_on(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.queue.ids[0]
        world.desk.assign([f"D{first}"], to="chen")
        await look(driven)
        assert gutter(driven, "queue", first) == "▌~"
        await driven.press("j")
        assert gutter(driven, "queue", first) == "  "


async def test_own_commands_mark_nothing(world: World, opened: Open) -> None:
    async with opened() as driven:
        first, second, _ = driven.desk_screen.queue.ids
        await driven.press("space", "space")
        await driven.finish("a")
        assert world.state(f"D{first}") == world.state(f"D{second}") == "acknowledged"
        await look(driven)
        assert "~" not in driven.text
        await driven.finish("z")
        await look(driven)
        assert world.state(f"D{first}") == "open"
        assert "~" not in driven.text


async def test_words_about_a_row_are_no_change_of_it(world: World, opened: Open) -> None:
    async with opened() as driven:
        world.desk.comment([f"D{driven.desk_screen.queue.ids[1]}"], text="they called")
        await look(driven)
        assert "~" not in driven.text


async def test_what_the_feeder_judges_anew_is_marked_and_what_is_new_is_not(world: World, opened: Open) -> None:
    async with opened() as driven:
        second = driven.desk_screen.queue.ids[1]
        value = {f"D{second}": 20_000_00}
        refs = {id_: world.desk.show(id_)["subject"]["id"] for id_ in world.ids}
        lines = [line(ref, value=value.get(id_, 10_000_00)) for id_, ref in refs.items()]
        world.desk.load([*lines, line("fourth")], kind="purchase_order", scope="test", file="plan.csv")
        take(world.desk, eta("fourth", NOW + 14 * DAY))
        await look(driven)
        assert "€20k" in row(driven, f"PO {refs[f'D{second}']}")
        assert [number for number in driven.desk_screen.queue.ids if "~" in gutter(driven, "queue", number)] == [second]
        assert "✚" in row(driven, "PO fourth")


async def test_its_page_takes_the_mark_away_in_every_view(world: World, opened: Open) -> None:
    async with opened() as driven:
        third = driven.desk_screen.queue.ids[2]
        world.desk.ack([f"D{third}"])
        await look(driven)
        await driven.press("2")
        assert gutter(driven, "deviations", third) == " ~"
        driven.app.screen.open_deviation(f"D{third}")  # type: ignore[attr-defined]
        await driven.pilot.pause()
        await driven.press("q")
        assert gutter(driven, "deviations", third) == "  "
        await driven.press("1")
        assert gutter(driven, "queue", third) == "  "


async def test_a_mark_of_the_person_and_a_change_stand_beside_each_other(world: World, opened: Open) -> None:
    async with opened() as driven:
        first, second, third = driven.desk_screen.queue.ids
        await driven.press("space", "space", "k")
        world.desk.ack([f"D{first}", f"D{second}", f"D{third}"])
        await look(driven)
        assert [gutter(driven, "queue", number) for number in (first, second, third)] == ["~*", "▌*", " ~"]


async def test_actions_are_marked_on_the_desk_and_on_the_timeline(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened() as driven:
        assert "~" not in driven.text
        world.desk.start(["A1"])
        world.desk.done(["A1"])
        await look(driven)
        assert gutter(driven, "timeline", 2)[1] == "~", "what it kept waiting is ready"
        await driven.press("3")
        assert gutter(driven, "lanes", 2)[1] == "~"
        await driven.press("j", "k")
        assert gutter(driven, "lanes", 2)[1] == " "


async def test_the_keys_of_the_place_say_what_the_sign_means(opened: Open) -> None:
    async with opened((120, 300)) as driven:
        await driven.press("?")
        assert "somebody else has changed the row" in driven.text
