"""Deviations, silences and plan lines as the command contract's JSON; the lists add what other rows say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from engine.ranking import rank, suppression
from engine.values.clock import iso, iso_or_none
from engine.values.money import amount
from engine.vocabulary.deviation_kinds import KIND_FUNCTIONS

_JSON: Final = json.JSONDecoder()


class DeviationRow(NamedTuple):
    """What of a row of the table deviation a list is made of; its terms, which are as long as all that together, are
    not."""

    id: int
    kind: str
    state: str
    severity: str
    subject_type: str
    subject_id: str
    item: str | None
    site: str | None
    party: str | None
    summary: str
    planned: str
    observed: str
    gap: str
    value_minor: int | None
    currency: str | None
    likelihood: float
    exposure_minor: int
    need_at: int | None
    decide_by: int | None
    owner: str | None
    baseline_version: int
    episode: int
    flaps: int
    breaches: int | None
    clears: int | None
    merged_into: int | None
    reason: str | None
    dismissed_as: str | None
    outcome: str | None
    cost_minor: int | None
    cost_currency: str | None
    rule: str | None
    snoozed_until: int | None
    opened_at: int | None
    occurred_at: int | None
    detected_at: int
    acknowledged_at: int | None
    decided_at: int | None
    responded_at: int | None
    contained_at: int | None
    recovered_at: int | None
    resolved_at: int | None
    closed_at: int | None
    raised_at: int | None
    version: int
    joined: int | None
    live_roots: int


def deviation(row: DeviationRow, *, now: int, currency: str, response: tuple[int, str] | None) -> dict[str, Any]:
    """A deviation without what other rows say of it, which engine.reading.deviation_list adds; `currency` is the
    desk's, of the exposure, `response` the number and the state of the last response to it."""
    # One parse for the three, without looking for blanks around them: a list is made of hundreds of rows.
    (planned, observed, gap), _ = _JSON.raw_decode(f"[{row.planned},{row.observed},{row.gap}]")
    return {
        "id": f"D{row.id}",
        "kind": row.kind,
        "state": row.state,
        "severity": row.severity,
        "subject": {"type": row.subject_type, "id": row.subject_id},
        "item": row.item,
        "site": row.site,
        "party": row.party,
        "summary": row.summary,
        "planned": planned,
        "observed": observed,
        "gap": gap,
        "value_at_risk": amount(row.value_minor, row.currency),
        "likelihood": row.likelihood,
        # An unknown value is not an exposure of nothing.
        "exposure": None if row.value_minor is None else amount(row.exposure_minor, currency),
        "need_at": iso_or_none(row.need_at),
        "decide_by": iso_or_none(row.decide_by),
        "bucket": rank.bucket(row.decide_by, now),
        "function": KIND_FUNCTIONS[row.kind],
        "owner": row.owner,
        "response": None if response is None else f"R{response[0]}",
        "response_state": None if response is None else response[1],
        "baseline_version": row.baseline_version,
        "episode": row.episode,
        "flaps": row.flaps,
        "breaches": row.breaches,
        "clears": row.clears,
        "merged_into": None if row.merged_into is None else f"D{row.merged_into}",
        "reason": row.reason,
        "dismissed_as": row.dismissed_as,
        "outcome": row.outcome,
        "cost": amount(row.cost_minor, row.cost_currency),
        "rule": row.rule,
        "snoozed_until": iso_or_none(row.snoozed_until),
        "opened_at": iso_or_none(row.opened_at),
        "occurred_at": iso_or_none(row.occurred_at),
        "detected_at": iso_or_none(row.detected_at),
        "acknowledged_at": iso_or_none(row.acknowledged_at),
        "decided_at": iso_or_none(row.decided_at),
        "responded_at": iso_or_none(row.responded_at),
        "contained_at": iso_or_none(row.contained_at),
        "recovered_at": iso_or_none(row.recovered_at),
        "resolved_at": iso_or_none(row.resolved_at),
        "closed_at": iso_or_none(row.closed_at),
        "raised_at": iso_or_none(row.raised_at),
        "version": row.version,
    }


def silence(row: Mapping[str, Any], *, now: int) -> dict[str, Any]:
    """A silence, without `matched`, which engine.reading.lists adds."""
    return {
        "id": f"L{row['id']}",
        "state": suppression.silence_state(row, now),
        "matchers": suppression.silence_matchers(row),
        "from_at": iso(row["from_at"]),
        "until_at": iso(row["until_at"]),
        "author": row["author"],
        "reason": row["reason"],
        "created_at": iso(row["created_at"]),
        "version": row["version"],
    }


def plan_line(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the baseline; `from_version` to `to_version` are the baseline versions that it holds in."""
    return {
        "id": f"{row['kind']} {row['ref']}",
        "kind": row["kind"],
        "ref": row["ref"],
        "scope": row["scope"],
        "item": row["item"],
        "site": row["site"],
        "origin": row["origin"],
        "party": row["party"],
        "quantity": row["quantity"],
        "maximum": row["maximum"],
        "uom": row["uom"],
        "planned_at": iso_or_none(row["planned_at"]),
        "until_at": iso_or_none(row["until_at"]),
        "value": amount(row["value_minor"], row["currency"]),
        "status": row["status"],
        "attributes": json.loads(row["attributes"]),
        "from_version": row["from_version"],
        "to_version": row["to_version"],
    }
