"""How fast a lived-in desk answers: a page of the queue, a page under any filter, the page of one deviation, the
header.

The targets are milliseconds on the machine at hand; beside each stands the bare SQL of the same question, measured in
the same rounds: the first 200 by score through a partial index, a scan of the live rows, one row by its id.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import big_desk
from benchmarks.harness import Result, interleave, ratio
from engine.desk import Desk
from engine.reading import fields
from engine.storage.store import Store
from engine.values.clock import FixedClock
from engine.vocabulary.model import SEVERITIES

_PAGE: Final = 200
_ROUNDS: Final = 15
_TOP: Final = (
    "SELECT id, kind, subject_id, summary, exposure_minor FROM deviation INDEXED BY bare_top"
    " WHERE state IN ('open', 'acknowledged', 'responding') ORDER BY exposure_minor DESC, id LIMIT 200"
)
_SCAN: Final = (
    "SELECT count(*) FROM deviation WHERE state IN ('open', 'acknowledged', 'responding') AND summary LIKE '%55%'"
)
_WORDS: Final = ("ITEM12", "!ITEM12", '"expected 59"', "nowhere", "SUP12 late")
"""Bare words: with few hits, the inverse, with a blank, without a hit, two."""
_DOCUMENTS: Final = ("gap.days>50", "!gap.days>50", "planned.at~2026-03", "observed.expected=")
_ENDED: Final = ("state=closed", "state=closed,open")
_AMONG_ENDED: Final = (("state=closed", "party=SUP12"), ("state=closed", "ITEM12"))
"""A second condition reads the 270,000 rows that have ended: told, not held to the target."""


def queue_page() -> Iterator[Result]:
    """The first 200 of the queue as the command prints them; then the queue's ids and the header of the screen."""
    with _Opened() as (desk, connection):
        connection.execute("CREATE INDEX bare_top ON deviation(exposure_minor DESC, id)" + _LIVE)
        for label, ask, most in (
            ("queue_page", lambda: desk.deviations(limit=_PAGE), 5.0),
            ("queue_page, all ids for the screen", desk.queue_ids, None),
            ("queue_page, header", desk.header, None),
        ):
            yield _measured(
                label, ask, lambda: connection.execute(_TOP).fetchall(), "bare top 200, partial index", most
            )


def filter_page() -> Iterator[Result]:
    """A page of 200 under a filter: by each field, words, inverse, documents; the slowest is the result."""
    with _Opened() as (desk, connection):
        taken = {}
        for text in (*_filters(), *_WORDS, *_DOCUMENTS, *_ENDED):
            taken[text] = _milliseconds(_asking(desk, text), 3)
            print(f"  {text}: {taken[text]:.1f} ms", file=sys.stderr, flush=True)

        def bare() -> object:
            return connection.execute(_SCAN).fetchall()

        slowest = sorted(taken, key=lambda text: -taken[text])[:3]
        for text in slowest:
            label = "filter_page" if text == slowest[0] else f"filter_page, {text}"
            yield _measured(label, _asking(desk, text), bare, "bare scan of the live rows", 50.0)
        for terms in _AMONG_ENDED:
            label = f"filter_page, {' '.join(terms)}"
            yield _measured(label, _asking(desk, *terms), bare, "bare scan of the live rows", None)


def show_page() -> Iterator[Result]:
    """Opening the page of a deviation, of the first, a middle and the last in the queue; the slowest is the result."""
    with _Opened() as (desk, connection):
        ids = desk.queue_ids()
        shown = {place: f"D{ids[place]}" for place in (0, len(ids) // 2, len(ids) - 1)}
        slowest = max(shown, key=lambda place: _milliseconds(lambda: desk.show(shown[place]), 5))
        number = ids[slowest]
        bare = "SELECT * FROM deviation WHERE id = ?"
        yield _measured(
            "show_page", lambda: desk.show(shown[slowest]), lambda: connection.execute(bare, (number,)).fetchone(),
            "bare row by id", 30.0,
        )  # fmt: skip


_LIVE: Final = " WHERE state IN ('open', 'acknowledged', 'responding')"


class _Opened:
    """The big desk in a folder of its own."""

    def __enter__(self) -> tuple[Desk, Any]:
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "big.db"
        big_desk.build(path)
        self._store = Store.open(path)
        return Desk(self._store, FixedClock(big_desk.NOW), actor="bench"), self._store.connection

    def __exit__(self, *_: object) -> None:
        self._store.close()
        self._folder.cleanup()


def _filters() -> list[str]:
    """One condition for each field of a deviation, of its own type."""
    values = {
        "text": "~1", "number": ">0", "money": ">50k", "time": "<+4h", "flag": "=true", "id": "=30", "document": "~5",
    }  # fmt: skip
    found = []
    for name, field in fields.DEVIATIONS.fields.items():
        if field.type == "choice":
            words = SEVERITIES if name == "severity" else tuple(field.choices)
            found.append(f"{name}={words[0]}" if name != "state" else "state=open")
        else:
            found.append(f"{name}{values[field.type]}")
    return found


def _asking(desk: Desk, *terms: str) -> Callable[[], object]:
    return lambda: desk.deviations(terms, limit=_PAGE)


def _measured(
    label: str, ask: Callable[[], object], bare: Callable[[], object], bare_name: str, most: float | None
) -> Result:
    rounds = interleave({"offplan": lambda: _milliseconds(ask, 1), "bare": lambda: _milliseconds(bare, 1)}, _ROUNDS)
    value, floor = statistics.median(rounds["offplan"]), statistics.median(rounds["bare"])
    target = "told only" if most is None else f"at most {most:g} ms"
    met = None if most is None else value <= most
    return Result(
        label, round(value, 2), "ms", bare_name, round(floor, 3), round(ratio(rounds["offplan"], rounds["bare"]), 1),
        target, met, _ROUNDS,
    )  # fmt: skip


def _milliseconds(ask: Callable[[], object], times: int) -> float:
    taken: Sequence[float] = [_once(ask) for _ in range(times)]
    return statistics.median(taken)


def _once(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000
