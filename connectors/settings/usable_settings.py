"""The settings as far as they can be used: a source or a mapping with a fault is set aside, and the others go on;
with a fault in a channel or a route nothing is handed off until it is mended.

For the feeder, which nobody looks at while it runs. A person's command reads the whole file or refuses
(connectors.settings.settings_file.load). A fault anywhere else refuses here too: with half of the tolerances,
deviations would come and go that nobody meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from connectors.settings import settings_file, settings_text
from connectors.settings.settings_file import Settings
from engine.values.errors import BadInput


class Usable(NamedTuple):
    """What can be used, and what was set aside."""

    settings: Settings
    set_aside: Mapping[str, BadInput]
    """By source, why it cannot be read."""
    kinds: Mapping[str, str]
    """Of those, `folder` or `http`, where the file says so."""
    faults: Sequence[BadInput] = ()
    """Every fault by its own place: of mappings, sources, channels and routes."""
    silent: BadInput | None = None
    """Why nothing is handed off: with a fault in one channel or route nobody knows what was meant to go where."""


def load(path: Path) -> Usable:
    """The usable part of a settings file. Raises BadInput where the fault is in none of those tables."""
    document = settings_text.read_document(path)
    sources = _tables(document, "source")
    kinds = {name: str(source.get("type")) for name, source in sources.items() if isinstance(source, dict)}
    set_aside: dict[str, BadInput] = {}
    faults: list[BadInput] = []
    silent: BadInput | None = None
    while True:
        try:
            found = settings_file.of_document(path, document)
            break
        except settings_file.FaultyTable as error:
            (sort, faulty), fault = error.table, error.fault
        faults.append(fault)
        if sort in ("channel", "route"):
            silent = silent or fault
            document.pop("channel", None)
            document.pop("route", None)
            continue
        if sort == "source":
            set_aside[faulty] = fault
        else:
            for name in _using(faulty, sources):
                set_aside[name] = _without(path, name, faulty, fault)
                del sources[name]
        del document[sort][faulty]
    known = {name: kind for name, kind in kinds.items() if name in set_aside and kind in ("folder", "http")}
    return Usable(found, set_aside, known, faults, silent)


def _tables(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _using(mapping: str, sources: Mapping[str, Any]) -> list[str]:
    """Sources that name a mapping, or name none: which file patterns a faulty one has cannot be known."""
    using = []
    for name, source in sources.items():
        named = source.get("mapping") if isinstance(source, dict) else None
        names = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        if not names or mapping in names:
            using.append(name)
    return using


def _without(path: Path, source: str, mapping: str, fault: BadInput) -> BadInput:
    return BadInput(
        f"{path}: source.{source}", f"mapping {mapping!r} cannot be used ({fault.place}: {fault.fault})", fault.mend
    )
