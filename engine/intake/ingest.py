"""Taking signals in: clean, validate, dedupe, and store with the cursor and the refusals, in the caller's transaction.

What a row says again is not stored again. The keys are BLAKE2b digests:

    row       16 bytes of source and source_id, as the source sent them; `row_key` is its first half
    event     the source has an id of its own for each event: dedup_key = row, so a known id is a duplicate, always
    state     the source restates its rows. A statement belongs to a cell: its row, as of its own time (recorded, else
              occurred, else none). Within a cell a statement that equals the last one is a duplicate and any other is
              new, so A, B, A is three: dedup_key = digest(cell, content, dedup_key of the statement before).
    drill     of any source: known by row and content, and stored apart from what is real (engine.gather.corrections)

`tie` orders statements of one `as_of`. Between rows it comes from the row's digest, so the order of arrival is
irrelevant; within one cell the later arrival stands higher, because there arrival is the only order that exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Final, NamedTuple

from engine.gather import corrections, events, quiet, restated
from engine.intake import hazards, pegs, quarantine, sources
from engine.intake.signal_rows import put, stated_at
from engine.intake.sources import FileMark
from engine.storage.journal import Entry, Writer
from engine.storage.sqlite import sqlite3
from engine.validation import oddities, reply_checks
from engine.validation.signal_checks import Sifted, row_digest, sift
from engine.values.text import clean
from engine.vocabulary.event_words import EVENT_KINDS
from engine.vocabulary.model import IngestResult, Refusal, SignalIn

__all__ = ["FileMark", "SourceBatch", "take"]

_EVENT_KINDS: Final = frozenset(EVENT_KINDS)
MANY_BAD: Final = 0.2
"""Share of refused records from which a source is reported as failing."""


@dataclass(frozen=True, slots=True)
class SourceBatch:
    """Rows of one source that are stored together, with the place where its reading goes on."""

    source: str
    kind: str
    """folder, http, or command (files given to `ingest`)."""
    identity: str
    """`event` or `state`: what makes a row the same as one before."""
    rows: Sequence[SignalIn | Refusal]
    file: str
    """Where the rows stood, for the places in quarantine."""
    cursor: str | None = None
    """The connector's own JSON, stored with the rows."""
    mark: FileMark | None = None
    """The file that the rows come from; it counts as taken with its `last` batch."""
    rows_before: int = 0
    last: bool = True
    expected_every: int | None = None
    """Microseconds between two deliveries, where the source has such an interval."""


class _Stored(NamedTuple):
    """How many signals were new, and where in the file they stood."""

    new: int
    lines: list[tuple[int, int, int]]
    """The numbers of the first and the last signal of a run of lines, and the line of the first."""


def take(connection: sqlite3.Connection, writer: Writer, now: int, batch: SourceBatch) -> IngestResult:
    """Store what is new in a batch and put what it touches on detection's work list.

    `now` is when we received it. Bad rows go to quarantine and the rest goes on; the result counts every row once as
    new, duplicate or quarantined. One journal entry says the counts. Runs inside the caller's write transaction.
    """
    sifted = sift(batch.source, batch.rows, batch.file)
    first_id = 1 + connection.execute("SELECT coalesce(max(id), 0) FROM signal").fetchone()[0]
    if batch.identity == "event":
        new, lines = _store_events(connection, batch.source, sifted.signals, sifted.digests, now, first_id)
        if new < len(sifted.signals):
            oddities.note_changed(connection, now, batch.source, sifted, first_id)
    else:
        new, lines = _store_states(connection, batch.source, sifted, now, first_id)
    if new:
        quiet.touch_orders(connection, first_id, now)
        _touch_places(connection, first_id)
        hazards.note(connection, now, first_id)
        if batch.identity == "state":
            restated.touch_left(connection, first_id)
        if sifted.detailed or any(signal[1] in _EVENT_KINDS for signal in sifted.signals):
            events.note(connection, first_id)
        if sifted.detailed:
            reply_checks.note(connection, first_id)
            events.note_unknown_codes(connection, now, batch.source, first_id)
            pegs.touch_taken_back(connection, corrections.note(connection, batch.source, first_id))
        pegs.touch_signals(connection, first_id, restatable=batch.identity == "state")
    if sifted.drills:
        drills = _store_drills(connection, batch.source, sifted.drills, now)
        new, lines = new + drills.new, lines + drills.lines
    sound = len(sifted.signals) + len(sifted.drills)
    result = IngestResult(read=len(batch.rows), new=new, duplicate=sound - new, quarantined=len(sifted.refusals))
    fresh = quarantine.hold(connection, batch.source, sifted.refusals, now)
    _note_source(connection, now, batch, result, first_id, fresh)
    if batch.mark is not None:
        taken = batch.rows_before + len(batch.rows)
        sources.mark_file(connection, now, batch.source, batch.mark, rows_taken=taken, last=batch.last)
    if batch.rows:
        counts = {"read": result.read, "new": new, "duplicate": result.duplicate, "quarantined": result.quarantined}
        after = {"file": clean(batch.file), **counts, **({"lines": lines} if new and lines else {})}
        writer.write(Entry("ingest", "source", batch.source, {}, after, reason=_many_bad(batch, result)))
    return result


