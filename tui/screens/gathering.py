"""What has to be asked before a command: an owner, a playbook, an option, a reason, a time, a yes.

Each function asks on a screen and returns None when the person leaves it. Nothing is written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, Final

from engine.actions import answers
from engine.values import money
from engine.values.clock import iso
from engine.values.errors import BadInput, OffplanError, Refused
from engine.vocabulary.model import DISMISSALS
from engine.vocabulary.planning import PlannedAction
from tui.desk.session import Session
from tui.keys import request
from tui.keys.request import Request
from tui.screens import option_sections
from tui.screens.pickers import Choice, Confirm, Picker, PreviewPicker
from tui.screens.telling import TellingScreen
from tui.terminal import cells, safe
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Pieces, fit
from tui.widgets.prompt import Prompt, Question

_LABELS: Final = {
    "into": "the one that stays, such as D1",
    "reason": "why",
    "text": "comment",
    "until": "until (+4h, +2d or 2026-03-09T08:00 {zone})",
}
_SHAPES: Final = {
    "time": "a time: 2026-03-09T08:00 {zone}, +4h or +2d",
    "date": "a date: 2026-03-09",
    "boolean": "yes or no",
    "list": "with commas between them",
}
_MOST_IDS: Final = 200
_PLANNED: Final = (
    Column("title", "action", 24, 1, flex=True),
    Column("owner", "owner", 8, 3),
    Column("start", "start", 12, 4),
    Column("due", "due", 24, 2),
    Column("needs", "after", 20, 5, words=True),
)


async def options_for(screen: TellingScreen, session: Session, verb: str, ids: Sequence[str]) -> dict[str, Any] | None:
    """The options that a verb needs, asked one after the other; None where the person leaves one."""
    options: dict[str, Any] = {}
    for name in request.needs(verb):
        label = f"{verb} {_named(ids)}: {_LABELS.get(name, name).format(zone=session.present.zone)}"
        answer = await _answer(screen, session, ids, name, label)
        if not answer:
            return None
        options[name] = request.until(answer, session.present) if name == "until" else answer
    if verb == "dismiss":
        category = await _dismissal(screen, ids)
        if category is None:
            return None
        options["category"] = category
    if verb in _ASKED_TOO:
        more = await _ASKED_TOO[verb](screen, session, ids)
        if more is None:
            return None
        options |= more
    if verb == "respond":
        playbook = await _playbook(screen, session, ids)
        if playbook is None:
            return None
        options["playbook"] = playbook
        given = await _inputs(screen, session, ids, playbook)
        if given is None:
            return None
        if given:
            options["inputs"] = given
    return options


async def _inputs(screen: TellingScreen, session: Session, ids: Sequence[str], playbook: str) -> dict[str, str] | None:
    """What the playbook asks for and has no default of, one after the other; None when the person gives it up."""
    given: dict[str, str] = {}
    for question in next(match.inputs for match in session.desk.matches(ids[0]) if match.playbook == playbook):
        if not question["required"] or "default" in question:
            continue
        choices = f" ({', '.join(question['enum'])})" if "enum" in question else f" ({_shape(question, session)})"
        label = f"respond {_named(ids)} with {playbook}: {question['title']}{choices}"
        answer = await _line(screen, label, partial(_check, question, session, needed=False))
        if not answer:
            return None
        given[question["name"]] = _typed(question, answer, session)
    return given


async def confirmed(screen: TellingScreen, session: Session, asked: Request) -> bool:
    """Show what a dangerous command will do, and to which ids; True when the person says yes."""
    said = "; ".join(f"{name}: {value}" for name, value in asked.options.items())
    lines: list[Pieces] = [[(f"{asked.verb} {len(asked.ids)}", "bold")], [(said, "plain")], []]
    lines += [[(_described(session, id_), "plain")] for id_ in asked.ids[:_MOST_IDS]]
    if len(asked.ids) > _MOST_IDS:
        lines.append([(f"and {len(asked.ids) - _MOST_IDS} more", "bold")])
    return await _yes(screen, Confirm(f"{asked.verb}: is this right?", lines))


async def _yes(screen: TellingScreen, question: Confirm) -> bool:
    answer: bool = await screen.app.push_screen_wait(question)
    return answer


async def _line(screen: TellingScreen, label: str, check: Callable[[str], object] | None = None) -> str | None:
    """A typed line. What `check` raises OffplanError for is said below it, and the line stays open with what was typed."""

    def accepts(text: str) -> bool:
        try:
            if check is not None:
                check(text)
        except OffplanError as error:
            screen.refuse(error, keep=False)
            return False
        screen.forget_refusal()
        return True

    return await screen.query_one(Prompt).ask(Question(label, accepts=accepts))


async def _answer(screen: TellingScreen, session: Session, ids: Sequence[str], name: str, label: str) -> str | None:
    if name == "to":
        return await _owner(screen, session, ids)
    if name == "option":
        return await _option(screen, session, ids)
    return await _line(
        screen, label, (lambda text: text and request.until(text, session.present)) if name == "until" else None
    )


async def _option(screen: TellingScreen, session: Session, ids: Sequence[str]) -> str | None:
    """An option of a decision, chosen with its sums in view. Raises Refused where there is nothing to choose from."""
    compared = session.desk.options(ids[0])
    if not compared:
        raise Refused(f"{ids[0]} is no decision between options")
    found = {option["id"]: option for option in compared[0]["options"]}
    choices = [
        Choice(name, [(fit(name, 20) + " ", "bold"), (f"{option['title']}  ", "plain"), (_outcome(option), "quiet")])
        for name, option in found.items()
    ]
    blocked = session.desk.show(ids[0])["state"] == "blocked"
    chosen = await screen.app.push_screen_wait(
        PreviewPicker(
            f"What {_named(ids)} decides{', once what it needs is done' if blocked else ''}",
            choices,
            lambda name, width: option_sections.terms(found[name], width, session.present),
            takes="blocked: to compare only" if blocked else "enter chooses it",
        )
    )
    if chosen is not None and blocked:
        # Said before a reason is typed, not after.
        raise Refused(f"{ids[0]} is blocked: it is decided when what it needs is done; its page says what")
    return chosen


def _outcome(option: Mapping[str, Any]) -> str:
    """An option in a few figures; what is not known is left out."""
    figures = (("costs", option["cost"]), ("late", option["value_late"]))
    told = [f"{name} {cells.money_in_full(amount)}" for name, amount in figures if amount is not None]
    return ", ".join([*told, *(["best score"] if option["wins"] else [])])


async def _answers(screen: TellingScreen, session: Session, ids: Sequence[str]) -> dict[str, Any] | None:
    """What the step of one action asks when it is done; several at once are refused where one asks something."""
    if len(ids) > 1:
        return {}
    given = []
    detail = session.desk.show(ids[0])
    for question in detail["form"]:
        name, allowed = question["name"], question.get("enum")
        before = detail["answers"].get(name)
        if before is not None:
            before = cells.with_local_times(str(before), session.present.now, session.present.zone)
        words = [
            question.get("title") or name,
            f"({', '.join(map(str, allowed))})" if allowed else _shape(question, session),
        ]
        words += [f"enter keeps {before}"] if before is not None else []
        words += ["enter leaves it out"] if before is None and not question.get("required", True) else []
        needed = before is None and question.get("required", True)
        answer = await _line(screen, ", ".join(words), partial(_check, question, session, needed=needed))
        if answer is None:
            return None
        if answer:
            given.append(f"{name}={_typed(question, answer, session)}")
    return {"answers": given} if given else {}


def _check(question: Mapping[str, Any], session: Session, text: str, *, needed: bool) -> None:
    """Raises OffplanError for a line that is no answer to the question, and for none where one is `needed`."""
    if text:
        _typed(question, text, session)
    elif needed:
        raise BadInput(
            str(question["name"]),
            "this has to be answered",
            f"give {_shape(question, session)}; esc leaves all as it was",
        )


def _shape(question: Mapping[str, Any], session: Session) -> str:
    """How an answer of the question's type is typed here."""
    kind = str(question["type"])
    return _SHAPES.get(kind, kind).format(zone=session.present.zone)


