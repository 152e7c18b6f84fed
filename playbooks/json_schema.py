"""The JSON Schema of a playbook file, so that editors complete and check it while it is written.

Made from the same models that read the files. It knows the shape only: what fits together is lint's subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from playbooks.fields import FIELDS
from playbooks.schema import Playbook

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "Playbook": {
        "schema": "1",
        "id": "small letters, digits and hyphens; a response refers to it",
        "version": "raise it when you change what the playbook does",
        "title": "what people choose it by",
        "description": "what it is for, and why its steps come in their order",
        "tags": "words to find it by",
        "enabled": "false until you say true",
        "triggers": "when it applies; the first that holds decides",
        "roles": "who the steps ask for, by a name of your choice",
        "steps": "what is done, each by one owner; without needs all begin at once",
        "close": "what has to hold before the deviation is resolved",
        "tests": "cases, and what the playbook has to make of them",
    },
    "Trigger": {
        "on": "deviation.opened: offered by itself; manual: only when somebody names it",
        "match": "the condition; may be left out only for manual",
    },
    "Condition": {
        "all": "conditions that all have to hold",
        "any": "conditions of which one has to hold",
        "not": "a condition that must not hold",
        "field": "a field of the deviation",
        "op": "how it is compared",
        "value": "what it is compared with; a list for in, nin and between",
    },
    "Role": {
        "function": "the function that does it",
        "prefer": "who goes first: those named for the deviation's party, item or site, in this order",
        "fallback": "the function that steps in where nobody has the first",
    },
    "Step": {
        "id": "small letters, digits and hyphens",
        "title": "what to do, in one line; may hold names such as $party",
        "instructions": "how to do it; may hold names such as $need_at",
        "kind": "task",
        "role": "a name under roles",
        "needs": "ids of steps that have to be done before",
        "when": "a condition on the deviation; the step is left out where it does not hold as the response is planned",
        "duration": "working time that it takes",
        "due": "when it is due; left out: when its work is planned to end",
        "mandatory": "whether close.requires asks for it",
        "on_fail": "what happens to this step when one that it needs fails or is skipped",
    },
    "Due": {
        "from": "opened, need, decide_by, ready or step:ID",
        "within": "working time after it",
        "before": "working time before it",
    },
    "Close": {"requires": "mandatory_done, or an empty list"},
    "Rehearsal": {
        "name": "what the case is",
        "now": "the time of the test, such as 2026-03-09T08:00:00Z",
        "zone": "the desk's time zone; UTC unless it says otherwise",
        "deviation": "its fields, named as in conditions; what is not named is not known",
        "people": "who can own steps",
        "expect": "what has to come out",
    },
    "Person": {
        "id": "the owner's id",
        "functions": "what they do",
        "parties": "the parties that they look after; left out: all",
        "items": "the items that they look after; left out: all",
        "sites": "the sites that they look after; left out: all",
        "lead": "whether they lead the desk",
        "busy": "working time that is booked already",
    },
    "Expect": {
        "matches": "whether a trigger holds",
        "steps": "the actions in their order",
        "owners": "owner by step",
        "due": "due time by step",
        "warnings": "a part of each warning, in their order",
    },
}
"""What the keys of each model mean: what an editor shows beside them."""


def json_schema() -> dict[str, Any]:
    """The schema as JSON values, in the dialect 2020-12."""
    schema = Playbook.model_json_schema(by_alias=True)
    models: dict[str, Any] = schema["$defs"]
    models["Condition"]["properties"]["field"]["anyOf"][0]["enum"] = list(FIELDS)
    models["Rehearsal"]["properties"]["deviation"] |= {"propertyNames": {"enum": list(FIELDS)}, "required": ["kind"]}
    for name, meanings in _MEANINGS.items():
        properties = (schema if name == "Playbook" else models[name])["properties"]
        for key, meaning in meanings.items():
            properties[key]["description"] = meaning
    _close_names(schema)
    return {"$schema": DIALECT, **schema, "title": "offplan playbook"}


def _close_names(part: Any) -> None:
    """Refuse the names that do not have the form of a mapping's names; pydantic leaves them open."""
    if isinstance(part, dict) and "patternProperties" in part:
        part["additionalProperties"] = False
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _close_names(inner)