# storing --------------------------------------------------------------------------------------------------------------


def _store_events(
    connection: sqlite3.Connection,
    source: str,
    signals: Sequence[SignalIn],
    digests: Sequence[bytes],
    now: int,
    first_id: int,
) -> _Stored:
    """Insert the events that are not known yet."""
    ties = [
        number if at is None else int.from_bytes(digest[8:], "big") >> 1
        for number, (at, digest) in enumerate(zip(stated_at(signals), digests, strict=True), first_id)
    ]
    new = put(connection, source, signals, digests, digests, ties, first_id=first_id, now=now, restatable=False)
    return _Stored(new, _lines(connection, signals, first_id, new))


def _store_drills(connection: sqlite3.Connection, source: str, drills: Sequence[SignalIn], now: int) -> _Stored:
    """Insert the drills that are not known yet, so that they hold at no time."""
    first_id = 1 + connection.execute("SELECT coalesce(max(id), 0) FROM signal").fetchone()[0]
    digests = [row_digest(f"{source}\0drill", f"{drill.source_id}\0{_content(drill).hex()}") for drill in drills]
    stored = _store_events(connection, source, drills, digests, now, first_id)
    corrections.note_drills(connection, first_id)
    return stored


def _store_states(connection: sqlite3.Connection, source: str, sifted: Sifted, now: int, first_id: int) -> _Stored:
    """Insert the statements that differ from the last one of their cell."""
    times = stated_at(sifted.signals)
    cells = [_cell(digest, at) for digest, at in zip(sifted.digests, times, strict=True)]
    last = _last_statements(connection, cells)
    changed: set[bytes] = set()
    signals: list[SignalIn] = []
    digests: list[bytes] = []
    keys: list[bytes] = []
    ties: list[int] = []
    for signal, digest, at, cell in zip(sifted.signals, sifted.digests, times, cells, strict=True):
        content = _content(signal)
        previous_content, previous_key = last.get(cell, (b"", b""))
        if content == previous_content:
            continue
        dedup_key = blake2b(cell + content + previous_key, digest_size=16).digest()
        last[cell] = (content, dedup_key)
        changed.add(cell)
        number = first_id + len(signals)
        ties.append(number if at is None else int.from_bytes(digest[8:12], "big") >> 1 << 32 | number & 0xFFFFFFFF)
        signals.append(signal)
        digests.append(digest)
        keys.append(dedup_key)
    new = put(connection, source, signals, digests, keys, ties, first_id=first_id, now=now, restatable=True)
    connection.executemany(
        "INSERT INTO source_row(key, content, dedup_key) VALUES (?, ?, ?)"
        " ON CONFLICT(key) DO UPDATE SET content = excluded.content, dedup_key = excluded.dedup_key",
        ((bytearray(cell), *map(bytearray, last[cell])) for cell in sorted(changed)),
    )
    return _Stored(new, _lines(connection, signals, first_id, new))


def _lines(
    connection: sqlite3.Connection, signals: Sequence[SignalIn], first_id: int, new: int
) -> list[tuple[int, int, int]]:
    """Where the new ones of some signals, numbered from `first_id` on, stood in their file: one entry for each run of
    lines that go up with the numbers. The number of one that was known already may be another signal's next."""
    numbers: Iterable[int] = range(first_id, first_id + len(signals))
    if new < len(signals):
        query = "SELECT id FROM signal WHERE id >= ? AND id < ? ORDER BY id"
        numbers = [number for (number,) in connection.execute(query, (first_id, first_id + len(signals)))]
    runs: list[tuple[int, int, int]] = []
    for number in numbers:
        line = signals[number - first_id].line
        if line is None:
            continue
        begin, _, start = runs[-1] if runs else (number, number, -1)
        if line - number == start - begin:
            runs[-1] = begin, number, start
        else:
            runs.append((number, number, line))
    return runs


