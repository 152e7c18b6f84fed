"""What every part of the desk stands on: the store, the clock, who acts; one view to read, one transaction to write."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from engine.storage.sqlite import sqlite3
from engine.storage.store import Store
from engine.values.clock import Clock
from engine.values.errors import Refused

if TYPE_CHECKING:
    from engine.deviations.command_context import CommandContext
    from engine.storage.journal import Writer
    from engine.vocabulary.planning import Planner, World


class Transaction(NamedTuple):
    """One open write transaction: everything in it happens at `now` and is journalled by `writer`."""

    connection: sqlite3.Connection
    writer: Writer
    now: int


class View(NamedTuple):
    """What questions are asked of: the file as it stands at one instant, and that instant."""

    connection: sqlite3.Connection
    now: int


class DeskBase:
    """A desk's store, clock, actor and planner."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        actor: str,
        planner: Planner | None = None,
        origin: str | None = None,
        readonly: bool = False,
    ) -> None:
        """`actor` is who the journal names; `origin` is where from as JSON, by default what the machine reports.

        Without a `planner` the desk has no playbooks. A `readonly` desk answers questions and refuses everything else.
        """
        self.store = store
        self.clock = clock
        self.actor = actor
        self.planner = planner
        self.origin = origin
        self.readonly = readonly

    @contextlib.contextmanager
    def _writing(self, actor: str | None = None) -> Iterator[Transaction]:
        """A write transaction in which the journal names `actor`, by default the desk's own.

        Raises Refused on a read-only desk and StoreUnusable when the file cannot be written.
        """
        self._refuse_readonly()
        with self.store.write() as connection:
            # Read inside the lock, so that the journal's times never run against its order.
            now = self.clock.now()
            yield Transaction(connection, self._writer(connection, now, actor), now)

    @contextlib.contextmanager
    def _tried(self, actor: str | None = None) -> Iterator[Transaction]:
        """A write transaction that is taken back at its end: for what is only worked out. Raises as `_writing` does."""
        with contextlib.suppress(_NotMeantError), self._writing(actor) as transaction:
            yield transaction
            raise _NotMeantError

    @contextlib.contextmanager
    def _reading(self) -> Iterator[View]:
        """One view for all the queries of a question; inside a write transaction it is that one's.

        Raises StoreUnusable when the file cannot be read.
        """
        with self.store.read() as connection:
            yield View(connection, self.clock.now())

    def _by_rule(self, transaction: Transaction) -> CommandContext:
        """What commands act in, for what a rule or time does."""
        from engine.deviations.command_context import CommandContext

        return CommandContext(*transaction, actor=transaction.writer.actor, expect={}, planner=self.planner)

    def _refuse_readonly(self) -> None:
        if self.readonly:
            raise Refused("this desk is read-only; open it without --readonly")

    def _writer(self, connection: sqlite3.Connection, now: int, actor: str | None = None) -> Writer:
        from engine.storage.journal import Writer, reported_origin

        if self.origin is None:
            self.origin = reported_origin()
        return Writer(connection, at=now, actor=actor or self.actor, origin=self.origin)

    def _planner(self) -> Planner:
        if self.planner is None:
            raise Refused("this desk has no playbooks; open it on a workspace that has some")
        return self.planner

    def _world(self, connection: sqlite3.Connection, now: int) -> World:
        from engine.commands import responses

        return responses.world(connection, now)

    def _replan_where_owed(self) -> None:
        """Plan open actions anew where that is owed; it stays so where others are always quicker, or without a
        planner."""
        from engine.commands import outrun
        from engine.schedule import rescheduling
        from engine.storage import journal

        if (planner := self.planner) is None:
            return

        def attempt() -> None:
            with self._reading() as view:
                if not rescheduling.is_owed(*view):
                    return
                asked = rescheduling.ask(*view)
            found = planner.replan(asked.actions, asked.world, asked.chosen)
            with self._writing(journal.SYSTEM) as transaction:
                rescheduling.replan(self._by_rule(transaction), asked, found)

        with contextlib.suppress(outrun.OutrunError):
            outrun.in_time(attempt)


class _NotMeantError(Exception):
    """Rolls a transaction back in which something was only tried."""
