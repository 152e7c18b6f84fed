"""Files that lie in the folder of a source and that no source takes, because no pattern fits their names."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from connectors.files.readiness import is_data
from connectors.settings.source_settings import FolderSource, Source
from engine.values.errors import BadInput

_SHOWN: Final = 3


def strays(folder: Path, sources: Mapping[str, Source]) -> dict[str, BadInput]:
    """By the `path` of each watched folder that has such files, what is wrong. Relative paths start from `folder`.

    Hidden and temporary files are meant to be passed over, and a README is for people.
    """
    sharing: defaultdict[str, list[tuple[str, FolderSource]]] = defaultdict(list)
    for name, source in sources.items():
        if isinstance(source, FolderSource):
            sharing[source.path].append((name, source))
    found = {}
    for path, owners in sharing.items():
        names = [name for name in _files(folder / path) if not any(source.takes(name) for _, source in owners)]
        if names:
            found[path] = _fault(path, names, [name for name, _ in owners])
    return found


def _files(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if is_data(entry.name)
                and not entry.name.lower().startswith("readme")
                and entry.is_file(follow_symlinks=False)
            )
    except OSError:
        # A folder that cannot be read has a sentence of its own: connectors.files.folder.
        return []


def _fault(path: str, names: list[str], sources: list[str]) -> BadInput:
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    widen = " or ".join(f"source.{name}" for name in sources[:_SHOWN])
    return BadInput(path, f"no `pattern` takes {shown}", f"widen that of {widen}, or put them elsewhere")
