"""Bytes that come from the terminal and are no UTF-8: text of another encoding, keys with the eighth bit set.

Textual ends the application with the first of them.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import partial

from textual.drivers import linux_driver


def take_any_bytes() -> None:
    """Have Textual read a replacement character, which no key is, for what is no UTF-8."""
    linux_driver.getincrementaldecoder = _forgiving  # type: ignore[attr-defined, assignment]


def _forgiving(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")
