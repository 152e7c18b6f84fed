"""How long a remedy takes, as playbooks state it (engine.vocabulary.planning.Remedy): what an option brings, and the
work to be done.

Ranking reads no playbook, so only those count that by kind, subject type and severity alone answer every such
deviation: switched on, in active mode, by themselves once it opened. One that asks for more (a party, a size) may not
fit the deviation at hand, and states nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from engine.options.option_effects import NEW
from engine.vocabulary.deviation_kinds import DEVIATION_KINDS
from engine.vocabulary.model import SEVERITIES
from engine.vocabulary.planning import Remedy
from playbooks.language.conditions import Case, evaluate, walk
from playbooks.language.fields import FIELDS, nested
from playbooks.language.graph import in_order, minutes_to_end
from playbooks.working_time.durations import MINUTES_PER_DAY, words

if TYPE_CHECKING:
    from playbooks.language.condition_shape import Condition
    from playbooks.language.loaded import LoadedPlaybook
    from playbooks.language.schema import Playbook

_KNOWN: Final = ("kind", "subject.type", "severity")
_TYPES: Final = FIELDS["subject.type"].choices


def stated(playbooks: Sequence[LoadedPlaybook]) -> list[Remedy]:
    """The fastest remedy of each sort by kind, subject type and severity; empty where a playbook answers any of
    them."""
    fastest: dict[tuple[str, str, str, bool], Remedy] = {}
    for content in (each.content for each in playbooks if each.enabled and each.content.mode == "active"):
        figures = list(_figures(content))
        for kind in DEVIATION_KINDS if figures else ():
            for subject_type, severity in _answered(content, kind):
                for supply, days, source in figures:
                    remedy = Remedy(kind, subject_type, severity, supply, days, f"playbook {content.id}, {source}")
                    key = (kind, subject_type, severity, supply)
                    fastest[key] = min(fastest.get(key, remedy), remedy, key=lambda each: (each.days, each.source))
    return list(fastest.values())


def work_minutes(playbook: Playbook) -> int:
    """The least working minutes until every mandatory step is done, if nobody waits for anything else.

    Steps that may be left out, and what stands inside other playbooks, count as nothing.
    """
    must = {step.id for step in playbook.steps if step.mandatory and step.when is None}
    steps = [step if step.id in must else step.model_copy(update={"duration": None}) for step in playbook.steps]
    ends = minutes_to_end(in_order(steps))
    return max((ends[step] for step in must), default=0)


def _figures(playbook: Playbook) -> Iterator[tuple[bool, float, str]]:
    """What a playbook states: whether other supply, days, and what says so.

    Days of an option are a duration only where something new comes; elsewhere they are days gained.
    """
    options = [option for step in playbook.steps for option in step.options or () if option.kind in NEW]
    dated = [(option.days, option.id) for option in options if option.days is not None]
    if dated:
        days, option_id = min(dated)
        yield True, days, f"option {option_id}"
    work = work_minutes(playbook)
    if work:
        yield False, work / MINUTES_PER_DAY, f"{words(work)} of work at least"


def _answered(playbook: Playbook, kind: str) -> Iterator[tuple[str, str]]:
    """Subject types and severities of a kind of which a playbook answers every deviation; empty: any."""
    matches = [trigger.match for trigger in playbook.triggers if trigger.on == "deviation.opened"]
    asked = [match for match in matches if match is not None and not _asks_whether_known(match)]
    alone = [evaluate(match, _case(kind)).held for match in asked]
    if True in alone:
        yield "", ""
    if True in alone or None not in alone:
        return
    severities = [severity for severity in SEVERITIES if _holds(asked, kind, severity=severity)]
    yield from (("", severity) for severity in severities)
    for subject_type in _TYPES:
        if _holds(asked, kind, subject_type):
            yield subject_type, ""
        else:
            others = (severity for severity in SEVERITIES if severity not in severities)
            yield from ((subject_type, each) for each in others if _holds(asked, kind, subject_type, each))


def _holds(
    matches: Sequence[Condition], kind: str, subject_type: str | None = None, severity: str | None = None
) -> bool:
    """Whether any condition holds whatever else a deviation says: what is not known decides nothing."""
    case = _case(kind, subject_type, severity)
    return any(evaluate(match, case).held is True for match in matches)


def _case(kind: str, subject_type: str | None = None, severity: str | None = None) -> Case:
    told = {"kind": kind, "subject.type": subject_type, "severity": severity}
    return Case(nested({name: value for name, value in told.items() if value is not None}), now=0)


def _asks_whether_known(match: Condition) -> bool:
    """Whether a condition asks if a field is known, which nobody can say without the deviation."""
    return any(each.op == "exists" and each.field not in _KNOWN for _, each, _ in walk(match, ()))
