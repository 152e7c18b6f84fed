"""`python -m tests.sample_world [FILE]`: build the sample world into a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.sample_world.build import build

if __name__ == "__main__":
    # Not sys.argv as it stands: a word such as --help would become the name of a database.
    parser = argparse.ArgumentParser(prog="python -m tests.sample_world", description="Build the sample world.")
    parser.add_argument("file", nargs="?", type=Path, default=Path("sample.db"))
    build(parser.parse_args().file)
