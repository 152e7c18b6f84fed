"""What people answer to a question with a type: an input of a playbook, a field of a form. One reader for both.

An answer comes as text from a command line or a file, or as a value of JSON, and is kept as a value of JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from engine.values.clock import instant_from, iso, parse_instant
from engine.values.errors import BadInput
from engine.values.text import clean, shown

ANSWER_TYPES: Final = ("text", "number", "boolean", "date", "time", "list")
"""text: one line. number. boolean: yes or no. date: 2026-03-09. time: 2026-03-09T08:00:00Z. list: texts."""
LONGEST: Final = 2000
"""Characters of a text."""
MOST: Final = 100
"""Entries of a list."""

_YES_NO: Final[Mapping[str, bool]] = {"yes": True, "true": True, "no": False, "false": False}


def read(question: Mapping[str, Any], given: object, now: int | None = None) -> Any:
    """The answer to `question` (`name`, `type`, and `enum` where only some values are allowed).

    Where `now` is told, a time may be a distance from it, such as +2d. Raises BadInput naming the question, for what is
    no value of its type, and for one that is not allowed.
    """
    name, kind = str(question["name"]), question["type"]
    answer: Any = _time(name, given, now) if kind == "time" else _READERS[kind](name, given)
    allowed = question.get("enum")
    for each in answer if isinstance(answer, list) else [answer]:
        if allowed and each not in allowed:
            choices = ", ".join(str(choice) for choice in allowed)
            raise BadInput(name, f"{shown(each)} is not one of its values", f"give one of {choices}")
    return answer


def read_all(
    questions: Sequence[Mapping[str, Any]], given: Mapping[str, object], now: int | None = None
) -> dict[str, Any]:
    """Every answer by name: what is given, else the question's `default`; what is neither is left out.

    Raises BadInput for a name that is no question's, one that is `required` (as it is where it does not say) and has no
    answer, and as `read` does.
    """
    names = [str(question["name"]) for question in questions]
    for name in given:
        if name not in names:
            asked = f"the names are {', '.join(names)}" if names else "nothing is asked"
            raise BadInput(clean(name)[:64], "this is not asked", asked)
    answers: dict[str, Any] = {}
    for question in questions:
        name = question["name"]
        value = given.get(name, question.get("default"))
        if value is not None:
            answers[name] = read(question, value, now)
        elif question.get("required", True):
            kind = question["type"]
            raise BadInput(name, "no answer was given", f"give {name} as {_WORDS[kind]}")
    return answers


def _text(name: str, given: object) -> str:
    text = clean(given) if isinstance(given, str) else ""
    if not text or len(text) > LONGEST:
        raise BadInput(name, f"{shown(given)} is no text", f"give one line of at most {LONGEST} characters")
    return text


def _number(name: str, given: object) -> float | int:
    value: object = given
    if isinstance(given, str):
        try:
            value = int(given) if given.strip().lstrip("+-").isdecimal() else float(given)
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        raise BadInput(name, f"{shown(given)} is no number", "give digits with a point, such as 12.5")
    return value


def _boolean(name: str, given: object) -> bool:
    value = _YES_NO.get(given.strip().lower()) if isinstance(given, str) else given
    if not isinstance(value, bool):
        raise BadInput(name, f"{shown(given)} is neither yes nor no", "give yes or no")
    return value


def _date(name: str, given: object) -> str:
    try:
        return date.fromisoformat(given if isinstance(given, str) else "").isoformat()
    except ValueError:
        raise BadInput(name, f"{shown(given)} is no date", "give it as 2026-03-09") from None


def _time(name: str, given: object, now: int | None) -> str:
    if not isinstance(given, str):
        raise BadInput(name, f"{shown(given)} is no time", "give it as 2026-03-09T08:00:00Z")
    return iso(parse_instant(given, name) if now is None else instant_from(given, now, name))


def _list(name: str, given: object) -> list[str]:
    parts = [part for part in given.split(",") if part.strip()] if isinstance(given, str) else given
    if not isinstance(parts, list) or len(parts) > MOST:
        raise BadInput(name, f"{shown(given)} is no list", f"give at most {MOST} texts with commas between them")
    return list(dict.fromkeys(_text(name, part) for part in parts))


_READERS: Final = {"text": _text, "number": _number, "boolean": _boolean, "date": _date, "list": _list}
_WORDS: Final[Mapping[str, str]] = {
    "text": "a line of text", "number": "a number", "boolean": "yes or no", "date": "a date such as 2026-03-09",
    "time": "a time such as 2026-03-09T08:00:00Z", "list": "texts with commas between them",
}  # fmt: skip
