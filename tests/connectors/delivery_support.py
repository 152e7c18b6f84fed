"""A desk in a file with channels to a real server and a real mailbox, and a feeder in a process of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from connectors.settings.settings_file import Settings, load
from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import FixedClock, SystemClock
from tests.connectors.server import Server
from tests.connectors.smtp_server import Mailbox
from tests.engine.desk_support import NOW
from tests.engine.outbox_support import Calls

SOON = 'wait = "PT1S"\ninterval = "PT1S"\n'


def settings(folder: Path, text: str) -> Settings:
    path = folder / "offplan.toml"
    path.write_text(text)
    return load(path)


def webhook(server: Server, more: str = "") -> str:
    return f'[channel.hook]\ntype = "webhook"\nurl = "{server.url}/hook"\n{SOON}{more}'


def email(mailbox: Mailbox, more: str = "") -> str:
    return (
        f'[channel.mail]\ntype = "email"\nhost = "localhost"\nport = {mailbox.port}\nsecurity = "none"\n'
        f'from = "desk@example.com"\nto = "ana@example.com"\n{SOON}{more}'
    )


@contextlib.contextmanager
def desk_on(path: Path, planner: Calls | None = None, now: int | None = NOW) -> Iterator[Desk]:
    """A desk at NOW, or on the machine's clock."""
    store = Store.open(path, create=True)
    clock = SystemClock() if now is None else FixedClock(now)
    yield Desk(store, clock, actor="ana", planner=planner or Calls(owner="ana"))
    store.close()


def handoffs(database: Path) -> list[tuple[str, int]]:
    with desk_on(database, now=None) as desk:
        return [(item["state"], item["attempt"]) for item in desk.handoffs(all=True).items]
