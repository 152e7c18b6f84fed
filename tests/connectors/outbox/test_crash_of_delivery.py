"""Hand-offs whose process is killed at any of its write boundaries: everybody is told of everything, and nothing twice.

The child kills itself with SIGKILL before the Nth transaction that writes begins or ends; a mail server, a webhook
receiver and a folder are real. Whoever comes next goes on as a feeder does, and settles what is in doubt as a person
does: by looking whether it arrived.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from functools import partial
from pathlib import Path

import pytest

from connectors.outbox.delivery_loop import deliver_once
from connectors.settings.settings_file import Settings
from engine.desk import Desk
from engine.storage import journal
from engine.values.clock import FixedClock
from tests.connectors.delivery_support import SOON, email, settings, webhook
from tests.connectors.server import Server, serving
from tests.connectors.smtp_server import Mailbox, mailing
from tests.engine.desk_support import NOW, late, open_desk, owners
from tests.engine.execution_support import Written, step
from tests.engine.outbox_support import seconds
from tests.killing import Hook, is_boundary, is_killed_at

STEPS = (
    step("call", owner="ana"),
    step("order", "call", kind="http", side_effect="idempotent", effect={"channel": "hook", "body": {"order": 1}}),
    step("tell", "call", kind="notify", effect={"to": ["bo"], "message": "it comes"}),
    step("book", "order", owner="bo"),
)
LOOKS = (60, 120, 180, 240)
CALLED = 120
"""When ana has called."""


@dataclass
class Receivers:
    """Where messages arrive."""

    mailbox: Mailbox
    hook: Server

    def mails(self) -> Counter[str]:
        return Counter(str(message_from_bytes(text)["Message-ID"]) for _, text in self.mailbox.mails)


@pytest.fixture(scope="module")
def receivers() -> Iterator[Receivers]:
    with mailing(Mailbox()) as mailbox, serving(lambda request: request.send(200)) as hook:
        yield Receivers(mailbox, hook)


@pytest.fixture
def place(receivers: Receivers, tmp_path: Path) -> Callable[[str], Path]:
    """Makes a folder of its own with the same desk, on which nobody was told of anything yet."""
    base = tmp_path / "base.db"
    desk = open_desk(base, clock=FixedClock(NOW), planner=Written(STEPS))
    owners(desk, "ana", "bo")
    desk.respond(late(desk, alpha=12))
    desk.store.close()

    def make(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(base, folder / "desk.db")
        receivers.mailbox.mails.clear()
        receivers.hook.requests.clear()
        receivers.hook.bodies.clear()
        return folder

    return make


def chosen(receivers: Receivers, folder: Path) -> Settings:
    drop = f'[channel.drop]\ntype = "folder"\npath = "out"\nformat = "json"\n{SOON}'
    return settings(folder, email(receivers.mailbox) + webhook(receivers.hook) + drop)


def go_on(receivers: Receivers, folder: Path, hook: Hook | None = None) -> Desk:
    """Look, send and work from where the file stands to the end."""
    clock = FixedClock(NOW)
    desk = open_desk(folder / "desk.db", clock=clock, planner=Written(STEPS))
    channels = chosen(receivers, folder)
    if hook is not None:
        desk.store.connection.set_trace_callback(hook)
    (last,) = desk.store.connection.execute("SELECT max(at) FROM journal").fetchone()
    for second in LOOKS:
        if seconds(second) < last:
            continue
        clock.set(seconds(second))
        desk.tick()
        if second >= CALLED and desk.show("A1")["state"] == "ready":
            desk.done(["A1"])
        asyncio.run(deliver_once(desk, channels, hold=lambda: None, report=lambda _: None))
        settle(desk, receivers)
    return desk


def settle(desk: Desk, receivers: Receivers) -> None:
    """What a person does about messages in doubt."""
    for item in desk.handoffs(["state=unknown"], limit=None).items:
        if f"<{desk.show(item['id'])['key']}@offplan>" in receivers.mails():
            desk.confirm_handoffs([item["id"]])
        else:
            desk.resend_handoffs([item["id"]], reason="nothing came")


def told(desk: Desk) -> Counter[tuple[str, str, tuple[str, ...]]]:
    """What reached whom through what, and how often."""
    found = desk.handoffs(all=True, limit=None).items
    return Counter(
        (item["channel"], item["owner"], tuple(item["actions"])) for item in found if item["state"] == "sent"
    )


# Of Python 3.12 on: the servers are threads of this process, and the child uses none of them.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_everybody_is_told_once_whenever_it_is_killed(receivers: Receivers, place: Callable[[str], Path]) -> None:
    whole = go_on(receivers, place("whole"))
    wanted, mails = told(whole), len(receivers.mailbox.mails)
    assert {item["state"] for item in whole.handoffs(all=True, limit=None).items} == {"sent"}
    assert {channel for channel, _, _ in wanted} == {"mail", "hook", "drop"}
    assert whole.show("A2")["state"] == whole.show("A3")["state"] == "done"
    whole.store.close()
    boundary = 1
    while is_killed_at(boundary, is_boundary, partial(go_on, receivers, folder := place(f"at{boundary}"))):
        desk = go_on(receivers, folder)
        assert told(desk) == wanted, boundary
        assert set(receivers.mails().values()) == {1}, boundary
        assert len(receivers.mailbox.mails) == mails, boundary
        said: dict[str, set[bytes]] = {}
        for (_, headers), body in zip(receivers.hook.requests, receivers.hook.bodies, strict=True):
            said.setdefault(headers["idempotency-key"], set()).add(body)
        assert {len(bodies) for bodies in said.values()} == {1}, f"the same key says the same, killed at {boundary}"
        assert desk.show("A4")["state"] == "ready"
        assert journal.verify(desk.store.connection) is None
        desk.store.close()
        boundary += 1
    assert boundary > 30, boundary
