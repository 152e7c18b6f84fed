"""Lines that a person types before a command: inputs of a playbook, answers to a form, an outcome and a cost, times.

Each is checked while its line is open: what is refused is said below it, and what was typed stays to be mended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from engine.actions import answers
from engine.values import money
from engine.values.clock import iso
from engine.values.errors import BadInput, OffplanError, Refused
from tui.desk.session import Session
from tui.keys import request
from tui.screens.telling import TellingScreen
from tui.terminal import cells
from tui.widgets.prompt import Prompt, label_room
from tui.widgets.question import Question
from tui.words.named_ids import listed, named

_SHAPES: Final = {
    "time": "a time: {time}, +4h or +2d",
    "date": "a date: 2026-03-09",
    "boolean": "yes or no",
    "list": "with commas between them",
}


_LEAST: Final = len("1000 (D1000 +999)")
"""Cells that ids have in a question, however long it is."""


def line_about(screen: TellingScreen, verb: str, ids: Sequence[str], words: str) -> str:
    """What is asked before a line: `comment 12 (D73 D67 +10): comment`, with the ids that there is room for."""
    around = len(f"  {verb} : {words}")
    return f"{verb} {named(ids, max(_LEAST, label_room(screen.app.size.width) - around))}: {words}"


async def inputs(screen: TellingScreen, session: Session, ids: Sequence[str], playbook: str) -> dict[str, str] | None:
    """What the playbook asks for and has no default of, one after the other; None when the person gives it up.

    Raises Refused where the playbook does not apply any more.
    """
    given: dict[str, str] = {}
    chosen = next(
        (match for match in session.desk.matches(ids[0]) if match.matches and match.playbook == playbook), None
    )
    if chosen is None:
        # While it was chosen its file was changed, or the deviation was.
        raise Refused(
            f"playbook {playbook} does not apply to {ids[0]} any more; offplan playbook explain {ids[0]} says why"
        )
    for question in chosen.inputs:
        if not question["required"] or "default" in question:
            continue
        choices = f" ({', '.join(question['enum'])})" if "enum" in question else f" ({_shape(question, session)})"
        label = line_about(screen, "respond", ids, f"{playbook}: {question['title']}{choices}")
        answer = await typed_line(screen, label, partial(_check, question, session, needed=False), ids)
        if not answer:
            return None
        given[question["name"]] = _typed(question, answer, session)
    return given


async def typed_line(
    screen: TellingScreen,
    label: str,
    check: Callable[[str], object] | None = None,
    ids: Sequence[str] = (),
    *,
    text: str = "",
) -> str | None:
    """A typed line, which begins with `text`. What `check` raises OffplanError for is said below it, and the line
    stays open with what was typed; below a line about several `ids` stands which they are, where it does not say so
    itself."""

    def accepts(text: str) -> bool:
        try:
            if check is not None:
                check(text)
        except OffplanError as error:
            screen.refuse(error, keep=False)
            return False
        screen.forget_refusal()
        return True

    told = len(ids) < 2 or " ".join(ids) in label
    about = "" if told else listed(ids, len(ids), screen.app.size.width - len(" about "))
    return await screen.query_one(Prompt).ask(Question(label, text, accepts=accepts, says=about and f"about {about}"))


async def form_answers(screen: TellingScreen, session: Session, ids: Sequence[str]) -> dict[str, Any] | None:
    """What the step of one action asks when it is done; several at once are refused where one asks something.

    Raises Refused for a decision, which is done by choosing.
    """
    if len(ids) > 1:
        return {}
    given = []
    detail = session.desk.show(ids[0])
    if detail["options"] and detail["chosen"] is None:
        raise Refused(f"{ids[0]} asks for a choice: {session.keys.first('decide')} chooses, with every sum in view")
    takes = session.keys.first("line_take")
    for question in detail["form"]:
        name, allowed = question["name"], question.get("enum")
        before = detail["answers"].get(name)
        if before is not None:
            before = cells.with_local_times(str(before), session.present.now, session.present.zone)
        words = [
            question.get("title") or name,
            f"({', '.join(map(str, allowed))})" if allowed else _shape(question, session),
        ]
        words += [f"{takes} keeps {before}"] if before is not None else []
        words += [f"{takes} leaves it out"] if before is None and not question.get("required", True) else []
        needed = before is None and question.get("required", True)
        answer = await typed_line(screen, ", ".join(words), partial(_check, question, session, needed=needed))
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
            f"give {_shape(question, session)}; {session.keys.first('line_leave')} leaves all as it was",
        )


def _shape(question: Mapping[str, Any], session: Session) -> str:
    """How an answer of the question's type is typed here."""
    kind = str(question["type"])
    return _SHAPES.get(kind, kind).format(time=request.time_to_come(session.present))


def _typed(question: Mapping[str, Any], answer: str, session: Session) -> str:
    """An answer as the desk takes it: a time may be typed in the desk's zone, or from now on. Raises OffplanError."""
    name = str(question["name"])
    typed = iso(request.until(answer, session.present, name)) if question["type"] == "time" else answer
    answers.read(question, typed)
    return typed


async def closing(screen: TellingScreen, session: Session, ids: Sequence[str]) -> dict[str, Any] | None:
    """What came of it and what it cost, for the review; both may be left out."""
    left_out = f"({session.keys.first('line_take')} leaves it out)"
    label = line_about(screen, "resolve", ids, f"what came of it {left_out}")
    outcome = await typed_line(screen, label, ids=ids)
    if outcome is None:
        return None
    cost = await typed_line(
        screen,
        line_about(screen, "resolve", ids, f"what it cost, such as 1250 EUR {left_out}"),
        lambda text: text and _cost(text, session),
        ids,
    )
    if cost is None:
        return None
    return {**({"outcome": outcome} if outcome else {}), **(_cost(cost, session) if cost else {})}


def _cost(text: str, session: Session) -> dict[str, str]:
    """An amount, with its currency where one was typed. Raises BadInput for what is none."""
    number, currency = money.parts(text)
    coined = money.code(currency or session.header["exposure"]["currency"])
    money.minor(number, coined, "cost")
    return {"cost": number, **({"currency": coined} if currency else {})}
