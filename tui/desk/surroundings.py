"""What lies around the desk's file in its workspace: its playbooks, its settings, the views that people keep.

Read when it is asked for: the desk's first paint must not pay for it. Without a workspace there are the built-in
playbooks and settings, and nothing can be kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.values.errors import BadInput, Refused
from tui.desk import saved_views
from tui.desk.saved_views import SavedView
from tui.wiring import PLAYBOOKS, SETTINGS_FILE, table_of

if TYPE_CHECKING:
    from connectors.settings.settings_file import Settings
    from playbooks.language.loaded import Library


class Surroundings:
    """A workspace as the screens need it; `folder` is None where only a file was named."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._library: tuple[object, Library] | None = None

    def library(self) -> Library:
        """The playbooks as their files are now, with what lint finds in them; read again when a file has changed."""
        from playbooks.loader import load_library, stamp

        folder = None if self.folder is None else self.folder / PLAYBOOKS
        state = stamp(folder)
        if self._library is None or self._library[0] != state:
            self._library = state, load_library(folder)
        return self._library[1]

    def settings(self) -> Settings:
        """The settings as their file is now. Raises BadInput."""
        from connectors.settings import settings_file

        return settings_file.Settings() if self.folder is None else settings_file.load(self.folder / SETTINGS_FILE)

    def places(self) -> Mapping[str, str]:
        """Where the channels that write files write them, by their names; nothing where the settings cannot be read."""
        from connectors.settings.channel_settings import CalendarChannel, FolderChannel

        try:
            channels = self.settings().channels
        except BadInput:
            return {}
        folder = self.folder or Path()
        return {
            name: str(folder / channel.path)
            for name, channel in channels.items()
            if isinstance(channel, (FolderChannel, CalendarChannel))
        }

    def views(self) -> Sequence[SavedView]:
        """The views that people keep, by name. Raises BadInput."""
        if self.folder is None:
            return ()
        path = self.folder / SETTINGS_FILE
        return saved_views.read(table_of(path, "view"), str(path))

    def keep_view(self, view: SavedView) -> Path:
        """Write a view to the settings file, in the place of one of the same name. Raises BadInput, Refused."""
        from connectors.settings import settings_writer

        path = self._file()
        settings_writer.put(path, f"view.{settings_writer.key(view.name)}", saved_views.values(view))
        return path

    def forget_view(self, name: str) -> Path:
        """Take a view out of the settings file. Raises BadInput, Refused."""
        from connectors.settings import settings_writer

        path = self._file()
        # By their names alone: one that cannot be shown can be let go of too.
        kept = sorted(table_of(path, "view"))
        if name not in kept:
            raise Refused(f"{path} keeps no view {name!r}; it keeps {', '.join(kept) or 'none'}")
        settings_writer.put(path, f"view.{settings_writer.key(name)}", None)
        return path

    def _file(self) -> Path:
        if self.folder is None:
            raise Refused("there is no workspace here whose offplan.toml could keep a view; `offplan init` makes one")
        return self.folder / SETTINGS_FILE
