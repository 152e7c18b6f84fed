"""The desk's schedule: the load of owners, planning open actions anew, and starts by hand.

Commands as in engine.desk_commands. With `preview` everything is worked out and said as it would be, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine.desk_commands import DeskCommands, Expect
from engine.vocabulary.model import Outcome

if TYPE_CHECKING:
    from engine.deviations.command_context import CommandContext


class DeskSchedule(DeskCommands):
    """One method for each question and command about when open actions are done."""

    def owner_load(self, days: int = 7) -> dict[str, Any]:
        """The load of every owner for so many days from today on (engine.schedule.loads): what is planned and due, what cannot be
        done, and who could take it. Raises BadInput for less than one day or more than a year."""
        from engine.schedule import loads

        with self._reading() as view:
            return loads.loads(*view, self._planner(), days)

    def replan(self, *, preview: bool = False) -> Outcome:
        """Plan all open actions anew: what cannot stay is shifted, what is late is pulled, what was moved comes back.

        What somebody has accepted is only proposed; the notes say why each one moves.
        """
        from engine.schedule import rescheduling

        planner = self._planner()
        with self._reading() as view:
            prepared = rescheduling.prepare(*view, planner)
        return self._scheduled(None, lambda context: rescheduling.replan(context, planner, prepared), preview=preview)

    def reschedule(self, ids: Sequence[str], *, start_at: int, preview: bool = False, expect: Expect = None) -> Outcome:
        """Give actions another start (UTC microseconds; the next working time from it on), and move what has to give way.

        Raises BadInput for a start that has passed; Refused where an action has begun, or cannot begin then because of
        what it needs or what its owner is at.
        """
        from engine.schedule import rescheduling

        planner = self._planner()
        return self._scheduled(
            expect, lambda context: rescheduling.reschedule(context, planner, ids, start_at), preview=preview
        )

    def agree(self, ids: Sequence[str], *, expect: Expect = None) -> Outcome:
        """Agree to the starts that are proposed for accepted actions. Raises Refused where none is."""
        from engine.schedule import rescheduling

        return self._command(expect, lambda context: rescheduling.agree(context, ids))

    def keep(self, ids: Sequence[str], *, reason: str | None = None, expect: Expect = None) -> Outcome:
        """Keep actions where they are: no move is proposed again until a person gives them another start."""
        from engine.schedule import rescheduling

        return self._command(expect, lambda context: rescheduling.keep(context, ids, reason=reason))

    def _scheduled(self, expect: Expect, carry_out: Callable[[CommandContext], None], *, preview: bool) -> Outcome:
        if not preview:
            return self._command(expect, carry_out)
        from engine.deviations.command_context import CommandContext

        outcome: list[Outcome] = []
        with self._tried() as transaction:
            context = CommandContext(*transaction, actor=self.actor, expect=expect or {})
            carry_out(context)
            outcome.append(context.outcome())
        return outcome[0]
