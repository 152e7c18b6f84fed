"""The desk's side towards feeds: taking signals and plan lines in, judging what they touch, sources and the lease."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.desk_base import Transaction
from engine.desk_times import DeskTimes
from engine.storage.collector import collector_at_rest
from engine.values.clock import SystemClock
from engine.values.errors import BadInput, NotFound, Refused
from engine.vocabulary.model import IngestResult, LoadResult, TickResult

if TYPE_CHECKING:
    from engine.intake.ingest import SourceBatch
    from engine.judging.preview import Preview, Shift
    from engine.storage.lease import Lease
    from engine.vocabulary.model import PlanLine, PlanRecord, Refusal


class DeskFeed(DeskTimes):
    """Everything that a feeder, a one-shot ingest, a baseline load and a settings file ask of the engine."""

    def take(self, batch: SourceBatch, *, detect: bool = True) -> IngestResult:
        """Store one batch of a source with its cursor and its refusals, in one transaction.

        With `detect` the subjects that it touches are judged in the same transaction and counted in the result;
        without, they stay on the durable work list until `detect()` or `tick()`. `seconds` of the result is the
        caller's to fill, who alone knows what reading the file took.
        """
        from engine.intake import ingest

        with self._writing() as transaction:
            taken = ingest.take(*transaction, batch)
            if not detect:
                return taken
            judged = self._drain(transaction)
        self._answer_replies()
        return taken._replace(opened=judged.opened, raised=judged.raised, cleared=judged.cleared)

    def take_all(
        self, batches: Iterable[SourceBatch], told: Callable[[IngestResult], None] | None = None
    ) -> IngestResult:
        """Store many batches, one transaction each, and then judge what they touched: the way to take whole files.

        `told` hears the sum so far after every batch. What an interruption leaves unjudged stays on the work list.
        """
        total = IngestResult()
        with collector_at_rest():
            for batch in batches:
                total = total.plus(self.take(batch, detect=False))
                if told is not None:
                    told(total)
            judged = self.detect()
        return total._replace(opened=judged.opened, raised=judged.raised, cleared=judged.cleared)

    def detect(self) -> TickResult:
        """Judge every touched subject, 5,000 to a transaction."""
        from engine.judging import pipeline
        from engine.storage import journal

        self._refuse_readonly()
        total = TickResult()
        while self._owes_detection():
            with self._writing(journal.SYSTEM) as transaction, collector_at_rest():
                step = pipeline.drain(*transaction)
            total = total.plus(step)
        self._answer_replies()
        return total

    def tick(self) -> TickResult:
        """Do what time alone makes due at the clock's present instant, and what is still touched; then stop."""
        from engine.commands import firing
        from engine.judging import wakeups
        from engine.storage import journal

        self._refuse_readonly()
        total = TickResult()
        self.follow_playbooks()
        self._answer_replies()
        while self._owes_detection() or self._wakes():
            with self._writing(journal.SYSTEM) as transaction:
                wakeups.due(transaction.connection, transaction.now)
                fired = firing.fire_due(self._by_rule(transaction))
            total = total.plus(self.detect()).plus(TickResult(timers=fired))
        total = total.plus(TickResult(timers=self._begin_stated()))
        self._replan_where_owed()
        return total

    def load(
        self,
        rows: Iterable[PlanLine | PlanRecord | Refusal],
        *,
        kind: str,
        scope: str,
        file: str,
        accept_removal: bool = False,
    ) -> LoadResult:
        """Make `rows` the whole current plan of (kind, scope), by difference, and judge what changed.

        The load is one transaction; the judging that follows is several. Raises BadInput for a load that would remove
        a third or more of the plan (and at least five records) or all of it, unless `accept_removal` says that this
        is meant.
        """
        from engine.gather import names
        from engine.intake import baseline
        from engine.judging import data_findings
        from engine.validation import line_checks

        self._refuse_readonly()
        # Before the transaction: rows are read from files meanwhile, and nobody should wait for a lock that long.
        found = line_checks.sift(rows, kind, file)
        with self._writing() as transaction:
            loaded = baseline.load(
                *transaction, found, kind=kind, scope=scope, file=file, accept_removal=accept_removal
            )
            names.follow_plan(transaction.connection)
            if loaded.added or loaded.changed or loaded.removed:
                data_findings.refresh(transaction.connection, {kind})
        judged = self.detect()
        return loaded._replace(opened=judged.opened, raised=judged.raised, cleared=judged.cleared)

    def configure(self, settings: Mapping[str, Any]) -> bool:
        """Take over desk name, zone, currency, rates and tolerances; true when anything changed.

        Raises BadInput naming the setting. What the change may judge differently is put on the work list.
        """
        from engine.commands import timetable
        from engine.judging import configuring, data_findings
        from engine.validation import plan_checks

        with self._reading() as view:
            if not configuring.differ(view.connection, settings):
                return False
        with self._writing() as transaction:
            changed = configuring.configure(*transaction, settings)
            timetable.follow_zone(transaction.connection, transaction.now)
            data_findings.refresh(transaction.connection, {plan_checks.SETTINGS})
        return changed

    def preview_tolerances(self, settings: Mapping[str, Any] | None, *further: Mapping[str, Any]) -> Preview:
        """What the tolerances and rules of `settings` (None: those that hold), and `further` ones, would do; nothing is
        written.

        It takes the file's lock for a moment at a time, as judging does. Raises BadInput naming the setting that cannot
        be used.
        """
        from engine.judging import preview
        from engine.storage import journal

        self._refuse_readonly()
        with self._reading() as view:
            change = preview.change(*view, settings, further)
        shifts: list[Shift] = []
        for keys in preview.chunks(change):
            with self._tried(journal.SYSTEM) as transaction:
                shifts += preview.judge(*transaction, change, keys)
        with self._reading() as view:
            surfaced = preview.surfaced(view.connection, shifts)
        told = sorted(shifts, key=lambda shift: shift[:4])
        return preview.Preview(sorted(change.kinds), len(change.keys), told, surfaced)

    # sources ----------------------------------------------------------------------------------------------------------

    def declare_source(self, name: str, kind: str, expected_every: int | None) -> None:
        """Make sure that a source has its row; `expected_every` (microseconds) is what stale_feed watches."""
        from engine.intake import sources

        with self._writing() as transaction:
            sources.declare(transaction.connection, transaction.now, name, kind, expected_every)

    def keep_sources(self, names: Collection[str]) -> None:
        """Expect nothing more of sources that the settings no longer have; their signals and their history stay."""
        from engine.intake import sources

        with self._reading() as view:
            gone = sources.given_up(view.connection, names)
        if gone:
            with self._writing() as transaction:
                sources.expect_nothing(transaction.connection, gone)

    def source_state(self, name: str) -> dict[str, Any] | None:
        """The row of a source; `cursor` is the connector's own JSON text. None for an unknown source."""
        from engine.intake import sources

        with self._reading() as view:
            return sources.state(view.connection, name)

    def file_state(self, source: str, sha256: bytes) -> tuple[str, int] | None:
        """State (reading, taken, refused) and records taken so far of a file of this content; None when unseen."""
        from engine.intake import sources

        with self._reading() as view:
            return sources.file_state(view.connection, source, sha256)

    def source_failed(self, name: str, error: str, *, next_poll_at: int | None) -> None:
        """Note that a source could not be read, in one sentence."""
        from engine.intake import sources

        with self._writing() as transaction:
            sources.failed(transaction.connection, transaction.now, name, error, next_poll_at=next_poll_at)

    def source_polled(self, name: str, *, cursor: str | None, next_poll_at: int | None) -> None:
        """Note an answer without new rows, such as HTTP 304: the source is alive."""
        from engine.intake import sources

        with self._writing() as transaction:
            sources.polled(transaction.connection, transaction.now, name, cursor=cursor, next_poll_at=next_poll_at)

    def held(self, source: str | None = None) -> list[dict[str, Any]]:
        """What `quarantine()` lists, for who retries it: the table's rows as they are, oldest first."""
        from engine.intake import quarantine

        with self._reading() as view:
            return quarantine.held(view.connection, source)

    def release_quarantine(self, ids: Iterable[int], reason: str | None = None) -> None:
        """Mark quarantined records as taken after a retry worked; `reason` says what a person mended in them."""
        from engine.intake import quarantine

        with self._writing() as transaction:
            quarantine.release(transaction.connection, transaction.writer, ids, reason)

    def require_file(self) -> None:
        """Raises StoreUnusable where the file cannot be read, is not there any more or has another schema by now."""
        with self._reading():
            return

    # the lease of the one feeder: on the machine's clock, whatever date the desk lives at -----------------------------

    def acquire_lease(self, name: str, holder: str, seconds: float = 5.0) -> bool:
        """Take the lease when nobody holds it any more; true when `holder` has it now."""
        self._refuse_readonly()
        return self._lease(name).acquire(SystemClock().now(), holder, seconds)

    def renew_lease(self, name: str, holder: str, seconds: float = 5.0) -> bool:
        """Prolong the lease; false when it is no longer `holder`'s, who must then stop writing."""
        self._refuse_readonly()
        return self._lease(name).renew(SystemClock().now(), holder, seconds)

    def release_lease(self, name: str, holder: str) -> None:
        """Give the lease back, if it is `holder`'s."""
        self._refuse_readonly()
        self._lease(name).release(SystemClock().now(), holder)

    def lease(self, name: str) -> dict[str, Any] | None:
        """Who holds the lease, as engine.storage.lease says it; None when nobody does or it has lapsed."""
        return self._lease(name).held(SystemClock().now())

    def _lease(self, name: str) -> Lease:
        # The name of the machine comes with `socket`, which a list in the shell has no use for.
        from engine.storage.lease import Lease

        return Lease(self.store.path, name)

    def _drain(self, transaction: Transaction) -> TickResult:
        """Judge all touched subjects inside the caller's transaction, in the journal as the system's doing."""
        from engine.judging import pipeline
        from engine.storage import journal

        writer = self._writer(transaction.connection, transaction.now, journal.SYSTEM)
        total = TickResult()
        with collector_at_rest():
            while True:
                step = pipeline.drain(transaction.connection, writer, transaction.now)
                if not step.judged:
                    return total
                total = total.plus(step)

    def _answer_replies(self) -> None:
        """Carry out the replies of owners that wait for it, each in a transaction of its own, in the owner's name."""
        query = "SELECT signal_id FROM reply WHERE state = 'waiting' ORDER BY signal_id"
        with self._reading() as view:
            waiting = [number for (number,) in view.connection.execute(query)]
        if not waiting:
            return
        # Only now: most batches bring no reply, and should not pay for the commands.
        from engine.handoffs import replies
        from engine.storage import journal

        for signal in waiting:
            try:
                with self._writing(journal.SYSTEM) as transaction:
                    replies.carry_out(transaction.connection, transaction.now, signal, self.planner)
            except (Refused, NotFound, BadInput) as fault:
                with self._writing(journal.SYSTEM) as transaction:
                    replies.refuse(transaction.connection, transaction.now, signal, str(fault))

    def _owes_detection(self) -> bool:
        with self._reading() as view:
            return bool(view.connection.execute("SELECT EXISTS (SELECT 1 FROM touched)").fetchone()[0])

    def _wakes(self) -> bool:
        from engine.judging import wakeups

        with self._reading() as view:
            return wakeups.any_due(*view)
