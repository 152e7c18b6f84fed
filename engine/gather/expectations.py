"""What says when news of a line is missing: since when the plan has the line, and how long its lane takes.

Read only where some rule watches for silence (engine.detect.unconfirmed), since most desks ask it of few lines or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from engine.detect import excess, unconfirmed
from engine.detect.tolerance_rules import Tolerances
from engine.facts.subjects import LineFacts
from engine.gather import items
from engine.gather.cases import Case
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json

_KNOWN_SINCE: Final = (
    "SELECT line.kind, line.ref, baseline.loaded_at FROM (SELECT was.kind, was.ref, min(was.from_version) AS version"
    " FROM json_each(?) AS wanted CROSS JOIN plan_line AS was ON was.ref = wanted.value"
    " GROUP BY was.kind, was.ref) AS line JOIN baseline ON baseline.version = line.version"
)

_HEARD: Final = (*((unconfirmed.KIND, parameter) for parameter in unconfirmed.WATCHES), (excess.KIND, "early_days"))
"""Kinds and their parameters that make every word about a line count."""


def are_watched(tolerances: Tolerances) -> bool:
    """Whether any rule, or the kind's own setting, watches for silence."""
    return any(tolerances.is_ever_set(unconfirmed.KIND, parameter) for parameter in unconfirmed.WATCHES)


def hear_all(tolerances: Tolerances) -> bool:
    """Whether of any line even a word that keeps to the plan may change a verdict: it breaks a silence, or is early."""
    return any(tolerances.is_ever_set(*each) for each in _HEARD)


def hear_all_of(facts: LineFacts, tolerances: Tolerances) -> bool:
    """The same for one line."""
    return any(tolerances.of(kind, facts.subject())[parameter] > 0 for kind, parameter in _HEARD)


def complete(connection: sqlite3.Connection, cases: Iterable[Case[LineFacts]]) -> Iterator[Case[LineFacts]]:
    """The cases with `known_since` and `lane_days` of their facts filled in."""
    found = list(cases)
    since = _known_since(connection, sorted({case.facts.line.ref for case in found}))
    durations = items.lane_durations(connection)
    for case in found:
        line = case.facts.line
        case.facts.known_since = since.get((line.kind, line.ref))
        if line.origin is not None and line.site is not None:
            anyhow = durations.get((None, line.site))
            case.facts.lane_days = durations.get((line.origin, line.site), anyhow)
        yield case


def _known_since(connection: sqlite3.Connection, references: Sequence[str]) -> dict[tuple[str, str], int]:
    """By kind and reference, when the plan first had the line."""
    return {(kind, ref): at for kind, ref, at in connection.execute(_KNOWN_SINCE, (as_json(references),))}
