"""What steps give to later ones: values by name, taken as the step is done, and kept with its answers.

Where a value comes from is a closed list (`Terms.publish`): `answers.NAME` of its form, `choice` of a decision,
`answer.PATH as TYPE` of what a called system answered, else a field of the deviation as it is then. Nothing is
evaluated; what is not there, or is no value of its type, is not known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.actions import answers
from engine.storage.journal import canonical
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.errors import BadInput
from engine.values.paths import at_path
from engine.vocabulary.terms import CHOICE, FORM, SYSTEM, Terms


def published(
    connection: sqlite3.Connection, now: int, row: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns that an action is done with, `changes`, and with what it publishes among its answers; what a system
    answered is there already (`picked`)."""
    sources = Terms.load(row["terms"]).publish
    if not sources:
        return dict(changes)
    action = {**row, **changes}
    given: dict[str, Any] = json.loads(action["answers"])
    found: dict[str, Any] = {}
    fields = [source for source in sources.values() if not _is_given(source)]
    deviation = _deviation(connection, now, action["deviation_id"]) if fields else {}
    for name, source in sources.items():
        if source == CHOICE:
            found[name] = action["chosen"]
        elif source.startswith(FORM):
            found[name] = given.get(source.removeprefix(FORM))
        elif source.startswith(SYSTEM):
            found[name] = given.get(name)
        else:
            found[name] = at_path(deviation, source)
    kept = {name: value for name, value in given.items() if name not in found}
    known = {name: value for name, value in found.items() if value is not None}
    return {**changes, "answers": canonical({**kept, **known})}


def picked(terms: Terms, answer: object) -> tuple[dict[str, Any], list[str]]:
    """The values that a step takes from the JSON of a system's answer, and a sentence for each that is not there."""
    found: dict[str, Any] = {}
    lacking: list[str] = []
    for name, source in terms.publish.items():
        if not source.startswith(SYSTEM):
            continue
        path, _, kind = source.partition(" as ")
        value = at_path(answer, path.removeprefix(SYSTEM))
        if value is None:
            lacking.append(f"{name} is not known: the answer has no {path.removeprefix(SYSTEM)}")
            continue
        try:
            found[name] = answers.read({"name": name, "type": kind}, value)
        except BadInput as fault:
            lacking.append(f"{name} is not known: {fault.fault}")
    return found, lacking


def known(connection: sqlite3.Connection, response: int, names: Mapping[str, str]) -> dict[str, Any]:
    """The values of some names, each by the step that publishes it; those of steps that are not done are not there."""
    found = connection.execute(
        "SELECT step, answers FROM action"
        " WHERE response_id = ? AND state = 'done' AND step IN (SELECT value FROM json_each(?))",
        (response, as_json(sorted(set(names.values())))),
    )
    by_step = {step: json.loads(text) for step, text in found}
    values = {name: by_step.get(step, {}).get(name) for name, step in names.items()}
    return {name: value for name, value in values.items() if value is not None}


def _is_given(source: str) -> bool:
    return source == CHOICE or source.startswith((FORM, SYSTEM))


def _deviation(connection: sqlite3.Connection, now: int, number: int) -> Mapping[str, Any]:
    # Only now: few steps publish what the deviation says, and every command reads this module.
    from engine.reading import questions

    return questions.deviation(connection, now, f"D{number}")
