"""Proof on the SCMS delivery history: 6,507 delivered lines, of which 602 came after the scheduled date."""

from __future__ import annotations

import csv
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.proofs.support import Fed, data_file

FILE = "scms_delivery_history/dev_scheduled_2006_2012.csv"
AFTER_ALL = "2013-06-01T00:00:00Z"
BEFORE_ALL = "2006-01-01T00:00:00Z"
MONTH_ENDS = [
    "2006-10-31", "2007-03-31", "2007-09-30", "2008-02-29", "2008-08-31", "2009-01-31", "2009-07-31", "2010-04-30",
    "2010-11-30", "2011-06-30", "2012-03-31", "2012-12-31",
]  # fmt: skip


def day(text: str) -> date:
    return datetime.strptime(text, "%d-%b-%y").replace(tzinfo=UTC).date()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with data_file(FILE).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def fed(folder: Path, now: str) -> Fed:
    desk = Fed(folder, "scms.toml", now)
    desk.load(data_file(FILE), "purchase_order", "scms_plan")
    return desk


def end_state(desk: Fed) -> list[tuple[object, ...]]:
    page = desk.desk.deviations(limit=None, all=True)
    return sorted(
        (item["kind"], item["subject"]["id"], item["state"], str(item["gap"]), str(item["value_at_risk"]))
        for item in page.items
    )


def test_every_late_line_and_no_other_was_ever_late_supply(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    desk = fed(tmp_path, AFTER_ALL)
    result = desk.ingest(data_file(FILE), "scms_delivered")
    late = sorted(r["ID"] for r in rows if day(r["Delivered to Client Date"]) > day(r["Scheduled Delivery Date"]))
    assert (result.read, result.new, result.quarantined) == (6507, 6507, 0)
    assert len(late) == 602
    assert desk.subjects("kind=late_supply", ever=True) == late
    assert desk.subjects("kind=overdue") == []


def test_overdue_at_twelve_month_ends_is_what_the_file_says(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    desk = fed(tmp_path, BEFORE_ALL)
    desk.ingest(data_file(FILE), "scms_delivered")
    sizes = []
    for month_end in MONTH_ENDS:
        midnight = date.fromisoformat(month_end) + timedelta(days=1)
        desk.at(f"{midnight.isoformat()}T00:00:00Z")
        expected = sorted(
            r["ID"] for r in rows
            if day(r["Scheduled Delivery Date"]) < midnight and day(r["Delivery Recorded Date"]) > midnight
        )  # fmt: skip
        assert desk.subjects("kind=overdue") == expected, month_end
        sizes.append(len(expected))
    assert sum(sizes) >= 50, "the month-ends must have something to find"


def test_order_repetition_and_cutting_change_nothing(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    with data_file(FILE).open(encoding="utf-8", newline="") as handle:
        lines = handle.read().split("\n")
    header, body = lines[0], [line for line in lines[1:] if line]
    random.Random(5).shuffle(body)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plain = fed(tmp_path / "a", AFTER_ALL)
    plain.ingest(data_file(FILE), "scms_delivered")

    cut = fed(tmp_path / "b", AFTER_ALL)
    for number, start in enumerate([0, 17, 1200, 1201, 4000]):
        piece = tmp_path / f"piece-{number}.csv"
        ends = [0, 17, 1200, 1201, 4000, len(body)]
        piece.write_text("\n".join([header, *body[start : ends[number + 1]]]) + "\n", encoding="utf-8")
        cut.ingest(piece, "scms_delivered", size=333)
    again = cut.ingest(data_file(FILE), "scms_delivered")
    assert (again.new, again.duplicate) == (0, 6507)
    assert end_state(cut) == end_state(plain)


def test_files_cut_by_the_day_they_were_recorded_end_like_the_whole(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    """The replay by wake-ups equals the life of a desk that was handed each month's file in that month."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    replayed = fed(tmp_path / "a", BEFORE_ALL)
    replayed.ingest(data_file(FILE), "scms_delivered")
    lived = fed(tmp_path / "b", BEFORE_ALL)
    previous = date(2000, 1, 1)
    for month_end in MONTH_ENDS[:4]:
        midnight = date.fromisoformat(month_end) + timedelta(days=1)
        known = [r for r in rows if previous < day(r["Delivery Recorded Date"]) <= midnight]
        piece = tmp_path / f"{month_end}.csv"
        with piece.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(known)
        now = f"{midnight.isoformat()}T00:00:00Z"
        replayed.at(now)
        lived.at(now)
        lived.ingest(piece, "scms_delivered")
        lived.at(now)
        assert lived.subjects("kind=overdue") == replayed.subjects("kind=overdue")
        previous = midnight
