"""How the sample desk's owners get their actions and answer them: a folder of hand-offs, and a file of replies."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from connectors.outbox.delivery_loop import DeliveryLoop
from connectors.settings.settings_file import load
from connectors.troubles import Troubles
from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.vocabulary.model import SignalIn
from tests.sample_world.feeds import say

CHANNEL = "post"
REPLIES = "replies"
_SETTINGS = f"""
[channel.{CHANNEL}]
type = "folder"
path = "handoffs"
format = "json"

[[route]]
match = {{ function = ["logistics", "production", "finance"] }}
channel = "{CHANNEL}"
"""


class Post:
    """The channel of the functions that do not sit at the desk, and what they say by it."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        """`desk` is the feeder's."""
        path = folder / "offplan.toml"
        path.write_text(_SETTINGS)
        self._folder = folder / "handoffs"
        self._desk = desk
        self._loop = DeliveryLoop(desk, load(path), CHANNEL, hold=lambda: None, troubles=Troubles(_fail))

    def deliver(self) -> None:
        """Hand off what is due."""
        asyncio.run(self._loop.deliver_due())

    def reply(self, action: str, word: str, **said: Any) -> None:
        """What the owner of an action writes back, with the token of the hand-off that he has."""
        now = self._desk.clock.now()
        detail = {"action": action, "token": self._token(action), **said}
        message: SignalIn = say(f"{action}-{word}-{now}", "reply", now, status=word, detail=json.dumps(detail))
        batch = SourceBatch(source=REPLIES, kind="folder", identity="event", rows=[message], file="replies.csv")
        assert self._desk.take(batch).new == 1
        # A reply that is refused changes nothing and says so with its source: here it would be a hole in the story.
        taken = self._desk.show(str(self._desk.signals(["kind=reply"], limit=1).items[0]["id"]))["reply"]
        assert taken["state"] == "taken", taken["said"]

    def _token(self, action: str) -> str:
        """That of the last hand-off that tells of the action."""
        for path in sorted(self._folder.iterdir(), key=_number, reverse=True):
            for told in json.loads(path.read_text())["actions"]:
                if told["id"] == action:
                    return str(told["token"])
        raise AssertionError(f"{action} was handed to nobody")


def _number(path: Path) -> int:
    """That of a hand-off's file, `H12-emil.json`."""
    return int(path.name.split("-")[0][1:])


def _fail(sentence: str) -> None:
    raise AssertionError(sentence)
