"""A finding of `offplan check`: what is wrong where, how to mend it, and how much it matters.

Not what a detector finds (engine.vocabulary.model.Finding), nor what lint does (playbooks.language.findings).
`error` for damage, exposure or what could not be judged, `warning` for what asks for attention, `note` for what is
worth knowing.
"""

from __future__ import annotations

from typing import Any, Final

CheckFinding = dict[str, Any]
"""place, fault, mend and severity; on the data also count and examples."""
SEVERITIES: Final = ("error", "warning", "note")
"""The worst first."""


def as_error(place: str, fault: str, mend: str) -> CheckFinding:
    """A finding that makes `offplan check` fail, and stands first."""
    return {"place": place, "fault": fault, "mend": mend, "severity": "error"}


def as_warning(place: str, fault: str, mend: str) -> CheckFinding:
    """A finding that makes `offplan check` fail."""
    return {"place": place, "fault": fault, "mend": mend, "severity": "warning"}


def as_note(place: str, fault: str, mend: str) -> CheckFinding:
    """A finding that lets `offplan check` pass."""
    return {"place": place, "fault": fault, "mend": mend, "severity": "note"}
