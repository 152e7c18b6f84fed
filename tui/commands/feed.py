"""Bringing data in: baseline loads, signals from files, the feeder, and what time makes due."""

from __future__ import annotations

import functools
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.values.clock import SECOND, SystemClock, iso
from engine.values.errors import BadInput
from engine.values.text import clean
from engine.vocabulary.model import PLAN_KINDS, IngestResult, PlanLine, PlanRecord, Refusal
from tui.wiring import configured, opened, usable_settings
from tui.words import printing
from tui.words.arguments import UsageError

if TYPE_CHECKING:
    from connectors.files.held import LettingGo
    from connectors.settings.settings_file import Settings
    from connectors.settings.usable_settings import Usable
    from engine.desk import Desk
    from engine.intake.ingest import SourceBatch

_SHORT_KINDS = {
    "purchase": "purchase_order",
    "purchases": "purchase_order",
    "po": "purchase_order",
    "transfer": "transfer_order",
    "production": "production_order",
    "sale": "sales_order",
    "supplier": "party",
    "customer": "party",
    "parties": "party",
}


def plan_kind(word: str, *, beside: str = "") -> str:
    """The plan kind that a word means: its name, its plural or a short form.

    Raises UsageError with the kinds, and with what else the word might have been, `beside` them.
    """
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    for form in (plain, plain.removesuffix("s")):
        if form in PLAN_KINDS:
            return form
        if form in _SHORT_KINDS:
            return _SHORT_KINDS[form]
    raise UsageError(f"--as {word}: this is not a plan kind; use {beside}one of {', '.join(PLAN_KINDS)}")


def load(args: Namespace) -> int:
    """Make the files the whole current plan of their kind and scope."""
    from connectors.files.reading import mapping_name

    kind = plan_kind(args.kind)
    paths = [Path(name) for name in args.files]
    progress = printing.Progress(args)
    with opened(args, create=True) as desk:
        settings = configured(args, desk)
        scope = args.scope or mapping_name(paths[0], settings, kind, args.mapping) or kind
        rows = _plan_rows(args, settings, paths, kind, progress)
        file = ", ".join(path.name for path in paths)
        result = desk.load(rows, kind=kind, scope=scope, file=file, accept_removal=args.accept_removal)
        now = desk.clock.now()
    progress.end()
    printing.answer(
        args,
        {"now": iso(now), "kind": kind, "scope": scope, **result._asdict()},
        f"baseline version {result.version}: {result.added} added, {result.changed} changed, {result.removed} removed;"
        f" {result.opened} opened, {result.raised} raised, {result.cleared} cleared",
    )
    if result.kept:
        printing.note(args, f"{result.kept} not named any more, but kept: a row that was refused may be one of them")
    _point_at_quarantine(args, result.quarantined)
    return 0


def _plan_rows(
    args: Namespace, settings: Settings, paths: Sequence[Path], kind: str, progress: printing.Progress
) -> Iterator[PlanLine | PlanRecord | Refusal]:
    """The rows of all files. A file that gives nothing but refusals stops the load: it would empty the plan."""
    from connectors.files.reading import plan_rows

    for path in paths:
        taken = 0
        first: Refusal | None = None
        for count, row in enumerate(plan_rows(path, settings, kind, args.mapping), start=1):
            if isinstance(row, Refusal):
                first = first or row
            else:
                taken += 1
            if count % 1000 == 0:
                progress.show(f"{path.name}: {count:,} rows read")
            yield row
        if first is not None and not taken:
            place = first.place.file if first.place.line is None else f"{first.place.file}, line {first.place.line}"
            raise BadInput(place, first.reason, f"{first.mend}; nothing was loaded")


