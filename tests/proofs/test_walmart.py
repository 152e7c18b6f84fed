"""Proof on weekly sales of 45 stores: demand_shift finds the holiday peaks, week by week, knowing only the past.

A peak is a week whose sales are at least 1.3 times the store's median week (of all 143 weeks): a definition by
hindsight that the detector cannot use. A find is a week at whose end a demand_shift stands open for the store with
that week as its latest period and a rise as its direction.
"""

from __future__ import annotations

import csv
import statistics
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.proofs.support import Fed, data_file

FILE = "walmart_weekly_sales/Walmart.csv"
PEAK = 1.3


def test_holiday_peaks_are_found_as_they_come(tmp_path: Path) -> None:
    path = data_file(FILE)
    weeks: dict[str, dict[str, float]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            start = datetime.strptime(row["Date"], "%d/%m/%y").replace(tzinfo=UTC)
            weeks[row["Store"]][start.date().isoformat()] = float(row["Weekly_Sales"])
    peaks = {
        (store, week) for store, sales in weeks.items() for week, value in sales.items()
        if value >= PEAK * statistics.median(sales.values())
    }  # fmt: skip

    desk = Fed(tmp_path, "walmart.toml", "2010-01-01T00:00:00Z")
    desk.ingest(path, "walmart_sales")
    found, drifting = set(), set()
    for week in sorted(weeks["1"]):
        # A week bears the date of its last day.
        morning_after = datetime.fromisoformat(week).replace(tzinfo=UTC) + timedelta(days=1)
        desk.at(morning_after.isoformat())
        for item in desk.desk.deviations(["kind=demand_shift"], limit=None).items:
            # A drift is no peak: it says that the level of the last weeks is another one.
            if item["gap"].get("percent", 0) > 0:
                found.add((item["site"], week))
            elif "drift_percent" in item["gap"]:
                drifting.add((item["site"], week))
    # The first weeks cannot be judged: there is no history yet.
    known = {(store, week) for store, week in peaks if week >= sorted(weeks["1"])[8]}
    precision = len(found & known) / len(found)
    recall = len(found & known) / len(known)
    print(f"peaks {len(known)}, found {len(found)}, precision {precision:.3f}, recall {recall:.3f}")
    print(
        f"drifts {len(drifting)} weeks of {len({store for store, _ in drifting})} stores, at peaks {len(drifting & known)}"
    )
    assert recall >= 0.8
    assert precision >= 0.8
