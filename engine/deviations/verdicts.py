"""A verdict of detection on one subject, and the slot that its deviation has: values between judging and deviations."""

from __future__ import annotations

from typing import NamedTuple

from engine.facts.runs import Run
from engine.gather.cases import Key
from engine.vocabulary.model import Finding
from engine.vocabulary.tolerance import Tolerance

Slot = tuple[str, str, str]
"""Deviation kind, subject type and subject id."""


class Verdict(NamedTuple):
    """What a detector says about one subject; `finding` None: no departure."""

    key: Key
    slot: Slot
    finding: Finding | None
    tolerance: Tolerance
    run: Run | None = None
    """How often in a row it was stated, where the tolerance asks; None: the verdict alone decides."""

    @property
    def enough(self) -> bool:
        """Whether a finding was stated often enough to be open."""
        return self.run is None or self.run.enough