def ingest(args: Namespace) -> int:
    """Take signals from files; a file that cannot be used is named, and the others go on."""
    from connectors.files.held import LettingGo

    clock = SystemClock()
    began = clock.now()
    failed: list[str] = []
    progress = printing.Progress(args)

    def told(so_far: IngestResult) -> None:
        progress.show(f"{so_far.read:,} records read, {so_far.new:,} new")

    with opened(args, create=True) as desk:
        settings = configured(args, desk)
        held = LettingGo(desk, settings, args.mapping)
        total = desk.take_all(_batches(args, settings, held, progress, failed), told)
    progress.end()
    total = total._replace(seconds=round((clock.now() - began) / SECOND, 3))
    printing.answer(
        args,
        total._asdict(),
        f"{total.read} read: {total.new} new, {total.duplicate} duplicate, {total.quarantined} quarantined;"
        f" {total.opened} opened, {total.raised} raised, {total.cleared} cleared; {total.seconds:.1f} s",
    )
    if held.count:
        printing.note(args, f"let go of {held.count} held before: the same rows came in order now")
    _point_at_quarantine(args, total.quarantined)
    return 1 if failed else 0


def _batches(
    args: Namespace, settings: Settings, held: LettingGo, progress: printing.Progress, failed: list[str]
) -> Iterator[SourceBatch]:
    """The batches of all files; a file that cannot be used is said on stderr and put into `failed`."""
    from connectors.files.reading import ONE_SHOT, signal_batches

    for name in args.files:
        path = Path(name)
        source = args.source or _source_of(settings, path)
        try:
            for batch in signal_batches(path, settings, source, args.mapping, size=ONE_SHOT):
                with held.taking(batch):
                    yield batch
        except BadInput as error:
            failed.append(name)
            progress.end()
            print(f"offplan: {clean(str(error))}", file=sys.stderr)


def _source_of(settings: Settings, path: Path) -> str:
    """The folder source that would take a file of this name, else `command`: so the same rows are known as the same."""
    for name, source in settings.sources.items():
        if source.type == "folder" and "*" not in source.patterns and source.takes(path.name):
            return name
    return "command"


def _point_at_quarantine(args: Namespace, count: int) -> None:
    if count:
        printing.note(args, f"{count} could not be taken; `offplan quarantine` says why and how to mend them")


def watch(args: Namespace) -> int:
    """Run the feeder until a signal, or with a desk until that desk is gone."""
    from connectors import feeder

    stop = threading.Event()
    if args.with_desk:
        feeder.stop_at_end_of_input(stop)
    with opened(args, create=True) as desk:
        usable = usable_settings(args, desk)
        settings = usable.settings
        for fault in (*usable.set_aside.values(), *([usable.silent] if usable.silent else [])):
            print(f"offplan: {clean(str(fault))}", file=sys.stderr)
        if not args.with_desk:
            names = ", ".join(settings.sources) or "no source, so only what time makes due"
            printing.note(args, f"watching {names}; stop with Ctrl-C")
        # A desk shows for itself what comes; its feeder's stderr is a log of troubles.
        talks = not (args.quiet or args.with_desk)
        feeder.run(desk, settings, stop=stop, news=functools.partial(printing.note, args) if talks else None)
    return 0


def tick(args: Namespace) -> int:
    """Do what has become due, with the present settings; with --deliver also send what is to be sent."""
    with opened(args) as desk:
        usable = usable_settings(args, desk)
        result = desk.tick()
        sent = _delivered(desk, usable) if args.deliver else None
        now = desk.clock.now()
    told = {} if sent is None else {"sent": sent}
    printing.answer(
        args,
        {"now": iso(now), **result._asdict(), **told},
        f"{result.judged} judged: {result.opened} opened, {result.raised} raised, {result.cleared} cleared,"
        f" {result.resolved} resolved"
        + (f"; {result.timers} timers fired" if result.timers else "")
        + ("" if sent is None else f"; {sent} sent"),
    )
    return 0


def _delivered(desk: Desk, usable: Usable) -> int:
    """Send what is due, in the place of a feeder. Raises Refused while one runs, which does so itself."""
    from connectors import feeder

    if usable.silent is not None:
        raise usable.silent
    return feeder.deliver(desk, usable.settings)
