"""The fields of each list: the contract's names, and the SQL that gives their values. `:now` is the present instant."""

from __future__ import annotations

from typing import Final

from engine.actions.offers import OFFERED, OFFERS
from engine.actions.undelivered import UNDELIVERED, UNDELIVERED_OF_ACTION
from engine.ranking import rank, suppression
from engine.values import money
from engine.vocabulary.deviation_kinds import DEVIATION_KINDS, KIND_FUNCTIONS
from engine.vocabulary.filters import Field, Fields
from engine.vocabulary.lifecycle import ACTION_STATES, DEVIATION_STATES, OPEN_ACTION, QUEUE_STATES
from engine.vocabulary.model import DISMISSALS, FUNCTIONS, SEVERITIES, SIGNAL_KINDS
from engine.vocabulary.terms import STEP_KINDS

RESPONSE_STATES: Final = ("running", "done", "cancelled")


def quoted(words: tuple[str, ...]) -> str:
    """Words of ours as an SQL list."""
    return ", ".join(f"'{word}'" for word in words)


def _units(currency: str) -> str:
    cases = " ".join(f"WHEN '{code}' THEN {units}.0" for code, units in money.UNITS.items())
    return f"(CASE {currency} {cases} ELSE 100.0 END)"


DESK_CURRENCY: Final = "(SELECT json_extract(value, '$.currency') FROM meta WHERE key = 'settings')"

_BUCKET: Final = (
    "(CASE WHEN decide_by IS NULL THEN 'later' "
    + " ".join(f"WHEN decide_by <= :now + {limit} THEN '{name}'" for name, limit in rank.BUCKETS)
    + " ELSE 'later' END)"
)


def _plain(type_: str, *names: str) -> dict[str, Field]:
    return {name: Field(type_, name) for name in names}


def _choice(name: str, choices: tuple[str, ...]) -> dict[str, Field]:
    return {name: Field("choice", name, choices)}


_FUNCTION: Final = (
    "(CASE kind " + " ".join(f"WHEN '{kind}' THEN '{function}'" for kind, function in KIND_FUNCTIONS.items()) + " END)"
)

DEVIATIONS: Final = Fields(
    {
        "id": Field("id", "id", table="deviation"),
        **_choice("kind", DEVIATION_KINDS),
        **_choice("state", DEVIATION_STATES),
        **_choice("severity", SEVERITIES),
        "subject": Field("text", "subject_id"),
        "subject.type": Field("text", "subject_type"),
        "subject.id": Field("text", "subject_id"),
        **_plain("text", "item", "site", "party", "owner", "summary", "reason", "rule", "outcome"),
        **_choice("dismissed_as", tuple(DISMISSALS)),
        **_plain("document", "planned", "observed", "gap"),
        "cost": Field("money", f"(cost_minor / {_units('cost_currency')})"),
        "value_at_risk": Field("money", f"(value_minor / {_units('currency')})"),
        "exposure": Field("money", f"(exposure_minor / {_units(DESK_CURRENCY)})"),
        **_plain("number", "likelihood", "baseline_version", "episode", "flaps", "breaches", "clears", "version"),
        "merged_into": Field("id", "merged_into", table="deviation"),
        "function": Field("choice", _FUNCTION, FUNCTIONS),
        **_plain("time", "need_at", "decide_by", "snoozed_until", "occurred_at", "detected_at", "opened_at"),
        **_plain(
            "time",
            "acknowledged_at",
            "decided_at",
            "responded_at",
            "contained_at",
            "recovered_at",
            "resolved_at",
            "closed_at",
        ),
        "snoozed": Field("flag", suppression.SNOOZED),
        "silenced": Field("flag", suppression.SILENCED),
        "folded": Field("flag", suppression.FOLDED),
        "suppressed": Field("flag", suppression.SUPPRESSED),
        "bucket": Field("choice", _BUCKET, (*(name for name, _ in rank.BUCKETS), "later")),
        "response": Field(
            "id",
            # Each by its own index: with OR between them every deviation would read all responses.
            "nullif(max(coalesce((SELECT max(response.id) FROM response WHERE response.state != 'cancelled'"
            " AND deviation_id = deviation.id), 0), coalesce((SELECT response.id FROM deviation AS same"
            " INDEXED BY deviation_joins CROSS JOIN response ON response.id = same.joined WHERE same.id = deviation.id"
            " AND same.joined IS NOT NULL AND response.state != 'cancelled'), 0)), 0)",
            table="response",
        ),
    },
    words=("summary", "kind", "subject_id", "item", "site", "party", "owner"),
    with_subject=True,
)

WITHDRAWN_SIGNAL: Final = (
    "EXISTS (SELECT 1 FROM correction WHERE correction.row_key = signal.row_key AND correction.at <= :now"
    " AND correction.signal_id != signal.id AND (signal.restatable IS NULL OR correction.at >= signal.as_of))"
)
"""Taken back by its source by now; a drill is not, which only counts so (engine.gather.corrections)."""

SIGNALS: Final = Fields(
    {
        "id": Field("id", "id", table="signal"),
        **_plain("text", "source", "source_id"),
        **_choice("kind", tuple(SIGNAL_KINDS)),
        **_plain("time", "as_of", "occurred_at", "recorded_at", "received_at", "eta"),
        **_plain("text", "order_kind", "order_ref", "item", "site", "party", "uom", "status"),
        **_plain("number", "quantity"),
        **{
            name: Field("text", f"json_extract(detail, '$.{name}')") for name in ("code", "corrects", "lot", "resource")
        },
        "drill": Field("flag", "coalesce(json_extract(detail, '$.drill'), 0)"),
        "withdrawn": Field("flag", WITHDRAWN_SIGNAL),
        **_plain("document", "payload"),
    },
    words=("kind", "order_ref", "item", "site", "party", "source", "source_id", "status", "payload"),
)

