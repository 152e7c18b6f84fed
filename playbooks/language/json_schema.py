"""The JSON Schema of a playbook file, so that editors complete and check it while it is written.

Made from the same models that read the files. It knows the shape only: what fits together is lint's subject.
"""

from __future__ import annotations

from typing import Any, Final

from playbooks.language.fields import FIELDS
from playbooks.language.meanings import MEANINGS
from playbooks.language.schema import Playbook

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema as JSON values, in the dialect 2020-12."""
    schema = Playbook.model_json_schema(by_alias=True)
    models: dict[str, Any] = schema["$defs"]
    own = {"type": "string", "pattern": r"^(inputs|values)\.[a-z]"}
    models["Condition"]["properties"]["field"]["anyOf"][0] = {"anyOf": [{"enum": list(FIELDS)}, own]}
    models["Rehearsal"]["properties"]["deviation"] |= {"propertyNames": {"enum": list(FIELDS)}, "required": ["kind"]}
    for name, meanings in MEANINGS.items():
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
