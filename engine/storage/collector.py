"""The garbage collector at rest, for work that makes many rows: these are tuples of numbers and text, without
cycles."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def collector_at_rest() -> Iterator[None]:
    """Without garbage collection: rows are tuples of text, in which the collector looks for cycles in vain.

    It costs a quarter of the time of a large file, more of that of a long report; memory is freed by reference counts
    as ever.
    """
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()
