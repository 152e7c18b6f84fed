"""The quarantine: the list of held records, and the retry once their file or their mapping is mended."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.clock import iso
from engine.desk import Desk
from engine.errors import NotFound
from tui import printing
from tui.commands import lists
from tui.wiring import configured, opened

if TYPE_CHECKING:
    from connectors.settings import Settings

Held = Mapping[str, Any]


def quarantine(args: Namespace) -> int:
    """Print the held records, or with `--retry` read them again."""
    return lists.page(args) if args.retry is None else _retry(args)


def _retry(args: Namespace) -> int:
    """Read the files of held records again, as settings and files are now.

    Rows that were taken before are duplicates; a row that is refused again goes back into the quarantine.
    """
    notes: list[str] = []
    with opened(args) as desk:
        settings = configured(args, desk)
        chosen = _chosen(desk.held(), args.retry)
        for (source, file), group in groupby(chosen, key=lambda row: (str(row["source"]), str(row["file"]))):
            notes += _read_again(args, desk, settings, source, file, list(group))
        desk.detect()
        still = {row["id"] for row in desk.held()}
        now = desk.clock.now()
    taken = sum(row["id"] not in still for row in chosen)
    document = {"now": iso(now), "retried": len(chosen), "taken": taken, "held": len(chosen) - taken, "notes": notes}
    printing.answer(args, document, f"{taken} of {len(chosen)} taken, {len(chosen) - taken} still held", *notes)
    return 0


def _chosen(held: Iterable[Held], ids: Sequence[str]) -> list[Held]:
    """The held records that are named (all where none is), those of one file side by side. Raises NotFound."""
    by_id = {f"Q{row['id']}": row for row in held}
    for id_ in ids:
        if id_ not in by_id:
            raise NotFound(f"{id_}: the quarantine does not hold this; `offplan quarantine` shows what it holds")
    rows = [by_id[id_] for id_ in dict.fromkeys(ids)] if ids else list(by_id.values())
    return sorted(rows, key=lambda row: (row["source"], row["file"], row["id"]))


def _read_again(
    args: Namespace, desk: Desk, settings: Settings, source: str, file: str, rows: Sequence[Held]
) -> list[str]:
    """Take one file once more; the sentences say what could not be tried."""
    from connectors.reading import signal_batches

    names = ", ".join(f"Q{row['id']}" for row in rows)
    if desk.source_state(source) is None:
        return [f"{names}: this came with a baseline; `offplan load` the mended file"]
    path = _path_of(settings, source, file)
    if path is None:
        return [f"{names}: the file {file} is not there any more; ingest a mended copy with --source {source}"]
    batches = signal_batches(path, settings, source, args.mapping)
    # Whether the file can be read at all shows with its first batch; only then is anything let go.
    first = next(batches, None)
    desk.release_quarantine(row["id"] for row in rows)
    if first is not None:
        desk.take(first, detect=False)
    for batch in batches:
        desk.take(batch, detect=False)
    return []


def _path_of(settings: Settings, source: str, file: str) -> Path | None:
    """Where a file of the quarantine lies now: in its source's folder, in the workspace, or here."""
    known = settings.sources.get(source)
    folders = [settings.folder, Path.cwd()]
    if known is not None and known.type == "folder":
        folders.insert(0, settings.folder / known.path)
    return next((folder / file for folder in folders if (folder / file).is_file()), None)
