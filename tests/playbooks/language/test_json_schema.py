"""The JSON Schema for editors says the same of a file's shape as the models that read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from playbooks.language import yaml_source
from playbooks.language.json_schema import json_schema
from playbooks.loader import BUILT_IN
from tests.playbooks.json_schema_reader import fits
from tests.playbooks.lint.test_lint import FAULTS, SOUND
from tests.playbooks.planning.test_rehearse import PLAYBOOK

SCHEMA = json_schema()
NOT_ITS_SUBJECT = ("PT0M", "tz: Mars", "tz: UTC, calendar: C", "idempotency_key: K", "enum: [x]", "default: x")
"""Faults of form that a pattern cannot tell."""


def is_taken(text: str) -> bool:
    return fits(yaml_source.read(text.encode("utf-8"), "p.yaml").value, SCHEMA, SCHEMA)


def test_every_playbook_of_the_library_fits() -> None:
    for path in sorted(BUILT_IN.glob("*.yaml")):
        assert is_taken(path.read_text(encoding="utf-8")), path.name
    assert is_taken(SOUND)
    assert is_taken(PLAYBOOK)


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, new, level, *_ in FAULTS if level == "syntax"])
def test_what_the_models_refuse_it_refuses(old: str, new: str) -> None:
    assert is_taken(SOUND.replace(old, new, 1)) == any(part in new for part in NOT_ITS_SUBJECT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("field: kind", "field: knid"),
        ("{kind: overdue}", "{kind: overdue, gap.dais: 3}"),
        ("{kind: overdue}", "{party: ACME}"),
        ("matches: false", "macthes: false"),
        ("2026-03-02T10:00:00Z", "tomorrow"),
    ],
)
def test_fields_are_completed_from_the_closed_list(old: str, new: str) -> None:
    assert old in PLAYBOOK
    assert not is_taken(PLAYBOOK.replace(old, new, 1))


def test_every_key_says_what_it_means_and_no_other_key_is_taken() -> None:
    for name, model in _models():
        assert model["additionalProperties"] is False, name
        for key, part in model["properties"].items():
            assert part.get("description"), f"{name}.{key}"
    json.dumps(SCHEMA)


def _models() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "Playbook", SCHEMA
    yield from SCHEMA["$defs"].items()
