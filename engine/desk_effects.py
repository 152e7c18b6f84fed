"""The desk's side towards whoever carries out effects outside: what is due, begun or finished, and what a process that
is gone has left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.desk_base import DeskBase

if TYPE_CHECKING:
    from engine.commands.effects import Effect


class DeskEffects(DeskBase):
    """Effects of steps `notify` and `http` (engine.commands.effects), carried out by the one feeder."""

    def due_effects(self) -> list[Effect]:
        """The effects of steps `notify` and `http` that are to be carried out now, the longest ready first."""
        from engine.commands import effects

        with self._reading() as view:
            return effects.due(view.connection)

    def begin_effect(self, action: str) -> Effect:
        """Record, durably, that an effect begins: before it is carried out. Raises Refused where it is not due."""
        from engine.commands import effects
        from engine.storage import journal

        with self._writing(journal.SYSTEM) as transaction:
            return effects.begin(self._by_rule(transaction), action)

    def finish_effect(
        self,
        effect: Effect,
        outcome: str,
        reason: str | None = None,
        answer: object = None,
        failure: str | None = None,
    ) -> bool:
        """Record how a begun effect ended (effects.OUTCOMES): its action is done, failed, or in doubt.

        `answer` is the JSON that the called system gave, where `effect.asks` for it; `failure`, of terms.FAILURES, why
        it failed. False when it was settled meanwhile.
        """
        from engine.commands import effects
        from engine.storage import journal

        with self._writing(journal.SYSTEM) as transaction:
            return effects.finish(
                self._by_rule(transaction), effect.action, effect.attempt, outcome, reason, answer, failure
            )

    def recover_effects(self) -> list[str]:
        """Settle what a process that is gone had begun, by `side_effect`; the ids of the actions that are in doubt now.

        Only for the holder of the feeder's lease, before it carries out any effect.
        """
        from engine.commands import effects
        from engine.storage import journal

        with self._reading() as view:
            begun = view.connection.execute("SELECT EXISTS (SELECT 1 FROM effect WHERE state = 'begun')").fetchone()[0]
        if not begun:
            return []
        with self._writing(journal.SYSTEM) as transaction:
            return effects.recover(self._by_rule(transaction))
