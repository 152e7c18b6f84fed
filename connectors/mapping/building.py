"""Columns of mapped values to signals, plan lines and master records, a whole block at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from connectors.mapping import converters
from connectors.values.dates import When
from connectors.values.faults import Fault
from connectors.values.targets import DETAIL_FIELDS, SIGNAL, SIGNAL_FIELDS, STATE_WORDS
from engine.values import money
from engine.vocabulary.model import RECORD_KINDS, PlanLine, PlanRecord, SignalIn

Mapped = SignalIn | PlanLine | PlanRecord
Values = dict[str, list[Any]]
"""By field, one value a row."""
Builder = Callable[[Values, list[str], Sequence[int]], list[Mapped]]
"""Makes rows of the fields' values, the JSON of what no field takes, and the lines."""

# SignalIn._make without its check of the length, which zip has made sure of: half the time per row.
_new_signal: Final[Callable[[Iterable[Any]], SignalIn]] = partial(tuple.__new__, SignalIn)
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def builder(kind: str, currency: str) -> Builder:
    """What makes the rows of a kind; `currency` is that of amounts where no field says one."""
    if kind == SIGNAL:
        return _signals
    if kind in RECORD_KINDS:
        return lambda values, _, lines: list(_records(kind, values, lines))
    return lambda values, rest, lines: list(_plan_lines(kind, currency, values, rest, lines))


def _signals(values: Values, rest: list[str], lines: Sequence[int]) -> list[Mapped]:
    nothing = [None] * len(lines)
    ordered = [values.get(name, nothing) for name in SIGNAL_FIELDS]
    payloads = values.get("payload")
    ordered[-1] = rest if payloads is None else list(map(_joined, payloads, rest))
    details = _details({name: values[name] for name in DETAIL_FIELDS if name in values}, len(lines))
    return list(map(_new_signal, zip(*ordered, lines, details, strict=True)))


def _details(values: Values, count: int) -> list[str]:
    """By row, the JSON of the details that it has; empty where it has none."""
    if not values:
        return [""] * count
    said = (
        {k: v for k, v in zip(values, row, strict=True) if v is not None} for row in zip(*values.values(), strict=True)
    )
    return [_encode(detail) if detail else "" for detail in said]


def _joined(payload: str | None, rest: str) -> str:
    """A mapped payload with the columns that nothing else took."""
    if payload is None or rest == "{}":
        return payload or rest
    return _encode(dict(sorted({**json.loads(rest), **json.loads(payload)}.items())))


def _plan_lines(kind: str, currency: str, values: Values, rest: list[str], lines: Sequence[int]) -> Iterator[PlanLine]:
    names = list(values)
    for row, attributes, line in zip(zip(*values.values(), strict=True), rest, lines, strict=True):
        of = dict(zip(names, row, strict=True))
        planned, until, mode = of.get("planned_at"), of.get("until_at"), of.get("mode")
        # Where amounts have a currency beside them, one without is a finding (engine.validation.plan_checks) and
        # nothing to fill in.
        coined = of["currency"] or None if "currency" in of else currency
        amount = of.get("value")
        if amount is None and of.get("unit_price") is not None and of.get("quantity") is not None:
            amount = of["unit_price"] * converters.exact(of["quantity"])
        yield PlanLine(
            kind=kind,
            ref=of.get("ref") or "",
            item=of.get("item"),
            site=of.get("site"),
            origin=of.get("origin"),
            party=of.get("party"),
            quantity=of.get("quantity"),
            maximum=of.get("maximum"),
            uom=of.get("uom"),
            planned_at=planned.start if planned else None,
            until_at=_end(until) if until else planned.end if planned else None,
            value_minor=None if amount is None else converters.minor_units(amount, money.units(coined)),
            currency=coined if amount is not None else of.get("currency"),
            status=_state(of.get("status")),
            attributes=attributes if mode is None else _encode({**json.loads(attributes), "mode": mode}),
            line=line,
        )


def _end(when: When) -> int:
    """The exclusive end that a date of `until_at` names: the day itself still belongs to it."""
    return when.start if when.end is None else when.end


def _state(word: str | None) -> str:
    if word is None:
        return "open"
    if word not in STATE_WORDS:
        mend = f"it is one of {', '.join(STATE_WORDS)}: translate it by values in the mapping"
        raise Fault(f"{word[:80]!r} is no state of a plan line", mend, "status")
    return word


def _records(kind: str, values: Values, lines: Sequence[int]) -> Iterator[PlanRecord]:
    names = list(values)
    for row, line in zip(zip(*values.values(), strict=True), lines, strict=True):
        data: dict[str, Any] = {}
        for name, value in zip(names, row, strict=True):
            if value is not None:
                outer, dot, inner = name.partition(".")
                if dot:
                    data.setdefault(outer, {})[inner] = value
                else:
                    data[name] = value
        yield PlanRecord(kind, data, line)
