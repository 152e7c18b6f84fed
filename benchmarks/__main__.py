"""`python -m benchmarks [NAME...]`: one JSON object a line on stdout, progress on stderr."""

from __future__ import annotations

import compileall
import os
import sys
from typing import Final

from benchmarks import (
    detection,
    hazards,
    impact,
    ingest,
    latency,
    likelihood,
    lists,
    playbook_files,
    rank_replay,
    replan,
    respond,
    schedule,
    soak,
    start,
    stream,
    ui,
    ui_bytes,
    ui_peers,
)
from benchmarks.harness import ROOT, Benchmark, Unavailable

BENCHMARKS: Final[dict[str, Benchmark]] = {
    "ingest_csv": ingest.csv_speed,
    "ingest_memory": ingest.memory,
    "detect_full": detection.full,
    "detect_one": detection.one,
    "detect_batch": detection.batch,
    "hazard_reach": hazards.reach,
    "impact": impact.impact,
    "live_latency": latency.file_to_screen,
    "first_cell": start.first_cell,
    "command_start": start.command,
    "queue_page": lists.queue_page,
    "filter_page": lists.filter_page,
    "show_page": lists.show_page,
    "likelihood": likelihood.study,
    "rank_replay": rank_replay.study,
    "rank_halving": rank_replay.halving,
    "playbook_lint": playbook_files.lint,
    "schedule_j30": schedule.j30,
    "replan": replan.after_a_slip,
    "respond_key": respond.key,
    "respond_many": respond.many,
    "ui_key": ui.key,
    "ui_stream": stream.key,
    "ui_bytes": ui_bytes.bytes_of_a_key,
    "ui_idle": ui_bytes.idle,
    "ui_slow_link": ui_bytes.slow_link,
    "ui_memory": ui.memory,
    "ui_peers": ui_peers.beside,
    "ui_soak": soak.four_desks,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    _compile()
    for name in names or BENCHMARKS:
        print(name, file=sys.stderr, flush=True)
        try:
            for result in BENCHMARKS[name]():
                print(result.line(), flush=True)
        except Unavailable as reason:
            print(f"{name}: not measured: {reason}", file=sys.stderr)
    return 0


def _compile() -> None:
    """Have the modules compiled, as those of an installed program are, which is what starts are promised of."""
    # Where this is set each start would compile all of them, and count that.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for package in ("engine", "connectors", "playbooks", "tui"):
        compileall.compile_dir(ROOT / package, quiet=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
