"""The shape of a playbook, schema 1: strict models that refuse an unknown key, a wrong type and a duration without unit.

Only what has an effect is here. What a shape cannot say (a cycle, an unknown role, a condition that never holds) is
playbooks.lint.linting's subject. The words are explained for authors in docs/playbooks.md.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from playbooks.language.condition_shape import Condition
from playbooks.language.input_shapes import Input
from playbooks.language.rehearsals import Rehearsal
from playbooks.language.role_shapes import Role
from playbooks.language.shapes import Duration, Elapsed, Length, Name, Prose, Slug, Strict, Title
from playbooks.language.step_shapes import Step


class Trigger(Strict):
    """When the playbook applies: by itself once the deviation opened, was raised, or came back; or only by its name."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"properties": {"on": {"const": "manual"}}}, {"required": ["match"]}]}
    )

    on: Literal["deviation.opened", "severity_raised", "recurred", "manual"]
    match: Condition | None = None
    cooldown: Elapsed | None = None

    @model_validator(mode="after")
    def _says_when(self) -> Trigger:
        if self.on != "manual" and self.match is None:
            raise ValueError(f"a trigger on {self.on} needs a match; say at least which kind it answers")
        return self


class Concurrency(Strict):
    """What happens where a response with the same key runs already: nothing, one after the other, or both in one."""

    key: Title
    on_conflict: Literal["skip", "queue", "join"]


class Review(Strict):
    """The look back at a response: one action more at its end, where `when` holds as it begins."""

    when: Condition | None = None
    role: Slug
    duration: Length = "PT30M"
    due: Duration


class Close(Strict):
    """What has to hold before the deviation is resolved while the response runs; `requires: []` asks for nothing."""

    requires: list[Literal["mandatory_done"]] = Field(default=["mandatory_done"], max_length=1)
    review: Review | None = None


class Playbook(Strict):
    """A versioned template of a response."""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    version: int = Field(ge=1, le=1_000_000)
    title: Title
    description: Prose
    tags: list[Slug] = Field(default=[], max_length=20)
    enabled: bool = False
    mode: Literal["active", "shadow"] = "active"
    triggers: list[Trigger] = Field(min_length=1, max_length=20)
    concurrency: Concurrency | None = None
    inputs: dict[Name, Input] | None = Field(default=None, min_length=1, max_length=30)
    roles: dict[Slug, Role] = Field(min_length=1, max_length=30)
    steps: list[Step] = Field(min_length=1, max_length=100)
    close: Close = Close()
    tests: list[Rehearsal] = Field(default=[], max_length=100)
