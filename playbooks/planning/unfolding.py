"""From a playbook to the steps of one response: which `when` holds, a step for each item of `foreach`, sub-playbooks
inside.

What is left out counts as done: a step that needs it needs what it needed instead. A step that stands for several is
needed as all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from engine.values.errors import BadInput, Refused
from engine.values.paths import at_path
from engine.values.text import clean
from playbooks.language.conditions import evaluate, values_asked
from playbooks.language.fields import value_name
from playbooks.language.graph import in_order
from playbooks.planning.scopes import NOT_YET, Scope, scope_of, text_of
from playbooks.planning.settling import Slot

if TYPE_CHECKING:
    from playbooks.language.input_shapes import Foreach
    from playbooks.language.loaded import LoadedPlaybook
    from playbooks.language.step_shapes import Step

MOST_STEPS: Final = 200
"""Steps of one response."""
REVIEW: Final = "review"
"""The step that `close.review` adds."""
_REVIEW_TITLE: Final = "Review the response to $subject"
_REVIEW_TEXT: Final = (
    "What came of it and what it cost, against what was expected; what came late or was not needed; what to change in the"
    " playbook, the tolerances or the plan."
)
DEEPEST: Final = 5
"""Playbooks inside each other; lint refuses more."""

Find = Callable[[str], "LoadedPlaybook"]
"""The playbook that a `use` names. Raises NotFound or Refused."""


@dataclass(slots=True)
class Unfolded:
    """The steps of one response, needs first, under the ids that they have in it."""

    steps: list[Step] = field(default_factory=list)
    reversals: list[Step] = field(default_factory=list)
    scopes: dict[str, Scope] = field(default_factory=dict)
    """By step: what its names stand for."""
    items: dict[str, str] = field(default_factory=dict)
    """By step of a `foreach`: its item."""
    slots: dict[str, Slot] = field(default_factory=dict)
    """By step of a `foreach` whose list is published: which item it is for."""
    stand_for: dict[str, list[str]] = field(default_factory=dict)
    """By step of the file that several stand for: these."""
    uses: dict[str, LoadedPlaybook] = field(default_factory=dict)
    """By `use`: the playbooks inside."""
    asked_later: set[str] = field(default_factory=set)
    """Steps whose `when` hangs on what others publish."""
    notes: list[str] = field(default_factory=list)
    """A sentence for each step that is left out, or may be."""


def reversals(steps: Sequence[Step]) -> list[Step]:
    """The steps that take others back: they are planned with the response, and done only when somebody asks for
    them."""
    named = {step.reverse for step in steps if step.reverse is not None}
    return [step for step in steps if step.id in named] if named else []


def unfold(scope: Scope, deviation: Mapping[str, Any], texts: Mapping[str, str], now: int, find: Find) -> Unfolded:
    """Unfold a playbook in its scope; `texts` are the deviation's. Raises Refused for an empty list that must not
    be, and for too many steps."""
    result = Unfolded()
    ends = _Unfolding(deviation, now, find, texts, result).playbook(scope, [], [])
    _add_review(scope, ends, result)
    if len(result.steps) > MOST_STEPS:
        mend = "lower max of its foreach, or split it"
        raise Refused(f"playbook {scope.playbook.id} has {len(result.steps)} steps for this deviation; {mend}")
    return result


def _add_review(scope: Scope, ends: list[str], result: Unfolded) -> None:
    review = scope.playbook.close.review
    if review is None or not ends or (review.when is not None and not evaluate(review.when, scope.case).held):
        return
    from playbooks.language.step_shapes import Step
    from playbooks.language.term_shapes import Due

    due = Due.model_validate({"within": review.due, "from": "ready"})
    step = Step(
        id=REVIEW, title=_REVIEW_TITLE, instructions=_REVIEW_TEXT, role=review.role, duration=review.duration, due=due,
        mandatory=False, on_fail="continue",
    )  # fmt: skip
    result.steps.append(step.model_copy(update={"needs": ends}))
    result.scopes[REVIEW] = scope


@dataclass(slots=True)
class _Unfolding:
    deviation: Mapping[str, Any]
    now: int
    find: Find
    texts: Mapping[str, str]
    """What the names of the deviation stand for."""
    result: Unfolded

    def playbook(self, scope: Scope, entry: Sequence[str], changes: Sequence[Mapping[str, Any]]) -> list[str]:
        """Add the steps of a playbook, the first of which need `entry`; the ids of those that nothing in it needs.

        `changes` is what the step that the playbook stands for says of all its steps (first), and of the first ones.
        """
        steps = scope.playbook.steps
        backward = reversals(steps)
        needed: dict[str, list[str]] = {}
        for step in backward:
            self._add(step, scope, f"{scope.prefix}{step.id}", [], self.result.reversals)
        for step in in_order([step for step in steps if step not in backward]):
            before = list(dict.fromkeys(each for need in step.needs for each in needed[need])) or list(entry)
            changed = dict(changes[0]) if changes else {}
            if changes and not step.needs:
                changed |= changes[1]
            needed[step.id] = self._step(step.model_copy(update=changed) if changed else step, scope, before)
        used = {need for step in steps for need in step.needs}
        return list(dict.fromkeys(each for step, ids in needed.items() if step not in used for each in ids))

    def _step(self, step: Step, scope: Scope, before: list[str]) -> list[str]:
        """Add what stands for a step; what those who need it have to need."""
        name = f"{scope.prefix}{step.id}"
        if step.when is not None:
            verdict = evaluate(step.when, scope.case)
            waits = sorted({scope.pending[each] for _, each in values_asked(step.when) if each in scope.pending})
            if verdict.held is None and waits:
                self.result.notes.append(
                    f"step {name} is planned, and left out where its condition does not hold once {' and '.join(waits)} is done"
                )
                self.result.asked_later.add(name)
            elif not verdict.held:
                self.result.notes.append(f"step {name} is left out: {verdict.because}")
                return before
        if step.use is not None:
            return self._inside(step, step.use, scope, name, before)
        if step.foreach is not None:
            return self._each(step, step.foreach, scope, name, before)
        self._add(step, scope, name, before, self.result.steps)
        return [name]

    def _inside(self, step: Step, use: str, scope: Scope, name: str, before: list[str]) -> list[str]:
        loaded = self.result.uses[use] = self.find(use)
        given = {
            key: scope.fill(value) if isinstance(value, str) else value for key, value in (step.with_ or {}).items()
        }
        try:
            inner = scope_of(loaded.content, given, self.deviation, self.texts, self.now, f"{name}.")
        except BadInput as error:
            raise Refused(f"step {name} gives {loaded.id} what it cannot use: {error}") from None
        everywhere = {} if step.mandatory else {"mandatory": False}
        ids = self.playbook(inner, before, [everywhere, {"on_fail": step.on_fail, "join": step.join}])
        self.result.stand_for[name] = ids
        return ids

    def _each(self, step: Step, rule: Foreach, scope: Scope, name: str, before: list[str]) -> list[str]:
        listed = value_name(rule.items)
        if listed is not None and listed in scope.pending:
            return self._slots(step, rule, scope, name, before, listed)
        items = self._items(rule, scope)
        if not items:
            if rule.on_empty == "refuse":
                raise Refused(f"step {name} has nothing to do: {_source(rule)} is empty; choose another playbook")
            self.result.notes.append(f"step {name} is left out: {_source(rule)} is empty")
            return before
        if len(items) > rule.max:
            rest = ", ".join(items[rule.max :])
            self.result.notes.append(
                clean(f"step {name} is planned for the first {rule.max} of {len(items)}: not for {rest}")
            )
        own = [replace(scope, texts={**scope.texts, rule.as_: item}) for item in items[: rule.max]]
        ids = self._row(step, rule, own, name, before)
        self.result.items.update(zip(ids, items, strict=False))
        return ids

    def _slots(self, step: Step, rule: Foreach, scope: Scope, name: str, before: list[str], listed: str) -> list[str]:
        """Steps for as many items as a list may have that is not known as yet; those without an item are left out in
        time."""
        source = scope.pending[listed]
        own = replace(scope, texts={**scope.texts, rule.as_: NOT_YET}, pending={**scope.pending, rule.as_: source})
        ids = self._row(step, rule, [own] * rule.max, name, before)
        self.result.slots.update({one: Slot(listed, rule.as_, number, rule.max) for number, one in enumerate(ids, 1)})
        self.result.notes.append(
            f"step {name} is planned for {rule.max} items: how many there are is known once {source} is done"
        )
        return ids

    def _row(self, step: Step, rule: Foreach, scopes: Sequence[Scope], name: str, before: list[str]) -> list[str]:
        """Add a step for each of some scopes: all side by side, or one after the other as its rule says."""
        ids: list[str] = []
        for number, scope in enumerate(scopes, 1):
            one = f"{name}.{number}"
            after = ids[-1:] if rule.on_item_error == "stop" and ids else before
            self._add(step, scope, one, after, self.result.steps)
            ids.append(one)
        if name in self.result.asked_later:
            self.result.asked_later.update(ids)
        self.result.stand_for[name] = ids
        return ids

    def _items(self, rule: Foreach, scope: Scope) -> list[str]:
        if isinstance(rule.items, list):
            return [scope.fill(each) for each in rule.items]
        listed = value_name(rule.items)
        if listed is not None:
            return list(at_path(scope.case.value("values"), listed) or ())
        if rule.items.startswith("inputs."):
            return list(scope.inputs.get(rule.items.removeprefix("inputs."), ()))
        return [clean(text_of(each)) for each in self.deviation.get(rule.items) or ()]

    def _add(self, step: Step, scope: Scope, name: str, needs: list[str], to: list[Step]) -> None:
        changes: dict[str, Any] = {"id": name, "needs": needs}
        if scope.prefix and step.reverse is not None:
            changes["reverse"] = f"{scope.prefix}{step.reverse}"
        if scope.prefix and step.due is not None and step.due.anchor.startswith("step:"):
            anchor = f"step:{scope.prefix}{step.due.anchor.removeprefix('step:')}"
            changes["due"] = step.due.model_copy(update={"anchor": anchor})
        self.result.scopes[name] = scope
        to.append(step if step.id == name and step.needs == needs else step.model_copy(update=changes))


def _source(rule: Foreach) -> str:
    return rule.items if isinstance(rule.items, str) else "its list"
