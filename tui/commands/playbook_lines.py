"""A playbook in words, line by line: when it applies, who does what in which order, and everything else that it
says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from engine.vocabulary.stated_times import StatedTimes
from playbooks.language.conditions import SIGNS
from tui.terminal import cells
from tui.words import printing

_TRIGGERS: Final = {
    "deviation.opened": "by itself",
    "severity_raised": "by itself, once the severity was raised",
    "recurred": "by itself, when it has come back",
    "manual": "only when chosen by name",
}
_SHOWN: Final = (
    "id", "title", "instructions", "kind", "role", "owner", "use", "needs", "duration", "due", "mandatory", "when", "options"
)  # fmt: skip
"""What of a step stands elsewhere."""


def described(item: dict[str, Any]) -> list[str]:
    """A playbook for a person, line by line."""
    triggers = [f"  {_trigger(trigger)}: {_condition(trigger.get('match'))}" for trigger in item["triggers"]]
    roles = [
        (name, role["function"], ", ".join(role["prefer"]) or "–", role["fallback"] or "–")
        for name, role in item["roles"].items()
    ]
    steps = [
        (
            step["id"],
            step["kind"],
            _who(step),
            ", ".join(step["needs"]) or "–",
            step.get("duration", "–"),
            _due(step.get("due")),
            "yes" if step["mandatory"] else "no",
            step["title"],
        )
        for step in item["steps"]
    ]
    conditions = [f"  {step['id']}: {_condition(step['when'])}" for step in item["steps"] if step.get("when")]
    instructions = [
        f"  {step['id']}: {step['instructions'].strip()}" for step in item["steps"] if step.get("instructions")
    ]
    return [
        f"{item['id']} version {item['version']}{'' if item['enabled'] else ', switched off'}: {item['title']}",
        item["description"].strip(),
        *([f"kept by {', '.join(cells.any_value(each) for each in item['owners'])}"] if item.get("owners") else []),
        "",
        "Applies",
        *triggers,
        *_section("At stated times", _timetable(item)),
        "",
        *printing.table(("role", "function", "goes first by", "fallback"), roles),
        "",
        *printing.table(("step", "kind", "owner", "needs", "duration", "due", "mandatory", "title"), steps),
        *(["", "Planned only when", *conditions] if conditions else []),
        *(["", "Instructions", *instructions] if instructions else []),
        *_section("What else is said of steps", ((step["id"], _rest(step)) for step in item["steps"])),
        *_section("Owners by case", ((name, _said(role.get("resolve"))) for name, role in item["roles"].items())),
        *_section("Asked when it begins", ((name, _said(each)) for name, each in item.get("inputs", {}).items())),
        *_section("Start and end", ((key, _said(value)) for key, value in _rules(item).items())),
        "",
        "Resolving the deviation while the response runs",
        "  is refused until every mandatory action is closed" if item["close"]["requires"] else "  asks for nothing",
    ]


def _trigger(trigger: dict[str, Any]) -> str:
    """When a trigger holds beside its condition."""
    at = trigger.get("at")
    if at is None:
        return _TRIGGERS[trigger["on"]]
    times = StatedTimes(tuple(at["days"]), at["time"], at.get("tz")).words()
    whom = "each deviation" if trigger.get("for") == "each" else "the first deviation"
    return f"by itself {times}, for {whom} that matches then"


def _timetable(item: dict[str, Any]) -> list[tuple[str, str]]:
    """When a playbook begins by itself; a time that nobody has taken notice of is not counted yet."""
    found = [(each["at"], _times(each)) for each in item.get("timetable", ())]
    stated = any(trigger.get("at") for trigger in item["triggers"])
    if found or not stated or not item["enabled"] or item["mode"] != "active" or "timetable" not in item:
        return found
    return [("not counted yet", "from the moment that a desk is open, or `offplan watch` or `offplan tick` runs")]


def _times(each: dict[str, Any]) -> str:
    """When a playbook begins next, and what came of it the last time."""
    last = f"; {each['ran_at']}: {each['said']}" if each["ran_at"] is not None else ""
    return f"next {each['due_at']}{last}"


def _condition(match: dict[str, Any] | None) -> str:
    """A condition in words, as somebody would say it."""
    if match is None:
        return "any deviation"
    for form, word in (("all", " and "), ("any", " or ")):
        if match.get(form) is not None:
            return word.join(f"({text})" if " or " in text else text for text in map(_condition, match[form]))
    if match.get("not") is not None:
        return f"not ({_condition(match['not'])})"
    if match["op"] == "exists":
        return f"{match['field']} is {'not ' if match.get('value') is False else ''}known"
    sign = SIGNS.get(match["op"], match["op"].replace("_", " "))
    return f"{match['field']} {sign} {cells.any_value(match['value'])}"


def _section(title: str, lines: Iterable[tuple[str, str]]) -> list[str]:
    """A heading and what is said under it; nothing where nothing is said."""
    said = [f"  {name}: {text}" for name, text in lines if text]
    return ["", title, *said] if said else []


def _rest(step: dict[str, Any]) -> str:
    """The words of a step that have no column and no section of their own."""
    plain = {"join": "all", "on_fail": "block"}
    rest = {key: value for key, value in step.items() if key not in _SHOWN and plain.get(key) != value}
    return "; ".join(f"{key} {_said(value)}" for key, value in rest.items())


def _rules(item: dict[str, Any]) -> dict[str, Any]:
    cooldown = [trigger["cooldown"] for trigger in item["triggers"] if trigger.get("cooldown")]
    rules = {
        "mode": item["mode"] if item["mode"] != "active" else None,
        "cooldown": cooldown,
        "concurrency": item.get("concurrency"),
        "review": item["close"].get("review"),
    }
    return {key: value for key, value in rules.items() if value}


def _said(value: Any) -> str:
    """A value of the file in one line, as it stands there."""
    if isinstance(value, dict):
        if {"field", "all", "any", "not"} & value.keys():
            return _condition(value)
        return ", ".join(f"{key} {_said(part)}" for key, part in value.items())
    if isinstance(value, list):
        return "; ".join(_said(part) for part in value)
    return "" if value is None else cells.any_value(value)


def _who(step: dict[str, Any]) -> str:
    """Who owns a step, in a word; of a step that is a playbook, which one."""
    owner = step.get("owner") or {}
    return str(step.get("use") or step.get("role") or owner.get("role") or owner.get("person") or "the desk lead")


def _due(due: dict[str, Any] | None) -> str:
    if due is None:
        return "when it ends"
    side = "within" if due.get("within") else "before"
    return f"{due[side]} {'after' if side == 'within' else 'before'} {due['from']}"
