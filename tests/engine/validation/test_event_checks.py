"""What cannot be used of events and details: a sentence with the column, what is wrong and what would be right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.storage.store import Store
from engine.validation.signal_checks import sift
from engine.vocabulary.model import SignalIn
from tests.engine.feed_support import column, signal, take


def event(kind: str, status: str | None = None, detail: Any = None, **fields: Any) -> SignalIn:
    text = detail if isinstance(detail, str) else json.dumps(detail) if detail is not None else ""
    return signal("e1", kind, **{"order_ref": None, "eta": None, "status": status, "detail": text, **fields})


@pytest.mark.parametrize(
    ("row", "place", "reason"),
    [
        (event("quality", "hold"), "lot", "does not say what the quality event is about"),
        (event("quality", "hold", item="A"), "lot", "does not say what"),
        (event("logistics", "dwell", {"lot": "L1"}), "order_ref", "does not say what the logistics event is about"),
        (event("production", "down", item="A", site="S"), "resource", "does not say what"),
        (event("quality", "broken", {"lot": "L1"}), "status", "'broken' is no word of quality"),
        (event("quality", "down", {"lot": "L1"}), "status", "'down' is no word of quality"),
        (event("quality", None, {"lot": "L1"}), "status", "needs a status or a code"),
        (event("production", None, {"resource": "R"}), "quantity", "a report of output needs quantity and expected"),
        (event("production", "yield", {"resource": "R"}, quantity=3.0), "expected", "a report of yield needs expected"),
        (
            event("production", "output", {"resource": "R", "expected": 0}, quantity=3.0),
            "expected",
            "nothing to compare",
        ),
        (event("note", None, {"corrects": "e1"}), "corrects", "cannot take itself back"),
        (event("note", None, {"drill": "perhaps"}), "drill", "neither true nor false"),
        (event("note", None, {"limit": "much"}), "limit", "no number of use"),
        (event("note", None, {"limit": True}), "limit", "no number of use"),
        (event("note", None, '{"limit": NaN}'), "limit", "no number of use"),
        (event("note", None, {"expected": 1e15}), "expected", "no number of use"),
        (event("note", None, {"expires_at": 1.5}), "expires_at", "no instant"),
        (event("note", None, {"expires_at": 1 << 62}), "expires_at", "no instant"),
        (event("note", None, {"lot": 7}), "lot", "is no text"),
        (event("note", None, {"colour": "red"}), "detail", "'colour' is no detail"),
        (event("note", None, "[]"), "detail", "not a JSON object"),
        (event("note", None, "[" * 100_000), "detail", "not a JSON object"),
        (event("note", None, "{half"), "detail", "not a JSON object"),
        (event("note", None, {"answers": "[red]x[/]"}), "answers", "not a JSON object"),
        (event("reply", "done", {"action": "A1", "token": "t", "answers": "{half"}), "answers", "not a JSON object"),
        (event("note", None, {"answers": '{"a": 1e400}'}), "answers", "plain values"),
        (event("note", None, {"answers": '{"a": ' + "[" * 900 + "]" * 900 + "}"}), "answers", "plain values"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(row: SignalIn, place: str, reason: str) -> None:
    (refusal,) = sift("erp", [row], "events.csv").refusals
    assert (refusal.place.column, reason in refusal.reason) == (place, True), refusal
    assert refusal.mend


@pytest.mark.parametrize(
    "row",
    [
        event("quality", "hold", {"lot": "L1"}),
        event("quality", "hold", item="A", site="S"),
        event("quality", None, {"lot": "L1", "code": "nonsense"}),
        event("logistics", "dwell", order_ref="PO1"),
        event("production", None, {"resource": "R", "expected": 5}, quantity=0.0),
        event("production", None, {"code": "x:y"}, order_ref="PO1"),
        event("confirmation", None, {"code": "x12.668:IR"}, order_ref="PO1"),
        event("note", None, {"drill": "False", "lot": "", "code": None}),
    ],
)
def test_what_says_enough_is_taken(row: SignalIn) -> None:
    sifted = sift("erp", [row], "events.csv")
    assert (len(sifted.signals), sifted.refusals, sifted.drills) == (1, [], [])


def test_details_are_cleaned_and_what_says_nothing_is_left_out(store: Store) -> None:
    take(store, [event("note", None, {"lot": "L\x1b[31m1", "code": "", "drill": False, "limit": 2})])
    assert column(store, "SELECT detail FROM signal") == ['{"lot":"L\ufffd[31m1","limit":2}']
    take(store, [event("note", None, {"drill": False})])
    assert column(store, "SELECT detail FROM signal ORDER BY id") == ['{"lot":"L\ufffd[31m1","limit":2}', None]
