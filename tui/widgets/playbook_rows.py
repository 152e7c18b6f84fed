"""Playbooks as a list shows them: those that can be used, and the files that cannot, each with what lint finds. No
Textual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbooks.language.describe import describe, summarize

if TYPE_CHECKING:
    from engine.vocabulary.planning import Match
    from playbooks.language.findings import LintFinding
    from playbooks.language.loaded import Library


def rows(library: Library, matches: Iterable[Match]) -> list[dict[str, Any]]:
    """A row for each playbook and for each file that gives none; `matches` is how they stand to a deviation."""
    standing = {match.playbook: match for match in matches}
    by_file: dict[str, list[LintFinding]] = {}
    for finding in library.findings:
        by_file.setdefault(finding.path, []).append(finding)
    found = []
    for playbook in library.playbooks:
        match = standing.get(playbook.id)
        found.append(
            {
                **summarize(playbook),
                "name": playbook.id,
                "matches": None if match is None else match.matches,
                "because": "" if match is None else match.because,
                "findings": by_file.pop(str(playbook.path), []),
                "description": describe(playbook),
            }
        )
    return [*(_unusable(path, findings) for path, findings in sorted(by_file.items())), *found]


def _unusable(path: str, findings: Sequence[LintFinding]) -> dict[str, Any]:
    blank: dict[str, Any] = {
        "version": None,
        "enabled": False,
        "owners": [],
        "tags": [],
        "functions": [],
        "steps": 0,
        "tests": 0,
    }
    name = {
        "name": Path(path).name,
        "id": Path(path).name,
        "title": "cannot be used: its file has an error",
        "file": path,
    }
    return {**blank, **name, "matches": None, "because": "", "findings": list(findings), "description": None}


def meets(row: Mapping[str, Any], text: str) -> bool:
    """Whether a playbook has all words of a filter text; `!word` is for those that have it not."""
    everything = " ".join(
        str(row[name]) for name in ("name", "title", "owners", "tags", "functions", "file")
    ).casefold()
    words = text.casefold().split()
    return all(
        (word[1:] not in everything) if word.startswith("!") and word[1:] else word in everything for word in words
    )


def lint_state(row: Mapping[str, Any]) -> tuple[str, str]:
    """What lint says of a file, as shape and words, with its style."""
    errors = sum(finding.severity == "error" for finding in row["findings"])
    warnings = len(row["findings"]) - errors
    if errors:
        return f"✖ {errors} error{'' if errors == 1 else 's'}", "bad"
    if warnings:
        return f"▲ {warnings} warning{'' if warnings == 1 else 's'}", "warning"
    return "● sound", "good"
