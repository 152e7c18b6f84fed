"""The shape of the tests inside a playbook: a deviation, people and a time, and what the playbook has to make of them.

Fields of the deviation are named as in conditions. What a test does not name, the deviation does not have.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from playbooks.language.shapes import Duration, Function, Instant, Name, StepId, Strict, Title, Zone


class Person(Strict):
    """Somebody who can own steps, working office hours in the test's zone."""

    id: Title
    functions: list[Function] = Field(min_length=1, max_length=8)
    parties: list[Title] = Field(default=[], max_length=100)
    items: list[Title] = Field(default=[], max_length=100)
    sites: list[Title] = Field(default=[], max_length=100)
    lead: bool = False
    busy: Duration | None = None
    """Working time that is taken from the test's time on."""
    away: bool = False
    """Absent on the test's day."""


class Expect(Strict):
    """What has to come out; what is left out is not looked at, and where nothing applies there is nothing else to
    see."""

    matches: bool = True
    next: Instant | None = None
    """When it begins by itself at a stated time, the first after the test's."""
    steps: list[StepId] | None = Field(default=None, min_length=1, max_length=100)
    """The ids of the planned actions in their order."""
    owners: dict[StepId, Title] | None = Field(default=None, min_length=1)
    """Owner by step."""
    due: dict[StepId, Instant] | None = Field(default=None, min_length=1)
    """Due time by step."""
    approvals: dict[StepId, Title] | None = Field(default=None, min_length=1)
    """Who approves, by step."""
    escalations: dict[StepId, list[Title]] | None = Field(default=None, min_length=1)
    """Who gets it next, by step, in their order."""
    warnings: list[Title] | None = Field(default=None, max_length=100)
    """A part of each warning, in their order; an empty list: there is none."""

    @model_validator(mode="after")
    def _nothing_without_a_match(self) -> Expect:
        planned = [
            name
            for name in ("steps", "owners", "due", "approvals", "escalations", "warnings")
            if getattr(self, name) is not None
        ]
        if planned and not self.matches:
            raise ValueError(f"nothing is planned where matches is false; take out {', '.join(planned)}")
        return self


class Rehearsal(Strict):
    """One test: the deviation as it stands at `now`, who is there, and what is expected."""

    name: Title
    now: Instant
    zone: Zone = "UTC"
    deviation: dict[str, Any] = Field(min_length=1, max_length=40)
    customers: list[Title] = Field(default=[], max_length=100)
    """Whose orders it reaches, most at risk first."""
    consequences: list[Title] = Field(default=[], max_length=100)
    inputs: dict[Name, Any] = Field(default={}, max_length=30)
    published: dict[Name, Any] = Field(default={}, max_length=30)
    """What steps of this playbook have published so far; what hangs on other values is planned as if nobody knew
    them."""
    people: list[Person] = Field(default=[], max_length=50)
    expect: Expect
