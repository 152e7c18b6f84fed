"""Columns that deviations can be shown in: what each shows, its shape, and which are there when nobody chose. No
Textual here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from engine.values.errors import BadInput
from tui.terminal.cells import Column

_SHAPES: Final[Mapping[str, tuple[Column, str]]] = {
    "decide_by": (Column("decide_by", "decide by", 11, 1), "the last moment to decide"),
    "exposure": (Column("exposure", "exposure", 8, 1, align="right"), "value at risk × likelihood"),
    "value_at_risk": (Column("value_at_risk", "at risk", 8, 1, align="right"), "value at risk"),
    "likely": (Column("likely", "likely", 6, 1, align="right"), "how likely it becomes a miss"),
    "severity": (Column("severity", "", 2, 1), "severity, as shape and letter"),
    "id": (Column("id", "id", 4, 1), "its id"),
    "kind": (Column("kind", "what", len("below_target"), 1), "its kind"),
    "subject": (Column("subject", "subject", 12, 0, flex=True), "what it is about"),
    "summary": (Column("summary", "summary", 24, 1, flex=True, words=True), "one sentence"),
    "gap": (Column("gap", "gap", 9, 1, align="right"), "how far off plan"),
    "state": (Column("state", "state", len("acknowledged"), 1), "its state"),
    "owner": (Column("owner", "owner", 8, 1), "who has it"),
    "folded": (Column("folded", "", 3, 1, align="right"), "consequences folded inside"),
    "item": (Column("item", "item", 12, 1), "the item"),
    "site": (Column("site", "site", 8, 1), "the site"),
    "party": (Column("party", "party", 12, 1), "supplier, carrier or customer"),
    "need_at": (Column("need_at", "needed", 6, 1, align="right"), "when the demand needs it"),
    "opened_at": (Column("opened_at", "opened", 6, 1, align="right"), "how long it is open"),
    "response": (Column("response", "resp", 5, 1), "its response"),
    "hidden_by": (Column("hidden_by", "hidden by", 13, 1, words=True), "what keeps it out of the queue"),
    "flaps": (Column("flaps", "flaps", 5, 1, align="right"), "how often it came back"),
}
COLUMNS: Final[Mapping[str, str]] = {name: words for name, (_, words) in _SHAPES.items()}
"""Columns to choose from, with what they show."""
USUAL: Final = (
    "decide_by", "exposure", "severity", "id", "kind", "subject", "gap", "state", "owner", "folded", "hidden_by",
    "party", "opened_at", "likely", "response", "summary",
)  # fmt: skip
"""The columns when nobody chose others. When the screen is narrow the last go first, the tenth after long words."""


def checked(names: Sequence[Any], place: str) -> tuple[str, ...]:
    """Names of columns, each once. Raises BadInput at `place` for one that there is not."""
    for name in names:
        # Whatever stands in the settings file: not everything can be looked up.
        if not isinstance(name, str) or name not in COLUMNS:
            raise BadInput(place, f"{name!r} is no column", f"name some of {', '.join(COLUMNS)}")
    return tuple(dict.fromkeys(names))


def ranked(names: Sequence[str]) -> tuple[Column, ...]:
    """The shapes of columns in their order; the last named is the first to go, the subject never does."""
    return tuple(
        replace(_SHAPES[name][0], rank=0 if name == "subject" else place) for place, name in enumerate(names, 1)
    )
