"""What has to be asked before a command: an owner, a playbook, a reason, a time, a yes.

Each function asks on a screen and returns None when the person leaves it. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from textual.screen import Screen

from engine.errors import OffplanError
from tui import cells, request
from tui.cells import Present
from tui.request import Request
from tui.safe import Pieces, fit
from tui.screens.pickers import Choice, Confirm, Picker, PreviewPicker
from tui.session import Session
from tui.widgets.prompt import Prompt, Question

_LABELS: Final = {"reason": "why", "text": "comment", "until": "until (+4h, +2d or 2026-03-09T08:00)"}
_MOST_IDS: Final = 200


async def options_for(screen: Screen[Any], session: Session, verb: str, ids: Sequence[str]) -> dict[str, Any] | None:
    """The options that a verb needs, asked one after the other. Raises OffplanError for an answer that is no time."""
    options: dict[str, Any] = {}
    for name in request.needs(verb):
        label = f"{verb} {_named(ids)}: {_LABELS.get(name, name)}"
        answer = await _owner(screen, session, ids) if name == "to" else await _line(screen, label)
        if not answer:
            return None
        options[name] = request.until(answer, session.present.now) if name == "until" else answer
    if verb == "respond":
        playbook = await _playbook(screen, session, ids)
        if playbook is None:
            return None
        options["playbook"] = playbook
    return options


async def confirmed(screen: Screen[Any], session: Session, asked: Request) -> bool:
    """Show what a dangerous command will do, and to which ids; True when the person says yes."""
    said = "; ".join(f"{name}: {value}" for name, value in asked.options.items())
    lines: list[Pieces] = [[(f"{asked.verb} {len(asked.ids)}", "bold")], [(said, "plain")], []]
    lines += [[(_described(session, id_), "plain")] for id_ in asked.ids[:_MOST_IDS]]
    if len(asked.ids) > _MOST_IDS:
        lines.append([(f"and {len(asked.ids) - _MOST_IDS} more", "bold")])
    return await _yes(screen, Confirm(f"{asked.verb}: is this right?", lines))


async def _yes(screen: Screen[Any], question: Confirm) -> bool:
    answer: bool = await screen.app.push_screen_wait(question)
    return answer


async def _line(screen: Screen[Any], label: str) -> str | None:
    return await screen.query_one(Prompt).ask(Question(label))


async def _owner(screen: Screen[Any], session: Session, ids: Sequence[str]) -> str | None:
    choices = []
    for owner in session.desk.owners():
        late = f", {owner['overdue']} overdue !" if owner["overdue"] else ""
        functions = ", ".join(owner["functions"])
        line = f"{fit(owner['id'], 12)} {fit(owner['name'] or '', 20)} {owner['load']} open{late}  {functions}"
        choices.append(Choice(owner["id"], [(line, "plain")]))
    return await screen.app.push_screen_wait(Picker(f"Who takes {_named(ids)}?", choices))


async def _playbook(screen: Screen[Any], session: Session, ids: Sequence[str]) -> str | None:
    """A playbook, chosen with its owners and dates in view, and then confirmed."""
    matches = [match for match in session.desk.matches(ids[0]) if match.matches]
    choices = [
        Choice(
            match.playbook,
            [(fit(match.playbook, 30) + " ", "bold"), (f"{match.title}  ", "plain"), (match.because, "quiet")],
        )
        for match in matches
    ]
    chosen = await screen.app.push_screen_wait(
        PreviewPicker(f"How to answer {_named(ids)}", choices, lambda playbook: preview(session, ids[0], playbook))
    )
    if chosen is None:
        return None
    lines: list[Pieces] = [[(f"start {chosen} for {', '.join(ids)}", "bold")], [], *preview(session, ids[0], chosen)]
    return chosen if await _yes(screen, Confirm("Start this response?", lines)) else None


def preview(session: Session, deviation: str, playbook: str) -> list[Pieces]:
    """The actions that a playbook would give, with owners and dates; its refusal where it gives none."""
    try:
        plan = session.desk.preview(deviation, playbook)
    except OffplanError as error:
        return [[(str(error), "bad")]]
    present = session.present
    lines: list[Pieces] = [[(f"{plan.title}, owned by {plan.owner}", "bold")]]
    lines += [[(f"! {warning}", "warning")] for warning in plan.warnings]
    for action in plan.actions:
        lines.append(
            [
                (fit(action.title, 34) + " ", "bold" if action.critical else "plain"),
                (fit(action.owner, 10) + " ", "plain"),
                (f"{_when(action.start_at, present)} → {_when(action.due_at, present)}", "plain"),
                ("" if action.mandatory else "  optional", "quiet"),
                (f"  after {', '.join(action.needs)}" if action.needs else "", "quiet"),
            ]
        )
    return lines


def _when(at: int, present: Present) -> str:
    return cells.short_time(at, present.now, present.zone)


def _named(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{len(ids)} ({', '.join(ids[:3])}{', …' if len(ids) > 3 else ''})"


def _described(session: Session, id_: str) -> str:
    """An id with what it is, for the list of what a command will touch."""
    try:
        shown = session.desk.show(id_)
    except OffplanError as error:
        return str(error)
    return f"{id_}  {shown.get('kind', '')} {shown.get('summary') or shown.get('title') or ''}"
