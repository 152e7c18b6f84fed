"""What a step says besides who and when, resolved for one response: people for roles, texts filled in, minutes for
durations.

The words are the schema's (playbooks.language.step_shapes), the values the engine's (engine.vocabulary.terms).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.vocabulary.terms import Above, Between, Escalation, Terms
from playbooks.language.roles import UNASSIGNED
from playbooks.planning.settling import Slot, later, limit_of, with_amounts
from playbooks.working_time.durations import clock_minutes

if TYPE_CHECKING:
    from playbooks.language.option_shapes import Option
    from playbooks.language.step_shapes import Step
    from playbooks.language.term_shapes import Due, Escalate, FormField, Who
    from playbooks.planning.ownership import Ownership
    from playbooks.planning.scopes import Scope


@dataclass(frozen=True, slots=True)
class InScope:
    """What of a planning run the terms of one step are made of."""

    scope: Scope
    owners: Ownership
    warnings: list[str]
    now: int
    due: Callable[[Due | None, str, int, int], tuple[int, str]]
    """Due instant and reason of a rule, for an owner, from when the step is ready and ends."""
    item: str | None = None
    """Of a `foreach`: which one it is for."""
    slot: Slot | None = None
    """Of a `foreach` whose list is published: which item it is for."""
    asked_later: bool = False
    """Its condition hangs on what another step publishes."""

    def owner(self, who: Who) -> tuple[str, str]:
        """The person that is meant, and why."""
        return self.owners.of(who, self.scope)


def terms_of(step: Step, owner: str, run: InScope) -> Terms:
    """The terms of a step that `owner` gets."""
    key = step.idempotency_key
    return Terms(
        kind=step.kind,
        item=run.item,
        join=step.enough if step.enough < len(step.needs) else None,
        form=tuple(_question_of(each) for each in step.form or ()),
        ack_within_minutes=clock_minutes(step.ack_within) if step.ack_within is not None else None,
        escalations=tuple(_escalations(step, owner, run)),
        retry_count=step.retry.count if step.retry is not None else 0,
        retry_delay_minutes=clock_minutes(step.retry.delay) if step.retry is not None else 0,
        retry_when=tuple(step.retry.when or ()) if step.retry is not None else (),
        side_effect=step.side_effect or "none",
        idempotency_key=run.scope.fill(key) if key is not None else None,
        effect=_effect(step, owner, run),
        options=tuple(_option(each, run) for each in step.options or ()),
        weights=step.weights.model_dump(exclude_none=True) if step.weights is not None else {},
        reverse=step.reverse,
        publish=step.publish or {},
        late=later(step, run.scope, asked=run.asked_later, slot=run.slot),
    )


def _option(option: Option, run: InScope) -> dict[str, Any]:
    """An option as engine.options.option_effects and engine.options.option_costs read it."""
    said = {**option.model_dump(exclude_none=True), "title": run.scope.fill(option.title)}
    return with_amounts(said, run.scope.numbers)


def approval_of(step: Step, run: InScope) -> dict[str, Any] | None:
    """Who has to approve the step, as engine.vocabulary.planning.PlannedAction says it."""
    if step.approval is None:
        return None
    from playbooks.language.term_shapes import Who

    owner, because = run.owner(Who(role=step.approval.role))
    limit = step.approval.above
    return {
        "role": step.approval.role,
        "owner": owner,
        "because": because,
        "amount": limit_of(limit.model_dump(), run.scope.numbers) if limit is not None else None,
        "currency": limit.currency if limit is not None else None,
    }


def _question_of(field: FormField) -> dict[str, Any]:
    """A form's field as engine.actions.answers reads it."""
    question = {"name": field.name, "type": field.type, "title": field.title or field.name.replace("_", " ")}
    return {**question, "required": field.required, **({"enum": list(field.enum)} if field.enum else {})}


def _escalations(step: Step, owner: str, run: InScope) -> list[Escalation]:
    """The chain, without those who have the action already: asking them again changes nothing."""
    chain: list[Escalation] = []
    holder = owner
    for each in step.escalate or ():
        person, because = run.owner(each.to)
        if person == holder:
            lead = run.owners.roster.lead(holder)
            if lead is None:
                run.warnings.append(f"step {step.id}: the escalation finds nobody but {holder}, who has it already")
                continue
            person, because = lead, f"{because}, who has it already; the desk lead takes it"
        if person == UNASSIGNED:
            # Handing on to nobody takes it from somebody; that there is no lead is a warning already.
            continue
        fallback = run.owners.roster.lead(person, holder)
        chain.append(Escalation(clock_minutes(each.after), person, because, fallback, _between(each), _above(each)))
        holder = person
    return chain


def _between(step: Escalate) -> Between | None:
    said = step.between
    return Between(said.start, said.to, said.tz) if said is not None else None


def _above(step: Escalate) -> Above | None:
    said = step.above
    return Above(said.signals, clock_minutes(said.within)) if said is not None else None


def _effect(step: Step, owner: str, run: InScope) -> dict[str, Any]:
    if step.notify is not None:
        to = list(dict.fromkeys(run.owner(who)[0] for who in step.notify.to))
        return {"to": to, "message": run.scope.fill(step.notify.message)}
    if step.http is not None:
        return {"channel": step.http.channel, "body": _filled(step.http.body, run)}
    if step.wait is not None and step.wait.until is not None:
        return {"until": run.due(step.wait.until, owner, run.now, run.now)[0]}
    if step.wait is not None:
        return {"minutes": clock_minutes(step.wait.span or "")}
    return {"values": _filled(step.set_, run)} if step.set_ is not None else {}


def _filled(values: Mapping[str, Any], run: InScope) -> dict[str, Any]:
    return {name: run.scope.fill(value) if isinstance(value, str) else value for name, value in values.items()}
