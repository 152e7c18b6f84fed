"""The reversal steps of a response: planned and owned when it begins, kept with it, and no actions until asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from engine.storage.journal import canonical
from engine.vocabulary.planning import PlannedAction
from engine.vocabulary.terms import Terms


def dump(steps: Sequence[PlannedAction]) -> str:
    """The steps as JSON, for `response.reversals`."""
    return canonical([{**asdict(step), "terms": step.terms.dump()} for step in steps])


def load(text: str) -> dict[str, PlannedAction]:
    """The steps that `dump` wrote, by their id. Their dates are those of the response's begin."""
    planned = [PlannedAction(**{**each, "terms": Terms.load(each["terms"])}) for each in json.loads(text)]
    return {step.step: step for step in planned}
