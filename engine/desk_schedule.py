"""The desk's schedule: the load of owners, planning open actions anew, and starts by hand.

Commands as in engine.desk_commands. With `preview` everything is worked out and said as it would be, and nothing is
kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.desk_commands import DeskCommands, Expect
from engine.vocabulary.model import Outcome

if TYPE_CHECKING:
    from engine.desk_base import View
    from engine.deviations.command_context import CommandContext
    from engine.schedule.rescheduling import Asked
    from engine.vocabulary.scheduling import Replan


class DeskSchedule(DeskCommands):
    """One method for each question and command about when open actions are done."""

    def owner_load(self, days: int = 7, most: int | None = None) -> dict[str, Any]:
        """The load of every owner for so many days from today on (engine.schedule.loads): what is planned and due,
        what cannot be done, and who could take it; of each day and owner `most` actions are named, and all without it.

        Raises BadInput for less than one day or more than a year.
        """
        from engine.schedule import loads

        with self._reading() as view:
            return loads.loads(*view, self._planner(), days, most)

    def replan(self, *, preview: bool = False) -> Outcome:
        """Plan all open actions anew: what cannot stay is shifted, what is late is pulled, what was moved comes back.

        What somebody has accepted is only proposed; the notes say why each one moves.
        """
        from engine.schedule import rescheduling

        return self._planned(None, lambda _: {}, rescheduling.replan, preview=preview)

    def reschedule(self, ids: Sequence[str], *, start_at: int, preview: bool = False, expect: Expect = None) -> Outcome:
        """Give actions another start (UTC microseconds; the next working time from it on), and move what has to give
        way.

        Raises BadInput for a start that has passed; Refused where an action has begun, or cannot begin then because of
        what it needs or what its owner is at.
        """
        from engine.schedule import rescheduling

        return self._planned(
            expect,
            lambda context: rescheduling.choose(context, ids, start_at),
            lambda context, asked, found: rescheduling.reschedule(context, ids, asked, found),
            preview=preview,
        )

    def agree(self, ids: Sequence[str], *, expect: Expect = None) -> Outcome:
        """Agree to the starts that are proposed for accepted actions. Raises Refused where none is."""
        from engine.schedule import rescheduling

        return self._command(expect, lambda context: rescheduling.agree(context, ids))

    def keep(self, ids: Sequence[str], *, reason: str | None = None, expect: Expect = None) -> Outcome:
        """Keep actions where they are: no move is proposed again until a person gives them another start."""
        from engine.schedule import rescheduling

        return self._command(expect, lambda context: rescheduling.keep(context, ids, reason=reason))

    def _planned(
        self,
        expect: Expect,
        choose: Callable[[CommandContext], Mapping[str, int]],
        carry_out: Callable[[CommandContext, Asked, Replan], None],
        *,
        preview: bool,
    ) -> Outcome:
        """Ask the planner about what stands now and write its answer if that still stands; else ask again.

        So nobody waits for the planner. Raises OutrunError where others are always quicker.
        """
        from engine.commands import outrun
        from engine.schedule import rescheduling

        self._refuse_readonly()
        planner = self._planner()

        def attempt() -> Outcome:
            with self._reading() as view:
                asked = rescheduling.ask(*view, choose(self._looking(view, expect)))
            found = planner.replan(asked.actions, asked.world, asked.chosen)
            return self._scheduled(expect, lambda context: carry_out(context, asked, found), preview=preview)

        return outrun.in_time(attempt)

    def _scheduled(self, expect: Expect, carry_out: Callable[[CommandContext], None], *, preview: bool) -> Outcome:
        if not preview:
            return self._command(expect, carry_out)
        from engine.deviations.command_context import CommandContext

        outcome: list[Outcome] = []
        with self._tried() as transaction:
            context = CommandContext(*transaction, actor=self.actor, expect=expect or {}, planner=self.planner)
            carry_out(context)
            outcome.append(context.outcome())
        return outcome[0]

    def _looking(self, view: View, expect: Expect) -> CommandContext:
        """What a command looks around in before it is carried out; nothing is written in it."""
        from engine.deviations.command_context import CommandContext

        writer = self._writer(view.connection, view.now)
        return CommandContext(view.connection, writer, view.now, actor=self.actor, expect=expect or {})
