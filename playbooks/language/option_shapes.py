"""The shape of an option: what can be chosen in a decision step, with the data that its outcome is worked out from.

What each kind does to the plan is engine.options.option_effects'; what the words cost, engine.options.option_costs'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, model_validator

from engine.values import arithmetic
from engine.values.errors import BadInput
from engine.values.text import clean
from playbooks.language.fields import VALUE_PATTERN, value_name
from playbooks.language.shapes import Currency, Days, Name, Slug, Strict, Title

OptionKind = Literal[
    "expedite", "split", "alternate", "transfer", "substitute", "resequence", "repromise", "reallocate"
]
"""The same words as engine.options.option_effects.KINDS without `nothing`; a test holds the two together."""

_WORDS: Final[Mapping[OptionKind, tuple[str, ...]]] = {
    "expedite": ("days", "quantity"),
    "split": ("days", "quantity"),
    "alternate": ("days", "quantity", "party"),
    "transfer": ("days", "quantity", "site"),
    "substitute": ("days", "quantity", "item"),
    "resequence": ("days",),
    "repromise": ("keeps",),
    "reallocate": ("orders",),
}
"""Which of the words that not every option takes have an effect on an option of each kind."""
_ASKED: Final[Mapping[OptionKind, tuple[str, ...]]] = {
    "expedite": ("days",), "split": ("days",), "alternate": ("days",), "transfer": (), "substitute": ("days", "item"),
    "resequence": ("days",), "repromise": ("keeps",), "reallocate": (),
}  # fmt: skip
_EVERY_WORD: Final = tuple(dict.fromkeys(word for words in _WORDS.values() for word in words))


def _is_formula(given: Any) -> str:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return _is_formula(format(given, "f").rstrip("0").rstrip(".") if isinstance(given, float) else str(given))
    if not isinstance(given, str):
        raise ValueError("a cost is a number or a formula; write one such as 450 + 3.2 * kg")
    try:
        arithmetic.parse(given, None)
    except BadInput as error:
        raise ValueError(f"{clean(error.place)}: {clean(error.fault)}; {clean(error.mend)}") from None
    return given


def _is_quantity(value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e12
    if value in ("needed", "all") or number or value_name(value) is not None:
        return value
    raise ValueError("a quantity is needed, all or a number over zero; write one of them, or values.NAME")


Formula = Annotated[
    Any,
    AfterValidator(_is_formula),
    Field(
        json_schema_extra={
            "anyOf": [{"type": "string", "maxLength": arithmetic.LONGEST}, {"type": "number", "minimum": 0}]
        }
    ),
]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=1e6)]
Quantity = Annotated[
    Any,
    AfterValidator(_is_quantity),
    Field(
        json_schema_extra={
            "anyOf": [
                {"enum": ["needed", "all"]},
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "pattern": VALUE_PATTERN},
            ]
        }
    ),
]


class Leg(Strict):
    """A way that goods take: by which mode, and how far."""

    mode: Name
    km: float | None = Field(default=None, gt=0, le=100_000)


class Weights(Strict):
    """What one unit of each criterion is worth in money."""

    cost: Weight | None = None
    service: Weight | None = None
    co2: Weight | None = None
    risk: Weight | None = None


def _kinds_for_editors() -> list[JsonValue]:
    return [
        {
            "properties": {"kind": {"const": kind}, **{word: False for word in _EVERY_WORD if word not in words}},
            "required": ["kind", *_ASKED[kind]],
        }
        for kind, words in _WORDS.items()
    ]


class Option(Strict):
    """One thing that can be done; doing nothing is always there beside it."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _kinds_for_editors()})

    id: Slug
    title: Title
    kind: OptionKind
    days: Days | None = None
    quantity: Quantity | None = None
    cost: Formula | None = None
    currency: Currency | None = None
    legs: list[Leg] | None = Field(default=None, min_length=1, max_length=10)
    instead_of: list[Leg] | None = Field(default=None, min_length=1, max_length=10)
    kg_per_unit: float | None = Field(default=None, ge=0, le=1e9)
    site: Title | None = None
    party: Title | None = None
    item: Title | None = None
    keeps: Share | None = None
    orders: Literal["whole", "parts"] | None = None
    risk: Share | None = None
    reversible: bool | None = None
    steps: list[Slug] | None = Field(default=None, min_length=1, max_length=20)

    @model_validator(mode="after")
    def _fits_together(self) -> Option:
        if self.id == "nothing":
            raise ValueError("nothing is always an option; take it out, or give this one another id")
        for word in _ASKED[self.kind]:
            if getattr(self, word) is None:
                raise ValueError(f"an option of kind {self.kind} needs {word}; add it")
        idle = next(
            (word for word in _EVERY_WORD if word not in _WORDS[self.kind] and getattr(self, word) is not None), ""
        )
        if idle:
            raise ValueError(f"{idle} has no effect on an option of kind {self.kind}; take it out")
        if self.currency is not None and self.cost is None:
            raise ValueError("currency has no effect without cost; take it out")
        return self
