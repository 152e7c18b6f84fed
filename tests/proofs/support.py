"""What every proof on public data needs: where the data lies, and a desk fed through the documented example
mappings."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.files import reading
from connectors.settings import settings_file
from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import FixedClock, parse_instant
from engine.vocabulary.model import IngestResult

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
EXAMPLES = ROOT / "docs" / "examples"


def data_file(name: str) -> Path:
    """A file of the public data; the test is skipped where the folder is not beside the checkout."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs {name} in shared/data beside the checkout")
    return path


class Fed:
    """A desk on a new file, configured by one example, with a clock that the test moves."""

    def __init__(self, folder: Path, example: str, now: str) -> None:
        self.settings = settings_file.load(EXAMPLES / example)
        self.clock = FixedClock(parse_instant(now, "test"))
        self.desk = Desk(Store.open(folder / f"{Path(example).stem}.db", create=True), self.clock, actor="proof")
        self.desk.configure(self.settings.desk_settings())

    def load(self, path: Path, kind: str, mapping: str) -> None:
        rows = reading.plan_rows(path, self.settings, kind, mapping=mapping)
        self.desk.load(rows, kind=kind, scope=mapping, file=path.name)

    def ingest(self, path: Path, mapping: str, *, size: int = 2000) -> IngestResult:
        batches = reading.signal_batches(path, self.settings, "command", mapping=mapping, size=size)
        return self.desk.take_all(batches)

    def at(self, now: str) -> None:
        """Move the clock and do what time makes due."""
        self.clock.set(parse_instant(now, "test"))
        self.desk.tick()

    def subjects(self, *where: str, ever: bool = False) -> list[str]:
        """Subject ids of the deviations under a filter, sorted; with `ever` in any state."""
        page = self.desk.deviations(where, limit=None, all=ever)
        assert page.total == len(page.items)
        return sorted(item["subject"]["id"] for item in page.items)
