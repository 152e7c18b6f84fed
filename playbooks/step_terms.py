"""What a step says besides who and when, resolved for one response: people for roles, texts filled in, minutes for durations.

The words are the schema's (playbooks.step_shapes), the values the engine's (engine.terms).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from engine.money import units
from engine.terms import Escalation, Terms
from playbooks.durations import clock_minutes
from playbooks.instructions import fill

if TYPE_CHECKING:
    from playbooks.option_shapes import Option
    from playbooks.roles import Roster
    from playbooks.step_shapes import Step
    from playbooks.term_shapes import Due, FormField, Who


class Run(Protocol):
    """What of a planning run is needed here."""

    roster: Roster
    warnings: list[str]

    @property
    def values(self) -> Mapping[str, str]:
        """What the names in texts stand for."""

    @property
    def now(self) -> int:
        """When it is planned."""

    def owner(self, who: Who) -> tuple[str, str]:
        """The person that is meant, and why."""

    def due(self, rule: Due | None, owner: str, ready: int, end: int) -> tuple[int, str]:
        """Due instant and reason of a rule."""


def terms_of(step: Step, owner: str, run: Run) -> Terms:
    """The terms of a step that `owner` gets."""
    key = step.idempotency_key
    return Terms(
        kind=step.kind,
        join=step.enough if step.enough < len(step.needs) else None,
        form=tuple(question_of(each) for each in step.form or ()),
        ack_within_minutes=clock_minutes(step.ack_within) if step.ack_within is not None else None,
        escalations=tuple(_escalations(step, owner, run)),
        retry_count=step.retry.count if step.retry is not None else 0,
        retry_delay_minutes=clock_minutes(step.retry.delay) if step.retry is not None else 0,
        side_effect=step.side_effect or "none",
        idempotency_key=fill(key, run.values) if key is not None else None,
        effect=_effect(step, owner, run),
        options=tuple(_option(each, run) for each in step.options or ()),
        weights=step.weights.model_dump(exclude_none=True) if step.weights is not None else {},
        reverse=step.reverse,
    )


def _option(option: Option, run: Run) -> dict[str, Any]:
    """An option as engine.option_effects and engine.option_costs read it."""
    return {**option.model_dump(exclude_none=True), "title": fill(option.title, run.values)}


def approval_of(step: Step, run: Run) -> dict[str, Any] | None:
    """Who has to approve the step, as engine.planning.PlannedAction says it."""
    if step.approval is None:
        return None
    from playbooks.term_shapes import Who

    owner, because = run.owner(Who(role=step.approval.role))
    limit = step.approval.above
    return {
        "role": step.approval.role,
        "owner": owner,
        "because": because,
        "amount": round(limit.amount * units(limit.currency)) if limit is not None else None,
        "currency": limit.currency if limit is not None else None,
    }


def question_of(field: FormField) -> dict[str, Any]:
    """A form's field as engine.answers reads it."""
    question = {"name": field.name, "type": field.type, "title": field.title or field.name.replace("_", " ")}
    return {**question, "required": field.required, **({"enum": list(field.enum)} if field.enum else {})}


def _escalations(step: Step, owner: str, run: Run) -> list[Escalation]:
    """The chain, without those who have the action already: asking them again changes nothing."""
    chain: list[Escalation] = []
    holder = owner
    for each in step.escalate or ():
        person, because = run.owner(each.to)
        if person == holder:
            lead = run.roster.lead(holder)
            if lead is None:
                run.warnings.append(f"step {step.id}: the escalation finds nobody but {holder}, who has it already")
                continue
            person, because = lead, f"{because}, who has it already; the desk lead takes it"
        chain.append(Escalation(clock_minutes(each.after), person, because, run.roster.lead(person, holder)))
        holder = person
    return chain


def _effect(step: Step, owner: str, run: Run) -> dict[str, Any]:
    if step.notify is not None:
        to = list(dict.fromkeys(run.owner(who)[0] for who in step.notify.to))
        return {"to": to, "message": fill(step.notify.message, run.values)}
    if step.http is not None:
        return {"channel": step.http.channel, "body": _filled(step.http.body, run)}
    if step.wait is not None and step.wait.until is not None:
        return {"until": run.due(step.wait.until, owner, run.now, run.now)[0]}
    if step.wait is not None:
        return {"minutes": clock_minutes(step.wait.span or "")}
    return {"values": _filled(step.set_, run)} if step.set_ is not None else {}


def _filled(values: Mapping[str, Any], run: Run) -> dict[str, Any]:
    return {name: fill(value, run.values) if isinstance(value, str) else value for name, value in values.items()}
