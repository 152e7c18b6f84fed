"""What a deviation's page says, as lines: what happened, what it compares, what it hits, why it ranks here, the
options, the response, the journal.

Pure: `Desk.show`'s answer in, lines out. The page and the detail beside the queue show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from engine.values.clock import parse_instant
from tui.screens import impact_sections, option_sections, picture_sections
from tui.screens.labelled import LABEL, pair
from tui.terminal import cells, safe, theme
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Pieces
from tui.widgets import feed, queue
from tui.widgets.page_list import PageLine

SECTIONS: Final = (
    "Signals",
    "Compare",
    "Picture",
    "Impact",
    "Explain",
    "Folded",
    "Customers",
    "Options",
    "Response",
    "Journal",
)
"""In the order of the page."""
_LONGEST_TERM: Final = 28
_UNIT: Final = 10
"""Cells of an explained term's unit where there is no room for more."""
_SOURCE: Final = 60
"""Cells that its source has before a longer unit has any."""
_BEFORE_TITLE: Final = len("m A1234 ")
"""Cells of the columns before an action's title."""
_WITH_FUNCTION: Final = 130
"""Cells from which the function of an owner stands beside an action: what is to be done is worth more."""
_ACTIONS: Final = (
    Column("mark", "", 1, 1),
    Column("id", "id", 5, 2),
    Column("title", "action", 20, 1, flex=True),
    Column("owner", "owner", 10, 2),
    Column("function", "function", 18, 6),
    Column("state", "state", 11, 3),
    Column("start", "start", 12, 5),
    Column("due", "due", 22, 2),
)


def sections(detail: Mapping[str, Any], width: int, present: Present, responds: str) -> list[PageLine]:
    """All sections below one another, each with its heading; `responds` is the key that chooses a playbook."""
    made = [*_summary(detail, width, present)]
    builders: Sequence[Callable[[Mapping[str, Any], int, Present], list[PageLine]]] = (
        _signals,
        _compare,
        picture_sections.pictures,
        impact_sections.impact,
        _explain,
        impact_sections.family,
        impact_sections.customers,
        option_sections.options,
        partial(_response, responds=responds),
        journal,
    )
    for name, build in zip(SECTIONS, builders, strict=True):
        # Beside the queue nothing is drawn: there is no room, and it would be read for every row that is passed.
        if name == "Picture" and "pictures" not in detail:
            continue
        made += [PageLine([]), PageLine([(name, "heading")], section=name), *build(detail, width, present)]
    return made


def part_of(whole: Sequence[PageLine], name: str) -> list[int]:
    """The places of the head and of one section: what a small screen shows at a time."""
    first = next(index for index, line in enumerate(whole) if line.section is not None)
    start = next(index for index, line in enumerate(whole) if line.section == name)
    end = next((index for index in range(start + 1, len(whole)) if whole[index].section is not None), len(whole))
    return [*range(first), *range(start, end)]


