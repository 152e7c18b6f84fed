"""How far reality may leave the plan before anybody is told: what holds for one subject, and which layer said so.

Tolerances are data. A rule of the table `tolerance` names the subjects that it is for (`matches`) and the parameters
that it sets. Each parameter is taken from the narrowest rule that sets it (LAYERS says what is narrower), of two equal
ones from the later; last the kind's defaults. engine.detect.tolerance_rules finds the one that speaks. Pure.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from engine.vocabulary.model import SEVERITIES, Term

MATCH_KEYS: Final = ("party", "item", "site", "item_class", "subject", "lane")
"""What a rule can ask of a subject: `subject` is its id, such as 4711/10 or SKU-77@RTM; `lane` is ORIGIN>SITE, where
`*` in the place of one of them stands for any."""
FUNCTION: Final = "function"
"""What a rule can ask of a deviation kind: the function that owns it (deviation_kinds.KIND_FUNCTIONS)."""
ANY_SITE: Final = "*"

LAYERS: Final = (FUNCTION, "kind", "item_class", "site", "party", "lane with *", "lane", "item", "subject")
"""Layers of rules from the widest to the narrowest. Of two rules that both hold for a subject, the one speaks that asks
for the narrowest thing; where both ask for it, what else they ask for decides in the same way."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What holds for one subject: every parameter of the kind, and the layer that each came from."""

    kind: str
    values: Mapping[str, float]
    layers: Mapping[str, str]
    """Parameter to the rule that set it, in words; a parameter that is not in it has its default."""

    def __getitem__(self, parameter: str) -> float:
        return self.values[parameter]

    def source(self, parameter: str) -> str:
        """Where a parameter comes from, as an explanation prints it."""
        return f"tolerance {self.kind}: {parameter} ({self.layers.get(parameter, 'default')})"

    @property
    def counts_breaches(self) -> bool:
        """Whether one breach alone opens nothing yet."""
        return self.values.get("breaches", 1.0) > 1

    @property
    def counts_clears(self) -> bool:
        """Whether one clear alone ends nothing yet."""
        return self.values.get("clears", 1.0) > 1

    def dump(self) -> str:
        """Every parameter with its value and its layer, as the column `deviation.limits` keeps them."""
        return _dump(tuple(self.values.items()), tuple(self.layers.items()))

    def severity(self, size: float) -> str:
        """The severity of a departure of this size, in the unit of the kind's bounds."""
        reached = [name for name in SEVERITIES if name in self.values and size >= self.values[name]]
        return str(reached[-1] if reached else SEVERITIES[0])


@functools.lru_cache(maxsize=1024)
def _dump(values: tuple[tuple[str, float], ...], layers: tuple[tuple[str, str], ...]) -> str:
    # Many subjects share one tolerance; its text is made once.
    speaking = dict(layers)
    return json.dumps({name: [value, speaking.get(name, "default")] for name, value in values}, ensure_ascii=False)


def terms(kind: str, limits: str) -> list[Term]:
    """The parameters that a deviation was last judged by, from `Tolerance.dump`'s text, for an explanation."""
    return [
        Term(name, value, _unit(name), f"tolerance {kind}: {name} ({layer})")
        for name, (value, layer) in json.loads(limits).items()
    ]


def _unit(parameter: str) -> str:
    """The unit that a parameter has by its name; a severity's bound has that of the kind's size."""
    if parameter in SEVERITIES:
        return f"size from which it is {parameter}"
    if parameter == "minimum_value":
        return "desk currency"
    return {"days": "days", "hours": "hours", "percent": "%"}.get(parameter.rpartition("_")[2], "")


class Subject(NamedTuple):
    """What rules can match; fields in the order of MATCH_KEYS."""

    party: str | None
    item: str | None
    site: str | None
    item_class: str | None
    subject: str
    lane: str | None = None


NO_SUBJECT: Final = Subject(None, None, None, None, "")
"""A subject that no rule asks for."""


def lane(origin: str | None, site: str | None) -> str | None:
    """A lane as rules name it; None where an end of it is not known, for then no rule of a lane is meant."""
    return f"{origin}>{site}" if origin and site else None
