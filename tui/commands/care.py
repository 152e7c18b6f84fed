"""Care for a workspace: make one, look for what is wrong with it, and keep a copy."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.storage.store import Store
from engine.values.clock import iso
from engine.values.errors import BadInput, OffplanError
from tui.commands import workspace
from tui.wiring import (
    DATABASE,
    SETTINGS_FILE,
    clock_for,
    find_workspace,
    opened,
    refuse_readonly,
    screen_options,
    settings_of,
)
from tui.words import printing

if TYPE_CHECKING:
    from connectors.settings.settings_file import ViewSection
    from engine.desk import Desk
    from playbooks.language.loaded import Library

FOUND_PROBLEMS: Final = 3


def init(args: Namespace) -> int:
    """Make what a workspace lacks; what is there stays as it is."""
    refuse_readonly(args, "a workspace")
    folder = Path(args.workspace or args.folder).absolute()
    made = workspace.make(folder)
    database = Path(args.db).absolute() if args.db else folder / DATABASE
    if not os.path.exists(database):  # Path.exists raises an error for a name that is too long.
        made.append(str(database))
    store = Store.open(database, create=True)
    try:
        now = clock_for(store, args.now).now()
    finally:
        store.close()
    lines = [f"made {path}" for path in made] or [f"{folder} is a whole workspace already; nothing was changed"]
    printing.answer(args, {"now": iso(now), "workspace": str(folder), "made": made}, *lines)
    return 0


def check(args: Namespace) -> int:
    """Print what is wrong and how to mend it; exit 3 when there is anything but notes."""
    found = [*_settings_faults(args), *_playbook_faults(args)]
    now = None
    try:
        with opened(args) as desk:
            now = desk.clock.now()
            found = [*desk.check(), *_faults_for_desk(args, desk), *found]
    except OffplanError as error:
        if error.exit_code == 2:
            raise
        fault = _fault(error, "the desk's file")
        # Where the settings cannot be read at all, the desk's file is not found for that same reason.
        found = found if fault in found else [fault, *found]
    document = {"now": None if now is None else iso(now), "total": len(found), "items": found}
    rows = [[item["severity"], _near(args, item["place"]), _sentence(item)] for item in found]
    lines = printing.table(("severity", "place", "fault and mend"), rows) if found else ["nothing is wrong"]
    printing.answer(args, document, *lines)
    return FOUND_PROBLEMS if any(item["severity"] != "note" for item in found) else 0


def _near(args: Namespace, place: str) -> str:
    """A place inside the workspace without the way to it, so that line and column are in sight."""
    folder = find_workspace(args)
    return place if folder is None else place.removeprefix(f"{folder}/")


def _sentence(finding: Mapping[str, Any]) -> str:
    """Fault and mend of a finding, with the records that it names as examples."""
    examples = finding.get("examples", ())
    named = f" ({'; '.join(examples)}{' ...' if finding['count'] > len(examples) else ''})" if examples else ""
    return f"{finding['fault']}{named}; {finding['mend']}"


def _settings_faults(args: Namespace) -> list[dict[str, Any]]:
    """What is wrong with the settings, or with the folders that they watch."""
    from connectors.files.strays import strays
    from connectors.mapping.assumed_zones import assumed_zones
    from connectors.settings import usable_settings

    try:
        folder = find_workspace(args)
        usable = None if folder is None else usable_settings.load(folder / SETTINGS_FILE)
        settings = settings_of(args) if usable is None else usable.settings
    except BadInput as error:
        return [_fault(error, "the settings")]
    from connectors.outbox import checks

    left = strays(settings.folder, settings.sources)
    amiss = [{**_fault(error, "the channels"), "severity": "warning"} for error in checks.faults(settings)]
    found = [{**_fault(error, "the sources"), "severity": "warning"} for error in left.values()]
    return [
        *_screen_faults(args),
        *(_fault(error, "the sources") for error in (usable.faults if usable else ())),
        *found,
        *amiss,
        *({**_fault(error, "the mappings"), "severity": "note"} for error in assumed_zones(settings.mappings)),
    ]


def _faults_for_desk(args: Namespace, desk: Desk) -> list[dict[str, Any]]:
    """What the settings ask for and the desk does not have: owners whom no mail can tell, calls that no channel makes,
    views that it cannot show. What is wrong with the settings themselves is found elsewhere."""
    from connectors.outbox import checks
    from connectors.settings import usable_settings

    try:
        folder = find_workspace(args)
        settings = settings_of(args) if folder is None else usable_settings.load(folder / SETTINGS_FILE).settings
    except BadInput:
        return []
    found = [
        *checks.without_address(desk, settings),
        *checks.without_channel(desk, settings),
        *_view_faults(settings.views, desk, settings.folder / SETTINGS_FILE),
    ]
    return [{**_fault(error, "the settings"), "severity": "warning"} for error in found]


def _view_faults(views: Mapping[str, ViewSection], desk: Desk, file: Path) -> Iterator[BadInput]:
    """What the list of deviations would be refused with when somebody chooses a view that is kept."""
    from tui.widgets import deviation_columns

    for name, view in views.items():
        place = f"{file}, view.{name}"
        try:
            desk.arranged(view.filter, order=view.sort, group=view.group)
        except BadInput as error:
            yield BadInput(f"{place}: {error.place}", error.fault, error.mend)
        try:
            deviation_columns.checked(view.columns, f"{place}.columns")
        except BadInput as error:
            yield error


def _screen_faults(args: Namespace) -> list[dict[str, Any]]:
    """Looks and keys that the desk would be refused with when it opens."""
    try:
        screen_options(args)
    except BadInput as error:
        return [_fault(error, "the settings")]
    return []


def _playbook_faults(args: Namespace) -> list[dict[str, Any]]:
    from tui.commands import playbook, playbook_files

    library = playbook.library(args)
    return [
        {
            "place": playbook_files.place(finding),
            "fault": finding.message,
            "mend": finding.mend,
            "severity": finding.severity,
        }
        for finding in library.findings
    ] + _calls_nowhere(args, library)


def _calls_nowhere(args: Namespace, library: Library) -> list[dict[str, Any]]:
    """Steps that call a system through a channel which the settings do not have: they would never be carried out."""
    try:
        channels = settings_of(args).channels
    except BadInput:
        # Its faults are said already.
        return []
    hooks = {name for name, channel in channels.items() if channel.type == "webhook"}
    return [
        {
            "place": f"playbook {playbook}, step {step}",
            "fault": f"it calls channel {channel}, which is no webhook of offplan.toml",
            "mend": f'add [channel.{channel}] with type = "webhook"',
            "severity": "warning",
        }
        for playbook, step, channel in library.calls()
        if channel not in hooks
    ]


def _fault(error: OffplanError, place: str) -> dict[str, Any]:
    """An error as a finding; one that is only a sentence has its mend in it."""
    if isinstance(error, BadInput):
        return {"place": error.place, "fault": error.fault, "mend": error.mend, "severity": "error"}
    fault, _, mend = str(error).rpartition("; ")
    return {
        "place": place,
        "fault": fault or mend,
        "mend": mend if fault else "see to that, then run `offplan check` again",
        "severity": "error",
    }


def backup(args: Namespace) -> int:
    """Copy the file as it stands at one moment."""
    target = Path(args.file).absolute()
    with opened(args) as desk:
        desk.backup(target)
        now = desk.clock.now()
    printing.answer(args, {"now": iso(now), "file": str(target)}, f"copied to {target}")
    return 0