def _typed(question: Mapping[str, Any], answer: str, session: Session) -> str:
    """An answer as the desk takes it: a time may be typed in the desk's zone, or from now on. Raises OffplanError."""
    name = str(question["name"])
    typed = iso(request.until(answer, session.present, name)) if question["type"] == "time" else answer
    answers.read(question, typed)
    return typed


async def _closing(screen: TellingScreen, session: Session, ids: Sequence[str]) -> dict[str, Any] | None:
    """What came of it and what it cost, for the review; both may be left out."""
    outcome = await _line(screen, f"resolve {_named(ids)}: what came of it (enter leaves it out)")
    if outcome is None:
        return None
    cost = await _line(
        screen,
        f"resolve {_named(ids)}: what it cost, such as 1250 EUR (enter leaves it out)",
        lambda text: text and _cost(text, session),
    )
    if cost is None:
        return None
    return {**({"outcome": outcome} if outcome else {}), **(_cost(cost, session) if cost else {})}


def _cost(text: str, session: Session) -> dict[str, str]:
    """An amount, with its currency where one was typed. Raises BadInput for what is none."""
    number, _, currency = text.partition(" ")
    coined = money.code(currency or session.header["exposure"]["currency"])
    money.minor(number, coined, "cost")
    return {"cost": number, **({"currency": coined} if currency.strip() else {})}


