"""The desk's side towards playbooks as they are now: what they state of remedies and times, and what begins at such
a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.desk_base import DeskBase
from engine.values.errors import NotFound, OffplanError

if TYPE_CHECKING:
    from engine.vocabulary.planning import Planner


class DeskTimes(DeskBase):
    """What the playbooks state beside what a response asks of them."""

    def follow_playbooks(self) -> bool:
        """Keep what the playbooks state as they are now: times at which they begin, and how long remedies take; true
        when the latter changed anything, which is then on the work list. Without playbooks what is kept stays."""
        from engine.commands import timetable
        from engine.ranking import remedies

        if self.planner is None or self.readonly:
            return False
        with self._reading() as view:
            known = remedies.known(view.connection)
        found = self.planner.remedies(known)
        if found is None:
            return False
        stated = self.planner.timetable()
        with self._writing() as transaction:
            timetable.keep(transaction.connection, transaction.now, stated, self.planner.may_be_kept_out)
            return remedies.keep(transaction.connection, found)

    def timetable(self) -> list[dict[str, Any]]:
        """Playbooks that begin at stated times, the next one due first: playbook, at, due_at, ran_at, and what was
        said of it then (engine.commands.timetable)."""
        from engine.commands import timetable

        with self._reading() as view:
            return timetable.listed(view.connection)

    def _begin_stated(self) -> int:
        """Begin what playbooks begin at a time that has come, each time in a transaction of its own; how many
        responses."""
        from engine.vocabulary.stated_times import FARTHEST

        if self.planner is None:
            return 0
        with self._reading() as view:
            query = "SELECT EXISTS (SELECT 1 FROM timetable WHERE due_at <= ? OR due_at > ?)"
            if not view.connection.execute(query, (view.now, view.now + FARTHEST)).fetchone()[0]:
                return 0
        return self._begin_due(self.planner)

    def _begin_due(self, planner: Planner) -> int:
        # Only now: the tick of every second should not pay for what commands read.
        from engine.commands import timetable
        from engine.storage import journal

        with self._writing(journal.SYSTEM) as transaction:
            timetable.count_anew(*transaction)
        with self._reading() as view:
            waiting = timetable.due(*view)
        begun = 0
        try:
            stated = {(each.playbook, each.trigger) for each in planner.timetable()}
        except OffplanError:
            # Their folder cannot be read for now; who asks for a playbook is told why.
            return 0
        for row in waiting:
            if (row["playbook"], row["trigger"]) not in stated:
                # Its file has errors, and another playbook of that name may stand in for it.
                continue
            try:
                with self._reading() as view:
                    matching = timetable.matching(*view, planner, row)
            except NotFound:
                # A desk with that playbook is due to do it.
                continue
            with self._writing(journal.SYSTEM) as transaction:
                begun += timetable.begin(self._by_rule(transaction), planner, row, matching)
        return begun
