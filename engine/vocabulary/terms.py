"""What a step says besides who and when: its kind, its answers, its deadlines for acceptance, how its effect may be
repeated.

A planner fills it in, resolved for one deviation; it is frozen into the action when the response begins, so that
editing a playbook or changing an owner's duties changes no run. Who acts upon a term says so in its own module.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

STEP_KINDS: Final = ("task", "decision", "notify", "http", "wait", "set")
"""What a step is: work of a person; a choice between options; a message through a channel; a call of another system;
a time that has to pass; values for later steps."""
PEOPLES: Final = ("task", "decision")
"""Kinds of steps that a person accepts and works on; the others have no owner to tell."""
SIDE_EFFECTS: Final = ("none", "idempotent", "once")
"""How an effect outside may be repeated: freely; with the same key; never by itself (docs/states.md, `unknown`)."""

FAILURES: Final = ("timeout", "unreachable", "busy", "server_error", "refused")
"""Why what was sent outside did not arrive: no answer in time; no connection, or it broke; asked to come later; a fault
of theirs; they do not want it. What somebody here has to mend first (an address, a secret) is none of these."""

CHOICE: Final = "choice"
FORM: Final = "answers."
SYSTEM: Final = "answer."
"""Where a step takes a value from that it publishes: the option that was chosen, and how an answer of its form
begins, and what a called system answered; anything else is a field of the deviation."""

_NOTHING: Final[Mapping[str, Any]] = {}


class Between(NamedTuple):
    """The times of day within which a step of an escalation chain may be taken."""

    start: str
    """Wall-clock time such as 22:00, from which on it may be."""
    end: str
    """The time before which; not after `start`: of the next day."""
    zone: str
    """IANA name."""


class Above(NamedTuple):
    """How much has to come in about the deviation before a step of an escalation chain is taken."""

    signals: int
    """There have to be more than so many."""
    within_minutes: int
    """Which came in within so long."""


class Escalation(NamedTuple):
    """Who gets an action next that its owner did not accept in time."""

    after_minutes: int
    """Of elapsed time, since the action was ready or the last escalation fired."""
    owner: str
    """A person, resolved when the response began."""
    because: str
    """How the person was found, as of an action's owner."""
    fallback: str | None = None
    """Who gets it if that person is not there any more."""
    between: Between | None = None
    above: Above | None = None

    @classmethod
    def load(cls, said: Mapping[str, Any]) -> Escalation:
        """The step of a chain that `Terms.dump` wrote."""
        between, above = said.get("between"), said.get("above")
        return cls(**{**said, "between": between and Between(*between), "above": above and Above(*above)})


class Terms(NamedTuple):
    """The terms of one action. What is not said has no effect.

    Named tuples, all of these: every list of the command line reads this module, and pays for what it imports.
    """

    kind: str = "task"
    join: int | None = None
    """How many of the needs have to be done; null: all."""
    item: str | None = None
    """Which of a step's items (`foreach`) this action is for."""
    form: Sequence[Mapping[str, Any]] = ()
    """What has to be answered when it is done: name, type, required, and what is allowed."""
    ack_within_minutes: int | None = None
    """Of elapsed time, from ready until somebody has accepted it."""
    escalations: Sequence[Escalation] = ()
    retry_count: int = 0
    """How often a failed action is made ready again by itself."""
    retry_delay_minutes: int = 0
    retry_when: Sequence[str] = ()
    """Of FAILURES, those after which it is; nothing: after all."""
    side_effect: str = "none"
    idempotency_key: str | None = None
    effect: Mapping[str, Any] = _NOTHING
    """What kinds other than task carry: of notify `to` and `message`, of http `channel` and `body`, of wait
    `minutes` or `until`, of set `values`; text is filled in already and never filled in again."""
    options: Sequence[Mapping[str, Any]] = ()
    """Of a decision: what can be chosen, with the data that its outcome is worked out from
    (engine.options.comparing)."""
    weights: Mapping[str, float] = _NOTHING
    """Of a decision: what a unit of a criterion is worth where it is not engine.options.weighing.WEIGHTS."""
    reverse: str | None = None
    """The step of the same response that takes this one back; it is not planned until it is asked for."""
    publish: Mapping[str, str] = _NOTHING
    """By name, where the values come from that it gives to later steps once it is done (engine.commands.publishing)."""
    late: Mapping[str, Any] = _NOTHING
    """What of it is settled only as it becomes ready: `values`, by name the step that publishes it, and what a planner
    makes of them (engine.vocabulary.planning.Planner.settle)."""
    left_out: bool = False
    """Its condition did not hold once it was its turn: skipped, and what needs it goes on."""

    def dump(self) -> str:
        """The terms as JSON, without what is not said."""
        escalations = [each._asdict() for each in self.escalations]
        stated = {**self._asdict(), "escalations": escalations}
        nothing = Terms()._asdict()
        said = {name: value for name, value in stated.items() if value not in (nothing[name], [], ())}
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Terms:
        """The terms that `dump` wrote."""
        said = json.loads(text)
        said["escalations"] = tuple(Escalation.load(each) for each in said.get("escalations", ()))
        return cls(**said)
