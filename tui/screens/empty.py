"""What lists say that have nothing in them, as sentences: why there is nothing, and what would bring something."""

from __future__ import annotations

from typing import Final

from tui.desk.session import Session
from tui.keys import request
from tui.terminal import cells

NO_ROW: Final = ("Nothing is under the cursor.",)
"""In a pane that shows the row under the cursor of another one."""


def no_match(session: Session, text: str) -> list[str]:
    """Under a filter that nothing meets; there may be rows, and none of them shows."""
    if text == request.SUPPRESSED:
        return ["Nothing is kept out of the queue.", f"{session.keys.first('hidden')} goes back to what is in it."]
    return [f"Nothing here matches {text!r}.", f"{session.keys.first('back')} takes the filter away."]


def no_match_in_view(session: Session, view: str) -> list[str]:
    """In a view that was chosen and has nothing in it."""
    return [f"The view {view!r} has nothing in it.", f"{session.keys.first('views')} chooses another one."]


def nothing_off_plan(session: Session) -> list[str]:
    """In the queue: whether there can be anything at all, what is kept out, and how far what is watched can be
    trusted."""
    state, present = session.header, session.present
    hidden, feeds, baseline = state["suppressed"]["total"], state["feeds"], state["baseline_version"]
    if not baseline:
        lines = ["Nothing can be off plan yet: there is no plan. offplan load FILE --as KIND brings one in."]
    elif hidden:
        lines = [
            f"Nothing waits for a decision; {hidden} off plan {'is' if hidden == 1 else 'are'} kept out of the queue:"
            f" {session.keys.first('hidden')} shows {'it' if hidden == 1 else 'them'}."
        ]
    else:
        lines = ["Nothing is off plan."]
    if state["last_signal_at"]:
        lines.append(f"The last signal came {cells.both_times(state['last_signal_at'], present.now, present.zone)}.")
    else:
        lines.append("No signal yet: a [source] in offplan.toml brings them, offplan ingest FILE takes one file.")
    if feeds:
        against = f" against baseline {baseline}" if baseline else ""
        lines.append(f"{feeds} feed{' is' if feeds == 1 else 's are'} watched{against}.")
    if state["stale"]:
        late = f", heard last {cells.both_times(state['stale_since'], present.now, present.zone)}"
        lines.append(
            f"▲ {state['stale']} of them {'is' if state['stale'] == 1 else 'are'} silent beyond the time allowed"
            f"{late if state['stale_since'] else ''}: what happened since is not known here."
            f" {session.keys.first('sources')} says which."
        )
    if state["feeder"] is None:
        lines.append("No feeder runs: offplan watch starts one.")
    return lines


def no_signal() -> list[str]:
    """In a list of signals."""
    return ["No signal yet.", "A [source] in offplan.toml brings them; offplan ingest FILE takes one file."]


def no_action(session: Session) -> list[str]:
    """Where actions would stand."""
    return [
        "No open action.",
        f"{session.keys.first('respond')} on a deviation chooses a playbook and gives everybody their part;"
        f" {session.keys.first('resolve')} ends one for which all was done.",
    ]
