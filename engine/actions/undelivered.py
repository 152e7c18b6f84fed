"""Whether a message about an action did not reach its owner: the last one of a channel failed, or any is in
doubt. What is to be done about it is said by engine.handoffs.channel_health."""

from __future__ import annotations

from typing import Final

UNDELIVERED: Final = ("none", "failed", "unknown")
UNDELIVERED_OF_ACTION: Final = (
    "coalesce((SELECT max(handoff.state) FROM handoff_action JOIN handoff ON handoff.id = handoff_action.handoff_id"
    " WHERE handoff_action.action_id = action.id AND action.state NOT IN ('done', 'skipped', 'cancelled')"
    " AND (handoff.state = 'unknown' OR handoff.state = 'failed' AND NOT EXISTS (SELECT 1 FROM handoff AS later"
    " WHERE later.response_id = handoff.response_id AND later.channel = handoff.channel"
    " AND later.owner = handoff.owner AND later.id > handoff.id))), 'none')"
)
"""As SQL, one of UNDELIVERED for an open action; a message in doubt goes before one that failed."""
