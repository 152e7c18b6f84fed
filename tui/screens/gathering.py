"""What has to be asked before a command: an owner, a playbook, an option, a reason, a time, a yes.

Each function asks on a screen and returns None when the person leaves it. Nothing is written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from engine.values.clock import iso
from engine.values.errors import OffplanError, Refused
from engine.values.ids import find
from engine.vocabulary.model import DISMISSALS
from tui.desk.session import Session
from tui.keys import request
from tui.keys.request import Request
from tui.screens import foreseen, option_sections
from tui.screens.pickers import Choice, Confirm, Picker, PreviewPicker
from tui.screens.telling import TellingScreen
from tui.screens.typed_answers import closing, form_answers, inputs, line_about, typed_line
from tui.terminal import cells, safe
from tui.terminal.safe import Pieces, fit
from tui.words.given import MOMENTS
from tui.words.named_ids import lines_of, named

_LABELS: Final = {
    "into": "the one that stays, such as D1",
    "reason": "why",
    "text": "comment",
    "until": "until (+4h, +2d or {time})",
}
_BESIDE_TITLE: Final = 6
"""Cells of an upper border that a title leaves to its corners and to the line and the blank beside each."""
_MOST_DESCRIBED: Final = 200
"""Objects of a command on many that are shown in words; of the others the ids."""


async def options_for(screen: TellingScreen, session: Session, verb: str, ids: Sequence[str]) -> dict[str, Any] | None:
    """The options that a verb needs, asked one after the other; None where the person leaves one.

    Raises OffplanError for a command that cannot be, whatever is answered.
    """
    options: dict[str, Any] = {}
    if verb == "resolve":
        # Said before a reason is typed, not after.
        session.desk.require_resolvable(ids)
    for name in request.needs(verb):
        words = _LABELS.get(name, name).format(time=request.time_to_come(session.present))
        # What was chosen before is out of sight by now.
        label = line_about(screen, verb, ids, f"{words} {options['option']}" if "option" in options else words)
        answer = await _answer(screen, session, ids, name, label)
        if not answer:
            return None
        options[name] = request.until(answer, session.present) if name == "until" else answer
    if verb in _ASKED_TOO:
        more = await _ASKED_TOO[verb](screen, session, ids)
        if more is None:
            return None
        options |= more
    return options


async def confirmed(screen: TellingScreen, session: Session, asked: Request) -> bool:
    """Show what a dangerous command will do, and to which ids; True when the person says yes."""
    width = _room(screen)
    lines: list[Pieces] = [[(f"{asked.verb} {named(asked.ids, width - len(asked.verb) - 1)}", "bold")]]
    lines += [*([(line, "plain")] for line in safe.wrap(_answered(session, asked), width)), []]
    described = _described(session, asked.ids[:_MOST_DESCRIBED])
    lines += [[(safe.cut_words(each, width), "plain")] for each in described]
    lines += [[(line, "plain")] for line in lines_of(asked.ids[_MOST_DESCRIBED:], width)]
    return await _yes(screen, Confirm(f"{asked.verb}: is this right?", lines, session.keys))


async def still_meant(screen: TellingScreen, session: Session, asked: Request, changed: str) -> Request | None:
    """The command for what the rows have become since they were answered for, once the person has read what was done
    to each of them; None where it is not meant any more. `changed` is what it was refused for, where that was none of
    their versions."""
    now = session.desk.versions(asked.expect)
    width = _room(screen)
    others = [id_ for id_, seen in asked.expect.items() if now.get(id_, seen) != seen]
    shown = [session.desk.changes_since(id_, asked.expect[id_]) for id_ in others[:_MOST_DESCRIBED]]
    told = [cells.with_local_times(each, session.present.now, session.present.zone) for each in shown or [changed]]
    words = " all the same?"
    # The question first: what many rows have become may have no room on the screen.
    lines: list[Pieces] = [[(f"{asked.verb} {named(asked.ids, width - len(asked.verb) - len(words))}{words}", "bold")]]
    lines += [*([(line, "plain")] for line in safe.wrap(_answered(session, asked), width)), []]
    lines += [[(line, "warning")] for each in told for line in safe.wrap(each, width)]
    lines += [[(line, "warning")] for line in lines_of(others[_MOST_DESCRIBED:], width)]
    title = _title(screen, "", others or asked.ids, " changed while you answered")
    meant = await _yes(screen, Confirm(title, lines, session.keys))
    return replace(asked, expect=now) if meant else None


def _answered(session: Session, asked: Request) -> str:
    """What was answered for a command."""
    return "; ".join(
        f"{name}: {cells.both_times(iso(value), session.present.now, session.present.zone) if name in MOMENTS else value}"
        for name, value in asked.options.items()
    )


def _room(screen: TellingScreen) -> int:
    """Cells of a line of a screen that shows what a command will do."""
    return max(20, screen.app.size.width - 6)


def _title(screen: TellingScreen, before: str, ids: Sequence[str], after: str) -> str:
    """The title of a screen that asks about some ids: as many of them as it has room for."""
    return f"{before}{named(ids, screen.app.size.width - _BESIDE_TITLE - len(before) - len(after))}{after}"


async def _yes(screen: TellingScreen, question: Confirm) -> bool:
    answer: bool = await screen.app.push_screen_wait(question)
    return answer


async def _answer(screen: TellingScreen, session: Session, ids: Sequence[str], name: str, label: str) -> str | None:
    if name == "to":
        return await _owner(screen, session, ids)
    if name == "option":
        return await _option(screen, session, ids)
    return await typed_line(
        screen, label, (lambda text: text and request.until(text, session.present)) if name == "until" else None, ids
    )


async def _option(screen: TellingScreen, session: Session, ids: Sequence[str]) -> str | None:
    """An option of a decision, chosen with its sums in view. Raises Refused where there is nothing to choose from."""
    compared = session.desk.options(ids[0])
    if not compared:
        raise Refused(f"{ids[0]} is no decision between options")
    found = {option["id"]: option for option in compared[0]["options"]}
    decided = compared[0]
    choices = _options(found, screen.app.size.width - 4)
    blocked = session.desk.show(ids[0])["state"] == "blocked"
    chosen = await screen.app.push_screen_wait(
        PreviewPicker(
            _title(screen, "What ", ids, f" decides{', once what it needs is done' if blocked else ''}"),
            choices,
            lambda name, width: [
                *option_sections.terms(found[name], width, session.present),
                [],
                *option_sections.verdict(decided, width, session.present),
            ],
            session.keys,
            takes="chooses it",
            bar="blocked: to compare only" if blocked else "",
        )
    )
    if chosen is not None and blocked:
        # Said before a reason is typed, not after.
        raise Refused(f"{ids[0]} is blocked: it is decided when what it needs is done; its page says what")
    return chosen


def _options(found: Mapping[str, Mapping[str, Any]], width: int) -> list[Choice]:
    """Options to choose from; where one does not fit in its line, its title is cut and not its figures."""
    names = min(20, max(len(name) for name in found))
    choices = []
    for name, option in found.items():
        outcome = _outcome(option)
        title = safe.cut(option["title"], max(0, width - names - len(outcome) - 3))
        choices.append(Choice(name, [(fit(name, names) + " ", "bold"), (f"{title}  ", "plain"), (outcome, "quiet")]))
    return choices


def _outcome(option: Mapping[str, Any]) -> str:
    """An option in a few figures; what is not known is left out."""
    figures = (("costs", option["cost"]), ("late", option["value_late"]))
    told = [f"{name} {cells.money_in_full(amount)}" for name, amount in figures if amount is not None]
    return ", ".join([*told, *(["best score"] if option["wins"] else [])])


async def _owner(screen: TellingScreen, session: Session, ids: Sequence[str]) -> str | None:
    choices = []
    for owner in session.desk.owners():
        late = f", {owner['overdue']} overdue !" if owner["overdue"] else ""
        functions = ", ".join(owner["functions"])
        line = f"{fit(owner['id'], 12)} {fit(owner['name'] or '', 20)} {owner['load']} open{late}  {functions}"
        choices.append(Choice(owner["id"], [(line, "plain")]))
    return await screen.app.push_screen_wait(Picker(_title(screen, "Who takes ", ids, "?"), choices, session.keys))


async def _dismissal(screen: TellingScreen, session: Session, ids: Sequence[str]) -> dict[str, Any] | None:
    """As what it is dismissed; the usual sort is the first, so that `enter` takes it."""
    choices = [Choice(sort, [(fit(sort, 12) + " ", "bold"), (what, "plain")]) for sort, what in DISMISSALS.items()]
    title = _title(screen, "As what is ", ids, " dismissed?")
    category = await screen.app.push_screen_wait(Picker(title, choices, session.keys))
    return None if category is None else {"category": category}


async def _response(screen: TellingScreen, session: Session, ids: Sequence[str]) -> dict[str, Any] | None:
    """A playbook, and what it asks for. Raises Refused when none applies."""
    playbook = await _playbook(screen, session, ids)
    if playbook is None:
        return None
    given = await inputs(screen, session, ids, playbook)
    if given is None:
        return None
    return {"playbook": playbook, **({"inputs": given} if given else {})}


async def _playbook(screen: TellingScreen, session: Session, ids: Sequence[str]) -> str | None:
    """A playbook, chosen with its owners and dates in view. Raises Refused when none applies."""
    matches = [match for match in session.desk.matches(ids[0]) if match.matches]
    if not matches:
        raise Refused(f"no playbook applies to {ids[0]}; offplan playbook explain {ids[0]} says why")
    room = max(len(match.playbook) for match in matches) + 2
    apart = _told_apart([match.because for match in matches])
    choices = [
        Choice(match.playbook, [(fit(match.playbook, room), "bold"), (own, "plain"), (f"  {match.title}", "quiet")])
        for match, own in zip(matches, apart, strict=True)
    ]
    because = {match.playbook: match.because for match in matches}
    title = _title(screen, "How to answer ", ids, f", shown for {ids[0]}" if len(ids) > 1 else "")
    return await screen.app.push_screen_wait(
        PreviewPicker(
            title,
            choices,
            lambda playbook, width: [
                *([(line, "quiet")] for line in safe.wrap(f"applies because {because[playbook]}", width)),
                *foreseen.preview(session, ids[0], playbook, width),
            ],
            session.keys,
        )
    )


def _told_apart(reasons: Sequence[str]) -> list[str]:
    """Of each reason the clauses that no other one has; all of one that has none of its own."""
    clauses = [reason.split("; ") for reason in reasons]
    times = Counter(clause for each in clauses for clause in each)
    own = ["; ".join(clause for clause in each if times[clause] == 1) for each in clauses]
    return [words or reason for words, reason in zip(own, reasons, strict=True)]


_Asking = Callable[[TellingScreen, Session, Sequence[str]], Coroutine[Any, Any, dict[str, Any] | None]]
_ASKED_TOO: Final[Mapping[str, _Asking]] = {
    "respond": _response, "done": form_answers, "dismiss": _dismissal, "resolve": closing
}  # fmt: skip
"""What some verbs ask beside what they cannot do without; None where the person leaves it."""


def _described(session: Session, ids: Sequence[str]) -> list[str]:
    """Ids with what they are, for the list of what a command will touch."""
    found = [reference for reference in map(find, ids) if reference is not None]
    rows = [
        *session.desk.deviation_rows([each.number for each in found if each.table == "deviation"]),
        *session.desk.timeline_rows([each.number for each in found if each.table == "action"]),
    ]
    known = {row["id"]: row for row in rows}
    return [_in_words(session, id_, known.get(id_)) for id_ in ids]


def _in_words(session: Session, id_: str, row: Mapping[str, Any] | None) -> str:
    try:
        shown = session.desk.show(id_) if row is None else row
    except OffplanError as error:
        return str(error)
    return f"{id_}  {shown.get('kind', '')} {shown.get('summary') or shown.get('title') or ''}"