def _summary(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    shape, style = theme.SEVERITY.get(detail["severity"], ("?", "plain"))
    passed = detail["bucket"] == "passed"
    decide = cells.both_times(detail["decide_by"], present.now, present.zone)
    said = cells.with_local_times(detail["summary"], present.now, present.zone)
    lines = [
        [(f"{shape} {detail['severity']}", style), (f"  {detail['kind']}  {queue.subject(detail)}", "bold")],
        *([(line, "plain")] for line in safe.wrap(said, width)),
        pair("state", _state(detail)),
        pair("owner", detail["owner"] or "nobody"),
        pair("decide by", f"PASSED {decide}" if passed else decide, "bad" if passed else "plain"),
        pair("need", cells.both_times(detail["need_at"], present.now, present.zone)),
        pair("exposure", _exposure(detail), "bold"),
    ]
    if detail["suppressed_by"]:
        lines.append(pair("hidden by", ", ".join(detail["suppressed_by"]), "warning"))
    if (snoozed := detail["snoozed_until"]) and parse_instant(snoozed, "snoozed_until") > present.now:
        lines.append(pair("snoozed until", cells.both_times(snoozed, present.now, present.zone), "warning"))
    if detail["consequences"]:
        lines.append(pair("consequences", ", ".join(detail["consequences"]), "notice"))
    made = [PageLine(line) for line in lines]
    if detail["root"]:
        made.append(PageLine(pair("follows from", detail["root"], "notice"), target=detail["root"]))
    return made


def _state(detail: Mapping[str, Any]) -> str:
    """The state, and what it is about: how often a candidate was stated, where a merged one went, why it ended."""
    words = str(detail["state"])
    if detail["state"] == "candidate":
        words += f", stated {detail['breaches']} {'time' if detail['breaches'] == 1 else 'times'} in a row"
    elif detail["state"] == "merged" and detail["merged_into"]:
        words += f" into {detail['merged_into']}"
    return f"{words}, {detail['reason']}" if detail["reason"] else words


def _exposure(detail: Mapping[str, Any]) -> str:
    if detail["exposure"] is None:
        return "unknown: the plan has no value for it"
    return (
        f"{cells.money_in_full(detail['exposure'])}  ="
        f" {cells.money_in_full(detail['value_at_risk'])} at risk{_rate(detail)} × {detail['likelihood']:.6g}"
    )


def _rate(detail: Mapping[str, Any]) -> str:
    return "".join(f" × {term['value']:g}" for term in detail["explain"] if term["name"] == "rate")


def _value(value: Any, present: Present) -> str:
    if cells.is_time(value):
        return cells.both_times(value, present.now, present.zone)
    return cells.any_value(value)


def _compare(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """Planned beside observed, a row for each field that either has."""
    head = {"planned": f"planned (as of baseline {detail['baseline_version']})", "observed": "observed"}
    rows = {
        name: [_value(detail[side][name], present) if name in detail[side] else "" for side in head]
        for name in dict.fromkeys((*detail["planned"], *detail["observed"]))
    }
    room = max(20, width - LABEL - 1)
    left, right = (
        max(safe.width_of([(text, "")]) for text in each) for each in zip(head.values(), *rows.values(), strict=True)
    )
    left = min(left, max(room // 2, room - right))

    def line(name: str, texts: Sequence[str], *styles: str) -> Pieces:
        named = safe.fit(name.replace("_", " "), LABEL - 1) + " "
        shown = safe.fit(texts[0], left) + " ", safe.cut(texts[1], room - left)
        return [(named, "quiet"), *zip(shown, styles, strict=True)]

    lines = [line("", [*head.values()], "quiet", "quiet")]
    lines += [line(name, texts, "plain", "bold") for name, texts in rows.items()]
    lines.append(pair("gap", cells.gap(detail["gap"]), "bold"))
    return [PageLine(each) for each in lines]


def _signals(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    rows = detail["signals_detail"]
    if not rows:
        return [PageLine([("No signal: time alone made it due.", "quiet")])]
    lines = []
    for row in rows:
        when = cells.short_time(cells.instant(row["as_of"]), present.now, present.zone)
        text = f"{feed.about(row)}  {feed.says(row, present)}  {row['party'] or ''}"
        pieces: Pieces = [(safe.fit(row["id"], 7) + " ", "quiet"), (safe.fit(when, 16) + " ", "plain"), (text, "plain")]
        lines.append(PageLine([*pieces, (f"  {row['source']}", "quiet")], target=row["id"]))
    return lines


def _response(detail: Mapping[str, Any], width: int, present: Present, *, responds: str) -> list[PageLine]:
    actions = detail["actions"]
    if not actions:
        return [PageLine([(f"No response yet: {responds} chooses a playbook.", "quiet")])]
    shown = tuple(column for column in _ACTIONS if column.name != "function" or width >= _WITH_FUNCTION)
    lines = [PageLine(safe.columns(shown, {column.name: (column.title, "quiet") for column in shown}, width))]
    room = next(size for column, size in cells.layout(shown, width) if column.name == "title")
    for row in actions:
        mark, _, style = theme.ACTION_SHAPE.get(row["state"], ("?", "?", "plain"))
        title, *rest = safe.wrap(row["title"] + ("" if row["mandatory"] else " (optional)"), room)
        weight = "bold" if row["critical"] else "plain"
        values = {
            "mark": (mark, style),
            "id": (row["id"], "quiet"),
            "title": (title, weight),
            "owner": (row["owner"], "plain"),
            "function": (row["function"], "quiet"),
            "state": (row["state"].replace("_", " "), style),
            "start": (cells.short_time(cells.instant(row["start_at"]), present.now, present.zone), "plain"),
            "due": (_due(row, present), "bad" if row["overdue"] else "plain"),
        }
        lines.append(PageLine(safe.columns(shown, values, width), target=row["id"], version=row["version"]))
        indent = " " * _BEFORE_TITLE
        lines += [
            PageLine([(indent, "plain"), (line, weight)], target=row["id"], version=row["version"]) for line in rest
        ]
    return [*lines, *_in_jeopardy(actions, width, present), *_offers(actions, width)]


def _in_jeopardy(actions: Sequence[Mapping[str, Any]], width: int, present: Present) -> list[PageLine]:
    """What would be late as things stand: by what it waits for, or after the decide-by."""
    lines: list[PageLine] = []
    for row in actions:
        found = row["jeopardy"]
        if found is None or not (found["late_minutes"] or found["past_decide_by_minutes"]):
            continue
        end = cells.short_time(cells.instant(found["end_at"]), present.now, present.zone)
        behind = f" since it waits for {found['because']}," if found["because"] else ""
        late = " and ".join(
            word for word, by in (("due", "late_minutes"), ("decide-by", "past_decide_by_minutes")) if found[by]
        )
        words = f"! {row['id']} would end {end},{behind} after its {late}"
        lines += [PageLine([(line, "bad")], target=row["id"]) for line in safe.wrap(words, width)]
    return lines


def _offers(actions: Sequence[Mapping[str, Any]], width: int) -> list[PageLine]:
    """What may be called off or taken back, now that the deviation is over."""
    lines: list[PageLine] = []
    for what in ("cancel", "reverse"):
        offered = [row for row in actions if row["offered"] is not None and row["offered"]["what"] == what]
        if offered:
            ids = " ".join(row["id"] for row in offered)
            words = f"offered: {what} {ids}; {offered[0]['offered']['because']}"
            lines += [PageLine([(line, "warning")]) for line in safe.wrap(words, width)]
    return lines


def _due(row: Mapping[str, Any], present: Present) -> str:
    if row["done_at"]:
        return f"done {cells.short_time(cells.instant(row['done_at']), present.now, present.zone)}"
    return ("! " if row["overdue"] else "") + cells.both_times(row["due_at"], present.now, present.zone)


def _explain(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """Every term; where it came from goes on below it, since that is the sum which somebody redoes."""
    terms = [
        (
            cells.with_local_times(term["name"], present.now, present.zone),
            *cells.explained(term, present.now, present.zone),
            cells.with_local_times(term["source"], present.now, present.zone),
        )
        for term in detail["explain"]
    ]
    name_width = min(_LONGEST_TERM, max((len(name) for name, *_ in terms), default=0))
    value_width = max((len(value) for _, value, *_ in terms), default=0)
    # A unit that is a sentence has room where sources do not need it.
    room = width - name_width - value_width - 3 - _SOURCE
    unit_width = max(_UNIT, min(room, max((len(unit) for *_, unit, _ in terms), default=0)))
    left = name_width + value_width + unit_width + 3

    def line(name: str, value: str, unit: str, source: str, style: str = "plain") -> PageLine:
        shown = f"{safe.fit(name, name_width)} ", f"{safe.fit(value, value_width, 'right')} "
        return PageLine(
            [(shown[0], style), (shown[1], "bold"), (f"{safe.fit(unit, unit_width)} ", "quiet"), (source, "quiet")]
        )

    lines = [line("term", "", "", "from", "quiet")]
    for name, value, unit, source in terms:
        first, *rest = safe.wrap(source, max(20, width - left)) or [""]
        lines.append(line(name, value, unit, first))
        lines += [PageLine([(" " * left, "plain"), (more, "quiet")]) for more in rest]
    return lines


def journal(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """What was done to an object, the last on top; an entry about another one, as its action, names it."""
    lines = []
    for entry in reversed(detail["history"]):
        when = cells.short_time(cells.instant(entry["at"]), present.now, present.zone)
        said = f": {entry['reason']}" if entry["reason"] else ""
        head: Pieces = [(safe.fit(when, 16) + " ", "quiet"), (safe.fit(entry["actor"], 10) + " ", "bold")]
        other = "" if (about := entry["subject"]["id"]) == detail["id"] else f" {about}"
        told = f"{entry['action']}{other}{said}{_changes(entry)}"
        text = cells.with_local_times(told, present.now, present.zone)
        first, *rest = safe.wrap(text, max(10, width - 28)) or [""]
        lines.append(PageLine([*head, (first, "plain")]))
        lines += [PageLine([(" " * 28, "plain"), (line, "plain")]) for line in rest]
    return lines


def _changes(entry: Mapping[str, Any]) -> str:
    """State, owner and text of an entry: what a person looks for in it."""
    before, after = entry["before"], entry["after"]
    parts = [
        f"{name} {cells.any_value(before.get(name))} → {cells.any_value(after[name])}"
        for name in ("state", "owner", "severity")
        if after.get(name) is not None and after.get(name) != before.get(name)
    ]
    text = after.get("text")
    return f" “{text}”" if text else f"  ({', '.join(parts)})" if parts else ""
