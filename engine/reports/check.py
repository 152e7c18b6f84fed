"""What is wrong with a desk file and what runs on it, and how to mend it: the findings of `offplan check`.

Each is an engine.vocabulary.check_findings.CheckFinding; those on the data come from engine.judging.data_findings. Only
reads; settings and playbooks are checked where they are read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from engine.actions import offers
from engine.detect import stale_feed, tolerance_rules
from engine.gather import feeds
from engine.handoffs import channel_health
from engine.judging import data_findings
from engine.options.option_costs import missing_factor, modes
from engine.storage import journal
from engine.storage.sqlite import sqlite3
from engine.storage.store import Store, wal_is_safe
from engine.values.clock import MINUTE, iso
from engine.values.text import clean
from engine.values.zones import is_known
from engine.vocabulary import emissions, settings
from engine.vocabulary.check_findings import SEVERITIES, CheckFinding, as_error, as_note, as_warning
from engine.vocabulary.lifecycle import ACTION_OPEN_STATES
from engine.vocabulary.terms import Terms

_TIMERS_LATE: Final = 5 * MINUTE
"""A feeder looks every second; this is no hesitation any more."""


def check(store: Store, now: int, calendars: Sequence[tuple[str, str]] = ()) -> list[CheckFinding]:
    """Everything that is wrong at the desk's instant `now`, errors first; empty when all is well.

    `calendars` are the owners whose calendars or absences the planner cannot follow, with why.
    """
    connection = store.connection
    findings = [
        *_database(store),
        *_journal(connection, now),
        *_permissions(store),
        *_feeds(connection, now),
        *_quarantine(connection),
        *channel_health.findings(connection),
        *data_findings.of(connection, now),
        *_owners(connection),
        *_calendars(calendars),
        *_zones(connection),
        *_orphans(connection),
        *_timers(connection, now),
        *_offers(connection),
        *_factors(connection),
    ]
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding["severity"]))


def _database(store: Store) -> Iterator[CheckFinding]:
    place = str(store.path)
    try:
        for (said,) in store.connection.execute("PRAGMA quick_check"):
            if said != "ok":
                yield as_error(place, f"the file is damaged ({said})", "restore the last backup")
        for table, row, parent, _ in store.connection.execute("PRAGMA foreign_key_check"):
            yield as_error(place, f"{table} row {row} names a {parent} that is not there", "restore the last backup")
    except sqlite3.DatabaseError as error:
        yield as_error(place, f"the file is damaged ({error})", "restore the last backup")
    if not wal_is_safe(sqlite3.sqlite_version_info):
        yield as_warning(
            place,
            f"SQLite {sqlite3.sqlite_version} has the WAL-reset fault, so the {store.journal_mode} journal is used;"
            " readers and writers wait for each other",
            "install pysqlite3, or SQLite 3.51.3 or newer",
        )


def _journal(connection: sqlite3.Connection, now: int) -> Iterator[CheckFinding]:
    broken = journal.verify(connection)
    if broken is not None:
        mend = "compare with a backup or a printed head; what follows this entry cannot be trusted"
        yield as_error(
            f"journal entry {broken}", "it does not follow from the entry before it: somebody edited it", mend
        )
    latest = connection.execute("SELECT max(at) FROM journal").fetchone()[0]
    if latest is not None and latest > now + MINUTE:
        mend = "set the machine's clock, or drop --now"
        yield as_warning("clock", f"it is {iso(now)}, and the journal already holds {iso(latest)}", mend)


def _permissions(store: Store) -> Iterator[CheckFinding]:
    for suffix in ("", "-wal", "-shm", ".lock"):
        path = store.path.with_name(store.path.name + suffix)
        try:
            mode = stat.S_IMODE(os.stat(path).st_mode)
        except FileNotFoundError:
            continue
        if mode & 0o077:
            yield as_error(str(path), f"others may use it (mode {mode:04o})", f"chmod 600 {path}")
    folder = store.path.parent
    mode = os.stat(folder).st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        yield as_error(str(folder), "everybody may replace the files in it", f"chmod 700 {folder}")


def _feeds(connection: sqlite3.Connection, now: int) -> Iterator[CheckFinding]:
    found = connection.execute("SELECT name, kind, last_error FROM source ORDER BY name").fetchall()
    errors = {name: (kind, error) for name, kind, error in found}
    tolerances = tolerance_rules.load(connection)
    # Judged here and now, since a desk that nobody ticks does not open the deviation.
    for case in feeds.cases(connection, list(errors)):
        place = f"source {case.subject_id}"
        kind, error = errors[case.subject_id]
        if error is not None:
            again = "give it to `offplan ingest` again" if kind == "command" else "the feeder tries again"
            yield as_warning(place, f"it failed last: {error}", f"mend what it says; {again}")
        silent = stale_feed.judge(case.facts, tolerances.of(stale_feed.KIND, case.facts.subject()), now)
        if silent is not None:
            yield as_warning(place, silent.summary, "see whether it still delivers, and `offplan watch` runs")


def _quarantine(connection: sqlite3.Connection) -> Iterator[CheckFinding]:
    query = "SELECT source, count(*) FROM quarantine WHERE state = 'held' GROUP BY source ORDER BY source"
    for source, count in connection.execute(query).fetchall():
        records = "1 record is" if count == 1 else f"{count} records are"
        yield as_warning(f"source {source}", f"{records} in quarantine", "`offplan quarantine` says why")


def _owners(connection: sqlite3.Connection) -> Iterator[CheckFinding]:
    marks = ", ".join("?" * len(ACTION_OPEN_STATES))
    query = (
        f"SELECT owner, count(*) FROM action WHERE state IN ({marks}) AND owner NOT IN"
        " (SELECT key FROM plan_record WHERE kind = 'owner' AND to_version IS NULL) GROUP BY owner ORDER BY owner"
    )
    for owner, count in connection.execute(query, ACTION_OPEN_STATES).fetchall():
        actions = "1 open action is" if count == 1 else f"{count} open actions are"
        mend = f"load an owner {owner}, or `offplan assign` them to somebody"
        yield as_warning(f"owner {owner}", f"{actions} in the hands of nobody that the plan knows", mend)


def _calendars(amiss: Sequence[tuple[str, str]]) -> Iterator[CheckFinding]:
    by_fault: dict[str, list[str]] = {}
    for owner, fault in amiss:
        by_fault.setdefault(fault, []).append(owner)
    for fault, owners in by_fault.items():
        yield as_warning(f"owner {_some(owners)}", fault, "load the calendar, the owner or the absence anew")


def _zones(connection: sqlite3.Connection) -> Iterator[CheckFinding]:
    """Zones that the file names, and this machine does not know: what goes by them goes by UTC for now."""
    marks = ", ".join("?" * len(ACTION_OPEN_STATES))
    escalations = (
        "SELECT json_extract(step.value, '$.between[2]') AS zone, 'A' || action.id"
        " FROM action, json_each(action.terms, '$.escalations') AS step"
        f" WHERE zone IS NOT NULL AND action.state IN ({marks}) ORDER BY action.id"
    )
    named = [
        (settings.current(connection)["zone"], "the desk"),
        *connection.execute("SELECT zone, 'playbook ' || playbook FROM timetable WHERE zone IS NOT NULL ORDER BY 2"),
        *connection.execute(escalations, ACTION_OPEN_STATES),
    ]
    users: dict[str, dict[str, None]] = {}
    for zone, user in named:
        if not is_known(zone):
            users.setdefault(clean(str(zone))[:60], {})[user] = None
    for zone, found in users.items():
        fault = f"it is the zone of {_some(list(found))}, and this machine does not know it: UTC is taken for it"
        yield as_error(f"zone {zone}", fault, "bring its time zones up to date (package tzdata), or name another")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")


def _factors(connection: sqlite3.Connection) -> Iterator[CheckFinding]:
    """Modes that open decisions move goods by, and whose CO2e nobody knows."""
    known = emissions.factors(settings.current(connection)["emissions"])
    marks = ", ".join("?" * len(ACTION_OPEN_STATES))
    query = f"SELECT id, terms FROM action WHERE kind = 'decision' AND state IN ({marks}) ORDER BY id"
    lacking: dict[str, list[str]] = {}
    for number, terms in connection.execute(query, ACTION_OPEN_STATES).fetchall():
        for mode in modes(Terms.load(terms).options) - set(known):
            lacking.setdefault(mode, []).append(f"A{number}")
    for mode, actions in sorted(lacking.items()):
        fault = f"it has no factor of CO2e, so what it emits is not known in {', '.join(actions[:5])}"
        yield as_warning(f"mode {mode}", fault, missing_factor(mode))


def _orphans(connection: sqlite3.Connection) -> Iterator[CheckFinding]:
    """Actions that are open although their response has ended: commands refuse them, and none leads there any more."""
    marks = ", ".join("?" * len(ACTION_OPEN_STATES))
    query = (
        "SELECT response_id, response.state, action.id FROM action JOIN response ON response.id = response_id"
        f" WHERE action.state IN ({marks}) AND response.state != 'running' ORDER BY response_id, action.id"
    )
    found = connection.execute(query, ACTION_OPEN_STATES).fetchall()
    for (response, state), open_ones in groupby(found, key=lambda row: row[:2]):
        ids = [f"A{number}" for _, _, number in open_ones]
        fault = f"it is {state}, and {', '.join(ids)} {'is' if len(ids) == 1 else 'are'} still open"
        mend = f'`offplan cancel {" ".join(ids)} --reason "R{response} is {state}"`'
        yield as_error(f"response R{response}", fault, mend)


def _offers(connection: sqlite3.Connection) -> Iterator[CheckFinding]:
    """Deviations that are over by themselves while actions of their responses may not be needed any more."""
    for offer in offers.standing(connection):
        mend = "`offplan actions --where offered!=none` lists them, each with its command"
        place = f"deviation D{offer.deviation}"
        yield as_note(place, f"it is over by itself, and of R{offer.response} {offer.words()}", mend)


def _timers(connection: sqlite3.Connection, now: int) -> Iterator[CheckFinding]:
    """What time alone should have done, and actions at work that have no time: nobody would look at them again."""
    late = connection.execute(
        "SELECT 'A' || subject, min(due_at) FROM timer WHERE due_at < ? GROUP BY subject ORDER BY 2, subject",
        (now - _TIMERS_LATE,),
    ).fetchall()
    if late:
        named = ", ".join(identity for identity, _ in late[:5]) + (
            f" and {len(late) - 5} more" if len(late) > 5 else ""
        )
        fault = f"what time does to {named} is due since {iso(late[0][1])}"
        yield as_warning("timers", fault, "run `offplan watch`, or `offplan tick`")
    for playbook, due_at in connection.execute(
        "SELECT playbook, min(due_at) FROM timetable WHERE due_at < ? GROUP BY playbook", (now - _TIMERS_LATE,)
    ).fetchall():
        mend = (
            "run `offplan watch`, or `offplan tick`; where `offplan playbook lint` finds errors in it, mend those first"
        )
        yield as_warning(f"playbook {playbook}", f"it was to begin {iso(due_at)}, and has not", mend)
    lost = connection.execute(
        "SELECT 'A' || action.id FROM action JOIN response ON response.id = response_id WHERE response.state = 'running'"
        " AND action.kind IN ('task', 'decision') AND action.state IN ('ready', 'assigned', 'in_progress', 'waiting')"
        " AND NOT EXISTS (SELECT 1 FROM timer WHERE subject = action.id AND due_at IS NOT NULL) ORDER BY action.id"
    ).fetchall()
    for (identity,) in lost:
        mend = f"`offplan assign {identity} --to OWNER` sets it anew"
        yield as_error(
            f"action {identity}", "it is at work, and no time is set at which somebody looks at it again", mend
        )
