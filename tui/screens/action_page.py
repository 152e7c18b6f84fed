"""An action's page: what is to be done, by whom and why by them, when and why then, what it waits for, its journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from textual.binding import BindingType

from engine.values.money import amount
from tui.desk.session import Session
from tui.keys import bindings
from tui.screens import deviation_sections, option_sections
from tui.screens.labelled import pair, wrapped
from tui.screens.object_page import ObjectPage
from tui.screens.telling import Selection
from tui.terminal import cells, safe, theme
from tui.terminal.cells import Present
from tui.terminal.safe import Pieces
from tui.widgets.page_list import PageLine

_UNDER_MARK: Final = "  "
"""Before the lines of a title that goes on below its mark."""


class ActionPage(ObjectPage):
    """Acts on its action."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "text", "everywhere")]
    scopes = ("list", "rows", "act", "text", "everywhere")

    def __init__(self, session: Session, action: str) -> None:
        super().__init__(session)
        self._action = self.place = action
        self._detail: Mapping[str, Any] | None = None
        self._beside: Sequence[Mapping[str, Any]] = ()
        """All actions of the same response."""

    def pieces(self) -> Iterator[None]:
        session = self.session
        yield from self.read_header()
        self.show_header()
        session.changed.seen(self._action)
        self._detail = detail = session.desk.show(self._action)
        rows = session.desk.action_rows(int(detail["deviation"][1:]))
        self._beside = [row for row in rows if row["response"] == detail["response"]]
        self.page.present = session.present
        self.draw()

    def draw(self) -> None:
        if self._detail is not None:
            width = self.lines_width
            places = self.session.around.places() if self._detail["handoffs"] else {}
            self.page.show_lines(action_lines(self._detail, self._beside, width, self.session.present, places))

    def selection(self) -> Selection:
        if self._detail is None:
            return Selection("")
        return Selection("action", (self._action,), {self._action: self._detail["version"]}, (self._detail,))

    def candidates(self) -> list[str]:
        return [self._action, *(row["id"] for row in self._beside if row["id"] != self._action)]

    def open_id(self, id_: str, *, section: str | None = None) -> None:
        if section is None and self._detail is not None and id_ == self._detail["deviation"]:
            self.open_deviation(id_, at=self._action)
        else:
            super().open_id(id_, section=section)

    def action_explain(self) -> None:
        if self._detail is not None:
            self.open_deviation(self._detail["deviation"], section="Explain")


def action_lines(
    detail: Mapping[str, Any],
    beside: Sequence[Mapping[str, Any]],
    width: int,
    present: Present,
    places: Mapping[str, str] | None = None,
) -> list[PageLine]:
    """`Desk.show` of an action as lines; `beside` are the actions of its response, which it may wait for.

    `places` are the folders of channels that write files, by name.
    """
    mark, _, style = theme.ACTION_SHAPE.get(detail["state"], ("?", "?", "plain"))
    state = detail["state"].replace("_", " ") + (f", {detail['reason']}" if detail["reason"] else "")
    kind = "mandatory" if detail["mandatory"] else "optional"
    first, *rest = safe.wrap(detail["title"], max(10, width - len(_UNDER_MARK))) or [""]
    lines = [
        PageLine([(f"{mark} ", style), (first, "bold")]),
        *(PageLine([(f"{_UNDER_MARK}{line}", "bold")]) for line in rest),
        PageLine(pair("deviation", detail["deviation"], "key"), target=detail["deviation"]),
        PageLine(pair("response", f"{detail['response']}, {detail['playbook']}, step {detail['step']}")),
        PageLine(pair("state", f"{state} ({kind}{', critical' if detail['critical'] else ''})", style)),
        PageLine(pair("owner", f"{detail['owner']}, {detail['function']} ({detail['role']})")),
        *wrapped("because", detail["owner_because"] or "–", width),
        *_times(detail, width, present),
        *_approval(detail, width, present),
        *_jeopardy(detail, width, present),
    ]
    lines += [PageLine([]), PageLine([("What to do", "heading")], section="What to do")]
    for paragraph in (detail["instructions"] or "The playbook says no more than the title.").splitlines():
        lines += [PageLine([(line, "plain")]) for line in safe.wrap(paragraph, width) or [""]]
    for decision in detail["options"]:
        lines += [PageLine([]), PageLine([("Options", "heading")], section="Options")]
        lines += [*option_sections.options(detail, width, present), PageLine([])]
        lines += option_sections.sums(decision, width, present)
    if detail["form"] or detail["answers"]:
        lines += [PageLine([]), PageLine([("Answers", "heading")], section="Answers"), *_answers(detail)]
    steps = {row["step"]: row for row in beside}
    for title, found in (
        ("Needs", [steps[step] for step in detail["needs"] if step in steps]),
        ("Needed by", [row for row in beside if detail["step"] in row["needs"]]),
    ):
        if found:
            lines += [PageLine([]), PageLine([(title, "heading")], section=title)]
            lines += [line for row in found for line in _other(row, width)]
    if detail["handoffs"]:
        lines += [PageLine([]), PageLine([("Handed off", "heading")], section="Handed off")]
        lines += [line for told in detail["handoffs"] for line in _handed_off(told, width, present)]
        used = dict.fromkeys(told["channel"] for told in detail["handoffs"])
        for name in (name for name in used if name in (places or {})):
            lines += wrapped(f"{name} writes to", (places or {})[name], width)
    lines += [PageLine([]), PageLine([("Journal", "heading")], section="Journal")]
    return [*lines, *deviation_sections.journal(detail, width, present)]


