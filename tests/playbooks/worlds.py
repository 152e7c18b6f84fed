"""Deviations, people and playbook files that several tests of this room share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.values.clock import parse_instant
from engine.vocabulary.planning import Booking, Owner, WorkingCalendar, World
from playbooks.language.findings import LintFinding
from playbooks.language.loaded import Library
from playbooks.loader import load_files, load_paths
from playbooks.planning.rehearse import Difference

ONE_STEP = """\
schema: 1
id: {id}
version: 1
title: A playbook
description: For tests.
enabled: true
triggers:
  - on: deviation.opened
    match: {{field: kind, op: eq, value: late_supply}}
roles:
  buyer: {{function: procurement, fallback: logistics}}
steps:
  - id: call
    title: Call $party
    role: buyer
    duration: PT2H
"""
# The tests that share it live on Monday 2026-03-09, 08:00 UTC (tests.engine.desk_support.NOW).
WEEKLY = ONE_STEP.format(id="weekly").replace(
    "on: deviation.opened", 'on: schedule\n    at: {days: [mon], time: "10:00", tz: Europe/Berlin}'
)


def at(text: str) -> int:
    return parse_instant(text, "test")


def deviation(**changes: Any) -> dict[str, Any]:
    """A late purchase order line of the contract's JSON, on Friday 6 March 2026."""
    return {
        "id": "D1",
        "kind": "late_supply",
        "state": "open",
        "severity": "medium",
        "subject": {"type": "purchase_order", "id": "4711/10"},
        "item": "SKU-77",
        "site": "RTM",
        "party": "ACME",
        "summary": "12 days late",
        "planned": {"due": "2026-03-13"},
        "observed": {"eta": "2026-03-25"},
        "gap": {"days": 12.0},
        "value_at_risk": {"amount": 412000.0, "currency": "EUR"},
        "likelihood": 1.0,
        "need_at": "2026-03-13T00:00:00Z",
        "decide_by": "2026-03-10T09:00:00Z",
        "opened_at": "2026-03-06T09:00:00Z",
        "owner": None,
        "flaps": 0,
    } | changes


def world(
    *owners: Owner, now: str = "2026-03-06T09:00:00Z", zone: str = "UTC", load: Mapping[str, int] | None = None
) -> World:
    calendars = {
        "nights": WorkingCalendar("nights", "UTC", {"fri": (("22:00", "06:00"),)}),
        "broken": WorkingCalendar("broken", "Mars/Olympus", {"mon": (("08:00", "16:00"),)}),
    }
    # Booked far ahead: it counts as load, and stands in nobody's way.
    booked = [
        Booking(owner, f"of {owner}", at("2026-09-01T09:00:00Z"), minutes) for owner, minutes in (load or {}).items()
    ]
    return World(at(now), zone, owners, calendars, booked)


def lint(*paths: Path) -> list[LintFinding]:
    """What is found in files and folders of them."""
    return load_paths(paths)[1]


def at_place(path: Path, said: LintFinding | Difference) -> str:
    """The rest of the line that begins where something is said about a file."""
    return path.read_text(encoding="utf-8").splitlines()[said.line - 1][said.column - 1 :]


def found_once(path: Path, words: str, shown: str) -> LintFinding:
    """What is found in a file and says these words: one finding, at the place where `shown` stands."""
    found = [each for each in lint(path) if words in each.message]
    assert len(found) == 1, [str(each) for each in lint(path)]
    assert at_place(path, found[0]).startswith(shown)
    return found[0]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def library(folder: Path, text: str) -> Library:
    """A library of one playbook file; the file must be without faults."""
    loaded, findings = load_files([write(folder, "p.yaml", text)])
    assert [str(finding) for finding in findings if finding.severity == "error"] == []
    return Library(tuple(loaded), tuple(findings))