def _cell(digest: bytes, stated_at: int | None) -> bytes:
    """What a statement is about: its row, as of its own time where it has one."""
    return digest if stated_at is None else digest + stated_at.to_bytes(8, "big", signed=True)


def _content(signal: SignalIn) -> bytes:
    """Digest of all mapped fields; an absent text and an empty one are the same."""
    (_, kind, occurred_at, recorded_at, order_kind, ref, item, site, party, quantity, uom, eta, status, payload, _,
     detail) = signal  # fmt: skip
    # Clean text holds no NUL, so the fields cannot run into each other.
    text = (
        f"{kind}\0{occurred_at}\0{recorded_at}\0{order_kind or ''}\0{ref or ''}\0{item or ''}\0{site or ''}\0"
        f"{party or ''}\0{None if quantity is None else float(quantity)}\0{uom or ''}\0{eta}\0{status or ''}\0{payload}"
    )
    if detail:
        text = f"{text}\0{detail}"
    return blake2b(text.encode(), digest_size=16).digest()


def _last_statements(connection: sqlite3.Connection, cells: Sequence[bytes]) -> dict[bytes, tuple[bytes, bytes]]:
    """Content and dedup_key of the last statement of each cell that has one."""
    found: dict[bytes, tuple[bytes, bytes]] = {}
    remaining = iter(dict.fromkeys(cells))
    while chunk := list(islice(remaining, 10_000)):
        query = f"SELECT key, content, dedup_key FROM source_row WHERE key IN ({','.join('?' * len(chunk))})"
        for cell, content, dedup_key in connection.execute(query, [bytearray(cell) for cell in chunk]):
            found[cell] = (content, dedup_key)
    return found


def _touch_places(connection: sqlite3.Connection, first_id: int) -> None:
    """Put the items at sites that the signals from `first_id` on are about on detection's work list.

    NOT INDEXED holds SQLite to the few new rows.
    """
    connection.execute(
        "INSERT INTO touched(type, a, b) SELECT DISTINCT 'stock', item, site FROM signal NOT INDEXED WHERE id >= ?"
        " AND order_ref IS NULL AND item IS NOT NULL AND site IS NOT NULL ORDER BY item, site ON CONFLICT DO NOTHING",
        (first_id,),
    )
    connection.execute(
        "INSERT INTO stock_point(item, site) SELECT DISTINCT item, site FROM signal NOT INDEXED"
        " WHERE id >= ? AND kind IN ('stock', 'demand') ORDER BY item, site ON CONFLICT DO NOTHING",
        (first_id,),
    )


def _note_source(
    connection: sqlite3.Connection, now: int, batch: SourceBatch, result: IngestResult, first_id: int, fresh: int
) -> None:
    """Bring the source's row up to date: when it was heard, how it fares, where its reading goes on."""
    heard = now if result.new or result.duplicate else None
    error = _many_bad(batch, result)
    recorded = oddities.note_new(connection, now, batch.source, first_id)
    connection.execute(
        "INSERT INTO source(name, kind, expected_every, first_seen_at, last_received_at, last_recorded_at, last_error,"
        " last_error_at, cursor, signals, duplicates, quarantined)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce(?9, '{}'), ?10, ?11, ?12)"
        " ON CONFLICT(name) DO UPDATE SET expected_every = coalesce(?3, expected_every),"
        " last_received_at = coalesce(?5, last_received_at),"
        " last_recorded_at = max(coalesce(?6, last_recorded_at), coalesce(last_recorded_at, ?6)),"
        " last_error = ?7, last_error_at = coalesce(?8, last_error_at), cursor = coalesce(?9, cursor),"
        " signals = signals + ?10, duplicates = duplicates + ?11, quarantined = quarantined + ?12",
        (
            batch.source, batch.kind, batch.expected_every, now, heard, recorded, error, now if error else None,
            batch.cursor, result.new, result.duplicate, fresh,
        ),
    )  # fmt: skip
    sources.touch(connection, batch.source)


def _many_bad(batch: SourceBatch, result: IngestResult) -> str | None:
    """A sentence where the share of refused records is suspicious: the good ones are taken all the same."""
    if result.quarantined <= MANY_BAD * result.read:
        return None
    bad, read = result.quarantined, result.read
    return f"{clean(batch.file)}: {bad} of {read} records could not be taken; `offplan quarantine` says why"
