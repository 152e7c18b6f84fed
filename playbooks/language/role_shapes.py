"""The shape of a role: the function that does it, who goes first, and the people named for some cases."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from playbooks.language.condition_shape import Condition
from playbooks.language.shapes import Function, Strict, TimeOfDay, Title, Zone

Scope = Literal["party", "item", "site"]


def _is_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{text[:20]!r} is no date; write it as 2026-03-09") from None


Date = Annotated[str, AfterValidator(_is_date), Field(json_schema_extra={"pattern": r"^\d{4}-\d\d-\d\d$"})]


class Rota(Strict):
    """People who take turns of so many days, the first of them from `since` on; turns change at a time of day in a
    zone."""

    people: list[Title] = Field(min_length=1, max_length=50)
    days: int = Field(ge=1, le=366)
    since: Date
    at: TimeOfDay = "00:00"
    tz: Zone | None = None


class Resolve(Strict):
    """One way to find the owner: a person, whose turn it is in a rota, or a function; only where `when` holds."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["person"]}, {"required": ["rota"]}, {"required": ["function"]}]}
    )

    when: Condition | None = None
    person: Title | None = None
    rota: Rota | None = None
    function: Function | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Resolve:
        if sum(each is not None for each in (self.person, self.rota, self.function)) != 1:
            raise ValueError("an owner is found by exactly one of person, rota, function; write one of them")
        return self


class Role(Strict):
    """Who a step asks for: the ways in `resolve`, the first that finds somebody; else somebody of the function, those
    first who are named for the scopes in `prefer`; else somebody of the fallback function."""

    function: Function
    resolve: list[Resolve] | None = Field(default=None, min_length=1, max_length=20)
    prefer: list[Scope] = Field(default=["party", "item", "site"], max_length=3)
    fallback: Function | None = None
