"""The options of decisions, as lines: side by side with who wins, and every sum behind a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tui.commands import option_lines
from tui.terminal import cells, safe
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Pieces
from tui.widgets.page_list import PageLine

_OPTIONS: Final = (
    Column("mark", "", 1, 1),
    Column("option", "option", 14, 1, flex=True),
    Column("at", "there at", 18, 7),
    Column("cost", "cost", 13, 2, align="right"),
    Column("orders", "orders late", 11, 5, align="right"),
    Column("late", "value late", 14, 1, align="right"),
    Column("co2", "kg CO2e", 9, 3, align="right"),
    Column("risk", "fails", 6, 6, align="right"),
    Column("score", "score", 14, 1, align="right"),
    Column("remark", "", 18, 4),
)
_INDENT: Final = "  "


def options(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """Every decision of a deviation, or the one that an action is; a row leads to its action, where the sums are."""
    if not detail["options"]:
        return [PageLine([("There is no decision between options.", "quiet")])]
    versions = {action["id"]: action["version"] for action in detail.get("actions", ())}
    lines: list[PageLine] = []
    for decision in detail["options"]:
        lines += _decision(decision, width, present, versions.get(decision["action"]))
    return lines


def _decision(decision: Mapping[str, Any], width: int, present: Present, version: int | None) -> list[PageLine]:
    about = f"{decision['action']}: {decision['about']}"
    lines = [PageLine([(line, "bold")]) for line in safe.wrap(about, width)]
    rows = [_row(option, decision, present) for option in decision["options"]]
    shown = _by_need(rows)
    lines.append(PageLine(safe.columns(shown, {each.name: (each.title, "quiet") for each in shown}, width)))
    rooms = {column.name: size for column, size in cells.layout(shown, width)}
    for row in rows:
        title, style = row["option"]
        beside = "" if "remark" in rooms or not row["remark"][0] else f" ({row['remark'][0]})"
        first, *rest = safe.wrap(f"{title}{beside}", rooms["option"])
        pieces = safe.columns(shown, {**row, "option": (first, style)}, width)
        lines.append(PageLine(pieces, target=decision["action"], version=version))
        lines += [PageLine([(f"{_INDENT}{_INDENT}{line}", style)], target=decision["action"]) for line in rest]
    return [*lines, *(PageLine(pieces) for pieces in verdict(decision, width, present))]


def verdict(decision: Mapping[str, Any], width: int, present: Present) -> list[Pieces]:
    """What was chosen, or what the figures speak for and where that flips."""
    said = option_lines.verdict(decision, present.now, present.zone)
    return [[(line, "plain")] for sentence in said for line in safe.wrap(sentence, width)]


def _by_need(rows: Sequence[Mapping[str, tuple[str, str]]]) -> tuple[Column, ...]:
    """The columns as wide as what stands in them; that of the titles has what is left, and they go on below."""
    texts = {each.name: [each.title, *(row[each.name][0] for row in rows)] for each in _OPTIONS}
    needed = {name: max(safe.width_of([(text, "")]) for text in column) for name, column in texts.items()}
    return tuple(each if each.flex else replace(each, width=needed[each.name]) for each in _OPTIONS)


def _row(option: Mapping[str, Any], decision: Mapping[str, Any], present: Present) -> dict[str, tuple[str, str]]:
    remark = option_lines.remark(option, decision)
    chosen, leads = decision["chosen"] == option["id"], option["wins"] and not decision["chosen"]
    style = "bold" if chosen or leads else "quiet" if option["dominated_by"] else "plain"
    orders = option["orders_late"]
    return {
        "mark": ("✓" if chosen else "›" if leads else " ", style),
        "option": (f"{option['id']}: {option['title']}", style),
        "at": (cells.both_times(option["arrives_at"], present.now, present.zone), "plain"),
        "cost": (option_lines.money(option["cost"]), "plain"),
        "orders": ("–" if orders is None else str(orders), "plain"),
        "late": (option_lines.money(option["value_late"]), "plain"),
        "co2": (option_lines.number(option["co2_kg"]), "plain"),
        "risk": (f"{100 * option['risk']:.4g} %" if option["risk"] else "–", "plain"),
        "score": (option_lines.score(option), style),
        "remark": (remark, style),
    }


def sums(decision: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """Every figure of every option with the sum that it came from."""
    lines: list[PageLine] = []
    for option in decision["options"]:
        lines.append(PageLine([(f"{option['id']}  {option['title']}", "bold")]))
        lines += [PageLine(pieces) for pieces in terms(option, width, present)]
    return lines


def terms(option: Mapping[str, Any], width: int, present: Present) -> list[Pieces]:
    """The sums of one option, each figure with where it comes from below it."""
    made: list[Pieces] = []
    for term in option["terms"]:
        value, unit = option_lines.figure(term, present.now, present.zone)
        made.append([(f"{_INDENT}{safe.fit(term['name'], 13)} ", "quiet"), (f"{value} {unit}", "bold")])
        for line in safe.wrap(term["source"], max(20, width - 2 * len(_INDENT))):
            made.append([(f"{_INDENT * 2}{line}", "plain")])
    return made
