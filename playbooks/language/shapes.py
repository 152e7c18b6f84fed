"""What the shapes of a playbook file are made of: the strict base model, and the texts that have a form.

A text's form is told twice, to pydantic and to the JSON Schema that editors read; both stand together here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from engine.values import money
from engine.values.clock import parse_instant
from engine.values.errors import BadInput
from engine.values.text import clean
from engine.values.zones import is_known
from playbooks.language.fields import NAME_PATTERN, VALUE_PATTERN, value_name
from playbooks.working_time.calendars import is_within_reach
from playbooks.working_time.durations import CLOCK_PATTERN, PATTERN, clock_minutes, working_minutes

Function = Literal[
    "procurement", "inventory planning", "logistics", "production", "sales", "quality", "finance", "customer service"
]
"""The same words as engine.vocabulary.model.FUNCTIONS; a test holds the two together."""

_SLUG: Final = r"[a-z][a-z0-9]*([-_][a-z0-9]+)*"
TIME_OF_DAY_PATTERN: Final = r"^([01]\d|2[0-3]):[0-5]\d$"
ANCHOR_PATTERN: Final = rf"^(opened|need|decide_by|ready|step:{_SLUG})$"


def _is_duration(text: str) -> str:
    working_minutes(text)
    return text


def _is_length(text: str) -> str:
    if working_minutes(text) == 0:
        raise ValueError("a step takes some time; write at least PT1M")
    return text


def _is_elapsed(text: str) -> str:
    if clock_minutes(text) == 0:
        raise ValueError("that is no time at all; write at least PT1M")
    return text


def _is_scalar(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)):
        return value
    raise ValueError("this is no text, number, true or false; write one of them")


def _is_join(value: Any) -> Any:
    if value in ("all", "any") or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 50):
        return value
    raise ValueError("join is all, any or how many of the needs have to be done; write one of them")


def _is_currency(text: str) -> str:
    if not money.is_code(text):
        raise ValueError(f"{clean(text)[:20]!r} is no currency; write its three letters, such as EUR")
    return text


def _is_instant(text: str) -> str:
    try:
        instant = parse_instant(text, "time")
    except BadInput as error:
        raise ValueError(f"{clean(error.fault)}; {error.mend}") from None
    if not is_within_reach(instant):
        raise ValueError(f"{text} lies outside 1971 to 9000; correct the year")
    return text


def _within(low: float, high: float) -> Callable[[Any], Any]:
    def is_amount(value: Any) -> Any:
        if value_name(value) is not None:
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        raise ValueError(f"this is no number from {low:g} to {high:,.12g}; write digits without quotes, or values.NAME")

    return is_amount


def _described(low: float, high: float) -> dict[str, JsonValue]:
    number: dict[str, JsonValue] = {"type": "number", "minimum": low, "maximum": high}
    return {"anyOf": [number, {"type": "string", "pattern": VALUE_PATTERN}]}


def _is_zone(text: str) -> str:
    if not is_known(text):
        raise ValueError(f"{clean(text)[:40]!r} is no time zone; write one such as Europe/Amsterdam")
    return text


Slug = Annotated[str, StringConstraints(pattern=rf"^{_SLUG}$", max_length=64)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Prose = Annotated[str, StringConstraints(max_length=2000)]
Duration = Annotated[str, AfterValidator(_is_duration), Field(json_schema_extra={"pattern": PATTERN})]
Elapsed = Annotated[str, AfterValidator(_is_elapsed), Field(json_schema_extra={"pattern": CLOCK_PATTERN})]
Length = Annotated[str, AfterValidator(_is_length), Field(json_schema_extra={"pattern": PATTERN})]
Instant = Annotated[str, AfterValidator(_is_instant), Field(json_schema_extra={"pattern": r"^\d{4}-\d\d-\d\d"})]
StepId = Annotated[str, StringConstraints(pattern=rf"^{_SLUG}(\.({_SLUG}|[1-9][0-9]*))*$", max_length=400)]
"""An action's step: that of the file; behind a point the number of an item, or the step of a playbook inside."""
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=40)]
"""What a value is called: it stands behind a $ in texts, so it has no hyphen."""
Currency = Annotated[str, AfterValidator(_is_currency), Field(json_schema_extra={"pattern": "^[A-Z]{3}$"})]
Scalar = Annotated[
    Any, AfterValidator(_is_scalar), Field(json_schema_extra={"type": ["string", "number", "integer", "boolean"]})
]
Join = Annotated[
    Any,
    AfterValidator(_is_join),
    Field(json_schema_extra={"anyOf": [{"enum": ["all", "any"]}, {"type": "integer", "minimum": 1, "maximum": 50}]}),
]
Sum = Annotated[Any, AfterValidator(_within(0, 1e12)), Field(json_schema_extra=_described(0, 1e12))]
"""An amount of money, or the name of a value that is one."""
Days = Annotated[Any, AfterValidator(_within(0, 3650)), Field(json_schema_extra=_described(0, 3650))]
"""Days, or the name of a value that is a number of them."""
TimeOfDay = Annotated[str, Field(pattern=TIME_OF_DAY_PATTERN)]
Zone = Annotated[str, AfterValidator(_is_zone)]
Anchor = Annotated[str, StringConstraints(pattern=ANCHOR_PATTERN)]


class Strict(BaseModel):
    """Refuses unknown keys and other types, and never changes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
