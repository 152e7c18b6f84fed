"""A playbook as plain JSON values: what `playbook list` and `playbook show` print."""

from __future__ import annotations

import json
from typing import Any

from playbooks.language.loaded import LoadedPlaybook


def describe(playbook: LoadedPlaybook) -> dict[str, Any]:
    """The whole definition under the schema's own names, and the file and sha256 beside it.

    A role's `fallback` and a step's `due` are always there, null where the playbook has none.
    """
    definition: dict[str, Any] = json.loads(playbook.definition)
    for role in definition["roles"].values():
        role.setdefault("fallback", None)
    for step in definition["steps"]:
        step.setdefault("due", None)
    return {**definition, "file": str(playbook.path), "sha256": playbook.sha256}


def summarize(playbook: LoadedPlaybook) -> dict[str, Any]:
    """One line of the list: what it says of itself, the events of its triggers, its functions, and how many steps and
    tests."""
    content = playbook.content
    return {
        "id": content.id,
        "version": content.version,
        "title": content.title,
        "owners": list(content.owners or ()),
        "enabled": content.enabled,
        "tags": list(content.tags),
        "triggers": [trigger.on for trigger in content.triggers],
        "functions": sorted({role.function for role in content.roles.values()}),
        "steps": len(content.steps),
        "tests": len(content.tests),
        "file": str(playbook.path),
    }
