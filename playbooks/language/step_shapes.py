"""The shape of a step: one owned piece of a response, with the words that have an effect on a step of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import ConfigDict, Field, JsonValue, model_validator

from playbooks.language.condition_shape import Condition
from playbooks.language.input_shapes import Foreach, Use
from playbooks.language.option_shapes import Option, Weights
from playbooks.language.shapes import Elapsed, Join, Length, Name, Prose, Scalar, Slug, Strict, Title
from playbooks.language.term_shapes import Approval, Due, Escalate, FormField, Http, Notify, Retry, Source, Wait, Who
from playbooks.working_time.durations import working_minutes

StepKind = Literal["task", "decision", "notify", "http", "wait", "set", "playbook"]
"""Those of engine.vocabulary.terms.STEP_KINDS, and a playbook whose steps stand in its place."""
OnFail = Literal["block", "continue", "abort"]

_OWNED: Final = ("role", "owner", "due", "instructions")
_WORK: Final = ("ack_within", "escalate", "form", "duration")
_OUTSIDE: Final = ("retry", "side_effect", "idempotency_key")
_WORDS: Final[Mapping[StepKind, tuple[str, ...]]] = {
    "task": (*_OWNED, *_WORK, *_OUTSIDE, "approval", "reverse", "foreach", "publish"),
    "decision": (*_OWNED, *_WORK, "options", "weights", "approval", "reverse", "publish"),
    "notify": (*_OWNED, "notify", *_OUTSIDE, "approval", "reverse", "foreach"),
    "http": (*_OWNED, "http", *_OUTSIDE, "approval", "reverse", "foreach", "publish"),
    "wait": (*_OWNED, "wait", "publish"),
    "set": (*_OWNED, "set"),
    "playbook": ("use", "with"),
}
"""Which of the words that not every step takes have an effect on a step of each kind."""
_ASKED: Final[Mapping[StepKind, str]] = {
    "task": "duration", "decision": "duration", "notify": "notify", "http": "http", "wait": "wait", "set": "set",
    "playbook": "use",
}  # fmt: skip
_EVERY_WORD: Final = tuple(dict.fromkeys(word for words in _WORDS.values() for word in words))


def _kinds_for_editors() -> list[JsonValue]:
    """What a step of each kind asks for and what it does not take, as JSON Schema."""
    return [
        {
            "properties": {"kind": {"const": kind}, **{word: False for word in _EVERY_WORD if word not in words}},
            "required": [_ASKED[kind]] if kind == "task" else ["kind", _ASKED[kind]],
        }
        for kind, words in _WORDS.items()
    ]


class Step(Strict):
    """One owned step. Steps without `needs` begin at once, side by side; one whose `when` does not hold is not
    planned."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["role"]}, {"required": ["owner"]}, {"required": ["use"]}],
            "anyOf": _kinds_for_editors(),
        }
    )

    id: Slug
    title: Title
    instructions: Prose | None = None
    kind: StepKind = "task"
    role: Slug | None = None
    owner: Who | None = None
    needs: list[Slug] = Field(default=[], max_length=50)
    join: Join = "all"
    when: Condition | None = None
    duration: Length | None = None
    due: Due | None = None
    mandatory: bool = True
    on_fail: OnFail = "block"
    ack_within: Elapsed | None = None
    escalate: list[Escalate] | None = Field(default=None, min_length=1, max_length=10)
    options: list[Option] | None = Field(default=None, min_length=1, max_length=12)
    weights: Weights | None = None
    form: list[FormField] | None = Field(default=None, min_length=1, max_length=30)
    retry: Retry | None = None
    side_effect: Literal["none", "idempotent", "once"] | None = None
    idempotency_key: Title | None = None
    approval: Approval | None = None
    reverse: Slug | None = None
    notify: Notify | None = None
    http: Http | None = None
    wait: Wait | None = None
    set_: dict[Name, Scalar] | None = Field(default=None, alias="set", min_length=1, max_length=30)
    publish: dict[Name, Source] | None = Field(default=None, min_length=1, max_length=30)
    foreach: Foreach | None = None
    use: Use | None = None
    with_: dict[Name, Scalar] | None = Field(default=None, alias="with", min_length=1, max_length=30)

    @model_validator(mode="after")
    def _fits_together(self) -> Step:
        if self.kind != "playbook" and (self.role is None) == (self.owner is None):
            raise ValueError("a step names its owner by role or by owner; give exactly one")
        if self.said(_ASKED[self.kind]) is None:
            asked = _ASKED[self.kind]
            raise ValueError(f"a step of kind {self.kind} needs {asked}; add it")
        idle = next((word for word in _EVERY_WORD if word not in _WORDS[self.kind] and self.said(word) is not None), "")
        if idle:
            raise ValueError(f"{idle} has no effect on a step of kind {self.kind}; take it out")
        if self.publish is not None and self.foreach is not None:
            raise ValueError("a step that is done for several items gives no single value; take publish or foreach out")
        if self.weights is not None and self.options is None:
            raise ValueError("weights have no effect without options; add them, or take weights out")
        if self.idempotency_key is not None and self.side_effect in (None, "none"):
            raise ValueError(
                "idempotency_key has no effect without side_effect; write idempotent or once, or take it out"
            )
        return self

    def said(self, word: str) -> object:
        """What the step says for a word of the file; None where it says nothing."""
        return getattr(self, f"{word}_" if word in ("set", "with") else word)

    @property
    def minutes(self) -> int:
        """Working time that its owner spends on it."""
        return working_minutes(self.duration) if self.duration is not None else 0

    @property
    def enough(self) -> int:
        """How many of its needs have to be done."""
        if self.join == "all":
            return len(self.needs)
        return min(1 if self.join == "any" else int(self.join), len(self.needs))

    @property
    def who(self) -> Who:
        """Who owns it."""
        return self.owner if self.owner is not None else Who(role=self.role)
