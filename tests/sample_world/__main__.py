"""`python -m tests.sample_world FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.sample_world.build import build

if __name__ == "__main__":
    build(Path(sys.argv[1] if len(sys.argv) > 1 else "sample.db"))
