"""What people do to deviations, actions and responses: one Desk method for each verb."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from engine.desk import Desk
from engine.values.clock import iso
from engine.vocabulary.model import Outcome
from tui.commands import owners
from tui.terminal import cells
from tui.wiring import opened
from tui.words import printing, verbs
from tui.words.given import expected, moment, options_of

_NOTHING: Final = "nothing has to change"


def act(args: Namespace) -> int:
    """Carry out the verb on all ids, in one transaction."""
    with opened(args) as desk:
        options = options_of(args, lambda text, option: moment(text, desk.clock.now(), option))
        expect = expected(getattr(args, "expect", ()))
        _print(args, desk, verbs.carry_out(desk, args.verb, getattr(args, "ids", ()), options, expect))
    return 0


def undo(args: Namespace) -> int:
    """Undo a command by its number, by an object that it changed, or the last one."""
    with opened(args) as desk:
        _print(args, desk, verbs.undo(desk, args.what))
    return 0


def redo(args: Namespace) -> int:
    """Do again what an undo took back, by its number, or what the last one did."""
    with opened(args) as desk:
        _print(args, desk, verbs.redo(desk, args.what))
    return 0


def _print(args: Namespace, desk: Desk, outcome: Outcome) -> None:
    document = {
        "now": iso(desk.clock.now()),
        "txn": outcome.txn,
        "changes": [{"id": change.id, "was": change.was, "now": change.now} for change in outcome.changes],
        "notes": list(outcome.notes),
    }
    changes = [
        f"{change.id}: {change.was} → {change.now}"
        if change.was not in (None, change.now)
        else f"{change.id}: {change.now}"
        for change in outcome.changes
    ]
    zone = str(desk.header()["zone"])
    lines = [
        cells.with_local_times(line, desk.clock.now(), zone)
        for line in (*changes, *owners.notes_for_people(desk, outcome.notes))
    ]
    # What changed nothing has no way back.
    back = "redo" if args.verb == "undo" else "undo"
    kept = outcome.changes and not getattr(args, "preview", False)
    way_back = [f"{back} this with: offplan {back} {outcome.txn}"] if kept else []
    printing.answer(args, document, *(lines or [_NOTHING]), *way_back)
