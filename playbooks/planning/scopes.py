"""What the names in one playbook stand for in one response: the deviation's, its inputs, and the values that it sets.

In texts they stand behind a $, in conditions inputs and values behind `inputs.` and `values.`. A sub-playbook has a
scope of its own: of what stands around it, it knows what it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.actions import answers
from playbooks.language.conditions import Case
from playbooks.language.fields import Field, fields_with, said
from playbooks.language.graph import in_order
from playbooks.language.instructions import UNKNOWN, fill

if TYPE_CHECKING:
    from playbooks.language.schema import Playbook


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

    def fill(self, text: str) -> str:
        """A text of the playbook with its names filled in, once."""
        return fill(text, self.texts)


def scope_of(
    playbook: Playbook,
    given: Mapping[str, object],
    deviation: Mapping[str, Any],
    texts: Mapping[str, str],
    now: int,
    prefix: str = "",
) -> Scope:
    """The scope of a playbook that is given some inputs; `texts` are the deviation's.

    Raises BadInput for an input that is missing, unknown or no value of its type.
    """
    inputs = answers.read_all([asked.question(name) for name, asked in (playbook.inputs or {}).items()], given)
    known = {**texts, **{name: text_of(inputs.get(name)) for name in playbook.inputs or {}}}
    values: dict[str, Any] = {}
    for step in in_order(playbook.steps):
        for name, value in (step.set_ or {}).items():
            values[name] = fill(value, known) if isinstance(value, str) else value
        known |= {name: text_of(values[name]) for name in step.set_ or {}}
    told = {"inputs": {name: said(value) for name, value in inputs.items()}}
    kept = {"values": {name: said(value) for name, value in values.items()}}
    case = Case({**deviation, **told, **kept}, now, fields_of(playbook))
    return Scope(playbook, prefix, inputs, known, case)


def fields_of(playbook: Playbook) -> Mapping[str, Field]:
    """The fields that conditions inside the playbook can ask about: of steps and roles, not of triggers."""
    values = {name: value for step in playbook.steps for name, value in (step.set_ or {}).items()}
    return fields_with({name: asked.type for name, asked in (playbook.inputs or {}).items()}, values)


def text_of(value: Any) -> str:
    """An answer as a text shows it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or UNKNOWN
    shown = said(value)
    return f"{shown:,.12g}" if isinstance(shown, float) else str(shown)
