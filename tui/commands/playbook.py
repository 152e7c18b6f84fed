"""Playbooks: which there are, what each says, and what they would do for a deviation."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from engine.values import money
from engine.values.clock import iso
from tui.commands import owners
from tui.commands.playbook_lines import described
from tui.terminal import cells
from tui.wiring import PLAYBOOKS, find_workspace, has_desk, opened, present
from tui.words import printing
from tui.words.given import named

if TYPE_CHECKING:
    from engine.vocabulary.planning import PlannedAction
    from engine.vocabulary.terms import Escalation
    from playbooks.language.loaded import Library


def library(args: Namespace) -> Library:
    """The library with the workspace's own playbooks."""
    from playbooks.loader import load_library

    folder = find_workspace(args)
    own = None if folder is None else folder / PLAYBOOKS
    return load_library(own if own is not None and own.is_dir() else None)


def list_all(args: Namespace) -> int:
    """Print every playbook in the order of its id."""
    from playbooks.language.describe import summarize

    found = library(args)
    items = [summarize(playbook) for playbook in found.playbooks]
    rows = [
        (
            item["id"],
            str(item["version"]),
            "yes" if item["enabled"] else "no",
            str(item["steps"]),
            ", ".join(item["functions"]),
            ", ".join(item["owners"]) or "–",
            item["title"],
        )
        for item in items
    ]
    document = {"now": iso(present(args)), "total": len(items), "items": items}
    printing.answer(
        args, document, *printing.table(("id", "version", "enabled", "steps", "functions", "kept by", "title"), rows)
    )
    if found.findings:
        count = f"{len(found.findings)} fault{'' if len(found.findings) == 1 else 's'}"
        printing.note(args, f"{count} in playbooks; `offplan playbook lint` names them")
    return 0


def show(args: Namespace) -> int:
    """Print one playbook."""
    from playbooks.language.describe import describe

    item = describe(library(args).get(args.playbook))
    if has_desk(args):
        with opened(args) as desk:
            item["timetable"] = [each for each in desk.timetable() if each["playbook"] == item["id"]]
    printing.answer(args, item, *described(item))
    return 0


def dry_run(args: Namespace) -> int:
    """Print the response that a deviation would get."""
    with opened(args) as desk:
        plan = desk.preview(args.id, args.playbook, named(args.inputs or (), "--input"))
        now, zone = desk.clock.now(), str(desk.header()["zone"])
        nobody = owners.none_loaded(desk)
        warnings = owners.notes_for_people(desk, plan.warnings)
    document = {
        "now": iso(now),
        "deviation": args.id,
        "playbook": plan.playbook,
        "version": plan.version,
        "title": plan.title,
        "owner": plan.owner,
        "inputs": dict(plan.inputs),
        "start": asdict(plan.start),
        "actions": [_as_document(action) for action in plan.actions],
        "reversals": [_as_document(action) for action in plan.reversals],
        "warnings": list(plan.warnings),
    }
    rows = [
        (
            action.step,
            action.owner,
            cells.both_times(iso(action.start_at), now, zone),
            cells.both_times(iso(action.due_at), now, zone),
            action.title,
        )
        for action in plan.actions
    ]
    lines = [
        f"{args.id}: {plan.title} ({plan.playbook} {plan.version})",
        *printing.table(("step", "owner", "start", "due", "title"), rows),
        "",
        *(f"{each.step}: {_because(each, nobody=nobody)}{each.due_because}" for each in plan.actions),
        *(line for each in plan.actions for line in _watched(each)),
        *(f"{each.step}: only when asked for, by {each.owner}: {each.title}" for each in plan.reversals),
        *warnings,
    ]
    printing.answer(args, document, *lines)
    return 0


def _because(action: PlannedAction, *, nobody: bool) -> str:
    """Why this owner; where the plan knows nobody, the reason is the same for all and stands below, once."""
    return "" if nobody else f"{action.owner} because {action.owner_because}; "


def _watched(action: PlannedAction) -> Iterable[str]:
    """Who else has to do with an action: who approves it, who gets it when nobody accepts it, what takes it back."""
    asked = action.approval
    if asked is not None:
        limited = asked["amount"] is not None and asked["currency"] is not None
        above = f" above {money.text(asked['amount'], asked['currency'])}" if limited else ""
        yield f"{action.step}: {asked['owner']} approves it{above}, because {asked['because']}"
    chain = action.terms.escalations
    if chain:
        then = ", then ".join(_handed_on(each) for each in chain)
        yield f"{action.step}: while nobody has accepted it, it goes {then}"
    if action.terms.reverse is not None:
        yield f"{action.step}: {action.terms.reverse} takes it back"


def _handed_on(step: Escalation) -> str:
    from playbooks.working_time.durations import words

    said = f"to {step.owner} after {words(step.after_minutes)}"
    if step.between is not None:
        said += f", only from {step.between.start} to {step.between.end} {step.between.zone}"
    if step.above is not None:
        said += f", only above {step.above.signals} signals in {words(step.above.within_minutes)}"
    return said


def _as_document(action: PlannedAction) -> dict[str, Any]:
    times = {"start_at": iso(action.start_at), "due_at": iso(action.due_at)}
    return {**asdict(action), "needs": list(action.needs), **times}


def explain(args: Namespace) -> int:
    """Print every playbook with the clause that decides whether it applies to a deviation."""
    with opened(args) as desk:
        matches = desk.matches(args.id)
        now = desk.clock.now()
    items = [
        {
            "playbook": match.playbook,
            "version": match.version,
            "title": match.title,
            "matches": match.matches,
            "because": match.because,
        }
        for match in matches
    ]
    rows = [(match.playbook, "yes" if match.matches else "no", match.because) for match in matches]
    document = {"now": iso(now), "total": len(items), "items": items}
    printing.answer(args, document, *printing.table(("playbook", "applies", "because"), rows))
    off = [loaded.id for loaded in library(args).playbooks if not loaded.enabled]
    if off:
        printing.note(args, f"not asked, because `enabled: true` is not said in them: {', '.join(off)}")
    return 0
