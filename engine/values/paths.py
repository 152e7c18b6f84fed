"""Places inside documents of JSON, by dotted paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def at_path(document: Any, path: str) -> Any:
    """The value at a path of names and list indexes, such as `data.items.0.eta`; None where there is none."""
    for part in path.split("."):
        if isinstance(document, Mapping):
            document = document.get(part)
        elif isinstance(document, list) and part.isdecimal() and int(part) < len(document):
            document = document[int(part)]
        else:
            return None
    return document
