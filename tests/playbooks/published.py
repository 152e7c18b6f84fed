"""Steps that ask for a price, publish it and act by it, and tests of them; for tests of what is published."""

from __future__ import annotations

ASK = """\
  - id: ask
    title: Ask $party for a price
    role: buyer
    duration: PT1H
    form: [{name: price, type: number}, {name: carrier, type: text, required: false}]
    publish: {price: answers.price, carrier: answers.carrier}
"""
CHEAP = "when: {field: values.price, op: le, value: 500}"
DEAR = "when: {field: values.price, op: gt, value: 500}"
QUOTED = (
    ASK
    + f"""\
  - {{id: book, title: "Book $carrier for $price EUR, $$ and all", role: buyer, duration: PT1H, needs: [ask], {CHEAP}}}
  - {{id: haggle, title: Haggle, role: buyer, duration: PT1H, needs: [ask], {DEAR}}}
  - {{id: tell, title: Tell them, role: buyer, duration: PT1H, needs: [book, haggle]}}
"""
)
TESTED = """\
tests:
  - name: nobody knows the price
    now: 2026-03-02T09:00:00Z
    deviation: {kind: late_supply, party: ACME}
    people: [{id: ana, functions: [procurement]}]
    expect: {steps: [ask, book, haggle, tell]}
  - name: a cheap one
    now: 2026-03-02T09:00:00Z
    deviation: {kind: late_supply, party: ACME}
    published: {price: 450}
    people: [{id: ana, functions: [procurement]}]
    expect: {steps: [ask, book, tell], warnings: ["step haggle is left out: values.price is 450 (asked: > 500)"]}
"""
