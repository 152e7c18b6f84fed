"""How long remedies take, as the playbooks state it: the table `remedy`, which ranking reads and no playbook is read
for.

It is kept in the desk's file whenever the playbooks have changed (engine.vocabulary.planning.Planner.remedies), so that
every process on the file ranks alike, whether it has playbooks or not.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from engine.storage.sqlite import sqlite3
from engine.vocabulary.lifecycle import QUEUE_SQL
from engine.vocabulary.planning import Remedy

if TYPE_CHECKING:
    from engine.vocabulary.planning import Remedies

_KEY: Final = "remedies"
"""Of the meta row that has the stamp of the playbooks whose remedies are kept."""
_COLUMNS: Final = ", ".join(Remedy._fields)
_MARKS: Final = ", ".join("?" * len(Remedy._fields))
_LIVE: Final = (
    "SELECT kind, subject_type, subject_id, item, site, observed FROM deviation"
    f" WHERE state IN ({QUEUE_SQL}) AND kind IN (SELECT value FROM json_each(?))"
)


class StatedRemedies:
    """The remedies of a file: read when first asked for, since few judgements ask."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fastest(self, slot: tuple[str, str, str], severity: str, *, supply: bool) -> Remedy | None:
        """The fastest remedy stated for a deviation; `slot` is its kind, subject type and subject id."""
        kind, subject_type, _ = slot
        fitting = self._by_kind.get((kind, supply), ())
        return next(
            (each for each in fitting if each.subject_type in ("", subject_type) and each.severity in ("", severity)),
            None,
        )

    @functools.cached_property
    def _by_kind(self) -> dict[tuple[str, bool], list[Remedy]]:
        found: dict[tuple[str, bool], list[Remedy]] = {}
        for remedy in read(self._connection):
            found.setdefault((remedy.kind, remedy.supply), []).append(remedy)
        return found


def read(connection: sqlite3.Connection) -> list[Remedy]:
    """The remedies that are kept, the fastest first, of equals by name."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM remedy ORDER BY days, source, kind, subject_type, severity")
    return [remedy._replace(supply=bool(remedy.supply)) for remedy in map(Remedy._make, found)]


def known(connection: sqlite3.Connection) -> str | None:
    """The stamp of the playbooks whose remedies are kept."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    return None if row is None else str(row[0])


def keep(connection: sqlite3.Connection, remedies: Remedies) -> bool:
    """Keep what the playbooks state now; true where that is something else, and then what is live of the kinds that it
    is said of is on the work list."""
    from engine.intake import worklist
    from engine.storage.store import as_json, rows, set_meta

    set_meta(connection, _KEY, remedies.stamp)
    former, stated = set(read(connection)), set(remedies.stated)
    if former == stated:
        return False
    connection.execute("DELETE FROM remedy")
    connection.executemany(f"INSERT INTO remedy({_COLUMNS}) VALUES ({_MARKS})", sorted(stated))
    kinds = sorted({remedy.kind for remedy in former ^ stated})
    for row in rows(connection, _LIVE, (as_json(kinds),)):
        worklist.touch(connection, row)
    return True
