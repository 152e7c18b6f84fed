"""`[mapping.NAME]` of `offplan.toml`: the models of a mapping, and one sentence for what does not fit.

How a mapping turns records into values is connectors.mapping.compiled. Reference for people: docs/mappings.md.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from connectors.settings.sections import Section, Zone
from connectors.values import dates
from connectors.values.targets import ALIASES, SIGNAL, STATE_WORDS, fields_of, is_target, required
from engine.vocabulary.model import LINE_KINDS, PLAN_KINDS, SIGNAL_KINDS

PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
"""A column's name in a template."""
_LARGEST_FACTOR: Final = 10**18
"""No factor is larger, nor smaller than one divided by it: not all that can be written can be multiplied by."""


def _checked_date(form: str) -> str:
    dates.check_format(form)
    return form


DateFormat = Annotated[str, AfterValidator(_checked_date)]
"""A strptime format, or one of the words of connectors.values.dates."""


class FieldRule(Section):
    """Where one field comes from and how its text is read. A plain string is short for `{column = "..."}`."""

    column: str | None = None
    const: str | int | float | bool | None = None
    template: str | None = None
    date: DateFormat | None = None
    zone: Zone | None = None
    time: Literal["start", "end"] = "start"
    day: bool = False
    factor: float | int | str | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal["", ".", ",", " ", "'"] | None = None
    values: dict[str, str | int | float | bool] | None = None
    otherwise: str | None = None
    split: str | None = None
    steps: dict[str, str | int | float] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_column_name(cls, given: Any) -> Any:
        return {"column": given} if isinstance(given, str) else given

    @field_validator("factor")
    @classmethod
    def _usable_factor(cls, factor: float | int | str | None) -> float | int | str | None:
        try:
            usable = factor is None or 1 / _LARGEST_FACTOR <= abs(Fraction(factor)) <= _LARGEST_FACTOR
        except (ValueError, OverflowError, ZeroDivisionError):
            usable = False
        if not usable:
            raise ValueError(
                f'{factor!r} is not a factor; write a number such as 0.001, or a fraction such as "1/86400"'
            )
        return factor

    @field_validator("steps")
    @classmethod
    def _usable_steps(cls, steps: dict[str, str | int | float] | None) -> dict[str, str | int | float] | None:
        try:
            sizes = {Fraction(bound) for bound in steps or {}}
        except (ValueError, OverflowError, ZeroDivisionError):
            sizes = set()
        if steps is not None and (not steps or len(sizes) < len(steps)):
            raise ValueError(
                'steps are numbers with what holds from each on; write them like { "4.5" = 30, "6" = 100 }'
            )
        return steps

    @model_validator(mode="after")
    def _one_origin(self) -> FieldRule:
        if sum(origin is not None for origin in (self.column, self.const, self.template)) != 1:
            raise ValueError("a field comes from one place; give it exactly one of column, const and template")
        if self.template is not None and set("{}").intersection(PLACEHOLDER.sub("", self.template)):
            raise ValueError(f"{self.template!r} has a brace without the other; write columns like {{Order}}/{{Line}}")
        if self.otherwise is not None and self.values is None:
            raise ValueError("otherwise only has a meaning beside values; add values, or remove it")
        if self.steps is not None and self.values is not None:
            raise ValueError("steps and values cannot both translate one field; keep one of them")
        return self


class RowFilter(Section):
    """One condition of `only`: rows that do not meet it are passed over."""

    column: str
    in_: list[str] | None = Field(default=None, alias="in")
    empty: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> RowFilter:
        if (self.in_ is None) == (self.empty is None):
            raise ValueError("a condition asks one thing; give it exactly one of in = [...] and empty = true or false")
        return self


class MappingSection(Section):
    """`[mapping.NAME]`: how the records of a file or an answer become signals, plan lines or master records."""

    as_: str = Field(alias="as")
    files: str | None = None
    format: Literal["csv", "json", "jsonl", "xlsx"] | None = None
    delimiter: str = ""
    encoding: str | None = None
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1, le=1000)
    items: str | None = None
    identity: Literal["event", "state"] = "state"
    zone: Zone = "UTC"
    date: DateFormat = "iso"
    null: list[str] = Field(default=[])
    only: list[RowFilter] = Field(default=[])
    keep: bool = True
    fields: dict[str, FieldRule]

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str) -> str:
        if delimiter and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
            raise ValueError(f'{delimiter!r} is not a delimiter; write one character, such as ";" or "\\t"')
        return delimiter

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        try:
            known = name is None or isinstance(b"x".decode(name), str)
        except (LookupError, ValueError):
            known = False
        if not known:
            raise ValueError(f"{name!r} is not an encoding of text; write one such as utf-8, cp1252 or latin-1")
        return name

    @model_validator(mode="after")
    def _fields_fit(self) -> MappingSection:
        if not is_target(self.as_):
            raise ValueError(f"as = {self.as_!r} is not a kind; use one of {', '.join((SIGNAL, *PLAN_KINDS))}")
        known = fields_of(self.as_)
        given = {ALIASES.get(name, name) for name in self.fields}
        for name in sorted(given - set(known)):
            raise ValueError(f"as {self.as_} there is no field {name!r}; its fields are {', '.join(known)}")
        if len(given) < len(self.fields):
            raise ValueError("one field stands there under two names; keep one of them")
        for name in required(self.as_):
            if name not in given:
                raise ValueError(f"as {self.as_} it needs the field {name!r}; add it under fields")
        self._constants_fit()
        return self

    def _constants_fit(self) -> None:
        choices: dict[str, tuple[str, ...]] = {}
        if self.as_ == SIGNAL:
            choices = {"kind": tuple(SIGNAL_KINDS), "order_kind": LINE_KINDS}
        elif self.as_ in LINE_KINDS:
            choices = {"status": STATE_WORDS}
        for name, words in choices.items():
            rule = self.fields.get(name)
            if rule is None:
                continue
            results = [rule.const, rule.otherwise, *(rule.values or {}).values()]
            for word in results:
                if word is not None and word not in words:
                    raise ValueError(f"{name} cannot become {word!r}; use one of {', '.join(words)}")
