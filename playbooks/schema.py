"""The shape of a playbook, schema 1: strict models that refuse an unknown key, a wrong type and a duration without unit.

Only what has an effect is here. What a shape cannot say (a cycle, an unknown role, a condition that never holds) is
playbooks.lint's subject. The words are explained for authors in docs/playbooks.md.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from playbooks.rehearsals import Rehearsal
from playbooks.shapes import Anchor, Duration, Function, Length, Prose, Slug, Strict, Title

Scope = Literal["party", "item", "site"]
Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "in", "nin", "contains", "starts_with", "ends_with", "regex", "between",
    "older_than", "newer_than", "exists",
]  # fmt: skip
OnFail = Literal["block", "continue", "abort"]


class Condition(Strict):
    """One of: `all`, `any` (lists of conditions), `not` (a condition), or a clause of `field`, `op` and `value`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["all"]},
                {"required": ["any"]},
                {"required": ["not"]},
                {"required": ["field", "op"]},
            ]
        }
    )

    all_: list[Condition] | None = Field(default=None, alias="all", min_length=1)
    any_: list[Condition] | None = Field(default=None, alias="any", min_length=1)
    not_: Condition | None = Field(default=None, alias="not")
    field: str | None = None
    op: Operator | None = None
    value: Any = None

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        forms = [name for name in ("all_", "any_", "not_", "field") if getattr(self, name) is not None]
        if len(forms) != 1:
            raise ValueError("a condition is exactly one of all, any, not, or field with op and value")
        if forms == ["field"]:
            if self.op is None:
                raise ValueError(f"the clause on {self.field} has no op; add one, such as op: eq")
        elif self.op is not None or "value" in self.model_fields_set:
            raise ValueError("op and value belong to a clause with field; move them into one")
        return self


class Trigger(Strict):
    """When the playbook applies: `deviation.opened` is offered by itself, `manual` only when somebody names it."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"properties": {"on": {"const": "manual"}}}, {"required": ["match"]}]}
    )

    on: Literal["deviation.opened", "manual"]
    match: Condition | None = None

    @model_validator(mode="after")
    def _says_when(self) -> Trigger:
        if self.on == "deviation.opened" and self.match is None:
            raise ValueError("a trigger on deviation.opened needs a match; say at least which kind it answers")
        return self


class Role(Strict):
    """Who a step asks for: a function, the scopes in which a person named for them goes first, and the function that
    steps in where nobody has the first."""

    function: Function
    prefer: list[Scope] = Field(default=["party", "item", "site"], max_length=3)
    fallback: Function | None = None


class Due(Strict):
    """The due time: `within` working time after the anchor, or `before` it."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["within"]}, {"required": ["before"]}]})

    anchor: Anchor = Field(alias="from")
    within: Duration | None = None
    before: Duration | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Due:
        if (self.within is None) == (self.before is None):
            raise ValueError("a due time is either within or before a duration; give exactly one")
        return self


class Step(Strict):
    """One owned step. Steps without `needs` begin at once, side by side; one whose `when` does not hold is not planned."""

    id: Slug
    title: Title
    instructions: Prose = ""
    kind: Literal["task"] = "task"
    role: Slug
    needs: list[Slug] = Field(default=[], max_length=50)
    when: Condition | None = None
    duration: Length
    due: Due | None = None
    mandatory: bool = True
    on_fail: OnFail = "block"


class Close(Strict):
    """What has to hold before the deviation is resolved while the response runs; `requires: []` asks for nothing."""

    requires: list[Literal["mandatory_done"]] = Field(default=["mandatory_done"], max_length=1)


class Playbook(Strict):
    """A versioned template of a response."""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    version: int = Field(ge=1, le=1_000_000)
    title: Title
    description: Prose
    tags: list[Slug] = Field(default=[], max_length=20)
    enabled: bool = False
    triggers: list[Trigger] = Field(min_length=1, max_length=20)
    roles: dict[Slug, Role] = Field(min_length=1, max_length=30)
    steps: list[Step] = Field(min_length=1, max_length=100)
    close: Close = Close()
    tests: list[Rehearsal] = Field(default=[], max_length=100)
