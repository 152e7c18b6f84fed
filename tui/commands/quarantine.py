"""The quarantine: the list of held records, and the retry once their file or their mapping is mended."""

from __future__ import annotations

from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.values.clock import iso
from engine.values.errors import NotFound
from tui.commands import lists
from tui.wiring import configured, opened
from tui.words import printing

if TYPE_CHECKING:
    from connectors.files.retry import Tried

Held = Mapping[str, Any]


def quarantine(args: Namespace) -> int:
    """Print the held records, or with `--retry` try them again."""
    return lists.page(args) if args.retry is None else _retry(args)


def _retry(args: Namespace) -> int:
    """Try held records again, as settings and files are now; what is still held says why."""
    from connectors.files.retry import retry

    with opened(args) as desk:
        settings = configured(args, desk)
        tried = retry(desk, settings, _chosen(desk.held(), args.retry), args.mapping)
        desk.detect()
        now = desk.clock.now()
    taken = sum(each.taken for each in tried)
    notes = _notes(tried)
    document = {"now": iso(now), "retried": len(tried), "taken": taken, "held": len(tried) - taken, "notes": notes}
    printing.answer(args, document, f"{taken} of {len(tried)} taken, {len(tried) - taken} still held", *notes)
    return 0


def _chosen(held: Iterable[Held], ids: Sequence[str]) -> list[Held]:
    """The held records that are named; all where none is. Raises NotFound."""
    by_id = {f"Q{row['id']}": row for row in held}
    for id_ in ids:
        if id_ not in by_id:
            raise NotFound(f"{id_}: the quarantine does not hold this; `offplan quarantine` shows what it holds")
    return [by_id[id_] for id_ in dict.fromkeys(ids)] if ids else list(by_id.values())


def _notes(tried: Iterable[Tried]) -> list[str]:
    """One sentence for each reason, with the records that it is about."""
    about: defaultdict[str, list[int]] = defaultdict(list)
    for each in tried:
        if each.why:
            about[each.why].append(each.number)
    return [f"{', '.join(f'Q{number}' for number in sorted(numbers))}: {why}" for why, numbers in about.items()]
