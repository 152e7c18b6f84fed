"""What is offered of the actions of a deviation that is over by itself or by a person: to cancel open ones, to take back
done ones whose step has a reversal (engine.reversing)."""

from __future__ import annotations

from typing import Final

OFFERS: Final = ("none", "cancel", "reverse")
OFFERED: Final = (
    "(CASE WHEN (SELECT state FROM deviation WHERE deviation.id = action.deviation_id)"
    " NOT IN ('recovered', 'resolved', 'closed') THEN 'none'"
    " WHEN action.state NOT IN ('done', 'skipped', 'cancelled') THEN 'cancel'"
    " WHEN action.state = 'done' AND json_extract(action.terms, '$.reverse') IS NOT NULL AND NOT EXISTS (SELECT 1"
    " FROM action AS back WHERE back.response_id = action.response_id"
    " AND back.step = json_extract(action.terms, '$.reverse')) THEN 'reverse' ELSE 'none' END)"
)
"""As SQL, what is offered of an action whose deviation is over: to cancel an open one, to take a done one back."""
