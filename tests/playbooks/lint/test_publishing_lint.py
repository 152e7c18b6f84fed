"""What is wrong with what steps give to later ones is found at its place, with a mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.playbooks.answered import HEAD
from tests.playbooks.published import ASK, QUOTED, TESTED
from tests.playbooks.worlds import found_once, lint, write

BACK = "  - {id: book, title: Book, role: buyer, duration: PT1H, needs: [ask]%s}\n"
PRICE = "publish: {price: answers.price}"
FAULTS = [
    # the step that publishes, those behind it, level and severity, the text at the place, the fault, the mend
    ("publish: {price: answers.prize}", "", "expressions error", "answers.prize", "does not ask for prize", "did you mean price"),
    ("publish: {price: choice}", "", "expressions error", "choice", "has no options", "add options"),
    ("publish: {price: answer.a as text}", "", "expressions error", "answer.a", "no system answers it", "answers.NAME"),
    ("publish: {price: gap.dys}", "", "expressions error", "gap.dys", "no field of a deviation", "gap.days"),
    ("publish: {price: 'gap.days + 1'}", "", "syntax error", "'gap.days + 1'", "says not where the value", "answer.PATH"),
    ("publish: {price: gap.days}", "", "semantics error", "price:", "is published from gap.days", "another name"),
    ("publish: {item: answers.price}", "", "semantics error", "item:", "$item is a name of the deviation", "another name"),
    (
        "publish: {price: answers.price}\n    foreach: {items: [a], as: x}", "",
        "syntax error", "id:", "gives no single value", "publish or foreach",
    ),
    (
        PRICE, "  - {id: b, title: T $price, role: buyer, duration: PT1H}\n",
        "expressions error", "T $price", "step b uses price without waiting for ask, which publishes it", "add ask to its needs",
    ),
    (
        PRICE,
        "  - {id: b, title: T, role: buyer, duration: PT1H}\n"
        "  - {id: c, title: $price, role: buyer, duration: PT1H, needs: [ask, b], join: any}\n",
        "expressions error", "$price", "step c uses price without waiting for ask", "with join: all",
    ),
    (
        PRICE + "\n    when: {field: site, op: exists}", BACK % ", instructions: $price",
        "expressions warning", "$price", "nobody knows where ask is left out", "the same when",
    ),
    (
        PRICE, BACK % ", when: {field: values.price, op: contains, value: a}",
        "expressions error", "contains", "contains does not fit values.price, which is a number", "between",
    ),
    (
        PRICE, BACK % ", side_effect: once, idempotency_key: K-$price",
        "expressions error", "K-$price", "is settled here as the response begins, and price is known only once ask is done", "",
    ),
    (
        PRICE, "  - {id: b, title: T, kind: set, role: buyer, needs: [ask], set: {x: $price}}\n",
        "expressions error", "$price", "step b is settled here", "behind that",
    ),
    (
        PRICE + "\n    reverse: back", "  - {id: back, title: Undo $price, role: buyer, duration: PT1H}\n",
        "expressions error", "Undo $price", "step back is settled here", "behind that",
    ),
    (
        PRICE, BACK % ", approval: {role: buyer, above: {amount: values.prize, currency: EUR}}",
        "expressions error", "values.prize", "values.prize is no number of this playbook", "did you mean values.price",
    ),
    (
        "publish: {price: answers.price, who: answers.who}",
        BACK % ", instructions: $who, approval: {role: buyer, above: {amount: values.who, currency: EUR}}",
        "expressions error", "values.who", "who is a text, and an amount is a number", "values.price",
    ),
    (PRICE, "", "operations warning", "price:", "no step uses price, which ask publishes", "$price"),
    (
        "publish: {price: answers.price, who: answers.who}", BACK % ", instructions: $price, foreach: {items: values.who, as: x, max: 3}",
        "semantics error", "values.who", "values.who, which is no list that a step publishes", "type list",
    ),
    (
        "publish: {price: answers.price, all: answers.all}", BACK % ", instructions: $price, foreach: {items: values.all, as: x}",
        "operations error", "{items", "as many items as it may have before all is known", "max: 5",
    ),
    (
        "publish: {price: answers.price, all: answers.all}",
        BACK % ", instructions: $price, foreach: {items: values.all, as: x, max: 3, on_empty: refuse}",
        "semantics error", "refuse", "whether all is empty is known too late", "take it out",
    ),
    (
        "publish: {price: answers.price, all: answers.all}",
        "  - {id: b, title: T $price $x, role: buyer, duration: PT1H, foreach: {items: values.all, as: x, max: 3}}\n",
        "expressions error", "values.all", "step b uses all without waiting for ask", "add ask",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("publish", "more", "level", "shown", "fault", "mend"), FAULTS)
def test_what_is_published_and_used_wrongly_is_found_at_its_place(
    tmp_path: Path, publish: str, more: str, level: str, shown: str, fault: str, mend: str
) -> None:
    form = "form: [{name: price, type: number}, {name: who, type: text}, {name: all, type: list}]"
    steps = f"  - id: ask\n    title: Ask\n    role: buyer\n    duration: PT1H\n    {form}\n    {publish}\n"
    path = write(tmp_path, "p.yaml", HEAD + steps + more)
    found = found_once(path, fault, shown)
    assert f"{found.level} {found.severity}" == level
    assert mend in found.mend


def test_roles_the_review_and_sub_playbooks_are_settled_before_anything_is_published(tmp_path: Path) -> None:
    asks = "{field: values.price, op: gt, value: 5}"
    head = HEAD.replace("fallback: logistics", f"fallback: logistics, resolve: [{{when: {asks}, person: ana}}]")
    more = f"  - {{id: sub, title: S, kind: playbook, use: other@1, needs: [ask], when: {asks}}}\n"
    more += f"close: {{review: {{role: buyer, due: P1D, when: {asks}}}}}\n"
    found = [each.message for each in lint(write(tmp_path, "p.yaml", head + ASK + more)) if each.severity == "error"]
    assert [message.split(" is settled here")[0] for message in found if "is settled here" in message] == [
        "role buyer", "step sub", "the review",
    ]  # fmt: skip


def test_a_test_may_only_say_what_is_published(tmp_path: Path) -> None:
    for said, fault in (("{prize: 450}", "no step publishes prize"), ("{price: cheap}", "'cheap' is no number")):
        path = write(tmp_path, "p.yaml", HEAD + QUOTED + TESTED.replace("{price: 450}", said))
        (found,) = lint(path)
        assert (found.level, fault in found.message) == ("semantics", True)
