"""The lists: signals, deviations, responses, actions, sources, quarantine; as the contract's JSON or as a table."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from collections.abc import Callable
from typing import Final

from engine.desk import Desk
from engine.values.errors import BadInput
from engine.vocabulary.model import Page
from tui.wiring import opened, settings_of
from tui.words import printing

USUAL_LIMIT: Final = 200
_QUESTIONS: Final = {"silence": "silences"}
"""Lists whose name is not the command's word, which also begins the words of what people do to them."""


def page(args: Namespace) -> int:
    """Print one list."""
    with opened(args) as desk:
        found = ask(args, desk)
        if args.json:
            printing.document(printing.page_document(found))
        else:
            # Zones and columns are for people only: a program's list starts without them.
            from tui.commands import list_tables

            name = "groups" if _grouped(args) else _QUESTIONS.get(args.verb, args.verb)
            printing.say(args, *list_tables.lines(name, found, str(desk.header()["zone"])))
            if args.verb == "deviations" and not args.all:
                printing.say(args, *list_tables.kept_out(desk.suppressed(args.where)))
            if args.verb == "sources":
                printing.note(args, *_strays(args))
    return 0


def _grouped(args: Namespace) -> bool:
    return args.verb == "deviations" and bool(args.group_by)


def _strays(args: Namespace) -> list[str]:
    """What lies in watched folders and is nobody's. Settings that do not load are `offplan check`'s business."""
    from connectors.files.strays import strays

    with contextlib.suppress(BadInput):
        settings = settings_of(args)
        return [str(error) for error in strays(settings.folder, settings.sources).values()]
    return []


def ask(args: Namespace, desk: Desk) -> Page:
    """The page that the arguments ask for; `--all` lifts the usual limit, a limit that is given holds."""
    limit = args.limit if args.limit is not None or args.all else USUAL_LIMIT
    if _grouped(args):
        return desk.deviation_groups(args.group_by, args.where, limit=limit, all=args.all)
    question: Callable[..., Page] = getattr(desk, _QUESTIONS.get(args.verb, args.verb))
    return question(args.where, limit=limit, all=args.all)
