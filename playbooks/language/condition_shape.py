"""The shape of a condition: one clause, or conditions joined by all, any and not; data, never code."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from playbooks.language.shapes import Strict

Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "in", "nin", "contains", "starts_with", "ends_with", "regex", "between",
    "older_than", "newer_than", "exists",
]  # fmt: skip


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
