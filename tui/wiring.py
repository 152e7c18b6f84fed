"""Where a command begins: which workspace, which file, which clock, which planner, and the Desk made of them.

The one place that puts the rooms together. What is heavy (settings, playbooks) is loaded when it is first asked for.
"""

from __future__ import annotations

import contextlib
import os
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.desk import Desk
from engine.storage.desk_clock import clock_of
from engine.storage.store import CACHE_MIB, SMALL_CACHE_MIB, Store
from engine.values.clock import Clock, FixedClock, SystemClock, iso, typed_instant
from engine.values.errors import BadInput, Refused
from engine.values.text import clean
from tui.planner import PlannerOnDemand
from tui.words.arguments import UsageError

if TYPE_CHECKING:
    from connectors.settings.settings_file import Settings
    from connectors.settings.usable_settings import Usable
    from engine.vocabulary.planning import Planner
    from tui.keys.screen_options import ScreenOptions

SETTINGS_FILE: Final = "offplan.toml"
DATABASE: Final = "offplan.db"
PLAYBOOKS: Final = "playbooks"


class NoWorkspaceError(UsageError):
    """There is neither a workspace here nor a file named."""


def find_workspace(args: Namespace) -> Path | None:
    """The workspace's folder: `--workspace`, else the nearest folder from here upwards that holds offplan.toml.

    Raises UsageError when the folder given by `--workspace` holds none.
    """
    if args.workspace is not None:
        folder = Path(args.workspace).absolute()
        # Not Path.is_file, which raises an error for a name that is too long.
        if not os.path.isfile(folder / SETTINGS_FILE):
            raise UsageError(f"{folder}: there is no {SETTINGS_FILE} here; `offplan init {args.workspace}` makes one")
        return folder
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / SETTINGS_FILE).is_file()), None)


def database_of(args: Namespace) -> Path:
    """The desk's file: `--db`, else what the workspace's settings name. Raises NoWorkspaceError where there is
    neither."""
    if args.db is not None:
        return Path(args.db).absolute()
    folder = find_workspace(args)
    if folder is None:
        raise NoWorkspaceError(
            "there is no workspace here; `offplan init` makes one, `offplan demo` shows one, --db names a file"
        )
    return folder / _database_name(folder / SETTINGS_FILE)


def has_desk(args: Namespace) -> bool:
    """Whether the desk's file is there."""
    try:
        return os.path.exists(database_of(args))
    except NoWorkspaceError:
        return False


def _database_name(path: Path) -> str:
    """`[desk] database` alone: reading all settings costs what a command that prints a list must not pay."""
    name = table_of(path, "desk").get("database", DATABASE)
    if not isinstance(name, str) or not name:
        raise BadInput(f"{path}, desk.database", f"{name!r} is not a file name", f'write database = "{DATABASE}"')
    return name


def screen_options(args: Namespace) -> ScreenOptions:
    """How the desk looks and how often it follows others, from the workspace and the environment. Raises BadInput."""
    from tui.keys import screen_options

    folder = find_workspace(args)
    path = Path(SETTINGS_FILE) if folder is None else folder / SETTINGS_FILE
    screen, moved = ({}, {}) if folder is None else (table_of(path, "screen"), table_of(path, "keys"))
    return screen_options.read(screen, str(path), os.environ, moved)


def table_of(path: Path, name: str) -> dict[str, Any]:
    """One table of the settings file, unchecked; what is none is empty. Raises BadInput for a file that is no TOML."""
    from connectors.settings.settings_text import read_document

    section = read_document(path).get(name, {})
    return section if isinstance(section, dict) else {}


def settings_of(args: Namespace) -> Settings:
    """The workspace's settings; the built-in ones where only a file is named. Raises BadInput."""
    from connectors.settings import settings_file

    folder = find_workspace(args)
    return settings_file.Settings() if folder is None else settings_file.load(folder / SETTINGS_FILE)


def clock_for(store: Store, now: str | None) -> Clock:
    """The clock of a command: `--now`, else OFFPLAN_NOW, else the one that the file lives on. Raises UsageError."""
    return _clock_given(now) or clock_of(store)


