"""The shapes of what a playbook is given when it begins, and of steps that are made of others: lists and
sub-playbooks."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from engine.actions.answers import read
from engine.values.errors import BadInput
from engine.values.text import clean
from playbooks.language.fields import NAME_PATTERN
from playbooks.language.shapes import Name, Strict, Title
from playbooks.language.term_shapes import AnswerType

SOURCES: Final = ("consequences", "customers")
"""Lists that a deviation has: the deviations folded under it, and the customers whose orders it reaches."""
_NAMED: Final = rf"^(inputs|values)\.{NAME_PATTERN.removeprefix('^')}"
_USE: Final = r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*@[1-9][0-9]{0,6}$"


def _is_items(value: Any) -> Any:
    if isinstance(value, list) and 0 < len(value) <= 100 and all(isinstance(each, str) and each for each in value):
        return value
    if value in SOURCES:
        return value
    if isinstance(value, str) and re.fullmatch(_NAMED, value):
        return value
    raise ValueError(f"these are no items; write a list of texts, inputs.NAME, values.NAME, {' or '.join(SOURCES)}")


def _is_use(text: str) -> str:
    if re.fullmatch(_USE, text) is None:
        raise ValueError(f"{clean(text)[:60]!r} names no playbook with its version; write it as late-resin@3")
    return text


Items = Annotated[
    Any,
    AfterValidator(_is_items),
    Field(
        json_schema_extra={
            "anyOf": [
                {"enum": [*SOURCES]},
                {"type": "string", "pattern": _NAMED},
                {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "maxItems": 100},
            ]
        }
    ),
]
Use = Annotated[str, AfterValidator(_is_use), Field(json_schema_extra={"pattern": _USE})]


class Input(Strict):
    """One thing that is asked when a response begins."""

    type: AnswerType
    title: Title | None = None
    required: bool = True
    default: Any = None
    enum: list[Title] | None = Field(default=None, min_length=1, max_length=50)

    @model_validator(mode="after")
    def _fits_together(self) -> Input:
        if self.enum is not None and self.type not in ("text", "list"):
            raise ValueError(f"enum has texts, and this is a {self.type}; take enum out, or write type: text")
        if self.default is not None:
            try:
                read(self.question("default"), self.default)
            except BadInput as error:
                raise ValueError(f"default: {error.fault}; {error.mend}") from None
        return self

    def question(self, name: str) -> dict[str, Any]:
        """As engine.actions.answers reads it."""
        asked = {"name": name, "type": self.type, "title": self.title or name.replace("_", " ")}
        if self.default is not None:
            asked["default"] = self.default
        return {**asked, "required": self.required, **({"enum": list(self.enum)} if self.enum else {})}


class Foreach(Strict):
    """The step is done once for each of some items, side by side, or with `stop` one after the other."""

    items: Items
    as_: Name = Field(alias="as")
    max: int = Field(default=50, ge=1, le=100)
    on_empty: Literal["skip", "refuse"] = "skip"
    on_item_error: Literal["collect", "stop"] = "collect"