RESPONSES: Final = Fields(
    {
        "id": Field("id", "id", table="response"),
        "deviation": Field("id", "deviation_id", table="deviation"),
        **_plain("text", "playbook", "title", "owner"),
        **_plain("number", "playbook_version", "version"),
        **_choice("state", RESPONSE_STATES),
        **_plain("time", "created_at", "closed_at"),
    },
    words=("title", "playbook", "owner"),
)

OVERDUE_ACTION: Final = (
    f"({OPEN_ACTION} AND (due_at < :now OR (action.state = 'waiting' AND coalesce(waiting_until < :now, 0))))"
)
"""Past its due time, or still waiting after the time until which it waits."""

ACTIONS: Final = Fields(
    {
        "id": Field("id", "action.id", table="action"),
        "response": Field("id", "response_id", table="response"),
        "deviation": Field("id", "action.deviation_id", table="deviation"),
        "playbook": Field("text", "playbook"),
        "state": Field("choice", "action.state", ACTION_STATES),
        "title": Field("text", "action.title"),
        "owner": Field("text", "action.owner"),
        **_choice("kind", STEP_KINDS),
        **_plain("text", "step", "function", "role", "reason", "approved_by", "chosen"),
        "approval": Field(
            "choice",
            "(CASE WHEN approval = 'null' THEN 'none' WHEN approved_at IS NULL THEN 'needed' ELSE 'given' END)",
            ("none", "needed", "given"),
        ),
        "cost": Field("money", f"(cost_minor / {_units('cost_currency')})"),
        **_plain("time", "start_at", "due_at", "started_at", "done_at", "waiting_until", "approved_at"),
        **_plain("number", "duration_minutes", "attempt"),
        "escalations": Field("number", "action.escalation"),
        **_plain("flag", "critical", "mandatory"),
        "overdue": Field("flag", OVERDUE_ACTION),
        "move": Field(
            "choice", "(CASE WHEN proposed_at IS NULL THEN 'none' ELSE 'proposed' END)", ("none", "proposed")
        ),
        "offered": Field("choice", OFFERED, OFFERS),
        "undelivered": Field("choice", UNDELIVERED_OF_ACTION, UNDELIVERED),
        "version": Field("number", "action.version"),
    },
    words=("action.title", "action.owner", "function", "role", "step", "playbook"),
)

HEALTHS: Final = ("error", "stale", "held", "silent", "ok")
"""How a source fares, the worst first: it could not be read, is silent past its time, has records in quarantine, has
never spoken."""
_STALE: Final = (
    "EXISTS (SELECT 1 FROM deviation WHERE deviation.kind = 'stale_feed' AND subject_type = 'source'"
    f" AND subject_id = source.name AND state IN ({quoted(QUEUE_STATES)}))"
)
HELD: Final = "(SELECT count(*) FROM quarantine WHERE quarantine.source = source.name AND state = 'held')"
"""How many records of a source are in quarantine."""
SOURCES: Final = Fields(
    {
        **_plain("text", "name", "kind", "last_error"),
        **_plain("time", "first_seen_at", "last_received_at", "last_recorded_at", "last_error_at", "next_poll_at"),
        **_plain("number", "signals", "duplicates", "quarantined"),
        "stale": Field("flag", _STALE),
        "held": Field("number", HELD),
        "health": Field(
            "choice",
            f"CASE WHEN last_error <> '' THEN 'error' WHEN {_STALE} THEN 'stale' WHEN {HELD} > 0 THEN 'held'"
            " WHEN last_received_at IS NULL THEN 'silent' ELSE 'ok' END",
            HEALTHS,
        ),
    },
    words=("name", "kind", "last_error"),
)

SILENCE_STATES: Final = ("pending", "active", "expired")
SILENCES: Final = Fields(
    {
        "id": Field("id", "id", table="silence"),
        "state": Field(
            "choice",
            "(CASE WHEN until_at <= :now THEN 'expired' WHEN from_at > :now THEN 'pending' ELSE 'active' END)",
            SILENCE_STATES,
        ),
        **_plain("text", "kind", "severity", "party", "item", "site", "subject", "author", "reason"),
        **_plain("time", "from_at", "until_at", "created_at"),
        **_plain("number", "version"),
    },
    words=("kind", "severity", "party", "item", "site", "subject", "author", "reason"),
)

PRESENT_HANDOFF: Final = (
    "(state IN ('pending', 'begun', 'unknown') OR next_at IS NOT NULL OR EXISTS (SELECT 1 FROM handoff_action"
    " JOIN action ON action.id = handoff_action.action_id WHERE handoff_id = handoff.id"
    f" AND {OPEN_ACTION}))"
)
"""On its way, in doubt, or of an action that is open."""
HANDOFFS: Final = Fields(
    {
        "id": Field("id", "id", table="handoff"),
        "response": Field("id", "response_id", table="response"),
        **_plain("text", "channel", "owner", "reason", "fault", "key"),
        **_choice("state", ("pending", "begun", "sent", "failed", "unknown")),
        **_plain("time", "created_at", "begun_at", "ended_at", "next_at"),
        **_plain("number", "attempt", "version"),
    },
    words=("channel", "owner", "reason", "fault"),
)

QUARANTINE: Final = Fields(
    {
        "id": Field("id", "id", table="quarantine"),
        **_plain("text", "source", "file", "reason", "mend", "raw"),
        "column": Field("text", "column_name"),
        **_plain("number", "line"),
        **_choice("state", ("held", "taken")),
        **_plain("time", "received_at"),
    },
    words=("source", "file", "column_name", "reason", "mend", "raw"),
)
