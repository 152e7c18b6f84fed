"""What a playbook would give, as lines: actions with owners and dates, what speaks against it, what runs already."""

from __future__ import annotations

from typing import Final

from engine.values.clock import iso
from engine.values.errors import OffplanError
from engine.vocabulary.planning import PlannedAction
from tui.desk.session import Session
from tui.terminal import cells, safe
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Pieces

_PLANNED: Final = (
    Column("title", "action", 24, 1, flex=True),
    Column("owner", "owner", 8, 3),
    Column("start", "start", 12, 4),
    Column("due", "due", 24, 2),
    Column("needs", "after", 20, 5, words=True),
)


def preview(session: Session, deviation: str, playbook: str, width: int) -> list[Pieces]:
    """The actions that a playbook would give, with owners and dates; its refusal where it gives none."""
    try:
        plan = session.desk.preview(deviation, playbook)
    except OffplanError as error:
        return [[(line, "bad")] for line in safe.wrap(str(error), width)]
    lines: list[Pieces] = [[(f"{plan.title}, owned by {plan.owner}", "bold")]]
    for warning in (*_answers(session, deviation, playbook), *plan.warnings):
        text = cells.with_local_times(warning, session.present.now, session.present.zone)
        lines += [[(line, "warning")] for line in safe.wrap(f"! {text}", width)]
    lines.append(safe.columns(_PLANNED, {column.name: (column.title, "quiet") for column in _PLANNED}, width))
    return [*lines, *(line for action in plan.actions for line in planned(action, width, session.present))]


def _answers(session: Session, deviation: str, playbook: str) -> list[str]:
    """What answers it already, beside which the playbook would be one more, or cannot be."""
    running = [*session.desk.responses([f"deviation={deviation}"]).items]
    (row,) = session.desk.deviation_rows([int(deviation[1:])])
    last = row["response"]
    if last not in (None, *(each["id"] for each in running)):
        # It may be that of another deviation which this one has joined.
        running += session.desk.responses([f"id={last}"]).items
    same = next((each["id"] for each in running if each["playbook"] == playbook), None)
    if same is not None:
        return [f"{same} answers {deviation} with it already: work on that one, or cancel it first"]
    return [
        f"{each['id']} answers {deviation} already, with {each['playbook']}: this one would run beside it"
        for each in running
    ]


def planned(action: PlannedAction, width: int, present: Present) -> list[Pieces]:
    """One action, its title in full; a due time that has passed or lies before the start is marked."""
    wrong = action.due_at < max(present.now, action.start_at)
    due = cells.both_times(iso(action.due_at), present.now, present.zone)
    room = next(size for column, size in cells.layout(_PLANNED, width) if column.name == "title")
    style = "bold" if action.critical else "plain"
    first, *rest = safe.wrap(action.title + ("" if action.mandatory else " (optional)"), room - 2) or [""]
    values = {
        "title": (first, style),
        "owner": (action.owner, "plain"),
        "start": (cells.short_time(action.start_at, present.now, present.zone), "plain"),
        "due": (f"! {due}" if wrong else due, "bad" if wrong else "plain"),
        "needs": (", ".join(action.needs), "quiet"),
    }
    return [safe.columns(_PLANNED, values, width), *([(f"  {line}", style)] for line in rest)]
