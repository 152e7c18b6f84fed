"""The options of a decision as lines of text: side by side, who wins and where that flips, and every sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.options.weighing import spoken
from engine.values import money as minor_units
from tui.terminal import cells
from tui.words import printing

HEADINGS: Final = (
    "", "option", "there at", "cost", "orders late", "value late", "kg CO2e", "fails", "score", "",
)  # fmt: skip
"""What stands over a row of an option; the first is its id, the last what is to be known of it."""

_MONEY: Final = ("cost", "late", "risk", "score")
"""The figures of an option that are money; their unit is its currency."""


def lines(compared: Sequence[Mapping[str, Any]] | None, now: int, zone: str, *, sums: bool) -> list[str]:
    """Every decision below the other, with a blank line between, with `sums` every figure's; nothing where there is
    none."""
    made: list[str] = []
    for decision in compared or ():
        made += [*([""] if made else []), *_decision(decision, now, zone)]
        made += ["", *_sums(decision, now, zone)] if sums else []
    return made


def _decision(decision: Mapping[str, Any], now: int, zone: str) -> list[str]:
    table = printing.table(HEADINGS, [row(option, decision, now, zone) for option in decision["options"]])
    return [f"{decision['action']}: {decision['about']}", *table, *verdict(decision, now, zone)]


def _sums(decision: Mapping[str, Any], now: int, zone: str) -> list[str]:
    """Every figure of every option with the sum that it came from."""
    rows = []
    for option in decision["options"]:
        for term in option["terms"]:
            value, unit = figure(term, now, zone)
            rows.append((option["id"], term["name"], value, unit, term["source"]))
    return printing.table(("option", "figure", "value", "unit", "from"), rows)


def figure(term: Mapping[str, Any], now: int, zone: str) -> tuple[str, str]:
    """A figure and its unit as people read them; what an option does may be more than a number says."""
    if term["value"] is None:
        return ("" if term["name"] == "what it does" else "not known"), ""
    if term["name"] in _MONEY:
        currency = str(term["unit"])
        return minor_units.digits(round(term["value"] * minor_units.units(currency)), currency), currency
    return cells.explained(term, now, zone)


def verdict(decision: Mapping[str, Any], now: int, zone: str) -> list[str]:
    """What was chosen, or what the figures speak for and where that flips."""
    said = []
    if decision["chosen"]:
        at = cells.both_times(decision["decided_at"], now, zone)
        said.append(f"{decision['decided_by']} chose {decision['chosen']} at {at}: {decision['reason']}")
    if decision["winner"]:
        weights = ", ".join(f"{name} {weight:g}" for name, weight in decision["weights"].items())
        robust = "no single weight changed by half flips it" if decision["robust"] else "a single weight may flip it"
        said.append(f"{spoken(decision['winner'])} scores best by the weights {weights}; {robust}")
        said += [flip["sentence"] for flip in decision["flips"]]
    return said


def remark(option: Mapping[str, Any], decision: Mapping[str, Any]) -> str:
    """What a person should know of an option beside its figures."""
    if decision["chosen"] == option["id"]:
        return "chosen"
    if option["wins"]:
        return "best score"
    return f"dominated by {spoken(option['dominated_by'])}" if option["dominated_by"] else ""


def row(option: Mapping[str, Any], decision: Mapping[str, Any], now: int, zone: str) -> tuple[str, ...]:
    """The figures of an option, below HEADINGS."""
    return (
        option["id"],
        option["title"],
        cells.both_times(option["arrives_at"], now, zone),
        money(option["cost"]),
        "–" if option["orders_late"] is None else str(option["orders_late"]),
        money(option["value_late"]),
        number(option["co2_kg"]),
        f"{100 * option['risk']:.4g} %" if option["risk"] else "–",
        score(option),
        remark(option, decision),
    )


def money(amount: Mapping[str, Any] | None) -> str:
    """What an option costs or leaves late, in full."""
    return "not known" if amount is None else cells.money_in_full(amount)


def score(option: Mapping[str, Any]) -> str:
    """The sum that decides: it is in the currency of the cost, without which there is none."""
    if option["score"] is None:
        return money(None)
    return money({"amount": option["score"], "currency": option["cost"]["currency"]})


def number(value: float | None) -> str:
    """A figure that is no money."""
    return "not known" if value is None else cells.number(value)
