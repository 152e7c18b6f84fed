"""What the names in one playbook stand for in one response: the deviation's, its inputs, and the values that it sets.

In texts they stand behind a $, in conditions inputs and values behind `inputs.` and `values.`. A sub-playbook has a
scope of its own: of what stands around it, it knows what it is given. What steps publish is known only once they are
done (playbooks.planning.settling).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.actions import answers
from engine.values.errors import BadInput
from engine.vocabulary.terms import FORM, SYSTEM
from playbooks.language.conditions import Case
from playbooks.language.fields import FIELDS, Field, fields_with, kind_of, said
from playbooks.language.graph import in_order
from playbooks.language.instructions import UNKNOWN, fill

if TYPE_CHECKING:
    from playbooks.language.schema import Playbook
    from playbooks.language.step_shapes import Step

NOT_YET: Final = "(not known yet)"
"""What stands in a text for a value whose step is not done."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one playbook within a response."""

    playbook: Playbook
    prefix: str
    """Of its steps and roles: empty for the response's own playbook."""
    inputs: Mapping[str, Any]
    texts: Mapping[str, str]
    """What each name behind a $ stands for."""
    case: Case
    """What conditions are judged on."""
    numbers: Mapping[str, float | None]
    """What amounts may name, by name; None where it is not known as yet."""
    pending: Mapping[str, str]
    """By name, the step of the response that publishes a value which is not known as yet."""

    def fill(self, text: str) -> str:
        """A text of the playbook with its names filled in, once."""
        return fill(text, self.texts)

    def template(self, text: str) -> str:
        """A text with all names filled in that are known: a template of the others alone."""
        known = {name: value.replace("$", "$$") for name, value in self.texts.items()}
        return fill(text.replace("$$", "$$$$"), {**known, **{name: f"${{{name}}}" for name in self.pending}})


def scope_of(
    playbook: Playbook,
    given: Mapping[str, object],
    deviation: Mapping[str, Any],
    texts: Mapping[str, str],
    now: int,
    prefix: str = "",
    published: Mapping[str, object] | None = None,
) -> Scope:
    """The scope of a playbook that is given some inputs; `texts` are the deviation's, `published` the values known so
    far.

    Raises BadInput for an input that is missing, unknown or no value of its type.
    """
    sources = published_by(playbook)
    done = {name: answers.read(_question(name, sources), value) for name, value in (published or {}).items()}
    inputs = answers.read_all([asked.question(name) for name, asked in (playbook.inputs or {}).items()], given, now)
    pending = {name: f"{prefix}{step}" for name, (step, _) in sources.items() if name not in done}
    known = {**texts, **{name: text_of(inputs.get(name)) for name in playbook.inputs or {}}}
    known |= {name: text_of(value) for name, value in done.items()} | dict.fromkeys(pending, NOT_YET)
    values: dict[str, Any] = dict(done)
    for step in in_order(playbook.steps):
        for name, value in (step.set_ or {}).items():
            values[name] = fill(value, known) if isinstance(value, str) else value
        known |= {name: text_of(values[name]) for name in step.set_ or {}}
    told = {"inputs": {name: said(value) for name, value in inputs.items()}}
    kept = {"values": {name: said(value) for name, value in values.items()}}
    types = types_of(playbook)
    numbers = {name: values.get(name) for name, kind in values_of(types).items() if kind == "number"}
    return Scope(
        playbook, prefix, inputs, known, Case({**deviation, **told, **kept}, now, fields_with(types)), numbers, pending
    )


def fields_of(playbook: Playbook) -> Mapping[str, Field]:
    """The fields that conditions of steps, roles and the review can ask about, by their types; when a value is there is
    playbooks.lint.publish_checks."""
    return fields_with(types_of(playbook))


def types_of(playbook: Playbook) -> dict[str, str]:
    """The type of every input and every value, by the path that conditions ask for it by."""
    inputs = {f"inputs.{name}": asked.type for name, asked in (playbook.inputs or {}).items()}
    values = {f"values.{name}": kind_of(value) for step in playbook.steps for name, value in (step.set_ or {}).items()}
    given = {f"values.{name}": kind for name, (_, kind) in published_by(playbook).items()}
    return {**inputs, **values, **given}


def values_of(types: Mapping[str, str]) -> dict[str, str]:
    """Of types by path, those of values by name."""
    return {path.removeprefix("values."): kind for path, kind in types.items() if path.startswith("values.")}


def published_by(playbook: Playbook) -> dict[str, tuple[str, str]]:
    """By the name of each value that steps publish: the step, and its type."""
    return {
        name: (step.id, _source_type(step, source))
        for step in playbook.steps
        for name, source in (step.publish or {}).items()
    }


def _source_type(step: Step, source: str) -> str:
    """The type of what a step publishes; text where it is one of a few words, or where lint finds the source
    unknown."""
    if source.startswith(FORM):
        asked = {field.name: str(field.type) for field in step.form or ()}
        return asked.get(source.removeprefix(FORM), "text")
    if source.startswith(SYSTEM):
        return source.rpartition(" as ")[2]
    field = FIELDS.get(source)
    return field.type if field is not None and field.type in ("number", "time") else "text"


def _question(name: str, sources: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    if name not in sources:
        raise BadInput(name, "no step publishes it", f"the names are {', '.join(sources) or 'none'}")
    return {"name": name, "type": sources[name][1]}


def text_of(value: Any) -> str:
    """An answer as a text shows it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or UNKNOWN
    shown = said(value)
    return f"{shown:,.12g}" if isinstance(shown, float) else str(shown)
