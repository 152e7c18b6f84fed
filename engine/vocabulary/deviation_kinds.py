"""The kinds of deviations and what holds for each: words for those who ask questions, without the detectors
themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEVIATION_KINDS: Final = (
    "late_supply", "short_supply", "overdue", "unconfirmed", "stockout", "below_target", "excess", "demand_shift",
    "late_demand", "production", "quality", "logistics", "hazard", "stale_feed", "unmatched",
)  # fmt: skip
"""The kinds of engine.detect's registry, in its order (held by a test): questions need the words, not the detectors."""

KIND_FUNCTIONS: Final[Mapping[str, str]] = {
    "late_supply": "procurement",
    "short_supply": "procurement",
    "overdue": "procurement",
    "unconfirmed": "procurement",
    "stockout": "inventory planning",
    "below_target": "inventory planning",
    "excess": "inventory planning",
    "demand_shift": "inventory planning",
    "late_demand": "customer service",
    "production": "production",
    "quality": "quality",
    "logistics": "logistics",
    "hazard": "logistics",
    "stale_feed": "inventory planning",
    "unmatched": "inventory planning",
}
"""The function that owns the deviations of each kind: who is asked first. Who does what in a response is its
playbook's."""
COUNTED_KINDS: Final = (
    "late_supply", "short_supply", "stockout", "below_target", "excess", "demand_shift", "production"
)  # fmt: skip
"""Kinds that measure what is stated again and again, so that a tolerance can ask for it to be stated several times."""
