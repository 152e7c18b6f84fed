"""The shapes of what a step says besides its work: who accepts and approves, what is answered, and what happens
outside."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from engine.values.text import clean
from playbooks.language.shapes import (
    Anchor,
    Currency,
    Duration,
    Elapsed,
    Name,
    Prose,
    Scalar,
    Slug,
    Strict,
    Sum,
    TimeOfDay,
    Title,
    Zone,
)

_PATH: Final = r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){0,9}"
SOURCE_PATTERN: Final = rf"^(choice|{_PATH}|answer\.{_PATH} as (text|number|boolean|date|time|list))$"
"""Where a step takes a value from that it publishes: a path, and of a system's answer the type that is expected
there."""


def _is_source(text: str) -> str:
    if re.fullmatch(SOURCE_PATTERN, text) is None:
        raise ValueError(
            f"{clean(text)[:60]!r} says not where the value comes from; write answers.NAME, choice, answer.PATH as number,"
            " or a field such as gap.days"
        )
    return text


Source = Annotated[str, AfterValidator(_is_source), Field(json_schema_extra={"pattern": SOURCE_PATTERN})]
Failure = Literal["timeout", "unreachable", "busy", "server_error", "refused"]
"""The same words as engine.vocabulary.terms.FAILURES; a test holds the two together."""
AnswerType = Literal["text", "number", "boolean", "date", "time", "list"]
"""The same words as engine.actions.answers.ANSWER_TYPES; a test holds the two together."""


class Who(Strict):
    """One of: a role of the playbook, a person by id, or the desk lead."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["role"]}, {"required": ["person"]}, {"required": ["lead"]}]}
    )

    role: Slug | None = None
    person: Title | None = None
    lead: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Who:
        if sum(each is not None for each in (self.role, self.person, self.lead)) != 1:
            raise ValueError("somebody is named by exactly one of role, person, lead; write one of them")
        return self


class Due(Strict):
    """The due time: `within` working time after the anchor, or `before` it.

    Working time is the owner's, or that of a `calendar` of the plan, or office hours in the zone `tz`.
    """

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["within"]}, {"required": ["before"]}]})

    anchor: Anchor = Field(alias="from")
    within: Duration | None = None
    before: Duration | None = None
    calendar: Title | None = None
    tz: Zone | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Due:
        if (self.within is None) == (self.before is None):
            raise ValueError("a due time is either within or before a duration; give exactly one")
        if self.calendar is not None and self.tz is not None:
            raise ValueError("working time is that of a calendar or of office hours in tz; give one of them")
        return self


class Between(Strict):
    """Times of a zone's day: from `from` on and before `to`, which may be of the next day."""

    start: TimeOfDay = Field(alias="from")
    to: TimeOfDay
    tz: Zone

    @model_validator(mode="after")
    def _is_a_part_of_the_day(self) -> Between:
        if self.start == self.to:
            raise ValueError(
                f"from {self.start} to {self.to} is no part of the day; write two times, or take between out"
            )
        return self


class Above(Strict):
    """More than so many signals about the deviation, which came in within so long on the clock."""

    signals: int = Field(ge=1, le=1000)
    within: Elapsed


class Escalate(Strict):
    """Who gets an action next that nobody accepted `after` so long on the clock; only `between` times, only `above`
    signals."""

    after: Elapsed
    to: Who
    between: Between | None = None
    above: Above | None = None


class Retry(Strict):
    """How often a failed action is made ready again by itself, how long after it failed, and after which failures."""

    count: int = Field(ge=1, le=10)
    delay: Elapsed
    when: list[Failure] | None = Field(default=None, min_length=1, max_length=5)


class Limit(Strict):
    """An amount of money."""

    amount: Sum
    currency: Currency


class Approval(Strict):
    """Who has to agree before it may be done; up to the amount `above`, nobody is asked."""

    role: Slug
    above: Limit | None = None


class FormField(Strict):
    """One thing that has to be answered when the action is done."""

    name: Name
    type: AnswerType
    title: Title | None = None
    required: bool = True
    enum: list[Title] | None = Field(default=None, min_length=1, max_length=50)

    @model_validator(mode="after")
    def _enum_of_texts(self) -> FormField:
        if self.enum is not None and self.type not in ("text", "list"):
            raise ValueError(f"enum has texts, and {self.name} is a {self.type}; take enum out, or write type: text")
        return self


class Notify(Strict):
    """A message to people."""

    to: list[Who] = Field(min_length=1, max_length=20)
    message: Prose


class Http(Strict):
    """A call of another system through a channel of the workspace."""

    channel: Title
    body: dict[Name, Scalar] = Field(default={}, max_length=50)


class Wait(Strict):
    """Time that has to pass: so long on the clock, or until an instant."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["for"]}, {"required": ["until"]}]})

    span: Elapsed | None = Field(default=None, alias="for")
    until: Due | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Wait:
        if (self.span is None) == (self.until is None):
            raise ValueError("a wait goes on for a time or until an instant; give exactly one")
        return self
