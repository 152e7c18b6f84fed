"""How often laws about whatever somebody may give are tried: a few seconds each, or OFFPLAN_FUZZ times as long.

`OFFPLAN_FUZZ=50 pytest -n 0 --timeout 0 FILE` looks for new faults; CI tries the same examples every time.
"""

from __future__ import annotations

import os

from hypothesis import settings


def tried(examples: int) -> settings:
    """Settings of a test that is tried on so many examples, times OFFPLAN_FUZZ."""
    return settings(max_examples=examples * int(os.environ.get("OFFPLAN_FUZZ", "1")))
