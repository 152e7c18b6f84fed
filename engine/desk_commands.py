"""The desk's commands: what a person decides, each one transaction that names who and why, and can be undone.

Ids are public ids (`D12`, `A7`, `R3`). `expect` maps an id to the version that the person saw: if the row has moved on
since, nothing is written and StaleVersion says who changed what; BadInput for an id that the command does not name. A
command over several ids carries out all or none. Every command raises NotFound for an unknown id, Refused where the
state does not allow it, and BadInput for an argument that cannot be used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.desk_base import DeskBase
from engine.vocabulary.model import Outcome

if TYPE_CHECKING:
    from engine.deviations.command_context import CommandContext

Expect = Mapping[str, int] | None


class DeskCommands(DeskBase):
    """One method for each command of a person."""

    def ack(self, ids: Sequence[str], *, to: str | None = None, expect: Expect = None) -> Outcome:
        """Take deviations into hand: acknowledged, owned by `to` or by the actor. An action: its owner accepts it."""
        from engine.commands import deviation_commands

        return self._command(expect, lambda context: deviation_commands.acknowledge(context, ids, to=to))

    def assign(self, ids: Sequence[str], *, to: str, expect: Expect = None) -> Outcome:
        """Give deviations or actions to another owner; one that has them already is noted, and nothing is written."""
        from engine.commands import deviation_commands

        return self._command(expect, lambda context: deviation_commands.assign(context, ids, to=to))

    def respond(
        self,
        ids: Sequence[str],
        *,
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
        expect: Expect = None,
    ) -> Outcome:
        """Answer deviations with a playbook (the best that applies): a response with owned, dated actions.

        Acknowledges an open deviation; it is `responding` once the first action starts. `inputs` are what the playbook
        asks for, by name. Refused while a response of the same playbook runs, and where its own rules keep it from
        starting (engine.commands.starting). Planned without the lock, and with it once others were quicker twice; what
        are too many for others to wait are planned once, and only what changed meanwhile is planned anew.
        """
        from engine.commands import outrun, responses

        planner = self._planner()

        def plan(asked: responses.Asked) -> list[responses.Planned]:
            return responses.plan(asked, planner, playbook, inputs or {})

        def attempt() -> Outcome:
            with self._reading() as view:
                asked = responses.ask(*view, ids)
            plans = plan(asked)
            if len(ids) > outrun.MOST_HELD:
                return self._command(expect, lambda context: responses.respond_to_many(context, asked, plans, plan))
            return self._command(expect, lambda context: responses.respond(context, asked, plans))

        def holding(context: CommandContext) -> None:
            asked = responses.ask(context.connection, context.now, ids)
            responses.respond(context, asked, plan(asked))

        few = len(ids) <= outrun.MOST_HELD
        return outrun.in_time(attempt, (lambda: self._command(expect, holding)) if few else None)

    def start(self, ids: Sequence[str], *, expect: Expect = None) -> Outcome:
        """Work on the actions has begun; the first start moves the deviation to `responding`."""
        from engine.commands import action_commands

        return self._command(expect, lambda context: action_commands.start(context, ids))

    def wait(self, ids: Sequence[str], *, reason: str, until: int | None = None, expect: Expect = None) -> Outcome:
        """The actions wait on somebody outside, until an instant if one is known."""
        from engine.commands import action_commands

        return self._command(expect, lambda context: action_commands.wait(context, ids, reason=reason, until=until))

    def done(
        self,
        ids: Sequence[str],
        *,
        reason: str | None = None,
        answers: Sequence[str] = (),
        cost: str | None = None,
        currency: str | None = None,
        expect: Expect = None,
    ) -> Outcome:
        """The actions are complete; one that was not started gets both stamps. What needed them becomes ready.

        `answers` as `NAME=VALUE` to what their steps ask; `cost` is what each cost, in the desk's currency unless
        named. Refused without the approval, or an answer, that a step asks for.
        """
        from engine.commands import completing

        return self._command(
            expect,
            lambda context: completing.done(context, ids, reason=reason, given=answers, cost=cost, currency=currency),
        )

    def approve(self, ids: Sequence[str], *, reason: str | None = None, expect: Expect = None) -> Outcome:
        """Approve actions that need it, as the named owner, somebody else of the function, or the desk lead."""
        from engine.commands import approving

        return self._command(expect, lambda context: approving.approve(context, ids, reason=reason))

    def decide(self, ids: Sequence[str], *, option: str, reason: str, expect: Expect = None) -> Outcome:
        """Choose an option of decisions, and complete them; what was known of every option then is kept with the
        choice."""
        from engine.commands import deciding

        return self._command(expect, lambda context: deciding.decide(context, ids, option=option, reason=reason))

    def fail(self, ids: Sequence[str], *, reason: str, expect: Expect = None) -> Outcome:
        """The actions did not work out; `reopen` tries again."""
        from engine.commands import action_commands

        return self._command(expect, lambda context: action_commands.fail(context, ids, reason=reason))

    def skip(self, ids: Sequence[str], *, reason: str, expect: Expect = None) -> Outcome:
        """The actions are not needed."""
        from engine.commands import action_commands

        return self._command(expect, lambda context: action_commands.skip(context, ids, reason=reason))

    def cancel(self, ids: Sequence[str], *, reason: str, expect: Expect = None) -> Outcome:
        """Call off actions, or whole responses with all their open actions."""
        from engine.commands import action_commands

        return self._command(expect, lambda context: action_commands.cancel(context, ids, reason=reason))

    def block(self, ids: Sequence[str], *, reason: str, expect: Expect = None) -> Outcome:
        """The actions cannot go on; `reopen` makes them ready again."""
        from engine.commands import action_commands

        return self._command(expect, lambda context: action_commands.block(context, ids, reason=reason))

    def snooze(self, ids: Sequence[str], *, until: int, reason: str | None = None, expect: Expect = None) -> Outcome:
        """Hide deviations from the queue until an instant (UTC microseconds); their state stays."""
        from engine.commands import deviation_commands

        return self._command(
            expect, lambda context: deviation_commands.snooze(context, ids, until=until, reason=reason)
        )

    def dismiss(self, ids: Sequence[str], *, reason: str, category: str = "accepted", expect: Expect = None) -> Outcome:
        """Judge deviations not worth acting on: they stay away until they clear once or become more severe.

        `category` of model.DISMISSALS is what the metrics of noise count by.
        """
        from engine.commands import deviation_commands

        return self._command(
            expect, lambda context: deviation_commands.dismiss(context, ids, reason=reason, category=category)
        )

    def silence(
        self, where: Sequence[str], *, reason: str, until: int | None = None, from_at: int | None = None
    ) -> Outcome:
        """Keep deviations that meet every `FIELD=PATTERN` (engine.deviations.silences) out of the queue, from now
        for a week unless other instants are given."""
        from engine.deviations import silences

        return self._command(
            None, lambda context: silences.add(context, where, reason=reason, until=until, from_at=from_at)
        )

    def change_silence(
        self,
        ids: Sequence[str],
        *,
        until: int | None = None,
        from_at: int | None = None,
        reason: str | None = None,
        expect: Expect = None,
    ) -> Outcome:
        """Give silences another end, or pending ones another start; what they match never changes."""
        from engine.deviations import silences

        return self._command(
            expect, lambda context: silences.change(context, ids, until=until, from_at=from_at, reason=reason)
        )

    def end_silences(self, ids: Sequence[str], *, reason: str | None = None, expect: Expect = None) -> Outcome:
        """End silences now: what they kept out of the queue and is still off plan stands in it at once."""
        from engine.deviations import silences

        return self._command(expect, lambda context: silences.end(context, ids, reason=reason))

    def merge(self, ids: Sequence[str], *, into: str, reason: str, expect: Expect = None) -> Outcome:
        """Join deviations to `into`, which stands in the queue: what is said about them belongs to that one from now
        on.

        They come back as new episodes where they are still off plan when that one is over.
        """
        from engine.deviations import merging

        return self._command(expect, lambda context: merging.merge(context, ids, into=into, reason=reason))

    def resolve(
        self,
        ids: Sequence[str],
        *,
        reason: str,
        outcome: str | None = None,
        cost: str | None = None,
        currency: str | None = None,
        expect: Expect = None,
    ) -> Outcome:
        """Close deviations as settled; the notes list the open actions, which stay open.

        `outcome` is what came of it and `cost` what it cost in all, in the desk's currency unless named, for the
        review. Refused while a running response requires its mandatory actions done (`close.requires`) and one is open.
        """
        from engine.commands import completing, deviation_commands

        def resolve(context: CommandContext) -> None:
            spent = completing.cost_of(context, cost, currency)
            deviation_commands.resolve(context, ids, reason=reason, outcome=outcome, cost=spent)

        return self._command(expect, resolve)

    def contain(self, ids: Sequence[str], *, reason: str | None = None, expect: Expect = None) -> Outcome:
        """Say that no further harm comes of deviations from now on, though they are not over: `contained_at`."""
        from engine.commands import deviation_commands

        return self._command(expect, lambda context: deviation_commands.contain(context, ids, reason=reason))

    def close(self, ids: Sequence[str], *, reason: str | None = None, expect: Expect = None) -> Outcome:
        """Be done with resolved deviations, after their review. Refused while actions of their responses are open."""
        from engine.commands import deviation_commands

        return self._command(expect, lambda context: deviation_commands.close(context, ids, reason=reason))

    def reverse(self, ids: Sequence[str], *, reason: str, expect: Expect = None) -> Outcome:
        """Take done actions back: the step that reverses each becomes an action of the same response."""
        from engine.commands import reversing

        return self._command(expect, lambda context: reversing.reverse(context, ids, reason=reason))

    def reopen(self, ids: Sequence[str], *, reason: str, expect: Expect = None) -> Outcome:
        """Take back an end: a resolved or dismissed deviation, a done, failed or blocked action, one in doubt."""
        from engine.commands import deviation_commands

        return self._command(expect, lambda context: deviation_commands.reopen(context, ids, reason=reason))

    def comment(self, ids: Sequence[str], *, text: str, expect: Expect = None) -> Outcome:
        """Write a remark into the history of deviations, actions or responses."""
        from engine.commands import deviation_commands

        return self._command(expect, lambda context: deviation_commands.comment(context, ids, text=text))

    def undo(self, txn: int | None = None, *, about: str | None = None) -> Outcome:
        """Take back the actor's last command (that changed `about`), or command `txn`, by compensating entries.

        Refused, with who did what, when something that the command wrote has moved on since. An undo is no command: the
        next one takes back what the actor did before, and its number is for `redo`.
        """
        from engine.commands import undo

        return self._command(None, lambda context: undo.undo(context, txn, about))

    def redo(self, txn: int | None = None) -> Outcome:
        """Take back the actor's last undo, or undo `txn`: what it took back stands again. It can be undone in its turn.

        Refused, with who did what, when something that the undo wrote has moved on since.
        """
        from engine.commands import undo

        return self._command(None, lambda context: undo.redo(context, txn))

    def _command(self, expect: Expect, carry_out: Callable[[CommandContext], Any]) -> Outcome:
        from engine.deviations.command_context import CommandContext

        with self._writing() as transaction:
            context = CommandContext(*transaction, actor=self.actor, expect=expect or {}, planner=self.planner)
            carry_out(context)
            return context.outcome()