def present(args: Namespace) -> int:
    """The instant of a command that needs no desk: `--now`, else OFFPLAN_NOW, else the machine's. Raises UsageError."""
    return (_clock_given(args.now) or SystemClock()).now()


def _clock_given(now: str | None) -> Clock | None:
    for place, text in (("--now", now), ("OFFPLAN_NOW", os.environ.get("OFFPLAN_NOW"))):
        if text:
            try:
                return FixedClock(typed_instant(text, place))
            except BadInput as error:
                raise UsageError(str(error)) from None
    return None


def actor() -> str:
    """Who acts: OFFPLAN_ACTOR, else the login name."""
    name = clean(os.environ.get("OFFPLAN_ACTOR", "")).strip()
    if name:
        return name
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def planner_of(args: Namespace) -> PlannerOnDemand:
    """The planner with the library's playbooks and the workspace's own."""
    folder = find_workspace(args)
    return PlannerOnDemand(None if folder is None else folder / PLAYBOOKS)


def open_desk(
    args: Namespace, *, create: bool = False, planner: Planner | None = None, for_screen: bool = False
) -> Desk:
    """The Desk that the arguments name; whoever asks closes `desk.store`.

    `create` makes the file where there is none, for the commands that bring data in; desks with one `planner` read the
    playbooks once; one `for_screen` keeps little of the file in memory. Raises OffplanError.
    """
    path = database_of(args)
    store = Store.open(
        path,
        create=create and not args.readonly,
        read_only=args.readonly,
        cache_mib=SMALL_CACHE_MIB if for_screen else CACHE_MIB,
    )
    try:
        clock = clock_for(store, args.now)
    except BaseException:
        store.close()
        raise
    return Desk(store, clock, actor=actor(), planner=planner or planner_of(args), readonly=args.readonly)


@contextlib.contextmanager
def opened(args: Namespace, *, create: bool = False) -> Iterator[Desk]:
    """`open_desk` for the length of a command."""
    desk = open_desk(args, create=create)
    try:
        yield desk
    finally:
        desk.store.close()


def refuse_readonly(args: Namespace, what: str) -> None:
    """Raise Refused where a command that writes `what`, which is no part of the desk's file, was given --readonly."""
    if args.readonly:
        raise Refused(f"{what} would be written; do it without --readonly")


def configured(args: Namespace, desk: Desk) -> Settings:
    """The settings, taken over by the desk where a workspace gives some."""
    settings_file = settings_of(args)
    if find_workspace(args) is not None:
        desk.configure(settings_file.desk_settings())
        desk.keep_sources(settings_file.sources)
    desk.follow_playbooks()
    return settings_file


def usable_settings(args: Namespace, desk: Desk) -> Usable:
    """As `configured`, but a source or mapping with a fault is set aside and shows among the sources. Raises
    BadInput."""
    from connectors.settings import settings_file, usable_settings

    folder = find_workspace(args)
    if folder is None:
        return usable_settings.Usable(settings_file.Settings(), {}, {})
    usable = usable_settings.load(folder / SETTINGS_FILE)
    desk.configure(usable.settings.desk_settings())
    desk.keep_sources([*usable.settings.sources, *usable.set_aside])
    desk.follow_playbooks()
    for name, fault in usable.set_aside.items():
        if desk.source_state(name) is None and name in usable.kinds:
            desk.declare_source(name, usable.kinds[name], None)
        desk.source_failed(name, str(fault), next_poll_at=None)
    return usable


def arguments_for_feeder(args: Namespace, desk: Desk) -> list[str] | None:
    """The options that make a feeder work on the same desk; None where one would have nothing to do.

    A desk whose time stands still and that has no workspace has neither sources nor anything that becomes due.
    """
    folder = find_workspace(args)
    standing = isinstance(desk.clock, FixedClock)
    if folder is None and standing:
        return None
    options = ["--db", str(desk.store.path)]
    if folder is not None:
        options += ["--workspace", str(folder)]
    if args.now or os.environ.get("OFFPLAN_NOW"):
        options += ["--now", iso(desk.clock.now())]
    return options
