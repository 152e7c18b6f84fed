"""The shape of a playbook, schema 1: strict models that refuse an unknown key, a wrong type and a duration without unit.

Only what has an effect is here. What a shape cannot say (a cycle, an unknown role, a condition that never holds) is
playbooks.lint's subject. The words are explained for authors in docs/playbooks.md.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from playbooks.condition_shape import Condition
from playbooks.rehearsals import Rehearsal
from playbooks.shapes import Function, Prose, Slug, Strict, Title
from playbooks.step_shapes import Step

Scope = Literal["party", "item", "site"]


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
