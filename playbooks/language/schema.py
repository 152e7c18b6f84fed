"""The shape of a playbook, schema 1: strict models that refuse an unknown key, a wrong type and a duration without
unit.

Only what has an effect is here. What a shape cannot say (a cycle, an unknown role, a condition that never holds) is
playbooks.lint's subject. The words are explained for authors in docs/playbooks.md.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import ConfigDict, Field, model_validator

from engine.values.clock import WEEKDAYS
from engine.vocabulary.stated_times import StatedTimes
from playbooks.language.condition_shape import Condition
from playbooks.language.input_shapes import Input
from playbooks.language.rehearsals import Rehearsal
from playbooks.language.role_shapes import Role
from playbooks.language.shapes import Duration, Elapsed, Length, Name, Prose, Slug, Strict, TimeOfDay, Title, Zone
from playbooks.language.step_shapes import Step

_BY_EVENT: Final = ("deviation.opened", "severity_raised", "recurred")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""The same words as engine.values.clock.WEEKDAYS; a test holds the two together."""
MOST_EACH: Final = 20
"""Deviations that a stated time answers with `for: each`, unless it says otherwise."""


class At(Strict):
    """Times at which a trigger holds: on some days of the week, at a time of day in a zone."""

    days: list[Day] = Field(default=list(WEEKDAYS), min_length=1, max_length=7)
    time: TimeOfDay
    tz: Zone | None = None

    @property
    def times(self) -> StatedTimes:
        """As the engine counts them."""
        return StatedTimes(tuple(day for day in WEEKDAYS if day in self.days), self.time, self.tz)


class Trigger(Strict):
    """When the playbook applies: by itself once the deviation opened, was raised, or came back; at stated times, to
    what matches then; or only by its name."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"on": {"const": "manual"}, "at": False, "for": False, "max": False}},
                {"properties": {"on": {"const": "schedule"}}, "required": ["match", "at"]},
                {
                    "properties": {"on": {"enum": [*_BY_EVENT]}, "at": False, "for": False, "max": False},
                    "required": ["match"],
                },
            ]
        }
    )

    on: Literal["deviation.opened", "severity_raised", "recurred", "schedule", "manual"]
    match: Condition | None = None
    cooldown: Elapsed | None = None
    at: At | None = None
    for_: Literal["first", "each"] | None = Field(default=None, alias="for")
    max: int | None = Field(default=None, ge=1, le=100)

    @model_validator(mode="after")
    def _says_when(self) -> Trigger:
        if self.on != "manual" and self.match is None:
            raise ValueError(f"a trigger on {self.on} needs a match; say at least which kind it answers")
        if self.on == "schedule" and self.at is None:
            raise ValueError('a trigger on schedule needs at; write at: {days: [mon], time: "08:00"}')
        idle = next((word for word in ("at", "for", "max") if self.said(word) is not None), "")
        if self.on != "schedule" and idle:
            raise ValueError(f"{idle} has no effect on a trigger on {self.on}; write on: schedule, or take it out")
        if self.max is not None and self.for_ != "each":
            raise ValueError("max has no effect where one deviation is answered; write for: each, or take max out")
        return self

    def said(self, word: str) -> object:
        """What it says for a word of the file; None where it says nothing."""
        return getattr(self, "for_" if word == "for" else word)

    @property
    def most(self) -> int:
        """How many deviations a stated time answers."""
        return (self.max or MOST_EACH) if self.for_ == "each" else 1


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
    owners: list[Title] | None = Field(default=None, min_length=1, max_length=10)
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
