"""The loop of one polled address: wait until it is due, ask, hand the pages to the desk, note what came of it.

How pages are asked for and when the next poll is due is connectors.web.polling; what travels is connectors.web.http.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from connectors.settings.secrets import Secret, header
from connectors.settings.settings_file import HttpSource, Settings
from connectors.troubles import Troubles
from connectors.web import polling
from connectors.web.http import Client
from connectors.web.pages import page_reader
from engine.values.clock import SECOND
from engine.values.errors import BadInput

if TYPE_CHECKING:
    from engine.desk import Desk
    from engine.intake.ingest import SourceBatch


class PollLoop:
    """One HTTP source. It is due on the desk's clock, as screens show it; `take` hands a batch to the desk."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        name: str,
        *,
        take: Callable[[SourceBatch], None],
        troubles: Troubles,
        jitter: polling.Jitter,
    ) -> None:
        source = settings.sources[name]
        assert isinstance(source, HttpSource)
        self._source = source
        self._desk = desk
        self._settings = settings
        self._name = name
        self._take = take
        self._troubles = troubles
        self._jitter = jitter

    async def run(self) -> None:
        """Ask whenever it is due, for ever."""
        while True:
            pause = 1.0
            with self._troubles.of_the_store(self._name):
                if self.is_due():
                    await self.poll()
                due = polling.due_at(self._desk.source_state(self._name), self._now(), self._source.poll_every)
                pause = (due - self._now()) / SECOND
            # Looked at again every minute at the latest: the clock may have been moved.
            await asyncio.sleep(min(max(pause, 0.1), 60.0))

    def is_due(self) -> bool:
        """Whether the time to ask has come; a new source's has."""
        now = self._now()
        return polling.due_at(self._desk.source_state(self._name), now, self._source.poll_every) <= now

    async def poll(self) -> None:
        """Ask once. A failure becomes the source's last error, and decides when it is asked again."""
        state = self._desk.source_state(self._name)
        every = self._source.poll_every
        try:
            cursor = json.loads(state["cursor"]) if state is not None else {}
            read = page_reader(self._settings, self._name)
            # A client for each poll: a secret that was exchanged is read anew, and no connection idles for minutes.
            async with Client(
                self._name, self._headers(), verify=self._verify(), maximum_bytes=self._source.max_bytes
            ) as client:
                async for batch in polling.poll(self._name, self._source, client, read, cursor):
                    self._take(batch)
        except BadInput as error:
            self._troubles.begin(self._name, str(error))
            due = polling.retry_at(error, state, self._now(), every, self._jitter)
            self._desk.source_failed(self._name, str(error), next_poll_at=due)
        else:
            self._troubles.end(self._name)
            self._desk.source_polled(self._name, cursor=None, next_poll_at=self._now() + every)

    def _now(self) -> int:
        return self._desk.clock.now()

    def _headers(self) -> dict[str, Secret]:
        return {
            key: header(key, value, f"source.{self._name}.headers.{key}", folder=self._settings.folder)
            for key, value in self._source.headers.items()
        }

    def _verify(self) -> bool | str:
        verify = self._source.verify
        return verify if isinstance(verify, bool) else str(self._settings.folder / verify)