def _times(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """When it starts and is due, why then, and what has happened of it."""
    late = "! " if detail["overdue"] else ""
    due = f"{late}{cells.both_times(detail['due_at'], present.now, present.zone)}"
    stays = ", and stays there" if detail["stays"] else ""
    lines = [
        PageLine(pair("start", cells.both_times(detail["start_at"], present.now, present.zone) + stays)),
        *_moves(detail, width, present),
        PageLine(pair("due", due, "bad" if late else "plain")),
        *wrapped("because", detail["due_because"] or "–", width),
    ]
    for label, name in (
        ("accept by", "accept_by"),
        ("started", "started_at"),
        ("waits until", "waiting_until"),
        ("done", "done_at"),
    ):
        if detail[name]:
            lines.append(PageLine(pair(label, cells.both_times(detail[name], present.now, present.zone))))
    return lines


def _moves(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """Where it was planned before it was moved, and the move that its owner has to agree to."""
    lines = []
    if detail["home_at"]:
        lines.append(PageLine(pair("planned", cells.both_times(detail["home_at"], present.now, present.zone))))
    if detail["proposed_at"]:
        asked = f"{cells.both_times(detail['proposed_at'], present.now, present.zone)}: agree or keep"
        lines += [
            PageLine(pair("asked", asked, "bad")),
            *wrapped("because", detail["proposed_because"] or "–", width),
        ]
    return lines


def _approval(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """Who has to approve it, or who did."""
    asked = detail["approval"]
    if asked is None:
        return []
    if detail["approved_at"]:
        at = cells.both_times(detail["approved_at"], present.now, present.zone)
        return [PageLine(pair("approved", f"by {detail['approved_by']}, {at}", "good"))]
    limit = ""
    if asked.get("amount") is not None:
        limit = f" above {cells.money_in_full(amount(asked['amount'], asked['currency']))}"
    words = f"needed of {asked['owner']} ({asked['role']}){limit}, or another of the function, or the desk lead"
    return wrapped("approval", words, width)


def _jeopardy(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """What it will be late by, as things stand, and what is offered now that its deviation is over."""
    lines = []
    found = detail["jeopardy"]
    if found is not None:
        end = cells.both_times(found["end_at"], present.now, present.zone)
        behind = f", since it waits for {found['because']}" if found["because"] else ""
        told = [f"would end {end}{behind}"]
        told += ["after its due time"] if found["late_minutes"] else []
        told += ["after the decide-by"] if found["past_decide_by_minutes"] else []
        bad = found["late_minutes"] or found["past_decide_by_minutes"]
        lines += [PageLine(pair("in jeopardy", "! " + ", ".join(told) if bad else told[0], "bad" if bad else "plain"))]
    if detail["offered"] is not None:
        lines += wrapped("offered", f"{detail['offered']['what']}: {detail['offered']['because']}", width)
    return lines


def _answers(detail: Mapping[str, Any]) -> list[PageLine]:
    """What the step asks, with the answers that were given; and what it gave to later steps under other names."""
    lines = []
    for question in detail["form"]:
        answer = detail["answers"].get(question["name"])
        needed = question.get("required", True) and answer is None
        shown = cells.any_value(answer) if answer is not None else "needed when it is done" if needed else "–"
        label = question.get("title") or question["name"]
        lines.append(PageLine([(f"{label}: ", "quiet"), (shown, "warning" if needed else "plain")]))
    asked = [question["name"] for question in detail["form"]]
    given = {name: value for name, value in detail["answers"].items() if name not in asked}
    lines += [PageLine([(f"{name}: ", "quiet"), (cells.any_value(value), "plain")]) for name, value in given.items()]
    return lines


def _handed_off(told: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """A message about the action: when, through which channel, to whom, with what result."""
    at = cells.both_times(told["ended_at"] or told["created_at"], present.now, present.zone)
    style = "bad" if told["state"] in ("failed", "unknown") else "plain"
    state = "in doubt" if told["state"] == "unknown" else told["state"]
    pieces: Pieces = [
        (f"{told['id']}  ", "key"),
        (f"{told['channel']} to {told['owner']}: ", "plain"),
        (state, style),
        (f"  {at}, {told['reason']}", "quiet"),
    ]
    return [PageLine(pieces), *(wrapped("", told["fault"], width) if told["fault"] else [])]


def _other(row: Mapping[str, Any], width: int) -> list[PageLine]:
    """Another action: its title, who has it and how it stands, on a second line where one does not take all of it."""
    mark, _, style = theme.ACTION_SHAPE.get(row["state"], ("?", "?", "plain"))
    who = f"{row['owner']}, {row['state'].replace('_', ' ')}"
    head, indent = f"{row['id']}  ", " " * len(f"{mark} {row['id']}  ")
    *before, last = safe.wrap(row["title"], width - len(indent)) or [""]
    beside = len(indent) + safe.width_of([(f"{last}  {who}", "plain")]) <= width
    ends: list[Pieces] = [[(last, "plain"), (f"  {who}", "quiet")]] if beside else [[(last, "plain")], [(who, "quiet")]]
    texts: list[Pieces] = [*([(line, "plain")] for line in before), *ends]
    lines = [PageLine([(f"{mark} ", style), (head, "plain"), *texts[0]], target=row["id"])]
    return [*lines, *(PageLine([(indent, "plain"), *text], target=row["id"]) for text in texts[1:])]
