"""What keeps a live deviation out of the queue: computed by whoever reads, never stored as a state.

    snoozed     a person put this one off until an instant
    silenced    a silence that is active now matches it (engine.silences)
    folded      it is a consequence of another deviation that is live itself (engine.folding)

Each is an SQL condition on the table `deviation`, with `:now` as the present instant. An error in here must show a
deviation rather than hide it.
"""

from __future__ import annotations

from typing import Final

from engine.lifecycle import QUEUE_STATES

_LIVE: Final = ", ".join(f"'{state}'" for state in QUEUE_STATES)
LIVE: Final = f"deviation.state IN ({_LIVE})"
"""It asks for something."""

SNOOZED: Final = "coalesce(deviation.snoozed_until > :now, 0)"

_MATCHED: Final = (
    ("kind", "kind"),
    ("severity", "severity"),
    ("party", "party"),
    ("item", "item"),
    ("site", "site"),
    ("subject", "subject_id"),
)
"""Column of `silence` and the column of `deviation` that it is matched with."""
_MATCHES: Final = " AND ".join(
    f"(silence.{matcher} IS NULL OR coalesce(deviation.{column} GLOB silence.{matcher}, 0))"
    for matcher, column in _MATCHED
)
ACTIVE_SILENCE: Final = f"silence.from_at <= :now AND silence.until_at > :now AND {_MATCHES}"
"""A condition on `silence` beside `deviation`: it is in force and matches."""
SILENCED: Final = f"EXISTS (SELECT 1 FROM silence WHERE {ACTIVE_SILENCE})"

FOLDED: Final = (
    "EXISTS (SELECT 1 FROM cause JOIN deviation AS root ON root.id = cause.root_id"
    f" WHERE cause.deviation_id = deviation.id AND root.state IN ({_LIVE}))"
)

IN_QUEUE: Final = f"({LIVE} AND NOT {SNOOZED} AND NOT {SILENCED} AND NOT {FOLDED})"
"""What stands in the queue."""
