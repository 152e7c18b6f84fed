"""`offplan map`: from a file's columns to a mapping in offplan.toml, with what is doubtful about it in view."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.values.clock import iso
from engine.vocabulary.model import RECORD_KINDS
from tui.commands.feed import plan_kind
from tui.terminal import cells
from tui.wiring import SETTINGS_FILE, NoWorkspaceError, find_workspace, present, refuse_readonly, settings_of
from tui.words import printing
from tui.words.arguments import UsageError

if TYPE_CHECKING:
    from connectors.proposing.propose import Proposal

SHOWN_DOUBTS = 20
_SIGNALS = {"signal": "signal", "signals": "signal", "reply": "reply", "replies": "reply"}
"""What `--as` says for files of signals: any, or owners' replies."""
_BESIDE = "`signal` for confirmations, receipts and all else that happened, `reply` for owners' answers, or "


def propose(args: Namespace) -> int:
    """Propose a mapping, show it with a preview and the doubtful cells, and write it unless it is a dry run."""
    from connectors.proposing.propose import append, propose

    folder = find_workspace(args)
    if folder is None and not args.dry_run:
        raise NoWorkspaceError(
            "there is no workspace to write a mapping to; `offplan init` makes one, --dry-run only shows it"
        )
    if not args.dry_run:
        refuse_readonly(args, SETTINGS_FILE)
    path = Path(args.file)
    name = args.name or _name_of(path)
    kind = None if args.kind is None else _SIGNALS.get(args.kind) or plan_kind(args.kind, beside=_BESIDE)
    proposal = propose(path, kind, settings_of(args).desk.currency)
    written = None
    if folder is not None and not args.dry_run:
        written = folder / SETTINGS_FILE
        append(written, proposal, name)
    document = {
        "now": iso(present(args)),
        "name": name,
        "mapping": proposal.mapping,
        "preview": list(proposal.preview),
        "doubts": [
            {"column": doubt.column, "line": doubt.line, "text": doubt.text, "why": doubt.why}
            for doubt in proposal.doubts
        ],
        "unused": list(proposal.unused),
        "written": None if written is None else str(written),
    }
    end = f"written to {written} as mapping.{name}" if written else "nothing was written"
    printing.answer(args, document, *_lines(proposal, name), "", end)
    return 0


def _name_of(path: Path) -> str:
    """A name for the mapping out of the file's: what TOML takes without quotes."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", path.stem).strip("_-").lower()
    if not name:
        raise UsageError(f"{path.name}: no name can be made of this; give --name")
    return name


def _lines(proposal: Proposal, name: str) -> list[str]:
    lines = [*proposal.to_toml(name).splitlines(), ""]
    if proposal.preview:
        headings = list(dict.fromkeys(field for row in proposal.preview for field in row))
        rows = [[cells.any_value(row.get(field)) for field in headings] for row in proposal.preview]
        lines += ["The first rows as they would be read:", *printing.table(headings, rows)]
    if proposal.unused:
        kept = "" if proposal.mapping["as"] in RECORD_KINDS else ", but kept with each record"
        lines += ["", f"Columns not used{kept}: {', '.join(proposal.unused)}"]
    if proposal.doubts:
        doubts = [
            (doubt.column, "–" if doubt.line is None else str(doubt.line), doubt.text, doubt.why)
            for doubt in proposal.doubts[:SHOWN_DOUBTS]
        ]
        lines += ["", "Doubtful, please look:", *printing.table(("column", "line", "text", "why"), doubts)]
        if len(proposal.doubts) > SHOWN_DOUBTS:
            lines.append(f"and {len(proposal.doubts) - SHOWN_DOUBTS} more")
    return lines
