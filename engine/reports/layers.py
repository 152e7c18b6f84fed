"""The layers of tolerance as people read them: what each parameter is where no subject is asked for, and the rules."""

from __future__ import annotations

import json
from typing import Any

from engine.detect import tolerance_rules
from engine.storage.sqlite import sqlite3
from engine.vocabulary import settings, tolerance


def listed(connection: sqlite3.Connection, now: int) -> dict[str, Any]:
    """`kinds` with every parameter's value, default and layer for a subject that no rule asks for, and `rules`.

    A rule has its number as the user counts them, kind (null: every one), what it matches, and its parameters.
    """
    rules = settings.present_rules(connection)
    limits = tolerance_rules.of_rules(rules)
    kinds = {}
    for kind, defaults in tolerance_rules.defaults().items():
        holds = limits.of(kind, tolerance.NO_SUBJECT)
        kinds[kind] = {
            name: {"value": holds[name], "default": default, "layer": holds.layers.get(name, "default")}
            for name, default in defaults.items()
        }
    return {
        "kinds": kinds,
        "rules": [
            {"number": number, "kind": kind, "match": json.loads(matches), "parameters": json.loads(parameters)}
            for number, kind, matches, parameters in rules
            if number is not None
        ],
    }
