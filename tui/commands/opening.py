"""Opening the desk: on the workspace here, or on the demo; on a terminal as a screen, elsewhere as text once."""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from tui.wiring import (
    NoWorkspaceError,
    arguments_for_feeder,
    database_of,
    find_workspace,
    open_desk,
    opened,
    planner_of,
    screen_options,
)
from tui.words import printing
from tui.words.arguments import UsageError

if TYPE_CHECKING:
    import subprocess

    from engine.desk import Desk


def desk(args: Namespace) -> int:
    """Open the desk; where there is none, offer the demo to a person and refuse a script."""
    try:
        database_of(args)
    except NoWorkspaceError:
        if not _on_terminal(args) or not _wants_demo():
            raise
        return demo(args)
    return _screen(args) if _on_terminal(args) else _print(args)


def demo(args: Namespace) -> int:
    """Open a private copy of the sample desk; on a screen its record systems go on speaking."""
    from tui.demo.demo_world import Demo

    if args.db is not None or args.workspace is not None:
        raise UsageError(
            "the demo makes a desk of its own; leave out --db and --workspace, or say `offplan` without demo"
        )
    with Demo() as world:
        world.begin(args.now)
        args.db, args.workspace, args.now = str(world.database), str(world.folder), None
        if not _on_terminal(args):
            return _print(args)
        with world.playing():
            return _screen(args)


def _on_terminal(args: Namespace) -> bool:
    return not args.json and sys.stdout.isatty()


def _wants_demo() -> bool:
    if not sys.stdin.isatty():
        return False
    reply = input("There is no workspace here. Open the demo? [Y/n] ")
    return reply.strip().lower() in ("", "y", "yes")


def _print(args: Namespace) -> int:
    from tui.words import text_desk

    with opened(args) as desk:
        if args.json:
            printing.document(text_desk.document(desk))
        else:
            printing.say(args, *text_desk.lines(desk))
    return 0


def _screen(args: Namespace) -> int:
    # Off until the desk is on the screen (tui.app): nearly all that is made until then stays as long as the desk.
    gc.disable()
    from tui.terminal import textual_variables

    textual_variables.settle(os.environ)
    # Only now: Textual reads them as it is loaded.
    from tui import app

    planner = planner_of(args)

    def open_for_screen() -> Desk:
        return open_desk(args, planner=planner, for_screen=True)

    looks = screen_options(args)
    with opened(args) as desk:
        options = arguments_for_feeder(args, desk)
        log = desk.store.path.with_name(f"{desk.store.path.name}.feeder.log")
    folder = find_workspace(args)
    if options is None or args.readonly:
        return app.run(open_for_screen, readonly=args.readonly, options=looks, workspace=folder)

    def start_feeder() -> subprocess.Popen[bytes]:
        from connectors import feeder

        return feeder.spawn(["--with-desk", *options], log=log)

    return app.run(open_for_screen, feeder=start_feeder, options=looks, workspace=folder)
