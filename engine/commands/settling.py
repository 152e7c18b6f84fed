"""Steps that hang on what earlier ones give: settled as they become ready, by the planner and the values of that
moment.

What was planned keeps its templates and its condition (`Terms.late`), so a step that is held back again is settled
anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.deviations.moves import move_action
from engine.storage.journal import canonical
from engine.values.text import clean
from engine.vocabulary.terms import Terms

if TYPE_CHECKING:
    from engine.deviations.command_context import CommandContext
    from engine.vocabulary.planning import Settled


def changes(context: CommandContext, action: Mapping[str, Any]) -> dict[str, Any] | None:
    """The columns that differ once an action's turn has come; None where it does not become ready: its condition
    does not hold, so it was skipped, or this desk has nobody to settle it."""
    terms = Terms.load(action["terms"])
    if not terms.late:
        return {}
    if context.planner is None:
        context.notes.append(f"A{action['id']} stays blocked: this desk has no playbooks that could settle it")
        return None
    # Only now: few steps hang on others, and every command reads this module.
    from engine.commands import publishing
    from engine.reading import questions

    values = publishing.known(context.connection, action["response_id"], terms.late["values"])
    deviation = questions.deviation(context.connection, context.now, f"D{action['deviation_id']}")
    settled = context.planner.settle(terms.late, deviation, values, context.now)
    if not settled.held:
        reason = clean(f"left out: {settled.because}")
        left_out = {"reason": reason, "terms": terms._replace(left_out=True).dump()}
        state = move_action(
            context.connection, context.writer, context.now, action, "skip", reason=reason, changes=left_out
        )
        context.changed(f"A{action['id']}", action["state"], f"{state}: {reason}")
        return None
    if settled.note:
        context.notes.append(clean(f"A{action['id']} {action['step']}: {settled.note}"))
    return _columns(action, terms, settled)


def _columns(action: Mapping[str, Any], terms: Terms, settled: Settled) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in settled.words.items():
        found[name] = "\n".join(clean(line) for line in text.splitlines())
    if settled.terms:
        effect = {**terms.effect, **settled.terms.get("effect", {})}
        found["terms"] = terms._replace(**{**settled.terms, "effect": effect}).dump()
    if settled.approval:
        found["approval"] = canonical({**json.loads(action["approval"]), **settled.approval})
    return found
