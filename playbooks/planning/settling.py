"""Steps that hang on values which earlier ones publish: what is kept of them as they are planned, and what they are
once the values are known.

Their condition and their texts are kept with everything filled in that was known by then
(engine.vocabulary.terms.Terms.late), so that the run keeps its definition and no text from outside is read as a
template.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from engine.values import arithmetic
from engine.values.money import units
from engine.vocabulary.planning import Settled
from playbooks.language.conditions import Case, evaluate, values_asked, walk
from playbooks.language.fields import fields_with, said, value_name
from playbooks.language.findings import At
from playbooks.language.instructions import fill, names_in
from playbooks.planning.scopes import text_of, types_of

if TYPE_CHECKING:
    from playbooks.language.condition_shape import Condition
    from playbooks.language.option_shapes import Option
    from playbooks.language.step_shapes import Step
    from playbooks.planning.scopes import Scope


_MOST: Final[Mapping[str, float]] = {"days": 3650, "quantity": 1e12}
"""What a number may be at most that somebody gives; what is more, or less than nothing, counts as not known."""


class Slot(NamedTuple):
    """Which item of a list that a step publishes another step is for."""

    listed: str
    """The name of the list."""
    as_: str
    number: int
    """From 1."""
    most: int


def later(step: Step, scope: Scope, *, asked: bool, slot: Slot | None = None) -> dict[str, Any]:
    """What is settled of a step only as it becomes ready; empty where it hangs on nothing that is not known.

    `asked`: its condition cannot be judged before. `slot`: which item of a list it is for.
    """
    if not scope.pending:
        return {}
    names = {name for _, name in texts_later(step)} | {name for _, name in amounts_of(step)}
    found: dict[str, Any] = {
        part: kept for part, kept in _parts(step, scope).items() if kept and _names(step, part) & scope.pending.keys()
    }
    if asked and step.when is not None:
        found |= _condition(step.when, scope)
        names |= {name for _, name in values_asked(step.when)}
    if slot is not None:
        found["slot"] = list(slot)
        names.add(slot.listed)
    used = sorted(names & scope.pending.keys())
    if not used:
        return {}
    if "options" in found or "limit" in found:
        found["numbers"] = {name: value for name, value in scope.numbers.items() if value is not None}
    return {"values": {name: scope.pending[name] for name in used}, **found}


def settle(late: Mapping[str, Any], deviation: Mapping[str, Any], values: Mapping[str, Any], now: int) -> Settled:
    """What a step is, of which `late` was kept, by the values that are known now."""
    because, note, item = "", "", None
    if "slot" in late:
        slot = Slot(*late["slot"])
        items = values.get(slot.listed, [])
        if slot.number > len(items):
            return Settled(False, _missing(slot, values))  # noqa: FBT003 - what the name of the value says
        item = items[slot.number - 1]
        values = {**values, slot.as_: item}
        if slot.number == slot.most < len(items):
            note = f"it is done for the first {slot.most} of {len(items)}: not for {', '.join(items[slot.most :])}"
    if "when" in late:
        from playbooks.language.condition_shape import Condition

        told = {**late["told"]["values"], **{name: said(value) for name, value in values.items()}}
        subject = {**deviation, "inputs": late["told"]["inputs"], "values": told}
        verdict = evaluate(Condition.model_validate(late["when"]), Case(subject, now, fields_with(late["types"])))
        because = verdict.because
        if not verdict.held:
            return Settled(False, because)  # noqa: FBT003
    texts = {name: text_of(values.get(name)) for name in late["values"]}
    numbers = {**late.get("numbers", {}), **values}
    terms: dict[str, Any] = {}
    if "effect" in late:
        terms["effect"] = _filled(late["effect"], texts)
    if "options" in late:
        terms["options"] = [
            with_amounts({**each, "title": fill(each["title"], texts)}, numbers) for each in late["options"]
        ]
    approval = {"amount": limit_of(late["limit"], numbers)} if "limit" in late else {}
    words = {name: fill(text, texts) for name, text in late.get("words", {}).items()}
    if item is not None:
        terms["item"] = item
    return Settled(True, because, words, terms, approval, note)  # noqa: FBT003


def _missing(slot: Slot, values: Mapping[str, Any]) -> str:
    if slot.listed not in values:
        return f"{slot.listed} is not known"
    count = len(values[slot.listed])
    return f"{slot.listed} has {'one item' if count == 1 else f'{count} items'}"


def with_amounts(option: Mapping[str, Any], numbers: Mapping[str, Any]) -> dict[str, Any]:
    """An option with its numbers in the place of the values that it names; null for a quantity that is not known."""
    found = dict(option)
    if not numbers:
        return found
    for word, most in _MOST.items():
        name = value_name(found.get(word))
        if name is not None:
            value = _number(numbers.get(name), most)
            found[word] = value
            if word == "days" and value is None:
                del found["days"]
    named = _formula_names(found.get("cost"))
    if named:
        found["values"] = {name: _number(numbers.get(name), 1e12) for name in sorted(named)}
    return found


def limit_of(limit: Mapping[str, Any], numbers: Mapping[str, Any]) -> int | None:
    """The amount up to which nobody has to approve, in minor units; None where it is not known, so that somebody has
    to."""
    name = value_name(limit["amount"])
    amount = limit["amount"] if name is None else _number(numbers.get(name), 1e12)
    return None if amount is None else round(amount * units(limit["currency"]))


@functools.lru_cache(maxsize=1024)
def _formula_names(cost: str | None) -> frozenset[str]:
    """The names of a cost formula that are none of every formula: values of the playbook."""
    if cost is None:
        return frozenset()
    # Only now: working costs out brings in much that planning does not need.
    from engine.options.option_costs import NAMES

    return arithmetic.parse(cost, None).names - NAMES.keys()


def texts_later(step: Step) -> Iterator[tuple[At, str]]:
    """Every name in the texts that may hold values which are not known when the step is planned, with its place."""
    for place, text in texts_of_doing(step):
        yield from ((place, name) for name in names_in(text))


def amounts_of(step: Step) -> Iterator[tuple[At, str]]:
    """Every value that an amount of a step names, with its place."""
    limit = step.approval.above if step.approval is not None else None
    if limit is not None and (name := value_name(limit.amount)) is not None:
        yield ("approval", "above", "amount"), name
    for number, option in enumerate(step.options or ()):
        yield from ((("options", number, *place), name) for place, name in _amounts_of_option(option))


def _amounts_of_option(option: Option) -> Iterator[tuple[At, str]]:
    for word in _MOST:
        name = value_name(getattr(option, word))
        if name is not None:
            yield (word,), name
    yield from ((("cost",), name) for name in sorted(_formula_names(option.cost)))


def texts_of_doing(step: Step) -> Iterator[tuple[At, str]]:
    """The texts of a step that say what is done, with their places in the step: those that may wait for values."""
    yield ("title",), step.title
    if step.instructions is not None:
        yield ("instructions",), step.instructions
    yield from ((("options", number, "title"), each.title) for number, each in enumerate(step.options or ()))
    if step.notify is not None:
        yield ("notify", "message"), step.notify.message
    body = step.http.body if step.http is not None else {}
    yield from ((("http", "body", name), value) for name, value in body.items() if isinstance(value, str))


_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "words": ("title", "instructions"), "effect": ("notify", "http"), "options": ("options",), "limit": ("approval",)
}  # fmt: skip


def _names(step: Step, part: str) -> set[str]:
    """The names that one part of a step hangs on."""
    return {name for place, name in (*texts_later(step), *amounts_of(step)) if place[0] in _PLACES[part]}


def _parts(step: Step, scope: Scope) -> dict[str, Any]:
    """What each part of a step is kept as."""
    words = {"title": step.title, "instructions": step.instructions or ""}
    limit = step.approval.above if step.approval is not None else None
    return {
        "words": {name: scope.template(text) for name, text in words.items() if names_in(text) & scope.pending.keys()},
        "effect": _effect(step, scope),
        "options": [
            {**each.model_dump(exclude_none=True), "title": scope.template(each.title)} for each in step.options or ()
        ],
        "limit": limit.model_dump() if limit is not None else None,
    }


def _effect(step: Step, scope: Scope) -> dict[str, Any]:
    """The texts of an effect, by its words."""
    if step.notify is not None:
        return {"message": scope.template(step.notify.message)}
    body = step.http.body if step.http is not None else {}
    return {"body": {name: scope.template(value) if isinstance(value, str) else value for name, value in body.items()}}


def _condition(when: Condition, scope: Scope) -> dict[str, Any]:
    """A condition, and what of the playbook it asks about."""
    asked = {part.field for _, part, _ in walk(when, ()) if part.field is not None}
    told = {
        kind: {name: value for name, value in (scope.case.value(kind) or {}).items() if f"{kind}.{name}" in asked}
        for kind in ("inputs", "values")
    }
    types = {path: kind for path, kind in types_of(scope.playbook).items() if path in asked}
    return {"when": when.model_dump(mode="json", by_alias=True, exclude_none=True), "told": told, "types": types}


def _filled(effect: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    if "message" in effect:
        return {"message": fill(effect["message"], texts)}
    body = {name: fill(value, texts) if isinstance(value, str) else value for name, value in effect["body"].items()}
    return {"body": body}


def _number(value: Any, most: float) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= most else None