async def _owner(screen: TellingScreen, session: Session, ids: Sequence[str]) -> str | None:
    choices = []
    for owner in session.desk.owners():
        late = f", {owner['overdue']} overdue !" if owner["overdue"] else ""
        functions = ", ".join(owner["functions"])
        line = f"{fit(owner['id'], 12)} {fit(owner['name'] or '', 20)} {owner['load']} open{late}  {functions}"
        choices.append(Choice(owner["id"], [(line, "plain")]))
    return await screen.app.push_screen_wait(Picker(f"Who takes {_named(ids)}?", choices))


async def _dismissal(screen: TellingScreen, ids: Sequence[str]) -> str | None:
    """As what it is dismissed; the usual sort is the first, so that `enter` takes it."""
    choices = [Choice(sort, [(fit(sort, 12) + " ", "bold"), (what, "plain")]) for sort, what in DISMISSALS.items()]
    return await screen.app.push_screen_wait(Picker(f"As what is {_named(ids)} dismissed?", choices))


async def _playbook(screen: TellingScreen, session: Session, ids: Sequence[str]) -> str | None:
    """A playbook, chosen with its owners and dates in view. Raises Refused when none applies."""
    matches = [match for match in session.desk.matches(ids[0]) if match.matches]
    if not matches:
        raise Refused(f"no playbook applies to {ids[0]}; offplan playbook explain {ids[0]} says why")
    room = max(len(match.playbook) for match in matches) + 2
    apart = told_apart([match.because for match in matches])
    choices = [
        Choice(match.playbook, [(fit(match.playbook, room), "bold"), (own, "plain"), (f"  {match.title}", "quiet")])
        for match, own in zip(matches, apart, strict=True)
    ]
    because = {match.playbook: match.because for match in matches}
    title = f"How to answer {_named(ids)}" + (f", shown for {ids[0]}" if len(ids) > 1 else "")
    return await screen.app.push_screen_wait(
        PreviewPicker(
            title,
            choices,
            lambda playbook, width: [
                *([(line, "quiet")] for line in safe.wrap(f"applies because {because[playbook]}", width)),
                *preview(session, ids[0], playbook, width),
            ],
        )
    )


def told_apart(reasons: Sequence[str]) -> list[str]:
    """Of each reason the clauses that no other one has; all of one that has none of its own."""
    clauses = [reason.split("; ") for reason in reasons]
    times = Counter(clause for each in clauses for clause in each)
    own = ["; ".join(clause for clause in each if times[clause] == 1) for each in clauses]
    return [words or reason for words, reason in zip(own, reasons, strict=True)]


def preview(session: Session, deviation: str, playbook: str, width: int) -> list[Pieces]:
    """The actions that a playbook would give, with owners and dates; its refusal where it gives none."""
    try:
        plan = session.desk.preview(deviation, playbook)
    except OffplanError as error:
        return [[(line, "bad")] for line in safe.wrap(str(error), width)]
    lines: list[Pieces] = [[(f"{plan.title}, owned by {plan.owner}", "bold")]]
    for warning in plan.warnings:
        text = cells.with_local_times(warning, session.present.now, session.present.zone)
        lines += [[(line, "warning")] for line in safe.wrap(f"! {text}", width)]
    lines.append(safe.columns(_PLANNED, {column.name: (column.title, "quiet") for column in _PLANNED}, width))
    return [*lines, *(line for action in plan.actions for line in planned(action, width, session.present))]


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


_Asking = Callable[[TellingScreen, Session, Sequence[str]], Coroutine[Any, Any, dict[str, Any] | None]]
_ASKED_TOO: Final[Mapping[str, _Asking]] = {"done": _answers, "resolve": _closing}
"""What some verbs ask beside what they cannot do without; None where the person leaves it."""


def _named(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{len(ids)} ({', '.join(ids[:3])}{', …' if len(ids) > 3 else ''})"


def _described(session: Session, id_: str) -> str:
    """An id with what it is, for the list of what a command will touch."""
    try:
        shown = session.desk.show(id_)
    except OffplanError as error:
        return str(error)
    return f"{id_}  {shown.get('kind', '')} {shown.get('summary') or shown.get('title') or ''}"
