"""An action's page says where it was handed off, when and with what result."""

from __future__ import annotations

from pathlib import Path

from engine.deliveries import Result
from tests.engine.desk_support import NOW
from tests.engine.outbox_support import Calls, Post, channel, desk_with_calls
from tui.cells import Present
from tui.screens.action_page import action_lines


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
