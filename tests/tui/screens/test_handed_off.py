"""An action's page says where it was handed off, when and with what result; what did not arrive marks its row."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.desk import Desk
from engine.handoffs.deliveries import Result
from engine.handoffs.routing import Route
from tests.engine.desk_support import NOW
from tests.engine.outbox_support import Calls, Post, channel, desk_with_calls
from tests.tui.conftest import Open, World
from tui.demo.demo_world import SETTINGS
from tui.desk.surroundings import Surroundings
from tui.screens.action_page import action_lines
from tui.terminal.cells import Present
from tui.wiring import SETTINGS_FILE


def test_the_page_shows_every_message_about_the_action(tmp_path: Path) -> None:
    desk = desk_with_calls(tmp_path / "desk.db", Calls(owner="ana"))
    post = Post(desk, [channel("mail", wait=0), channel("pager", wait=0)])
    post.failing["pager"] = Result("failed", "channel pager: the receiver answered HTTP 404")
    post.at(1)
    lines = action_lines(desk.show("A1"), [], 78, Present(NOW, "UTC"))
    texts = ["".join(text for text, _ in line.pieces) for line in lines]
    start = texts.index("Handed off")
    assert texts[start + 1].startswith("H1  mail to ana: sent  ")
    assert texts[start + 1].endswith(", first")
    assert texts[start + 2].startswith("H2  pager to ana: failed  ")
    assert texts[start + 3].strip() == "channel pager: the receiver answered HTTP 404"
    assert all(len(text) <= 78 for text in texts)
    desk.store.close()


def test_an_action_that_nobody_was_told_of_says_nothing_of_it(tmp_path: Path) -> None:
    desk = desk_with_calls(tmp_path / "desk.db")
    lines = action_lines(desk.show("A1"), [], 78, Present(NOW, "UTC"))
    assert "Handed off" not in ["".join(text for text, _ in line.pieces) for line in lines]
    desk.store.close()


def place_lines(desk: Desk, places: dict[str, str]) -> list[str]:
    lines = action_lines(desk.show("A1"), [], 78, Present(NOW, "UTC"), places)
    return ["".join(text for text, _ in line.pieces) for line in lines]


def test_the_page_says_where_a_channel_of_files_writes(tmp_path: Path) -> None:
    desk = desk_with_calls(tmp_path / "desk.db", Calls(owner="ana"))
    Post(desk, [channel("post", wait=0), channel("mail", wait=0)]).at(1)
    texts = place_lines(desk, {"post": "/srv/desk/handoffs", "other": "/srv/desk/other"})
    assert "post writes to  /srv/desk/handoffs" in texts
    assert not any("other" in text for text in texts), "only of channels that it went through"
    desk.store.close()


def test_the_folders_of_channels_are_those_of_the_workspace(tmp_path: Path) -> None:
    shutil.copyfile(SETTINGS, tmp_path / SETTINGS_FILE)
    assert Surroundings(tmp_path).places() == {"post": str(tmp_path / "handoffs")}
    (tmp_path / SETTINGS_FILE).write_text("[channel.post]\ntype = 7\n", encoding="utf-8")
    assert Surroundings(tmp_path).places() == {}
    assert Surroundings(None).places() == {}


async def test_a_message_that_failed_or_is_in_doubt_marks_the_row(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    post = Post(world.desk, [channel("mail", wait=0, once=True)], [Route({"owner": ["bo", "dora"]}, ["mail"])])
    post.failing["mail"] = Result("unknown", "no answer came")
    async with opened() as driven:
        assert "✉" not in driven.text
        post.at(1)
        driven.app._look()
        await driven.pilot.pause()
        assert "✉? A1 confirm it" in driven.text
        assert [item["id"] for item in world.desk.actions(["undelivered=unknown"]).items] == ["A1", "A3"]
        first = next(each["id"] for each in world.desk.show("A1")["handoffs"])
        post.failing["mail"] = Result("failed", "the server refused it")
        world.desk.resend_handoffs([first], reason="nothing came")
        post.at(2)
        await driven.press("3")
        assert "✉✗ A1 confirm it" in driven.text
        del post.failing["mail"]
        world.desk.resend_handoffs([first], reason="once more")
        post.at(3)
        driven.app._look()
        await driven.pilot.pause()
        assert "✉✗" not in driven.text
        assert world.desk.show("A1")["undelivered"] is None
        assert world.desk.show("A3")["undelivered"] == "unknown"
